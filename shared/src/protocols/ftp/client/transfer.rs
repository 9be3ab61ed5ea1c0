//! The data connection and the transfer that uses it.

use super::super::table;
use super::FtpClient;
use crate::machine::{Conn, Direction, Note, Output, PIECE, Refused};
use crate::table::Verb;
use crate::text::content::to_crlf;

/// One data connection.
#[derive(Debug)]
pub(super) struct Data {
    conn: Conn,
    open: bool,
    /// The server will send no more.
    ended: bool,
    /// It broke in place of ending.
    broken: bool,
    /// We will send no more.
    finished: bool,
    octets: u64,
}

/// From the command that asks for it until the data has ended and the final reply has come.
#[derive(Debug)]
pub(super) struct Transfer {
    verb: &'static Verb,
    /// The file or directory.
    name: String,
    upload: bool,
    /// Pieces of content have come, and more may.
    streaming: bool,
    /// For text: the last piece ended with a carriage return.
    after_cr: bool,
    abort_asked: bool,
    /// The final reply has come and was good.
    confirmed: bool,
}

impl Transfer {
    pub(super) fn new(verb: &'static Verb, name: &str, upload: bool) -> Transfer {
        Transfer {
            verb,
            name: name.into(),
            upload,
            streaming: false,
            after_cr: false,
            abort_asked: false,
            confirmed: false,
        }
    }
}

impl FtpClient {
    /// Opens the data connection that a reply announced, in the place of an unused one.
    pub(super) fn connect(&mut self, port: u16) {
        self.drop_unused_data();
        let conn = Conn(self.next_conn);
        self.next_conn = self.next_conn.checked_add(1).unwrap_or(1);
        let host = self.peer.map_or_else(|| self.config.host.clone(), |peer| peer.to_string());
        self.data = Some(Data {
            conn,
            open: false,
            ended: false,
            broken: false,
            finished: false,
            octets: 0,
        });
        self.outputs.push_back(Output::Connect { conn, host, port });
    }

    pub(super) fn data_opened(&mut self, conn: Conn) {
        match &mut self.data {
            Some(data) if data.conn == conn => {
                data.open = true;
                self.progress.set(&table::DATA, true);
            }
            _ => self.outputs.push_back(Output::Abort { conn }),
        }
    }

    pub(super) fn data_failed(&mut self, conn: Conn, why: &str) {
        if self.data.as_ref().is_some_and(|data| data.conn == conn) {
            self.data = None;
            self.known.no_data = true;
            self.note(
                Note::error(format!(
                    "The data connection could not be opened: {why}. A firewall may stand between; the command connection goes on."
                ))
                .rule(959, "3.3"),
            );
        }
    }

    pub(super) fn data_bytes(&mut self, conn: Conn, bytes: &[u8]) {
        if let Some(data) = self.data.as_mut().filter(|data| data.conn == conn) {
            data.octets += bytes.len() as u64;
        }
        let direction = Direction::Received;
        self.outputs.push_back(Output::Data { conn, direction, bytes: bytes.into() });
    }

    /// The server ended its side of a data connection, or the connection broke.
    pub(super) fn data_ended(&mut self, conn: Conn, broken: Option<&str>) {
        let data = self.data.as_mut().filter(|data| data.conn == conn && !data.ended);
        let Some(data) = data else { return };
        data.ended = true;
        data.broken = broken.is_some();
        let finished = core::mem::replace(&mut data.finished, true);
        if !finished && broken.is_none() {
            self.outputs.push_back(Output::Finish { conn });
        }
        let Some(transfer) = &mut self.transfer else {
            self.drop_unused_data();
            self.note(Note::info(
                "The server closed the data connection before it was used. Ask for another one.",
            ));
            return;
        };
        if let Some(why) = broken {
            self.note(Note::error(format!("The data connection broke: {why}.")));
        } else if transfer.upload && !finished {
            data.broken = true;
            transfer.streaming = false;
            self.note(Note::warning(
                "The server closed the data connection before the content had ended. Its reply will say why.",
            ));
        }
        self.release();
        if self.transfer.as_ref().is_some_and(|transfer| transfer.confirmed) {
            self.complete();
        }
    }

    /// ABOR went out. Its data connection is closed with it.
    pub(super) fn abort_asked(&mut self) {
        let Some(transfer) = &mut self.transfer else { return };
        transfer.abort_asked = true;
        transfer.streaming = false;
        let Some(data) = self.data.as_mut().filter(|data| !data.ended) else { return };
        (data.ended, data.broken, data.finished) = (true, true, true);
        self.outputs.push_back(Output::Abort { conn: data.conn });
        self.note(
            Note::info(
                "The data connection is closed together with ABOR, because many servers read no command before their transfer is over.",
            )
            .rule(959, "4.1.3"),
        );
    }

    /// Whether data may still come.
    pub(super) fn data_flows(&self) -> bool {
        self.data.as_ref().is_some_and(|data| data.open && !data.ended)
    }

