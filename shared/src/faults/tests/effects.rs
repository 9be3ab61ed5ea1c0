//! Every fault in every protocol that it fits, walked to the end.

use core::time::Duration;

use super::*;

/// Visits until a fault that counts over all connections must have shown.
const VISITS: usize = 3;

/// What a fault did, over all visits.
struct Seen {
    protocol: &'static Protocol,
    text: String,
    /// Reads with octets, and how many of them had one.
    reads: usize,
    single: usize,
    took: Duration,
    visits: Vec<Walk>,
}

impl Seen {
    fn of(protocol: &'static Protocol, fault: Option<&'static Fault>, chunk: usize) -> Seen {
        let mut world = World::new(EPOCH);
        let (mut now, mut text, mut visits) = (Tick::default(), String::new(), Vec::new());
        for _ in 0..VISITS {
            let mut walk = Walk::again(protocol, fault, chunk, world, now).walk();
            if fault.is_some_and(|fault| fault.id == "full-mailbox") && protocol.id == "imap" {
                walk = Walk::again(protocol, fault, chunk, walk.world, walk.now);
                walk.types("LOGIN student lab-secret");
                walk.types("APPEND INBOX\nSubject: a\n\nb");
            }
            (world, now) = (walk.world.clone(), walk.now);
            text += &walk.text();
            visits.push(walk);
        }
        let reads = || visits.iter().flat_map(Walk::octets);
        let (all, single) = (reads().count(), reads().filter(|read| read.len() == 1).count());
        Seen { protocol, text, reads: all, single, took: now.0, visits }
    }

