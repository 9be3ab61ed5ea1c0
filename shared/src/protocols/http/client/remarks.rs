//! What a request or a response has that RFC 9110 or 9112 would have otherwise, although it can be
//! read.

use super::super::fields::Fields;
use super::super::head::Head;
use super::super::request::Request;
use super::super::{coding, framing, xmlrpc};
use super::{Asked, Exchange};
use crate::machine::Note;

/// A status, the field that must (or else should) come with it, where that is said, and what the
/// field is for.
const COMPANIONS: &[(u16, &str, bool, &str, &str)] = &[
    (101, "Upgrade", true, "15.2.2", "which protocol follows"),
    (301, "Location", false, "15.4.2", "where to go"),
    (302, "Location", false, "15.4.3", "where to go"),
    (303, "Location", false, "15.4.4", "where to go"),
    (307, "Location", false, "15.4.8", "where to go"),
    (308, "Location", false, "15.4.9", "where to go"),
    (401, "WWW-Authenticate", true, "15.5.2", "how to log in"),
    (405, "Allow", true, "15.5.6", "which methods there are"),
    (407, "Proxy-Authenticate", true, "15.5.8", "how to log in"),
    (416, "Content-Range", false, "15.5.17", "how long the content is"),
    (426, "Upgrade", true, "15.5.22", "which protocol is wanted"),
];

/// On the header of a response.
pub(super) fn of_response(head: &Head, asked: &Asked, tunnel: bool) -> Vec<Note> {
    let Head { status, fields, .. } = head;
    let mut notes = Vec::new();
    if *status / 100 == 1 || *status == 204 || tunnel {
        notes.extend(of_no_content(head, asked));
    }
    let lacking = COMPANIONS.iter().filter(|(code, ..)| code == status);
    for (_, field, must, section, what) in lacking {
        if fields.get(field).is_none() {
            let text = format!(
                "{status} comes without {field}, which says {what}. A client cannot know it then."
            );
            let note = if *must { Note::warning(text) } else { Note::info(text) };
            notes.push(note.rule(9110, section));
        }
    }
    if *status == 206 {
        notes.extend(of_ranges(fields, asked));
    }
    notes.extend(of_coding(fields, asked));
    for name in ["Date", "Last-Modified"] {
        if let Some(value) = fields.get(name).filter(|value| !is_fixdate(value)) {
            notes.push(
                Note::info(format!(
                    "{name} says {value:?}. Dates are sent as in \u{201c}Sun, 06 Nov 1994 08:49:37 GMT\u{201d}; two older forms must still be read."
                ))
                .rule(9110, "5.6.7"),
            );
        }
    }
    if fields.has_token("connection", "close") && fields.has_token("connection", "keep-alive") {
        notes.push(
            Note::info("Connection says both close and keep-alive: close counts.")
                .rule(9112, "9.3"),
        );
    }
    let eight_bit = fields.iter().filter(|(_, value)| value.chars().any(|c| c > '\x7f')).count();
    if eight_bit > 0 {
        notes.push(
            Note::info(format!(
                "Octets above 127 stand in {eight_bit} of the fields. Nothing says what characters they are; a field should be ASCII."
            ))
            .rule(9110, "5.5"),
        );
    }
    if xmlrpc::is_xml(asked.fields.get("content-type"))
        && asked.method == "POST"
        && *status == 200
        && !xmlrpc::is_xml(fields.get("content-type"))
    {
        let kind = fields.get("content-type").unwrap_or("no type at all");
        notes.push(
            Note::warning(format!(
                "A call of XML-RPC is answered with text/xml; this is {kind}, so it is no answer of a method."
            ))
            .rule(9110, "8.3"),
        );
    }
    notes
}

/// Responses that never have content must not speak of any.
fn of_no_content(head: &Head, asked: &Asked) -> Option<Note> {
    let coded = head.fields.get("transfer-encoding").is_some();
    let counted = head.fields.get("content-length").is_some();
    let field = match (coded, counted) {
        (false, false) => return None,
        (true, _) => "Transfer-Encoding",
        (false, true) => "Content-Length",
    };
    let status = head.status;
    let to = if asked.method == "CONNECT" { " to CONNECT" } else { "" };
    let note = Note::warning(format!(
        "{field} stands in a response {status}{to}, which never has content. It must not, and it is not obeyed."
    ));
    Some(if coded { note.rule(9112, "6.1") } else { note.rule(9110, "8.6") })
}

fn of_ranges(fields: &Fields, asked: &Asked) -> Option<Note> {
    let kind = fields.get("content-type").unwrap_or_default().to_ascii_lowercase();
    let note = if asked.fields.get("range").is_none() {
        Note::warning("206 is a part of the content, and no Range asked for a part.")
    } else if fields.get("content-range").is_none() && !kind.starts_with("multipart/byteranges") {
        Note::warning("206 comes without Content-Range, so nobody knows which part this is.")
    } else {
        return None;
    };
    Some(note.rule(9110, "15.3.7"))
}

