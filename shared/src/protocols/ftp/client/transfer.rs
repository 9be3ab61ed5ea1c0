//! The data connection and the transfer that uses it.

use core::net::IpAddr;

use super::super::table;
use super::FtpClient;
use super::text::TextCheck;
use crate::machine::{Conn, Direction, Note, Output};
use crate::table::Verb;

/// One data connection.
#[derive(Clone, Debug)]
pub(super) struct Data {
    conn: Conn,
    /// The server connects.
    active: bool,
    open: bool,
    /// The server will send no more.
    ended: bool,
    /// It broke in place of ending.
    broken: bool,
    /// We will send no more.
    pub(super) finished: bool,
    pub(super) octets: u64,
    pub(super) text: TextCheck,
}

impl Data {
    pub(super) fn new(conn: Conn, active: bool) -> Data {
        Data {
            conn,
            active,
            open: false,
            ended: false,
            broken: false,
            finished: false,
            octets: 0,
            text: TextCheck::default(),
        }
    }

    pub(super) fn conn(&self) -> Conn {
        self.conn
    }

    pub(super) fn is(&self, conn: Conn) -> bool {
        self.conn == conn
    }

    /// The server was told where to connect to, and has not.
    pub(super) fn is_awaited(&self) -> bool {
        self.active && !self.open && !self.ended
    }

    fn flows(&self) -> bool {
        (self.open || self.active) && !self.ended
    }
}

/// From the command that asks for it until the data has ended and the final reply has come.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    verb: &'static Verb,
    /// The file or directory.
    name: String,
    upload: bool,
    /// Pieces of content have come, and more may.
    pub(super) streaming: bool,
    /// For text: the last piece ended with a carriage return.
    pub(super) after_cr: bool,
    abort_asked: bool,
    /// It began behind the first octet (REST).
    pub(super) resumed: bool,
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
            resumed: false,
            confirmed: false,
        }
    }
}

impl FtpClient {
    /// Opens the data connection that a reply announced, in the place of an unused one.
    pub(super) fn connect(&mut self, port: u16) {
        self.drop_unused_data();
        let conn = self.new_conn();
        let host = self.peer.map_or_else(|| self.config.host.clone(), |peer| peer.to_string());
        self.data = Some(Data::new(conn, false));
        self.outputs.push_back(Output::Connect { conn, host, port });
    }

    pub(super) fn data_opened(&mut self, conn: Conn, peer: IpAddr) {
        match &mut self.data {
            Some(data) if data.conn == conn => {
                data.open = true;
                // In active mode it is the reply to PORT that allows a transfer.
                match data.active {
                    true => self.check_visitor(peer),
                    false => self.progress.set(&table::DATA, true),
                }
            }
            _ => self.outputs.push_back(Output::Abort { conn }),
        }
    }

    pub(super) fn data_failed(&mut self, conn: Conn, why: &str) {
        let Some(data) = self.data.as_mut().filter(|data| data.conn == conn) else { return };
        if !data.active {
            self.data = None;
            self.known.no_data = true;
            self.note(
                Note::error(format!(
                    "The data connection could not be opened: {why}. A firewall may stand between; the command connection goes on."
                ))
                .rule(959, "3.3"),
            );
            return;
        }
        (data.ended, data.broken, data.finished) = (true, true, true);
        let text = match self.announcing.take() {
            Some(verb) => format!(
                "{} was not sent, for there is no socket to wait at: {why}. With PASV or EPSV you connect to the server.",
                verb.name
            ),
            None => format!("The server has not connected: {why}."),
        };
        self.note(Note::error(text).rule(959, "3.3"));
        self.drop_unused_data();
        self.release();
        self.complete_if_confirmed();
    }

