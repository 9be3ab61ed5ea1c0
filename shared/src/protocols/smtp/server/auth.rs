//! AUTH (RFC 4954).

use super::SmtpServer;
use crate::text::sasl::{self, Exchange, Mechanism, Verdict};
use crate::text::split_verb;
use crate::world::World;

impl SmtpServer {
    pub(super) fn auth(&mut self, argument: &str, world: &World) {
        let (name, initial) = split_verb(argument);
        let Some(mechanism) = Mechanism::by_name(name) else {
            self.reply("504", "5.5.4", "this mechanism is not offered; EHLO lists them");
            return;
        };
        let stamp = format!("<{}@{}>", self.random.hex(), self.name);
        let exchange = Exchange::new(mechanism, stamp);
        let first = exchange.begin();
        let takes_initial = exchange.takes_initial_response();
        self.exchange = Some(exchange);
        match initial {
            None => self.challenge(&first),
            Some(_) if !takes_initial => {
                self.exchange = None;
                self.reply("501", "5.7.0", "in this mechanism the server speaks first");
            }
            Some("=") => self.response("", world),
            Some(initial) => self.response(initial, world),
        }
    }

    /// A line of the exchange, or the initial response.
    pub(super) fn response(&mut self, line: &str, world: &World) {
        let Some(mut exchange) = self.exchange.take() else {
            self.reply("503", "5.5.1", "no exchange is under way");
            return;
        };
        if line == "*" {
            self.reply("501", "5.7.0", "the exchange was given up");
            return;
        }
        let Some(response) = sasl::decode(line) else {
            self.reply("501", "5.5.2", "the response is not base64");
            return;
        };
        match exchange.respond(&response, world) {
            Verdict::Challenge(next) => {
                self.exchange = Some(exchange);
                self.challenge(&next);
            }
            Verdict::Accepted(user) => {
                let text = format!("you are {user}");
                self.user = Some(user);
                self.reply("235", "2.7.0", &text);
            }
            Verdict::Denied => self.reply("535", "5.7.8", "wrong name or password"),
            Verdict::Malformed => {
                self.reply("535", "5.7.8", "the response does not fit the mechanism");
            }
        }
    }

    fn challenge(&mut self, challenge: &str) {
        self.plain_reply("334", &[&sasl::encode(challenge)]);
    }
}
