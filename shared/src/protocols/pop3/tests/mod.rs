//! The pitfalls of POP3, with their exact bytes.

mod advice;

use crate::machine::{Client, ClientConfig, Conn, Output, Refused, ServerConfig};
use crate::testing::{Bench, Step, notes, play, received, refused, sent, state};

const GREETING: Step<'_> = Step::Server(Conn::MAIN, b"+OK ready\r\n");

fn client() -> Box<dyn Client> {
    (super::PROTOCOL.client)(&ClientConfig::practice(110))
}

fn server(bytes: &'static [u8]) -> Step<'static> {
    Step::Server(Conn::MAIN, bytes)
}

fn logged_in(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = vec![
        Step::Opens(Conn::MAIN),
        GREETING,
        Step::Types("USER student"),
        server(b"+OK\r\n"),
        Step::Types("PASS lab-secret"),
        server(b"+OK\r\n"),
    ];
    steps.extend_from_slice(then);
    steps
}

fn last(outputs: &[Output]) -> (String, String) {
    received(outputs).pop().expect("something was received")
}

#[test]
fn pop_01_apop_answers_the_timestamp() {
    let digest = crate::protocols::pop3::client::apop_digest(
        "<1896.697170952@dbc.mtview.ca.us>",
        "tanstaaf",
    );
    assert_eq!(digest, "c4c9334bac560ecc979e58001b3e22fb");
}

#[test]
fn pop_02_and_03_a_stuffed_message_is_read_however_it_is_cut() {
    let outputs = play(
        &client,
        &logged_in(&[
            Step::Types("RETR 1"),
            server(b"+OK 120 octets\r\nA: b\r\n\r\n..dot\r\n...\r\n.\r\n"),
            Step::Types("STAT"),
            server(b"+OK 2 320\r\n"),
        ]),
    );
    let units = received(&outputs);
    assert_eq!(units[units.len() - 2].1, "4 lines, 18 octets.");
    assert_eq!(units[units.len() - 1].1, "There are 2 messages of 320 octets together.");
}

#[test]
fn pop_04_list_of_one_message_is_one_line() {
    let one = play(&client, &logged_in(&[Step::Types("LIST 2"), server(b"+OK 2 200\r\n")]));
    assert_eq!(last(&one).0, "+OK 2 200\r\n");
    let all = play(&client, &logged_in(&[Step::Types("LIST"), server(b"+OK\r\n2 200\r\n.\r\n")]));
    assert_eq!(last(&all).0, "2 200\r\n.\r\n");
}

#[test]
fn pop_05_no_block_follows_a_refusal() {
    let outputs = play(
        &client,
        &logged_in(&[
            Step::Types("LIST"),
            server(b"-ERR no\r\n"),
            Step::Types("NOOP"),
            server(b"+OK\r\n"),
        ]),
    );
    assert_eq!(last(&outputs).0, "+OK\r\n");
}

#[test]
fn pop_06_an_empty_listing_is_complete() {
    let outputs = play(&client, &logged_in(&[Step::Types("UIDL"), server(b"+OK\r\n.\r\n")]));
    assert_eq!(last(&outputs), (".\r\n".into(), "0 lines, 0 octets.".into()));
}

#[test]
fn pop_07_stat_may_say_more() {
    let outputs =
        play(&client, &logged_in(&[Step::Types("STAT"), server(b"+OK 2 320 extra words\r\n")]));
    assert!(last(&outputs).1.contains("2 messages of 320 octets"));
}

#[test]
fn pop_08_a_dot_between_bare_line_feeds_is_no_end() {
    let outputs =
        play(&client, &logged_in(&[Step::Types("RETR 1"), server(b"+OK\r\nx\n.\n.\r\n\r\n.\r\n")]));
    assert_eq!(last(&outputs).0, "x\n.\n.\r\n\r\n.\r\n");
    assert!(notes(&outputs).contains("bare line feed"));
}

#[test]
fn pop_10_to_13_sasl_goes_by_continuations() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            GREETING,
            Step::Types("AUTH PLAIN"),
            server(b"+ \r\n"),
            Step::Types("AHUAcA=="),
            server(b"+OK\r\n"),
        ],
    );
    assert_eq!(state(&outputs), Some("transaction"));
    assert_eq!(sent(&outputs, Conn::MAIN), b"AUTH PLAIN\r\nAHUAcA==\r\n");
    let cancelled = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            GREETING,
            Step::Types("AUTH CRAM-MD5"),
            server(b"+ PDE4OTY+\r\n"),
            Step::Types("*"),
            server(b"-ERR\r\n"),
        ],
    );
    assert_eq!(state(&cancelled), Some("authorization"));
}

