//! Predict, then see: the reply is held until the person has said what it will be.

use shared::dialogue::Event;
use shared::explain::Wire;
use shared::machine::Tick;
use shared::session::{Gate, Mode};
use shared::table::{Rule, Verb};
use shared::transcript::Kind;

use super::Lab;
use crate::text::t;

/// Units that a guess lets in at most while it waits for the reply that it was about.
const UNITS: usize = 256;

/// The score so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predictions {
    pub asked: u32,
    pub right: u32,
    pub last: Option<Guess>,
}

/// What may be guessed: a class such as `2xx`, or a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub code: String,
    pub says: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    pub command: &'static str,
    pub guess: String,
    /// The code of the reply that came; `None` if there was none.
    pub code: Option<String>,
    /// What it means to this command.
    pub says: String,
    pub right: bool,
}

impl Lab {
    /// The score, while predicting is switched on.
    pub fn predictions(&self) -> Option<&Predictions> {
        self.predictions.as_ref()
    }

    /// Whether this protocol's replies have codes that can be predicted.
    pub fn can_predict(&self) -> bool {
        let verbs = self.route.protocol.table.verbs;
        verbs.iter().any(|verb| verb.rules.len() > 1)
    }

    pub fn set_predicting(&mut self, on: bool, now: Tick) {
        self.playing = false;
        self.set_mode(if on { Mode::Step } else { Mode::Run }, now);
        self.predictions = on.then(Predictions::default);
    }

    /// The command whose reply is held, with the classes and the codes to choose from.
    pub fn question(&self) -> Option<(&'static Verb, Vec<Choice>, Vec<Choice>)> {
        self.predictions.as_ref()?;
        let Gate::Incoming { .. } = self.session().gate() else { return None };
        let verb = self.session().client().progress().oldest().filter(|v| !v.rules.is_empty())?;
        let rules = || verb.rules.iter().chain(self.route.protocol.table.generic);
        let mut codes: Vec<Choice> = Vec::new();
        for rule in rules() {
            if !rule.code.contains('x') && !codes.iter().any(|known| known.code == rule.code) {
                codes.push(Choice { code: rule.code.into(), says: rule.says.into() });
            }
        }
        let all = self.route.protocol.table.verbs.iter().flat_map(|verb| verb.rules);
        let mut classes: Vec<Choice> = Vec::new();
        for class in all.map(|rule| class_of(rule.code)) {
            if !classes.iter().any(|known| known.code == class) {
                let says = class_says(&class).to_string();
                classes.push(Choice { code: class, says });
            }
        }
        classes.sort_by(|a, b| a.code.cmp(&b.code));
        Some((verb, classes, codes))
    }

    /// Shows the reply and keeps the score.
    pub fn guess(&mut self, guess: &str, now: Tick) {
        let Some((verb, ..)) = self.question() else { return };
        let before = self.tape.len();
        let mut answer = None;
        for _ in 0..UNITS {
            if answer.is_some() || !matches!(self.session().gate(), Gate::Incoming { .. }) {
                break;
            }
            self.happens(Event::Step, now);
            let entries = &self.session().transcript().entries()[before..];
            answer = entries.iter().find_map(|entry| match &entry.kind {
                Kind::Received(wire) => self.answer(verb, wire),
                _ => None,
            });
        }
        let right =
            answer.as_ref().is_some_and(|(code, _)| code == guess || class_of(code) == guess);
        let (code, says) = match answer {
            Some((code, rule)) => {
                let says = rule.map_or(t!("predict-unlisted"), |r| r.says);
                (Some(code), says.to_string())
            }
            None => (None, t!("predict-no-reply").into()),
        };
        if let Some(predictions) = &mut self.predictions {
            predictions.asked += 1;
            predictions.right += u32::from(right);
            let guess = guess.to_string();
            predictions.last = Some(Guess { command: verb.name, guess, code, says, right });
        }
    }

    /// While predicting, only replies that can be asked for are held.
    pub(super) fn goes_on_to_predict(&mut self, now: Tick) -> bool {
        let held = self.session().gate() != Gate::Open;
        if self.predictions.is_none() || !held || self.question().is_some() {
            return false;
        }
        self.happens(Event::Step, now)
    }

    /// The code in a reply to a command: its first word, or the one behind a tag or a version.
    fn answer(&self, verb: &'static Verb, wire: &Wire) -> Option<(String, Option<&'static Rule>)> {
        let text = String::from_utf8_lossy(&wire.bytes);
        let words: Vec<&str> =
            text.split([' ', '-', '\r', '\n']).filter(|w| !w.is_empty()).take(2).collect();
        let first = text.split_whitespace().next().unwrap_or_default();
        let table = self.route.protocol.table;
        let known = [first].into_iter().chain(words.iter().copied());
        for word in known {
            if let Some(rule) = table.rule(verb, word) {
                return Some((word.into(), Some(rule)));
            }
        }
        wire.outcome?;
        words.into_iter().find(|word| is_code(word)).map(|word| (word.into(), None))
    }
}

fn is_code(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn class_of(code: &str) -> String {
    match code.chars().next() {
        Some(digit @ '1'..='5') if code.len() == 3 => format!("{digit}xx"),
        _ => code.into(),
    }
}

fn class_says(class: &str) -> &'static str {
    match class {
        "1xx" => "under way, another reply follows",
        "2xx" | "+OK" | "OK" => "done",
        "3xx" | "+" => "go on: something more is needed",
        "4xx" => "not now, try later",
        "5xx" | "-ERR" | "NO" => "refused",
        "BAD" => "not understood",
        _ => "",
    }
}
