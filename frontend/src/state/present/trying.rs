//! Trying on one's own what a room showed: who one is there, and what the presenter is told of it.

use shared::room::{Code, FromRelay, Handle, Item, MAX_MESSAGE, ToRelay, Up};
use shared::text::sasl;

use crate::state::{Lab, Stage as _, Turn};

/// What a message has beside a record.
const HEAD: usize = 16;

pub struct Trying {
    pub code: Code,
    number: [u8; 16],
    name: String,
    handle: Option<Handle>,
    /// Lines of the dialogue that this one began with.
    pub lines: usize,
    /// The presenter asks to see it.
    pub asked: bool,
    /// Why the room is no more.
    pub over: Option<String>,
    /// What the presenter was told last.
    told: Option<Up>,
}

impl Trying {
    /// What a viewer's page leaves behind: code, number, name, lines, protocol, and the journal in base64, each on a line.
    /// With the journal.
    pub fn of_left(left: &str) -> Option<(Trying, Vec<u8>)> {
        let mut parts = left.lines();
        let code = Code::parse(parts.next()?).ok()?;
        let number = sasl::unhex(parts.next()?)?.try_into().ok()?;
        let (name, lines) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
        let _protocol = parts.next()?;
        let journal = sasl::decode(parts.next().unwrap_or_default())?;
        let trying = Trying {
            code,
            number,
            name,
            handle: None,
            lines,
            asked: false,
            over: None,
            told: None,
        };
        Some((trying, journal))
    }

    pub fn first(&self) -> ToRelay {
        ToRelay::Join { code: self.code, number: self.number, seen: None }
    }

    /// What is to be said because of it.
    pub fn hear(&mut self, message: FromRelay) -> Vec<ToRelay> {
        match message {
            FromRelay::Joined(handle) => {
                self.handle = Some(handle);
                self.again()
            }
            FromRelay::Whole { items, .. } | FromRelay::Batch { items, .. } => {
                let mut answers = Vec::new();
                for item in items {
                    match item {
                        Item::Presenter(true) => answers = self.again(),
                        Item::Asked(who) => self.asked = who.is_some() && who == self.handle,
                        Item::Over(why) => self.over = Some(why),
                        _ => {}
                    }
                }
                answers
            }
            FromRelay::Refused(refusal, why) => {
                self.over = (!refusal.passes()).then_some(why);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// How far it has come, if that is news.
    pub fn progress(&mut self, lab: &Lab) -> Option<ToRelay> {
        let done = lab.lesson().map_or(lab.turn() == Turn::Over, |lesson| lesson.is_done());
        let state = lab.session().client().state().title;
        let up = Up::Progress {
            protocol: lab.route.protocol.name.into(),
            state: state.into(),
            steps: u32::try_from(lab.steps().1).unwrap_or(u32::MAX),
            done,
        };
        if self.handle.is_none() || self.told.as_ref() == Some(&up) {
            return None;
        }
        self.told = Some(up.clone());
        Some(ToRelay::Up(up))
    }

    /// What the person answers to the presenter who asks. A record that no message holds is not shown.
    pub fn answer(&mut self, agrees: bool, lab: &Lab) -> ToRelay {
        self.asked = false;
        let fits = |(_, journal): &(u64, &[u8])| agrees && journal.len() < MAX_MESSAGE - HEAD;
        let journal = lab.shared_journal().filter(fits);
        ToRelay::Up(journal.map_or(Up::Declined, |(_, journal)| Up::Try(journal.to_vec())))
    }

    /// Nobody else keeps it.
    fn again(&self) -> Vec<ToRelay> {
        let name = Up::Name(self.name.clone());
        [Some(name), self.told.clone()].into_iter().flatten().map(ToRelay::Up).collect()
    }
}
