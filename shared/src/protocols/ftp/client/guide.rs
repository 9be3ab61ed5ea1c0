//! What the client knows, and what it would do next.

use super::super::table;
use super::FtpClient;
use crate::machine::{Fact, Suggestion};
use crate::table::State;

/// What is suggested as content: two lines, so that their ends can be seen on the wire.
const HELLO: &str = "Hello from the lab!\nThis file crossed its own connection.\n";

impl FtpClient {
    pub(super) fn suggest(&self) -> Option<Suggestion> {
        let waiting = self.progress.is_waiting() && !self.is(&table::UPLOAD);
        if !self.open || waiting || self.announcing.is_some() {
            return None;
        }
        let (text, why) = match self.progress.state().id {
            "login" => (format!("USER {}", self.config.user), "Say who you are."),
            "password" => (format!("PASS {}", self.config.password), "Prove it."),
            "account" => ("ACCT course".into(), "This server also wants an account."),
            "upload" => (HELLO.into(), "Send the content; its end is the end of the connection."),
            "ready" => return self.suggest_transfer(),
            _ => return None,
        };
        Some(Suggestion { text, why: why.into() })
    }

    /// A listing, a download and an upload, each with a data connection of its own. Other servers
    /// than the practice server are only looked at.
    fn suggest_transfer(&self) -> Option<Suggestion> {
        let tried = |name: &str| self.known.tried.contains(&name);
        let own = self.config.host == crate::world::HOST;
        let plan = [
            ("LIST", "LIST", "See what is there.", true),
            ("RETR", "RETR readme.txt", "Fetch a file.", own),
            ("STOR", "STOR upload/hello.txt", "Store a file.", own),
        ];
        let next = plan.iter().find(|(name, _, _, wanted)| *wanted && !tried(name));
        let (text, why) = match next {
            _ if self.known.no_data => ("QUIT", "Without data connections there is no more to do."),
            None => ("QUIT", "End the session in order."),
            Some((_, text, why, _)) if self.progress.has(&table::DATA) => (*text, *why),
            Some(_) if self.data.is_some() => return None,
            Some((name, ..)) => {
                let refused = |verb| tried(verb) && !tried("LIST") && !tried("RETR");
                match (refused("PASV"), refused("EPSV")) {
                    (true, true) if tried("PORT") || tried("EPRT") => {
                        ("QUIT", "The server offers no data connection.")
                    }
                    (true, true) if self.peer.is_some_and(|peer| peer.is_ipv6()) => {
                        ("EPRT", "It does not wait for you; wait for it.")
                    }
                    (true, true) => ("PORT", "It does not wait for you; wait for it."),
                    (false, _) if *name != "STOR" && !self.known.epsv_all => {
                        ("PASV", "Each transfer needs a data connection of its own.")
                    }
                    _ => {
                        ("EPSV", "The newer way to ask for a data connection: it says no address.")
                    }
                }
            }
        };
        Some(Suggestion { text: text.into(), why: why.into() })
    }

    /// A command was answered, or its transfer is over.
    pub(super) fn tried(&mut self, name: &'static str) {
        if !self.known.tried.contains(&name) {
            self.known.tried.push(name);
        }
    }

    pub(super) fn known_facts(&self) -> Vec<Fact> {
        let known = &self.known;
        let mut facts = vec![Fact::new("encryption", "none: everything crosses in clear text")];
        if let Some(user) = &known.user {
            facts.push(Fact::new("user", user));
        }
        if self.is(&table::READY) || self.transfer.is_some() {
            let directory = known.cwd.as_deref().unwrap_or("unknown; PWD asks");
            facts.push(Fact::new("working directory", directory));
            let kind = match known.image {
                true => "I: files cross octet for octet",
                false => "A: lines end with CR LF on the wire",
            };
            facts.push(Fact::new("type", kind));
            let data = match (&self.transfer, &self.data) {
                (Some(_), Some(_)) => "in use",
                (None, Some(data)) if data.is_awaited() => "the server will connect",
                (None, Some(_)) if self.progress.has(&table::DATA) => "open, for one transfer",
                (None, Some(_)) => "being opened",
                (_, None) => "none",
            };
            let data = match known.elsewhere {
                Some(addr) => format!("not here: at {addr}"),
                None => data.into(),
            };
            facts.push(Fact::new("data connection", data));
        }
        if let Some(rest) = &known.rest {
            facts.push(Fact::new("next transfer", format!("begins at octet {rest}")));
        }
        if known.epsv_all {
            facts.push(Fact::new("promise", "nothing but EPSV (EPSV ALL)"));
        }
        if let Some(system) = &known.system {
            facts.push(Fact::new("system", system));
        }
        if !known.features.is_empty() {
            facts.push(Fact::new("features", known.features.join(", ")));
        }
        facts
    }

    fn is(&self, state: &'static State) -> bool {
        self.progress.state() == state
    }
}
