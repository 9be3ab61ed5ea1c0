//! Reads small scripts of Python: straight-line calls with literals, as lectures and manuals write them.
//!
//! It knows no module and runs nothing. What it does not understand it names by line and column, with a reason, and
//! reads on at the next statement; it never guesses.

mod lines;
mod parse;
#[cfg(test)]
mod tests;
mod values;

use core::fmt;
use core::ops::Range;

/// Octets of a script. A session of a lecture has a few thousand; more than this is no example any more.
pub const MAX_TEXT: usize = 64 * 1024;

/// Brackets within brackets. Nobody reads a literal that is deeper, and the stack of a browser is small.
pub const MAX_DEPTH: usize = 24;

/// Problems that are listed: a text that is no Python at all has one in every line.
pub const MAX_PROBLEMS: usize = 50;

/// What was understood of a text, and what was not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    pub statements: Vec<Statement>,
    /// In the order of the text.
    pub problems: Vec<Problem>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Where it begins, from 1.
    pub line: u32,
    /// Octets of the text.
    pub span: Range<usize>,
    pub kind: StatementKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `import module as alias`
    Import {
        module: String,
        alias: Option<String>,
    },
    /// `from module import name as alias`; the name may be `*`.
    From {
        module: String,
        names: Vec<(String, Option<String>)>,
    },
    Assign {
        target: Target,
        value: Expr,
    },
    Expr(Expr),
    /// Python 2's statement.
    Print(Vec<Expr>),
    /// `while True:` with what is indented below it.
    Forever(Vec<Statement>),
    Pass,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Name(String),
    /// `c, addr = s.accept()`
    Names(Vec<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub span: Range<usize>,
    pub kind: ExprKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    None,
    Bool(bool),
    Int(i64),
    /// As it is written, without underscores and with a minus sign where it had one.
    Float(String),
    Str(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>),
    Name(String),
    Attribute(Box<Expr>, String),
    Subscript(Box<Expr>, Box<Expr>),
    Call(Call),
    /// `b'x' * 1000`
    Times(Box<Expr>, Box<Expr>),
    Plus(Box<Expr>, Box<Expr>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub function: Box<Expr>,
    pub args: Vec<Expr>,
    pub keywords: Vec<(String, Expr)>,
}

/// Something in the text that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}, column {}: {}", self.line, self.column, self.why)
    }
}

/// Reads a whole text.
pub fn read(text: &str) -> Script {
    if text.len() > MAX_TEXT {
        let why = format!(
            "The text has {} octets; at most {MAX_TEXT} are read. Paste the part that matters.",
            text.len()
        );
        return Script { problems: vec![Problem { line: 1, column: 1, why }], ..Script::default() };
    }
    let (lines, problems) = lines::logical(text);
    let mut script = parse::script(text, &lines);
    script.problems.extend(problems);
    script.problems.sort_by_key(|problem| (problem.line, problem.column));
    script.problems.truncate(MAX_PROBLEMS);
    script
}

impl Script {
    /// Whether it uses what only Python 2 has.
    pub fn is_python2(&self) -> bool {
        any(&self.statements, |statement| matches!(statement.kind, StatementKind::Print(_)))
    }
}

fn any(statements: &[Statement], holds: fn(&Statement) -> bool) -> bool {
    statements.iter().any(|statement| {
        let inside = match &statement.kind {
            StatementKind::Forever(body) => any(body, holds),
            _ => false,
        };
        inside || holds(statement)
    })
}

/// A problem at this octet of the text.
fn problem(text: &str, at: usize, why: impl Into<String>) -> Problem {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    Problem { line, column, why: why.into() }
}
