//! Tests of the whole, in one program, so that they are linked once.

// Helpers outside of `#[test]` functions are tests too, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod access;
mod attack_addresses;
mod attack_frames;
mod attack_gate;
mod attack_limits;
mod axe;
mod bench;
mod browser;
mod clients;
mod contrast;
mod desks;
mod dialogues;
mod faults;
mod firefox;
mod ftp;
mod fuzz;
mod gopher;
mod http;
mod imap;
mod keep;
mod ladder;
mod lessons;
mod listen;
mod logs;
mod methods;
mod offline;
mod origin;
mod page;
mod programs;
mod proxies;
mod python;
mod real;
mod relay;
mod rooms;
mod rooms_attack;
mod rooms_limits;
mod rooms_relays;
mod rows;
mod run;
mod screenshots;
mod servers;
mod settings;
mod soak;
mod telnet;
mod tidy;
mod time;
mod tls;
mod token;
mod tunnel;
mod udp;
mod wisp;
mod wisp_peers;
mod wsproxy;
