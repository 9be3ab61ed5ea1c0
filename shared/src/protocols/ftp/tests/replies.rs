//! Replies, their forms and their ends.

use super::*;

#[test]
fn ftp_01_only_the_same_code_and_a_space_ends_a_reply() {
    const FEAT: &[u8] = b"211-Features:\r\n SIZE\r\n211-x\r\n220 no\r\n211 End\r\n";
    let outputs = play(&client, &ready(&[Step::Types("FEAT"), server(FEAT)]));
    assert_eq!(last(&outputs).0.as_bytes(), FEAT);
    assert_eq!(span(&outputs, "FEATURE").as_deref(), Some("SIZE"));
    let client = after(&ready(&[Step::Types("FEAT"), server(FEAT)]));
    assert_eq!(fact(&*client, "features").as_deref(), Some("SIZE"));
}

#[test]
fn ftp_02_a_letter_behind_the_code_ends_no_reply() {
    let help = ready(&[Step::Types("HELP"), server(b"214-a\r\n214x b\r\n214 c\r\n")]);
    let outputs = play(&client, &help);
    assert_eq!(last(&outputs).0, "214-a\r\n214x b\r\n214 c\r\n");
    assert!(notes(&outputs).contains("ftplib ends it here"));
    let bare = ready(&[Step::Types("HELP"), server(b"214-a\r\nb\r\n214\r\n")]);
    assert_eq!(last(&play(&client, &bare)).0, "214-a\r\nb\r\n214\r\n");
    assert!(!notes(&play(&client, &bare)).contains("ftplib"));
}

#[test]
fn ftp_03_two_replies_in_one_read_are_two() {
    let outputs = play(
        &client,
        &passive(&[Step::Types("RETR f"), server(b"150 go\r\n226 done\r\n"), Step::Ends(DATA)]),
    );
    let units: Vec<String> = received(&outputs).into_iter().map(|(text, _)| text).collect();
    assert_eq!(units[units.len() - 2..], ["150 go\r\n", "226 done\r\n"]);
    assert_eq!(state(&outputs), Some("ready"));
}

#[test]
fn ftp_06_the_address_of_227_is_not_trusted() {
    for (reply, named) in [
        (&b"227 Entering Passive Mode (10,9,8,7,4,1)\r\n"[..], "10.9.8.7"),
        (b"227 Entering Passive Mode (0,0,0,0,4,1)\r\n", "0.0.0.0"),
    ] {
        let outputs = play(&client, &ready(&[Step::Types("PASV"), server(reply)]));
        assert_eq!(connects(&outputs), [("127.0.0.1".into(), 1025)]);
        assert!(notes(&outputs).contains(&format!("says {named}, but you are talking to")));
    }
    let honest =
        play(&client, &ready(&[Step::Types("PASV"), server(b"227 ok (127,0,0,1,4,1)\r\n")]));
    assert_eq!(connects(&honest), [("127.0.0.1".into(), 1025)]);
    assert_eq!(notes(&honest), "");
}

#[test]
fn ftp_07_the_six_numbers_of_227_need_no_parentheses() {
    for reply in [
        &b"227 =10,9,8,7,4,1\r\n"[..],
        b"227 ok 10,9,8,7,4,1.\r\n",
        b"227 Entering Passive Mode (10,9,8,7,4,1).\r\n",
    ] {
        let outputs = play(&client, &ready(&[Step::Types("PASV"), server(reply)]));
        assert_eq!(connects(&outputs), [("127.0.0.1".into(), 1025)], "{reply:?}");
        assert_eq!(span(&outputs, "PASSIVE_ADDRESS").as_deref(), Some("10,9,8,7"));
        assert_eq!(span(&outputs, "PASSIVE_PORT").as_deref(), Some("4,1"));
    }
    for reply in [
        &b"227 (10,9,8,256,4,1)\r\n"[..],
        b"227 (10,9,8,7,4)\r\n",
        b"227 (10,9,8,7,0,0)\r\n",
        b"227 ok\r\n",
        b"227\r\n",
    ] {
        let outputs = play(&client, &ready(&[Step::Types("PASV"), server(reply)]));
        assert_eq!(connects(&outputs), [], "{reply:?}");
        assert!(notes(&outputs).contains("There is no address in this reply"));
    }
}

#[test]
fn ftp_08_the_delimiter_of_229_may_be_any_but_nothing_stands_between() {
    for reply in [&b"229 ok (|||6446|)\r\n"[..], b"229 (!!!6446!)\r\n"] {
        let outputs = play(&client, &ready(&[Step::Types("EPSV"), server(reply)]));
        assert_eq!(connects(&outputs), [("127.0.0.1".into(), 6446)]);
    }
    for reply in [
        &b"229 (|1||6446|)\r\n"[..],
        b"229 (|||6446)\r\n",
        b"229 (|||66000|)\r\n",
        b"229 |||6446|\r\n",
        b"229 (||\r\n",
    ] {
        let outputs = play(&client, &ready(&[Step::Types("EPSV"), server(reply)]));
        assert_eq!(connects(&outputs), [], "{reply:?}");
        assert!(notes(&outputs).contains("expected (|||port|)"));
    }
}

