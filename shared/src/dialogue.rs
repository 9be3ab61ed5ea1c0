//! One dialogue whole: a session, the practice server that it talks to if that is in the page, and
//! the world. Everything that happens to it is an [`Event`]; the same events at the same ticks
//! give the same dialogue again, which is what going back, forking and keeping rest on.

use std::collections::VecDeque;

use crate::link::Link;
use crate::machine::{Conn, OwnedInput, Refused, Tick};
use crate::session::{Breakpoint, Effect, Mode, Session};
use crate::world::World;

/// What happens to a dialogue from outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first of a session.
    Connect {
        host: String,
        port: u16,
    },
    /// A person's command or content. One that is refused is no event.
    Typed(OwnedInput),
    /// From the relay, or the client's clock.
    Arrived(OwnedInput),
    /// The wire inside the page carries what the session put out, and then one thing back.
    Carried,
    /// The practice server's clock moved on.
    ServerTime,
    /// A gate was opened once.
    Step,
    Mode(Mode),
    Breakpoints(Vec<Breakpoint>),
    /// Somebody else sends this user a mail.
    MailArrives(String),
    /// The person turned to another session; the practice server sees the client leave.
    Left,
}

#[derive(Clone)]
pub struct Dialogue {
    session: Session,
    link: Option<Link>,
    world: World,
    /// For the host: what the wire inside the page does not do.
    effects: VecDeque<Effect>,
}

impl Dialogue {
    /// Without a link, the host carries out the effects.
    pub fn new(session: Session, link: Option<Link>, world: World) -> Dialogue {
        Dialogue { session, link, world, effects: VecDeque::new() }
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// The user whose mailbox it is about; the first account if it is about none.
    pub fn reader(&self) -> String {
        let facts = self.session.client().facts();
        let named = ["user", "mailbox"].iter().find_map(|name| {
            let fact = facts.iter().find(|fact| fact.name == *name)?;
            self.world.mail.mailbox(&fact.value).map(|_| fact.value.clone())
        });
        named.unwrap_or_else(|| crate::world::USER.into())
    }

    /// A copy that can be continued, without the entries so far.
    pub fn bare(&self) -> Dialogue {
        Dialogue {
            session: self.session.bare(),
            link: self.link.clone(),
            world: self.world.clone(),
            effects: self.effects.clone(),
        }
    }

    /// Lets it happen. Tells whether anything did.
    pub fn apply(&mut self, event: &Event, now: Tick) -> Result<bool, Refused> {
        match event {
            Event::Connect { host, port } => self.session.connect(host, *port, now),
            Event::Typed(input) => self.session.typed(input.clone(), now)?,
            Event::Arrived(input) => self.session.arrive(input.clone(), now),
            Event::Carried => {
                let Some(arrival) = self.carry(now) else { return Ok(false) };
                if let Some(arrival) = arrival {
                    self.session.arrive(arrival, now);
                }
            }
            Event::ServerTime => {
                if let Some(link) = &mut self.link {
                    link.time(now, &mut self.world);
                }
            }
            Event::Step => return Ok(self.session.step(now)),
            Event::Mode(mode) => self.session.set_mode(*mode, now),
            Event::Breakpoints(list) => self.session.set_breakpoints(list.clone()),
            Event::MailArrives(user) => {
                let came = self.world.mail_arrives(user, now);
                if let Some(link) = &mut self.link {
                    link.time(now, &mut self.world);
                }
                return Ok(came);
            }
            Event::Left => {
                if let Some(link) = &mut self.link {
                    link.effect(Effect::Abort { conn: Conn::MAIN }, now, &mut self.world);
                }
            }
        }
        Ok(true)
    }

    /// As [`Dialogue::apply`] for an event that happened before, but only until the transcript has
    /// `more` entries more, if the event brought octets that can be fed in pieces.
    pub fn apply_until(&mut self, event: &Event, now: Tick, more: usize) {
        let arrival = match event {
            Event::Arrived(input) => Some(input.clone()),
            Event::Carried => self.carry(now).flatten(),
            _ => None,
        };
        match arrival {
            Some(OwnedInput::Bytes { conn, bytes }) => self.arrive_until(conn, &bytes, now, more),
            Some(input) => self.session.arrive(input, now),
            // It was no event if it was refused.
            None if *event != Event::Carried => drop(self.apply(event, now)),
            None => {}
        }
    }

    /// No octet is fed beyond the one that brings the last entry. Pieces are tried and halved, since a read may bring
    /// thousands of entries.
    fn arrive_until(&mut self, conn: Conn, bytes: &[u8], now: Tick, more: usize) {
        let (mut rest, mut missing, mut piece) = (bytes, more, bytes.len());
        while missing > 0 && !rest.is_empty() {
            piece = piece.min(rest.len());
            let mut tried = self.bare();
            let bytes = rest[..piece].to_vec();
            tried.session.arrive(OwnedInput::Bytes { conn, bytes }, now);
            let came = tried.session.transcript().entries().len();
            if came >= missing && piece > 1 {
                piece /= 2;
                continue;
            }
            *self = tried;
            rest = &rest[piece..];
            missing = missing.saturating_sub(came);
        }
    }

    /// What the host must do next.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        if let Some(effect) = self.effects.pop_front() {
            return Some(effect);
        }
        let effect = self.session.peek_effect()?;
        let for_host =
            self.link.is_none() || matches!(effect, Effect::Deliver { .. } | Effect::WakeAt(_));
        if for_host { self.session.poll_effect() } else { None }
    }

    /// What the host did when this happened for the first time is not done again; only the clock
    /// is still waited for.
    pub fn forget_effects(&mut self) {
        if self.link.is_some() {
            self.effects.retain(|effect| matches!(effect, Effect::WakeAt(_)));
            self.session.forget_delivered();
        } else {
            while self.session.poll_effect().is_some() {}
        }
    }

    /// Carries the session's effects to the practice server, then gives what comes back next.
    /// `None`: nothing happened.
    fn carry(&mut self, now: Tick) -> Option<Option<OwnedInput>> {
        let link = self.link.as_mut()?;
        let mut done = false;
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Deliver { .. } | Effect::WakeAt(_) => self.effects.push_back(effect),
                Effect::Consumed { .. } => {}
                effect => {
                    link.effect(effect, now, &mut self.world);
                    done = true;
                }
            }
        }
        let arrival = link.next_arrival(now, &mut self.world);
        (done || arrival.is_some()).then_some(arrival)
    }
}
