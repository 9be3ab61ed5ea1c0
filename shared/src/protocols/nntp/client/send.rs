//! From what a person types to what goes out.

use super::super::wire::{self, Command, blocks};
use super::super::{table, terms};
use super::{Asked, Exchange, NntpClient, Upload};
use crate::explain::{Composer, Rfc, Wire, common};
use crate::machine::{Conn, Direction, Output, PIECE, Refused};
use crate::table::{Progress, Verb};
use crate::text::advice::Inspector;
use crate::text::dot::{explain_stuffed, stuff};
use crate::text::sasl::{self, Mechanism};
use crate::text::single_line;

/// The line that ends an article.
const END: &[u8] = b".\r\n";

impl NntpClient {
    pub(super) fn send(&mut self, text: &str) -> Result<(), Refused> {
        if self.progress.state() == &table::POSTING {
            return self.article(text);
        }
        if self.progress.state() == &table::SASL {
            self.progress.may_follow(table::RESPONSE.name, None).map_err(Refused::Illegal)?;
            let wire = wire::response(text)?;
            if let Some(exchange) = &mut self.exchange {
                exchange.given += 1;
            }
            let asked = Asked { gives_up: text == "*", ..Asked::default() };
            self.sent(&table::RESPONSE, wire, asked);
            return Ok(());
        }
        let (line, article) = match text.split_once('\n') {
            Some((line, article)) if is_takethis(line) => {
                (line.strip_suffix('\r').unwrap_or(line), Some(article))
            }
            _ => (text, None),
        };
        let mut command = self.command(line, &self.progress)?;
        match (command.verb.name, article) {
            ("TAKETHIS", Some(article)) => {
                check_content(article.as_bytes(), &mut false)?;
                command.wire.append(block(article.as_bytes()));
                self.send_command(line, command);
                self.content_notes(article.as_bytes());
                return Ok(());
            }
            ("TAKETHIS", None) => return Err(without_article()),
            _ => {}
        }
        self.send_command(line, command);
        Ok(())
    }

    /// All or nothing: the lines are tried on a copy of the progress first.
    pub(super) fn batch(&mut self, text: &str) -> Result<(), Refused> {
        let mut trial = self.progress.clone();
        let mut commands = Vec::new();
        for line in text.lines() {
            let command = self.command(line, &trial)?;
            if command.verb == &table::TAKETHIS {
                return Err(without_article());
            }
            trial.sent(command.verb);
            commands.push((line, command));
        }
        for (line, command) in commands {
            self.send_command(line, command);
        }
        Ok(())
    }

    /// A piece of an article from a file.
    pub(super) fn content(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.may_upload()?;
        let mut upload = self.upload.take().unwrap_or_default();
        let mut after_cr = upload.after_cr;
        if let Err(refused) = check_content(bytes, &mut after_cr) {
            self.upload = Some(upload);
            return Err(refused);
        }
        upload.after_cr = after_cr;
        let mut out = Vec::new();
        upload.stuffer.push(bytes, &mut out);
        upload.inspector.get_or_insert_with(Inspector::typed).look(bytes);
        self.upload = Some(upload);
        self.data(&out);
        Ok(())
    }

    /// The article that came in pieces is whole.
    pub(super) fn content_end(&mut self) -> Result<(), Refused> {
        self.may_upload()?;
        let Upload { mut stuffer, inspector, .. } = self.upload.take().unwrap_or_default();
        let mut out = Vec::new();
        stuffer.finish(&mut out);
        self.data(&out);
        let mut end = Composer::new();
        end.put(&common::BLOCK_END, ".").crlf();
        self.sent(&table::CONTENT, end.finish("That was the article."), Asked::default());
        for note in inspector.iter().flat_map(|inspector| inspector.notes(&wire::ARTICLE)) {
            self.note(note);
        }
        Ok(())
    }

    /// What a reader of the article may dislike.
    fn content_notes(&mut self, content: &[u8]) {
        let mut inspector = Inspector::typed();
        inspector.look(content);
        for note in inspector.notes(&wire::ARTICLE) {
            self.note(note);
        }
    }

