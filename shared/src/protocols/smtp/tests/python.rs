//! `smtplib` against servers unlike the practice server. Python 3.11 was asked what it does.

use super::super::PROTOCOL;
use crate::machine::Tick;
use crate::python::{Dialect, calls, script};
use crate::testing::{method, session};

const GREETING: &[u8] = b"220 x\r\n";

fn does(name: &str, args: &[&str], replies: &[&[u8]]) -> (String, Result<String, String>) {
    method(&PROTOCOL, session(&PROTOCOL, GREETING, &[]), (name, args), replies)
}

fn sends_mail(to: &str, options: &str, replies: &[&[u8]]) -> (String, Result<String, String>) {
    does("sendmail", &["a@b.c", to, "Subject: x\n\ny", options], replies)
}

fn raised(class: &str) -> Result<String, String> {
    Err(format!("smtplib.{class}"))
}

#[test]
fn an_old_server_gets_helo_and_no_options() {
    let replies: &[&[u8]] =
        &[b"502 no\r\n", b"250 hi\r\n", b"250 a\r\n", b"251 b\r\n", b"354 go\r\n", b"250 ok\r\n"];
    let wire = "ehlo you.lab\r\nhelo you.lab\r\nmail FROM:<a@b.c>\r\nrcpt TO:<c@d.e>\r\ndata\r\n\
                Subject: x\r\n\r\ny\r\n.\r\n";
    assert_eq!(sends_mail("c@d.e", "X=1", replies), (wire.into(), Ok("{}".into())));
    let (wire, end) = does("ehlo_or_helo_if_needed", &[], &[b"500 x\r\n", b"500 y\r\n"]);
    assert_eq!(wire, "ehlo you.lab\r\nhelo you.lab\r\n");
    assert_eq!(end, raised("SMTPHeloError: (500, b'y')"));
}

#[test]
fn a_transaction_that_fails_is_taken_back() {
    let start: [&[u8]; 3] = [b"250 x\r\n", b"250 a\r\n", b"250 b\r\n"];
    let after = |rest: &[&'static [u8]]| {
        let replies: Vec<&[u8]> = start.iter().chain(rest).copied().collect();
        sends_mail("c@d.e", "", &replies)
    };
    let (wire, end) = after(&[b"354 go\r\n", b"554 no\r\n", b"250 r\r\n"]);
    assert!(wire.ends_with("\r\n.\r\nrset\r\n"), "{wire}");
    assert_eq!(end, raised("SMTPDataError: (554, b'no')"));
    let (wire, end) = after(&[b"503 no\r\n"]);
    assert!(wire.ends_with("data\r\n"), "{wire}");
    assert_eq!(end, raised("SMTPDataError: (503, b'no')"));
}

#[test]
fn a_server_that_goes_is_left_alone() {
    let (wire, end) = sends_mail(
        "c@d.e, e@f.g, h@i.j",
        "",
        &[b"250-x\r\n250 size 7 8\r\n", b"250 a\r\n", b"550 no\r\n", b"421 bye\r\n"],
    );
    assert!(wire.ends_with("<a@b.c> size=15\r\nrcpt TO:<c@d.e>\r\nrcpt TO:<e@f.g>\r\n"), "{wire}");
    let refused = "{'c@d.e': (550, b'no'), 'e@f.g': (421, b'bye')}";
    assert_eq!(end, raised(&format!("SMTPRecipientsRefused: {refused}")));
    let (_, end) = sends_mail("c@d.e", "", &[b"250 x\r\n", b"421 bye\r\n"]);
    assert_eq!(end, raised("SMTPSenderRefused: (421, b'bye', 'a@b.c')"));
    let (_, end) = sends_mail("c@d.e", "", &[b"250 x\r\n"]);
    assert_eq!(end, raised("SMTPServerDisconnected: Connection unexpectedly closed"));
}

