//! `poplib`: what its methods send, and what they give back.

use super::client::apop_digest;
use crate::explain::Outcome;
use crate::python::literal::{bytes, list, text, tuple};
use crate::python::{Action, Exchange, Line, Module, Next, Param, Step};
use crate::text::{dot, split_verb};
use crate::transcript::{Entry, Kind};

pub(super) static MODULE: Module = Module {
    name: "poplib",
    python2: "poplib",
    note: "",
    object: "pop",
    preamble: None,
    setup: None,
    class: "POP3",
    constructor: None,
    port_in_constructor: true,
    login: &["user", "pass_"],
    open: |host, port| format!("import poplib\n\npop = poplib.POP3({}, {port})\n", text(host)),
    actions: ACTIONS,
    typed,
    joins: None,
    made_up: None,
};

const WHICH: Param = Param::plain("which", "1");
const ALL_OR_ONE: Param = Param::plain("which", "");
const USER: Param = Param::text("user", "student");

/// Python 2 has no method for it.
const CAPA2: &str = "pop._longcmd('CAPA')";

const ACTIONS: &[Action] = &[
    Action::new("user", "Names the mailbox.", &[USER], |step| {
        short(step, format!("USER {}", step.args[0]))
    })
    .lecture()
    .after(&[]),
    Action::new(
        "pass_",
        "Gives the password. The underscore is there because pass is a keyword of Python.",
        &[Param::secret("pswd", "lab-secret")],
        |step| short(step, format!("PASS {}", step.args[0])),
    )
    .lecture()
    .after(&["user"]),
    Action::new("stat", "How many messages there are, and of how many octets.", &[], |step| {
        asked(step, "STAT".into(), numbers)
    })
    .lecture(),
    Action::new("list", "Number and size of every message, or of one.", &[ALL_OR_ONE], |step| {
        listing(step, "LIST")
    })
    .lecture(),
    Action::new("retr", "Fetches a message: the reply, its lines, its octets.", &[WHICH], |step| {
        asked(step, format!("RETR {}", step.args[0]), block)
    })
    .lecture(),
    Action::new("dele", "Marks a message; quit() deletes it.", &[WHICH], |step| {
        short(step, format!("DELE {}", step.args[0]))
    })
    .lecture(),
    Action::new("quit", "Ends the session, and deletes what is marked.", &[], |step| {
        short(step, "QUIT".into())
    })
    .lecture(),
    Action::new("getwelcome", "The greeting, read when the object was made.", &[], |step| {
        Next::Return(bytes(greeting(step).as_bytes()))
    })
    .after(&[]),
    Action::new("capa", "What the server can do beyond the basic commands.", &[], |step| {
        asked(step, "CAPA".into(), capabilities)
    })
    .python2(|_| CAPA2.into()),
    Action::new(
        "top",
        "The header of a message and the first lines of its body.",
        &[WHICH, Param::plain("howmuch", "3")],
        |step| asked(step, format!("TOP {} {}", step.args[0], step.args[1]), block),
    ),
    Action::new("uidl", "The unique id of every message, or of one.", &[ALL_OR_ONE], |step| {
        listing(step, "UIDL")
    }),
    Action::new("rset", "Takes back every mark of dele().", &[], |step| short(step, "RSET".into())),
    Action::new("noop", "Does nothing, and keeps the session alive.", &[], |step| {
        short(step, "NOOP".into())
    }),
    Action::new(
        "apop",
        "Logs in with a digest in place of the password.",
        &[USER, Param::secret("password", "lab-secret")],
        apop,
    )
    .after(&[]),
    Action::new("rpop", "A login by host name that servers no longer know.", &[USER], |step| {
        unknown(step, format!("RPOP {}", step.args[0]))
    })
    .after(&[]),
    Action::new("utf8", "Asks for UTF-8 in names and headers.", &[], |step| {
        unknown(step, "UTF8".into())
    })
    .after(&[])
    .python2(|_| "pop._shortcmd('UTF8')".into()),
    Action::new("close", "Drops the connection without QUIT: nothing is deleted.", &[], |_| {
        Next::Close
    })
    .python2(|_| "(pop.file.close(), pop.sock.close())[1]".into()),
];

