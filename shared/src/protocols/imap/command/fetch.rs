//! What FETCH may ask for (RFC 3501 section 6.4.5).

use super::{DEPTH, terms, text};
use crate::protocols::imap::token::{Fault, Meaning, Read, Reader};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Item {
    Flags,
    Uid,
    InternalDate,
    Size,
    Envelope,
    /// BODY without brackets: the structure without its extensions.
    Body,
    BodyStructure,
    Section {
        section: Section,
        peek: bool,
        partial: Option<(u64, u64)>,
    },
    /// RFC822, RFC822.HEADER and RFC822.TEXT: older names of sections.
    Rfc822(What),
    Binary {
        part: Vec<u32>,
        peek: bool,
        partial: Option<(u64, u64)>,
    },
    BinarySize(Vec<u32>),
    /// Of an extension: MODSEQ, EMAILID and others.
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Section {
    pub(in super::super) part: Vec<u32>,
    pub(in super::super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum What {
    All,
    Header,
    Fields(Vec<String>),
    FieldsNot(Vec<String>),
    Text,
    Mime,
}

impl Section {
    /// As it stands between the brackets.
    pub(in super::super) fn text(&self) -> String {
        let mut words: Vec<String> = self.part.iter().map(u32::to_string).collect();
        let fields = |name: &str, fields: &[String]| format!("{name} ({})", fields.join(" "));
        words.extend(match &self.what {
            What::All => None,
            What::Header => Some("HEADER".into()),
            What::Fields(names) => Some(fields("HEADER.FIELDS", names)),
            What::FieldsNot(names) => Some(fields("HEADER.FIELDS.NOT", names)),
            What::Text => Some("TEXT".into()),
            What::Mime => Some("MIME".into()),
        });
        words.join(".")
    }

    /// Whether its octets are a body without a header before it.
    pub(in super::super) fn is_body(&self) -> bool {
        match self.what {
            What::All => !self.part.is_empty(),
            What::Text => true,
            _ => false,
        }
    }
}

/// One item, a list of them, or a macro.
pub(super) fn items(r: &mut Reader<'_>) -> Read<Vec<Item>> {
    if r.peek() == Some(b'(') {
        let items = r.list(item)?;
        return if items.is_empty() { r.fail("at least one item") } else { Ok(items) };
    }
    let fast = [Item::Flags, Item::InternalDate, Item::Size];
    let more: &[Item] = match r.word_ahead().as_str() {
        "FAST" => &[],
        "ALL" => &[Item::Envelope],
        "FULL" => &[Item::Envelope, Item::Body],
        _ => return Ok(vec![item(r)?]),
    };
    r.atom(&terms::FETCH_MACRO)?;
    Ok([&fast, more].concat())
}

fn item(r: &mut Reader<'_>) -> Read<Item> {
    let name = name_ahead(r);
    let (plain, peek) = match name.strip_suffix(".PEEK") {
        Some(plain @ ("BODY" | "BINARY")) => (plain, true),
        _ => (&*name, false),
    };
    let bracket = r.rest().get(name.len()) == Some(&b'[');
    if name.is_empty() {
        return r.fail("an item to fetch, such as FLAGS");
    }
    r.scan().take(&terms::FETCH_ITEM, name.len());
    if bracket {
        return match plain {
            "BODY" => Ok(Item::Section { section: section(r)?, peek, partial: partial(r)? }),
            "BINARY" => Ok(Item::Binary { part: part_only(r)?, peek, partial: partial(r)? }),
            "BINARY.SIZE" => Ok(Item::BinarySize(part_only(r)?)),
            _ => r.fail("no section behind this item"),
        };
    }
    if peek || plain == "BINARY" || plain == "BINARY.SIZE" {
        return r.fail("a section in brackets");
    }
    Ok(match plain {
        "FLAGS" => Item::Flags,
        "UID" => Item::Uid,
        "INTERNALDATE" => Item::InternalDate,
        "RFC822.SIZE" => Item::Size,
        "ENVELOPE" => Item::Envelope,
        "BODY" => Item::Body,
        "BODYSTRUCTURE" => Item::BodyStructure,
        "RFC822" => Item::Rfc822(What::All),
        "RFC822.HEADER" => Item::Rfc822(What::Header),
        "RFC822.TEXT" => Item::Rfc822(What::Text),
        "MODSEQ" | "EMAILID" | "THREADID" | "SAVEDATE" | "PREVIEW" => {
            if name == "PREVIEW" && r.rest().starts_with(b" (") {
                r.space()?;
                r.anything(DEPTH)?;
            }
            Item::Other(name)
        }
        _ => return r.fail(&format!("an item that FETCH has, and {name} is none")),
    })
}

/// `[section]`, the brackets included.
pub(in super::super) fn section(r: &mut Reader<'_>) -> Read<Section> {
    bracket(r, b'[')?;
    let part = part(r)?;
    let name = name_ahead(r);
    let what = match (name.as_str(), part.is_empty()) {
        ("", _) => What::All,
        ("HEADER", _) => What::Header,
        ("TEXT", _) => What::Text,
        ("MIME", false) => What::Mime,
        ("HEADER.FIELDS" | "HEADER.FIELDS.NOT", _) => What::Fields(Vec::new()),
        _ => return r.fail("HEADER, HEADER.FIELDS (…), TEXT, a part number, or its MIME"),
    };
    if name.is_empty() && r.rest().first() != Some(&b']') {
        return r.fail("a closing bracket");
    }
    r.scan().take(&terms::SECTION, name.len());
    let what = match what {
        What::Fields(_) => {
            r.space()?;
            let names = r.list(|r| Ok(text(r.astring(Meaning::Is(&terms::FIELD_NAME))?)))?;
            if names.is_empty() {
                return r.fail("at least one header field");
            }
            if name.ends_with(".NOT") { What::FieldsNot(names) } else { What::Fields(names) }
        }
        what => what,
    };
    bracket(r, b']')?;
    Ok(Section { part, what })
}

/// Part numbers up to a name or the closing bracket.
fn part(r: &mut Reader<'_>) -> Read<Vec<u32>> {
    let mut part = Vec::new();
    while r.peek().is_some_and(|b| b.is_ascii_digit()) {
        let at = r.at();
        let n = r.number32(&terms::PART)?;
        if n == 0 {
            return Err(Fault { at, expected: "part numbers, counted from 1".into() });
        }
        part.push(n);
        if !r.sign(b'.', &terms::SECTION) {
            break;
        }
        if r.peek() == Some(b']') {
            return r.fail("something behind the dot");
        }
    }
    Ok(part)
}

/// `[1.2]` of BINARY.
pub(in super::super) fn part_only(r: &mut Reader<'_>) -> Read<Vec<u32>> {
    bracket(r, b'[')?;
    let part = part(r)?;
    bracket(r, b']')?;
    Ok(part)
}

/// `<origin.octets>`
fn partial(r: &mut Reader<'_>) -> Read<Option<(u64, u64)>> {
    if r.peek() != Some(b'<') {
        return Ok(None);
    }
    let expected = "<first octet.number of octets>";
    let end = r.rest().iter().position(|b| *b == b'>');
    let inside = end.map(|end| String::from_utf8_lossy(&r.rest()[1..end]).into_owned());
    let range = inside.as_deref().and_then(|inside| inside.split_once('.')).and_then(|(a, b)| {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        (digits(a) && digits(b)).then(|| Some((a.parse().ok()?, b.parse().ok()?))).flatten()
    });
    match (range, end) {
        (Some((origin, octets)), Some(end)) if octets > 0 => {
            r.scan().take(&terms::PARTIAL, end + 1);
            Ok(Some((origin, octets)))
        }
        _ => r.fail(expected),
    }
}

fn bracket(r: &mut Reader<'_>, sign: u8) -> Read<()> {
    match r.sign(sign, &terms::BRACKET) {
        true => Ok(()),
        false => r.fail(&format!("the bracket {}", char::from(sign))),
    }
}

/// The letters, digits and dots that come next, in upper case.
pub(in super::super) fn name_ahead(r: &Reader<'_>) -> String {
    let fits = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let length = r.rest().iter().take_while(fits).count();
    String::from_utf8_lossy(&r.rest()[..length]).to_ascii_uppercase()
}
