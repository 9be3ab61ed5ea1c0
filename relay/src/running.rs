//! The arguments for a relay that others run: TLS, proxies, metrics, its end, and its log.

use std::io::{self, IsTerminal};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use relay::{Config, IpNet, TlsFiles};
use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Args)]
pub(crate) struct Running {
    /// The relay's certificate, then those that lead to its root (PEM); the page is at https then
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The key of the certificate (PEM, not encrypted); both are read again on SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// A proxy, or a network of them, that says truly in X-Forwarded-For whom it serves (may be
    /// repeated)
    #[arg(long, value_name = "CIDR", value_parser = network)]
    trusted_proxy: Vec<IpNet>,

    /// Tell Prometheus at this address, a loopback one: /metrics, /healthz, /readyz
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,

    /// The address of --metrics may be one that others reach
    #[arg(long, requires = "metrics")]
    metrics_for_all: bool,

    /// After SIGTERM, how long open connections may go on
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    drain: u16,

    /// How the log on standard error is written
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object per line
    Json,
}

impl Running {
    pub(crate) fn start_log(&self) {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
        match self.log_format {
            LogFormat::Text => {
                log.with_ansi(io::stderr().is_terminal()).finish().with(quiet()).init()
            }
            LogFormat::Json => log.json().flatten_event(true).finish().with(quiet()).init(),
        }
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain.into())
    }

    pub(crate) fn configure(&self, config: Config) -> Config {
        let files = self.tls_cert.clone().zip(self.tls_key.clone());
        Config {
            tls: files.map(|(certificate, key)| TlsFiles { certificate, key }),
            trusted_proxies: self.trusted_proxy.clone(),
            metrics: self.metrics,
            metrics_for_all: self.metrics_for_all,
            ..config
        }
    }
}

/// What NATS' client writes when it is asked for details are messages, with what was said in rooms.
fn quiet() -> FilterFn {
    FilterFn::new(|event| {
        !event.target().starts_with("async_nats") || *event.level() <= Level::INFO
    })
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let one = text.parse::<IpAddr>().map(IpNet::from);
    one.or_else(|_| text.parse())
        .map_err(|_| "expected a network such as 10.0.0.0/8 or an address".to_owned())
}
