//! From logical lines to statements.

use core::ops::Range;

use super::lines::{Kind, Line};
use super::values::{BLOCKS, Tokens, Wrong};
use super::{Expr, ExprKind, Problem, Script, Statement, StatementKind, Target, problem};

pub(super) fn script(text: &str, lines: &[Line]) -> Script {
    let mut reader = Reader { text, lines, at: 0, problems: Vec::new() };
    let mut statements = Vec::new();
    while reader.at < lines.len() {
        reader.block(0, false, &mut statements);
        if let Some(line) = lines.get(reader.at) {
            reader.skip(
                line.indent,
                "This line is indented although nothing above it begins a block.",
            );
        }
    }
    Script { statements, problems: reader.problems }
}

struct Reader<'a> {
    text: &'a str,
    lines: &'a [Line],
    at: usize,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Lines of exactly this indentation; `inside` a loop or at the top.
    fn block(&mut self, indent: usize, inside: bool, into: &mut Vec<Statement>) {
        let lines = self.lines;
        while let Some(line) = lines.get(self.at).filter(|line| line.indent == indent) {
            self.at += 1;
            match self.line(line, inside, into) {
                Ok(()) => {}
                Err((at, why)) => {
                    self.problems.push(problem(self.text, at, why));
                    self.skip_deeper(indent);
                }
            }
        }
    }

    /// Leaves out the line here and those that are as deep, with one problem for all.
    fn skip(&mut self, indent: usize, why: &str) {
        if let Some(token) = self.lines.get(self.at).and_then(|line| line.tokens.first()) {
            self.problems.push(problem(self.text, token.span.start, why));
        }
        self.skip_deeper(indent.saturating_sub(1));
    }

    fn skip_deeper(&mut self, indent: usize) {
        while self.lines.get(self.at).is_some_and(|line| line.indent > indent) {
            self.at += 1;
        }
    }

    fn line(&mut self, line: &Line, inside: bool, into: &mut Vec<Statement>) -> Result<(), Wrong> {
        let mut tokens = Tokens::of(line);
        if let Some(word) = tokens.word() {
            if BLOCKS.contains(&word) {
                let why = format!(
                    "\u{201c}{word}\u{201d} chooses or repeats; only straight lines and \u{201c}while True:\u{201d} are read. It is left out with what belongs to it."
                );
                return Err((tokens.here(), why));
            }
            if word == "while" {
                return self.forever(line, tokens, inside, into);
            }
        }
        // A line is understood whole or not at all.
        let mut whole = Vec::new();
        loop {
            whole.push(self.simple(&mut tokens)?);
            if !tokens.takes(';') || tokens.ended() {
                break;
            }
        }
        tokens.end("the end of the line")?;
        into.append(&mut whole);
        Ok(())
    }

    fn forever(
        &mut self,
        line: &Line,
        mut tokens: Tokens<'_>,
        inside: bool,
        into: &mut Vec<Statement>,
    ) -> Result<(), Wrong> {
        let start = tokens.here();
        tokens.next();
        let always = match tokens.next() {
            Some(Kind::Name(word)) => word == "True",
            Some(Kind::Int(n)) => *n == 1,
            _ => false,
        };
        if !always || !tokens.takes(':') {
            let why = "Only \u{201c}while True:\u{201d} is read: whether another condition holds is known while the program runs.";
            return Err((start, why.into()));
        }
        if inside {
            return Err((start, "A loop within a loop that never ends is not read.".into()));
        }
        let mut body = Vec::new();
        if tokens.ended() {
            let deeper = self.lines.get(self.at).map(|next| next.indent);
            if let Some(indent) = deeper.filter(|indent| *indent > line.indent) {
                self.block(indent, true, &mut body);
                if self.lines.get(self.at).is_some_and(|next| next.indent > line.indent) {
                    let indent = line.indent + 1;
                    self.skip(indent, "This line is indented unlike the ones above it.");
                }
            }
        } else {
            body.push(self.simple(&mut tokens)?);
            tokens.end("the end of the line")?;
        }
        let Some(last) = body.last() else {
            return Err((start, "The loop has nothing in it that was understood.".into()));
        };
        let span = start..last.span.end;
        into.push(self.statement(span, StatementKind::Forever(body)));
        Ok(())
    }

    fn statement(&self, span: Range<usize>, kind: StatementKind) -> Statement {
        let line = self.text[..span.start].matches('\n').count() as u32 + 1;
        Statement { line, span, kind }
    }

    fn simple(&mut self, tokens: &mut Tokens<'_>) -> Result<Statement, Wrong> {
        let start = tokens.here();
        let kind = match tokens.word() {
            Some("import") => tokens.import()?,
            Some("from") => tokens.from()?,
            Some("pass") => {
                tokens.next();
                StatementKind::Pass
            }
            Some("print") if tokens.is_print_statement() => {
                tokens.next();
                let values = if tokens.at_end() { Vec::new() } else { tokens.values()?.0 };
                StatementKind::Print(values)
            }
            _ => tokens.assignment()?,
        };
        Ok(self.statement(start..tokens.behind(), kind))
    }
}

impl Tokens<'_> {
    fn import(&mut self) -> Result<StatementKind, Wrong> {
        self.next();
        let (module, alias) = (self.dotted()?, self.alias()?);
        if self.sees(',') {
            return Err((
                self.here(),
                "One module in each import, please: several are not read.".into(),
            ));
        }
        Ok(StatementKind::Import { module, alias })
    }

    fn from(&mut self) -> Result<StatementKind, Wrong> {
        self.next();
        let module = self.dotted()?;
        if self.word() != Some("import") {
            return self.unexpected("import");
        }
        self.next();
        if self.takes('*') {
            return Ok(StatementKind::From { module, names: vec![("*".into(), None)] });
        }
        let bracket = self.takes('(');
        let mut names = Vec::new();
        loop {
            names.push((self.name("a name")?, self.alias()?));
            if !self.takes(',') || (bracket && self.sees(')')) {
                break;
            }
        }
        if bracket && !self.takes(')') {
            return self.unexpected(")");
        }
        Ok(StatementKind::From { module, names })
    }

    /// Python 2's, unless what follows makes it a name of Python 3.
    fn is_print_statement(&self) -> bool {
        match self.ahead(1) {
            Some(Kind::Sign(sign)) => !['(', '=', '.', ')', '>'].contains(sign),
            _ => true,
        }
    }

    fn assignment(&mut self) -> Result<StatementKind, Wrong> {
        let start = self.here();
        let first = self.tuple()?;
        if !self.takes('=') {
            return Ok(StatementKind::Expr(first));
        }
        if self.sees('=') {
            return self.unexpected("a value: comparisons are not read");
        }
        let target = target(first).ok_or((
            start,
            "Only names can be given a value here, such as s or c, addr.".to_string(),
        ))?;
        let value = self.tuple()?;
        if self.sees('=') {
            return self.unexpected("the end of the line: one assignment at a time is read");
        }
        Ok(StatementKind::Assign { target, value })
    }
}

fn target(expr: Expr) -> Option<Target> {
    let name = |expr: Expr| match expr.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    };
    match expr.kind {
        ExprKind::Tuple(items) | ExprKind::List(items) if !items.is_empty() => {
            items.into_iter().map(name).collect::<Option<_>>().map(Target::Names)
        }
        ExprKind::Name(name) => Some(Target::Name(name)),
        _ => None,
    }
}