fn of_coding(fields: &Fields, asked: &Asked) -> Option<Note> {
    let accepted = asked.fields.list("accept-encoding");
    let accepts = |coding: &str| {
        accepted.iter().any(|one| {
            let name = one.split(';').next().unwrap_or_default().trim();
            name.eq_ignore_ascii_case(coding) || name == "*"
        })
    };
    let codings = fields.list("content-encoding");
    let unasked = codings.iter().find(|coding| !accepts(coding))?;
    asked.fields.get("accept-encoding")?;
    Some(
        Note::info(format!(
            "The content is coded with {unasked}, which Accept-Encoding did not offer."
        ))
        .rule(9110, "12.5.3"),
    )
}

/// On content that says deflate.
pub(super) fn of_deflate(coded: &str, content: &[u8]) -> Option<Note> {
    (coded.eq_ignore_ascii_case("deflate") && !coding::is_zlib(content)).then(|| {
        Note::info(
            "The coding deflate is deflated data in the wrapper of zlib. This server leaves the wrapper out, as some do.",
        )
        .rule(9110, "8.4.1.2")
    })
}

/// Octets that no request asked for, after this exchange.
pub(super) fn of_unasked(last: Option<&Exchange>) -> Note {
    let mut text = String::from(
        "The server sends octets that no request asked for. They could be taken for the response to the next request, so the connection is not used again.",
    );
    let (mut number, mut section) = (9112, "9.2");
    if let Some(last) = last
        && (last.asked.method == "HEAD" || matches!(last.status, 204 | 304))
    {
        let which = match last.asked.method.as_str() {
            "HEAD" => "to HEAD".into(),
            _ => last.status.to_string(),
        };
        text.push_str(&format!(
            " The response before it ({which}) has no content, whatever its fields say; this may be what the server takes for it."
        ));
        (number, section) = (9112, "6.3");
    }
    Note::error(text).rule(number, section)
}

/// On a request that is legal, but hardly does what was meant.
pub(super) fn of_request(request: &Request) -> Vec<Note> {
    let Request { method, target, fields, framing, .. } = request;
    let mut notes = Vec::new();
    let section = match method.as_str() {
        "GET" => "9.3.1",
        "HEAD" => "9.3.2",
        _ => "9.3.5",
    };
    if *framing != framing::Framing::None && matches!(method.as_str(), "GET" | "HEAD" | "DELETE") {
        notes.push(
            Note::info(format!(
                "Content has no meaning in a {method}: servers ignore it or refuse the request."
            ))
            .rule(9110, section)
            .fix(format!("{method} {target}")),
        );
    }
    if let Some(range) = fields.get("range").filter(|range| !is_range(range)) {
        notes.push(
            Note::warning(format!(
                "Range says {range:?}, which is no range; a server ignores it. The forms are bytes=0-99, bytes=100- and bytes=-50, and lists of them."
            ))
            .rule(9110, "14.1.2")
            .fix(format!("{method} {target}\nRange: bytes=0-99")),
        );
    }
    for name in ["If-Modified-Since", "If-Unmodified-Since"] {
        if let Some(date) = fields.get(name).filter(|date| !is_fixdate(date)) {
            notes.push(
                Note::warning(format!(
                    "{name} says {date:?}. A date in another form than \u{201c}Sun, 06 Nov 1994 08:49:37 GMT\u{201d} is ignored, or read only by old rules."
                ))
                .rule(9110, "5.6.7")
                .fix(format!("{method} {target}\n{name}: Mon, 05 Jan 2026 09:00:00 GMT")),
            );
        }
    }
    notes
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn is_fixdate(text: &str) -> bool {
    const FORM: &[u8] = b"Aaa, 00 Aaa 0000 00:00:00 GMT";
    let fits = |(form, octet): (&u8, u8)| match form {
        b'A' => octet.is_ascii_uppercase(),
        b'a' => octet.is_ascii_lowercase(),
        b'0' => octet.is_ascii_digit(),
        other => octet == *other,
    };
    text.len() == FORM.len() && FORM.iter().zip(text.bytes()).all(fits)
}

/// `bytes=0-99, 200-, -50`. Other units than bytes are left alone.
fn is_range(text: &str) -> bool {
    let Some((unit, list)) = text.split_once('=') else { return false };
    let number = |text: &str| text.is_empty() || text.bytes().all(|b| b.is_ascii_digit());
    let is_one = |one: &str| match one.trim().split_once('-') {
        Some(("", "")) | None => false,
        Some((first, last)) if number(first) && number(last) => {
            match (first.parse::<u64>(), last.parse::<u64>()) {
                (Ok(first), Ok(last)) => first <= last,
                _ => true,
            }
        }
        Some(_) => false,
    };
    !unit.trim().eq_ignore_ascii_case("bytes") || list.split(',').all(is_one)
}
