//! From what a person types to the line that goes out: names are coded and quoted, text that no
//! quotes can hold becomes a literal.

use super::is_tag;
use crate::explain::Rfc;
use crate::machine::Refused;
use crate::protocols::imap::frame::literal_header;
use crate::protocols::imap::token::is_atom;
use crate::protocols::imap::{table, utf7};
use crate::table::Verb;
use crate::text::content::to_crlf;
use crate::text::split_verb;

/// What the two sides have agreed on.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Ways {
    /// LITERAL+: literals of any size need not wait.
    pub(in super::super) plus: bool,
    /// LITERAL-: those of at most 4096 octets need not.
    pub(in super::super) minus: bool,
    /// ENABLE IMAP4rev2: names and quoted strings are UTF-8.
    pub(in super::super) utf8: bool,
}

/// A command as typed, taken apart.
#[derive(Clone, Debug)]
pub(in super::super) struct Typed {
    /// A person may type a tag; the lab gives one if not.
    pub(in super::super) tag: Option<String>,
    /// As typed; `UID` and its verb with one space between.
    pub(in super::super) name: String,
    pub(in super::super) verb: &'static Verb,
    pub(in super::super) rest: String,
}

/// Finds tag, command and arguments. `Err`: the word that is no command.
pub(in super::super) fn typed(text: &str) -> Result<Typed, String> {
    let (first, rest) = split_first(text);
    if let Some((name, verb, rest)) = command(first, rest) {
        return Ok(Typed { tag: None, name, verb, rest: rest.into() });
    }
    let (second, rest) = split_first(rest);
    match command(second, rest).filter(|_| is_tag(first)) {
        Some((name, verb, rest)) => {
            Ok(Typed { tag: Some(first.into()), name, verb, rest: rest.into() })
        }
        None => Err(first.trim_end().into()),
    }
}

/// Whether this APPEND names its message neither as text nor as a literal: it comes later.
pub(in super::super) fn begins_append(rest: &str) -> bool {
    let rest = rest.trim_end_matches(['\r', '\n']);
    !rest.contains('\n') && literal_header(rest.as_bytes()).is_none()
}

impl Typed {
    /// As it would be typed without a tag.
    pub(in super::super) fn text(&self) -> String {
        format!("{} {}", self.name, self.rest).trim_end_matches([' ', '\r', '\n']).into()
    }

    /// The line, with its literals. `message`: the size of an APPEND's, which is left out.
    pub(in super::super) fn line(
        &self,
        tag: &str,
        ways: Ways,
        message: Option<u64>,
    ) -> Result<Vec<u8>, Refused> {
        let mut line = format!("{tag} {}", self.name).into_bytes();
        let mut rest = Vec::new();
        to_crlf(&mut false, self.rest.as_bytes(), &mut rest);
        let plain = self.verb.name.strip_prefix("UID ").unwrap_or(self.verb.name);
        let first = rest.split(|b| *b == b'\n').next().unwrap_or_default();
        let first = first.strip_suffix(b"\r").unwrap_or(first).to_vec();
        let behind = rest.get(first.len() + 2..).unwrap_or_default();
        let has_literal = literal_header(&first).is_some();
        let mut args = if has_literal {
            rest.clone()
        } else {
            self.rewritten(plain, &String::from_utf8_lossy(&first), ways)
        };
        if plain == "APPEND" && !has_literal {
            let size = message.unwrap_or(behind.len() as u64);
            args.extend(format!(" {{{size}}}\r\n").bytes());
            args.extend_from_slice(behind);
        } else if !has_literal && rest.len() > first.len() {
            return Err(one_line("a line feed", first.len()));
        }
        // Neither may be coded away: no name and no text should have one.
        for (octet, name) in [(b'\r', "a carriage return"), (0, "a NUL")] {
            if let Some(at) = first.iter().position(|b| *b == octet) {
                return Err(one_line(name, at));
            }
        }
        if !args.is_empty() {
            line.push(b' ');
            line.extend(args);
        }
        line.extend_from_slice(b"\r\n");
        Ok(line)
    }

