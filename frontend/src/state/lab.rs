//! The lab: one session with its wire, and the world of the practice servers in the page.

mod play;
mod reading;
mod record;

use std::cell::RefCell;
use std::collections::VecDeque;

use shared::explain::Wire;
use shared::link::Link;
use shared::machine::{ClientConfig, Conn, OwnedInput, Refused, ServerConfig, Tick};
use shared::python::{Played, Running};
use shared::session::{Effect, Gate, Mode, Session};
use shared::table::{Illegal, Takes, Verb};
use shared::transcript::{Entry, Side};
use shared::world::{EPOCH, World};

use super::copy::Copying;
use super::download::{Downloads, expected_size, file_name, name_of_path};
use super::index::Index;
use super::marks::Marks;
use super::{Route, Target, url::Step};
pub use reading::Answered;

/// Content that waits to be put into a file stops the wire inside the page at this many octets.
const BACKLOG: usize = 4 * 1024 * 1024;

/// Arrivals carried in one go before the page is drawn again.
const BUDGET: usize = 128;

/// A command that was not sent.
pub struct Refusal {
    pub text: String,
    pub why: Refused,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Yours,
    Servers,
    /// A gate holds something until Step.
    Held,
    Over,
}

/// A file on its way to the server.
pub struct Upload {
    pub name: String,
    pub octets: u64,
    pub sent: u64,
}

pub struct Lab {
    pub route: Route,
    pub world: World,
    session: Session,
    link: Option<Link>,
    /// What earlier sessions on this page left, oldest first.
    past: Vec<Entry>,
    /// For the tunnel.
    outgoing: VecDeque<Effect>,
    pub downloads: Downloads,
    pub upload: Option<Upload>,
    pub refusal: Option<Refusal>,
    /// Python's methods that were played in this session, and the one under way.
    pub played: Vec<Played>,
    running: Option<Running>,
    /// What a pasted script or a URL still has to do, in a session of this protocol.
    script: VecDeque<Step>,
    script_for: &'static str,
    /// Asks for every connection to be dropped.
    pub closing: bool,
    /// Something about the page itself: a wrong address, a relay that went away.
    pub notice: Option<String>,
    selected: Option<usize>,
    /// The selected octet within the selected entry.
    pub octet: usize,
    pub show_secrets: bool,
    /// Rows hidden by hand, and markers.
    pub marks: Marks,
    /// The entry and the octet that the pointer is over: shown in every pane, and in none of them chosen.
    pub pointed: Option<(usize, usize)>,
    /// A text for the composer: it takes it up and asks for nothing.
    pub draft: Option<String>,
    /// What became of the last copy.
    pub copying: Option<Copying>,
    index: RefCell<Index>,
    sessions: u64,
    /// Whose mailbox grew last.
    delivered_to: Option<String>,
}

impl Lab {
    pub fn new(route: Route) -> Lab {
        let session = Session::new((route.protocol.client)(&ClientConfig::practice(0)));
        Lab {
            route,
            world: World::new(EPOCH),
            session,
            link: None,
            past: Vec::new(),
            outgoing: VecDeque::new(),
            downloads: Downloads::default(),
            upload: None,
            refusal: None,
            played: Vec::new(),
            running: None,
            script: VecDeque::new(),
            script_for: "",
            closing: false,
            notice: None,
            selected: None,
            octet: 0,
            show_secrets: false,
            marks: Marks::default(),
            pointed: None,
            draft: None,
            copying: None,
            index: RefCell::default(),
            sessions: 0,
            delivered_to: None,
        }
    }

