//! The room as this page has it: what is shown in it, how it is connected, and what its viewer says.

use shared::room::{
    Begin, Code, FromRelay, Handle, Item, MAX_NAME, MAX_TYPED, Refusal, Seen, Shown, ToRelay, Up,
};

/// How the page is connected to its room.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    Connecting,
    Live,
    /// It is tried again.
    Lost,
    /// The relay said why not, and whether it may say something else later.
    Refused(Refusal, String),
    /// What came does not fit: page and relay are of different versions.
    Broken,
}

pub struct Room {
    pub code: Code,
    pub shown: Shown,
    pub link: Link,
    pub me: Option<Handle>,
    /// Counts the dialogues that there were.
    pub dialogues: u32,
    number: [u8; 16],
    seen: Option<Seen>,
    /// A batch was missed, and everything is to come again.
    awaits_all: bool,
    /// It has told of itself on this connection, and nothing else has come yet.
    has_just_spoken: bool,
    /// A projector is no member of the class.
    speaks: bool,
    name: String,
    vote: Option<Vote>,
    /// To the one who asks to see a try.
    has_answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Vote {
    question: u32,
    choice: u16,
}

impl Room {
    /// Of a viewer with this number.
    pub fn new(code: Code, number: [u8; 16], name: &str) -> Room {
        Room {
            code,
            shown: Shown::default(),
            link: Link::Connecting,
            me: None,
            dialogues: 0,
            number,
            seen: None,
            awaits_all: false,
            has_just_spoken: false,
            speaks: true,
            name: fitting(name),
            vote: None,
            has_answered: false,
        }
    }

    /// For a projector, which says nothing.
    pub fn for_stage(code: Code, number: [u8; 16]) -> Room {
        Room { speaks: false, ..Room::new(code, number, "") }
    }

    pub fn number(&self) -> &[u8; 16] {
        &self.number
    }

    /// The first message of every connection.
    pub fn first(&self) -> ToRelay {
        ToRelay::Join { code: self.code, number: self.number, seen: self.seen }
    }

    pub fn lost(&mut self) {
        self.awaits_all = false;
        // Why the relay refuses is worth more than that it is gone.
        if matches!(self.link, Link::Live | Link::Connecting) {
            self.link = Link::Lost;
        }
    }

    /// Takes what the relay said, and tells what is to be answered.
    pub fn hear(&mut self, message: FromRelay) -> Vec<ToRelay> {
        match message {
            FromRelay::Joined(me) => {
                self.me = Some(me);
                if self.seen.is_some() {
                    self.link = Link::Live;
                }
                self.has_just_spoken = true;
                self.introduction()
            }
            FromRelay::Whole { seen, items } => self.whole(seen, items),
            FromRelay::Batch { batch, items } => self.batch(batch, items),
            FromRelay::Refused(refusal, why) => {
                self.link = Link::Refused(refusal, why);
                Vec::new()
            }
            // For a presenter.
            FromRelay::Presenting { .. } | FromRelay::Heard(_) | FromRelay::Viewers(_) => {
                Vec::new()
            }
        }
    }