    /// The whole article as typed.
    fn article(&mut self, text: &str) -> Result<(), Refused> {
        self.may_upload()?;
        if self.upload.is_some() {
            return Err(Refused::Malformed {
                what: "An article is on its way in pieces.".into(),
                expected: "its end first".into(),
                rule: Rfc::new(3977, "6.3.1"),
            });
        }
        check_content(text.as_bytes(), &mut false)?;
        let mut wire = block(text.as_bytes());
        wire.says = "Here is the article; the line with one dot ends it.".into();
        self.sent(&table::CONTENT, wire, Asked::default());
        self.content_notes(text.as_bytes());
        Ok(())
    }

    fn may_upload(&self) -> Result<(), Refused> {
        let verb = table::CONTENT.name;
        self.progress.legal(verb).map_err(Refused::Illegal)?;
        self.progress.may_follow(verb, None).map_err(Refused::Illegal)
    }

    pub(super) fn command(&self, line: &str, progress: &Progress) -> Result<Command, Refused> {
        let line = single_line(line, Rfc::new(3977, "3.1"))?;
        let command = wire::parse(line).map_err(|wrong| wrong.refused(progress.state()))?;
        let verb = command.verb;
        progress.may_follow(verb.name, None).map_err(Refused::Illegal)?;
        progress.legal(verb.name).map_err(Refused::Illegal)?;
        progress.has_for(verb, command.needs).map_err(Refused::Illegal)?;
        Ok(command)
    }

    fn send_command(&mut self, line: &str, command: Command) {
        let asked = self.remember(line, &command);
        self.sent(command.verb, command.wire, asked);
    }

    /// What the reply to a command will be read with.
    pub(super) fn remember(&mut self, line: &str, command: &Command) -> Asked {
        let name = command.arguments.first().cloned().unwrap_or_default();
        if command.verb.name == "AUTHINFO SASL" {
            let given = usize::from(command.arguments.len() > 1);
            let mechanism = Mechanism::by_name(&name);
            self.exchange =
                mechanism.map(|mechanism| Exchange { mechanism, given, challenge: Vec::new() });
        }
        let secret = command.wire.spans.iter().any(|span| span.secret);
        Asked {
            line: if secret { String::new() } else { line.into() },
            by_id: name.starts_with('<'),
            name: if secret { String::new() } else { name },
            gives_up: false,
        }
    }

    pub(super) fn sent(&mut self, verb: &'static Verb, wire: Wire, asked: Asked) {
        self.asked.push_back(asked);
        self.progress.sent(verb);
        self.output(Output::Sent { conn: Conn::MAIN, wire });
    }

    fn data(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            let bytes = piece.to_vec();
            self.output(Output::Data { conn: Conn::MAIN, direction: Direction::Sent, bytes });
        }
    }

    /// The response that the mechanism under way wants, in base64.
    pub(super) fn next_response(&self) -> Option<String> {
        let Exchange { mechanism, given, challenge } = self.exchange.as_ref()?;
        let (user, password) = (&self.config.user, &self.config.password);
        let response = mechanism.respond(*given, challenge, user, password)?;
        Some(if response.is_empty() { "=".into() } else { sasl::encode(response) })
    }
}

/// An article as it crosses the wire, its end included.
fn block(content: &[u8]) -> Wire {
    let mut stuffed = stuff(content);
    stuffed.extend_from_slice(END);
    explain_stuffed(&stuffed, blocks::article)
}

/// An article holds no NUL, and CR and LF only as the end of a line (RFC 3977 section 3.1.1).
/// What is typed may end its lines with LF alone; the composer adds the CR.
fn check_content(content: &[u8], after_cr: &mut bool) -> Result<(), Refused> {
    for (at, byte) in content.iter().enumerate() {
        let what = match byte {
            0 => Some("a NUL"),
            byte if *after_cr && *byte != b'\n' => Some("a carriage return without a line feed"),
            _ => None,
        };
        if let Some(what) = what {
            return Err(Refused::Malformed {
                what: format!("There is {what} in the article, near octet {at}."),
                expected: "text whose lines end with LF or CR LF".into(),
                rule: Rfc::new(3977, "3.1.1"),
            });
        }
        *after_cr = *byte == b'\r';
    }
    Ok(())
}

fn is_takethis(line: &str) -> bool {
    line.split([' ', '\t', '\r']).next().is_some_and(|verb| verb.eq_ignore_ascii_case("TAKETHIS"))
}

fn without_article() -> Refused {
    Refused::Malformed {
        what: "TAKETHIS was not sent: its article is missing.".into(),
        expected: "the command on the first line and the article on the lines below it, alone"
            .into(),
        rule: terms::TAKETHIS.rfc,
    }
}
