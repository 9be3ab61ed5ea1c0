//! Predict, then see: the reply is held until the person has said what it will be.

use shared::dialogue::Event;
use shared::explain::Outcome;
use shared::machine::Tick;
use shared::session::{Gate, Mode};
use shared::table::Verb;

use super::Lab;
use crate::state::index::{class_of, code};
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
        let verb = self.asked()?;
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
        let Some(verb) = self.asked() else { return };
        let before = self.tape.len();
        let mut answer = None;
        for _ in 0..UNITS {
            if answer.is_some() || !matches!(self.session().gate(), Gate::Incoming { .. }) {
                break;
            }
            self.happens(Event::Step, now);
            let entries = &self.session().transcript().entries()[before..];
            answer = entries.iter().find_map(code).map(String::from);
        }
        let right = answer.as_ref().is_some_and(|code| code == guess || class_of(code) == guess);
        let says = match &answer {
            Some(code) => {
                let rule = self.route.protocol.table.rule(verb, code);
                rule.map_or(t!("predict-unlisted"), |rule| rule.says)
            }
            None => t!("predict-no-reply"),
        };
        if let Some(predictions) = &mut self.predictions {
            predictions.asked += 1;
            predictions.right += u32::from(right);
            let guess = guess.to_string();
            predictions.last =
                Some(Guess { command: verb.name, guess, code: answer, says: says.into(), right });
        }
    }

    /// While predicting, only replies that can be asked for are held.
    pub(super) fn goes_on_to_predict(&mut self, now: Tick) -> bool {
        let held = self.session().gate() != Gate::Open;
        if self.predictions.is_none() || !held || self.asked().is_some() {
            return false;
        }
        self.happens(Event::Step, now)
    }

    /// The command whose reply is held.
    fn asked(&self) -> Option<&'static Verb> {
        self.predictions.as_ref()?;
        let Gate::Incoming { .. } = self.session().gate() else { return None };
        self.session().client().progress().oldest().filter(|verb| !verb.rules.is_empty())
    }
}

/// How such a reply ends its command, in a word.
fn class_says(class: &str) -> &'static str {
    let code = class.replace('x', "0").parse().unwrap_or_default();
    let outcome = Outcome::of_code(code).or(match class {
        "+OK" | "OK" => Some(Outcome::Done),
        "+" => Some(Outcome::More),
        "-ERR" | "NO" | "BAD" => Some(Outcome::Permanent),
        _ => None,
    });
    outcome.map_or("", Outcome::word)
}
