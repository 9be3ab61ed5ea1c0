//! Regular expressions of `re` for octets, as far as they are used to wait for a prompt: characters, classes,
//! groups that are not numbered, alternatives and repetitions.

use core::ops::Range;

/// Steps of one search. A pattern that takes more goes round in circles.
const STEPS: usize = 1_000_000;

/// Groups within groups, and repetitions of a group: the stack of a browser is small.
const DEPTH: usize = 200;

pub(super) struct Pattern(Vec<Vec<Item>>);

struct Item {
    atom: Atom,
    min: usize,
    max: usize,
    greedy: bool,
}

enum Atom {
    /// One octet out of these.
    One(Box<[bool; 256]>),
    Group(Vec<Vec<Item>>),
    Start,
    End,
    VeryEnd,
}

impl Pattern {
    /// `Err` says what is not understood.
    pub(super) fn read(pattern: &[u8]) -> Result<Pattern, String> {
        let mut parser = Parser { rest: pattern, depth: 0 };
        let alternatives = parser.alternatives()?;
        match parser.rest {
            [] => Ok(Pattern(alternatives)),
            _ => Err("there is a bracket too many".into()),
        }
    }

    /// The first match; `Err` if that cannot be found out.
    pub(super) fn search(&self, text: &[u8]) -> Result<Option<Range<usize>>, String> {
        let mut search = Search { text, steps: 0, given_up: false };
        for start in 0..=text.len() {
            let mut end = 0;
            let found = search.any(&self.0, start, 0, &mut |_, at| {
                end = at;
                true
            });
            if search.given_up {
                return Err("the pattern takes too many steps on this text".into());
            }
            if found {
                return Ok(Some(start..end));
            }
        }
        Ok(None)
    }
}

struct Parser<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn eat(&mut self, what: &[u8]) -> bool {
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn alternatives(&mut self) -> Result<Vec<Vec<Item>>, String> {
        let mut all = vec![self.sequence()?];
        while self.eat(b"|") {
            all.push(self.sequence()?);
        }
        Ok(all)
    }

    fn sequence(&mut self) -> Result<Vec<Item>, String> {
        let mut items = Vec::new();
        while let Some(octet) = self.rest.first().copied().filter(|octet| !b"|)".contains(octet)) {
            self.rest = &self.rest[1..];
            let atom = self.atom(octet)?;
            let (min, max) = self.times()?;
            let greedy = !((min, max) != (1, 1) && self.eat(b"?"));
            items.push(Item { atom, min, max, greedy });
        }
        Ok(items)
    }

