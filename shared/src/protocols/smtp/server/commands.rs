//! The commands, one by one.

use super::delivery::{Recipient, mailboxes};
use super::{SIZE_LIMIT, SmtpServer};
use crate::machine::{Conn, Output};
use crate::protocols::smtp::params::{Param, params};
use crate::protocols::smtp::path::{Path, domain_fault, path};
use crate::protocols::smtp::table;
use crate::table::{Flag, Verb};
use crate::text::sasl::Mechanism;
use crate::world::World;
use crate::world::mail::QUOTA;

/// At least 100 recipients must be taken (RFC 5321 section 4.5.3.1.8); more are not needed here.
const RECIPIENTS_LIMIT: usize = 100;

/// Commands of SMTP that this server does not have, the obsolete ones included.
const NOT_IMPLEMENTED: &[&str] = &["ETRN", "STARTTLS", "SEND", "SOML", "SAML", "TURN"];

/// The extensions whose parameters are understood.
const OFFERED: &[&str] = &["SIZE", "8BITMIME", "SMTPUTF8", "DSN", "AUTH"];

impl SmtpServer {
    pub(super) fn obey(&mut self, verb: &'static Verb, argument: Option<&str>, world: &mut World) {
        match (verb.name, argument) {
            ("EHLO" | "HELO", argument) => self.hello(verb, argument.unwrap_or_default()),
            ("AUTH", Some(argument)) => self.auth(argument, world),
            ("MAIL", Some(argument)) => self.mail(argument),
            ("RCPT", Some(argument)) => self.rcpt(argument, world),
            ("DATA", None) => self.begin_content(),
            ("RSET", None) => {
                self.clear_transaction();
                self.reply("250", "2.0.0", "the transaction is cleared");
            }
            ("NOOP", _) => self.reply("250", "2.0.0", "still here"),
            ("VRFY", Some(who)) => self.vrfy(who, world),
            ("EXPN", Some(list)) => self.expn(list, world),
            ("HELP", topic) => self.help(topic),
            ("QUIT", None) => {
                let text = format!("{} says good bye", self.name);
                self.clear_transaction();
                self.reply("221", "2.0.0", &text);
                self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
            }
            _ => {
                let text = format!("the form is: {}", verb.syntax);
                self.reply("501", "5.5.4", &text);
            }
        }
    }

