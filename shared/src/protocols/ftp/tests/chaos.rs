//! Whatever happens on several connections, in whatever order: what must hold after it.

use proptest::prelude::*;

use super::*;
use crate::machine::{Direction, OwnedInput, ServerConfig, Tick};
use crate::testing::addr;
use crate::world::World;

/// What was done to the connections; checks each output against it, and lets only such inputs
/// happen as a network could bring.
#[derive(Default)]
struct Wires {
    listens: Vec<Conn>,
    asked: Vec<Conn>,
    opened: Vec<Conn>,
    ended: Vec<Conn>,
    finished: Vec<Conn>,
    aborted: Vec<Conn>,
    closed: bool,
}

impl Wires {
    /// Whether this can happen now; if so, it is taken to happen.
    fn happens(&mut self, input: &OwnedInput) -> bool {
        let on = |conn: &Conn| *conn != Conn::MAIN;
        let gone = |wires: &Wires, conn: &Conn| wires.aborted.contains(conn);
        match input {
            OwnedInput::Opened { conn, .. } | OwnedInput::Failed { conn, .. } if on(conn) => {
                let fails = matches!(input, OwnedInput::Failed { .. });
                let asked = self.asked.contains(conn) || fails && self.listens.contains(conn);
                let can = asked && !self.opened.contains(conn);
                self.opened.extend(can.then_some(*conn));
                if fails {
                    self.ended.extend(can.then_some(*conn));
                }
                can && !gone(self, conn)
            }
            OwnedInput::Listening { conn, .. } => {
                let can = self.listens.contains(conn)
                    && !self.asked.contains(conn)
                    && !self.opened.contains(conn);
                self.asked.extend(can.then_some(*conn));
                can && !gone(self, conn)
            }
            OwnedInput::Bytes { conn, .. } if on(conn) => {
                self.opened.contains(conn) && !self.ended.contains(conn) && !gone(self, conn)
            }
            OwnedInput::End { conn } | OwnedInput::Reset { conn, .. } if on(conn) => {
                let can = self.opened.contains(conn) && !self.ended.contains(conn);
                self.ended.extend(can.then_some(*conn));
                can && !gone(self, conn)
            }
            _ => true,
        }
    }

    fn check(&mut self, output: &Output) {
        match output {
            Output::Sent { conn, wire } => {
                assert!(wire.tiles(), "{wire:?}");
                self.check_open(*conn, output);
            }
            Output::Data { conn, direction: Direction::Sent, .. } => self.check_open(*conn, output),
            Output::Connect { conn, .. } => self.asked.push(*conn),
            Output::Listen { conn } => self.listens.push(*conn),
            Output::Finish { conn } => {
                self.check_open(*conn, output);
                self.finished.push(*conn);
            }
            Output::Abort { conn } => {
                assert!(!self.aborted.contains(conn), "dropped twice");
                self.aborted.push(*conn);
            }
            Output::State(state) => {
                assert!(!self.closed, "moved to {} after the end", state.id);
                self.closed = state.id == "closed";
            }
            _ => {}
        }
    }

    fn check_open(&self, conn: Conn, output: &Output) {
        let over = self.finished.contains(&conn) || self.aborted.contains(&conn);
        assert!(!over, "{output:?} on a connection that is over");
    }
}

fn on_data() -> impl Strategy<Value = OwnedInput> {
    (1u16..4, 0..6).prop_map(|(n, what)| {
        let conn = Conn(n);
        match what {
            0 => OwnedInput::Opened { conn, local: addr(5001), peer: addr(1) },
            1 => OwnedInput::Bytes { conn, bytes: b"some data\r\n".to_vec() },
            2 => OwnedInput::End { conn },
            3 => OwnedInput::Reset { conn, why: "gone".into() },
            4 => OwnedInput::Failed { conn, why: "refused".into() },
            _ => OwnedInput::Listening { conn, addr: addr(5001) },
        }
    })
}

fn reply() -> impl Strategy<Value = OwnedInput> {
    let replies: &[&[u8]] = &[
        b"150 go\r\n",
        b"150 go\r\n226 done\r\n",
        b"200 ok\r\n",
        b"211 x\r\n",
        b"220 x\r\n",
        b"221 bye\r\n",
        b"225 x\r\n",
        b"226 done\r\n",
        b"227 (127,0,0,1,4,1)\r\n",
        b"229 (|||5|)\r\n",
        b"250 ok\r\n",
        b"350 ok\r\n",
        b"421 bye\r\n",
        b"426 x\r\n",
        b"500 x\r\n",
        b"550 x\r\n",
        b"junk\r\n",
    ];
    prop::sample::select(replies)
        .prop_map(|bytes| OwnedInput::Bytes { conn: Conn::MAIN, bytes: bytes.to_vec() })
}

