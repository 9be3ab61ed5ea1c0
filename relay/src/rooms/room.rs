//! One room at this relay: what it shows, the frames of its last batches, and who is there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use shared::room::{Code, FromRelay, Handle, Item, Refusal, Seen, Shown, Up};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::audience::Audience;
use super::batch::Batch;
use super::hub::{Hub, NotAppended, Refused};
use super::ring::Ring;
use super::socket::frame;
use crate::config::RoomSettings;
use crate::metrics::Metrics;

/// The longest that a hub takes for a batch, and that this relay takes to see it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one viewer is given at once: its socket takes no more without waiting, mostly.
const BURST: usize = 16;

/// A snapshot of more octets is made less often.
const LARGE: usize = 256 * 1024;

pub(crate) struct Room {
    pub(crate) code: Code,
    pub(crate) born: u64,
    hub: Arc<dyn Hub>,
    metrics: Arc<Metrics>,
    state: Mutex<State>,
    /// There is another batch, or the room is over.
    news: watch::Sender<()>,
    /// Somebody has said something, come or gone.
    stirs: watch::Sender<()>,
}

pub(super) struct State {
    shown: Shown,
    /// The number of the last batch.
    last: u64,
    /// The batch that made the presenter one; 0 while there is none.
    lease: u64,
    /// The lease of a presenter at this relay.
    held: u64,
    ring: Ring,
    /// With the batch up to which it goes.
    snapshot: Option<(u64, Bytes)>,
    /// In the midst of a snapshot that this relay began with.
    reads_snapshot: bool,
    /// Octets of the batches that the hub keeps.
    kept: usize,
    began: Instant,
    alone_since: Option<Instant>,
    end: Option<Refused>,
    pub(super) audience: Audience,
}

/// How far a viewer has got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place(Option<u64>);

pub(crate) enum Next {
    Frames(Vec<Bytes>),
    /// Everything up to here, for one that has missed too much.
    Snapshot(Bytes),
    Nothing,
    /// The viewer has got the last batch of all.
    Over(String),
    Lost(Refused),
}

/// A hub gave what cannot be.
pub(crate) struct Broken(pub(crate) String);

impl Place {
    pub(crate) const START: Place = Place(None);
}

impl Room {
    pub(crate) fn new(
        (code, born): (Code, u64),
        began: Instant,
        hub: &Arc<dyn Hub>,
        metrics: &Arc<Metrics>,
    ) -> Room {
        let state = State {
            shown: Shown::default(),
            last: 0,
            lease: 0,
            held: 0,
            ring: Ring::default(),
            snapshot: None,
            reads_snapshot: false,
            kept: 0,
            began,
            alone_since: Some(began),
            end: None,
            audience: Audience::default(),
        };
        Room {
            code,
            born,
            hub: Arc::clone(hub),
            metrics: Arc::clone(metrics),
            state: Mutex::new(state),
            news: watch::Sender::new(()),
            stirs: watch::Sender::new(()),
        }
    }

    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    pub(crate) fn stirs(&self) -> watch::Receiver<()> {
        self.stirs.subscribe()
    }

    /// A look at the audience, or a change to it.
    pub(crate) fn audience<T>(&self, look: impl FnOnce(&mut Audience) -> T) -> T {
        look(&mut self.lock().audience)
    }

    /// As [`Room::audience`], and whoever waits for it is told.
    pub(crate) fn stir<T>(&self, change: impl FnOnce(&mut Audience) -> T) -> T {
        let done = self.audience(change);
        self.stirs.send_replace(());
        done
    }

    /// Whether this viewer may say it now. Whoever has just lost the keyboard may still be typing.
    pub(crate) fn lets(&self, who: Handle, up: &Up) -> bool {
        let state = self.lock();
        match up {
            Up::Type(_) => state.shown.keyboard == Some(who),
            Up::Try(_) | Up::Declined => state.shown.asked == Some(who),
            Up::Name(_) | Up::Vote { .. } | Up::Progress { .. } | Up::Gone => true,
        }
    }

    /// Where a viewer goes on that has seen so much.
    pub(crate) fn place(&self, seen: Option<Seen>) -> Place {
        // A batch that this relay does not know yet will come.
        Place(seen.filter(|seen| seen.born == self.born).map(|seen| seen.batch))
    }

