//! What the client reads, however it is cut.

use super::*;
use crate::machine::Refused;
use crate::testing::{notes, play, refused, sent, state};

fn facts(steps: &[Step<'_>], name: &str) -> String {
    let mut client = client();
    for step in steps {
        let input = match step {
            Step::Opens(conn) => crate::machine::Input::Opened {
                conn: *conn,
                local: crate::testing::addr(1),
                peer: crate::testing::addr(2),
            },
            Step::Server(conn, bytes) => crate::machine::Input::Bytes { conn: *conn, bytes },
            Step::Types(text) => crate::machine::Input::Command(text),
            other => panic!("{other:?} is not used here"),
        };
        client.handle(input, Default::default()).expect("it is legal");
    }
    let found = client.facts().into_iter().find(|fact| fact.name == name);
    found.map(|fact| fact.value).unwrap_or_default()
}

#[test]
fn tel_01_a_doubled_255_is_data() {
    let outputs = play(&client, &opened(&[server(b"a\xff\xffb")]));
    assert_eq!(data(&outputs), b"a\xffb");
    assert_eq!(terms_of(&outputs), ["TEXT", "IAC_DATA", "TEXT"]);
}

#[test]
fn tel_02_a_command_in_three_reads_is_one() {
    let outputs = play(&client, &opened(&[server(b"a\xff"), server(b"\xfd"), server(b"\x18b")]));
    assert_eq!(data(&outputs), b"ab");
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfb\x18", "DO 24 once, WILL 24 once");
    assert!(units(&outputs)[1].1.contains("tell the type of the terminal"));
}

#[test]
fn tel_03_to_06_window_sizes_are_read_with_their_doubled_octets() {
    for (bytes, says) in [
        (&b"\xff\xfa\x1f\0\x50\0\x18\xff\xf0z"[..], "80 columns and 24 rows"),
        (b"\xff\xfa\x1f\x01\xff\xff\0\x18\xff\xf0z", "511 columns and 24 rows"),
        (b"\xff\xfa\x1f\0\xf0\0\x18\xff\xf0z", "240 columns and 24 rows"),
    ] {
        let outputs = play(&client, &opened(&[server(bytes)]));
        let units = units(&outputs);
        assert!(units[0].1.contains(says), "{units:?}");
        assert_eq!(data(&outputs), b"z");
        let terms = terms_of(&outputs);
        assert_eq!(terms[..5], ["IAC", "SB", "NAWS", "WIDTH", "HEIGHT"]);
    }
}

#[test]
fn tel_07_the_terminal_is_told_only_if_that_was_agreed_on() {
    const ASK: &[u8] = b"\xff\xfa\x18\x01\xff\xf0";
    let off = play(&client, &opened(&[server(ASK)]));
    assert_eq!(sent(&off, Conn::MAIN), b"");
    let steps =
        [server(b"\xff\xfd\x18"), server(ASK), server(ASK), server(ASK), server(ASK), server(ASK)];
    let on = sent(&play(&client, &opened(&steps)), Conn::MAIN);
    assert!(on.starts_with(b"\xff\xfb\x18\xff\xfa\x18\0XTERM-256COLOR\xff\xf0"), "{on:?}");
    let text = String::from_utf8_lossy(&on).into_owned();
    let names: Vec<_> = text.split('\0').skip(1).map(|s| s.split('\u{fffd}').next()).collect();
    let expected = ["XTERM-256COLOR", "VT100", "UNKNOWN", "UNKNOWN", "XTERM-256COLOR"];
    assert_eq!(names, expected.map(Some), "the last name twice, then from the top");
}

#[test]
fn tel_08_parameters_without_their_end_do_not_swallow_the_next_command() {
    let outputs = play(&client, &opened(&[server(b"\xff\xfa\x18\x01\xff\xfb\x01")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfd\x01", "WILL ECHO is honoured");
    assert!(notes(&outputs).contains("do not end with IAC SE"));
    let units = units(&outputs);
    assert_eq!(units[0].0, b"\xff\xfa\x18\x01");
    assert_eq!(units[1].0, b"\xff\xfb\x01");
}

#[test]
fn tel_09_and_10_offers_are_answered_once_and_refusals_never() {
    let offers = b"\xff\xfb\x01\xff\xfb\x03";
    let outputs = play(&client, &opened(&[server(offers), server(offers), server(offers)]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfd\x01\xff\xfd\x03");
    assert!(units(&outputs)[3].1.contains("no answer"));
    let outputs = play(&client, &opened(&[server(b"\xff\xfc\x01\xff\xfe\x01")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"");
}

#[test]
fn tel_11_a_change_of_mind_waits_for_the_answer() {
    let steps = opened(&[
        Step::Types("IAC DO ECHO"),
        Step::Types("IAC DONT ECHO"),
        server(b"\xff\xfb\x01"),
        server(b"\xff\xfc\x01"),
    ]);
    let outputs = play(&client, &steps);
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfd\x01\xff\xfe\x01");
    assert!(notes(&outputs).contains("The answer to the request before is still to come"));
    let waiting = "the server\u{2019}s options, answer awaited";
    assert_eq!(facts(&steps[..4], waiting), "ECHO", "WANTNO");
    assert_eq!(facts(&steps, waiting), "");
}

#[test]
fn tel_12_requests_that_cross_each_other_are_no_second_answer() {
    let steps = opened(&[
        Step::Types("IAC WILL SGA"),
        Step::Types("IAC DO SGA"),
        server(b"\xff\xfb\x03\xff\xfd\x03"),
    ]);
    assert_eq!(sent(&play(&client, &steps), Conn::MAIN), b"\xff\xfb\x03\xff\xfd\x03");
    assert_eq!(facts(&steps, "your options"), "SGA");
    assert_eq!(facts(&steps, "the server\u{2019}s options"), "SGA");
}

#[test]
fn tel_13_changing_ones_mind_again_and_again_is_one_request() {
    let mut steps = opened(&[]);
    for _ in 0..5 {
        steps.extend([Step::Types("IAC DO ECHO"), Step::Types("IAC DONT ECHO")]);
    }
    assert_eq!(sent(&play(&client, &steps), Conn::MAIN), b"\xff\xfd\x01");
    steps.extend([server(b"\xff\xfb\x01"), server(b"\xff\xfc\x01")]);
    assert_eq!(sent(&play(&client, &steps), Conn::MAIN), b"\xff\xfd\x01\xff\xfe\x01");
}

#[test]
fn tel_14_and_15_carriage_returns_are_what_follows_them() {
    let outputs = play(&client, &opened(&[server(b"x\r\0y\r\nz\r"), Step::Ends(Conn::MAIN)]));
    assert_eq!(terms_of(&outputs), ["TEXT", "CR_NUL", "TEXT", "NEW_LINE", "TEXT", "LONE_CR"]);
    assert!(notes(&outputs).contains("behind a carriage return"));
    for (next, terms) in [
        (&b"\nq"[..], &["TEXT", "NEW_LINE", "TEXT"][..]),
        (b"\0q", &["TEXT", "CR_NUL", "TEXT"]),
        (b"q", &["TEXT", "LONE_CR", "TEXT"]),
    ] {
        let outputs = play(&client, &opened(&[server(b"a\r"), server(next)]));
        assert_eq!(terms_of(&outputs), terms, "{next:?}");
    }
    let outputs = play(&client, &opened(&[server(b"a\nb")]));
    assert_eq!(terms_of(&outputs), ["TEXT", "LINE_FEED", "TEXT"]);
}

#[test]
fn tel_18_and_19_commands_stand_in_the_text_and_do_not_break_it() {
    let outputs = play(&client, &opened(&[server(b"a\xff\xf6\xff\xf1\xff\xf9b")]));
    assert_eq!(data(&outputs), b"ab");
    assert_eq!(terms_of(&outputs), ["TEXT", "IAC", "AYT", "IAC", "NOP", "IAC", "GA", "TEXT"]);
    let outputs = play(&client, &opened(&[server(b"a\xff\x20b")]));
    assert_eq!(data(&outputs), b"ab");
    assert_eq!(terms_of(&outputs), ["TEXT", "IAC", "UNDEFINED", "TEXT"]);
    let outputs = play(&client, &opened(&[server(b"\xff\xf0a")]));
    assert!(notes(&outputs).contains("none had begun"));
}

#[test]
fn tel_20_each_timing_mark_is_answered() {
    let outputs = play(&client, &opened(&[server(b"\xff\xfd\x06\xff\xfd\x06")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfb\x06\xff\xfb\x06");
    let steps =
        [Step::Types("IAC DO TIMING-MARK"), server(b"\xff\xfb\x06"), server(b"\xff\xfb\x06")];
    let outputs = play(&client, &opened(&steps));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfd\x06");
    assert!(units(&outputs)[1].1.contains("nobody asked for"));
}

#[test]
fn tel_21_the_servers_echo_is_the_state_and_passwords_are_masked() {
    let steps = opened(&[
        server(b"login: "),
        Step::Types("student"),
        server(b"\xff\xfb\x01Password: "),
        Step::Types("open sesame"),
        server(b"\xff\xfc\x01\r\nlab$ "),
        Step::Types("ls"),
    ]);
    let outputs = play(&client, &steps);
    let states: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::State(state) => Some(state.id),
            _ => None,
        })
        .collect();
    assert_eq!(states, ["line", "remote-echo", "line"]);
    let masked: Vec<u8> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Sent { wire, .. } => Some(wire.masked()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(masked, b"student\r\n\xff\xfd\x01********\r\n\xff\xfe\x01ls\r\n");
    assert!(units(&outputs)[2].1.contains("What you type next is masked"));
}

#[test]
fn all_12_a_password_is_masked_before_it_is_asked_for_and_when_sent_raw() {
    for steps in [
        &[server(b"login: "), Step::Batch("student\nopen sesame\nls")][..],
        &[server(b"login: "), Step::Types("student"), Step::Types("open sesame")],
        &[server(b"Password:"), Step::Raw(b"open sesame\r\n")],
        &[server(b"Password:"), Step::Raw(b"open sesame")],
        &[server(b"$ "), Step::Types("lab-secret")],
    ] {
        let outputs = play(&client, &opened(steps));
        for output in &outputs {
            if let Output::Sent { wire, .. } = output {
                let shown = String::from_utf8_lossy(&wire.masked()).into_owned();
                assert!(!shown.contains("sesame") && !shown.contains("lab-secret"), "{shown}");
            }
        }
    }
}

#[test]
fn tel_22_two_echoes_are_refused() {
    let steps = opened(&[server(b"\xff\xfb\x01")]);
    let why = refused(&client, &steps, "IAC WILL ECHO");
    assert!(why.to_string().contains("go round for ever"), "{why}");
    let asked = play(&client, &opened(&[server(b"\xff\xfb\x01\xff\xfd\x01")]));
    assert_eq!(sent(&asked, Conn::MAIN), b"\xff\xfd\x01\xff\xfc\x01", "the client never echoes");
}

#[test]
fn tel_23_endless_parameters_are_cut_and_the_client_goes_on() {
    let mut flood = b"a\xff\xfa\x18".to_vec();
    flood.extend(std::iter::repeat_n(b'x', 1 << 20));
    flood.extend(b"\xff\xf0b\xff\xfb\x03");
    let outputs = feed(&mut *client(), flood.chunks(1000));
    assert!(notes(&outputs).contains("over 8192 octets"));
    assert_eq!(notes(&outputs).matches("over 8192").count(), 1);
    let longest = units(&outputs).iter().map(|(bytes, _)| bytes.len()).max();
    assert!(longest <= Some(8192 + 4), "{longest:?}");
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfd\x03", "the state recovers");
}

#[test]
fn tel_24_the_window_is_told_after_the_agreement() {
    let why = refused(&client, &opened(&[]), "IAC SB NAWS 100 40");
    assert!(matches!(&why, Refused::Illegal(illegal) if illegal.needs.is_some()), "{why}");
    let steps = [server(b"\xff\xfd\x1f"), Step::Types("IAC SB NAWS 511 40")];
    let outputs = play(&client, &opened(&steps));
    assert_eq!(
        sent(&outputs, Conn::MAIN),
        b"\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0\xff\xfa\x1f\x01\xff\xff\0\x28\xff\xf0"
    );
}

#[test]
fn tel_25_variables_have_protected_octets() {
    let bytes = b"\xff\xfa\x27\x00\x03A\x02\x01B\x01v\xff\xf0";
    let outputs = play(&client, &opened(&[server(bytes)]));
    assert_eq!(units(&outputs)[0].1, "SB NEW-ENVIRON: Variables: A\\x01B=v.");
    let read = crate::protocols::telnet::wire::read(b"\x27\x00\x03A\x02\x01B\x01v");
    let variable = (b"A\x01B".to_vec(), Some(b"v".to_vec()));
    assert_eq!(read, crate::protocols::telnet::wire::Parameters::Environment(vec![variable]));
}

#[test]
fn tel_26_a_mode_is_acknowledged_and_an_acknowledgement_is_not() {
    let on = server(b"\xff\xfd\x22");
    let mode = server(b"\xff\xfa\x22\x01\x03\xff\xf0");
    let outputs = play(&client, &opened(&[on.clone(), mode.clone(), mode.clone()]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfb\x22\xff\xfa\x22\x01\x07\xff\xf0");
    assert_eq!(state(&outputs), Some("edit"));
    let ack = server(b"\xff\xfa\x22\x01\x07\xff\xf0");
    let outputs = play(&client, &opened(&[on.clone(), ack]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"\xff\xfb\x22");
    let more = server(b"\xff\xfa\x22\x01\x1b\xff\xf0");
    let outputs = play(&client, &opened(&[on, more]));
    assert!(
        sent(&outputs, Conn::MAIN).ends_with(b"\x22\x01\x07\xff\xf0"),
        "what it cannot is left out"
    );
    let off = play(&client, &opened(&[mode]));
    assert_eq!(sent(&off, Conn::MAIN), b"", "not without LINEMODE");
}

#[test]
fn keys_and_forward_masks_are_refused_well() {
    let steps = [
        server(b"\xff\xfd\x22"),
        // Two keys, one of them an acknowledgement; a forward mask.
        server(b"\xff\xfa\x22\x03\x03\x62\x03\x0a\x82\x7f\xff\xf0"),
        server(b"\xff\xfa\x22\xfd\x02\x01\x02\xff\xf0"),
    ];
    let outputs = play(&client, &opened(&steps));
    assert_eq!(
        sent(&outputs, Conn::MAIN),
        b"\xff\xfb\x22\xff\xfa\x22\x03\x03\0\0\xff\xf0\xff\xfa\x22\xfc\x02\xff\xf0"
    );
    assert!(terms_of(&outputs).contains(&"SLC_TRIPLET"));
}

#[test]
fn tel_27_nothing_is_sent_unasked() {
    let outputs = play(&client, &opened(&[server(b"220 mail.example ESMTP\r\n")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"");
    let outputs = play(&client, &opened(&[Step::Types("GET / HTTP/1.0"), Step::Types("")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"GET / HTTP/1.0\r\n\r\n");
}

#[test]
fn tel_28_the_end_inside_a_command_is_named() {
    for bytes in
        [&b"a\xff"[..], b"a\xff\xfd", b"a\xff\xfa", b"a\xff\xfa\x18\x01", b"\xff\xfa\x18\xff"]
    {
        let outputs = play(&client, &opened(&[server(bytes), Step::Ends(Conn::MAIN)]));
        assert_eq!(state(&outputs), Some("closed"));
        assert!(
            notes(&outputs).contains("Truncated: the server ended the connection"),
            "{bytes:?}"
        );
    }
    let outputs = play(&client, &opened(&[server(b"bye\r\n"), Step::Ends(Conn::MAIN)]));
    assert_eq!(notes(&outputs), "");
}

#[test]
fn text_grows_until_something_else_happens_and_long_text_is_cut_at_a_line() {
    let steps = [server(b"log"), server(b"in: "), Step::Types("x"), server(b"\r\nmore")];
    let outputs = play(&client, &opened(&steps));
    let texts: Vec<_> = units(&outputs).into_iter().map(|(bytes, _)| bytes).collect();
    assert_eq!(texts, [b"login: ".to_vec(), b"\r\nmore".to_vec()]);
    let mut long: Vec<u8> =
        (0..400).flat_map(|n| format!("line {n} {n}\r\n").into_bytes()).collect();
    long.extend("\u{fc}".repeat(20_000).into_bytes());
    let texts = [long.len(), 1000, 7].map(|size| {
        let outputs = feed(&mut *client(), long.chunks(size));
        let closed = outputs.into_iter().filter(|output| matches!(output, Output::Received { .. }));
        let closed: Vec<Output> = closed.collect();
        units(&closed).into_iter().map(|(bytes, _)| bytes).collect::<Vec<_>>()
    });
    assert!(texts[0] == texts[1] && texts[1] == texts[2], "the same units");
    assert!(texts[0].len() > 2 && texts[0].iter().all(|text| text.len() <= 8192 + 4));
    assert!(texts[0].iter().all(|text| core::str::from_utf8(text).is_ok()), "no character is cut");
}

/// Everything that a client puts out for these reads.
fn feed<'a>(client: &mut dyn Client, reads: impl Iterator<Item = &'a [u8]>) -> Vec<Output> {
    let (local, peer) = (crate::testing::addr(1), crate::testing::addr(2));
    let opened = crate::machine::Input::Opened { conn: Conn::MAIN, local, peer };
    client.handle(opened, Default::default()).expect("opening is no command");
    for bytes in reads {
        let input = crate::machine::Input::Bytes { conn: Conn::MAIN, bytes };
        client.handle(input, Default::default()).expect("bytes are never refused");
    }
    std::iter::from_fn(|| client.poll()).collect()
}

#[test]
fn inetutils_telnetd_gets_every_answer_that_it_waits_for() {
    let steps = [
        server(b"\xff\xfb%\xff\xfb&\xff\xfd\x18\xff\xfd \xff\xfd#\xff\xfd'\xff\xfd$"),
        server(b"\xff\xfa\x18\x01\xff\xf0\0"),
        server(b"\xff\xfb\x03\xff\xfd\x01\xff\xfd\x1f\xff\xfd!\xff\xfb\x05\xff\xfb\x01"),
    ];
    let outputs = play(&client, &opened(&steps));
    assert_eq!(
        sent(&outputs, Conn::MAIN),
        [
            &b"\xff\xfe%\xff\xfe&\xff\xfb\x18\xff\xfc \xff\xfc#\xff\xfc'\xff\xfc$"[..],
            b"\xff\xfa\x18\0XTERM-256COLOR\xff\xf0",
            b"\xff\xfd\x03\xff\xfc\x01\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0",
            b"\xff\xfc!\xff\xfd\x05\xff\xfd\x01",
        ]
        .concat()
    );
}
