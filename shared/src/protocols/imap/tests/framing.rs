//! Where a response ends.

use super::*;
use crate::machine::Direction;
use crate::testing::{notes, play, sent, state};

fn fetch(bytes: &'static [u8]) -> Vec<Output> {
    play(&client, &selected(&[Step::Types("FETCH 1 BODY[]"), server(bytes)]))
}

#[test]
fn imap_01_and_03_two_literals_in_one_response() {
    let outputs =
        fetch(b"* 1 FETCH (BODY[TEXT] {2}\r\nhi BODY[HEADER] {3}\r\nabc FLAGS ())\r\na3 OK\r\n");
    let units = received(&outputs);
    let (bytes, says) = &units[units.len() - 2];
    assert!(bytes.ends_with("abc FLAGS ())\r\n"), "{bytes}");
    assert_eq!(says, "Message 1: TEXT: 2 octets; HEADER: 3 octets; no flags.");
    assert_eq!(notes(&outputs), "");
}

#[test]
fn imap_02_what_stands_in_a_literal_is_data() {
    let outputs =
        fetch(b"* 1 FETCH (BODY[] {24}\r\n\r\na1 OK done\r\n* BYE\r\n)\r\n)\r\na3 OK\r\n");
    let units = received(&outputs);
    assert_eq!(units[units.len() - 2].1, "Message 1: the whole message: 24 octets.");
    assert_eq!(state(&outputs), Some("selected"));
}

#[test]
fn imap_04_text_has_no_literals() {
    for line in [&b"* OK hi {3}\r\n"[..], b"* NO {3}\r\n", b"* BAD x {99}\r\n", b"* ok  hi {3}\r\n"]
    {
        let bytes: &'static [u8] = [line, b"a3 OK\r\n"].concat().leak();
        let outputs = play(&client, &selected(&[Step::Types("NOOP"), server(bytes)]));
        assert_eq!(received(&outputs).pop().map(|(bytes, _)| bytes).as_deref(), Some("a3 OK\r\n"));
    }
    let greeting = play(&client, &[Step::Opens(Conn::MAIN), server(b"* OK hi {3}\r\n")]);
    assert_eq!(state(&greeting), Some("not-authenticated"));
}

#[test]
fn imap_05_quotes_hide_braces() {
    for line in [&br#"* 1 FETCH (X "a{2}")"#[..], br#"* 1 FETCH (X "a\"{2}")"#] {
        let bytes: &'static [u8] = [line, b"\r\na3 OK\r\n"].concat().leak();
        let outputs = fetch(bytes);
        assert_eq!(received(&outputs).len(), 6, "{:?}", received(&outputs));
        assert_eq!(notes(&outputs), "");
    }
    // A brace at the very end of a line within quotes: the line is broken, not the framing.
    let outputs = fetch(b"* 1 FETCH (X \"a{2}\r\na3 OK\r\n");
    assert_eq!(last(&outputs), "Done (a3). ");
    assert!(notes(&outputs).contains("closing quote"));
}

#[test]
fn imap_06_a_name_may_be_a_literal() {
    let steps = logged_in(&[
        Step::Types("LIST \"\" *"),
        server(b"* LIST (\\HasNoChildren) \"/\" {3}\r\na b\r\n"),
    ]);
    assert_eq!(last(&play(&client, &steps)), "There is a mailbox a b: \\HasNoChildren.");
}

#[test]
fn imap_07_empty_is_not_absent() {
    for (bytes, says) in [
        (&b"* 1 FETCH (BODY[] {0}\r\n)\r\n"[..], "empty"),
        (b"* 1 FETCH (BODY[] NIL)\r\n", "absent"),
        (b"* 1 FETCH (BODY[] \"\")\r\n", "empty"),
    ] {
        assert_eq!(last(&fetch(bytes)), format!("Message 1: the whole message: {says}."));
    }
}

#[test]
fn imap_08_literal8_may_have_a_nul() {
    let outputs = fetch(b"* 1 FETCH (BINARY[1] ~{2}\r\n\0b)\r\n");
    assert_eq!(last(&outputs), "Message 1: decoded part: 2 octets.");
    assert_eq!(notes(&outputs), "");
    let plain = fetch(b"* 1 FETCH (BODY[1] {2}\r\n\0b)\r\n");
    assert!(notes(&plain).contains("NUL"));
}

#[test]
fn imap_13_answers_may_come_in_another_order() {
    let steps = selected(&[
        Step::Batch("FETCH 1 FLAGS\nSEARCH ALL"),
        server(b"a4 OK second\r\na3 NO first\r\n"),
        Step::Types("NOOP"),
        server(b"a5 OK\r\n"),
    ]);
    let outputs = play(&client, &steps);
    assert!(notes(&outputs).contains("later command"), "{}", notes(&outputs));
    assert!(
        sent(&outputs, Conn::MAIN).ends_with(b"a3 FETCH 1 FLAGS\r\na4 SEARCH ALL\r\na5 NOOP\r\n")
    );
}

#[test]
fn imap_14_a_continuation_means_what_is_under_way() {
    for plus in [&b"+\r\n"[..], b"+ \r\n", b"+ YQ==\r\n"] {
        let outputs = play(
            &client,
            &[
                Step::Opens(Conn::MAIN),
                GREETING,
                Step::Types("AUTHENTICATE PLAIN"),
                server(plus),
                Step::Types("AHgAeQ=="),
                server(b"a1 OK\r\n"),
            ],
        );
        assert_eq!(state(&outputs), Some("authenticated"), "{plus:?}");
    }
    let idling = play(&client, &selected(&[Step::Types("IDLE"), server(b"+ idling\r\n")]));
    assert_eq!(state(&idling), Some("idle"));
    let lost = play(&client, &selected(&[server(b"+ go\r\n")]));
    assert!(notes(&lost).contains("nothing waits for it"));
}

