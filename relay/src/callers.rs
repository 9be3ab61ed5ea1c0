//! Who calls from where, and how much of the relay's limits each address has used up.
//!
//! A network's prefix counts as one address in IPv6, because a single machine has all of a /64.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::tunnel::{Phase, Reason, Reset};
use tokio::time::Instant;

use crate::bucket::{Bucket, Rate};
use crate::config::Limits;

/// Addresses that are remembered beside those that are here at the moment: about 1 MiB.
const REMEMBERED: usize = 8192;

pub(crate) struct Callers {
    start: Instant,
    table: Mutex<Table>,
}

/// An HTTP connection that counts.
pub(crate) struct Connection(Arc<Callers>, IpAddr);

/// A WebSocket that counts, and what it opens and carries.
pub(crate) struct Guest {
    callers: Arc<Callers>,
    place: IpAddr,
    sockets: usize,
}

/// A WebSocket of a room that counts.
pub(crate) struct RoomSeat {
    callers: Arc<Callers>,
    place: IpAddr,
    looks_on: bool,
}

/// A limit that is used up: which, and when to try again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct UsedUp {
    pub(crate) text: String,
    /// Zero if that depends on others.
    pub(crate) wait: Duration,
}

impl Callers {
    pub(crate) fn new() -> Callers {
        Callers { start: Instant::now(), table: Mutex::new(Table::new()) }
    }

    pub(crate) fn connection(
        self: &Arc<Self>,
        ip: IpAddr,
        limits: &Limits,
    ) -> Result<Connection, UsedUp> {
        let place = place(ip);
        let (now, mut table) = self.look();
        let caller = table.caller(place, now, limits);
        if caller.connections >= limits.connections_per_address {
            return Err(UsedUp::count("connections-per-address", limits.connections_per_address));
        }
        caller.connections += 1;
        Ok(Connection(Arc::clone(self), place))
    }

    /// A WebSocket. It costs what opening a socket costs, so that nobody gets around that.
    pub(crate) fn session(self: &Arc<Self>, ip: IpAddr, limits: &Limits) -> Result<Guest, UsedUp> {
        let place = place(ip);
        let (now, mut table) = self.look();
        let caller = table.caller(place, now, limits);
        if caller.sessions >= limits.sessions_per_address {
            return Err(UsedUp::count("sessions-per-address", limits.sessions_per_address));
        }
        table.open(place, now, limits)?;
        table.caller(place, now, limits).sessions += 1;
        Ok(Guest { callers: Arc::clone(self), place, sockets: 0 })
    }

    /// A WebSocket of a room. Twice as many as may be viewers: the others are told why they are not.
    pub(crate) fn room_seat(
        self: &Arc<Self>,
        ip: IpAddr,
        limits: &Limits,
    ) -> Result<RoomSeat, UsedUp> {
        let place = place(ip);
        let (now, mut table) = self.look();
        let caller = table.caller(place, now, limits);
        let most = limits.rooms.viewers_per_address;
        if caller.in_rooms >= 2 * most + limits.rooms.rooms {
            return Err(UsedUp::count("viewers-per-address", most));
        }
        caller.in_rooms += 1;
        Ok(RoomSeat { callers: Arc::clone(self), place, looks_on: false })
    }

    /// May this address say the code of a room? Not for a while, after too many wrong ones.
    pub(crate) fn may_guess(&self, ip: IpAddr, limits: &Limits) -> Result<(), UsedUp> {
        let (now, mut table) = self.look();
        let rate = limits.rooms.wrong_codes;
        let wait = table.caller(place(ip), now, limits).wrong_codes.wait(now, rate);
        if wait.is_zero() { Ok(()) } else { Err(UsedUp::rate("wrong-codes", rate, wait)) }
    }

    pub(crate) fn was_no_code(&self, ip: IpAddr, limits: &Limits) {
        let (now, mut table) = self.look();
        let rate = limits.rooms.wrong_codes;
        table.caller(place(ip), now, limits).wrong_codes.reserve(now, 1, rate);
    }

