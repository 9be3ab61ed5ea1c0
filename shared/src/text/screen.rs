//! What a terminal would show: received text and control sequences as lines of plain text.
//!
//! It is meant to be read, by eyes or by a screen reader, so colours are left out and long lines
//! stay whole; the page folds them.

use super::terminal;

/// Rows that absolute cursor positions count in, as told to the server at first.
const ROWS: usize = 24;

/// Lines that are kept; older ones fall out at the top.
const SCROLLBACK: usize = 1000;

/// Columns of a line; a cursor beyond stays at the last one.
const COLUMNS: usize = 1000;

#[derive(Clone, Debug)]
pub struct Screen {
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
    kept: (usize, usize),
    /// A control sequence or a character of several octets that is not yet complete.
    pending: Vec<u8>,
}

impl Default for Screen {
    fn default() -> Screen {
        Screen { lines: vec![Vec::new()], row: 0, column: 0, kept: (0, 0), pending: Vec::new() }
    }
}

impl Screen {
    /// The lines from top to bottom, without spaces at their ends and empty lines at the bottom.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| line.iter().collect::<String>().trim_end().to_string())
            .collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }

    pub fn feed(&mut self, octets: &[u8]) {
        for &octet in octets {
            self.octet(octet);
        }
    }

    fn octet(&mut self, octet: u8) {
        if self.pending.first() == Some(&0x1b) {
            self.pending.push(octet);
            if let Some(length) = terminal::sequence(&self.pending) {
                let mut sequence = core::mem::take(&mut self.pending);
                let rest = sequence.split_off(length);
                self.order(&sequence);
                self.feed(&rest);
            } else if self.pending.len() > terminal::LIMIT {
                self.pending.clear();
            }
            return;
        }
        if !self.pending.is_empty() && (0x80..0xc0).contains(&octet) {
            self.pending.push(octet);
            self.complete_character();
            return;
        }
        if !self.pending.is_empty() {
            self.pending.clear();
            self.put(char::REPLACEMENT_CHARACTER);
        }
        match octet {
            0x1b | 0xc2..=0xf4 => self.pending.push(octet),
            b'\r' => self.column = 0,
            b'\n' | 0x0b | 0x0c => self.down(),
            8 => self.column = self.column.saturating_sub(1),
            b'\t' => self.column = (self.column / 8 * 8 + 8).min(COLUMNS - 1),
            0x20..=0x7e => self.put(char::from(octet)),
            0x80.. => self.put(char::REPLACEMENT_CHARACTER),
            _ => {}
        }
    }

    fn complete_character(&mut self) {
        match core::str::from_utf8(&self.pending) {
            Ok(text) => {
                let c = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
                self.pending.clear();
                self.put(c);
            }
            Err(error) if error.error_len().is_some() => {
                self.pending.clear();
                self.put(char::REPLACEMENT_CHARACTER);
            }
            Err(_) => {}
        }
    }

    fn put(&mut self, c: char) {
        let column = self.column;
        let line = self.line();
        if line.len() <= column {
            line.resize(column + 1, ' ');
        }
        line[column] = c;
        self.column = (column + 1).min(COLUMNS - 1);
    }

    fn down(&mut self) {
        self.row += 1;
        self.line();
        if self.lines.len() > SCROLLBACK {
            let over = self.lines.len() - SCROLLBACK;
            self.lines.drain(..over);
            self.row = self.row.saturating_sub(over);
        }
    }

    fn line(&mut self) -> &mut Vec<char> {
        if self.lines.len() <= self.row {
            self.lines.resize(self.row + 1, Vec::new());
        }
        &mut self.lines[self.row]
    }

    /// The line that is the first row of the screen.
    fn top(&self) -> usize {
        self.lines.len().saturating_sub(ROWS)
    }

    fn order(&mut self, sequence: &[u8]) {
        match sequence {
            b"\x1bc" => *self = Screen::default(),
            b"\x1b7" => self.kept = (self.row, self.column),
            b"\x1b8" => (self.row, self.column) = self.kept,
            b"\x1bD" => self.down(),
            b"\x1bE" => {
                self.column = 0;
                self.down();
            }
            b"\x1bM" => self.row = self.row.saturating_sub(1).max(self.top()),
            b"\x1b[s" => self.kept = (self.row, self.column),
            b"\x1b[u" => (self.row, self.column) = self.kept,
            // The second screen of full-screen programs: they begin and leave with an empty one.
            b"\x1b[?1049h" | b"\x1b[?1049l" | b"\x1b[?47h" | b"\x1b[?47l" => self.erase_all(),
            sequence => {
                if let Some((parameters, last)) = terminal::csi(sequence) {
                    self.csi(&parameters, last);
                }
            }
        }
    }

    fn csi(&mut self, parameters: &[usize], last: u8) {
        let first = parameters.first().copied().unwrap_or(0);
        // A missing count is one, and none is larger than what can be shown.
        let n = first.clamp(1, COLUMNS);
        let top = self.top();
        let column = self.column;
        match last {
            b'A' => self.row = self.row.saturating_sub(n).max(top),
            b'B' | b'e' => self.row = (self.row + n).min(top + ROWS - 1),
            b'C' | b'a' => self.column = (column + n).min(COLUMNS - 1),
            b'D' => self.column = column.saturating_sub(n),
            b'E' => (self.row, self.column) = ((self.row + n).min(top + ROWS - 1), 0),
            b'F' => (self.row, self.column) = (self.row.saturating_sub(n).max(top), 0),
            b'G' | b'`' => self.column = n - 1,
            b'd' => self.row = top + n.min(ROWS) - 1,
            b'H' | b'f' => {
                self.row = top + n.min(ROWS) - 1;
                self.column = parameters.get(1).copied().unwrap_or(1).clamp(1, COLUMNS) - 1;
            }
            b'K' => match first {
                0 => self.line().truncate(column),
                1 => self.line().iter_mut().take(column + 1).for_each(|c| *c = ' '),
                _ => self.line().clear(),
            },
            b'J' => match first {
                0 => {
                    self.line().truncate(column);
                    self.lines.truncate(self.row + 1);
                }
                1 => {
                    self.line().iter_mut().take(column + 1).for_each(|c| *c = ' ');
                    let row = self.row;
                    self.lines[top..row.max(top)].iter_mut().for_each(Vec::clear);
                }
                _ => self.erase_all(),
            },
            b'P' => {
                let line = self.line();
                let end = (column + n).min(line.len());
                line.drain(column.min(end)..end);
            }
            b'X' => self.line().iter_mut().skip(column).take(n).for_each(|c| *c = ' '),
            b'@' => {
                let line = self.line();
                if column < line.len() {
                    line.splice(column..column, core::iter::repeat_n(' ', n));
                    line.truncate(COLUMNS);
                }
            }
            b'L' => {
                let row = self.row;
                self.line();
                let blank = core::iter::repeat_n(Vec::new(), n.min(ROWS));
                self.lines.splice(row..row, blank);
                self.lines.truncate(top + ROWS);
            }
            b'M' => {
                self.line();
                let end = (self.row + n).min(self.lines.len());
                self.lines.drain(self.row..end);
                self.line();
            }
            _ => {}
        }
    }

    /// An empty screen below what has scrolled away. What was on it stays readable above.
    fn erase_all(&mut self) {
        let row = self.row - self.top().min(self.row);
        while self.lines.last().is_some_and(Vec::is_empty) {
            self.lines.pop();
        }
        let start = self.lines.len();
        self.lines.resize(start + ROWS, Vec::new());
        self.row = start + row;
        if self.lines.len() > SCROLLBACK {
            let over = self.lines.len() - SCROLLBACK;
            self.lines.drain(..over);
            self.row = self.row.saturating_sub(over);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(octets: &[u8]) -> Vec<String> {
        let mut screen = Screen::default();
        screen.feed(octets);
        screen.lines()
    }

    #[test]
    fn control_characters_move_the_cursor() {
        assert_eq!(shown(b"one\r\ntwo"), ["one", "two"]);
        assert_eq!(shown(b" 10%\r\x00100%"), ["100%"]);
        assert_eq!(shown(b"ab\x08c"), ["ac"]);
        assert_eq!(shown(b"a\tb"), ["a       b"]);
        assert_eq!(shown(b"one\ntwo"), ["one", "   two"]);
        assert_eq!(shown(b"\x07bell"), ["bell"]);
    }

    #[test]
    fn control_sequences_erase_move_and_colour() {
        assert_eq!(shown(b"\x1b[1;34mpub\x1b[0m x"), ["pub x"]);
        assert_eq!(shown(b"wrong\r\x1b[Kright"), ["right"]);
        assert_eq!(shown(b"abc\x1b[2Dx"), ["axc"]);
        assert_eq!(shown(b"\x1b[3;5Hx\x1b[1;1Hy"), ["y", "", "    x"]);
        assert_eq!(shown(b"abcdef\r\x1b[2P\x1b[1C\x1b[1@"), ["c def"]);
        assert_eq!(shown(b"a\r\nb\x1b[A\rc"), ["c", "b"]);
        assert_eq!(shown(b"\x1b]0;title\x07text\x1b[?2004h"), ["text"]);
        assert_eq!(
            shown(b"old\x1b[H\x1b[2Jnew"),
            ["old", "new"],
            "what was read can be read again"
        );
    }

    #[test]
    fn characters_of_several_octets_are_one() {
        assert_eq!(shown("Gr\u{fc}\u{df}e \u{2603}".as_bytes()), ["Gr\u{fc}\u{df}e \u{2603}"]);
        assert_eq!(shown(b"a\xffb\xc3"), ["a\u{fffd}b"]);
        assert_eq!(shown(b"\xc3x"), ["\u{fffd}x"]);
    }

    #[test]
    fn old_lines_fall_out() {
        let many: String = (0..3000).map(|n| format!("{n}\r\n")).collect();
        let lines = shown(many.as_bytes());
        assert!(lines.len() <= SCROLLBACK);
        assert_eq!(lines.last().map(String::as_str), Some("2999"));
    }

    proptest! {
        #[test]
        fn any_octets_in_any_pieces_give_the_same_screen(
            pieces in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..6),
                    "\u{1b}\\[[0-9;?]{0,6}[@-~]".prop_map(String::into_bytes),
                    "[a-z\u{e4}\r\n\t]{0,6}".prop_map(String::into_bytes),
                ],
                0..60,
            ),
        ) {
            let whole = pieces.concat();
            let mut by_piece = Screen::default();
            for piece in &pieces {
                by_piece.feed(piece);
            }
            prop_assert_eq!(by_piece.lines(), shown(&whole));
            prop_assert!(by_piece.lines().len() <= SCROLLBACK);
        }
    }
}
