//! What is done with the octets of a fuzzer: bodies that stable tests call, too.
//!
//! A body takes any octets and panics if something does not hold that should. `fuzz/` has a target
//! for each; `it/fuzz.rs` runs them over `tests/corpus` and over chance.

mod chance;
mod client;
mod conns;
mod frames;
mod mux_alone;
mod mux_pair;
mod records;
mod rooms;
mod server;
mod session;
mod settings;
mod tape;
mod text;
mod wisp;

use shared::protocols::Protocol;

pub use chance::chance;
pub use client::client;
pub use frames::frames;
pub use mux_alone::mux_alone;
pub use mux_pair::mux_pair;
pub use records::SEPARATOR;
pub use rooms::rooms;
pub use server::server;
pub use session::session;
pub use settings::settings;
pub use tape::tape;
pub use text::{lesson, text};
pub use wisp::wisp;

/// Runs the body of a target; the name is that of its file in `fuzz/fuzz_targets`.
pub fn run(target: &str, octets: &[u8]) {
    if let Some(id) = target.strip_prefix("client_") {
        return client(protocol(id), octets);
    }
    if let Some(id) = target.strip_prefix("server_") {
        return server(protocol(id), octets);
    }
    match target {
        "frames" => frames(octets),
        "lesson" => lesson(octets),
        "mux_alone" => mux_alone(octets),
        "mux_pair" => mux_pair(octets),
        "rooms" => rooms(octets),
        "session" => session(octets),
        "settings" => settings(octets),
        "tape" => tape(octets),
        "text" => text(octets),
        "wisp" => wisp(octets),
        _ => panic!("there is no target {target}"),
    }
}

/// The names of all targets.
pub fn targets() -> Vec<String> {
    let mut names: Vec<String> = [
        "frames",
        "lesson",
        "mux_alone",
        "mux_pair",
        "rooms",
        "session",
        "settings",
        "tape",
        "text",
        "wisp",
    ]
    .map(String::from)
    .to_vec();
    for protocol in shared::protocols::ALL {
        names.push(format!("client_{}", protocol.id));
        names.push(format!("server_{}", protocol.id));
    }
    names.sort();
    names
}

fn protocol(id: &str) -> &'static Protocol {
    shared::protocols::by_id(id).unwrap_or_else(|| panic!("there is no protocol {id}"))
}
