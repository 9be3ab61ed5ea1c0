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
    octets: u64,
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
        let mut rest = content;
        while let Some((&byte, after)) = rest.split_first() {
            self.octet(byte);
            rest = after;
            if is_plain(byte) && byte != b'.' {
                let plain = plain_octets(rest);
                self.plain(&rest[..plain]);
                rest = &rest[plain..];
            }
        }
    }

    /// The octets of the content: line ends count as two, stuffed dots do not count.
    pub fn octets(&self) -> u64 {
        let ended = !self.typed || self.last as u8 == b'\n';
        self.octets + if ended { 0 } else { 2 }
    }

    /// Lines with octets above 127.
    pub fn eight_bit(&self) -> usize {
        self.counts[EIGHT_BIT] as usize
    }

    pub fn saw_bare_lf(&self) -> bool {
        self.counts[BARE_LF] > 0
    }

    /// As [`Inspector::notes`], and forgets what was counted, for content that goes on.
    pub fn take_notes(&mut self, rules: &ContentRules) -> Vec<Note> {
        let notes = self.notes(rules);
        self.counts = [0; CAUSES];
        notes
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
        if byte == b'\n' && before != b'\r' {
            match self.typed {
                true => self.octets += 1,
                false => self.tell(BARE_LF),
            }
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
        // The dot that was put before another is none of the line's own.
        let own = !(dot_is_first && byte == b'.');
        self.octets += u64::from(own);
        if !matches!(byte, b'\r' | b'\n') {
            self.line += usize::from(own);
        }
        if self.line > LINE_LIMIT {
            self.tell(LONG);
        }
    }

    /// As [`Inspector::octet`] for each, behind a plain octet that is no dot: there only the length of the line can be
    /// wrong.
    fn plain(&mut self, octets: &[u8]) {
        for &byte in &octets[octets.len().saturating_sub(4)..] {
            self.last = self.last << 8 | u32::from(byte);
        }
        self.octets += octets.len() as u64;
        self.line += octets.len();
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

fn is_plain(byte: u8) -> bool {
    !matches!(byte, 0 | b'\r' | b'\n' | 0x80..)
}

/// How many plain octets come first. Most octets of most content are, and sixteen at once is what a processor can do.
fn plain_octets(content: &[u8]) -> usize {
    let all_plain = |block: &[u8]| block.iter().fold(true, |plain, &byte| plain & is_plain(byte));
    let blocks = content.chunks_exact(16).take_while(|block| all_plain(block)).count() * 16;
    blocks + content[blocks..].iter().take_while(|&&byte| is_plain(byte)).count()
}

/// The content that a write without checks holds from its beginning to the line with one dot, as
/// it would be typed, if then nothing is wrong with it.
pub fn retyped(write: &[u8]) -> Option<String> {
    let content = write.strip_suffix(b".\r\n").filter(|c| c.is_empty() || c.ends_with(b"\r\n"))?;
    let lines: Vec<&[u8]> = content.split_inclusive(|b| *b == b'\n').collect();
    // Who has doubled every dot means so; who has not may have meant two.
    let stuffed = lines.iter().all(|line| !line.starts_with(b".") || line.starts_with(b".."));
    let mut text = String::new();
    for line in lines {
        let line = if stuffed { line.strip_prefix(b".").unwrap_or(line) } else { line };
        let line = core::str::from_utf8(line).ok()?;
        text.extend(line.chars().filter(|c| !matches!(c, '\r' | '\0')));
    }
    let mut inspector = Inspector::typed();
    inspector.look(text.as_bytes());
    let good = inspector.counts == [0; CAUSES];
    good.then(|| text.trim_end_matches('\n').into())
}
