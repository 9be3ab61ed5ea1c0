//! What `nntplib` makes of replies and blocks.

use crate::python::Exchange;
use crate::python::literal::{bytes, decoded, dict, list, text, tuple};
use crate::world::Date;

/// A value as the prompt shows it, or an exception.
pub(super) type Value = Result<String, String>;

/// Codes that a block follows, for those commands that expect one.
const LONG: [&str; 12] =
    ["100", "101", "211", "215", "220", "221", "222", "224", "225", "230", "231", "282"];

/// A longer line is refused, its end included.
const LINE_LIMIT: usize = 2048;

pub(super) const EOF: &str = "EOFError";

pub(super) fn error(class: &str, why: &str) -> String {
    format!("nntplib.{class}: {why}")
}

/// The first line, unless it says no.
pub(super) fn reply(exchange: &Exchange<'_>) -> Result<Vec<u8>, String> {
    let line = exchange.lines().into_iter().next().ok_or(EOF)?;
    let class = match line.first() {
        None | Some(b'1'..=b'3') => return Ok(line),
        Some(b'4') => "NNTPTemporaryError",
        Some(b'5') => "NNTPPermanentError",
        Some(_) => "NNTPProtocolError",
    };
    Err(error(class, &String::from_utf8_lossy(&line)))
}

/// The first line, and the lines of the block behind it.
pub(super) fn long(exchange: &Exchange<'_>) -> Result<(Vec<u8>, Vec<Vec<u8>>), String> {
    let reply = reply(exchange)?;
    if !LONG.iter().any(|code| reply.starts_with(code.as_bytes())) {
        return Err(unexpected(&reply));
    }
    let mut lines = Vec::new();
    for line in exchange.lines().into_iter().skip(1) {
        match line.as_slice() {
            b"." => return Ok((reply, lines)),
            line if line.len() + 2 > LINE_LIMIT => {
                return Err(error("NNTPDataError", "line too long"));
            }
            // A single dot stays where no second one follows it.
            [b'.', b'.', ..] => lines.push(line[1..].to_vec()),
            _ => lines.push(line),
        }
    }
    Err(EOF.into())
}

pub(super) fn unexpected(reply: &[u8]) -> String {
    error("NNTPReplyError", &String::from_utf8_lossy(reply))
}

/// The reply as it stands.
pub(super) fn short(exchange: &Exchange<'_>) -> Value {
    Ok(decoded(&reply(exchange)?))
}

/// The reply, and the lines as strings.
pub(super) fn strings(exchange: &Exchange<'_>) -> Value {
    with_lines(exchange, |line| Ok(decoded(line)))
}

/// Count, first and last number, and the name as the server has it, in lower case.
pub(super) fn group(exchange: &Exchange<'_>, name: &str) -> Value {
    let reply = reply(exchange)?;
    if !reply.starts_with(b"211") {
        return Err(unexpected(&reply));
    }
    let line = String::from_utf8_lossy(&reply).into_owned();
    let mut words = line.split_whitespace().skip(1);
    let mut shown = vec![decoded(&reply)];
    for _ in 0..3 {
        shown.push(int(words.next().unwrap_or("0"))?);
    }
    shown.push(text(&words.next().map_or(name.into(), str::to_lowercase)));
    Ok(tuple(&shown))
}

/// Number and message-id.
pub(super) fn stat(exchange: &Exchange<'_>) -> Value {
    let reply = reply(exchange)?;
    let [number, id] = numbered(&reply)?;
    Ok(tuple(&[decoded(&reply), number, id]))
}

/// Number, message-id and the lines as octets.
pub(super) fn article(exchange: &Exchange<'_>) -> Value {
    let (reply, lines) = long(exchange)?;
    let [number, id] = numbered(&reply)?;
    let lines = list(&lines.iter().map(|line| bytes(line)).collect::<Vec<_>>());
    let info = format!("ArticleInfo(number={number}, message_id={id}, lines={lines})");
    Ok(tuple(&[decoded(&reply), info]))
}

/// Groups with their highest and lowest numbers.
pub(super) fn groups(exchange: &Exchange<'_>) -> Value {
    with_lines(exchange, |line| {
        let words = split(line);
        let [group, last, first, flag] = words.as_slice() else {
            let names = ["group", "last", "first", "flag"];
            let given = words.len() + 1;
            return Err(match names.get(words.len()..) {
                Some([one]) => format!(
                    "TypeError: GroupInfo.__new__() missing 1 required positional argument: '{one}'"
                ),
                Some(missing) => {
                    let (last, others) = missing.split_last().unwrap_or((&"", &[]));
                    let comma = if others.len() > 1 { "," } else { "" };
                    let others =
                        others.iter().map(|name| text(name)).collect::<Vec<_>>().join(", ");
                    let count = missing.len();
                    format!(
                        "TypeError: GroupInfo.__new__() missing {count} required positional arguments: \
                         {others}{comma} and '{last}'"
                    )
                }
                None => format!(
                    "TypeError: GroupInfo.__new__() takes 5 positional arguments but {given} were given"
                ),
            });
        };
        Ok(format!("GroupInfo(group={group}, last={last}, first={first}, flag={flag})"))
    })
}

