//! Explains the lines of a mail or news article (RFC 5322): header fields, empty line, body.

use core::ops::Range;

use super::dot::BlockState;
use crate::explain::{Scanner, Wire, common};

/// For [`super::dot::Explain`].
pub fn explain(scan: &mut Scanner<'_>, state: &mut BlockState) {
    if state.in_body {
        scan.line(&common::BODY);
        return;
    }
    let line = scan.rest();
    if line.is_empty() {
        state.in_body = true;
        scan.take(&common::HEADER_END, 2);
        return;
    }
    if matches!(line[0], b' ' | b'\t') {
        scan.line(&common::FOLDED);
        return;
    }
    match line.iter().position(|b| *b == b':') {
        Some(colon) if colon > 0 => {
            scan.take(&common::FIELD_NAME, colon);
            scan.take(&common::COLON, 1);
            scan.spaces();
            scan.line(&common::FIELD_VALUE);
        }
        _ => {
            scan.line(&common::UNEXPECTED);
            scan.note("A header field needs a name and a colon.");
        }
    }
}

/// Explains a message, or its body alone, as it stands: not as a block, no dots are stuffed.
pub fn explained(content: &[u8], in_body: bool) -> Wire {
    let mut state = BlockState { in_body, ..BlockState::default() };
    let mut wire = Wire::default();
    for line in content.split_inclusive(|b| *b == b'\n') {
        let mut scan = Scanner::new(line);
        explain(&mut scan, &mut state);
        scan.line(&common::BODY);
        wire.append(scan.finish(""));
    }
    wire
}

/// A header field where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Range<usize>,
    /// Behind the colon, folds included, the last line end not.
    pub value: Range<usize>,
    /// With its line ends.
    pub whole: Range<usize>,
}

/// No message has so many header fields; what follows is passed over.
const FIELDS_LIMIT: usize = 10_000;

/// The header fields, in order, up to the empty line. Lines that are no field are passed over.
pub fn fields(message: &[u8]) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    let mut at = 0;
    for line in message.split_inclusive(|b| *b == b'\n') {
        let range = at..at + line.len();
        at = range.end;
        let text = line.trim_ascii_end();
        if text.is_empty() || found.len() == FIELDS_LIMIT {
            break;
        }
        if matches!(line[0], b' ' | b'\t') {
            if let Some(field) = found.last_mut().filter(|field| field.whole.end == range.start) {
                field.value.end = range.start + text.len();
                field.whole.end = range.end;
            }
            continue;
        }
        if let Some(colon) = text.iter().position(|b| *b == b':') {
            let name = range.start..range.start + text[..colon].trim_ascii_end().len();
            let value = range.start + colon + 1..range.start + text.len();
            found.push(Field { name, value, whole: range });
        }
    }
    found
}

/// The value of a header field, unfolded; names are compared in any case.
pub fn field(message: &[u8], name: &str) -> Option<String> {
    let mut found: Option<String> = None;
    for line in message.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if matches!(line[0], b' ' | b'\t') {
            if let Some(value) = &mut found {
                value.push(' ');
                value.push_str(String::from_utf8_lossy(line).trim());
            }
            continue;
        }
        if found.is_some() {
            break;
        }
        if let Some(colon) = line.iter().position(|b| *b == b':')
            && line[..colon].eq_ignore_ascii_case(name.as_bytes())
        {
            found = Some(String::from_utf8_lossy(&line[colon + 1..]).trim().to_string());
        }
    }
    found
}

/// Where the body begins: behind the first empty line, or at the end.
pub fn body_start(message: &[u8]) -> usize {
    if message.starts_with(b"\r\n") {
        return 2;
    }
    message.windows(4).position(|w| w == b"\r\n\r\n").map_or(message.len(), |at| at + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_case_and_unfolded() {
        let mail = b"From: a@b\r\nSUBJECT: one\r\n two\r\nX: y\r\n\r\nSubject: not this\r\n";
        assert_eq!(field(mail, "subject").as_deref(), Some("one two"));
        assert_eq!(field(mail, "to"), None);
        assert_eq!(&mail[body_start(mail)..], b"Subject: not this\r\n");
    }
}
