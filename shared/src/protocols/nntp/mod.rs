//! NNTP (RFC 3977): reading and posting Usenet news.

mod client;
mod python;
mod server;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
mod wildmat;
mod wire;

use super::Protocol;

pub static PROTOCOL: Protocol = Protocol {
    id: "nntp",
    name: "NNTP",
    function: "Usenet news",
    port: 119,
    python: "nntplib",
    module: Some(&python::MODULE),
    rfcs: &[3977, 4642, 4643, 4644, 6048, 8054, 2980, 977, 5322, 5536, 4422],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &["compress", "slave", "starttls", "xgtitle", "xpath", "xrover"],
    samples: &[
        ("group", "comp.lang.python"),
        ("post", "misc.test"),
        ("auth", "optional"),
        ("mode_reader", "false"),
    ],
    client: |config| Box::new(client::NntpClient::new(config)),
    server: |config| Box::new(server::NntpServer::new(config)),
    screen: None,
};
