//! The practice server's rules.

use super::{bench, content, greeted, newest, taking_data};
use crate::machine::{Conn, Input};
use crate::world::mail::QUOTA;

/// The three digits of each reply line.
fn codes(replies: &str) -> Vec<&str> {
    replies.lines().map(|line| &line[..3]).collect()
}

#[test]
fn smtp_03_and_06_stuffed_dots_are_removed_however_the_end_is_cut() {
    let wire = b"..\r\n..x\r\n...\r\nend\r\n.\r\nNOOP\r\n";
    let mut whole = taking_data(1);
    assert_eq!(codes(&whole.ask(wire)), ["250", "250"]);
    assert_eq!(content(&whole, "you"), ".\r\n.x\r\n..\r\nend\r\n");
    let mut slow = taking_data(1);
    assert_eq!(codes(&slow.ask_slowly(wire)), ["250", "250"]);
    assert_eq!(newest(&slow, "you"), newest(&whole, "you"));
}

#[test]
fn smtp_05_only_a_dot_between_two_crlf_ends_the_data() {
    for smuggled in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\n\n.\r\r\n"] {
        let mut bench = taking_data(1);
        let mail = format!("a{smuggled}MAIL FROM:<x@y>\r\nRSET\r\n");
        assert_eq!(bench.ask(mail.as_bytes()), "", "{smuggled:?} ended the data");
        let reply = bench.ask(b"\r\n.\r\n");
        assert!(reply.starts_with("550 5.6.0 a bare CR or LF stands at octet "), "{reply}");
        assert_eq!(newest(&bench, "you").1, 0);
        assert_eq!(codes(&bench.ask(b"NOOP\r\n")), ["250"]);
    }
}

#[test]
fn a_message_gets_its_trace_and_the_return_path() {
    let mut bench = taking_data(1);
    bench.ask(b"Subject: x\r\n\r\nbody\r\n.\r\n");
    assert_eq!(
        newest(&bench, "you").0,
        "Return-Path: <student@practice.lab>\r\n\
         Received: from you.lab ([127.0.0.1])\r\n\tby practice.lab with ESMTP id 910a2dec89025cc1\r\n\
         \tfor <you@practice.lab>;\r\n\tMon, 05 Jan 2026 09:00:00 +0000\r\n\
         Subject: x\r\n\r\nbody\r\n"
    );
}

#[test]
fn smtp_09_and_20_addresses_are_taken_by_the_grammar_only() {
    for (line, code) in [
        ("MAIL FROM: <a@b>", "501 5.1.7"),
        ("MAIL FROM:<student>", "501 5.1.7"),
        ("MAIL FROM:<a@b> SIZE=ten", "501 5.5.4"),
        ("MAIL FROM:<a@b> X-OTHER=1", "555 5.5.4"),
        ("MAIL FROM:<a@b> BODY=BINARYMIME", "555 5.5.4"),
        ("MAIL FROM:<a@b> SIZE=99999999999", "552 5.3.4"),
        ("MAIL FROM:<\u{fc}@b>", "553 5.6.7"),
        ("MAIL", "501 5.5.4"),
        ("MAIL FROM:<\"a> b\"@c>", "250 2.1.0"),
    ] {
        let reply = greeted(1).ask(format!("{line}\r\n").as_bytes());
        assert!(reply.starts_with(code), "{line}: {reply}");
    }
    for (line, code) in [
        ("RCPT TO:<student>", "501 5.1.3"),
        ("RCPT TO:<>", "501 5.1.3"),
        ("RCPT TO:<nobody@practice.lab>", "550 5.1.1"),
        ("RCPT TO:<you@elsewhere.example>", "550 5.7.1"),
        ("RCPT TO:<\u{fc}@practice.lab>", "553 5.6.7"),
        ("RCPT TO:<you@practice.lab> NOTIFY=NEVER,SUCCESS", "501 5.5.4"),
        ("rcpt to:<YOU@PRACTICE.LAB> ORCPT=rfc822;you", "250 2.1.5"),
        ("RCPT TO:<\"y\\ou\"@practice.lab>", "250 2.1.5"),
        ("RCPT TO:<@hop.example:you@practice.lab>", "250 2.1.5"),
        ("RCPT TO:<you@[127.0.0.1]>", "250 2.1.5"),
        ("RCPT TO:<Postmaster>", "250 2.1.5"),
    ] {
        let mut bench = greeted(1);
        bench.ask(b"MAIL FROM:<>\r\n");
        let reply = bench.ask(format!("{line}\r\n").as_bytes());
        assert!(reply.starts_with(code), "{line}: {reply}");
    }
}

