//! `gopherlib` of Python 2: what its functions send, and what they make of the reply.
//!
//! No Python since 2.6 has it, so a script for Python 3 brings `gopherlib.py` along. That gives octets where Python 2
//! gives strings; the calls are the same.

mod reply;
mod typed;

use crate::python::literal::{bytes, list, text};
use crate::python::{Action, Dialect, Module, Next, Param, Step};
use crate::transcript::Kind;
use reply::Reply;

pub(super) static MODULE: Module = Module {
    name: "gopherlib",
    python2: "gopherlib",
    note: "Left with Python 2.6 and has no successor; a script for Python 3 defines its functions with socket. Each request has a connection of its own, to the server that the lab is with.",
    class: "",
    constructor: None,
    port_in_constructor: false,
    object: "gopherlib",
    preamble: Some(|dialect| match dialect {
        Dialect::Python3 => include_str!("gopherlib.py").into(),
        Dialect::Python2 | Dialect::Sockets => "import gopherlib\n\n".into(),
    }),
    setup: None,
    login: &[],
    open: |host, port| format!("HOST, PORT = {}, {port}\n", text(host)),
    joins: None,
    made_up: None,
    actions: ACTIONS,
    typed: typed::typed,
};

const SELECTOR: Param = Param::text("selector", "/readme.txt");
const HOST: Param = Param::plain("host", "HOST");
const PORT: Param = Param::plain("port", "PORT");
const REPLY: Param = Param::plain("f", "reply");
const PATH: Param = Param::text("path", "/0/readme.txt");
const SENT: &[&str] = &["send_selector"];

const ACTIONS: &[Action] = &[
    Action::new(
        "send_selector",
        "Sends one line and ends its side; gives the reply as a file.",
        &[SELECTOR, HOST, PORT],
        |step| send(step, step.args[0].clone()),
    )
    .call(|args| format!("reply = {}", selector_call(&args[0])))
    .lecture(),
    Action::new(
        "send_query",
        "The same with words to search for, behind a tab.",
        &[Param::text("selector", "/search"), Param::text("query", "gopher"), HOST, PORT],
        |step| send(step, format!("{}\t{}", step.args[0], step.args[1])),
    )
    .call(|args| format!("reply = {}", query_call(&args[0], &args[1])))
    .lecture(),
    Action::new(
        "get_directory",
        "Reads the reply as a menu: type, name, selector, host, port and the mark of Gopher+ of each item.",
        &[REPLY],
        |step| of_reply(step, |reply| reply.directory()),
    )
    .call(|_| "gopherlib.get_directory(reply)".into())
    .lecture()
    .after(&["send_query"]),
    Action::new("get_textfile", "Reads the reply as a text: its lines, up to the lone dot.", &[REPLY], |step| {
        of_reply(step, |reply| reply.text())
    })
    .call(|_| "gopherlib.get_textfile(reply)".into())
    .lecture()
    .after(SENT),
    Action::new("get_binary", "Reads the reply as octets, up to its end.", &[REPLY], |step| {
        of_reply(step, |reply| bytes(&reply.rest()))
    })
    .call(|_| "gopherlib.get_binary(reply)".into())
    .lecture()
    .after(SENT),
    Action::new(
        "get_alt_textfile",
        "Gives each line of a text to a function; here one that collects them.",
        &[REPLY, Param::plain("func", "lines.append")],
        |step| of_reply(step, |reply| reply.text()),
    )
    .call(|_| "lines = []\ngopherlib.get_alt_textfile(reply, lines.append)\nlines".into())
    .lecture()
    .after(SENT),
    Action::new(
        "get_alt_binary",
        "Gives each block of octets to a function; here one that collects them.",
        &[REPLY, Param::plain("func", "blocks.append"), Param::plain("blocksize", "64")],
        blocks,
    )
    .call(|args| {
        format!("blocks = []\ngopherlib.get_alt_binary(reply, blocks.append, {})\nblocks", args[2])
    })
    .lecture()
    .after(SENT),
    Action::new("path_to_selector", "The selector in the path of a URL.", &[PATH], |step| {
        let path = &step.args[0];
        let selector: String = path.chars().skip(2).collect();
        Next::Return(text(if path == "/" { path } else { &selector }))
    })
    .lecture(),
    Action::new("path_to_datatype_name", "The name of the type in the path of a URL.", &[PATH], |step| {
        let path = &step.args[0];
        match (path.as_str(), path.chars().nth(1)) {
            ("/", _) => Next::Return(text("TYPE='unknown'")),
            (_, Some(code)) => Next::Return(type_name(&code.to_string())),
            (_, None) => Next::Raise("IndexError: string index out of range".into()),
        }
    })
    .lecture(),
    Action::new("type_to_name", "The name of an item type.", &[Param::text("gtype", "0")], |step| {
        Next::Return(type_name(&step.args[0]))
    })
    .lecture(),
];

fn selector_call(selector: &str) -> String {
    format!("gopherlib.send_selector({}, HOST, PORT)", text(selector))
}

fn query_call(selector: &str, query: &str) -> String {
    format!("gopherlib.send_query({}, {}, HOST, PORT)", text(selector), text(query))
}

/// The line as it is: `gopherlib` knows no item types, and checks nothing.
fn send(step: &Step<'_>, line: String) -> Next {
    let failed = step.session[step.began..].iter().find_map(|entry| match &entry.kind {
        Kind::Failed { why } => Some(why),
        _ => None,
    });
    match (step.done, failed) {
        ([_, ..], _) => Next::Return(String::new()),
        ([], Some(why)) => Next::Raise(format!("OSError: {why}")),
        ([], None) => Next::Raw(line),
    }
}

fn of_reply(step: &Step<'_>, read: fn(&mut Reply) -> String) -> Next {
    match Reply::of(step) {
        Ok(mut reply) => Next::Return(read(&mut reply)),
        Err(exception) => Next::Raise(exception),
    }
}

fn blocks(step: &Step<'_>) -> Next {
    match (Reply::of(step), step.args[2].trim().parse()) {
        (Ok(mut reply), Ok(size @ 1usize..)) => {
            let blocks: Vec<String> = reply.rest().chunks(size).map(bytes).collect();
            Next::Return(list(&blocks))
        }
        (Ok(_), _) => Next::Raise("Not played: blocksize must be a number from 1.".into()),
        (Err(exception), _) => Next::Raise(exception),
    }
}

/// `type_to_name` as the prompt shows it.
fn type_name(code: &str) -> String {
    const NAMES: [(&str, &str); 24] = [
        ("0", "TEXT"),
        ("1", "MENU"),
        ("2", "CSO"),
        ("3", "ERROR"),
        ("4", "MACBINHEX"),
        ("5", "PCBINHEX"),
        ("6", "UUENCODED"),
        ("7", "INDEX"),
        ("8", "TELNET"),
        ("9", "BINARY"),
        ("+", "DUPLICATE"),
        ("s", "SOUND"),
        ("e", "EVENT"),
        ("c", "CALENDAR"),
        ("T", "TN3270"),
        ("h", "HTML"),
        ("M", "MIME"),
        ("I", "IMAGE"),
        ("w", "WWW"),
        ("q", "QUERY"),
        ("g", "GIF"),
        (":", "PLUS_IMAGE"),
        (";", "PLUS_MOVIE"),
        ("<", "PLUS_SOUND"),
    ];
    match NAMES.iter().find(|(known, _)| *known == code) {
        Some((_, name)) => text(name),
        None => text(&format!("TYPE={}", text(code))),
    }
}
