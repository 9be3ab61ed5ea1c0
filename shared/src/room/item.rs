//! What a presenter says to a room.

use super::line::{Line, Term, one_of, place, small};
use super::{Handle, MAX_LIST};
use crate::tape::{Reader, Writer};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A presenter is there, or its page is away for the moment. Only relays say it.
    Presenter(bool),
    /// Another dialogue begins: no lines, no terms, nothing to try.
    Begin(Begin),
    Term(u16, Term),
    /// The line with this number: the next one, or one that has changed.
    Line(u32, Line),
    /// Only so many lines are left.
    Cut(u32),
    View(View),
    Knows(Knows),
    /// Where the lesson is that is followed, if one is.
    Script(Option<Script>),
    Question(Option<Question>),
    /// Who may type, if it is not the presenter.
    Keyboard(Option<Handle>),
    /// Whom the presenter asks to show what it tries.
    Asked(Option<Handle>),
    /// More of the record that a try can begin from.
    Journal(Vec<u8>),
    /// The room is closed. The last item.
    Over(String),
}

/// What the dialogue is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// The protocol's id.
    pub protocol: String,
    /// Its name for people.
    pub name: String,
    /// The real server, in words; `None` for practice.
    pub real: Option<String>,
    /// The fault in force, in words.
    pub fault: Option<String>,
    /// Why a viewer cannot go on from a step on its own, if so.
    pub no_try: Option<String>,
    /// The protocol's states in the table's order.
    pub states: Vec<TheState>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TheState {
    pub title: String,
    pub text: String,
    /// Where it leads to, with what is sent for it.
    pub exits: Vec<(String, u16)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    #[default]
    Yours,
    Servers,
    Held,
    Over,
}

/// What the presenter is looking at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Explain,
    Bytes,
    State,
    Ladder,
}

/// What a projector shows beside the dialogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Dialogue,
    /// How to join, large.
    Join,
    /// Nothing.
    Blank,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Lines that are shown; all others come later in the dialogue.
    pub shown: u32,
    pub selected: Option<u32>,
    /// The octet within the selected line.
    pub octet: u32,
    pub pane: Pane,
    pub stage: Stage,
    pub turn: Turn,
    /// Octets of a reply that waits behind a gate; nobody has seen them.
    pub held: Option<u32>,
    /// What lies in the composer, unless it may hold a secret.
    pub draft: String,
}

/// What both sides know at the shown step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Knows {
    /// Its place among the states.
    pub state: u16,
    /// The states that the dialogue has been in.
    pub path: Vec<u16>,
    pub facts: Vec<(String, String)>,
    pub moves: Vec<Move>,
    /// The practice world in lines: mailboxes, groups, files.
    pub world: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Move {
    pub command: String,
    /// What it is for; of one that is not legal now, why not.
    pub why: String,
    pub legal: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    pub lesson: String,
    pub step: u16,
    pub steps: u16,
    /// What the class reads, in the lesson's Markdown.
    pub text: String,
}

/// A question to the class. The votes are counted by the presenter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Votes name it.
    pub number: u32,
    pub text: String,
    pub choices: Vec<Choice>,
    /// Nobody may vote any more.
    pub closed: bool,
    /// Its place among the choices, once it is told.
    pub right: Option<u16>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub text: String,
    pub votes: u32,
}

const TURNS: [Turn; 4] = [Turn::Yours, Turn::Servers, Turn::Held, Turn::Over];
const PANES: [Pane; 4] = [Pane::Explain, Pane::Bytes, Pane::State, Pane::Ladder];
const STAGES: [Stage; 3] = [Stage::Dialogue, Stage::Join, Stage::Blank];

impl Item {
    pub(super) fn write(&self, out: &mut Writer) {
        match self {
            Item::Presenter(here) => {
                out.number(0).number(u64::from(*here));
            }
            Item::Begin(begin) => begin.write(out.number(1)),
            Item::Term(number, term) => term.write(out.number(2).number((*number).into())),
            Item::Line(number, line) => line.write(out.number(3).number((*number).into())),
            Item::Cut(left) => {
                out.number(4).number((*left).into());
            }
            Item::View(view) => view.write(out.number(5)),
            Item::Knows(knows) => knows.write(out.number(6)),
            Item::Script(script) => maybe(out.number(7), script.as_ref(), |out, script| {
                out.text(&script.lesson).number(script.step.into()).number(script.steps.into());
                out.text(&script.text);
            }),
            Item::Question(question) => {
                maybe(out.number(8), question.as_ref(), |out, question| question.write(out));
            }
            Item::Keyboard(who) => maybe(out.number(9), *who, |out, who| {
                out.number(who.0);
            }),
            Item::Asked(who) => maybe(out.number(10), *who, |out, who| {
                out.number(who.0);
            }),
            Item::Journal(octets) => {
                out.number(11).octets(octets);
            }
            Item::Over(why) => {
                out.number(12).text(why);
            }
        }
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Item> {
        Some(match from.number()? {
            0 => Item::Presenter(yes(from)?),
            1 => Item::Begin(Begin::read(from)?),
            2 => Item::Term(small(from)?, Term::read(from)?),
            3 => Item::Line(middle(from)?, Line::read(from)?),
            4 => Item::Cut(middle(from)?),
            5 => Item::View(View::read(from)?),
            6 => Item::Knows(Knows::read(from)?),
            7 => Item::Script(may(from, |from| {
                Some(Script {
                    lesson: from.text()?,
                    step: small(from)?,
                    steps: small(from)?,
                    text: from.text()?,
                })
            })?),
            8 => Item::Question(may(from, Question::read)?),
            9 => Item::Keyboard(may(from, |from| from.number().map(Handle))?),
            10 => Item::Asked(may(from, |from| from.number().map(Handle))?),
            11 => Item::Journal(from.octets()?),
            12 => Item::Over(from.text()?),
            _ => return None,
        })
    }
}

impl Begin {
    fn write(&self, out: &mut Writer) {
        out.text(&self.protocol).text(&self.name);
        for text in [&self.real, &self.fault, &self.no_try] {
            maybe(out, text.as_ref(), |out, text| {
                out.text(text);
            });
        }
        list(out, &self.states, |out, state| {
            out.text(&state.title).text(&state.text);
            list(out, &state.exits, |out, (what, to)| {
                out.text(what).number((*to).into());
            });
        });
    }

