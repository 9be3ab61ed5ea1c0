//! Rooms in NATS, for several relays: each room is a stream of JetStream, and a batch's number is its
//! sequence number there. That a batch is behind the one that its writer knows is checked by the server,
//! so two presenters never interleave.

use std::time::{Duration, SystemTime};

use async_nats::jetstream::consumer::push::{Ordered, OrderedConfig};
use async_nats::jetstream::context::{
    ContextBuilder, CreateStreamErrorKind, GetStreamErrorKind, PublishErrorKind,
};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, Stream};
use async_nats::jetstream::{Context, ErrorCode};
use async_nats::{Client, ConnectOptions, Event, Subscriber};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use hyper::body::Bytes;
use shared::room::{Code, Item};
use tokio::sync::watch;
use tokio::time::sleep;

use super::batch::Batch;
use super::hub::{Feed, Hub, News, NotAppended, Refused, Secret, Task};
use crate::config::{NatsLogin, NatsServers, RoomSettings};

/// Octets of batches after which a snapshot takes their place.
const FULL: usize = 12 * 1024 * 1024;

/// What a stream may hold: a snapshot, batches up to [`FULL`], and the next snapshot, each of which takes
/// up to 9 MiB; and what NATS adds to each.
const MAX_BYTES: i64 = 48 * 1024 * 1024;

/// How long a closed room is left, so that every relay gets its end.
const GRACE: Duration = Duration::from_secs(2);

/// A stream is older than its room may be, and still there.
const LEFT_OVER: Duration = Duration::from_secs(60 * 60);

const ANSWER: Duration = Duration::from_secs(4);
const PING: Duration = Duration::from_secs(5);

const STREAM: &str = "wirelab-room-";

pub(crate) struct Nats {
    client: Client,
    streams: Context,
    /// The connection broke.
    lost: watch::Sender<()>,
    settings: RoomSettings,
}

impl Nats {
    /// Goes on trying if there is no server yet; the error is that the address is none.
    pub(crate) async fn connect(
        servers: &NatsServers,
        settings: RoomSettings,
    ) -> std::io::Result<Nats> {
        let lost = watch::Sender::new(());
        let of_events = lost.clone();
        let told = move |event| {
            let lost = of_events.clone();
            async move {
                match event {
                    Event::Connected => tracing::info!("NATS is there"),
                    Event::Disconnected | Event::Closed => {
                        tracing::warn!("NATS is away; rooms wait for it");
                        lost.send_replace(());
                    }
                    event => tracing::warn!(%event, "NATS"),
                }
            }
        };
        let options = match servers.login.clone() {
            Some(NatsLogin::Password(user, password)) => {
                ConnectOptions::with_user_and_password(user, password)
            }
            Some(NatsLogin::Token(token)) => ConnectOptions::with_token(token),
            None => ConnectOptions::new(),
        };
        let client = options
            .name("wirelab")
            .retry_on_initial_connect()
            .connection_timeout(ANSWER)
            .request_timeout(Some(ANSWER))
            .ping_interval(PING)
            .event_callback(told)
            .connect(servers.addresses())
            .await
            .map_err(std::io::Error::other)?;
        let streams = ContextBuilder::new().timeout(ANSWER).build(client.clone());
        Ok(Nats { client, streams, lost, settings })
    }

    async fn open_room(&self, code: Code, secret: &Secret, most: usize) -> Result<(), Refused> {
        // Somebody else may make it, or end it, meanwhile.
        for _ in 0..4 {
            let Some(stream) = self.find(code).await? else {
                if self.count().await? >= most {
                    return Err(Refused::too_many(most));
                }
                match self.streams.create_stream(self.config(code, secret)).await {
                    Ok(_) => return Ok(()),
                    Err(error) if is(&error.kind(), ErrorCode::STREAM_NAME_EXIST) => continue,
                    Err(error) => return Err(Refused::lost(&error.to_string())),
                }
            };
            let info = stream.cached_info();
            if is_over(&stream).await? {
                self.delete(code).await;
                continue;
            }
            let proof = info.config.description.as_deref().and_then(octets).unwrap_or_default();
            return if secret.proves(code, &proof) { Ok(()) } else { Err(Refused::taken()) };
        }
        Err(Refused::lost("a room is made and ended again and again"))
    }

