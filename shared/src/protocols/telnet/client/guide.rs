//! The next sensible line, and what is known.

use super::{TERMINALS, TelnetClient};
use crate::machine::{Fact, Suggestion};
use crate::protocols::telnet::options;
use crate::protocols::telnet::wire::{self, Prompt};

impl TelnetClient {
    pub(super) fn suggest(&self) -> Option<Suggestion> {
        if !self.open {
            return None;
        }
        let did = |line: &str| self.done.iter().any(|done| done == line);
        let (text, why) = match self.prompt()? {
            Prompt::Name => (self.config.user.as_str(), "Say who you are."),
            Prompt::Password => {
                (self.config.password.as_str(), "Prove it. The server does not show what you type.")
            }
            Prompt::Command if !did("pwd") => ("pwd", "See which folder you are in."),
            Prompt::Command if !did("ls") => ("ls", "See what is in it."),
            Prompt::Command if !did("cat hello.txt") && self.text.names_hello() => {
                ("cat hello.txt", "Read one of the files.")
            }
            Prompt::Command if !did(&format!("IAC {}", wire::AYT)) => {
                ("IAC AYT", "A command of Telnet itself: ask whether the server is there.")
            }
            Prompt::Command => ("exit", "End the session."),
        };
        Some(Suggestion { text: text.into(), why: why.into() })
    }

    pub(super) fn known(&self) -> Vec<Fact> {
        let echo = if self.options.them(options::ECHO) {
            "the server, or nobody at a password"
        } else {
            "your side"
        };
        let enter = if self.options.us(options::BINARY) { "CR" } else { "CR LF" };
        let (w, h) = self.window;
        let mut facts = vec![
            Fact::new("encryption", "none: everything crosses in clear text"),
            Fact::new("who shows what you type", echo),
            Fact::new("Enter is", enter),
        ];
        for (ours, on, awaited) in [
            (true, "your options", "your options, answer awaited"),
            (false, "the server\u{2019}s options", "the server\u{2019}s options, answer awaited"),
        ] {
            let names = |codes: Vec<u8>| {
                codes.into_iter().map(options::name).collect::<Vec<_>>().join(", ")
            };
            let (yes, open) = self.options.list(ours);
            facts.push(Fact::new(on, if yes.is_empty() { "none".into() } else { names(yes) }));
            if !open.is_empty() {
                facts.push(Fact::new(awaited, names(open)));
            }
        }
        if self.options.us(options::NAWS) {
            facts.push(Fact::new("window", format!("{w} columns, {h} rows")));
        }
        if self.asked_terminal > 0 {
            let last = (self.asked_terminal - 1) % (TERMINALS.len() + 1);
            facts.push(Fact::new("terminal", TERMINALS[last.min(TERMINALS.len() - 1)]));
        }
        facts
    }
}
