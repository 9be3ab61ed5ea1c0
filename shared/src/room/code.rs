//! The code of a room, to be read from the back row and typed on a phone.

use core::fmt;

/// Letters and digits without those that look alike: no 0 and O, no 1, I and L.
pub const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

const LETTERS: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code([u8; LETTERS]);

/// Why a text is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotACode {
    /// Of so many letters and digits.
    Length(usize),
    Letter(char),
}

impl Code {
    /// From a number that is drawn at random.
    pub fn of(mut random: u64) -> Code {
        let mut letters = [0; LETTERS];
        for letter in &mut letters {
            *letter = ALPHABET[(random % 31) as usize];
            random /= 31;
        }
        Code(letters)
    }

    /// As a person types it: small letters, spaces and hyphens do not matter.
    pub fn parse(text: &str) -> Result<Code, NotACode> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let (mut letters, mut count) = ([0; LETTERS], 0);
        for c in typed {
            let letter = c.to_ascii_uppercase();
            let known = ALPHABET.iter().find(|known| char::from(**known) == letter);
            let known = known.ok_or(NotACode::Letter(c))?;
            if let Some(place) = letters.get_mut(count) {
                *place = *known;
            }
            count += 1;
        }
        if count == LETTERS { Ok(Code(letters)) } else { Err(NotACode::Length(count)) }
    }

    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for NotACode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotACode::Length(count) => {
                write!(f, "A code has {LETTERS} letters and digits; this has {count}.")
            }
            NotACode::Letter(c) => write!(
                f,
                "No code has `{c}` in it. Codes are letters and digits without 0, O, 1, I and L."
            ),
        }
    }
}
