//! What real servers say.

use super::*;

#[test]
fn pure_ftpd_lets_anonymous_in_without_a_password() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            server(
                b"220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n220-You are user number 1 of 50 allowed.\r\n220 You will be disconnected after 15 minutes of inactivity.\r\n",
            ),
            Step::Types("USER anonymous"),
            server(b"230 Anonymous user logged in\r\n"),
            Step::Raw(b"PASS x\r\n"),
            server(b"230 Any password will work\r\n"),
        ],
    );
    assert_eq!(state(&outputs), Some("ready"));
    assert_eq!(last(&outputs).1, "You are logged in.");
    assert_eq!(received(&outputs)[0].1, "The server is ready. Who are you?");
}

#[test]
fn vsftpd_sends_both_replies_before_the_data_and_pyftpdlib_says_125() {
    for replies in [
        &b"150 Here comes the directory listing.\r\n226 Directory send OK.\r\n"[..],
        b"125 Data connection already open. Transfer starting.\r\n226 Transfer complete.\r\n",
        b"150 Accepted data connection\r\n226-Options: -l \r\n226 2 matches total\r\n",
    ] {
        let outputs = play(
            &client,
            &passive(&[
                Step::Types("LIST"),
                server(replies),
                Step::Server(
                    DATA,
                    b"-rw-r--r--    1 7001     7001         1371 Jan 01 00:00 a\r\n",
                ),
                Step::Ends(DATA),
            ]),
        );
        assert_eq!(state(&outputs), Some("ready"));
        assert!(notes(&outputs).contains("Complete: 59 octets came"), "{}", notes(&outputs));
    }
}

#[test]
fn listings_inside_replies_have_three_shapes() {
    for (typed, reply) in [
        ("FEAT", &b"211-Features:\r\n AUTH TLS\r\n EPRT\r\n211 End\r\n"[..]),
        (
            "STAT f",
            b"213-Status follows:\r\n-rw-r--r--    1 7001     7001 a\r\n213 End of status\r\n",
        ),
        ("STAT f", b"213-STAT\r\n213-Options: -l \r\n213 End.\r\n"),
    ] {
        let outputs = play(&client, &ready(&[Step::Types(typed), server(reply)]));
        assert_eq!(last(&outputs).0.as_bytes(), reply);
        assert!(!notes(&outputs).contains("unasked"));
    }
}

#[test]
fn the_quotes_of_257_differ() {
    for (reply, path) in [
        (&b"257 \"/upload/a \"\"b\"\"\" created\r\n"[..], "/upload/a \"b\""),
        (b"257 \"/upload/a \"\"b\"\"\" - Directory successfully created\r\n", "/upload/a \"b\""),
        // Not doubled: what the rule gives, and no more is guessed.
        (b"257 \"upload/a \"b\"\" : The directory was successfully created\r\n", "upload/a "),
    ] {
        let outputs = play(&client, &ready(&[Step::Types("MKD a"), server(reply)]));
        assert_eq!(last(&outputs).1, format!("The directory {path} is there."));
    }
}

#[test]
fn passive_texts_differ() {
    for reply in [
        &b"227 Entering Passive Mode (127,0,0,1,86,17).\r\n"[..],
        b"227 Entering Passive Mode (127,0,0,1,86,17)\r\n",
        b"229 Extended Passive mode OK (|||22033|)\r\n",
        b"229 Entering extended passive mode (|||22033|).\r\n",
    ] {
        let typed = if reply.starts_with(b"227") { "PASV" } else { "EPSV" };
        let outputs = play(&client, &ready(&[Step::Types(typed), server(reply)]));
        assert_eq!(connects(&outputs), [("127.0.0.1".into(), 22_033)]);
        assert_eq!(notes(&outputs), "");
    }
}

#[test]
fn refusals_leave_the_session_as_it_was() {
    for (typed, reply) in [
        ("USER student", &b"530 Can't change from guest user.\r\n"[..]),
        ("USER student", b"501 Reauthentication not supported\r\n"),
        ("OPTS UTF8 ON", b"504 Unknown command\r\n"),
        ("MLST", b"500 Unknown command.\r\n"),
        ("REIN", b"502 REIN not implemented.\r\n"),
        ("ABOR", b"226 Since you see this ABOR must've succeeded\r\n"),
        ("ABOR", b"225 No transfer to ABOR.\r\n"),
    ] {
        let mut steps = ready(&[Step::Types(typed), server(reply)]);
        steps.extend([Step::Types("NOOP"), server(b"200 Zzz...\r\n")]);
        let outputs = play(&client, &steps);
        assert_eq!(state(&outputs), Some("ready"), "{typed}");
        assert_eq!(notes(&outputs), "", "{typed}");
    }
}

#[test]
fn an_unasked_425_is_named_and_the_next_reply_is_not_off_by_one() {
    let outputs = play(
        &client,
        &ready(&[
            server(b"425 Can't connect to specified address.\r\n"),
            Step::Types("PWD"),
            server(b"257 \"/\"\r\n"),
        ]),
    );
    assert!(notes(&outputs).contains("unasked"));
    assert_eq!(last(&outputs).1, "You are in /.");
}

#[test]
fn data_that_must_be_protected_is_refused_after_150() {
    let outputs = play(
        &client,
        &passive(&[
            Step::Types("LIST"),
            server(b"150 Here comes\r\n522 SSL connection failed: session reuse required\r\n"),
            Step::Ends(DATA),
        ]),
    );
    assert_eq!(state(&outputs), Some("ready"));
    assert!(last(&outputs).1.starts_with("Refused: SSL connection failed"));
}
