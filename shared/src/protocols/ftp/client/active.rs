//! Active mode: the server connects, and the client says where to.

use core::net::{IpAddr, SocketAddr, SocketAddrV4};
use core::time::Duration;

use super::super::{table, wire};
use super::FtpClient;
use super::transfer::Data;
use crate::machine::{Conn, Note, Output, Tick};
use crate::table::{Illegal, Verb};

/// A server that has confirmed a transfer connected for it before, so its connection can only be
/// on its way: the longest that a packet is likely to need, sent again and again.
const PATIENCE: Duration = Duration::from_secs(10);

impl FtpClient {
    /// PORT or EPRT without an argument: first a socket, then the command that says where it is.
    pub(super) fn listen(&mut self, verb: &'static Verb) {
        self.drop_unused_data();
        let conn = self.new_conn();
        self.data = Some(Data::new(conn, true));
        self.announcing = Some(verb);
        self.outputs.push_back(Output::Listen { conn });
    }

    /// Nothing may come between the socket and the command that names it.
    pub(super) fn check_announcing(&self, verb: &'static Verb) -> Result<(), Illegal> {
        if self.announcing.is_none() {
            return Ok(());
        }
        let (state, needs) = (self.progress.state(), Some(&table::SOCKET));
        Err(Illegal { verb: verb.name.into(), known: Some(verb), state, needs, legal: Vec::new() })
    }

    /// The socket waits: now the server can be told.
    pub(super) fn listening(&mut self, conn: Conn, addr: SocketAddr) {
        if !self.data.as_ref().is_some_and(|data| data.is(conn)) {
            return;
        }
        let Some(verb) = self.announcing.take() else { return };
        let ip = addr.ip().to_canonical();
        let argument = match (verb.name, ip) {
            ("PORT", IpAddr::V4(ip)) => wire::address::six_text(SocketAddrV4::new(ip, addr.port())),
            ("PORT", IpAddr::V6(_)) => {
                self.drop_unused_data();
                let text = format!(
                    "PORT was not sent: the socket waits at {addr}, and PORT has room for an IPv4 address only. Use EPRT."
                );
                self.note(Note::error(text).rule(2428, "1"));
                return;
            }
            _ => wire::address::extended_text(SocketAddr::new(ip, addr.port())),
        };
        let Ok((verb, wire)) = wire::command(&format!("{} {argument}", verb.name)) else { return };
        self.note(
            Note::info(format!(
                "A socket waits at {addr} for one connection, from the server. {} tells the server so.",
                verb.name
            ))
            .rule(959, "3.3"),
        );
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        self.expect(verb, Some(&argument));
        self.order(verb);
    }

    /// PORT or EPRT with an argument goes out: that is where the data will be, wherever it is.
    pub(super) fn send_elsewhere(&mut self, argument: &str) {
        let Some(addr) = wire::address::named(argument) else { return };
        self.known.elsewhere = Some(addr);
        let own = self.local.is_none_or(|own| own == addr.ip().to_canonical());
        let mut text = format!(
            "The server is asked to connect to {addr}, where this lab does not wait. PORT or EPRT alone makes it wait and says where."
        );
        let (number, section) = if addr.port() < 1024 {
            text.push_str(" Ports below 1024 belong to services, which would take the data for their own protocol, so servers refuse them.");
            (2577, "3")
        } else if !own {
            text.push_str(" Servers refuse to connect to others than the client, because they could be used against them (bounce attack).");
            (2577, "3")
        } else {
            (959, "4.1.2")
        };
        self.note(Note::info(text).rule(number, section).fix("PORT"));
    }

    /// A connection came in for the data. Whoever guesses the port could be first.
    pub(super) fn check_visitor(&mut self, peer: IpAddr) {
        if let Some(server) = self.peer.filter(|server| *server != peer) {
            self.note(
                Note::warning(format!(
                    "The data connection comes from {peer}, but you are talking to {server}. Somebody else may have been first at the port (port stealing)."
                ))
                .rule(2577, "8")
                .fix("EPSV"),
            );
        }
    }

    /// The reply to PORT or EPRT.
    pub(super) fn announced(&mut self, done: bool) {
        let somewhere = self.data.is_some() || self.known.elsewhere.is_some();
        if done && somewhere {
            self.progress.set(&table::DATA, true);
        } else {
            self.drop_unused_data();
        }
    }

    /// The transfer is confirmed, but the connection for it has not come in yet.
    pub(super) fn await_connection(&mut self) {
        if self.data.as_ref().is_some_and(Data::is_awaited) {
            let until = self.now.after(PATIENCE);
            self.patience = Some(until);
            self.outputs.push_back(Output::WakeAt(until));
        }
    }

    pub(super) fn check_patience(&mut self, now: Tick) {
        if self.patience.is_none_or(|until| now < until) {
            return;
        }
        self.patience = None;
        if let Some(data) = self.data.take_if(|data| data.is_awaited()) {
            self.outputs.push_back(Output::Abort { conn: data.conn() });
            let seconds = PATIENCE.as_secs();
            self.note(Note::warning(format!(
                "The server says that all is well, but has not connected for {seconds} seconds since. No data has come."
            )));
            self.release();
            self.complete_if_confirmed();
        }
    }

    /// Why a transfer in active mode has no data connection, and what to do.
    pub(super) fn explain_425(&mut self, data: Option<&Data>) {
        let text = match (self.known.elsewhere, data) {
            (Some(addr), _) => format!("The server found nobody at {addr}."),
            (None, Some(data)) if data.is_awaited() => {
                "The server could not connect to the lab. A firewall or address translation may stand between; with PASV or EPSV you connect to the server.".into()
            }
            _ => return,
        };
        self.note(Note::error(text).rule(959, "3.3"));
    }
}
