//! What a person types, and what goes out.

use super::*;
use crate::machine::Refused;
use crate::testing::{notes, play, refused, sent, state};

/// The octets that a command puts on the wire, in an open mailbox.
fn wire(text: &'static str) -> String {
    let outputs = play(&client, &selected(&[Step::Types(text)]));
    let all = sent(&outputs, Conn::MAIN);
    let start = all.windows(3).rposition(|w| w == b"a3 ").unwrap_or(0);
    String::from_utf8_lossy(&all[start..]).into_owned()
}

#[test]
fn imap_09_a_literal_waits_for_leave() {
    let early = [Step::Opens(Conn::MAIN), GREETING, Step::Types("LOGIN {4}\nuser {2}\npw")];
    let refused_early = [&early[..], &[server(b"a1 NO x\r\n")]].concat();
    let outputs = play(&client, &refused_early);
    assert_eq!(sent(&outputs, Conn::MAIN), b"a1 LOGIN {4}\r\n");
    assert!(notes(&outputs).contains("the literal is not sent"));
    let go = [&early[..], &[server(b"+ go\r\n"), server(b"+\r\n"), server(b"a1 OK\r\n")]].concat();
    let outputs = play(&client, &go);
    assert_eq!(sent(&outputs, Conn::MAIN), b"a1 LOGIN {4}\r\nuser {2}\r\npw\r\n");
    assert_eq!(state(&outputs), Some("authenticated"));
    let why = refused(&client, &early, "NOOP").to_string();
    assert!(why.contains("waits for the server's +"), "{why}");
}

#[test]
fn imap_10_a_literal_that_does_not_wait_needs_literal_plus() {
    let plain = [Step::Opens(Conn::MAIN), GREETING];
    let why = refused(&client, &plain, "LOGIN {1+}\nu {1+}\np").to_string();
    assert!(why.contains("LITERAL+"), "{why}");
    let greeted = |words: &'static [u8]| [Step::Opens(Conn::MAIN), server(words)];
    let plus = greeted(b"* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n");
    let steps = [&plus[..], &[Step::Types("LOGIN {1+}\nu {1+}\np")]].concat();
    assert_eq!(sent(&play(&client, &steps), Conn::MAIN), b"a1 LOGIN {1+}\r\nu {1+}\r\np\r\n");
    // What needs a literal gets the kind that the server takes.
    let umlaut = Step::Types("LOGIN \u{fc} p");
    let waits = play(&client, &[&plain[..], core::slice::from_ref(&umlaut)].concat());
    assert_eq!(sent(&waits, Conn::MAIN), b"a1 LOGIN {2}\r\n");
    let hurries = play(&client, &[&plus[..], core::slice::from_ref(&umlaut)].concat());
    assert_eq!(sent(&hurries, Conn::MAIN), b"a1 LOGIN {2+}\r\n\xc3\xbc p\r\n");
    let minus = greeted(b"* OK [CAPABILITY IMAP4rev2] hi\r\n");
    let small = play(&client, &[&minus[..], &[umlaut]].concat());
    assert_eq!(sent(&small, Conn::MAIN), b"a1 LOGIN {2+}\r\n\xc3\xbc p\r\n");
    refused(&client, &minus, &format!("LOGIN {{5000+}}\n{} p", "x".repeat(5000)));
}

#[test]
fn imap_23_names_are_coded() {
    assert_eq!(wire("SELECT \u{263a}"), "a3 SELECT &Jjo-\r\n");
    assert_eq!(wire("SELECT Q&A"), "a3 SELECT Q&-A\r\n");
    assert_eq!(wire("SELECT &U,BTFw-"), "a3 SELECT &U,BTFw-\r\n");
    assert_eq!(wire("CREATE \u{53f0}\u{5317}"), "a3 CREATE &U,BTFw-\r\n");
    assert_eq!(wire("LIST \"\" Entw\u{fc}rfe/%"), "a3 LIST \"\" \"Entw&APw-rfe/%\"\r\n");
    let steps = logged_in(&[Step::Types("LIST \"\" *"), server(b"* LIST () \"/\" &Jjo!\r\n")]);
    let outputs = play(&client, &steps);
    let mut units = outputs.iter().rev();
    let last = units.find_map(|output| match output {
        Output::Received { wire, .. } => Some(wire),
        _ => None,
    });
    let wire = last.expect("the list was read");
    assert!(wire.spans.iter().any(|span| {
        span.note.as_deref().is_some_and(|note| note.contains("not modified UTF-7"))
    }));
}

