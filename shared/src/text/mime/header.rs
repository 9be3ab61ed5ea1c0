//! Fields such as Content-Type: a value with parameters (RFC 2045 section 5.1).

/// Type, subtype and parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    pub kind: String,
    pub subtype: String,
    pub parameters: Parameters,
}

impl Default for Media {
    /// What a message is that does not say (RFC 2045 section 5.2).
    fn default() -> Media {
        let charset = ("charset".into(), "us-ascii".into());
        Media {
            kind: "text".into(),
            subtype: "plain".into(),
            parameters: Parameters(vec![charset]),
        }
    }
}

impl Media {
    /// A value that makes no sense is text/plain.
    pub fn parse(value: &[u8]) -> Media {
        let (first, parameters) = parameters(value);
        match first.split_once('/') {
            Some((kind, subtype)) if !kind.is_empty() && !subtype.is_empty() => {
                Media { kind: kind.trim().into(), subtype: subtype.trim().into(), parameters }
            }
            _ => Media::default(),
        }
    }

    /// In any case; an empty subtype stands for all.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
            && (subtype.is_empty() || self.subtype.eq_ignore_ascii_case(subtype))
    }
}

/// Names and values, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(pub Vec<(String, String)>);

impl Parameters {
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The value before the first semicolon, and the parameters behind it. Comments are left out,
/// quotes undone.
pub fn parameters(value: &[u8]) -> (String, Parameters) {
    let mut words = Vec::new();
    let mut word = String::new();
    let text = String::from_utf8_lossy(value);
    let mut chars = text.chars();
    let mut comment = 0usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' if comment > 0 => drop(chars.next()),
            '(' => comment += 1,
            ')' => comment = comment.saturating_sub(1),
            _ if comment > 0 => {}
            '"' => quoted(&mut chars, &mut word),
            ';' => words.push(core::mem::take(&mut word)),
            '\r' | '\n' => {}
            c => word.push(c),
        }
    }
    words.push(word);
    let mut words = words.into_iter();
    let first = words.next().unwrap_or_default().trim().to_string();
    let named = words.filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        Some((name.trim().to_string(), value.trim().to_string()))
    });
    (first, Parameters(named.collect()))
}

fn quoted(chars: &mut core::str::Chars<'_>, word: &mut String) {
    while let Some(c) = chars.next() {
        match c {
            '"' => return,
            '\\' => word.extend(chars.next()),
            '\r' | '\n' => {}
            c => word.push(c),
        }
    }
}