    fn atom(&mut self, octet: u8) -> Result<Atom, String> {
        Ok(match octet {
            b'.' => one(|octet| octet != b'\n'),
            b'^' => Atom::Start,
            b'$' => Atom::End,
            b'(' => {
                if !self.eat(b"?:") && self.rest.starts_with(b"?") {
                    return Err("groups that begin with (? are not known here".into());
                }
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err("its groups are too deep".into());
                }
                let group = self.alternatives()?;
                self.depth -= 1;
                if !self.eat(b")") {
                    return Err("a bracket is not closed".into());
                }
                Atom::Group(group)
            }
            b'[' => self.class()?,
            b'*' | b'+' | b'?' => return Err("there is nothing to repeat".into()),
            b'\\' => match self.next() {
                Some(b'A') => Atom::Start,
                Some(b'Z') => Atom::VeryEnd,
                Some(letter) => Atom::One(self.escape(letter)?),
                None => return Err("it ends with a backslash".into()),
            },
            octet => one(move |other| other == octet),
        })
    }

    /// How often the atom stands there.
    fn times(&mut self) -> Result<(usize, usize), String> {
        if self.eat(b"*") {
            return Ok((0, usize::MAX));
        }
        if self.eat(b"+") {
            return Ok((1, usize::MAX));
        }
        if self.eat(b"?") {
            return Ok((0, 1));
        }
        let end = self.rest.iter().position(|octet| *octet == b'}');
        let (Some(b'{'), Some(end)) = (self.rest.first(), end) else { return Ok((1, 1)) };
        let inside = String::from_utf8_lossy(&self.rest[1..end]).into_owned();
        let (min, max) = inside.split_once(',').unwrap_or((&inside, &inside));
        let number = |text: &str, none: usize| match text {
            "" => Some(none),
            digits => digits.parse().ok(),
        };
        match (number(min, 0), number(max, usize::MAX)) {
            (Some(min), Some(max)) if min <= max && inside != "," && !inside.is_empty() => {
                self.rest = &self.rest[end + 1..];
                Ok((min, max))
            }
            // As in `re`, anything else in braces stands for itself.
            _ => Ok((1, 1)),
        }
    }

    fn class(&mut self) -> Result<Atom, String> {
        let negated = self.eat(b"^");
        let mut set = [false; 256];
        let mut first = true;
        loop {
            let octet = self.next().ok_or("a class is not closed")?;
            match octet {
                b']' if !first => break,
                b'\\' => {
                    let letter = self.next().ok_or("a class is not closed")?;
                    let named = self.escape(letter)?;
                    set.iter_mut().zip(named.iter()).for_each(|(set, named)| *set |= named);
                }
                from => {
                    let to = match self.rest {
                        [b'-', to, ..] if *to != b']' => {
                            let to = *to;
                            self.rest = &self.rest[2..];
                            to
                        }
                        _ => from,
                    };
                    (from..=to).for_each(|octet| set[usize::from(octet)] = true);
                }
            }
            first = false;
        }
        Ok(one(|octet| set[usize::from(octet)] != negated))
    }

    fn escape(&mut self, letter: u8) -> Result<Box<[bool; 256]>, String> {
        let word = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'_';
        let space = |octet: u8| octet.is_ascii_whitespace() || octet == 0x0b;
        Ok(match letter {
            b'd' => set(|octet| octet.is_ascii_digit()),
            b'D' => set(|octet| !octet.is_ascii_digit()),
            b'w' => set(word),
            b'W' => set(|octet| !word(octet)),
            b's' => set(space),
            b'S' => set(|octet| !space(octet)),
            b'n' => set(|octet| octet == b'\n'),
            b'r' => set(|octet| octet == b'\r'),
            b't' => set(|octet| octet == b'\t'),
            b'x' => {
                let digits = self.rest.get(..2).and_then(|two| core::str::from_utf8(two).ok());
                let octet = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
                let octet = octet.ok_or("\\x needs two digits")?;
                self.rest = &self.rest[2..];
                set(move |other| other == octet)
            }
            letter if letter.is_ascii_alphanumeric() => {
                return Err(format!("\\{} is not known here", char::from(letter)));
            }
            sign => set(move |other| other == sign),
        })
    }
}

fn set(holds: impl Fn(u8) -> bool) -> Box<[bool; 256]> {
    Box::new(core::array::from_fn(|octet| holds(octet as u8)))
}

fn one(holds: impl Fn(u8) -> bool) -> Atom {
    Atom::One(set(holds))
}

struct Search<'a> {
    text: &'a [u8],
    steps: usize,
    given_up: bool,
}

