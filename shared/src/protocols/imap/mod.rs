//! IMAP (RFC 3501, and what of RFC 9051 is agreed on): fetching email, which stays on the server.

mod client;
mod command;
mod date;
mod frame;
mod python;
mod response;
mod server;
mod set;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
mod token;
mod utf7;

pub use utf7::decode as mailbox_name;

use super::Protocol;

pub static PROTOCOL: Protocol = Protocol {
    id: "imap",
    name: "IMAP4",
    function: "Fetching email",
    port: 143,
    python: "imaplib",
    module: Some(&python::MODULE),
    rfcs: &[
        3501, 9051, 2177, 2342, 2683, 2971, 3516, 3691, 4314, 4315, 4731, 4959, 4978, 5161, 5182,
        5256, 5258, 5464, 5465, 5530, 5819, 6154, 6851, 7162, 7888, 8437, 9208,
    ],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &["starttls"],
    samples: &[],
    client: |config| Box::new(client::ImapClient::new(config)),
    server: |config| Box::new(server::ImapServer::new(config)),
    screen: None,
};
