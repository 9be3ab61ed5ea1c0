//! From what comes in to what is known.

use super::super::{table, wire};
use super::{Asked, Block, Incoming, NntpClient, Selected, advice};
use crate::explain::{Composer, Outcome, Scanner, common};
use crate::machine::{Conn, Direction, Note, Output};
use crate::table::Verb;
use crate::text::advice::{Notes, unlisted};
use crate::text::dot::{BlockReader, BlockStep, LINE_LIMIT};
use crate::text::lines::{Ending, Line};
use crate::text::reply::{self, Replies, Reply};
use crate::text::sasl;

impl NntpClient {
    pub(super) fn read(&mut self, bytes: &[u8]) {
        if matches!(self.incoming, Incoming::Opaque) {
            self.opaque(bytes.to_vec());
            return;
        }
        self.lines.push(bytes);
        while let Some(line) = self.lines.next_line() {
            match core::mem::replace(&mut self.incoming, Incoming::Replies) {
                Incoming::Block(block) => self.block_line(block, &line),
                Incoming::Replies if self.progress.state() == &table::TLS => self.injected(&line),
                _ => self.reply_line(&line),
            }
            if matches!(self.incoming, Incoming::Opaque) {
                let rest = self.lines.take_rest();
                self.opaque(rest);
                return;
            }
        }
    }

    /// The handshake is done: what was known came over an open line and counts no more.
    pub(super) fn encrypted(&mut self) {
        if let Some(line) = self.lines.finish() {
            self.injected(&line);
        }
        self.lines = Replies::lines();
        self.known.capabilities.clear();
        self.known.group = None;
        self.known.article = None;
        self.known.encrypted = true;
        self.progress.sent(&table::HANDSHAKE);
        let moved = self.progress.reply("tls").moved;
        self.moved(moved);
    }

    /// The connection will bring no more.
    pub(super) fn end(&mut self, why: &str) {
        let rest = self.lines.finish();
        let mut was_cut = rest.is_some();
        let wire = match core::mem::replace(&mut self.incoming, Incoming::Replies) {
            Incoming::Block(mut block) => {
                was_cut = true;
                block.reader.cut(rest).map(|mut wire| {
                    wire.says = "The block breaks off here, without its last line.".into();
                    wire
                })
            }
            _ => rest.map(|line| {
                let mut out = Composer::new();
                out.put(&common::TRUNCATED, &line.bytes);
                out.finish("The connection ended inside this line.")
            }),
        };
        if let Some(wire) = wire {
            self.received(wire);
        }
        let state = self.progress.state();
        if was_cut {
            let text = format!("Truncated: {why} in the middle of a reply.");
            self.note(Note::error(text).rule(3977, "3.2"));
        } else if state == &table::POSTING {
            let text = format!("{why}; nobody knows whether the article was taken.");
            self.note(Note::error(text).rule(3977, "6.3.1"));
        } else if state != &table::CLOSED {
            self.note(Note::error(format!("{why} without QUIT.")).rule(3977, "5.4"));
        }
        self.open = false;
        self.asked.clear();
        self.upload = None;
        self.exchange = None;
        let moved = self.progress.over();
        self.moved(moved);
    }

    fn reply_line(&mut self, line: &Line) {
        let rest_of_line = core::mem::replace(&mut self.continued, line.ending == Ending::TooLong);
        if rest_of_line {
            let mut scan = Scanner::new(&line.bytes);
            scan.line(&common::TOO_LONG);
            self.received(scan.finish("The rest of the line."));
            return;
        }
        if let Some(reply) = self.replies.line(line) {
            self.reply(reply, line);
        }
    }

