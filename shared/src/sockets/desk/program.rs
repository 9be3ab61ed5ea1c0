//! A script that lies on a desk and is run line by line.

use crate::python::reader::{Problem, Statement, StatementKind, read};

pub struct Program {
    pub text: String,
    pub problems: Vec<Problem>,
    /// In the order in which they run.
    statements: Vec<Statement>,
    /// Where a loop begins; it ends with the last statement.
    again: Option<usize>,
    next: usize,
    pub python2: bool,
}

impl Program {
    pub fn new(text: &str) -> Program {
        let script = read(text);
        let python2 = script.is_python2();
        let (mut statements, mut again) = (Vec::new(), None);
        for statement in script.statements {
            match statement.kind {
                // What follows a loop that never ends is never run.
                StatementKind::Forever(body) => {
                    again = Some(statements.len());
                    statements.extend(body);
                    break;
                }
                _ => statements.push(statement),
            }
        }
        let problems = script.problems;
        Program { text: text.into(), problems, statements, again, next: 0, python2 }
    }

    /// The statement that runs next.
    pub fn next(&self) -> Option<&Statement> {
        self.statements.get(self.next)
    }

    pub(in crate::sockets) fn take(&mut self) -> Option<Statement> {
        let statement = self.statements.get(self.next).cloned()?;
        self.next += 1;
        if self.next == self.statements.len()
            && let Some(again) = self.again
        {
            self.next = again;
        }
        Some(statement)
    }

    /// Its next line, as it is written.
    pub fn next_text(&self) -> Option<&str> {
        self.text.get(self.next()?.span.clone())
    }

    /// Nothing more of it is run.
    pub fn stop(&mut self) {
        self.next = self.statements.len();
    }

    pub fn rewind(&mut self) {
        self.next = 0;
    }

    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}
