//! Control sequences of terminals (ECMA-48): where they end, and what the usual ones do.
//!
//! Our own, because the same code gives the explanation its spans and the [`super::screen`] its
//! orders; the published parsers keep no positions.

/// The octets of a sequence together, as it is kept while it is incomplete: the longest of real
/// use, a window title, stays below.
pub const LIMIT: usize = 1024;

const ESC: u8 = 0x1b;

/// The length of the sequence that begins with the ESC at the start; `None` while it is incomplete.
/// A sequence that breaks its grammar ends before the octet that does.
pub fn sequence(octets: &[u8]) -> Option<usize> {
    match *octets.get(1)? {
        b'[' => {
            let at = octets[2..].iter().position(|b| !(0x20..=0x3f).contains(b))? + 2;
            Some(if (0x40..=0x7e).contains(&octets[at]) { at + 1 } else { at })
        }
        b']' | b'P' | b'X' | b'^' | b'_' => {
            let at = octets[2..].iter().position(|b| matches!(*b, 7 | ESC))? + 2;
            match (octets[at], octets.get(at + 1)) {
                (7, _) => Some(at + 1),
                (_, Some(b'\\')) => Some(at + 2),
                (_, Some(_)) => Some(at),
                (_, None) => None,
            }
        }
        0x20..=0x2f => {
            let at = octets[1..].iter().position(|b| !(0x20..=0x2f).contains(b))? + 1;
            Some(if (0x30..=0x7e).contains(&octets[at]) { at + 1 } else { at })
        }
        0x30..=0x7e => Some(2),
        _ => Some(1),
    }
}

/// Parameters and final octet of a complete `ESC [` sequence that has no private mark.
pub fn csi(sequence: &[u8]) -> Option<(Vec<usize>, u8)> {
    let (last, parameters) = sequence.strip_prefix(b"\x1b[")?.split_last()?;
    let plain = parameters.iter().all(|b| b.is_ascii_digit() || *b == b';');
    let text = core::str::from_utf8(parameters).ok().filter(|_| plain)?;
    let number = |word: &str| word.parse().unwrap_or(if word.is_empty() { 0 } else { usize::MAX });
    Some((text.split(';').map(number).collect(), *last))
}

/// What a sequence does, in a few words.
pub fn says(sequence: &[u8]) -> &'static str {
    match (sequence.get(1), sequence.last()) {
        (Some(b'['), Some(last)) => match last {
            b'm' => "Colour or weight of what follows.",
            b'K' => "Erases in the line.",
            b'J' => "Erases in the screen.",
            b'H' | b'f' => "Puts the cursor at a row and a column.",
            b'A'..=b'G' | b'd' => "Moves the cursor.",
            b'h' | b'l' => "Switches a mode of the terminal on or off.",
            b'P' | b'@' | b'X' => "Deletes, inserts or erases characters.",
            b'L' | b'M' => "Inserts or deletes lines.",
            b'n' | b'c' => "Asks the terminal to report.",
            _ => "An order to the terminal.",
        },
        (Some(b']'), _) => "A text for the terminal itself, such as the title of its window.",
        (Some(b'c'), _) => "Resets the terminal.",
        (Some(b'7' | b'8'), _) => "Keeps the place of the cursor, or goes back to it.",
        _ => "An order to the terminal.",
    }
}

/// Text without control sequences and control characters.
pub fn plain(octets: &[u8]) -> String {
    let mut out = Vec::with_capacity(octets.len());
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        match octet {
            ESC => at += sequence(&octets[at..]).unwrap_or(octets.len() - at),
            octet => {
                if octet >= b' ' && octet != 0x7f {
                    out.push(octet);
                }
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_end_where_their_grammar_says() {
        for (octets, length) in [
            (&b"\x1b[2Jx"[..], 4),
            (b"\x1b[?2004hx", 8),
            (b"\x1b[38;5;1mx", 9),
            (b"\x1b]0;title\x07x", 10),
            (b"\x1b]0;title\x1b\\x", 11),
            (b"\x1b(Bx", 3),
            (b"\x1b7x", 2),
            (b"\x1b[1\nx", 3),
            (b"\x1b\x1b[m", 1),
        ] {
            assert_eq!(sequence(octets), Some(length), "{octets:?}");
            for cut in 1..length.min(octets.len() - 1) {
                let early = sequence(&octets[..cut]);
                assert!(early.is_none(), "{:?} has ended at {early:?}", &octets[..cut]);
            }
        }
    }

    #[test]
    fn text_is_plain_without_them() {
        assert_eq!(plain(b"\x1b[1;32mlab\x1b[0m$ \x07\x1b[?2004h"), "lab$ ");
        assert_eq!(csi(b"\x1b[5;10H"), Some((vec![5, 10], b'H')));
        assert_eq!(csi(b"\x1b[K"), Some((vec![0], b'K')));
        assert_eq!(csi(b"\x1b[?25l"), None);
    }
}
