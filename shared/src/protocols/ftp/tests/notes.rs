//! What is noted, pitfall by pitfall, and that what a note has for right is right.

use super::*;
use crate::testing::cases::{From, check};

/// How a session with written replies, and one with the practice server, come to a state.
fn from(state: &str) -> From {
    let (typed, replied) = (Step::Types, server);
    let mut scripted = vec![Step::Opens(Conn::MAIN), GREETING];
    let mut practice = Vec::new();
    let mut does = |text: &'static str, reply: &'static [u8]| {
        scripted.extend([typed(text), replied(reply)]);
        practice.push(typed(text));
    };
    if state != "login" && state != "connected" {
        does("USER student", b"331 p\r\n");
    }
    if !matches!(state, "login" | "connected" | "password") {
        does("PASS lab-secret", b"230 in\r\n");
    }
    match state {
        "resumed" => {
            does("TYPE I", b"200 ok\r\n");
            does("REST 5", b"350 ok\r\n");
        }
        "renaming" => does("RNFR hello.txt", b"350 ok\r\n"),
        "data" => {
            does("PASV", b"227 Entering Passive Mode (127,0,0,1,4,1)\r\n");
            scripted.push(Step::Opens(DATA));
        }
        "connected" => scripted.truncate(1),
        "login" | "password" | "session" => {}
        other => panic!("no state {other:?}"),
    }
    (scripted, practice)
}

#[test]
fn each_thing_that_goes_wrong_has_its_note_and_what_is_said_to_be_right_is() {
    let table = include_str!("notes.txt");
    check(&super::super::PROTOCOL, &client, &from, table, ("FTP", 25));
}

/// Whoever takes the port of PORT before the server does is noticed.
#[test]
fn a_data_connection_from_somebody_else_is_noted() {
    let port = [Step::Types("PORT"), Step::Listens(DATA), server(b"200 ok\r\n")];
    let mut client = after(&ready(&port));
    let thief = ([192, 0, 2, 66], 4000).into();
    let opened = Input::Opened { conn: DATA, local: crate::testing::addr(1), peer: thief };
    client.handle(opened, Default::default()).expect("no command");
    let notes = notes(&drain(&mut client));
    assert!(notes.contains("comes from 192.0.2.66, but you are talking to 127.0.0.1"), "{notes}");
}
