//! `wirelab`: arguments, logging, and stopping when asked.

mod commands;
mod running;
mod signals;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum};
use relay::{ChosenFault, Config, Relay, Rule};

use commands::Command;
use running::Running;
use signals::{Signals, Wish};

const EXAMPLES: &str = "\
Examples:
  wirelab                                   the lab at http://127.0.0.1:8080/
  wirelab --listen 127.0.0.1:0              at a free port, which is printed
  wirelab --practice-port-base 40000        practice servers at ports 40000, 40001, ...
  wirelab --endpoints practice.json         tell other programs where the practice servers are
  wirelab --fault smtp=451-every-3rd-rcpt   a practice server that is broken on purpose
  wirelab --policy open                     the page may connect to every host
  wirelab --listen 0.0.0.0:8443 --allow-host lab.example --tls-cert lab.pem --tls-key lab.key
                                            at https://lab.example:8443/
  wirelab --metrics 127.0.0.1:9090          with numbers for Prometheus
  RUST_LOG=relay=debug wirelab              with more of a log";

/// A lab for internet protocols in a web page: the relay, the practice servers and the page.
#[derive(Parser)]
#[command(name = "wirelab", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

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

    #[command(flatten)]
    running: Running,
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
    let mut arguments = Arguments::parse().checked();
    if let Some(command) = arguments.command.take() {
        return match command.run(Arguments::command()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("cannot write to standard output: {error}");
                ExitCode::FAILURE
            }
        };
    }
    arguments.running.start_log();
    let drain = arguments.running.drain();
    let config = arguments.into_config();
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
    // Before anybody can know that the relay runs, or a signal would kill it.
    let signals = match Signals::new() {
        Ok(signals) => signals,
        Err(error) => {
            eprintln!("The relay cannot wait for signals: {error}.");
            return ExitCode::FAILURE;
        }
    };
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
    if let Some(address) = relay.metrics_address() {
        println!("Its metrics are at http://{address}/metrics");
    }
    run_until_told(signals, &relay, drain).await;
    tracing::info!("stopping");
    relay.stop().await;
    ExitCode::SUCCESS
}

/// Returns when the relay is to stop at once: SIGTERM gives it time before that.
async fn run_until_told(mut signals: Signals, relay: &Relay, drain: Duration) {
    loop {
        match signals.next().await {
            Wish::Stop => return,
            Wish::Reload => match relay.reload_certificate() {
                Ok(()) => tracing::info!("certificate and key were read again, if there are any"),
                Err(error) => tracing::error!(%error, "the certificate stays as it was"),
            },
            Wish::Drain => {
                tracing::info!(
                    seconds = drain.as_secs(),
                    "draining; a second signal stops at once"
                );
                tokio::select! {
                    () = relay.drain(drain) => {}
                    () = signals.end() => {}
                }
                return;
            }
        }
    }
}

impl Arguments {
    fn checked(self) -> Arguments {
        for (at, chosen) in self.fault.iter().enumerate() {
            let id = chosen.protocol.id;
            if self.fault[..at].iter().any(|other| other.protocol.id == id) {
                let what = format!("{id} has two faults; a practice server takes one at a time");
                Arguments::command().error(ErrorKind::ArgumentConflict, what).exit();
            }
        }
        self
    }

    fn into_config(self) -> Config {
        let config = Config {
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
        };
        self.running.configure(config)
    }
}