    fn config(&self, code: Code, secret: &Secret) -> Config {
        Config {
            name: name(code),
            // Read by relays alone; making a stream takes it together with the name, or fails.
            description: Some(hex(&secret.proof(code))),
            subjects: vec![batches(code)],
            max_bytes: MAX_BYTES,
            max_age: self.settings.lifetime + LEFT_OVER,
            // A room whose beginning is gone would be none.
            discard: DiscardPolicy::New,
            num_replicas: 1,
            ..Config::default()
        }
    }

    async fn find(&self, code: Code) -> Result<Option<Stream>, Refused> {
        match self.streams.get_stream(name(code)).await {
            Ok(stream) => Ok(Some(stream)),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(inner)
                    if inner.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(Refused::lost(&error.to_string())),
            },
        }
    }

    async fn count(&self) -> Result<usize, Refused> {
        let mut names = self.streams.stream_names();
        let mut count = 0;
        while let Some(name) = names.next().await {
            let name = name.map_err(|error| Refused::lost(&error.to_string()))?;
            count += usize::from(name.starts_with(STREAM));
        }
        Ok(count)
    }

    async fn follow_room(&self, code: Code) -> Result<Feed, Refused> {
        let lost = self.lost.subscribe();
        let stream = self.find(code).await?.ok_or_else(|| Refused::no_room(code))?;
        let info = stream.cached_info().clone();
        if is_over(&stream).await? {
            let since = SystemTime::from(info.state.last_timestamp);
            // The relay that was to delete it is gone.
            if since.elapsed().is_ok_and(|age| age > 2 * GRACE) {
                self.delete(code).await;
            }
            return Err(Refused::no_room(code));
        }
        let told = async {
            let words = self.client.subscribe(words(code)).await?;
            let deliver_subject = self.client.new_inbox();
            let config = OrderedConfig { deliver_subject, ..OrderedConfig::default() };
            let batches = stream.create_consumer(config).await?.messages().await?;
            Ok::<_, async_nats::Error>(Sources { batches, words, lost })
        };
        let sources = told.await.map_err(|error| Refused::lost(&error.to_string()))?;
        let news = unfold(sources, |mut sources| async move {
            sources.next().await.map(|news| (news, sources))
        });
        Ok(Feed {
            born: born(&info),
            began: info.created.into(),
            last: info.state.last_sequence,
            news: Box::pin(news),
        })
    }

    async fn delete(&self, code: Code) {
        if let Err(error) = self.streams.delete_stream(name(code)).await {
            tracing::debug!(room = %code, %error, "could not delete a stream; another relay did, or will");
        }
    }

    async fn stale_rooms(&self) -> Vec<Code> {
        let RoomSettings { lifetime, alone, .. } = self.settings;
        let mut streams = self.streams.streams();
        let mut stale = Vec::new();
        while let Some(Ok(info)) = streams.next().await {
            let name = info.config.name.strip_prefix(STREAM);
            let Some(code) = name.and_then(|code| Code::parse(code).ok()) else { continue };
            let age = |since: SystemTime| since.elapsed().unwrap_or_default();
            let spoken = SystemTime::from(info.state.last_timestamp).max(info.created.into());
            if age(info.created.into()) > lifetime + LEFT_OVER {
                self.delete(code).await;
            } else if age(spoken) > alone || age(info.created.into()) > lifetime {
                stale.push(code);
            }
        }
        stale
    }
}

