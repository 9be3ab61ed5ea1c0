//! Requests that are sent without checks: they go out as they are, their responses are framed as
//! the server means them, and what is wrong with them is said.

use super::super::body::{BodyReader, Event, take_line};
use super::super::fields::{self, Fields};
use super::super::framing::{self, Framing};
use super::super::head::HEAD_LIMIT;
use super::super::{request, table, uri};
use super::{Asked, HttpClient, Reading};
use crate::explain::Rfc;
use crate::machine::{Note, Refused};
use crate::table::Batch;

/// So much of raw content is kept, to be put into a request that would be right.
const CONTENT_KEPT: usize = 16 * 1024;

/// Follows requests that were sent raw.
#[derive(Clone, Debug, Default)]
pub(super) struct Tracker {
    line: Vec<u8>,
    lines: Vec<Vec<u8>>,
    fields: Fields,
    body: Option<BodyReader>,
    /// The last request whose header is complete, and its content so far.
    last: Option<(Asked, Vec<u8>)>,
    /// Octets behind a request that do not begin another one.
    stray: usize,
}

/// What one write has brought.
enum Found {
    Complete(Asked),
    Wrong(Note),
}

impl Tracker {
    /// A request was begun and has no end yet.
    pub(super) fn has_begun(&self) -> bool {
        !self.lines.is_empty() || !self.line.is_empty()
    }

    /// The request under way, as far as it is known.
    pub(super) fn take(&mut self) -> Asked {
        let lines = core::mem::take(&mut self.lines);
        let first = lines.first().map(|line| text_of(line));
        let first = first.unwrap_or_default();
        let (method, rest) = first.split_once(' ').unwrap_or((&first, ""));
        let target = rest.rsplit_once(' ').filter(|(_, last)| last.starts_with("HTTP/"));
        let target = target.map_or(rest, |(target, _)| target).into();
        let method = method.into();
        let fields = core::mem::take(&mut self.fields);
        self.line.clear();
        Asked { method, target, fields, content: None }
    }

    fn push(&mut self, mut bytes: &[u8], host: &str) -> Vec<Found> {
        let mut found = Vec::new();
        self.stray = 0;
        // A write begins with what is owed to the one before, or with a request.
        let mut inside = self.body.is_some();
        while !bytes.is_empty() {
            if self.body.is_some() {
                self.read_content(&mut bytes, host, &mut found);
                continue;
            }
            if inside && self.stray == 0 && !self.has_begun() && !begins_a_request(bytes) {
                self.stray = bytes.len();
                found.extend(self.behind(bytes, host).map(Found::Wrong));
            }
            match take_line(&mut self.line, &mut bytes, HEAD_LIMIT) {
                Some(true) => {}
                Some(false) => {
                    self.line.clear();
                    found.push(Found::Wrong(too_long()));
                    continue;
                }
                None => continue,
            }
            let line = core::mem::take(&mut self.line);
            let empty = line.trim_ascii_end().is_empty();
            match self.lines.is_empty() {
                true if empty => continue,
                true => {}
                false if empty => {
                    let lines = self.lines.clone();
                    let asked = self.take();
                    if self.stray == 0 {
                        found.extend(wrong(&lines, &asked, host).into_iter().map(Found::Wrong));
                    }
                    let verdict = framing::stated(&asked.fields, 1).ok().flatten();
                    let body = BodyReader::new(verdict.map_or(Framing::None, |v| v.framing));
                    self.body = Some(body).filter(|body| !body.is_done());
                    self.last = Some((asked.clone(), Vec::new()));
                    inside = true;
                    found.push(Found::Complete(asked));
                    continue;
                }
                false => drop(fields::read(&line, 0, &mut self.fields)),
            }
            self.lines.push(line);
        }
        found.extend(self.owed().map(Found::Wrong));
        found
    }

    fn read_content(&mut self, bytes: &mut &[u8], host: &str, found: &mut Vec<Found>) {
        let Some(body) = &mut self.body else { return };
        while let Some(event) = body.next(bytes) {
            match (event, &mut self.last) {
                (Event::Data(data), Some((_, kept))) => {
                    let room = CONTENT_KEPT.saturating_sub(kept.len()).min(data.len());
                    kept.extend_from_slice(&data[..room]);
                }
                (Event::Broken(_, note), Some((asked, kept))) => {
                    let fix = right(asked, kept, host);
                    found.push(Found::Wrong(Note { fix, ..note }));
                }
                (Event::Note(note), _) => found.push(Found::Wrong(note)),
                _ => {}
            }
        }
        if body.is_done() {
            self.body = None;
        }
    }

    /// Octets that follow a request and begin no other.
    fn behind(&self, bytes: &[u8], host: &str) -> Option<Note> {
        let (asked, kept) = self.last.as_ref()?;
        let n = bytes.len();
        let (said, rule) = match asked.fields.get("content-length") {
            Some(length) => {
                (format!("Content-Length says {length}, but {n} more octets follow"), (9110, "8.6"))
            }
            None => (
                format!("{n} octets of content follow, but no field says how long it is"),
                (9112, "6.3"),
            ),
        };
        let content = [&kept[..], bytes].concat();
        Some(Note {
            fix: right(asked, content.trim_ascii_end(), host),
            ..Note::warning(format!(
                "{said}: the server takes them for the next request, and an attacker could put one there."
            ))
            .rule(rule.0, rule.1)
        })
    }

