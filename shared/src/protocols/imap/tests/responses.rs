//! What responses say.

use super::*;
use crate::testing::{notes, play, refused, sent, state};

#[test]
fn imap_11_unasked_data_is_taken_in_at_any_time() {
    let steps = selected(&[
        Step::Types("NOOP"),
        server(b"* 23 EXISTS\r\n* 3 EXPUNGE\r\na3 OK\r\n"),
        Step::Types("COPY 1 Archive"),
        server(b"* 2 FETCH (FLAGS (\\Seen))\r\na4 OK\r\n"),
    ]);
    assert_eq!(notes(&play(&client, &steps)), "");
    assert_eq!(fact(&steps, "messages").as_deref(), Some("22"));
    assert_eq!(fact(&steps, "told last").as_deref(), Some("message 2: \\Seen"));
}

#[test]
fn imap_12_numbers_shift_with_every_expunge() {
    let steps = selected(&[
        Step::Types("UID FETCH 9 FLAGS"),
        server(b"* 9 FETCH (UID 9 FLAGS (\\Deleted))\r\na3 OK\r\n"),
        Step::Types("EXPUNGE"),
        server(b"* 3 EXPUNGE\r\n* 3 EXPUNGE\r\na4 OK\r\n"),
    ]);
    let outputs = play(&client, &steps);
    assert_eq!(notes(&outputs), "");
    assert_eq!(fact(&steps, "messages").as_deref(), Some("21"));
    assert_eq!(fact(&steps, "told last").as_deref(), Some("message 7: \\Deleted"));
    let early = play(&client, &selected(&[server(b"* 3 EXPUNGE\r\n")]));
    assert!(notes(&early).contains("its number had to stay"));
    let missing = play(&client, &selected(&[Step::Types("NOOP"), server(b"* 99 EXPUNGE\r\n")]));
    assert!(notes(&missing).contains("no message 99"));
}

#[test]
fn imap_15_idle_hears_before_and_after_done() {
    let steps = selected(&[
        Step::Types("IDLE"),
        server(b"+ idling\r\n* 24 EXISTS\r\n"),
        Step::Types("DONE"),
        server(b"* 25 EXISTS\r\na3 OK\r\n"),
    ]);
    let outputs = play(&client, &steps);
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"a3 IDLE\r\nDONE\r\n"));
    assert_eq!(fact(&steps, "messages").as_deref(), Some("25"));
    assert_eq!(state(&outputs), Some("selected"));
    let idling = selected(&[Step::Types("IDLE"), server(b"+ idling\r\n")]);
    let why = refused(&client, &idling, "NOOP").to_string();
    assert!(why.contains("Legal now: DONE."), "{why}");
    refused(&client, &idling, "x DONE");
    // Without a mailbox DONE goes back to where there is none.
    let nothing = logged_in(&[
        Step::Types("IDLE"),
        server(b"+\r\n"),
        Step::Types("DONE"),
        server(b"a2 OK\r\n"),
    ]);
    assert_eq!(state(&play(&client, &nothing)), Some("authenticated"));
    // A server may end it by itself.
    let ended = selected(&[Step::Types("IDLE"), server(b"+\r\na3 NO too long\r\n")]);
    assert_eq!(state(&play(&client, &ended)), Some("selected"));
}

#[test]
fn imap_17_response_codes() {
    for (line, says) in [
        (&b"a3 NO [TRYCREATE] none\r\n"[..], "CREATE would make it. none"),
        (b"a3 OK [COPYUID 1 1:2 7:8] x\r\n", "The UIDs 1:2 have copies 7:8."),
        (b"a3 OK [READ-ONLY]\r\n", "can only be read."),
        (b"a3 OK [APPENDUID 38505 3955]\r\n", "with the UID 3955."),
        (b"* OK [X-NEW a b] t\r\n", "[X-NEW a b] t"),
        (b"* OK [ALERT] disk\r\n", "Please read this: disk"),
        (b"* OK [BADCHARSET (US-ASCII UTF-8)] t\r\n", "[BADCHARSET (US-ASCII UTF-8)] t"),
        (b"* OK [] t\r\n", "[] t"),
        (b"a3 OK\r\n", "Done (a3)."),
        (b"a3 OK \r\n", "Done (a3)."),
    ] {
        let outputs = play(&client, &selected(&[Step::Types("NOOP"), server(line)]));
        assert!(last(&outputs).contains(says), "{} has no {says}", last(&outputs));
        assert_eq!(notes(&outputs), "", "{line:?}");
    }
}