    fn rewritten(&self, plain: &str, rest: &str, ways: Ways) -> Vec<u8> {
        let whole = |rest: &str| mailbox(rest, ways).into_bytes();
        match plain {
            _ if rest.is_empty() => Vec::new(),
            "SELECT" | "EXAMINE" | "CREATE" | "STATUS" => {
                let upper = rest.to_ascii_uppercase();
                let at = match plain {
                    "STATUS" => rest.rfind(" ("),
                    _ => [" (USE ", " (CONDSTORE", " (QRESYNC"]
                        .into_iter()
                        .find_map(|parameter| upper.find(parameter)),
                };
                let at = at.filter(|_| rest.ends_with(')'));
                let (name, behind) = rest.split_at(at.unwrap_or(rest.len()));
                [whole(name), behind.into()].concat()
            }
            "APPEND" => {
                let inside = if rest.starts_with('"') { quoted_length(rest) } else { 0 };
                let ends = [" (", " \""].map(|mark| rest[inside..].find(mark));
                let at = ends.into_iter().flatten().min().map(|at| at + inside);
                let (name, behind) = rest.split_at(at.unwrap_or(rest.len()));
                [whole(name), behind.into()].concat()
            }
            "DELETE" | "SUBSCRIBE" | "UNSUBSCRIBE" | "GETQUOTAROOT" | "GETACL" | "MYRIGHTS" => {
                whole(rest)
            }
            "COPY" | "MOVE" => match rest.split_once(' ') {
                Some((set, name)) => [set.as_bytes(), b" ", &whole(name)].concat(),
                None => rest.into(),
            },
            "RENAME" | "LIST" | "LSUB" => {
                let is_name = |word: &str| word.starts_with('"') || !word.is_ascii();
                words(rest, |word| is_name(word).then(|| mailbox(word, ways).into_bytes()))
            }
            "LOGIN" => {
                let user = if rest.starts_with('"') { quoted_length(rest) } else { 0 };
                let at = rest[user..].find(' ').map(|at| at + user);
                match at {
                    Some(at) => {
                        let (user, password) = (&rest[..at], &rest[at + 1..]);
                        [astring(user, ways), b" ".to_vec(), astring(password, ways)].concat()
                    }
                    None => rest.into(),
                }
            }
            _ => {
                let mut coded = false;
                let args = words(rest, |word| {
                    let bare = !word.is_ascii() && !ways.utf8;
                    coded |= bare;
                    bare.then(|| astring(word, ways))
                });
                // Text beyond ASCII needs the name of its charset (RFC 3501 section 6.4.4).
                let unnamed = coded && !rest.to_ascii_uppercase().contains("CHARSET ");
                match plain {
                    "SEARCH" if unnamed => [b"CHARSET UTF-8 ", &*args].concat(),
                    _ => args,
                }
            }
        }
    }
}

fn command<'a>(name: &str, rest: &'a str) -> Option<(String, &'static Verb, &'a str)> {
    let (name, rest) = match name.eq_ignore_ascii_case("UID") {
        true => {
            let (second, rest) = split_first(rest);
            (format!("{name} {second}"), rest)
        }
        false => (name.to_string(), rest),
    };
    let verb = table::TABLE.verb(&name).filter(|verb| !verb.name.starts_with('('))?;
    Some((name, verb, rest))
}

/// The first word, which a line end also ends, and what is behind one space.
fn split_first(text: &str) -> (&str, &str) {
    let (word, rest) = split_verb(text);
    match word.find(['\r', '\n']) {
        Some(at) => text.split_at(at),
        None => (word, rest.unwrap_or_default()),
    }
}

fn one_line(what: &str, at: usize) -> Refused {
    Refused::Malformed {
        what: format!(
            "There is {what} at octet {at} of the arguments: what follows it could be taken for another command."
        ),
        expected: "one line, or a literal: {n} at the end of a line and n octets behind it".into(),
        rule: Rfc::new(3501, "4.3"),
    }
}

/// The name of a mailbox as it goes over the wire.
fn mailbox(typed: &str, ways: Ways) -> String {
    let quoted = typed.len() >= 2 && typed.starts_with('"') && typed.ends_with('"');
    if quoted && typed.is_ascii() {
        return typed.into();
    }
    let name = if quoted { unquoted(typed) } else { typed.into() };
    let coded = if ways.utf8 || (name.is_ascii() && utf7::decode(&name).is_some()) {
        name
    } else {
        utf7::encode(&name)
    };
    if quoted || !is_word(&coded) { in_quotes(&coded) } else { coded }
}

/// Any text: as it is, in quotes, or as a literal.
fn astring(typed: &str, ways: Ways) -> Vec<u8> {
    let quoted = typed.len() >= 2 && typed.starts_with('"') && typed.ends_with('"');
    if (quoted && typed.is_ascii()) || is_word(typed) {
        return typed.into();
    }
    let text = if quoted { unquoted(typed) } else { typed.into() };
    if text.is_ascii() || ways.utf8 {
        return in_quotes(&text).into_bytes();
    }
    let plus = if ways.plus || (ways.minus && text.len() <= 4096) { "+" } else { "" };
    format!("{{{}{plus}}}\r\n{text}", text.len()).into_bytes()
}

/// Whether it needs no quotes.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && !text.eq_ignore_ascii_case("NIL")
        && text.bytes().all(|b| is_atom(b) || b == b']')
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text[1..text.len() - 1].chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

/// The length of the quoted string at the start.
fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Goes through the words, quoted ones whole; spaces and parentheses stay where they are.
fn words(text: &str, mut change: impl FnMut(&str) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = match rest.starts_with('"') {
            true => quoted_length(rest),
            false => rest.find([' ', '(', ')', '"']).unwrap_or(rest.len()),
        };
        if length == 0 {
            out.push(rest.as_bytes()[0]);
            rest = &rest[1..];
            continue;
        }
        let (word, behind) = rest.split_at(length);
        out.extend(change(word).unwrap_or_else(|| word.into()));
        rest = behind;
    }
    out
}
