//! What the client sends.

use super::{after, client, fact, in_data, last, ready, server, suggested};
use crate::machine::{Client, ClientConfig, Conn, Input, Output, Refused, Tick};
use crate::testing::{Step, notes, play, refused, sent, state};

#[test]
fn smtp_03_and_04_dots_are_stuffed_and_the_last_line_is_ended_once() {
    for (typed, wire) in [
        (".\r\n", &b"..\r\n.\r\n"[..]),
        (".x\r\n", b"..x\r\n.\r\n"),
        ("..\r\n", b"...\r\n.\r\n"),
        ("no end", b"no end\r\n.\r\n"),
        ("one end\n", b"one end\r\n.\r\n"),
        ("", b".\r\n"),
    ] {
        let outputs = play(&client, &in_data(&[Step::Types(typed)]));
        assert!(sent(&outputs, Conn::MAIN).ends_with(&[b"DATA\r\n", wire].concat()), "{typed:?}");
    }
}

#[test]
fn smtp_07_replies_belong_to_commands_by_their_order() {
    let batch = "MAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nRCPT TO:<e@f.example>\nDATA";
    let steps = ready(&[
        Step::Batch(batch),
        server(b"250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n"),
        Step::Types("Subject: x\n\ny"),
        server(b"250 taken\r\n"),
    ]);
    let outputs = play(&client, &steps);
    assert_eq!(state(&outputs), Some("ready"));
    let half = after(&client, &steps[..6]);
    assert_eq!(fact(&*half, "recipients").as_deref(), Some("c@d.example"));
    assert_eq!(fact(&*half, "recipients refused").as_deref(), Some("1"));
    assert_eq!(fact(&*after(&client, &steps), "messages delivered").as_deref(), Some("1"));
}

#[test]
fn smtp_08_without_recipients_only_the_lone_dot_is_sent() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Batch("MAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA"),
            server(b"250 ok\r\n550 no\r\n354 go\r\n"),
            server(b"554 no valid recipients\r\n"),
        ]),
    );
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"DATA\r\n.\r\n"));
    assert!(notes(&outputs).contains("none of the recipients"));
    assert_eq!(state(&outputs), Some("ready"));
}

#[test]
fn smtp_09_19_20_and_21_what_an_address_may_be() {
    for wrong in [
        "MAIL FROM: <a@b>",
        "MAIL FROM:a@b",
        "MAIL FROM:<a@b> ",
        "MAIL FROM:<a@b>SIZE=1",
        "MAIL FROM:<a>",
        "MAIL FROM:<a@>",
        "MAIL FROM:<a@b..c>",
        "MAIL FROM:<a@-b>",
        "MAIL FROM:<a@[1.2.3]>",
        "MAIL FROM:<.a@b>",
        "MAIL FROM:<a b@c>",
        "MAIL FROM:<\"a@c>",
        "MAIL FROM:<a@b",
        "MAIL FROM:<\u{fc}@b>",
        "MAIL FROM:<x>\r\nDATA\r\n>",
        "MAIL FROM:<a@b>\0",
        "MAIL FROM:<a@b> BODY=9BIT",
        "MAIL FROM:<a@b> SIZE=x",
        "MAIL FROM:<a@b> NOTIFY=NEVER",
        "MAIL FROM:<a@b> SIZE=1 size=2",
        "MAIL TO:<a@b>",
        "MAIL",
    ] {
        let why = refused(&client, &ready(&[]), wrong);
        assert!(matches!(why, Refused::Malformed { .. }), "{wrong}: {why}");
    }
    for right in [
        "MAIL FROM:<>",
        "mail from:<a@b>",
        "MAIL FROM:<\"a> @b\"@c> SIZE=16 RET=HDRS ENVID=x+2By AUTH=<>",
        "MAIL FROM:<a@[192.0.2.1]> BODY=8BITMIME",
        "MAIL FROM:<a@[IPv6:2001:db8::1]>",
        "MAIL FROM:<@one,@two:a@b>",
        "MAIL FROM:<a+b@c> X-OTHER=1",
    ] {
        let outputs = play(&client, &ready(&[Step::Types(right), server(b"250 ok\r\n")]));
        assert_eq!(state(&outputs), Some("sender"), "{right}");
        assert!(sent(&outputs, Conn::MAIN).ends_with(format!("{right}\r\n").as_bytes()));
    }
}

