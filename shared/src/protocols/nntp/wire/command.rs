//! Command lines: one grammar for what a person types and for what the practice server reads.

use super::super::table::{self, HERE, IN_GROUP};
use super::super::terms;
use super::arguments::{Kind, is_base64, slots};
use crate::explain::{Composer, Rfc, Wire};
use crate::machine::Refused;
use crate::table::{Flag, State, Verb};
use crate::text::single_line;

/// A command line has at most so many octets, CR LF included (RFC 3977 section 3.1).
const LINE_LIMIT: usize = 512;
/// Its arguments have at most so many (RFC 3977 section 3.1).
const ARGUMENTS_LIMIT: usize = 497;
/// The lines of a SASL exchange may be longer (RFC 4643 section 2.4.1). No mechanism of the lab
/// comes near this.
pub(in super::super) const SASL_LIMIT: usize = 12 * 1024;

/// The most octets that this line may have.
pub(in super::super) fn line_limit(line: &str) -> usize {
    let start = line.get(..14).unwrap_or_default();
    if start.eq_ignore_ascii_case("AUTHINFO SASL ") { SASL_LIMIT } else { LINE_LIMIT }
}

/// A command line understood.
#[derive(Clone, Debug)]
pub(in super::super) struct Command {
    pub(in super::super) verb: &'static Verb,
    pub(in super::super) arguments: Vec<String>,
    /// What this form needs beside what the verb needs.
    pub(in super::super) needs: &'static [&'static Flag],
    pub(in super::super) wire: Wire,
}

/// Why a line is no command.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Wrong {
    Unknown(String),
    /// The first word is known, the second is not.
    Variant(String),
    /// An argument is missing, wrong, or one too many.
    Syntax {
        verb: &'static Verb,
        expected: String,
    },
    TooLong {
        what: &'static str,
        octets: usize,
        limit: usize,
    },
}

impl Wrong {
    /// For the person who typed it.
    pub(in super::super) fn refused(self, state: &'static State) -> Refused {
        match self {
            Wrong::Unknown(name) => Refused::Illegal(table::TABLE.unknown(&name, state)),
            Wrong::Variant(name) => {
                let prefix = format!("{name} ");
                let names = table::TABLE.verbs.iter().map(|verb| verb.name);
                let variants: Vec<_> = names.filter(|verb| verb.starts_with(&prefix)).collect();
                Refused::Malformed {
                    what: format!("{name} has no such variant."),
                    expected: variants.join(", "),
                    rule: Rfc::new(3977, "3.2.1"),
                }
            }
            Wrong::Syntax { verb, expected } => Refused::Malformed {
                what: format!("{} was not sent: its arguments do not fit.", verb.name),
                expected: format!("{expected}; the form is {:?}", verb.syntax),
                rule: verb.term.rfc,
            },
            Wrong::TooLong { what, octets, limit } => {
                Refused::TooLong { what, octets, limit, rule: Rfc::new(3977, "3.1") }
            }
        }
    }
}