#[test]
fn imap_18_a_bracket_in_a_flag() {
    for line in [&b"* FLAGS (\\Seen a]b)\r\n"[..], b"* OK [PERMANENTFLAGS (a]b \\*)] x\r\n"] {
        let outputs = play(&client, &selected(&[server(line)]));
        assert!(notes(&outputs).contains("A flag has a ]"), "{line:?}");
        assert!(last(&outputs).contains("a]b"));
    }
}

#[test]
fn imap_19_nothing_found() {
    for (line, says) in [
        (&b"* SEARCH\r\n"[..], "Nothing fits."),
        (b"* SEARCH 1 2 \r\n", "2 fit."),
        (b"* ESEARCH (TAG \"a3\") COUNT 0\r\n", "Found (numbers): COUNT 0."),
        (b"* ESEARCH (TAG \"a3\")\r\n", "Nothing fits."),
        (b"* ESEARCH\r\n", "Nothing fits."),
        (b"* SORT 3 1\r\n", "2 fit, in this order."),
        (b"* SEARCH 2 5 (MODSEQ 917162500)\r\n", "2 fit."),
        (b"* THREAD (2)(3 6 (4 23)(44 7))\r\n", "Conversations, 4 lists in all."),
    ] {
        assert_eq!(
            last(&play(&client, &selected(&[Step::Types("SEARCH ALL"), server(line)]))),
            says
        );
    }
}

#[test]
fn imap_20_a_select_that_fails_closes_the_mailbox() {
    let steps = selected(&[
        Step::Types("SELECT Nowhere"),
        server(b"* OK [CLOSED] Previous mailbox closed.\r\na3 NO no\r\n"),
    ]);
    assert_eq!(state(&play(&client, &steps)), Some("authenticated"));
    assert_eq!(fact(&steps, "mailbox"), None);
    assert_eq!(fact(&steps, "user").as_deref(), Some("student"));
    let bad = selected(&[Step::Types("SELECT Nowhere"), server(b"a3 BAD what\r\n")]);
    assert_eq!(state(&play(&client, &bad)), Some("selected"));
}

#[test]
fn imap_22_words_are_the_same_in_any_case() {
    for line in [
        &b"* LIST (\\Noselect) \"/\" a\r\n"[..],
        b"* LIST (\\NoSelect) \"/\" a\r\n",
        b"* list () nil INBOX\r\n",
        b"* LIST () NIL inbox\r\n",
        b"* flags (\\seen)\r\n",
        b"* 3 exists\r\n",
    ] {
        let outputs = play(&client, &selected(&[Step::Types("NOOP"), server(line)]));
        assert!(!last(&outputs).contains("cannot read"), "{line:?}: {}", last(&outputs));
    }
}

#[test]
fn imap_24_the_day_of_an_internal_date_takes_two_places() {
    let fetched = |line: &'static [u8]| {
        notes(&play(&client, &selected(&[Step::Types("FETCH 1 INTERNALDATE"), server(line)])))
    };
    let right = fetched(b"* 1 FETCH (INTERNALDATE \" 1-Feb-2024 01:02:03 +0100\")\r\n");
    assert_eq!(right, "");
    let short = fetched(b"* 1 FETCH (INTERNALDATE \"1-Feb-2024 01:02:03 +0100\")\r\n");
    assert!(short.contains("26 octets"), "{short}");
    let zero = fetched(b"* 1 FETCH (INTERNALDATE \"09-Nov-2022 13:20:01 +0000\")\r\n");
    assert!(zero.contains("not a zero"), "{zero}");
}

