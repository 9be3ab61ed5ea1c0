//! Reading replies, and what is learned from them.

use super::{Asked, Envelope, SmtpClient};
use crate::machine::{Conn, Note, Output};
use crate::protocols::smtp::{reply, table, wire};
use crate::table::Verb;
use crate::text::advice::unlisted;
use crate::text::dot::BlockState;
use crate::text::reply::Reply;
use crate::text::sasl;

impl SmtpClient {
    pub(super) fn read(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
        while let Some(line) = self.lines.next_line() {
            let utf8 = self.extension("SMTPUTF8").is_some();
            let rules = if utf8 { &reply::REPLIES_UTF8 } else { &reply::REPLIES };
            self.reply_notes.reply(rules, &line.bytes);
            let verb = self.progress.oldest();
            let replies = self.replies.get_or_insert_with(|| reply::reader(verb));
            if let Some(reply) = replies.line(&line) {
                self.replies = None;
                self.answered(reply);
            }
        }
    }

    fn answered(&mut self, reply: Reply) {
        let verb = self.progress.oldest();
        // What is no reply at all counts as a failure of the oldest command, so that the session
        // can go on.
        let code = if reply.code.is_some() { reply.code_text() } else { "500".into() };
        let answer = self.progress.reply(&code);
        let asked = verb.and_then(|_| self.asked.pop_front()).unwrap_or_default();
        let mut wire = reply.wire.clone();
        wire.says = reply::says(verb, answer.rule, &reply);
        self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        for fault in &reply.faults {
            self.reply_notes.add(Note::error(fault.clone()).rule(5321, "4.2.1"));
        }
        if let Some(note) = unlisted(&answer, &code) {
            self.reply_notes.add(note);
        }
        match verb {
            Some(verb) => {
                self.reply_remarks(verb, &asked, &code, &reply);
                self.learn(verb, asked, &code, &reply);
            }
            None => self.unasked(&code),
        }
        self.moved(answer.moved);
        if answer.moved == Some(&table::CLOSED) {
            // After QUIT or 421 the server forgets it (RFC 5321 sections 3.8 and 4.1.1.10).
            if core::mem::take(&mut self.envelope).sender.is_some() {
                let section = if code == "421" { "3.8" } else { "4.1.1.10" };
                let text = "The message under way was not delivered.";
                self.note(Note::warning(text).rule(5321, section));
            }
            self.progress.over();
            self.asked.clear();
        }
        let nobody = answer.moved == Some(&table::CONTENT)
            && self.envelope.recipients.is_empty()
            && !self.progress.is_waiting()
            && !self.raw.in_content();
        if nobody {
            self.note(
                Note::warning(
                    "The server waits for a message, but it took none of the recipients. Only the lone dot is sent.",
                )
                .rule(2920, "3.1"),
            );
            let dot = wire::lone_dot("Nothing: there is nobody to send it to.");
            self.command_out(&table::MESSAGE, Asked::default(), dot);
        }
    }

    fn learn(&mut self, verb: &'static Verb, asked: Asked, code: &str, reply: &Reply) {
        let done = code.starts_with('2');
        if code.starts_with(['4', '5']) {
            if !self.failed.contains(&verb.name) {
                self.failed.push(verb.name);
            }
            self.login_required |= code == "530";
        }
        match verb.name {
            "(greeting)" if done => {
                self.server = reply.text().split(' ').next().unwrap_or_default().into();
            }
            "EHLO" | "HELO" if done => {
                self.envelope = Envelope::default();
                self.extensions = match verb.name {
                    "EHLO" => extensions(reply),
                    _ => Vec::new(),
                };
                for (flag, keyword) in [
                    (&table::PIPELINING, "PIPELINING"),
                    (&table::CHUNKS, "CHUNKING"),
                    (&table::AUTH_OFFERED, "AUTH"),
                ] {
                    self.progress.set(flag, self.extension(keyword).is_some());
                }
            }
            "AUTH" | "(response)" if code == "334" => {
                let count = if verb.name == "AUTH" { 0 } else { self.challenge.0 + 1 };
                let challenge = sasl::decode(reply.text().trim()).unwrap_or_default();
                if verb.name == "AUTH" {
                    self.mechanism = asked.mechanism;
                }
                self.challenge = (count, challenge);
            }
            "AUTH" | "(response)" if done => {
                self.logged_in = true;
                self.failed.clear();
            }
            "MAIL" if done => {
                self.chunks = BlockState::default();
                self.envelope = Envelope {
                    sender: Some(asked.address),
                    eight_bit: asked.eight_bit,
                    binary: asked.binary,
                    size: asked.size,
                    ..Envelope::default()
                };
            }
            "DATA" if !code.starts_with('3') => self.raw.leave_content(),
            "RCPT" if done => self.envelope.recipients.push(asked.address),
            "RCPT" => self.envelope.refused += 1,
            "(message)" | "(last chunk)" => {
                self.delivered += u32::from(done);
                self.lmtp = self.envelope.recipients.len().saturating_sub(1);
                self.envelope = Envelope::default();
            }
            "RSET" if done => self.envelope = Envelope::default(),
            _ => {}
        }
    }

    /// The connection will bring no more.
    pub(super) fn end(&mut self, why: &str) {
        let rest = self.lines.finish();
        let verb = self.progress.oldest();
        let unanswered =
            matches!(verb, Some(verb) if *verb == table::MESSAGE || *verb == table::BDAT_LAST);
        let cut = self.replies.take().unwrap_or_else(|| reply::reader(verb)).cut(rest);
        let was_cut = cut.is_some();
        if let Some(reply) = cut {
            let mut wire = reply.wire.clone();
            wire.says = reply::says(verb, None, &reply);
            self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        }
        let over = self.progress.state() == &table::CLOSED;
        if was_cut {
            let text = format!("Truncated: {why} in the middle of a reply.");
            self.note(Note::error(text).rule(5321, "4.2"));
        }
        if unanswered {
            self.note(
                Note::error(format!(
                    "{why} before it answered the message. Nobody knows whether it was delivered; a mail program sends it again, and may deliver it twice."
                ))
                .rule(1047, ""),
            );
        } else if self.envelope.sender.is_some() {
            self.note(
                Note::error(format!("{why} within a transaction. Nothing was delivered."))
                    .rule(5321, "3.8"),
            );
        } else if self.open && !over && !was_cut {
            self.note(Note::error(format!("{why} without QUIT.")).rule(5321, "4.1.1.10"));
        }
        self.open = false;
        self.asked.clear();
        let moved = self.progress.over();
        self.moved(moved);
    }
}

/// The extensions that an EHLO reply lists. The old form `AUTH=…` adds to the new one.
fn extensions(reply: &Reply) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    for text in reply.texts.iter().skip(1) {
        let (name, rest) = reply::extension(&String::from_utf8_lossy(text));
        match list.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => {
                for word in rest.split(' ').filter(|word| !word.is_empty()) {
                    if !known.split(' ').any(|k| k.eq_ignore_ascii_case(word)) {
                        known.push(' ');
                        known.push_str(word);
                    }
                }
            }
            None => list.push((name, rest)),
        }
    }
    list
}
