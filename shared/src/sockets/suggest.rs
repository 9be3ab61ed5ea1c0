//! The next sensible call: the script's next line, or the lecture's example as far as it has come.

use super::bench::{Bench, Side};
use super::desk::Value;
use super::programs::{GREETING, PORT};
use super::state::State;
use super::system::{Address, Fd, System};
use crate::machine::Suggestion;

impl Bench {
    /// `None`: the desk waits in a call, or all is done.
    pub fn suggestion(&self, side: Side) -> Option<Suggestion> {
        let desk = self.desk(side);
        if desk.is_blocked() {
            return None;
        }
        if let Some(program) = &desk.program {
            let line = program.next()?.line;
            let why = format!("Line {line} of the script.");
            return Some(Suggestion { text: program.next_text()?.into(), why });
        }
        let next = |text: String, why: &str| Some(Suggestion { text, why: why.into() });
        if !matches!(desk.variables().get("socket"), Some(Value::Module(_))) {
            return next("import socket".into(), "All calls are in this module.");
        }
        let named = |name: &str| desk.variables().contains_key(name);
        let Some(s) = desk.fd("s") else {
            if named("s") {
                return None;
            }
            return next("s = socket.socket()".into(), "A socket for TCP over IPv4.");
        };
        match side {
            Side::Server => self.server_suggestion(s),
            Side::Client => self.client_suggestion(s),
        }
    }

    fn server_suggestion(&self, s: Fd) -> Option<Suggestion> {
        let next = |text: String, why: &str| Some(Suggestion { text, why: why.into() });
        let desk = self.desk(Side::Server);
        let view = |fd| self.socket_view(Side::Server, fd);
        if view(s)?.state != Some(State::Listen) {
            let bound = is_bound(self.system(Side::Server), s);
            return if bound {
                next("s.listen(5)".into(), "From then on the kernel answers clients.")
            } else {
                let text = format!("s.bind((socket.gethostname(), {PORT}))");
                next(text, "Gives the socket the address that clients connect to.")
            };
        }
        let Some(c) = desk.fd("c").and_then(view) else {
            return if desk.variables().contains_key("c") {
                next("s.close()".into(), "The example is done: stop listening.")
            } else {
                next("c, addr = s.accept()".into(), "Waits until a client has connected.")
            };
        };
        if c.written == 0 && matches!(c.state, Some(State::Established | State::CloseWait)) {
            let text = format!("c.send(b'{GREETING}')");
            return next(text, "24 octets, without an end of line: TCP does not need one.");
        }
        next("c.close()".into(), "Ends the connection; the listening socket stays.")
    }

    fn client_suggestion(&self, s: Fd) -> Option<Suggestion> {
        let next = |text: String, why: &str| Some(Suggestion { text, why: why.into() });
        let view = self.socket_view(Side::Client, s)?;
        let connected = view.peer.is_some();
        if view.state == Some(State::Closed) && !connected {
            let listens = self.view(Side::Server).iter().any(|v| v.queue.is_some());
            let why = if listens {
                "The handshake of three steps."
            } else {
                "Nobody listens there yet. Try it, or go on at the server\u{2019}s desk first."
            };
            // Real sockets are all on the relay's machine.
            let host = if self.remote().is_some() { "localhost" } else { "server.lab" };
            return next(format!("s.connect(('{host}', {PORT}))"), why);
        }
        let over = matches!(view.state, Some(State::Closed | State::TimeWait));
        if view.end_read || over {
            return next("s.close()".into(), "The server has ended; now this side does.");
        }
        let why = if view.unread > 0 || view.state == Some(State::CloseWait) {
            "Reads what waits in the receive buffer. b'' is the end."
        } else {
            "Waits for at least one octet, and takes at most 1024."
        };
        next("s.recv(1024)".into(), why)
    }
}

fn is_bound(system: &dyn System, fd: Fd) -> bool {
    let unbound = |address| match address {
        Address::Inet(addr) => addr.port() == 0,
        Address::Path(path) => path.is_empty(),
    };
    system.ends(fd).0.is_some_and(|address| !unbound(address))
}