#[test]
fn ftp_09_a_doubled_quotation_mark_is_one() {
    let pwd = ready(&[Step::Types("PWD"), server(b"257 \"/a\"\"b/c\" is cwd\r\n")]);
    assert_eq!(last(&play(&client, &pwd)).1, "You are in /a\"b/c.");
    assert_eq!(fact(&*after(&pwd), "working directory").as_deref(), Some("/a\"b/c"));
}

#[test]
fn ftp_19_the_name_of_an_entry_has_all_its_spaces() {
    for (reply, name) in [
        (&b"250-Start\r\n Type=file;Size=3; a b.txt\r\n250 End\r\n"[..], "a b.txt"),
        (b"250-Start\r\n  y z\r\n250 End\r\n", "y z"),
        (b"250-Start\r\n Type=OS.unix=slink:/x;  b \r\n250 End\r\n", " b "),
    ] {
        let outputs = play(&client, &ready(&[Step::Types("MLST f"), server(reply)]));
        assert_eq!(span(&outputs, "FILE_NAME").as_deref(), Some(name));
    }
}

#[test]
fn ftp_22_421_ends_the_session_and_fails_what_waited() {
    let idle = play(&client, &ready(&[server(b"421 timeout\r\n"), Step::Ends(Conn::MAIN)]));
    assert_eq!(state(&idle), Some("closed"));
    assert!(notes(&idle).contains("The server ends the service."));
    let asked = play(&client, &ready(&[Step::Types("PWD"), server(b"421 bye\r\n")]));
    assert_eq!(state(&asked), Some("closed"));
    assert!(notes(&asked).contains("PWD was not carried out"));
    assert_eq!(
        state(&play(&client, &[Step::Opens(Conn::MAIN), server(b"421 full\r\n")])),
        Some("closed")
    );
}

#[test]
fn ftp_24_an_indented_code_is_text() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            GREETING,
            Step::Types("USER anonymous"),
            server(b"230-Welcome\r\n 230 pad\r\n230 ok\r\n"),
        ],
    );
    assert_eq!(last(&outputs).0, "230-Welcome\r\n 230 pad\r\n230 ok\r\n");
    assert_eq!(state(&outputs), Some("ready"));
}

#[test]
fn a_server_may_ask_to_wait_and_may_want_an_account() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            server(b"120 ready in 2 minutes\r\n220 now\r\n"),
            Step::Types("USER u"),
            server(b"331 p\r\n"),
            Step::Types("PASS p"),
            server(b"332 which account?\r\n"),
            Step::Types("ACCT secret-course"),
            server(b"230 in\r\n"),
        ],
    );
    assert_eq!(state(&outputs), Some("ready"));
    for output in &outputs {
        if let Output::Sent { wire, .. } = output {
            let shown = String::from_utf8_lossy(&wire.masked()).into_owned();
            assert!(!shown.contains("secret-course"), "{shown}");
        }
    }
    assert_eq!(
        state(&play(&client, &[Step::Opens(Conn::MAIN), server(b"120 wait\r\n")])),
        None,
        "nothing may be sent yet"
    );
    assert!(matches!(
        refused(&client, &[Step::Opens(Conn::MAIN), server(b"120 wait\r\n")], "USER u"),
        Refused::Illegal(_)
    ));
}

#[test]
fn strange_replies_are_shown_and_the_session_goes_on() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("PWD"),
            server(b"hello\r\n257 \"/\"\n"),
            Step::Types("NOOP"),
            server(b"999 what\r\n"),
            Step::Types("NOOP"),
            server(b"299 so\r\n200 unasked\r\n"),
        ]),
    );
    let notes = notes(&outputs);
    for part in ["begin with three digits", "bare LF", "unasked"] {
        assert!(notes.contains(part), "{notes}");
    }
    assert_eq!(state(&outputs), Some("ready"));
}

#[test]
fn the_end_of_the_stream_is_named_in_every_state() {
    for (steps, expected) in [
        (vec![Step::Opens(Conn::MAIN)], "before you sent QUIT"),
        (vec![Step::Opens(Conn::MAIN), server(b"220-a\r\n")], "in the middle of a reply"),
        (ready(&[]), "before you sent QUIT"),
        (ready(&[Step::Types("PWD"), server(b"25")]), "in the middle of a reply"),
        (passive(&[Step::Types("RETR f"), server(b"150 go\r\n")]), "RETR has no final reply"),
        (passive(&[Step::Types("STOR f"), server(b"150 go\r\n")]), "STOR has no final reply"),
        (ready(&[Step::Types("QUIT")]), "before you sent QUIT and got its reply"),
    ] {
        let mut steps = steps;
        steps.push(Step::Ends(Conn::MAIN));
        let outputs = play(&client, &steps);
        assert_eq!(state(&outputs), Some("closed"), "{steps:?}");
        assert!(notes(&outputs).contains(expected), "{steps:?}: {}", notes(&outputs));
    }
    let polite = play(
        &client,
        &ready(&[Step::Types("QUIT"), server(b"221 bye\r\n"), Step::Ends(Conn::MAIN)]),
    );
    assert_eq!(notes(&polite), "");
}
