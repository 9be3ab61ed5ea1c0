//! Sending the message behind DATA: typed whole, or in pieces.

use super::{Asked, SmtpClient};
use crate::machine::{Conn, Direction, Note, Output, Refused};
use crate::protocols::smtp::{table, wire};
use crate::text::advice::{Inspector, Notes};
use crate::text::dot::Stuffer;

impl SmtpClient {
    /// The whole message, or the rest of one that was begun in pieces.
    pub(super) fn content(&mut self, text: &str) -> Result<(), Refused> {
        self.may_send_content()?;
        if self.streaming.is_some() {
            self.content_piece(text.as_bytes())?;
            return self.content_end();
        }
        let mut inspector = Inspector::typed();
        inspector.look(text.as_bytes());
        self.command_out(&table::MESSAGE, Asked::default(), wire::data(text));
        self.content_notes(&inspector);
        Ok(())
    }

    pub(super) fn content_piece(&mut self, piece: &[u8]) -> Result<(), Refused> {
        self.may_send_content()?;
        let (mut stuffer, mut inspector) = self.streamed();
        let mut bytes = Vec::with_capacity(piece.len() + piece.len() / 32);
        stuffer.push(piece, &mut bytes);
        inspector.look(piece);
        self.streaming = Some((stuffer, inspector));
        self.data_out(bytes);
        Ok(())
    }

    pub(super) fn content_end(&mut self) -> Result<(), Refused> {
        self.may_send_content()?;
        let (mut stuffer, inspector) = self.streamed();
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

    fn streamed(&mut self) -> (Stuffer, Inspector) {
        let fresh = || (Stuffer::default(), Inspector::typed());
        self.streaming.take().unwrap_or_else(fresh)
    }

    fn content_notes(&mut self, inspector: &Inspector) {
        let mut notes = Notes::default();
        inspector.notes(&wire::CONTENT).into_iter().for_each(|note| notes.add(note));
        self.content_remarks(inspector.eight_bit(), inspector.octets(), &mut notes);
        self.tell(notes);
    }

    /// What is to be said of a message by what MAIL and EHLO have said.
    pub(super) fn content_remarks(&self, eight_bit: usize, octets: u64, notes: &mut Notes) {
        let asked = || self.asked.iter();
        if !self.envelope.eight_bit && !asked().any(|asked| asked.eight_bit) {
            let offered = self.extension("8BITMIME").is_some();
            let text = match offered {
                true => {
                    "There are octets above 127, but MAIL did not say BODY=8BITMIME: by its word the message has 7 bits."
                }
                false => {
                    "There are octets above 127, and the server has not announced 8BITMIME: BODY=8BITMIME is nothing that MAIL may say, so the message must be encoded in 7 bits."
                }
            };
            notes.add_lines(eight_bit, Note::warning(text).rule(6152, "3"));
        }
        let size = self.envelope.size.or_else(|| asked().find_map(|asked| asked.size));
        // The end of the last line may come on top.
        if let Some(size) = size.filter(|size| octets > *size + 2) {
            let text = format!(
                "The message has {octets} octets, and MAIL has announced {size}. Line ends count as two; stuffed dots and the lone dot do not count. A server may refuse what is larger than announced."
            );
            notes.add(Note::warning(text).rule(1870, "6.3"));
        }
        if let Some(limit) = self.size_limit().filter(|limit| octets > *limit) {
            let text = format!(
                "The message has {octets} octets, and the server takes {limit}, as its reply to EHLO says. It will refuse it."
            );
            notes.add(Note::warning(text).rule(1870, "6.1"));
        }
    }

    fn data_out(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let direction = Direction::Sent;
            self.outputs.push_back(Output::Data { conn: Conn::MAIN, direction, bytes });
        }
    }
}
