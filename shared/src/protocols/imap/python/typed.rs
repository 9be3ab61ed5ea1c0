//! The calls that come to the same as what was typed.

use super::object::Object;
use super::request::{Request, request};
use crate::explain::Outcome;
use crate::machine::Direction;
use crate::protocols::imap::command::{self, Args, beginning};
use crate::protocols::imap::frame::literal_header;
use crate::python::literal::{bytes, list, text};
use crate::python::{Exchange, Line};
use crate::text::sasl;

/// The method that comes to the same.
pub(super) struct Same {
    method: &'static str,
    args: Vec<String>,
    /// Text that no argument can hold.
    literal: Option<Vec<u8>>,
    /// Lines of a login, in base64.
    responses: Vec<String>,
}

pub(super) fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let clear = exchange.clear();
    let mut object =
        Object::after(exchange.session, exchange.range.start, exchange.played.iter().copied());
    match same(&clear, &object) {
        Some((same, request)) => {
            let result = object.perform(&request, &[clear]);
            Some(same.line(exchange.is_masked(), result))
        }
        None => octets(exchange),
    }
}

/// What is sent behind a `+` belongs to the command before it. IDLE ends with a line of its own.
pub(super) fn joins(exchange: &Exchange<'_>) -> bool {
    let sent = exchange.sent();
    let name = sent.split(' ').nth(1).unwrap_or_default();
    exchange.outcome() == Some(Outcome::More) && name.lines().next() != Some("IDLE")
}

/// Tags, and the digest of a challenge that is fresh each time, in base64.
pub(super) fn is_made_up(word: &str) -> bool {
    let said = sasl::decode(word).and_then(|said| String::from_utf8(said).ok());
    let digest = said.as_deref().and_then(|said| said.rsplit_once(' ')).map(|(_, digest)| digest);
    let is_digest =
        |digest: &str| digest.len() == 32 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    is_tag(word) || digest.is_some_and(is_digest)
}