    pub fn is_open(&self) -> bool {
        self.link == Link::Live && self.shown.over.is_none()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn set_name(&mut self, name: &str) -> ToRelay {
        self.name = fitting(name);
        ToRelay::Up(Up::Name(self.name.clone()))
    }

    /// The choice of this viewer for the question that is asked now.
    pub fn vote(&self) -> Option<u16> {
        let question = self.shown.question.as_ref()?;
        self.vote.filter(|vote| vote.question == question.number).map(|vote| vote.choice)
    }

    /// `None` where nobody is asked any more.
    pub fn choose(&mut self, choice: u16) -> Option<ToRelay> {
        let question = self.shown.question.as_ref().filter(|question| !question.closed)?;
        question.choices.get(usize::from(choice))?;
        self.vote = Some(Vote { question: question.number, choice });
        self.say_vote()
    }

    /// The vote as a page keeps it that may be loaded again.
    pub fn kept_vote(&self) -> String {
        let vote = self.vote.map(|vote| format!("{} {} {}", self.code, vote.question, vote.choice));
        vote.unwrap_or_default()
    }

    pub fn restore_vote(&mut self, kept: &str) {
        let mut words = kept.split(' ');
        if words.next() == Some(self.code.as_str()) {
            let mut number = || words.next()?.parse::<u32>().ok();
            self.vote = number().zip(number()).and_then(|(question, choice)| {
                Some(Vote { question, choice: u16::try_from(choice).ok()? })
            });
        }
    }

    /// Whether this viewer types for the presenter.
    pub fn has_keyboard(&self) -> bool {
        self.is_open() && self.me.is_some() && self.shown.keyboard == self.me
    }

    /// `None` for what is longer than a room takes, or is not this viewer's to type.
    pub fn type_line(&self, text: &str) -> Option<ToRelay> {
        let fits = self.has_keyboard() && text.len() <= MAX_TYPED;
        fits.then(|| ToRelay::Up(Up::Type(text.into())))
    }

    /// Whether the presenter asks this viewer for its try, and has no answer yet.
    pub fn is_asked(&self) -> bool {
        let asked = self.is_open() && self.me.is_some() && self.shown.asked == self.me;
        asked && !self.has_answered
    }

    /// Shows the record of a try, or declines.
    pub fn answer(&mut self, record: Option<Vec<u8>>) -> ToRelay {
        self.has_answered = true;
        ToRelay::Up(record.map_or(Up::Declined, Up::Try))
    }

    fn whole(&mut self, seen: Seen, items: Vec<Item>) -> Vec<ToRelay> {
        let before = core::mem::take(&mut self.shown);
        for item in items {
            if self.shown.apply(item).is_err() {
                self.link = Link::Broken;
                return Vec::new();
            }
        }
        if before.begin != self.shown.begin {
            self.dialogues += 1;
        }
        self.seen = Some(seen);
        self.awaits_all = false;
        self.link = Link::Live;
        self.note_asked();
        let said = core::mem::take(&mut self.has_just_spoken);
        if said || !self.shown.presenter { Vec::new() } else { self.introduction() }
    }

    fn batch(&mut self, batch: u64, items: Vec<Item>) -> Vec<ToRelay> {
        if self.awaits_all || self.link == Link::Broken {
            return Vec::new();
        }
        let Some(seen) = self.seen.filter(|seen| batch <= seen.batch.saturating_add(1)) else {
            return self.all_again();
        };
        if batch <= seen.batch {
            return Vec::new();
        }
        let mut comes = false;
        for item in items {
            comes |= item == Item::Presenter(true);
            let begins = matches!(item, Item::Begin(_));
            if self.shown.apply(item).is_err() {
                return self.all_again();
            }
            self.dialogues += u32::from(begins);
        }
        self.seen = Some(Seen { batch, ..seen });
        self.link = Link::Live;
        self.has_just_spoken = false;
        self.note_asked();
        if comes { self.introduction() } else { Vec::new() }
    }

    fn all_again(&mut self) -> Vec<ToRelay> {
        self.awaits_all = true;
        vec![ToRelay::Again]
    }

    /// What nobody else keeps.
    fn introduction(&self) -> Vec<ToRelay> {
        if !self.speaks {
            return Vec::new();
        }
        let name = ToRelay::Up(Up::Name(self.name.clone()));
        [Some(name), self.say_vote()].into_iter().flatten().collect()
    }

    fn say_vote(&self) -> Option<ToRelay> {
        let Vote { question, choice } = self.vote.filter(|_| self.speaks)?;
        Some(ToRelay::Up(Up::Vote { question, choice }))
    }

    fn note_asked(&mut self) {
        if self.shown.asked != self.me {
            self.has_answered = false;
        }
    }
}

/// Whether there is a dialogue at all.
pub fn has_begun(begin: &Begin) -> bool {
    !begin.protocol.is_empty()
}

/// As much of a name as a room takes.
fn fitting(name: &str) -> String {
    let name = name.trim();
    let end = (0..=name.len().min(MAX_NAME)).rev().find(|end| name.is_char_boundary(*end));
    name[..end.unwrap_or(0)].to_owned()
}
