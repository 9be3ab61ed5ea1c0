//! The practice server: a reader's server that also takes articles from other servers.

mod auth;
mod lists;
mod overview;
mod posting;
mod reading;
mod send;

use std::collections::VecDeque;
use std::sync::Arc;

use super::table;
use super::wire::{self, Command, SASL_LIMIT, Wrong};
use crate::machine::{Conn, Input, Output, Server, ServerConfig, Tick};
use crate::random::Random;
use crate::table::{Progress, State};
use crate::text::dot::{self, Stuffer};
use crate::text::lines::{Ending, Line, Lines};
use crate::text::sasl::Exchange;
use crate::world::World;

use posting::Incoming;

/// Commands that the server knows of and does not carry out.
pub(super) const LACKS: [&str; 6] = ["STARTTLS", "COMPRESS", "XGTITLE", "XPATH", "XROVER", "SLAVE"];

/// What is waiting to be sent, in order.
#[derive(Clone)]
enum Item {
    Output(Output),
    Block(Block),
}

/// An article, or a part of one, that is stuffed as the host asks for pieces.
#[derive(Clone)]
struct Block {
    bytes: Arc<[u8]>,
    at: usize,
    end: usize,
    stuffer: Stuffer,
}

#[derive(Clone)]
pub(super) struct NntpServer {
    name: String,
    random: Random,
    progress: Progress,
    queue: VecDeque<Item>,
    lines: Lines,
    /// The rest of a line over the limit is skipped.
    skipping: bool,
    /// The selected group.
    group: Option<String>,
    /// The current article's number. It may have expired since.
    current: Option<u64>,
    /// From AUTHINFO USER.
    claimed: Option<String>,
    user: Option<String>,
    exchange: Option<Exchange>,
    incoming: Option<Incoming>,
}

impl NntpServer {
    pub(super) fn new(config: &ServerConfig) -> NntpServer {
        NntpServer {
            name: config.name.clone(),
            random: Random::new(config.seed),
            progress: Progress::new(&table::TABLE),
            queue: VecDeque::new(),
            lines: Lines::strict(SASL_LIMIT),
            skipping: false,
            group: None,
            current: None,
            claimed: None,
            user: None,
            exchange: None,
            incoming: None,
        }
    }

    fn line(&mut self, line: &Line, now: Tick, world: &mut World) {
        if self.incoming.is_some() {
            self.article_line(line, now, world);
            return;
        }
        if self.skipping || line.ending == Ending::TooLong {
            self.skipping = line.ending == Ending::TooLong;
            if !self.skipping {
                self.refuse(501, "the line is too long");
            }
            return;
        }
        let text = line.text();
        if line.ending == Ending::Lf || text.iter().any(|b| matches!(b, b'\r' | 0)) {
            self.refuse(501, "bare CR, bare LF or NUL in a command; lines end with CR LF");
            return;
        }
        let text = String::from_utf8_lossy(text).into_owned();
        if self.progress.state() == &table::SASL {
            self.progress.sent(&table::RESPONSE);
            self.response(&text, world);
            return;
        }
        match wire::parse(&text) {
            Ok(command) if !command.verb.legal.contains(&self.progress.state()) => {
                // The only command that belongs to one state alone (RFC 4643 section 2.3.2).
                let code = if self.user.is_some() { 502 } else { 482 };
                self.refuse(code, "AUTHINFO USER comes first, and once");
            }
            Ok(command) => {
                self.progress.sent(command.verb);
                self.obey(&command, now, world);
            }
            Err(Wrong::Unknown(_)) => self.refuse(500, "unknown command"),
            Err(Wrong::Variant(name)) => self.refuse(501, &format!("{name} has no such variant")),
            Err(Wrong::Syntax { verb, expected }) => {
                self.refuse(501, &format!("{}: expected {expected}", verb.syntax));
            }
            Err(Wrong::TooLong { what, limit, .. }) => {
                self.refuse(501, &format!("the {what} has more than {limit} octets"));
            }
        }
    }

