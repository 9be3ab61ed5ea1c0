//! What a screen reader is told by itself: one sentence for each complete reply, and what a gate holds.

use shared::explain::Wire;
use shared::machine::Direction;
use shared::session::Gate;
use shared::transcript::{Entry, Kind, Side, visible};

use super::{Lab, Route, Turn};
use crate::text::t;

/// Lines of a screen that are read out.
const LINES: usize = 3;

/// How far the record has been told.
#[derive(Default)]
pub struct Announcer {
    route: Option<Route>,
    seen: usize,
    held: Option<Gate>,
    /// What is not yet said, and how many replies it stands for.
    pending: Option<(usize, String)>,
}

impl Announcer {
    /// Looks for news. Where replies come faster than they can be said, one sentence counts them.
    pub fn look(&mut self, lab: &Lab) {
        let len = lab.shown_len();
        if self.route.as_ref() != Some(&lab.route) {
            *self = Announcer { route: Some(lab.route.clone()), ..Announcer::default() };
        }
        // A step back is no news.
        self.seen = self.seen.min(len);
        let turn = lab.turn();
        let is_screen = lab.route.protocol.screen.is_some();
        if turn == Turn::Servers && !is_screen {
            return;
        }
        let new: Vec<&Entry> = (self.seen..len).filter_map(|n| lab.entry(n)).collect();
        if let Some((replies, words)) = said(&new, lab, is_screen) {
            // What was there before is not counted.
            let replies = if self.seen == 0 { 1 } else { replies };
            let turn = match turn {
                _ if lab.is_back() => "",
                Turn::Yours => t!("announce-yours"),
                Turn::Over => t!("announce-over"),
                Turn::Held | Turn::Servers => "",
            };
            self.push(replies, format!("{words} {turn}").trim_end().into());
        } else if turn == Turn::Over && !new.is_empty() {
            self.push(0, t!("announce-over").into());
        }
        self.seen = len;
        let gate = lab.session().gate();
        if self.held.as_ref() != Some(&gate) {
            match &gate {
                Gate::Open => {}
                Gate::Outgoing { bytes, .. } => {
                    self.push(0, t!("announce-outgoing", octets = bytes.len()));
                }
                Gate::Incoming { octets, .. } => {
                    self.push(0, t!("announce-incoming", octets = *octets));
                }
            }
            self.held = Some(gate);
        }
    }

    /// The next thing to say.
    pub fn take(&mut self) -> Option<String> {
        self.pending.take().map(|(_, words)| words)
    }

    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    fn push(&mut self, replies: usize, words: String) {
        let replies = replies + self.pending.take().map_or(0, |(before, _)| before);
        let words = if replies > 1 {
            t!("announce-replies", count = replies, last = &words)
        } else {
            words
        };
        self.pending = Some((replies, words));
    }
}

/// Each entry in a line, for those who want to hear all of them.
pub fn line(entry: &Entry) -> Option<String> {
    let wire = entry.wire()?;
    let text = visible(&wire.masked());
    Some(match entry.side() {
        Side::Client => t!("announce-you", text = &text),
        _ => t!("announce-server", text = &text),
    })
}

/// How many replies these entries are, and the last of them in words.
fn said(new: &[&Entry], lab: &Lab, is_screen: bool) -> Option<(usize, String)> {
    let server = new.iter().filter(|entry| entry.side() == Side::Server);
    let units: Vec<&Wire> = server.filter_map(|entry| entry.wire()).collect();
    if is_screen {
        let draw = lab.route.protocol.screen?;
        let lines = draw(&mut new.iter().copied());
        let lines: Vec<&str> =
            lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(LINES)..];
        return (!last.is_empty()).then(|| (1, last.join(". ")));
    }
    let of_you = |entry: &&&Entry| {
        entry.side() == Side::Client && entry.wire().is_some_and(|wire| !wire.by_itself)
    };
    let commands = new.iter().filter(of_you).count();
    let reply = units.iter().rposition(|wire| wire.outcome.is_some());
    let (reply, behind) = match reply {
        Some(at) => (units[at], units.get(at + 1..)?.last()),
        None => match units.last() {
            Some(wire) => (*wire, None),
            None => {
                return new.iter().rev().find_map(|entry| happened(entry)).map(|words| (1, words));
            }
        },
    };
    let mut words = match code(&reply.bytes) {
        Some(code) => format!("{code}: {}", reply.says),
        None => reply.says.clone(),
    };
    if let Some(block) = behind {
        words = format!("{words} {}", block.says);
    }
    Some((commands.max(1), words))
}