    /// A reply to the command that asks for a transfer.
    pub(super) fn first_reply(
        &mut self,
        code: &str,
        goes_on: bool,
        learned: super::super::wire::reply::Learned,
    ) {
        let Some(transfer) = &mut self.transfer else { return };
        if let super::super::wire::reply::Learned::Unique(name) = learned {
            transfer.name = name;
        }
        match (goes_on, code.starts_with('1')) {
            (true, true) => {
                let second = if transfer.upload { &table::CONTENT } else { &table::TRANSFER };
                let verb = transfer.verb;
                self.asked.retain(|(asked, _)| *asked != verb);
                self.progress.becomes(second);
                self.progress.set(&table::DATA, false);
            }
            (true, false) => {}
            (false, _) => self.last_reply(code),
        }
    }

    /// The reply after which no other comes.
    pub(super) fn last_reply(&mut self, code: &str) {
        self.progress.set(&table::DATA, false);
        let flows = self.data_flows();
        let Some(transfer) = &mut self.transfer else { return };
        transfer.streaming = false;
        if !code.starts_with('2') {
            self.fail(code);
        } else if transfer.upload || !flows {
            self.complete();
        } else {
            transfer.confirmed = true;
        }
    }

    /// Both are here: the final reply, and the end of the data.
    fn complete(&mut self) {
        let Some(transfer) = self.transfer.take() else { return };
        self.tried(transfer.verb.name);
        let Some(data) = self.data.take() else { return };
        let octets = data.octets;
        let note = if transfer.abort_asked && data.broken {
            broken_off(&transfer, octets)
        } else if transfer.upload && (!data.finished || data.broken) {
            if !data.ended {
                self.outputs.push_back(Output::Abort { conn: data.conn });
            }
            Note::warning(format!(
                "The server confirmed {} before its content had ended; {octets} octets had gone out.",
                transfer.name
            ))
        } else if transfer.upload {
            Note::info(format!(
                "Complete: {octets} octets went out, their connection ended, and the server confirmed."
            ))
        } else if data.broken {
            Note::error(format!(
                "Incomplete: the server says that all is well, but the data connection broke after {octets} octets."
            ))
        } else if octets == 0 && transfer.verb.name != "RETR" {
            Note::info("No files: the listing is empty. Some servers say so with 550 instead.")
        } else {
            Note::info(format!(
                "Complete: {octets} octets came, their connection has ended, and the final reply is here."
            ))
        };
        self.note(note.rule(959, "3.3"));
    }

    fn fail(&mut self, code: &str) {
        let Some(transfer) = self.transfer.take() else { return };
        self.tried(transfer.verb.name);
        let data = self.data.take();
        if let Some(data) = &data
            && !data.ended
        {
            self.outputs.push_back(Output::Abort { conn: data.conn });
        }
        let octets = data.map_or(0, |data| data.octets);
        let way = way(&transfer);
        if transfer.abort_asked {
            self.note(broken_off(&transfer, octets));
        } else if octets > 0 {
            self.note(
                Note::error(format!(
                    "The transfer failed with {code}, although {octets} octets had {way}: they may not be the whole file."
                ))
                .rule(959, "3.3"),
            );
        } else if matches!(transfer.verb.name, "NLST" | "LIST") && matches!(code, "550" | "450") {
            self.note(Note::info(format!(
                "No files: this server says so with {code}. Others send an empty listing and 226."
            )));
        }
    }

    /// ABOR has succeeded. What the server had sent before is not waited for.
    pub(super) fn break_off(&mut self) {
        if self.transfer.is_some() {
            self.fail("226");
        }
    }

    /// The command connection is gone: a transfer without its final reply cannot be trusted.
    pub(super) fn give_up_transfer(&mut self) {
        if let Some(transfer) = &self.transfer
            && !transfer.confirmed
        {
            let name = transfer.verb.name;
            self.transfer = None;
            self.note(Note::error(format!(
                "Truncated: {name} has no final reply, so its data may not be whole."
            )));
        }
        self.drop_unused_data();
    }

    /// Closes a data connection that no transfer uses.
    pub(super) fn drop_unused_data(&mut self) {
        if self.transfer.is_some() {
            return;
        }
        self.progress.set(&table::DATA, false);
        if let Some(data) = self.data.take()
            && !data.ended
        {
            self.outputs.push_back(Output::Abort { conn: data.conn });
        }
    }

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
        let (conn, direction) = (data.conn, Direction::Sent);
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
            self.outputs.push_back(Output::Finish { conn: data.conn });
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
        if self.data.is_none() {
            self.note(Note::error("There is no data connection to send the content on."));
        }
        let moved = self.progress.enter(&table::XFER);
        self.moved(moved);
        Ok(())
    }
}

fn way(transfer: &Transfer) -> &'static str {
    if transfer.upload { "gone out" } else { "come" }
}

fn broken_off(transfer: &Transfer, octets: u64) -> Note {
    Note::info(format!("Broken off as you asked; {octets} octets had {}.", way(transfer)))
}
