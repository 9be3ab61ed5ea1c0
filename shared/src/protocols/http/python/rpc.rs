//! `xmlrpc.client`: a method of the server is called like one of an object.

use super::super::coding;
use super::super::fields::Fields;
use super::super::xmlrpc::{self, Document, Value, number};
use super::answer::{Answer, GONE};
use super::requests::{Draft, netloc};
use crate::python::literal::text;
use crate::python::reader::{Call, Expr, ExprKind, StatementKind, read};
use crate::python::{Next, Step, server};

/// Python's version is part of the name that its client gives itself.
const USER_AGENT: &str = "Python-xmlrpc/3.11";
/// What a response may grow to when its content coding is undone.
const DECODED_LIMIT: usize = 1 << 22;

/// Calls a method of the practice server with arguments that are written as in Python.
pub(super) fn method(step: &Step<'_>, name: &str, args: &str) -> Next {
    call(step, "/RPC2", name, args)
}

/// Calls any method of any path.
pub(super) fn proxy(step: &Step<'_>) -> Next {
    call(step, &step.args[0], &step.args[1], &step.args[2])
}

/// Python 2 has no octets but text: what it would send is a string.
pub(super) fn unless_octets(args: &str, code: String) -> String {
    fn has(value: &Value) -> bool {
        match value {
            Value::Base64(_) => true,
            Value::Array(values) => values.iter().any(has),
            Value::Struct(members) => members.iter().any(|(_, value)| has(value)),
            _ => false,
        }
    }
    let has = values(args).is_ok_and(|values| values.iter().any(has));
    if has { String::new() } else { code }
}

fn call(step: &Step<'_>, path: &str, name: &str, args: &str) -> Next {
    let values = match values(args) {
        Ok(values) => values,
        Err(exception) => return Next::Raise(exception),
    };
    let (host, port) = server(step.session);
    let Some(exchange) = step.done.first() else {
        let body = xmlrpc::call(name, &values);
        let mut fields = Fields::default();
        fields.push("Host", netloc(host, port));
        fields.push("Accept-Encoding", "gzip");
        fields.push("Content-Type", "text/xml");
        fields.push("User-Agent", USER_AGENT);
        fields.push("Content-Length", body.len().to_string());
        let draft = Draft { method: "POST".into(), url: path.into(), fields };
        return Next::Send(draft.typed(&body));
    };
    let Some(answer) = Answer::of(exchange, "POST") else { return Next::Raise(GONE.into()) };
    if answer.head.status != 200 {
        let [status, _] = answer.status();
        let (place, reason) = (netloc(host, port), answer.head.reason.trim());
        return Next::Raise(format!(
            "xmlrpc.client.ProtocolError: <ProtocolError for {place}{path}: {status} {reason}>"
        ));
    }
    let coded = answer.field("content-encoding").unwrap_or_default();
    let content = match coded.as_str() {
        "gzip" => coding::decode_body("gzip", &answer.kept, DECODED_LIMIT).unwrap_or_default(),
        _ => answer.kept,
    };
    match xmlrpc::read(&content) {
        Ok(Document::Response(value)) => Next::Return(value.shown()),
        Ok(Document::Fault { code, text: why }) => {
            Next::Raise(format!("xmlrpc.client.Fault: <Fault {code}: {}>", text(&why)))
        }
        _ => Next::Raise("xmlrpc.client.ResponseError: ResponseError()".into()),
    }
}

/// Arguments as values; the exception that Python raises for what has no type in XML-RPC.
fn values(args: &str) -> Result<Vec<Value>, String> {
    if args.trim().is_empty() {
        return Ok(Vec::new());
    }
    let script = read(&format!("({},)", args.trim().trim_end_matches(',')));
    match script.statements.first().map(|statement| &statement.kind) {
        Some(StatementKind::Expr(Expr { kind: ExprKind::Tuple(values), .. }))
            if script.problems.is_empty() =>
        {
            values.iter().map(value).collect()
        }
        _ => Err("SyntaxError: invalid syntax".into()),
    }
}

fn value(value: &Expr) -> Result<Value, String> {
    Ok(match &value.kind {
        ExprKind::None => {
            return Err("TypeError: cannot marshal None unless allow_none is enabled".into());
        }
        ExprKind::Bool(value) => Value::Boolean(*value),
        ExprKind::Int(n) => {
            let fits = i32::try_from(*n);
            Value::Int(fits.map_err(|_| "OverflowError: int exceeds XML-RPC limits")?)
        }
        ExprKind::Float(digits) => Value::Double(number(digits)),
        ExprKind::Str(text) => Value::String(text.clone()),
        ExprKind::Bytes(octets) => Value::Base64(octets.clone()),
        ExprKind::List(values) | ExprKind::Tuple(values) => {
            Value::Array(values.iter().map(self::value).collect::<Result<_, _>>()?)
        }
        ExprKind::Dict(pairs) => Value::Struct(
            pairs
                .iter()
                .map(|(name, value)| match &name.kind {
                    ExprKind::Str(name) => Ok((name.clone(), self::value(value)?)),
                    _ => Err("TypeError: dictionary key must be string".into()),
                })
                .collect::<Result<_, String>>()?,
        ),
        ExprKind::Call(call) => time(call)?,
        ExprKind::Name(name) => return Err(format!("NameError: name '{name}' is not defined")),
        _ => return Err("TypeError: cannot marshal this value".into()),
    })
}

/// `datetime.datetime(2026, 1, 5, 9)`
fn time(call: &Call) -> Result<Value, String> {
    let named = matches!(&call.function.kind, ExprKind::Attribute(_, name) if name == "datetime");
    let numbers: Option<Vec<i64>> = call
        .args
        .iter()
        .map(|arg| match arg.kind {
            ExprKind::Int(n @ 0..=9999) => Some(n),
            _ => None,
        })
        .collect();
    let numbers = numbers.filter(|numbers| named && (3..=6).contains(&numbers.len()));
    let Some(mut numbers) = numbers else {
        return Err("TypeError: of calls, only datetime.datetime() has a value here".into());
    };
    numbers.resize(6, 0);
    let [year, month, day, hour, minute, second] = numbers[..] else { return Ok(Value::Nil) };
    Ok(Value::DateTime(format!("{year:04}{month:02}{day:02}T{hour:02}:{minute:02}:{second:02}")))
}
