//! From the end of the message to the mailboxes.

use core::net::IpAddr;

use super::SmtpServer;
use crate::machine::Tick;
use crate::text::message;
use crate::world::World;
use crate::world::mail::QUOTA;

/// What MAIL and RCPT have said.
#[derive(Clone, Debug, Default)]
pub(super) struct Envelope {
    /// Empty for `<>`.
    pub(super) sender: String,
    pub(super) utf8: bool,
    /// As announced; 0 if it was not.
    pub(super) size: u64,
    /// RET=HDRS: a report repeats the header only.
    pub(super) report_headers: bool,
    pub(super) id: Option<String>,
    pub(super) recipients: Vec<Recipient>,
    /// Recipients that were not taken.
    pub(super) refused: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Recipient {
    pub(super) address: String,
    /// The users whose mailboxes the address stands for.
    pub(super) mailboxes: Vec<String>,
    /// NOTIFY=SUCCESS: the sender wants to know of the delivery.
    pub(super) report: bool,
    /// ORCPT, still in xtext.
    pub(super) original: Option<String>,
}

/// More lines of trace than this mean that the message runs in a circle (RFC 5321 section 6.3).
const HOPS_LIMIT: usize = 100;

/// The users behind a local part: a user, an alias, or the list of everyone.
pub(super) fn mailboxes(local: &str, world: &World) -> Vec<String> {
    let local = local.to_ascii_lowercase();
    match local.as_str() {
        "postmaster" => vec![crate::world::USER.into()],
        "everyone" => world.accounts.iter().map(|(user, _)| user.into()).collect(),
        user if world.mail.mailbox(user).is_some() => vec![local],
        _ => Vec::new(),
    }
}

impl SmtpServer {
    /// Delivers to every recipient or to none, and answers.
    pub(super) fn finish_message(&mut self, now: Tick, world: &mut World) {
        let incoming = core::mem::take(&mut self.incoming);
        let envelope = core::mem::take(&mut self.envelope);
        if incoming.too_large {
            self.reply("552", "5.3.4", &super::too_large());
            return;
        }
        if let Some(at) = bare(&incoming.bytes) {
            let text = format!(
                "a bare CR or LF stands at octet {at}; lines end with CR LF only (RFC 5321 section 2.3.8)"
            );
            self.reply("550", "5.6.0", &text);
            return;
        }
        let header = &incoming.bytes[..message::body_start(&incoming.bytes)];
        let hops = header.split(|b| *b == b'\n').filter(|line| is_trace(line)).count();
        if hops > HOPS_LIMIT {
            self.reply("554", "5.4.6", "the message has been through too many servers");
            return;
        }
        let mut users: Vec<&String> =
            envelope.recipients.iter().flat_map(|recipient| &recipient.mailboxes).collect();
        users.sort();
        users.dedup();
        let id = self.random.hex();
        let mut bytes = self.trace(&envelope, &id, &world.date(now).mail()).into_bytes();
        bytes.extend_from_slice(&incoming.bytes);
        if !bytes.ends_with(b"\r\n") {
            bytes.extend_from_slice(b"\r\n");
        }
        let full = |user: &&&String| {
            let octets = world.mail.octets(user);
            octets + bytes.len() as u64 > QUOTA
        };
        if let Some(user) = users.iter().find(full) {
            let text = format!("the mailbox of {user} is full; nothing was delivered");
            self.reply("452", "4.2.2", &text);
            return;
        }
        let received = world.date(now);
        let delivered =
            users.iter().filter(|user| world.mail.deliver(user, &bytes, received).is_ok()).count();
        let s = if delivered == 1 { "" } else { "es" };
        self.report(&envelope, &id, &incoming.bytes, now, world);
        let text = format!("message {id} is in {delivered} mailbox{s}");
        self.reply("250", "2.0.0", &text);
    }

