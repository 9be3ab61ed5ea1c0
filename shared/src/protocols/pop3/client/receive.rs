//! What comes in, and what is learned from it.

use super::{Asked, Block, Pop3Client};
use crate::explain::{Composer, common};
use crate::machine::{Conn, Note, Output};
use crate::protocols::pop3::table;
use crate::protocols::pop3::wire::{self, Status};
use crate::table::Verb;
use crate::text::advice::{Notes, unlisted};
use crate::text::dot::{BlockReader, BlockStep, LINE_LIMIT};
use crate::text::lines::{Ending, Line};
use crate::text::reply;

/// So many sizes are remembered.
const SIZES: usize = 1000;

impl Pop3Client {
    pub(super) fn read(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
        while let Some(line) = self.lines.next_line() {
            match self.block.take() {
                Some(block) => self.block_line(block, &line),
                None => self.status_line(&line),
            }
        }
    }

    fn status_line(&mut self, line: &Line) {
        let verb = self.progress.oldest();
        let asked = if verb.is_some() { self.asked.front().copied() } else { None };
        let asked = asked.unwrap_or_default();
        let (status, wire) = wire::status(&line.bytes, verb, asked.single);
        self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        let mut notes = Notes::default();
        notes.reply(&wire::REPLIES, &line.bytes);
        if line.ending == Ending::Lf {
            notes.add(
                Note::warning(
                    "The line ends with a bare LF; POP3 asks for CR LF. It is read as if it had.",
                )
                .rule(1939, "3"),
            );
        }
        if verb.is_none() {
            self.unasked(&mut notes);
        } else {
            found_in_status(status, line, &mut notes);
        }
        let code = if status == Status::Strange { "-ERR" } else { status.code() };
        let answer = self.progress.reply(code);
        if verb.is_some() {
            self.asked.pop_front();
        }
        if let Some(note) = unlisted(&answer, code) {
            notes.add(note);
        }
        if let Some(verb) = answer.verb {
            self.remark(verb, asked, status, line, &mut notes);
            if status == Status::Ok {
                self.learn(verb, asked, line);
                self.done.push(verb.name);
            }
        }
        if let (Some(explain), Status::Ok, Some(verb)) = (asked.block, status, verb) {
            self.block = Some(Block {
                reader: BlockReader::new(explain),
                verb: verb.name,
                message: asked.message,
                unreadable: 0,
            });
            self.lines.become_strict(LINE_LIMIT);
        }
        self.tell(notes);
        self.moved(answer.moved);
    }

    /// A line came although no command awaits a reply.
    fn unasked(&mut self, notes: &mut Notes) {
        if let Some(told) = &mut self.tls {
            if !core::mem::replace(told, true) {
                let text = "Clear text came after +OK, where the TLS handshake must begin. Somebody on the way may have slipped it in; nothing of it can be trusted.";
                notes.add(Note::error(text).rule(2595, "4"));
            }
        } else if self.raw.loose > 0 {
            self.raw.loose -= 1;
            let text = "This answers a line that ended with a bare LF: this server takes it for a line, or says that it does not.";
            notes.add(Note::info(text).rule(1939, "3"));
        } else {
            let text = "The server sent this unasked: no command awaits a reply. Whoever took it for the answer to the next command would be off by one.";
            notes.add(Note::warning(text).rule(1939, "3"));
        }
    }

    /// What is unusual in a reply, seen with its command.
    fn remark(
        &self,
        verb: &'static Verb,
        asked: Asked,
        status: Status,
        line: &Line,
        notes: &mut Notes,
    ) {
        let text = String::from_utf8_lossy(line.text());
        let words: Vec<&str> = text.split(' ').skip(1).collect();
        match (verb.name, status) {
            ("STAT", Status::Ok) => {
                let numbers = words.iter().take(2).filter(|word| word.parse::<u64>().is_ok());
                if numbers.count() < 2 {
                    let text = "The reply to STAT has two numbers behind +OK, messages and octets. These are not there.";
                    notes.add(Note::warning(text).rule(1939, "5"));
                } else if words.len() > 2 {
                    let text = "There is more behind the two numbers of STAT. It may stand there, though the RFC advises against it; programs skip it.";
                    notes.add(Note::info(text).rule(1939, "5"));
                }
            }
            (_, Status::Ok) if asked.gives_up => {
                let text = "A lone star gives the login up, and so the server must refuse it; this one has said +OK.";
                notes.add(Note::warning(text).rule(5034, "4"));
            }
            (_, Status::Ok) if asked.tls => {
                let text = "The server now waits for TLS, which the lab does not speak here. What else comes in clear must not be trusted; close the connection.";
                notes.add(Note::error(text).rule(2595, "4"));
            }
            (_, Status::Err) if asked.message.is_some_and(|n| self.deleted.contains(&n)) => {
                let text = "That message is marked as deleted. It keeps its number until QUIT, but no command but RSET, which unmarks all, can reach it.";
                notes.add(Note::info(text).rule(1939, "5").fix("RSET"));
            }
            _ => {}
        }
        let has_codes = self.capabilities.iter().any(|c| c.eq_ignore_ascii_case("RESP-CODES"));
        let asked_for_them = self.done.contains(&"CAPA");
        let code = words.first().is_some_and(|word| word.starts_with('['));
        if status == Status::Err && code && asked_for_them && !has_codes {
            let text = "The words in brackets are no response code: the server has not announced RESP-CODES, so they are text like any other.";
            notes.add(Note::info(text).rule(2449, "8"));
        }
    }

