//! As much of XML as XML-RPC uses: elements without attributes, text, comments.
//!
//! The reader is our own because the explanation needs the place of every octet, and because what is left of XML
//! without attributes, name spaces and document types is two screens long. It makes no copy that is larger than the
//! document, and no entity can make the document grow.

/// A run of octets of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind,
    /// The name of an element, or text with its references.
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    /// `<string/>`
    Empty,
    Text,
    /// Text whose characters stand for themselves.
    Verbatim,
    /// The declaration at the beginning, or a comment.
    Aside,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Malformed {
    pub(in super::super) at: usize,
    pub(in super::super) what: String,
}

impl Malformed {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Malformed {
        Malformed { at, what: what.into() }
    }
}

/// Cuts a document into pieces that follow each other without gaps.
pub(super) fn pieces(document: &str) -> Result<Vec<Piece<'_>>, Malformed> {
    let control =
        |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}');
    if let Some(at) = document.find(control) {
        return Err(Malformed::new(at, "there is a control character, which XML has no room for"));
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < document.len() {
        let piece = piece(document, at)?;
        at = piece.end;
        pieces.push(piece);
    }
    Ok(pieces)
}

/// The text with its references undone.
pub(super) fn unescaped(text: &str, at: usize) -> Result<String, Malformed> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(found) = rest.find('&') {
        out.push_str(&rest[..found]);
        let at = at + text.len() - rest.len() + found;
        let reference = rest[found + 1..].split(';').next().unwrap_or_default();
        let number = match reference.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => digits.parse().ok(),
            },
            None => None,
        };
        let character = match reference {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => number.and_then(char::from_u32),
        };
        let ended = rest.as_bytes().get(found + 1 + reference.len()) == Some(&b';');
        let Some(character) = character.filter(|_| ended) else {
            let what = "this & begins no reference; the sign itself is written &amp;";
            return Err(Malformed::new(at, what));
        };
        out.push(character);
        rest = &rest[found + reference.len() + 2..];
    }
    Ok(out + rest)
}

/// Text as it stands between tags.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn piece(document: &str, at: usize) -> Result<Piece<'_>, Malformed> {
    let rest = &document[at..];
    if !rest.starts_with('<') {
        let end = rest.find('<').map_or(document.len(), |length| at + length);
        return Ok(Piece { kind: Kind::Text, text: &document[at..end], at, end });
    }
    for (open, close, kind) in [
        ("<!--", "-->", Kind::Aside),
        ("<![CDATA[", "]]>", Kind::Verbatim),
        ("<?xml ", "?>", Kind::Aside),
    ] {
        let Some(inside) = rest.strip_prefix(open) else { continue };
        let Some(length) = inside.find(close) else {
            return Err(Malformed::new(at, format!("{open} has no {close}")));
        };
        let end = at + open.len() + length + close.len();
        return Ok(Piece { kind, text: &inside[..length], at, end });
    }
    if rest.starts_with("<!") || rest.starts_with("<?") {
        let what = "only elements may stand here; document types are not read, for they can make a document grow";
        return Err(Malformed::new(at, what));
    }
    let Some(length) = rest.find('>') else {
        return Err(Malformed::new(at, "this < has no >; the sign itself is written &lt;"));
    };
    let inside = &rest[1..length];
    let (kind, name) = match (inside.strip_prefix('/'), inside.strip_suffix('/')) {
        (Some(name), _) => (Kind::Close, name),
        (None, Some(name)) => (Kind::Empty, name),
        (None, None) => (Kind::Open, inside),
    };
    let name = name.trim_end_matches([' ', '\t', '\r', '\n']);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':');
    if name.is_empty() || !name.chars().all(plain) {
        let what = "a tag of XML-RPC is a name between < and >, and has no attributes";
        return Err(Malformed::new(at, what));
    }
    Ok(Piece { kind, text: name, at, end: at + length + 1 })
}
