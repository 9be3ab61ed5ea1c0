//! Who the client is.

use super::ImapServer;
use crate::protocols::imap::frame::Unit;
use crate::protocols::imap::table;
use crate::text::sasl::{self, Exchange, Mechanism, Verdict};
use crate::world::World;

impl ImapServer {
    pub(super) fn login(&mut self, tag: &str, user: &str, right: bool, world: &mut World) {
        if !right || world.mail.mailbox(user).is_none() {
            self.no(tag, "NO", "[AUTHENTICATIONFAILED] wrong name or password", world);
            return;
        }
        self.user = user.into();
        // The list that holds from here on (RFC 3501 section 6.2.3).
        let text = format!("[CAPABILITY {}] {user} is logged in", super::AFTER_LOGIN);
        self.ok(tag, &text, world);
    }

    pub(super) fn authenticate(
        &mut self,
        tag: &str,
        mechanism: &str,
        initial: Option<&str>,
        world: &mut World,
    ) {
        let Some(mechanism) = Mechanism::by_name(mechanism) else {
            self.no(tag, "NO", "[CANNOT] this mechanism is not offered", world);
            return;
        };
        let stamp = format!("<{}@{}>", self.random.hex(), self.name);
        let exchange = Exchange::new(mechanism, stamp);
        match initial {
            None => {
                let first = exchange.begin();
                self.exchange = Some((tag.into(), exchange));
                self.challenge(&first);
            }
            Some(_) if !exchange.takes_initial_response() => {
                self.no(tag, "BAD", "in CRAM-MD5 the server speaks first", world);
            }
            Some(initial) => {
                let initial = if initial == "=" { "" } else { initial };
                self.judge(tag.into(), exchange, initial, world);
            }
        }
    }

    pub(super) fn response(
        &mut self,
        tag: String,
        exchange: Exchange,
        unit: &Unit,
        world: &mut World,
    ) {
        self.progress.sent(&table::RESPONSE);
        let line = String::from_utf8_lossy(&unit.bytes).into_owned();
        match line.strip_suffix("\r\n") {
            Some("*") => self.no(&tag, "BAD", "the exchange was given up", world),
            Some(line) => self.judge(tag, exchange, line, world),
            None => self.no(&tag, "BAD", "bare LF; lines end with CR LF", world),
        }
    }

    fn judge(&mut self, tag: String, mut exchange: Exchange, line: &str, world: &mut World) {
        let Some(response) = sasl::decode(line) else {
            self.no(&tag, "BAD", "the response is not base64", world);
            return;
        };
        match exchange.respond(&response, world) {
            Verdict::Challenge(next) => {
                self.exchange = Some((tag, exchange));
                self.challenge(&next);
            }
            Verdict::Accepted(user) => self.login(&tag, &user, true, world),
            Verdict::Denied => self.login(&tag, "", false, world),
            Verdict::Malformed => {
                self.no(&tag, "BAD", "the response does not fit the mechanism", world);
            }
        }
    }

    fn challenge(&mut self, challenge: &str) {
        self.put(format!("+ {}\r\n", sasl::encode(challenge)).into_bytes());
        self.moved("+");
    }
}
