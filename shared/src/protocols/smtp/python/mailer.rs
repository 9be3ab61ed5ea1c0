//! An object of `smtplib`: what it knows of the server, and the dialogues that it leads.

use super::content;
use super::replies::{Reply, first, shown};
use crate::python::literal::{dict, text};
use crate::python::{Next, Step, Talk};
use crate::text::sasl::{self, Mechanism};
use crate::text::split_verb;

/// What the object is told to call itself; by itself it would take the computer's name.
pub(super) const NAME: &str = "you.lab";

/// The most challenges that it answers in one exchange.
const CHALLENGES: usize = 5;

pub(super) struct Mailer<'a> {
    talk: Talk<'a>,
    /// EHLO or HELO was answered.
    greeted: bool,
    /// EHLO was answered with 250, in this session.
    extended: bool,
    /// From the last EHLO: names in lower case, with their parameters.
    extensions: Vec<(String, String)>,
    /// MAIL has said SMTPUTF8, so commands may go beyond ASCII.
    utf8: bool,
}

impl<'a> Mailer<'a> {
    /// The object as it stands when the method begins.
    pub(super) fn new(step: &'a Step<'a>) -> Mailer<'a> {
        let mut mailer = Mailer {
            talk: Talk::new(step),
            greeted: false,
            extended: false,
            extensions: Vec::new(),
            utf8: false,
        };
        for exchange in mailer.talk.exchanges_before() {
            if let Ok(reply) = first(&exchange) {
                mailer.remember(&exchange.sent(), &reply);
            }
        }
        mailer
    }

    pub(super) fn docmd(&mut self, command: impl Into<String>) -> Result<Reply, Next> {
        let command = self.checked(command.into())?;
        let reply = first(self.talk.say(command.as_str())?).map_err(Next::Raise)?;
        self.remember(&command, &reply);
        Ok(reply)
    }

    /// Whatever the lab thinks of it.
    pub(super) fn docmd_raw(&mut self, command: impl Into<String>) -> Result<Reply, Next> {
        let command = self.checked(command.into())?;
        first(self.talk.say_raw(command)?).map_err(Next::Raise)
    }

    pub(super) fn ehlo(&mut self, name: &str) -> Result<Reply, Next> {
        self.docmd(format!("ehlo {}", if name.is_empty() { NAME } else { name }))
    }

    pub(super) fn helo(&mut self, name: &str) -> Result<Reply, Next> {
        self.docmd(format!("helo {}", if name.is_empty() { NAME } else { name }))
    }

    pub(super) fn hello_if_needed(&mut self) -> Result<(), Next> {
        let fine = |code| (200..=299).contains(&code);
        if self.greeted || fine(self.ehlo("")?.0) {
            return Ok(());
        }
        let reply = self.helo("")?;
        if fine(reply.0) { Ok(()) } else { Err(raise("SMTPHeloError", &shown(&reply))) }
    }

    pub(super) fn extension(&self, name: &str) -> Option<&str> {
        let name = name.to_lowercase();
        self.extensions.iter().find(|(known, _)| *known == name).map(|(_, rest)| rest.as_str())
    }

    /// Options only go to a server that has answered EHLO.
    pub(super) fn mail(&mut self, sender: &str, options: &[String]) -> Result<Reply, Next> {
        if self.extended && options.iter().any(|option| option.eq_ignore_ascii_case("smtputf8")) {
            if self.extension("smtputf8").is_none() {
                return Err(raise("SMTPNotSupportedError", "SMTPUTF8 not supported by server"));
            }
            self.utf8 = true;
        }
        let options = self.options(options);
        self.docmd(format!("mail FROM:<{}>{options}", content::address(sender)))
    }

    pub(super) fn rcpt(&mut self, recipient: &str, options: &[String]) -> Result<Reply, Next> {
        let options = self.options(options);
        self.docmd(format!("rcpt TO:<{}>{options}", content::address(recipient)))
    }

    pub(super) fn data(&mut self, message: &str) -> Result<Reply, Next> {
        let reply = self.docmd("data")?;
        if reply.0 != 354 {
            return Err(raise("SMTPDataError", &shown(&reply)));
        }
        let message = content::with_lf(message);
        ascii(&message.replace('\n', "\r\n"))?;
        // An empty message is sent as an empty line.
        let message = if message.is_empty() { "\n".into() } else { message };
        first(self.talk.say(message)?).map_err(Next::Raise)
    }

    /// The value: the recipients that were refused.
    pub(super) fn sendmail(
        &mut self,
        sender: &str,
        recipients: &[String],
        message: &str,
        options: [&[String]; 2],
    ) -> Result<String, Next> {
        let [mail_options, rcpt_options] = options;
        self.hello_if_needed()?;
        let crlf = content::with_lf(message).replace('\n', "\r\n");
        ascii(&crlf)?;
        let mut extended = Vec::new();
        if self.extended {
            extended.extend(self.extension("size").map(|_| format!("size={}", crlf.len())));
            extended.extend_from_slice(mail_options);
        }
        let reply = self.mail(sender, &extended)?;
        if reply.0 != 250 {
            let (code, said) = (reply.0.to_string(), super::replies::bytes_of(&reply));
            let values = format!("({code}, {said}, {})", text(sender));
            return self.give_up(&reply, "SMTPSenderRefused", &values);
        }
        let mut refused = Vec::new();
        for recipient in recipients {
            let reply = self.rcpt(recipient, rcpt_options)?;
            if reply.0 != 250 && reply.0 != 251 {
                refused.push((text(recipient), shown(&reply)));
            }
            if reply.0 == 421 {
                return Err(raise("SMTPRecipientsRefused", &dict(&refused)));
            }
        }
        if refused.len() == recipients.len() {
            let fine = (250, Vec::new());
            return self.give_up(&fine, "SMTPRecipientsRefused", &dict(&refused));
        }
        let reply = self.data(message)?;
        if reply.0 != 250 {
            let values = shown(&reply);
            return self.give_up(&reply, "SMTPDataError", &values);
        }
        Ok(dict(&refused))
    }

    /// Tries what the server offers, the strongest first.
    pub(super) fn login(&mut self, user: &str, password: &str) -> Result<Reply, Next> {
        self.hello_if_needed()?;
        let Some(offered) = self.extension("auth") else {
            let why = "SMTP AUTH extension not supported by server.";
            return Err(raise("SMTPNotSupportedError", why));
        };
        let offered: Vec<Mechanism> = Mechanism::ALL
            .into_iter()
            .filter(|mechanism| offered.split_whitespace().any(|name| name == mechanism.name()))
            .collect();
        let mut last = raise("SMTPException", "No suitable authentication method found.");
        for mechanism in offered {
            match self.auth(mechanism, user, password) {
                Err(Next::Raise(why)) if why.starts_with("smtplib.SMTPAuthenticationError:") => {
                    last = Next::Raise(why);
                }
                end => return end,
            }
        }
        Err(last)
    }

    pub(super) fn auth(
        &mut self,
        mechanism: Mechanism,
        user: &str,
        password: &str,
    ) -> Result<Reply, Next> {
        let mut command = format!("AUTH {}", mechanism.name());
        let mut answered = 0;
        if mechanism != Mechanism::CramMd5 {
            command += &format!(" {}", response(mechanism, 0, &[], user, password)?);
            answered = 1;
        }
        let mut reply = self.docmd(command)?;
        while reply.0 == 334 {
            // What is no base64 is skipped.
            let digit = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
            let challenge: Vec<u8> = reply.1.iter().copied().filter(digit).collect();
            let Some(challenge) = sasl::decode(&challenge) else {
                return Err(Next::Raise("binascii.Error: Incorrect padding".into()));
            };
            reply = self.docmd(response(mechanism, answered, &challenge, user, password)?)?;
            answered += 1;
            if answered > CHALLENGES {
                let why = "Server AUTH mechanism infinite loop. Last response:";
                return Err(raise("SMTPException", &format!("{why} {}", shown(&reply))));
            }
        }
        match reply.0 {
            235 | 503 => Ok(reply),
            _ => Err(raise("SMTPAuthenticationError", &shown(&reply))),
        }
    }

    pub(super) fn starttls(&mut self) -> Result<Reply, Next> {
        self.hello_if_needed()?;
        if self.extension("starttls").is_none() {
            let why = "STARTTLS extension not supported by server.";
            return Err(raise("SMTPNotSupportedError", why));
        }
        let reply = self.docmd_raw("STARTTLS")?;
        match reply.0 {
            220 => Ok(reply),
            _ => Err(raise("SMTPResponseException", &shown(&reply))),
        }
    }

    /// Clears the transaction away, unless the server goes, and raises.
    fn give_up(&mut self, reply: &Reply, class: &str, values: &str) -> Result<String, Next> {
        if reply.0 != 421
            && let Err(next @ (Next::Send(_) | Next::Raw(_))) = self.docmd("rset")
        {
            return Err(next);
        }
        Err(raise(class, values))
    }

    /// What a command has taught the object.
    fn remember(&mut self, command: &str, reply: &Reply) {
        let (verb, argument) = split_verb(command);
        match verb.to_ascii_uppercase().as_str() {
            _ if command.contains('\n') => {}
            "EHLO" => {
                self.greeted = true;
                self.extensions.clear();
                if reply.0 == 250 {
                    self.extended = true;
                    self.extensions = extensions(&reply.1);
                }
            }
            "HELO" => self.greeted = true,
            "MAIL" => {
                let mut words = argument.unwrap_or_default().split(' ');
                self.utf8 |= words.any(|word| word.eq_ignore_ascii_case("SMTPUTF8"));
            }
            "RSET" => self.utf8 = false,
            // TLS begins, or the session ends: everything is forgotten.
            "QUIT" | "STARTTLS" if matches!(reply.0, 220..=221) => {
                (self.greeted, self.extended) = (false, false);
                self.extensions.clear();
            }
            _ => {}
        }
    }

    fn options(&self, options: &[String]) -> String {
        let options = options.iter().filter(|_| self.extended);
        options.map(|option| format!(" {option}")).collect()
    }

    fn checked(&self, command: String) -> Result<String, Next> {
        if command.contains(['\r', '\n']) {
            let command = command.replace('\n', "\\n").replace('\r', "\\r");
            let why = "command and arguments contain prohibited newline characters";
            return Err(Next::Raise(format!("ValueError: {why}: {command}")));
        }
        if !self.utf8 {
            ascii(&command)?;
        }
        Ok(command)
    }
}

