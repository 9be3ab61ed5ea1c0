//! The methods that can be called by XML-RPC.

use super::super::xmlrpc::{self, Document, Malformed, Value};
use super::answer::Answer;
use super::request::Request;
use crate::world::{Date, Files, World};

/// Codes of the "Specification for Fault Code Interoperability", which most servers use.
const NOT_WELL_FORMED: i32 = -32700;
const NOT_XML_RPC: i32 = -32600;
const NO_SUCH_METHOD: i32 = -32601;
const WRONG_PARAMETERS: i32 = -32602;

struct Method {
    name: &'static str,
    /// The type of its value, then those of its parameters.
    signature: &'static [&'static str],
    help: &'static str,
}

const METHODS: &[Method] = &[
    Method {
        name: "add",
        signature: &["int", "int", "int"],
        help: "The sum of two ints. One that has no room in 32 bits is a fault.",
    },
    Method {
        name: "echo",
        signature: &["undef", "undef"],
        help: "Gives its parameter back, of whatever type it is.",
    },
    Method {
        name: "fail",
        signature: &["undef", "int", "string"],
        help: "Ends in a fault with this code and this text.",
    },
    Method {
        name: "files",
        signature: &["array", "string"],
        help: "The entries of a folder, such as /pub: a struct for each, with name, folder, octets and modified.",
    },
    Method { name: "now", signature: &["dateTime.iso8601"], help: "The time here, in UTC." },
    Method { name: "system.listMethods", signature: &["array"], help: "The names of all methods." },
    Method {
        name: "system.methodHelp",
        signature: &["string", "string"],
        help: "What a method does.",
    },
    Method {
        name: "system.methodSignature",
        signature: &["array", "string"],
        help: "The types of a method: of its value, then of its parameters.",
    },
];

type Fault = (i32, String);

/// Calls the method that the content names.
pub(super) fn answer(request: &Request, content: &[u8], world: &World, now: Date) -> Answer {
    if !xmlrpc::is_xml(request.fields.get("content-type")) {
        return Answer::error(415, "a call is content of the type text/xml");
    }
    let document = match xmlrpc::read(content) {
        Ok(Document::Call { method, params }) => match called(&method, &params, world, now) {
            Ok(value) => xmlrpc::response(&value),
            Err((code, text)) => xmlrpc::fault(code, &text),
        },
        Ok(_) => xmlrpc::fault(NOT_XML_RPC, "A response came; a methodCall was expected."),
        Err(Malformed { at, what }) => {
            xmlrpc::fault(NOT_WELL_FORMED, &format!("At octet {at}: {what}."))
        }
    };
    Answer::new(200).field("Content-Type", "text/xml").content(document)
}

fn called(name: &str, params: &[Value], world: &World, now: Date) -> Result<Value, Fault> {
    if let Some(extension) = params.iter().find_map(extension) {
        let text =
            format!("The type {extension} is an extension, which this server does not know.");
        return Err((NOT_XML_RPC, text));
    }
    match (name, params) {
        ("add", [Value::Int(a), Value::Int(b)]) => match a.checked_add(*b) {
            Some(sum) => Ok(Value::Int(sum)),
            None => Err((WRONG_PARAMETERS, format!("{a} + {b} has no room in 32 bits."))),
        },
        ("echo", [value]) => Ok(value.clone()),
        ("fail", [Value::Int(code), Value::String(text)]) => Err((*code, text.clone())),
        ("files", [Value::String(path)]) => files(path, world),
        ("now", []) => Ok(time(now)),
        ("system.listMethods", []) => {
            Ok(Value::Array(METHODS.iter().map(|method| string(method.name)).collect()))
        }
        ("system.methodHelp", [Value::String(of)]) => Ok(string(find(of)?.help)),
        ("system.methodSignature", [Value::String(of)]) => {
            let types = find(of)?.signature.iter().map(|kind| string(kind)).collect();
            Ok(Value::Array(vec![Value::Array(types)]))
        }
        (name, params) => {
            let [_, takes @ ..] = find(name)?.signature else { return Ok(Value::Nil) };
            let got: Vec<&str> = params.iter().map(Value::kind).collect();
            let (takes, got) = (listed(takes), listed(&got));
            Err((WRONG_PARAMETERS, format!("{name} takes {takes}, and got {got}.")))
        }
    }
}

fn find(name: &str) -> Result<&'static Method, Fault> {
    METHODS.iter().find(|method| method.name == name).ok_or_else(|| {
        let text = format!("There is no method {name}; system.listMethods names all.");
        (NO_SUCH_METHOD, text)
    })
}

fn files(path: &str, world: &World) -> Result<Value, Fault> {
    let folder = world.files.get(&Files::resolve("/", path)).filter(|node| node.is_folder());
    let Some(folder) = folder else {
        return Err((WRONG_PARAMETERS, format!("There is no folder {path}.")));
    };
    let entry = |(name, node): (&str, &crate::world::files::Node)| {
        let octets = node.content().map_or(0, |content| content.len());
        Value::Struct(vec![
            ("name".into(), string(name)),
            ("folder".into(), Value::Boolean(node.is_folder())),
            ("octets".into(), Value::Int(octets.try_into().unwrap_or(i32::MAX))),
            ("modified".into(), time(node.modified())),
        ])
    };
    Ok(Value::Array(folder.entries().map(entry).collect()))
}

fn time(date: Date) -> Value {
    let digits = date.digits();
    let (day, time) = digits.split_at(8);
    Value::DateTime(format!("{day}T{}:{}:{}", &time[..2], &time[2..4], &time[4..]))
}

fn string(text: &str) -> Value {
    Value::String(text.into())
}

fn listed(types: &[&str]) -> String {
    if types.is_empty() { "nothing".into() } else { types.join(", ") }
}

/// A type that the specification does not have, anywhere in a value.
fn extension(value: &Value) -> Option<&'static str> {
    match value {
        Value::I8(_) | Value::Nil => Some(value.kind()),
        Value::Array(values) => values.iter().find_map(extension),
        Value::Struct(members) => members.iter().find_map(|(_, value)| extension(value)),
        _ => None,
    }
}