    /// The lines that the last server puts before a message (RFC 5321 section 4.4).
    fn trace(&self, envelope: &Envelope, id: &str, date: &str) -> String {
        let address = match self.peer.map(|ip| ip.to_canonical()) {
            Some(IpAddr::V4(v4)) => format!(" ([{v4}])"),
            Some(IpAddr::V6(v6)) => format!(" ([IPv6:{v6}])"),
            None => String::new(),
        };
        // RFC 3848 and RFC 6531 section 4.3 name the ways a message came.
        let with = match (self.extended, envelope.utf8) {
            (false, _) => "SMTP",
            (true, false) => "ESMTP",
            (true, true) => "UTF8SMTP",
        };
        let login = if self.user.is_some() { "A" } else { "" };
        let recipient = match envelope.recipients.as_slice() {
            [only] => format!("\r\n\tfor <{}>", only.address),
            _ => String::new(),
        };
        format!(
            "Return-Path: <{}>\r\nReceived: from {}{address}\r\n\tby {} with {with}{login} id {id}{recipient};\r\n\t{date}\r\n",
            envelope.sender, self.client, self.name
        )
    }

    /// Puts the report that NOTIFY=SUCCESS asked for into the sender's mailbox (RFC 3461
    /// section 5.2.3, RFC 3464). No mail leaves the lab, so a sender elsewhere gets none.
    fn report(
        &mut self,
        envelope: &Envelope,
        id: &str,
        original: &[u8],
        now: Tick,
        world: &mut World,
    ) {
        let wanted: Vec<&Recipient> = envelope.recipients.iter().filter(|r| r.report).collect();
        let sender = envelope.sender.rsplit_once('@');
        let home = sender.filter(|(_, domain)| domain.eq_ignore_ascii_case(&self.name));
        let (Some((user, _)), false) = (home, wanted.is_empty()) else { return };
        let (name, date) = (&self.name, world.date(now).mail());
        let boundary = format!("=-{id}");
        let mut text = format!(
            "Return-Path: <>\r\nDate: {date}\r\nFrom: Mail Delivery <postmaster@{name}>\r\nTo: <{}>\r\n\
             Subject: Your mail was delivered\r\nMessage-ID: <report.{id}@{name}>\r\nAuto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{boundary}\"\r\n\r\n\
             --{boundary}\r\n\r\nYour mail has reached:\r\n\r\n",
            envelope.sender
        );
        for recipient in &wanted {
            text.push_str(&format!("  {}\r\n", recipient.address));
        }
        text.push_str(&format!(
            "\r\n--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {name}\r\n"
        ));
        if let Some(id) = envelope.id.as_deref().and_then(decoded) {
            text.push_str(&format!("Original-Envelope-Id: {id}\r\n"));
        }
        for recipient in &wanted {
            text.push_str("\r\n");
            let original = recipient.original.as_deref().and_then(|o| o.split_once(';'));
            if let Some((kind, address)) = original
                && let Some(address) = decoded(address)
            {
                text.push_str(&format!("Original-Recipient: {kind}; {address}\r\n"));
            }
            text.push_str(&format!(
                "Final-Recipient: rfc822; {}\r\nAction: delivered\r\nStatus: 2.1.5\r\n",
                recipient.address
            ));
        }
        let (kind, repeated) = match envelope.report_headers {
            true => ("text/rfc822-headers", &original[..message::body_start(original)]),
            false => ("message/rfc822", original),
        };
        text.push_str(&format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\n\r\n"));
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(repeated);
        bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        for user in mailboxes(user, world) {
            // A report for a full mailbox is dropped: it must not cause another one.
            let _ = world.mail.deliver(&user, &bytes, world.date(now));
        }
    }
}

/// xtext as text for a header field; `None` if it could break one.
fn decoded(xtext: &str) -> Option<String> {
    let text = String::from_utf8(crate::protocols::smtp::params::xtext(xtext)?).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

/// Where a CR without LF, or an LF without CR, stands.
fn bare(message: &[u8]) -> Option<usize> {
    (0..message.len()).find(|at| match message[*at] {
        b'\r' => message.get(at + 1) != Some(&b'\n'),
        b'\n' => *at == 0 || message[at - 1] != b'\r',
        _ => false,
    })
}

fn is_trace(line: &[u8]) -> bool {
    line.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"Received:"))
}
