//! What to do next, and what is known.

use super::super::{table, wire};
use super::{Incoming, NntpClient};
use crate::machine::{Fact, Suggestion};

/// The group that the first dialogue reads, and the one that it posts to.
const READ: &str = "comp.lang.python";
const WRITE: &str = "misc.test";

impl NntpClient {
    pub(super) fn suggest(&self) -> Option<Suggestion> {
        let busy = self.progress.is_waiting() || !matches!(self.incoming, Incoming::Replies);
        if !self.open || busy || self.upload.is_some() {
            return None;
        }
        let (text, why) = match self.progress.state().id {
            "open" => self.command_suggested(),
            "need-pass" => {
                (format!("AUTHINFO PASS {}", self.config.password), "Prove that it is you.")
            }
            "sasl" => match self.next_response() {
                Some(response) => (response, "The answer to the challenge, in base64."),
                None => ("*".into(), "A lone star gives up the exchange."),
            },
            "posting" => (self.first_article(), "A whole article: header, empty line, body."),
            _ => return None,
        };
        Some(Suggestion { text, why: why.into() })
    }

    fn command_suggested(&self) -> (String, &'static str) {
        let command = |text: &str, why| (text.to_string(), why);
        let group = self.known.group.as_ref().map(|group| group.name.as_str());
        let label = |label: &str| {
            self.known.capabilities.iter().any(|line| wire::first_words(line)[0] == label)
        };
        if let Some(denied) = &self.denied {
            return if self.progress.has(&table::LOGGED_IN) {
                (denied.clone(), "Now that you are logged in, ask again.")
            } else if self.did("AUTHINFO USER") || self.did("AUTHINFO SASL") {
                command("QUIT", "The server does not let you in.")
            } else {
                (format!("AUTHINFO USER {}", self.config.user), "The server wants a login first.")
            };
        }
        if !self.did("CAPABILITIES") && self.answered.len() < 2 {
            return command("CAPABILITIES", "See what the server can do.");
        }
        if label("MODE-READER") && !label("READER") && !self.did("MODE READER") {
            return command("MODE READER", "This server speaks to other servers unless told so.");
        }
        match group {
            None if self.did("LIST ACTIVE") => match &self.known.listed {
                Some(listed) => (format!("GROUP {listed}"), "Select a group that the list names."),
                None => command("QUIT", "There is nothing to read here."),
            },
            None if self.group_refused => command("LIST ACTIVE", "See which groups there are."),
            None => (format!("GROUP {READ}"), "Select the group that you want to read."),
            Some(_) if self.did("(article)") => match &self.known.posted {
                Some(id) if !self.did("HEAD") => {
                    (format!("HEAD {id}"), "See what the server has added to your article.")
                }
                _ => command("QUIT", "End the session in order."),
            },
            Some(WRITE) if self.may_post() && !self.did("POST") => {
                command("POST", "Ask whether you may post an article.")
            }
            Some(_) if self.did("POST") => command("QUIT", "End the session in order."),
            Some(_) if !self.progress.has(&table::CURRENT) => {
                command("QUIT", "There is no article to read here.")
            }
            Some(_) if !self.did("ARTICLE") => command("ARTICLE", "Read the first article."),
            Some(_) if !self.did("NEXT") => command("NEXT", "Go on to the next one."),
            Some(_) if !self.did("BODY") => command("BODY", "Read its text without the header."),
            Some(READ) if self.may_post() => {
                (format!("GROUP {WRITE}"), "Change to the group where anybody may try to post.")
            }
            Some(_) => command("QUIT", "End the session in order."),
        }
    }

    fn may_post(&self) -> bool {
        self.known.posting == Some(true)
    }

    fn first_article(&self) -> String {
        let (user, host) = (&self.config.user, &self.config.host);
        let group = self.known.group.as_ref().map_or(WRITE, |group| &group.name);
        format!(
            "From: {user} <{user}@{host}>\nNewsgroups: {group}\nSubject: My first article\n\nHello, news!\n.\nThe line above is a single dot. On the wire it has two.\n"
        )
    }

    pub(super) fn tell(&self) -> Vec<Fact> {
        let known = &self.known;
        let encryption = match known.encrypted {
            true => "TLS",
            false => "none: everything crosses in clear text",
        };
        let mut facts = vec![Fact::new("encryption", encryption)];
        if let Some(posting) = known.posting {
            facts.push(Fact::new("posting", if posting { "allowed" } else { "not allowed" }));
        }
        if let Some(user) = &known.user {
            let state = match self.progress.has(&table::LOGGED_IN) {
                true => "logged in",
                false => "not yet logged in",
            };
            facts.push(Fact::new("user", format!("{user}, {state}")));
        }
        if let Some(group) = &known.group {
            facts.push(Fact::new("group", &group.name));
            let [count, low, high, _] = wire::first_words(&group.text);
            let numbers = match wire::is_empty(&group.text) {
                true => "none".into(),
                false => format!("about {count}, numbered from {low} to {high}"),
            };
            facts.push(Fact::new("articles", numbers));
            facts.push(match &known.article {
                Some((number, id)) => Fact::new("current article", format!("{number} {id}").trim()),
                None => Fact::new("current article", "none"),
            });
        }
        if !known.capabilities.is_empty() {
            facts.push(Fact::new("capabilities", known.capabilities.join(", ")));
        }
        facts
    }
}
