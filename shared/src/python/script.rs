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
        let mut line = module.line(play.action, &play.args, masked, result);
        if masked {
            let sent = &entries[play.range.clone()];
            line.code = without_secrets(line.code, sent);
            line.python2 = line.python2.map(|code| without_secrets(code, sent));
        }
        calls.push(Call { range: play.range.clone(), line: Some(line), running });
        at = play.range.end;
    }
    typed(at..entries.len(), &mut calls);
    calls
}

/// What the wire has as a secret is one in the call that sent it too, however it is quoted there.
fn without_secrets(mut code: String, sent: &[Entry]) -> String {
    let wires = sent.iter().filter(|entry| matches!(entry.kind, Kind::Sent(_)));
    for wire in wires.filter_map(Entry::wire) {
        for span in wire.spans.iter().filter(|span| span.secret) {
            let octets = &wire.bytes[span.range()];
            let text = String::from_utf8_lossy(octets);
            for shown in [&literal::bytes(octets)[1..], &literal::text(&text)] {
                let plain = shown[1..shown.len() - 1].replace("\\'", "'");
                for secret in [plain.replace('\'', "\\'"), plain] {
                    if !secret.is_empty() {
                        code = code.replace(&secret, "********");
                    }
                }
            }
        }
    }
    code
}

/// A script that does what was done in a session, and prints what each call gives.
pub fn script(
    module: &Module,
    dialect: Dialect,
    server: (&str, u16),
    calls: &[Call],
    entries: &[Entry],
    masked: bool,
) -> String {
    if dialect == Dialect::Sockets {
        return sockets(server, entries, masked);
    }
    let old = dialect == Dialect::Python2;
    let spelled = |code: &str| if old { spelling::python2(code) } else { code.to_owned() };
    let lines = calls.iter().filter_map(|call| call.line.as_ref());
    let code = lines.map(|line| line.python2.as_deref().filter(|_| old).unwrap_or(&line.code));
    let used: String = code.map(|code| spelled(code) + "\n").collect();
    let mut out = module.preamble.map_or_else(String::new, |preamble| preamble(dialect));
    out += &needed(&spelled(&(module.open)(server.0, server.1)), module.object, used);
    out += &module.setup.map_or_else(String::new, |setup| setup(entries));
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
            Some(class) => {
                // Without a text the prompt shows the class alone.
                let end = if exception.contains(':') { ":', error" } else { "'" };
                format!(
                    "try:\n    {}\nexcept {class} as error:\n    print('{class}{end})\n",
                    code.replace('\n', "\n    ")
                )
            }
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

/// The main connection octet for octet; of what comes back the lines are counted, and of content the octets, as of
/// a line that is not complete.
fn sockets((host, port): (&str, u16), entries: &[Entry], masked: bool) -> String {
    let mut out = format!(
        "import socket\n\nconnection = socket.create_connection(({}, {port}))\nreplies = connection.makefile('rb')\n",
        literal::text(host)
    );
    let (mut lines, mut rest) = (0, 0);
    let read = |lines: &mut usize, rest: &mut usize, out: &mut String| {
        match core::mem::take(lines) {
            0 => {}
            1 => out.push_str("print(replies.readline())\n"),
            n => out.push_str(&format!("for _ in range({n}):\n    print(replies.readline())\n")),
        }
        match core::mem::take(rest) {
            0 => {}
            n => out.push_str(&format!("print(replies.read({n}))\n")),
        }
    };
    for entry in entries.iter().filter(|entry| entry.conn == Conn::MAIN) {
        match &entry.kind {
            Kind::Sent(wire) => {
                read(&mut lines, &mut rest, &mut out);
                let octets = if masked { wire.masked() } else { wire.bytes.clone() };
                out.push_str(&format!("connection.sendall({})\n", literal::bytes(&octets)));
            }
            Kind::Received(wire) => {
                let ends = wire.bytes.iter().filter(|b| **b == b'\n').count();
                let last = wire.bytes.iter().rev().take_while(|b| **b != b'\n').count();
                rest = if ends == 0 { rest + last } else { last };
                lines += ends;
            }
            Kind::Data { direction: Direction::Received, octets, .. } => {
                read(&mut lines, &mut rest, &mut out);
                out.push_str(&format!("print(replies.read({octets}))\n"));
            }
            Kind::Data { direction: Direction::Sent, head, octets } => {
                read(&mut lines, &mut rest, &mut out);
                out.push_str(&match head.len() as u64 == *octets {
                    true => format!("connection.sendall({})\n", literal::bytes(head)),
                    false => "connection.sendall(open('content', 'rb').read())\n".to_owned(),
                });
            }
            _ => {}
        }
    }
    read(&mut lines, &mut rest, &mut out);
    out
}
