//! Data connections, and when a transfer is complete.

use super::*;
use crate::machine::{Direction, Tick};

fn data(outputs: &[Output], on: Conn, way: Direction) -> Vec<u8> {
    let pieces = outputs.iter().filter_map(|output| match output {
        Output::Data { conn, direction, bytes } if *conn == on && *direction == way => {
            Some(bytes.clone())
        }
        _ => None,
    });
    pieces.flatten().collect()
}

fn aborts(outputs: &[Output]) -> Vec<Conn> {
    let aborts = outputs.iter().filter_map(|output| match output {
        Output::Abort { conn } => Some(*conn),
        _ => None,
    });
    aborts.collect()
}

#[test]
fn ftp_04_a_transfer_needs_the_final_reply_and_the_end_of_the_data() {
    let begun = [Step::Types("RETR f"), server(b"150 go\r\n226 done\r\n")];
    let half = play(&client, &passive(&[&begun[..], &[Step::Server(DATA, b"abc")]].concat()));
    assert_eq!(state(&half), Some("transfer"), "the data has not ended");
    let reply_first = play(
        &client,
        &passive(&[&begun[..], &[Step::Server(DATA, b"abc"), Step::Ends(DATA)]].concat()),
    );
    let data_first = play(
        &client,
        &passive(&[
            Step::Types("RETR f"),
            server(b"150 go\r\n"),
            Step::Server(DATA, b"abc"),
            Step::Ends(DATA),
            server(b"226 done\r\n"),
        ]),
    );
    let before_150 = play(
        &client,
        &passive(&[
            Step::Types("RETR f"),
            Step::Server(DATA, b"abc"),
            Step::Ends(DATA),
            server(b"150 go\r\n226 done\r\n"),
        ]),
    );
    for outputs in [reply_first, data_first, before_150] {
        assert_eq!(state(&outputs), Some("ready"));
        assert!(notes(&outputs).contains("Complete: 3 octets came"));
        assert_eq!(data(&outputs, DATA, Direction::Received), b"abc");
    }
}

#[test]
fn ftp_05_data_without_a_good_final_reply_is_a_failure() {
    let outputs = play(
        &client,
        &passive(&[
            Step::Types("RETR f"),
            server(b"150 go\r\n"),
            Step::Server(DATA, b"abc"),
            Step::Ends(DATA),
            server(b"426 broken\r\n"),
        ]),
    );
    assert!(notes(&outputs).contains("failed with 426, although 3 octets had come"));
    assert_eq!(state(&outputs), Some("ready"));
    assert!(!notes(&outputs).contains("Complete"));
}

#[test]
fn ftp_10_two_replies_follow_abor_and_none_is_left() {
    for replies in
        [&b"426 aborted\r\n226 ok\r\n"[..], b"226 done\r\n225 nothing\r\n", b"226 x\r\n226 y\r\n"]
    {
        for data_ends in [false, true] {
            let mut steps = passive(&[
                Step::Types("RETR f"),
                server(b"150 go\r\n"),
                Step::Server(DATA, b"ab"),
                Step::Types("ABOR"),
            ]);
            if data_ends {
                steps.push(Step::Ends(DATA));
            }
            steps.extend([server(replies), Step::Types("NOOP"), server(b"200 ok\r\n")]);
            let outputs = play(&client, &steps);
            assert_eq!(state(&outputs), Some("ready"), "{replies:?}");
            assert_eq!(last(&outputs), ("200 ok\r\n".into(), "Done.".into()));
            assert!(!notes(&outputs).contains("unasked"), "{}", notes(&outputs));
            assert!(notes(&outputs).contains("Broken off as you asked; 2 octets had come."));
            assert_eq!(aborts(&outputs), [DATA], "no server has to see ABOR in time");
        }
    }
}