    /// Begins a session. The transcript so far stays if protocol and server are the same.
    pub fn connect(&mut self, route: Route, now: Tick) {
        let mode = self.session.mode();
        if route == self.route && self.sessions > 0 {
            let entries = self.session.transcript().entries().to_vec();
            self.past.extend(entries);
            self.downloads.leave();
        } else {
            self.past.clear();
            self.marks.clear();
            self.downloads = Downloads::after(&self.downloads);
        }
        self.release_mailboxes(now);
        self.route = route;
        self.sessions += 1;
        self.outgoing.clear();
        self.upload = None;
        self.refusal = None;
        self.played.clear();
        self.running = None;
        if self.script_for != self.route.protocol.id {
            self.script.clear();
        }
        // The one that was waited for has begun.
        self.script_for = "";
        self.selected = None;
        self.octet = 0;
        let config = self.config();
        self.session = Session::new((self.route.protocol.client)(&config));
        self.session.set_mode(mode, now);
        self.link = (self.route.target == Target::Page).then(|| {
            let server = (self.route.protocol.server)(&ServerConfig::practice(self.sessions));
            Link::new(server, self.route.protocol.port)
        });
        self.session.connect(&config.host, config.port, now);
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn takes_content(&self) -> bool {
        self.session.client().state().takes == Takes::Content && self.upload.is_none()
    }

    pub fn turn(&self) -> Turn {
        let state = self.session.client().state();
        if self.session.gate() != Gate::Open {
            Turn::Held
        } else if state == self.route.protocol.table.end() {
            Turn::Over
        } else if self.session.client().suggestion().is_some() {
            Turn::Yours
        } else {
            Turn::Servers
        }
    }

    /// The moves from here, each with what forbids it.
    pub fn moves(&self) -> Vec<(&'static Verb, Result<(), Illegal>)> {
        let client = self.session.client();
        self.route.protocol.table.moves(client.state(), &client.flags())
    }

    /// Sends what was typed: one command, content, or several commands in one write.
    pub fn send(&mut self, text: &str, now: Tick) {
        self.refusal = None;
        let single = self.session.command(text, now);
        let done = match single {
            Err(first @ Refused::Malformed { .. }) if text.contains('\n') => {
                match self.session.batch(text.trim_end_matches('\n'), now) {
                    Err(batch @ Refused::Illegal(Illegal { needs: Some(_), .. })) => Err(batch),
                    Err(_) => Err(first),
                    Ok(()) => Ok(()),
                }
            }
            done => done,
        };
        match done {
            Ok(()) => self.selected = None,
            Err(why) => self.refusal = Some(Refusal { text: text.into(), why }),
        }
    }

    /// Sends the lines as they are, each with CR LF, or a command that has other octets than letters.
    pub fn send_anyway(&mut self, text: &str, now: Tick) {
        if let Some(octets) = self.session.client().octets_of(text) {
            return self.send_octets(&octets, text, now);
        }
        let mut bytes = text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        if !bytes.ends_with(b"\r\n") {
            bytes.extend_from_slice(b"\r\n");
        }
        self.send_octets(&bytes, text, now);
    }

    /// Sends octets exactly as given.
    pub fn send_octets(&mut self, bytes: &[u8], text: &str, now: Tick) {
        self.refusal = None;
        match self.session.raw(Conn::MAIN, bytes, now) {
            Ok(()) => self.selected = None,
            Err(why) => self.refusal = Some(Refusal { text: text.into(), why }),
        }
    }

    pub fn step(&mut self, now: Tick) {
        self.session.step(now);
    }

    pub fn set_mode(&mut self, mode: Mode, now: Tick) {
        self.session.set_mode(mode, now);
    }

    /// Something came from the tunnel.
    pub fn arrive(&mut self, input: OwnedInput, now: Tick) {
        self.session.arrive(input, now);
    }

    /// A piece of the file being sent; nothing ends it.
    pub fn upload_piece(&mut self, piece: &[u8], now: Tick) -> Result<(), Refused> {
        let done = if piece.is_empty() {
            self.session.content_end(now)
        } else {
            self.session.content(piece, now)
        };
        match &mut self.upload {
            Some(upload) => upload.sent += piece.len() as u64,
            None => return Err(Refused::NotConnected),
        }
        if piece.is_empty() || done.is_err() {
            self.upload = None;
        }
        done
    }

    /// The world as it was at first.
    pub fn reset_world(&mut self, now: Tick) {
        self.world = World::new(EPOCH);
        self.delivered_to = None;
        if self.route.target == Target::Page {
            self.connect(self.route.clone(), now);
        }
    }

    /// Somebody sends the user who is logged in a small mail. The practice server hears of it.
    pub fn mail_arrives(&mut self, now: Tick) {
        let facts = self.session.client().facts();
        let named = ["user", "mailbox"].iter().find_map(|name| {
            let fact = facts.iter().find(|fact| fact.name == *name)?;
            self.world.mail.mailbox(&fact.value).map(|_| fact.value.clone())
        });
        let user = named.unwrap_or_else(|| shared::world::USER.into());
        if self.world.mail_arrives(&user, now) {
            self.delivered_to = Some(user);
        } else {
            self.notice = Some(format!("The mailbox of {user} is full; nothing was delivered."));
        }
        if let Some(link) = &mut self.link {
            link.time(now, &mut self.world);
        }
    }

    /// The user whose mailbox grew last.
    pub fn delivered_to(&self) -> Option<&str> {
        self.delivered_to.as_deref()
    }

    /// Carries octets between session and wire. Tells whether there is more to carry at once.
    pub fn pump(&mut self, now: Tick) -> bool {
        for _ in 0..BUDGET {
            self.carry_effects(now);
            if self.downloads.backlog() > BACKLOG {
                return false;
            }
            let arrival =
                self.link.as_mut().and_then(|link| link.next_arrival(now, &mut self.world));
            match arrival {
                Some(arrival) => self.session.arrive(arrival, now),
                None => {
                    self.carry_effects(now);
                    if !self.advance(now) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// What the tunnel must do next.
    pub fn next_outgoing(&mut self) -> Option<Effect> {
        self.outgoing.pop_front()
    }

    fn carry_effects(&mut self, now: Tick) {
        while let Some(effect) = self.session.poll_effect() {
            match (effect, &mut self.link) {
                (Effect::Deliver { conn, bytes }, _) => {
                    let announced = || announced(&self.session, conn, self.route.protocol.id);
                    self.downloads.deliver(conn, bytes, announced);
                }
                (effect, Some(link)) => {
                    let before = inboxes(&self.world);
                    link.effect(effect, now, &mut self.world);
                    let grown = inboxes(&self.world)
                        .into_iter()
                        .find(|(user, n)| before.iter().any(|(u, m)| u == user && n > m));
                    if let Some((user, _)) = grown {
                        self.delivered_to = Some(user);
                    }
                }
                (effect, None) => self.outgoing.push_back(effect),
            }
        }
        let takes = self.session.client().state().takes;
        self.downloads.watch(self.session.transcript().entries(), takes);
    }

    /// The practice server in the page sees its client leave.
    fn release_mailboxes(&mut self, now: Tick) {
        if let Some(link) = &mut self.link {
            link.effect(Effect::Abort { conn: Conn::MAIN }, now, &mut self.world);
        }
    }

    fn config(&self) -> ClientConfig {
        let protocol = self.route.protocol;
        let practice = ClientConfig {
            seed: self.sessions,
            // A script that was pasted is played as Python would play it.
            as_python: !self.script.is_empty(),
            ..ClientConfig::practice(protocol.port)
        };
        match &self.route.target {
            Target::Real { host, port } => ClientConfig {
                host: host.clone(),
                port: *port,
                user: "name".into(),
                password: "password".into(),
                ..practice
            },
            // What SMTP delivered is what a reader wants to see next.
            Target::Page | Target::Relay => {
                let reads_mail =
                    ["pop3", "imap"].contains(&protocol.id) && self.route.target == Target::Page;
                let delivered = self.delivered_to.clone().filter(|_| reads_mail);
                let user = delivered.unwrap_or_else(|| practice.user.clone());
                let password = self.world.accounts.password(&user).unwrap_or(&practice.password);
                ClientConfig { password: password.into(), user, ..practice }
            }
        }
    }
}

fn inboxes(world: &World) -> Vec<(String, usize)> {
    world.mail.iter().map(|(user, mailbox)| (user.into(), mailbox.messages().len())).collect()
}

/// Name and size of the content that begins, from the last command and reply: those on its own
/// connection if it has any.
fn announced(session: &Session, conn: Conn, protocol: &str) -> (String, Option<u64>) {
    let entries = session.transcript().entries();
    let last = |conn: Conn, side| {
        let of_side = entries.iter().rev().filter(|e| e.conn == conn && e.side() == side);
        of_side.filter_map(Entry::wire).next()
    };
    let text = |wire: Option<&Wire>| {
        wire.map(|wire| String::from_utf8_lossy(&wire.bytes).into_owned()).unwrap_or_default()
    };
    let of = if last(conn, Side::Client).is_some() { conn } else { Conn::MAIN };
    let command = last(of, Side::Client);
    // Where the command is nothing but the name of what is asked for, it is found by its meaning.
    let selector = command
        .and_then(|wire| Some((wire, wire.spans.iter().find(|span| span.term.id == "SELECTOR")?)))
        .map(|(wire, span)| String::from_utf8_lossy(&wire.bytes[span.range()]).into_owned());
    let name = match selector {
        Some(selector) => name_of_path(&selector),
        None => file_name(&text(command), protocol),
    };
    (name, expected_size(&text(last(of, Side::Server))))
}