#[test]
fn parameters_need_their_extension() {
    for (typed, keyword) in [
        ("MAIL FROM:<a@b> SMTPUTF8", "SMTPUTF8"),
        ("MAIL FROM:<a@b> BODY=BINARYMIME", "BINARYMIME"),
        ("MAIL FROM:<a@b> BY=120;R", "DELIVERBY"),
        ("MAIL FROM:<a@b> MT-PRIORITY=-3", "MT-PRIORITY"),
        ("MAIL FROM:<a@b> HOLDFOR=60", "FUTURERELEASE"),
        ("MAIL FROM:<a@b> REQUIRETLS", "REQUIRETLS"),
    ] {
        let why = refused(&client, &ready(&[]), typed).to_string();
        assert!(why.contains(keyword) && why.contains("not announced"), "{why}");
    }
}

#[test]
fn a_binary_message_is_not_sent_with_data() {
    let steps = [
        Step::Opens(Conn::MAIN),
        server(b"220 mx\r\n"),
        Step::Types("EHLO you.lab"),
        server(b"250-mx\r\n250-BINARYMIME\r\n250 CHUNKING\r\n"),
        Step::Types("MAIL FROM:<a@b> BODY=BINARYMIME"),
        server(b"250 ok\r\n"),
        Step::Types("RCPT TO:<c@d>"),
        server(b"250 ok\r\n"),
    ];
    let why = refused(&client, &steps, "DATA").to_string();
    assert!(why.contains("BDAT"), "{why}");
    assert_eq!(after(&client, &steps).state().id, "recipients");
}

#[test]
fn smtp_12_cram_md5_is_answered_from_the_challenge() {
    let make = || -> Box<dyn Client> {
        let config = ClientConfig {
            user: "tim".into(),
            password: "tanstaaftanstaaf".into(),
            ..ClientConfig::practice(25)
        };
        (crate::protocols::smtp::PROTOCOL.client)(&config)
    };
    let answer = "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw";
    let challenge = b"334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n";
    let mut steps = ready(&[Step::Types("AUTH CRAM-MD5"), server(challenge)]);
    assert_eq!(suggested(&*after(&make, &steps)).as_deref(), Some(answer));
    steps.extend([Step::Types(answer), server(b"235 2.7.0 ok\r\n")]);
    let outputs = play(&make, &steps);
    assert!(sent(&outputs, Conn::MAIN).ends_with(format!("{answer}\r\n").as_bytes()));
    assert_eq!(state(&outputs), Some("ready"));
    let why = refused(&make, &steps, "AUTH PLAIN").to_string();
    assert!(why.contains("nobody has logged in"), "{why}");
}

#[test]
fn login_is_answered_whatever_its_prompts_say() {
    for prompts in [
        [&b"334 VXNlcm5hbWU6\r\n"[..], b"334 UGFzc3dvcmQ6\r\n"],
        [b"334 VXNlciBOYW1lAA==\r\n", b"334 UGFzc3dvcmQA\r\n"],
    ] {
        let mut steps = ready(&[Step::Types("AUTH LOGIN"), server(prompts[0])]);
        assert_eq!(suggested(&*after(&client, &steps)).as_deref(), Some("c3R1ZGVudA=="));
        steps.extend([Step::Types("c3R1ZGVudA=="), server(prompts[1])]);
        assert_eq!(suggested(&*after(&client, &steps)).as_deref(), Some("bGFiLXNlY3JldA=="));
    }
}

#[test]
fn smtp_13_a_challenge_may_be_empty() {
    for empty in [&b"334 \r\n"[..], b"334\r\n"] {
        let steps = ready(&[Step::Types("AUTH PLAIN"), server(empty)]);
        assert_eq!(state(&play(&client, &steps)), Some("sasl"));
        let answer = suggested(&*after(&client, &steps));
        assert_eq!(answer.as_deref(), Some("AHN0dWRlbnQAbGFiLXNlY3JldA=="));
    }
}

