//! HTTP/1.1 (RFC 9110, RFC 9112): web pages.

mod auth;
mod body;
mod client;
mod coding;
mod fields;
mod framing;
mod head;
mod python;
mod request;
mod server;
mod status;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod uri;
mod xmlrpc;

pub use coding::decode_body;

use super::Protocol;
use crate::machine::Note;

/// What content says as a document of XML-RPC; `None` if it is none.
pub fn rpc(content: &[u8]) -> Option<Note> {
    xmlrpc::note(content)
}

pub static PROTOCOL: Protocol = Protocol {
    id: "http",
    name: "HTTP/1.1",
    function: "Web pages",
    port: 80,
    python: "http.client, urllib",
    module: Some(&python::MODULE),
    rfcs: &[9112, 9110, 9111, 3986, 5789, 6265, 6266, 6797, 7616, 7617, 8288],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &["connect"],
    samples: &[
        ("text", "/readme.txt"),
        ("big", "/pub/big.bin"),
        ("big_sha256", crate::world::BIG_SHA256),
        ("listing", "/deep/"),
        ("redirect", "/redirect"),
        ("chunked", "/chunked"),
        ("echo", "/echo"),
        ("private", "/private/secret.txt"),
    ],
    client: |config| Box::new(client::HttpClient::new(config)),
    server: |config| Box::new(server::HttpServer::new(config)),
    screen: None,
};