#[test]
fn abor_after_the_last_octet_breaks_nothing_off() {
    let outputs = play(
        &client,
        &passive(&[
            Step::Types("RETR f"),
            server(b"150 go\r\n"),
            Step::Server(DATA, b"ab"),
            Step::Ends(DATA),
            Step::Types("ABOR"),
            server(b"226 done\r\n225 nothing\r\n"),
        ]),
    );
    assert!(notes(&outputs).contains("Complete: 2 octets"));
    assert_eq!(state(&outputs), Some("ready"));
    assert_eq!(aborts(&outputs), []);
    let held = play(
        &client,
        &passive(&[
            Step::Types("RETR f"),
            server(b"150 go\r\n226 done\r\n"),
            Step::Types("ABOR"),
            server(b"225 nothing\r\n"),
        ]),
    );
    assert!(notes(&held).contains("Broken off as you asked"));
    assert_eq!(state(&held), Some("ready"));
}

#[test]
fn ftp_13_and_14_data_passes_as_it_is() {
    for bytes in [&b"\r\n\0\xff"[..], b"a\r\nb\rc\nd"] {
        let outputs = play(
            &client,
            &passive(&[
                Step::Types("RETR f"),
                server(b"150 go\r\n"),
                Step::Server(DATA, bytes),
                Step::Ends(DATA),
                server(b"226 done\r\n"),
            ]),
        );
        assert_eq!(data(&outputs, DATA, Direction::Received), bytes);
    }
}

#[test]
fn ftp_20_no_files_is_said_in_two_ways() {
    let empty = play(
        &client,
        &passive(&[
            Step::Types("NLST"),
            server(b"150 go\r\n"),
            Step::Ends(DATA),
            server(b"226 done\r\n"),
        ]),
    );
    let refused =
        play(&client, &passive(&[Step::Types("NLST"), server(b"550 No files found\r\n")]));
    for outputs in [empty, refused] {
        assert!(notes(&outputs).contains("No files:"));
        assert_eq!(state(&outputs).unwrap_or("ready"), "ready");
    }
}

#[test]
fn ftp_21_an_extra_200_before_150_is_tolerated() {
    let outputs = play(
        &client,
        &passive(&[
            Step::Types("NLST"),
            server(b"200 ok\r\n150 go\r\n"),
            Step::Server(DATA, b"a\r\n"),
            Step::Ends(DATA),
            server(b"226 x\r\n"),
        ]),
    );
    assert!(notes(&outputs).contains("Complete: 3 octets"));
    assert!(!notes(&outputs).contains("unasked"));
}

#[test]
fn ftp_23_a_refusal_closes_the_data_connection() {
    for reply in [&b"550 no\r\n"[..], b"450 no\r\n", b"530 no\r\n"] {
        let steps = passive(&[Step::Types("RETR f"), server(reply)]);
        assert_eq!(aborts(&play(&client, &steps)), [DATA]);
        assert!(refused(&client, &steps, "RETR f").to_string().contains("PASV or EPSV"));
        assert_eq!(fact(&*after(&steps), "data connection").as_deref(), Some("none"));
    }
}

#[test]
fn each_data_connection_has_its_own_number() {
    let outputs = play(
        &client,
        &passive(&[
            Step::Types("EPSV"),
            server(b"229 (|||5000|)\r\n"),
            Step::Opens(Conn(2)),
            Step::Types("RETR f"),
            server(b"150 go\r\n"),
            Step::Server(Conn(2), b"x"),
            Step::Ends(Conn(2)),
            server(b"226 done\r\n"),
        ]),
    );
    assert_eq!(aborts(&outputs), [DATA], "the unused one goes");
    assert_eq!(data(&outputs, Conn(2), Direction::Received), b"x");
}

#[test]
fn a_transfer_waits_for_its_connection() {
    let connecting = ready(&[Step::Types("PASV"), server(b"227 (127,0,0,1,4,1)\r\n")]);
    assert!(matches!(refused(&client, &connecting, "RETR f"), Refused::Illegal(_)));
    assert!(after(&connecting).suggestion().is_none());
    let mut failed = after(&connecting);
    let input = Input::Failed { conn: DATA, why: "connection refused" };
    failed.handle(input, Tick::default()).expect("a failure is never refused");
    assert!(notes(&drain(&mut failed)).contains("could not be opened: connection refused"));
    assert_eq!(failed.suggestion().map(|suggestion| suggestion.text).as_deref(), Some("QUIT"));
}