    fn learn(&mut self, verb: &'static Verb, asked: Asked, line: &Line) {
        let text = String::from_utf8_lossy(line.text()).into_owned();
        if asked.tls {
            self.tls = Some(false);
        }
        match (verb.name, asked.message) {
            ("(greeting)", _) => {
                self.timestamp =
                    wire::stamp(text.as_bytes()).map(|(start, end)| text[start..end].into());
            }
            ("STAT", _) => {
                let mut words = text.split(' ').skip(1).map(str::parse);
                if let (Some(Ok(count)), Some(Ok(size))) = (words.next(), words.next()) {
                    self.stat = Some((count, size));
                }
            }
            ("LIST", Some(_)) => {
                self.learn_size(text.split_once(' ').map_or("", |(_, text)| text));
            }
            ("DELE", Some(n)) if self.deleted.len() < SIZES => self.deleted.push(n),
            ("RSET", _) => self.deleted.clear(),
            _ => {}
        }
    }

    /// Takes in number and size; tells whether they are such.
    fn learn_size(&mut self, text: &str) -> bool {
        let mut words = text.split(' ');
        let number = words.next().and_then(|word| word.parse::<u32>().ok());
        let size = words.next().and_then(|word| word.parse::<u64>().ok());
        let (Some(number), Some(size)) = (number, size) else { return false };
        self.sizes.retain(|(known, _)| *known != number);
        if self.sizes.len() < SIZES {
            self.sizes.push((number, size));
        }
        true
    }

    fn block_line(&mut self, mut block: Block, line: &Line) {
        if line.bytes != b".\r\n" {
            let text = String::from_utf8_lossy(line.text()).into_owned();
            let readable = match block.verb {
                "LIST" => self.learn_size(&text),
                "UIDL" => is_unique_id(&text),
                _ => true,
            };
            block.unreadable += usize::from(!readable);
            if block.verb == "CAPA" {
                self.capabilities.push(text);
            }
        }
        match block.reader.line(line) {
            BlockStep::More => self.block = Some(block),
            BlockStep::Unit(wire) => {
                self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
                self.block = Some(block);
            }
            BlockStep::End(mut wire) => {
                let (lines, octets) = (block.reader.line_count(), block.reader.octets());
                wire.says = format!("{lines} lines, {octets} octets.");
                self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
                self.lines.become_lenient(reply::LINE_LIMIT);
                self.block_end(&block);
            }
        }
    }

    fn block_end(&mut self, block: &Block) {
        let mail = matches!(block.verb, "RETR" | "TOP");
        let rules = if mail { &wire::MAIL } else { &wire::LISTING };
        let mut notes = Notes::default();
        for note in block.reader.inspector().notes(rules) {
            notes.add(note);
        }
        if block.unreadable > 0 {
            let (text, section) = match block.verb {
                "UIDL" => (
                    "A line of UIDL is a number and a unique id of 1 to 70 printable octets without spaces. This one is not.",
                    "7",
                ),
                _ => ("A line of LIST begins with a number and a size. This one does not.", "5"),
            };
            notes.add_lines(block.unreadable, Note::warning(text).rule(1939, section));
        }
        let size = self.sizes.iter().find(|(number, _)| Some(*number) == block.message);
        let octets = block.reader.octets();
        if let Some((number, size)) = size.filter(|_| block.verb == "RETR")
            && *size != octets
        {
            let why = match octets.checked_sub(*size) {
                Some(2) => "The two more end the last line, which had no end in the mailbox.",
                _ => {
                    "A size counts each line end as two octets and no stuffed dot; some servers guess it."
                }
            };
            let text =
                format!("LIST gave message {number} {size} octets, and {octets} came. {why}");
            notes.add(Note::info(text).rule(1939, "11"));
        }
        self.tell(notes);
        if block.verb == "CAPA" {
            let granted =
                self.capabilities.iter().any(|line| line.eq_ignore_ascii_case("PIPELINING"));
            self.progress.set(&table::PIPELINING, granted);
        }
    }

    /// The connection will bring no more.
    pub(super) fn end(&mut self, why: &str) {
        let rest = self.lines.finish();
        let was_cut = rest.is_some() || self.block.is_some();
        let wire = match self.block.take() {
            Some(mut block) => block.reader.cut(rest),
            None => rest.map(|line| {
                let mut out = Composer::new();
                out.put(&common::TRUNCATED, &line.bytes);
                out.finish("The connection ended inside this line.")
            }),
        };
        if let Some(wire) = wire {
            self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        }
        let expected = self.progress.state() == &table::CLOSED;
        if was_cut {
            let text = format!("Truncated: {why} in the middle of a reply.");
            self.note(Note::error(text).rule(1939, "3"));
        } else if !expected {
            self.note(
                Note::error(format!(
                    "{why} without QUIT. Messages marked as deleted are not removed."
                ))
                .rule(1939, "6"),
            );
        }
        self.open = false;
        self.asked.clear();
        let moved = self.progress.over();
        self.moved(moved);
    }
}

/// What is wrong with the first word of a reply.
fn found_in_status(status: Status, line: &Line, notes: &mut Notes) {
    let word = line.text().split(|b| *b == b' ').next().unwrap_or_default();
    if status == Status::Strange {
        let text = "A reply must begin with +OK or -ERR. The lab takes this line as a failure and goes on.";
        notes.add(Note::error(text).rule(1939, "3"));
    } else if word.iter().any(u8::is_ascii_lowercase) {
        let text = "The status must be in upper case. The lab takes it all the same; other programs may not.";
        notes.add(Note::warning(text).rule(1939, "3"));
    }
}

/// A number and a unique id.
fn is_unique_id(line: &str) -> bool {
    let Some((number, id)) = line.split_once(' ') else { return false };
    number.parse::<u32>().is_ok()
        && (1..=70).contains(&id.len())
        && id.bytes().all(|b| (0x21..=0x7e).contains(&b))
}
