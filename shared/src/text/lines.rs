//! Cuts a byte stream into lines, however it was cut into reads.

/// How a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    CrLf,
    /// A line feed alone, where the reader was told to end lines there too.
    Lf,
    /// The limit was reached without an end; the rest follows as another line.
    TooLong,
    /// The stream ended.
    Cut,
}

/// One line with its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub bytes: Vec<u8>,
    pub ending: Ending,
}

impl Line {
    /// The line without its end.
    pub fn text(&self) -> &[u8] {
        let end = match self.ending {
            Ending::CrLf => 2,
            Ending::Lf => 1,
            Ending::TooLong | Ending::Cut => 0,
        };
        &self.bytes[..self.bytes.len() - end]
    }
}

/// A buffer of bytes that gives lines. It remembers how far it has searched.
#[derive(Clone, Debug)]
pub struct Lines {
    buffer: Vec<u8>,
    /// Where the unread part begins.
    start: usize,
    /// Up to here no line end was found.
    searched: usize,
    limit: usize,
    lf_ends: bool,
    /// Behind a bare LF, up to the end of the same line.
    tail: bool,
}

impl Lines {
    /// Lines end at CR LF only. `limit` is the most octets of a line, its end included.
    pub fn strict(limit: usize) -> Lines {
        Lines { buffer: Vec::new(), start: 0, searched: 0, limit, lf_ends: false, tail: false }
    }

    /// Lines end at CR LF or a bare LF; [`Line::ending`] tells which.
    pub fn lenient(limit: usize) -> Lines {
        Lines { lf_ends: true, ..Lines::strict(limit) }
    }

    /// What follows ends at CR LF only: a block begins.
    pub fn become_strict(&mut self, limit: usize) {
        (self.limit, self.lf_ends, self.searched) = (limit, false, self.start);
    }

