//! What is noted, pitfall by pitfall, and that what a note has for right is right.

use super::*;
use crate::testing::cases::{From, check};

fn practice_client() -> Box<dyn Client> {
    let hosts = ClientConfig::practice(70);
    (super::super::PROTOCOL.client)(&hosts)
}

fn from(_: &str) -> From {
    (vec![OPENS], vec![])
}

#[test]
fn each_thing_that_goes_wrong_has_its_note_and_what_is_said_to_be_right_is() {
    let table = include_str!("notes.txt");
    check(&super::super::PROTOCOL, &practice_client, &from, table, ("GOP", 27));
}

#[test]
fn a_selector_longer_than_it_may_be_is_told() {
    let line: &'static [u8] = [&[b'x'; 256][..], b"\r\n"].concat().leak();
    let outputs = play(&client, &[OPENS, Step::Raw(line)]);
    assert!(notes(&outputs).contains("The selector has 256 octets"));
    let menu: &'static [u8] = [b"0A\t", &[b'x'; 256][..], b"\th\t70\r\n.\r\n"].concat().leak();
    assert!(notes(&ask("1", menu)).contains("a selector of more than 255 octets"));
}
