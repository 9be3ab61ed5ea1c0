//! What LIST may ask for, and the fields of ID.

use super::{Args, Meaning, Read, Reader, mailbox, terms, text};

#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct List {
    pub(in super::super) select: Vec<String>,
    pub(in super::super) reference: String,
    pub(in super::super) patterns: Vec<String>,
    pub(in super::super) back: Vec<String>,
    /// Of RETURN (STATUS (…)).
    pub(in super::super) status: Vec<String>,
    /// It has more than a reference and a pattern.
    pub(in super::super) extended: bool,
}

pub(super) fn id(r: &mut Reader<'_>) -> Read<Args> {
    if r.word("NIL", &terms::NIL) {
        return Ok(Args::None);
    }
    let mut is_name = false;
    let words = r.list(|r| {
        is_name = !is_name;
        if is_name {
            return Ok(text(r.string(Meaning::Is(&terms::ID_FIELD))?.into_bytes()));
        }
        let value = r.nstring(Meaning::Is(&terms::ID_VALUE))?;
        Ok(value.map_or_else(String::new, |value| text(value.into_bytes())))
    })?;
    if is_name { r.fail("a value for each field") } else { Ok(Args::Words(words)) }
}

pub(super) fn list(r: &mut Reader<'_>) -> Read<List> {
    let mut list = List::default();
    if r.peek() == Some(b'(') {
        list.extended = true;
        list.select = r.list(|r| Ok(r.atom(&terms::LIST_OPTION)?.to_ascii_uppercase()))?;
        r.space()?;
    }
    list.reference = mailbox(r)?;
    r.space()?;
    if r.peek() == Some(b'(') {
        list.extended = true;
        list.patterns = r.list(|r| Ok(text(r.pattern()?)))?;
    } else {
        list.patterns = vec![text(r.pattern()?)];
    }
    if r.spaced() {
        list.extended = true;
        if !r.word("RETURN", &terms::RETURN) {
            return r.fail("RETURN and its options");
        }
        r.space()?;
        let mut status = Vec::new();
        list.back = r.list(|r| {
            let option = r.atom(&terms::LIST_OPTION)?.to_ascii_uppercase();
            if option == "STATUS" {
                r.space()?;
                status = status_items(r)?;
            }
            Ok(option)
        })?;
        list.status = status;
    }
    Ok(list)
}

pub(super) fn status_items(r: &mut Reader<'_>) -> Read<Vec<String>> {
    let items = r.list(|r| Ok(r.atom(&terms::STATUS_ITEM)?.to_ascii_uppercase()))?;
    if items.is_empty() { r.fail("at least one item, such as MESSAGES") } else { Ok(items) }
}