/// Numbers and values; a line without a number is given whole.
pub(super) fn xhdr(exchange: &Exchange<'_>) -> Value {
    with_lines(exchange, |line| {
        let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, rest) = line.split_at(digits);
        Ok(match digits {
            0 => decoded(line),
            _ => tuple(&[decoded(number), decoded(rest.strip_prefix(b" ").unwrap_or(rest))]),
        })
    })
}

/// Group by group its description; the value for one group is the first of them.
pub(super) fn descriptions(exchange: &Exchange<'_>, all: bool) -> Value {
    let (reply, lines) = long(exchange)?;
    let blank = |b: &u8| matches!(b, b' ' | b'\t');
    let found = lines.iter().filter_map(|line| {
        let line = line.trim_ascii();
        let at = line.iter().position(blank).filter(|at| *at > 0)?;
        let rest = &line[at..];
        let rest = &rest[rest.iter().take_while(|b| blank(b)).count()..];
        Some((decoded(&line[..at]), decoded(rest)))
    });
    let found: Vec<_> = found.collect();
    match (all, found.first()) {
        (true, _) => Ok(tuple(&[decoded(&reply), dict(&found)])),
        (false, Some((_, description))) => Ok(description.clone()),
        (false, None) => Ok(text("")),
    }
}

/// The reply to CAPABILITIES.
pub(super) fn labels(exchange: &Exchange<'_>) -> Value {
    let (reply, lines) = long(exchange)?;
    Ok(tuple(&[decoded(&reply), capabilities(&lines)]))
}

/// Names, each with its words.
pub(super) fn capabilities(lines: &[Vec<u8>]) -> String {
    let entries = lines.iter().filter_map(|line| {
        let words = split(line);
        let (name, words) = words.split_first()?;
        Some((name.clone(), list(words)))
    });
    dict(&entries.collect::<Vec<_>>())
}

/// A clock of 14 digits.
pub(super) fn date(exchange: &Exchange<'_>) -> Value {
    let reply = reply(exchange)?;
    if !reply.starts_with(b"111") {
        return Err(unexpected(&reply));
    }
    let line = String::from_utf8_lossy(&reply).into_owned();
    let words: Vec<&str> = line.split_whitespace().collect();
    let digits = match words.as_slice() {
        [_, digits] if digits.len() == 14 && digits.bytes().all(|b| b.is_ascii_digit()) => digits,
        _ => return Err(error("NNTPDataError", &line)),
    };
    let number = |at: usize, n: usize| digits[at..at + n].parse().unwrap_or(0);
    let [year, month, day] = [number(0, 4), number(4, 2), number(6, 2)];
    let [hour, minute, second] = [number(8, 2), number(10, 2), number(12, 2)];
    match Date::of(year, month, day, hour, minute, second) {
        Some(date) => Ok(tuple(&[decoded(&reply), datetime(date)])),
        None => Err(format!(
            "ValueError: {}",
            match (month, hour, minute) {
                (0 | 13.., ..) => "month must be in 1..12",
                (_, 24.., _) => "hour must be in 0..23",
                (_, _, 60..) => "minute must be in 0..59",
                _ if second > 59 => "second must be in 0..59",
                _ => "day is out of range for month",
            }
        )),
    }
}

/// Seconds are not shown if they are zero.
pub(super) fn datetime(date: Date) -> String {
    let c = date.civil();
    let second = if c.second == 0 { String::new() } else { format!(", {}", c.second) };
    format!(
        "datetime.datetime({}, {}, {}, {}, {}{second})",
        c.year, c.month, c.day, c.hour, c.minute
    )
}

/// The reply, and what is made of each line.
fn with_lines(exchange: &Exchange<'_>, show: impl Fn(&[u8]) -> Value) -> Value {
    let (reply, lines) = long(exchange)?;
    let lines: Result<Vec<String>, String> = lines.iter().map(|line| show(line)).collect();
    Ok(tuple(&[decoded(&reply), list(&lines?)]))
}

/// The words of a line, shown as strings.
fn split(line: &[u8]) -> Vec<String> {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.map(decoded).collect()
}

/// Number and message-id of a reply about an article.
fn numbered(reply: &[u8]) -> Result<[String; 2], String> {
    if !reply.starts_with(b"22") {
        return Err(unexpected(reply));
    }
    let line = String::from_utf8_lossy(reply).into_owned();
    let mut words = line.split_whitespace().skip(1);
    let missing = "IndexError: list index out of range";
    let number = int(words.next().ok_or(missing)?)?;
    Ok([number, text(words.next().ok_or(missing)?)])
}

pub(super) fn int(word: &str) -> Result<String, String> {
    word.trim()
        .parse()
        .map(|number: i64| number.to_string())
        .map_err(|_| format!("ValueError: invalid literal for int() with base 10: {}", text(word)))
}
