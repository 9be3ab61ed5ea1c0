//! Addresses and messages, as the modules `email.utils` and `email` read and write them.

use super::mailer::ascii;
use crate::python::Next;

/// A header line longer than this is folded anew by Python.
const WIDTH: usize = 78;

/// Lines end with LF only, whatever ended them.
pub(super) fn with_lf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The address of `Sam Student <student@practice.lab>`, or of what has no brackets.
pub(super) fn address(text: &str) -> &str {
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(text, |(inner, _)| inner).trim()
}

/// The items of a list with commas, those within quotes left alone.
pub(super) fn items(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        match items.last_mut() {
            Some(item) if c != ',' || quoted => item.push(c),
            _ => items.push(String::new()),
        }
    }
    items.iter().map(|item| item.trim().to_string()).filter(|item| !item.is_empty()).collect()
}

/// A message that Python has read from a string.
pub(super) struct Message {
    /// Names, and values with their folds.
    fields: Vec<(String, String)>,
    body: String,
}

impl Message {
    pub(super) fn parse(text: &str) -> Message {
        let text = with_lf(text);
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut rest = text.as_str();
        while let Some(line) = rest.split_inclusive('\n').next() {
            let trimmed = line.trim_end_matches('\n');
            let folded = trimmed.starts_with([' ', '\t']);
            let name = trimmed.split_once(':').map(|(name, _)| name);
            let named = name.is_some_and(|name| name.bytes().all(|b| (0x21..0x7f).contains(&b)));
            match (fields.last_mut(), trimmed.split_once(':')) {
                (Some((_, value)), _) if folded => *value += &format!("\n{trimmed}"),
                (_, Some((name, value))) if named => {
                    fields.push((name.into(), value.trim_start_matches([' ', '\t']).into()));
                }
                _ => break,
            }
            rest = &rest[line.len()..];
        }
        Message { fields, body: rest.strip_prefix('\n').unwrap_or(rest).into() }
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// As it is sent: without the fields that only the sender may see.
    pub(super) fn flattened(&self) -> Result<String, Next> {
        let mut out = String::new();
        for (name, value) in &self.fields {
            if ["bcc", "resent-bcc"].contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let field = format!("{name}: {value}");
            if !field.is_ascii() || field.lines().any(|line| line.len() > WIDTH) {
                return Err(Next::Raise(format!(
                    "Not sent: Python would encode or fold the field {name}, which the lab does not do. Use \
                     ASCII, and lines of at most {WIDTH} characters."
                )));
            }
            out += &format!("{field}\n");
        }
        out.push('\n');
        for line in self.body.split_inclusive('\n') {
            let mark = if line.starts_with("From ") { ">" } else { "" };
            let line = format!("{mark}{line}");
            ascii(&line)?;
            out += &line;
        }
        Ok(out)
    }
}
