//! The client side: lines and commands of the person, text and commands of the server.

mod answers;
mod guide;
mod raw;
mod received;
mod remarks;

use std::collections::VecDeque;

use super::negotiation::{Options, Q, Wish, Word};
use super::wire::{self, Decoder, Move, Prompt};
use super::{options, table};
use crate::explain::{Rfc, Wire};
use crate::machine::{
    Client, ClientConfig, Conn, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Illegal, Progress, State, Verb};

/// The terminals that the client names, best first (RFC 1091). The screen view understands what
/// the first one is sent by usual programs.
pub(super) const TERMINALS: [&str; 3] = ["XTERM-256COLOR", "VT100", "UNKNOWN"];

/// Answers that go out by themselves between two acts of the person. Each of the 256 options of
/// both sides can be answered once, with some to spare; who asks for more is in a loop.
const ANSWERS: u32 = 600;

#[derive(Clone)]
pub(super) struct TelnetClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    decoder: Decoder,
    options: Options,
    text: received::Text,
    window: (u16, u16),
    /// How often the server has asked for a terminal type.
    asked_terminal: usize,
    /// The mode of LINEMODE.
    mode: Option<u8>,
    told_window: bool,
    answers_left: u32,
    explained: bool,
    /// A name was given and its password may be typed before it is asked for.
    password_next: bool,
    /// What the server waited for when it was asked whether it is there.
    ayt_at: Option<Prompt>,
    done: Vec<String>,
    /// Steps since the server agreed to send no Go Ahead: 1, a prompt was answered; 2, and text has
    /// come, so that none of before can be under way any more.
    since_agreement: u8,
    told: Vec<remarks::Told>,
    open: bool,
}

