//! Replies with three-digit codes: one line in NNTP, several in FTP and SMTP.

use super::lines::{Ending, Line, Lines};
use crate::explain::{Outcome, Scanner, Term, Wire, common};

/// How the lines of a reply belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// `ddd-` opens; `ddd SP` with the same code ends; lines between are free text (RFC 959
    /// section 4.2).
    Ftp,
    /// Every line carries a code; `-` behind it means that more follows (RFC 5321 section 4.2).
    Smtp,
    /// Always one line (RFC 3977 section 3.2).
    Nntp,
}

/// What the parts of a reply are called in the protocol's own glossary.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub code: &'static Term,
    /// The hyphen behind a code that says that more lines follow.
    pub more: &'static Term,
    pub text: &'static Term,
}

/// A whole reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Of the last line. `None`: it has no three digits, so it is no reply at all.
    pub code: Option<u16>,
    /// The texts behind the codes, without line ends. Inner lines of FTP are given whole.
    pub texts: Vec<Vec<u8>>,
    pub wire: Wire,
    /// What was wrong with it, in sentences.
    pub faults: Vec<String>,
    /// The stream ended inside it.
    pub cut: bool,
}

impl Reply {
    /// The text of the first line.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.texts.first().map_or(&[][..], |t| t)).into_owned()
    }

    /// The code as it stood on the wire, or nothing.
    pub fn code_text(&self) -> String {
        self.code.map_or_else(String::new, |code| format!("{code:03}"))
    }
}