#[test]
fn secrets_are_masked_in_what_is_shown() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            GREETING,
            Step::Types("USER student"),
            server(b"+OK\r\n"),
            Step::Types("PASS two words "),
            server(b"-ERR\r\n"),
            Step::Types("AUTH PLAIN AHUAcA=="),
            server(b"-ERR\r\n"),
            Step::Types("APOP u 00000000000000000000000000000000"),
            server(b"-ERR\r\n"),
        ],
    );
    assert!(sent(&outputs, Conn::MAIN).windows(16).any(|w| w == b"PASS two words \r"));
    for output in &outputs {
        if let Output::Sent { wire, .. } = output {
            let shown = String::from_utf8(wire.masked()).expect("commands are ASCII");
            for secret in ["two words", "AHUAcA==", "0000000000"] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }
}

#[test]
fn pop_17_response_codes_are_marked() {
    let (_, wire) = crate::protocols::pop3::wire::status(b"-ERR [IN-USE] busy\r\n", None, false);
    assert!(wire.spans.iter().any(|span| span.term.id == "RESPONSE_CODE"));
}

#[test]
fn pop_18_a_batch_needs_the_capability() {
    let batch = "USER u\nPASS p\nSTAT";
    let mut plain = client();
    let now = Default::default();
    let input = crate::machine::Input::Opened {
        conn: Conn::MAIN,
        local: crate::testing::addr(1),
        peer: crate::testing::addr(2),
    };
    plain.handle(input, now).expect("opening is no command");
    let greeting = crate::machine::Input::Bytes { conn: Conn::MAIN, bytes: b"+OK\r\n" };
    plain.handle(greeting, now).expect("bytes are never refused");
    let refusal = plain.handle(crate::machine::Input::Batch(batch), now);
    assert!(matches!(refusal, Err(Refused::Illegal(illegal)) if illegal.needs.is_some()));

    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            GREETING,
            Step::Types("CAPA"),
            server(b"+OK\r\nPIPELINING\r\nUSER\r\n.\r\n"),
            Step::Batch(batch),
            server(b"+OK\r\n+OK\r\n+OK 1 2\r\n"),
        ],
    );
    assert_eq!(state(&outputs), Some("transaction"));
    assert!(last(&outputs).1.contains("1 messages of 2 octets"));
}

#[test]
fn pop_21_long_lines_and_all_octets_pass() {
    let mut body = b"+OK\r\n".to_vec();
    body.extend(std::iter::repeat_n(b'x', 3000));
    body.extend(128..=255);
    body.extend(b"\0\r\n.\r\n");
    let mut session = client();
    let outputs = {
        let body: &'static [u8] = body.clone().leak();
        play(&client, &logged_in(&[Step::Types("RETR 1"), server(body)]))
    };
    assert_eq!(sent(&outputs, Conn::MAIN).last(), Some(&b'\n'));
    let wire = outputs.iter().rev().find_map(|output| match output {
        Output::Received { wire, .. } => Some(wire.bytes.clone()),
        _ => None,
    });
    assert_eq!(wire.as_deref(), Some(&body[5..]));
    assert!(session.poll().is_none());
}

