//! Commands, status lines and listings of POP3, with what each octet means.

use super::{table, terms};
use crate::explain::{Composer, Outcome, Rfc, Scanner, Wire};
use crate::machine::Refused;
use crate::table::Verb;
use crate::text::advice::{ContentRules, LineRules, ReplyRules};
use crate::text::dot::BlockState;
use crate::text::{off_script_piece, sasl, single_line, split_verb};

/// Command lines have at most so many octets, CR LF included (RFC 2449 section 4).
pub(super) const LINE_LIMIT: usize = 255;

pub(super) static COMMANDS: LineRules = LineRules {
    protocol: "POP3",
    line_end: Rfc::new(1939, "3"),
    length: Rfc::new(2449, "4"),
    seven_bit: Some(Rfc::new(1939, "3")),
    batches: Rfc::new(2449, "6.6"),
    commands: Rfc::new(1939, "3"),
};

pub(super) static REPLIES: ReplyRules = ReplyRules {
    line_end: Rfc::new(1939, "3"),
    length: Some((512, Rfc::new(2449, "4"))),
    seven_bit: Some(Rfc::new(2449, "3")),
};

/// What crosses the wire as a listing.
pub(super) static LISTING: ContentRules = ContentRules {
    line_end: Rfc::new(1939, "3"),
    stuffing: Rfc::new(1939, "3"),
    long: None,
    nul: Some(Rfc::new(1939, "3")),
};

/// What crosses the wire as a mail, whose own format has rules too.
pub(super) static MAIL: ContentRules = ContentRules {
    long: Some(Rfc::new(5322, "2.1.1")),
    nul: Some(Rfc::new(5322, "4.1")),
    ..LISTING
};

/// Composes a typed command.
pub(super) fn command(line: &str) -> Result<(&'static Verb, Wire), Refused> {
    let line = single_line(line, Rfc::new(1939, "3"))?;
    let (name, argument) = split_verb(line);
    let Some(verb) = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('(')) else {
        return Err(Refused::Illegal(table::TABLE.unknown(name, &table::AUTHORIZATION)));
    };
    let mut out = Composer::new();
    out.put(verb.term, name);
    let mut listed = verb;
    let says = match (verb.name, argument) {
        ("USER", Some(user)) if !user.is_empty() => {
            out.space().put(&terms::MAILBOX, user);
            format!("I want to open the mailbox {user}.")
        }
        ("PASS", Some(password)) if !password.is_empty() => {
            out.space().secret(&terms::SECRET, password);
            "Here is the password.".into()
        }
        ("APOP", Some(argument)) => {
            let Some((user, digest)) = argument.split_once(' ').filter(|(_, d)| is_digest(d))
            else {
                return Err(malformed(verb, "a name and 32 hexadecimal digits"));
            };
            out.space().put(&terms::MAILBOX, user).space().secret(&terms::DIGEST, digest);
            format!("I want to open the mailbox {user}, and prove that I know its password.")
        }
        ("AUTH", None) => {
            listed = &table::AUTH_LIST;
            "Which SASL mechanisms are there?".into()
        }
        ("AUTH", Some(argument)) if !argument.is_empty() => {
            let (mechanism, initial) = split_verb(argument);
            out.space().put(&terms::MECHANISM, mechanism);
            if let Some(initial) = initial {
                if initial != "=" && (initial.is_empty() || sasl::decode(initial).is_none()) {
                    return Err(malformed(verb, "an initial response in base64, or ="));
                }
                out.space().secret(&terms::INITIAL_RESPONSE, initial);
            }
            format!("I want to log in with {mechanism}.")
        }
        ("LIST" | "UIDL", Some(n)) | ("RETR" | "DELE", Some(n)) => {
            number(verb, n)?;
            out.space().put(&terms::NUMBER, n);
            match verb.name {
                "LIST" => format!("What size has message {n}?"),
                "UIDL" => format!("What is the unique id of message {n}?"),
                "RETR" => format!("Send me message {n}."),
                _ => format!("Mark message {n} as deleted."),
            }
        }
        ("TOP", Some(argument)) => {
            let (n, lines) = split_verb(argument);
            let lines = lines.unwrap_or("");
            number(verb, n)?;
            if lines.is_empty() || !lines.bytes().all(|b| b.is_ascii_digit()) {
                return Err(malformed(verb, "a message number and a number of lines"));
            }
            out.space().put(&terms::NUMBER, n).space().put(&terms::LINES, lines);
            format!("The header of message {n} and {lines} lines of its body, please.")
        }
        ("CAPA" | "STAT" | "LIST" | "UIDL" | "RSET" | "NOOP" | "QUIT", None) => {
            doing(verb.name).into()
        }
        _ => return Err(malformed(verb, verb.syntax)),
    };
    out.crlf();
    if out.len() > LINE_LIMIT {
        return Err(Refused::TooLong {
            what: "command line",
            octets: out.len(),
            limit: LINE_LIMIT,
            rule: Rfc::new(2449, "4"),
        });
    }
    Ok((listed, out.finish(says)))
}

