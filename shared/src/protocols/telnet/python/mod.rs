//! `telnetlib`: what its methods send, read and give back.
//!
//! Python answers requests about options when it reads them, the lab at once. By itself `telnetlib` refuses every
//! option; so does the lab in a session that is played as Python's. In any other session the lab agrees to some, and
//! a script of it gets the lab's answers (`typed::setup`).

mod pattern;
mod reader;
mod reading;
mod typed;

use super::wire;
use crate::python::literal::{bytes, text, tuple};
use crate::python::reader::{ExprKind, StatementKind, read};
use crate::python::{Action, Module, Next, Param, Step};
use crate::transcript::Kind;

pub(super) static MODULE: Module = Module {
    name: "telnetlib",
    python2: "telnetlib",
    note: "Left the standard library with Python 3.13; the script with sockets does the same without it. telnetlib refuses every option, and a pasted script is played so; if the lab has agreed to options, the script of the session gives the lab\u{2019}s answers in a callback.",
    class: "Telnet",
    constructor: None,
    port_in_constructor: true,
    object: "tn",
    preamble: None,
    setup: Some(typed::setup),
    login: &["read_until"],
    open: |host, port| {
        format!("import telnetlib\nimport time\n\ntn = telnetlib.Telnet({}, {port})\n", text(host))
    },
    joins: None,
    made_up: None,
    actions: ACTIONS,
    typed: typed::typed,
};

/// A wrong password. Its answer brings no request about options, which Python would leave open until it reads.
const A_LOGIN: &[&str] = &["read_until", "write", "expect", "write"];

/// Six wrong lines: then the practice server closes the connection.
const TO_THE_END: &[&str] = &[
    "read_until",
    "write",
    "expect",
    "write",
    "expect",
    "write",
    "expect",
    "write",
    "expect",
    "write",
    "expect",
    "write",
];

const TIMEOUT: Param = Param::plain("timeout", "");

const ACTIONS: &[Action] = &[
    Action::new(
        "read_until",
        "Reads up to an expected text. Without a timeout it waits for ever; with one it gives what has come.",
        &[Param::plain("match", "b'login: '"), TIMEOUT],
        |step| reading::next(step, reading::read_until),
    )
    .call(|args| called("read_until", args))
    .lecture()
    .after(&[]),
    Action::new(
        "write",
        "Sends octets as they are, only 255 is doubled. The end of a line belongs to them.",
        &[Param::plain("buffer", "b'student\\r\\n'")],
        write,
    )
    .call(|args| called("write", args))
    .lecture()
    .after(&["read_until", "write", "expect"]),
    Action::new(
        "expect",
        "Reads up to the first match of one of several regular expressions: its number, the match, the text.",
        &[Param::plain("list", "[b'ogin: ', b'assword: ']"), TIMEOUT],
        |step| reading::next(step, reading::expect),
    )
    .call(|args| called("expect", args))
    .lecture()
    .after(&["read_until", "write"]),
    Action::new("read_all", "Reads until the server ends the connection.", &[], |step| {
        reading::next(step, reading::read_all)
    })
    .lecture()
    .after(TO_THE_END),
    Action::new(
        "read_some",
        "Waits for some text, and gives what one recv() of 50 octets has brought. A pause before it lets text come in.",
        &[],
        |step| reading::next(step, reading::read_some),
    )
    .call(|_| after_pause("tn.read_some()"))
    .lecture()
    .after(&[]),
    Action::new(
        "read_very_eager",
        "Gives all text that has come, without waiting. The pause before it lets text come in.",
        &[],
        |step| reading::next(step, reading::read_very_eager),
    )
    .call(|_| after_pause("tn.read_very_eager()"))
    .lecture()
    .after(&[]),
    Action::new(
        "read_eager",
        "Gives text that is queued, or else what one recv() of 50 octets brings, without waiting.",
        &[],
        |step| reading::next(step, reading::read_eager),
    )
    .call(|_| after_pause("tn.read_eager()"))
    .lecture()
    .after(&[]),
    Action::new("read_lazy", "Gives text that is queued; asks the socket for nothing.", &[], |step| {
        reading::next(step, reading::read_lazy)
    })
    .lecture(),
    Action::new(
        "read_very_lazy",
        "Gives text that is queued and has been looked through for commands.",
        &[],
        |step| reading::next(step, reading::read_very_lazy),
    )
    .lecture(),
    Action::new("close", "Ends the connection.", &[], |_| Next::Close).lecture(),
    Action::new(
        "get_socket",
        "The socket itself, for octets that write() would change; here asked for the server\u{2019}s address.",
        &[],
        get_socket,
    )
    .call(|_| "tn.get_socket().getpeername()".into())
    .lecture(),
    Action::new("fileno", "The number of the socket, for select(); here compared.", &[], |_| {
        Next::Return("True".into())
    })
    .call(|_| "tn.fileno() == tn.get_socket().fileno()".into())
    .lecture(),
    Action::new(
        "set_option_negotiation_callback",
        "Has a function called for every command of the server; telnetlib then answers none by itself. The lab goes on answering.",
        &[Param::plain("callback", "lambda socket, command, option: None")],
        |_| Next::Return("None".into()),
    )
    .lecture(),
    Action::new(
        "read_sb_data",
        "What stood in the last parameters of an option. The practice server asks for none while options are refused.",
        &[],
        |step| reading::next(step, reading::read_sb_data),
    ),
    Action::new(
        "set_debuglevel",
        "From 1 on telnetlib prints what it sends and receives; here the transcript shows that.",
        &[Param::plain("debuglevel", "1")],
        |_| Next::Return("None".into()),
    ),
    Action::new(
        "msg",
        "Prints a text if set_debuglevel() has asked for it.",
        &[Param::text("msg", "hello")],
        msg,
    )
    .after(&["read_until", "set_debuglevel"]),
    Action::new("sock_avail", "Whether there is anything to be received.", &[], |step| {
        reading::next(step, reading::sock_avail)
    })
    .call(|_| after_pause("tn.sock_avail()")),
    Action::new("fill_rawq", "Receives up to 50 octets into the raw queue.", &[], |step| {
        reading::next(step, reading::fill_rawq)
    })
    .call(|_| after_pause("tn.fill_rawq()"))
    .after(A_LOGIN),
    Action::new("rawq_getchar", "Takes one octet from the raw queue, a command or not.", &[], |step| {
        reading::next(step, reading::rawq_getchar)
    })
    .after(&["read_until", "write", "expect", "write", "fill_rawq"]),
    Action::new("process_rawq", "Looks through the raw queue for commands.", &[], |step| {
        reading::next(step, reading::process_rawq)
    }),
];

