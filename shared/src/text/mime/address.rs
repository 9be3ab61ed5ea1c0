//! Lists of addresses, as in From and To (RFC 5322 section 3.4).

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Mailbox {
        /// As it stands in the field: encoded words are not decoded.
        name: Option<Vec<u8>>,
        local: Vec<u8>,
        domain: Vec<u8>,
    },
    /// A named group begins.
    Group(Vec<u8>),
    GroupEnd,
}

/// Reads a field. What makes no sense is passed over.
pub fn list(value: &[u8]) -> Vec<Address> {
    let mut found = Vec::new();
    let mut words: Vec<Token> = Vec::new();
    let mut in_group = false;
    for token in tokens(value) {
        match token {
            Token::Sign(b',') => found.extend(mailbox(&core::mem::take(&mut words))),
            Token::Sign(b':') if !words.contains(&Token::Sign(b'<')) => {
                found.push(Address::Group(phrase(&words)));
                words.clear();
                in_group = true;
            }
            Token::Sign(b';') if in_group => {
                found.extend(mailbox(&core::mem::take(&mut words)));
                found.push(Address::GroupEnd);
                in_group = false;
            }
            token => words.push(token),
        }
    }
    found.extend(mailbox(&words));
    if in_group {
        found.push(Address::GroupEnd);
    }
    found
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// An atom, or a quoted string with its quotes undone; `true` after a space.
    Word(Vec<u8>, bool),
    Comment(Vec<u8>),
    Sign(u8),
}

fn mailbox(words: &[Token]) -> Option<Address> {
    let open = words.iter().position(|word| *word == Token::Sign(b'<'));
    let (name, inside) = match open {
        Some(at) => {
            let inside = &words[at + 1..];
            let end = inside.iter().position(|word| *word == Token::Sign(b'>'));
            let inside = &inside[..end.unwrap_or(inside.len())];
            // A route before a colon is obsolete and dropped.
            let route = inside.iter().rposition(|word| *word == Token::Sign(b':'));
            (Some(phrase(&words[..at])), &inside[route.map_or(0, |at| at + 1)..])
        }
        None => {
            let comment = words.iter().rev().find_map(|word| match word {
                Token::Comment(text) => Some(text.clone()),
                _ => None,
            });
            (comment, words)
        }
    };
    let at = inside.iter().rposition(|word| *word == Token::Sign(b'@'));
    let (local, domain) = match at {
        Some(at) => (joined(&inside[..at]), joined(&inside[at + 1..])),
        None => (joined(inside), Vec::new()),
    };
    if local.is_empty() && domain.is_empty() {
        return None;
    }
    Some(Address::Mailbox { name: name.filter(|name| !name.is_empty()), local, domain })
}

/// Words with one space where there was any.
fn phrase(words: &[Token]) -> Vec<u8> {
    let mut text = Vec::new();
    for word in words {
        match word {
            Token::Word(word, spaced) => {
                if *spaced && !text.is_empty() {
                    text.push(b' ');
                }
                text.extend_from_slice(word);
            }
            Token::Sign(sign) => text.push(*sign),
            Token::Comment(_) => {}
        }
    }
    text
}

fn joined(words: &[Token]) -> Vec<u8> {
    let mut text = Vec::new();
    for word in words {
        match word {
            Token::Word(word, _) => text.extend_from_slice(word),
            Token::Sign(sign) => text.push(*sign),
            Token::Comment(_) => {}
        }
    }
    text
}

fn tokens(value: &[u8]) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut spaced = false;
    while let Some(&byte) = value.get(at) {
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                spaced = true;
                continue;
            }
            b'"' => {
                let mut word = Vec::new();
                while let Some(&byte) = value.get(at).filter(|byte| **byte != b'"') {
                    at += 1;
                    match byte {
                        b'\\' => {
                            word.extend(value.get(at));
                            at += 1;
                        }
                        b'\r' | b'\n' => {}
                        byte => word.push(byte),
                    }
                }
                at += 1;
                found.push(Token::Word(word, spaced));
            }
            b'(' => {
                let start = at;
                let mut depth = 1;
                while let Some(&byte) = value.get(at).filter(|_| depth > 0) {
                    at += 1;
                    match byte {
                        b'\\' => at += 1,
                        b'(' => depth += 1,
                        b')' => depth -= 1,
                        _ => {}
                    }
                }
                let end = at.min(value.len()).saturating_sub(1).max(start);
                found.push(Token::Comment(value[start.min(end)..end].trim_ascii().to_vec()));
            }
            b'<' | b'>' | b'@' | b',' | b':' | b';' => found.push(Token::Sign(byte)),
            _ => {
                let start = at - 1;
                let ends = |b: &u8| b" \t\r\n\"(<>@,:;".contains(b);
                let rest = &value[start..];
                let length = rest.iter().position(ends).unwrap_or(rest.len());
                at = start + length;
                found.push(Token::Word(rest[..length].to_vec(), spaced));
            }
        }
        spaced = false;
    }
    found
}
