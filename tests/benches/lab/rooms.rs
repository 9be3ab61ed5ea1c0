//! A class: from the presenter's step to every viewer's socket, on the loopback.

mod class;

use std::time::Duration;

use tests::nats::NatsServer;

use crate::quantile;
use class::{Class, Seconds};

/// Steps that are measured, and the time between two of them: more than the relay and all clients here
/// take for one.
const STEPS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(150);

pub(crate) async fn rooms() {
    println!("\n| a room, on the loopback | 200 viewers | 1,000 viewers |\n|---|---|---|");
    let mut columns = Vec::new();
    for viewers in [200, 1000] {
        columns.push(alone(viewers).await);
    }
    table(&columns);
    println!("\n| a room of two relays over NATS | 200 viewers | 1,000 viewers |\n|---|---|---|");
    let mut columns = Vec::new();
    for viewers in [200, 1000] {
        match NatsServer::start().await {
            Some(server) => columns.push(together(viewers, &server).await),
            None => return println!("| nats-server | not installed | |"),
        }
    }
    table(&columns);
}

fn table(columns: &[Vec<(String, String)>]) {
    for (n, (name, _)) in columns[0].iter().enumerate() {
        let cells: Vec<&str> = columns.iter().map(|column| column[n].1.as_str()).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn delays(rows: &mut Vec<(String, String)>, mut delays: Vec<Seconds>) {
    for (name, at) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1.0)] {
        let name = match name {
            "p50" => "from the step to a viewer's socket, p50".to_owned(),
            name => format!("... {name}"),
        };
        rows.push((name, format!("{:.1} ms", quantile(&mut delays, at) * 1000.0)));
    }
}

/// One relay; then the same with 5 % of the viewers that read nothing.
async fn alone(viewers: usize) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut class = Class::open(&[]).await;
    let before = class.resident().await;
    class.join(viewers).await;
    let joined = class.resident().await;
    let of_viewer = (joined - before) / viewers as f64;
    let steps = class.steps(STEPS, PAUSE).await;
    delays(&mut rows, steps.delays);
    rows.push(("octets of a step, for each viewer".to_owned(), steps.octets.to_string()));
    rows.push(("KiB of the relay for a viewer".to_owned(), format!("{of_viewer:.1}")));
    let stalled = viewers / 20;
    class.stall(stalled).await;
    let steps = class.steps(STEPS, PAUSE).await;
    let mut sorted = steps.delays;
    let p95 = quantile(&mut sorted, 0.95) * 1000.0;
    rows.push((format!("p95 with {}", "5 % more that read nothing"), format!("{p95:.1} ms")));
    let (whole, snapshots) = class.resume().await;
    rows.push((
        "of those, whole after they read again".to_owned(),
        format!("{whole} of {stalled}, {snapshots} by a snapshot"),
    ));
    let lost = class.lost();
    rows.push(("steps that a reading viewer missed".to_owned(), lost.to_string()));
    rows
}

/// Half of the viewers at each; the relay with the presenter dies in the middle.
async fn together(viewers: usize, server: &NatsServer) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut class = Class::open(&[&server.url(), &server.url()]).await;
    class.join(viewers).await;
    let steps = class.steps(STEPS, PAUSE).await;
    delays(&mut rows, steps.delays);
    class.kill_first().await;
    let back = class.back.as_secs_f64();
    rows.push(("all are back after the presenter's relay died".to_owned(), format!("{back:.2} s")));
    let steps = class.steps(STEPS, PAUSE).await;
    let mut sorted = steps.delays;
    let p95 = quantile(&mut sorted, 0.95) * 1000.0;
    rows.push(("p95 then, all at one relay".to_owned(), format!("{p95:.1} ms")));
    rows.push(("steps that a viewer missed".to_owned(), class.lost().to_string()));
    rows.push(("snapshots that were needed".to_owned(), class.wholes().to_string()));
    rows
}
