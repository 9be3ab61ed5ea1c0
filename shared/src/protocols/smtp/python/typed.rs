//! The calls that come to the same as what was typed.

use super::replies::{all, bytes_of, first, shown};
use crate::python::literal::{bytes, list, text};
use crate::python::{Exchange, Line};
use crate::text::split_verb;

pub(super) fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let sent = exchange.sent();
    let content = exchange.sent_content()?;
    if !exchange.is_plain() || !sent.is_ascii() || sent.contains(['\r', '\n']) {
        return Some(octets(exchange, content));
    }
    let (verb, argument) = split_verb(&sent);
    let argument = argument.unwrap_or_default();
    let code = match (verb.to_ascii_uppercase().as_str(), argument) {
        ("RSET" | "NOOP" | "QUIT", "") => format!("smtp.{}()", verb.to_ascii_lowercase()),
        ("HELP", "") => "smtp.help()".into(),
        ("EHLO" | "HELO" | "HELP", argument) if is_word(argument) => {
            format!("smtp.{}({})", verb.to_ascii_lowercase(), text(argument))
        }
        ("VRFY" | "EXPN", address) if is_address(address) => {
            let method = if verb.eq_ignore_ascii_case("VRFY") { "verify" } else { "expn" };
            format!("smtp.{method}({})", text(address))
        }
        ("MAIL", argument) if path("FROM:", argument).is_some() => {
            format!("smtp.mail({})", text(path("FROM:", argument)?))
        }
        ("RCPT", argument) if path("TO:", argument).is_some() => {
            format!("smtp.rcpt({})", text(path("TO:", argument)?))
        }
        (_, "") => format!("smtp.docmd({})", text(&sent)),
        _ => format!("smtp.docmd({}, {})", text(verb), text(argument)),
    };
    let help = code.starts_with("smtp.help(");
    let value = first(exchange).map(|reply| if help { bytes_of(&reply) } else { shown(&reply) });
    let code = match content.is_empty() {
        true => code,
        false => format!("({code}, smtp.send({}))[0]", bytes(&content)),
    };
    Some(Line::new(code, value))
}

/// Octets as they were sent, with as many replies as came.
fn octets(exchange: &Exchange<'_>, content: Vec<u8>) -> Line {
    let mut octets = exchange.octets();
    octets.extend(content);
    let replies: Vec<String> = all(exchange).iter().map(shown).collect();
    let code = format!(
        "(smtp.send({}), [smtp.getreply() for _ in range({})])[1]",
        bytes(&octets),
        replies.len()
    );
    Line::new(code, Ok(list(&replies)))
}

/// The address of MAIL or RCPT, if there is nothing behind it: options depend on what the object knows, so they go
/// through docmd().
fn path<'a>(word: &str, argument: &'a str) -> Option<&'a str> {
    let (typed, rest) = argument.split_at_checked(word.len())?;
    let inner = rest.strip_prefix('<')?.strip_suffix('>')?;
    (typed.eq_ignore_ascii_case(word) && (inner.is_empty() || is_address(inner))).then_some(inner)
}

/// One that Python leaves as it is.
fn is_address(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-@".contains(&b))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}
