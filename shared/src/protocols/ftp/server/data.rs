//! Data connections and the transfers that use them.

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

use super::super::table;
use super::super::wire::address;
use super::FtpServer;
use crate::machine::{Conn, Output, PIECE, Tick};
use crate::text::content::{to_crlf, to_lf};
use crate::world::World;
use crate::world::files::{Content, FileError};

/// An upload is held in memory until it is complete; one session may take a quarter of what all
/// stored files together may take.
pub(super) const FILE_LIMIT: usize = 64 * 1024 * 1024;

/// Octets of an upload that may come before STOR does: as much as a hasty client has in flight.
const EARLY_LIMIT: usize = 256 * 1024;

/// After 150 a client has so long to connect; those that wait for their user have connected before.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the next transfer's data goes.
#[derive(Clone, Debug)]
pub(super) enum Data {
    None,
    /// The host was asked for a socket, and PASV or EPSV awaits its reply.
    Listening {
        conn: Conn,
        extended: bool,
    },
    /// The client knows where to connect to.
    Waiting {
        conn: Conn,
    },
    /// The client has connected, perhaps sent something, and perhaps ended.
    Open {
        conn: Conn,
        early: Vec<u8>,
        ended: bool,
    },
    /// The client said where it waits.
    Active(SocketAddr),
}

/// A transfer from its 150 to its final reply.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    conn: Conn,
    open: bool,
    patience: Tick,
    job: Job,
}

#[derive(Clone, Debug)]
pub(super) enum Job {
    Send {
        content: Content,
        at: u64,
        text: bool,
        after_cr: bool,
    },
    /// Behind what stays of the old file.
    Receive {
        path: String,
        kept: Vec<u8>,
        bytes: Vec<u8>,
        text: bool,
    },
}

impl FtpServer {
    pub(super) fn listen(&mut self, extended: bool) {
        self.drop_data();
        let conn = self.new_conn();
        self.data = Data::Listening { conn, extended };
        self.outputs.push_back(Output::Listen { conn });
    }

    pub(super) fn listening(&mut self, at: Conn, addr: SocketAddr) {
        let Data::Listening { conn, extended } = self.data else { return };
        if conn != at {
            return;
        }
        self.data = Data::Waiting { conn };
        self.progress.set(&table::DATA, true);
        match (extended, addr, self.local) {
            (true, _, _) => {
                let text = format!("Entering Extended Passive Mode (|||{}|)", addr.port());
                self.reply(229, &[&text]);
            }
            // A host that listens at every address does not say which one the client can reach.
            (false, _, IpAddr::V4(local)) => {
                let six = address::six_text(core::net::SocketAddrV4::new(local, addr.port()));
                self.reply(227, &[&format!("Entering Passive Mode ({six})")]);
            }
            (false, ..) => {
                self.drop_data();
                self.reply(425, &["No IPv4 address to wait at; use EPSV."]);
            }
        }
    }

    /// PORT or EPRT. Data goes to nobody but the client itself, and not to well-known ports, or
    /// the server could be used to attack others (RFC 2577 section 3).
    pub(super) fn active(&mut self, address: SocketAddr) {
        if self.epsv_all {
            self.promised();
        } else if address.ip().to_canonical() != self.peer {
            self.reply(504, &["Data goes only to the host that asks for it."]);
        } else if address.port() < 1024 {
            self.reply(504, &["Data goes only to ports from 1024 on."]);
        } else {
            self.drop_data();
            self.data = Data::Active(address);
            self.progress.set(&table::DATA, true);
            self.reply(200, &["I will connect there."]);
        }
    }

    pub(super) fn data_opened(&mut self, conn: Conn, peer: IpAddr) {
        let ours = match (&self.data, &self.transfer) {
            (_, Some(transfer)) => transfer.conn == conn && !transfer.open,
            (Data::Waiting { conn: waiting }, None) => *waiting == conn,
            _ => false,
        };
        if !ours || peer != self.peer {
            self.outputs.push_back(Output::Abort { conn });
        }
        match ours {
            false => {}
            true if peer != self.peer => self.no_data("Somebody else had connected."),
            true if self.transfer.is_some() => self.start(),
            true => self.data = Data::Open { conn, early: Vec::new(), ended: false },
        }
    }

