//! What has changed since a room was told last. The room is told nothing twice: what it shows is kept here as well.

use shared::machine::Conn;
use shared::room::{Broken, Item, MAX_JOURNAL, MAX_LINES, Shown};
use shared::transcript::Kind;

use super::Presenter;
use super::lines::{Terms, millis};
use super::look;
use crate::state::{Lab, Route, Target};
use crate::text::t;

/// Octets of the shared record in one item.
const PIECE: usize = 64 * 1024;

#[derive(Default)]
pub(super) struct Publisher {
    /// What the room shows.
    told: Shown,
    terms: Terms,
    dialogue: Option<Told>,
    /// Octets of the shared record that were told.
    journal: usize,
    /// The last line of each connection, which may still change.
    last: Vec<(Conn, usize)>,
    /// Why the room takes no more of this dialogue.
    pub(super) full: Option<Broken>,
}

/// Which dialogue was told.
#[derive(Clone, PartialEq)]
struct Told {
    route: Route,
    record: u64,
    journal: Option<u64>,
}

impl Publisher {
    pub(super) fn told(&self) -> &Shown {
        &self.told
    }

    /// What is to be said so that the room shows what there is.
    pub(super) fn items(&mut self, lab: &Lab, presenter: &Presenter) -> Vec<Item> {
        let mut out = Vec::new();
        self.dialogue(lab, &mut out);
        self.lines(lab, &mut out);
        if let Some((_, journal)) =
            lab.shared_journal().filter(|_| self.told.begin.no_try.is_none())
        {
            for piece in journal.get(self.journal..).unwrap_or_default().chunks(PIECE) {
                self.tell(Item::Journal(piece.to_vec()), &mut out);
            }
            self.journal = journal.len();
        }
        let view = look::view(lab, presenter.pane, presenter.stage);
        let moved = view.shown != self.told.view.shown || view.selected != self.told.view.selected;
        if moved || !out.is_empty() || view.turn != self.told.view.turn {
            let knows = look::knows(lab);
            if knows != self.told.knows {
                self.tell(Item::Knows(knows), &mut out);
            }
        }
        if view != self.told.view {
            self.tell(Item::View(view), &mut out);
        }
        if presenter.script != self.told.script {
            self.tell(Item::Script(presenter.script.clone()), &mut out);
        }
        if presenter.question != self.told.question {
            self.tell(Item::Question(presenter.question.clone()), &mut out);
        }
        if presenter.keyboard != self.told.keyboard {
            self.tell(Item::Keyboard(presenter.keyboard), &mut out);
        }
        if presenter.asked != self.told.asked {
            self.tell(Item::Asked(presenter.asked), &mut out);
        }
        out
    }

    /// Another dialogue begins, or the same one went another way.
    fn dialogue(&mut self, lab: &Lab, out: &mut Vec<Item>) {
        let journal = lab.shared_journal().map(|(number, _)| number);
        let here = Told { route: lab.route.clone(), record: lab.record(), journal };
        let before = self.dialogue.replace(here.clone());
        let begin = look::begin(lab, why_no_try(lab));
        match before {
            Some(before) if before == here && begin == self.told.begin => {}
            // A fork: what comes before it stays.
            Some(Told { route, journal: number, .. })
                if route == here.route && number == journal && begin == self.told.begin =>
            {
                let same = self.common(lab);
                self.last.retain(|(_, at)| *at < same);
                if same < self.told.lines.len() {
                    self.tell(Item::Cut(same as u32), out);
                }
            }
            _ => {
                // An open question, a script: they are the room's, not the dialogue's.
                (self.terms, self.journal, self.full) = (Terms::default(), 0, None);
                self.last.clear();
                self.tell(Item::Begin(begin), out);
            }
        }
    }

    /// How many lines are as they were told.
    fn common(&mut self, lab: &Lab) -> usize {
        let began = began(lab);
        (0..self.told.lines.len())
            .find(|n| {
                let line = lab.entry(*n).map(|entry| self.terms.line(entry, began));
                line.as_ref() != self.told.lines.get(*n)
            })
            .unwrap_or(self.told.lines.len())
    }

    fn lines(&mut self, lab: &Lab, out: &mut Vec<Item>) {
        let began = began(lab);
        if lab.len() > MAX_LINES {
            self.full = Some(Broken("more lines than a room keeps"));
        }
        let changing: Vec<usize> = self.last.iter().map(|(_, at)| *at).collect();
        for n in changing.into_iter().chain(self.told.lines.len()..lab.len().min(MAX_LINES)) {
            let Some(entry) = lab.entry(n) else { continue };
            let line = self.terms.line(entry, began);
            if self.told.lines.get(n) == Some(&line) {
                continue;
            }
            for (number, term) in self.terms.take_news() {
                self.tell(Item::Term(number, term), out);
            }
            let before = self.full;
            self.tell(Item::Line(n as u32, line), out);
            if self.full != before {
                break;
            }
            if matches!(entry.kind, Kind::Received(_) | Kind::Data { .. }) {
                self.last.retain(|(conn, _)| *conn != entry.conn);
                self.last.push((entry.conn, n));
            }
        }
    }

    fn tell(&mut self, item: Item, out: &mut Vec<Item>) {
        match self.told.apply(item.clone()) {
            Ok(()) => out.push(item),
            Err(broken) => self.full = Some(broken),
        }
    }
}

/// Why a viewer cannot go on from a step on its own.
fn why_no_try(lab: &Lab) -> Option<String> {
    match lab.route.target {
        Target::Real { .. } => Some(t!("class-no-try-real").into()),
        Target::Relay => Some(t!("class-no-try-relay").into()),
        Target::Page => {
            let fits = |(_, journal): (u64, &[u8])| journal.len() <= MAX_JOURNAL;
            if !lab.shared_journal().is_some_and(fits) {
                return Some(t!("class-no-try-long").into());
            }
            (!lab.leads_here()).then(|| t!("class-no-try-secret").into())
        }
    }
}

/// When the first entry was.
fn began(lab: &Lab) -> u64 {
    lab.entry(0).map_or(0, millis)
}
