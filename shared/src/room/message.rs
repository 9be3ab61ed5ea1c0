//! What crosses the WebSocket of a room. Each message is binary, and whole.

use super::item::{Item, list, many, may, maybe, middle, yes};
use super::line::{one_of, place};
use super::{Code, Handle};
use crate::tape::{Reader, Writer};

/// How far a viewer has got, to go on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The room's own number: another room may have had the code before.
    pub born: u64,
    /// The last batch.
    pub batch: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToRelay {
    /// First of all: opens this room, or comes back to it. Whoever has the secret is its presenter, and
    /// the one before is not any more.
    Present { code: Code, secret: [u8; 16] },
    /// Presenter: a batch.
    Say(Vec<Item>),
    /// Presenter: closes the room.
    Close,
    /// First of all: looks on. The same number again is the same viewer.
    Join { code: Code, number: [u8; 16], seen: Option<Seen> },
    /// Viewer: a batch was missed.
    Again,
    /// Viewer: for the presenter.
    Up(Up),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromRelay {
    /// To the presenter: the room is there. Addresses under which others reach this relay, without a path;
    /// none if it is only for its own machine.
    Presenting { addresses: Vec<String> },
    /// To a viewer: who it is.
    Joined(Handle),
    /// To a viewer: everything up to a batch.
    Whole { seen: Seen, items: Vec<Item> },
    /// To a viewer: the next batch.
    Batch { batch: u64, items: Vec<Item> },
    /// To the presenter.
    Heard(Vec<(Handle, Up)>),
    /// To the presenter: how many look on.
    Viewers(u32),
    /// The last message.
    Refused(Refusal, String),
}

/// What a viewer says. On each [`Item::Presenter`] that is true it says its name, its vote and its progress again:
/// nobody else keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Up {
    /// Here, under this name if it is not empty.
    Name(String),
    Vote {
        question: u32,
        choice: u16,
    },
    /// How far a try has come.
    Progress {
        protocol: String,
        state: String,
        steps: u32,
        done: bool,
    },
    /// Typed by who has the keyboard.
    Type(String),
    /// The record of a try, by who was asked for it and agrees.
    Try(Vec<u8>),
    /// Was asked, and does not agree.
    Declined,
    /// Left. Only relays say it.
    Gone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoRoom,
    /// Another room has this code.
    Taken,
    /// Somebody else presents now, with the same secret.
    Elsewhere,
    TooManyRooms,
    TooManyViewers,
    TooFast,
    /// It does not fit, or is no message.
    Broken,
    /// The room was open for too long, or too long without a presenter.
    TooOld,
    Closed,
    Stopping,
    /// The relay cannot reach what keeps its rooms.
    Hub,
    /// Presenting needs the relay's access token, and the handshake had none.
    Token,
}

const REFUSALS: [Refusal; 12] = [
    Refusal::NoRoom,
    Refusal::Taken,
    Refusal::Elsewhere,
    Refusal::TooManyRooms,
    Refusal::TooManyViewers,
    Refusal::TooFast,
    Refusal::Broken,
    Refusal::TooOld,
    Refusal::Closed,
    Refusal::Stopping,
    Refusal::Hub,
    Refusal::Token,
];

impl Refusal {
    /// Whether the same may succeed later.
    pub fn passes(self) -> bool {
        matches!(self, Refusal::NoRoom | Refusal::TooFast | Refusal::Stopping | Refusal::Hub)
    }
}

