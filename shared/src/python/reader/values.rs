//! Values, and one line's tokens.

use super::lines::{Kind, Line, Token};
use super::{Call, Expr, ExprKind, MAX_DEPTH};

/// Words that begin what is no straight line.
pub(super) const BLOCKS: [&str; 10] =
    ["if", "elif", "else", "for", "def", "class", "try", "except", "finally", "with"];

const KEYWORDS: [&str; 22] = [
    "and", "as", "assert", "async", "await", "break", "continue", "del", "from", "global",
    "import", "in", "is", "lambda", "nonlocal", "not", "or", "raise", "return", "while", "yield",
    "exec",
];

/// Where, and why.
pub(super) type Wrong = (usize, String);

/// One line's tokens and how far they are read.
pub(super) struct Tokens<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

/// Positional ones, and those with a name.
type Arguments = (Vec<Expr>, Vec<(String, Expr)>);

impl<'a> Tokens<'a> {
    pub(super) fn of(line: &'a Line) -> Tokens<'a> {
        Tokens { tokens: &line.tokens, at: 0, depth: 0 }
    }

    pub(super) fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    pub(super) fn next(&mut self) -> Option<&Kind> {
        self.at += 1;
        self.tokens.get(self.at - 1).map(|token| &token.kind)
    }

    pub(super) fn ahead(&self, by: usize) -> Option<&Kind> {
        self.tokens.get(self.at + by).map(|token| &token.kind)
    }

    pub(super) fn word(&self) -> Option<&str> {
        match self.peek() {
            Some(Kind::Name(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn sees(&self, sign: char) -> bool {
        self.peek() == Some(&Kind::Sign(sign))
    }

    pub(super) fn takes(&mut self, sign: char) -> bool {
        let seen = self.sees(sign);
        self.at += usize::from(seen);
        seen
    }

    pub(super) fn ended(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn at_end(&self) -> bool {
        self.ended() || self.sees(';')
    }

    /// Where the next token begins, or where the last one ends.
    pub(super) fn here(&self) -> usize {
        self.tokens.get(self.at).map_or(self.behind(), |token| token.span.start)
    }

    /// Where the last token that was read ends.
    pub(super) fn behind(&self) -> usize {
        let read = self.at.min(self.tokens.len());
        self.tokens[..read].last().map_or(0, |token| token.span.end)
    }

    pub(super) fn unexpected<T>(&self, expected: &str) -> Result<T, Wrong> {
        let found = match self.peek() {
            None => "The line ends here".into(),
            Some(Kind::Sign(sign)) => format!("{sign} was not expected here"),
            Some(Kind::Name(word)) => format!("\u{201c}{word}\u{201d} was not expected here"),
            Some(Kind::Int(_) | Kind::Float(_)) => "A number was not expected here".into(),
            Some(Kind::Str(_) | Kind::Bytes(_)) => "A string was not expected here".into(),
        };
        Err((self.here(), format!("{found}; expected {expected}.")))
    }

    pub(super) fn end(&self, expected: &str) -> Result<(), Wrong> {
        if self.ended() { Ok(()) } else { self.unexpected(expected) }
    }

    pub(super) fn name(&mut self, what: &str) -> Result<String, Wrong> {
        match self.word() {
            Some(word) if !is_keyword(word) => {
                let name = word.to_string();
                self.at += 1;
                Ok(name)
            }
            _ => self.unexpected(what),
        }
    }

    pub(super) fn dotted(&mut self) -> Result<String, Wrong> {
        let mut name = self.name("the name of a module")?;
        while self.takes('.') {
            name = format!("{name}.{}", self.name("the name of a module")?);
        }
        Ok(name)
    }

    pub(super) fn alias(&mut self) -> Result<Option<String>, Wrong> {
        if self.word() != Some("as") {
            return Ok(None);
        }
        self.at += 1;
        self.name("a name").map(Some)
    }

    /// A value, or several with commas between them: a tuple without brackets.
    pub(super) fn tuple(&mut self) -> Result<Expr, Wrong> {
        let start = self.here();
        let (mut values, comma) = self.values()?;
        if values.len() == 1
            && !comma
            && let Some(value) = values.pop()
        {
            return Ok(value);
        }
        Ok(Expr { span: start..self.behind(), kind: ExprKind::Tuple(values) })
    }

    /// One or more values, and whether there was a comma.
    pub(super) fn values(&mut self) -> Result<(Vec<Expr>, bool), Wrong> {
        let mut values = vec![self.expr()?];
        let mut comma = false;
        while self.takes(',') {
            comma = true;
            if self.at_end() || self.sees('=') {
                break;
            }
            values.push(self.expr()?);
        }
        Ok((values, comma))
    }

    fn expr(&mut self) -> Result<Expr, Wrong> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.here(), format!("More than {MAX_DEPTH} levels are not read.")));
        }
        let mut signs = 0;
        let mut left = self.product()?;
        while self.takes('+') {
            self.count(&mut signs)?;
            let right = self.product()?;
            let span = left.span.start..right.span.end;
            left = Expr { span, kind: ExprKind::Plus(Box::new(left), Box::new(right)) };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn product(&mut self) -> Result<Expr, Wrong> {
        let mut signs = 0;
        let mut left = self.factor()?;
        while self.takes('*') {
            if self.sees('*') {
                return self.unexpected("a value: powers are not read");
            }
            self.count(&mut signs)?;
            let right = self.factor()?;
            let span = left.span.start..right.span.end;
            left = Expr { span, kind: ExprKind::Times(Box::new(left), Box::new(right)) };
        }
        Ok(left)
    }

    /// Sums and products are kept short: each sign is one level more.
    fn count(&self, signs: &mut usize) -> Result<(), Wrong> {
        *signs += 1;
        if *signs <= MAX_DEPTH {
            return Ok(());
        }
        Err((self.here(), format!("More than {MAX_DEPTH} signs in a row are not read.")))
    }

    fn factor(&mut self) -> Result<Expr, Wrong> {
        let start = self.here();
        if !self.takes('-') {
            return self.postfix();
        }
        let kind = match self.peek() {
            Some(Kind::Int(n)) => ExprKind::Int(-n),
            Some(Kind::Float(text)) => ExprKind::Float(format!("-{text}")),
            _ => return self.unexpected("a number behind the minus sign"),
        };
        self.at += 1;
        Ok(Expr { span: start..self.behind(), kind })
    }

    fn postfix(&mut self) -> Result<Expr, Wrong> {
        let mut expr = self.atom()?;
        // Chains are kept short too: dropping one goes as deep as it is long.
        for _ in 0..MAX_DEPTH {
            let start = expr.span.start;
            let kind = if self.takes('.') {
                ExprKind::Attribute(Box::new(expr), self.name("the name of an attribute")?)
            } else if self.takes('(') {
                let (args, keywords) = self.arguments()?;
                ExprKind::Call(Call { function: Box::new(expr), args, keywords })
            } else if self.takes('[') {
                let index = self.expr()?;
                if !self.takes(']') {
                    return self.unexpected("]: slices are not read");
                }
                ExprKind::Subscript(Box::new(expr), Box::new(index))
            } else {
                return Ok(expr);
            };
            expr = Expr { span: start..self.behind(), kind };
        }
        Err((self.here(), format!("More than {MAX_DEPTH} dots and calls in a row are not read.")))
    }

    fn arguments(&mut self) -> Result<Arguments, Wrong> {
        let (mut args, mut keywords) = (Vec::new(), Vec::new());
        while !self.takes(')') {
            let (sign, second) = (self.ahead(1), self.ahead(2));
            if self.sees('*') {
                return self.unexpected("an argument: * and ** are not read");
            }
            if sign == Some(&Kind::Sign('=')) && second != Some(&Kind::Sign('=')) {
                let name = self.name("the name of an argument")?;
                self.at += 1;
                keywords.push((name, self.expr()?));
            } else if keywords.is_empty() {
                args.push(self.expr()?);
            } else {
                return self.unexpected("another named argument: those by place come first");
            }
            if !self.takes(',') && !self.sees(')') {
                return self.unexpected(", or )");
            }
        }
        Ok((args, keywords))
    }

    fn atom(&mut self) -> Result<Expr, Wrong> {
        let start = self.here();
        let kind = match self.peek() {
            Some(Kind::Int(n)) => ExprKind::Int(*n),
            Some(Kind::Float(text)) => ExprKind::Float(text.clone()),
            Some(Kind::Str(_) | Kind::Bytes(_)) => return self.strings(),
            Some(Kind::Name(word)) => match word.as_str() {
                "None" => ExprKind::None,
                "True" => ExprKind::Bool(true),
                "False" => ExprKind::Bool(false),
                word if is_keyword(word) => return self.unexpected("a value or a call"),
                word => ExprKind::Name(word.into()),
            },
            Some(Kind::Sign('(')) => return self.brackets(),
            Some(Kind::Sign('[')) => {
                self.at += 1;
                let items = self.items(']')?.0;
                return Ok(Expr { span: start..self.behind(), kind: ExprKind::List(items) });
            }
            Some(Kind::Sign('{')) => return self.dict(),
            _ => return self.unexpected("a value or a call"),
        };
        self.at += 1;
        Ok(Expr { span: start..self.behind(), kind })
    }

    /// Strings that stand side by side are one.
    fn strings(&mut self) -> Result<Expr, Wrong> {
        let start = self.here();
        let (mut text, mut octets) = (None::<String>, None::<Vec<u8>>);
        loop {
            match self.peek() {
                Some(Kind::Str(more)) => text.get_or_insert_default().push_str(more),
                Some(Kind::Bytes(more)) => octets.get_or_insert_default().extend_from_slice(more),
                _ => break,
            }
            self.at += 1;
        }
        let kind = match (text, octets) {
            (Some(_), Some(_)) => {
                return Err((start, "Text and bytes side by side are not one string.".into()));
            }
            (text, None) => ExprKind::Str(text.unwrap_or_default()),
            (None, Some(octets)) => ExprKind::Bytes(octets),
        };
        Ok(Expr { span: start..self.behind(), kind })
    }

    fn brackets(&mut self) -> Result<Expr, Wrong> {
        let start = self.here();
        self.at += 1;
        let (mut items, comma) = self.items(')')?;
        let span = start..self.behind();
        if items.len() == 1
            && !comma
            && let Some(item) = items.pop()
        {
            return Ok(Expr { span, ..item });
        }
        Ok(Expr { span, kind: ExprKind::Tuple(items) })
    }

    /// Values up to the closing bracket, and whether there was a comma.
    fn items(&mut self, end: char) -> Result<(Vec<Expr>, bool), Wrong> {
        let (mut items, mut comma) = (Vec::new(), false);
        while !self.takes(end) {
            items.push(self.expr()?);
            if self.takes(',') {
                comma = true;
            } else if !self.sees(end) {
                return self.unexpected(&format!(", or {end}"));
            }
        }
        Ok((items, comma))
    }

    fn dict(&mut self) -> Result<Expr, Wrong> {
        let start = self.here();
        self.at += 1;
        let mut pairs = Vec::new();
        while !self.takes('}') {
            let key = self.expr()?;
            if !self.takes(':') {
                return self.unexpected(": between a key and its value");
            }
            pairs.push((key, self.expr()?));
            if !self.takes(',') && !self.sees('}') {
                return self.unexpected(", or }");
            }
        }
        Ok(Expr { span: start..self.behind(), kind: ExprKind::Dict(pairs) })
    }
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word) || BLOCKS.contains(&word)
}