#[test]
fn pop_22_a_second_command_cannot_hide_in_an_argument() {
    for text in ["USER a\r\nDELE 1", "USER a\0", "USER a\rb"] {
        let why = refused(&client, &[Step::Opens(Conn::MAIN), GREETING], text);
        assert!(matches!(why, Refused::Malformed { .. }), "{why}");
    }
}

#[test]
fn pop_23_and_24_status_words() {
    let lower = play(&client, &[Step::Opens(Conn::MAIN), server(b"+ok\r\n")]);
    assert_eq!(state(&lower), Some("authorization"));
    for strange in [&b"+OKAY\r\n"[..], b"250 ok\r\n"] {
        let outputs = play(&client, &[Step::Opens(Conn::MAIN), server(strange)]);
        assert!(notes(&outputs).contains("must begin with +OK or -ERR"));
    }
    let bare = play(&client, &[Step::Opens(Conn::MAIN), server(b"+OK\r\n")]);
    assert_eq!(state(&bare), Some("authorization"));
}

#[test]
fn the_end_of_the_stream_is_named_in_every_state() {
    for bytes in [&b""[..], b"+O", b"+OK\r\n", b"+OK\r\n.", b"+OK\r\nx\r\n"] {
        let outputs = play(
            &client,
            &logged_in(&[
                Step::Types("RETR 1"),
                Step::Server(Conn::MAIN, bytes),
                Step::Ends(Conn::MAIN),
            ]),
        );
        assert_eq!(state(&outputs), Some("closed"));
        assert!(notes(&outputs).contains("ended the connection"), "{bytes:?}");
    }
}

#[test]
fn an_illegal_command_names_the_legal_ones() {
    let why = refused(&client, &[Step::Opens(Conn::MAIN), GREETING], "STAT");
    let Refused::Illegal(illegal) = &why else { panic!("{why}") };
    assert!(illegal.legal.contains(&"USER") && !illegal.legal.contains(&"STAT"));
    assert!(why.to_string().contains("transaction"), "{why}");
}

fn bench(seed: u64) -> Bench {
    Bench::new((super::PROTOCOL.server)(&ServerConfig::practice(seed)))
}

fn mailbox(bench: &mut Bench) {
    assert!(bench.ask(b"USER student\r\nPASS lab-secret\r\n").contains("has 5 messages"));
}

#[test]
fn the_server_keeps_the_states() {
    let mut bench = bench(1);
    assert!(bench.ask(b"STAT\r\n").starts_with("-ERR"));
    assert!(bench.ask(b"PASS x\r\n").starts_with("-ERR"));
    assert!(bench.ask(b"USER student\r\n").starts_with("+OK"));
    assert!(bench.ask(b"PASS wrong\r\n").starts_with("-ERR [AUTH]"));
    assert!(bench.ask(b"XYZZY\r\n").starts_with("-ERR unknown"));
    mailbox(&mut bench);
    assert!(bench.ask(b"USER student\r\n").starts_with("-ERR"));
    assert_eq!(bench.ask(b"QUIT\r\n"), "+OK practice.lab says good bye\r\n");
}

#[test]
fn the_server_answers_the_same_however_its_input_is_cut() {
    let script = b"CAPA\r\nUSER student\r\nPASS lab-secret\r\nSTAT\r\nLIST\r\nLIST 2\r\nUIDL\r\nRETR 2\r\nTOP 1 0\r\nDELE 1\r\nRSET\r\nNOOP\r\nQUIT\r\n";
    assert_eq!(bench(1).ask(script), bench(1).ask_slowly(script));
}