    fn reply(&mut self, reply: Reply, line: &Line) {
        let verb = self.progress.oldest();
        let text = reply.text();
        // What is no reply is taken as a failure, so that the session can go on.
        let code = reply.code.unwrap_or(500);
        let answer = self.progress.reply(&format!("{code:03}"));
        let asked = match verb {
            Some(_) => self.asked.pop_front().unwrap_or_default(),
            None => Asked::default(),
        };
        let mut wire = reply.wire;
        if reply.code.is_some() {
            wire.says = wire::says(verb, answer.rule, code, &text);
        } else {
            wire = strange(line);
        }
        self.received(wire);
        let mut notes = Notes::default();
        let challenge = matches!(code, 281 | 283 | 383);
        notes.reply(if challenge { &wire::CHALLENGES } else { &wire::REPLIES }, &line.bytes);
        for fault in reply.faults.into_iter().filter(|_| reply.code.is_some()) {
            notes.add(Note::warning(fault).rule(3977, "3.1"));
        }
        if reply.code.is_none() {
            let text = "A reply must begin with three digits. The lab takes this line as a failure and goes on.";
            notes.add(Note::error(text).rule(3977, "3.2"));
        } else {
            let listed = unlisted(&answer, &format!("{code:03}"));
            listed.into_iter().for_each(|note| notes.add(note));
        }
        match verb {
            Some(_) => self.remark(&asked, code, &text, &mut notes),
            None => self.unasked(code, &mut notes),
        }
        self.tell_notes(notes);
        if let Some(verb) = verb {
            self.learn(verb, &asked, code, &text);
        }
        if let Some(explain) = wire::blocks::follows(verb, code) {
            let verb = verb.map_or("", |verb| verb.name);
            self.incoming =
                Incoming::Block(Block { reader: BlockReader::new(explain), verb, unreadable: 0 });
            self.lines.become_strict(LINE_LIMIT);
        }
        self.moved(answer.moved);
        match (code, verb.map(|verb| verb.name)) {
            (382, Some("STARTTLS")) => self.output(Output::StartTls { conn: Conn::MAIN }),
            (206, Some("COMPRESS")) => self.compressed(),
            _ => {}
        }
    }

    fn learn(&mut self, verb: &'static Verb, asked: &Asked, code: u16, text: &str) {
        let [first, second, _, name] = wire::first_words(text);
        if !self.answered.contains(&verb.name) {
            self.answered.push(verb.name);
        }
        match (verb.name, code) {
            ("(greeting)", 200 | 201) => self.known.posting = Some(code == 200),
            ("MODE READER", 200 | 201) => {
                // In the other mode the server can do other things (RFC 3977 section 5.3).
                self.known.posting = Some(code == 200);
                self.known.capabilities.clear();
            }
            ("CAPABILITIES", 101) => self.known.capabilities.clear(),
            ("GROUP" | "LISTGROUP", 211) => {
                let empty = wire::is_empty(text);
                self.progress.set(&table::CURRENT, !empty);
                self.known.article = (!empty).then(|| (second.into(), String::new()));
                let name = if name.is_empty() { &asked.name } else { name };
                if !name.is_empty() {
                    self.known.group = Some(Selected { name: name.into(), text: text.into() });
                }
            }
            ("NEXT" | "LAST" | "ARTICLE" | "HEAD" | "BODY" | "STAT", 220..=223) if !asked.by_id => {
                self.progress.set(&table::CURRENT, true);
                self.known.article = Some((first.into(), second.into()));
            }
            (_, 411) => self.group_refused = true,
            (_, 412) => (self.known.group, self.known.article) = (None, None),
            ("NEXT" | "LAST" | "ARTICLE" | "HEAD" | "BODY" | "STAT", 420) => {
                self.known.article = None;
            }
            ("(article)", 240) => {
                let mut words = text.split_whitespace();
                self.known.posted = words.find(|word| wire::is_message_id(word)).map(Into::into);
            }
            ("AUTHINFO USER", 281 | 381) => self.known.user = Some(asked.name.clone()),
            ("AUTHINFO SASL" | "(response)", 383) => {
                if let Some(exchange) = &mut self.exchange {
                    exchange.challenge = sasl::decode(first).unwrap_or_default();
                }
            }
            _ => {}
        }
        if matches!(code, 281 | 283) {
            // Capabilities may differ after a login (RFC 4643 section 2.2).
            self.known.capabilities.clear();
            self.known.user.get_or_insert_with(|| self.config.user.clone());
        }
        if code == 480 && !asked.line.is_empty() && !self.progress.has(&table::LOGGED_IN) {
            self.denied = Some(asked.line.clone());
        } else if self.denied.as_ref() == Some(&asked.line) {
            self.denied = None;
        }
    }