impl ToRelay {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            ToRelay::Present { code, secret } => {
                out.number(0).text(code.as_str()).octets(secret);
            }
            ToRelay::Say(items) => list(out.number(1), items, |out, item| item.write(out)),
            ToRelay::Close => {
                out.number(2);
            }
            ToRelay::Join { code, number, seen } => {
                out.number(3).text(code.as_str()).octets(number);
                maybe(&mut out, *seen, |out, seen| {
                    out.number(seen.born).number(seen.batch);
                });
            }
            ToRelay::Again => {
                out.number(4);
            }
            ToRelay::Up(up) => up.write(out.number(5)),
        }
        out.finish()
    }

    /// `None` for what is no message, or has something behind it.
    pub fn decode(octets: &[u8]) -> Option<ToRelay> {
        let mut from = Reader::new(octets);
        let message = match from.number()? {
            0 => ToRelay::Present { code: code(&mut from)?, secret: sixteen(&mut from)? },
            1 => ToRelay::Say(many(&mut from, Item::read)?),
            2 => ToRelay::Close,
            3 => ToRelay::Join {
                code: code(&mut from)?,
                number: sixteen(&mut from)?,
                seen: may(&mut from, seen)?,
            },
            4 => ToRelay::Again,
            5 => ToRelay::Up(Up::read(&mut from)?),
            _ => return None,
        };
        from.is_at_end().then_some(message)
    }
}

impl FromRelay {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            FromRelay::Presenting { addresses } => {
                list(out.number(0), addresses, |out, address| {
                    out.text(address);
                });
            }
            FromRelay::Joined(handle) => {
                out.number(1).number(handle.0);
            }
            FromRelay::Whole { seen, items } => {
                out.number(2).number(seen.born).number(seen.batch);
                list(&mut out, items, |out, item| item.write(out));
            }
            FromRelay::Batch { batch, items } => {
                list(out.number(3).number(*batch), items, |out, item| item.write(out));
            }
            FromRelay::Heard(heard) => list(out.number(4), heard, |out, (who, up)| {
                up.write(out.number(who.0));
            }),
            FromRelay::Viewers(count) => {
                out.number(5).number((*count).into());
            }
            FromRelay::Refused(refusal, why) => {
                out.number(6).number(place(&REFUSALS, *refusal)).text(why);
            }
        }
        out.finish()
    }

    pub fn decode(octets: &[u8]) -> Option<FromRelay> {
        let mut from = Reader::new(octets);
        let message = match from.number()? {
            0 => FromRelay::Presenting { addresses: many(&mut from, Reader::text)? },
            1 => FromRelay::Joined(Handle(from.number()?)),
            2 => FromRelay::Whole { seen: seen(&mut from)?, items: many(&mut from, Item::read)? },
            3 => FromRelay::Batch { batch: from.number()?, items: many(&mut from, Item::read)? },
            4 => FromRelay::Heard(many(&mut from, |from| {
                Some((Handle(from.number()?), Up::read(from)?))
            })?),
            5 => FromRelay::Viewers(middle(&mut from)?),
            6 => FromRelay::Refused(one_of(&REFUSALS, &mut from)?, from.text()?),
            _ => return None,
        };
        from.is_at_end().then_some(message)
    }
}

impl Up {
    fn write(&self, out: &mut Writer) {
        match self {
            Up::Name(name) => {
                out.number(0).text(name);
            }
            Up::Vote { question, choice } => {
                out.number(1).number((*question).into()).number((*choice).into());
            }
            Up::Progress { protocol, state, steps, done } => {
                out.number(2).text(protocol).text(state).number((*steps).into());
                out.number((*done).into());
            }
            Up::Type(text) => {
                out.number(3).text(text);
            }
            Up::Try(octets) => {
                out.number(4).octets(octets);
            }
            Up::Declined => {
                out.number(5);
            }
            Up::Gone => {
                out.number(6);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Up> {
        Some(match from.number()? {
            0 => Up::Name(from.text()?),
            1 => Up::Vote { question: middle(from)?, choice: super::line::small(from)? },
            2 => Up::Progress {
                protocol: from.text()?,
                state: from.text()?,
                steps: middle(from)?,
                done: yes(from)?,
            },
            3 => Up::Type(from.text()?),
            4 => Up::Try(from.octets()?),
            5 => Up::Declined,
            6 => Up::Gone,
            _ => return None,
        })
    }
}

fn code(from: &mut Reader<'_>) -> Option<Code> {
    Code::parse(&from.text()?).ok()
}

fn sixteen(from: &mut Reader<'_>) -> Option<[u8; 16]> {
    from.octets()?.try_into().ok()
}

fn seen(from: &mut Reader<'_>) -> Option<Seen> {
    Some(Seen { born: from.number()?, batch: from.number()? })
}
