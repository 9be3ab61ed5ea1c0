//! From text to logical lines of tokens.

use core::ops::Range;

use super::{MAX_DEPTH, Problem, problem};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Columns before its first token; a tab goes to the next multiple of eight.
    pub(super) indent: usize,
    pub(super) tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Name(String),
    Int(i64),
    Float(String),
    Str(String),
    Bytes(Vec<u8>),
    Sign(char),
}

/// Lines without tokens are left out. A line with something unreadable in it is a problem, and what follows on the
/// next line is read again.
pub(super) fn logical(text: &str) -> (Vec<Line>, Vec<Problem>) {
    let mut lexer = Lexer { text, at: 0 };
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    while lexer.at < text.len() {
        let start = lexer.at;
        match lexer.line() {
            Ok(line) if line.tokens.is_empty() => {}
            Ok(line) => lines.push(line),
            Err((at, why)) => {
                problems.push(problem(text, at, why));
                lexer.at = text[start..].find('\n').map_or(text.len(), |n| start + n + 1);
            }
        }
    }
    (lines, problems)
}

type Wrong = (usize, String);

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn line(&mut self) -> Result<Line, Wrong> {
        let mut indent = 0;
        while let Some(c @ (' ' | '\t' | '\u{c}')) = self.peek() {
            indent = if c == '\t' { (indent / 8 + 1) * 8 } else { indent + 1 };
            self.bump();
        }
        let mut tokens = Vec::new();
        let mut open: Vec<(char, usize)> = Vec::new();
        while let Some(c) = self.peek() {
            let start = self.at;
            match c {
                '\n' => {
                    self.bump();
                    if open.is_empty() {
                        return Ok(Line { indent, tokens });
                    }
                    continue;
                }
                ' ' | '\t' | '\r' | '\u{c}' => {
                    self.bump();
                    continue;
                }
                '#' => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                    continue;
                }
                '\\' => {
                    self.bump();
                    let end = ["\r\n", "\n"].into_iter().find(|end| self.rest().starts_with(end));
                    let Some(end) = end else {
                        return Err((
                            start,
                            "A backslash outside of a string must end its line.".into(),
                        ));
                    };
                    self.at += end.len();
                    continue;
                }
                '(' | '[' | '{' => open.push((c, start)),
                ')' | ']' | '}' => {
                    let wanted = open.pop().map(|(opening, _)| closing(opening));
                    if wanted != Some(c) {
                        let expected = wanted.map_or("no bracket is open".into(), |wanted| {
                            format!("the open bracket is closed by {wanted}")
                        });
                        return Err((start, format!("{c} closes nothing here: {expected}.")));
                    }
                }
                _ => {}
            }
            if open.len() > MAX_DEPTH {
                return Err((
                    start,
                    format!("More than {MAX_DEPTH} brackets within each other are not read."),
                ));
            }
            let kind = self.token(c)?;
            tokens.push(Token { kind, span: start..self.at });
        }
        match open.first() {
            None => Ok(Line { indent, tokens }),
            Some((opening, at)) => {
                Err((*at, format!("{opening} is never closed; {} is missing.", closing(*opening))))
            }
        }
    }

    fn token(&mut self, c: char) -> Result<Kind, Wrong> {
        let start = self.at;
        if c == '\'' || c == '"' {
            return self.string("");
        }
        let digit_next = self.rest().chars().nth(1).is_some_and(|next| next.is_ascii_digit());
        if c.is_ascii_digit() || (c == '.' && digit_next) {
            return self.number();
        }
        if c.is_alphabetic() || c == '_' {
            while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                self.bump();
            }
            let name = &self.text[start..self.at];
            if matches!(self.peek(), Some('\'' | '"')) {
                let prefix = name.to_ascii_lowercase();
                if ["b", "r", "u", "br", "rb"].contains(&prefix.as_str()) {
                    return self.string(&prefix);
                }
                let why = if prefix.contains('f') {
                    "An f-string is put together while the program runs; only literals are read."
                } else {
                    "This prefix of a string is not known; b, r and u are."
                };
                return Err((start, why.into()));
            }
            return Ok(Kind::Name(name.into()));
        }
        self.bump();
        Ok(Kind::Sign(c))
    }

    fn number(&mut self) -> Result<Kind, Wrong> {
        let start = self.at;
        let mut last = ' ';
        while let Some(c) = self.peek() {
            let sign = matches!(c, '+' | '-')
                && matches!(last, 'e' | 'E')
                && !self.text[start..self.at].starts_with("0x");
            if !(c.is_alphanumeric() || c == '_' || c == '.' || sign) {
                break;
            }
            last = c;
            self.bump();
        }
        let written = &self.text[start..self.at];
        let plain = written.replace('_', "");
        let radix = match plain.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("0x") => 16,
            Some("0o") => 8,
            Some("0b") => 2,
            _ => 10,
        };
        let digits = if radix == 10 { &plain[..] } else { &plain[2..] };
        // Python 2 writes long integers with an L, and octal ones with a 0.
        let digits = digits.strip_suffix(['l', 'L']).unwrap_or(digits);
        if !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)) {
            let octal = radix == 10 && digits.len() > 1 && digits.starts_with('0');
            if octal && digits.contains(|c| c != '0') {
                let why = "A number with a leading 0 is octal in Python 2 and an error in Python 3; write 0o or leave the 0 out.";
                return Err((start, why.into()));
            }
            return i64::from_str_radix(digits, radix).map(Kind::Int).map_err(|_| {
                (
                    start,
                    format!(
                        "The number {written} is larger than 63 bits, which is the limit here."
                    ),
                )
            });
        }
        let float = plain.to_ascii_lowercase();
        let (mantissa, exponent) = float.split_once('e').unwrap_or((&float, "0"));
        let all_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let whole = mantissa.replacen('.', "", 1);
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let good = !whole.is_empty() && all_digits(&whole) && !exponent.is_empty();
        if good && all_digits(exponent) {
            return Ok(Kind::Float(plain));
        }
        Err((start, format!("{written} is not a number of Python.")))
    }

    /// `at` is at the opening quote.
    fn string(&mut self, prefix: &str) -> Result<Kind, Wrong> {
        let start = self.at - prefix.len();
        let (bytes, raw) = (prefix.contains('b'), prefix.contains('r'));
        let Some(quote) = self.bump() else { return Err((start, "A string was expected.".into())) };
        let triple = self.rest().starts_with(&[quote, quote].iter().collect::<String>());
        if triple {
            self.at += 2;
        }
        let end: String = core::iter::repeat_n(quote, if triple { 3 } else { 1 }).collect();
        let unclosed = || (start, format!("This string is never closed; {end} is missing."));
        let mut out = String::new();
        let mut octets = Vec::new();
        loop {
            if self.rest().starts_with(&end) {
                self.at += end.len();
                break;
            }
            let at = self.at;
            let c = self.bump().ok_or_else(unclosed)?;
            let value = match c {
                '\n' if !triple => return Err(unclosed()),
                // As Python reads its files.
                '\r' if self.peek() == Some('\n') => continue,
                '\\' if raw => {
                    push(&mut out, &mut octets, bytes, '\\');
                    self.bump().ok_or_else(unclosed)?
                }
                '\\' => match self.escape(bytes).map_err(|why| (at, why))? {
                    Escape::Nothing => continue,
                    Escape::Unknown => '\\',
                    Escape::Char(c) => {
                        if bytes {
                            octets.push(c as u32 as u8);
                        }
                        out.push(c);
                        continue;
                    }
                },
                c => c,
            };
            if bytes && !value.is_ascii() {
                let why = format!("{value:?} cannot stand in bytes; write the octets as \\xNN.");
                return Err((at, why));
            }
            push(&mut out, &mut octets, bytes, value);
        }
        Ok(if bytes { Kind::Bytes(octets) } else { Kind::Str(out) })
    }

    /// What stands behind a backslash.
    fn escape(&mut self, bytes: bool) -> Result<Escape, String> {
        let Some(c) = self.peek() else { return Ok(Escape::Nothing) };
        let one = match c {
            '\n' => {
                self.bump();
                return Ok(Escape::Nothing);
            }
            '\r' if self.rest().starts_with("\r\n") => {
                self.at += 2;
                return Ok(Escape::Nothing);
            }
            '\\' | '\'' | '"' => c,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '0'..='7' => {
                let digits: String =
                    self.rest().chars().take(3).take_while(|c| c.is_digit(8)).collect();
                self.at += digits.len();
                let value = u32::from_str_radix(&digits, 8).unwrap_or(0);
                if bytes && value > 255 {
                    return Err(format!("\\{digits} is more than one octet."));
                }
                return Ok(Escape::Char(char::from_u32(value).unwrap_or('\0')));
            }
            'x' => return self.hexadecimal(2),
            'u' if !bytes => return self.hexadecimal(4),
            'U' if !bytes => return self.hexadecimal(8),
            'N' if !bytes => {
                return Err("Characters by name are not read; write \\u and four digits.".into());
            }
            _ => return Ok(Escape::Unknown),
        };
        self.bump();
        Ok(Escape::Char(one))
    }

    fn hexadecimal(&mut self, count: usize) -> Result<Escape, String> {
        self.bump();
        let digits: String =
            self.rest().chars().take(count).take_while(char::is_ascii_hexdigit).collect();
        self.at += digits.len();
        let value = (digits.len() == count).then(|| u32::from_str_radix(&digits, 16).ok());
        let value = value.flatten().and_then(char::from_u32);
        value.map(Escape::Char).ok_or(format!(
            "An escape with {count} hexadecimal digits of a character was expected."
        ))
    }
}

enum Escape {
    Nothing,
    /// Python leaves the backslash of these.
    Unknown,
    Char(char),
}

fn push(out: &mut String, octets: &mut Vec<u8>, bytes: bool, c: char) {
    if bytes {
        let mut buffer = [0; 4];
        octets.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    } else {
        out.push(c);
    }
}

fn closing(opening: char) -> char {
    match opening {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
