//! What replies do to the client.

use super::super::wire::{self, reply::Learned};
use super::super::{table, wire::FileType};
use super::FtpClient;
use crate::machine::{Conn, Note, Output};
use crate::table::Verb;
use crate::text::reply::Reply;

impl FtpClient {
    pub(super) fn read(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
        while let Some(line) = self.lines.next_line() {
            if let Some(reply) = self.replies.line(&line) {
                self.reply(&reply);
            }
        }
    }

    fn reply(&mut self, reply: &Reply) {
        let Some(code) = reply.code else {
            let (wire, _) = wire::reply::read(reply, None);
            self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
            self.note(
                Note::error(
                    "A reply must begin with three digits. The lab skips this line and goes on waiting.",
                )
                .rule(959, "4.2"),
            );
            return;
        };
        let early = self.answer_early(code);
        // Behind a held reply the next one is to the command after the transfer.
        let behind = !early && !self.held.is_empty();
        let verb = self.progress.pending().nth(usize::from(behind));
        let (wire, learned) = wire::reply::read(reply, verb);
        self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        self.remark(reply, code, verb, &learned);
        let text = reply.code_text();
        if self.holds(verb, &text) {
            self.held.push(text);
            self.await_connection();
            return;
        }
        if behind && verb.is_none() && code != 421 {
            return;
        }
        if behind {
            self.release();
        }
        self.apply(&text, learned);
    }

    /// A command that was sent during a transfer may be answered before the transfer ends. The
    /// code tells, because it fits only one of the two.
    fn answer_early(&mut self, code: u16) -> bool {
        let Some(first) = self.progress.oldest() else { return false };
        let Some(second) = self.progress.pending().nth(1) else { return false };
        let moving = first == &table::TRANSFER || first == &table::CONTENT;
        let fits = match code {
            200 => second == &table::NOOP,
            211..=214 => second == &table::STAT,
            225 => second == &table::ABOR && self.held.is_empty(),
            221 => second == &table::QUIT && self.held.is_empty(),
            500..=504 => true,
            _ => false,
        };
        moving && fits && self.progress.answers_first(second)
    }

    /// Whether the reply must wait until the data connection has ended.
    fn holds(&self, verb: Option<&'static Verb>, code: &str) -> bool {
        match verb {
            Some(verb) if verb == &table::TRANSFER => code.starts_with('2') && self.data_flows(),
            Some(verb) if verb == &table::QUIT => !self.held.is_empty(),
            _ => false,
        }
    }

    /// Lets the replies count that were held.
    pub(super) fn release(&mut self) {
        for code in core::mem::take(&mut self.held) {
            self.apply(&code, Learned::Nothing);
        }
    }

    fn apply(&mut self, code: &str, learned: Learned) {
        let answer = self.progress.reply(code);
        let goes_on = answer.rule.is_some_and(|rule| rule.goes_on);
        if let Some(verb) = answer.verb {
            let argument = self.argument(verb, goes_on);
            if table::moves_data(verb).is_some() {
                self.first_reply(code, goes_on, learned);
            } else if verb == &table::TRANSFER || verb == &table::CONTENT {
                if !goes_on {
                    self.last_reply(code);
                }
            } else if !goes_on {
                self.learn(verb, &argument, code, learned);
            }
        }
        self.moved(answer.moved);
        if self.progress.state() == &table::CLOSED {
            self.progress.over();
            self.asked.clear();
            self.drop_unused_data();
        }
    }

    /// What the command was sent with.
    fn argument(&mut self, verb: &'static Verb, goes_on: bool) -> String {
        let at = self.asked.iter().position(|(asked, _)| *asked == verb);
        match at {
            Some(at) if goes_on => self.asked[at].1.clone(),
            Some(at) => self.asked.remove(at).map(|(_, argument)| argument).unwrap_or_default(),
            None => String::new(),
        }
    }

    fn learn(&mut self, verb: &'static Verb, argument: &str, code: &str, learned: Learned) {
        let name = table::canonical(verb.name);
        self.tried(name);
        let done = code.starts_with('2');
        match (name, learned) {
            (_, Learned::Passive(address)) => {
                let named = address.ip();
                if let Some(peer) = self.peer
                    && peer != *named
                {
                    self.note(
                        Note::warning(format!(
                            "The server says {named}, but you are talking to {peer}. Servers behind address translation do not know their outside address, and a false one could send you to somebody else, so the lab connects to {peer}, as other clients do."
                        ))
                        .rule(959, "4.1.2")
                        .fix("EPSV"),
                    );
                }
                self.connect(address.port());
            }
            (_, Learned::ExtendedPort(port)) => self.connect(port),
            (_, Learned::NoAddress) => {
                let (form, number, section, other) = match code {
                    "229" => ("(|||port|)", 2428, "3", "PASV"),
                    _ => ("six numbers of 0 to 255 with commas between", 959, "4.1.2", "EPSV"),
                };
                self.note(
                    Note::error(format!(
                        "There is no address in this reply: expected {form}. No connection is opened."
                    ))
                    .rule(number, section)
                    .fix(other),
                );
            }
            ("PWD", Learned::Path(path)) => self.known.cwd = Some(path),
            (_, Learned::System(system)) => self.known.system = Some(system),
            (_, Learned::Features(features)) => self.known.features = features,
            ("USER", _) if done || code.starts_with('3') => self.known.user = Some(argument.into()),
            ("REIN", _) if done => {
                let tried = core::mem::take(&mut self.known.tried);
                self.known = super::Known { tried, ..super::Known::default() };
                self.drop_unused_data();
            }
            ("ABOR", _) if done => self.break_off(),
            ("PORT" | "EPRT", _) => self.announced(done),
            ("CWD" | "CDUP", _) if done => self.known.cwd = None,
            ("TYPE", _) if done => {
                self.known.image = wire::file_type(argument) == Some(FileType::Image);
            }
            ("SIZE", Learned::Octets(octets)) => {
                self.known.size = Some((argument.into(), octets, self.known.image));
            }
            ("RNFR", _) if code == "350" => self.known.rename = Some(argument.into()),
            ("REST", _) if code == "350" => {
                self.known.rest = Some(argument.into()).filter(|offset| offset != "0");
            }
            ("EPSV", _) if done && argument.eq_ignore_ascii_case("ALL") => {
                self.known.epsv_all = true;
            }
            _ => {}
        }
    }
}
