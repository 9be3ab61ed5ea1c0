//! Entries of a transcript as a room gets them: secrets masked, terms by number.

use shared::explain::{MASK, Term as GlossaryTerm, Wire};
use shared::room::{Line, LineKind, Term, Token};
use shared::transcript::{Entry, Kind, render_entry};

/// Octets of a run of content that a room gets: what fits on a screen.
const HEAD: usize = 2048;

/// The terms that a room has been told, in order.
#[derive(Default)]
pub(super) struct Terms {
    told: Vec<&'static GlossaryTerm>,
    /// Not yet said.
    news: Vec<(u16, Term)>,
}

impl Terms {
    pub(super) fn take_news(&mut self) -> Vec<(u16, Term)> {
        std::mem::take(&mut self.news)
    }

    fn number(&mut self, term: &'static GlossaryTerm) -> u16 {
        let known = self.told.iter().position(|told| std::ptr::eq(*told, term));
        let number = known.unwrap_or_else(|| {
            self.told.push(term);
            let (title, text) = (term.title.to_owned(), term.text.to_owned());
            let number = self.told.len() - 1;
            self.news.push((number as u16, Term { title, text, rfc: term.rfc.to_string() }));
            number
        });
        // All glossaries together have some hundreds.
        number as u16
    }

    pub(super) fn line(&mut self, entry: &Entry, began: u64) -> Line {
        let blank = Line {
            at: millis(entry).saturating_sub(began),
            conn: entry.conn.0,
            side: entry.side(),
            kind: LineKind::Note,
            bytes: Vec::new(),
            tokens: Vec::new(),
            says: String::new(),
            outcome: None,
            octets: 0,
        };
        match &entry.kind {
            Kind::Sent(wire) | Kind::Received(wire) => self.unit(wire, blank),
            Kind::Data { head, octets, .. } => Line {
                kind: LineKind::Data,
                bytes: head[..head.len().min(HEAD)].to_vec(),
                octets: *octets,
                ..blank
            },
            _ => {
                let mut text = String::new();
                render_entry(entry, &mut text);
                let says = text.split_once(' ').map_or("", |(_, says)| says).trim_end();
                Line { says: says.to_owned(), ..blank }
            }
        }
    }

    fn unit(&mut self, wire: &Wire, blank: Line) -> Line {
        let mut end = 0;
        let tokens = wire.spans.iter().map(|span| {
            end += if span.secret { MASK.len() as u32 } else { span.end - span.start };
            // What is special about a secret may tell it.
            let note = span.note.as_deref().filter(|_| !span.secret).map(str::to_owned);
            Token { end, term: self.number(span.term), note, secret: span.secret }
        });
        let tokens = tokens.collect();
        Line {
            kind: LineKind::Unit,
            bytes: wire.masked(),
            tokens,
            says: wire.says.clone(),
            outcome: wire.outcome,
            ..blank
        }
    }
}

pub(super) fn millis(entry: &Entry) -> u64 {
    u64::try_from(entry.at.0.as_millis()).unwrap_or(u64::MAX)
}
