//! Keeps a lane awake for a moment where an answer is likely to come at once.
//!
//! To wake a thread on another processor costs more than all that the relay does with a keystroke and its echo. So a lane that
//! has just carried a little looks for events without sleeping, for as long as a server nearby takes to answer. Bulk does not
//! need it, and an idle lane sleeps.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::Instant;

/// Longer than an echo on the same machine takes, and too short to be seen in any use of the processor.
const MOMENT: Duration = Duration::from_micros(50);

/// Octets of a round that is a little.
const LITTLE: u64 = 4 * 1024;

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
    static ASLEEP: RefCell<Option<Waker>> = const { RefCell::new(None) };
}

/// So many octets were carried on this thread.
pub(crate) fn carried(octets: u64) {
    if octets == 0 || octets > LITTLE {
        return;
    }
    UNTIL.set(Some(Instant::now() + MOMENT));
    if let Some(waker) = ASLEEP.take() {
        waker.wake();
    }
}

/// Runs beside what the lane serves. Each time that it yields, the runtime looks for events and comes back at once.
pub(crate) async fn stay_awake() {
    loop {
        begun().await;
        while UNTIL.get().is_some_and(|until| Instant::now() < until) {
            yield_now().await;
        }
        UNTIL.set(None);
    }
}

/// Until something was carried.
async fn begun() {
    poll_fn(|cx| {
        if UNTIL.get().is_some() {
            return Poll::Ready(());
        }
        ASLEEP.set(Some(cx.waker().clone()));
        Poll::Pending
    })
    .await;
}
