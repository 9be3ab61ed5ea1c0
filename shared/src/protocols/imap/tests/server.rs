//! The practice server by hand.

use super::*;

#[test]
fn the_server_keeps_the_states() {
    let mut bench = bench(1);
    answers(&mut bench, "a SELECT INBOX", "a BAD SELECT is not allowed");
    answers(&mut bench, "a XYZZY", "a BAD there is no command");
    answers(&mut bench, "a STARTTLS", "a BAD this server has no TLS");
    answers(&mut bench, "a LOGIN student wrong", "a NO [AUTHENTICATIONFAILED]");
    answers(&mut bench, "a LOGIN student lab-secret", "a OK [CAPABILITY IMAP4rev1 IMAP4rev2");
    answers(&mut bench, "a LOGIN student lab-secret", "a BAD LOGIN is not allowed");
    answers(&mut bench, "a FETCH 1 FLAGS", "a BAD FETCH is not allowed");
    answers(&mut bench, "a GETACL INBOX", "a BAD GETACL is not offered here");
    answers(&mut bench, "a SELECT INBOX (CONDSTORE)", "a BAD");
    answers(&mut bench, "a SELECT INBOX", "a OK [READ-WRITE]");
    answers(&mut bench, "a FETCH 1 MODSEQ", "a BAD MODSEQ is not offered");
    answers(&mut bench, "a UNAUTHENTICATE", "a OK");
    answers(&mut bench, "a SELECT INBOX", "a BAD");
    answers(&mut bench, "a LOGOUT", "* BYE practice.lab says good bye\r\na OK");
    assert!(bench.outputs.contains(&Output::Finish { conn: Conn::MAIN }));
    assert_eq!(bench.ask(b"a NOOP\r\n"), "");
}

#[test]
fn the_server_answers_the_same_however_its_input_is_cut() {
    let script = b"1 CAPABILITY\r\n2 LOGIN student lab-secret\r\n3 SELECT INBOX\r\n4 FETCH 1:* FULL\r\n5 UID FETCH 1:* (BODY[] BODYSTRUCTURE)\r\n6 STORE 1:2 +FLAGS (\\Deleted x)\r\n7 COPY 1 Trash\r\n8 EXPUNGE\r\n9 LIST \"\" *\r\n10 IDLE\r\nDONE\r\n11 LOGOUT\r\n";
    let whole = bench(1).ask(script);
    assert!(whole.contains("11 OK"), "{whole}");
    assert_eq!(whole, bench(1).ask_slowly(script));
}

#[test]
fn imap_20_a_select_that_fails_leaves_nothing_selected() {
    let mut bench = inbox();
    answers(&mut bench, "a SELECT Nowhere", "* OK [CLOSED] the mailbox before is closed\r\na NO");
    answers(&mut bench, "b FETCH 1 FLAGS", "b BAD");
}

#[test]
fn imap_21_star_is_the_last_message() {
    let mut bench = inbox();
    answers(&mut bench, "a FETCH 7:* FLAGS", "a BAD the set names messages that are not there");
    answers(&mut bench, "b UID FETCH 7:* FLAGS", "* 5 FETCH (UID 5 FLAGS (\\Recent))\r\nb OK");
    answers(&mut bench, "c FETCH 2:1 UID", "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\nc OK");
    answers(&mut bench, "d UID FETCH 100 FLAGS", "d OK");
    answers(&mut bench, "e SELECT Archive", "* 0 EXISTS");
    answers(&mut bench, "f FETCH * FLAGS", "f BAD");
    assert_eq!(bench.ask(b"g UID FETCH 1:* FLAGS\r\n"), "g OK that was all\r\n");
}

#[test]
fn imap_22_and_23_names_from_the_wire() {
    let mut bench = inside();
    answers(&mut bench, "a SELECT inbox", "a OK [READ-WRITE] INBOX");
    answers(&mut bench, "b LIST \"\" iNbOx", "* LIST (\\HasNoChildren) \"/\" INBOX");
    answers(&mut bench, "c CREATE &Jjo-", "c OK");
    assert!(bench.world.mail.named("student", "\u{263a}").is_some());
    answers(&mut bench, "d CREATE &Jjo!", "d NO the name is not in modified UTF-7");
    answers(&mut bench, "e LIST \"\" &*", "e OK");
    answers(&mut bench, "f CREATE \"\u{263a}\"", "f BAD");
    answers(&mut bench, "g UNSELECT", "g OK");
    answers(&mut bench, "h ENABLE IMAP4REV2 CONDSTORE", "* ENABLED IMAP4rev2");
    answers(&mut bench, "i CREATE \"\u{263b}\"", "i OK");
    answers(&mut bench, "j LIST \"\" \"\u{263b}\"", "\"\u{263b}\"");
    answers(&mut bench, "k ENABLE IMAP4rev2", "* ENABLED\r\n");
}

