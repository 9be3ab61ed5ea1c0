//! What the tests of the whole are made with: a real browser, real servers, and Python's own modules.

pub mod alone;
pub mod browser;
pub mod dns;
pub mod fake_room;
pub mod fuzz;
pub mod https;
pub mod log;
pub mod native;
pub mod nats;
pub mod page;
pub mod pages;
pub mod peers;
pub mod play;
pub mod python;
pub mod recorder;
pub mod relayed;
pub mod room;
pub mod seeds;
pub mod servers;
pub mod soak;
pub mod steady;
pub mod tunnel;
pub mod wirelab;
pub mod wisp;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// A test that needs something this machine does not have stops here: in CI that is a failure, elsewhere one plain line.
/// Written past the test runner's capture, so that a skipped test does not look like one that ran.
pub fn skip(why: &str) {
    if is_ci() {
        panic!(
            "{why}; with CI=true nothing may be missing, so `cargo xtask setup` should have installed it"
        );
    }
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped {test}: {why}");
}

/// The top of the repository.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the workspace")
}

/// Where nobody listens: a port below those that the system gives to sockets which name none, so that no other test gets it
/// before this one binds it; and another each time, for what is left of a connection would be in the way of the next.
pub fn free_address() -> SocketAddr {
    static NEXT: LazyLock<AtomicU16> =
        LazyLock::new(|| AtomicU16::new(20_000 + (process::id() % 10_000) as u16));
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return ([127, 0, 0, 1], port).into();
        }
    }
}

fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}
