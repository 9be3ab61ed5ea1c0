//! What a room shows: all items so far, with what later ones have made useless left out.

use core::{fmt, mem};

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

/// What takes a change back. Everything is moved, so that a large room costs no more than a small one.
enum Undo {
    Presenter(bool),
    /// All that was there, without what the new dialogue took over.
    Begin(Box<Shown>),
    Term,
    NewLine,
    Line(usize, Line),
    Cut(Vec<Line>),
    View(View),
    Knows(Knows),
    Script(Option<Script>),
    Question(Option<Question>),
    Keyboard(Option<Handle>),
    Asked(Option<Handle>),
    /// So long it was.
    Journal(usize),
    Over,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "What the presenter's page said does not fit: {}.", self.0)
    }
}

impl Shown {
    /// Changes nothing if the item does not fit.
    pub fn apply(&mut self, item: Item) -> Result<(), Broken> {
        self.change(item).map(drop)
    }

    /// A batch: changes nothing if one of them does not fit.
    pub fn apply_all(&mut self, items: Vec<Item>) -> Result<(), Broken> {
        self.change_all(items).map(drop)
    }

    /// Whether a batch would fit.
    pub fn check_all(&mut self, items: Vec<Item>) -> Result<(), Broken> {
        let undos = self.change_all(items)?;
        self.undo_all(undos);
        Ok(())
    }

    fn change_all(&mut self, items: Vec<Item>) -> Result<Vec<Undo>, Broken> {
        let mut undos = Vec::new();
        for item in items {
            match self.change(item) {
                Ok(undo) => undos.push(undo),
                Err(broken) => {
                    self.undo_all(undos);
                    return Err(broken);
                }
            }
        }
        Ok(undos)
    }

    fn change(&mut self, item: Item) -> Result<Undo, Broken> {
        if self.over.is_some() {
            return Err(Broken("the room is closed"));
        }
        Ok(match item {
            Item::Presenter(here) => Undo::Presenter(mem::replace(&mut self.presenter, here)),
            Item::Begin(begin) => {
                let new = Shown {
                    presenter: self.presenter,
                    begin,
                    script: self.script.take(),
                    question: self.question.take(),
                    keyboard: self.keyboard,
                    asked: self.asked,
                    ..Shown::default()
                };
                Undo::Begin(Box::new(mem::replace(self, new)))
            }
            Item::Term(number, term) => {
                if usize::from(number) != self.terms.len() {
                    return Err(Broken("terms are numbered one after the other"));
                }
                if number == u16::MAX {
                    return Err(Broken("more terms than there are numbers"));
                }
                self.takes(term.size())?;
                self.terms.push(term);
                Undo::Term
            }
            Item::Line(number, line) => self.line(number as usize, line)?,
            Item::Cut(left) => {
                let cut = self.lines.split_off(self.lines.len().min(left as usize));
                self.octets -= cut.iter().map(Line::size).sum::<usize>();
                Undo::Cut(cut)
            }
            Item::View(view) => Undo::View(mem::replace(&mut self.view, view)),
            Item::Knows(knows) => Undo::Knows(mem::replace(&mut self.knows, knows)),
            Item::Script(script) => Undo::Script(mem::replace(&mut self.script, script)),
            Item::Question(question) => Undo::Question(mem::replace(&mut self.question, question)),
            Item::Keyboard(who) => Undo::Keyboard(mem::replace(&mut self.keyboard, who)),
            Item::Asked(who) => Undo::Asked(mem::replace(&mut self.asked, who)),
            Item::Journal(octets) => {
                let before = self.journal.len();
                if before + octets.len() > MAX_JOURNAL {
                    return Err(Broken("a longer record for a try than a room keeps"));
                }
                self.journal.extend(octets);
                Undo::Journal(before)
            }
            Item::Over(why) => {
                self.over = Some(why);
                Undo::Over
            }
        })
    }

    fn undo_all(&mut self, undos: Vec<Undo>) {
        undos.into_iter().rev().for_each(|undo| self.undo(undo));
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Presenter(here) => self.presenter = here,
            Undo::Begin(old) => {
                let (script, question) = (self.script.take(), self.question.take());
                *self = Shown { script, question, ..*old };
            }
            Undo::Term => {
                self.octets -= self.terms.pop().map_or(0, |term| term.size());
            }
            Undo::NewLine => {
                self.octets -= self.lines.pop().map_or(0, |line| line.size());
            }
            Undo::Line(number, old) => {
                self.octets += old.size();
                let new = mem::replace(&mut self.lines[number], old);
                self.octets -= new.size();
            }
            Undo::Cut(lines) => {
                self.octets += lines.iter().map(Line::size).sum::<usize>();
                self.lines.extend(lines);
            }
            Undo::View(view) => self.view = view,
            Undo::Knows(knows) => self.knows = knows,
            Undo::Script(script) => self.script = script,
            Undo::Question(question) => self.question = question,
            Undo::Keyboard(who) => self.keyboard = who,
            Undo::Asked(who) => self.asked = who,
            Undo::Journal(before) => self.journal.truncate(before),
            Undo::Over => self.over = None,
        }
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

    fn line(&mut self, number: usize, line: Line) -> Result<Undo, Broken> {
        line.check()?;
        if line.tokens.iter().any(|token| usize::from(token.term) >= self.terms.len()) {
            return Err(Broken("a term that was never told"));
        }
        match self.lines.get(number).map(Line::size) {
            Some(old) => {
                self.octets -= old;
                let taken = self.takes(line.size());
                if taken.is_err() {
                    self.octets += old;
                }
                taken?;
                Ok(Undo::Line(number, mem::replace(&mut self.lines[number], line)))
            }
            None if number == self.lines.len() => {
                if number == MAX_LINES {
                    return Err(Broken("more lines than a room keeps"));
                }
                self.takes(line.size())?;
                self.lines.push(line);
                Ok(Undo::NewLine)
            }
            None => Err(Broken("lines are numbered one after the other")),
        }
    }

    fn takes(&mut self, octets: usize) -> Result<(), Broken> {
        if self.octets + octets > MAX_OCTETS {
            return Err(Broken("more octets than a room keeps"));
        }
        self.octets += octets;
        Ok(())
    }
}
