//! Our relay beside others: `cargo xtask bench relays`.
//!
//! All are measured in turns in one run, by one client program on one thread; the servers behind the
//! relays are on another. Every octet is compared with the one that was sent.

mod beside;
mod client;
mod kinds;
mod line;
mod memory;
mod multiplexed;
mod page;
mod pattern;
pub(crate) mod process;
mod servers;
mod single;
mod table;

use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_tungstenite::tungstenite;

use crate::quantile;
pub(crate) use page::in_page;

use beside::Reader;
use client::{Opener, Stream};
use kinds::{Access, Kind, Relay};
use servers::{Servers, Service};
use table::{Better, Column, Figure, Table};

const ROUNDS: usize = 3;
/// Which processors the system gives to client, relay and server depends on how busy they have been in the last tenth of a
/// second or two. So each relay begins after a rest, and goes on for longer than that.
const REST: Duration = Duration::from_millis(300);
const ECHOING: Duration = Duration::from_secs(1);
const ECHO_ROUNDS: usize = 5;

/// Between two keys of somebody who holds one down, about.
const KEY: Duration = Duration::from_millis(20);
const KEYS: u32 = 50;

/// What is offered to a WebSocket that is one stream, as one message.
const MESSAGE: usize = 16 * 1024;
/// tungstenite's, in the client.
const READ_BUFFER: usize = 32 * 1024;

/// Opens that wait for their first octet.
const AT_A_TIME: usize = 32;
const OPENING: Duration = Duration::from_secs(1);

const OPENS: usize = 200;

const MIB: u64 = 1 << 20;
/// Of each bulk measure; of a slow relay what it moves in [`BULK_SPAN`].
const BULK: u64 = 256 * MIB;
const TRIAL: u64 = 4 * MIB;
const BULK_SPAN: Duration = Duration::from_secs(4);

const EARLY: usize = 200;
const STALLED: u64 = 96 * MIB;
const STALL: Duration = Duration::from_secs(4);

/// A relay that does not get on is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a measure has no figure.
#[derive(Debug)]
struct Fail(String);

/// `rows` is a word of those that are wanted; without it, all are.
pub(crate) async fn relays(rows: Option<String>) {
    let all = rows.is_none();
    let servers = Servers::start();
    let mut columns = Vec::new();
    for kind in Kind::ALL {
        columns.push(Column { kind, relay: Relay::start(kind, servers).await });
    }
    let mut table = Table::new(&columns, rows);
    let rows = [
        ("idle echo of 64 octets, p50", Figure::Millis, Better::Less),
        ("... p99", Figure::Millis, Better::Less),
    ];
    table.measure(&columns, &rows, ECHO_ROUNDS, async |relay| echo(&relay.access).await).await;
    let rows = [
        ("idle echo, one each 20 ms, p50", Figure::Millis, Better::Less),
        ("... p99", Figure::Millis, Better::Less),
    ];
    table.measure(&columns, &rows, ECHO_ROUNDS, async |relay| keys(&relay.access).await).await;
    let rows = [("open and first octet, p50", Figure::Millis, Better::Less)];
    table.measure(&columns, &rows, ROUNDS, async |relay| open(&relay.access).await).await;
    let rows = [("opens a second, 32 at a time", Figure::Count, Better::More)];
    table.measure(&columns, &rows, ROUNDS, async |relay| opens(&relay.access).await).await;
    for streams in [1, 10] {
        let of = if streams == 1 { "1 stream" } else { "10 streams" };
        for (way, up) in [("download", false), ("upload", true)] {
            let name = format!("{way}, {of}, MiB/s");
            let rows = [
                (name.as_str(), Figure::Count, Better::More),
                ("... the relay's processor time per GiB", Figure::Seconds, Better::Less),
            ];
            table
                .measure(&columns, &rows, ROUNDS, async |relay| bulk(relay, streams, up).await)
                .await;
        }
    }
    memory::rows(&mut table, &columns, servers).await;
    let rows = [("12 octets, then the end: whole, of 200", Figure::Count, Better::Neither)];
    table.measure(&columns, &rows, 1, async |relay| early(&relay.access).await).await;
    let rows =
        [("96 MiB to a reader that waits 4 s: MiB that come", Figure::Count, Better::Neither)];
    table.measure(&columns, &rows, 1, async |relay| stalled(&relay.access).await).await;
    let rows = [
        ("echo beside a slow reader's download, p50", Figure::Millis, Better::Less),
        ("... p99", Figure::Millis, Better::Less),
        ("... MiB that pile up unread in the client", Figure::Tenths, Better::Neither),
    ];
    table.measure(&columns, &rows, ROUNDS, async |relay| slow_reader(&relay.access).await).await;
    let rows = [
        (
            "echo beside a download that fills a line of 3.1 MiB/s, p50",
            Figure::Millis,
            Better::Less,
        ),
        ("... p99", Figure::Millis, Better::Less),
        ("... the download, MiB/s", Figure::Tenths, Better::More),
    ];
    table.measure(&columns, &rows, ROUNDS, async |relay| slow_line(relay.access).await).await;
    println!("\n{table}");
    if all {
        memory::many(servers).await;
    }
}

