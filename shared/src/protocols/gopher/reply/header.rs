//! The first line of a Gopher+ reply.

use super::super::terms;
use super::framing::Framing;
use crate::explain::{Outcome, Scanner, Wire};

/// `+` or `-`, a number, CR LF: a longer line is none, and the server does not speak Gopher+.
const LIMIT: usize = 24;

/// Collects the line.
#[derive(Clone, Debug, Default)]
pub(super) struct Header(Vec<u8>);

/// What the line turned out to be.
pub(super) enum Step {
    /// None: these octets are the beginning of a plain reply.
    Plain(Vec<u8>),
    Content(Wire, Framing),
    Error(Wire, Framing),
}

impl Header {
    /// Takes octets up to the end of the line. `None`: more are needed.
    pub(super) fn push(&mut self, bytes: &mut &[u8]) -> Option<Step> {
        while let Some((first, rest)) = bytes.split_first() {
            self.0.push(*first);
            *bytes = rest;
            let begins = matches!(self.0[0], b'+' | b'-');
            if !begins || *first == b'\n' || self.0.len() >= LIMIT {
                return Some(self.decide());
            }
        }
        None
    }

    /// Nothing more comes.
    pub(super) fn give_up(&mut self) -> Step {
        Step::Plain(core::mem::take(&mut self.0))
    }

    fn decide(&mut self) -> Step {
        let line = core::mem::take(&mut self.0);
        let number =
            line.strip_suffix(b"\r\n").and_then(|line| core::str::from_utf8(&line[1..]).ok());
        let Some(framing) = number.and_then(framing) else { return Step::Plain(line) };
        let error = line[0] == b'-';
        let mut scan = Scanner::new(&line);
        scan.line(if error { &terms::PLUS_ERROR } else { &terms::PLUS_LENGTH });
        if error {
            scan.outcome(Outcome::Permanent);
            return Step::Error(scan.finish("Refused; the reason follows."), framing);
        }
        let says = match framing.announced {
            Some(octets) => format!("{octets} octets follow."),
            None if framing.dots => "What follows ends with a lone dot.".into(),
            None => "What follows ends with the connection.".into(),
        };
        Step::Content(scan.finish(says), framing)
    }
}

fn framing(number: &str) -> Option<Framing> {
    match number {
        "-1" => Some(Framing::dots()),
        "-2" => Some(Framing::close()),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().ok().map(Framing::count)
        }
        _ => None,
    }
}
