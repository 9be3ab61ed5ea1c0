//! The practice server.

mod access;
mod answer;
mod conditions;
mod request;
mod resources;
mod rpc;

use std::collections::VecDeque;

use super::body::{BodyReader, Event};
use super::fields::Fields;
use super::framing::{Framing, persists};
use super::table;
use crate::explain::Wire;
use crate::machine::{Conn, Input, Output, PIECE, Server, ServerConfig, Tick};
use crate::random::Random;
use crate::table::{Progress, State, Verb};
use crate::world::World;
use answer::{Answer, Ends, Piece};
use request::{HeadReader, Request};
use resources::{Context, limit, too_large};

/// How the server names itself; the client knows the practice server by it.
const SERVER: &str = "Wirelab";
/// A client that pipelines about a thousand requests without reading is cut off, so that it cannot
/// fill the memory.
const QUEUE_LIMIT: usize = 4000;

/// What is on its way out, in order.
#[derive(Clone)]
enum Item {
    Out(Output),
    Bulk(Piece),
}

/// What the octets that come in belong to.
#[derive(Clone)]
enum Phase {
    Head(HeadReader),
    Body(Box<Receiving>),
    /// The protocol of `Upgrade: echo`: what comes goes back.
    Echo,
    /// The connection is not used again; what comes is dropped.
    Over,
}

/// A request whose content is read.
#[derive(Clone)]
struct Receiving {
    request: Request,
    reader: BodyReader,
    content: Vec<u8>,
    /// What it will be answered with, whatever the content is.
    refusal: Option<Answer>,
}

#[derive(Clone)]
pub(super) struct HttpServer {
    name: String,
    random: Random,
    progress: Progress,
    queue: VecDeque<Item>,
    phase: Phase,
}

impl HttpServer {
    pub(super) fn new(config: &ServerConfig) -> HttpServer {
        HttpServer {
            name: config.name.clone(),
            random: Random::new(config.seed),
            progress: Progress::new(&table::TABLE),
            queue: VecDeque::new(),
            phase: Phase::Head(HeadReader::default()),
        }
    }

    fn read(&mut self, mut bytes: &[u8], now: Tick, world: &mut World) {
        while !bytes.is_empty() {
            if self.queue.len() > QUEUE_LIMIT {
                self.queue.clear();
                self.queue.push_back(Item::Out(Output::Abort { conn: Conn::MAIN }));
                self.over();
            }
            match &mut self.phase {
                Phase::Over => return,
                Phase::Echo => {
                    self.queue.push_back(Item::Bulk(Piece::bytes(bytes)));
                    return;
                }
                Phase::Head(reader) => match reader.next(&mut bytes) {
                    None => return,
                    Some(Ok(request)) => self.begin(request, now, world),
                    Some(Err(answer)) => {
                        self.write(answer.close(), None, now, world);
                    }
                },
                Phase::Body(receiving) => {
                    let Receiving { request, reader, content, .. } = &mut **receiving;
                    let Some(event) = reader.next(&mut bytes) else { return };
                    match event {
                        Event::Data(data) => {
                            content.extend_from_slice(&data);
                            if content.len() as u64 > limit(request) {
                                let answer = too_large(request);
                                self.write(answer, None, now, world);
                                continue;
                            }
                        }
                        Event::Broken(..) => {
                            let answer = Answer::error(400, "the chunks are wrong").close();
                            self.write(answer, None, now, world);
                            continue;
                        }
                        Event::Unit(_) | Event::Note(_) => {}
                    }
                    if reader.is_done() {
                        self.obey(now, world);
                    }
                }
            }
        }
    }

    /// The head of a request is complete.
    fn begin(&mut self, request: Request, now: Tick, world: &mut World) {
        self.progress.sent(table::method(&request.method));
        let announced = match request.framing {
            Framing::Length(n) => n,
            _ => 0,
        };
        let refusal = self.context(now, world).refuse(&request, announced);
        // Who asked before sending is told at once; whether the content comes all the same is not
        // known then, so the connection ends.
        if let Some(answer) = &refusal
            && (request.asks_100() || answer.close)
        {
            let answer = answer.clone().close();
            self.write(answer, Some(&request), now, world);
            return;
        }
        if request.asks_100() {
            self.send(answer::head(100, &Fields::default()));
        }
        let reader = BodyReader::new(request.framing);
        let empty = reader.is_done();
        let receiving = Receiving { request, reader, content: Vec::new(), refusal };
        self.phase = Phase::Body(Box::new(receiving));
        if empty {
            self.obey(now, world);
        } else {
            self.advance(&table::RESPONSE, "100");
        }
    }