pub(super) fn raise(class: &str, values: &str) -> Next {
    Next::Raise(format!("smtplib.{class}: {values}"))
}

/// Encodes for Python, which raises where it meets the first character that ASCII has not.
pub(super) fn ascii(text: &str) -> Result<(), Next> {
    let Some(first) = text.chars().position(|c| !c.is_ascii()) else { return Ok(()) };
    let length = text.chars().skip(first).take_while(|c| !c.is_ascii()).count();
    let which = match (length, text.chars().nth(first).map_or(0, u32::from)) {
        (1, c @ ..0x100) => format!(" '\\x{c:02x}' in position {first}"),
        (1, c @ ..0x10000) => format!(" '\\u{c:04x}' in position {first}"),
        (1, c) => format!(" '\\U{c:08x}' in position {first}"),
        _ => format!("s in position {first}-{}", first + length - 1),
    };
    Err(Next::Raise(format!(
        "UnicodeEncodeError: 'ascii' codec can't encode character{which}: ordinal not in range(128)"
    )))
}

/// In base64. A mechanism that has said everything says its last word again.
fn response(
    mechanism: Mechanism,
    n: usize,
    challenge: &[u8],
    user: &str,
    password: &str,
) -> Result<String, Next> {
    let last = usize::from(mechanism == Mechanism::Login);
    let response = mechanism.respond(n.min(last), challenge, user, password).unwrap_or_default();
    if mechanism == Mechanism::CramMd5 {
        ascii(password)?;
    }
    ascii(&response)?;
    Ok(sasl::encode(response))
}

/// The lines of EHLO behind the first, as `esmtp_features` has them.
fn extensions(reply: &[u8]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut put = |name: String, rest: String, add: bool| match found
        .iter_mut()
        .find(|(known, _)| *known == name)
    {
        Some((_, known)) if add => *known += &rest,
        Some((_, known)) => *known = rest,
        None => found.push((name, rest)),
    };
    for line in reply.split(|b| *b == b'\n').skip(1) {
        let line: String = line.iter().map(|b| char::from(*b)).collect();
        if line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("auth=")) {
            put("auth".into(), format!(" {}", &line[5..]), true);
            continue;
        }
        let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let (name, rest) = line.split_at(end.unwrap_or(line.len()));
        if name.is_empty() || name.starts_with('-') {
            continue;
        }
        let (name, rest) = (name.to_lowercase(), rest.trim());
        if name == "auth" {
            put(name, format!(" {rest}"), true);
        } else {
            put(name, rest.into(), false);
        }
    }
    found
}
