//! What belongs together in the stream, and how it is read.

use super::{client, fact, greeted, in_group, last, open, server};
use crate::machine::{Conn, Direction, Input, Output, Tick};
use crate::testing::{Step, notes, play, received, state};

#[test]
fn nntp_01_the_command_tells_whether_211_has_a_block() {
    let group = play(&client, &open(&[Step::Types("GROUP g"), server(b"211 3 1 3 g\r\n")]));
    assert_eq!(last(&group).0, "211 3 1 3 g\r\n");
    assert_eq!(last(&group).1, "g has about 3 articles, numbered from 1 to 3.");
    let list = play(
        &client,
        &open(&[
            Step::Types("LISTGROUP g"),
            server(b"211 3 1 3 g\r\n1\r\n2\r\n3\r\n.\r\n"),
            Step::Types("DATE"),
            server(b"111 20260105090000\r\n"),
        ]),
    );
    let units = received(&list);
    assert_eq!(units[units.len() - 2].0, "1\r\n2\r\n3\r\n.\r\n");
    assert_eq!(last(&list).1, "The server's clock says 2026-01-05 09:00:00 UTC.");
}

#[test]
fn nntp_02_and_03_a_stuffed_article_is_read_however_it_is_cut() {
    let outputs = play(
        &client,
        &in_group(&[
            Step::Types("ARTICLE 1"),
            server(b"220 1 <a@b>\r\nA: b\r\n\r\n..x\r\n...\r\n.\r\n"),
            Step::Types("STAT"),
            server(b"223 1 <a@b>\r\n"),
        ]),
    );
    let units = received(&outputs);
    assert_eq!(units[units.len() - 2].1, "4 lines, 16 octets.");
    assert_eq!(last(&outputs).1, "Article 1, <a@b> is there.");
    let Some(Output::Received { wire, .. }) = outputs
        .iter()
        .find(|o| matches!(o, Output::Received { wire, .. } if wire.bytes.starts_with(b"A:")))
    else {
        panic!("there is no block")
    };
    let dots = wire.spans.iter().filter(|span| span.term.id == "STUFFED_DOT").count();
    assert_eq!(dots, 2);
}

#[test]
fn nntp_04_a_dot_that_was_not_doubled_is_removed_and_noted() {
    let outputs = play(
        &client,
        &in_group(&[Step::Types("BODY 1"), server(b"222 1 <a@b>\r\n.single\r\n.\r\n")]),
    );
    let noted = outputs.iter().any(|output| match output {
        Output::Received { wire, .. } => wire.spans.iter().any(|span| {
            span.term.id == "STUFFED_DOT"
                && span.note.as_ref().is_some_and(|note| note.contains("did not double"))
        }),
        _ => false,
    });
    assert!(noted);
    assert_eq!(last(&outputs).1, "1 line, 8 octets.");
}

#[test]
fn nntp_05_a_dot_between_bare_line_feeds_is_no_end() {
    let outputs = play(
        &client,
        &in_group(&[Step::Types("BODY 1"), server(b"222 1 <a@b>\r\nline\n.\n.\r\n.\r\n")]),
    );
    assert_eq!(last(&outputs).0, "line\n.\n.\r\n.\r\n");
    assert!(notes(&outputs).contains("bare line feed"));
}

#[test]
fn nntp_06_an_empty_block_is_a_block() {
    let outputs = play(
        &client,
        &in_group(&[
            Step::Types("OVER 1-"),
            server(b"224 ok\r\n.\r\n"),
            Step::Types("QUIT"),
            server(b"205 bye\r\n"),
        ]),
    );
    let units = received(&outputs);
    let block = &units[units.len() - 2];
    assert_eq!((&block.0[..], &block.1[..]), (".\r\n", "Nothing: the block is empty."));
    assert_eq!(state(&outputs), Some("closed"));
}

#[test]
fn nntp_07_223_has_no_block() {
    let outputs = play(
        &client,
        &in_group(&[Step::Batch("STAT 1\nQUIT"), server(b"223 1 <a@b>\r\n205 bye\r\n")]),
    );
    let units = received(&outputs);
    assert_eq!(units[units.len() - 2].0, "223 1 <a@b>\r\n");
    assert_eq!(last(&outputs).0, "205 bye\r\n");
    assert_eq!(state(&outputs), Some("closed"));
}