#[test]
fn text_goes_out_with_crlf_and_images_as_they_are() {
    let store = [Step::Types("STOR f"), server(b"150 go\r\n"), Step::Types("a\nb\r\nc")];
    let text = play(&client, &passive(&[&store[..], &[server(b"226 ok\r\n")]].concat()));
    assert_eq!(data(&text, DATA, Direction::Sent), b"a\r\nb\r\nc");
    assert!(text.contains(&Output::Finish { conn: DATA }));
    assert!(notes(&text).contains("Complete: 7 octets went out"));
    assert_eq!(state(&text), Some("ready"));
    let kind = [Step::Types("TYPE I"), server(b"200 ok\r\n")];
    let image = play(&client, &passive(&[&kind[..], &store[..]].concat()));
    assert_eq!(data(&image, DATA, Direction::Sent), b"a\nb\r\nc");
}

#[test]
fn content_can_come_in_pieces_and_be_broken_off() {
    let now = Tick::default();
    let begun = passive(&[Step::Types("STOR f"), server(b"150 go\r\n")]);
    let mut whole = after(&begun);
    let big = vec![b'x'; 40_000];
    for piece in [&b"one\r"[..], b"\ntwo\n", &big] {
        whole.handle(Input::Content(piece), now).expect("the state takes content");
    }
    whole.handle(Input::ContentEnd, now).expect("the content may end");
    let outputs = drain(&mut whole);
    let went = data(&outputs, DATA, Direction::Sent);
    assert!(went.starts_with(b"one\r\ntwo\r\nxxx") && went.len() == 40_010);
    assert_eq!(outputs.last(), Some(&Output::Finish { conn: DATA }));
    assert!(whole.handle(Input::Content(b"more"), now).is_err());

    let mut broken = after(&begun);
    broken.handle(Input::Content(b"one"), now).expect("the state takes content");
    broken.handle(Input::Command("ABOR"), now).expect("ABOR is legal in a transfer");
    assert!(broken.handle(Input::Content(b"two"), now).is_err(), "the host is told to stop");
    let replies = b"426 broken\r\n226 ok\r\n";
    broken.handle(Input::Bytes { conn: Conn::MAIN, bytes: replies }, now).expect("bytes come");
    let outputs = drain(&mut broken);
    assert!(notes(&outputs).contains("Broken off as you asked; 3 octets had gone out."));
    assert_eq!(aborts(&outputs), [DATA]);
    assert_eq!(broken.state().id, "ready");

    let mut empty = after(&begun);
    empty.handle(Input::ContentEnd, now).expect("a file may be empty");
    assert!(drain(&mut empty).contains(&Output::Finish { conn: DATA }));
}

#[test]
fn an_upload_that_the_server_ends_is_not_complete() {
    let full = play(
        &client,
        &passive(&[
            Step::Types("STOR f"),
            server(b"150 go\r\n"),
            Step::Types("abc"),
            server(b"552 full\r\n"),
        ]),
    );
    assert!(notes(&full).contains("failed with 552, although 3 octets had gone out"));
    let closed = play(
        &client,
        &passive(&[
            Step::Types("STOR f"),
            server(b"150 go\r\n"),
            Step::Ends(DATA),
            server(b"226 ok\r\n"),
        ]),
    );
    assert!(notes(&closed).contains("before its content had ended"));
    assert_eq!(state(&closed), Some("ready"));
}

#[test]
fn a_broken_data_connection_is_not_complete_whatever_the_server_says() {
    let mut client =
        after(&passive(&[Step::Types("RETR f"), server(b"150 go\r\n"), Step::Server(DATA, b"ab")]));
    let now = Tick::default();
    client.handle(Input::Reset { conn: DATA, why: "reset" }, now).expect("never refused");
    client.handle(Input::Bytes { conn: Conn::MAIN, bytes: b"226 ok\r\n" }, now).expect("bytes");
    let notes = notes(&drain(&mut client));
    assert!(notes.contains("broke: reset") && notes.contains("Incomplete"), "{notes}");
    assert_eq!(client.state().id, "ready");
}