    /// May this address say a token? Not for a while, after too many wrong ones.
    pub(crate) fn may_try(&self, ip: IpAddr, limits: &Limits) -> Result<(), UsedUp> {
        let (now, mut table) = self.look();
        let rate = limits.wrong_tokens;
        let wait = table.caller(place(ip), now, limits).wrong.wait(now, rate);
        if wait.is_zero() { Ok(()) } else { Err(UsedUp::rate("wrong-tokens", rate, wait)) }
    }

    pub(crate) fn was_wrong(&self, ip: IpAddr, limits: &Limits) {
        let (now, mut table) = self.look();
        table.caller(place(ip), now, limits).wrong.reserve(now, 1, limits.wrong_tokens);
    }

    fn look(&self) -> (Duration, MutexGuard<'_, Table>) {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        (self.start.elapsed(), table)
    }
}

impl Guest {
    /// One more socket, while the WebSocket has so many.
    pub(crate) fn open(&mut self, sockets: usize, limits: &Limits) -> Result<(), Reset> {
        self.count(sockets);
        let (now, mut table) = self.callers.look();
        let here = table.caller(self.place, now, limits).sockets;
        let counts = [
            ("sockets-per-address", here, limits.sockets_per_address),
            ("sockets", table.sockets, limits.sockets),
        ];
        for (name, count, most) in counts {
            if count >= most {
                let UsedUp { text, .. } = UsedUp::count(name, most);
                return Err(Reset { text, ..Reset::new(Reason::TOO_MANY_SOCKETS, Phase::Policy) });
            }
        }
        table.open(self.place, now, limits).map_err(|UsedUp { text, .. }| Reset {
            text,
            ..Reset::new(Reason::TOO_FAST, Phase::Policy)
        })
    }

    /// The WebSocket has so many sockets now.
    pub(crate) fn count(&mut self, sockets: usize) {
        if sockets != self.sockets {
            let (_, mut table) = self.callers.look();
            table.sockets = table.sockets - self.sockets + sockets;
            if let Some(caller) = table.callers.get_mut(&self.place) {
                caller.sockets = caller.sockets - self.sockets + sockets;
            }
            self.sockets = sockets;
        }
    }

    /// So many octets are to be carried; tells after which time that may be.
    pub(crate) fn reserve(&self, octets: u64, limits: &Limits) -> Duration {
        let (now, mut table) = self.callers.look();
        let of_all = table.bytes.reserve(now, octets, limits.bytes_in_all);
        let caller = table.caller(self.place, now, limits);
        caller.bytes.reserve(now, octets, limits.bytes).max(of_all)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let (_, mut table) = self.0.look();
        if let Some(caller) = table.callers.get_mut(&self.1) {
            caller.connections -= 1;
        }
    }
}

impl RoomSeat {
    /// It is a viewer's, if there are not so many of this address.
    pub(crate) fn look_on(&mut self, most: usize) -> Result<(), UsedUp> {
        let (_, mut table) = self.callers.look();
        let Some(caller) = table.callers.get_mut(&self.place) else { return Ok(()) };
        if caller.viewers >= most {
            return Err(UsedUp::count("viewers-per-address", most));
        }
        caller.viewers += 1;
        self.looks_on = true;
        Ok(())
    }
}

impl Drop for RoomSeat {
    fn drop(&mut self) {
        let (_, mut table) = self.callers.look();
        if let Some(caller) = table.callers.get_mut(&self.place) {
            caller.in_rooms -= 1;
            caller.viewers -= usize::from(self.looks_on);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.count(0);
        let (_, mut table) = self.callers.look();
        if let Some(caller) = table.callers.get_mut(&self.place) {
            caller.sessions -= 1;
        }
    }
}

impl UsedUp {
    pub(crate) fn count(name: &str, most: usize) -> UsedUp {
        let text = format!(
            "The relay's limit `{name}` is reached: {most}. Close what is not needed, or try again later."
        );
        UsedUp { text, wait: Duration::ZERO }
    }

