//! A line with a rate and a delay, in virtual time: a download that fills it, and keystrokes beside it.

use std::collections::VecDeque;
use std::time::Duration;

use super::pair::*;
use crate::tunnel::*;

/// One direction: a queue that drains at a rate, then a delay.
struct Line {
    /// Octets a second.
    rate: f64,
    delay: Duration,
    free_at: Duration,
    /// When each message has arrived.
    way: VecDeque<(Duration, Vec<u8>)>,
}

impl Line {
    fn new(rate: f64, delay: Duration) -> Line {
        Line { rate, delay, free_at: Duration::ZERO, way: VecDeque::new() }
    }

    fn send(&mut self, message: Vec<u8>, now: Duration) {
        let takes = Duration::from_secs_f64(message.len() as f64 / self.rate);
        self.free_at = self.free_at.max(now) + takes;
        self.way.push_back((self.free_at + self.delay, message));
    }

    fn arrived(&mut self, now: Duration) -> Option<Vec<u8>> {
        let there = self.way.front().is_some_and(|(at, _)| *at <= now);
        there.then(|| self.way.pop_front().expect("it is there").1)
    }
}

struct Seen {
    /// Octets a second of all downloads.
    rate: f64,
    /// From a keystroke until its echo.
    echoes: Vec<Duration>,
}

/// `downloads` fill the line down for some seconds; each 50 ms a keystroke goes up and its echo comes down.
fn run(rate: f64, delay: Duration, downloads: usize) -> Seen {
    let step = Duration::from_micros(100);
    let seconds = 5;
    let mut pair = Pair::new();
    let keys = pair.open();
    let bulk: Vec<StreamId> = (0..downloads).map(|_| pair.open()).collect();
    let (mut down, mut up) = (Line::new(rate, delay), Line::new(rate, delay));
    let (mut octets, mut echoes, mut pressed) = (0, Vec::new(), VecDeque::new());
    let Pair { mut page, mut relay, mut now, .. } = pair;
    let start = now;
    let mut next_key = now + Duration::from_secs(1);
    while now < start + Duration::from_secs(seconds) {
        for id in &bulk {
            let room = relay.room(*id);
            relay.send(*id, &vec![0; room]);
        }
        if now >= next_key {
            next_key += Duration::from_millis(50);
            page.send(keys, b"k");
            pressed.push_back(now);
        }
        while let Some(message) = relay.poll_message(now) {
            down.send(message, now);
        }
        while let Some(message) = page.poll_message(now) {
            up.send(message, now);
        }
        now += step;
        while let Some(message) = up.arrived(now) {
            relay.receive(&message, now).unwrap();
        }
        for event in events(&mut relay) {
            if let Event::Data(id, keys) = event {
                relay.consumed(id, keys.len());
                relay.send(id, &keys);
            }
        }
        while let Some(message) = down.arrived(now) {
            page.receive(&message, now).unwrap();
        }
        for event in events(&mut page) {
            let Event::Data(id, bytes) = event else { continue };
            page.consumed(id, bytes.len());
            if id == keys {
                // Two may come as one.
                let keys = pressed.drain(..bytes.len());
                echoes.extend(keys.map(|pressed: Duration| now - pressed));
            } else {
                octets += bytes.len();
            }
        }
    }
    assert!(pressed.len() < 5, "echoes are missing");
    echoes.sort();
    Seen { rate: octets as f64 / seconds as f64, echoes }
}

const MIB: f64 = 1_048_576.0;

#[test]
fn a_keystroke_does_not_wait_behind_downloads_that_fill_a_slow_line() {
    for (rate, delay, downloads) in [(3.1, 0, 1), (3.1, 0, 7), (3.1, 20, 1), (1.0, 5, 3)] {
        let seen = run(rate * MIB, Duration::from_millis(delay), downloads);
        let middle = seen.echoes[seen.echoes.len() / 2];
        let most = Duration::from_millis(2 * delay) + Duration::from_millis(25);
        let what = format!("{rate} MiB/s, {delay} ms, {downloads} downloads");
        assert!(middle < most, "{what}: an echo takes {middle:?}");
        assert!(seen.rate > 0.9 * rate * MIB, "{what}: {} MiB/s arrive", seen.rate / MIB);
    }
}

#[test]
fn a_fast_line_and_a_long_one_are_filled_as_far_as_the_windows_go() {
    for (rate, delay) in [(1000.0, 0.1), (100.0, 1.0), (20.0, 40.0)] {
        let seen = run(rate * MIB, Duration::from_secs_f64(delay / 1000.0), 2);
        // A window is granted again by halves, and the virtual clock has ticks of 0.1 ms.
        let windows = 2.0 * f64::from(PAGE_WINDOW) / (2.0 * (delay + 0.1) / 1000.0);
        let could = (rate * MIB).min(windows);
        assert!(seen.rate > 0.6 * could, "{rate} MiB/s, {delay} ms: {} of {}", seen.rate, could);
    }
}
