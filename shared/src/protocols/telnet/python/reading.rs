//! The methods that read: as much of the text as nobody has read before.

use core::time::Duration;

use super::pattern::Pattern;
use super::reader::{Blocked, Reader};
use super::{list, no_literal, octets};
use crate::machine::Conn;
use crate::python::literal::{bytes, tuple};
use crate::python::{Next, Played, Step};
use crate::transcript::{Entry, Kind};

/// The pause before a method that does not wait.
const PAUSE: Duration = Duration::from_millis(500);

/// Why a method has no value yet, or will have none.
pub(super) enum Stop {
    /// More must come, or so much time must pass.
    Wait(Option<Duration>),
    Raise(String),
}

type Read = fn(&mut Reader, &Step<'_>) -> Result<String, Stop>;

/// A method that reads, from the state that the calls before it have left.
pub(super) fn next(step: &Step<'_>, read: Read) -> Next {
    let earlier: Vec<&Played> = step.earlier.iter().collect();
    let mut reader = state(step.session, &earlier, step.session.len());
    match read(&mut reader, step) {
        Ok(value) => Next::Return(value),
        Err(Stop::Wait(limit)) => Next::Wait(limit),
        Err(Stop::Raise(exception)) => Next::Raise(exception),
    }
}

/// What the calls before `upto` have left. The call that stands for a typed line reads what came before the line; what
/// comes behind it is left to the methods that follow.
pub(super) fn state(session: &[Entry], played: &[&Played], upto: usize) -> Reader {
    let (mut reader, mut whole, mut taken) = (Reader::default(), Reader::default(), 0);
    let mut played = played.iter().filter(|played| played.range.end <= upto).peekable();
    for at in 0..=upto {
        while let Some(play) = played.next_if(|play| play.range.end == at) {
            taken += apply(&mut reader, play);
        }
        let Some(entry) = session[..upto].get(at).filter(|entry| entry.conn == Conn::MAIN) else {
            continue;
        };
        reader.arrives(entry);
        match &entry.kind {
            Kind::Received(wire) => whole.take(&wire.bytes),
            Kind::Sent(wire) if !wire.by_itself => {
                let of_method = played.peek().is_some_and(|play| play.range.contains(&at));
                if !of_method {
                    reader.skip(whole.cooked.len().saturating_sub(taken));
                    taken = whole.cooked.len();
                }
            }
            _ => {}
        }
    }
    reader
}

/// A call once more; gives how much text it has read.
fn apply(reader: &mut Reader, play: &Played) -> usize {
    let value = match &play.result {
        Some(Ok(value)) => value,
        Some(Err(exception)) => {
            reader.eof |= exception.starts_with("EOFError");
            return 0;
        }
        None => return 0,
    };
    match play.action.method {
        "read_sb_data" => reader.parameters().clear(),
        "process_rawq" => reader.process(),
        // It has not blocked before.
        "fill_rawq" => reader.fill().unwrap_or_default(),
        "rawq_getchar" => drop(reader.raw()),
        method if method == "expect" || method.starts_with("read_") => {
            let read = match value.strip_prefix("(-1, None, ") {
                Some(text) => octets(text.trim_end_matches(')')).map_or(0, |text| text.len()),
                None if method == "expect" => span_end(value),
                None => octets(value).map_or(0, |text| text.len()),
            };
            reader.skip(read);
            if method == "read_very_eager" {
                reader.drain();
            }
            // Only the end makes these stop without text.
            reader.eof |= method == "read_all" || (method == "read_some" && read == 0);
            return read;
        }
        _ => {}
    }
    0
}

/// The second number of `span=(3, 8)`, up to which the text was read.
fn span_end(value: &str) -> usize {
    let span = value.split_once("span=(").and_then(|(_, rest)| rest.split_once(')'));
    let end = span.and_then(|(span, _)| span.split_once(", "));
    end.and_then(|(_, end)| end.parse().ok()).unwrap_or_default()
}

pub(super) fn read_until(reader: &mut Reader, step: &Step<'_>) -> Result<String, Stop> {
    let wanted = octets(&step.args[0])
        .ok_or_else(|| Stop::Raise(no_literal(&step.args[0], "b'login: '")))?;
    let limit = timeout(&step.args[1])?;
    reader.process();
    loop {
        if let Some(at) = find(&reader.cooked, &wanted) {
            return Ok(bytes(&reader.cut(at + wanted.len())));
        }
        if reader.eof || !more(reader, limit, step.waited)? {
            return lazy(reader);
        }
        reader.process();
    }
}

pub(super) fn expect(reader: &mut Reader, step: &Step<'_>) -> Result<String, Stop> {
    let wanted = list(&step.args[0])
        .ok_or_else(|| Stop::Raise(no_literal(&step.args[0], "[b'ogin: ', b'assword: ']")))?;
    let not_known = |why: String| Stop::Raise(format!("Not played: {why}."));
    let patterns: Result<Vec<Pattern>, String> =
        wanted.iter().map(|pattern| Pattern::read(pattern)).collect();
    let patterns = patterns.map_err(not_known)?;
    let limit = timeout(&step.args[1])?;
    while !reader.eof {
        reader.process();
        for (n, pattern) in patterns.iter().enumerate() {
            if let Some(found) = pattern.search(&reader.cooked).map_err(not_known)? {
                let text = reader.cut(found.end);
                let matched: String = bytes(&text[found.clone()]).chars().take(50).collect();
                let (start, end) = (found.start, found.end);
                let shown = format!("<re.Match object; span=({start}, {end}), match={matched}>");
                return Ok(tuple(&[n.to_string(), shown, bytes(&text)]));
            }
        }
        if !more(reader, limit, step.waited)? {
            break;
        }
    }
    match reader.very_lazy() {
        None => Err(closed()),
        Some(text) if text.is_empty() && reader.eof => Err(Stop::Raise("EOFError".into())),
        Some(text) => Ok(tuple(&["-1".into(), "None".into(), bytes(&text)])),
    }
}

pub(super) fn read_all(reader: &mut Reader, _: &Step<'_>) -> Result<String, Stop> {
    reader.process();
    while !reader.eof {
        reader.fill().map_err(blocked)?;
        reader.process();
    }
    Ok(bytes(&core::mem::take(&mut reader.cooked)))
}

pub(super) fn read_some(reader: &mut Reader, step: &Step<'_>) -> Result<String, Stop> {
    pause(step)?;
    reader.process();
    while reader.cooked.is_empty() && !reader.eof {
        reader.fill().map_err(blocked)?;
        reader.process();
    }
    Ok(bytes(&core::mem::take(&mut reader.cooked)))
}

pub(super) fn read_very_eager(reader: &mut Reader, step: &Step<'_>) -> Result<String, Stop> {
    pause(step)?;
    reader.drain();
    lazy(reader)
}

pub(super) fn read_eager(reader: &mut Reader, step: &Step<'_>) -> Result<String, Stop> {
    pause(step)?;
    reader.process();
    while reader.cooked.is_empty() && !reader.eof && reader.fill().is_ok() {
        reader.process();
    }
    lazy(reader)
}

pub(super) fn read_lazy(reader: &mut Reader, _: &Step<'_>) -> Result<String, Stop> {
    reader.process();
    lazy(reader)
}

pub(super) fn read_very_lazy(reader: &mut Reader, _: &Step<'_>) -> Result<String, Stop> {
    lazy(reader)
}

pub(super) fn read_sb_data(reader: &mut Reader, _: &Step<'_>) -> Result<String, Stop> {
    Ok(bytes(&reader.parameters()))
}

pub(super) fn sock_avail(reader: &mut Reader, step: &Step<'_>) -> Result<String, Stop> {
    pause(step)?;
    Ok(if reader.is_available() { "True" } else { "False" }.into())
}

pub(super) fn fill_rawq(reader: &mut Reader, step: &Step<'_>) -> Result<String, Stop> {
    pause(step)?;
    reader.fill().map_err(blocked)?;
    Ok("None".into())
}

pub(super) fn rawq_getchar(reader: &mut Reader, _: &Step<'_>) -> Result<String, Stop> {
    match reader.raw().map_err(blocked)? {
        Some(octet) => Ok(bytes(&[octet])),
        None => Err(Stop::Raise("EOFError".into())),
    }
}

pub(super) fn process_rawq(reader: &mut Reader, _: &Step<'_>) -> Result<String, Stop> {
    reader.process();
    Ok("None".into())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    match wanted {
        [] => Some(0),
        wanted => text.windows(wanted.len()).position(|window| window == wanted),
    }
}

/// Receives more, or waits for it. `false`: the time is over.
fn more(reader: &mut Reader, limit: Option<Duration>, waited: bool) -> Result<bool, Stop> {
    match reader.fill() {
        Ok(()) => Ok(true),
        Err(Blocked) if waited => Ok(false),
        Err(Blocked) => Err(Stop::Wait(limit)),
    }
}

fn lazy(reader: &mut Reader) -> Result<String, Stop> {
    reader.very_lazy().map(|text| bytes(&text)).ok_or_else(closed)
}

fn closed() -> Stop {
    Stop::Raise("EOFError: telnet connection closed".into())
}

fn blocked(_: Blocked) -> Stop {
    Stop::Wait(None)
}

fn pause(step: &Step<'_>) -> Result<(), Stop> {
    if step.waited { Ok(()) } else { Err(Stop::Wait(Some(PAUSE))) }
}

/// Seconds, with or without a fraction.
fn timeout(arg: &str) -> Result<Option<Duration>, Stop> {
    let arg = arg.trim();
    if arg.is_empty() || arg == "None" {
        return Ok(None);
    }
    let wrong = || Stop::Raise(no_literal(arg, "2 or 0.5"));
    let (whole, part) = arg.split_once('.').unwrap_or((arg, ""));
    let digits = |text: &str| text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return Err(wrong());
    }
    let seconds: u64 = format!("0{whole}").parse().map_err(|_| wrong())?;
    let micros: u64 = format!("{part:0<6}").parse().map_err(|_| wrong())?;
    Ok(Some(Duration::from_micros(seconds * 1_000_000 + micros)))
}
