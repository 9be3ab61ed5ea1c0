//! The calls that come to the same as what a person typed.

use super::super::table;
use super::dialogue::{done, odd, quoted, response, sized};
use super::{active, file_name, transfer};
use crate::machine::Direction;
use crate::python::literal::{bytes, content, list, text, tuple};
use crate::python::{Exchange, Line};
use crate::text::split_verb;

type Value = fn(&str) -> Result<String, String>;

pub(super) fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let replies = exchange.replies();
    let sent = exchange.sent();
    let verb = table::TABLE.verb(split_verb(&sent).0);
    let moves = verb.and_then(table::moves_data).is_some();
    let passive = verb.is_some_and(|verb| matches!(verb.name, "PASV" | "EPSV"));
    let begun = replies.first().is_some_and(|reply| reply.starts_with('1'));
    let one_line = exchange.octets() == format!("{sent}\r\n").into_bytes();
    Some(match (one_line, replies.len()) {
        (true, 0) if exchange.is_over() => Line::new(sendcmd(&sent), Err("EOFError".into())),
        (true, 0) => Line::new(sendcmd(&sent), Ok(String::new())),
        (true, 1) if passive && matches!(exchange.opened(), Some(Ok(()))) => data_connection(&sent),
        (true, 1) => match active::call(exchange) {
            Some((code, silent)) => announced(code, silent, &replies[0]),
            None => single(&sent, &replies[0]),
        },
        (true, 2) if moves && begun => transferred(exchange, &sent, &replies[1]),
        _ => lines(exchange),
    })
}

fn sendcmd(command: &str) -> String {
    format!("ftp.sendcmd({})", text(command))
}

/// The lab has opened a data connection; so must the script.
fn data_connection(sent: &str) -> Line {
    let address = match sent {
        "PASV" => "ftp.makepasv()".into(),
        sent => format!("ftplib.parse229({}, ftp.sock.getpeername())", sendcmd(sent)),
    };
    Line::new(format!("data = socket.create_connection({address})"), Ok(String::new()))
}

/// The lab waits for the server, or says that it would.
fn announced(code: String, silent: bool, reply: &String) -> Line {
    let value = |reply: String| if silent { String::new() } else { text(&reply) };
    Line::new(code, done(Some(reply)).map(value))
}

/// One command with one reply.
fn single(sent: &str, reply: &String) -> Line {
    let (verb, argument) = split_verb(sent);
    let method = |name: &str| format!("ftp.{name}({})", argument.map(text).unwrap_or_default());
    let plain: Value = |reply| Ok(text(reply));
    let deleted: Value = |reply| match reply.starts_with("250") || reply.starts_with("200") {
        true => Ok(text(reply)),
        false => Err(odd(reply)),
    };
    // Those that need no argument have none, and the others have one that they send as it is.
    let (code, void, value) = match (verb, argument) {
        ("CWD", Some(folder)) if folder != ".." => (method("cwd"), true, plain),
        ("DELE", Some(_)) => (method("delete"), false, deleted),
        ("SIZE", Some(_)) => (method("size"), false, sized as Value),
        ("MKD", Some(_)) => (method("mkd"), true, (|reply| Ok(quoted(reply))) as Value),
        ("RMD", Some(_)) => (method("rmd"), true, plain),
        ("ACCT", Some(_)) => (method("acct"), true, plain),
        ("PWD", None) => (method("pwd"), true, (|reply| Ok(quoted(reply))) as Value),
        ("QUIT", None) => (method("quit"), true, plain),
        _ => (sendcmd(sent), false, plain),
    };
    let read = if void { done(Some(reply)) } else { response(Some(reply)) };
    Line::new(code, read.and_then(|reply| value(&reply)))
}

/// A transfer on the data connection that was opened before it: first reply, data, final reply.
fn transferred(exchange: &Exchange<'_>, sent: &str, last: &String) -> Line {
    let begin = sendcmd(sent);
    let first = exchange.replies().first().map(|reply| text(reply)).unwrap_or_default();
    let accepted = exchange.has_accepted();
    let socket = if accepted { "data.accept()[0]" } else { "data" };
    let (code, value) = if !exchange.has_others() {
        (format!("({begin}, ftp.voidresp())"), tuple(&[first, text(last)]))
    } else if transfer::is_upload(sent) {
        let (kept, octets) = exchange.data(Direction::Sent);
        let whole = kept.len() as u64 == octets;
        let file = || format!("open({}, 'rb').read()", text(file_name(sent)));
        let data = if whole { bytes(&kept) } else { file() };
        // What was accepted is closed when nothing holds it any more.
        let close = if accepted { "" } else { " data.close()," };
        let code = format!("({begin}, {socket}.sendall({data}),{close} ftp.voidresp())");
        let none = vec!["None".to_owned(); if accepted { 1 } else { 2 }];
        (code, tuple(&[vec![first], none, vec![text(last)]].concat()))
    } else {
        let (kept, octets) = exchange.data(Direction::Received);
        let (read, data) = content(&format!("{socket}.makefile('rb').read()"), &kept, octets);
        let code = format!("({begin}, {read}, ftp.voidresp())");
        (code, tuple(&[first, data, text(last)]))
    };
    Line::new(code, done(Some(last)).map(|_| value))
}

/// Whatever else was sent, and as many lines as came back for it.
fn lines(exchange: &Exchange<'_>) -> Line {
    let send = format!("ftp.sock.sendall({})", bytes(&exchange.octets()));
    let lines: Vec<String> =
        exchange.lines().iter().map(|line| text(&String::from_utf8_lossy(line))).collect();
    let read = format!("[ftp.getline() for _ in range({})]", lines.len());
    let (kept, octets) = exchange.data(Direction::Received);
    if octets == 0 {
        return Line::new(format!("({send}, {read})[1]"), Ok(list(&lines)));
    }
    let (data, value) = content("data.makefile('rb').read()", &kept, octets);
    Line::new(format!("({send}, {data}, {read})[1:]"), Ok(tuple(&[value, list(&lines)])))
}