    /// What the server waits for.
    fn owed(&self) -> Option<Note> {
        if let Some(left) = self.body.as_ref().and_then(BodyReader::missing) {
            return Some(
                Note::info(format!(
                    "{left} octets of the content that Content-Length announces are still to come; the server waits for them."
                ))
                .rule(9110, "8.6"),
            );
        }
        (self.has_begun() && self.stray == 0).then(|| {
            Note::info(
                "The header has no end yet: an empty line ends it, and the server waits for that.",
            )
            .rule(9112, "2.1")
        })
    }
}

impl HttpClient {
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.sent(request::raw(bytes));
        if matches!(self.reading, Reading::Foreign) || self.upload.is_some() {
            return;
        }
        let host = self.host();
        for found in self.tracker.push(bytes, &host) {
            match found {
                Found::Wrong(note) => self.note(note),
                Found::Complete(asked) => {
                    let verb = table::method(&asked.method);
                    let blocking =
                        |other: &Asked| table::method(&other.method).batch == Batch::Last;
                    if let Some(before) = self.asked.iter().find(|other| blocking(other)) {
                        let text = format!(
                            "{} goes out before the response to {} has come. That method is not idempotent: if the connection broke now, nobody would know whether to send it again. Nothing should follow it.",
                            asked.method, before.method
                        );
                        self.note(Note::warning(text).rule(9112, "9.3.2"));
                    }
                    self.progress.sent(verb);
                    self.advance(verb, "sent");
                    self.asked.push_back(asked);
                }
            }
        }
    }
}

/// What is wrong with a header; a cause that several lines have is counted.
fn wrong(lines: &[Vec<u8>], asked: &Asked, host: &str) -> Vec<Note> {
    let texts: Vec<String> = lines.iter().map(|line| text_of(line)).collect();
    let Some((first, rest)) = texts.split_first() else { return Vec::new() };
    let version = first.rsplit_once(' ').map_or("", |(_, last)| last);
    let line = match version.starts_with("HTTP/") {
        true => request::request_line(first, true).err(),
        false => Some(Refused::Malformed {
            what: "The version is missing: that was HTTP/0.9, which nobody speaks any more.".into(),
            expected: "HTTP/1.1 behind the target".into(),
            rule: Rfc::new(9112, "3"),
        }),
    };
    let mut notes: Vec<Note> = line.iter().map(note_of).collect();
    for text in rest {
        let note = match request::field(text) {
            // Not quoted: it may be the rest of a password.
            _ if text.starts_with([' ', '\t']) => {
                Note::warning("A line begins with white space, which would fold it into the field before. A server must refuse that, or put a space there.")
                    .rule(9112, "5.2")
            }
            Err(refused) => note_of(&refused),
            Ok(_) => continue,
        };
        match notes.iter_mut().find(|other| other.rule == note.rule) {
            Some(same) if !same.text.ends_with("More lines are like it.") => {
                same.text.push_str(" More lines are like it.");
            }
            Some(_) => {}
            None => notes.push(note),
        }
    }
    let minor = if version == "HTTP/1.0" { 0 } else { 1 };
    let whole = request::check(&asked.method, &asked.target, &asked.fields, minor, None);
    notes.extend(whole.err().iter().map(note_of));
    let bare = lines.iter().filter(|line| !line.ends_with(b"\r\n")).count();
    if bare > 0 {
        let lines = if bare == 1 { "1 line ends".into() } else { format!("{bare} lines end") };
        notes.push(
            Note::warning(format!(
                "{lines} with a bare LF; HTTP asks for CR LF. Most servers take it, but two that do not agree see different requests."
            ))
            .rule(9112, "2.2"),
        );
    }
    let fix = right(asked, b"", host);
    notes.into_iter().map(|note| Note { fix: fix.clone(), ..note }).collect()
}

/// The request that was meant, as it would be typed; without its secrets, for notes are kept and
/// shown as they are.
fn right(asked: &Asked, content: &[u8], host: &str) -> Option<String> {
    let upper = asked.method.to_ascii_uppercase();
    let method = if table::method(&upper) == &table::OTHER { "GET" } else { &upper };
    let target = asked.target.split('#').next().unwrap_or_default();
    let form = target.starts_with('/') || target.contains("://") || target == "*";
    let slash = if form { "" } else { "/" };
    let mut text = format!("{method} {slash}{}", uri::percent_encode(target));
    for (name, value) in asked.fields.iter() {
        let by_the_lab = ["host", "content-length", "transfer-encoding", "connection", "expect"];
        let left_out = by_the_lab.iter().any(|other| name.eq_ignore_ascii_case(other));
        let line = format!("{name}: {value}");
        if !left_out && !fields::is_secret(name) && request::field(&line).is_ok() {
            text.push('\n');
            text.push_str(&line);
        }
    }
    if !content.is_empty() {
        text.push_str("\n\n");
        text.push_str(core::str::from_utf8(content).ok()?);
    }
    request::compose(&text, host).is_ok().then_some(text)
}

fn note_of(refused: &Refused) -> Note {
    match refused {
        Refused::Malformed { what, expected, rule } => {
            Note { rule: Some(*rule), ..Note::warning(format!("{what} Expected: {expected}.")) }
        }
        other => Note::warning(other.to_string()).rule(9112, "3"),
    }
}

fn too_long() -> Note {
    Note::warning("A line of the header has more than 64 KiB; no server reads that.")
        .rule(9112, "5")
}

/// Whether octets behind a request can be another one.
fn begins_a_request(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    let word = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let (word, rest) = bytes.split_at(word);
    match rest.first() {
        Some(b' ') => !word.is_empty(),
        Some(_) => false,
        None => table::TABLE.verbs.iter().any(|verb| verb.name.as_bytes().starts_with(word)),
    }
}

fn text_of(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    core::str::from_utf8(line).map_or_else(|_| fields::latin1(line), String::from)
}
