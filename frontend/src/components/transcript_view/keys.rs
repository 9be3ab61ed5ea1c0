//! What keys and clicks in the list do.

use std::cell::RefCell;
use std::rc::Rc;

use shared::transcript::Kind;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent};
use yew::prelude::*;

use super::list::List;
use crate::app::focus;
use crate::components::linked::{number, octet_of};
use crate::driver::Runner;

/// The list and what it acts on.
#[derive(Clone)]
pub(super) struct Hands {
    pub(super) runner: Runner,
    pub(super) list: Rc<RefCell<List>>,
    /// Draws the list.
    pub(super) draw: Callback<()>,
}

impl Hands {
    pub(super) fn key(&self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let rows = self.list.borrow().listing.rows.len();
        let at = self.runner.see(|lab| self.list.borrow().at(lab));
        let page = |down: bool| self.list.borrow().page(at, down);
        match event.key().as_str() {
            "ArrowDown" => self.go(at + 1),
            "ArrowUp" => self.go(at.saturating_sub(1)),
            "PageDown" => self.go(page(true)),
            "PageUp" => self.go(page(false)),
            "Home" => self.go(0),
            "End" => self.go(rows.saturating_sub(1)),
            "ArrowRight" => self.token(true),
            "ArrowLeft" => self.token(false),
            "." => self.runner.act(|lab, now| lab.step_forward(now)),
            "," => self.runner.act(|lab, _| {
                lab.step_back();
            }),
            "Escape" => {
                self.list.borrow_mut().cursor = None;
                self.runner.act(|lab, _| lab.select(None, 0));
                focus("command");
            }
            "c" => self.act("copy", self.entry()),
            "m" => self.act("mark", self.entry()),
            "h" => self.act("hide", self.entry()),
            "]" => self.marker(true),
            "[" => self.marker(false),
            "n" => self.found(true),
            "N" => self.found(false),
            "/" => focus("find"),
            "e" => show_tab("tab-0"),
            "b" => show_tab("tab-1"),
            "s" => show_tab("tab-2"),
            "l" => focus("pane-ladder"),
            _ => return,
        }
        event.prevent_default();
    }

    /// One handler for all rows: what was clicked tells what it means.
    pub(super) fn click(&self, event: &MouseEvent) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        let closest = |css: &str| target.closest(css).ok().flatten();
        let Some(entry) = number(&target, "data-from") else { return };
        if closest("a").is_some() {
            return;
        }
        if let Some(button) = closest("[data-act]") {
            let act = button.get_attribute("data-act").unwrap_or_default();
            match number(&target, "data-to") {
                Some(to) => self.show(entry, to),
                None => self.act(&act, Some(entry)),
            }
            return;
        }
        if closest(".stub").is_none() {
            self.list.borrow_mut().cursor = Some(entry);
            let octet = octet_of(event).unwrap_or(0);
            self.runner.act(|lab, _| lab.select(Some(entry), octet));
        }
    }

    /// To the next entry that was found, or the one before.
    pub(super) fn found(&self, down: bool) {
        let from = self.runner.see(|lab| lab.selected());
        let next = self.list.borrow().listing.found.next(from, down);
        self.select(next);
    }

    fn act(&self, act: &str, entry: Option<usize>) {
        let Some(n) = entry else { return };
        match act {
            "copy" => self.runner.copy(self.runner.see(|lab| lab.copy_exchange(n))),
            "mark" => self.runner.act(|lab, _| {
                lab.marks.toggle(n);
            }),
            "hide" => {
                let next = self.beside(n);
                if let Some(next) = next {
                    self.list.borrow_mut().go(next);
                }
                self.runner.act(|lab, _| {
                    lab.marks.hide(n);
                    lab.select(next, 0);
                });
            }
            "fix" => {
                let fix = self.runner.see(|lab| match &lab.entry(n)?.kind {
                    Kind::Note(note) => note.fix.clone(),
                    _ => None,
                });
                self.runner.act(|lab, _| lab.put(&fix.unwrap_or_default(), false));
                focus("command");
            }
            _ => {}
        }
    }

    /// Shows again what a stub stands for.
    fn show(&self, from: usize, to: usize) {
        let mut list = self.list.borrow_mut();
        self.runner.act(|lab, _| {
            list.listing.reveal(lab, from, to);
            lab.select(Some(from), 0);
        });
        list.go(from);
    }

    fn go(&self, row: usize) {
        let row = {
            let list = self.list.borrow();
            list.listing.rows.get(row.min(list.listing.rows.len().saturating_sub(1)))
        };
        let Some(row) = row else { return };
        self.list.borrow_mut().go(row.from);
        match row.entry() {
            Some(n) => self.runner.act(|lab, _| lab.select(Some(n), 0)),
            // A stub has nothing that the panes could show.
            None => self.draw.emit(()),
        }
    }

    fn select(&self, entry: Option<usize>) {
        if let Some(n) = entry {
            self.list.borrow_mut().go(n);
            self.runner.act(|lab, _| lab.select(Some(n), 0));
        }
    }

    /// The entry at which the keyboard is.
    fn entry(&self) -> Option<usize> {
        let list = self.list.borrow();
        let row = self.runner.see(|lab| list.at(lab));
        list.listing.rows.get(row)?.entry()
    }

    /// The entry in the next row, or in the one before if there is none.
    fn beside(&self, n: usize) -> Option<usize> {
        let list = self.list.borrow();
        let rows = &list.listing.rows;
        let at = rows.row_of(n)?;
        let entry = |row: usize| rows.get(row).and_then(|row| row.entry());
        (at + 1..rows.len()).find_map(entry).or_else(|| (0..at).rev().find_map(entry))
    }

    fn marker(&self, down: bool) {
        let from = self.entry();
        self.select(self.runner.see(|lab| lab.marks.next_marker(from, down)));
    }

    /// To the next token of the selected unit, or the one before.
    fn token(&self, right: bool) {
        let Some(n) = self.entry() else { return };
        let next = self.runner.see(|lab| {
            let at = if lab.selected() == Some(n) { Some(lab.octet) } else { None };
            let spans = &lab.entry(n)?.wire()?.spans;
            let start = |span: &shared::explain::Span| span.start as usize;
            let Some(at) = at else { return Some(0) };
            match right {
                true => spans.iter().map(start).find(|start| *start > at),
                false => {
                    let here = spans.iter().map(start).rfind(|start| *start <= at)?;
                    spans.iter().map(start).rfind(|start| *start < here)
                }
            }
        });
        if let Some(octet) = next {
            self.list.borrow_mut().go(n);
            self.runner.act(|lab, _| lab.select(Some(n), octet));
        }
    }
}

/// Shows a tab of the inspector. The keyboard stays where it is; a second press takes it along.
fn show_tab(id: &str) {
    let tab = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
    let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) else { return };
    if tab.get_attribute("aria-selected").as_deref() == Some("true") {
        focus("inspector-panel");
    } else {
        tab.click();
    }
}