/// Four letters and a number in Python, one letter in the lab.
fn is_tag(word: &str) -> bool {
    let number = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &word[..word.len() - number.len()];
    let random = letters.len() == 4 && letters.bytes().all(|b| (b'A'..=b'P').contains(&b));
    (letters == "a" || (random && word != "IMAP4"))
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Gives the method and its command, if there is one that Python would let pass.
pub(super) fn same(exchange: &Exchange<'_>, object: &Object) -> Option<(Same, Request)> {
    if exchange.is_off_script() {
        return None;
    }
    let sent = exchange.whole(Direction::Sent)?;
    let end = sent.windows(2).position(|pair| pair == b"\r\n")?;
    let (first, behind) = (core::str::from_utf8(&sent[..end]).ok()?, &sent[end + 2..]);
    let (_, name) = beginning(first.as_bytes())?;
    let name = name.to_ascii_uppercase();
    let words: usize = if name.starts_with("UID ") { 3 } else { 2 };
    let args = first.splitn(words + 1, ' ').nth(words).unwrap_or_default();
    let same = match name.as_str() {
        "AUTHENTICATE" => authenticate(first, behind)?,
        "APPEND" => append(&sent, args, behind)?,
        name => plain(&sent, name, args, behind)?,
    };
    let mut request = request(same.method, &same.args, object).ok()?;
    if same.method != "append" {
        request.literal = same.literal.clone();
    } else if request.literal != same.literal {
        // Python would end its lines otherwise.
        return None;
    }
    object.clone().begin(&request).ok()?;
    Some((same, request))
}

/// The state in which a session is after octets that went past the methods.
pub(super) fn state_after(exchange: &Exchange<'_>) -> Option<&'static str> {
    let (sent, replies) = (exchange.clear().sent(), exchange.clear().lines());
    let mut states = sent.lines().filter_map(|line| {
        let (tag, name) = beginning(line.as_bytes())?;
        let said = |status: &str| {
            let start = format!("{tag} {status}");
            replies.iter().any(|line| line.starts_with(start.as_bytes()))
        };
        match name.to_ascii_uppercase().as_str() {
            "LOGIN" | "AUTHENTICATE" | "CLOSE" | "UNSELECT" if said("OK") => Some("AUTH"),
            "SELECT" | "EXAMINE" if said("OK") => Some("SELECTED"),
            "SELECT" | "EXAMINE" if said("NO") => Some("AUTH"),
            "UNAUTHENTICATE" if said("OK") => Some("NONAUTH"),
            _ => None,
        }
    });
    states.next_back()
}

impl Same {
    fn line(&self, masked: bool, result: Result<String, String>) -> Line {
        if self.method == "authenticate" {
            let said = |said: &String| match sasl::decode(said) {
                _ if masked => bytes(b"********"),
                Some(said) => bytes(&said),
                None => "None".into(),
            };
            let said: Vec<String> = self.responses.iter().map(said).collect();
            return Line::new(super::authenticate(&self.args[0], &said), result);
        }
        let module = &super::MODULE;
        let Some(action) = module.action(self.method) else {
            return Line::new("", result);
        };
        let Line { code, result, python2 } = module.line(action, &self.args, masked, result);
        let python2 = python2.map(|code| self.adapted(code));
        Line { code: self.adapted(code), result, python2 }
    }

    /// With what a str of ASCII cannot hold.
    fn adapted(&self, code: String) -> String {
        let foreign = self.args.iter().filter(|arg| !arg.is_ascii());
        let code = foreign.fold(code, |code, arg| code.replace(&text(arg), &bytes(arg.as_bytes())));
        match self.literal.as_ref().filter(|_| self.method != "append") {
            Some(literal) => format!("(setattr(imap, 'literal', {}), {code})[1]", bytes(literal)),
            None => code,
        }
    }
}

fn authenticate(first: &str, behind: &[u8]) -> Option<Same> {
    let parsed = command::parse(format!("{first}\r\n").as_bytes(), &[], false, false);
    let Args::Authenticate { mechanism, initial: None } = parsed.command.ok()?.args else {
        return None;
    };
    let responses: Vec<String> =
        core::str::from_utf8(behind).ok()?.lines().map(String::from).collect();
    let same = |said: &String| {
        said == "*" || sasl::decode(said).is_some_and(|octets| sasl::encode(octets) == *said)
    };
    let args = vec![mechanism, String::new(), String::new()];
    responses.iter().all(same).then_some(Same {
        method: "authenticate",
        args,
        literal: None,
        responses,
    })
}

fn append(sent: &[u8], args: &str, behind: &[u8]) -> Option<Same> {
    let header = literal_header(args.as_bytes()).filter(|header| !header.binary)?;
    let literal = sized(behind, header.size)?;
    command::parse(sent, &[], true, false).command.ok()?;
    let words = words(args[..args.len() - header.length].trim_end());
    let (mailbox, rest) = words.split_first()?;
    let is = |word: &&String, start: char| word.starts_with(start);
    let flags = rest.iter().find(|word| is(word, '(')).cloned().unwrap_or_default();
    let date = rest.iter().find(|word| is(word, '"')).cloned().unwrap_or_default();
    let message = String::from_utf8(literal.clone()).ok()?;
    let args = vec![mailbox.clone(), flags, date, message];
    Some(Same { method: "append", args, literal: Some(literal), responses: Vec::new() })
}

fn plain(sent: &[u8], name: &str, args: &str, behind: &[u8]) -> Option<Same> {
    command::parse(sent, &[], true, false).command.ok()?;
    let header = literal_header(args.as_bytes()).filter(|header| !header.binary);
    let (args, literal) = match header {
        Some(header) => {
            let args = args[..args.len() - header.length].trim_end();
            (args, Some(sized(behind, header.size)?))
        }
        None if behind.is_empty() => (args, None),
        None => return None,
    };
    let words = words(args);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let joined = |from: usize| words.get(from..).map(|rest| rest.join(" ")).unwrap_or_default();
    let first = |n: usize| words.get(n).copied().unwrap_or_default().to_owned();
    // Options in brackets belong to what they stand beside.
    let in_brackets = |n: usize| words.get(n).is_some_and(|word| word.starts_with('('));
    let (method, args) = match name {
        "CAPABILITY" | "NOOP" | "CHECK" | "CLOSE" | "UNSELECT" | "EXPUNGE" | "NAMESPACE"
        | "LOGOUT" => (method(name)?, Vec::new()),
        "LOGIN" if words.len() == 2 => ("login", vec![first(0), unquoted(&first(1))]),
        "SELECT" => ("select", vec![args.to_owned(), String::new()]),
        "EXAMINE" => ("select", vec![args.to_owned(), "True".into()]),
        "CREATE" | "DELETE" | "SUBSCRIBE" | "UNSUBSCRIBE" | "GETQUOTAROOT" | "GETQUOTA"
        | "GETACL" | "MYRIGHTS" => (method(name)?, vec![args.to_owned()]),
        "ENABLE" => ("enable", vec![args.to_owned()]),
        "RENAME" | "STATUS" | "FETCH" | "COPY" | "SETQUOTA" | "DELETEACL" => {
            (method(name)?, vec![first(0), joined(1)])
        }
        "LIST" | "LSUB" => {
            let n = 1 + usize::from(in_brackets(0));
            let directory = words.get(..n)?.join(" ");
            (method(name)?, vec![directory, joined(n)])
        }
        "STORE" if in_brackets(1) => {
            ("store", vec![format!("{} {}", first(0), first(1)), first(2), joined(3)])
        }
        "STORE" => ("store", vec![first(0), first(1), joined(2)]),
        "SETACL" => ("setacl", vec![first(0), first(1), joined(2)]),
        "SEARCH" if first(0).eq_ignore_ascii_case("CHARSET") => {
            ("search", vec![first(1), joined(2)])
        }
        "SEARCH" => ("search", vec![String::new(), args.to_owned()]),
        "SORT" => ("sort", vec![first(0), first(1), joined(2)]),
        "THREAD" => ("thread", vec![first(0), first(1), joined(2)]),
        _ if name.starts_with("UID ") => ("uid", vec![name[4..].to_owned(), first(0), joined(1)]),
        "MOVE" => ("xatom", vec![name.to_owned(), first(0), joined(1)]),
        "ID" | "LISTRIGHTS" | "GETMETADATA" | "SETMETADATA" | "STARTTLS" => {
            ("xatom", vec![name.to_owned(), args.to_owned()])
        }
        _ => return None,
    };
    let action = super::MODULE.action(method)?;
    let mut args: Vec<String> = args;
    args.resize(action.params.len(), String::new());
    Some(Same { method, args, literal, responses: Vec::new() })
}

/// The method of the same name.
fn method(name: &str) -> Option<&'static str> {
    super::MODULE.action(&name.to_lowercase()).map(|action| action.method)
}

/// The literal, if nothing but a line end follows it.
fn sized(behind: &[u8], size: u64) -> Option<Vec<u8>> {
    let literal = behind.strip_suffix(b"\r\n")?;
    (literal.len() as u64 == size).then(|| literal.to_vec())
}

/// Words with single spaces between them; what is in quotes or brackets is one.
fn words(args: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for c in args.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        match words.last_mut() {
            Some(word) if c != ' ' || quoted || depth > 0 => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn unquoted(text: &str) -> String {
    let Some(inside) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return text.into();
    };
    let mut out = String::new();
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

/// Octets as they were sent, with as many lines as came. The object does not see what they do, so it is told.
fn octets(exchange: &Exchange<'_>) -> Option<Line> {
    let sent = exchange.whole(Direction::Sent)?;
    let came = exchange.whole(Direction::Received)?;
    let lines: Vec<String> = came.split_inclusive(|b| *b == b'\n').map(bytes).collect();
    let state = state_after(exchange)
        .map(|state| format!(", setattr(imap, 'state', {})", text(state)))
        .unwrap_or_default();
    let code = format!(
        "(imap.send({}), [imap.readline() for _ in range({})]{state})[1]",
        bytes(&sent),
        lines.len()
    );
    Some(Line::new(code, Ok(list(&lines))))
}
