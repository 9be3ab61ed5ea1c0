//! What a room shows: all items so far, with what later ones have made useless left out.

use core::fmt;

use super::item::{Begin, Item, Knows, Question, Script, View};
use super::line::{Line, Term};
use super::{Handle, MAX_JOURNAL, MAX_LINES, MAX_OCTETS};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// A presenter is there.
    pub presenter: bool,
    pub begin: Begin,
    pub terms: Vec<Term>,
    pub lines: Vec<Line>,
    pub view: View,
    pub knows: Knows,
    pub script: Option<Script>,
    pub question: Option<Question>,
    pub keyboard: Option<Handle>,
    pub asked: Option<Handle>,
    pub journal: Vec<u8>,
    /// Why the room is closed.
    pub over: Option<String>,
    /// About as many octets as terms and lines take.
    octets: usize,
}

/// An item that does not fit to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken(pub &'static str);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "What the presenter's page said does not fit: {}.", self.0)
    }
}

impl Shown {
    /// Changes nothing if the item does not fit.
    pub fn apply(&mut self, item: Item) -> Result<(), Broken> {
        if self.over.is_some() {
            return Err(Broken("the room is closed"));
        }
        match item {
            Item::Presenter(here) => self.presenter = here,
            Item::Begin(begin) => {
                *self = Shown {
                    presenter: self.presenter,
                    begin,
                    script: self.script.take(),
                    question: self.question.take(),
                    keyboard: self.keyboard,
                    asked: self.asked,
                    ..Shown::default()
                };
            }
            Item::Term(number, term) => {
                if usize::from(number) != self.terms.len() {
                    return Err(Broken("terms are numbered one after the other"));
                }
                self.takes(term.size())?;
                self.terms.push(term);
            }
            Item::Line(number, line) => self.line(number as usize, line)?,
            Item::Cut(left) => {
                let left = self.lines.len().min(left as usize);
                self.octets -= self.lines.drain(left..).map(|line| line.size()).sum::<usize>();
            }
            Item::View(view) => self.view = view,
            Item::Knows(knows) => self.knows = knows,
            Item::Script(script) => self.script = script,
            Item::Question(question) => self.question = question,
            Item::Keyboard(who) => self.keyboard = who,
            Item::Asked(who) => self.asked = who,
            Item::Journal(octets) => {
                if self.journal.len() + octets.len() > MAX_JOURNAL {
                    return Err(Broken("a longer record for a try than a room keeps"));
                }
                self.journal.extend(octets);
            }
            Item::Over(why) => self.over = Some(why),
        }
        Ok(())
    }

    /// The items that lead here from nothing.
    pub fn items(&self) -> impl Iterator<Item = Item> {
        let terms = self.terms.iter().zip(0..).map(|(term, n)| Item::Term(n, term.clone()));
        let lines = self.lines.iter().zip(0..).map(|(line, n)| Item::Line(n, line.clone()));
        let first = [Item::Presenter(self.presenter), Item::Begin(self.begin.clone())];
        let journal = (!self.journal.is_empty()).then(|| Item::Journal(self.journal.clone()));
        let rest = [
            Item::View(self.view.clone()),
            Item::Knows(self.knows.clone()),
            Item::Script(self.script.clone()),
            Item::Question(self.question.clone()),
            Item::Keyboard(self.keyboard),
            Item::Asked(self.asked),
        ];
        let over = self.over.clone().map(Item::Over);
        first.into_iter().chain(terms).chain(lines).chain(journal).chain(rest).chain(over)
    }

    /// Lines up to the shown step.
    pub fn shown(&self) -> &[Line] {
        &self.lines[..self.lines.len().min(self.view.shown as usize)]
    }

    /// The line that is looked at: the selected one, or the last one.
    pub fn looked_at(&self) -> Option<usize> {
        let last = self.shown().len().checked_sub(1)?;
        Some(self.view.selected.map_or(last, |line| last.min(line as usize)))
    }

    /// Octets of snapshots, about.
    pub fn octets(&self) -> usize {
        self.octets + self.journal.len()
    }

    fn line(&mut self, number: usize, line: Line) -> Result<(), Broken> {
        line.check()?;
        if line.tokens.iter().any(|token| usize::from(token.term) >= self.terms.len()) {
            return Err(Broken("a term that was never told"));
        }
        match self.lines.get(number) {
            Some(old) => {
                self.octets -= old.size();
                let taken = self.takes(line.size());
                if taken.is_err() {
                    self.octets += self.lines[number].size();
                    return taken;
                }
                self.lines[number] = line;
            }
            None if number == self.lines.len() => {
                if number == MAX_LINES {
                    return Err(Broken("more lines than a room keeps"));
                }
                self.takes(line.size())?;
                self.lines.push(line);
            }
            None => return Err(Broken("lines are numbered one after the other")),
        }
        Ok(())
    }

    fn takes(&mut self, octets: usize) -> Result<(), Broken> {
        if self.octets + octets > MAX_OCTETS {
            return Err(Broken("more octets than a room keeps"));
        }
        self.octets += octets;
        Ok(())
    }
}
