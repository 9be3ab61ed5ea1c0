//! What idle WebSockets and idle streams hold in a relay's memory.

use std::time::Duration;

use tokio::time::sleep;

use super::client::Opener;
use super::kinds::{Kind, Relay};
use super::servers::Servers;
use super::table::{Better, Column, Figure, Table};
use super::{Fail, ROUNDS};

const WEBSOCKETS: usize = 200;
const STREAMS: usize = 1000;
/// websockify has a process for each, so fewer tell as much.
const PROCESSES: usize = 200;

/// Of our relay alone.
const MANY_WEBSOCKETS: usize = 2000;
const MANY_STREAMS: usize = 10_000;

/// Until what the last opens left behind is freed.
const SETTLE: Duration = Duration::from_millis(300);

pub(super) async fn rows(table: &mut Table, columns: &[Column], servers: Servers) {
    let rows = [
        ("KiB for an idle WebSocket", Figure::Tenths, Better::Less),
        ("... for an idle stream", Figure::Tenths, Better::Less),
    ];
    table
        .measure(columns, &rows, ROUNDS, async |relay| {
            let kind = relay.access.kind;
            if kind == Kind::Plain {
                return Ok(vec![f64::NAN; 2]);
            }
            // A fresh one: what was freed before would be taken again, and not be seen.
            let relay = Relay::start(kind, servers).await;
            idle(&relay.ok_or(Fail("it does not start".to_owned()))?).await
        })
        .await;
}

async fn idle(relay: &Relay) -> Result<Vec<f64>, Fail> {
    let kind = relay.access.kind;
    // What the first of all brings is not counted.
    let mut first = Opener::connect(&relay.access).await?;
    let mut open = vec![first.open().await?];
    let before = resident(relay).await;
    let mut clients = Vec::new();
    for _ in 0..WEBSOCKETS {
        let mut client = Opener::connect(&relay.access).await?;
        // Where a stream is a WebSocket, one cannot be without the other.
        if !kind.multiplexes() {
            open.push(client.open().await?);
        }
        clients.push(client);
    }
    let between = resident(relay).await;
    let of_websocket = (between - before) / WEBSOCKETS as f64;
    if !kind.multiplexes() {
        let more = if kind == Kind::Websockify { PROCESSES } else { STREAMS };
        for _ in 0..more {
            open.push(first.open().await?);
        }
        let after = resident(relay).await;
        return Ok(vec![of_websocket, (after - between) / more as f64]);
    }
    for _ in 0..STREAMS {
        first.open().await?;
    }
    let after = resident(relay).await;
    Ok(vec![of_websocket, (after - between) / STREAMS as f64])
}

async fn resident(relay: &Relay) -> f64 {
    sleep(SETTLE).await;
    relay.resident()
}

/// As many as a machine for a whole school has.
pub(super) async fn many(servers: Servers) {
    let relay = Relay::start(Kind::Own, servers).await.expect("ours is built");
    let before = resident(&relay).await;
    match open_many(&relay).await {
        Ok(_open) => {
            let after = resident(&relay).await;
            println!(
                "Wirelab with {MANY_WEBSOCKETS} WebSockets and {MANY_STREAMS} streams on them, all \
                 idle: {:.0} MiB, {:.0} MiB before.",
                after / 1024.0,
                before / 1024.0
            );
        }
        Err(error) => {
            println!("{MANY_WEBSOCKETS} WebSockets with {MANY_STREAMS} streams: {error}.")
        }
    }
}

async fn open_many(relay: &Relay) -> Result<Vec<Opener>, Fail> {
    let mut clients = Vec::new();
    for _ in 0..MANY_WEBSOCKETS {
        let mut client = Opener::connect(&relay.access).await?;
        for _ in 0..MANY_STREAMS / MANY_WEBSOCKETS {
            client.open().await?;
        }
        clients.push(client);
    }
    Ok(clients)
}