impl Hub for Nats {
    fn open<'a>(
        &'a self,
        code: Code,
        secret: &'a Secret,
        most: usize,
    ) -> Task<'a, Result<(), Refused>> {
        Box::pin(self.open_room(code, secret, most))
    }

    fn follow(&self, code: Code) -> Task<'_, Result<Feed, Refused>> {
        Box::pin(self.follow_room(code))
    }

    fn append(&self, code: Code, behind: u64, octets: Bytes) -> Task<'_, Result<u64, NotAppended>> {
        Box::pin(async move {
            let message = PublishMessage::build().payload(octets).expected_last_sequence(behind);
            let sent = self.streams.send_publish(batches(code), message).await;
            let acknowledged = match sent {
                Ok(acknowledged) => acknowledged.await,
                Err(error) => Err(error),
            };
            match acknowledged {
                Ok(done) => Ok(done.sequence),
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                    Err(NotAppended::Behind)
                }
                Err(error) => Err(NotAppended::Lost(error.to_string())),
            }
        })
    }

    fn tell(&self, code: Code, word: Bytes) -> Task<'_, ()> {
        Box::pin(async move {
            if let Err(error) = self.client.publish(words(code), word).await {
                tracing::debug!(room = %code, %error, "could not tell the other relays");
            }
        })
    }

    fn trim(&self, code: Code, before: u64) -> Task<'_, ()> {
        Box::pin(async move {
            let purged = match self.streams.get_stream_no_info(name(code)).await {
                Ok(stream) => stream.purge().sequence(before).await.map_err(|e| e.to_string()),
                Err(error) => Err(error.to_string()),
            };
            if let Err(error) = purged {
                tracing::warn!(room = %code, error, "old batches stay in NATS");
            }
        })
    }

    fn remove(&self, code: Code, born_as: u64) -> Task<'_, ()> {
        Box::pin(async move {
            sleep(GRACE).await;
            // Another room may have the code by now.
            if let Ok(Some(stream)) = self.find(code).await
                && born(stream.cached_info()) == born_as
            {
                self.delete(code).await;
            }
        })
    }

    fn stale(&self) -> Task<'_, Vec<Code>> {
        Box::pin(self.stale_rooms())
    }

    fn shared(&self) -> Option<usize> {
        Some(FULL)
    }
}

/// Where news of a room come from.
struct Sources {
    batches: Ordered,
    words: Subscriber,
    lost: watch::Receiver<()>,
}

impl Sources {
    /// `None` as soon as something may be missing: then everybody comes again.
    async fn next(&mut self) -> Option<News> {
        tokio::select! {
            biased;
            _ = self.lost.changed() => None,
            message = self.batches.next() => {
                let message = match message? {
                    Ok(message) => message,
                    Err(error) => {
                        tracing::warn!(%error, "NATS does not deliver a room");
                        return None;
                    }
                };
                let info = message.info().ok()?;
                let (number, at) = (info.stream_sequence, info.published.into());
                Some(News::Batch { number, at, octets: message.message.payload })
            }
            word = self.words.next() => Some(News::Word(word?.payload)),
        }
    }
}

/// Whether the last batch is the end.
async fn is_over(stream: &Stream) -> Result<bool, Refused> {
    let state = &stream.cached_info().state;
    if state.messages == 0 {
        return Ok(false);
    }
    match stream.get_raw_message(state.last_sequence).await {
        Ok(message) => Ok(Batch::decode(&message.payload)
            .is_some_and(|batch| matches!(batch.items.last(), Some(Item::Over(_))))),
        Err(error) => Err(Refused::lost(&error.to_string())),
    }
}

fn is(kind: &CreateStreamErrorKind, code: ErrorCode) -> bool {
    matches!(kind, CreateStreamErrorKind::JetStream(error) if error.error_code() == code)
}

fn born(info: &Info) -> u64 {
    let since = SystemTime::from(info.created).duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(0))
}

fn name(code: Code) -> String {
    format!("{STREAM}{code}")
}

fn batches(code: Code) -> String {
    format!("wirelab.room.{code}.batches")
}

fn words(code: Code) -> String {
    format!("wirelab.room.{code}.words")
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