impl TelnetClient {
    pub(super) fn new(config: &ClientConfig) -> TelnetClient {
        TelnetClient {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            decoder: Decoder::default(),
            options: Options::default(),
            text: received::Text::default(),
            window: (80, 24),
            asked_terminal: 0,
            mode: None,
            told_window: false,
            answers_left: ANSWERS,
            explained: false,
            password_next: false,
            ayt_at: None,
            done: Vec::new(),
            since_agreement: 0,
            told: Vec::new(),
            open: false,
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Refused> {
        let step = wire::parse(text)?;
        let mut options = self.options.clone();
        self.check(&mut options, &step)?;
        self.act(step);
        Ok(())
    }

    /// All or nothing: the lines are tried on a copy of the options first.
    fn batch(&mut self, text: &str) -> Result<(), Refused> {
        let mut options = self.options.clone();
        let mut steps = Vec::new();
        for line in text.lines() {
            let step = wire::parse(line)?;
            self.check(&mut options, &step)?;
            steps.push(step);
        }
        steps.into_iter().for_each(|step| self.act(step));
        Ok(())
    }

    /// Whether it may be sent. The wish is noted in `options`.
    fn check(&self, options: &mut Options, step: &Move) -> Result<(), Refused> {
        match step {
            Move::Line(_) => self.legal(&table::TYPED_LINE),
            Move::Command(verb, _) => self.legal(verb),
            Move::Parameters(option, _) => {
                self.legal(&table::SB)?;
                if options.us(*option) || options.them(*option) {
                    return Ok(());
                }
                Err(Refused::Illegal(Illegal {
                    verb: format!("IAC SB {}", options::name(*option)),
                    known: Some(&table::SB),
                    state: self.progress.state(),
                    needs: Some(&table::AGREED),
                    legal: Vec::new(),
                }))
            }
            Move::Negotiate(verb, word, option) => {
                self.legal(verb)?;
                self.check_can(verb, *word, *option)?;
                let before = options.state(word.of_sender(), *option);
                if options.wish(*word, *option) == Wish::Already {
                    return Err(already(verb, *word, *option, before));
                }
                Ok(())
            }
        }
    }

    fn legal(&self, verb: &'static Verb) -> Result<(), Refused> {
        self.progress.legal(verb.name).map(drop).map_err(Refused::Illegal)
    }

    /// What this client could not keep, it does not offer.
    fn check_can(&self, verb: &'static Verb, word: Word, option: u8) -> Result<(), Refused> {
        let name = options::name(option);
        let (what, expected, rule) = match (word, option) {
            (Word::Will, options::ECHO) => (
                "This client never sends back what the server sends: with both sides echoing, every octet would go round for ever.".into(),
                "that only the server echoes, as with IAC DO ECHO".into(),
                Rfc::new(857, ""),
            ),
            (Word::Do | Word::Will, option) if options::makes_unreadable(option) => (
                format!("What follows an agreement on {name} could not be read by the lab."),
                "an option that leaves the stream readable".into(),
                Rfc::new(855, ""),
            ),
            (Word::Will, option) if !can(option) => {
                let names = CAN.map(options::name).join(", ");
                (format!("This client cannot {}.", options::does(option)), names, verb.term.rfc)
            }
            _ => return Ok(()),
        };
        Err(Refused::Malformed { what, expected, rule })
    }

    fn act(&mut self, step: Move) {
        self.answers_left = ANSWERS;
        match step {
            Move::Line(line) => self.line(&line),
            Move::Command(_, octet) => {
                if octet == wire::AYT {
                    self.ayt_at = self.prompt();
                }
                self.done.push(format!("IAC {octet}"));
                self.sent(step.wire());
                if octet == wire::DM {
                    self.note(Note::info("A Synch should come as urgent data of TCP, which no tunnel carries. This mark goes in line, so that the server does nothing.").rule(854, ""));
                }
            }
            Move::Negotiate(_, word, option) => match self.options.wish(word, option) {
                Wish::Ask => self.sent(step.wire()),
                Wish::Later | Wish::Already => {
                    let name = options::name(option);
                    self.note(Note::info(format!("The answer to the request before is still to come. {} {name} goes out after it, if it is still wanted then.", word.name())).rule(1143, "7"));
                }
            },
            Move::Parameters(option, ref data) => {
                if let (options::NAWS, &[w1, w0, h1, h0]) = (option, &data[..]) {
                    self.window = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
                }
                self.sent(step.wire());
            }
        }
    }

    fn line(&mut self, line: &str) {
        let secret = self.takes_secret(line);
        let asked = self.prompt() == Some(Prompt::Password);
        let wire = wire::line(line, secret, self.options.us(options::BINARY));
        self.sent(wire);
        self.remark_on_line(line, asked);
        self.typed(if secret { "" } else { line });
    }

    /// The next line is a password: it was asked for, or will be, or is the one of the account.
    fn takes_secret(&self, line: &str) -> bool {
        self.prompt() == Some(Prompt::Password)
            || self.password_next
            || (!line.is_empty() && line == self.config.password)
    }

    /// A line has gone out: whatever was asked for has been answered.
    fn typed(&mut self, line: &str) {
        self.password_next = self.prompt() == Some(Prompt::Name);
        if self.prompt().is_some() && self.options.them(options::SGA) {
            self.since_agreement = self.since_agreement.max(1);
        }
        self.ayt_at = None;
        self.text.answered();
        self.done.push(line.into());
    }

    fn prompt(&self) -> Option<Prompt> {
        match self.text.last_line() {
            // The answer to AYT has scrolled the prompt away; it waits all the same.
            [] => self.ayt_at,
            line => wire::prompt_of(line),
        }
    }

    /// The connection will bring no more.
    fn end(&mut self, why: &str) {
        self.decoder.finish();
        let mut cut = false;
        while let Some(item) = self.decoder.next() {
            cut = true;
            self.received(wire::item(&item));
        }
        let pending_cr = self.text.ends_in_cr();
        self.close_text();
        if cut {
            let text = format!("Truncated: {why} in the middle of a command.");
            self.note(Note::error(text).rule(854, ""));
        } else if pending_cr {
            self.note(
                Note::warning(format!(
                    "Truncated: {why} behind a carriage return, which LF or NUL should follow."
                ))
                .rule(854, ""),
            );
        }
        self.open = false;
        let moved = self.progress.over();
        self.moved(moved);
    }

    fn sent(&mut self, wire: Wire) {
        self.close_text();
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
    }

    fn received(&mut self, wire: Wire) {
        self.close_text();
        self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
    }

    fn note(&mut self, note: Note) {
        self.close_text();
        self.outputs.push_back(Output::Note(note));
    }

    fn moved(&mut self, moved: Option<&'static State>) {
        if let Some(state) = moved {
            self.close_text();
            self.outputs.push_back(Output::State(state));
        }
    }

    /// Goes to the state that the options in force make.
    fn follow_options(&mut self) {
        let code = if self.options.them(options::ECHO) {
            "echo"
        } else if self.options.us(options::LINEMODE) && self.mode.is_some_and(|m| m & 1 != 0) {
            "edit"
        } else {
            "line"
        };
        self.progress.sent(&table::MODE);
        let moved = self.progress.reply(code).moved;
        self.moved(moved);
    }
}

/// What the client can do if asked.
const CAN: [u8; 6] = [
    options::BINARY,
    options::SGA,
    options::TIMING_MARK,
    options::TTYPE,
    options::NAWS,
    options::LINEMODE,
];

fn can(option: u8) -> bool {
    CAN.contains(&option)
}

fn already(verb: &'static Verb, word: Word, option: u8, before: Q) -> Refused {
    let name = options::name(option);
    let is = match before {
        Q::Yes => "on",
        Q::No => "off",
        _ => "asked for",
    };
    Refused::Malformed {
        what: format!(
            "{} {name} was not sent: it is {is} already, and a request for what is in force may not be answered.",
            word.name()
        ),
        expected: format!("a change; the form is {:?}", verb.syntax),
        rule: Rfc::new(1143, "7"),
    }
}

impl Client for TelnetClient {
    fn handle(&mut self, input: Input<'_>, _: Tick) -> Result<(), Refused> {
        match input {
            Input::Opened { .. } => {
                self.open = true;
                self.follow_options();
            }
            Input::Bytes { bytes, .. } => self.read(bytes),
            Input::End { .. } if self.open => {
                self.end("the server ended the connection");
                self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
            }
            Input::Reset { why, .. } | Input::Failed { why, .. } => {
                self.end(&format!("the connection is gone ({why})"));
            }
            Input::Command(_) | Input::Batch(_) | Input::Raw { .. } if !self.open => {
                return Err(Refused::NotConnected);
            }
            Input::Command(text) => self.send(text)?,
            Input::Batch(text) => self.batch(text)?,
            Input::Raw { bytes, .. } => self.raw(bytes),
            Input::End { .. }
            | Input::Listening { .. }
            | Input::TlsStarted { .. }
            | Input::Content(_)
            | Input::ContentEnd
            | Input::Time => {}
        }
        Ok(())
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn suggestion(&self) -> Option<Suggestion> {
        self.suggest()
    }

    fn facts(&self) -> Vec<Fact> {
        self.known()
    }

    fn octets_of(&self, text: &str) -> Option<Vec<u8>> {
        match wire::parse(text).ok()? {
            Move::Line(_) => None,
            step => Some(step.wire().bytes),
        }
    }
}