#[test]
fn pop_15_and_16_only_quit_removes_what_is_marked() {
    let mut first = bench(1);
    mailbox(&mut first);
    assert!(first.ask(b"DELE 1\r\n").starts_with("+OK"));
    for command in ["RETR 1\r\n", "LIST 1\r\n", "DELE 1\r\n"] {
        assert!(first.ask(command.as_bytes()).starts_with("-ERR"), "{command}");
    }
    assert!(first.ask(b"LIST\r\n").contains("\r\n2 "));
    assert!(first.ask(b"STAT\r\n").starts_with("+OK 4 "));
    first.input(crate::machine::Input::End { conn: Conn::MAIN });
    let messages = |bench: &Bench| {
        bench.world.mail.mailbox("student").map_or(0, |mailbox| mailbox.messages().len())
    };
    assert_eq!(messages(&first), 5, "no QUIT, no update");

    let mut second = bench(2);
    mailbox(&mut second);
    second.ask(b"DELE 1\r\nQUIT\r\n");
    assert_eq!(messages(&second), 4);
}

#[test]
fn a_mailbox_belongs_to_one_session() {
    let mut first = bench(1);
    mailbox(&mut first);
    let mut second = bench(2);
    second.world = first.world.clone();
    assert!(second.ask(b"USER student\r\nPASS lab-secret\r\n").contains("-ERR [IN-USE]"));
}

#[test]
fn lines_over_the_limit_and_bare_line_feeds_are_refused() {
    let mut bench = bench(1);
    let mut long = vec![b'x'; 300];
    long.extend(b"\r\n");
    assert!(bench.ask(&long).starts_with("-ERR line too long"));
    assert!(bench.ask(b"CAPA\nCAPA\r\n").starts_with("-ERR bare"));
    assert!(bench.ask(b"CAPA\r\n").starts_with("+OK"));
}

#[test]
fn pop_09_a_message_without_a_last_line_end_gets_one() {
    let mut bench = bench(1);
    let date = bench.world.date(Default::default());
    let uid = bench.world.mail.deliver("student", b"A: b\r\n\r\nno end", date);
    let number = messages_of(&bench);
    assert!(uid.is_ok());
    let said =
        bench.ask(format!("USER student\r\nPASS lab-secret\r\nRETR {number}\r\n").as_bytes());
    assert!(said.ends_with("A: b\r\n\r\nno end\r\n.\r\n"), "{said}");
    // The size in the reply may be two octets short: shown, not an error.
    let outputs = play(
        &client,
        &logged_in(&[
            Step::Types("RETR 1"),
            server(b"+OK 14 octets\r\nA: b\r\n\r\nno end\r\n.\r\n"),
        ]),
    );
    assert_eq!(last(&outputs).1, "3 lines, 16 octets.");
    assert!(!notes(&outputs).contains("error"), "{}", notes(&outputs));
}

fn messages_of(bench: &Bench) -> usize {
    bench.world.mail.mailbox("student").map_or(0, |mailbox| mailbox.messages().len())
}

#[test]
fn pop_14_all_behind_the_first_space_is_the_password() {
    let mut bench = bench(1);
    // As the server reads it: with the space at its end it is another password.
    assert!(
        bench
            .ask(b"USER student\r\nPASS lab-secret \r\n")
            .ends_with("-ERR [AUTH] wrong name or password\r\n")
    );
    assert!(bench.ask(b"USER student\r\nPASS lab-secret\r\n").contains("+OK"));
}

#[test]
fn pop_19_what_follows_the_leave_for_tls_in_clear_text_is_flagged() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            GREETING,
            Step::Raw(b"STLS\r\n"),
            server(b"+OK begin\r\n+OK hacked\r\n"),
        ],
    );
    assert!(notes(&outputs).contains("Clear text"), "{}", notes(&outputs));
    assert_eq!(state(&outputs), Some("authorization"), "and nothing follows from it");
}

#[test]
fn pop_20_top_without_lines_ends_after_the_empty_line() {
    let mut bench = bench(1);
    mailbox(&mut bench);
    let top = bench.ask(b"TOP 1 0\r\n");
    assert!(top.ends_with("\r\n\r\n.\r\n") && top.matches("\r\n\r\n").count() == 1, "{top}");
}
