//! A session as calls of Python, and as a script that makes them.

use core::ops::Range;

use super::exchange::{exchanges_beside, joined};
use super::{Action, Line, Module};
use super::{literal, spelling};
use crate::machine::{Conn, Direction};
use crate::transcript::{Entry, Kind};

/// An action that was played in a session.
#[derive(Clone)]
pub struct Played {
    pub action: &'static Action,
    pub args: Vec<String>,
    /// Its entries in the transcript.
    pub range: Range<usize>,
    /// `None` while it goes on.
    pub result: Option<Result<String, String>>,
}

/// A call and the entries that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub range: Range<usize>,
    /// `None`: no call of the module does what was sent here.
    pub line: Option<Line>,
    /// Neither a result nor an exception so far.
    pub running: bool,
}

/// How a script is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Python3,
    /// As the lecture has it.
    Python2,
    /// The same octets without the module, for Pythons that have lost it.
    Sockets,
}

/// The calls that make this transcript: those that were played, and for what was typed those that come to the same.
pub fn calls(module: &Module, entries: &[Entry], played: &[&Played], masked: bool) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut at = 0;
    let typed = |range: Range<usize>, calls: &mut Vec<Call>| {
        let all = exchanges_beside(entries, range, played, masked);
        for exchange in joined(all, |exchange| module.joins.is_some_and(|joins| joins(exchange))) {
            let line = (module.typed)(&exchange);
            calls.push(Call { range: exchange.range.clone(), line, running: false });
        }
    };
    for play in played {
        typed(at..play.range.start.max(at), &mut calls);
        let running = play.result.is_none();
        let result = play.result.clone().unwrap_or(Ok(String::new()));
        let line = Some(module.line(play.action, &play.args, masked, result));
        calls.push(Call { range: play.range.clone(), line, running });
        at = play.range.end;
    }
    typed(at..entries.len(), &mut calls);
    calls
}

/// A script that does what was done in a session, and prints what each call gives.
pub fn script(
    module: &Module,
    dialect: Dialect,
    server: (&str, u16),
    calls: &[Call],
    entries: &[Entry],
) -> String {
    if dialect == Dialect::Sockets {
        return sockets(server, entries);
    }
    let old = dialect == Dialect::Python2;
    let spelled = |code: &str| if old { spelling::python2(code) } else { code.to_owned() };
    let lines = calls.iter().filter_map(|call| call.line.as_ref());
    let code = lines.map(|line| line.python2.as_deref().filter(|_| old).unwrap_or(&line.code));
    let used: String = code.map(|code| spelled(code) + "\n").collect();
    let mut out = needed(&spelled(&(module.open)(server.0, server.1)), module.object, used);
    for call in calls {
        out.push_str(&match &call.line {
            Some(line) if old => statement2(module, line, call.running),
            Some(line) => statement3(line, call.running),
            None => format!(
                "# No call of {} does what was sent in line {}.\n",
                module.name,
                call.range.start + 1
            ),
        });
    }
    match old && !out.is_ascii() {
        true => format!("# -*- coding: utf-8 -*-\n{out}"),
        false => out,
    }
}

fn statement3(Line { code, result, .. }: &Line, running: bool) -> String {
    match result {
        Ok(value) if value.is_empty() && !running => format!("{code}\n"),
        Ok(_) => printed(code, Dialect::Python3),
        Err(exception) => match class(exception) {
            Some(class) => format!(
                "try:\n    {}\nexcept {class} as error:\n    print('{class}:', error)\n",
                code.replace('\n', "\n    ")
            ),
            // What the page did not do, Python may do.
            None => printed(code, Dialect::Python3),
        },
    }
}

fn statement2(module: &Module, line: &Line, running: bool) -> String {
    let code = match &line.python2 {
        Some(code) if code.is_empty() => {
            return format!("# {} of Python 2 has no call for this.\n", module.python2);
        }
        Some(code) => spelling::python2(code),
        None => spelling::python2(&line.code),
    };
    match &line.result {
        Ok(value) if value.is_empty() && !running => format!("{code}\n"),
        Ok(_) => printed(&code, Dialect::Python2),
        // Its classes have other names here and there.
        Err(_) => format!(
            "try:\n    {}\nexcept Exception, error:\n    print repr(error)\n",
            code.replace('\n', "\n    ")
        ),
    }
}

/// The lines that make the object, without imports and variables that nothing uses.
fn needed(open: &str, object: &str, mut used: String) -> String {
    let mut kept = Vec::new();
    for line in open.lines().rev() {
        let import = line.strip_prefix("import ").map(|module| format!("{module}."));
        let variable = line.split_once(" = ").map(|(name, _)| name.to_owned());
        let name = import.or(variable.filter(|name| name != object));
        if name.is_none_or(|name| used.contains(&name)) {
            used.push_str(line);
            kept.push(format!("{line}\n"));
        }
    }
    kept.into_iter().rev().collect()
}

/// The class of an exception as the prompt shows it.
fn class(exception: &str) -> Option<&str> {
    let class = exception.split([':', '\n']).next()?;
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    (!class.is_empty() && class.chars().all(name)).then_some(class)
}

/// The code with its value printed as the prompt would show it: that of its last line.
pub fn printed(code: &str, dialect: Dialect) -> String {
    let (before, last) = code.rsplit_once('\n').unwrap_or(("", code));
    let end = if before.is_empty() { "" } else { "\n" };
    match dialect {
        Dialect::Python2 => format!("{before}{end}print repr({last})\n"),
        _ => format!("{before}{end}print(repr({last}))\n"),
    }
}

/// The main connection octet for octet; of what comes back the lines are counted, and of content the octets.
fn sockets((host, port): (&str, u16), entries: &[Entry]) -> String {
    let mut out = format!(
        "import socket\n\nconnection = socket.create_connection(({}, {port}))\nreplies = connection.makefile('rb')\n",
        literal::text(host)
    );
    let mut lines = 0;
    let read = |lines: &mut usize, out: &mut String| match core::mem::take(lines) {
        0 => {}
        1 => out.push_str("print(replies.readline())\n"),
        n => out.push_str(&format!("for _ in range({n}):\n    print(replies.readline())\n")),
    };
    for entry in entries.iter().filter(|entry| entry.conn == Conn::MAIN) {
        match &entry.kind {
            Kind::Sent(wire) => {
                read(&mut lines, &mut out);
                out.push_str(&format!("connection.sendall({})\n", literal::bytes(&wire.bytes)));
            }
            Kind::Received(wire) => lines += wire.bytes.iter().filter(|b| **b == b'\n').count(),
            Kind::Data { direction: Direction::Received, octets, .. } => {
                read(&mut lines, &mut out);
                out.push_str(&format!("print(replies.read({octets}))\n"));
            }
            Kind::Data { direction: Direction::Sent, head, octets } => {
                read(&mut lines, &mut out);
                out.push_str(&match head.len() as u64 == *octets {
                    true => format!("connection.sendall({})\n", literal::bytes(head)),
                    false => "connection.sendall(open('content', 'rb').read())\n".to_owned(),
                });
            }
            _ => {}
        }
    }
    read(&mut lines, &mut out);
    out
}