#[test]
fn smtp_14_a_star_gives_up() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("AUTH LOGIN"),
            server(b"334 VXNlcm5hbWU6\r\n"),
            Step::Types("*"),
            server(b"501 cancelled\r\n"),
        ]),
    );
    assert_eq!(state(&outputs), Some("ready"));
    let exchange = ready(&[Step::Types("AUTH LOGIN"), server(b"334 VXNlcm5hbWU6\r\n")]);
    let why = refused(&client, &exchange, "not base64!");
    assert!(matches!(why, Refused::Malformed { .. }), "{why}");
}

#[test]
fn smtp_16_a_chunk_is_counted_and_not_stuffed() {
    let steps = ready(&[
        Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>"),
        server(b"250 ok\r\n250 ok\r\n"),
        Step::Types("BDAT\n.\na"),
        server(b"250 ok\r\n"),
        Step::Types("BDAT 0 LAST"),
        server(b"250 ok\r\n"),
    ]);
    let outputs = play(&client, &steps);
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"BDAT 6\r\n.\r\na\r\nBDAT 0 LAST\r\n"));
    assert_eq!(state(&outputs), Some("ready"));
    let wrong = refused(&client, &steps[..6], "BDAT 5\n.\na").to_string();
    assert!(wrong.contains("6 octets, not 5"), "{wrong}");
    let mixed = refused(&client, &steps[..8], "DATA").to_string();
    assert!(mixed.contains("chunks"), "{mixed}");
    let spoiled = [&steps[..7], &[server(b"552 too much\r\n")]].concat();
    assert_eq!(suggested(&*after(&client, &spoiled)).as_deref(), Some("RSET"));
}

#[test]
fn smtp_17_the_rest_of_a_short_count_is_awaited_as_a_command() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>"),
            server(b"250 ok\r\n250 ok\r\n"),
            Step::Raw(b"BDAT 5\r\nabcdefg\r\n"),
            server(b"250 ok\r\n500 fg?\r\n"),
        ]),
    );
    assert_eq!(last(&outputs).1, "The command is not known, or too long: fg?");
    assert!(!notes(&outputs).contains("unasked"));
    assert_eq!(state(&outputs), Some("chunking"));
}

