//! `wirelab`: arguments, logging, and stopping when asked.

use std::io::{self, IsTerminal};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use relay::{ChosenFault, Config, ConfigError, PolicyName};
use tracing_subscriber::EnvFilter;

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
  RUST_LOG=relay=debug wirelab              with more of a log";

/// A lab for internet protocols in a web page: the relay, the practice servers and the page.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
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

    /// Where the page may connect to and listen [default: lab]
    #[arg(long, value_enum)]
    policy: Option<PolicyName>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();

    let arguments = Arguments::parse().checked();
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
    tokio::select! {
        stopped = asked_to_stop() => if let Err(error) = stopped {
            tracing::error!(%error, "cannot wait for signals");
        },
        // Without a file, SIGHUP ends the relay, as when a terminal is closed.
        () = relay::on_hangup(&relay, config, || arguments.config()), if arguments.config.is_some() => {}
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
        Ok(config)
    }
}

fn set<T: Copy>(setting: &mut T, argument: Option<T>) {
    if let Some(argument) = argument {
        *setting = argument;
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
