//! The practice server: a login and a small shell behind a network virtual terminal.

mod login;
mod shell;
mod terminal;

use std::collections::VecDeque;

use super::negotiation::{Options, Wish, Word};
use super::wire::{self, Decoder, Ending, Item, Parameters};
use super::{options, table};
use crate::explain::Wire;
use crate::machine::{Conn, Input, Output, PIECE, Server, ServerConfig, Tick};
use crate::table::{Progress, State};
use crate::world::World;
use crate::world::files::Content;

/// Answers that go out by themselves between two lines of the client, as a guard against loops:
/// each of the 256 options of both sides once, with some to spare.
const ANSWERS: u32 = 600;

/// EDIT and TRAPSIG.
const MODE: u8 = 1 | 2;
const ACK: u8 = 4;

/// What goes out next.
#[derive(Clone)]
enum Next {
    Output(Output),
    /// A file on its way to the screen.
    File {
        content: Content,
        at: u64,
        /// Whether BINARY was on when it was asked for.
        binary: bool,
    },
}

#[derive(Clone)]
pub(super) struct TelnetServer {
    name: String,
    session: u64,
    progress: Progress,
    decoder: Decoder,
    options: Options,
    queue: VecDeque<Next>,
    /// Text that goes out as one unit.
    text: Vec<u8>,
    keyboard: terminal::Keyboard,
    login: login::Login,
    shell: shell::Shell,
    terminal: Option<String>,
    window: Option<(u16, u16)>,
    mode: Option<u8>,
    /// The client asked for the echo itself, so it stays when a password has been read.
    echo_wanted: bool,
    answers_left: u32,
}

impl TelnetServer {
    pub(super) fn new(config: &ServerConfig) -> TelnetServer {
        TelnetServer {
            name: config.name.clone(),
            session: config.seed,
            progress: Progress::new(&table::TABLE),
            decoder: Decoder::default(),
            options: Options::default(),
            queue: VecDeque::new(),
            text: Vec::new(),
            keyboard: terminal::Keyboard::default(),
            login: login::Login::default(),
            shell: shell::Shell::default(),
            terminal: None,
            window: None,
            mode: None,
            echo_wanted: false,
            answers_left: ANSWERS,
        }
    }

    fn is_over(&self) -> bool {
        self.progress.state() == &table::CLOSED
    }

    fn greet(&mut self) {
        self.follow_options();
        for (word, option) in [
            (Word::Do, options::TTYPE),
            (Word::Do, options::NAWS),
            (Word::Do, options::LINEMODE),
            (Word::Will, options::SGA),
        ] {
            self.ask(word, option);
        }
        self.say(&format!("Welcome to {}, the practice server for Telnet.\n\n", self.name));
        self.prompt();
    }

    fn item(&mut self, item: Item, now: Tick, world: &mut World) {
        match item {
            Item::Text(octet) => self.key(octet, now, world),
            Item::Negotiate(word, option) => self.negotiate(word, option),
            Item::Parameters { octets, ending: Ending::Se } => self.parameters(&octets),
            Item::Command(octet) => self.command(octet, now, world),
            Item::Parameters { .. } | Item::More { .. } | Item::Cut(_) => {}
        }
    }

    fn command(&mut self, octet: u8, now: Tick, world: &mut World) {
        match octet {
            wire::AYT => {
                self.say("\n[Yes]\n");
                self.prompt();
            }
            wire::IP | wire::BRK | wire::ABORT => self.interrupt(),
            // Output is never held back here, so there is none to drop: only the mark goes back.
            wire::AO => self.send(wire::command(wire::DM, "The mark of a Synch.")),
            wire::EC => self.erase(1),
            wire::EL => self.erase(usize::MAX),
            wire::EOF => self.end_of_file(now, world),
            _ => {}
        }
    }