    pub(super) fn data_failed(&mut self, conn: Conn) {
        match (&self.data, &self.transfer) {
            (Data::Listening { conn: asked, .. }, _) if *asked == conn => {
                self.data = Data::None;
                self.reply(425, &["There is no port to wait at."]);
            }
            (_, Some(transfer)) if transfer.conn == conn => {
                self.no_data("The data connection could not be opened.");
            }
            _ => {}
        }
    }

    pub(super) fn data_bytes(&mut self, at: Conn, octets: &[u8]) {
        match (&mut self.transfer, &mut self.data) {
            (Some(Transfer { conn, job: Job::Receive { kept, bytes, .. }, .. }), _)
                if *conn == at =>
            {
                bytes.extend_from_slice(octets);
                if kept.len() + bytes.len() > FILE_LIMIT {
                    self.outputs.push_back(Output::Abort { conn: at });
                    let limit = FILE_LIMIT / (1024 * 1024);
                    self.over(552, &format!("A file may have {limit} MiB; nothing was stored."));
                }
            }
            (None, Data::Open { conn, early, .. }) if *conn == at => {
                early.extend_from_slice(octets);
                if early.len() > EARLY_LIMIT {
                    self.drop_data();
                }
            }
            _ => {}
        }
    }

    pub(super) fn data_ended(&mut self, at: Conn, world: &mut World) {
        match (&self.transfer, &mut self.data) {
            (Some(Transfer { conn, job: Job::Receive { .. }, .. }), _) if *conn == at => {
                self.store(world);
            }
            // Whoever has nothing to send may say so before the data has come.
            (Some(_), _) => {}
            (None, Data::Open { conn, ended, .. }) if *conn == at => *ended = true,
            (None, _) => {}
        }
    }

    pub(super) fn data_broke(&mut self, at: Conn) {
        match (&self.transfer, &self.data) {
            (Some(transfer), _) if transfer.conn == at => {
                self.over(426, "The data connection broke.");
            }
            (None, Data::Open { conn, .. }) if *conn == at => {
                self.data = Data::None;
                self.progress.set(&table::DATA, false);
            }
            _ => {}
        }
    }

    /// Replies with 150 and begins, as soon as there is a data connection.
    pub(super) fn begin(&mut self, job: Job, text: &str, world: &mut World) {
        let second = match job {
            Job::Send { .. } => &table::TRANSFER,
            Job::Receive { .. } => &table::CONTENT,
        };
        self.reply(150, &[text]);
        self.progress.becomes(second);
        let patience = self.now.after(PATIENCE);
        let data = core::mem::replace(&mut self.data, Data::None);
        let conn = match &data {
            Data::Waiting { conn } | Data::Open { conn, .. } | Data::Listening { conn, .. } => {
                *conn
            }
            Data::Active(_) | Data::None => self.new_conn(),
        };
        self.transfer = Some(Transfer { conn, open: false, patience, job });
        match data {
            Data::Open { early, ended, .. } => {
                self.start();
                self.data_bytes(conn, &early);
                if ended {
                    self.data_ended(conn, world);
                }
            }
            Data::Active(address) => {
                let (host, port) = (address.ip().to_string(), address.port());
                self.outputs.push_back(Output::Connect { conn, host, port });
            }
            Data::Waiting { .. } if self.patient => {}
            Data::Waiting { .. } => self.outputs.push_back(Output::WakeAt(patience)),
            // The client's connection has broken since.
            Data::None | Data::Listening { .. } => self.no_data("Use PASV or EPSV first."),
        }
    }

    pub(super) fn check_patience(&mut self) {
        let waiting = self.transfer.as_ref().filter(|transfer| !transfer.open);
        let late = |transfer: &&Transfer| !self.patient && transfer.patience <= self.now;
        if let Some(transfer) = waiting.filter(late) {
            self.outputs.push_back(Output::Abort { conn: transfer.conn });
            self.no_data("Nobody has connected.");
        }
    }

