//! What the measures ask of a client, whichever way the relay has for many streams.

use std::time::Duration;

use tokio::time::timeout;

use super::Fail;
use super::beside::{Beside, Reader};
use super::kinds::Access;
use super::multiplexed::{self, Multiplexed};
use super::pattern::{self, Place};
use super::servers::{EARLY, Service};
use super::single::{self, Pipe};

/// A stream on which nothing comes for so long has stopped.
const QUIET: Duration = Duration::from_secs(10);

/// One stream, alone on its WebSocket.
pub(super) enum Stream {
    Of(Box<Multiplexed>, u32),
    Alone(Pipe),
}

impl Stream {
    pub(super) async fn open(to: &Access, service: Service) -> Result<Stream, Fail> {
        if !to.kind.multiplexes() {
            return Ok(Stream::Alone(Pipe::connect(to, service).await?));
        }
        let mut client = Multiplexed::connect(to).await?;
        let id = client.open(service)?;
        Ok(Stream::Of(Box::new(client), id))
    }

    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<(), Fail> {
        match self {
            Stream::Of(client, id) => client.ask(*id, request).await,
            Stream::Alone(pipe) => pipe.ask(request).await,
        }
    }

    pub(super) async fn echo(&mut self) -> Result<Duration, Fail> {
        match self {
            Stream::Of(client, id) => client.echo(*id).await,
            Stream::Alone(pipe) => pipe.echo().await,
        }
    }

    /// Reads to the end, however it comes, or until nothing comes; counts the octets that are as they were sent.
    async fn count(&mut self, mut place: Place) -> u64 {
        let (mut octets, mut right) = (0, true);
        while right {
            let mut check = |bytes: &[u8]| {
                right = place.check(bytes);
                octets += if right { bytes.len() as u64 } else { 0 };
            };
            let more = timeout(QUIET, async {
                match self {
                    Stream::Of(client, id) => {
                        let bytes = client.read(*id).await?;
                        bytes.iter().for_each(|bytes| check(bytes));
                        Ok::<bool, Fail>(bytes.is_some())
                    }
                    Stream::Alone(pipe) => pipe.read(check).await,
                }
            });
            if !matches!(more.await, Ok(Ok(true))) {
                break;
            }
        }
        octets
    }
}

pub(super) async fn download(to: &Access, streams: usize, each: u64) -> Result<Duration, Fail> {
    if to.kind.multiplexes() {
        multiplexed::download(to, streams, each).await
    } else {
        single::download(to, streams, each).await
    }
}

pub(super) async fn upload(to: &Access, streams: usize, each: u64) -> Result<Duration, Fail> {
    if to.kind.multiplexes() {
        multiplexed::upload(to, streams, each).await
    } else {
        single::upload(to, streams, each).await
    }
}

pub(super) async fn opens(to: &Access, span: Duration) -> Result<(usize, Duration), Fail> {
    if to.kind.multiplexes() {
        multiplexed::opens(to, span).await
    } else {
        single::opens(to, span).await
    }
}

pub(super) async fn beside(to: &Access, reader: Reader) -> Result<Beside, Fail> {
    if to.kind.multiplexes() {
        multiplexed::beside(to, reader).await
    } else {
        single::beside(to, reader).await
    }
}

/// A client that opens one stream after the other.
pub(super) enum Opener {
    Of(Box<Multiplexed>),
    Alone(Access),
}

impl Opener {
    pub(super) async fn connect(to: &Access) -> Result<Opener, Fail> {
        Ok(if to.kind.multiplexes() {
            Opener::Of(Box::new(Multiplexed::connect(to).await?))
        } else {
            Opener::Alone(*to)
        })
    }

    /// With its first octet; it stays open.
    pub(super) async fn open(&mut self) -> Result<Option<Pipe>, Fail> {
        match self {
            Opener::Of(client) => {
                let id = client.open(Service::Greet)?;
                match client.read(id).await? {
                    Some(_) => Ok(None),
                    None => Err(Fail("no greeting came".to_owned())),
                }
            }
            Opener::Alone(to) => {
                let mut pipe = Pipe::connect(to, Service::Greet).await?;
                pipe.expect_greeting().await?;
                Ok(Some(pipe))
            }
        }
    }

    /// Whether all arrives of a server that says twelve octets and leaves, however the end is told.
    pub(super) async fn is_early_whole(&mut self) -> Result<bool, Fail> {
        let mut all = Vec::new();
        match self {
            Opener::Of(client) => {
                let id = client.open(Service::Early)?;
                while let Ok(Some(bytes)) = client.read(id).await {
                    all.extend(bytes);
                }
                client.close(id);
            }
            Opener::Alone(to) => {
                let mut pipe = Pipe::connect(to, Service::Early).await?;
                while pipe.read(|bytes| all.extend(bytes)).await.unwrap_or(false) {}
            }
        }
        Ok(all == EARLY)
    }
}

/// How many octets of a reply arrive if nothing is read for a while.
pub(super) async fn stalled(to: &Access, octets: u64, stall: Duration) -> Result<u64, Fail> {
    let mut stream = Stream::open(to, Service::Talk).await?;
    stream.ask(&pattern::download(octets, Place::of(0))).await?;
    tokio::time::sleep(stall).await;
    Ok(stream.count(Place::of(0)).await)
}