    fn rate(name: &str, rate: Rate, wait: Duration) -> UsedUp {
        // Rounded up, so that whoever waits so long has waited long enough.
        let tenths = wait.as_millis() / 100 + 1;
        let text = format!(
            "The relay's limit `{name}` is used up: {rate}. Try again in {}.{} s.",
            tenths / 10,
            tenths % 10
        );
        UsedUp { text, wait }
    }
}

impl fmt::Display for UsedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

struct Table {
    callers: HashMap<IpAddr, Caller>,
    /// Of all of them.
    opens: Bucket,
    bytes: Bucket,
    sockets: usize,
}

struct Caller {
    connections: usize,
    sessions: usize,
    sockets: usize,
    in_rooms: usize,
    /// Of them.
    viewers: usize,
    opens: Bucket,
    bytes: Bucket,
    wrong: Bucket,
    wrong_codes: Bucket,
    seen: Duration,
}

impl Table {
    fn new() -> Table {
        Table { callers: HashMap::new(), opens: Bucket::FULL, bytes: Bucket::FULL, sockets: 0 }
    }

    fn caller(&mut self, place: IpAddr, now: Duration, limits: &Limits) -> &mut Caller {
        let here = [limits.connections, limits.sessions, 2 * limits.rooms.viewers_in_all];
        let most = here.into_iter().fold(REMEMBERED, usize::saturating_add);
        if self.callers.len() >= most && !self.callers.contains_key(&place) {
            self.forget(now, limits);
        }
        let caller = self.callers.entry(place).or_insert(Caller {
            connections: 0,
            sessions: 0,
            sockets: 0,
            in_rooms: 0,
            viewers: 0,
            opens: Bucket::FULL,
            bytes: Bucket::FULL,
            wrong: Bucket::FULL,
            wrong_codes: Bucket::FULL,
            seen: now,
        });
        caller.seen = now;
        caller
    }

    /// First who would be new again anyway; if they are few, also those not seen for the longest
    /// time. Whoever is here stays, and they are no more than there may be.
    fn forget(&mut self, now: Duration, limits: &Limits) {
        let before = self.callers.len();
        self.callers.retain(|_, caller| caller.is_here() || !caller.is_as_new(now, limits));
        if self.callers.len() > before - REMEMBERED / 4 {
            let gone = self.callers.values().filter(|caller| !caller.is_here());
            let mut seen: Vec<_> = gone.map(|caller| caller.seen).collect();
            let middle = seen.len() / 2;
            if !seen.is_empty() {
                let (_, &mut middle, _) = seen.select_nth_unstable(middle);
                self.callers.retain(|_, caller| caller.is_here() || caller.seen > middle);
            }
        }
    }

    /// One open of this address: only if both buckets have it, and then of both.
    fn open(&mut self, place: IpAddr, now: Duration, limits: &Limits) -> Result<(), UsedUp> {
        let wait = self.opens.wait(now, limits.opens_in_all);
        if !wait.is_zero() {
            return Err(UsedUp::rate("opens-in-all", limits.opens_in_all, wait));
        }
        let caller = self.caller(place, now, limits);
        let taken = caller.opens.take(now, limits.opens);
        taken.map_err(|wait| UsedUp::rate("opens", limits.opens, wait))?;
        self.opens.reserve(now, 1, limits.opens_in_all);
        Ok(())
    }
}

impl Caller {
    fn is_here(&self) -> bool {
        self.connections + self.sessions + self.sockets + self.in_rooms > 0
    }

    fn is_as_new(&self, now: Duration, limits: &Limits) -> bool {
        self.opens.is_full(now, limits.opens)
            && self.bytes.is_full(now, limits.bytes)
            && self.wrong.is_full(now, limits.wrong_tokens)
            && self.wrong_codes.is_full(now, limits.rooms.wrong_codes)
    }
}

/// What counts as one address.
fn place(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        ip => ip,
    }
}

#[cfg(test)]
mod tests;
