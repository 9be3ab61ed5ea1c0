//! The grid of octets.

use shared::explain::{Span, Wire};
use yew::prelude::*;

use crate::state::text::control;
use crate::text::t;

/// Octets in a row: eight fit a phone.
pub(super) const ROW: usize = 8;

pub(super) struct Grid<'a> {
    pub(super) bytes: &'a [u8],
    /// The octet of the entry that the first of these is.
    pub(super) first: usize,
    /// The octet of the connection that the entry begins with.
    pub(super) offset: u64,
    pub(super) wire: Option<&'a Wire>,
    pub(super) octet: usize,
    pub(super) pointed: Option<usize>,
    pub(super) secrets: bool,
    /// A read ended after so many octets of the entry, in order.
    pub(super) ends: &'a [u64],
}

impl Grid<'_> {
    pub(super) fn rows(&self) -> Html {
        let token = |at: usize| self.wire.and_then(|wire| wire.span_at(at));
        let current = token(self.octet).map(Span::range);
        let pointed = self.pointed.and_then(token).map(Span::range);
        // Spans are in order: one pass finds that of each octet.
        let mut spans = self.wire.map_or(&[][..], |wire| &wire.spans).iter().peekable();
        let rows = self.bytes.chunks(ROW).enumerate().map(|(row, chunk)| {
            let start = self.first + row * ROW;
            let (mut cells, mut text) = (Vec::new(), Vec::new());
            for (i, octet) in chunk.iter().enumerate() {
                let at = start + i;
                while spans.next_if(|span| span.end as usize <= at).is_some() {}
                let span = spans.peek().filter(|span| span.range().contains(&at));
                let hidden = span.is_some_and(|span| span.secret) && !self.secrets;
                let class = classes!(
                    "octet",
                    (at == self.octet).then_some("here"),
                    current.as_ref().is_some_and(|range| range.contains(&at)).then_some("in-token"),
                    pointed.as_ref().is_some_and(|range| range.contains(&at)).then_some("pointed"),
                    self.read_ends(at).then_some("read-end"),
                );
                let stuffed = span.is_some_and(|span| span.term.id == "STUFFED_DOT");
                cells.push(self.cell(at, *octet, hidden, stuffed, class));
                text.push(glyph(*octet, hidden, stuffed));
            }
            html! {
                <div class="hex-row" role="row">
                    <span class="hex-offset" role="rowheader">{ format!("{:04x}", self.offset + start as u64) }</span>
                    { for cells }
                    <span class="hex-text" role="cell" translate="no">{ for text }</span>
                </div>
            }
        });
        html! { { for rows } }
    }

    fn cell(&self, at: usize, octet: u8, hidden: bool, stuffed: bool, class: Classes) -> Html {
        let text = if hidden { "**".to_string() } else { format!("{octet:02x}") };
        let mut name = String::new();
        match control(octet).filter(|_| !hidden) {
            _ if stuffed => name.push_str(&format!(", {}", t!("stuffed-dot"))),
            Some((_, _, title)) => name.push_str(&format!(", {title}")),
            None => {}
        }
        if self.read_ends(at) {
            name.push_str(&format!(", {}", t!("read-ended")));
        }
        let label = (!name.is_empty()).then(|| format!("{text}{name}"));
        let here = at == self.octet;
        html! {
            <span role="gridcell" id={format!("octet-{at}")} {class} data-octet={at.to_string()} aria-label={label.clone()}
                title={label} tabindex={if here { "0" } else { "-1" }} aria-selected={here.to_string()}>{ text }</span>
        }
    }

    /// What the signs in the right column stand for, as far as they occur.
    pub(super) fn legend(&self) -> Html {
        let mut octets: Vec<u8> =
            self.bytes.iter().copied().filter(|octet| control(*octet).is_some()).collect();
        octets.sort_unstable();
        octets.dedup();
        let known = octets.iter().filter_map(|octet| {
            let (sign, name, title) = control(*octet).filter(|(_, name, _)| !name.is_empty())?;
            Some(html! { <li><span class="octet-sign">{ sign }</span>{ format!(" {name} {octet:02x}: {title}") }</li> })
        });
        let known: Vec<Html> = known.collect();
        let first = self.first as u64;
        let marked =
            self.ends.iter().any(|end| (first..first + self.bytes.len() as u64).contains(end));
        html! {
            <ul class="legend">
                { for known }
                if marked {
                    <li><span class="octet-sign read-end">{ "\u{a0}" }</span>{ " " }{ t!("read-ended") }</li>
                }
            </ul>
        }
    }

    fn read_ends(&self, at: usize) -> bool {
        self.ends.binary_search(&(at as u64 + 1)).is_ok()
    }
}

/// An octet as one character. Fonts without pictures of control characters are common, so they get arrows and the like.
fn glyph(octet: u8, hidden: bool, stuffed: bool) -> Html {
    let sign = match octet {
        _ if hidden => '*',
        b'.' if stuffed => return html! { <span class="octet-sign">{ "." }</span> },
        0x20..=0x7e => return html! { { char::from(octet) } },
        octet => control(octet).map_or('\u{b7}', |(sign, ..)| sign),
    };
    html! { <span class="octet-sign">{ sign }</span> }
}