#[test]
fn smtp_10_out_of_sequence_changes_nothing() {
    let mut bench = bench(1);
    for early in ["MAIL FROM:<a@b>", "RCPT TO:<you@practice.lab>", "DATA", "AUTH PLAIN"] {
        assert!(bench.ask(format!("{early}\r\n").as_bytes()).starts_with("503 5.5.1"), "{early}");
    }
    assert_eq!(codes(&bench.ask(b"NOOP\r\nVRFY you\r\nRSET\r\n")), ["250", "250", "250"]);
    assert_eq!(bench.server.state().id, "connected");
    bench.ask(b"EHLO you.lab\r\n");
    assert_eq!(codes(&bench.ask(b"RCPT TO:<you@practice.lab>\r\n")), ["503"]);
    assert_eq!(codes(&bench.ask(b"MAIL FROM:<a@b>\r\nMAIL FROM:<c@d>\r\n")), ["250", "503"]);
    assert_eq!(codes(&bench.ask(b"DATA\r\nAUTH PLAIN\r\n")), ["503", "503"]);
    assert_eq!(bench.server.state().id, "sender");
    assert_eq!(codes(&bench.ask(b"RCPT TO:<you@practice.lab>\r\nDATA\r\n")), ["250", "354"]);
}

#[test]
fn smtp_11_ehlo_clears_the_transaction() {
    let mut bench = greeted(1);
    bench.ask(b"MAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\n");
    assert!(bench.ask(b"EHLO you.lab\r\n").starts_with("250-"));
    assert_eq!(codes(&bench.ask(b"DATA\r\nMAIL FROM:<a@b>\r\n")), ["503", "250"]);
}

#[test]
fn hello_wants_a_name_and_helo_gives_no_extensions() {
    let mut bench = bench(1);
    for wrong in ["EHLO", "EHLO ", "EHLO two words", "EHLO -a", "EHLO [1.2.3]", "HELO a_b"] {
        let reply = bench.ask(format!("{wrong}\r\n").as_bytes());
        assert!(reply.starts_with("501 the form is"), "{wrong}: {reply}");
    }
    assert_eq!(bench.ask(b"HELO [192.0.2.2]\r\n"), "250 practice.lab welcomes [192.0.2.2]\r\n");
    assert_eq!(codes(&bench.ask(b"AUTH PLAIN\r\nMAIL FROM:<a@b> SIZE=1\r\n")), ["503", "555"]);
    bench.ask(b"MAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\nDATA\r\nx\r\n.\r\n");
    assert!(newest(&bench, "you").0.contains(" with SMTP id "));
}

