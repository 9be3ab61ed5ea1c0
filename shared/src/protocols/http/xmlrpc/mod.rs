//! XML-RPC (its specification is of 1999 and has no RFC): calls of methods as XML over HTTP.

mod compose;
mod explain;
mod read;
#[cfg(test)]
mod tests;
mod value;
mod xml;

pub(super) use compose::{call, fault, response};
pub(super) use explain::{note, put};
pub(super) use read::read;
pub(super) use value::{Value, number};
pub(super) use xml::Malformed;

/// What a document says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Document {
    Call { method: String, params: Vec<Value> },
    Response(Value),
    Fault { code: i32, text: String },
}

/// Whether content of this type may be XML-RPC.
pub(super) fn is_xml(media_type: Option<&str>) -> bool {
    let kind = media_type.unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("text/xml")
}
