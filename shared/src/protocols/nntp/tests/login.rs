//! AUTHINFO, from both sides, and what of it is shown.

use super::{admitted, bench, client, open, server};
use crate::explain::Wire;
use crate::machine::{Conn, Input, Output, Refused};
use crate::testing::{Step, play, received, refused, sent, state};
use crate::text::sasl;

fn shown(outputs: &[Output]) -> String {
    let wires = outputs.iter().filter_map(|output| match output {
        Output::Sent { wire, .. } | Output::Received { wire, .. } => Some(wire),
        _ => None,
    });
    wires.map(Wire::masked).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
}

#[test]
fn nntp_10_after_480_a_login_is_offered_and_the_command_repeated() {
    let mut client = super::greeted(b"");
    let now = Default::default();
    let mut told = Vec::new();
    let mut text = "GROUP lab.private".to_string();
    for reply in [&b"480 auth needed\r\n"[..], b"381 p\r\n", b"281 ok\r\n", b"211 1 1 1 g\r\n"] {
        client.handle(Input::Command(&text), now).expect("it is legal");
        let input = Input::Bytes { conn: Conn::MAIN, bytes: reply };
        client.handle(input, now).expect("bytes are never refused");
        text = client.suggestion().expect("it is the client's turn").text;
        told.push(text.clone());
    }
    assert_eq!(
        told[..3],
        ["AUTHINFO USER student", "AUTHINFO PASS lab-secret", "GROUP lab.private"]
    );
    assert_ne!(told[3], "GROUP lab.private");
}

#[test]
fn nntp_11_381_opens_no_continuation() {
    let outputs = play(
        &client,
        &open(&[
            Step::Types("AUTHINFO USER u"),
            server(b"381 more\r\n"),
            Step::Types("QUIT"),
            server(b"205 bye\r\n"),
        ]),
    );
    assert_eq!(state(&outputs), Some("closed"));
    assert_eq!(sent(&outputs, Conn::MAIN), b"AUTHINFO USER u\r\nQUIT\r\n");
}

#[test]
fn nntp_12_an_empty_challenge_and_a_star() {
    let outputs = play(
        &client,
        &open(&[
            Step::Types("AUTHINFO SASL PLAIN"),
            server(b"383 =\r\n"),
            Step::Types("*"),
            server(b"481 given up\r\n"),
        ]),
    );
    assert_eq!(sent(&outputs, Conn::MAIN), b"AUTHINFO SASL PLAIN\r\n*\r\n");
    assert_eq!(state(&outputs), Some("open"));
    let steps = open(&[Step::Types("AUTHINFO SASL PLAIN"), server(b"383 =\r\n")]);
    for text in ["QUIT now", "", "a\r\nb"] {
        let why = refused(&client, &steps, text);
        assert!(matches!(why, Refused::Malformed { .. }), "{why}");
    }
}

#[test]
fn secrets_are_masked_however_they_are_sent() {
    let outputs = play(
        &client,
        &open(&[
            Step::Types("authinfo user u"),
            server(b"381 more\r\n"),
            Step::Types("AuthInfo  Pass two words "),
            server(b"481 no\r\n"),
            Step::Types("AUTHINFO SASL PLAIN AHUAcA=="),
            server(b"481 no\r\n"),
            Step::Types("AUTHINFO SASL CRAM-MD5"),
            server(b"383 PDE4OTY+\r\n"),
            Step::Types("dSBkaWdlc3Q="),
            server(b"481 no\r\n"),
            Step::Raw(b"AUTHINFO PASS two words\r\nAUTHINFO SECRET hush\r\n"),
            server(b"482 no\r\n501 no\r\n"),
            Step::Raw(b"AUTHINFO SASL PLAIN\r\nAHUAcA==\r\n"),
            server(b"383 =\r\n481 no\r\n"),
        ]),
    );
    assert_eq!(state(&outputs), Some("open"));
    let text = shown(&outputs);
    for secret in ["two words", "AHUAcA", "dSBk", "PDE4", "hush"] {
        assert!(!text.contains(secret), "{text}");
    }
    let bytes = sent(&outputs, Conn::MAIN);
    assert!(String::from_utf8_lossy(&bytes).contains("AuthInfo  Pass two words \r\n"));
}