#[test]
fn imap_25_a_structure_is_a_tree() {
    let tree = |line: &'static [u8]| {
        let outputs =
            play(&client, &selected(&[Step::Types("FETCH 1 BODYSTRUCTURE"), server(line)]));
        (last(&outputs), notes(&outputs))
    };
    let (says, faults) = tree(b"* 1 FETCH (BODYSTRUCTURE (((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"x\") NIL NIL \"7BIT\" 5 1 NIL NIL NIL NIL)(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 5 1) \"ALTERNATIVE\" (\"BOUNDARY\" \"i\") NIL NIL)(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ((\"IMAGE\" \"PNG\" (\"FILENAME*\" {26}\r\nutf-8''Gr%C3%BC%C3%9Fe.bin) NIL NIL \"BASE64\" 7) \"MIXED\") 12) \"MIXED\" (\"BOUNDARY\" \"o\") (\"INLINE\" NIL) (\"de\" \"en\") \"loc\" (X 1 (2))))\r\n");
    assert_eq!(faults, "");
    assert!(says.contains("multipart/mixed (multipart/alternative (text/plain, text/html), message/rfc822 (multipart/mixed (image/png)))"), "{says}");
    let (says, faults) = tree(b"* 1 FETCH (BODYSTRUCTURE (NIL NIL NIL NIL NIL NIL \"7\"))\r\n");
    assert!(
        faults.contains("no media type") && faults.contains("a number was expected")
            || faults.contains("A number"),
        "{faults}"
    );
    assert!(says.contains("structure /"), "{says}");
}

#[test]
fn imap_26_a_section_with_a_list_and_an_origin() {
    for line in [
        &b"* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)]<0> {5}\r\nabc\r\n)\r\n"[..],
        b"* 1 FETCH (BODY[HEADER.FIELDS (\"SUBJECT\")]<0> {5}\r\nabc\r\n)\r\n",
    ] {
        let outputs = play(
            &client,
            &selected(&[Step::Types("FETCH 1 BODY[HEADER.FIELDS (Subject)]<0.5>"), server(line)]),
        );
        assert_eq!(last(&outputs), "Message 1: HEADER.FIELDS (SUBJECT) from octet 0: 5 octets.");
        assert_eq!(notes(&outputs), "");
    }
}

#[test]
fn imap_27_the_empty_responses_of_sasl() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            server(b"* OK [CAPABILITY IMAP4rev1 SASL-IR] hi\r\n"),
            Step::Types("AUTHENTICATE PLAIN ="),
            server(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
            Step::Types(""),
            server(b"a1 NO [AUTHENTICATIONFAILED] no\r\n"),
        ],
    );
    assert_eq!(sent(&outputs, Conn::MAIN), b"a1 AUTHENTICATE PLAIN =\r\n\r\n");
    assert_eq!(state(&outputs), Some("not-authenticated"));
    let early = [Step::Opens(Conn::MAIN), GREETING];
    let why = refused(&client, &early, "AUTHENTICATE PLAIN AHgAeQ==").to_string();
    assert!(why.contains("SASL-IR"), "{why}");
}

