//! Rooms: one presents, many look on. What is said in them is in `shared::room`; here are the sockets
//! (`socket`, `presenter`, `viewer`), what each room shows at this relay (`room`, `ring`, `audience`,
//! kept by a `keeper`), and the `hub`, which has the batches in order: `memory` or `nats`, in the octets
//! of `batch`. `docs/rooms.md` says how a room lives.

mod audience;
mod batch;
mod hub;
mod keeper;
mod memory;
mod nats;
mod origins;
mod presenter;
mod ring;
mod room;
mod socket;
mod viewer;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::poll_fn;
use hyper::body::Bytes;
use shared::room::{Code, Refusal, ToRelay};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, watch};
use tokio::time::timeout;

use crate::callers::{RoomSeat, UsedUp};
use crate::config::{Limits, RoomSettings};
use crate::house::{House, Terms};
use crate::line::Line;
use crate::metrics::{Asked, Metrics};
use hub::{Hub, Refused, Secret};
use keeper::Keeper;
use memory::Memory;
use nats::Nats;
use room::Room;
use socket::{End, Event, Socket};

/// The longest that a room's batches take to come from the hub.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often one looks for rooms that no relay has.
const SWEEP: Duration = Duration::from_secs(60);

/// WebSockets that have not said yet what they want, or are being refused.
const IN_THE_DOOR: usize = 256;

/// All rooms of this relay.
pub(crate) struct Rooms {
    hub: Arc<dyn Hub>,
    open: Mutex<HashMap<Code, Arc<OnceCell<Arc<Room>>>>>,
    terms: watch::Receiver<Terms>,
    metrics: Arc<Metrics>,
    /// Rooms outlive the connection, and its thread, that opened them.
    runtime: Handle,
    relay: u64,
    viewers: Arc<AtomicUsize>,
    sockets: Arc<AtomicUsize>,
    /// Dropped with this; the keepers wait for it.
    alive: watch::Sender<()>,
}

/// Who is at the other end of a WebSocket.
pub(crate) struct Visitor {
    pub(crate) peer: SocketAddr,
    /// The error is what is missing.
    pub(crate) may_present: Result<(), &'static str>,
    /// Of the page, which may be how others get here.
    pub(crate) origin: Option<String>,
    pub(crate) seat: Seat,
}

/// A WebSocket that counts, in all and of its address.
pub(crate) struct Seat {
    of_address: RoomSeat,
    _in_all: Counted,
}