#[test]
fn imap_30_the_lab_quotes_what_needs_it() {
    assert_eq!(wire("SELECT My Box"), "a3 SELECT \"My Box\"\r\n");
    assert_eq!(wire("SELECT a\"b\\c"), "a3 SELECT \"a\\\"b\\\\c\"\r\n");
    assert_eq!(wire("SELECT NIL"), "a3 SELECT \"NIL\"\r\n");
    assert_eq!(wire("STATUS My Box (MESSAGES)"), "a3 STATUS \"My Box\" (MESSAGES)\r\n");
    assert_eq!(wire("COPY 1:2 My Box"), "a3 COPY 1:2 \"My Box\"\r\n");
    assert_eq!(wire("SEARCH SUBJECT Gr\u{fc}n"), "a3 SEARCH CHARSET UTF-8 SUBJECT {5}\r\n");
    let before = [Step::Opens(Conn::MAIN), GREETING];
    let login = |text: &'static str| {
        sent(&play(&client, &[&before[..], &[Step::Types(text)]].concat()), Conn::MAIN)
    };
    assert_eq!(login("LOGIN a b c"), b"a1 LOGIN a \"b c\"\r\n");
    assert_eq!(login("LOGIN \"a b\" \"c\\\"d\""), b"a1 LOGIN \"a b\" \"c\\\"d\"\r\n");
    for text in ["SELECT a\rb", "SELECT a\0", "SELECT a\r\nLOGOUT", "SEARCH TEXT \"a\nb\""] {
        let why = refused(&client, &selected(&[]), text);
        assert!(matches!(why, Refused::Malformed { .. }), "{text:?}: {why}");
    }
}

#[test]
fn a_typed_tag_is_taken_if_it_is_free() {
    let steps = selected(&[Step::Types("x7 NOOP")]);
    assert!(sent(&play(&client, &steps), Conn::MAIN).ends_with(b"x7 NOOP\r\n"));
    let why = refused(&client, &steps, "x7 NOOP").to_string();
    assert!(why.contains("another tag"), "{why}");
    // The lab does not give a tag that was typed.
    let steps = selected(&[Step::Types("a3 NOOP"), server(b"a3 OK\r\n"), Step::Types("NOOP")]);
    assert!(sent(&play(&client, &steps), Conn::MAIN).ends_with(b"a3 NOOP\r\na4 NOOP\r\n"));
    let why = refused(&client, &selected(&[]), "x7 XYZZY").to_string();
    assert!(why.contains("no command \"x7\""), "{why}");
}

#[test]
fn wrong_arguments_are_named_with_their_place() {
    for (text, with) in [
        ("FETCH 1", "a space"),
        ("FETCH 0 FLAGS", "counted from 1"),
        ("FETCH 1 (FLAGS", "a closing parenthesis"),
        ("FETCH 1 FLAG", "FLAG is none"),
        ("FETCH 1 BODY[1.", "closing bracket"),
        ("FETCH 1 BODY[]<5>", "first octet.number"),
        ("STORE 1 FLAG (x)", "FLAGS, +FLAGS"),
        ("SEARCH WHATEVER", "WHATEVER is none"),
        ("SEARCH SINCE yesterday", "a day such as"),
        ("SEARCH NOT", "a key of SEARCH"),
        ("SORT (COLOUR) UTF-8 ALL", "needs the capability SORT"),
        ("STATUS INBOX ()", "at least one item"),
        ("NOOP now", "the end of the line"),
        ("LIST INBOX", "a space"),
    ] {
        let why = refused(&client, &selected(&[]), text).to_string();
        assert!(why.contains(with), "{text}: {why}");
    }
}

#[test]
fn every_template_and_form_is_accepted() {
    let all = b"* OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ ID SORT THREAD=REFERENCES QUOTA ACL METADATA NOTIFY COMPRESS=DEFLATE UNAUTHENTICATE CONDSTORE STARTTLS] hi\r\n";
    let mut legal = 0;
    for verb in super::super::table::TABLE.verbs.iter().filter(|verb| !verb.syntax.is_empty()) {
        for steps in [
            vec![Step::Opens(Conn::MAIN), server(all)],
            selected(&[server(all)]),
            logged_in(&[server(all)]),
        ] {
            let mut client = after(&steps);
            let now = Default::default();
            if verb.legal.contains(&client.state()) {
                legal += 1;
                let done = client.handle(Input::Command(verb.template), now);
                assert_eq!(done, Ok(()), "{}", verb.template);
            }
        }
    }
    assert!(legal > 60, "{legal}");
    for text in [
        "FETCH 1:* (BODY.PEEK[1.2.HEADER.FIELDS.NOT (A \"B\")]<0.100> RFC822.TEXT BINARY.SIZE[1])",
        "FETCH 2,4:7,9:* FULL",
        "UID FETCH 1:* (FLAGS) ",
        "SEARCH RETURN (MIN MAX) OR (SEEN NOT FLAGGED) HEADER Message-ID \"\" 1:5",
        "uid search uid 1:* since 1-Feb-2024",
        "STORE 1 -FLAGS.SILENT \\Seen work",
        "LIST (SUBSCRIBED) \"\" (\"a*\" \"b\") RETURN (CHILDREN STATUS (MESSAGES))",
        "ID NIL",
        "CREATE Sent2 (USE (\\Sent))",
        "STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT DELETED SIZE HIGHESTMODSEQ)",
    ] {
        let steps = selected(&[server(all), Step::Types("NOOP"), server(b"a3 OK\r\n")]);
        let text = text.trim_end();
        play(&client, &[&steps[..], &[Step::Types(text)]].concat());
    }
}