type Value = fn(&Exchange<'_>) -> String;

/// One line, one reply, which is the value.
fn short(step: &Step<'_>, command: String) -> Next {
    asked(step, command, reply)
}

/// The same for a command that the lab does not know.
fn unknown(step: &Step<'_>, command: String) -> Next {
    match short(step, command) {
        Next::Send(command) => Next::Raw(command),
        end => end,
    }
}

/// With a number one line is the answer, without one a block.
fn listing(step: &Step<'_>, verb: &str) -> Next {
    match step.args[0].as_str() {
        "" | "None" => asked(step, verb.into(), block),
        which => short(step, format!("{verb} {which}")),
    }
}

/// Sends one command; `value` is made of a reply that says +OK.
fn asked(step: &Step<'_>, command: String, value: Value) -> Next {
    match step.done {
        [] => Next::Send(command),
        [exchange, ..] => match answered(exchange, value) {
            Ok(value) => Next::Return(value),
            Err(exception) => Next::Raise(exception),
        },
    }
}

fn answered(exchange: &Exchange<'_>, value: Value) -> Result<String, String> {
    match exchange.outcome() {
        Some(Outcome::Done | Outcome::More) => Ok(value(exchange)),
        Some(_) => Err(format!("poplib.error_proto: {}", bytes(exchange.reply().as_bytes()))),
        None => Err("poplib.error_proto: -ERR EOF".into()),
    }
}

fn reply(exchange: &Exchange<'_>) -> String {
    bytes(exchange.reply().as_bytes())
}

/// The first two numbers of the reply.
fn numbers(exchange: &Exchange<'_>) -> String {
    let reply = exchange.reply();
    let numbers = reply.split_whitespace().skip(1).take(2).map(String::from);
    tuple(&numbers.collect::<Vec<_>>())
}

/// The reply, the lines without their stuffed dots, and the octets of all lines with their ends.
fn block(exchange: &Exchange<'_>) -> String {
    let lines = dot::unstuffed(&exchange.block());
    let octets: usize = lines.iter().map(|line| line.len() + 2).sum();
    let lines: Vec<String> = lines.iter().map(|line| bytes(line)).collect();
    tuple(&[bytes(exchange.reply().as_bytes()), list(&lines), octets.to_string()])
}

/// A dictionary of names and their words.
fn capabilities(exchange: &Exchange<'_>) -> String {
    let entries = dot::unstuffed(&exchange.block()).into_iter().map(|line| {
        let line = String::from_utf8_lossy(&line).into_owned();
        let mut words = line.split_whitespace().map(text);
        let name = words.next().unwrap_or_default();
        format!("{name}: {}", list(&words.collect::<Vec<_>>()))
    });
    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

fn apop(step: &Step<'_>) -> Next {
    let greeting = greeting(step);
    let stamp = greeting.find('<').and_then(|start| {
        let end = greeting[start..].find('>')?;
        Some(&greeting[start..=start + end])
    });
    match stamp {
        None => Next::Raise("poplib.error_proto: -ERR APOP not supported by server".into()),
        Some(stamp) => {
            let digest = apop_digest(stamp, &step.args[1]);
            short(step, format!("APOP {} {digest}", step.args[0]))
        }
    }
}

/// The first line of the session.
fn greeting(step: &Step<'_>) -> String {
    let first = step.session.iter().find(|entry| matches!(entry.kind, Kind::Received(_)));
    let bytes = first.and_then(Entry::wire).map(|wire| wire.bytes.as_slice()).unwrap_or_default();
    String::from_utf8_lossy(bytes).trim_end().into()
}

fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let sent = exchange.sent();
    if !exchange.is_plain() {
        let lines: Vec<String> = exchange.lines().iter().map(|line| bytes(line)).collect();
        let code = format!(
            "(pop.sock.sendall({}), [pop._getline()[0] for _ in range({})])[1]",
            bytes(&exchange.octets()),
            lines.len()
        );
        return Some(Line::new(code, Ok(list(&lines))));
    }
    let (verb, argument) = split_verb(&sent);
    let argument = argument.unwrap_or_default();
    let quoted = |method: &str| (format!("pop.{method}({})", text(argument)), reply as Value);
    let plain = |method: &str, value: Value| (format!("pop.{method}({argument})"), value);
    let listing = if argument.is_empty() { block as Value } else { reply };
    let (code, value) = match verb.to_ascii_uppercase().as_str() {
        "USER" => quoted("user"),
        "PASS" => quoted("pass_"),
        "STAT" => plain("stat", numbers),
        "LIST" => plain("list", listing),
        "UIDL" => plain("uidl", listing),
        "RETR" => plain("retr", block),
        "TOP" => (format!("pop.top({})", argument.replace(' ', ", ")), block as Value),
        "DELE" => plain("dele", reply),
        "RSET" => plain("rset", reply),
        "NOOP" => plain("noop", reply),
        "CAPA" => plain("capa", capabilities),
        "QUIT" => plain("quit", reply),
        // What the module has no method for goes through those that all methods use.
        _ if exchange.block().is_empty() => {
            (format!("pop._shortcmd({})", text(&sent)), reply as Value)
        }
        _ => (format!("pop._longcmd({})", text(&sent)), block as Value),
    };
    let python2 = code.starts_with("pop.capa(").then(|| CAPA2.into());
    Some(Line { python2, ..Line::new(code, answered(exchange, value)) })
}
