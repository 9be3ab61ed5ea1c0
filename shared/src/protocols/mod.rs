//! The registry: one folder and one entry for each protocol.

use crate::explain::Term;
use crate::machine::{Client, ClientConfig, Server, ServerConfig};
use crate::python::Module;
use crate::table::Table;
use crate::transcript::Entry;

pub mod ftp;
pub mod gopher;
pub mod http;
pub mod imap;
pub mod nntp;
pub mod pop3;
pub mod smtp;
pub mod telnet;

#[cfg(test)]
mod registry_tests;
#[cfg(test)]
mod rules_tests;

/// Everything that the page, the relay and the tests need to know of a protocol.
pub struct Protocol {
    /// As in the page's URL: `#/pop3`.
    pub id: &'static str,
    pub name: &'static str,
    /// What people use it for, in the lecture's words.
    pub function: &'static str,
    /// The port registered for it.
    pub port: u16,
    /// The module of Python's standard library.
    pub python: &'static str,
    /// What its methods do on the wire.
    pub module: Option<&'static Module>,
    pub rfcs: &'static [u16],
    pub table: &'static Table,
    pub terms: &'static [&'static Term],
    /// What the practice server does not do, sorted: the word of the RFC in lower case, a hyphen
    /// for each space. Test programs of others leave it out.
    pub lacks: &'static [&'static str],
    /// What test programs may ask the practice server for: names and values of endpoints.json.
    pub samples: &'static [(&'static str, &'static str)],
    pub client: fn(&ClientConfig) -> Box<dyn Client>,
    pub server: fn(&ServerConfig) -> Box<dyn Server>,
    /// What a terminal would show, for protocols that carry text to be looked at: lines made from
    /// the entries of a session.
    pub screen: Option<Screen>,
}

/// Draws the lines of a terminal from the entries of a transcript.
pub type Screen = fn(&mut dyn Iterator<Item = &Entry>) -> Vec<String>;

/// In the order of the lecture's table.
pub static ALL: &[&Protocol] = &[
    &http::PROTOCOL,
    &nntp::PROTOCOL,
    &ftp::PROTOCOL,
    &smtp::PROTOCOL,
    &pop3::PROTOCOL,
    &imap::PROTOCOL,
    &telnet::PROTOCOL,
    &gopher::PROTOCOL,
];

pub fn by_id(id: &str) -> Option<&'static Protocol> {
    ALL.iter().copied().find(|protocol| protocol.id == id)
}
