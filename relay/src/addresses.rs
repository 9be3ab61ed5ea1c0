//! A set of socket addresses that are in use somewhere in the relay.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub(crate) struct Addresses(Mutex<BTreeSet<SocketAddr>>);

impl Addresses {
    /// In the set until the guard is dropped.
    pub(crate) fn enter(self: &Arc<Self>, address: SocketAddr) -> Entered {
        self.lock().insert(address);
        Entered { set: Arc::clone(self), address }
    }

    pub(crate) fn contains(&self, address: SocketAddr) -> bool {
        self.lock().contains(&address)
    }

    pub(crate) fn list(&self) -> BTreeSet<SocketAddr> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<SocketAddr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Entered {
    set: Arc<Addresses>,
    address: SocketAddr,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.set.lock().remove(&self.address);
    }
}
