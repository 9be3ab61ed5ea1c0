//! Octets sent without the lab's checks: what reply they will get, and what in them is secret.

use core::cell::Cell;

use super::super::{table, wire};
use super::{Asked, NntpClient};
use crate::machine::{Conn, Output};
use crate::text::off_script;

impl NntpClient {
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        // The lines behind an AUTHINFO SASL are responses, so long as they are no commands.
        let in_sasl = Cell::new(self.progress.state() == &table::SASL);
        let in_article = self.raw_article.is_some() || self.progress.state() == &table::POSTING;
        let wire = off_script(bytes, |line| {
            if in_article {
                return None;
            }
            let command = wire::parse(line).ok();
            if in_sasl.get() && command.is_none() {
                return wire::response(line).ok();
            }
            in_sasl.set(command.as_ref().is_some_and(|c| c.verb.name == "AUTHINFO SASL"));
            command.map(|command| command.wire).or_else(|| wire::secretive(line))
        });
        self.output(Output::Sent { conn: Conn::MAIN, wire });
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            if let Some(line) = line.strip_suffix(b"\r\n") {
                self.expect(&String::from_utf8_lossy(line));
            }
        }
    }

    /// A raw line will be answered: it is matched to a command if it looks like one, so that the
    /// reply is framed as the server meant it.
    fn expect(&mut self, line: &str) {
        if self.raw_article.is_none() && self.progress.state() == &table::POSTING {
            self.raw_article = Some(&table::CONTENT);
        }
        let last = self.progress.pending().last();
        let began_sasl = last.is_some_and(|verb| verb.name == "AUTHINFO SASL");
        let (verb, asked) = match self.raw_article {
            Some(_) if line != "." => return,
            Some(verb) => {
                self.raw_article = None;
                (verb, Asked::default())
            }
            None if self.progress.state() == &table::SASL => (&table::RESPONSE, Asked::default()),
            None => match wire::parse(line) {
                Ok(command) if command.verb == &table::TAKETHIS => {
                    self.raw_article = Some(command.verb);
                    return;
                }
                Ok(command) => (command.verb, self.remember(line, &command)),
                Err(_) if began_sasl => (&table::RESPONSE, Asked::default()),
                Err(_) => (&table::OTHER, Asked::default()),
            },
        };
        self.asked.push_back(asked);
        self.progress.sent(verb);
    }
}