    pub(super) fn data_bytes(&mut self, conn: Conn, bytes: &[u8]) {
        if let Some(data) = self.data.as_mut().filter(|data| data.conn == conn) {
            data.octets += bytes.len() as u64;
            data.text.push(bytes);
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
            let text = format!("The data connection broke: {why}.");
            self.note(Note::error(text).rule(959, "3.4.1"));
        } else if transfer.upload && !finished {
            data.broken = true;
            transfer.streaming = false;
            self.note(Note::warning(
                "The server closed the data connection before the content had ended. Its reply will say why.",
            ));
        }
        self.release();
        self.complete_if_confirmed();
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
        self.data.as_ref().is_some_and(Data::flows)
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
            self.await_connection();
        }
    }

    pub(super) fn complete_if_confirmed(&mut self) {
        if self.transfer.as_ref().is_some_and(|transfer| transfer.confirmed) {
            self.complete();
        }
    }

    /// Both are here: the final reply, and the end of the data.
    fn complete(&mut self) {
        let Some(transfer) = self.transfer.take() else { return };
        self.tried(transfer.verb.name);
        self.patience = None;
        let elsewhere = self.known.elsewhere.take();
        let Some(data) = self.data.take() else {
            if let Some(addr) = elsewhere {
                self.note(Note::info(format!(
                    "Complete, says the server. The data crossed between it and {addr}, and not through this lab."
                )));
            }
            return;
        };
        let octets = data.octets;
        let whole = !data.broken && (!transfer.upload || data.finished);
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
        if whole {
            self.remark_on_data(&transfer, &data);
        }
    }

    /// What is unusual in data that is whole.
    fn remark_on_data(&mut self, transfer: &Transfer, data: &Data) {
        let name = transfer.verb.name;
        // Listings are text whatever TYPE says.
        if !self.known.image || matches!(name, "LIST" | "NLST" | "MLSD") {
            data.text.notes(name).into_iter().for_each(|note| self.note(note));
        }
        let said = self.known.size.take_if(|(file, ..)| *file == transfer.name);
        let Some((file, size, image)) = said.filter(|_| name == "RETR" && !transfer.resumed) else {
            return;
        };
        if size != data.octets {
            let why = match image == self.known.image {
                true => "Either the file has changed since, or SIZE cannot be relied on here.",
                false => {
                    "SIZE counts what a transfer would take with the TYPE that is set, and TYPE was another one then."
                }
            };
            self.note(
                Note::info(format!("SIZE said {size} octets, and {} came. {why}", data.octets))
                    .rule(3659, "4")
                    .fix(format!("SIZE {file}")),
            );
        }
    }

    fn fail(&mut self, code: &str) {
        let Some(transfer) = self.transfer.take() else { return };
        self.tried(transfer.verb.name);
        self.patience = None;
        let data = self.data.take();
        if let Some(data) = &data
            && !data.ended
        {
            self.outputs.push_back(Output::Abort { conn: data.conn });
        }
        if code == "425" {
            self.explain_425(data.as_ref());
        }
        self.known.elsewhere = None;
        let unused = data.as_ref().is_some_and(|data| data.open && !data.ended);
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
            let text = format!(
                "No files: this server says so with {code}. Others send an empty listing and 226."
            );
            self.note(Note::info(text).rule(959, "4.1.3"));
        } else if unused {
            let another = if self.known.epsv_all { "EPSV" } else { "PASV" };
            self.note(
                Note::info(
                    "The data connection was open already. It is closed unused; the next transfer needs another one.",
                )
                .rule(959, "3.2")
                .fix(another),
            );
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
            self.note(
                Note::error(format!(
                    "Truncated: {name} has no final reply, so its data may not be whole."
                ))
                .rule(959, "3.3"),
            );
        }
        self.drop_unused_data();
    }

    /// Closes a data connection that no transfer uses.
    pub(super) fn drop_unused_data(&mut self) {
        if self.transfer.is_some() {
            return;
        }
        self.progress.set(&table::DATA, false);
        self.known.elsewhere = None;
        self.announcing = None;
        self.patience = None;
        if let Some(data) = self.data.take()
            && !data.ended
        {
            self.outputs.push_back(Output::Abort { conn: data.conn });
        }
    }
}

fn way(transfer: &Transfer) -> &'static str {
    if transfer.upload { "gone out" } else { "come" }
}

fn broken_off(transfer: &Transfer, octets: u64) -> Note {
    Note::info(format!("Broken off as you asked; {octets} octets had {}.", way(transfer)))
}
