//! `*`, `+`, `[]`, and `struct.pack`.

use super::Stop;
use super::methods::integer;
use super::value::{Exception, Value};

/// Octets and items of one value. `b'x' * 10_000_000` is a fair experiment; more would fill the tab.
const MAX_SIZE: usize = 16 * 1024 * 1024;

fn too_large() -> Stop {
    Stop::NotHere(
        "The lab\u{2019}s values have at most 16 MiB, so that the page stays alive.".into(),
    )
}

pub(super) fn times(left: Value, right: Value) -> Result<Value, Stop> {
    let (of, n) = match (left.int(), right.int()) {
        (Some(a), Some(b)) => {
            return a.checked_mul(b).map(Value::Int).ok_or_else(too_large);
        }
        (None, Some(n)) => (left, n),
        (Some(n), None) => (right, n),
        (None, None) => {
            let text = format!("can't multiply sequence by non-int of type '{}'", right.class());
            return Err(Exception::type_error(text).into());
        }
    };
    let n = usize::try_from(n).unwrap_or(0);
    let fits = |len: usize| len.checked_mul(n).is_some_and(|size| size <= MAX_SIZE);
    match of {
        Value::Bytes(bytes) if fits(bytes.len()) => Ok(Value::Bytes(bytes.repeat(n))),
        Value::Text(text) if fits(text.len()) => Ok(Value::Text(text.repeat(n))),
        Value::Bytes(_) | Value::Text(_) => Err(too_large()),
        other => {
            let text = format!("unsupported operand type(s) for *: '{}' and 'int'", other.class());
            Err(Exception::type_error(text).into())
        }
    }
}

pub(super) fn plus(left: Value, right: Value) -> Result<Value, Stop> {
    match (left, right) {
        (Value::Bytes(a), Value::Bytes(b)) if a.len() + b.len() <= MAX_SIZE => {
            Ok(Value::Bytes([a, b].concat()))
        }
        (Value::Text(a), Value::Text(b)) if a.len() + b.len() <= MAX_SIZE => {
            Ok(Value::Text(a + &b))
        }
        (Value::Bytes(_), Value::Bytes(_)) | (Value::Text(_), Value::Text(_)) => Err(too_large()),
        (a, b) => match (a.int(), b.int()) {
            (Some(a), Some(b)) => a.checked_add(b).map(Value::Int).ok_or_else(too_large),
            _ => {
                let text = match (&a, &b) {
                    (Value::Text(_), b) => {
                        format!("can only concatenate str (not \"{}\") to str", b.class())
                    }
                    (Value::Bytes(_), b) => format!("can't concat {} to bytes", b.class()),
                    (a, b) => format!(
                        "unsupported operand type(s) for +: '{}' and '{}'",
                        a.class(),
                        b.class()
                    ),
                };
                Err(Exception::type_error(text).into())
            }
        },
    }
}

pub(super) fn subscript(of: &Value, index: &Value) -> Result<Value, Stop> {
    let place = |len: usize| {
        let n = integer(index)?;
        let at = if n < 0 { n + len as i64 } else { n };
        usize::try_from(at).ok().filter(|at| *at < len).ok_or_else(|| {
            let class = if let Value::Bytes(_) = of { "" } else { of.class() };
            Exception::new("IndexError", format!("{class} index out of range").trim_start())
        })
    };
    match of {
        Value::Tuple(items) | Value::List(items) => Ok(items[place(items.len())?].clone()),
        Value::Bytes(bytes) => Ok(Value::Int(i64::from(bytes[place(bytes.len())?]))),
        other => {
            let text = format!("'{}' object is not subscriptable", other.class());
            Err(Exception::type_error(text).into())
        }
    }
}

/// `struct.pack('ii', 1, 0)`, which SO_LINGER needs.
pub(super) fn pack(format: &str, values: &[Value]) -> Result<Value, Stop> {
    if format.is_empty() || !format.chars().all(|c| c == 'i') {
        return Err(Stop::NotHere(
            "The lab\u{2019}s struct.pack() knows i, for SO_LINGER: struct.pack('ii', 1, 0)."
                .into(),
        ));
    }
    if format.len() != values.len() {
        let text =
            format!("pack expected {} items for packing (got {})", format.len(), values.len());
        return Err(Exception::new("struct.error", text).into());
    }
    let mut bytes = Vec::new();
    for value in values {
        let Ok(n) = i32::try_from(integer(value)?) else {
            return Err(Exception::new(
                "struct.error",
                "'i' format requires -2147483648 <= number <= 2147483647",
            )
            .into());
        };
        bytes.extend_from_slice(&n.to_le_bytes());
    }
    Ok(Value::Bytes(bytes))
}
