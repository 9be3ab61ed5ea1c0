//! Rooms in the memory of this relay alone. What a room shows is in [`super::room::Room`]; here is only
//! who opened it, and the order.

use std::collections::HashMap;
use std::future::ready;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use futures_util::stream::poll_fn;
use hyper::body::Bytes;
use shared::room::Code;
use tokio::sync::mpsc;

use super::hub::{Feed, Hub, News, NotAppended, Proof, Refused, Secret, Task};

#[derive(Default)]
pub(crate) struct Memory {
    rooms: Mutex<HashMap<Code, Kept>>,
}

struct Kept {
    proof: Proof,
    born: u64,
    began: SystemTime,
    last: u64,
    /// The room takes each batch before its presenter may say another, so few wait.
    news: mpsc::UnboundedSender<News>,
    /// Until the room is followed, which happens once.
    feed: Option<mpsc::UnboundedReceiver<News>>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, HashMap<Code, Kept>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub for Memory {
    fn open<'a>(
        &'a self,
        code: Code,
        secret: &'a Secret,
        most: usize,
    ) -> Task<'a, Result<(), Refused>> {
        let mut rooms = self.lock();
        let opened = match rooms.get(&code) {
            Some(kept) if secret.proves(code, &kept.proof) => Ok(()),
            Some(_) => Err(Refused::taken()),
            None if rooms.len() >= most => Err(Refused::too_many(most)),
            None => {
                let (news, feed) = mpsc::unbounded_channel();
                let kept = Kept {
                    proof: secret.proof(code),
                    // By chance: another room may have had the code before.
                    born: RandomState::new().hash_one(code),
                    began: SystemTime::now(),
                    last: 0,
                    news,
                    feed: Some(feed),
                };
                rooms.insert(code, kept);
                Ok(())
            }
        };
        Box::pin(ready(opened))
    }

    fn follow(&self, code: Code) -> Task<'_, Result<Feed, Refused>> {
        let mut rooms = self.lock();
        let kept = rooms.get_mut(&code);
        let feed = kept.and_then(|kept| {
            let mut feed = kept.feed.take()?;
            let news = Box::pin(poll_fn(move |cx| feed.poll_recv(cx)));
            Some(Feed { born: kept.born, began: kept.began, last: kept.last, news })
        });
        Box::pin(ready(feed.ok_or_else(|| Refused::no_room(code))))
    }

    fn append(&self, code: Code, behind: u64, octets: Bytes) -> Task<'_, Result<u64, NotAppended>> {
        let mut rooms = self.lock();
        let appended = match rooms.get_mut(&code) {
            None => Err(NotAppended::Lost("the room is gone".to_owned())),
            Some(kept) if kept.last != behind => Err(NotAppended::Behind),
            Some(kept) => {
                kept.last += 1;
                let news = News::Batch { number: kept.last, at: SystemTime::now(), octets };
                let sent = kept.news.send(news);
                sent.map(|()| kept.last)
                    .map_err(|_| NotAppended::Lost("nobody keeps the room".to_owned()))
            }
        };
        Box::pin(ready(appended))
    }

    fn tell(&self, _: Code, _: Bytes) -> Task<'_, ()> {
        Box::pin(ready(()))
    }

    fn trim(&self, _: Code, _: u64) -> Task<'_, ()> {
        Box::pin(ready(()))
    }

    fn remove(&self, code: Code, born: u64) -> Task<'_, ()> {
        let mut rooms = self.lock();
        if rooms.get(&code).is_some_and(|kept| kept.born == born) {
            rooms.remove(&code);
        }
        Box::pin(ready(()))
    }

    fn stale(&self) -> Task<'_, Vec<Code>> {
        Box::pin(ready(Vec::new()))
    }

    fn shared(&self) -> Option<usize> {
        None
    }
}
