//! What the client sends, with what each octet means.

use super::params::{KINDS, Param, params};
use super::path::{Path, domain_fault, path};
use super::{table, terms};
use crate::explain::{Composer, Rfc, Scanner, Wire, common};
use crate::machine::Refused;
use crate::table::Verb;
use crate::text::advice::{ContentRules, LineRules};
use crate::text::content::to_crlf;
use crate::text::dot::{BlockState, explain_stuffed, stuff};
use crate::text::sasl::{self, Mechanism};
use crate::text::{message, single_line, split_verb};

/// A command, composed.
#[derive(Debug)]
pub(super) struct Command {
    /// What its reply is to be read for: BDAT with LAST is another verb than BDAT.
    pub(super) verb: &'static Verb,
    pub(super) wire: Wire,
    /// The address of MAIL or RCPT, empty for `<>`.
    pub(super) address: String,
    /// The extensions that the server must have announced for the parameters.
    pub(super) needs: Vec<&'static str>,
    /// MAIL has said that octets above 127 come.
    pub(super) eight_bit: bool,
    /// MAIL has said BODY=BINARYMIME.
    pub(super) binary: bool,
    /// MAIL has said SIZE.
    pub(super) size: Option<u64>,
    pub(super) mechanism: Option<Mechanism>,
}

pub(super) static COMMANDS: LineRules = LineRules {
    protocol: "SMTP",
    line_end: Rfc::new(5321, "2.3.8"),
    length: Rfc::new(5321, "4.5.3.1.4"),
    seven_bit: Some(Rfc::new(5321, "2.4")),
    batches: Rfc::new(2920, "3.1"),
    commands: Rfc::new(5321, "4.1.1"),
};

/// What crosses the wire as a message.
pub(super) static CONTENT: ContentRules = ContentRules {
    line_end: Rfc::new(5321, "2.3.8"),
    stuffing: Rfc::new(5321, "4.5.2"),
    long: Some(Rfc::new(5321, "4.5.3.1.6")),
    nul: Some(Rfc::new(5322, "4.1")),
};

/// The most octets of a command line, CR LF included (RFC 5321 section 4.5.3.1.4): 512, and what
/// the extensions add for their parameters (RFC 1870, 6152, 4954, 6531, 3461).
pub(super) fn line_limit(verb: &str) -> usize {
    match verb.to_ascii_uppercase().as_str() {
        "AUTH" => RESPONSE_LIMIT,
        "MAIL" => 512 + 26 + 17 + 500 + 10 + 9 + 107,
        "RCPT" => 512 + 28 + 500,
        _ => 512,
    }
}

/// The most octets of a line within AUTH, CR LF included (RFC 4954 section 4).
pub(super) const RESPONSE_LIMIT: usize = 12_288;

/// Composes a typed command. BDAT takes more lines: they are the chunk, which goes on after
/// what `body` has seen.
pub(super) fn command(text: &str, body: &mut BlockState) -> Result<Command, Refused> {
    let first = text.split('\n').next().unwrap_or_default();
    if split_verb(first).0.eq_ignore_ascii_case("BDAT") {
        return chunk(text, body);
    }
    let line = single_line(text, Rfc::new(5321, "2.3.8"))?;
    let (name, argument) = split_verb(line);
    let Some(verb) = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('(')) else {
        return Err(Refused::Illegal(table::TABLE.unknown(name, &table::CONNECTED)));
    };
    let argument = argument.filter(|argument| !argument.is_empty());
    let mut command = Command::new(verb);
    let mut out = Composer::new();
    let says = match (verb.name, argument) {
        ("MAIL" | "RCPT", Some(argument)) => envelope(name, argument, &mut command, &mut out)?,
        ("EHLO" | "HELO", Some(domain)) => {
            if let Some(fault) = domain_fault(domain) {
                return Err(malformed(verb, fault, "a domain, or an address in brackets"));
            }
            out.put(verb.term, name).space().put(&terms::CLIENT_NAME, domain);
            match verb.name {
                "EHLO" => format!("I am {domain}. What can you do?"),
                _ => format!("I am {domain}."),
            }
        }
        ("AUTH", Some(argument)) => {
            out.put(verb.term, name);
            auth(argument, &mut command, &mut out)?
        }
        ("VRFY" | "EXPN" | "ETRN" | "NOOP" | "HELP", Some(argument)) => {
            if !argument.is_ascii() && !argument.ends_with(" SMTPUTF8") {
                let what = "Letters beyond ASCII need the parameter SMTPUTF8.".into();
                return Err(malformed(verb, what, "ASCII, or SMTPUTF8 behind it"));
            }
            out.put(verb.term, name).space().put(&terms::ARGUMENT, argument);
            match verb.name {
                "VRFY" => format!("Is there a user {argument}?"),
                "EXPN" => format!("Who is on the list {argument}?"),
                "ETRN" => format!("Start sending the mail that waits for {argument}."),
                "HELP" => format!("Tell me about {argument}."),
                _ => "Are you there?".into(),
            }
        }
        ("DATA" | "RSET" | "NOOP" | "HELP" | "QUIT", None) => {
            out.put(verb.term, name);
            match verb.name {
                "DATA" => "I want to send the message now.",
                "RSET" => "Forget this transaction.",
                "NOOP" => "Are you there?",
                "HELP" => "Which commands are there?",
                _ => "Good bye.",
            }
            .into()
        }
        (_, None) => return Err(malformed(verb, "The argument is missing.".into(), verb.syntax)),
        _ => {
            let what = format!("{} takes no argument.", verb.name);
            return Err(malformed(verb, what, verb.syntax));
        }
    };
    out.crlf();
    let limit = line_limit(name);
    if out.len() > limit {
        let rule = Rfc::new(5321, "4.5.3.1.4");
        return Err(Refused::TooLong { what: "command line", octets: out.len(), limit, rule });
    }
    command.wire = out.finish(says);
    Ok(command)
}

