//! What a server sends: status replies, data and continuations. The reader gets along with what
//! real servers send and says what was not by the rule.

mod code;
mod data;
mod fetch;
mod says;
mod structure;

use super::terms;
use super::token::{Read, Reader};
use crate::explain::{Outcome, Term, Wire, common};

pub(super) use code::Code;
pub(super) use data::{Data, Listed};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

impl Status {
    /// As in the table.
    pub(super) fn code(self) -> &'static str {
        match self {
            Status::Ok => "OK",
            Status::No => "NO",
            Status::Bad => "BAD",
            Status::Bye => "BYE",
            Status::Preauth => "PREAUTH",
        }
    }

    fn term(self) -> &'static Term {
        match self {
            Status::Ok => &terms::OK,
            Status::No => &terms::NO,
            Status::Bad => &terms::BAD,
            Status::Bye => &terms::BYE,
            Status::Preauth => &terms::PREAUTH,
        }
    }

    fn outcome(self) -> Outcome {
        match self {
            Status::Ok | Status::Preauth | Status::Bye => Outcome::Done,
            Status::No | Status::Bad => Outcome::Permanent,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    /// `tag` is `None` for an untagged one.
    Status {
        tag: Option<String>,
        status: Status,
        code: Option<Code>,
        text: String,
    },
    Continue(String),
    Data(Data),
    /// This is nothing that IMAP has.
    Strange,
}

#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) reply: Reply,
    pub(super) wire: Wire,
    /// What was not by the rule, in sentences.
    pub(super) faults: Vec<String>,
}

/// Reads one response. `secret`: a continuation carries the challenge of a login. `utf8`: names
/// and quoted strings may have UTF-8.
pub(super) fn parse(bytes: &[u8], holes: &[usize], secret: bool, utf8: bool) -> Parsed {
    let mut r = Reader::lenient(bytes, holes);
    r.utf8 = utf8;
    let mut outcome = None;
    let read = reply(&mut r, secret, &mut outcome);
    let mut faults = core::mem::take(&mut r.faults);
    let reply = read.unwrap_or_else(|fault| {
        faults.push(format!(
            "At octet {} {} was expected. What is there is shown as it came, and the session goes on.",
            fault.at, fault.expected
        ));
        Reply::Strange
    });
    let says = says::says(&reply);
    if let Some(outcome) = outcome {
        r.scan().outcome(outcome);
    }
    Parsed { reply, wire: r.finish(says), faults }
}

fn reply(r: &mut Reader<'_>, secret: bool, outcome: &mut Option<Outcome>) -> Read<Reply> {
    let fits = |b: u8| b > b' ' && b < 0x7f && !matches!(b, b'(' | b')' | b'{' | b'"' | b'\\');
    let length = r.rest().iter().take_while(|b| fits(**b)).count();
    match &r.rest()[..length] {
        b"+" => {
            r.scan().take(&terms::CONTINUE, 1);
            *outcome = Some(Outcome::More);
            Ok(Reply::Continue(continuation(r, secret)))
        }
        b"*" => {
            r.scan().take(&terms::UNTAGGED, 1);
            r.space()?;
            match status(r) {
                Some(status) => {
                    // Of a command's end tagged ones tell; these two tell of the connection.
                    if matches!(status, Status::Bye | Status::Preauth) {
                        *outcome = Some(status.outcome());
                    }
                    let (code, text) = code::text(r)?;
                    Ok(Reply::Status { tag: None, status, code, text })
                }
                None => data::data(r).map(Reply::Data),
            }
        }
        tag if length > 0 => {
            let tag = String::from_utf8_lossy(tag).into_owned();
            r.scan().take(&terms::TAG, length);
            r.space()?;
            let Some(status) = status(r) else {
                return r.fail("OK, NO or BAD behind the tag");
            };
            *outcome = Some(status.outcome());
            let (code, text) = code::text(r)?;
            Ok(Reply::Status { tag: Some(tag), status, code, text })
        }
        _ => r.fail("a tag, * or +"),
    }
}

fn status(r: &mut Reader<'_>) -> Option<Status> {
    let all = [Status::Ok, Status::No, Status::Bad, Status::Bye, Status::Preauth];
    let word = r.word_ahead();
    let status = all.into_iter().find(|status| status.code() == word)?;
    let exact = r.rest().starts_with(status.code().as_bytes());
    r.word(status.code(), status.term());
    if !exact {
        r.fault("A status is written in upper case.");
    }
    Some(status)
}

fn continuation(r: &mut Reader<'_>, secret: bool) -> String {
    if r.peek() == Some(b' ') {
        r.scan().take(&common::SPACE, 1);
    }
    let length = r.rest().len();
    let text = match secret {
        true => r.scan().take_secret(&terms::CHALLENGE, length),
        false => r.scan().take(&terms::TEXT, length),
    };
    String::from_utf8_lossy(text).into_owned()
}