    fn read(from: &mut Reader<'_>) -> Option<Begin> {
        let (protocol, name) = (from.text()?, from.text()?);
        let (real, fault) = (may(from, Reader::text)?, may(from, Reader::text)?);
        let no_try = may(from, Reader::text)?;
        let states = some(from, |from| {
            let (title, text) = (from.text()?, from.text()?);
            let exits = some(from, |from| Some((from.text()?, small(from)?)))?;
            Some(TheState { title, text, exits })
        })?;
        Some(Begin { protocol, name, real, fault, no_try, states })
    }
}

impl View {
    fn write(&self, out: &mut Writer) {
        out.number(self.shown.into());
        maybe(out, self.selected, |out, line| {
            out.number(line.into());
        });
        out.number(self.octet.into()).number(place(&PANES, self.pane));
        out.number(place(&STAGES, self.stage)).number(place(&TURNS, self.turn));
        maybe(out, self.held, |out, octets| {
            out.number(octets.into());
        });
        out.text(&self.draft);
    }

    fn read(from: &mut Reader<'_>) -> Option<View> {
        Some(View {
            shown: middle(from)?,
            selected: may(from, middle)?,
            octet: middle(from)?,
            pane: one_of(&PANES, from)?,
            stage: one_of(&STAGES, from)?,
            turn: one_of(&TURNS, from)?,
            held: may(from, middle)?,
            draft: from.text()?,
        })
    }
}

impl Knows {
    fn write(&self, out: &mut Writer) {
        out.number(self.state.into());
        list(out, &self.path, |out, state| {
            out.number((*state).into());
        });
        list(out, &self.facts, |out, (name, value)| {
            out.text(name).text(value);
        });
        list(out, &self.moves, |out, one| {
            out.text(&one.command).text(&one.why).number(one.legal.into());
        });
        list(out, &self.world, |out, line| {
            out.text(line);
        });
    }

    fn read(from: &mut Reader<'_>) -> Option<Knows> {
        Some(Knows {
            state: small(from)?,
            path: some(from, small)?,
            facts: some(from, |from| Some((from.text()?, from.text()?)))?,
            moves: some(from, |from| {
                Some(Move { command: from.text()?, why: from.text()?, legal: yes(from)? })
            })?,
            world: some(from, Reader::text)?,
        })
    }
}

impl Question {
    fn write(&self, out: &mut Writer) {
        out.number(self.number.into()).text(&self.text);
        list(out, &self.choices, |out, choice| {
            out.text(&choice.text).number(choice.votes.into());
        });
        out.number(self.closed.into());
        maybe(out, self.right, |out, right| {
            out.number(right.into());
        });
    }

    fn read(from: &mut Reader<'_>) -> Option<Question> {
        Some(Question {
            number: middle(from)?,
            text: from.text()?,
            choices: some(from, |from| Some(Choice { text: from.text()?, votes: middle(from)? }))?,
            closed: yes(from)?,
            right: may(from, small)?,
        })
    }
}

pub(super) fn maybe<T>(out: &mut Writer, what: Option<T>, write: impl FnOnce(&mut Writer, T)) {
    out.number(u64::from(what.is_some()));
    if let Some(what) = what {
        write(out, what);
    }
}

pub(super) fn may<'a, T>(
    from: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
) -> Option<Option<T>> {
    if yes(from)? { Some(Some(read(from)?)) } else { Some(None) }
}

pub(super) fn list<T>(out: &mut Writer, all: &[T], write: impl Fn(&mut Writer, &T)) {
    out.number(all.len() as u64);
    all.iter().for_each(|one| write(out, one));
}

pub(super) fn many<'a, T>(
    from: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let count = from.number()?;
    (0..count).map(|_| read(from)).collect()
}

/// As [`many`], within an item.
fn some<'a, T>(
    from: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    many(from, read).filter(|all| all.len() <= MAX_LIST)
}

pub(super) fn yes(from: &mut Reader<'_>) -> Option<bool> {
    match from.number()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

pub(super) fn middle(from: &mut Reader<'_>) -> Option<u32> {
    u32::try_from(from.number()?).ok()
}
