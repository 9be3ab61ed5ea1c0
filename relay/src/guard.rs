//! The limits of one WebSocket: how long it lasts, what it opens, and how much it carries. Time
//! limits are those of its beginning; rates change when the settings are read again.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use shared::tunnel::{Reason, Reset};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::callers::Guest;
use crate::config::Limits;
use crate::house::{House, Terms};

/// What a page may carry at once before another's turn: about what a socket gives in one read.
const TURN: usize = 16 * 1024;

/// Time limits are looked at so many times before they are over.
const LOOKS: u32 = 4;
const SHORTEST_LOOK: Duration = Duration::from_millis(5);

pub(crate) struct Guard {
    terms: watch::Receiver<Terms>,
    /// Those of the beginning, and those of now.
    limits: Arc<Limits>,
    current: Arc<Limits>,
    guest: Guest,
    start: Instant,
    /// When it last had a socket.
    used: Instant,
    look: Pin<Box<Sleep>>,
    /// What may be carried now.
    budget: usize,
    /// When the next turn begins.
    turn: Option<Pin<Box<Sleep>>>,
}

impl Guard {
    pub(crate) fn new(house: &House, guest: Guest) -> Guard {
        let start = Instant::now();
        let limits = house.limits();
        Guard {
            terms: house.terms.clone(),
            current: Arc::clone(&limits),
            guest,
            start,
            used: start,
            look: Box::pin(sleep_until(start + pause(&limits))),
            limits,
            budget: 0,
            turn: None,
        }
    }

    /// The longest that nothing goes over a connection.
    pub(crate) fn idle(&self) -> Duration {
        self.limits.idle
    }

    /// May one more socket be opened, while there are so many?
    pub(crate) fn open(&mut self, sockets: usize) -> Result<(), Reset> {
        self.refresh();
        self.guest.open(sockets, &self.current)
    }

    /// The WebSocket has so many sockets now.
    pub(crate) fn count(&mut self, sockets: usize) {
        self.guest.count(sockets);
    }

    /// Is it time to look at what has a time limit?
    pub(crate) fn poll_look(&mut self, cx: &mut Context<'_>) -> bool {
        if self.look.as_mut().poll(cx).is_pending() {
            return false;
        }
        self.look.as_mut().reset(Instant::now() + pause(&self.limits));
        true
    }

    /// Why the WebSocket has to end, if it has to. `unanswered` is how long ago something was sent
    /// that the page has not read.
    pub(crate) fn verdict(
        &mut self,
        sockets: usize,
        unanswered: Option<Duration>,
    ) -> Result<(), (Reason, String)> {
        let now = Instant::now();
        let Limits { session, unused, unread, .. } = *self.limits;
        if sockets > 0 {
            self.used = now;
        }
        if unanswered.is_some_and(|unanswered| unanswered >= unread) {
            let text = format!("Nothing of what the relay sent was read for {unread:?}.");
            return Err((Reason::NOT_READING, text));
        }
        if now >= self.start + session {
            let text = format!("A session lasts {session:?} at most.");
            return Err((Reason::TOO_OLD, text));
        }
        if now >= self.used + unused {
            let text = format!("The session had no connection for {unused:?}.");
            return Err((Reason::UNUSED, text));
        }
        Ok(())
    }

    /// How much the sockets may carry now: all there is, or the rest of this page's turn.
    pub(crate) fn poll_budget(&mut self, cx: &mut Context<'_>) -> usize {
        self.refresh();
        let limits = &self.current;
        if limits.bytes.is_off() && limits.bytes_in_all.is_off() {
            (self.budget, self.turn) = (0, None);
            return usize::MAX;
        }
        if self.budget == 0 {
            let turn = self.turn.get_or_insert_with(|| {
                let wait = self.guest.reserve(TURN as u64, limits);
                Box::pin(sleep_until(Instant::now() + wait))
            });
            if turn.as_mut().poll(cx).is_ready() {
                (self.budget, self.turn) = (TURN, None);
            }
        }
        self.budget
    }

    /// Asked in each round of each page, so without a lock while nothing has changed.
    fn refresh(&mut self) {
        if self.terms.has_changed().unwrap_or(false) {
            self.current = Arc::clone(&self.terms.borrow_and_update().limits);
        }
    }

    /// What is left of what `poll_budget` gave.
    pub(crate) fn left(&mut self, budget: usize) {
        self.budget = self.budget.min(budget);
    }
}

fn pause(limits: &Limits) -> Duration {
    let Limits { session, unused, unread, idle, .. } = limits;
    let shortest = session.min(unused).min(unread).min(idle);
    (*shortest / LOOKS).max(SHORTEST_LOOK)
}