    pub(super) fn unknown(&mut self, name: &str) {
        if NOT_IMPLEMENTED.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            self.refuse("502", "5.5.1", "this command is not implemented here");
        } else {
            self.refuse("500", "5.5.1", "unknown command; HELP lists the known ones");
        }
    }

    pub(super) fn out_of_sequence(&mut self, verb: &str, needs: Option<&'static Flag>) {
        if verb == "DATA" && self.progress.state() == &table::SENDER && self.envelope.refused > 0 {
            self.refuse("554", "5.5.1", "there are no valid recipients");
            return;
        }
        let why = match (verb, self.progress.state().id) {
            (_, _) if needs == Some(&table::ANONYMOUS) => "you are logged in already".into(),
            (_, _) if needs.is_some() => format!("{verb} needs EHLO, not HELO"),
            (_, "connected") => format!("say EHLO before {verb}"),
            ("AUTH", _) => "AUTH is not allowed within a transaction".into(),
            ("MAIL", _) => "a transaction is under way; RSET clears it".into(),
            ("RCPT" | "DATA", "ready") => format!("{verb} needs a sender: MAIL first"),
            ("DATA", "sender") => "DATA needs a recipient: RCPT first".into(),
            ("DATA", "chunking") => "DATA cannot follow BDAT in one transaction".into(),
            (_, "spoiled") => "a chunk was refused; RSET first".into(),
            _ => format!("{verb} does not belong here"),
        };
        self.refuse("503", "5.5.1", &why);
    }

    fn hello(&mut self, verb: &'static Verb, domain: &str) {
        if domain_fault(domain).is_some() {
            let text = format!("the form is: {}", verb.syntax);
            self.plain_reply("501", &[&text]);
            return;
        }
        self.clear_transaction();
        self.client = domain.into();
        self.extended = verb == &table::EHLO;
        let welcome = format!("{} welcomes {domain}", self.name);
        if !self.extended {
            self.plain_reply("250", &[&welcome]);
            return;
        }
        let size = format!("SIZE {SIZE_LIMIT}");
        let auth = format!("AUTH {}", Mechanism::ALL.map(Mechanism::name).join(" "));
        self.plain_reply(
            "250",
            &[
                &welcome,
                "PIPELINING",
                &size,
                "8BITMIME",
                "SMTPUTF8",
                "CHUNKING",
                "DSN",
                "ENHANCEDSTATUSCODES",
                &auth,
                "HELP",
            ],
        );
        self.progress.set(&table::AUTH_OFFERED, true);
        self.progress.set(&table::CHUNKS, true);
    }

    fn mail(&mut self, argument: &str) {
        let Some((sender, given)) = self.envelope_argument("MAIL", "FROM:", argument) else {
            return;
        };
        if sender.domain.is_empty() && !sender.is_null() {
            self.reply("501", "5.1.7", "a sender needs a domain");
            return;
        }
        let utf8 = given.iter().any(|param| param.is("SMTPUTF8"));
        if !sender.is_ascii() && !utf8 {
            self.reply("553", "5.6.7", "this address needs the parameter SMTPUTF8");
            return;
        }
        let value = |name: &str| given.iter().find(|p| p.is(name)).and_then(|p| p.value);
        let size = value("SIZE").map_or(0, |size| size.parse().unwrap_or(u64::MAX));
        if size > SIZE_LIMIT as u64 {
            self.reply("552", "5.3.4", &super::too_large());
            return;
        }
        let report_headers = value("RET").is_some_and(|ret| ret.eq_ignore_ascii_case("HDRS"));
        let envelope_id = value("ENVID").map(Into::into);
        let text = format!("sender <{}> is accepted", sender.mailbox());
        self.clear_transaction();
        self.envelope.sender = sender.mailbox();
        self.envelope.utf8 = utf8;
        self.envelope.size = size;
        self.envelope.report_headers = report_headers;
        self.envelope.id = envelope_id;
        self.reply("250", "2.1.0", &text);
    }

    fn rcpt(&mut self, argument: &str, world: &World) {
        let Some((address, given)) = self.envelope_argument("RCPT", "TO:", argument) else {
            self.envelope.refused += 1;
            return;
        };
        let recipient = Recipient {
            address: address.mailbox(),
            mailboxes: mailboxes(&address.user(), world),
            report: given.iter().any(|p| p.is("NOTIFY") && wants(p, "SUCCESS")),
            original: given.iter().find(|p| p.is("ORCPT")).and_then(|p| p.value).map(Into::into),
        };
        let octets = self.envelope.size;
        let full = |user: &String| world.mail.octets(user) + octets >= QUOTA;
        let (code, enhanced, text) = if address.is_null() {
            ("501", "5.1.3", "a recipient cannot be empty".into())
        } else if !address.is_ascii() && !self.envelope.utf8 {
            ("553", "5.6.7", "this address needs SMTPUTF8 at MAIL".into())
        } else if !self.is_local(address.domain) {
            ("550", "5.7.1", format!("no mail leaves the lab: {} is not here", address.domain))
        } else if recipient.mailboxes.is_empty() {
            ("550", "5.1.1", format!("there is no mailbox {}", address.mailbox()))
        } else if self.envelope.recipients.len() >= RECIPIENTS_LIMIT {
            ("452", "4.5.3", format!("at most {RECIPIENTS_LIMIT} recipients for one message"))
        } else if recipient.mailboxes.iter().any(full) {
            ("452", "4.2.2", format!("the mailbox {} is full", address.mailbox()))
        } else {
            ("250", "2.1.5", format!("recipient <{}> is accepted", address.mailbox()))
        };
        if code == "250" {
            self.envelope.recipients.push(recipient);
        } else {
            self.envelope.refused += 1;
        }
        self.reply(code, enhanced, &text);
    }

    /// The address and the parameters of MAIL or RCPT; answers the client itself if they are
    /// wrong.
    fn envelope_argument<'a>(
        &mut self,
        verb: &'static str,
        word: &str,
        argument: &'a str,
    ) -> Option<(Path<'a>, Vec<Param<'a>>)> {
        let typed = argument.get(..word.len()).filter(|typed| typed.eq_ignore_ascii_case(word));
        if typed.is_none() {
            self.reply("501", "5.5.4", &format!("the form is: {verb} {word}<address>"));
            return None;
        }
        let malformed = if verb == "MAIL" { "5.1.7" } else { "5.1.3" };
        let (address, rest) = match path(&argument[word.len()..]) {
            Ok(found) => found,
            Err(fault) => {
                self.reply("501", malformed, &fault);
                return None;
            }
        };
        let given = match params(rest) {
            Ok(given) => given,
            Err(fault) => {
                self.reply("501", "5.5.4", &fault);
                return None;
            }
        };
        for param in &given {
            let kind = param.kind(verb).filter(|kind| {
                OFFERED.contains(&kind.extension) && self.extended && !param.says("BINARYMIME")
            });
            let Some(kind) = kind else {
                self.reply("555", "5.5.4", &format!("{param} is not offered here"));
                return None;
            };
            if !kind.fits(param) {
                self.reply("501", "5.5.4", &format!("the form is: {}", kind.expected));
                return None;
            }
        }
        Some((address, given))
    }

    /// Whether mail for this domain stays here. `<postmaster>` has none.
    fn is_local(&self, domain: &str) -> bool {
        let literal = self.local.is_some_and(|ip| {
            let ip = ip.to_canonical();
            domain.eq_ignore_ascii_case(&format!("[{ip}]"))
                || domain.eq_ignore_ascii_case(&format!("[IPv6:{ip}]"))
        });
        domain.is_empty() || domain.eq_ignore_ascii_case(&self.name) || literal
    }

    fn vrfy(&mut self, who: &str, world: &World) {
        let who = who.strip_suffix(" SMTPUTF8").unwrap_or(who);
        let who = who.trim_start_matches('<').trim_end_matches('>');
        let (local, domain) = who.rsplit_once('@').unwrap_or((who, ""));
        if !self.is_local(domain) {
            self.reply("550", "5.1.2", &format!("{domain} is not here"));
            return;
        }
        let mut users = mailboxes(local, world);
        if users.len() > 1 {
            self.reply("550", "5.1.1", "that is a list, not a user; EXPN shows who is on it");
            return;
        }
        if users.is_empty() && domain.is_empty() {
            let fits = |name: &str| {
                name.eq_ignore_ascii_case(local)
                    || name.split(' ').any(|word| word.eq_ignore_ascii_case(local))
            };
            let named = world.accounts.iter().filter(|(_, account)| fits(&account.full_name));
            users = named.map(|(user, _)| user.into()).collect();
        }
        let found: Vec<String> = users.iter().map(|user| self.named(user, world)).collect();
        match found.as_slice() {
            [one] => self.reply("250", "2.1.5", one),
            [] => self.reply("550", "5.1.1", &format!("there is no user {who}")),
            several => {
                let mut lines = vec!["several users fit:"];
                lines.extend(several.iter().map(String::as_str));
                self.reply_lines("553", "5.1.4", &lines);
            }
        }
    }

    fn expn(&mut self, list: &str, world: &World) {
        let list = list.strip_suffix(" SMTPUTF8").unwrap_or(list);
        let is_user = world.accounts.get(&list.to_ascii_lowercase()).is_some();
        let members = mailboxes(list, world);
        if is_user || members.is_empty() {
            self.reply("550", "5.1.1", &format!("there is no list {list}"));
            return;
        }
        let members: Vec<String> = members.iter().map(|user| self.named(user, world)).collect();
        let lines: Vec<&str> = members.iter().map(String::as_str).collect();
        self.reply_lines("250", "2.1.5", &lines);
    }

    /// `Sam Student <student@practice.lab>`
    fn named(&self, user: &str, world: &World) -> String {
        let full_name = world.accounts.get(user).map_or("", |account| &account.full_name);
        format!("{full_name} <{user}@{}>", self.name)
    }

    fn help(&mut self, topic: Option<&str>) {
        let listed = |verb: &&&Verb| !verb.name.starts_with('(') && verb.name != "ETRN";
        match topic {
            None => {
                let names: Vec<&str> =
                    table::TABLE.verbs.iter().filter(listed).map(|verb| verb.name).collect();
                let names = names.join(" ");
                let more = "HELP and a command says more about it";
                self.reply_lines("214", "2.0.0", &["the commands are:", &names, more]);
            }
            Some(topic) => match table::TABLE.verb(topic.trim()).filter(|verb| listed(&verb)) {
                Some(verb) => {
                    // The client's form of BDAT leaves the counting to the lab.
                    let bdat = verb == &table::BDAT;
                    let form = if bdat { "BDAT octets [LAST]" } else { verb.syntax };
                    self.reply_lines("214", "2.0.0", &[form, verb.term.text]);
                }
                None => self.reply("504", "5.5.4", "there is no help about this"),
            },
        }
    }
}

/// Whether a parameter's list holds this word.
fn wants(param: &Param<'_>, word: &str) -> bool {
    param.value.is_some_and(|list| list.split(',').any(|item| item.eq_ignore_ascii_case(word)))
}
