//! A listener and a name lookup: sockets that carry nothing themselves.

use super::life::Life;
use super::{Event, Listen, ListeningInfo, Query, ResolvedInfo, StreamId, Violation};

#[derive(Default)]
#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Listener {
    pub(super) life: Life,
    /// At the page known from LISTENING on, at the relay when it says so.
    pub(super) backlog: u16,
    asked: Option<Listen>,
    bound: Option<ListeningInfo>,
}

impl Listener {
    /// At the relay: LISTEN came.
    pub(super) fn requested(listen: Listen) -> Listener {
        Listener { asked: Some(listen), ..Listener::default() }
    }

    /// At the relay: the socket listens. False if the page no longer waits for it.
    pub(super) fn listening(&mut self, info: &ListeningInfo) -> bool {
        let wanted = self.life.goes_on() && !self.life.open;
        if wanted {
            self.life.open = true;
            self.backlog = info.backlog;
        }
        wanted
    }

    /// At the page.
    pub(super) fn hear_listening(&mut self, info: ListeningInfo) -> Result<(), Violation> {
        self.life.hear_open("LISTENING")?;
        self.backlog = info.backlog;
        self.bound = Some(info).filter(|_| self.life.goes_on());
        Ok(())
    }

    pub(super) fn has_news(&self) -> bool {
        self.asked.is_some() || self.bound.is_some() || self.life.reset.is_some()
    }

    pub(super) fn take_news(&mut self, id: StreamId) -> Option<Event> {
        let asked = self.asked.take().map(|listen| Event::ListenRequested(id, listen));
        asked
            .or_else(|| self.bound.take().map(|info| Event::Listening(id, info)))
            .or_else(|| self.life.reset.take().map(|reset| Event::Reset(id, reset)))
    }

    /// The owner wants to hear nothing more.
    pub(super) fn go_deaf(&mut self) {
        (self.asked, self.bound) = (None, None);
    }
}

#[derive(Default)]
#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Lookup {
    pub(super) life: Life,
    asked: Option<Query>,
    found: Option<ResolvedInfo>,
}

impl Lookup {
    /// At the relay: RESOLVE came.
    pub(super) fn requested(query: Query) -> Lookup {
        Lookup { asked: Some(query), ..Lookup::default() }
    }

    /// At the page.
    pub(super) fn hear_resolved(&mut self, info: ResolvedInfo) -> Result<(), Violation> {
        let wanted = self.life.goes_on();
        self.life.hear_answer("RESOLVED")?;
        self.found = Some(info).filter(|_| wanted);
        Ok(())
    }

    pub(super) fn has_news(&self) -> bool {
        self.asked.is_some() || self.found.is_some() || self.life.reset.is_some()
    }

    pub(super) fn take_news(&mut self, id: StreamId) -> Option<Event> {
        let asked = self.asked.take().map(|query| Event::ResolveRequested(id, query));
        asked
            .or_else(|| self.found.take().map(|info| Event::Resolved(id, info)))
            .or_else(|| self.life.reset.take().map(|reset| Event::Reset(id, reset)))
    }

    pub(super) fn go_deaf(&mut self) {
        (self.asked, self.found) = (None, None);
    }
}