#[test]
fn smtp_13_and_14_logins() {
    let right = b"AUTH PLAIN AHN0dWRlbnQAbGFiLXNlY3JldA==\r\n";
    let mut bench = greeted(1);
    assert_eq!(bench.ask(b"AUTH PLAIN\r\n"), "334 \r\n");
    assert!(bench.ask(b"*\r\n").starts_with("501 5.7.0"));
    assert!(bench.ask(b"AUTH XOAUTH2 eA==\r\n").starts_with("504 5.5.4"));
    assert!(bench.ask(b"AUTH CRAM-MD5 eA==\r\n").starts_with("501 5.7.0"));
    assert!(bench.ask(b"AUTH PLAIN !\r\n").starts_with("501 5.5.2"));
    assert!(bench.ask(b"AUTH PLAIN =\r\n").starts_with("535 5.7.8"));
    assert!(bench.ask(b"AUTH PLAIN AHgAeQ==\r\n").starts_with("535 5.7.8"));
    assert_eq!(bench.ask(right), "235 2.7.0 you are student\r\n");
    assert!(bench.ask(right).starts_with("503 5.5.1 you are logged in"));
    bench.ask(b"MAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\nDATA\r\nx\r\n.\r\n");
    assert!(newest(&bench, "you").0.contains(" with ESMTPA id "));

    let mut bench = greeted(1);
    assert_eq!(bench.ask(b"AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
    assert_eq!(bench.ask(b"c3R1ZGVudA==\r\n"), "334 UGFzc3dvcmQ6\r\n");
    assert!(bench.ask(b"bGFiLXNlY3JldA==\r\n").starts_with("235"));
    let mut long = vec![b'x'; 12_300];
    long.extend(b"\r\n");
    let mut bench = greeted(1);
    bench.ask(b"AUTH LOGIN\r\n");
    assert!(bench.ask(&long).starts_with("500 5.5.6"));
    assert_eq!(bench.server.state().id, "ready");
}

#[test]
fn smtp_16_chunks_are_taken_as_they_are() {
    let mut bench = greeted(1);
    bench.ask(b"MAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\n");
    let chunks = b"BDAT 6\r\n.\r\na\r\nBDAT 0 LAST\r\n";
    assert_eq!(codes(&bench.ask_slowly(chunks)), ["250", "250"]);
    assert_eq!(content(&bench, "you"), ".\r\na\r\n");
    bench.ask(b"MAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\n");
    assert_eq!(codes(&bench.ask(b"BDAT 3\r\nx\r\nDATA\r\nRSET\r\n")), ["250", "503", "250"]);
    assert_eq!(newest(&bench, "you").1, 1);
}

#[test]
fn smtp_17_the_count_decides_where_a_chunk_ends() {
    let mut bench = greeted(1);
    bench.ask(b"MAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\n");
    let replies = bench.ask(b"BDAT 5\r\nabcdefg\r\n");
    assert_eq!(codes(&replies), ["250", "500"]);
    assert!(replies.starts_with("250 2.0.0 5 octets taken"));
}

#[test]
fn a_chunk_that_does_not_belong_here_is_read_and_refused() {
    let mut bench = bench(1);
    assert_eq!(codes(&bench.ask(b"BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")), ["503", "250"]);
    bench.ask(b"EHLO you.lab\r\nMAIL FROM:<a@b>\r\n");
    assert!(bench.ask(b"BDAT 6\r\nQUIT\r\n").contains("needs a recipient"));
    assert_eq!(codes(&bench.ask(b"BDAT six\r\nBDAT 1 FIRST\r\nBDAT\r\n")), ["501", "501", "501"]);
}

#[test]
fn too_large_a_message_is_read_to_its_end_and_refused() {
    let line = [b'x'; 998].iter().chain(b"\r\n").copied().collect::<Vec<u8>>();
    let mut bench = taking_data(1);
    for _ in 0..11_000 {
        assert_eq!(bench.ask(&line), "");
    }
    assert!(bench.ask(b".\r\n").starts_with("552 5.3.4"));
    assert_eq!(bench.server.state().id, "ready");
    bench.ask(b"MAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\n");
    let piece = vec![b'x'; 1 << 20];
    bench.ask(b"BDAT 11534336\r\n");
    let replies: String = (0..11).map(|_| bench.ask(&piece)).collect();
    assert!(replies.starts_with("552 5.3.4"), "{replies}");
    assert_eq!(
        codes(&bench.ask(b"BDAT 0 LAST\r\nMAIL FROM:<a@b>\r\nRSET\r\n")),
        ["503", "503", "250"]
    );
    assert_eq!(newest(&bench, "you").1, 0);
}

#[test]
fn a_full_mailbox_takes_nothing() {
    let mut bench = greeted(1);
    let date = crate::world::Date(0);
    let most = vec![b'x'; QUOTA as usize - 100];
    bench.world.mail.deliver("you", &most, date).expect("it just fits");
    bench.ask(b"MAIL FROM:<a@b> SIZE=200\r\n");
    assert!(bench.ask(b"RCPT TO:<you@practice.lab>\r\n").starts_with("452 4.2.2"));
    bench.ask(b"RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\nRCPT TO:<bob@practice.lab>\r\nDATA\r\n");
    assert!(bench.ask(b"x\r\n.\r\n").starts_with("452 4.2.2 the mailbox of you is full"));
    assert_eq!(newest(&bench, "bob").1, 0, "to all or to none");
}

#[test]
fn everyone_gets_it_once_and_at_most_a_hundred_recipients_are_taken() {
    let mut bench = greeted(1);
    bench.ask(
        b"MAIL FROM:<a@b>\r\nRCPT TO:<everyone@practice.lab>\r\nRCPT TO:<you@practice.lab>\r\n",
    );
    for _ in 2..100 {
        assert_eq!(codes(&bench.ask(b"RCPT TO:<bob@practice.lab>\r\n")), ["250"]);
    }
    assert!(bench.ask(b"RCPT TO:<bob@practice.lab>\r\n").starts_with("452 4.5.3"));
    assert!(bench.ask(b"DATA\r\nx\r\n.\r\n").contains("is in 4 mailboxes"));
    assert_eq!((newest(&bench, "you").1, newest(&bench, "bob").1), (1, 1));
}

#[test]
fn a_report_of_success_is_delivered_if_it_was_asked_for() {
    for (ret, repeats_body) in [("", true), (" RET=HDRS", false)] {
        let mut bench = greeted(1);
        let mail = format!("MAIL FROM:<student@practice.lab> ENVID=me+2Byou{ret}\r\n");
        bench.ask(mail.as_bytes());
        bench.ask(
            b"RCPT TO:<you@practice.lab> NOTIFY=SUCCESS ORCPT=rfc822;first+40x.example\r\nDATA\r\n",
        );
        bench.ask(b"Subject: x\r\n\r\nthe body\r\n.\r\n");
        let (report, count) = newest(&bench, "student");
        assert_eq!(count, 6);
        for part in [
            "Return-Path: <>\r\n",
            "Original-Envelope-Id: me+you\r\n",
            "Original-Recipient: rfc822; first@x.example\r\n",
            "Action: delivered\r\n",
        ] {
            assert!(report.contains(part), "{part}: {report}");
        }
        assert_eq!(report.contains("the body"), repeats_body);
    }
    let mut bounce = greeted(1);
    bounce.ask(b"MAIL FROM:<>\r\nRCPT TO:<you@practice.lab> NOTIFY=SUCCESS\r\nDATA\r\nx\r\n.\r\n");
    assert_eq!((newest(&bounce, "you").1, newest(&bounce, "student").1), (1, 5));
}

#[test]
fn a_message_in_a_circle_is_stopped() {
    let mut bench = taking_data(1);
    let mut mail = b"Received: x\r\n".repeat(101);
    mail.extend(b"\r\n.\r\n");
    assert!(bench.ask(&mail).starts_with("554 5.4.6"));
}

#[test]
fn the_commands_that_send_nothing() {
    let mut bench = greeted(1);
    assert_eq!(
        bench.ask(b"VRFY <student@practice.lab>\r\n"),
        "250 2.1.5 Sam Student <student@practice.lab>\r\n"
    );
    assert!(bench.ask(b"VRFY Alice\r\n").contains("<alice@practice.lab>"));
    bench.world.accounts.add("liz", "x", "Alice Cooper");
    assert!(bench.ask(b"VRFY Alice\r\n").contains("250 2.1.5 Alice Liddell"));
    assert!(bench.ask(b"VRFY postmaster\r\n").starts_with("250 2.1.5 Sam Student"));
    assert!(bench.ask(b"VRFY everyone\r\n").starts_with("550 5.1.1"));
    assert!(bench.ask(b"VRFY liddell\r\n").starts_with("250"));
    bench.world.accounts.add("bobby", "x", "Sam Baker");
    assert_eq!(codes(&bench.ask(b"VRFY Sam\r\n")), ["553", "553", "553"]);
    assert!(bench.ask(b"VRFY a@b.example\r\n").starts_with("550 5.1.2"));
    assert!(bench.ask(b"VRFY\r\n").starts_with("501 5.5.4"));
    assert!(bench.ask(b"EXPN student\r\n").starts_with("550 5.1.1"));
    assert!(bench.ask(b"EXPN postmaster\r\n").contains("<student@practice.lab>"));
    assert!(bench.ask(b"HELP XYZZY\r\n").starts_with("504 5.5.4"));
    assert!(bench.ask(b"HELP bdat\r\n").starts_with("214-2.0.0 BDAT octets [LAST]\r\n"));
    assert_eq!(codes(&bench.ask(b"NOOP anything\r\nRSET x\r\nDATA x\r\n")), ["250", "501", "503"]);
    for missing in ["TURN", "SEND", "SOML", "SAML", "ETRN practice.lab", "STARTTLS"] {
        assert!(
            bench.ask(format!("{missing}\r\n").as_bytes()).starts_with("502 5.5.1"),
            "{missing}"
        );
    }
    for unknown in ["XYZZY", "", "(message)", "(greeting)", " NOOP"] {
        assert!(
            bench.ask(format!("{unknown}\r\n").as_bytes()).starts_with("500 5.5.1"),
            "{unknown}"
        );
    }
}

#[test]
fn lines_over_the_limit_and_strange_octets_are_refused() {
    let mut bench = greeted(1);
    let long = format!("NOOP {}\r\n", "x".repeat(600));
    assert!(bench.ask(long.as_bytes()).starts_with("500 5.5.2"));
    let longer = format!("NOOP {}\r\n", "x".repeat(40_000));
    assert_eq!(codes(&bench.ask(longer.as_bytes())), ["500"]);
    assert!(bench.ask(b"NOOP\nNOOP\r\n").starts_with("500 5.5.2 bare"));
    assert!(bench.ask(b"NOOP \xff\r\n").starts_with("500 5.5.2"));
    assert_eq!(codes(&bench.ask(b"NOOP\r\n")), ["250"]);
}

#[test]
fn letters_beyond_ascii_need_smtputf8() {
    let mut bench = greeted(1);
    assert_eq!(
        codes(&bench.ask("MAIL FROM:<\u{fc}@b\u{fc}cher.example> SMTPUTF8\r\n".as_bytes())),
        ["250"]
    );
    bench.ask(b"RCPT TO:<you@practice.lab>\r\nDATA\r\n");
    bench.ask("Subject: \u{fc}\r\n\r\n\u{fc}\r\n.\r\n".as_bytes());
    let (mail, _) = newest(&bench, "you");
    assert!(mail.starts_with("Return-Path: <\u{fc}@b\u{fc}cher.example>\r\n"), "{mail}");
    assert!(mail.contains(" with UTF8SMTP id ") && mail.ends_with("\r\n\u{fc}\r\n"));
}

#[test]
fn smtp_18_the_size_counts_neither_stuffed_dots_nor_the_end() {
    let mut bench = greeted(1);
    bench.ask(b"mail FROM:<a@b> size=16\r\nrcpt TO:<you@practice.lab>\r\ndata\r\n");
    bench.ask(b"Subject: xy\r\n..\r\n.\r\n");
    assert_eq!(content(&bench, "you").len(), 16);
}

#[test]
fn smtp_24_a_connection_that_ends_delivers_nothing() {
    let mut bench = taking_data(1);
    bench.ask(b"Subject: half\r\n");
    bench.input(Input::End { conn: Conn::MAIN });
    assert_eq!(newest(&bench, "you").1, 0);
    assert_eq!(bench.server.state().id, "closed");
}

#[test]
fn the_server_answers_the_same_however_its_input_is_cut() {
    let script = b"EHLO you.lab\r\nMAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\nAUTH LOGIN\r\n*\r\nMAIL FROM:<a@b>\r\nRCPT TO:<you@practice.lab>\r\nBDAT 4\r\n\r\n.\nBDAT 3 LAST\r\nx\r\nVRFY you\r\nEXPN everyone\r\nHELP\r\nQUIT\r\nNOOP\r\n";
    let (whole, slow) = (bench(1).ask(script), bench(1).ask_slowly(script));
    assert_eq!(whole, slow);
    assert!(whole.ends_with("221 2.0.0 practice.lab says good bye\r\n"));
}

#[test]
fn enhanced_codes_stand_on_every_line_but_where_they_must_not() {
    let mut bench = bench(1);
    let replies =
        bench.ask(b"NOOP\r\nEXPN everyone\r\nMAIL FROM:<a@b>\r\nXYZZY\r\nHELP\r\nQUIT\r\n");
    for line in replies.lines() {
        assert_eq!(line.as_bytes().get(5), Some(&b'.'), "{line}");
        assert_eq!(line.as_bytes()[0], line.as_bytes()[4], "{line}");
    }
}
