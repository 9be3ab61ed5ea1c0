//! Machines as they stand, copied.

use super::{Client, Server};

/// A client can be copied as it stands: going back in time and forking need it. Every one that is
/// `Clone` has this.
pub trait CopyClient {
    fn copy(&self) -> Box<dyn Client>;
}

impl<T: Client + Clone + 'static> CopyClient for T {
    fn copy(&self) -> Box<dyn Client> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Client> {
    fn clone(&self) -> Box<dyn Client> {
        (**self).copy()
    }
}

/// As [`CopyClient`], for a server.
pub trait CopyServer {
    fn copy(&self) -> Box<dyn Server>;
}

impl<T: Server + Clone + 'static> CopyServer for T {
    fn copy(&self) -> Box<dyn Server> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Server> {
    fn clone(&self) -> Box<dyn Server> {
        (**self).copy()
    }
}
