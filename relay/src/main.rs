//! `wirelab`: arguments, logging, and stopping when asked.

use std::io::{self, IsTerminal};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum};
use relay::{ChosenFault, Config, Rule};
use tracing_subscriber::EnvFilter;

const EXAMPLES: &str = "\
Examples:
  wirelab                                   the lab at http://127.0.0.1:8080/
  wirelab --listen 127.0.0.1:0              at a free port, which is printed
  wirelab --practice-port-base 40000        practice servers at ports 40000, 40001, ...
  wirelab --endpoints practice.json         tell other programs where the practice servers are
  wirelab --fault smtp=451-every-3rd-rcpt   a practice server that is broken on purpose
  wirelab --policy open                     the page may connect to every host
  RUST_LOG=relay=debug wirelab              with more of a log";

/// A lab for internet protocols in a web page: the relay, the practice servers and the page.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// Where the page is
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// A further name for the relay in browsers, if a proxy stands before it (may be repeated)
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,

    /// Where the practice servers listen
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    practice_listen: IpAddr,

    /// The first port of the practice servers; 0 takes free ports
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    practice_port_base: u16,

    /// What goes wrong on purpose at a practice server (may be repeated)
    #[arg(long, value_name = "PROTOCOL=NAME")]
    fault: Vec<ChosenFault>,

    /// Write a JSON list of the practice servers to this file
    #[arg(long, value_name = "FILE")]
    endpoints: Option<PathBuf>,

    /// Where the page may connect to and listen
    #[arg(long, value_enum, default_value_t = Policy::Lab)]
    policy: Policy,
}

#[derive(Clone, Copy, ValueEnum)]
enum Policy {
    /// The practice servers, and what pages open on this machine
    Lab,
    /// Every host that this machine can reach
    Open,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();

    let config = Arguments::parse().checked().into_config();
    if config.rule == Rule::Open {
        tracing::warn!(
            "policy `open`: whoever uses this page connects from this machine to every host it \
             can reach, on this machine and in its network too, and may let one of them connect back"
        );
    }
    if !config.listen.ip().is_loopback() {
        tracing::warn!(
            "listening on {}: whoever reaches this address can use the relay",
            config.listen
        );
    }
    let relay = match relay::start(config).await {
        Ok(relay) => relay,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    println!("Wirelab is at {}", relay.url());
    for (protocol, address, fault) in relay.faults() {
        println!("{protocol} at {address} has a fault: {} ({})", fault.title, fault.id);
    }
    if let Err(error) = asked_to_stop().await {
        tracing::error!(%error, "cannot wait for signals");
    }
    tracing::info!("stopping");
    relay.stop().await;
    ExitCode::SUCCESS
}

impl Arguments {
    fn checked(self) -> Arguments {
        for (at, chosen) in self.fault.iter().enumerate() {
            let id = chosen.protocol.id;
            if self.fault[..at].iter().any(|other| other.protocol.id == id) {
                let what = format!("{id} has two faults; a practice server takes one at a time");
                Arguments::command()
                    .bin_name("wirelab")
                    .error(ErrorKind::ArgumentConflict, what)
                    .exit();
            }
        }
        self
    }

    fn into_config(self) -> Config {
        Config {
            listen: self.listen,
            allowed_hosts: self.allow_host,
            rule: match self.policy {
                Policy::Lab => Rule::Lab,
                Policy::Open => Rule::Open,
            },
            practice_listen: self.practice_listen,
            practice_port_base: self.practice_port_base,
            faults: self.fault,
            endpoints_file: self.endpoints,
            ..Config::default()
        }
    }
}

#[cfg(unix)]
async fn asked_to_stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
