//! Plays scripts against machines and checks the rules that hold for every machine.

pub(crate) mod advice;
pub(crate) mod cases;

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::machine::{Client, ClientConfig, Conn, Direction, Input, Output, OwnedInput, Refused};
use crate::machine::{Server, Tick};
use crate::protocols::Protocol;
use crate::python::{Next, Running};
use crate::session::Session;
use crate::transcript::Kind;
use crate::world::World;

/// One step of a script, as the client sees it.
#[derive(Clone, Debug)]
pub(crate) enum Step<'a> {
    /// The connection opens.
    Opens(Conn),
    /// The socket asked for waits, at [`LISTENING`].
    Listens(Conn),
    /// The server sends.
    Server(Conn, &'a [u8]),
    /// The person types a command.
    Types(&'a str),
    /// Several commands in one write.
    Batch(&'a str),
    #[allow(dead_code, reason = "for the protocols that test it")]
    Raw(&'a [u8]),
    /// The server ends the connection.
    Ends(Conn),
}

impl Step<'_> {
    /// What a machine is told, in one piece.
    pub(crate) fn input(&self) -> Input<'_> {
        match self {
            Step::Opens(conn) => Input::Opened { conn: *conn, local: addr(40_000), peer: addr(1) },
            Step::Listens(conn) => Input::Listening { conn: *conn, addr: addr(LISTENING) },
            Step::Server(conn, bytes) => Input::Bytes { conn: *conn, bytes },
            Step::Types(text) => Input::Command(text),
            Step::Batch(text) => Input::Batch(text),
            Step::Raw(bytes) => Input::Raw { conn: Conn::MAIN, bytes },
            Step::Ends(conn) => Input::End { conn: *conn },
        }
    }
}

/// Where sockets wait in scripts.
const LISTENING: u16 = 50_413;

pub(crate) fn addr(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Runs the script whole, byte by byte, and with every read cut at every position; each way must
/// put out the same. Checks that spans tile and that no octet is lost. Gives the outputs, with
/// neighbouring pieces of bulk content joined.
pub(crate) fn play(make: &dyn Fn() -> Box<dyn Client>, steps: &[Step<'_>]) -> Vec<Output> {
    let whole = run(make, steps, &|bytes| vec![bytes.len()]);
    check(steps, &whole);
    let single = run(make, steps, &|bytes| vec![1; bytes.len()]);
    assert_eq!(single, whole, "byte by byte");
    let longest = steps.iter().map(|step| match step {
        Step::Server(_, bytes) => bytes.len(),
        _ => 0,
    });
    for at in 1..longest.max().unwrap_or(0) {
        let cut = run(make, steps, &|bytes| {
            if at < bytes.len() { vec![at, bytes.len() - at] } else { vec![bytes.len()] }
        });
        assert_eq!(cut, whole, "cut at {at}");
    }
    whole
}

/// What typing `text` after the script is refused with. The machine must not have moved.
pub(crate) fn refused(
    make: &dyn Fn() -> Box<dyn Client>,
    steps: &[Step<'_>],
    text: &str,
) -> Refused {
    let mut client = make();
    for step in steps {
        apply(&mut *client, step, &|bytes| vec![bytes.len()]);
    }
    while client.poll().is_some() {}
    let state = client.state();
    let refused = client
        .handle(Input::Command(text), Tick::default())
        .expect_err("the command must be refused");
    assert_eq!(client.poll(), None, "a refused command puts nothing out");
    assert_eq!(client.state(), state, "a refused command does not move");
    refused
}

/// The octets that the client sent on a connection.
pub(crate) fn sent(outputs: &[Output], on: Conn) -> Vec<u8> {
    bytes(outputs, on, Direction::Sent)
}

/// The texts of the notes, joined by newlines.
pub(crate) fn notes(outputs: &[Output]) -> String {
    let texts = outputs.iter().filter_map(|output| match output {
        Output::Note(note) => Some(note.text.clone()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The received units as text, each with what it says.
pub(crate) fn received(outputs: &[Output]) -> Vec<(String, String)> {
    let units = outputs.iter().filter_map(|output| match output {
        Output::Received { wire, .. } => {
            Some((String::from_utf8_lossy(&wire.bytes).into_owned(), wire.says.clone()))
        }
        _ => None,
    });
    units.collect()
}

/// The id of the last state reported, or of the first state.
pub(crate) fn state(outputs: &[Output]) -> Option<&'static str> {
    outputs.iter().rev().find_map(|output| match output {
        Output::State(state) => Some(state.id),
        _ => None,
    })
}

/// A practice server fed by hand. Bulk content is pulled at once.
pub(crate) struct Bench {
    pub(crate) server: Box<dyn Server>,
    pub(crate) world: World,
    /// What it put out besides octets.
    pub(crate) outputs: Vec<Output>,
    conns: Vec<Conn>,
}

impl Bench {
    /// Connected; the greeting is dropped.
    pub(crate) fn new(server: Box<dyn Server>) -> Bench {
        let world = World::new(crate::world::EPOCH);
        let mut bench = Bench { server, world, outputs: Vec::new(), conns: vec![Conn::MAIN] };
        bench.input(Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(40_000) });
        bench
    }

    /// What the server answers on the main connection. The bytes are fed whole; the same script
    /// byte by byte is [`Bench::ask_slowly`].
    pub(crate) fn ask(&mut self, bytes: &[u8]) -> String {
        self.input(Input::Bytes { conn: Conn::MAIN, bytes })
    }

    pub(crate) fn ask_slowly(&mut self, bytes: &[u8]) -> String {
        bytes.iter().map(|byte| self.ask(&[*byte])).collect()
    }

    /// Hands in anything; gives what the server sends on the main connection as text. Octets on
    /// other connections are found in `outputs`.
    pub(crate) fn input(&mut self, input: Input<'_>) -> String {
        String::from_utf8_lossy(&self.octets(input)).into_owned()
    }

    /// The same, octet for octet.
    pub(crate) fn octets(&mut self, input: Input<'_>) -> Vec<u8> {
        if let Input::Opened { conn, .. } = input
            && !self.conns.contains(&conn)
        {
            self.conns.push(conn);
        }
        self.server.handle(input, Tick::default(), &mut self.world);
        let mut main = Vec::new();
        loop {
            while let Some(output) = self.server.poll() {
                if let Output::Sent { wire, .. } = &output {
                    assert!(wire.tiles(), "{wire:?}");
                }
                match output {
                    Output::Sent { conn: Conn::MAIN, wire } => main.extend(wire.bytes),
                    other => self.outputs.push(other),
                }
            }
            let pulled = self.conns.iter().find_map(|c| Some((*c, self.server.pull(*c)?)));
            match pulled {
                Some((Conn::MAIN, bytes)) => main.extend(bytes),
                Some((conn, bytes)) => {
                    let direction = Direction::Sent;
                    self.outputs.push(Output::Data { conn, direction, bytes });
                }
                None => return main,
            }
        }
    }
}

fn run(
    make: &dyn Fn() -> Box<dyn Client>,
    steps: &[Step<'_>],
    cut: &dyn Fn(&[u8]) -> Vec<usize>,
) -> Vec<Output> {
    let mut client = make();
    let mut outputs: Vec<Output> = Vec::new();
    for step in steps {
        apply(&mut *client, step, cut);
        while let Some(output) = client.poll() {
            match (outputs.last_mut(), output) {
                (
                    Some(Output::Data { conn: a, direction: d, bytes: into }),
                    Output::Data { conn: b, direction: e, bytes },
                ) if *a == b && *d == e => into.extend(bytes),
                (_, output) => {
                    replace_growing(&mut outputs, &output);
                    outputs.push(output);
                }
            }
        }
    }
    outputs
}

/// A unit that is not yet complete goes when a longer one takes its place.
fn replace_growing(outputs: &mut Vec<Output>, by: &Output) {
    if let Output::Growing { conn, wire } | Output::Received { conn, wire } = by {
        outputs.retain(|output| match output {
            Output::Growing { conn: c, wire: shorter } if c == conn => {
                assert!(wire.bytes.starts_with(&shorter.bytes), "{by:?} does not begin as shown");
                false
            }
            _ => true,
        });
    }
}

pub(crate) fn apply(client: &mut dyn Client, step: &Step<'_>, cut: &dyn Fn(&[u8]) -> Vec<usize>) {
    let now = Tick::default();
    let done = match step {
        Step::Server(conn, bytes) => {
            let mut rest = *bytes;
            for n in cut(bytes) {
                let (piece, after) = rest.split_at(n);
                rest = after;
                client
                    .handle(Input::Bytes { conn: *conn, bytes: piece }, now)
                    .expect("what the server sends is never refused");
            }
            Ok(())
        }
        step => client.handle(step.input(), now),
    };
    if let Err(refused) = done {
        panic!("{step:?} was refused: {refused}");
    }
}

fn check(steps: &[Step<'_>], outputs: &[Output]) {
    for output in outputs {
        if let Output::Sent { wire, .. } | Output::Received { wire, .. } = output {
            assert!(wire.tiles(), "{wire:?}");
        }
    }
    let mut conns: Vec<Conn> = Vec::new();
    for step in steps {
        if let Step::Server(conn, _) = step
            && !conns.contains(conn)
        {
            conns.push(*conn);
        }
    }
    for conn in conns {
        let came: Vec<u8> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Server(c, bytes) if *c == conn => Some(*bytes),
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        let shown = bytes(outputs, conn, Direction::Received);
        let ended = steps.iter().any(|step| matches!(step, Step::Ends(c) if *c == conn));
        assert!(
            came.starts_with(&shown) && (!ended || shown.len() == came.len()),
            "octets lost or changed:\n came {:?}\nshown {:?}",
            String::from_utf8_lossy(&came),
            String::from_utf8_lossy(&shown)
        );
    }
}

fn bytes(outputs: &[Output], on: Conn, way: Direction) -> Vec<u8> {
    let mut all = Vec::new();
    for output in outputs {
        match output {
            Output::Sent { conn, wire } if *conn == on && way == Direction::Sent => {
                all.extend_from_slice(&wire.bytes);
            }
            Output::Received { conn, wire } | Output::Growing { conn, wire }
                if *conn == on && way == Direction::Received =>
            {
                all.extend_from_slice(&wire.bytes);
            }
            Output::Data { conn, direction, bytes } if *conn == on && *direction == way => {
                all.extend_from_slice(bytes);
            }
            _ => {}
        }
    }
    all
}

/// A session with a server whose words are written down: the greeting, then commands with their replies.
pub(crate) fn session(protocol: &Protocol, greeting: &[u8], dialogue: &[(&str, &[u8])]) -> Session {
    let (conn, now) = (Conn::MAIN, Tick::default());
    let mut session = Session::new((protocol.client)(&ClientConfig::practice(protocol.port)));
    session.connect("mx.example", protocol.port, now);
    session.arrive(OwnedInput::Opened { conn, local: addr(1), peer: addr(2) }, now);
    session.arrive(OwnedInput::Bytes { conn, bytes: greeting.to_vec() }, now);
    for (command, reply) in dialogue {
        session.command(command, now).unwrap_or_else(|refused| panic!("{refused}"));
        session.arrive(OwnedInput::Bytes { conn, bytes: reply.to_vec() }, now);
    }
    session
}

/// Plays one of Python's methods in a session against replies that are written down: one for each time that the
/// client sends. After the last one the server ends the connection. Gives what was sent, and the value or the
/// exception.
pub(crate) fn method(
    protocol: &Protocol,
    mut session: Session,
    (name, args): (&str, &[&str]),
    replies: &[&[u8]],
) -> (String, Result<String, String>) {
    let action = protocol.module.and_then(|module| module.action(name)).expect("the method");
    let (conn, now) = (Conn::MAIN, Tick::default());
    let before = session.transcript().entries().len();
    let running =
        Running::begin(action, args.iter().map(|arg| arg.to_string()).collect(), &session);
    let mut replies = replies.iter();
    let raw = |session: &mut Session, line: &str| {
        let octets = session.client().octets_of(line);
        let octets = octets.unwrap_or_else(|| format!("{line}\r\n").into_bytes());
        session.raw(conn, &octets, now)
    };
    let result = loop {
        let sent = match running.next(&session, &[]) {
            Next::Send(text) => match session.command(&text, now) {
                // Python sends it all the same.
                Err(Refused::Illegal(_)) => raw(&mut session, &text),
                sent => sent,
            },
            Next::Raw(line) => raw(&mut session, &line),
            Next::Octets(octets) => session.raw(conn, &octets, now),
            Next::Wait(_) => Ok(()),
            Next::Close => break Ok("None".into()),
            Next::Return(value) => break Ok(value),
            Next::Raise(exception) => break Err(exception),
        };
        sent.unwrap_or_else(|refused| panic!("{refused}"));
        session.arrive(
            match replies.next() {
                Some(bytes) => OwnedInput::Bytes { conn, bytes: bytes.to_vec() },
                None => OwnedInput::End { conn },
            },
            now,
        );
    };
    assert_eq!(replies.next(), None, "a reply was not asked for");
    let entries = &session.transcript().entries()[before..];
    let sent = entries.iter().filter_map(|entry| match &entry.kind {
        Kind::Sent(wire) => Some(String::from_utf8_lossy(&wire.bytes).into_owned()),
        _ => None,
    });
    (sent.collect(), result)
}
