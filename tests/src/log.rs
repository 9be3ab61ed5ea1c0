//! What the relays of this program write into their log: those of all tests that run at the time, on whichever thread.

use std::io;
use std::sync::{Mutex, Once, PoisonError};

static START: Once = Once::new();
static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Keeps the log from now on.
pub fn keep() {
    START.call_once(|| {
        tracing_subscriber::fmt()
            .with_env_filter("relay=debug")
            .with_ansi(false)
            .with_writer(|| Writer)
            .init();
    });
}

/// All that was kept so far.
pub fn kept() -> String {
    let written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&written).into_owned()
}

/// The lines that have this, such as an address.
pub fn kept_of(part: &str) -> String {
    kept().lines().filter(|line| line.contains(part)).map(|line| format!("{line}\n")).collect()
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