/// Lines that lead somewhere.
fn command() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &[
            "PASV",
            "EPSV",
            "EPSV ALL",
            "RETR hello.txt",
            "LIST",
            "NLST",
            "STOR upload/x",
            "STOU",
            "APPE upload/x",
            "ABOR",
            "NOOP",
            "STAT",
            "QUIT",
            "TYPE I",
            "REST 3",
            "RNFR hello.txt",
            "RNTO hello.txt",
            "PWD",
            "CWD pub",
            "REIN",
            "PORT 127,0,0,1,200,1",
            "PORT",
            "EPRT",
            "USER student",
            "PASS lab-secret",
            "XYZZY",
        ][..],
    )
}

fn typed() -> impl Strategy<Value = OwnedInput> {
    (command(), 0..6).prop_map(|(line, how)| match how {
        0 => OwnedInput::Raw { conn: Conn::MAIN, bytes: format!("{line}\r\n").into_bytes() },
        1 => OwnedInput::Content(b"piece\n".to_vec()),
        2 => OwnedInput::ContentEnd,
        _ => OwnedInput::Command(line.into()),
    })
}

fn asked() -> impl Strategy<Value = OwnedInput> {
    command().prop_map(|line| {
        let bytes = format!("{line}\r\n").into_bytes();
        OwnedInput::Bytes { conn: Conn::MAIN, bytes }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_client_keeps_its_connections_in_order(
        inputs in prop::collection::vec(prop_oneof![
                6 => typed(), 6 => reply(), 4 => on_data(), 1 => Just(OwnedInput::Time)
            ], 0..40),
    ) {
        let mut client = after(&passive(&[]));
        let mut wires = Wires { asked: vec![DATA], opened: vec![DATA], ..Wires::default() };
        let (mut came, mut shown) = (0, 0);
        let end = OwnedInput::End { conn: Conn::MAIN };
        for input in inputs.iter().chain([&end]) {
            if !wires.happens(input) {
                continue;
            }
            let before = client.state();
            let result = client.handle(input.borrow(), Tick::default());
            match input {
                OwnedInput::Bytes { bytes, .. } => came += bytes.len(),
                OwnedInput::Command(_) | OwnedInput::Content(_) | OwnedInput::ContentEnd
                    if result.is_err() =>
                {
                    prop_assert_eq!(client.state(), before);
                    prop_assert_eq!(client.poll(), None);
                }
                OwnedInput::Raw { .. } => {}
                _ => prop_assert!(result.is_ok() || matches!(input, OwnedInput::Command(_))),
            }
            for output in drain(&mut client) {
                wires.check(&output);
                match output {
                    Output::Received { wire, .. } => shown += wire.bytes.len(),
                    Output::Data { direction: Direction::Received, bytes, .. } => {
                        shown += bytes.len();
                    }
                    _ => {}
                }
            }
        }
        prop_assert_eq!(came, shown);
        prop_assert_eq!(client.state().id, "closed");
    }

    #[test]
    fn a_server_keeps_its_connections_in_order(
        inputs in prop::collection::vec(
            prop_oneof![4 => asked(), 3 => on_data(), 1 => Just(OwnedInput::Time)],
            0..40,
        ),
    ) {
        let mut server = (crate::protocols::ftp::PROTOCOL.server)(&ServerConfig::practice(1));
        let mut world = World::new(crate::world::EPOCH);
        let mut wires = Wires::default();
        let opened = OwnedInput::Opened { conn: Conn::MAIN, local: addr(21), peer: addr(40_000) };
        let login = b"USER student\r\nPASS lab-secret\r\n".to_vec();
        let login = OwnedInput::Bytes { conn: Conn::MAIN, bytes: login };
        let end = OwnedInput::End { conn: Conn::MAIN };
        for input in [&opened, &login].into_iter().chain(&inputs).chain([&end]) {
            if !wires.happens(input) {
                continue;
            }
            server.handle(input.borrow(), Tick::default(), &mut world);
            loop {
                while let Some(output) = server.poll() {
                    wires.check(&output);
                }
                let piece = (1..4).find_map(|n| Some((Conn(n), server.pull(Conn(n))?)));
                let Some((conn, bytes)) = piece else { break };
                wires.check(&Output::Data { conn, direction: Direction::Sent, bytes });
            }
        }
        prop_assert_eq!(server.state().id, "closed");
        prop_assert!(wires.finished.contains(&Conn::MAIN));
    }
}
