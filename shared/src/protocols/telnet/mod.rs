//! Telnet (RFC 854): command lines, and the options that make terminals alike.

mod client;
mod negotiation;
mod options;
mod python;
mod screen;
mod server;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
mod wire;

use super::Protocol;

pub static PROTOCOL: Protocol = Protocol {
    id: "telnet",
    name: "Telnet",
    function: "Command lines",
    port: 23,
    python: "telnetlib",
    module: Some(&python::MODULE),
    rfcs: &[
        854, 855, 856, 857, 858, 859, 860, 885, 1073, 1079, 1091, 1096, 1123, 1143, 1184, 1372,
        1408, 1572, 2066, 2217, 2941, 2946,
    ],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &[],
    samples: &[],
    client: |config| Box::new(client::TelnetClient::new(config)),
    server: |config| Box::new(server::TelnetServer::new(config)),
    screen: Some(screen::lines),
};
