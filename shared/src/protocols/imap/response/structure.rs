//! BODYSTRUCTURE: the tree of parts (RFC 3501 section 7.4.2).

use super::data::text;
use super::fetch::envelope;
use super::terms;
use crate::protocols::imap::token::{Meaning, Read, Reader};

/// Reads a tree; gives it as `multipart/mixed (text/plain, image/png)`.
pub(super) fn body(r: &mut Reader<'_>, depth: usize) -> Read<String> {
    if depth == 0 {
        return r.fail("fewer parts within parts");
    }
    r.open()?;
    if r.peek() == Some(b'(') {
        let mut parts = Vec::new();
        while r.peek() == Some(b'(') {
            parts.push(body(r, depth - 1)?);
            if r.rest().starts_with(b" (") {
                r.space()?;
                r.fault("There is a space between two parts of a structure.");
            }
        }
        r.space()?;
        let subtype = word(r, Meaning::Is(&terms::MEDIA_SUBTYPE))?;
        if r.spaced() {
            parameters(r)?;
            extensions(r, depth)?;
        }
        r.close()?;
        return Ok(format!("multipart/{subtype} ({})", parts.join(", ")));
    }
    let kind = word(r, Meaning::Is(&terms::MEDIA_TYPE))?;
    r.space()?;
    let subtype = word(r, Meaning::Is(&terms::MEDIA_SUBTYPE))?;
    if kind.is_empty() {
        r.fault("A part of the structure has no media type.");
    }
    r.space()?;
    parameters(r)?;
    r.space()?;
    word(r, Meaning::Is(&terms::CONTENT_ID))?;
    r.space()?;
    word(r, Meaning::Words(&terms::DESCRIPTION))?;
    r.space()?;
    word(r, Meaning::Is(&terms::ENCODING))?;
    r.space()?;
    number(r, &terms::OCTETS)?;
    let mut tree = format!("{kind}/{subtype}");
    if kind == "message" && r.rest().starts_with(b" (") {
        r.space()?;
        envelope(r)?;
        r.space()?;
        tree.push_str(&format!(" ({})", body(r, depth - 1)?));
        r.space()?;
        number(r, &terms::LINES)?;
    } else if kind == "text" && r.spaced() {
        number(r, &terms::LINES)?;
    }
    if r.spaced() {
        word(r, Meaning::Is(&terms::MD5))?;
        extensions(r, depth)?;
    }
    r.close()?;
    Ok(tree)
}

/// Disposition, language, location, and what no RFC has named yet.
fn extensions(r: &mut Reader<'_>, depth: usize) -> Read<()> {
    if !r.spaced() {
        return Ok(());
    }
    if !r.word("NIL", &terms::NIL) {
        if r.peek() == Some(b'(') {
            r.open()?;
            word(r, Meaning::Is(&terms::DISPOSITION))?;
            r.space()?;
            parameters(r)?;
            r.close()?;
        } else {
            word(r, Meaning::Is(&terms::DISPOSITION))?;
        }
    }
    if !r.spaced() {
        return Ok(());
    }
    if r.peek() == Some(b'(') {
        r.list(|r| word(r, Meaning::Is(&terms::LANGUAGE)))?;
    } else {
        word(r, Meaning::Is(&terms::LANGUAGE))?;
    }
    if r.spaced() {
        word(r, Meaning::Is(&terms::LOCATION))?;
    }
    while r.spaced() {
        r.anything(depth)?;
    }
    Ok(())
}

fn parameters(r: &mut Reader<'_>) -> Read<()> {
    if r.word("NIL", &terms::NIL) {
        return Ok(());
    }
    r.list(|r| word(r, Meaning::Is(&terms::PARAMETER)))?;
    Ok(())
}

/// A string or NIL, in lower case.
fn word(r: &mut Reader<'_>, meaning: Meaning) -> Read<String> {
    let value = r.nstring(meaning)?;
    Ok(value.map(|value| text(value.into_bytes()).to_ascii_lowercase()).unwrap_or_default())
}

fn number(r: &mut Reader<'_>, term: &'static crate::explain::Term) -> Read<()> {
    if r.peek().is_some_and(|b| b.is_ascii_digit()) {
        r.number(term)?;
    } else {
        r.fault("A number was expected in the structure, and there is a string.");
        r.nstring(Meaning::Is(term))?;
    }
    Ok(())
}