#[test]
fn fetch_gives_the_pieces_that_are_asked_for() {
    let mut bench = inside();
    answers(&mut bench, "a EXAMINE Archive/2025", "a OK [READ-ONLY]");
    answers(&mut bench, "b FETCH 1 BODY[2.1]", "BODY[2.1] {22}\r\nFirst POP3, then IMAP.)");
    answers(
        &mut bench,
        "c FETCH 1 BODY[2.HEADER.FIELDS (SUBJECT)]",
        "{32}\r\nSubject: Plan of the lecture\r\n\r\n)",
    );
    answers(&mut bench, "d FETCH 1 BODY[1.2.MIME]", "Content-Type: text/html; charset=utf-8\r\n");
    answers(&mut bench, "e FETCH 1 BODY[1.2]<3.7>", "BODY[1.2]<3> {7}\r\nThe pla");
    answers(&mut bench, "f FETCH 1 BODY[1.2]<9999.7>", "BODY[1.2]<9999> {0}\r\n)");
    answers(&mut bench, "g FETCH 1 (BODY[3] BODY[1.TEXT])", "BODY[3] NIL BODY[1.TEXT] NIL");
    answers(&mut bench, "h FETCH 1 BODY[2.TEXT]", "First POP3");
    answers(
        &mut bench,
        "i FETCH 2 RFC822.HEADER",
        "References: <plan.0@practice.lab> <nested.7@practice.lab>\r\n\r\n",
    );
    answers(&mut bench, "j FETCH 1 BINARY.SIZE[1.1]", "BINARY.SIZE[1.1] 21");
    let envelope = "(NIL NIL \"The Class\" NIL)(NIL NIL \"alice\" \"practice.lab\")";
    answers(&mut bench, "k FETCH 1 ENVELOPE", envelope);
    answers(
        &mut bench,
        "l FETCH 1 ENVELOPE",
        "((\"Teacher, The\" NIL \"teacher\" \"practice.lab\"))",
    );
    answers(
        &mut bench,
        "m FETCH 1 BODYSTRUCTURE",
        "(((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 21 1 NIL NIL NIL NIL)(\"text\" \"html\"",
    );
    answers(
        &mut bench,
        "n FETCH 1 BODY",
        "\"alternative\")(\"message\" \"rfc822\" NIL NIL \"the plan itself\" \"7bit\" 192 (\"Tue, 25 Nov 2025 18:00:00 +0000\" \"Plan of the lecture\"",
    );
    answers(&mut bench, "o SELECT Drafts", "o OK");
    answers(&mut bench, "p FETCH 1 (BODY.PEEK[TEXT] UID)", "{57}\r\n");
    answers(
        &mut bench,
        "q FETCH 1 FAST",
        "FLAGS (\\Draft \\Seen \\Recent) INTERNALDATE \" 3-Jan-2026",
    );
}

#[test]
fn reading_a_message_marks_it_and_peeking_does_not() {
    let mut bench = inbox();
    answers(&mut bench, "a FETCH 3 BODY.PEEK[]", "a OK");
    answers(&mut bench, "b FETCH 3 FLAGS", "FLAGS (\\Recent)");
    let answer = bench.ask(b"c FETCH 3 BODY[HEADER.FIELDS (SUBJECT)]\r\n");
    assert!(answer.contains(" FLAGS (\\Seen \\Recent))"), "{answer}");
    answers(&mut bench, "d EXAMINE INBOX", "d OK");
    assert!(!bench.ask(b"e FETCH 5 BODY[]\r\n").contains("FLAGS"), "reading only");
}