/// Composes a line of a SASL exchange.
pub(super) fn response(line: &str) -> Result<Wire, Refused> {
    let rule = Rfc::new(5034, "4");
    let line = single_line(line, rule)?;
    if line != "*" && sasl::decode(line).is_none() {
        let what = "The response was not sent: it is not base64.".into();
        let expected = "base64, with = at the end where it is needed, or a lone *".into();
        return Err(Refused::Malformed { what, expected, rule });
    }
    Ok(masked(line))
}

/// A line of a SASL exchange, right or wrong.
pub(super) fn masked(line: &str) -> Wire {
    let mut out = Composer::new();
    if line == "*" {
        out.put(&terms::SASL_RESPONSE, line);
    } else {
        out.secret(&terms::SASL_RESPONSE, line);
    }
    out.crlf();
    out.finish(if line == "*" { "I give up." } else { "My response to the challenge." })
}

/// Whether a line, as far as it is known, gives a login away.
pub(super) fn is_secret(line: &str) -> bool {
    let (name, argument) = split_verb(line);
    let argument = argument.unwrap_or_default();
    match name.to_ascii_uppercase().as_str() {
        "PASS" | "APOP" => true,
        "AUTH" => argument.contains(' '),
        _ => false,
    }
}

/// Octets of a line that is no command; `before` of it went out earlier.
pub(super) fn fragment(piece: &[u8], before: usize, line: &str, secret: bool) -> Wire {
    let open = match secret {
        true => line.find(' ').map_or(line.len(), |at| at + 1).saturating_sub(before),
        false => piece.len(),
    };
    off_script_piece(piece, open, &terms::SECRET)
}

/// The word that a status line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    Err,
    Continue,
    /// Neither: the whole line is not POP3.
    Strange,
}

impl Status {
    /// As in the table.
    pub(super) fn code(self) -> &'static str {
        match self {
            Status::Ok => "+OK",
            Status::Err => "-ERR",
            Status::Continue => "+",
            Status::Strange => "?",
        }
    }

    fn of(word: &[u8]) -> Status {
        match word {
            b"+" => Status::Continue,
            word if word.eq_ignore_ascii_case(b"+OK") => Status::Ok,
            word if word.eq_ignore_ascii_case(b"-ERR") => Status::Err,
            _ => Status::Strange,
        }
    }
}

