//! The threads on which connections are served, each with a runtime of its own.
//!
//! A connection and all sockets of its streams stay on one thread. A runtime with several threads wakes now the one, now
//! another of them for the next event of the same session: on two processors every second session had echoes of 50 µs,
//! where those on one thread mostly have 31.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::wakeful::stay_awake;

/// Dropping it ends the threads, and with them what they still serve.
pub(crate) struct Lanes {
    lanes: Vec<Lane>,
    next: AtomicUsize,
}

struct Lane {
    runtime: Handle,
    /// Each connection holds one.
    load: Arc<()>,
    _end: oneshot::Sender<()>,
}

impl Lanes {
    /// One for each processor.
    pub(crate) fn start() -> io::Result<Lanes> {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let lanes = (0..count).map(|_| Lane::start(count > 1)).collect::<io::Result<_>>()?;
        Ok(Lanes { lanes, next: AtomicUsize::new(0) })
    }

    /// Serves a connection on the thread that has the fewest, in turns where several have.
    pub(crate) fn serve<F>(
        &self,
        socket: TcpStream,
        serve: impl FnOnce(TcpStream) -> F + Send + 'static,
    ) -> io::Result<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // It leaves the runtime that accepted it.
        let socket = socket.into_std()?;
        let first = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len();
        let (before, after) = self.lanes.split_at(first);
        let lane = after.iter().chain(before).min_by_key(|lane| Arc::strong_count(&lane.load));
        let Some(lane) = lane else { return Err(io::Error::other("there is no thread")) };
        let load = Arc::clone(&lane.load);
        lane.runtime.spawn(async move {
            match TcpStream::from_std(socket) {
                Ok(socket) => serve(socket).await,
                Err(error) => tracing::warn!(%error, "cannot serve a connection"),
            }
            drop(load);
        });
        Ok(())
    }
}

impl Lane {
    /// Where there is one processor, a lane that stays awake only keeps it from those who are to answer.
    fn start(has_others: bool) -> io::Result<Lane> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        if has_others {
            runtime.spawn(stay_awake());
        }
        let (end, ended) = oneshot::channel::<()>();
        thread::Builder::new().name("lane".to_owned()).spawn(move || {
            // An error is that the sender was dropped, which is the sign.
            let _ = runtime.block_on(ended);
            // A look-up that takes its time is not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Lane { runtime: handle, load: Arc::new(()), _end: end })
    }
}