#[test]
fn imap_16_good_bye_without_an_answer() {
    let outputs = play(
        &client,
        &selected(&[
            Step::Types("FETCH 1 FLAGS"),
            server(b"* BYE autologout\r\n"),
            Step::Ends(Conn::MAIN),
        ]),
    );
    assert_eq!(state(&outputs), Some("closed"));
    assert!(notes(&outputs).contains("FETCH has no answer"), "{}", notes(&outputs));
}

#[test]
fn imap_29_what_is_not_by_the_rule_is_said_and_read() {
    let outputs = play(
        &client,
        &selected(&[Step::Types("NOOP"), server(b"* OK x\n*  OK y\r\na3 ok done\r\n")]),
    );
    let notes = notes(&outputs);
    assert!(notes.contains("bare LF") && notes.contains("more than one space"), "{notes}");
    assert!(notes.contains("upper case"), "{notes}");
    let steps = selected(&[Step::Types("NOOP"), server(b"a3 ok done\r\n")]);
    assert_eq!(fact(&steps, "without an answer"), None);
}

#[test]
fn imap_32_numbers_and_literals_have_bounds() {
    let steps = selected(&[server(b"* 4294967296 EXISTS\r\n")]);
    assert!(notes(&play(&client, &steps)).contains("4294967296 is larger"));
    assert_eq!(fact(&steps, "messages").as_deref(), Some("23"));
    let outputs = fetch(b"* 1 FETCH (BODY[] {99999999999}\r\nabc");
    assert!(notes(&outputs).contains("drops the connection"));
    assert_eq!(state(&outputs), Some("closed"));
    assert!(outputs.contains(&Output::Abort { conn: Conn::MAIN }));
}

#[test]
fn a_large_literal_goes_past_as_content_and_the_response_goes_on() {
    let mail = vec![b'x'; 70_000];
    let mut bytes = b"* 1 FETCH (BODY[] {70000}\r\n".to_vec();
    bytes.extend_from_slice(&mail);
    bytes.extend_from_slice(b" FLAGS (\\Seen))\r\na3 OK\r\n");
    let mut client = after(&selected(&[Step::Types("FETCH 1 BODY[]")]));
    let mut outputs = Vec::new();
    for piece in bytes.chunks(999) {
        let input = Input::Bytes { conn: Conn::MAIN, bytes: piece };
        client.handle(input, Default::default()).expect("bytes are never refused");
        outputs.extend(core::iter::from_fn(|| client.poll()));
    }
    let mut data: Vec<u8> = Vec::new();
    let mut states = Vec::new();
    for output in &outputs {
        match output {
            Output::Data { direction: Direction::Received, bytes, .. } => data.extend(bytes),
            Output::State(state) => states.push(state.id),
            Output::Received { wire, .. } => assert!(wire.tiles()),
            _ => {}
        }
    }
    assert!(data == mail);
    assert_eq!(states, ["reading", "selected"]);
    let units = received(&outputs);
    assert_eq!(units[0].0, "* 1 FETCH (BODY[] {70000}\r\n");
    assert_eq!(units[1].0, " FLAGS (\\Seen))\r\n");
    assert_eq!(units[1].1, "Message 1: the whole message: 70000 octets; flags \\Seen.");
}

#[test]
fn a_line_without_an_end_is_shown_in_pieces() {
    let mut framer = super::super::frame::Framer::replies(16);
    let stream: &[u8] = b"* SEARCH 1 2 3 4 5 6 7 8 9\r\n* 1 EXISTS\r\n";
    let whole = events(&mut framer, &[stream]);
    let single: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(events(&mut super::super::frame::Framer::replies(16), &single), whole);
    assert_eq!(whole, ["long * SEARCH 1 2 3 4", "long  5 6 7 8 9\r\n", "unit * 1 EXISTS\r\n"]);
}

fn events(framer: &mut super::super::frame::Framer, chunks: &[&[u8]]) -> Vec<String> {
    use super::super::frame::Event;
    let mut found = Vec::new();
    for chunk in chunks {
        let mut rest = *chunk;
        while let Some(event) = framer.next(&mut rest) {
            found.push(match event {
                Event::Unit(unit) => format!("unit {}", String::from_utf8_lossy(&unit.bytes)),
                Event::TooLong(bytes) => format!("long {}", String::from_utf8_lossy(&bytes)),
                other => format!("{other:?}"),
            });
        }
    }
    found
}

#[test]
fn the_end_of_the_stream_is_named_everywhere() {
    for bytes in
        [&b"* 1 FET"[..], b"* 1 FETCH (BODY[] {5}\r\n", b"* 1 FETCH (BODY[] {5}\r\nab", b"", b"\r"]
    {
        let outputs = play(
            &client,
            &selected(&[
                Step::Types("FETCH 1 BODY[]"),
                Step::Server(Conn::MAIN, bytes),
                Step::Ends(Conn::MAIN),
            ]),
        );
        assert_eq!(state(&outputs), Some("closed"));
        assert!(notes(&outputs).contains("ended the connection"), "{bytes:?}");
    }
}
