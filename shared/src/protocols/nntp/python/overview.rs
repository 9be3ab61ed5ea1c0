//! What `nntplib` makes of overview lines.

use super::values::{Value, error, int, long};
use crate::python::Exchange;
use crate::python::literal::{decoded, dict, list, text, tuple};

/// The fields that every overview has.
const ALWAYS: [&str; 7] =
    ["subject", "from", "date", "message-id", "references", ":bytes", ":lines"];

/// The names of the fields, from the reply to LIST OVERVIEW.FMT. A server that does not know the command has the
/// usual ones.
pub(super) fn format(exchange: &Exchange<'_>) -> Result<Vec<String>, String> {
    let lines = match long(exchange) {
        Ok((_, lines)) => lines,
        Err(why) if why.starts_with("nntplib.NNTPPermanentError:") => {
            return Ok(ALWAYS.map(String::from).to_vec());
        }
        Err(why) => return Err(why),
    };
    let names = lines.iter().map(|line| {
        let line = String::from_utf8_lossy(line).to_lowercase();
        let (colon, rest) = line.split_at(usize::from(line.starts_with(':')));
        let name = format!("{colon}{}", rest.split(':').next().unwrap_or_default());
        match name.as_str() {
            "bytes" | "lines" => format!(":{name}"),
            _ => name,
        }
    });
    let names: Vec<String> = names.collect();
    match names.get(..ALWAYS.len()) {
        Some(first) if first == ALWAYS => Ok(names),
        Some(_) => Err(error("NNTPDataError", "LIST OVERVIEW.FMT redefines default fields")),
        None => Err(error("NNTPDataError", "LIST OVERVIEW.FMT response too short")),
    }
}

/// The number and the fields of every article.
pub(super) fn articles(exchange: &Exchange<'_>, format: &[String]) -> Value {
    let (reply, lines) = long(exchange)?;
    let mut shown = Vec::new();
    for line in &lines {
        let mut tokens = line.split(|b| *b == b'\t');
        let number = String::from_utf8_lossy(tokens.next().unwrap_or_default()).into_owned();
        let number = int(&number)?;
        let mut fields = Vec::new();
        for (n, (name, token)) in format.iter().zip(tokens).enumerate() {
            let value = match n < ALWAYS.len() || name.starts_with(':') {
                true => decoded(token),
                false => named(name, token)?,
            };
            fields.push((text(name), value));
        }
        shown.push(tuple(&[number, dict(&fields)]));
    }
    Ok(tuple(&[decoded(&reply), list(&shown)]))
}

/// A further field holds its name, unless it is empty.
fn named(name: &str, token: &[u8]) -> Value {
    let start = format!("{name}: ");
    match token.split_at_checked(start.len()) {
        _ if token.is_empty() => Ok("None".into()),
        Some((typed, value)) if typed.eq_ignore_ascii_case(start.as_bytes()) => Ok(decoded(value)),
        _ => {
            let why = "OVER/XOVER response doesn't include names of additional headers";
            Err(error("NNTPDataError", why))
        }
    }
}