/// Composes a line of a SASL exchange.
pub(super) fn response(line: &str) -> Result<Wire, Refused> {
    let rule = Rfc::new(4954, "4");
    let line = single_line(line, rule)?;
    if line.len() + 2 > RESPONSE_LIMIT {
        let (octets, limit) = (line.len() + 2, RESPONSE_LIMIT);
        return Err(Refused::TooLong { what: "response", octets, limit, rule });
    }
    let mut out = Composer::new();
    if line == "*" {
        out.put(&terms::SASL_RESPONSE, line);
    } else if sasl::decode(line).is_some() {
        out.secret(&terms::SASL_RESPONSE, line);
    } else {
        let what = "The response was not sent: it is not base64.".into();
        let expected = "base64, with = at the end where it is needed, or a lone *".into();
        return Err(Refused::Malformed { what, expected, rule });
    }
    out.crlf();
    Ok(out.finish(if line == "*" { "I give up." } else { "My response to the challenge." }))
}

/// Composes typed content as the message behind DATA, the lone dot included.
pub(super) fn data(content: &str) -> Wire {
    let mut stuffed = stuff(content.as_bytes());
    let octets = stuffed.len();
    stuffed.extend_from_slice(b".\r\n");
    let mut wire = explain_stuffed(&stuffed, message::explain);
    let dots = wire.spans.iter().filter(|span| span.term == &common::STUFFED_DOT).count();
    let lines = stuffed.iter().filter(|b| **b == b'\n').count() - 1;
    let octets = octets - dots;
    wire.says = match dots {
        0 => format!("The message: {lines} lines, {octets} octets."),
        1 => format!("The message: {lines} lines, {octets} octets, and one dot stuffed."),
        n => format!("The message: {lines} lines, {octets} octets, and {n} dots stuffed."),
    };
    wire
}

/// The lone dot that ends content.
pub(super) fn lone_dot(says: &str) -> Wire {
    let mut out = Composer::new();
    out.put(&common::BLOCK_END, ".").crlf();
    out.finish(says)
}

/// The size and the LAST of a BDAT line's argument.
pub(super) fn chunk_argument(argument: &str) -> Option<(u64, bool)> {
    let (size, last) = split_verb(argument);
    let last = match last {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("LAST") => true,
        Some(_) => return None,
    };
    let digits = !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit());
    Some((size.parse().ok().filter(|_| digits)?, last))
}

pub(super) fn malformed(verb: &'static Verb, what: String, expected: &str) -> Refused {
    Refused::Malformed {
        what: format!("{} was not sent: {what}", verb.name),
        expected: expected.into(),
        rule: verb.term.rfc,
    }
}

impl Command {
    fn new(verb: &'static Verb) -> Command {
        Command {
            verb,
            wire: Wire::default(),
            address: String::new(),
            needs: Vec::new(),
            eight_bit: false,
            binary: false,
            size: None,
            mechanism: None,
        }
    }
}