/// Explains the text behind the code of one line; what it leaves is [`Names::text`].
pub type ExplainText = fn(&mut Scanner<'_>, code: u16, line: usize);

/// Puts replies together from lines.
#[derive(Clone, Debug)]
pub struct Replies {
    grammar: Grammar,
    names: Names,
    explain: ExplainText,
    /// The reply under way.
    wire: Wire,
    texts: Vec<Vec<u8>>,
    first: Option<u16>,
    faults: Vec<String>,
}

/// A reply line is at most 512 octets in SMTP and NNTP; servers that send more are read and the
/// excess is flagged by the protocol, so the buffer takes more.
pub const LINE_LIMIT: usize = 8 * 1024;

/// A reply of more lines than this is given in parts, so that a peer cannot fill the memory.
pub const LINES_LIMIT: usize = 10_000;

impl Replies {
    pub fn new(grammar: Grammar, names: Names, explain: ExplainText) -> Replies {
        Replies {
            grammar,
            names,
            explain,
            wire: Wire::default(),
            texts: Vec::new(),
            first: None,
            faults: Vec::new(),
        }
    }

    /// Lines for replies: a bare LF is taken for an end, and flagged.
    pub fn lines() -> Lines {
        Lines::lenient(LINE_LIMIT)
    }

    /// Takes one line; gives the reply that it completes.
    pub fn line(&mut self, line: &Line) -> Option<Reply> {
        let text = line.text();
        let code = code_of(text);
        let separator = text.get(3).copied();
        if line.ending == Ending::Lf {
            self.faults.push("A line ends with a bare LF instead of CR LF.".into());
        }
        if line.ending == Ending::TooLong {
            self.faults.push(format!("A line is longer than {LINE_LIMIT} octets."));
        }
        let inner = self.first.is_some() && self.grammar == Grammar::Ftp;
        let ends = match (self.grammar, self.first) {
            (Grammar::Nntp, _) => true,
            (Grammar::Smtp, _) => separator != Some(b'-') || code.is_none(),
            (Grammar::Ftp, None) => separator != Some(b'-') || code.is_none(),
            (Grammar::Ftp, Some(first)) => {
                code == Some(first) && matches!(separator, None | Some(b' '))
            }
        };
        let coded = code.is_some() && (!inner || ends);
        let mut scan = Scanner::new(&line.bytes);
        if coded {
            scan.take(self.names.code, 3);
            match separator {
                Some(b'-') if self.grammar != Grammar::Nntp => {
                    scan.take(self.names.more, 1);
                }
                _ => {
                    scan.spaces();
                }
            }
            let from = scan.at().min(text.len());
            self.texts.push(text[from..].to_vec());
            (self.explain)(&mut scan, code.unwrap_or(0), self.texts.len() - 1);
        } else {
            self.texts.push(text.to_vec());
        }
        if coded || inner {
            scan.line(self.names.text);
        }
        if let Some(code) = code.filter(|_| coded && ends)
            && let Some(outcome) = Outcome::of_code(code)
        {
            self.wire.outcome = Some(outcome);
        }
        scan.eol();
        self.wire.append(scan.finish(""));
        if let (Grammar::Smtp, Some(first), Some(code)) = (self.grammar, self.first, code)
            && first != code
        {
            self.faults.push(format!("The lines of one reply say {first} and {code}."));
        }
        if code.is_none() && !inner {
            self.faults.push("A reply must begin with three digits.".into());
        }
        if self.first.is_none() {
            self.first = code;
        }
        if ends || self.texts.len() >= LINES_LIMIT {
            return Some(self.complete(code.or(self.first).filter(|_| coded || inner), false));
        }
        None
    }

    /// The stream ended: what there is of a reply.
    pub fn cut(&mut self, rest: Option<Line>) -> Option<Reply> {
        if let Some(line) = rest {
            let mut scan = Scanner::new(&line.bytes);
            scan.take(&common::TRUNCATED, line.bytes.len());
            self.wire.append(scan.finish(""));
            self.texts.push(line.bytes);
        }
        if self.wire.bytes.is_empty() {
            return None;
        }
        self.faults.push("The connection ended in the middle of the reply.".into());
        let first = self.first;
        Some(self.complete(first, true))
    }

    fn complete(&mut self, code: Option<u16>, cut: bool) -> Reply {
        self.first = None;
        Reply {
            code,
            texts: core::mem::take(&mut self.texts),
            wire: core::mem::take(&mut self.wire),
            faults: core::mem::take(&mut self.faults),
            cut,
        }
    }
}

/// The code at the start of a line: three digits, then a space, a hyphen or the end.
fn code_of(text: &[u8]) -> Option<u16> {
    let digits = text.get(..3)?;
    let follows = matches!(text.get(3), None | Some(b' ' | b'-'));
    if !digits.iter().all(u8::is_ascii_digit) || !follows {
        return None;
    }
    Some(digits.iter().fold(0, |code, d| code * 10 + u16::from(d - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    static NAMES: Names =
        Names { code: &common::TEXT, more: &common::COLON, text: &common::FIELD_VALUE };

    fn read(grammar: Grammar, bytes: &[u8], step: usize) -> Vec<Reply> {
        let (mut lines, mut out) = (Replies::lines(), Vec::new());
        let mut replies = Replies::new(grammar, NAMES, |_, _, _| ());
        for chunk in bytes.chunks(step) {
            lines.push(chunk);
            while let Some(line) = lines.next_line() {
                out.extend(replies.line(&line));
            }
        }
        out.extend(replies.cut(lines.finish()));
        out
    }

    fn codes(grammar: Grammar, bytes: &[u8]) -> Vec<(Option<u16>, usize)> {
        let whole = read(grammar, bytes, bytes.len());
        for step in 1..bytes.len() {
            assert_eq!(read(grammar, bytes, step), whole, "in reads of {step}");
        }
        let joined: Vec<u8> = whole.iter().flat_map(|r| r.wire.bytes.clone()).collect();
        assert_eq!(joined, bytes);
        assert!(whole.iter().all(|r| r.wire.tiles()));
        whole.iter().map(|r| (r.code, r.texts.len())).collect()
    }

    #[test]
    fn ftp_ends_at_the_same_code_with_a_space() {
        let feat = b"211-Features:\r\n SIZE\r\n211-x\r\n220 no\r\n211 End\r\n";
        assert_eq!(codes(Grammar::Ftp, feat), [(Some(211), 5)]);
        assert_eq!(codes(Grammar::Ftp, b"214-a\r\n214x b\r\n214 c\r\n"), [(Some(214), 3)]);
        assert_eq!(codes(Grammar::Ftp, b"214-a\r\nb\r\n214\r\n"), [(Some(214), 3)]);
        assert_eq!(
            codes(Grammar::Ftp, b"150 go\r\n226 done\r\n"),
            [(Some(150), 1), (Some(226), 1)]
        );
        let padded = b"230-Welcome\r\n 230 pad\r\n230 ok\r\n";
        assert_eq!(codes(Grammar::Ftp, padded), [(Some(230), 3)]);
    }

    #[test]
    fn smtp_goes_on_while_a_hyphen_follows_the_code() {
        let ehlo = b"250-mx hi\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n250 ok\r\n";
        assert_eq!(codes(Grammar::Smtp, ehlo), [(Some(250), 3), (Some(250), 1)]);
        let mixed = read(Grammar::Smtp, b"250-a\r\n550 b\r\n", 3);
        assert_eq!(mixed[0].code, Some(550));
        assert_eq!(mixed[0].faults.len(), 1);
        assert_eq!(codes(Grammar::Smtp, b"334 \r\n334\r\n"), [(Some(334), 1), (Some(334), 1)]);
    }

    #[test]
    fn what_is_no_reply_is_kept_and_said() {
        let junk = read(Grammar::Smtp, b"hello\r\n250 ok\r\n", 1);
        assert_eq!((junk[0].code, junk[0].faults.len()), (None, 1));
        assert_eq!(junk[1].code, Some(250));
        let cut = read(Grammar::Nntp, b"20", 1);
        assert!(cut[0].cut && cut[0].wire.bytes == b"20");
    }
}
