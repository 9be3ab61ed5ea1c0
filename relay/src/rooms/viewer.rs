//! A viewer's WebSocket: each has its own place among the batches of the room.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use shared::room::{
    Code, FromRelay, Handle, MAX_MESSAGE, MAX_NAME, MAX_TYPED, Refusal, Seen, ToRelay, Up,
};
use tokio::time::Instant;

use super::hub::Refused;
use super::room::{Next, Place, Room};
use super::socket::{End, Event, MAX_SHORT, Socket};
use super::{Counted, Rooms, Visitor, decode};
use crate::bucket::Bucket;
use crate::house::House;
use crate::metrics;

pub(super) async fn run(
    socket: &mut Socket,
    (code, number, seen): (Code, [u8; 16], Option<Seen>),
    visitor: &mut Visitor,
    house: &Arc<House>,
) -> End {
    let mut viewer = match Viewer::enter((code, number, seen), visitor, house).await {
        Ok(viewer) => viewer,
        Err(refused) => {
            tracing::info!(page = %visitor.peer, room = %code, why = refused.text, "not let into a room");
            return End::Refused(refused);
        }
    };
    let end = viewer.look_on(socket, house).await;
    tracing::info!(
        page = %visitor.peer,
        room = %code,
        ms = viewer.start.elapsed().as_millis() as u64,
        batches = viewer.batches,
        snapshots = viewer.snapshots,
        said = viewer.said,
        why = end.text(),
        "viewer left"
    );
    end
}

struct Viewer {
    room: Arc<Room>,
    handle: Handle,
    place: Place,
    /// What it says.
    bucket: Bucket,
    start: Instant,
    batches: u64,
    snapshots: u64,
    said: u64,
    _in_all: Counted,
    _metric: metrics::Counted,
}

impl Viewer {
    async fn enter(
        (code, number, seen): (Code, [u8; 16], Option<Seen>),
        visitor: &mut Visitor,
        house: &Arc<House>,
    ) -> Result<Viewer, Refused> {
        let (rooms, limits) = (&house.rooms, house.limits());
        let too_fast = |used_up| Refused::new(Refusal::TooFast, format!("{used_up}"));
        house.callers.may_guess(visitor.peer.ip(), &limits).map_err(too_fast)?;
        let found = rooms.find(code).await;
        if found.as_ref().is_err_and(|refused| refused.why == Refusal::NoRoom) {
            house.callers.was_no_code(visitor.peer.ip(), &limits);
        }
        let room = found?;
        let in_all = seat(rooms, visitor)?;
        let handle = handle(number);
        let most = limits.rooms.viewers;
        let is_let_in = room.stir(|audience| {
            let is_let_in = audience.is_here(handle) || audience.here() < most;
            if is_let_in {
                audience.enter(handle);
            }
            is_let_in
        });
        if !is_let_in {
            return Err(too_many("viewers", most));
        }
        Ok(Viewer {
            place: room.place(seen),
            room,
            handle,
            bucket: Bucket::FULL,
            start: Instant::now(),
            batches: 0,
            snapshots: 0,
            said: 0,
            _in_all: in_all,
            _metric: rooms.metrics.room_viewer(),
        })
    }

    async fn look_on(&mut self, socket: &mut Socket, house: &House) -> End {
        let mut news = self.room.news();
        let mut draining = pin!(house.draining());
        socket.say(&FromRelay::Joined(self.handle));
        loop {
            if !socket.is_busy()
                && let Some(end) = self.go_on(socket)
            {
                return end;
            }
            let event = tokio::select! {
                biased;
                _ = &mut draining => return End::stopping(),
                event = poll_fn(|cx| socket.poll(cx)) => event,
                // The sender is in the room.
                _ = news.changed(), if !socket.is_busy() => continue,
            };
            let heard = match event {
                Event::Written => continue,
                Event::Message(octets) => decode(&octets),
                Event::End(end) => return end,
            };
            if let Err(end) = heard.and_then(|message| self.hear(message, house)) {
                return end;
            }
            let is_asked = self.room.lets(self.handle, &Up::Declined);
            socket.allow(if is_asked { MAX_MESSAGE } else { MAX_SHORT });
        }
    }

