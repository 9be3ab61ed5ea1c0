//! How names become addresses.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::lookup_host;

/// Asked once for each connection and each lookup of a page; what it answers is judged.
#[derive(Clone)]
pub struct Resolver(Arc<dyn Fn(String) -> Answer + Send + Sync>);

type Answer = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

impl Resolver {
    /// Asks `look_up` for the addresses of a name in lower case, without a dot at its end.
    pub fn new<F, A>(look_up: F) -> Resolver
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
    {
        Resolver(Arc::new(move |name| Box::pin(look_up(name))))
    }

    pub(crate) fn look_up(&self, name: &str) -> Answer {
        (self.0)(name.to_owned())
    }
}

impl Default for Resolver {
    /// The operating system's: its hosts file and its name servers.
    fn default() -> Resolver {
        Resolver::new(|name| async move {
            Ok(lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
        })
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}