#[test]
fn nntp_16_a_message_id_does_not_move_the_current_article() {
    let mut client = greeted(b"");
    let mut say = |command: &str, reply: &[u8]| {
        client.handle(Input::Command(command), Tick::default()).expect("it is legal");
        let input = Input::Bytes { conn: Conn::MAIN, bytes: reply };
        client.handle(input, Tick::default()).expect("bytes are never refused");
        while client.poll().is_some() {}
        fact(&*client, "current article")
    };
    assert_eq!(say("GROUP g", b"211 3 1 3 g\r\n").as_deref(), Some("1"));
    assert_eq!(say("STAT 2", b"223 2 <two@b>\r\n").as_deref(), Some("2 <two@b>"));
    let by_id = say("BODY <a@b>", b"222 0 <a@b>\r\nx\r\n.\r\n");
    assert_eq!(by_id.as_deref(), Some("2 <two@b>"));
    assert_eq!(say("NEXT", b"223 3 <three@b>\r\n").as_deref(), Some("3 <three@b>"));
}

#[test]
fn nntp_17_three_ways_to_say_that_a_group_is_empty() {
    for marks in ["0 0 0", "0 5 4", "0 4 9"] {
        let mut client = greeted(b"");
        client.handle(Input::Command("GROUP g"), Tick::default()).expect("it is legal");
        let reply = format!("211 {marks} g\r\n");
        let input = Input::Bytes { conn: Conn::MAIN, bytes: reply.as_bytes() };
        client.handle(input, Tick::default()).expect("bytes are never refused");
        assert_eq!(fact(&*client, "articles").as_deref(), Some("none"), "{marks}");
        assert_eq!(fact(&*client, "current article").as_deref(), Some("none"), "{marks}");
        let why = client
            .handle(Input::Command("ARTICLE"), Tick::default())
            .expect_err("there is no current article");
        assert!(why.to_string().starts_with("ARTICLE needs a current article"), "{why}");
        client.handle(Input::Command("ARTICLE 5"), Tick::default()).expect("a number may be tried");
    }
}

#[test]
fn nntp_18_overview_lines_have_seven_fields_and_further_ones() {
    let outputs = play(
        &client,
        &in_group(&[
            Step::Types("OVER 1"),
            server(b"224 ok\r\n1\ts\tf\td\t<i>\t\t100\t5\tXref: h g:1\r\n2\ts\tf\td\t<i>\r\n.\r\n"),
        ]),
    );
    let Some(Output::Received { wire, .. }) = outputs.last() else { panic!("no block") };
    let ids: Vec<_> = wire.spans.iter().map(|span| span.term.id).collect();
    let fields: Vec<_> = ids.iter().filter(|id| !matches!(**id, "TAB" | "CRLF")).collect();
    assert_eq!(
        fields[..9],
        [
            &"NUMBER",
            &"SUBJECT",
            &"FROM",
            &"DATE_FIELD",
            &"MESSAGE_ID",
            &"BYTES",
            &"LINES",
            &"EXTRA",
            &"NUMBER"
        ]
    );
}

#[test]
fn nntp_20_marks_may_have_zeros_in_front_and_come_high_before_low() {
    let outputs = play(
        &client,
        &open(&[Step::Types("LIST"), server(b"215 ok\r\na.b 0000000010 0000000001 y\r\n.\r\n")]),
    );
    let Some(Output::Received { wire, .. }) = outputs.last() else { panic!("no block") };
    let high = &wire.spans[2];
    assert_eq!((high.term.id, &wire.bytes[high.range()]), ("HIGH", &b"0000000010"[..]));
    let low = &wire.spans[4];
    assert_eq!((low.term.id, &wire.bytes[low.range()]), ("LOW", &b"0000000001"[..]));
}

#[test]
fn nntp_21_a_line_of_any_length_and_any_octet_passes() {
    let mut body = b"222 1 <a@b>\r\n".to_vec();
    body.extend(std::iter::repeat_n(b'x', 2500));
    body.extend(128..=255);
    body.extend(b"\0\r\n.\r\n");
    let body: &'static [u8] = body.leak();
    let outputs = play(&client, &in_group(&[Step::Types("BODY 1"), server(body)]));
    let mut units = outputs.iter().rev();
    let block = units.find_map(|output| match output {
        Output::Received { wire, .. } => Some(wire),
        _ => None,
    });
    let wire = block.expect("the block was read");
    assert_eq!(wire.bytes, &body[13..]);
    assert_eq!(wire.says, format!("1 line, {} octets.", 2500 + 128 + 3));
}