    /// Puts what comes next into the socket, which has nothing to do.
    fn go_on(&mut self, socket: &mut Socket) -> Option<End> {
        let is_first = self.batches + self.snapshots == 0;
        match self.room.next(&mut self.place) {
            Next::Frames(frames) => {
                self.batches += frames.len() as u64;
                frames.into_iter().for_each(|frame| socket.queue(frame));
            }
            Next::Snapshot(whole) => {
                self.snapshots += 1;
                if !is_first {
                    self.room.count_resync();
                }
                socket.queue(whole);
            }
            Next::Nothing => {}
            Next::Over(why) => return Some(End::Over(why)),
            Next::Lost(refused) => return Some(End::Refused(refused)),
        }
        None
    }

    fn hear(&mut self, message: ToRelay, house: &House) -> Result<(), End> {
        let rate = house.limits().rooms.says;
        if let Err(wait) = self.bucket.take(self.start.elapsed(), rate) {
            let text = format!("A viewer says no more than {rate}; try again in {wait:.1?}.");
            return Err(End::refused(Refusal::TooFast, text));
        }
        match message {
            ToRelay::Again => self.place = Place::START,
            ToRelay::Up(up) => {
                let up = fit(up)?;
                if self.room.lets(self.handle, &up) {
                    self.said += 1;
                    self.room.stir(|audience| audience.say(self.handle, up));
                }
            }
            ToRelay::Present { .. } | ToRelay::Say(_) | ToRelay::Close | ToRelay::Join { .. } => {
                return Err(End::broken(
                    "A viewer only looks on, and says things to the presenter.",
                ));
            }
        }
        Ok(())
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.room.stir(|audience| audience.leave(self.handle));
    }
}

fn seat(rooms: &Rooms, visitor: &mut Visitor) -> Result<Counted, Refused> {
    let settings = rooms.settings();
    let of_address = visitor.seat.of_address.look_on(settings.viewers_per_address);
    of_address.map_err(|used_up| Refused::new(Refusal::TooManyViewers, used_up.to_string()))?;
    let most = settings.viewers_in_all;
    Counted::within(&rooms.viewers, most).ok_or_else(|| too_many("viewers-in-all", most))
}

fn too_many(name: &str, most: usize) -> Refused {
    let text = format!("The relay's limit `{name}` is reached: {most}. Try again later.");
    Refused::new(Refusal::TooManyViewers, text)
}

/// How a viewer is known to others. Nobody gets from there to the number.
fn handle(number: [u8; 16]) -> Handle {
    let digest = Sha256::digest(number);
    Handle(digest.iter().take(8).fold(0, |handle, octet| handle << 8 | u64::from(*octet)))
}

fn fit(up: Up) -> Result<Up, End> {
    Ok(match up {
        Up::Name(name) => Up::Name(cut(&name)),
        Up::Progress { protocol, state, steps, done } => {
            Up::Progress { protocol: cut(&protocol), state: cut(&state), steps, done }
        }
        Up::Type(line) if line.len() > MAX_TYPED => {
            let text = format!("A line has {MAX_TYPED} octets at most; {} came.", line.len());
            return Err(End::broken(text));
        }
        Up::Gone => return Err(End::broken("Only relays say that a viewer is gone.")),
        up @ (Up::Vote { .. } | Up::Type(_) | Up::Try(_) | Up::Declined) => up,
    })
}

/// For a list of people: one line, and not too long.
fn cut(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    text[..text.floor_char_boundary(MAX_NAME)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_the_beginning_of_a_digest() {
        // printf '\0%.0s' {1..16} | sha256sum
        assert_eq!(handle([0; 16]), Handle(0x374708fff7719dd5));
        assert_ne!(handle([1; 16]), handle([2; 16]));
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(cut("A\nda\u{7}"), "Ada");
        assert_eq!(cut(&"ü".repeat(99)), "ü".repeat(MAX_NAME / 2));
        assert!(fit(Up::Type("x".repeat(MAX_TYPED))).is_ok());
        assert!(fit(Up::Type("x".repeat(MAX_TYPED + 1))).is_err());
        assert!(fit(Up::Gone).is_err());
    }
}
