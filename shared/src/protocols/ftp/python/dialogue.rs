//! Methods that need nothing but the command connection.

use super::super::table;
use crate::python::literal::{list, text, tuple};
use crate::python::{Exchange, Next, Step, Talk};
use crate::text::split_verb;
use crate::transcript::{Entry, Kind};

/// A reply as `getresp` gives it, or the exception that it raises.
pub(super) fn response(reply: Option<&String>) -> Result<String, String> {
    let Some(reply) = reply else { return Err("EOFError".into()) };
    match reply.bytes().next() {
        Some(b'1'..=b'3') => Ok(reply.clone()),
        Some(b'4') => Err(format!("ftplib.error_temp: {reply}")),
        Some(b'5') => Err(format!("ftplib.error_perm: {reply}")),
        _ => Err(format!("ftplib.error_proto: {reply}")),
    }
}

/// A reply as `voidresp` gives it.
pub(super) fn done(reply: Option<&String>) -> Result<String, String> {
    let reply = response(reply)?;
    if reply.starts_with('2') { Ok(reply) } else { Err(odd(&reply)) }
}

/// A reply that the method cannot use.
pub(super) fn odd(reply: &str) -> String {
    format!("ftplib.error_reply: {reply}")
}

/// The first reply; lines whose code no outcome has are one to Python.
pub(super) fn first(exchange: &Exchange<'_>) -> Option<String> {
    let lines = exchange.lines();
    let lines = lines.iter().map(|line| String::from_utf8_lossy(line).into_owned());
    let odd = || lines.collect::<Vec<_>>().join("\n");
    exchange.replies().into_iter().next().or_else(|| Some(odd()).filter(|odd| !odd.is_empty()))
}

/// A command as it goes out: raw if the lab has no such command.
pub(super) fn command(text: String) -> Next {
    let known = table::TABLE.verb(split_verb(&text).0).is_some_and(|v| !v.name.starts_with('('));
    if text.contains(['\r', '\n']) {
        Next::Raise("ValueError: an illegal newline character should not be contained".into())
    } else if known {
        Next::Send(text)
    } else {
        Next::Raw(text)
    }
}

/// `sendcmd` inside of a method.
pub(super) fn asked(talk: &mut Talk<'_>, text: String) -> Result<String, Next> {
    let exchange = talk.ask(command(text))?;
    response(first(exchange).as_ref()).map_err(Next::Raise)
}

/// `voidcmd` inside of a method.
pub(super) fn commanded(talk: &mut Talk<'_>, text: String) -> Result<String, Next> {
    let exchange = talk.ask(command(text))?;
    done(first(exchange).as_ref()).map_err(Next::Raise)
}

pub(super) fn sendcmd(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| Ok(text(&asked(talk, step.args[0].clone())?)))
}

pub(super) fn void(step: &Step<'_>, command: String) -> Next {
    Talk::run(step, |talk| Ok(text(&commanded(talk, command)?)))
}

pub(super) fn login(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let user = if step.args[0].is_empty() { "anonymous" } else { &step.args[0] };
        let mail = user == "anonymous" && matches!(step.args[1].as_str(), "" | "-");
        let mut reply = asked(talk, format!("USER {user}"))?;
        if reply.starts_with('3') {
            let mail = if mail { "anonymous@" } else { "" };
            reply = asked(talk, format!("PASS {}{mail}", step.args[1]))?;
        }
        if reply.starts_with('3') {
            reply = asked(talk, format!("ACCT {}", step.args[2]))?;
        }
        if reply.starts_with('2') { Ok(text(&reply)) } else { Err(Next::Raise(odd(&reply))) }
    })
}

pub(super) fn cwd(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let mut folder = step.args[0].as_str();
        if folder == ".." {
            let exchange = talk.ask(command("CDUP".into()))?;
            let reply = first(exchange);
            if !reply.as_ref().is_some_and(|reply| reply.starts_with("500")) {
                return done(reply.as_ref()).map(|reply| text(&reply)).map_err(Next::Raise);
            }
        } else if folder.is_empty() {
            folder = ".";
        }
        Ok(text(&commanded(talk, format!("CWD {folder}"))?))
    })
}

pub(super) fn delete(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let reply = asked(talk, format!("DELE {}", step.args[0]))?;
        match reply.starts_with("250") || reply.starts_with("200") {
            true => Ok(text(&reply)),
            false => Err(Next::Raise(odd(&reply))),
        }
    })
}

pub(super) fn rename(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let reply = asked(talk, format!("RNFR {}", step.args[0]))?;
        if !reply.starts_with('3') {
            return Err(Next::Raise(odd(&reply)));
        }
        Ok(text(&commanded(talk, format!("RNTO {}", step.args[1]))?))
    })
}

pub(super) fn size(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let reply = asked(talk, format!("SIZE {}", step.args[0]))?;
        sized(&reply).map_err(Next::Raise)
    })
}