#[test]
fn every_mechanism_can_be_walked_by_its_suggestions() {
    for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5"] {
        let mut bench = bench();
        let mut client = super::greeted(b"");
        let now = Default::default();
        let mut text = format!("AUTHINFO SASL {mechanism}");
        for _ in 0..4 {
            client.handle(Input::Command(&text), now).expect("it is legal");
            let answer = bench.ask(format!("{text}\r\n").as_bytes());
            let input = Input::Bytes { conn: Conn::MAIN, bytes: answer.as_bytes() };
            client.handle(input, now).expect("bytes are never refused");
            if client.state().id == "open" {
                break;
            }
            text = client.suggestion().expect("it is the client's turn").text;
        }
        assert_eq!(bench.server.state().id, "open");
        assert!(client.flags().iter().any(|flag| flag.id == "login"), "{mechanism}");
    }
}

#[test]
fn the_server_logs_in_once_and_in_order() {
    let mut bench = bench();
    assert!(bench.ask(b"AUTHINFO PASS lab-secret\r\n").starts_with("482 "));
    assert!(bench.ask(b"AUTHINFO USER student\r\n").starts_with("381 "));
    assert!(bench.ask(b"DATE\r\n").starts_with("111 "), "381 opens no continuation");
    assert!(bench.ask(b"AUTHINFO PASS wrong\r\n").starts_with("481 "));
    assert!(bench.ask(b"AUTHINFO PASS lab-secret\r\n").starts_with("482 "), "the name is gone");
    assert!(bench.ask(b"AUTHINFO SASL NTLM\r\n").starts_with("503 "));
    assert!(bench.ask(b"AUTHINFO SASL CRAM-MD5 AAAA\r\n").starts_with("482 "));
    assert!(
        bench.ask(b"AUTHINFO SASL PLAIN\r\n!\r\n").ends_with("504 the response is not base64\r\n")
    );
    assert!(bench.ask(b"AUTHINFO SASL PLAIN AAAA\r\n").starts_with("482 "));
    assert!(bench.ask(b"AUTHINFO SASL PLAIN\r\n").starts_with("383 =\r\n"));
    assert!(bench.ask(b"*\r\n").starts_with("481 "));
    let right = sasl::encode("\0student\0lab-secret");
    assert!(bench.ask(format!("AUTHINFO SASL PLAIN {right}\r\n").as_bytes()).starts_with("281 "));

    let mut bench = admitted();
    for again in ["AUTHINFO USER student", "AUTHINFO PASS x", "AUTHINFO SASL PLAIN"] {
        let answer = bench.ask(format!("{again}\r\n").as_bytes());
        assert!(answer.starts_with("502 "), "{again}: {answer}");
    }
    let capabilities = bench.ask(b"CAPABILITIES\r\n");
    assert!(!capabilities.contains("AUTHINFO") && capabilities.contains("\r\nSASL CRAM-MD5"));
}

#[test]
fn private_things_answer_480_until_a_login() {
    let mut bench = bench();
    for command in [
        "GROUP lab.private",
        "LISTGROUP lab.private",
        "ARTICLE <private.1@practice.lab>",
        "HDR Subject <private.1@practice.lab>",
    ] {
        let answer = bench.ask(format!("{command}\r\n").as_bytes());
        assert!(answer.starts_with("480 "), "{command}: {answer}");
    }
    assert!(!bench.ask(b"NEWNEWS * 20200101 000000\r\n").contains("private"));
    let mut bench = admitted();
    assert_eq!(bench.ask(b"GROUP lab.private\r\n"), "211 1 1 1 lab.private\r\n");
    assert!(bench.ask(b"NEWNEWS * 20200101 000000\r\n").contains("<private.1@practice.lab>"));
}

#[test]
fn a_challenge_of_the_server_is_secret_and_what_it_proves_is_kept() {
    let outputs = play(
        &client,
        &open(&[Step::Types("AUTHINFO SASL PLAIN AHUAcA=="), server(b"283 cHJvb2Y= ok\r\n")]),
    );
    assert!(received(&outputs).pop().is_some_and(|unit| unit.1.contains("You are logged in")));
    assert!(shown(&outputs).ends_with("283 ******** ok\r\n"));
}
