//! What a learner who only presses Enter is led through: one session from hello to good bye.

use super::ImapClient;
use crate::machine::Suggestion;
use crate::protocols::imap::table;
use crate::text::sasl::{self, Mechanism};

impl ImapClient {
    pub(super) fn suggest(&self) -> Option<Suggestion> {
        let busy = self.progress.is_waiting()
            || !self.parts.is_empty()
            || !self.framer.is_between()
            || self.raw.waits();
        if !self.open || busy {
            return None;
        }
        let (text, why) = match self.progress.state().id {
            "not-authenticated" => self.before_login(),
            "sasl" => (self.response(), "Answer the challenge."),
            "authenticated" => self.without_mailbox(),
            "selected" => self.with_mailbox(),
            "message" => (
                "Subject: A note\n\nHello from the lab.\n".into(),
                "Header, empty line, body. The lab counts the octets and sends the number first.",
            ),
            "idle" => {
                ("DONE".into(), "Let a mail arrive and see it told at once; then end the waiting.")
            }
            _ => return None,
        };
        Some(Suggestion { text, why: why.into() })
    }

    fn before_login(&self) -> (String, &'static str) {
        let offers = |word: &str| {
            self.known.capabilities.iter().any(|known| known.eq_ignore_ascii_case(word))
        };
        let tried = |verb: &str| self.failed.contains(&verb);
        let mechanism = Mechanism::ALL.into_iter().find(|m| offers(&format!("AUTH={}", m.name())));
        if !self.tried("CAPABILITY") {
            return ("CAPABILITY".into(), "Ask what the server can do.");
        }
        match mechanism {
            _ if !offers("LOGINDISABLED") && !tried("LOGIN") => {
                let login = format!("LOGIN {} {}", self.config.user, self.config.password);
                (login, "Say who you are.")
            }
            Some(mechanism) if !tried("AUTHENTICATE") => {
                let login = format!("AUTHENTICATE {}", mechanism.name());
                (login, "Say who you are, with the strongest mechanism that both sides know.")
            }
            _ => self.leave(),
        }
    }

    fn without_mailbox(&self) -> (String, &'static str) {
        if !self.tried("LIST") {
            return ("LIST \"\" *".into(), "See which mailboxes there are.");
        }
        if !self.tried("SELECT") {
            return ("SELECT INBOX".into(), "Open the one that mail arrives in.");
        }
        self.leave()
    }

    fn with_mailbox(&self) -> (String, &'static str) {
        let last = self.known.exists.unwrap_or(0);
        if last > 0 {
            let first = last.saturating_sub(2).max(1);
            if !self.tried("FETCH") {
                let items = "(FLAGS INTERNALDATE ENVELOPE)";
                return (
                    format!("FETCH {first}:{last} {items}"),
                    "Look at the newest without reading them.",
                );
            }
            if self.done.iter().filter(|verb| **verb == "FETCH").count() < 2
                && !self.failed.contains(&"FETCH")
            {
                let items = "(BODYSTRUCTURE BODY[])";
                return (
                    format!("FETCH {last} {items}"),
                    "Read the newest: its parts, and all of it.",
                );
            }
            if !self.tried("STORE") && !self.known.read_only {
                return (format!("STORE {last} +FLAGS (\\Flagged)"), "Mark it.");
            }
            if !self.tried("SEARCH") {
                return ("SEARCH UNSEEN".into(), "Let the server look for what is unread.");
            }
        }
        if !self.tried("IDLE") && self.progress.has(&table::CAN_IDLE) {
            return ("IDLE".into(), "Wait for mail; the server tells at once.");
        }
        self.leave()
    }

    fn leave(&self) -> (String, &'static str) {
        ("LOGOUT".into(), "End the session in order.")
    }

    fn tried(&self, verb: &str) -> bool {
        self.done.contains(&verb) || self.failed.contains(&verb)
    }

    fn response(&self) -> String {
        let (n, challenge) = &self.challenge;
        let answer = self
            .mechanism
            .and_then(|m| m.respond(*n, challenge, &self.config.user, &self.config.password));
        answer.map_or_else(|| "*".into(), sasl::encode)
    }
}