    /// What comes next for a viewer.
    pub(crate) fn next(&self, place: &mut Place) -> Next {
        let mut state = self.lock();
        if let Some(end) = state.end.as_ref().filter(|end| end.why == Refusal::Hub) {
            return Next::Lost(end.clone());
        }
        match *place {
            Place(Some(at)) if at >= state.last => match &state.end {
                Some(end) => Next::Over(end.text.clone()),
                None => Next::Nothing,
            },
            Place(Some(at)) if state.ring.has(at + 1) => {
                let frames: Vec<Bytes> = state.ring.from(at + 1).take(BURST).cloned().collect();
                *place = Place(Some(at + frames.len() as u64));
                Next::Frames(frames)
            }
            _ => {
                let (at, whole) = state.whole(self.born);
                *place = Place(Some(at));
                Next::Snapshot(whole)
            }
        }
    }

    /// A batch from the hub.
    pub(crate) fn apply(&self, number: u64, at: Instant, octets: &[u8]) -> Result<(), Broken> {
        let Some(batch) = Batch::decode(octets) else {
            return Err(Broken(format!("batch {number} cannot be read")));
        };
        self.lock().apply(number, at, octets.len(), batch)?;
        self.metrics.room_batch();
        self.news.send_replace(());
        Ok(())
    }

    /// A viewer that was there has got a snapshot.
    pub(crate) fn count_resync(&self) {
        self.metrics.room_resync();
    }

    /// Nothing more will come from the hub.
    pub(crate) fn lose(&self, end: Refused) {
        self.lock().end.get_or_insert(end);
        self.news.send_replace(());
    }

    pub(crate) fn last(&self) -> u64 {
        self.lock().last
    }

    /// Why it is over, if it is.
    pub(crate) fn end(&self) -> Option<Refused> {
        self.lock().end.clone()
    }

    /// As its viewers are told.
    pub(crate) fn is_presented(&self) -> bool {
        self.lock().shown.presenter
    }

    /// By somebody at this relay.
    pub(crate) fn is_presented_here(&self) -> bool {
        let state = self.lock();
        state.held != 0 && state.held == state.lease
    }

    pub(crate) fn is_presented_by(&self, lease: u64) -> bool {
        self.lock().lease == lease
    }

    /// When it will be over if nothing happens, with the words for it.
    pub(crate) fn deadline(&self, settings: &RoomSettings) -> (Instant, String) {
        let RoomSettings { lifetime, alone, .. } = *settings;
        let state = self.lock();
        let end = state.began + lifetime;
        match state.alone_since.map(|since| since + alone).filter(|at| *at < end) {
            Some(at) => (at, format!("Nobody has presented for {alone:?}.")),
            None => (end, format!("A room lasts {lifetime:?} at most.")),
        }
    }

    /// Makes somebody the presenter, and gives the lease.
    pub(crate) async fn take(&self) -> Result<u64, Refused> {
        let lease = self.append(|_| Ok(()), &[Item::Presenter(true)]).await?;
        let mut state = self.lock();
        state.held = state.held.max(lease);
        Ok(lease)
    }

    /// The presenter says something.
    pub(crate) async fn say(&self, lease: u64, items: &[Item]) -> Result<(), Refused> {
        if items.iter().any(|item| matches!(item, Item::Presenter(_))) {
            let text = "Only relays say whether a presenter is there.";
            return Err(Refused::new(Refusal::Broken, text));
        }
        self.append(|state| state.may_present(lease), items).await.map(drop)
    }

    /// The presenter's page is away.
    pub(crate) async fn step_down(&self, lease: u64) {
        if !self.is_presented_by(lease) {
            return;
        }
        let left = self.append(|state| state.may_present(lease), &[Item::Presenter(false)]).await;
        if let Err(refused) = left {
            tracing::debug!(room = %self.code, why = refused.text, "could not say that the presenter left");
        }
    }

    /// Puts a snapshot into the place of the batches so far, if the hub has more than it should.
    pub(crate) async fn compact(&self, lease: u64) -> Result<(), Refused> {
        let (mut behind, parts) = {
            let state = self.lock();
            state.may_present(lease)?;
            if self.hub.shared().is_none_or(|most| state.kept < most) {
                return Ok(());
            }
            (state.last, Batch::parts(state.shown.items()))
        };
        let first = behind + 1;
        for part in parts {
            // Who comes between has taken the room over, and will make a snapshot.
            let Some(number) = self.put(behind, part).await? else { return Ok(()) };
            behind = number;
        }
        self.hub.trim(self.code, first).await;
        tracing::info!(room = %self.code, batch = behind, "snapshot kept");
        Ok(())
    }

