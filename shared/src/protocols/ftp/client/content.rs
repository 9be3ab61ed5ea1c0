//! The content of an upload: typed at once, or in pieces from a file.

use super::super::table;
use super::FtpClient;
use crate::machine::{Direction, Note, Output, PIECE, Refused};
use crate::text::content::to_crlf;

impl FtpClient {
    /// The content of an upload as it was typed.
    pub(super) fn whole_content(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.begin_content()?;
        self.put_content(bytes);
        self.finish_content();
        Ok(())
    }

    /// A piece of the content of an upload.
    pub(super) fn content(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.begin_content()?;
        self.put_content(bytes);
        Ok(())
    }

    /// The content of an upload is complete.
    pub(super) fn content_end(&mut self) -> Result<(), Refused> {
        self.begin_content()?;
        self.finish_content();
        Ok(())
    }

    fn put_content(&mut self, bytes: &[u8]) {
        let (Some(transfer), Some(data)) = (&mut self.transfer, &mut self.data) else { return };
        if data.finished {
            return;
        }
        let mut text = Vec::new();
        let bytes = if self.known.image {
            bytes
        } else {
            to_crlf(&mut transfer.after_cr, bytes, &mut text);
            &text
        };
        data.octets += bytes.len() as u64;
        data.text.push(bytes);
        let (conn, direction) = (data.conn(), Direction::Sent);
        for piece in bytes.chunks(PIECE) {
            self.outputs.push_back(Output::Data { conn, direction, bytes: piece.into() });
        }
    }

    fn finish_content(&mut self) {
        if let Some(transfer) = &mut self.transfer {
            transfer.streaming = false;
        }
        if let Some(data) = &mut self.data
            && !data.finished
        {
            data.finished = true;
            self.outputs.push_back(Output::Finish { conn: data.conn() });
        }
    }

    /// From the first piece on the state takes commands again, so that ABOR can be sent.
    fn begin_content(&mut self) -> Result<(), Refused> {
        let state = self.progress.state();
        if self.transfer.as_ref().is_some_and(|transfer| transfer.streaming) {
            return Ok(());
        }
        table::TABLE
            .check(&table::CONTENT, state, self.progress.flags())
            .map_err(Refused::Illegal)?;
        if let Some(transfer) = &mut self.transfer {
            transfer.streaming = true;
        }
        if let Some(addr) = self.known.elsewhere {
            self.note(Note::warning(format!(
                "The server takes the content from {addr}; what you send here goes nowhere."
            )));
        } else if self.data.is_none() {
            self.note(Note::error("There is no data connection to send the content on."));
        }
        let moved = self.progress.enter(&table::XFER);
        self.moved(moved);
        Ok(())
    }
}
