//! A UDP socket: datagrams both ways, whole or not at all.
//!
//! Each end grants the other credit, as for streams, but a datagram is never split, and costs its
//! octets and [`DATAGRAM_COST`]. The page queues only what it has credit for, and waits. The relay
//! cannot make the network wait: it queues more, and what comes while its queue is full is dropped,
//! the newest first; the place is marked, so that the page learns how many are missing and where.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::life::Life;
use super::{
    DATAGRAM_COST, DatagramError, Event, Frame, LITTLE, MAX_DATAGRAM, MAX_WINDOW, Reason, Reset,
    StreamId, UDP_QUEUE, UdpBind, UdpInfo, Violation,
};

#[derive(Default)]
#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Udp {
    pub(super) life: Life,
    asked: Option<UdpBind>,
    bound: Option<UdpInfo>,

    // Towards the other end.
    credit: u32,
    queue: VecDeque<Queued>,
    /// What the queued datagrams cost.
    queued: usize,
    ending: Option<Reset>,
    /// A datagram was not taken and the owner waits for `Writable`.
    short: bool,
    writable: bool,

    // From the other end.
    window: u32,
    granted: u32,
    told: u32,
    owed: u32,
    inbox: VecDeque<News>,
}

#[cfg_attr(test, derive(Clone, Hash))]
enum Queued {
    Datagram(SocketAddr, Vec<u8>),
    /// So many are missing here.
    Dropped(u32),
}

#[cfg_attr(test, derive(Clone, Hash))]
enum News {
    Datagram(SocketAddr, Vec<u8>),
    Dropped(u32),
    Error(SocketAddr, Reset),
}

impl Udp {
    /// At the page: UDP_BIND is on its way and grants `window`.
    pub(super) fn asking(window: u32) -> Udp {
        Udp { window, granted: window, ..Udp::default() }
    }

    /// At the relay: UDP_BIND came.
    pub(super) fn requested(bind: UdpBind) -> Udp {
        Udp { credit: bind.window, asked: Some(bind), ..Udp::default() }
    }

    /// At the relay: the socket is bound. False if the page no longer waits for it.
    pub(super) fn bound(&mut self, window: u32) -> bool {
        let wanted = self.life.goes_on() && !self.life.open;
        if wanted {
            self.life.open = true;
            (self.window, self.granted) = (window, window);
        }
        wanted
    }

    pub(super) fn send(
        &mut self,
        address: SocketAddr,
        octets: &[u8],
        drops: bool,
    ) -> Result<(), DatagramError> {
        if !self.life.open || !self.life.goes_on() || self.ending.is_some() {
            return Err(DatagramError::NotOpen);
        }
        if octets.len() > MAX_DATAGRAM {
            return Err(DatagramError::TooLong { length: octets.len() });
        }
        let cost = octets.len() + DATAGRAM_COST;
        let limit = if drops { UDP_QUEUE } else { self.waiting_limit() };
        if self.queued + cost > limit {
            match self.queue.back_mut() {
                _ if !drops => self.short = true,
                Some(Queued::Dropped(count)) => *count = count.saturating_add(1),
                _ => self.queue.push_back(Queued::Dropped(1)),
            }
            return Err(DatagramError::NoRoom);
        }
        self.queued += cost;
        self.queue.push_back(Queued::Datagram(address, octets.to_vec()));
        Ok(())
    }

    /// Closes the socket, if `in_order` after the queued datagrams that there is credit for.
    /// Returns the frame if it is to go at once.
    pub(super) fn end(&mut self, id: StreamId, reset: Reset, in_order: bool) -> Option<Vec<u8>> {
        (self.asked, self.bound, self.writable) = (None, None, false);
        self.inbox.clear();
        if in_order && self.life.goes_on() {
            self.keep_what_can_go();
        }
        if in_order && self.life.goes_on() && !self.queue.is_empty() {
            self.ending = Some(reset);
            return None;
        }
        self.drop_queue();
        self.life.close(id, reset)
    }

    /// Returns the increment that is due.
    pub(super) fn consumed(&mut self, octets: usize) -> Option<u32> {
        let cost = (octets + DATAGRAM_COST) as u32;
        debug_assert!(cost <= self.told, "more consumed than was told");
        let cost = cost.min(self.told);
        self.told -= cost;
        self.owed += cost;
        if !self.life.goes_on() || self.owed < self.window / 2 {
            return None;
        }
        self.granted += self.owed;
        Some(std::mem::take(&mut self.owed))
    }

    pub(super) fn hear_bound(&mut self, info: UdpInfo) -> Result<(), Violation> {
        self.life.hear_open("UDP_BOUND")?;
        self.credit = info.window;
        self.bound = Some(info).filter(|_| self.listens());
        Ok(())
    }

    pub(super) fn hear_datagram(
        &mut self,
        address: SocketAddr,
        octets: &[u8],
    ) -> Result<(), Violation> {
        self.life.check_open("DATAGRAM", "UDP_BOUND")?;
        let cost = (octets.len() + DATAGRAM_COST) as u32;
        let Some(left) = self.granted.checked_sub(cost) else {
            return Err(Violation::new(
                Reason::CREDIT_OVERRUN,
                format!("DATAGRAM costs {cost}, the credit was {}.", self.granted),
            ));
        };
        self.granted = left;
        self.hear(News::Datagram(address, octets.to_vec()));
        Ok(())
    }