    /// As soon as nobody else comes before; `may` is asked each time.
    async fn append(
        &self,
        may: impl Fn(&State) -> Result<(), Refused>,
        items: &[Item],
    ) -> Result<u64, Refused> {
        loop {
            let (behind, batch) = {
                let mut state = self.lock();
                if let Some(end) = &state.end {
                    return Err(end.clone());
                }
                may(&state)?;
                let fits = state.shown.check_all(items.to_vec());
                fits.map_err(|broken| Refused::new(Refusal::Broken, broken.to_string()))?;
                (state.last, Batch::encode(None, items.to_vec()))
            };
            if let Some(number) = self.put(behind, batch).await? {
                return Ok(number);
            }
        }
    }

    /// Returns when this relay has the batch; `None` if another came first, when it has that one.
    async fn put(&self, behind: u64, batch: Bytes) -> Result<Option<u64>, Refused> {
        let mut news = self.news();
        let appended = timeout(PATIENCE, self.hub.append(self.code, behind, batch)).await;
        let number = match appended {
            Ok(Ok(number)) => Some(number),
            Ok(Err(NotAppended::Behind)) => None,
            Ok(Err(NotAppended::Lost(what))) => return Err(Refused::lost(&what)),
            Err(_) => return Err(Refused::lost("it does not answer")),
        };
        let wanted = number.unwrap_or(behind + 1);
        let seen = async {
            loop {
                {
                    let state = self.lock();
                    if state.last >= wanted {
                        return Ok(number);
                    }
                    if let Some(end) = &state.end {
                        return Err(end.clone());
                    }
                }
                // The sender is in this room.
                let _ = news.changed().await;
            }
        };
        timeout(PATIENCE, seen).await.unwrap_or_else(|_| Err(Refused::lost("a batch is missing")))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn apply(
        &mut self,
        number: u64,
        at: Instant,
        octets: usize,
        Batch { part, items }: Batch,
    ) -> Result<(), Broken> {
        let is_first = self.last == 0;
        if is_first && part.is_some_and(|part| part.at == 0) {
            self.reads_snapshot = true;
        } else if is_first && number != 1 {
            return Err(Broken(format!("its batches begin with {number}")));
        } else if !is_first && number != self.last + 1 {
            return Err(Broken(format!("batch {number} came behind {}", self.last)));
        }
        // Of a snapshot, whoever has all that was before needs nothing. So it is for viewers, too.
        let (told, own) = match part {
            None => (items.clone(), items),
            Some(_) if self.reads_snapshot => (Vec::new(), items),
            Some(_) => (Vec::new(), Vec::new()),
        };
        self.reads_snapshot &= part.is_some_and(|part| part.at + 1 < part.of);
        let presents = told.iter().rev().find_map(|item| match item {
            Item::Presenter(here) => Some(*here),
            _ => None,
        });
        self.shown.apply_all(own).map_err(|broken| Broken(format!("batch {number}: {broken}")))?;
        self.ring.push(number, frame(&FromRelay::Batch { batch: number, items: told }.encode()));
        self.last = number;
        self.kept = if part.is_some_and(|part| part.at == 0) { octets } else { self.kept + octets };
        if part.is_some() {
            self.alone_since = (!self.shown.presenter).then_some(at);
        }
        match presents {
            Some(true) => {
                (self.lease, self.alone_since) = (number, None);
                self.audience.forget_said();
            }
            Some(false) => (self.lease, self.alone_since) = (0, Some(at)),
            None => {}
        }
        if let Some(why) = &self.shown.over {
            self.end = Some(Refused::new(Refusal::Closed, why.clone()));
        }
        Ok(())
    }

    /// All that is shown, as a frame. Of a large one an older does, if the batches behind it are there: so
    /// viewers that do not read hold few of them.
    fn whole(&mut self, born: u64) -> (u64, Bytes) {
        let last = self.last;
        let kept = self
            .snapshot
            .take()
            .filter(|(at, whole)| *at == last || (whole.len() > LARGE && self.ring.has(at + 1)));
        let whole = kept.unwrap_or_else(|| {
            let seen = Seen { born, batch: last };
            let items = self.shown.items().collect();
            (last, frame(&FromRelay::Whole { seen, items }.encode()))
        });
        self.snapshot = Some(whole.clone());
        whole
    }

    fn may_present(&self, lease: u64) -> Result<(), Refused> {
        if self.lease == lease {
            return Ok(());
        }
        Err(Refused::new(
            Refusal::Elsewhere,
            "Somebody else presents this room now, with its secret.",
        ))
    }
}