#[test]
fn nntp_23_what_follows_206_is_not_read_as_lines() {
    let outputs = play(
        &client,
        &open(&[
            Step::Types("COMPRESS DEFLATE"),
            server(b"206 ok\r\n\x4b\x04\x00\r\n200 x\r\n"),
            Step::Ends(Conn::MAIN),
        ]),
    );
    let ends = outputs.iter().filter(|output| matches!(output, Output::Finish { .. })).count();
    assert_eq!(ends, 1);
    assert_eq!(state(&outputs), Some("closed"));
    let data: Vec<u8> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Data { direction: Direction::Received, bytes, .. } => Some(bytes.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(data, b"\x4b\x04\x00\r\n200 x\r\n");
    assert!(notes(&outputs).contains("does not inflate"));
}

#[test]
fn nntp_24_unknown_codes_are_judged_by_their_first_digit() {
    for (reply, says) in [
        (&b"299 a\r\n"[..], "Done. The lab does not know this code."),
        (b"399 a\r\n", "Go on. The lab does not know this code."),
        (b"499 a\r\n", "It failed this time. The lab does not know this code."),
        (b"599 a\r\n", "Refused. The lab does not know this code."),
    ] {
        let steps = open(&[
            Step::Types("DATE"),
            Step::Server(Conn::MAIN, reply),
            Step::Types("QUIT"),
            server(b"205 bye\r\n"),
        ]);
        let outputs = play(&client, &steps);
        let units = received(&outputs);
        assert_eq!(units[units.len() - 2].1, says);
        assert_eq!(state(&outputs), Some("closed"));
    }
}

#[test]
fn the_end_of_the_stream_is_named_in_every_state() {
    for (bytes, says) in [
        (&b""[..], "without QUIT"),
        (b"22", "Truncated"),
        (b"222 1 <a@b>\r\n", "Truncated"),
        (b"222 1 <a@b>\r\n.", "Truncated"),
        (b"222 1 <a@b>\r\nx\r\n.\r\n", "without QUIT"),
    ] {
        let outputs = play(
            &client,
            &in_group(&[
                Step::Types("BODY 1"),
                Step::Server(Conn::MAIN, bytes),
                Step::Ends(Conn::MAIN),
            ]),
        );
        assert_eq!(state(&outputs), Some("closed"));
        assert!(notes(&outputs).contains(says), "{bytes:?}: {}", notes(&outputs));
    }
    let early = play(&client, &[Step::Opens(Conn::MAIN), Step::Ends(Conn::MAIN)]);
    assert!(notes(&early).contains("ended the connection"));
    let posting = open(&[Step::Types("POST"), server(b"340 go\r\n"), Step::Ends(Conn::MAIN)]);
    assert!(notes(&play(&client, &posting)).contains("nobody knows"));
}

#[test]
fn what_is_no_reply_or_too_long_or_unasked_is_said() {
    let junk = play(
        &client,
        &open(&[
            Step::Types("DATE"),
            server(b"hello\r\n"),
            Step::Types("QUIT"),
            server(b"205\r\n"),
        ]),
    );
    assert!(notes(&junk).contains("three digits"));
    assert_eq!(state(&junk), Some("closed"));

    let unasked = play(&client, &open(&[server(b"299 boo\n")]));
    assert!(notes(&unasked).contains("unasked"));
    assert!(notes(&unasked).contains("bare LF"));

    let long = format!("111 {}\r\n205 bye\r\n", "1".repeat(9000));
    let read = |chunk: usize| {
        let mut client = greeted(b"");
        client.handle(Input::Batch("DATE\nQUIT"), Tick::default()).expect("it is legal");
        while client.poll().is_some() {}
        let mut outputs = Vec::new();
        for bytes in long.as_bytes().chunks(chunk) {
            let input = Input::Bytes { conn: Conn::MAIN, bytes };
            client.handle(input, Tick::default()).expect("bytes are never refused");
            outputs.extend(core::iter::from_fn(|| client.poll()));
        }
        outputs
    };
    let outputs = read(usize::MAX);
    assert!(notes(&outputs).contains("longer than"));
    assert_eq!(last(&outputs).0, "205 bye\r\n");
    assert_eq!(state(&outputs), Some("closed"));
    for chunk in [1, 7, 8191, 8192, 8193] {
        assert_eq!(read(chunk), outputs, "in reads of {chunk}");
    }
}
