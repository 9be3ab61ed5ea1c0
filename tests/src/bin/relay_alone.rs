//! A relay in a process of its own, whose memory can be measured: it prints its address and runs
//! until its input ends. It may connect to anything.

use std::io::Read;
use std::net::SocketAddr;

use relay::{Config, PolicyName};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let relay =
        relay::start(Config { listen, policy: PolicyName::Open, ..Config::default() }).await?;
    println!("{}", relay.address());
    let input = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    input.await??;
    relay.stop().await;
    Ok(())
}
