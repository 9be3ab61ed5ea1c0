//! What a person types.

use super::*;
use crate::machine::{Input, Refused, Tick};
use crate::testing::{notes, play, refused, sent};

#[test]
fn tel_16_enter_is_crlf_and_with_binary_cr() {
    let steps = [
        Step::Types("ls"),
        Step::Types(""),
        Step::Types("IAC WILL BINARY"),
        server(b"\xff\xfd\0"),
        Step::Types("ls"),
        // The other ends of RFC 1123 section 3.3.1 are sent as octets.
        Step::Raw(b"ls\r\0"),
    ];
    let outputs = play(&client, &opened(&steps));
    assert_eq!(sent(&outputs, Conn::MAIN), b"ls\r\n\r\n\xff\xfb\0ls\rls\r\0");
}

#[test]
fn tel_17_text_goes_as_it_is_and_255_twice() {
    let outputs = play(&client, &opened(&[Step::Types("\u{ff}")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xc3\xbf\r\n");
    let doubled = super::super::wire::subnegotiation(31, &[0, 255, 0, 24], "");
    assert_eq!(doubled.bytes, b"\xff\xfa\x1f\0\xff\xff\0\x18\xff\xf0");
    assert!(doubled.tiles());
}

#[test]
fn commands_are_typed_by_their_names_in_any_case() {
    for (text, bytes) in [
        ("IAC AYT", &b"\xff\xf6"[..]),
        ("IAC nop", b"\xff\xf1"),
        ("IAC IP", b"\xff\xf4"),
        ("IAC AO", b"\xff\xf5"),
        ("IAC BRK", b"\xff\xf3"),
        ("IAC EC", b"\xff\xf7"),
        ("IAC EL", b"\xff\xf8"),
        ("IAC GA", b"\xff\xf9"),
        ("IAC DM", b"\xff\xf2"),
        ("IAC EOR", b"\xff\xef"),
        ("IAC EOF", b"\xff\xec"),
        ("IAC SUSP", b"\xff\xed"),
        ("IAC ABORT", b"\xff\xee"),
        ("IAC do echo", b"\xff\xfd\x01"),
        ("IAC  DO  250", b"\xff\xfd\xfa"),
        ("IAC WILL NAWS", b"\xff\xfb\x1f"),
    ] {
        let outputs = play(&client, &opened(&[Step::Types(text)]));
        assert_eq!(sent(&outputs, Conn::MAIN), bytes, "{text}");
    }
    let outputs = play(&client, &opened(&[Step::Types("IAC DM")]));
    assert!(notes(&outputs).contains("urgent data"));
}

#[test]
fn what_is_no_command_is_text() {
    for text in ["iac do echo", " IAC DO ECHO", "IACs", "ls IAC AYT", "(line)"] {
        let outputs = play(&client, &opened(&[Step::Types(text)]));
        assert_eq!(sent(&outputs, Conn::MAIN), format!("{text}\r\n").as_bytes());
    }
}

#[test]
fn wrong_commands_are_refused_with_their_form() {
    for (text, why) in [
        ("IAC", "begin the line with a space"),
        ("IAC DANCE", "IAC DO, IAC DONT"),
        ("IAC DO", "IAC DO option"),
        ("IAC DO DANCE", "its number"),
        ("IAC DO ECHO NAWS", "one option"),
        ("IAC DO 256", "its number"),
        ("IAC AYT now", "nothing behind it"),
        ("IAC SB", "an option and its parameters"),
        ("IAC SB NAWS 80", "columns and rows"),
        ("IAC SB NAWS 80 70000", "65535"),
        ("IAC SB 42 zz", "hexadecimal"),
        ("IAC DONT ECHO", "it is off already"),
        ("IAC WILL ENCRYPT", "could not be read"),
        ("IAC DO MCCP2", "could not be read"),
        ("IAC WILL TSPEED", "cannot tell the speed"),
        ("IAC WILL ECHO", "only the server echoes"),
        ("ls\r\nrm x", "line feed"),
        ("ls\0", "NUL"),
    ] {
        let refusal = refused(&client, &opened(&[]), text).to_string();
        assert!(
            refusal.contains(why) || (text.contains('\r') && refusal.contains("carriage return")),
            "{text:?}: {refusal}"
        );
    }
    let long = "x".repeat(5000);
    assert!(matches!(refused(&client, &opened(&[]), &long), Refused::TooLong { .. }));
}

#[test]
fn parameters_are_typed_in_three_forms() {
    let all_on = server(b"\xff\xfd\x1f\xff\xfd\x18\xff\xfd\x22");
    let begins = sent(&play(&client, &opened(std::slice::from_ref(&all_on))), Conn::MAIN);
    for (text, bytes) in [
        ("IAC SB NAWS 132 43", &b"\xff\xfa\x1f\0\x84\0\x2b\xff\xf0"[..]),
        ("IAC SB TTYPE IS VT220", b"\xff\xfa\x18\0VT220\xff\xf0"),
        ("IAC SB TTYPE SEND", b"\xff\xfa\x18\x01\xff\xf0"),
        ("IAC SB LINEMODE 3 0 3 ff", b"\xff\xfa\x22\x03\0\x03\xff\xff\xff\xf0"),
    ] {
        let outputs = play(&client, &opened(&[all_on.clone(), Step::Types(text)]));
        assert_eq!(sent(&outputs, Conn::MAIN)[begins.len()..], *bytes, "{text}");
    }
}

#[test]
fn what_was_refused_has_octets_all_the_same() {
    let client = client();
    assert_eq!(client.octets_of("IAC WILL ECHO").as_deref(), Some(&b"\xff\xfb\x01"[..]));
    assert_eq!(
        client.octets_of("IAC SB NAWS 80 24").as_deref(),
        Some(&b"\xff\xfa\x1f\0\x50\0\x18\xff\xf0"[..])
    );
    assert_eq!(client.octets_of("ls"), None);
}

#[test]
fn requests_sent_raw_are_remembered() {
    let steps = [Step::Raw(b"\xff\xfd\x01ls\r\n\xff"), server(b"\xff\xfb\x01")];
    let outputs = play(&client, &opened(&steps));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfd\x01ls\r\n\xff", "no second DO");
}

#[test]
fn a_batch_goes_whole_or_not_at_all() {
    let outputs = play(&client, &opened(&[Step::Batch("ls\nIAC DO SGA\npwd")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"ls\r\n\xff\xfd\x03pwd\r\n");
    let mut client = client();
    let opened = Input::Opened {
        conn: Conn::MAIN,
        local: crate::testing::addr(1),
        peer: crate::testing::addr(2),
    };
    client.handle(opened, Tick::default()).expect("opening is no command");
    while client.poll().is_some() {}
    let twice = Input::Batch("ls\nIAC DO SGA\nIAC DO SGA");
    let refusal = client.handle(twice, Tick::default()).expect_err("the second is asked already");
    assert!(refusal.to_string().contains("asked for already"), "{refusal}");
    assert_eq!(client.poll(), None);
}