    fn negotiate(&mut self, word: Word, option: u8) {
        if option == options::TIMING_MARK {
            if word == Word::Do {
                let says = wire::says(Word::Will, option);
                self.answer(wire::negotiation(Word::Will, option, &says));
            }
            return;
        }
        let agree = if word.of_sender() { client_may(option) } else { can(option) };
        let asked_by_us = self.options.state(!word.of_sender(), option);
        let (heard, answer) = self.options.hear(word, option, agree);
        if let Some(answer) = answer {
            self.answer(wire::negotiation(answer, option, &wire::says(answer, option)));
        }
        if option == options::ECHO && !word.of_sender() && asked_by_us == super::negotiation::Q::No
        {
            self.echo_wanted = self.options.us(option);
        }
        if !heard.repeats {
            self.took_effect(option);
        }
        if option == options::ECHO && word == Word::Dont {
            self.echo_wanted = false;
        }
    }

    fn took_effect(&mut self, option: u8) {
        match option {
            options::TTYPE if self.options.them(option) && self.terminal.is_none() => {
                let says = "Which terminal is it?";
                self.answer(wire::subnegotiation(option, &[1], says));
            }
            options::LINEMODE if self.options.them(option) => {
                let says = "Edit lines yourself, and send the interrupt key as IAC IP.";
                self.answer(wire::subnegotiation(option, &[1, MODE], says));
            }
            options::LINEMODE => self.mode = None,
            _ => {}
        }
        self.follow_options();
    }

    fn parameters(&mut self, octets: &[u8]) {
        match wire::read(octets) {
            Parameters::WindowSize(w, h) if self.options.them(options::NAWS) => {
                self.window = Some((w, h));
            }
            Parameters::TerminalType(name) if self.options.them(options::TTYPE) => {
                // A name is some letters; what a client sends here is shown by `stty`.
                let plain = name.chars().filter(|c| c.is_ascii_graphic()).take(40);
                self.terminal = Some(plain.collect());
            }
            Parameters::Mode(mask) if self.options.them(options::LINEMODE) => {
                self.mode = Some(mask & !ACK);
                self.follow_options();
            }
            Parameters::Keys(keys) if self.options.them(options::LINEMODE) => self.keys(&keys),
            Parameters::SendStatus if self.options.us(options::STATUS) => {
                let data = self.status();
                self.answer(wire::subnegotiation(options::STATUS, &data, "What is on."));
            }
            _ => {}
        }
    }

    /// The client proposes its keys: every one is right, for what they do comes as commands.
    fn keys(&mut self, keys: &[[u8; 3]]) {
        const SLC_ACK: u8 = 128;
        let mut data = vec![3];
        for [function, flags, value] in keys {
            if flags & SLC_ACK == 0 && *function != 0 {
                data.extend([*function, flags | SLC_ACK, *value]);
            }
        }
        if data.len() > 1 {
            self.answer(wire::subnegotiation(options::LINEMODE, &data, "Agreed."));
        }
    }

    /// The list of RFC 859: WILL for what this side does, DO for what the other one does.
    fn status(&self) -> Vec<u8> {
        let mut data = vec![0];
        for (ours, word) in [(true, Word::Will), (false, Word::Do)] {
            for option in self.options.list(ours).0 {
                data.extend([word.octet(), option]);
                if option == wire::SE {
                    data.push(option);
                }
            }
        }
        data
    }

    /// Asks for an option, if that is not under way.
    fn ask(&mut self, word: Word, option: u8) {
        if self.options.wish(word, option) == Wish::Ask {
            self.send(wire::negotiation(word, option, &wire::says(word, option)));
        }
    }

    fn answer(&mut self, wire: Wire) {
        if let Some(left) = self.answers_left.checked_sub(1) {
            self.answers_left = left;
            self.send(wire);
        }
    }

    fn follow_options(&mut self) {
        let code = if self.options.us(options::ECHO) {
            "echo"
        } else if self.options.them(options::LINEMODE) && self.mode.is_some_and(|m| m & 1 != 0) {
            "edit"
        } else {
            "line"
        };
        self.progress.sent(&table::MODE);
        let moved = self.progress.reply(code).moved;
        self.moved(moved);
    }