#[test]
fn login_takes_what_is_offered() {
    let login = |replies: &[&[u8]]| does("login", &["u", "p"], replies);
    let old: &[&[u8]] = &[b"250-x\r\n250 AUTH=LOGIN\r\n", b"334 UGFzc3dvcmQ6\r\n", b"235 in\r\n"];
    let wire = "ehlo you.lab\r\nAUTH LOGIN dQ==\r\ncA==\r\n";
    assert_eq!(login(old), (wire.into(), Ok("(235, b'in')".into())));
    let (_, end) = login(&[b"250-x\r\n250 AUTH GSSAPI\r\n"]);
    assert_eq!(end, raised("SMTPException: No suitable authentication method found."));
    let mut endless: Vec<&[u8]> = vec![b"334 \r\n"; 7];
    endless[0] = b"250-x\r\n250 AUTH PLAIN\r\n";
    let (wire, end) = login(&endless);
    assert_eq!(wire.matches("AHUAcA==\r\n").count(), 6, "{wire}");
    let why = "Server AUTH mechanism infinite loop. Last response: (334, b'')";
    assert_eq!(end, raised(&format!("SMTPException: {why}")));
}

#[test]
fn starttls_is_asked_for_where_it_is_offered() {
    let (wire, end) = does("starttls", &[], &[b"250-x\r\n250 STARTTLS\r\n", b"454 no\r\n"]);
    assert_eq!(wire, "ehlo you.lab\r\nSTARTTLS\r\n");
    assert_eq!(end, raised("SMTPResponseException: (454, b'no')"));
}

#[test]
fn what_is_no_reply_has_the_code_minus_one() {
    for (reply, value) in [("hello\r\n", "(-1, b'o')"), ("1-x\r\n", "(-1, b'')")] {
        let (_, end) = does("noop", &[], &[reply.as_bytes()]);
        assert_eq!(end, Ok(value.into()), "{reply}");
    }
}

#[test]
fn the_object_knows_what_was_typed_before() {
    let hello = [("EHLO you.lab", &b"250-x\r\n250 SIZE\r\n"[..])];
    let typed = session(&PROTOCOL, GREETING, &hello);
    let (wire, end) = method(&PROTOCOL, typed, ("mail", &["", "size=1"]), &[b"250 a\r\n"]);
    assert_eq!((wire.as_str(), end), ("mail FROM:<> size=1\r\n", Ok("(250, b'a')".into())));
}

#[test]
fn calls_do_not_give_away_what_is_masked() {
    let session = session(
        &PROTOCOL,
        GREETING,
        &[
            ("EHLO you.lab", b"250-x\r\n250 AUTH CRAM-MD5\r\n"),
            ("AUTH CRAM-MD5", b"334 c2VjcmV0\r\n"),
            ("bWluZQ==", b"235 in\r\n"),
        ],
    );
    let entries = session.transcript().entries();
    let module = PROTOCOL.module.expect("there is one");
    let shown = |masked| {
        let calls = calls(module, entries, &[], masked);
        let script = script(module, Dialect::Python2, ("h", 25), &calls, entries, false);
        format!("{calls:?}{script}")
    };
    for secret in ["c2VjcmV0", "bWluZQ=="] {
        assert!(shown(false).contains(secret) && !shown(true).contains(secret), "{secret}");
    }
}

#[test]
fn content_in_pieces_is_in_the_call_that_asked_for_it() {
    let mut session = session(
        &PROTOCOL,
        GREETING,
        &[
            ("EHLO you.lab", b"250 x\r\n"),
            ("MAIL FROM:<a@b.c>", b"250 a\r\n"),
            ("RCPT TO:<d@e.f>", b"250 b\r\n"),
            ("DATA", b"354 go\r\n"),
        ],
    );
    let now = Tick::default();
    session.content(b"a\n.", now).expect("content is due");
    session.content(b"b\n", now).expect("content is due");
    session.content_end(now).expect("content is due");
    let module = PROTOCOL.module.expect("there is one");
    let calls = calls(module, session.transcript().entries(), &[], false);
    let codes: Vec<&str> =
        calls.iter().flat_map(|call| &call.line).map(|line| line.code.as_str()).collect();
    let data = "(smtp.docmd('DATA'), smtp.send(b'a\\r\\n..b\\r\\n'))[0]";
    assert_eq!(codes[3..], [data, "smtp.docmd('.')"]);
}