#[test]
fn imap_28_nothing_in_clear_text_after_starttls() {
    let steps = [
        Step::Opens(Conn::MAIN),
        server(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"),
        Step::Types("STARTTLS"),
        server(b"a1 OK go\r\n* CAPABILITY EVIL\r\n"),
    ];
    let outputs = play(&client, &steps);
    assert_eq!(state(&outputs), Some("tls"));
    assert!(outputs.contains(&Output::StartTls { conn: Conn::MAIN }));
    assert!(notes(&outputs).contains("slipped it in"));
    assert!(!fact(&steps, "capabilities").is_some_and(|list| list.contains("EVIL")));
    let mut client = after(&steps[..3]);
    let go = Input::Bytes { conn: Conn::MAIN, bytes: b"a1 OK go\r\n" };
    client.handle(go, Default::default()).expect("bytes are never refused");
    let started = Input::TlsStarted { conn: Conn::MAIN };
    client.handle(started, Default::default()).expect("it is never refused");
    assert_eq!(client.state().id, "not-authenticated");
    assert!(client.facts().iter().all(|fact| fact.name != "capabilities"), "all is forgotten");
}

#[test]
fn imap_31_unknown_data_is_passed_over() {
    for (line, says) in [
        (
            &b"* 1 FETCH (UID 7 X-GM-MSGID 99 MODSEQ (12))\r\n"[..],
            "UID 7; X-GM-MSGID 99; MODSEQ (12)",
        ),
        (b"* XFOO a (b {1}\r\nc)\r\n", "XFOO: a (b c)"),
        (b"* 7 XBAR (1 2)\r\n", "XBAR: 7"),
        (b"* VANISHED (EARLIER) 41,43:116\r\n", "are gone"),
        (b"* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n", "NAMESPACE: ((INBOX. .)) NIL NIL"),
        (b"* QUOTA \"\" (STORAGE 10 512)\r\n", "QUOTA:  (STORAGE 10 512)"),
        (b"* ACL INBOX me lrs\r\n", "ACL: INBOX me lrs"),
        (b"* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292 MAILBOXID (F1))\r\n", "MESSAGES 231"),
        (b"* ENABLED\r\n", "Nothing new"),
    ] {
        let steps = selected(&[Step::Types("NOOP"), server(line), server(b"a3 OK\r\n")]);
        let outputs = play(&client, &steps);
        let units = received(&outputs);
        let said = &units[units.len() - 2].1;
        assert!(said.contains(says), "{said} has no {says}");
        assert_eq!(notes(&outputs), "", "{line:?}");
    }
}

#[test]
fn what_real_products_send_is_understood() {
    for line in [
        &b"* 8 FETCH (FLAGS (\\Seen) ENVELOPE (\"Tue, 08 Nov 2022 10:08:00 +0100\" {24}\r\nraw 8-bit header: \xc3\xa4\xc3\xb6\xc3\xbc ((\"Teacher\" NIL \"teacher\" \"lab.test\")) NIL NIL ((NIL NIL \"g\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL \"<mail.8@lab.test>\"))\r\n"[..],
        b"* 3 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"quoted-printable\" 51 2 NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"=_lab\") NIL NIL NIL))\r\n",
        b"* NO Invalid message sequence number: 99\r\n",
        b"* LIST (\\HasNoChildren) \".\" \"INBOX.Archive\"\r\n",
        b"* LIST (\\HasNoChildren) \"/\" Entw&APw-rfe\r\n",
        b"* OK [HIGHESTMODSEQ 1] Highest\r\n",
        b"* OK [CLOSED] Previous mailbox closed.\r\n",
    ] {
        let outputs = play(&client, &selected(&[Step::Types("FETCH 8 FLAGS"), server(line)]));
        assert_eq!(notes(&outputs), "", "{}", String::from_utf8_lossy(line));
        assert!(!last(&outputs).contains("cannot read"));
    }
    let complaint = play(&client, &selected(&[server(b"* BAD Invalid tag\r\n")]));
    assert!(notes(&complaint).contains("without a tag"));
    let greeted = play(&client, &[Step::Opens(Conn::MAIN), server(b"* PREAUTH hi\r\n")]);
    assert_eq!(state(&greeted), Some("authenticated"));
    let sent_away = play(&client, &[Step::Opens(Conn::MAIN), server(b"* BYE full\r\n")]);
    assert_eq!(state(&sent_away), Some("closed"));
}
