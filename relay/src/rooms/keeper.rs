//! What goes on in a room at this relay while it is there, whoever comes and goes: batches come from the
//! hub, time passes, and relays tell each other who looks on and what they say.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use hyper::body::Bytes;
use shared::room::Item;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::audience::{BEAT, GONE};
use super::batch::{Batch, Word};
use super::hub::{Feed, Hub, News, NotAppended, Refused};
use super::room::{Broken, Room};
use crate::house::Terms;

/// What viewers say within this time is told to the other relays at once.
const GATHER: Duration = Duration::from_millis(50);

/// Octets of it in one message; NATS takes 1 MiB.
const WORD: usize = 128 * 1024;

/// After the hub did not take what time demands.
const AGAIN: Duration = Duration::from_secs(1);

/// The longest that it takes for one batch.
const ANSWER: Duration = Duration::from_secs(4);

/// For a hub that does not take what is not important.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Keeper {
    pub(super) room: Arc<Room>,
    pub(super) hub: Arc<dyn Hub>,
    pub(super) terms: watch::Receiver<Terms>,
    /// Among the relays that have this room.
    pub(super) relay: u64,
    /// Viewers that the other relays know of.
    told: usize,
    /// When a presenter was there for sure, if the room says that there is one.
    presented: Instant,
    /// Not before this is the room ended for its age.
    patient_until: Instant,
    /// A batch that others have and this relay has not, since when.
    missing: Option<(u64, Instant)>,
}

impl Keeper {
    pub(super) fn new(
        room: &Arc<Room>,
        hub: &Arc<dyn Hub>,
        terms: watch::Receiver<Terms>,
        relay: u64,
    ) -> Keeper {
        let now = Instant::now();
        Keeper {
            room: Arc::clone(room),
            hub: Arc::clone(hub),
            terms,
            relay,
            told: 0,
            presented: now,
            patient_until: now,
            missing: None,
        }
    }

    /// Until the room is over, the hub is lost, or the relay is.
    pub(super) async fn keep(mut self, mut feed: Feed, mut alive: watch::Receiver<()>) {
        let mut stirs = self.room.stirs();
        let mut beat = Instant::now() + BEAT;
        let mut tell = None;
        while self.room.end().is_none() {
            let settings = self.terms.borrow().limits.rooms.clone();
            let (deadline, why) = self.room.deadline(&settings);
            let deadline = deadline.max(self.patient_until);
            tokio::select! {
                biased;
                // Nothing is ever sent: the rooms of this relay are gone.
                _ = alive.changed() => return,
                news = feed.news.next() => self.take(news),
                () = sleep_until(deadline) => {
                    tracing::info!(room = %self.room.code, why, "room ended");
                    self.put(Item::Over(why)).await;
                    self.patient_until = Instant::now() + AGAIN;
                }
                () = sleep_until(beat) => {
                    beat = Instant::now() + BEAT;
                    self.look().await;
                    self.tell().await;
                }
                _ = stirs.changed(), if tell.is_none() => {
                    tell = Some(Instant::now() + GATHER);
                }
                () = sleep_until(tell.unwrap_or(beat)), if tell.is_some() => {
                    tell = None;
                    if self.has_news() {
                        self.tell().await;
                    }
                }
            }
        }
    }

    fn take(&mut self, news: Option<News>) {
        match news {
            Some(News::Batch { number, at, octets }) => {
                let at = instant(at);
                if let Err(Broken(what)) = self.room.apply(number, at, &octets) {
                    self.room.lose(Refused::lost(&what));
                }
            }
            Some(News::Word(octets)) => self.hear(&octets),
            None => self.room.lose(Refused::lost("the connection broke")),
        }
    }

    fn hear(&mut self, octets: &Bytes) {
        let word = Word::decode(octets).filter(|word| word.relay != self.relay);
        let Some(word) = word else { return };
        let now = Instant::now();
        self.lacks(word.last, now);
        match self.room.is_presented_here() {
            true => self.room.stir(|audience| audience.hear(word, true, now)),
            false => self.room.audience(|audience| audience.hear(word, false, now)),
        }
    }

    /// Somebody else has this batch. If it does not come here, the hub has lost sight of this relay.
    fn lacks(&mut self, batch: u64, now: Instant) {
        let last = self.room.last();
        self.missing = self.missing.filter(|(missing, _)| last < *missing);
        match self.missing {
            Some((_, since)) if now >= since + GONE => {
                self.room.lose(Refused::lost("it does not deliver what others get"));
            }
            None if last < batch => self.missing = Some((batch, now)),
            Some(_) | None => {}
        }
    }

    /// At other relays: which are gone, and the presenter with one of them?
    async fn look(&mut self) {
        let now = Instant::now();
        let here = self.room.is_presented_here();
        let (gone, heard) =
            self.room.audience(|audience| (audience.look(now), audience.presenter_heard()));
        if gone && here {
            self.room.stir(|_| ());
        }
        if here || !self.room.is_presented() {
            self.presented = now;
        }
        self.presented = self.presented.max(heard.unwrap_or(self.presented));
        if now >= self.presented + GONE {
            tracing::warn!(room = %self.room.code, "the relay of the presenter is gone");
            self.put(Item::Presenter(false)).await;
            self.presented = now;
        }
    }

    fn has_news(&self) -> bool {
        !self.room.is_presented_here()
            && self.room.audience(|audience| audience.has_said() || audience.here() != self.told)
    }

    async fn tell(&mut self) {
        let presents = self.room.is_presented_here();
        loop {
            let (viewers, said, more) = self.room.audience(|audience| {
                // What is said at the presenter's own relay goes to the presenter.
                let said = if presents { Vec::new() } else { audience.take_said(WORD) };
                (audience.here(), said, !presents && audience.has_said())
            });
            self.told = viewers;
            let viewers = u32::try_from(viewers).unwrap_or(u32::MAX);
            let last = self.room.last();
            let word = Word { relay: self.relay, last, presents, viewers, said };
            let told = timeout(PATIENCE, self.hub.tell(self.room.code, word.encode())).await;
            if !more || told.is_err() {
                return;
            }
        }
    }

    /// Says what no presenter says. The batch comes with the next news.
    async fn put(&mut self, item: Item) {
        let batch = Batch::encode(None, vec![item]);
        let behind = self.room.last();
        let appended = self.hub.append(self.room.code, behind, batch);
        match timeout(ANSWER, appended).await {
            Ok(Ok(_)) => {}
            // Another came first; there is a next time.
            Ok(Err(NotAppended::Behind)) => self.lacks(behind + 1, Instant::now()),
            Ok(Err(NotAppended::Lost(what))) => self.room.lose(Refused::lost(&what)),
            Err(_) => self.room.lose(Refused::lost("it does not answer")),
        }
    }
}

/// A moment of the hub's clock on ours.
pub(super) fn instant(at: SystemTime) -> Instant {
    let now = Instant::now();
    // None is before this machine was started, on some systems.
    now.checked_sub(at.elapsed().unwrap_or_default()).unwrap_or(now)
}
