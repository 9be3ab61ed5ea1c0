//! The Q method (RFC 1143): options are agreed on without ever going round in circles.
//!
//! For each option and each side there is one of six states. Only YES means that it is on. A
//! request for what is in force already is neither sent nor answered, so that no two sides can
//! keep each other busy, whatever the other one does by its own rules.

/// The four words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Will,
    Wont,
    Do,
    Dont,
}

impl Word {
    pub(super) const ALL: [Word; 4] = [Word::Will, Word::Wont, Word::Do, Word::Dont];

    pub(super) fn octet(self) -> u8 {
        match self {
            Word::Will => 251,
            Word::Wont => 252,
            Word::Do => 253,
            Word::Dont => 254,
        }
    }

    pub(super) fn of(octet: u8) -> Option<Word> {
        Word::ALL.into_iter().find(|word| word.octet() == octet)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Word::Will => "WILL",
            Word::Wont => "WONT",
            Word::Do => "DO",
            Word::Dont => "DONT",
        }
    }

    /// WILL and DO want it on.
    pub(super) fn on(self) -> bool {
        matches!(self, Word::Will | Word::Do)
    }

    /// WILL and WONT speak of their sender.
    pub(super) fn of_sender(self) -> bool {
        matches!(self, Word::Will | Word::Wont)
    }
}

/// Where one option stands on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Q {
    #[default]
    No,
    /// We asked for off.
    WantNo,
    /// We asked for off, and will ask for on when the answer has come.
    WantNoThenYes,
    /// We asked for on.
    WantYes,
    /// We asked for on, and will ask for off when the answer has come.
    WantYesThenNo,
    Yes,
}

/// What came of a wish of our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Send it.
    Ask,
    /// An answer is outstanding: it goes out after that, if it is still wanted.
    Later,
    /// In force or asked for already: nothing may be sent.
    Already,
}

/// What a word of the other side came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// To be sent: on or off.
    pub(super) answer: Option<bool>,
    /// It was the answer to our own request.
    pub(super) answers: bool,
    /// It asks for what is in force already.
    pub(super) repeats: bool,
    /// A refusal was answered with the contrary, which no correct program does.
    pub(super) contradicts: bool,
}

impl Q {
    fn wish(&mut self, on: bool) -> Wish {
        let (next, wish) = match (*self, on) {
            (Q::No, true) => (Q::WantYes, Wish::Ask),
            (Q::Yes, false) => (Q::WantNo, Wish::Ask),
            (Q::WantNo, true) => (Q::WantNoThenYes, Wish::Later),
            (Q::WantNoThenYes, false) => (Q::WantNo, Wish::Later),
            (Q::WantYes, false) => (Q::WantYesThenNo, Wish::Later),
            (Q::WantYesThenNo, true) => (Q::WantYes, Wish::Later),
            (same, _) => (same, Wish::Already),
        };
        *self = next;
        wish
    }

    fn hear(&mut self, on: bool, agree: bool) -> Heard {
        let before = *self;
        let (next, answer) = match (before, on) {
            (Q::No, true) => (if agree { Q::Yes } else { Q::No }, Some(agree)),
            (Q::No, false) | (Q::Yes, true) => (before, None),
            (Q::Yes, false) => (Q::No, Some(false)),
            (Q::WantNo, _) => (Q::No, None),
            (Q::WantNoThenYes, true) => (Q::Yes, None),
            (Q::WantNoThenYes, false) => (Q::WantYes, Some(true)),
            (Q::WantYes, true) => (Q::Yes, None),
            (Q::WantYesThenNo, true) => (Q::WantNo, Some(false)),
            (Q::WantYes | Q::WantYesThenNo, false) => (Q::No, None),
        };
        *self = next;
        Heard {
            answer,
            answers: !matches!(before, Q::No | Q::Yes),
            repeats: matches!((before, on), (Q::No, false) | (Q::Yes, true)),
            contradicts: on && matches!(before, Q::WantNo | Q::WantNoThenYes),
        }
    }
}

/// All options of both sides.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// What we do.
    us: [Q; 256],
    /// What the other side does.
    them: [Q; 256],
}

impl Default for Options {
    fn default() -> Options {
        Options { us: [Q::No; 256], them: [Q::No; 256] }
    }
}

impl Options {
    /// Whether we have it on.
    pub(super) fn us(&self, option: u8) -> bool {
        self.us[usize::from(option)] == Q::Yes
    }

    /// Whether the other side has it on.
    pub(super) fn them(&self, option: u8) -> bool {
        self.them[usize::from(option)] == Q::Yes
    }

    pub(super) fn state(&self, ours: bool, option: u8) -> Q {
        if ours { self.us[usize::from(option)] } else { self.them[usize::from(option)] }
    }

    /// We want to send this word.
    pub(super) fn wish(&mut self, word: Word, option: u8) -> Wish {
        self.side(word.of_sender(), option).wish(word.on())
    }

    /// This word went out without being asked whether it may.
    pub(super) fn forced(&mut self, word: Word, option: u8) {
        let side = self.side(word.of_sender(), option);
        match (*side, word.on()) {
            (Q::No, true) => *side = Q::WantYes,
            (Q::Yes, false) => *side = Q::WantNo,
            _ => {}
        }
    }

    /// The other side sent this word; `agree` tells whether we would have what it wants. The
    /// answer is the word that is to be sent.
    pub(super) fn hear(&mut self, word: Word, option: u8, agree: bool) -> (Heard, Option<Word>) {
        let ours = !word.of_sender();
        let heard = self.side(ours, option).hear(word.on(), agree);
        let answer = heard.answer.map(|on| match (ours, on) {
            (true, true) => Word::Will,
            (true, false) => Word::Wont,
            (false, true) => Word::Do,
            (false, false) => Word::Dont,
        });
        (heard, answer)
    }

    /// A mark is no state: what was asked for is over with its answer.
    pub(super) fn marked(&mut self, option: u8) -> bool {
        let asked = *self.side(false, option) != Q::No;
        *self.side(false, option) = Q::No;
        asked
    }

    /// Options of one side that are on, and those that an answer is awaited for.
    pub(super) fn list(&self, ours: bool) -> (Vec<u8>, Vec<u8>) {
        let side = if ours { &self.us } else { &self.them };
        let all = |fits: fn(Q) -> bool| {
            (0..=255u8).filter(|code| fits(side[usize::from(*code)])).collect::<Vec<u8>>()
        };
        (all(|q| q == Q::Yes), all(|q| !matches!(q, Q::Yes | Q::No)))
    }

    fn side(&mut self, ours: bool, option: u8) -> &mut Q {
        if ours { &mut self.us[usize::from(option)] } else { &mut self.them[usize::from(option)] }
    }
}
