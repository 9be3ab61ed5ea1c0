//! SMTP (RFC 5321): sending email.

mod client;
mod params;
mod path;
mod python;
mod reply;
mod server;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
mod wire;

use super::Protocol;

pub static PROTOCOL: Protocol = Protocol {
    id: "smtp",
    name: "SMTP",
    function: "Sending email",
    port: 25,
    python: "smtplib",
    module: Some(&python::MODULE),
    rfcs: &[
        5321, 5322, 1047, 1870, 1985, 2033, 2034, 2195, 2852, 2920, 3030, 3207, 3461, 3463, 4616,
        4865, 4954, 6152, 6531, 6710, 7293, 8689,
    ],
    table: &table::TABLE,
    terms: terms::ALL,
    lacks: &["binarymime", "etrn", "starttls"],
    samples: &[("rcpt", "you@practice.lab")],
    client: |config| Box::new(client::SmtpClient::new(config)),
    server: |config| Box::new(server::SmtpServer::new(config)),
    screen: None,
};
