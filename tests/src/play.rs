//! Plays a dialogue between a client machine and its practice server over the in-page link.

use std::time::Duration;

use shared::dialogue::{Dialogue, Event};
use shared::link::Link;
use shared::machine::{ClientConfig, Conn, OwnedInput, Refused, ServerConfig, Tick};
use shared::protocols::Protocol;
use shared::python::{Action, Next, Played, Running};
use shared::session::{Effect, Session};
use shared::tape::Tape;
use shared::transcript::render;
use shared::world::{EPOCH, World};

pub struct Play {
    pub tape: Tape,
    /// Bulk octets that were delivered.
    pub delivered: Vec<u8>,
    /// Python's methods that were played.
    pub played: Vec<Played>,
    steps: u64,
}

impl Play {
    /// Connected to a fresh world, with the greeting read.
    pub fn new(protocol: &'static Protocol) -> Play {
        Play::with_chunk(protocol, usize::MAX)
    }

    /// The client reads at most `chunk` octets at a time.
    pub fn with_chunk(protocol: &'static Protocol, chunk: usize) -> Play {
        Play::in_world(protocol, chunk, World::new(EPOCH), 1)
    }

    /// A session in a world that others have been in.
    pub fn in_world(protocol: &'static Protocol, chunk: usize, world: World, seed: u64) -> Play {
        let config = ClientConfig::practice(protocol.port);
        Play::with_config(protocol, config, chunk, world, seed)
    }

    /// As if the practice server had this address.
    pub fn at(protocol: &'static Protocol, (host, port): (&str, u16)) -> Play {
        let config = ClientConfig { host: host.into(), ..ClientConfig::practice(port) };
        Play::with_config(protocol, config, usize::MAX, World::new(EPOCH), 1)
    }

    /// The same for methods of Python, with a client that sends nothing but what Python would send.
    pub fn as_python(protocol: &'static Protocol, (host, port): (&str, u16)) -> Play {
        let practice = ClientConfig::practice(port);
        let config = ClientConfig { host: host.into(), as_python: true, ..practice };
        Play::with_config(protocol, config, usize::MAX, World::new(EPOCH), 1)
    }

    fn with_config(
        protocol: &'static Protocol,
        config: ClientConfig,
        chunk: usize,
        world: World,
        seed: u64,
    ) -> Play {
        let server = (protocol.server)(&ServerConfig::practice(seed));
        let session = Session::new((protocol.client)(&config));
        let link = Link::new(server, config.port).with_chunk(chunk);
        let tape = Tape::new(Dialogue::new(session, Some(link), world));
        let mut play = Play { tape, delivered: Vec::new(), played: Vec::new(), steps: 0 };
        play.happens(Event::Connect { host: config.host, port: config.port });
        play
    }

    pub fn session(&self) -> &Session {
        self.tape.live().session()
    }

    pub fn world(&self) -> &World {
        self.tape.live().world()
    }

    /// Something happens, with all that follows from it.
    pub fn happens(&mut self, event: Event) {
        if let Err(refused) = self.tries(event) {
            panic!("it was refused: {refused}\n{}", self.text());
        }
    }

    /// Plays the inputs of a script, see [`inputs`].
    pub fn script(&mut self, script: &str) {
        for (mark, text) in inputs(script) {
            self.input(mark, &text);
        }
    }

    pub fn types(&mut self, text: &str) {
        self.input(">", text);
    }

    /// Content that comes in pieces, as from a file.
    pub fn uploads(&mut self, pieces: &[&[u8]]) {
        let pieces = pieces.iter().map(|piece| OwnedInput::Content(piece.to_vec()));
        for input in pieces.chain([OwnedInput::ContentEnd]) {
            self.happens(Event::Typed(input));
        }
    }

    /// The transcript as text.
    pub fn text(&self) -> String {
        render(self.session().transcript())
    }

    /// Plays one of Python's methods to its end.
    pub fn action(&mut self, action: &'static Action, args: Vec<String>) -> Played {
        let mut running = Running::begin(action, args, self.session());
        for _ in 0..20 {
            let result = match running.next(self.session(), &self.played) {
                Next::Send(text) => {
                    match self.tries(Event::Typed(OwnedInput::Command(text.clone()))) {
                        Ok(()) => {}
                        // As in the page: Python sends it all the same.
                        Err(Refused::Illegal(_)) => self.input("!>", &text),
                        Err(why) => panic!("{text:?} was refused: {why}\n{}", self.text()),
                    }
                    continue;
                }
                Next::Raw(line) => {
                    self.input("!>", &line);
                    continue;
                }
                Next::Octets(octets) => {
                    self.happens(raw(octets));
                    continue;
                }
                // Nothing more comes by itself, so the time goes by at once.
                Next::Wait(Some(limit)) => {
                    let now = self.now();
                    running.wait(Some(limit), now);
                    running.wait(Some(limit), now.after(limit));
                    continue;
                }
                Next::Wait(None) => break,
                Next::Close => Ok("None".into()),
                Next::Return(value) => Ok(value),
                Next::Raise(exception) => Err(exception),
            };
            let played = running.played(self.session(), Some(result));
            self.played.push(played.clone());
            return played;
        }
        panic!("{}{:?} does not end\n{}", action.method, running.args, self.text())
    }

    pub fn input(&mut self, mark: &str, text: &str) {
        self.happens(match mark {
            "!>" => raw(match self.session().client().octets_of(text) {
                Some(octets) => octets,
                None => format!("{}\r\n", text.replace('\n', "\r\n")).into_bytes(),
            }),
            ">>" => Event::Typed(OwnedInput::Batch(text.into())),
            _ => Event::Typed(OwnedInput::Command(text.into())),
        });
    }

    fn tries(&mut self, event: Event) -> Result<(), Refused> {
        let now = self.now();
        self.tape.act(event, now)?;
        self.settle();
        Ok(())
    }

    /// One second for each input, so that transcripts are repeatable.
    fn now(&mut self) -> Tick {
        self.steps += 1;
        Tick(Duration::from_secs(self.steps))
    }

    /// Carries octets until neither side has anything more to say.
    fn settle(&mut self) {
        let now = Tick(Duration::from_secs(self.steps));
        while self.tape.act(Event::Carried, now).expect("it is nobody's command") {
            while let Some(effect) = self.tape.poll_effect() {
                if let Effect::Deliver { bytes, .. } = effect {
                    self.delivered.extend(bytes);
                }
            }
        }
    }
}

fn raw(bytes: Vec<u8>) -> Event {
    Event::Typed(OwnedInput::Raw { conn: Conn::MAIN, bytes })
}

/// The inputs of a script: `> ` lines are typed (neighbouring ones together, as content of several
/// lines), `>> ` lines are a batch, `!> ` lines are sent as they are with CR LF. Everything else
/// is skipped.
pub fn inputs(script: &str) -> Vec<(&'static str, String)> {
    let mut inputs: Vec<(&str, String)> = Vec::new();
    let mut before = None;
    for line in script.lines() {
        let found = ["!>", ">>", ">"].into_iter().find_map(|mark| {
            let rest = line.strip_prefix(mark)?;
            let text = if rest.is_empty() { "" } else { rest.strip_prefix(' ')? };
            Some((mark, text))
        });
        match (found, inputs.last_mut()) {
            (Some((mark, text)), Some((_, group))) if before == Some(mark) => {
                group.push('\n');
                group.push_str(text);
            }
            (Some((mark, text)), _) => inputs.push((mark, text.into())),
            (None, _) => {}
        }
        before = found.map(|(mark, _)| mark);
    }
    inputs
}