#[test]
fn content_of_any_size_is_given_piece_by_piece() {
    let mut bench = inbox();
    let mail = [b"A: b\r\n\r\n".to_vec(), vec![b'x'; 100_000]].concat();
    let date = crate::world::Date(0);
    bench.world.mail.deliver("student", &mail, date).expect("it fits");
    answers(&mut bench, "a NOOP", "* 6 EXISTS");
    let input = Input::Bytes { conn: Conn::MAIN, bytes: b"b FETCH 6 (BODY[] UID)\r\n" };
    bench.server.handle(input, Default::default(), &mut bench.world);
    let mut largest = 0;
    let mut said = Vec::new();
    loop {
        while let Some(output) = bench.server.poll() {
            if let Output::Sent { wire, .. } = output {
                assert!(wire.tiles());
                largest = largest.max(wire.bytes.len());
                said.extend(wire.bytes);
            }
        }
        match bench.server.pull(Conn::MAIN) {
            Some(piece) => said.extend(piece),
            None => break,
        }
    }
    assert!(largest < 200, "content is asked for: {largest}");
    let text = String::from_utf8_lossy(&said);
    assert!(text.starts_with("* 6 FETCH (BODY[] {100008}\r\nA: b\r\n\r\nxxx"));
    assert!(text.ends_with("x UID 6 FLAGS (\\Seen \\Recent))\r\nb OK that was all\r\n"));
}

#[test]
fn flags_are_stored_and_shown() {
    let mut bench = inbox();
    answers(
        &mut bench,
        "a STORE 3 FLAGS (\\seen $Work)",
        "* 3 FETCH (FLAGS (\\Seen $Work \\Recent))",
    );
    answers(&mut bench, "b STORE 3 -FLAGS \\Seen", "* 3 FETCH (FLAGS ($Work \\Recent))");
    assert_eq!(bench.ask(b"c STORE 3 +FLAGS.SILENT (x)\r\n"), "c OK changed\r\n");
    answers(&mut bench, "d STORE 3 +FLAGS (\\Recent)", "d BAD there is no flag \\Recent");
    answers(&mut bench, "e UID STORE 3 FLAGS ()", "* 3 FETCH (UID 3 FLAGS (\\Recent))");
    answers(&mut bench, "f STORE 3 (UNCHANGEDSINCE 1) FLAGS ()", "f BAD");
    let many: Vec<String> = (0..101).map(|n| format!("k{n}")).collect();
    answers(&mut bench, &format!("g STORE 3 FLAGS ({})", many.join(" ")), "g NO [LIMIT]");
}

#[test]
fn messages_are_filed_copied_and_moved() {
    let mut bench = inbox();
    answers(&mut bench, "a COPY 1:2 Nowhere", "a NO [TRYCREATE]");
    answers(&mut bench, "b COPY 1:2 Archive", "b OK [COPYUID 5 1:2 1:2]");
    answers(&mut bench, "c UID COPY 99 Archive", "c OK there was nothing");
    answers(
        &mut bench,
        "d MOVE 2:3 Archive",
        "* OK [COPYUID 5 2:3 3:4] moved\r\n* 2 EXPUNGE\r\n* 2 EXPUNGE\r\nd OK",
    );
    answers(&mut bench, "e APPEND INBOX \"31-Dec-1999 23:59:59 +0100\" {3+}\r\nabc", "* 4 EXISTS");
    answers(&mut bench, "f FETCH 4 INTERNALDATE", "\"31-Dec-1999 22:59:59 +0000\"");
    answers(&mut bench, "g APPEND INBOX \"1-Jan-2020 00:00:00 +0000\" {3+}\r\nabc", "g BAD");
    answers(&mut bench, "h APPEND INBOX {0+}\r\n", "h NO a message cannot be empty");
    let most = vec![b'x'; 64 << 20];
    let head = format!("i APPEND INBOX {{{}+}}\r\n", most.len());
    let answer = bench.ask(head.as_bytes()) + &bench.ask(&most) + &bench.ask(b"\r\nj NOOP\r\n");
    assert_eq!(answer, "i NO [OVERQUOTA] there is room for 67108864 octets\r\nj OK done\r\n");
}

