//! Gopher (RFC 1436): document transfers.

mod client;
mod item;
mod python;
mod reply;
mod request;
mod server;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod url;

use super::Protocol;

pub static PROTOCOL: Protocol = Protocol {
    id: "gopher",
    name: "Gopher",
    function: "Document transfers",
    port: PORT,
    python: "gopherlib",
    module: Some(&python::MODULE),
    rfcs: &[1436, 4266],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &[],
    samples: &[
        ("text", "/readme.txt"),
        ("big", "/pub/big.bin"),
        ("big_sha256", crate::world::BIG_SHA256),
        ("menu", ""),
        ("search", "/search"),
    ],
    client: |config| Box::new(client::GopherClient::new(config)),
    server: |config| Box::new(server::GopherServer::new(config)),
    screen: None,
};

/// Registered for Gopher, and what a URL without a port means.
const PORT: u16 = 70;

/// Octets as people read them: UTF-8, and where that does not fit the Latin-1 of RFC 1436.
fn legible(bytes: &[u8]) -> String {
    match core::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}