/// What is to match behind it.
type Then<'t> = &'t mut dyn FnMut(&mut Search<'_>, usize) -> bool;

impl Search<'_> {
    fn any(&mut self, all: &[Vec<Item>], at: usize, depth: usize, then: Then<'_>) -> bool {
        all.iter().any(|items| self.items(items, at, depth, then))
    }

    fn items(&mut self, items: &[Item], at: usize, depth: usize, then: Then<'_>) -> bool {
        self.steps += 1;
        self.given_up |= self.steps > STEPS || depth > DEPTH;
        if self.given_up {
            return false;
        }
        let Some((item, rest)) = items.split_first() else { return then(self, at) };
        let end = self.text.len();
        match &item.atom {
            Atom::Start => at == 0 && self.items(rest, at, depth + 1, then),
            Atom::VeryEnd => at == end && self.items(rest, at, depth + 1, then),
            Atom::End => {
                (at == end || (at + 1 == end && self.text[at] == b'\n'))
                    && self.items(rest, at, depth + 1, then)
            }
            Atom::One(set) => {
                let fits = self.text[at..].iter().take(item.max);
                let most = fits.take_while(|octet| set[usize::from(**octet)]).count();
                let mut counts = item.min..most + 1;
                while let Some(n) = if item.greedy { counts.next_back() } else { counts.next() } {
                    if self.items(rest, at + n, depth + 1, then) {
                        return true;
                    }
                }
                false
            }
            Atom::Group(group) => self.group(item, group, rest, 0, at, depth + 1, then),
        }
    }

    /// The group for the time after `n` times.
    #[expect(clippy::too_many_arguments, reason = "it is one step of a recursion")]
    fn group(
        &mut self,
        item: &Item,
        group: &[Vec<Item>],
        rest: &[Item],
        n: usize,
        at: usize,
        depth: usize,
        then: Then<'_>,
    ) -> bool {
        let on = n >= item.min;
        if on && !item.greedy && self.items(rest, at, depth + 1, then) {
            return true;
        }
        let again = n < item.max
            && self.any(group, at, depth + 1, &mut |search, to| {
                // A turn that takes nothing would go on for ever.
                let moves = to > at || n < item.min;
                moves && search.group(item, group, rest, n + 1, to, depth + 1, then)
            });
        again || (on && item.greedy && self.items(rest, at, depth + 1, then))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern, a text, and where it matches.
    type Case = (&'static [u8], &'static [u8], Option<Range<usize>>);

    #[test]
    fn patterns_match_as_those_of_re() {
        // Each was asked of Python 3.11: re.search(pattern, text).
        let cases: [Case; 16] = [
            (b"login: ", b"practice.lab login: ", Some(13..20)),
            (b"[Ll]ogin|Password", b"x Login Password", Some(2..7)),
            (b"^(/\\S*)\r\n", b"/pub\r\n$ ", Some(0..6)),
            (b"^b", b"a\nb", None),
            (b"a.*b", b"xaabbc", Some(1..5)),
            (b"a.*?b", b"xaabbc", Some(1..4)),
            (b"(?:ab)+c", b"ababac ababc", Some(7..12)),
            (b"\\d{2,3}", b"1 2345", Some(2..5)),
            (b"x{,2}y", b"xxxy", Some(1..4)),
            (b"[^a-c]$", b"abcd\n", Some(3..4)),
            (b"\\$ ?\\Z", b"a$ b$", Some(4..5)),
            (b"", b"abc", Some(0..0)),
            (b"[]x]+", b"a]x]", Some(1..4)),
            (b"(a*)*b", b"aaac", None),
            (b"\\x41\\w\\W", b"Ab!", Some(0..3)),
            (b"a{x", b"a{x", Some(0..3)),
        ];
        for (pattern, text, found) in cases {
            let read = Pattern::read(pattern).unwrap_or_else(|why| panic!("{pattern:?}: {why}"));
            assert_eq!(read.search(text), Ok(found), "{:?}", String::from_utf8_lossy(pattern));
        }
    }

    #[test]
    fn what_is_not_known_is_said_and_no_pattern_runs_for_ever() {
        for pattern in [&b"(?P<x>a)"[..], b"(a", b"a)", b"[a", b"*a", b"\\b", b"a\\"] {
            assert!(Pattern::read(pattern).is_err(), "{pattern:?}");
        }
        let slow = Pattern::read(b"(a|a)*(a|a)*(a|a)*c").unwrap_or_else(|why| panic!("{why}"));
        assert!(slow.search(&[b'a'; 500]).is_err());
        let deep = Pattern::read(&[&[b'('; 500][..], b"a"].concat());
        assert!(deep.is_err());
        let long = Pattern::read(b"a.*b").unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(
            long.search(&[&b"a"[..], &[b'x'; 100_000], b"b"].concat()),
            Ok(Some(0..100_002))
        );
    }
}