#[test]
fn mailboxes_are_listed_by_pattern_and_option() {
    let mut bench = inside();
    let names = |answer: String| -> Vec<String> {
        let lines = answer.lines().filter(|line| line.starts_with("* L"));
        lines.filter_map(|line| Some(line.split_once("\"/\" ")?.1.to_string())).collect()
    };
    assert_eq!(names(bench.ask(b"a LIST \"\" A%\r\n")), ["Archive"]);
    assert_eq!(names(bench.ask(b"b LIST Archive/ *\r\n")), ["Archive/2025"]);
    assert_eq!(names(bench.ask(b"c LIST \"\" */2%5\r\n")), ["Archive/2025"]);
    assert_eq!(
        names(bench.ask(b"d LIST (SPECIAL-USE) \"\" *\r\n")),
        ["Archive", "Drafts", "Sent", "Trash"]
    );
    bench.ask(b"e UNSUBSCRIBE Archive\r\ne SUBSCRIBE Archive/2025\r\n");
    assert_eq!(names(bench.ask(b"f LSUB \"\" A%\r\n")), ["Archive"], "a level above");
    answers(
        &mut bench,
        "g LIST (SUBSCRIBED RECURSIVEMATCH) \"\" A%",
        "Archive (\"CHILDINFO\" (\"SUBSCRIBED\"))",
    );
    answers(&mut bench, "h LIST (RECURSIVEMATCH) \"\" *", "h BAD");
    answers(&mut bench, "i LIST (WHAT) \"\" *", "i BAD");
    bench.ask(b"j RENAME Archive/2025 Old\r\n");
    answers(&mut bench, "k LIST (SUBSCRIBED) \"\" Archive/*", "\\NonExistent");
    answers(&mut bench, "l CREATE a//b", "l NO [CANNOT]");
    answers(&mut bench, "m CREATE \"a*\"", "m NO [CANNOT]");
    answers(&mut bench, "n CREATE Sent", "n NO [ALREADYEXISTS]");
    answers(&mut bench, "o CREATE Spam (USE (\\Junk))", "o OK");
    answers(&mut bench, "p LIST \"\" Spam", "\\Junk");
    answers(&mut bench, "q DELETE INBOX", "q NO [CANNOT]");
    answers(&mut bench, "r SETQUOTA \"\" (STORAGE 1)", "r NO [NOPERM]");
    answers(&mut bench, "s GETQUOTA \"\"", "* QUOTA \"\" (STORAGE");
    let many = "x ".repeat(11);
    answers(&mut bench, &format!("t LIST \"\" ({})", many.trim_end()), "t NO [LIMIT]");
}

#[test]
fn logins_by_sasl() {
    use crate::text::sasl::{Mechanism, decode, encode};
    for mechanism in Mechanism::ALL {
        for (password, status) in [("lab-secret", "a OK"), ("wrong", "a NO [AUTHENTICATIONFAILED]")]
        {
            let mut bench = bench(1);
            let mut answer =
                bench.ask(format!("a AUTHENTICATE {}\r\n", mechanism.name()).as_bytes());
            let mut n = 0;
            while let Some(challenge) = answer.strip_prefix("+ ") {
                let challenge = decode(challenge.trim()).expect("it is base64");
                let response = mechanism.respond(n, &challenge, "student", password);
                let line = encode(response.expect("the mechanism has an answer"));
                answer = bench.ask(format!("{line}\r\n").as_bytes());
                n += 1;
            }
            assert!(answer.starts_with(status), "{mechanism:?}: {answer}");
        }
    }
    let mut bench = bench(1);
    answers(&mut bench, "a AUTHENTICATE DIGEST-MD5", "a NO [CANNOT]");
    answers(&mut bench, "b AUTHENTICATE CRAM-MD5 ", "b BAD");
    answers(&mut bench, "c AUTHENTICATE CRAM-MD5", "+ ");
    answers(&mut bench, "*", "c BAD the exchange was given up");
    answers(&mut bench, "d AUTHENTICATE PLAIN =", "d BAD the response does not fit");
    answers(&mut bench, "e AUTHENTICATE PLAIN", "+ \r\n");
    answers(&mut bench, "no base64!", "e BAD the response is not base64");
    answers(&mut bench, "f AUTHENTICATE PLAIN AHN0dWRlbnQAbGFiLXNlY3JldA==", "f OK");
}

#[test]
fn lines_over_the_limit_and_bare_line_feeds_are_refused() {
    let mut bench = bench(1);
    let long = [b"a NOOP ".to_vec(), vec![b'x'; 9000]].concat();
    let answer = bench.ask(&[long, b"\r\nb NOOP\r\n".to_vec()].concat());
    assert!(answer.contains("a BAD the line has more than 8000 octets"), "{answer}");
    assert!(answer.ends_with("b OK done\r\n"), "{answer}");
    answers(&mut bench, "c NOOP\nd NOOP", "BAD bare LF");
    answers(&mut bench, "e NOOP", "e OK");
    answers(&mut bench, "e  NOOP", "e BAD");
    answers(&mut bench, "+ NOOP", "* BAD");
    answers(&mut bench, "", "* BAD");
    answers(&mut bench, "f NOOP ", "f BAD");
}
