//! The calls that come to the same as what was typed.

use super::values::{self, Value};
use crate::python::literal::{bytes, list, text};
use crate::python::{Exchange, Line};
use crate::world::Date;

pub(super) fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let sent = exchange.sent();
    let content = exchange.sent_content()?;
    if !exchange.is_plain() || sent.contains(['\r', '\n']) {
        return Some(octets(exchange, content));
    }
    if !content.is_empty() {
        let call = |name: &str| {
            format!("(nntp.{name}({}), nntp.sock.sendall({}))[0]", text(&sent), bytes(&content))
        };
        let line = Line::new(call("_shortcmd"), values::short(exchange));
        return Some(Line { python2: Some(call("shortcmd")), ..line });
    }
    Some(method(&sent, exchange).unwrap_or_else(|| generic(&sent, exchange)))
}

/// The public method for a command.
fn method(sent: &str, exchange: &Exchange<'_>) -> Option<Line> {
    let words: Vec<&str> = sent.split(' ').collect();
    let keyword = words[0].to_ascii_uppercase();
    let call = |method: &str, args: &[&str]| {
        let args: Vec<String> = args.iter().map(|arg| text(arg)).collect();
        format!("nntp.{method}({})", args.join(", "))
    };
    let same = |method: &str, value: Value| Some(Line::new(call(method, &words[1..]), value));
    let other = |code: String, value: Value, python2: String| {
        Some(Line { python2: Some(python2), ..Line::new(code, value) })
    };
    let long2 = || super::longcmd2(sent);
    let value = match keyword.as_str() {
        "STAT" | "NEXT" | "LAST" => values::stat,
        _ => values::article,
    };
    match (keyword.as_str(), &words[1..]) {
        (_, args) if args.contains(&"") => None,
        ("GROUP", [name]) => same("group", values::group(exchange, name)),
        ("ARTICLE" | "HEAD" | "BODY" | "STAT", args @ ([] | [_])) => {
            let name = keyword.to_lowercase();
            let spec = [args.first().copied().unwrap_or_default().to_string()];
            other(call(&name, args), value(exchange), super::spec2(&name, &spec))
        }
        ("NEXT" | "LAST", []) => same(&keyword.to_lowercase(), value(exchange)),
        ("LIST", []) => same("list", values::groups(exchange)),
        ("LIST", [variant, pattern]) if variant.eq_ignore_ascii_case("ACTIVE") => {
            other(call("list", &[pattern]), values::groups(exchange), long2())
        }
        ("LIST", [variant, pattern]) if variant.eq_ignore_ascii_case("NEWSGROUPS") => {
            let value = values::descriptions(exchange, true);
            Some(Line::new(call("descriptions", &[pattern]), value))
        }
        ("XHDR", [_, _]) => same("xhdr", values::xhdr(exchange)),
        ("DATE", []) => same("date", values::date(exchange)),
        ("HELP", []) => same("help", values::strings(exchange)),
        ("SLAVE" | "QUIT", []) => same(&keyword.to_lowercase(), values::short(exchange)),
        ("CAPABILITIES", []) => other(call("capabilities", &[]), values::labels(exchange), long2()),
        ("NEWGROUPS", [date, time]) => {
            let code = format!("nntp.newgroups({})", moment(date, time)?);
            other(code, values::groups(exchange), call("newgroups", &[date, time]))
        }
        ("NEWNEWS", [groups, date, time]) => {
            let code = format!("nntp.newnews({}, {})", text(groups), moment(date, time)?);
            other(code, values::strings(exchange), call("newnews", &[groups, date, time]))
        }
        _ => None,
    }
}

/// What the module has no method for goes through those that all methods use.
fn generic(sent: &str, exchange: &Exchange<'_>) -> Line {
    let text = text(sent);
    let (line, python2) = match exchange.block().is_empty() {
        true => {
            let value = values::short(exchange);
            (Line::new(format!("nntp._shortcmd({text})"), value), format!("nntp.shortcmd({text})"))
        }
        false => {
            let value = values::strings(exchange);
            (Line::new(format!("nntp._longcmdstring({text})"), value), super::longcmd2(sent))
        }
    };
    Line { python2: Some(python2), ..line }
}

/// Octets as they were sent, with as many lines as came.
fn octets(exchange: &Exchange<'_>, content: Vec<u8>) -> Line {
    let mut octets = exchange.octets();
    octets.extend(content);
    let lines: Vec<String> = exchange.lines().iter().map(|line| bytes(line)).collect();
    let call = |getline: &str| {
        format!(
            "(nntp.sock.sendall({}), [nntp.{getline}() for _ in range({})])[1]",
            bytes(&octets),
            lines.len()
        )
    };
    Line { python2: Some(call("getline")), ..Line::new(call("_getline"), Ok(list(&lines))) }
}

/// Eight digits and six, as Python's own value.
fn moment(date: &str, time: &str) -> Option<String> {
    let digits = format!("{date}{time}");
    if date.len() != 8 || time.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |at: usize, n: usize| digits[at..at + n].parse().unwrap_or(0);
    let [year, month, day] = [number(0, 4), number(4, 2), number(6, 2)];
    let [hour, minute, second] = [number(8, 2), number(10, 2), number(12, 2)];
    let date = Date::of(year, month, day, hour, minute, second)?;
    Some(values::datetime(date))
}