    fn block_line(&mut self, mut block: Block, line: &Line) {
        if line.bytes != b".\r\n" {
            block.unreadable += usize::from(!advice::readable(block.verb, line.text()));
            self.learn_line(block.verb, line);
        }
        match block.reader.line(line) {
            BlockStep::More => self.incoming = Incoming::Block(block),
            BlockStep::Unit(wire) => {
                self.received(wire);
                self.incoming = Incoming::Block(block);
            }
            BlockStep::End(mut wire) => {
                let (lines, octets) = (block.reader.line_count(), block.reader.octets());
                wire.says = match lines {
                    0 => "Nothing: the block is empty.".into(),
                    1 => format!("1 line, {octets} octets."),
                    _ => format!("{lines} lines, {octets} octets."),
                };
                self.received(wire);
                self.lines.become_lenient(reply::LINE_LIMIT);
                self.block_notes(&block);
            }
        }
    }

    /// What a line of a listing adds to what is known. The lists kept here are short; a server
    /// that sends more than this is not believed any further.
    fn learn_line(&mut self, verb: &str, line: &Line) {
        const CAPABILITIES_LIMIT: usize = 200;
        let text = || String::from_utf8_lossy(line.text());
        match verb {
            "CAPABILITIES" if self.known.capabilities.len() < CAPABILITIES_LIMIT => {
                let text = text();
                if wire::first_words(&text)[0].eq_ignore_ascii_case("STREAMING") {
                    self.progress.set(&table::STREAMING, true);
                }
                self.known.capabilities.push(text.into_owned());
            }
            "LIST" | "LIST ACTIVE" if self.known.listed.is_none() => {
                let text = text();
                let [name, high, low, _] = wire::first_words(&text);
                if let (Ok(high), Ok(low)) = (high.parse::<u64>(), low.parse::<u64>())
                    && high >= low
                    && high > 0
                {
                    self.known.listed = Some(name.into());
                }
            }
            _ => {}
        }
    }

    /// Octets in clear text where TLS must begin.
    fn injected(&mut self, line: &Line) {
        let mut scan = Scanner::new(&line.bytes);
        scan.line(&super::super::terms::CLEAR_AFTER_TLS);
        self.received(scan.finish("Not part of the handshake, and not believed."));
        self.note(
            Note::error(
                "Clear text came after 382, where the TLS handshake must begin. Somebody on the way may have slipped it in, so nothing of it is obeyed.",
            )
            .rule(4642, "2.2"),
        );
    }

    fn compressed(&mut self) {
        self.incoming = Incoming::Opaque;
        self.note(
            Note::warning(
                "From here on both directions are compressed. The lab shows the octets as they cross the wire and does not inflate them, so it ends the session.",
            )
            .rule(8054, "2.2"),
        );
        self.output(Output::Finish { conn: Conn::MAIN });
    }

    fn opaque(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let direction = Direction::Received;
            self.output(Output::Data { conn: Conn::MAIN, direction, bytes });
        }
    }

    fn received(&mut self, wire: crate::explain::Wire) {
        self.output(Output::Received { conn: Conn::MAIN, wire });
    }
}

/// A line that is no reply.
fn strange(line: &Line) -> crate::explain::Wire {
    let mut scan = Scanner::new(&line.bytes);
    scan.line(&super::super::terms::STRANGE);
    scan.outcome(Outcome::Permanent);
    scan.finish("This is not a reply of NNTP.")
}
