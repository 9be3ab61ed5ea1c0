//! Values as Python's prompt shows them.

use super::reader::{Expr, ExprKind, StatementKind, read};

/// `str`: single quotes, unless the text has some and no double ones.
pub fn text(value: &str) -> String {
    decoded(value.as_bytes())
}

/// `str` from octets in UTF-8; what is none becomes lone surrogates (`errors='surrogateescape'`).
pub fn decoded(value: &[u8]) -> String {
    let quote = quote(value.contains(&b'\''), value.contains(&b'"'));
    let mut out = String::from(quote);
    for chunk in value.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c == quote => out.extend(['\\', c]),
                c if (c as u32) < 0x20 || (0x7f..0xa1).contains(&(c as u32)) => {
                    out.push_str(&format!("\\x{:02x}", c as u32));
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\udc{byte:02x}"));
        }
    }
    out.push(quote);
    out
}

/// `bytes`.
pub fn bytes(value: &[u8]) -> String {
    let quote = quote(value.contains(&b'\''), value.contains(&b'"'));
    let mut out = format!("b{quote}");
    for byte in value {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if char::from(*byte) == quote => out.extend(['\\', quote]),
            0x20..=0x7e => out.push(char::from(*byte)),
            byte => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

/// `list` of values that are shown already.
pub fn list(values: &[String]) -> String {
    format!("[{}]", values.join(", "))
}

/// `tuple` of two or more values that are shown already.
pub fn tuple(values: &[String]) -> String {
    format!("({})", values.join(", "))
}

/// `dict` of keys and values that are shown already. Of equal keys the last one counts, at the place of the first.
pub fn dict(entries: &[(String, String)]) -> String {
    let mut kept: Vec<(&str, &str)> = Vec::new();
    for (key, value) in entries {
        match kept.iter_mut().find(|(known, _)| known == key) {
            Some(entry) => entry.1 = value,
            None => kept.push((key, value)),
        }
    }
    let entries: Vec<String> = kept.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{{{}}}", entries.join(", "))
}

/// The strings and numbers of a list, a tuple or a dictionary, in order.
pub fn strings(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(StatementKind::Expr(value)) = read(code).statements.first().map(|s| &s.kind) {
        collect(value, &mut found);
    }
    found
}

fn collect(value: &Expr, found: &mut Vec<String>) {
    match &value.kind {
        ExprKind::Str(text) => found.push(text.clone()),
        ExprKind::Int(number) => found.push(number.to_string()),
        ExprKind::List(values) | ExprKind::Tuple(values) => {
            values.iter().for_each(|value| collect(value, found));
        }
        ExprKind::Dict(pairs) => {
            for (name, value) in pairs {
                collect(name, found);
                collect(value, found);
            }
        }
        _ => {}
    }
}

/// Longer content is counted: nobody reads it in a list of calls.
const CONTENT_LIMIT: u64 = 2048;

/// An expression that gives content, and its value; for longer content their length. `kept` is as much as is known.
pub fn content(expression: &str, kept: &[u8], octets: u64) -> (String, String) {
    if octets <= CONTENT_LIMIT && kept.len() as u64 == octets {
        (expression.into(), bytes(kept))
    } else {
        (format!("len({expression})"), octets.to_string())
    }
}

fn quote(single: bool, double: bool) -> char {
    if single && !double { '"' } else { '\'' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_the_prompt_shows_them() {
        assert_eq!(text("it's"), "\"it's\"");
        assert_eq!(text("it's \"so\""), "'it\\'s \"so\"'");
        assert_eq!(text("a\\b\r\n\t\0\u{7f}\u{e4}"), "'a\\\\b\\r\\n\\t\\x00\\x7f\u{e4}'");
        assert_eq!(bytes(b"+OK\xff\n'"), "b\"+OK\\xff\\n'\"");
        assert_eq!(decoded(b"it's \xe4 \xc3\xa4"), "\"it's \\udce4 \u{e4}\"");
        let entries = [("a", "1"), ("b", "2"), ("a", "3")].map(|(k, v)| (text(k), v.into()));
        assert_eq!(dict(&entries), "{'a': 3, 'b': 2}");
        assert_eq!(strings("{'a': \"b's\", 'c\\'d': 5}"), ["a", "b's", "c'd", "5"]);
        assert_eq!(tuple(&["1".into(), list(&[bytes(b"x")])]), "(1, [b'x'])");
    }
}
