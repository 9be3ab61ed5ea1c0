//! Content behind a command or a reply: a mail, an article, a list.

use super::Notes;
use crate::explain::Rfc;
use crate::machine::Note;

/// The most octets of a line of mail or news, its end not counted (RFC 5322 section 2.1.1).
const LINE_LIMIT: usize = 998;

/// What a protocol says of its content; `None` where it allows it.
#[derive(Debug)]
pub struct ContentRules {
    /// Lines end with CR LF, and neither octet stands alone.
    pub line_end: Rfc,
    /// A dot that begins a line is doubled.
    pub stuffing: Rfc,
    pub long: Option<Rfc>,
    pub nul: Option<Rfc>,
}

/// Counts the lines that have what a peer may dislike. Content may come in pieces, cut anywhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspector {
    /// As a person types it: LF alone ends a line, and no dot is doubled yet.
    typed: bool,
    /// Octets of the line so far.
    line: usize,
    /// Causes that this line was counted for.
    told: u8,
    /// The last octets, the newest in the lowest place.
    last: u32,
    counts: [u32; CAUSES],
}

const CAUSES: usize = 7;
const LONG: usize = 0;
const EIGHT_BIT: usize = 1;
const BARE_CR: usize = 2;
const BARE_LF: usize = 3;
const NUL: usize = 4;
const SINGLE_DOT: usize = 5;
const FALSE_END: usize = 6;

impl Inspector {
    /// For octets as they cross the wire.
    pub fn wire() -> Inspector {
        // As behind a line end.
        Inspector { last: u32::from_be_bytes(*b"\0\0\r\n"), ..Inspector::default() }
    }

    /// For content that is yet to be stuffed.
    pub fn typed() -> Inspector {
        Inspector { typed: true, ..Inspector::wire() }
    }

    pub fn look(&mut self, content: &[u8]) {
        for &byte in content {
            self.octet(byte);
        }
    }

    /// There are octets above 127.
    pub fn saw_eight_bit(&self) -> bool {
        self.counts[EIGHT_BIT] > 0
    }

    pub fn saw_bare_lf(&self) -> bool {
        self.counts[BARE_LF] > 0
    }

    pub fn saw_single_dot(&self) -> bool {
        self.counts[SINGLE_DOT] > 0
    }

    /// Adds what was found; octets above 127 are left to the protocol.
    pub fn notes(&self, rules: &ContentRules) -> Vec<Note> {
        let mut notes = Notes::default();
        let mut add = |cause: usize, rule: Option<Rfc>, text: &str| {
            if rule.is_some() {
                notes.add_lines(self.counts[cause] as usize, Note { rule, ..Note::warning(text) });
            }
        };
        add(
            LONG,
            rules.long,
            "A line has more than 998 octets. Nothing was cut; a program that reads it may refuse or break it.",
        );
        let end = Some(rules.line_end);
        add(BARE_CR, end, "There is a carriage return without a line feed. It ends no line.");
        add(
            BARE_LF,
            end,
            "There are bare line feeds in the content. They end no line, and .LF does not end the content.",
        );
        add(
            FALSE_END,
            end,
            "A line with one dot stands between line ends that are not both CR LF. It does not end the content; a program that thinks so takes what follows for commands, and so commands can be smuggled in.",
        );
        add(NUL, rules.nul, "There is a NUL octet, which text should not hold.");
        add(
            SINGLE_DOT,
            Some(rules.stuffing),
            "A line begins with one dot that the sender did not double. The receiver removes it by the rule, and so it is lost.",
        );
        notes.take()
    }

    fn octet(&mut self, byte: u8) {
        let [_, third, second, before] = self.last.to_be_bytes();
        self.last = self.last << 8 | u32::from(byte);
        let fresh = before == b'\n' && (self.typed || second == b'\r');
        if fresh {
            (self.line, self.told) = (0, 0);
        }
        if before == b'\r' && byte != b'\n' {
            self.tell(BARE_CR);
        }
        if byte == b'\n' && before != b'\r' && !self.typed {
            self.tell(BARE_LF);
        }
        let ends = |b: u8| matches!(b, b'\r' | b'\n');
        let behind_dot = before == b'.' && !self.typed;
        let dot_is_first = behind_dot && (third, second) == (b'\r', b'\n');
        if dot_is_first && byte != b'.' && !ends(byte) {
            self.tell(SINGLE_DOT);
        }
        if behind_dot && ends(second) && ends(byte) && (!dot_is_first || byte == b'\n') {
            self.tell(FALSE_END);
        }
        match byte {
            b'\r' | b'\n' => {}
            0 => self.tell(NUL),
            0x80.. => self.tell(EIGHT_BIT),
            _ => {}
        }
        if !matches!(byte, b'\r' | b'\n') {
            // The dot that was put before another is none of the line's own.
            self.line += usize::from(!(dot_is_first && byte == b'.'));
        }
        if self.line > LINE_LIMIT {
            self.tell(LONG);
        }
    }

    /// Counts a line once for each cause.
    fn tell(&mut self, cause: usize) {
        let bit = 1 << cause;
        if self.told & bit == 0 {
            self.told |= bit;
            self.counts[cause] += 1;
        }
    }
}
