//! What a learner who only presses Enter is led through: one message from hello to good bye.

use core::net::IpAddr;

use super::SmtpClient;
use crate::machine::Suggestion;
use crate::random::Random;
use crate::text::sasl;
use crate::world::{Date, EPOCH};

impl SmtpClient {
    pub(super) fn suggest(&self) -> Option<Suggestion> {
        let busy = self.progress.is_waiting() || self.replies.is_some() || self.streaming.is_some();
        if !self.open || busy {
            return None;
        }
        let failed = |verb: &str| self.failed.contains(&verb);
        let over = self.delivered > 0
            || ["MAIL", "RCPT", "DATA", "(message)", "(last chunk)"].into_iter().any(failed);
        let quit = || ("QUIT".to_string(), "End the session in order.");
        let (text, why) = match self.progress.state().id {
            "connected" if !failed("EHLO") => (
                format!("EHLO {}", self.config.name),
                "Say who you are, and ask what the server can do.",
            ),
            "connected" if !failed("HELO") => {
                (format!("HELO {}", self.config.name), "Try the greeting of old.")
            }
            "ready" if self.wants_login() => match self.login() {
                Some(login) => (login, "The server wants to know who you are first."),
                None => quit(),
            },
            "ready" if !over => (
                format!("MAIL FROM:<{}>", self.address(&self.config.user)),
                "Begin a message: where should reports of failure go?",
            ),
            "sender" if !failed("RCPT") => (
                format!("RCPT TO:<{}>", self.address("you")),
                "Say who is to get it. The server says at once whether it can.",
            ),
            "recipients" if !failed("DATA") => {
                ("DATA".into(), "The envelope is complete: ask to send the message.")
            }
            "data" => (self.message(), "Header, empty line, body. Look what happens to the dot."),
            "chunking" => {
                ("BDAT LAST\nThis was the last chunk.".into(), "Send the rest of the message.")
            }
            "spoiled" => ("RSET".into(), "Clear the failed transaction away."),
            "sasl" => (self.response(), "Answer the challenge."),
            "connected" | "ready" | "sender" | "recipients" | "no-service" => quit(),
            _ => return None,
        };
        Some(Suggestion { text, why: why.into() })
    }

    fn wants_login(&self) -> bool {
        let tried = ["AUTH", "(response)"].into_iter().any(|verb| self.failed.contains(&verb));
        self.login_required && !self.logged_in && !tried
    }

    /// AUTH with the strongest mechanism that both sides know.
    fn login(&self) -> Option<String> {
        let offered = self.extension("AUTH")?;
        let mechanism = sasl::Mechanism::ALL
            .into_iter()
            .find(|m| offered.split(' ').any(|name| name.eq_ignore_ascii_case(m.name())))?;
        Some(format!("AUTH {}", mechanism.name()))
    }

    fn response(&self) -> String {
        let (n, challenge) = &self.challenge;
        let answer = self
            .mechanism
            .and_then(|m| m.respond(*n, challenge, &self.config.user, &self.config.password));
        answer.map_or_else(|| "*".into(), sasl::encode)
    }

    /// A mailbox at the server, which may have been named by its IP address.
    pub(super) fn address(&self, user: &str) -> String {
        match self.config.host.parse::<IpAddr>() {
            Ok(IpAddr::V4(v4)) => format!("{user}@[{v4}]"),
            Ok(IpAddr::V6(v6)) => format!("{user}@[IPv6:{v6}]"),
            Err(_) => format!("{user}@{}", self.config.host),
        }
    }

    /// A whole short mail. The page has no clock, so its date is the day the world begins.
    fn message(&self) -> String {
        format!(
            "Date: {}\nFrom: <{}>\nTo: <{}>\nSubject: Hello\nMessage-ID: <{}@{}>\n\n\
             This mail came by SMTP. A line that begins with a dot:\n\
             .hidden\n\
             On the wire it has one dot more.\n",
            Date(EPOCH).mail(),
            self.envelope.sender.as_deref().unwrap_or_default(),
            self.envelope.recipients.join(">, <"),
            Random::new(self.config.seed).hex(),
            self.config.name,
        )
    }
}
