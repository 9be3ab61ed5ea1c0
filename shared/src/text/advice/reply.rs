//! Replies that are not as the RFC has them.

use super::Notes;
use crate::explain::Rfc;
use crate::machine::Note;
use crate::table::Answer;

/// What a protocol asks of every reply line.
#[derive(Debug)]
pub struct ReplyRules {
    /// Which octets end a line, and that neither stands alone.
    pub line_end: Rfc,
    /// The most octets of a line, its end included.
    pub length: Option<(usize, Rfc)>,
    /// The text is ASCII; `None` where it may be more.
    pub seven_bit: Option<Rfc>,
}

impl Notes {
    /// Looks at a reply line with its end; whether that is CR LF is the reader's matter.
    pub fn reply(&mut self, rules: &ReplyRules, line: &[u8]) {
        let mut found = |at: Option<usize>, rule: Rfc, text: String| {
            let note = Note { rule: Some(rule), ..Note::warning(text) };
            match at {
                Some(at) => self.add_at(at, note),
                None => self.add(note),
            }
        };
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        for (octet, name) in [(b'\r', "carriage return without a line feed"), (0, "NUL")] {
            if let Some(at) = text.iter().position(|b| *b == octet) {
                let text = format!("A {name} stands inside a reply line, which may have none.");
                found(Some(at), rules.line_end, text);
            }
        }
        if let Some(rule) = rules.seven_bit
            && let Some(at) = text.iter().position(|b| *b >= 0x80)
        {
            let text = "An octet above 127 stands in the text of a reply, which is ASCII unless something else was agreed on.";
            found(Some(at), rule, text.into());
        }
        if let Some((limit, rule)) = rules.length
            && line.len() > limit
        {
            let text = format!(
                "A reply line has more than the {limit} octets that are allowed, its end included. A client may cut it."
            );
            found(None, rule, text);
        }
    }
}

/// A reply whose code the RFC does not list for the command that it answers.
pub fn unlisted(answer: &Answer, code: &str) -> Option<Note> {
    let verb = answer.verb.filter(|verb| !verb.is_other())?;
    if answer.listed {
        return None;
    }
    let listed: Vec<_> =
        verb.rules.iter().filter(|rule| rule.is_exact()).map(|rule| rule.code).collect();
    let counts = match code.as_bytes().first() {
        Some(b'0'..=b'9') => "Only its first digit tells how it went.",
        _ => "Nobody can tell how it went.",
    };
    let text = format!(
        "{code} is not among the replies that the RFC has for {}: {}, and those that may come to every command. {counts}",
        verb.called(),
        listed.join(", ")
    );
    Some(Note { rule: Some(verb.term.rfc), ..Note::warning(text) })
}
