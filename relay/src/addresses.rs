//! A list of socket addresses that are in use somewhere in the relay, each with whose it is.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The kernel may use one local address for several connections, so an address may be in the
/// list more than once.
pub(crate) struct Addresses<T>(Mutex<List<T>>);

struct List<T> {
    entries: BTreeMap<(SocketAddr, u64), T>,
    next: u64,
}

impl<T> Default for Addresses<T> {
    fn default() -> Addresses<T> {
        Addresses(Mutex::new(List { entries: BTreeMap::new(), next: 0 }))
    }
}

impl<T: Clone> Addresses<T> {
    /// In the list until the guard is dropped.
    pub(crate) fn enter(self: &Arc<Self>, address: SocketAddr, whose: T) -> Entered<T> {
        let mut list = self.lock();
        let key = (address, list.next);
        list.next += 1;
        list.entries.insert(key, whose);
        Entered { list: Arc::clone(self), key }
    }

    /// Whose the address is.
    pub(crate) fn whose(&self, address: SocketAddr) -> Option<T> {
        let list = self.lock();
        let mut found = list.entries.range((address, 0)..=(address, u64::MAX));
        found.next().map(|(_, whose)| whose.clone())
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().entries.len()
    }

    pub(crate) fn list(&self) -> BTreeSet<SocketAddr> {
        self.lock().entries.keys().map(|(address, _)| *address).collect()
    }
}

impl<T> Addresses<T> {
    fn lock(&self) -> MutexGuard<'_, List<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Entered<T> {
    list: Arc<Addresses<T>>,
    key: (SocketAddr, u64),
}

impl<T> Drop for Entered<T> {
    fn drop(&mut self) {
        self.list.lock().entries.remove(&self.key);
    }
}
