//! What may be sent, and what is refused before an octet leaves.

use super::*;

#[test]
fn ftp_15_rest_must_directly_precede_the_transfer() {
    let steps = passive(&[
        Step::Types("REST 5"),
        server(b"350 ok\r\n"),
        Step::Types("NOOP"),
        server(b"200 ok\r\n"),
        Step::Types("RETR f"),
    ]);
    let outputs = play(&client, &steps);
    assert!(notes(&outputs).contains("NOOP stands between REST 5 and the transfer"));
    let direct = passive(&[Step::Types("REST 5"), server(b"350 ok\r\n"), Step::Types("RETR f")]);
    assert_eq!(notes(&play(&client, &direct)), "");
}

#[test]
fn ftp_16_rnto_needs_rnfr_directly_before_it() {
    let why = refused(&client, &ready(&[]), "RNTO b");
    assert!(why.to_string().contains("RNFR"), "{why}");
    let between = ready(&[
        Step::Types("RNFR a"),
        server(b"350 ok\r\n"),
        Step::Types("NOOP"),
        server(b"200 ok\r\n"),
    ]);
    assert!(matches!(refused(&client, &between, "RNTO b"), Refused::Illegal(_)));
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("RNFR a"),
            server(b"350 ok\r\n"),
            Step::Types("RNTO b"),
            server(b"250 ok\r\n"),
        ]),
    );
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"RNFR a\r\nRNTO b\r\n"));
}

#[test]
fn ftp_17_a_second_command_cannot_hide_in_an_argument() {
    for text in ["CWD a\r\nDELE x", "CWD a\0", "CWD a\rb", "CWD a\nb"] {
        let why = refused(&client, &ready(&[]), text);
        assert!(matches!(why, Refused::Malformed { .. }), "{why}");
    }
}

#[test]
fn ftp_18_all_behind_the_first_space_is_the_name() {
    let outputs = play(&client, &passive(&[Step::Types("STOR   two.txt")]));
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"STOR   two.txt\r\n"));
    let wire = outputs.iter().rev().find_map(|output| match output {
        Output::Sent { wire, .. } => Some(wire.clone()),
        _ => None,
    });
    let wire = wire.expect("STOR was sent");
    let path = wire.spans.iter().find(|span| span.term.id == "PATH").expect("it has a path");
    assert_eq!(&wire.bytes[path.range()], b"  two.txt");
}

#[test]
fn passwords_are_masked_typed_and_raw() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            GREETING,
            Step::Raw(b"PASS lab-secret\r\n"),
            server(b"503 no\r\n"),
            Step::Raw(b"PASS lab-secret\rlab-secret\r\n"),
            server(b"503 no\r\n"),
            Step::Types("USER student"),
            server(b"331 p\r\n"),
            Step::Types("PASS lab-secret"),
            server(b"530 no\r\n"),
        ],
    );
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"PASS lab-secret\r\n"));
    for output in &outputs {
        if let Output::Sent { wire, .. } = output {
            assert!(!String::from_utf8_lossy(&wire.masked()).contains("lab-secret"));
        }
    }
    assert_eq!(state(&outputs), Some("login"), "after 530 USER must come again");
}

#[test]
fn there_is_no_pipelining() {
    let why = {
        let mut client = after(&ready(&[]));
        client.handle(Input::Batch("CWD a\nPWD"), Default::default())
    };
    assert!(matches!(why, Err(Refused::Illegal(illegal)) if illegal.needs.is_some()));
    let waiting = ready(&[Step::Types("PWD")]);
    assert!(refused(&client, &waiting, "NOOP").to_string().contains("Wait for that reply"));
    let one = play(&client, &ready(&[Step::Batch("PWD\n"), server(b"257 \"/\"\r\n")]));
    assert!(sent(&one, Conn::MAIN).ends_with(b"PWD\r\n"));
}

#[test]
fn what_the_lab_cannot_go_on_with_is_refused_with_a_reason() {
    let why = refused(&client, &ready(&[]), "AUTH TLS").to_string();
    assert!(why.contains("TLS"), "{why}");
    let promised = ready(&[Step::Types("EPSV ALL"), server(b"200 ok\r\n")]);
    for text in ["PASV", "PORT 127,0,0,1,200,1", "PORT", "EPRT"] {
        assert!(refused(&client, &promised, text).to_string().contains("EPSV ALL"));
    }
    let raw =
        play(&client, &ready(&[Step::Raw(b"PORT 127,0,0,1,200,1\r\n"), server(b"200 ok\r\n")]));
    assert!(sent(&raw, Conn::MAIN).ends_with(b"PORT 127,0,0,1,200,1\r\n"));
}

#[test]
fn arguments_are_checked_before_anything_is_sent() {
    for text in [
        "TYPE X",
        "TYPE",
        "MODE Q",
        "STRU",
        "REST five",
        "REST -1",
        "RETR",
        "RETR ",
        "SIZE",
        "PWD /",
        "FEAT x",
        "ALLO many",
        "EPSV 1 2",
        "MFMT yesterday f",
        "MFMT 20260101120000",
        "HOST a b",
        "PORT 1,2,3",
        "EPRT |3|x|1|",
    ] {
        let steps = if text.starts_with("RETR") { passive(&[]) } else { ready(&[]) };
        let steps = if text.starts_with("HOST") { steps[..2].to_vec() } else { steps };
        let why = refused(&client, &steps, text);
        assert!(matches!(why, Refused::Malformed { .. }), "{text}: {why}");
    }
    let long = format!("CWD {}", "x".repeat(5000));
    assert!(matches!(refused(&client, &ready(&[]), &long), Refused::TooLong { .. }));
    assert!(matches!(refused(&client, &ready(&[]), "XYZZY"), Refused::Illegal(_)));
}