/// A call with arguments, in which a string of Python 2 is one of octets.
fn called(method: &str, args: &[String]) -> String {
    let given = args.iter().rposition(|arg| !arg.is_empty()).map_or(0, |last| last + 1);
    let written = args[..given].iter().map(|arg| match (octets(arg), list(arg)) {
        (Some(octets), _) => bytes(&octets),
        (None, Some(all)) => {
            format!("[{}]", all.iter().map(|item| bytes(item)).collect::<Vec<_>>().join(", "))
        }
        (None, None) if arg.is_empty() => "None".into(),
        (None, None) => arg.clone(),
    });
    format!("tn.{method}({})", written.collect::<Vec<_>>().join(", "))
}

fn after_pause(call: &str) -> String {
    format!("time.sleep(0.5)\n{call}")
}

fn expression(arg: &str) -> Option<ExprKind> {
    match read(arg).statements.into_iter().next()?.kind {
        StatementKind::Expr(value) => Some(value.kind),
        _ => None,
    }
}

/// A literal of octets, or a string as Python 2 has it.
fn octets(arg: &str) -> Option<Vec<u8>> {
    of_kind(expression(arg)?)
}

fn of_kind(kind: ExprKind) -> Option<Vec<u8>> {
    match kind {
        ExprKind::Bytes(octets) => Some(octets),
        ExprKind::Str(text) => Some(text.into_bytes()),
        _ => None,
    }
}

/// A list of such literals.
fn list(arg: &str) -> Option<Vec<Vec<u8>>> {
    match expression(arg)? {
        ExprKind::List(items) => items.into_iter().map(|item| of_kind(item.kind)).collect(),
        _ => None,
    }
}

/// It is no exception of Python: the lab does not read the argument.
fn no_literal(arg: &str, example: &str) -> String {
    format!("Not played: {arg} is no literal such as {example}.")
}

fn write(step: &Step<'_>) -> Next {
    if !step.done.is_empty() {
        return Next::Return("None".into());
    }
    match octets(&step.args[0]) {
        Some(octets) => Next::Octets(wire::escaped(&octets)),
        None => Next::Raise(no_literal(&step.args[0], "b'ls\\r\\n'")),
    }
}

fn get_socket(step: &Step<'_>) -> Next {
    let peer = step.session.iter().find_map(|entry| match &entry.kind {
        Kind::Opened { peer, .. } => Some(peer),
        _ => None,
    });
    let Some(peer) = peer else { return Next::Return("None".into()) };
    let ip = peer.ip().to_canonical();
    let mut parts = vec![text(&ip.to_string()), peer.port().to_string()];
    if ip.is_ipv6() {
        parts.extend(["0".into(), "0".into()]);
    }
    Next::Return(tuple(&parts))
}

fn msg(step: &Step<'_>) -> Next {
    let set = step.earlier.iter().rev().find(|played| played.action.method == "set_debuglevel");
    let (host, port) = crate::python::server(step.session);
    Next::Return(match set.map(|played| played.args[0].trim()) {
        None | Some("" | "0") => "None".into(),
        Some(_) => format!("Telnet({host},{port}): {}\nNone", step.args[0]),
    })
}