    fn moved(&mut self, moved: Option<&'static State>) {
        if let Some(state) = moved {
            self.flush();
            self.queue.push_back(Next::Output(Output::State(state)));
        }
    }

    fn close(&mut self) {
        self.flush();
        let moved = self.progress.over();
        self.moved(moved);
        self.queue.push_back(Next::Output(Output::Finish { conn: Conn::MAIN }));
    }

    /// Adds to the text that goes out. Lines end with LF here.
    fn say(&mut self, text: &str) {
        self.text.extend(on_the_wire(text.as_bytes(), self.options.us(options::BINARY)));
    }

    fn send(&mut self, wire: Wire) {
        self.flush();
        self.queue.push_back(Next::Output(Output::Sent { conn: Conn::MAIN, wire }));
    }

    /// The text becomes a unit.
    fn flush(&mut self) {
        let text = core::mem::take(&mut self.text);
        if !text.is_empty() {
            let mut wire = wire::text(&text, self.options.us(options::BINARY));
            wire.says = "Text for the screen.".into();
            self.queue.push_back(Next::Output(Output::Sent { conn: Conn::MAIN, wire }));
        }
    }

    fn show(&mut self, content: Content) {
        self.flush();
        let binary = self.options.us(options::BINARY);
        self.queue.push_back(Next::File { content, at: 0, binary });
    }
}

/// Text of a UNIX host as the network virtual terminal has it: LF becomes CR LF, a carriage return
/// that is no part of that CR NUL, and 255 is doubled. A CR LF of a file is a new line already.
pub(super) fn on_the_wire(text: &[u8], binary: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    for (at, &octet) in text.iter().enumerate() {
        match octet {
            b'\n' => out.extend(b"\r\n"),
            b'\r' if text.get(at + 1) == Some(&b'\n') => {}
            b'\r' if !binary => out.extend(b"\r\0"),
            octet => out.extend(wire::escaped(&[octet])),
        }
    }
    out
}

/// What the server does if it is asked to.
fn can(option: u8) -> bool {
    matches!(
        option,
        options::BINARY | options::ECHO | options::SGA | options::STATUS | options::EOR
    )
}

/// What the client may do. Not ECHO: two sides that echo never end.
fn client_may(option: u8) -> bool {
    matches!(
        option,
        options::BINARY | options::SGA | options::TTYPE | options::NAWS | options::LINEMODE
    )
}

impl Server for TelnetServer {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        match input {
            Input::Opened { peer, .. } => {
                self.shell.visitor(peer.ip(), world.date(now));
                self.greet();
            }
            Input::Bytes { bytes, .. } => {
                for octet in bytes {
                    if self.is_over() {
                        break;
                    }
                    self.decoder.feed(*octet);
                    while let Some(item) = self.decoder.next() {
                        if !self.is_over() {
                            self.item(item, now, world);
                        }
                    }
                }
            }
            Input::End { .. } | Input::Reset { .. } if !self.is_over() => self.close(),
            _ => {}
        }
        self.flush();
    }

    fn poll(&mut self) -> Option<Output> {
        match self.queue.pop_front()? {
            Next::Output(output) => Some(output),
            file => {
                self.queue.push_front(file);
                None
            }
        }
    }

    fn pull(&mut self, _: Conn) -> Option<Vec<u8>> {
        let Some(Next::File { content, at, binary }) = self.queue.front_mut() else { return None };
        // One octet of a file is two on the wire at most.
        let mut piece = content.read(*at, PIECE / 2);
        let whole = *at + piece.len() as u64 >= content.len();
        if !whole && piece.len() > 1 && piece.last() == Some(&b'\r') {
            piece.pop();
        }
        *at += piece.len() as u64;
        let wire = on_the_wire(&piece, *binary);
        if whole {
            self.queue.pop_front();
        }
        Some(wire)
    }

    fn state(&self) -> &'static State {
        self.progress.state()
    }
}