    /// The request is complete with its content.
    fn obey(&mut self, now: Tick, world: &mut World) {
        let phase = core::mem::replace(&mut self.phase, Phase::Head(HeadReader::default()));
        let Phase::Body(receiving) = phase else { return };
        let Receiving { request, content, refusal, .. } = *receiving;
        let answer = match refusal {
            Some(answer) => answer,
            None => self.context(now, world).answer(&request, &content),
        };
        let upgrade = answer.status == 101;
        self.write(answer, Some(&request), now, world);
        if upgrade && !matches!(self.phase, Phase::Over) {
            self.phase = Phase::Echo;
            self.advance(&table::RESPONSE, "101");
        }
    }

    fn context<'a>(&'a mut self, now: Tick, world: &'a mut World) -> Context<'a> {
        let boundary = format!("part-{}", self.random.hex());
        Context { now: world.date(now), world, name: &self.name, boundary }
    }

    /// Puts a response on its way. Without a request, none could be read and the connection ends.
    fn write(&mut self, answer: Answer, request: Option<&Request>, now: Tick, world: &World) {
        let minor = request.map_or(1, |request| request.minor);
        if let Some((status, fields)) = &answer.interim
            && minor >= 1
        {
            self.send(answer::head(*status, fields));
        }
        // HTTP/1.0 has no chunks; there the connection ends the content.
        let ends = match answer.ends {
            Ends::Chunked if minor == 0 => Ends::Close,
            ends => ends,
        };
        let stays = request.is_some_and(|request| persists(&request.fields, minor))
            && !answer.close
            && ends != Ends::Close;
        let mut fields = Fields::default();
        fields.push("Date", world.date(now).http());
        fields.push("Server", SERVER);
        for (name, value) in answer.fields.iter() {
            fields.push(name, value);
        }
        match ends {
            Ends::Counted if answer.may_have_content() => {
                fields.push("Content-Length", answer.octets().to_string());
            }
            Ends::Chunked => fields.push("Transfer-Encoding", "chunked"),
            Ends::Counted | Ends::Close => {}
        }
        match (stays, minor) {
            (false, _) => fields.push("Connection", "close"),
            (true, 0) => fields.push("Connection", "keep-alive"),
            (true, _) => {}
        }
        self.send(answer::head(answer.status, &fields));
        let wanted = request.is_none_or(|request| request.method != "HEAD");
        if wanted && answer.may_have_content() {
            if ends == Ends::Chunked {
                self.send(answer.chunks());
            } else {
                let pieces = answer.pieces.into_iter().filter(|piece| piece.len() > 0);
                self.queue.extend(pieces.map(Item::Bulk));
            }
        }
        self.progress.reply(&answer.status.to_string());
        if stays {
            self.advance(&table::RESPONSE, "complete");
        } else {
            self.queue.push_back(Item::Out(Output::Finish { conn: Conn::MAIN }));
            self.advance(&table::RESPONSE, "close");
            self.over();
        }
    }

    fn send(&mut self, wire: Wire) {
        self.queue.push_back(Item::Out(Output::Sent { conn: Conn::MAIN, wire }));
    }

    fn advance(&mut self, verb: &'static Verb, code: &str) {
        if let Some(to) = table::next(verb, code)
            && let Some(state) = self.progress.enter(to)
        {
            self.queue.push_back(Item::Out(Output::State(state)));
        }
    }

    fn over(&mut self) {
        self.phase = Phase::Over;
        self.progress.over();
    }
}

impl Server for HttpServer {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        match input {
            Input::Bytes { bytes, .. } => self.read(bytes, now, world),
            Input::End { .. } if !matches!(self.phase, Phase::Over) => {
                self.over();
                self.queue.push_back(Item::Out(Output::Finish { conn: Conn::MAIN }));
            }
            Input::Reset { .. } => {
                self.queue.clear();
                self.over();
            }
            _ => {}
        }
    }

    fn poll(&mut self) -> Option<Output> {
        match self.queue.pop_front()? {
            Item::Out(output) => Some(output),
            bulk => {
                self.queue.push_front(bulk);
                None
            }
        }
    }

    fn pull(&mut self, _: Conn) -> Option<Vec<u8>> {
        let Some(Item::Bulk(piece)) = self.queue.front_mut() else { return None };
        let n = piece.len().min(PIECE as u64) as usize;
        let bytes = piece.content.read(piece.at, n);
        piece.at += bytes.len() as u64;
        if piece.len() == 0 {
            self.queue.pop_front();
        }
        Some(bytes)
    }

    fn state(&self) -> &'static State {
        self.progress.state()
    }
}
