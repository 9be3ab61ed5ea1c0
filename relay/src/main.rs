//! `wirelab`: arguments, logging, and stopping when asked.

mod commands;
mod lessons;
mod running;
mod signals;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use relay::{ChosenFault, Config, ConfigError, NatsServers, PolicyName, Relay};

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
  wirelab --config wirelab.toml             with the settings of a file; SIGHUP reads it again
  wirelab --token-file token.txt            only for those who know the token in this file
  wirelab --listen 0.0.0.0:8443 --allow-host lab.example --tls-cert lab.pem --tls-key lab.key
                                            at https://lab.example:8443/
  wirelab --rooms nats://127.0.0.1:4222     rooms that several relays share
  wirelab --metrics 127.0.0.1:9090          with numbers for Prometheus
  wirelab lesson check my-lesson.md         a lesson of your own, read and played to its end
  RUST_LOG=relay=debug wirelab              with more of a log";

/// A lab for internet protocols in a web page: the relay, the practice servers and the page.
#[derive(Parser)]
#[command(name = "wirelab", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// A file of settings; what is said here wins over it (docs/config.md)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where the page is [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// A further name for the relay in browsers, if a proxy stands before it (may be repeated)
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,

    /// Where the practice servers listen [default: 127.0.0.1]
    #[arg(long, value_name = "IP")]
    practice_listen: Option<IpAddr>,

    /// The first port of the practice servers; 0 takes free ports [default: 0]
    #[arg(long, value_name = "PORT")]
    practice_port_base: Option<u16>,

    /// What goes wrong on purpose at a practice server (may be repeated)
    #[arg(long, value_name = "PROTOCOL=NAME")]
    fault: Vec<ChosenFault>,

    /// Write a JSON list of the practice servers to this file
    #[arg(long, value_name = "FILE")]
    endpoints: Option<PathBuf>,

    /// Whoever uses the relay has to know the token in the first line of this file
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Where several relays have their rooms together: NATS with JetStream, such as
    /// nats://127.0.0.1:4222 [default: each in its own memory]
    #[arg(long, value_name = "URL")]
    rooms: Option<NatsServers>,

    /// Where the page may connect to and listen [default: lab]
    #[arg(long, value_enum)]
    policy: Option<PolicyName>,

    #[command(flatten)]
    running: Running,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = Arguments::parse().checked();
    if let Some(command) = arguments.command.take() {
        return command.run(Arguments::command());
    }
    arguments.running.start_log();
    let config = match arguments.config() {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if config.policy == PolicyName::Open {
        tracing::warn!(
            "policy `open`: whoever uses this page connects from this machine to every host it \
             can reach, on this machine and in its network too, and may let one of them connect back"
        );
    }
    if !config.listen.ip().is_loopback() && config.token_file.is_none() {
        tracing::warn!(
            "listening on {}: whoever reaches this address can use the relay; --token-file asks \
             them for a token",
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
    let relay = match relay::start(config.clone()).await {
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
    run_until_told(signals, &relay, config, &arguments).await;
    tracing::info!("stopping");
    relay.stop().await;
    ExitCode::SUCCESS
}

/// Returns when the relay is to stop at once: SIGTERM gives it time before that.
async fn run_until_told(
    mut signals: Signals,
    relay: &Relay,
    mut config: Config,
    arguments: &Arguments,
) {
    let drain = arguments.running.drain();
    loop {
        match signals.next().await {
            Wish::Stop => return,
            Wish::Reload => {
                match relay.reload_certificate() {
                    Ok(()) => {
                        tracing::info!("certificate and key were read again, if there are any")
                    }
                    Err(error) => tracing::error!(%error, "the certificate stays as it was"),
                }
                match arguments.config() {
                    Ok(new) => {
                        relay.reload(&config, &new);
                        config = new;
                    }
                    Err(error) => tracing::error!(%error, "the settings stay as they were"),
                }
            }
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

    /// The file's settings, and over them what the command line says.
    fn config(&self) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(file) => {
                let checked = relay::check(file)?;
                checked.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
                checked.config
            }
            None => Config::default(),
        };
        set(&mut config.listen, self.listen);
        set(&mut config.practice_listen, self.practice_listen);
        set(&mut config.practice_port_base, self.practice_port_base);
        set(&mut config.policy, self.policy);
        if !self.allow_host.is_empty() {
            config.allowed_hosts.clone_from(&self.allow_host);
        }
        if !self.fault.is_empty() {
            config.faults.clone_from(&self.fault);
        }
        if self.endpoints.is_some() {
            config.endpoints_file.clone_from(&self.endpoints);
        }
        if self.token_file.is_some() {
            config.token_file.clone_from(&self.token_file);
        }
        if self.rooms.is_some() {
            config.limits.rooms.hub.clone_from(&self.rooms);
        }
        Ok(self.running.configure(config))
    }
}

fn set<T: Copy>(setting: &mut T, argument: Option<T>) {
    if let Some(argument) = argument {
        *setting = argument;
    }
}
