//! Methods that move data.

use super::super::table;
use super::active::{is_passive, listened};
use super::dialogue::{asked, command, commanded, done, odd, passive, response};
use crate::machine::Direction;
use crate::python::literal::{bytes, list, strings, text, tuple};
use crate::python::{Exchange, Next, Step, Talk};
use crate::table::Takes;
use crate::text::split_verb;

pub(super) fn retrlines(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let (mut lines, reply) = lines(talk, step.args[0].clone())?;
        if !matches!(step.args[1].as_str(), "" | "None" | "print") {
            lines.clear();
        }
        Ok(lines + &text(&reply))
    })
}

/// A listing of one directory, or of the working directory, made into a value.
pub(super) fn listing(step: &Step<'_>, verb: &str, value: fn(&str) -> String) -> Next {
    Talk::run(step, |talk| {
        let (lines, _) = lines(talk, with_path(verb, &step.args[0]))?;
        Ok(value(&lines))
    })
}

pub(super) fn mlsd(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let facts = strings(&step.args[1]);
        if !facts.is_empty() {
            asked(talk, format!("OPTS MLST {};", facts.join(";")))?;
        }
        let (lines, _) = lines(talk, with_path("MLSD", &step.args[0]))?;
        Ok(list(&lines.lines().map(entry).collect::<Vec<_>>()))
    })
}

pub(super) fn retrbinary(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        commanded(talk, "TYPE I".into())?;
        let transfer = begin(talk, step.args[0].clone(), &step.args[3], "")?;
        Ok(text(&finish(transfer)?))
    })
}

pub(super) fn storlines(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        commanded(talk, "TYPE A".into())?;
        let mut lines = step.args[1].clone();
        if !lines.is_empty() && !lines.ends_with('\n') {
            lines.push('\n');
        }
        let transfer = begin(talk, step.args[0].clone(), "", &lines)?;
        Ok(text(&finish(transfer)?))
    })
}

pub(super) fn storbinary(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        commanded(talk, "TYPE I".into())?;
        let transfer = begin(talk, step.args[0].clone(), &step.args[4], &step.args[1])?;
        Ok(text(&finish(transfer)?))
    })
}

pub(super) fn transfercmd(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let transfer = begin(talk, step.args[0].clone(), &step.args[1], "")?;
        if is_upload(&step.args[0]) {
            return Ok("None".into());
        }
        Ok(bytes(&transfer.content()))
    })
}

pub(super) fn ntransfercmd(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let transfer = begin(talk, step.args[0].clone(), &step.args[1], "")?;
        let reply = transfer.replies().first().cloned().unwrap_or_default();
        let told = reply.strip_prefix("150").and_then(|_| told_size(&reply));
        Ok(told.unwrap_or("None").into())
    })
}

/// Whether the client sends the data.
pub(super) fn is_upload(command: &str) -> bool {
    let verb = table::TABLE.verb(split_verb(command).0);
    verb.and_then(table::moves_data) == Some(true)
}

/// Text in TYPE A: its lines as they are printed, and the final reply.
fn lines(talk: &mut Talk<'_>, cmd: String) -> Result<(String, String), Next> {
    asked(talk, "TYPE A".into())?;
    let transfer = begin(talk, cmd, "", "")?;
    let (kept, octets) = transfer.data(Direction::Received);
    let mut lines = decoded(&kept)?;
    if kept.len() as u64 != octets {
        lines += &format!("\u{2026} ({octets} octets in all)\n");
    }
    Ok((lines, finish(transfer)?))
}

/// The data connection, a restart if one is wanted, the command, and the content of an upload.
fn begin<'a>(
    talk: &mut Talk<'a>,
    cmd: String,
    rest: &str,
    upload: &str,
) -> Result<&'a Exchange<'a>, Next> {
    if is_passive(talk.step) {
        let (exchange, _) = passive(talk)?;
        if let Some(Err(why)) = exchange.opened() {
            return Err(Next::Raise(format!("OSError: {why}")));
        }
    } else {
        listened(talk)?;
    }
    if !matches!(rest, "" | "None") {
        asked(talk, format!("REST {rest}"))?;
    }
    let transfer = talk.ask(command(cmd))?;
    let replies = transfer.replies();
    let mut reply = response(replies.first()).map_err(Next::Raise)?;
    if reply.starts_with('2') {
        reply = response(replies.get(1)).map_err(Next::Raise)?;
    }
    if !reply.starts_with('1') {
        return Err(Next::Raise(odd(&reply)));
    }
    if talk.step.client.state().takes == Takes::Content {
        return Err(Next::Send(upload.into()));
    }
    Ok(transfer)
}

/// The final reply.
fn finish(transfer: &Exchange<'_>) -> Result<String, Next> {
    let replies = transfer.replies();
    let begun = replies.iter().position(|reply| reply.starts_with('1')).unwrap_or(0);
    done(replies.get(begun + 1)).map_err(Next::Raise)
}

fn with_path(verb: &str, path: &str) -> String {
    if path.is_empty() { verb.into() } else { format!("{verb} {path}") }
}

/// A file opened as text gives every kind of line end as LF, and wants UTF-8.
fn decoded(octets: &[u8]) -> Result<String, Next> {
    let text = core::str::from_utf8(octets).map_err(|error| {
        let at = error.valid_up_to();
        let why = match (error.error_len(), octets[at]) {
            (None, _) => "unexpected end of data",
            (_, 0x80..=0xc1 | 0xf5..) => "invalid start byte",
            _ => "invalid continuation byte",
        };
        Next::Raise(format!(
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0x{:02x} in position {at}: {why}",
            octets[at]
        ))
    })?;
    let mut lines = text.replace("\r\n", "\n").replace('\r', "\n");
    if !lines.is_empty() && !lines.ends_with('\n') {
        lines.push('\n');
    }
    Ok(lines)
}

/// A line of MLSD as name and facts.
fn entry(line: &str) -> String {
    let (facts, name) = line.split_once(' ').unwrap_or((line, ""));
    let mut end = facts.chars();
    end.next_back();
    let facts = end.as_str().split(';').map(|fact| {
        let (key, value) = fact.split_once('=').unwrap_or((fact, ""));
        format!("{}: {}", text(&key.to_lowercase()), text(value))
    });
    let facts = format!("{{{}}}", facts.collect::<Vec<_>>().join(", "));
    tuple(&[text(name), facts])
}

/// The size that a server may tell in its reply 150.
fn told_size(reply: &str) -> Option<&str> {
    let lower = reply.to_ascii_lowercase();
    let end = lower.rfind(" bytes)")?;
    let start = lower[..end].rfind(" (")? + 2;
    let digits = &reply[start..end];
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}
