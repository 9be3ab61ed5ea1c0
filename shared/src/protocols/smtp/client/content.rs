//! Sending the message behind DATA: typed whole, or in pieces.

use super::{Asked, SmtpClient};
use crate::machine::{Conn, Direction, Note, Output, Refused};
use crate::protocols::smtp::{table, wire};

/// Looks at content that goes by, for what a server may dislike. Nothing is changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Inspector {
    /// Octets of the line so far.
    line: usize,
    after_cr: bool,
    long: bool,
    eight_bit: bool,
    bare_cr: bool,
    nul: bool,
}

/// A line has at most so many octets without its end (RFC 5321 section 4.5.3.1.6).
const LINE_LIMIT: usize = 998;

impl Inspector {
    fn look(&mut self, content: &[u8]) {
        for &byte in content {
            self.bare_cr |= self.after_cr && byte != b'\n';
            self.after_cr = byte == b'\r';
            self.eight_bit |= byte >= 0x80;
            self.nul |= byte == 0;
            match byte {
                b'\n' => self.line = 0,
                b'\r' => {}
                _ => self.line += 1,
            }
            self.long |= self.line > LINE_LIMIT;
        }
    }

    fn notes(&self, eight_bit_said: bool) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.long {
            let text = format!(
                "A line has more than {LINE_LIMIT} octets. It was sent whole; a server may refuse or break it."
            );
            notes.push(Note::warning(text).rule(5321, "4.5.3.1.6"));
        }
        if self.eight_bit && !eight_bit_said {
            notes.push(
                Note::warning("There are octets above 127, but MAIL did not say BODY=8BITMIME.")
                    .rule(6152, "3"),
            );
        }
        if self.bare_cr {
            notes.push(
                Note::warning("There is a carriage return without a line feed. It ends no line.")
                    .rule(5321, "2.3.8"),
            );
        }
        if self.nul {
            notes.push(
                Note::warning("There is a NUL octet, which mail should not hold.")
                    .rule(5321, "4.1.1.4"),
            );
        }
        notes
    }
}

impl SmtpClient {
    /// The whole message, or the rest of one that was begun in pieces.
    pub(super) fn content(&mut self, text: &str) -> Result<(), Refused> {
        self.may_send_content()?;
        if self.streaming.is_some() {
            self.content_piece(text.as_bytes())?;
            return self.content_end();
        }
        let mut inspector = Inspector::default();
        inspector.look(text.as_bytes());
        self.command_out(&table::MESSAGE, Asked::default(), wire::data(text));
        self.content_notes(&inspector);
        Ok(())
    }

    pub(super) fn content_piece(&mut self, piece: &[u8]) -> Result<(), Refused> {
        self.may_send_content()?;
        let (mut stuffer, mut inspector) = self.streaming.take().unwrap_or_default();
        let mut bytes = Vec::with_capacity(piece.len() + piece.len() / 32);
        stuffer.push(piece, &mut bytes);
        inspector.look(piece);
        self.streaming = Some((stuffer, inspector));
        self.data_out(bytes);
        Ok(())
    }

    pub(super) fn content_end(&mut self) -> Result<(), Refused> {
        self.may_send_content()?;
        let (mut stuffer, inspector) = self.streaming.take().unwrap_or_default();
        let mut bytes = Vec::new();
        stuffer.finish(&mut bytes);
        self.data_out(bytes);
        let dot = wire::lone_dot("That was the message.");
        self.command_out(&table::MESSAGE, Asked::default(), dot);
        self.content_notes(&inspector);
        Ok(())
    }

    fn may_send_content(&self) -> Result<(), Refused> {
        let name = table::MESSAGE.name;
        if self.progress.is_waiting() {
            self.progress.may_follow(name, None).map_err(Refused::Illegal)?;
        }
        self.progress.legal(name).map(|_| ()).map_err(Refused::Illegal)
    }

    fn content_notes(&mut self, inspector: &Inspector) {
        for note in inspector.notes(self.envelope.eight_bit) {
            self.note(note);
        }
    }

    fn data_out(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let direction = Direction::Sent;
            self.outputs.push_back(Output::Data { conn: Conn::MAIN, direction, bytes });
        }
    }
}