    pub(super) fn next_piece(&mut self, at: Conn) -> Option<Vec<u8>> {
        let transfer = self.transfer.as_mut().filter(|transfer| transfer.conn == at)?;
        let Job::Send { content, at: from, text, after_cr } = &mut transfer.job else {
            return None;
        };
        if !transfer.open {
            return None;
        }
        let piece = if *text {
            // Every octet may become two.
            let raw = content.read(*from, PIECE / 2);
            *from += raw.len() as u64;
            let mut piece = Vec::with_capacity(PIECE);
            to_crlf(after_cr, &raw, &mut piece);
            piece
        } else {
            let piece = content.read(*from, PIECE);
            *from += piece.len() as u64;
            piece
        };
        if *from >= content.len() {
            self.sent();
        }
        Some(piece)
    }

    /// ABOR: the transfer gets its reply first.
    pub(super) fn abort_transfer(&mut self) {
        if let Some(transfer) = &self.transfer {
            self.outputs.push_back(Output::Abort { conn: transfer.conn });
            self.over(426, "The transfer is broken off.");
        }
    }

    pub(super) fn transfer_status(&self) -> String {
        match self.transfer.as_ref().map(|transfer| &transfer.job) {
            Some(Job::Send { content, at, .. }) => {
                format!("{at} of {} octets are on their way.", content.len())
            }
            Some(Job::Receive { path, bytes, .. }) => {
                format!("{} octets of {path} have come.", bytes.len())
            }
            None => "No transfer is under way.".into(),
        }
    }

    /// Closes what no transfer uses.
    pub(super) fn drop_data(&mut self) {
        self.progress.set(&table::DATA, false);
        match core::mem::replace(&mut self.data, Data::None) {
            Data::Listening { conn, .. } | Data::Waiting { conn } | Data::Open { conn, .. } => {
                self.outputs.push_back(Output::Abort { conn });
            }
            Data::Active(_) | Data::None => {}
        }
    }

    fn start(&mut self) {
        let Some(transfer) = &mut self.transfer else { return };
        transfer.open = true;
        if let Job::Send { content, at, .. } = &transfer.job
            && *at >= content.len()
        {
            self.sent();
        }
    }

    fn sent(&mut self) {
        if let Some(transfer) = &self.transfer {
            self.outputs.push_back(Output::Finish { conn: transfer.conn });
            self.over(226, "That was all.");
        }
    }

    /// An upload is complete.
    fn store(&mut self, world: &mut World) {
        let Some(Transfer { conn, job: Job::Receive { path, mut kept, bytes, text }, .. }) =
            self.transfer.take()
        else {
            return;
        };
        self.outputs.push_back(Output::Finish { conn });
        let octets = bytes.len();
        kept.extend_from_slice(&if text { to_lf(&bytes) } else { bytes });
        let stored = world.files.write(&path, Content::Bytes(kept.into()), world.date(self.now));
        match stored {
            Ok(()) => self.over(226, &format!("{octets} octets have come and are stored.")),
            Err(FileError::Full) => {
                self.over(552, "All files together are too large; nothing was stored.");
            }
            Err(error) => self.over(553, &format!("{}; nothing was stored.", error.sentence())),
        }
    }

    fn no_data(&mut self, why: &str) {
        self.data = Data::None;
        self.progress.set(&table::DATA, false);
        if self.transfer.is_some() {
            self.over(425, why);
        }
    }

    /// The final reply of a transfer, and what waited for it.
    fn over(&mut self, code: u16, text: &str) {
        self.transfer = None;
        self.reply(code, &[text]);
        if self.quitting {
            self.quitting = false;
            self.progress.sent(&table::QUIT);
            self.bye();
        } else if self.held.is_some() {
            // To be woken at once, because a piece of content may have been the last one, and
            // the commands that waited need the world.
            self.outputs.push_back(Output::WakeAt(self.now));
        }
    }

    fn new_conn(&mut self) -> Conn {
        let conn = Conn(self.next_conn);
        self.next_conn = self.next_conn.checked_add(1).unwrap_or(1);
        conn
    }
}