    fn has(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// The connection was ended by the server when something else was to come.
    fn breaks_off(&self) -> bool {
        let told = [
            "ended the connection",
            "Truncated",
            "No lone dot",
            "the connection without an octet",
            "== the server ends its side",
        ];
        told.iter().any(|words| self.has(words))
    }

    fn resets(&self) -> bool {
        self.has("reset: connection reset by peer")
    }
}

/// Whether it shows in what the client saw. `plain` is the same without the fault.
fn shows(fault: &Fault, seen: &Seen, plain: &Seen) -> bool {
    let id = seen.protocol.id;
    let refused = |words: &str| seen.has(words) && !plain.has(words);
    let unanswered = |command: &str| {
        let lines: Vec<_> = seen.text.lines().collect();
        let mut asks = lines.windows(2).filter(|pair| pair[0].contains(command));
        seen.breaks_off() && asks.any(|pair| pair[1].contains("ends its side"))
    };
    match fault.id {
        "one-byte-segments" => seen.single > 1000 || id == "telnet" && seen.single > 300,
        "coalesced" if id == "smtp" => seen.reads == plain.reads,
        "coalesced" => seen.reads < plain.reads,
        "delay" => seen.took >= Duration::from_secs(30) && seen.reads == plain.reads,
        "slow-loris" => seen.took >= Duration::from_secs(20) && seen.single > 500,
        "truncated-reply" => seen.breaks_off() && seen.text.len() < plain.text.len(),
        "no-line-end" if id == "nntp" => seen.has("101 the capabilities followVERSION 2"),
        "no-line-end" if id == "imap" => seen.has("AUTH=LOGINa1 OK"),
        "no-line-end" => seen.visits.iter().all(|visit| {
            let last = visit.octets().last().unwrap_or_default();
            !last.ends_with(b"\n") && visit.session.client().suggestion().is_none()
        }),
        "bare-lf" if id == "telnet" => {
            seen.visits.iter().all(|visit| visit.octets().all(|read| !read.contains(&b'\r')))
        }
        "bare-lf" => seen.has("bare LF"),
        "garbage" => {
            let garbage = b"\x00\x9f\xff\x07?\xc3(\r\n";
            seen.visits.iter().all(|visit| visit.octets().any(|read| read == garbage))
        }
        "wrong-code" => ["299 ", "+YES ", " FINE ", "HTTP/1.1 999"].iter().any(|w| refused(w)),
        "no-final-dot" => seen.breaks_off() && !seen.text.contains("S: .\n"),
        "cut-content" => seen.visits.iter().all(|visit| visit.octets().any(|r| r.len() == 100)),
        "wrong-address" => refused("203.0.113.9"),
        "451-every-3rd-rcpt" => seen.text.matches("S: 451 ").count() == 1,
        "greylist" => seen.text.matches("S: 450 4.2.0").count() == 1 && seen.has("S: 354"),
        "full-mailbox" => refused("S: 552 5.2.2") || refused("NO [OVERQUOTA]"),
        "full-disk" => refused("S: 452 ") || refused("S: HTTP/1.1 507"),
        "450-every-2nd-retr" => seen.text.matches("S: 450 ").count() == 1,
        "err-every-2nd-retr" => {
            let asked = seen.text.matches("C: RETR ").count();
            seen.text.matches("S: -ERR [SYS/TEMP]").count() == asked / 2
        }
        "no-every-2nd-fetch" => seen.text.matches("NO [UNAVAILABLE]").count() == 3,
        "403-every-2nd-group" => seen.text.matches("S: 403 ").count() >= 3,
        "503-every-2nd-get" => {
            let gets = seen.text.matches("C: GET ").count();
            seen.text.matches("S: HTTP/1.1 503").count() == gets / 2
        }
        "error-every-2nd-request" => seen.has("3Please try later"),
        "drop-at-data" => unanswered("C: DATA"),
        "drop-at-retr" => unanswered("C: RETR"),
        "drop-at-fetch" => unanswered("FETCH"),
        "drop-at-article" => unanswered("C: ARTICLE"),
        "drop-at-login" => unanswered("C: ********") && !seen.has("Hello, Sam"),
        "drop-every-2nd-request" => seen.has("without an answer") || seen.has("without an octet"),
        "shutting-down" => refused("shutting down") || refused("Shutting down"),
        "close-before-226" => seen.breaks_off() && !seen.has("S: 226"),
        "close-after-226" => seen.text.matches("S: 226").count() == VISITS && seen.breaks_off(),
        "close-before-250" => {
            let world = &seen.visits[VISITS - 1].world;
            let inbox = world.mail.mailbox("you").expect("there").messages().len();
            let before = World::new(EPOCH).mail.mailbox("you").expect("there").messages().len();
            seen.has("Nobody knows whether it was delivered") && inbox == before + VISITS
        }
        "reset" => seen.resets(),
        other => panic!("{other} has no test"),
    }
}

#[test]
fn every_fault_shows_in_every_protocol_that_it_fits() {
    for protocol in protocols::ALL {
        let plain = Seen::of(protocol, None, usize::MAX);
        for fault in of(protocol) {
            let seen = Seen::of(protocol, Some(fault), usize::MAX);
            assert!(
                shows(fault, &seen, &plain),
                "{} does not show in {}: {} reads, {} of one octet, {:?}\n{}",
                fault.id,
                protocol.id,
                seen.reads,
                seen.single,
                seen.took,
                seen.text
            );
        }
    }
}

#[test]
fn a_fault_gives_the_same_octets_each_time_and_reads_of_any_size_the_same_transcript() {
    for protocol in protocols::ALL {
        for fault in of(protocol) {
            let first = Walk::new(protocol, Some(fault), usize::MAX).walk();
            let again = Walk::new(protocol, Some(fault), usize::MAX).walk();
            assert_eq!(first.reads, again.reads, "{}", first.name());
            for chunk in [1, 3, 17] {
                let cut = Walk::new(protocol, Some(fault), chunk).walk();
                assert_eq!(
                    cut.session.transcript().entries(),
                    first.session.transcript().entries(),
                    "{} in reads of {chunk}\n{}",
                    first.name(),
                    cut.text()
                );
            }
        }
    }
}
