//! The presenter's WebSocket: what it says becomes the room's batches, and it hears its viewers.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use shared::room::{Code, FromRelay, Item, MAX_MESSAGE, Refusal, ToRelay};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::hub::{Refused, Secret};
use super::origins::origins;
use super::room::Room;
use super::socket::{End, Event, Socket};
use super::{Visitor, decode};
use crate::bucket::{Bucket, Rate};
use crate::house::House;

/// What viewers say within this time is one message.
const GATHER: Duration = Duration::from_millis(50);

/// So often the number of viewers is told, at most.
const COUNT: Duration = Duration::from_millis(250);

/// Octets in one message of what viewers say.
const HEARD: usize = 128 * 1024;

/// More is no teaching; whoever says more is read more slowly.
const BATCHES: Rate = Rate::new(50, 1000);
const OCTETS: Rate = Rate::new(1 << 20, 32 << 20);

const CLOSED: &str = "The presenter has closed the room.";

pub(super) async fn run(
    socket: &mut Socket,
    (code, secret): (Code, Secret),
    visitor: &Visitor,
    house: &Arc<House>,
) -> End {
    if let Err(text) = visitor.may_present {
        return End::refused(Refusal::Token, text);
    }
    let mut presenter = match Presenter::begin(code, &secret, house).await {
        Ok(presenter) => presenter,
        Err(refused) => {
            tracing::info!(page = %visitor.peer, room = %code, why = refused.text, "room not opened");
            return End::Refused(refused);
        }
    };
    tracing::info!(page = %visitor.peer, room = %code, "room presented");
    socket.allow(MAX_MESSAGE);
    let addresses = origins(&house.gate, visitor.origin.as_deref());
    socket.say(&FromRelay::Presenting { addresses });
    let end = presenter.present(socket, house).await;
    presenter.room.step_down(presenter.lease).await;
    tracing::info!(
        page = %visitor.peer,
        room = %code,
        ms = presenter.start.elapsed().as_millis() as u64,
        batches = presenter.batches,
        octets = presenter.octets,
        heard = presenter.heard,
        why = end.text(),
        "presenter left"
    );
    end
}

struct Presenter {
    room: Arc<Room>,
    lease: u64,
    start: Instant,
    /// When what viewers say, and how many they are, was last told.
    told: Instant,
    counted: Instant,
    viewers: Option<u32>,
    of_batches: Bucket,
    of_octets: Bucket,
    batches: u64,
    octets: u64,
    heard: u64,
}

impl Presenter {
    async fn begin(code: Code, secret: &Secret, house: &Arc<House>) -> Result<Presenter, Refused> {
        let room = house.rooms.open(code, secret).await?;
        let lease = room.take().await?;
        let start = Instant::now();
        Ok(Presenter {
            room,
            lease,
            start,
            told: start,
            counted: start,
            viewers: None,
            of_batches: Bucket::FULL,
            of_octets: Bucket::FULL,
            batches: 0,
            octets: 0,
            heard: 0,
        })
    }

    async fn present(&mut self, socket: &mut Socket, house: &House) -> End {
        let (mut news, mut stirs) = (self.room.news(), self.room.stirs());
        let mut draining = pin!(house.draining());
        loop {
            if let Some(end) = self.look() {
                return end;
            }
            let due = if socket.is_busy() { None } else { self.tell(socket) };
            let event = tokio::select! {
                biased;
                _ = &mut draining => return End::stopping(),
                event = poll_fn(|cx| socket.poll(cx)) => event,
                _ = changed(&mut news) => continue,
                _ = changed(&mut stirs), if due.is_none() && !socket.is_busy() => continue,
                () = sleep_until(due.unwrap_or(self.start)), if due.is_some() => continue,
            };
            let octets = match event {
                Event::Written => continue,
                Event::Message(octets) => octets,
                Event::End(end) => return end,
            };
            if let Err(end) = self.hear(&octets).await {
                return end;
            }
        }
    }

    /// Whether somebody else presents, or the room is over.
    fn look(&self) -> Option<End> {
        if let Some(Refused { why, text }) = self.room.end() {
            // It was not this presenter who closed it.
            let why = if why == Refusal::Closed { Refusal::TooOld } else { why };
            return Some(End::refused(why, text));
        }
        let text = "Somebody else presents this room now, with its secret.";
        let is_over = !self.room.is_presented_by(self.lease);
        is_over.then(|| End::refused(Refusal::Elsewhere, text))
    }

    /// Tells what there is to tell; if it is not time yet, when it will be.
    fn tell(&mut self, socket: &mut Socket) -> Option<Instant> {
        let now = Instant::now();
        let mut due = None;
        let (viewers, has_said) =
            self.room.audience(|audience| (audience.all(), audience.has_said()));
        if self.viewers != Some(viewers) {
            let at = self.counted + COUNT;
            if self.viewers.is_none() || now >= at {
                socket.say(&FromRelay::Viewers(viewers));
                (self.viewers, self.counted) = (Some(viewers), now);
            } else {
                due = Some(at);
            }
        }
        if has_said {
            let at = self.told + GATHER;
            if now >= at {
                let heard = self.room.audience(|audience| audience.take_said(HEARD));
                self.heard += heard.len() as u64;
                self.told = now;
                socket.say(&FromRelay::Heard(heard));
            } else {
                due = Some(due.map_or(at, |due| due.min(at)));
            }
        }
        due
    }

    async fn hear(&mut self, octets: &[u8]) -> Result<(), End> {
        match decode(octets)? {
            ToRelay::Say(items) => {
                let closes = matches!(items.last(), Some(Item::Over(_)));
                self.room.say(self.lease, &items).await.map_err(End::Refused)?;
                if closes {
                    return Err(End::refused(Refusal::Closed, CLOSED));
                }
                self.batches += 1;
                self.octets += octets.len() as u64;
                self.room.compact(self.lease).await.map_err(End::Refused)?;
                self.rest(octets.len()).await;
                Ok(())
            }
            ToRelay::Close => {
                let over = [Item::Over(CLOSED.to_owned())];
                self.room.say(self.lease, &over).await.map_err(End::Refused)?;
                Err(End::refused(Refusal::Closed, CLOSED))
            }
            ToRelay::Present { .. } | ToRelay::Join { .. } | ToRelay::Again | ToRelay::Up(_) => {
                Err(End::broken("A presenter says batches, and closes the room."))
            }
        }
    }

    async fn rest(&mut self, octets: usize) {
        let now = self.start.elapsed();
        let wait = self.of_batches.reserve(now, 1, BATCHES);
        let wait = wait.max(self.of_octets.reserve(now, octets as u64, OCTETS));
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }
}

/// The sender is in the room, which is there.
async fn changed(news: &mut watch::Receiver<()>) {
    let _ = news.changed().await;
}
