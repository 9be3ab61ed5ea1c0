//! A request that is sent without checks: it goes out as it is, and what is wrong with it is said.

use super::super::item::{self, Use};
use super::super::request::{LINE_LIMIT, Request, SELECTOR_LIMIT};
use super::super::{legible, terms};
use super::GopherClient;
use crate::explain::Rfc;
use crate::machine::{Note, Output};
use crate::text::advice::{LineRules, Notes};
use crate::text::off_script;

const RULES: LineRules = LineRules {
    protocol: "Gopher",
    line_end: Rfc::new(1436, "2"),
    length: Rfc::new(1436, "3.9"),
    seven_bit: None,
    batches: Rfc::new(1436, "2"),
    commands: Rfc::new(1436, "3.8"),
};

impl GopherClient {
    /// The first whole line is the request, whatever it is.
    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        let wire = off_script(bytes, |line| {
            Request::typed(&format!("0{line}"), &self.here).ok().map(|(_, request)| request.wire())
        });
        if let Some(reply) = &self.reply {
            let conn = reply.conn;
            self.outputs.push_back(Output::Sent { conn, wire });
            self.note(
                Note::warning(
                    "The request of this connection is out; a server reads no other line. The next request needs a connection of its own, and the lab opens one when the reply has ended.",
                )
                .rule(1436, "2"),
            );
            return;
        }
        let room = LINE_LIMIT - self.raw.len();
        self.raw.extend_from_slice(&bytes[..bytes.len().min(room)]);
        // A line past the limit is taken for one too: the server will say something of it.
        let full = (self.raw.len() >= LINE_LIMIT).then_some(LINE_LIMIT);
        let end = self.raw.iter().position(|b| *b == b'\n').map(|at| at + 1).or(full);
        let mut notes = Notes::default();
        let request = end.map(|end| {
            let (line, rest) = self.raw.split_at(end);
            self.judge(line, rest, &mut notes);
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            Request::of_line(text, |selector| self.kind_of(selector))
        });
        match end {
            Some(_) => self.raw.clear(),
            None => notes.line(&RULES, &self.raw, 0, usize::MAX, None),
        }
        // They are told behind the octets, which may have to wait for a connection.
        self.remarks.extend(notes.take());
        match &mut self.waiting {
            Some((_, first, asked)) => {
                first.append(wire);
                *asked = asked.take().or(request);
            }
            None => self.send(wire, request),
        }
    }

    /// The type that a menu has given to a selector.
    fn kind_of(&self, selector: &[u8]) -> Option<u8> {
        let item = self.known.iter().find(|item| item.here && item.selector == selector);
        item.map(|item| item.kind)
    }

    fn judge(&self, line: &[u8], rest: &[u8], notes: &mut Notes) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let end = text.iter().position(|b| matches!(b, b'\r' | 0)).unwrap_or(text.len());
        let request = Request::of_line(&text[..end], |selector| self.kind_of(selector));
        let typed = request.line();
        let right = typed.filter(|typed| Request::typed(typed, &self.here).is_ok());
        notes.line(&RULES, line, 0, usize::MAX, right.as_deref());
        if !rest.is_empty() {
            let note = Note::warning(
                "There is more behind the line of the request. A Gopher server reads one line; at another service each line would be a command, and so gopher URLs have been used to attack.",
            );
            notes.add(Note { fix: right.clone(), ..note.rule(1436, "2") });
        }
        if request.selector.len() > SELECTOR_LIMIT {
            let octets = request.selector.len();
            let text = format!("The selector has {octets} octets; at most 255 are allowed.");
            notes.add(Note::warning(text).rule(1436, "3.9"));
        }
        if let Some(note) = self.judge_request(&request, text) {
            notes.add(note);
        }
    }

    fn judge_request(&self, request: &Request, line: &[u8]) -> Option<Note> {
        let selector = legible(&request.selector);
        let tabs = line.iter().filter(|b| **b == b'\t').count();
        let expected = usize::from(request.words.is_some()) + usize::from(request.plus.is_some());
        if selector.to_ascii_lowercase().starts_with("gopher://") {
            let fix = Request::typed(&selector, &self.here).is_ok().then_some(selector);
            let text =
                "A URL is for people and programs; to the server only the selector in it is sent.";
            return Some(Note { fix, ..Note::warning(text).rule(4266, "2.1") });
        }
        if selector.starts_with("URL:") {
            let text = "This selector is a link: what it names is not on the Gopher server. Many servers answer with an HTML page that leads there.";
            return Some(Note::info(text).rule(1436, "3.8"));
        }
        if tabs > expected {
            let text = "There is a tab too many. A tab ends the selector, and one more may stand before Gopher+, which begins with +, ! or $.";
            return Some(Note::warning(text).rule(1436, "2"));
        }
        if request.words.as_ref().is_some_and(Vec::is_empty) {
            let text = "A search needs words; without them the server has nothing to look for.";
            let note = Note::warning(text).rule(1436, "3.7");
            return Some(note.fix(format!("7{selector}\tgopher")));
        }
        let (first, behind) = request.selector.split_first()?;
        let begins_with_type = matches!(item::of(*first).takes, Use::Ask(..))
            && item::of(*first).term != &terms::OTHER_TYPE
            && (behind.is_empty() || behind.starts_with(b"/"));
        if begins_with_type && self.kind_of(&request.selector).is_none() {
            let text = format!(
                "The selector that goes out is {selector:?}, with a letter that looks like the type. The type stays with the client; only the selector is sent."
            );
            return Some(Note::info(text).rule(1436, "2").fix(selector));
        }
        None
    }
}
