//! How long the content of a message is (RFC 9112 section 6.3), the same for both sides.

use super::fields::{Fields, split_outside_quotes};
use crate::machine::Note;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    None,
    Length(u64),
    Chunked,
    /// Until the connection ends.
    Close,
}

/// A verdict over the fields that frame a message.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) framing: Framing,
    /// The connection must not be used again.
    pub(super) last: bool,
    pub(super) notes: Vec<Note>,
}

/// The message cannot be framed at all.
#[derive(Debug)]
pub(super) struct Unframed(pub(super) Note);

/// What the fields say, whoever sent them. `None`: they say nothing.
pub(super) fn stated(fields: &Fields, minor: u8) -> Result<Option<Verdict>, Unframed> {
    let codings = fields.list("transfer-encoding");
    let length = length(fields);
    if codings.is_empty() {
        let notes = repeated_length(fields).into_iter().collect();
        return Ok(length?.map(|n| Verdict { framing: Framing::Length(n), last: false, notes }));
    }
    let mut notes = Vec::new();
    let mut last = false;
    if fields.get("content-length").is_some() {
        notes.push(
            Note::error(
                "There are both Transfer-Encoding and Content-Length. Two programs that choose differently see different messages (request smuggling). Transfer-Encoding counts, and the connection is not used again.",
            )
            .rule(9112, "6.3"),
        );
        last = true;
    }
    if minor == 0 {
        notes.push(
            Note::warning("HTTP/1.0 has no Transfer-Encoding; the connection is not used again.")
                .rule(9112, "6.1"),
        );
        last = true;
    }
    let names: Vec<String> = codings
        .iter()
        .map(|coding| split_outside_quotes(coding, ';')[0].trim().to_ascii_lowercase())
        .collect();
    let with_parameters = codings.iter().zip(&names).any(|(c, n)| n == "chunked" && c.len() > 7);
    let times = names.iter().filter(|name| *name == "chunked").count();
    if with_parameters || times > 1 {
        return Err(Unframed(
            Note::error(format!(
                "Transfer-Encoding says {:?}: chunked has no parameters and is applied once. The content cannot be framed.",
                codings.join(", ")
            ))
            .rule(9112, "7.1"),
        ));
    }
    let chunked = names.last().is_some_and(|name| name == "chunked");
    let others: Vec<_> = names.iter().filter(|name| *name != "chunked").cloned().collect();
    if !others.is_empty() {
        notes.push(
            Note::info(format!(
                "The transfer coding {} was applied too; the octets are shown as they came.",
                others.join(", ")
            ))
            .rule(9112, "7.2"),
        );
    }
    if !chunked && times > 0 {
        notes.push(
            Note::warning(
                "chunked is not the last transfer coding, so it does not show where the content ends: the end of the connection does.",
            )
            .rule(9112, "6.3"),
        );
    }
    let framing = if chunked { Framing::Chunked } else { Framing::Close };
    let last = last || !chunked;
    Ok(Some(Verdict { framing, last, notes }))
}

/// The framing of a response to a request of this method.
pub(super) fn of_response(
    fields: &Fields,
    minor: u8,
    status: u16,
    method: &str,
) -> Result<Verdict, Unframed> {
    if method == "HEAD" || status / 100 == 1 || matches!(status, 204 | 304) {
        return Ok(Verdict { framing: Framing::None, last: false, notes: Vec::new() });
    }
    let verdict = stated(fields, minor)?;
    Ok(verdict.unwrap_or(Verdict { framing: Framing::Close, last: true, notes: Vec::new() }))
}

/// Whether the sender of these fields will use the connection again.
pub(super) fn persists(fields: &Fields, minor: u8) -> bool {
    !fields.has_token("connection", "close")
        && (minor >= 1 || fields.has_token("connection", "keep-alive"))
}

fn repeated_length(fields: &Fields) -> Option<Note> {
    let times = fields.list("content-length").len();
    (times > 1).then(|| {
        Note::warning(format!(
            "Content-Length is given {times} times. The values are the same, so they count as one; a program may also refuse the message."
        ))
        .rule(9112, "6.3")
    })
}

/// Content-Length: equal copies count as one.
fn length(fields: &Fields) -> Result<Option<u64>, Unframed> {
    let mut values = Vec::new();
    for field in fields.all("content-length") {
        values.extend(field.split(',').map(str::trim));
    }
    let Some(first) = values.first() else { return Ok(None) };
    let wrong = |why: &str| {
        Unframed(
            Note::error(format!(
                "Content-Length says {:?}: {why}. Where the content ends is not known.",
                values.join(", ")
            ))
            .rule(9112, "6.3"),
        )
    };
    if values.iter().any(|value| value.is_empty() || !value.bytes().all(|b| b.is_ascii_digit())) {
        return Err(wrong("it must be decimal digits and nothing else"));
    }
    if values.iter().any(|value| value != first) {
        return Err(wrong("the values differ"));
    }
    first.parse().map(Some).map_err(|_| wrong("the number is too large"))
}
