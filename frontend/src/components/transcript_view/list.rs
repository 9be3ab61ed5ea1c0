//! Where the list is scrolled to, which of its rows are drawn, and where the keyboard is in it.

use std::ops::Range;

use shared::transcript::Kind;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::app::focus;
use crate::components::linked::number;
use crate::state::Lab;
use crate::state::listing::Listing;
use crate::state::rows::{PX, Row};

/// What the list knows from one drawing to the next.
#[derive(Default)]
pub(super) struct List {
    pub(super) listing: Listing,
    /// In 1/64 px.
    top: u64,
    height: u64,
    width: i32,
    /// A person has scrolled away from the end.
    away: bool,
    /// The entry at which the keyboard is; of a stub the first one.
    pub(super) cursor: Option<usize>,
    /// The row of the cursor is to be brought into sight, or is to get the focus, too.
    reveal: bool,
    focus: bool,
    selected: Option<usize>,
    /// Entries looked at for commands of the person.
    seen: usize,
    room: (u64, u64),
    /// Drawings in a row that each asked for another one.
    again: u8,
}

/// More than this is a list whose rows change their heights as they are looked at.
const AGAIN: u8 = 5;

impl List {
    /// The rows to be drawn, after what has changed in the record.
    pub(super) fn plan(&mut self, lab: &Lab, list: Option<&Element>) -> Range<usize> {
        // Somebody may have scrolled, and the event is still to come.
        self.note_scroll(list);
        let len = lab.shown_len();
        let sent = |n: usize| {
            lab.entry(n).is_some_and(|e| matches!(&e.kind, Kind::Sent(wire) if !wire.by_itself))
        };
        // Who sends something wants to see what comes of it.
        if (self.seen.min(len)..len).any(sent) {
            self.away = false;
            self.cursor = self.cursor.filter(|_| self.reveal);
        }
        self.seen = len;
        if self.selected != lab.selected() {
            self.selected = lab.selected();
            self.cursor = self.selected.or(self.cursor.filter(|_| self.focus));
            self.reveal = self.cursor.is_some();
            self.away = self.selected.is_some();
        }
        let rows = &self.listing.rows;
        self.top = match self.wanted() {
            Some(row) => rows.reveal(row, self.top, self.height()),
            None if self.sticks() => rows.total().saturating_sub(self.height()),
            None => self.top.min(rows.total()),
        };
        rows.window(self.top, self.height())
    }

    /// After drawing: measures the rows, scrolls to where the list should be, puts the focus where it belongs. Tells
    /// whether other rows have to be drawn.
    pub(super) fn settle(&mut self, list: &Element, drawn: Range<usize>) -> bool {
        self.height = pixels(list.client_height());
        let anchor = self.listing.rows.at(self.top);
        let inside = self.top.saturating_sub(self.listing.rows.top(anchor));
        let children = list.children();
        for (at, row) in drawn.clone().enumerate() {
            let Some(child) = children.item(at as u32) else { break };
            let height = (child.get_bounding_client_rect().height() * f64::from(PX)).round() as u32;
            if height > 0 {
                self.listing.rows.measure(row, height);
            }
        }
        let rows = &self.listing.rows;
        let above = rows.top(drawn.start);
        let below = rows.total() - rows.top(drawn.end);
        if self.room != (above, below) {
            self.room = (above, below);
            make_room(list, above, below);
        }
        let now = pixels(list.scroll_top());
        let to = match self.wanted() {
            Some(row) => rows.reveal(row, now, self.height()),
            None if self.sticks() => pixels(list.scroll_height()).saturating_sub(self.height()),
            // What is read stays where it is, whatever was measured above it.
            None if drawn.len() < rows.len() => rows.top(anchor) + inside,
            None => now,
        };
        if to.abs_diff(now) >= u64::from(PX) {
            list.set_scroll_top((to / u64::from(PX)) as i32);
        }
        self.top = pixels(list.scroll_top());
        let again = rows.window(self.top, self.height()) != drawn && self.again < AGAIN;
        self.again = if again { self.again + 1 } else { 0 };
        if !again {
            self.reveal = false;
            if std::mem::take(&mut self.focus)
                && let Some(row) = self.row()
            {
                focus(&id(row));
            }
        }
        again
    }