#[test]
fn smtp_27_long_lines_and_all_octets_pass_with_a_warning() {
    let mut typed = "x".repeat(2000);
    typed.push_str("\n\u{fc}\r.\n\0");
    let typed: &'static str = typed.leak();
    let outputs = play(&client, &in_data(&[Step::Types(typed)]));
    let all = sent(&outputs, Conn::MAIN);
    let wire = [typed.replace('\n', "\r\n").as_bytes(), b"\r\n.\r\n"].concat();
    assert!(all.ends_with(&wire));
    let notes = notes(&outputs);
    for part in ["998", "BODY=8BITMIME", "carriage return", "NUL"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

#[test]
fn content_in_pieces_is_stuffed_as_if_it_were_whole() {
    let content = b"Subject: x\n\n.dot\r\nend";
    for cut in 0..content.len() {
        let mut client = after(&client, &in_data(&[]));
        let now = Tick::default();
        for piece in [&content[..cut], &content[cut..]] {
            client.handle(Input::Content(piece), now).expect("the state takes content");
        }
        client.handle(Input::ContentEnd, now).expect("the state takes content");
        assert!(client.handle(Input::Content(b"more"), now).is_err());
        let mut outputs = Vec::new();
        while let Some(output) = client.poll() {
            outputs.push(output);
        }
        let wire = b"Subject: x\r\n\r\n..dot\r\nend\r\n.\r\n";
        assert_eq!(sent(&outputs, Conn::MAIN), wire, "cut at {cut}");
    }
    let mut idle = after(&client, &ready(&[]));
    let early = idle.handle(Input::Content(b"x"), Tick::default());
    assert!(matches!(early, Err(Refused::Illegal(_))));
}

#[test]
fn secrets_are_masked_however_they_are_sent() {
    let secret = "AHN0dWRlbnQAbGFiLXNlY3JldA==";
    let runs = [
        ready(&[Step::Types("AUTH PLAIN AHN0dWRlbnQAbGFiLXNlY3JldA==")]),
        ready(&[
            Step::Types("AUTH PLAIN"),
            server(b"334 \r\n"),
            Step::Types("AHN0dWRlbnQAbGFiLXNlY3JldA=="),
        ]),
        ready(&[Step::Raw(b"auth PLAIN AHN0dWRlbnQAbGFiLXNlY3JldA==\r\n")]),
        ready(&[Step::Raw(b"AUTH PLAIN\r\nAHN0dWRlbnQAbGFiLXNlY3JldA==\r\nNOOP\r\n")]),
        ready(&[Step::Raw(b"AUTH PLAIN AHN0dWRl"), Step::Raw(b"bnQAbGFiLXNlY3JldA==\r\n")]),
        ready(&[
            Step::Types("AUTH PLAIN"),
            server(b"334 \r\n"),
            Step::Raw(b"AHN0dWRlbnQAbGFiLXNlY3JldA==\r\n"),
        ]),
        ready(&[Step::Types("AUTH LOGIN"), server(b"334 AHN0dWRlbnQAbGFiLXNlY3JldA==\r\n")]),
    ];
    for steps in runs {
        let outputs = play(&client, &steps);
        let mut shown = String::new();
        for output in &outputs {
            if let Output::Sent { wire, .. } | Output::Received { wire, .. } = output {
                shown.push_str(&String::from_utf8_lossy(&wire.masked()));
            }
        }
        for part in [secret, "AHN0dWRl", "bnQAbGFi"] {
            assert!(!shown.contains(part), "{shown}");
        }
        assert!(shown.contains("********"));
    }
}

#[test]
fn raw_lines_are_matched_to_their_replies() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Raw(
                b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: x\r\n\r\nQUIT\r\n.\r\nNOO",
            ),
            Step::Raw(b"P\r\n"),
            server(b"250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n250 noop\r\n"),
        ]),
    );
    assert_eq!(state(&outputs), Some("ready"));
    assert!(!notes(&outputs).contains("unasked"));
    assert_eq!(last(&outputs).1, "Done.");
}

#[test]
fn a_message_sent_raw_with_its_envelope_gets_no_second_dot() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Raw(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n"),
            server(b"250 ok\r\n550 no\r\n354 go\r\n554 nobody\r\n"),
        ]),
    );
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"DATA\r\nx\r\n.\r\n"));
    assert_eq!(state(&outputs), Some("ready"));
}

#[test]
fn a_batch_needs_the_extension_and_its_order() {
    let plain = [
        Step::Opens(Conn::MAIN),
        server(b"220 mx\r\n"),
        Step::Types("HELO you.lab"),
        server(b"250 mx\r\n"),
    ];
    let mut client_without = after(&client, &plain);
    let batch = Input::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>");
    let why = client_without.handle(batch, Tick::default()).expect_err("HELO has no PIPELINING");
    assert!(why.to_string().contains("PIPELINING"), "{why}");
    for wrong in
        ["NOOP\nRSET", "MAIL FROM:<a@b>\nDATA", "QUIT\nNOOP", "MAIL FROM:<a@b>\nMAIL FROM:<a@b>"]
    {
        let mut client = after(&client, &ready(&[]));
        assert!(client.handle(Input::Batch(wrong), Tick::default()).is_err(), "{wrong}");
        assert_eq!(client.poll(), None);
    }
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("MAIL FROM:<a@b>"),
            server(b"250 ok\r\n"),
            Step::Batch("RSET\nMAIL FROM:<c@d>\nRCPT TO:<e@f>\nNOOP"),
            server(b"250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n"),
        ]),
    );
    assert_eq!(state(&outputs), Some("recipients"));
}