    pub(super) fn hear_dropped(&mut self, count: u32) -> Result<(), Violation> {
        self.life.check_open("DROPPED", "UDP_BOUND")?;
        self.hear(News::Dropped(count));
        Ok(())
    }

    pub(super) fn hear_error(
        &mut self,
        address: SocketAddr,
        error: Reset,
    ) -> Result<(), Violation> {
        self.life.check_open("UDP_ERROR", "UDP_BOUND")?;
        self.hear(News::Error(address, error));
        Ok(())
    }

    pub(super) fn hear_window(&mut self, increment: u32) -> Result<(), Violation> {
        self.life.check_open("WINDOW", "UDP_BOUND")?;
        let outstanding = self.credit.saturating_add(increment);
        if outstanding > MAX_WINDOW {
            return Err(Violation::new(
                Reason::CREDIT_OVERFLOW,
                format!("WINDOW of {increment} makes {outstanding}, {MAX_WINDOW} is most."),
            ));
        }
        self.credit = outstanding;
        self.refresh_writable();
        Ok(())
    }

    pub(super) fn hear_reset(&mut self, id: StreamId, reset: Reset) -> Option<Vec<u8>> {
        self.drop_queue();
        self.writable = false;
        // An end that was only waiting for its queue has not spoken yet.
        let asked = self.ending.take().is_some();
        let answer = self.life.hear_reset(id, reset);
        if asked {
            self.life.reset = None;
        }
        answer
    }

    pub(super) fn has_little(&self) -> bool {
        self.queued <= LITTLE
    }

    pub(super) fn wants_turn(&self) -> bool {
        match self.queue.front() {
            Some(Queued::Datagram(_, octets)) => {
                octets.len() + DATAGRAM_COST <= self.credit as usize
            }
            Some(Queued::Dropped(_)) => true,
            None => self.ending.is_some(),
        }
    }

    pub(super) fn take_turn(&mut self, id: StreamId) -> Option<Vec<u8>> {
        if !self.wants_turn() {
            return None;
        }
        match self.queue.pop_front() {
            Some(Queued::Datagram(address, octets)) => {
                let cost = octets.len() + DATAGRAM_COST;
                self.credit -= cost as u32;
                self.queued -= cost;
                self.refresh_writable();
                Some(Frame::Datagram(id, address, &octets).encode())
            }
            Some(Queued::Dropped(count)) => Some(Frame::Dropped(id, count).encode()),
            None => self.ending.take().and_then(|reset| self.life.close(id, reset)),
        }
    }

    pub(super) fn has_news(&self) -> bool {
        self.asked.is_some()
            || self.bound.is_some()
            || !self.inbox.is_empty()
            || self.life.reset.is_some()
            || self.writable
    }

    pub(super) fn take_news(&mut self, id: StreamId) -> Option<Event> {
        if let Some(bind) = self.asked.take() {
            return Some(Event::UdpRequested(id, bind));
        }
        if let Some(info) = self.bound.take() {
            return Some(Event::UdpBound(id, info));
        }
        match self.inbox.pop_front() {
            Some(News::Datagram(address, octets)) => {
                self.told += (octets.len() + DATAGRAM_COST) as u32;
                return Some(Event::Datagram(id, address, octets));
            }
            Some(News::Dropped(count)) => return Some(Event::Dropped(id, count)),
            Some(News::Error(address, error)) => return Some(Event::UdpError(id, address, error)),
            None => {}
        }
        if let Some(reset) = self.life.reset.take() {
            return Some(Event::Reset(id, reset));
        }
        std::mem::take(&mut self.writable).then_some(Event::Writable(id))
    }

    pub(super) fn is_over(&self) -> bool {
        self.life.is_over() && !self.has_news()
    }

    /// The owner still wants to hear.
    fn listens(&self) -> bool {
        self.life.goes_on() && self.ending.is_none()
    }

    fn hear(&mut self, news: News) {
        if self.listens() {
            self.inbox.push_back(news);
        }
    }

    /// What a page may have waiting: it waits for credit before it queues.
    fn waiting_limit(&self) -> usize {
        UDP_QUEUE.min(self.credit as usize)
    }

    /// The longest datagram must find room, so that the owner does not come in vain.
    fn refresh_writable(&mut self) {
        let longest = MAX_DATAGRAM + DATAGRAM_COST;
        if self.short && self.listens() && self.queued + longest <= self.waiting_limit() {
            (self.short, self.writable) = (false, true);
        }
    }

    /// Nobody waits for credit after the end: the other end may be waiting, too.
    fn keep_what_can_go(&mut self) {
        let mut credit = self.credit as usize;
        let mut queued = 0;
        let fits = self.queue.iter().take_while(|item| {
            let Queued::Datagram(_, octets) = item else { return true };
            let cost = octets.len() + DATAGRAM_COST;
            let fits = cost <= credit;
            (credit, queued) = (credit.saturating_sub(cost), queued + if fits { cost } else { 0 });
            fits
        });
        let fits = fits.count();
        self.queue.truncate(fits);
        self.queued = queued;
    }

    fn drop_queue(&mut self) {
        self.queue.clear();
        self.queued = 0;
    }
}
