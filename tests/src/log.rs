//! What the relay of a test writes into its log. Its tasks have to run on the test's own thread, as
//! they do under `#[tokio::test]`.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

static START: Once = Once::new();

thread_local! {
    static WRITTEN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Keeps the log of this thread from now on.
pub fn keep() {
    // One for the whole program: what a thread hears must not depend on what others listen to.
    START.call_once(|| {
        tracing_subscriber::fmt()
            .with_env_filter("relay=debug")
            .with_ansi(false)
            .with_writer(|| Writer)
            .init();
    });
    WRITTEN.with_borrow_mut(|written| *written = Some(Vec::new()));
}

pub fn kept() -> String {
    WRITTEN.with_borrow(|written| {
        String::from_utf8_lossy(written.as_deref().unwrap_or_default()).into_owned()
    })
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.iter_mut().for_each(|log| log.extend(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