#[test]
fn numbers_may_not_be_used_while_they_may_shift() {
    let steps = selected(&[Step::Types("NOOP")]);
    let why = refused(&client, &steps, "FETCH 1 FLAGS").to_string();
    assert!(why.contains("the reply to the command before it"), "{why}");
    play(&client, &selected(&[Step::Types("NOOP"), Step::Types("UID FETCH 1 FLAGS")]));
    play(&client, &selected(&[Step::Types("FETCH 1 FLAGS"), Step::Types("STORE 1 FLAGS (x)")]));
    play(&client, &selected(&[Step::Batch("FETCH 1 FLAGS\nSEARCH ALL\nFETCH 2 FLAGS")]));
}

#[test]
fn what_is_illegal_names_what_is_missing() {
    let steps = [Step::Opens(Conn::MAIN), GREETING];
    let why = refused(&client, &steps, "SELECT INBOX").to_string();
    assert!(why.contains("Legal now: CAPABILITY, NOOP, LOGOUT"), "{why}");
    let bare = [Step::Opens(Conn::MAIN), server(b"* PREAUTH hi\r\n")];
    let why = refused(&client, &bare, "IDLE").to_string();
    assert!(why.contains("the capability IDLE") && why.contains("CAPABILITY"), "{why}");
    assert!(refused(&client, &steps, "STARTTLS").to_string().contains("STARTTLS"));
    let nothing = [Step::Opens(Conn::MAIN)];
    assert!(matches!(refused(&client, &nothing, "LOGIN a b"), Refused::Illegal(_)));
}

#[test]
fn the_password_is_masked_however_it_is_sent() {
    let masked = |steps: &[Step<'_>]| {
        let mut text = String::new();
        for output in play(&client, steps) {
            if let Output::Sent { wire, .. } = output {
                text.push_str(&String::from_utf8_lossy(&wire.masked()));
            }
        }
        text
    };
    let with = |steps: &[Step<'static>]| {
        masked(&[&[Step::Opens(Conn::MAIN), GREETING][..], steps].concat())
    };
    for steps in [
        &[Step::Types("LOGIN me hush-hush")][..],
        &[Step::Types("LOGIN {2}\nme {9}\nhush-hush"), server(b"+\r\n"), server(b"+\r\n")],
        &[Step::Raw(b"a1 LOGIN me hush-hush\r\n")],
        &[Step::Raw(b"LOGIN me hush-hush\r\n")],
        &[Step::Raw(b"a1 LOGIN me \"hush-hush\r\n")],
        &[Step::Raw(b"a1 LOGIN me {9}\r\n"), Step::Raw(b"hush-hush\r\n")],
        &[Step::Raw(b"a1 LOG"), Step::Raw(b"IN me hush-hush\r\n")],
        &[Step::Types("AUTHENTICATE LOGIN"), server(b"+ \r\n"), Step::Types("hush-hush")],
        &[Step::Types("AUTHENTICATE LOGIN"), server(b"+ \r\n"), Step::Raw(b"hush-hush\r\n")],
        &[Step::Raw(b"a1 AUTHENTICATE PLAIN hush-hush\r\n")],
    ] {
        assert!(!with(steps).contains("hush"), "{steps:?}: {}", with(steps));
    }
}

#[test]
fn raw_commands_are_matched_with_their_answers() {
    let outputs = play(
        &client,
        &selected(&[
            Step::Raw(b"t1 SELECT Nowhere\r\nt2 XYZZY\r\n"),
            server(b"t1 NO no\r\nt2 BAD what\r\n"),
            Step::Raw(b"t3 IDLE\r\n"),
            server(b"+ idling\r\n"),
            Step::Raw(b"DONE\r\n"),
            server(b"t3 OK\r\n"),
        ]),
    );
    let notes = notes(&outputs);
    assert!(notes.contains("XYZZY") && notes.contains("SELECT has failed"), "{notes}");
    assert_eq!(notes.lines().count(), 2, "{notes}");
    assert_eq!(state(&outputs), Some("authenticated"));
    let mut client = client();
    assert_eq!(client.octets_of("SELECT INBOX").as_deref(), Some(&b"a1 SELECT INBOX\r\n"[..]));
    assert_eq!(client.octets_of("t9 SELECT INBOX").as_deref(), Some(&b"t9 SELECT INBOX\r\n"[..]));
    assert!(client.poll().is_none());
}