/// MAIL and RCPT.
fn envelope(
    name: &str,
    argument: &str,
    command: &mut Command,
    out: &mut Composer,
) -> Result<String, Refused> {
    let verb = command.verb;
    let wrong = |what: String| malformed(verb, what, verb.syntax);
    let word = if verb.name == "MAIL" { "FROM:" } else { "TO:" };
    let typed = argument.get(..word.len()).filter(|typed| typed.eq_ignore_ascii_case(word));
    let Some(typed) = typed else {
        return Err(wrong(format!("{word} must follow {name} and one space.")));
    };
    out.put(verb.term, format!("{name} {typed}"));
    let (address, rest) = path(&argument[word.len()..]).map_err(wrong)?;
    if verb.name == "RCPT" && address.is_null() {
        return Err(wrong("A recipient cannot be empty.".into()));
    }
    if verb.name == "MAIL" && address.domain.is_empty() && !address.is_null() {
        return Err(wrong("A sender needs a domain.".into()));
    }
    address.put(out);
    let given = params(rest).map_err(wrong)?;
    for param in &given {
        let kind = param.kind(verb.name);
        if let Some(kind) = kind {
            if !kind.fits(param) {
                return Err(malformed(
                    verb,
                    format!("{} is malformed.", param.name),
                    kind.expected,
                ));
            }
            let binary = kind.extension == "8BITMIME" && param.says("BINARYMIME");
            command.needs.push(if binary { "BINARYMIME" } else { kind.extension });
            command.binary |= binary;
        } else if let Some(other) = KINDS.iter().find(|kind| param.is(kind.name)) {
            let what = format!("{} is no parameter of this command.", param.name);
            return Err(malformed(verb, what, other.expected));
        }
        param.put(kind, out);
    }
    let has = |name: &str| given.iter().any(|param| param.is(name));
    command.eight_bit = has("SMTPUTF8") || given.iter().any(|p| p.is("BODY") && !p.says("7BIT"));
    if !address.is_ascii() && verb.name == "MAIL" && !has("SMTPUTF8") {
        return Err(wrong(
            "An address with letters beyond ASCII needs the parameter SMTPUTF8.".into(),
        ));
    }
    command.address = address.mailbox();
    let size = given.iter().find(|param| param.is("SIZE")).and_then(|param| param.value);
    command.size = size.and_then(|size| size.parse().ok());
    Ok(envelope_says(verb, &address, &given))
}

fn envelope_says(verb: &Verb, address: &Path<'_>, given: &[Param<'_>]) -> String {
    let mut says = match (verb.name, address.is_null()) {
        ("MAIL", true) => "A new message with the empty sender: nobody wants a report.".into(),
        ("MAIL", false) => format!("A new message; reports go to {}.", address.mailbox()),
        _ => format!("It is for {}.", address.mailbox()),
    };
    if let Some(size) = given.iter().find(|param| param.is("SIZE")).and_then(|param| param.value) {
        says.push_str(&format!(" It has {size} octets."));
    }
    says
}

fn auth(argument: &str, command: &mut Command, out: &mut Composer) -> Result<String, Refused> {
    let (name, initial) = split_verb(argument);
    command.mechanism = Mechanism::by_name(name);
    let term = match command.mechanism {
        Some(Mechanism::Plain) => &terms::PLAIN,
        Some(Mechanism::CramMd5) => &terms::CRAM_MD5,
        _ => &terms::MECHANISM,
    };
    out.space().put(term, name);
    if let Some(initial) = initial {
        if initial != "=" && (initial.is_empty() || sasl::decode(initial).is_none()) {
            let what = "The initial response is not base64.".into();
            return Err(malformed(command.verb, what, "base64, or = for an empty response"));
        }
        out.space().secret(&terms::INITIAL_RESPONSE, initial);
    }
    Ok(format!("I want to log in with {name}."))
}

/// BDAT: the first line of the text is the command, the others are the chunk.
fn chunk(text: &str, body: &mut BlockState) -> Result<Command, Refused> {
    let (line, content) = text.split_once('\n').unwrap_or((text, ""));
    let line = single_line(line.strip_suffix('\r').unwrap_or(line), Rfc::new(3030, "2"))?;
    let (name, argument) = split_verb(line);
    let mut octets = Vec::new();
    to_crlf(&mut false, content.as_bytes(), &mut octets);
    if !octets.is_empty() && !octets.ends_with(b"\r\n") {
        octets.extend_from_slice(if octets.ends_with(b"\r") { b"\n" } else { b"\r\n" });
    }
    let mut words = argument.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let mut word = words.next();
    if let Some(size) = word.filter(|word| word.bytes().all(|b| b.is_ascii_digit())) {
        if size.parse() != Ok(octets.len()) {
            let what = format!("The chunk has {} octets, not {size}.", octets.len());
            let expected = "no number (the lab counts), or the right one; line ends count as two";
            return Err(malformed(&table::BDAT, what, expected));
        }
        word = words.next();
    }
    let last = word.is_some_and(|word| word.eq_ignore_ascii_case("LAST"));
    if words.next().is_some() || (word.is_some() && !last) {
        let what = "The first line may hold a number and LAST.".into();
        return Err(malformed(&table::BDAT, what, table::BDAT.syntax));
    }
    let mut out = Composer::new();
    out.put(table::BDAT.term, name).space();
    out.put(&terms::CHUNK_SIZE, octets.len().to_string());
    if last {
        out.space().put(&terms::LAST, "LAST");
    }
    out.crlf();
    let mut command = Command::new(if last { &table::BDAT_LAST } else { &table::BDAT });
    command.wire = out.finish(match last {
        true => format!("The last {} octets of the message.", octets.len()),
        false => format!("{} octets of the message; more follow.", octets.len()),
    });
    for line in octets.split_inclusive(|b| *b == b'\n') {
        let mut scan = Scanner::new(line);
        message::explain(&mut scan, body);
        command.wire.append(scan.finish(""));
        body.line += 1;
    }
    Ok(command)
}