    /// A person has scrolled. Tells whether the list has to be drawn again.
    pub(super) fn scrolled(&mut self, list: &Element, drawn: &Range<usize>) -> bool {
        let before = self.away;
        self.note_scroll(Some(list));
        let window = self.listing.rows.window(self.top, self.height());
        let changed = before != self.away || window != *drawn;
        if window != *drawn {
            self.keep_focus(list, &window);
        }
        changed
    }

    /// The list has become larger or smaller. Tells whether it has to be drawn again.
    pub(super) fn resized(&mut self, list: &Element) -> bool {
        let (width, height) = (list.client_width(), pixels(list.client_height()));
        if width != self.width {
            self.listing.rows.forget_heights();
            self.listing.rows.clear();
        }
        let changed = width != self.width || height != self.height;
        (self.width, self.height) = (width, height);
        changed
    }

    /// Puts the keyboard at an entry, or at the stub that it is a part of.
    pub(super) fn go(&mut self, entry: usize) {
        self.cursor = Some(entry);
        self.reveal = true;
        self.focus = true;
    }

    /// The row at which the keyboard is: where nothing is selected, what the panes show.
    pub(super) fn at(&self, lab: &Lab) -> usize {
        let entry = self.cursor.or(lab.selected()).or(lab.shown()).unwrap_or(0);
        self.listing.rows.row_of(entry).unwrap_or(0)
    }

    /// A row so much further, by keys.
    pub(super) fn page(&self, row: usize, down: bool) -> usize {
        self.listing.rows.page(row, self.height(), down)
    }

    /// There is more below, and nobody looks at it.
    pub(super) fn is_away(&self) -> bool {
        self.away
    }

    /// Back to what came last.
    pub(super) fn follow(&mut self) {
        self.away = false;
        self.cursor = None;
    }

    /// Where the list is scrolled to. Only who goes up leaves the end: the list itself may have become smaller.
    fn note_scroll(&mut self, list: Option<&Element>) {
        let Some(list) = list else { return };
        let top = pixels(list.scroll_top());
        let left = list.scroll_height() - list.client_height() - list.scroll_top();
        if left <= 8 {
            self.away = self.selected.is_some();
        } else if top + u64::from(PX) < self.top {
            self.away = true;
        }
        self.top = top;
        self.height = pixels(list.client_height());
    }

    fn sticks(&self) -> bool {
        !self.away && self.selected.is_none() && self.cursor.is_none()
    }

    fn wanted(&self) -> Option<usize> {
        self.cursor.filter(|_| self.reveal).and_then(|entry| self.listing.rows.row_of(entry))
    }

    fn row(&self) -> Option<Row> {
        let row = self.listing.rows.row_of(self.cursor?)?;
        self.listing.rows.get(row)
    }

    /// Before it is known, that of a small window.
    fn height(&self) -> u64 {
        if self.height == 0 { u64::from(600 * PX) } else { self.height }
    }

    /// A row that leaves the page takes the focus with it, if the list does not take it first.
    fn keep_focus(&self, list: &Element, window: &Range<usize>) {
        let active = web_sys::window().and_then(|window| window.document()?.active_element());
        let Some(active) = active.filter(|active| list.contains(Some(active))) else { return };
        let row = number(&active, "data-from").and_then(|n| self.listing.rows.row_of(n));
        if row.is_some_and(|row| !window.contains(&row)) {
            focus(&list.id());
        }
    }
}

/// The element of a row that takes the focus.
pub(super) fn id(row: Row) -> String {
    match row.is_stub {
        true => format!("stub-{}", row.from),
        false => format!("entry-{}", row.from),
    }
}

fn pixels(px: i32) -> u64 {
    u64::from(px.unsigned_abs()) * u64::from(PX)
}

/// Makes room for the rows above and below the ones that are drawn. By the object model: the policy of the page forbids the attribute.
fn make_room(list: &Element, above: u64, below: u64) {
    let Some(list) = list.dyn_ref::<HtmlElement>() else { return };
    for (name, height) in [("--above", above), ("--below", below)] {
        // It can only fail for a value that is none.
        drop(list.style().set_property(name, &format!("calc({height}px / {PX})")));
    }
}