/// One after the other.
async fn echo(to: &Access) -> Result<Vec<f64>, Fail> {
    let mut stream = Stream::open(to, Service::Talk).await?;
    stream.ask(&pattern::echo()).await?;
    sleep(REST).await;
    let (began, mut times) = (Instant::now(), Vec::new());
    while began.elapsed() < ECHOING {
        times.push(stream.echo().await?.as_secs_f64());
    }
    Ok(vec![quantile(&mut times, 0.5), quantile(&mut times, 0.99)])
}

async fn keys(to: &Access) -> Result<Vec<f64>, Fail> {
    let mut stream = Stream::open(to, Service::Talk).await?;
    stream.ask(&pattern::echo()).await?;
    sleep(REST).await;
    let mut times = Vec::new();
    for _ in 0..KEYS {
        sleep(KEY).await;
        times.push(stream.echo().await?.as_secs_f64());
    }
    Ok(vec![quantile(&mut times, 0.5), quantile(&mut times, 0.99)])
}

/// On a WebSocket that is there, if the relay has many streams on one.
async fn open(to: &Access) -> Result<Vec<f64>, Fail> {
    let mut opener = Opener::connect(to).await?;
    let (mut times, mut open) = (Vec::new(), Vec::new());
    for _ in 0..OPENS {
        let began = Instant::now();
        open.push(opener.open().await?);
        times.push(began.elapsed().as_secs_f64());
    }
    Ok(vec![quantile(&mut times, 0.5)])
}

async fn opens(to: &Access) -> Result<Vec<f64>, Fail> {
    let (count, took) = client::opens(to, OPENING).await?;
    Ok(vec![count as f64 / took.as_secs_f64()])
}

async fn bulk(relay: &Relay, streams: usize, up: bool) -> Result<Vec<f64>, Fail> {
    let to = &relay.access;
    let run = async |each| match up {
        true => client::upload(to, streams, each).await,
        false => client::download(to, streams, each).await,
    };
    let of_trial = TRIAL / streams as u64;
    let trial = run(of_trial).await?;
    let fits = BULK_SPAN.as_secs_f64() / trial.as_secs_f64() * TRIAL as f64;
    let each = (fits as u64).clamp(TRIAL, BULK) / streams as u64;
    let before = relay.used();
    let took = run(each).await?;
    let used = relay
        .used()
        .zip(before)
        .map_or(f64::NAN, |(after, before)| after.saturating_sub(before).as_secs_f64());
    let mib = (each * streams as u64) as f64 / MIB as f64;
    Ok(vec![mib / took.as_secs_f64(), used / mib * 1024.0])
}

async fn early(to: &Access) -> Result<Vec<f64>, Fail> {
    let mut opener = Opener::connect(to).await?;
    let mut whole = 0;
    for _ in 0..EARLY {
        whole += usize::from(opener.is_early_whole().await?);
    }
    Ok(vec![whole as f64])
}

async fn stalled(to: &Access) -> Result<Vec<f64>, Fail> {
    let octets = client::stalled(to, STALLED, STALL).await?;
    Ok(vec![octets as f64 / MIB as f64])
}

async fn slow_reader(to: &Access) -> Result<Vec<f64>, Fail> {
    let mut beside = client::beside(to, Reader::Slow).await?;
    let echoes = &mut beside.echoes;
    let (p50, p99) = (quantile(echoes, 0.5), quantile(echoes, 0.99));
    Ok(vec![p50, p99, beside.piled as f64 / MIB as f64])
}

async fn slow_line(to: Access) -> Result<Vec<f64>, Fail> {
    let end = if to.kind == Kind::Plain { to.servers.address(Service::Talk) } else { to.relay };
    let to = Access { via: Some(line::to(end)), ..to };
    let mut beside = client::beside(&to, Reader::Eager).await?;
    let echoes = &mut beside.echoes;
    let (p50, p99) = (quantile(echoes, 0.5), quantile(echoes, 0.99));
    Ok(vec![p50, p99, beside.rate / MIB as f64])
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<io::Error> for Fail {
    fn from(error: io::Error) -> Fail {
        Fail(error.to_string())
    }
}

impl From<tungstenite::Error> for Fail {
    fn from(error: tungstenite::Error) -> Fail {
        Fail(error.to_string())
    }
}