/// Reads a line without its end, and composes the same line with its meaning.
pub(in super::super) fn parse(line: &str) -> Result<Command, Wrong> {
    let words = words(line);
    let word = |n: usize| words.get(n).map_or("", |(start, end)| &line[*start..*end]);
    let (verb, named) = verb(word(0), word(1), line.starts_with([' ', '\t']))?;
    let (kinds, required) = slots(verb.name);
    let syntax = |expected: &str| Wrong::Syntax { verb, expected: expected.into() };
    let mut out = Composer::new();
    let mut arguments = Vec::new();
    let mut at = 0;
    let put_gap = |out: &mut Composer, at: &mut usize, start: usize| {
        out.put(&terms::SEPARATOR, &line[*at..start]);
        *at = start;
    };
    for (start, end) in &words[..named] {
        put_gap(&mut out, &mut at, *start);
        out.put(verb.term, &line[*start..*end]);
        at = *end;
    }
    for (n, (start, end)) in words[named..].iter().enumerate() {
        let kind = match (kinds.get(n), kinds.last()) {
            (Some(kind), _) => *kind,
            (None, Some(Kind::Pattern)) => Kind::Pattern,
            _ => return Err(syntax("no further argument")),
        };
        let end = if kind.takes_rest() { line.len() } else { *end };
        let text = &line[*start..end];
        if !kind.takes(text) {
            return Err(syntax(kind.expected()));
        }
        put_gap(&mut out, &mut at, *start);
        if kind.is_secret() {
            out.secret(kind.term(text), text);
        } else {
            out.put(kind.term(text), text);
        }
        at = end;
        arguments.push(text.to_string());
        if kind.takes_rest() {
            break;
        }
    }
    if arguments.len() < required {
        return Err(syntax(kinds[arguments.len()].expected()));
    }
    out.put(&terms::SEPARATOR, &line[at..]).crlf();
    if verb.name != "AUTHINFO SASL" {
        let start = words.get(named).map_or(line.len(), |(start, _)| *start);
        for (what, octets, limit) in [
            ("command line", out.len(), LINE_LIMIT),
            ("argument part of the command", line.len() - start, ARGUMENTS_LIMIT),
        ] {
            if octets > limit {
                return Err(Wrong::TooLong { what, octets, limit });
            }
        }
    }
    let says = says(verb, &arguments);
    Ok(Command { verb, needs: needs(verb, &arguments), arguments, wire: out.finish(says) })
}

/// Composes a line of a SASL exchange.
pub(in super::super) fn response(line: &str) -> Result<Wire, Refused> {
    let rule = Rfc::new(4643, "2.4.2");
    let line = single_line(line, rule)?;
    let mut out = Composer::new();
    if line == "*" {
        out.put(&terms::SASL_RESPONSE, line).crlf();
        return Ok(out.finish("I give up."));
    }
    if !is_base64(line) {
        return Err(Refused::Malformed {
            what: "The response was not sent: it is not base64.".into(),
            expected: "base64, = for an empty response, or * to give up".into(),
            rule,
        });
    }
    if line.len() + 2 > SASL_LIMIT {
        let octets = line.len() + 2;
        return Err(Refused::TooLong { what: "response", octets, limit: SASL_LIMIT, rule });
    }
    out.secret(&terms::SASL_RESPONSE, line).crlf();
    Ok(out.finish("My response to the challenge."))
}

/// Of a line that may give a login away, right or wrong: how many of its octets may be shown.
/// Everything behind AUTHINFO and its keyword is hidden.
pub(in super::super) fn secretive(line: &str) -> Option<usize> {
    let words = words(line);
    let (start, end) = words.first()?;
    let is_login = line[*start..*end].eq_ignore_ascii_case("AUTHINFO");
    is_login.then(|| words.get(1).map_or(line.len(), |(_, end)| *end))
}

/// The words of a line, as ranges.
fn words(line: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, byte) in line.bytes().enumerate() {
        match (byte, start) {
            (b' ' | b'\t', Some(from)) => {
                words.push((from, at));
                start = None;
            }
            (b' ' | b'\t', None) => {}
            (_, None) => start = Some(at),
            _ => {}
        }
    }
    words.extend(start.map(|from| (from, line.len())));
    words
}

/// The command that the first words name, and how many words that takes.
fn verb(first: &str, second: &str, indented: bool) -> Result<(&'static Verb, usize), Wrong> {
    let keyword = first.to_ascii_uppercase();
    let unknown = || Wrong::Unknown(first.into());
    if indented || keyword.starts_with('(') {
        return Err(unknown());
    }
    let prefix = format!("{keyword} ");
    let has_variants = table::TABLE.verbs.iter().any(|verb| verb.name.starts_with(&prefix));
    let plain = table::TABLE.verb(&keyword);
    match (has_variants, second, plain) {
        (true, "", Some(verb)) | (false, _, Some(verb)) => Ok((verb, 1)),
        (true, second, _) => match table::TABLE.verb(&format!("{prefix}{second}")) {
            Some(verb) if !second.is_empty() => Ok((verb, 2)),
            _ => Err(Wrong::Variant(keyword)),
        },
        (false, _, None) => Err(unknown()),
    }
}