/// The number of a reply 213.
pub(super) fn sized(reply: &str) -> Result<String, String> {
    let Some(digits) = reply.strip_prefix("213").map(str::trim) else { return Ok("None".into()) };
    match digits.parse::<u64>() {
        Ok(size) => Ok(size.to_string()),
        Err(_) => {
            Err(format!("ValueError: invalid literal for int() with base 10: {}", text(digits)))
        }
    }
}

/// A command whose reply 257 names a path.
pub(super) fn path(step: &Step<'_>, command: String) -> Next {
    Talk::run(step, |talk| Ok(quoted(&commanded(talk, command)?)))
}

/// The path of a reply 257: in quotation marks, which are doubled inside.
pub(super) fn quoted(reply: &str) -> String {
    let mut path = String::new();
    let mut rest = reply.strip_prefix("257 \"").unwrap_or_default().chars().peekable();
    while let Some(c) = rest.next() {
        if c == '"' && rest.next_if_eq(&'"').is_none() {
            break;
        }
        path.push(c);
    }
    text(&path)
}

pub(super) fn makepasv(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let (_, port) = passive(talk)?;
        let main = step.session.iter().find_map(|entry| match &entry.kind {
            Kind::Opened { peer, .. } => Some(peer.ip().to_canonical().to_string()),
            _ => None,
        });
        Ok(tuple(&[text(&main.unwrap_or_default()), port.to_string()]))
    })
}

/// Sends PASV; gives what came of it, and the port that the reply tells.
pub(super) fn passive<'a>(talk: &mut Talk<'a>) -> Result<(&'a Exchange<'a>, u32), Next> {
    let exchange = talk.ask(Next::Send("PASV".into()))?;
    let reply = response(first(exchange).as_ref()).map_err(Next::Raise)?;
    if !reply.starts_with("227") {
        return Err(Next::Raise(odd(&reply)));
    }
    match announced(&reply) {
        Some(port) => Ok((exchange, port)),
        None => Err(Next::Raise(format!("ftplib.error_proto: {reply}"))),
    }
}

/// The port of a reply 227: the fifth and the sixth of six numbers, wherever they stand.
fn announced(reply: &str) -> Option<u32> {
    let words = reply.split(|c: char| !c.is_ascii_digit() && c != ',');
    words.into_iter().find_map(|word| {
        let numbers: Option<Vec<u32>> = word.split(',').map(|n| n.parse().ok()).collect();
        let numbers = numbers.filter(|numbers| numbers.len() >= 6)?;
        numbers[4].checked_mul(256)?.checked_add(numbers[5])
    })
}

pub(super) fn abort(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| {
        let exchange = talk.ask(Next::Send("ABOR".into()))?;
        match first(exchange) {
            Some(reply) if ["426", "225", "226"].iter().any(|code| reply.starts_with(code)) => {
                Ok(text(&reply))
            }
            Some(reply) => Err(Next::Raise(format!("ftplib.error_proto: {reply}"))),
            None => Err(Next::Raise("EOFError".into())),
        }
    })
}

pub(super) fn put(step: &Step<'_>) -> Next {
    Talk::run(step, |talk| talk.ask(command(step.args[0].clone())).map(|_| "None".into()))
}

pub(super) fn getresp(step: &Step<'_>) -> Next {
    ended(response(unread(step).first()).map(|reply| text(&reply)))
}

pub(super) fn voidresp(step: &Step<'_>) -> Next {
    ended(done(unread(step).first()).map(|reply| text(&reply)))
}

pub(super) fn getmultiline(step: &Step<'_>) -> Next {
    ended(unread(step).first().map(|reply| text(reply)).ok_or_else(|| "EOFError".into()))
}

pub(super) fn getline(step: &Step<'_>) -> Next {
    let unread = unread(step);
    let line = unread.first().and_then(|reply| reply.lines().next());
    ended(line.map(text).ok_or_else(|| "EOFError".into()))
}

pub(super) fn getwelcome(step: &Step<'_>) -> Next {
    let first = step.session.iter().find(|entry| matches!(entry.kind, Kind::Received(_)));
    let bytes = first.and_then(Entry::wire).map(|wire| wire.bytes.as_slice()).unwrap_or_default();
    Next::Return(text(String::from_utf8_lossy(bytes).replace("\r\n", "\n").trim_end()))
}

fn ended(result: Result<String, String>) -> Next {
    match result {
        Ok(value) => Next::Return(value),
        Err(exception) => Next::Raise(exception),
    }
}

/// The replies to the command that was sent last: if it was sent with `putcmd`, nobody has read them.
fn unread(step: &Step<'_>) -> Vec<String> {
    let exchanges = crate::python::exchanges(step.session, 0..step.session.len(), false);
    exchanges.last().map(Exchange::replies).unwrap_or_default()
}

/// The names of a listing.
pub(super) fn names(lines: &str) -> String {
    list(&lines.lines().map(text).collect::<Vec<_>>())
}