    /// What follows may end at a bare LF: replies again.
    pub fn become_lenient(&mut self, limit: usize) {
        (self.limit, self.lf_ends, self.searched) = (limit, true, self.start);
    }

    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 && self.start * 2 >= self.buffer.len() {
            self.buffer.drain(..self.start);
            self.searched -= self.start;
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    pub fn next_line(&mut self) -> Option<Line> {
        while let Some(at) = self.buffer[self.searched..].iter().position(|b| *b == b'\n') {
            let end = self.searched + at + 1;
            if end - self.start > self.limit {
                break;
            }
            let crlf = end - self.start >= 2 && self.buffer[end - 2] == b'\r';
            self.searched = end;
            if crlf || self.lf_ends {
                return Some(self.cut(end, if crlf { Ending::CrLf } else { Ending::Lf }));
            }
        }
        if self.len() >= self.limit {
            // Never between CR and LF: the line end behind would not be seen.
            let end = self.start + self.limit;
            let after_cr = self.limit > 1 && self.buffer[end - 1] == b'\r';
            return Some(self.cut(end - usize::from(after_cr), Ending::TooLong));
        }
        self.searched = self.buffer.len();
        None
    }

    /// For servers: a command that ends at CR LF. A bare LF is told at once, or somebody who types
    /// into netcat would wait for an answer for ever; it is the end of no line, so what stands
    /// behind it up to CR LF is no command and is dropped.
    pub fn next_command(&mut self) -> Option<Line> {
        loop {
            let lf_ends = core::mem::replace(&mut self.lf_ends, true);
            let line = self.next_line();
            self.lf_ends = lf_ends;
            match line.as_ref().map(|line| line.ending) {
                Some(Ending::Lf) => self.tail = true,
                Some(Ending::TooLong) if self.tail => continue,
                Some(Ending::CrLf) if core::mem::take(&mut self.tail) => continue,
                _ => {}
            }
            return line;
        }
    }

    /// Octets that are not yet a line.
    pub fn len(&self) -> usize {
        self.buffer.len() - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes what is left, line or not: at the end of the stream, or when something else than
    /// lines follows.
    pub fn take_rest(&mut self) -> Vec<u8> {
        let rest = self.buffer.split_off(self.start);
        self.buffer.clear();
        self.start = 0;
        self.searched = 0;
        rest
    }

    /// The unfinished line at the end of the stream.
    pub fn finish(&mut self) -> Option<Line> {
        let bytes = self.take_rest();
        (!bytes.is_empty()).then_some(Line { bytes, ending: Ending::Cut })
    }

    fn cut(&mut self, end: usize, ending: Ending) -> Line {
        let bytes = self.buffer[self.start..end].to_vec();
        self.start = end;
        self.searched = end;
        Line { bytes, ending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lines: &mut Lines, chunks: &[&[u8]]) -> Vec<Line> {
        let mut out = Vec::new();
        for chunk in chunks {
            lines.push(chunk);
            while let Some(line) = lines.next_line() {
                out.push(line);
            }
        }
        out.extend(lines.finish());
        out
    }

    #[test]
    fn every_cut_gives_the_same_lines_and_loses_nothing() {
        let stream = b"one\r\ntwo\nthr\ree\r\n\r\n\r\r\n0123456789abcdefghij\r\nend";
        for make in [Lines::strict as fn(usize) -> Lines, Lines::lenient] {
            let whole = all(&mut make(16), &[stream]);
            let joined: Vec<u8> = whole.iter().flat_map(|l| l.bytes.clone()).collect();
            assert_eq!(joined, stream);
            for cut in 0..stream.len() {
                assert_eq!(all(&mut make(16), &[&stream[..cut], &stream[cut..]]), whole);
            }
            let single: Vec<&[u8]> = stream.chunks(1).collect();
            assert_eq!(all(&mut make(16), &single), whole);
        }
    }

    #[test]
    fn a_bare_line_feed_ends_only_lenient_lines() {
        let strict = all(&mut Lines::strict(100), &[b"a\nb\r\n"]);
        assert_eq!(strict, [Line { bytes: b"a\nb\r\n".to_vec(), ending: Ending::CrLf }]);
        let lenient = all(&mut Lines::lenient(100), &[b"a\nb\r\n"]);
        assert_eq!(lenient[0].ending, Ending::Lf);
        assert_eq!(lenient[1].text(), b"b");
    }

    #[test]
    fn a_bare_line_feed_in_a_command_is_told_and_what_follows_it_is_no_command() {
        let stream = b"USER you\nPASS x\nDELE 1 and so on, over the limit\r\nNOOP\r\n";
        for cut in 0..stream.len() {
            let (mut lines, mut out) = (Lines::strict(16), Vec::new());
            for part in [&stream[..cut], &stream[cut..]] {
                lines.push(part);
                while let Some(line) = lines.next_command() {
                    out.push((line.text().to_vec(), line.ending));
                }
            }
            let expected: [(&[u8], Ending); 3] =
                [(b"USER you", Ending::Lf), (b"PASS x", Ending::Lf), (b"NOOP", Ending::CrLf)];
            assert_eq!(out, expected.map(|(text, ending)| (text.to_vec(), ending)), "{cut}");
        }
    }

    #[test]
    fn a_line_over_the_limit_comes_in_pieces() {
        let lines = all(&mut Lines::strict(4), &[b"abcdefgh\r\nx\r\n"]);
        assert_eq!(lines[0], Line { bytes: b"abcd".to_vec(), ending: Ending::TooLong });
        assert_eq!(lines[1].bytes, b"efgh");
        assert_eq!(lines[2], Line { bytes: b"\r\n".to_vec(), ending: Ending::CrLf });
        assert_eq!(lines[3].text(), b"x");
        let at_the_end = all(&mut Lines::strict(4), &[b"abc\r\n.\r\n"]);
        assert_eq!(at_the_end[0], Line { bytes: b"abc".to_vec(), ending: Ending::TooLong });
        assert_eq!((at_the_end[1].text(), at_the_end[2].text()), (&b""[..], &b"."[..]));
    }
}