/// Numbers count within a group; without one the command means the current article.
fn needs(verb: &Verb, arguments: &[String]) -> &'static [&'static Flag] {
    let which = match verb.name {
        "ARTICLE" | "HEAD" | "BODY" | "STAT" | "OVER" | "XOVER" | "XROVER" => arguments.first(),
        "HDR" | "XHDR" | "XPAT" => arguments.get(1),
        "LISTGROUP" if arguments.is_empty() => return IN_GROUP,
        _ => return &[],
    };
    match which {
        None => HERE,
        Some(id) if id.starts_with('<') => &[],
        Some(_) => IN_GROUP,
    }
}

fn says(verb: &Verb, arguments: &[String]) -> String {
    let first = arguments.first().map_or("", String::as_str);
    let which = |n: usize| match arguments.get(n).map(String::as_str) {
        None => "the current article".to_string(),
        Some(id) if id.starts_with('<') => format!("the article {id}"),
        Some(numbers) if numbers.contains('-') => format!("the articles {numbers}"),
        Some(number) => format!("article {number}"),
    };
    let groups = |n: usize| match arguments.get(n) {
        None => "all groups".to_string(),
        Some(wildmat) => format!("the groups that match {wildmat}"),
    };
    match verb.name {
        "CAPABILITIES" => "What can you do?".into(),
        "MODE READER" => "I am a reader, not another server.".into(),
        "MODE STREAM" => "May I stream articles?".into(),
        "HELP" => "Which commands do you know?".into(),
        "DATE" => "What time is it?".into(),
        "GROUP" => format!("I want to read {first}."),
        "LISTGROUP" if first.is_empty() => "Which numbers have the articles of this group?".into(),
        "LISTGROUP" => format!("I want to read {first}. Which numbers have its articles?"),
        "ARTICLE" => format!("Send me {}.", which(0)),
        "HEAD" => format!("Send me the header of {}.", which(0)),
        "BODY" => format!("Send me the body of {}.", which(0)),
        "STAT" => format!("Is {} there?", which(0)),
        "NEXT" => "On to the next article.".into(),
        "LAST" => "Back to the article before.".into(),
        "OVER" | "XOVER" => format!("Send me the overview of {}.", which(0)),
        "HDR" | "XHDR" => format!("Send me the field {first} of {}.", which(1)),
        "XPAT" => format!("Send me the field {first} of {}, where it matches.", which(1)),
        "XROVER" => format!("Send me the references of {}.", which(0)),
        "XPATH" => format!("In which files is {}?", which(0)),
        "LIST" | "LIST ACTIVE" => format!("List {}.", groups(0)),
        "LIST NEWSGROUPS" | "XGTITLE" => format!("List {}, with their descriptions.", groups(0)),
        "LIST ACTIVE.TIMES" => format!("When were {} made?", groups(0)),
        "LIST COUNTS" => format!("List {}, with their numbers of articles.", groups(0)),
        "LIST SUBSCRIPTIONS" => "Which groups do you recommend?".into(),
        "LIST MOTD" => "What is the message of the day?".into(),
        "LIST OVERVIEW.FMT" => "Which fields has an overview line?".into(),
        "LIST HEADERS" => "Which fields can HDR fetch?".into(),
        "LIST DISTRIB.PATS" => "Which distribution suits which group?".into(),
        "LIST DISTRIBUTIONS" => "Which distributions are there?".into(),
        "LIST MODERATORS" => "Where do posts to moderated groups go?".into(),
        "NEWGROUPS" => "Which groups are new since then?".into(),
        "NEWNEWS" => format!("Which articles came to {} since then?", groups(0)),
        "POST" => "I want to post an article.".into(),
        "IHAVE" => format!("I have {}. Do you want it?", which(0)),
        "CHECK" => format!("Do you want {}?", which(0)),
        "TAKETHIS" => format!("Here comes {}.", which(0)),
        "AUTHINFO USER" => format!("I am {first}."),
        "AUTHINFO PASS" => "Here is the password.".into(),
        "AUTHINFO SASL" => format!("I want to log in with {first}."),
        "STARTTLS" => "Let us go on encrypted.".into(),
        "COMPRESS" => format!("Let us go on compressed with {first}."),
        "SLAVE" => "I ask for many readers.".into(),
        _ => "Good bye.".into(),
    }
}