#[test]
fn commands_during_a_transfer_are_answered_in_either_order() {
    let during = |typed: &'static str, replies: &'static [u8]| {
        let mut steps = passive(&[
            Step::Types("RETR f"),
            server(b"150 go\r\n"),
            Step::Types(typed),
            server(replies),
            Step::Ends(DATA),
        ]);
        if typed == "QUIT" {
            steps.push(Step::Ends(Conn::MAIN));
        }
        play(&client, &steps)
    };
    for (typed, replies, end) in [
        ("NOOP", &b"200 here\r\n226 done\r\n"[..], "ready"),
        ("NOOP", b"226 done\r\n200 here\r\n", "ready"),
        ("STAT", b"211 busy\r\n226 done\r\n", "ready"),
        ("STAT", b"211-a\r\n226 x\r\n211 b\r\n226 done\r\n", "ready"),
        ("STAT", b"502 no\r\n226 done\r\n", "ready"),
        ("QUIT", b"226 done\r\n221 bye\r\n", "closed"),
    ] {
        let outputs = during(typed, replies);
        assert_eq!(state(&outputs), Some(end), "{typed} {replies:?}");
        assert!(notes(&outputs).contains("Complete"), "{typed}: {}", notes(&outputs));
        assert!(!notes(&outputs).contains("unasked"));
    }
    let busy = passive(&[Step::Types("RETR f"), server(b"150 go\r\n")]);
    for text in ["PWD", "RETR g", "PASV"] {
        assert!(matches!(refused(&client, &busy, text), Refused::Illegal(_)));
    }
}

#[test]
fn a_transfer_that_does_not_begin_can_be_broken_off() {
    let outputs = play(
        &client,
        &passive(&[
            Step::Types("RETR f"),
            Step::Types("ABOR"),
            server(b"426 broken\r\n226 ok\r\n"),
        ]),
    );
    assert!(notes(&outputs).contains("Broken off as you asked"));
    assert_eq!(state(&outputs), Some("ready"));
}

#[test]
fn stou_says_the_name() {
    let outputs =
        play(&client, &passive(&[Step::Types("STOU"), server(b"150 FILE: unique-1\r\n")]));
    assert_eq!(span(&outputs, "UNIQUE_NAME").as_deref(), Some("unique-1"));
    assert_eq!(last(&outputs).1, "The file will be called unique-1.");
}

#[test]
fn the_suggestions_lead_through_a_session() {
    let mut typed = Vec::new();
    let mut steps = vec![Step::Opens(Conn::MAIN), GREETING];
    let mut conn = 0;
    while let Some(suggestion) = after(&steps).suggestion() {
        let text: &'static str = suggestion.text.leak();
        typed.push(text);
        steps.push(Step::Types(text));
        match text.split(' ').next().unwrap_or_default() {
            "USER" => steps.push(server(b"331 p\r\n")),
            "PASS" => steps.push(server(b"230 in\r\n")),
            "PASV" | "EPSV" => {
                conn += 1;
                let reply: &'static [u8] = match text {
                    "PASV" => b"227 (127,0,0,1,4,1)\r\n",
                    _ => b"229 (|||5000|)\r\n",
                };
                steps.extend([server(reply), Step::Opens(Conn(conn))]);
            }
            "LIST" | "RETR" => {
                steps.extend([server(b"150 go\r\n226 done\r\n"), Step::Ends(Conn(conn))]);
            }
            "STOR" => steps.push(server(b"150 go\r\n")),
            "QUIT" => steps.push(server(b"221 bye\r\n")),
            _ => steps.push(server(b"226 ok\r\n")),
        }
    }
    let verbs: Vec<&str> = typed.iter().map(|text| text.split(' ').next().unwrap_or("")).collect();
    let expected =
        ["USER", "PASS", "PASV", "LIST", "PASV", "RETR", "EPSV", "STOR", "Hello", "QUIT"];
    assert_eq!(verbs, expected);
    assert_eq!(after(&steps).state().id, "closed");
}
