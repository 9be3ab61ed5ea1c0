//! FTP (RFC 959): file transfers. One connection carries commands and replies; each file and each
//! listing gets a connection of its own.

mod client;
mod python;
mod server;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
mod wire;

use super::Protocol;

pub static PROTOCOL: Protocol = Protocol {
    id: "ftp",
    name: "FTP",
    function: "File transfers",
    port: 21,
    python: "ftplib",
    module: Some(&python::MODULE),
    rfcs: &[959, 854, 1123, 2389, 2428, 2577, 2640, 3659, 4217, 7151],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &["auth", "mode-b", "mode-c", "smnt", "stru-p", "stru-r", "type-e"],
    samples: &[
        ("text", "readme.txt"),
        ("big", "pub/big.bin"),
        ("big_sha256", crate::world::BIG_SHA256),
        ("upload", "upload"),
    ],
    client: |config| Box::new(client::FtpClient::new(config)),
    server: |config| Box::new(server::FtpServer::new(config)),
    screen: None,
};
