//! Values, and how they are shown.

use crate::python::literal::{bytes, list, text};

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Value {
    /// `int` or `i4`.
    Int(i32),
    /// An extension.
    I8(i64),
    Boolean(bool),
    /// As it is written: the page has no use for the number, and the code that parses it is large.
    Double(String),
    String(String),
    /// `19980717T14:08:55`; no zone is said.
    DateTime(String),
    Base64(Vec<u8>),
    Array(Vec<Value>),
    Struct(Vec<(String, Value)>),
    /// An extension.
    Nil,
}

impl Value {
    /// The name of its element.
    pub(in super::super) fn kind(&self) -> &'static str {
        match self {
            Value::Int(_) => "int",
            Value::I8(_) => "i8",
            Value::Boolean(_) => "boolean",
            Value::Double(_) => "double",
            Value::String(_) => "string",
            Value::DateTime(_) => "dateTime.iso8601",
            Value::Base64(_) => "base64",
            Value::Array(_) => "array",
            Value::Struct(_) => "struct",
            Value::Nil => "nil",
        }
    }

    /// As Python's prompt shows it.
    pub(in super::super) fn shown(&self) -> String {
        match self {
            Value::Int(n) => n.to_string(),
            Value::I8(n) => n.to_string(),
            Value::Boolean(true) => "True".into(),
            Value::Boolean(false) => "False".into(),
            Value::Double(digits) => number(digits),
            Value::String(string) => text(string),
            Value::DateTime(time) => datetime(time),
            Value::Base64(octets) => bytes(octets),
            Value::Array(values) => list(&values.iter().map(Value::shown).collect::<Vec<_>>()),
            Value::Struct(members) => {
                let members = members.iter().map(|(n, v)| format!("{}: {}", text(n), v.shown()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            Value::Nil => "None".into(),
        }
    }

    /// The type, and the value after it.
    pub(in super::super) fn explained(&self) -> String {
        match self {
            Value::Nil => "nil".into(),
            value => format!("{} {}", value.kind(), value.shown()),
        }
    }
}

/// A decimal number as Python shows a float: the shortest digits, with an exponent outside of 1e-4 to 1e16. Numbers of
/// more than 17 digits keep them.
pub(in super::super) fn number(written: &str) -> String {
    let (sign, rest) = match written.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", written.trim_start_matches('+')),
    };
    let (digits, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{part}");
    let zeros = all.bytes().take_while(|b| *b == b'0').count();
    let significant = all[zeros..].trim_end_matches('0');
    if significant.is_empty() {
        return format!("{sign}0.0");
    }
    // Where the point stands, counted from the first digit that is not zero.
    let shift = exponent.trim_start_matches('+').parse::<i64>().unwrap_or(0).clamp(-400, 400);
    let point = whole.len() as i64 - zeros as i64 + shift;
    let shown = match point {
        -3..=0 => format!("0.{}{significant}", "0".repeat(point.unsigned_abs() as usize)),
        1..=16 => {
            let point = point as usize;
            match significant.len() > point {
                true => format!("{}.{}", &significant[..point], &significant[point..]),
                false => format!("{significant}{}.0", "0".repeat(point - significant.len())),
            }
        }
        _ => {
            let (first, others) = significant.split_at(1);
            let others = if others.is_empty() { String::new() } else { format!(".{others}") };
            let exponent = point - 1;
            let mark = if exponent < 0 { '-' } else { '+' };
            format!("{first}{others}e{mark}{:02}", exponent.unsigned_abs())
        }
    };
    format!("{sign}{shown}")
}

/// As Python shows a `datetime`; the time must have been checked.
fn datetime(time: &str) -> String {
    let number = |from: usize, to: usize| {
        let digits = time.get(from..to).unwrap_or_default().trim_start_matches('0');
        if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
    };
    let ranges = [(0, 4), (4, 6), (6, 8), (9, 11), (12, 14), (15, 17)];
    let mut parts: Vec<String> = ranges.map(|(from, to)| number(from, to)).to_vec();
    if parts.last().is_some_and(|seconds| seconds == "0") {
        parts.pop();
    }
    format!("datetime.datetime({})", parts.join(", "))
}
