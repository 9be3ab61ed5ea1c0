//! POP3 (RFC 1939): fetching email.

mod client;
mod maildrop;
mod python;
mod server;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
mod wire;

use super::Protocol;

pub static PROTOCOL: Protocol = Protocol {
    id: "pop3",
    name: "POP3",
    function: "Fetching email",
    port: 110,
    python: "poplib",
    module: Some(&python::MODULE),
    rfcs: &[1939, 2449, 2595, 5322, 5034, 3206, 4616, 2195],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &["lang", "stls", "utf8"],
    samples: &[],
    client: |config| Box::new(client::Pop3Client::new(config)),
    server: |config| Box::new(server::Pop3Server::new(config)),
    screen: None,
};