/// What is no reply, but has to be told.
fn happened(entry: &Entry) -> Option<String> {
    match &entry.kind {
        Kind::Data { direction: Direction::Received, octets, .. } => {
            Some(t!("announce-content", octets = *octets))
        }
        Kind::Failed { why } => Some(t!("announce-failed", why = why)),
        Kind::Reset { why } => Some(t!("announce-reset", why = why)),
        _ => None,
    }
}

/// `250`, `+OK`, `-ERR`: what the words do not say again.
fn code(bytes: &[u8]) -> Option<&str> {
    let word = bytes.split(|byte| b" -\r\n".contains(byte)).next()?;
    let word = if bytes.starts_with(b"-ERR") { b"-ERR" } else { word };
    let is_code = word.len() == 3 && word.iter().all(u8::is_ascii_digit);
    (is_code || word == b"+OK" || word == b"-ERR").then(|| str::from_utf8(word).ok())?
}

#[cfg(test)]
mod tests {
    use shared::machine::Tick;
    use shared::protocols;
    use shared::session::Mode;

    use super::*;

    fn lab(id: &str) -> Lab {
        let protocol = protocols::by_id(id).unwrap_or_else(|| panic!("no {id}"));
        let route = Route::practice(protocol);
        let mut lab = Lab::new(route.clone());
        lab.connect(route, Tick::default());
        pump(&mut lab);
        lab
    }

    fn pump(lab: &mut Lab) {
        while lab.pump(Tick::default()) {}
    }

    fn send(lab: &mut Lab, text: &str) {
        lab.send(text, Tick::default());
        pump(lab);
    }

    #[test]
    fn each_reply_is_said_once_and_says_whose_turn_it_is() {
        for protocol in protocols::ALL {
            let mut lab = lab(protocol.id);
            let mut announcer = Announcer::default();
            announcer.look(&lab);
            announcer.take();
            for _ in 0..12 {
                let suggestion = lab.client().suggestion();
                let (Turn::Yours, Some(suggestion)) = (lab.turn(), suggestion) else { break };
                send(&mut lab, &suggestion.text);
                announcer.look(&lab);
                let words = announcer.take().unwrap_or_default();
                let turn =
                    if lab.turn() == Turn::Over { "The session is over." } else { "Your turn." };
                assert!(words.ends_with(turn), "{} {:?}: {words}", protocol.id, suggestion.text);
                announcer.look(&lab);
                assert_eq!(announcer.take(), None, "{}", protocol.id);
            }
        }
    }

    #[test]
    fn the_words_of_a_reply() {
        let mut lab = lab("smtp");
        let mut announcer = Announcer::default();
        for (text, words) in [
            ("", "220: practice.lab is ready. Who are you? Your turn."),
            (
                "EHLO me.lab",
                "250: Welcome. The server can do 9 things beyond the basic protocol. Your turn.",
            ),
            ("MAIL FROM:<a@b.lab>", "250: The sender is accepted. Your turn."),
            ("RSET\nNOOP", "2 replies. The last one: 250:"),
            ("QUIT", "221: Good bye. The session is over."),
        ] {
            if !text.is_empty() {
                send(&mut lab, text);
            }
            announcer.look(&lab);
            let said = announcer.take().unwrap_or_default();
            assert!(said.starts_with(words), "{text}: {said}");
        }
    }

    #[test]
    fn what_a_gate_holds_is_said_once() {
        let mut lab = lab("pop3");
        let mut announcer = Announcer::default();
        announcer.look(&lab);
        announcer.take();
        lab.set_mode(Mode::Step, Tick::default());
        send(&mut lab, "USER student");
        announcer.look(&lab);
        assert!(announcer.take().is_some_and(|words| words.contains("14 octets")));
        announcer.look(&lab);
        assert_eq!(announcer.take(), None);
        lab.step(Tick::default());
        pump(&mut lab);
        announcer.look(&lab);
        assert!(announcer.take().is_some_and(|words| words.contains("from the server")));
        lab.step(Tick::default());
        announcer.look(&lab);
        assert_eq!(announcer.take().as_deref(), Some("+OK: Done. Your turn."));
    }

    #[test]
    fn what_a_terminal_shows_is_read_out_and_passwords_are_not() {
        let mut lab = lab("telnet");
        let mut announcer = Announcer::default();
        announcer.look(&lab);
        assert!(announcer.take().is_some_and(|words| words.contains("login:")));
        for text in ["student", "lab-secret"] {
            send(&mut lab, text);
            announcer.look(&lab);
            let words = announcer.take().unwrap_or_default();
            assert!(!words.is_empty() && !words.contains("lab-secret"), "{words}");
        }
        let lines: Vec<String> = lab.entries().filter_map(line).collect();
        assert!(lines.iter().any(|line| line == "You: student\\r\\n"), "{lines:?}");
        assert!(!lines.concat().contains("lab-secret"));
    }
}