/// Reads a status line as the reply to `verb`; `single` when LIST or UIDL named one message.
pub(super) fn status(line: &[u8], verb: Option<&Verb>, single: bool) -> (Status, Wire) {
    let mut scan = Scanner::new(line);
    let word = scan.rest().split(|b| *b == b' ').next().unwrap_or_default();
    let status = Status::of(word);
    let (term, outcome) = match status {
        Status::Ok => (&terms::OK, Outcome::Done),
        Status::Err => (&terms::ERR, Outcome::Permanent),
        Status::Continue => (&terms::CONTINUE, Outcome::More),
        Status::Strange => {
            scan.line(&terms::STRANGE);
            return (status, scan.finish("This is not a reply of POP3."));
        }
    };
    scan.take(term, word.len());
    if !matches!(word, b"+OK" | b"-ERR" | b"+") {
        scan.note("The status must be in upper case.");
    }
    scan.outcome(outcome).spaces();
    let verb = verb.map_or("", |verb| verb.name);
    match (status, verb) {
        (Status::Continue, _) => {
            let n = scan.rest().len();
            scan.take_secret(&terms::SASL_RESPONSE, n);
        }
        (Status::Ok, "STAT") => {
            scan.take_while(&terms::COUNT, |b| b.is_ascii_digit());
            scan.spaces();
            scan.take_while(&terms::SIZE, |b| b.is_ascii_digit());
        }
        (Status::Ok, "LIST") if single => numbered(&mut scan, &terms::SIZE),
        (Status::Ok, "UIDL") if single => numbered(&mut scan, &terms::UID),
        (Status::Ok, "(greeting)") => {
            let rest = scan.rest();
            if let Some((start, end)) = stamp(rest) {
                scan.take(&terms::TEXT, start);
                scan.take(&terms::TIMESTAMP, end - start);
            }
        }
        _ if scan.rest().starts_with(b"[") => {
            if let Some(end) = scan.rest().iter().position(|b| *b == b']') {
                scan.take(&terms::RESPONSE_CODE, end + 1);
            }
        }
        _ => {}
    }
    scan.line(&terms::TEXT);
    let says = says(status, verb, line);
    (status, scan.finish(says))
}

/// The APOP timestamp of a greeting, its brackets included, as a range.
pub(super) fn stamp(greeting: &[u8]) -> Option<(usize, usize)> {
    let start = greeting.iter().position(|b| *b == b'<')?;
    let length = greeting[start..].iter().position(|b| *b == b'>')?;
    Some((start, start + length + 1))
}

/// Explains a line of LIST: number and size.
pub(super) fn explain_list(scan: &mut Scanner<'_>, _: &mut BlockState) {
    numbered(scan, &terms::SIZE);
}

/// Explains a line of UIDL: number and unique id.
pub(super) fn explain_uidl(scan: &mut Scanner<'_>, _: &mut BlockState) {
    numbered(scan, &terms::UID);
}

/// Explains a line of CAPA, or of bare AUTH.
pub(super) fn explain_capa(scan: &mut Scanner<'_>, _: &mut BlockState) {
    scan.word(&terms::CAPABILITY);
    while scan.spaces() {
        scan.word(&terms::CAPABILITY_PARAMETER);
    }
}

fn numbered(scan: &mut Scanner<'_>, second: &'static crate::explain::Term) {
    scan.take_while(&terms::NUMBER, |b| b.is_ascii_digit());
    scan.spaces();
    scan.word(second);
}

fn number(verb: &'static Verb, n: &str) -> Result<(), Refused> {
    match n.parse::<u32>() {
        Ok(1..) if n.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
        _ => Err(malformed(verb, "a message number, counted from 1")),
    }
}

fn malformed(verb: &'static Verb, expected: &str) -> Refused {
    Refused::Malformed {
        what: format!("{} was not sent: its argument is missing or wrong.", verb.name),
        expected: format!("{expected}; the form is {:?}", verb.syntax),
        rule: verb.term.rfc,
    }
}

fn is_digest(digest: &str) -> bool {
    digest.len() == 32 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn doing(verb: &str) -> &'static str {
    match verb {
        "CAPA" => "What can you do?",
        "STAT" => "How many messages are there?",
        "LIST" => "List the messages with their sizes.",
        "UIDL" => "List the messages with their unique ids.",
        "RSET" => "Unmark all messages.",
        "NOOP" => "Are you there?",
        _ => "Good bye.",
    }
}

fn says(status: Status, verb: &str, line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end().split_once(' ').map_or("", |(_, text)| text);
    match (status, verb) {
        (Status::Ok, "(greeting)") => "The server greets. Who are you?".into(),
        (Status::Ok, "STAT") => {
            let mut words = text.split(' ');
            let (count, size) = (words.next().unwrap_or("?"), words.next().unwrap_or("?"));
            format!("There are {count} messages of {size} octets together.")
        }
        (Status::Ok, "PASS" | "APOP" | "AUTH" | "(response)") => "The mailbox is open.".into(),
        (Status::Ok, _) => "Done.".into(),
        (Status::Continue, _) => "Go on: your response, please.".into(),
        (Status::Err, _) => format!("Refused: {text}"),
        (Status::Strange, _) => "This is not a reply of POP3.".into(),
    }
}