    fn obey(&mut self, command: &Command, now: Tick, world: &mut World) {
        let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
        let first = arguments.first().copied();
        match command.verb.name {
            "CAPABILITIES" => self.capabilities(),
            "MODE READER" => self.answer(200, "a reader's server already, posting allowed"),
            "MODE STREAM" => self.answer(203, "streaming permitted"),
            "HELP" => self.help(),
            "DATE" => self.date(world.date(now)),
            "GROUP" => self.select(first.unwrap_or_default(), world),
            "LISTGROUP" => self.list_group(&arguments, world),
            "NEXT" => self.step(true, world),
            "LAST" => self.step(false, world),
            "ARTICLE" => self.retrieve(220, first, world),
            "HEAD" => self.retrieve(221, first, world),
            "BODY" => self.retrieve(222, first, world),
            "STAT" => self.retrieve(223, first, world),
            "OVER" => self.over(224, 423, first, world),
            "XOVER" => self.over(224, 420, first, world),
            "HDR" => self.header(225, 423, &arguments, world),
            "XHDR" | "XPAT" => self.header(221, 420, &arguments, world),
            "NEWGROUPS" => self.new_groups(&arguments, now, world),
            "NEWNEWS" => self.new_news(&arguments, now, world),
            "POST" => self.post(),
            "IHAVE" => self.ihave(first.unwrap_or_default(), world),
            "CHECK" => self.check(first.unwrap_or_default(), world),
            "TAKETHIS" => self.take_this(first.unwrap_or_default()),
            "AUTHINFO USER" => self.auth_user(first.unwrap_or_default()),
            "AUTHINFO PASS" => self.auth_pass(first.unwrap_or_default(), world),
            "AUTHINFO SASL" => self.auth_sasl(&arguments, world),
            "STARTTLS" => self.refuse_command(503, "this server has no TLS"),
            "COMPRESS" => self.refuse_command(503, "this server does not compress"),
            "QUIT" => {
                let text = format!("{} says good bye", self.name);
                self.answer(205, &text);
                self.output(Output::Finish { conn: Conn::MAIN });
            }
            name if name == "LIST" || name.starts_with("LIST ") => self.list(name, first, world),
            _ => self.refuse_command(500, "this server knows no such old commands"),
        }
    }

    fn output(&mut self, output: Output) {
        self.queue.push_back(Item::Output(output));
    }
}

impl Server for NntpServer {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        match input {
            Input::Opened { .. } => {
                self.progress.sent(&table::GREETING);
                let text = format!("{} NNTP ready, posting allowed", self.name);
                self.answer(200, &text);
            }
            Input::Bytes { bytes, .. } if self.progress.state() != &table::CLOSED => {
                self.lines.push(bytes);
                while self.progress.state() != &table::CLOSED {
                    let line = match self.incoming {
                        Some(_) => self.lines.next_line(),
                        None => self.lines.next_command(),
                    };
                    let Some(line) = line else { break };
                    self.line(&line, now, world);
                }
            }
            Input::End { .. } | Input::Reset { .. } => {
                self.incoming = None;
                if self.progress.over().is_some() {
                    self.output(Output::Finish { conn: Conn::MAIN });
                }
            }
            _ => {}
        }
    }

    fn poll(&mut self) -> Option<Output> {
        match self.queue.pop_front()? {
            Item::Output(output) => Some(output),
            block => {
                self.queue.push_front(block);
                None
            }
        }
    }

    fn pull(&mut self, conn: Conn) -> Option<Vec<u8>> {
        if conn != Conn::MAIN {
            return None;
        }
        let Some(Item::Block(block)) = self.queue.front_mut() else { return None };
        let (piece, ends) = block.piece();
        if ends {
            self.queue.pop_front();
        }
        Some(piece)
    }

    fn state(&self) -> &'static State {
        self.progress.state()
    }
}