/// One of those that are counted here, until it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Rooms {
    pub(crate) async fn start(
        terms: watch::Receiver<Terms>,
        metrics: &Arc<Metrics>,
    ) -> std::io::Result<Arc<Rooms>> {
        let settings = terms.borrow().limits.rooms.clone();
        let hub: Arc<dyn Hub> = match settings.hub.clone() {
            Some(servers) => Arc::new(Nats::connect(&servers, settings).await?),
            None => Arc::new(Memory::default()),
        };
        let rooms = Arc::new(Rooms {
            hub,
            open: Mutex::default(),
            terms,
            metrics: Arc::clone(metrics),
            runtime: Handle::current(),
            relay: RandomState::new().hash_one(0),
            viewers: Arc::default(),
            sockets: Arc::default(),
            alive: watch::Sender::new(()),
        });
        if rooms.hub.shared().is_some() {
            tokio::spawn(sweep(Arc::downgrade(&rooms), rooms.alive.subscribe()));
        }
        Ok(rooms)
    }

    /// For a WebSocket that has not said yet what it is for.
    pub(crate) fn seat(&self, of_address: RoomSeat) -> Result<Seat, UsedUp> {
        let limits = self.limits();
        let most = limits.rooms.viewers_in_all + limits.rooms.rooms + IN_THE_DOOR;
        let in_all = Counted::within(&self.sockets, most);
        let in_all = in_all.ok_or_else(|| UsedUp::count("viewers-in-all", most))?;
        Ok(Seat { of_address, _in_all: in_all })
    }

    /// Opens a room, or finds the one that has this secret.
    async fn open(self: &Arc<Self>, code: Code, secret: &Secret) -> Result<Arc<Room>, Refused> {
        let most = self.settings().rooms;
        let opened = timeout(PATIENCE, self.hub.open(code, secret, most)).await;
        opened.unwrap_or_else(|_| Err(Refused::lost("it does not answer")))?;
        self.find(code).await
    }

    /// The room with this code, with all that it shows.
    async fn find(self: &Arc<Self>, code: Code) -> Result<Arc<Room>, Refused> {
        // One that is over, or lost, may have been followed by another.
        for _ in 0..2 {
            let cell = Arc::clone(self.lock().entry(code).or_default());
            match cell.get_or_try_init(|| self.load(code)).await {
                Ok(room) if room.end().is_none() => return Ok(Arc::clone(room)),
                Ok(_) => self.forget(code, &cell),
                Err(refused) => {
                    self.forget(code, &cell);
                    return Err(refused);
                }
            }
        }
        Err(Refused::no_room(code))
    }

    async fn load(self: &Arc<Self>, code: Code) -> Result<Arc<Room>, Refused> {
        let feed = timeout(PATIENCE, self.hub.follow(code)).await;
        let feed = feed.unwrap_or_else(|_| Err(Refused::lost("it does not answer")))?;
        let (last, began) = (feed.last, keeper::instant(feed.began));
        let room = Arc::new(Room::new((code, feed.born), began, &self.hub, &self.metrics));
        let keeper = Keeper::new(&room, &self.hub, self.terms.clone(), self.relay);
        let (rooms, alive) = (Arc::downgrade(self), self.alive.subscribe());
        let (kept, counted) = (Arc::clone(&room), self.metrics.room());
        self.runtime.spawn(async move {
            keeper.keep(feed, alive).await;
            drop(counted);
            let Some(rooms) = rooms.upgrade() else { return };
            rooms.forget_room(&kept);
            let is_over = kept.end().is_some_and(|end| end.why != Refusal::Hub);
            let hub = Arc::clone(&rooms.hub);
            // It may take a while, and is nothing that the relay's end waits for.
            drop(rooms);
            if is_over {
                hub.remove(code, kept.born).await;
            }
        });
        let mut news = room.news();
        let loaded = async {
            while room.last() < last && room.end().is_none() {
                let _ = news.changed().await;
            }
        };
        let in_time = timeout(PATIENCE, loaded).await.is_ok();
        match room.end() {
            None if in_time => Ok(room),
            None => {
                let refused = Refused::lost("its batches do not come");
                room.lose(refused.clone());
                Err(refused)
            }
            Some(end) if end.why == Refusal::Hub => Err(end),
            Some(_) => Err(Refused::no_room(code)),
        }
    }

    fn forget(&self, code: Code, cell: &Arc<OnceCell<Arc<Room>>>) {
        let mut open = self.lock();
        if open.get(&code).is_some_and(|other| Arc::ptr_eq(other, cell)) {
            open.remove(&code);
        }
    }

    fn forget_room(&self, room: &Arc<Room>) {
        let mut open = self.lock();
        let is_it = |cell: &Arc<OnceCell<Arc<Room>>>| {
            cell.get().is_some_and(|other| Arc::ptr_eq(other, room))
        };
        if open.get(&room.code).is_some_and(is_it) {
            open.remove(&room.code);
        }
    }

    fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.terms.borrow().limits)
    }

    fn settings(&self) -> RoomSettings {
        self.limits().rooms.clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Code, Arc<OnceCell<Arc<Room>>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rooms that no relay has any more would never end: whoever finds one has it.
async fn sweep(rooms: std::sync::Weak<Rooms>, mut alive: watch::Receiver<()>) {
    loop {
        tokio::select! {
            _ = alive.changed() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
        let Some(rooms) = rooms.upgrade() else { return };
        let stale = timeout(PATIENCE, rooms.hub.stale()).await.unwrap_or_default();
        for code in stale {
            let found = rooms.find(code).await.is_ok();
            tracing::info!(room = %code, found, "nobody has said anything in a room for long");
        }
    }
}

/// Serves one WebSocket of a room until it leaves, is refused, or the relay stops.
pub(crate) async fn serve(line: Line, read: Bytes, mut visitor: Visitor, house: &Arc<House>) {
    let mut socket = Socket::new(line, read, house.limits()).await;
    let end = match first(&mut socket, house).await {
        Ok(ToRelay::Present { code, secret }) => {
            presenter::run(&mut socket, (code, Secret::new(secret)), &visitor, house).await
        }
        Ok(ToRelay::Join { code, number, seen }) => {
            viewer::run(&mut socket, (code, number, seen), &mut visitor, house).await
        }
        Ok(_) => End::broken("The first message presents a room, or joins one."),
        Err(end) => end,
    };
    if let End::Refused(refused) = &end {
        house.metrics.refused_because(Asked::Room, label(refused.why));
    }
    socket.end(end).await;
}

async fn first(socket: &mut Socket, house: &House) -> Result<ToRelay, End> {
    let limit = house.limits().hello;
    let event = tokio::select! {
        biased;
        _ = house.draining() => return Err(End::stopping()),
        event = timeout(limit, poll_fn(|cx| socket.poll(cx))) => event,
    };
    match event {
        Err(_) => Err(End::refused(Refusal::TooFast, "The first message did not come in time.")),
        Ok(Event::Message(octets)) => decode(&octets),
        Ok(Event::End(end)) => Err(end),
        Ok(Event::Written) => Err(End::Left),
    }
}

fn decode(octets: &[u8]) -> Result<ToRelay, End> {
    ToRelay::decode(octets).ok_or_else(|| End::broken("This is no message of a room."))
}

/// For the metrics.
fn label(why: Refusal) -> &'static str {
    match why {
        Refusal::NoRoom => "NO_ROOM",
        Refusal::Taken => "TAKEN",
        Refusal::Elsewhere => "ELSEWHERE",
        Refusal::TooManyRooms => "TOO_MANY_ROOMS",
        Refusal::TooManyViewers => "TOO_MANY_VIEWERS",
        Refusal::TooFast => "TOO_FAST",
        Refusal::Broken => "BROKEN",
        Refusal::TooOld => "TOO_OLD",
        Refusal::Closed => "CLOSED",
        Refusal::Stopping => "STOPPING",
        Refusal::Hub => "HUB",
        Refusal::Token => "TOKEN",
    }
}

impl Counted {
    fn within(count: &Arc<AtomicUsize>, most: usize) -> Option<Counted> {
        let counted = count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < most).then_some(n + 1));
        counted.ok().map(|_| Counted(Arc::clone(count)))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
