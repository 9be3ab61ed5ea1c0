//! Presenting: the room that this page's lab is shown in, and those who look on.

mod lines;
mod look;
mod publish;
mod roster;
pub mod script;
#[cfg(test)]
mod tests;
mod trying;

use shared::room::{
    Choice, Code, FromRelay, Handle, Item, MAX_MESSAGE, Pane, Question, Refusal, Script, Stage,
    ToRelay, Up,
};
use shared::text::sasl;

use super::Lab;
use crate::text::t;
use publish::Publisher;
pub use roster::{Progress, Roster, Viewer};
pub use trying::Trying;

/// Octets of one batch: half of what a message may have, since they are only counted about.
const BATCH: usize = MAX_MESSAGE / 2;

/// How the room is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Reach {
    Connecting,
    Open,
    /// It is tried again.
    Lost,
    /// It is not tried again.
    Refused(Refusal, String),
}

/// What the lab is to do because of somebody in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The holder of the keyboard typed this.
    Type(String),
    /// A viewer's own dialogue is to be shown.
    Play(Handle, Vec<u8>),
    /// The code is another room's; with another one it may go.
    AnotherCode,
}

pub struct Presenter {
    pub code: Code,
    secret: [u8; 16],
    pub reach: Reach,
    /// Addresses under which others reach the relay; of none, only this machine does.
    pub addresses: Vec<String>,
    pub viewers: u32,
    pub roster: Roster,
    pub pane: Pane,
    pub stage: Stage,
    pub script: Option<Script>,
    pub question: Option<Question>,
    /// The right choice, before it is told.
    pub answer: Option<u16>,
    /// Questions so far.
    questions: u32,
    pub keyboard: Option<Handle>,
    /// Who is asked to show a try.
    pub asked: Option<Handle>,
    /// Whose try the presenter looks at, before the room sees it.
    pub looks_at: Option<Handle>,
    /// What came of the last thing that a viewer was asked for.
    pub news: Option<String>,
    publisher: Publisher,
}

impl Presenter {
    pub fn new(code: Code, secret: [u8; 16]) -> Presenter {
        Presenter {
            code,
            secret,
            reach: Reach::Connecting,
            addresses: Vec::new(),
            viewers: 0,
            roster: Roster::default(),
            pane: Pane::default(),
            stage: Stage::default(),
            script: None,
            question: None,
            answer: None,
            questions: 0,
            keyboard: None,
            asked: None,
            looks_at: None,
            news: None,
            publisher: Publisher::default(),
        }
    }

    /// Code and secret for the storage of this tab, so that a page that is loaded again has its room.
    pub fn kept(&self) -> String {
        format!("{} {} {}", self.code, sasl::hex(&self.secret), self.questions)
    }

    pub fn of_kept(kept: &str) -> Option<Presenter> {
        let mut words = kept.split(' ');
        let code = Code::parse(words.next()?).ok()?;
        let secret = sasl::unhex(words.next()?)?.try_into().ok()?;
        let questions = words.next()?.parse().ok()?;
        Some(Presenter { questions, ..Presenter::new(code, secret) })
    }

    /// The first message of each connection.
    pub fn first(&self) -> ToRelay {
        ToRelay::Present { code: self.code, secret: self.secret }
    }

    /// The connection is new: the room may know nothing any more.
    pub fn connected(&mut self) {
        self.publisher = Publisher::default();
        self.roster.all_gone();
    }

    pub fn lost(&mut self) {
        self.reach = Reach::Lost;
    }

    /// Why the room takes no more of this dialogue.
    pub fn full(&self) -> Option<String> {
        self.publisher.full.map(|broken| broken.to_string())
    }

    /// What the room is to be told, in messages that the relay takes.
    pub fn say(&mut self, lab: &Lab) -> Vec<ToRelay> {
        if self.reach != Reach::Open {
            return Vec::new();
        }
        let mut publisher = std::mem::take(&mut self.publisher);
        let items = publisher.items(lab, self);
        self.publisher = publisher;
        let (mut messages, mut batch, mut octets) = (Vec::new(), Vec::new(), 0);
        for item in items {
            let size = size(&item);
            if octets + size > BATCH && !batch.is_empty() {
                messages.push(ToRelay::Say(std::mem::take(&mut batch)));
                octets = 0;
            }
            octets += size;
            batch.push(item);
        }
        if !batch.is_empty() {
            messages.push(ToRelay::Say(batch));
        }
        messages
    }

    /// What the relay says.
    pub fn hear(&mut self, message: FromRelay) -> Vec<Deed> {
        match message {
            FromRelay::Presenting { addresses } => {
                self.reach = Reach::Open;
                self.addresses = addresses;
            }
            FromRelay::Heard(heard) => {
                return heard.into_iter().filter_map(|(who, up)| self.heard(who, up)).collect();
            }
            FromRelay::Viewers(count) => self.viewers = count,
            FromRelay::Refused(Refusal::Taken, _)
                if self.publisher.told().begin.name.is_empty() =>
            {
                return vec![Deed::AnotherCode];
            }
            FromRelay::Refused(refusal, why) if refusal.passes() => {
                self.reach = Reach::Lost;
                self.news = Some(why);
            }
            FromRelay::Refused(refusal, why) => self.reach = Reach::Refused(refusal, why),
            FromRelay::Joined(_) | FromRelay::Whole { .. } | FromRelay::Batch { .. } => {}
        }
        Vec::new()
    }

    fn heard(&mut self, who: Handle, up: Up) -> Option<Deed> {
        match up {
            Up::Vote { question, choice } => {
                let asked = self.question.as_mut().filter(|asked| asked.number == question);
                if let Some(asked) = asked.filter(|asked| !asked.closed) {
                    self.roster.vote(who, choice, asked);
                }
            }
            Up::Type(text) if self.keyboard == Some(who) => return Some(Deed::Type(text)),
            Up::Try(journal) if self.asked == Some(who) => {
                self.asked = None;
                return Some(Deed::Play(who, journal));
            }
            Up::Declined if self.asked == Some(who) => {
                self.asked = None;
                self.news = Some(t!("class-declined", name = &self.roster.name(who)));
            }
            Up::Gone => {
                self.roster.gone(who);
                if self.keyboard == Some(who) {
                    self.keyboard = None;
                    self.news = Some(t!("class-keyboard-gone", name = &self.roster.name(who)));
                }
                self.asked = self.asked.filter(|asked| *asked != who);
            }
            Up::Type(_) | Up::Try(_) | Up::Declined => {}
            up => self.roster.heard(who, up),
        }
        None
    }

    /// Asks the class. Only one question is open at a time.
    pub fn ask(&mut self, text: String, choices: Vec<String>, answer: Option<u16>) {
        self.questions += 1;
        self.roster.forget_votes();
        let choices = choices.into_iter().map(|text| Choice { text, votes: 0 }).collect();
        let number = self.questions;
        self.question = Some(Question { number, text, choices, closed: false, right: None });
        self.answer = answer;
    }

    /// Nobody may vote any more; if the right choice is known, it is told.
    pub fn reveal(&mut self, right: Option<u16>) {
        let answer = right.or(self.answer);
        if let Some(question) = &mut self.question {
            question.closed = true;
            question.right = answer;
        }
    }

    pub fn forget_question(&mut self) {
        (self.question, self.answer) = (None, None);
    }
}

/// About as many octets as it takes.
fn size(item: &Item) -> usize {
    match item {
        Item::Line(_, line) => line.size(),
        Item::Journal(octets) => octets.len(),
        // A table with its texts.
        Item::Begin(_) | Item::Knows(_) => 16 * 1024,
        _ => 1024,
    }
}
