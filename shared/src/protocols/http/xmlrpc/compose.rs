//! Documents, written as `xmlrpc.client` writes them.

use super::Value;
use super::xml::escaped;
use crate::text::sasl::encode;

/// MIME's lines of base64 (RFC 2045 section 6.8) have 76 characters.
const LINE: usize = 76;

pub(in super::super) fn call(method: &str, params: &[Value]) -> String {
    let method = escaped(method);
    let params = self::params(params);
    document("methodCall", &format!("<methodName>{method}</methodName>\n{params}"))
}

pub(in super::super) fn response(value: &Value) -> String {
    document("methodResponse", &params(core::slice::from_ref(value)))
}

pub(in super::super) fn fault(code: i32, text: &str) -> String {
    let members = [
        ("faultCode".to_owned(), Value::Int(code)),
        ("faultString".to_owned(), Value::String(text.into())),
    ];
    let value = element(&Value::Struct(members.into()));
    document("methodResponse", &format!("<fault>\n{value}</fault>\n"))
}

fn document(root: &str, content: &str) -> String {
    format!("<?xml version='1.0'?>\n<{root}>\n{content}</{root}>\n")
}

fn params(values: &[Value]) -> String {
    let params = values.iter().map(|value| format!("<param>\n{}</param>\n", element(value)));
    format!("<params>\n{}</params>\n", params.collect::<String>())
}

fn element(value: &Value) -> String {
    let kind = value.kind();
    let content = match value {
        Value::Int(n) => n.to_string(),
        Value::I8(n) => n.to_string(),
        Value::Boolean(value) => u8::from(*value).to_string(),
        Value::Double(digits) => digits.clone(),
        Value::String(text) => escaped(text),
        Value::DateTime(time) => time.clone(),
        Value::Base64(octets) => format!("\n{}", lines(&encode(octets))),
        Value::Array(values) => {
            format!("<data>\n{}</data>", values.iter().map(element).collect::<String>())
        }
        Value::Struct(members) => {
            let members = members.iter().map(|(name, value)| {
                let name = escaped(name);
                format!("<member>\n<name>{name}</name>\n{}</member>\n", element(value))
            });
            format!("\n{}", members.collect::<String>())
        }
        Value::Nil => return "<value><nil/></value>".into(),
    };
    format!("<value><{kind}>{content}</{kind}></value>\n")
}

fn lines(base64: &str) -> String {
    let mut out = String::new();
    for (n, c) in base64.chars().enumerate() {
        out.push(c);
        if (n + 1) % LINE == 0 {
            out.push('\n');
        }
    }
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out
}
