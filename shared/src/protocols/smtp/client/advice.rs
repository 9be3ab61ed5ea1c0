//! What is unusual in commands and replies that can be read, and what would have been right.

use super::{Asked, SmtpClient};
use crate::machine::{Note, Refused};
use crate::protocols::smtp::{reply, table, wire};
use crate::table::Verb;
use crate::text::advice::Notes;
use crate::text::reply::Reply;
use crate::text::{sasl, split_verb};

impl SmtpClient {
    /// What is unusual in a command that is right.
    pub(super) fn remarks(&self, command: &wire::Command) -> Notes {
        let mut notes = Notes::default();
        let limit = self.size_limit();
        if let (Some(size), Some(limit)) = (command.size, limit)
            && size > limit
        {
            let text = format!(
                "The announced {size} octets are more than the {limit} that the server takes, as its reply to EHLO says. It will refuse them."
            );
            notes.add(Note::warning(text).rule(1870, "6.1"));
        }
        notes
    }

    /// The most octets that the server takes for a message; `None`: it has not said.
    pub(super) fn size_limit(&self) -> Option<u64> {
        self.extension("SIZE")?.parse().ok().filter(|limit| *limit > 0)
    }

    /// What to send instead of a refused command, in the order of likelihood.
    pub(super) fn repairs(&self, text: &str, refused: &Refused) -> Vec<String> {
        let (name, argument) = split_verb(text);
        let argument = argument.unwrap_or_default().trim();
        let verb = name.to_ascii_uppercase();
        if let Refused::Illegal(illegal) = refused {
            let extensions = [&table::PIPELINING, &table::CHUNKS, &table::AUTH_OFFERED];
            return match illegal.needs {
                Some(flag) if extensions.contains(&flag) && self.extensions.is_empty() => {
                    vec![format!("EHLO {}", self.config.name)]
                }
                Some(flag) if *flag == table::CHUNKS => vec!["DATA".into()],
                _ => Vec::new(),
            };
        }
        match verb.as_str() {
            "EHLO" | "HELO" => vec![format!("{verb} {}", self.config.name)],
            "MAIL" | "RCPT" => {
                let word = if verb == "MAIL" { "FROM" } else { "TO" };
                let behind = argument.get(word.len()..).unwrap_or_default();
                let behind = behind.trim_start_matches([':', ' ']);
                let (path, params) = behind.split_once(' ').unwrap_or((behind, ""));
                let path = path.trim_matches(['<', '>']);
                let bare = format!("{verb} {word}:<{path}>");
                let here = format!("{verb} {word}:<{}>", self.address(path));
                vec![format!("{bare} {}", params.trim()).trim_end().into(), bare, here]
            }
            // Whoever gives these an argument has meant none.
            "DATA" | "RSET" | "QUIT" => vec![verb],
            _ => Vec::new(),
        }
    }

    /// What is unusual in a reply, seen with its command.
    pub(super) fn reply_remarks(&mut self, verb: &Verb, asked: &Asked, code: &str, reply: &Reply) {
        let mut notes = core::mem::take(&mut self.reply_notes);
        if asked.gives_up && code != "501" {
            let text = format!(
                "A lone star gives the login up, and the answer to that is 501; this one is \"{code}\"."
            );
            notes.add(Note::warning(text).rule(4954, "4"));
        }
        if asked.tls && code.starts_with('2') {
            self.tls = Some(false);
            let text = "The server now waits for TLS, which the lab does not speak. What else comes in clear must not be trusted; close the connection.";
            notes.add(Note::error(text).rule(3207, "4"));
        }
        if code == "334" && sasl::decode(reply.text().trim()).is_none() {
            let text = "The challenge behind 334 is not base64.";
            notes.add(Note::warning(text).rule(4954, "4"));
        }
        let transaction = self.envelope.sender.is_some();
        match verb.name {
            "EHLO" | "HELO" if code.starts_with('2') => {
                if transaction {
                    let text = format!(
                        "{} within a transaction clears it: sender and recipients are forgotten, as by RSET.",
                        verb.name
                    );
                    notes.add(Note::info(text).rule(5321, "4.1.4"));
                }
                let old = |text: &Vec<u8>| text.to_ascii_uppercase().starts_with(b"AUTH=");
                if reply.texts.iter().skip(1).any(old) {
                    let text = "AUTH= is an old form, from before the RFC, for clients of that time. The standard has a space there; what both list is taken together.";
                    notes.add(Note::info(text).rule(4954, "3"));
                }
            }
            "(greeting)" => {}
            _ => enhanced(code, reply, &mut notes),
        }
        self.tell(notes);
    }

    /// A reply came although no command awaits one.
    pub(super) fn unasked(&mut self, code: &str) {
        let note = if let Some(told) = &mut self.tls {
            if core::mem::replace(told, true) {
                return;
            }
            let text = "Clear text came after 220, where the TLS handshake must begin. Somebody on the way may have slipped it in; nothing of it can be trusted.";
            Note::error(text).rule(3207, "4")
        } else if code == "421" {
            return;
        } else if self.raw.take_loose() {
            let text = "This answers a line that ended with a bare LF: this server takes it for a line, or says that it does not.";
            Note::info(text).rule(5321, "2.3.8")
        } else if self.lmtp > 0 {
            self.lmtp -= 1;
            let text = "A second reply to one message: LMTP has one for each recipient, SMTP one for all of them. This server may speak LMTP.";
            Note::warning(text).rule(2033, "4.2")
        } else {
            let text = "The server sent this unasked: no command awaits a reply.";
            Note::warning(text).rule(5321, "4.2")
        };
        let mut notes = core::mem::take(&mut self.reply_notes);
        notes.add(note);
        self.tell(notes);
    }
}

/// Enhanced codes stand on every line of a reply or on none, and agree with its code.
fn enhanced(code: &str, reply: &Reply, notes: &mut Notes) {
    if !code.starts_with(['2', '4', '5']) {
        return;
    }
    let class = code.as_bytes().first();
    let with: Vec<bool> = reply.texts.iter().map(|text| reply::enhanced(text).is_some()).collect();
    let contradicts = |(text, with): &(&Vec<u8>, &bool)| **with && text.first() != class;
    let contradictions = reply.texts.iter().zip(&with).filter(contradicts).count();
    let text = "The first digit of the enhanced code contradicts that of the reply code.";
    notes.add_lines(contradictions, Note::warning(text).rule(2034, "4"));
    let without = with.iter().filter(|with| !**with).count();
    if without < with.len() {
        let text =
            "A line of the reply has no enhanced code, though others have one: every line should.";
        notes.add_lines(without, Note::warning(text).rule(2034, "4"));
    }
}
