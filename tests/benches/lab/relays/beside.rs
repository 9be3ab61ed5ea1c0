//! Echoes beside a busy stream: what both kinds of clients note.

use std::time::{Duration, Instant};

/// Until the busy stream has filled whatever there is to fill.
const BEFORE: Duration = Duration::from_millis(500);
const SPAN: Duration = Duration::from_secs(3);
/// No echo in this time is the answer, too.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How the busy stream is read.
#[derive(Clone, Copy)]
pub(super) enum Reader {
    /// 64 KiB each 20 ms.
    Slow,
    /// At the end of a slow line.
    Eager,
}

const SLOW_BLOCK: u64 = 64 * 1024;
const SLOW_EACH: Duration = Duration::from_millis(20);

impl Reader {
    /// Octets that are asked for: more than can come in the time. What a relay takes from the server without being able
    /// to hand it on, or for a client that has left, it keeps in memory: 23 GiB were seen where that had no bound.
    pub(super) fn asks(self) -> u64 {
        match self {
            Reader::Slow => 8 << 30,
            Reader::Eager => 1 << 30,
        }
    }

    /// What may have been read at this time.
    pub(super) fn due(self, elapsed: Duration) -> u64 {
        match self {
            Reader::Slow => (elapsed.as_secs_f64() / SLOW_EACH.as_secs_f64()) as u64 * SLOW_BLOCK,
            Reader::Eager => u64::MAX,
        }
    }

    /// When more than this may be read.
    pub(super) fn when(self, octets: u64) -> Duration {
        match self {
            Reader::Slow => SLOW_EACH * (octets / SLOW_BLOCK + 1) as u32,
            Reader::Eager => Duration::ZERO,
        }
    }
}

pub(super) struct Beside {
    reader: Reader,
    began: Instant,
    /// In seconds; infinite if none came.
    pub(super) echoes: Vec<f64>,
    /// Octets a second of the busy stream.
    pub(super) rate: f64,
    /// The most octets that had come and were not read.
    pub(super) piled: u64,
}

impl Beside {
    pub(super) fn new(reader: Reader) -> Beside {
        Beside { reader, began: Instant::now(), echoes: Vec::new(), rate: 0.0, piled: 0 }
    }

    /// An echo may be sent.
    pub(super) fn may_begin(&self) -> bool {
        (BEFORE..SPAN).contains(&self.began.elapsed())
    }

    pub(super) fn is_over(&self) -> bool {
        let elapsed = self.began.elapsed();
        elapsed > PATIENCE || (elapsed > SPAN && !self.echoes.is_empty())
    }

    /// How long to wait for a message before looking at the clock again.
    pub(super) fn patience(&self) -> Duration {
        SLOW_EACH
    }

    pub(super) fn may_have_taken(&self) -> u64 {
        self.reader.due(self.began.elapsed())
    }

    pub(super) fn echoed(&mut self, took: Duration) {
        self.echoes.push(took.as_secs_f64());
    }

    pub(super) fn ended(mut self, octets: u64, piled: u64) -> Beside {
        self.rate = octets as f64 / self.began.elapsed().as_secs_f64();
        self.piled = piled;
        if self.echoes.is_empty() {
            self.echoes.push(f64::INFINITY);
        }
        self
    }
}
