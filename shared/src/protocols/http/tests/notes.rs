//! What is noted, pitfall by pitfall, and that what a note has for right is right.

use super::{OPENS, client};
use crate::machine::{Conn, Input, Output};
use crate::testing::cases::{From, check};
use crate::testing::notes;

fn from(_: &str) -> From {
    (vec![OPENS], vec![])
}

#[test]
fn each_thing_that_goes_wrong_has_its_note_and_what_is_said_to_be_right_is() {
    let table = include_str!("notes.txt");
    check(&super::super::PROTOCOL, &client, &from, table, ("HTTP", 30));
}

#[test]
fn raw_octets_without_an_end_of_a_line_are_taken_as_far_as_a_header_goes() {
    let mut client = client();
    client.handle(OPENS.input(), Default::default()).expect("no command");
    let long = vec![b'x'; 200_000];
    let raw = Input::Raw { conn: Conn::MAIN, bytes: &long };
    client.handle(raw, Default::default()).expect("raw octets are never refused");
    let outputs: Vec<Output> = std::iter::from_fn(|| client.poll()).collect();
    assert!(notes(&outputs).contains("more than 64 KiB"));
}
