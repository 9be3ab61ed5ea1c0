//! What the client knows, and what it would do next.

use super::super::item::{self, Reads};
use super::super::reply::Item;
use super::super::{legible, table};
use super::GopherClient;
use crate::machine::{Fact, Suggestion};

/// Buttons for the items of a menu: more would be a page of their own.
const OFFERS_LIMIT: usize = 100;

impl GopherClient {
    /// The root menu, a folder, a text, a search, something binary: whatever of this the menus
    /// have.
    pub(super) fn suggest(&self) -> Option<Suggestion> {
        if !self.began || self.progress.state() != &table::READY {
            return None;
        }
        let (text, why) = self.tour().unwrap_or_else(|| {
            (".".into(), "Leave. Nothing crosses the wire: there is no connection to end.")
        });
        Some(Suggestion { text, why: why.into() })
    }

    /// The items of the menu that came last.
    pub(super) fn offer(&self) -> Vec<Suggestion> {
        if self.progress.state() != &table::READY {
            return Vec::new();
        }
        let offers = self.offered.iter().take(OFFERS_LIMIT).map(|item| {
            let what = item::of(item.kind).name;
            let server = if item.here { String::new() } else { format!(" on {}", item.host) };
            let name = if item.display.trim().is_empty() {
                legible(&item.selector)
            } else {
                item.display.clone()
            };
            Suggestion { text: item.typed(), why: format!("{name} ({what}{server})") }
        });
        offers.collect()
    }

    pub(super) fn known_facts(&self) -> Vec<Fact> {
        let mut facts = vec![
            Fact::new("encryption", "none: everything crosses in clear text"),
            Fact::new("the server remembers", "nothing; each request stands for itself"),
        ];
        let connection = match (&self.reply, self.free) {
            (Some(_), _) => "in use until the server closes it",
            (None, Some(_)) => "open, for one request",
            (None, None) => "none; the next request opens one",
        };
        facts.push(Fact::new("connection", connection));
        if let Some(request) = self.asked.last() {
            let how = match request.reads() {
                Reads::Menu => "a menu, one item a line",
                Reads::Text => "a text, up to a lone dot or the end",
                Reads::Html => "an HTML page, up to the end of the connection",
                Reads::Binary => "octets, up to the end of the connection",
            };
            facts.push(Fact::new("last reply read as", how));
            facts.push(Fact::new("requests", self.asked.len().to_string()));
        }
        if !self.known.is_empty() {
            facts.push(Fact::new("items seen in menus", self.known.len().to_string()));
        }
        facts
    }

    fn tour(&self) -> Option<(String, &'static str)> {
        let did = |kinds: &[u8]| {
            self.asked.iter().any(|asked| kinds.contains(&asked.kind) && !asked.selector.is_empty())
        };
        let known = |kind: u8| self.known.iter().find(|item| item.here && item.kind == kind);
        let typed = |item: &Item| item.typed();
        if !self.asked.iter().any(|asked| asked.kind == b'1' && asked.selector.is_empty()) {
            return Some(("1".into(), "Ask for the root menu: type 1 with an empty selector."));
        }
        if let Some(folder) = known(b'1').filter(|_| !did(b"1")) {
            return Some((typed(folder), "Go down one level: another menu."));
        }
        if let Some(text) = known(b'0').filter(|_| !did(b"0")) {
            return Some((typed(text), "Read a text."));
        }
        if let Some(search) = known(b'7').filter(|_| !did(b"7")) {
            let text = format!("{}gopher", typed(search));
            return Some((text, "Search; the words go behind a tab."));
        }
        // Only of the practice server is it known that no binary file in its menus is too large.
        let own = self.config.host == crate::world::HOST;
        let binary = if own { &b"gIp9"[..] } else { b"gIp" };
        let picture = binary.iter().find_map(|kind| known(*kind)).filter(|_| !did(binary));
        Some((typed(picture?), "Fetch octets: nothing but the end of the connection ends them."))
    }
}
