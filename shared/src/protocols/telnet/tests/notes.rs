//! What is noted, pitfall by pitfall, and that what a note has for right is right.

use super::*;
use crate::testing::cases::{From, check};

fn from(state: &str) -> From {
    let scripted: &[Step<'static>] = match state {
        "open" | "no window" => &[],
        "naws" => &[Step::Server(Conn::MAIN, b"\xff\xfd\x1f")],
        "echo" => &[Step::Server(Conn::MAIN, b"\xff\xfb\x01")],
        other => panic!("no state {other:?}"),
    };
    // The practice server has asked for the window by then.
    let practice = if state == "no window" { vec![Step::Types("IAC WONT NAWS")] } else { vec![] };
    (opened(scripted), practice)
}

#[test]
fn each_thing_that_goes_wrong_has_its_note_and_what_is_said_to_be_right_is() {
    let table = include_str!("notes.txt");
    check(&super::super::PROTOCOL, &client, &from, table, ("TEL", 28));
}
