//! AUTHINFO.

use super::super::terms;
use super::NntpServer;
use crate::text::sasl::{self, Exchange, Mechanism, Verdict};
use crate::world::World;

impl NntpServer {
    pub(super) fn auth_user(&mut self, user: &str) {
        if self.is_logged_in() {
            return;
        }
        self.claimed = Some(user.into());
        self.answer(381, "the password, please");
    }

    pub(super) fn auth_pass(&mut self, password: &str, world: &World) {
        if self.is_logged_in() {
            return;
        }
        match self.claimed.take() {
            None => self.refuse_command(482, "AUTHINFO USER comes first"),
            Some(user) => {
                let right = world.accounts.admits(&user, password);
                self.login(&user, right);
            }
        }
    }

    pub(super) fn auth_sasl(&mut self, arguments: &[&str], world: &World) {
        if self.is_logged_in() {
            return;
        }
        let mechanism = arguments.first().and_then(|name| Mechanism::by_name(name));
        let Some(mechanism) = mechanism else {
            self.refuse_command(503, "this mechanism is not offered; see CAPABILITIES");
            return;
        };
        let stamp = format!("<{}@{}>", self.random.hex(), self.name);
        let exchange = Exchange::new(mechanism, stamp);
        let first = exchange.begin();
        let takes_initial = exchange.takes_initial_response();
        self.exchange = Some(exchange);
        match arguments.get(1) {
            None => self.challenge(&first),
            Some(_) if !takes_initial => {
                self.exchange = None;
                self.refuse_command(482, "in this mechanism the server speaks first");
            }
            Some(initial) => self.response(initial, world),
        }
    }

    /// A line of the exchange, or the initial response.
    pub(super) fn response(&mut self, line: &str, world: &World) {
        let Some(mut exchange) = self.exchange.take() else {
            return self.refuse_command(482, "there is no exchange");
        };
        if line == "*" {
            self.refuse_command(481, "the exchange was given up");
            return;
        }
        let response = if line == "=" { Some(Vec::new()) } else { sasl::decode(line) };
        let Some(response) = response.filter(|_| !line.is_empty()) else {
            self.refuse_command(504, "the response is not base64");
            return;
        };
        match exchange.respond(&response, world) {
            Verdict::Challenge(next) => {
                self.exchange = Some(exchange);
                self.challenge(&next);
            }
            Verdict::Accepted(user) => self.login(&user, true),
            Verdict::Denied => self.login("", false),
            Verdict::Malformed => {
                self.refuse_command(482, "the response does not fit the mechanism");
            }
        }
    }

    fn challenge(&mut self, challenge: &str) {
        let text = if challenge.is_empty() { "=".into() } else { sasl::encode(challenge) };
        self.reply(383, &[(&terms::CHALLENGE, &text)], "");
    }

    fn login(&mut self, user: &str, right: bool) {
        if right {
            self.user = Some(user.into());
            self.answer(281, &format!("welcome, {user}"));
        } else {
            self.refuse_command(481, "wrong name or password");
        }
    }

    /// Once is enough (RFC 4643 section 2.2); answers the client.
    fn is_logged_in(&mut self) -> bool {
        if self.user.is_some() {
            self.refuse_command(502, "you are logged in already");
        }
        self.user.is_some()
    }
}
