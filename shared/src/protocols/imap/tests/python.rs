//! `imaplib` against servers unlike the practice server. Python 3.11 was asked what it does.

use super::super::PROTOCOL;
use crate::machine::{Conn, OwnedInput, Tick};
use crate::python::{Call, calls, plan};
use crate::session::Session;
use crate::testing::{method, session};

const GREETING: &[u8] = b"* OK x\r\n";
const LOGIN: (&str, &[u8]) = ("LOGIN u p", b"a1 OK in\r\n");
const SELECT: (&str, &[u8]) = ("SELECT a", b"* 3 EXISTS\r\na2 OK [UIDNEXT 9] open\r\n");
const CAN: &[u8] = b"* CAPABILITY IMAP4rev1 ENABLE STARTTLS\r\na1 OK c\r\n";

type Dialogue<'a> = &'a [(&'a str, &'a [u8])];

fn does(
    before: Dialogue<'_>,
    (name, args): (&str, &[&str]),
    replies: &[&[u8]],
) -> (String, Result<String, String>) {
    method(&PROTOCOL, session(&PROTOCOL, GREETING, before), (name, args), replies)
}

fn value(before: Dialogue<'_>, call: (&str, &[&str]), replies: &[&[u8]]) -> Result<String, String> {
    does(before, call, replies).1
}

fn error(why: &str) -> Result<String, String> {
    Err(format!("imaplib.IMAP4.error: {why}"))
}

fn abort(why: &str) -> Result<String, String> {
    Err(format!("imaplib.IMAP4.abort: {why}"))
}

fn shown(value: &str) -> Result<String, String> {
    Ok(value.into())
}

/// The calls that come to the same as what was typed.
fn typed(dialogue: Dialogue<'_>, masked: bool) -> Vec<Call> {
    let session = session(&PROTOCOL, GREETING, dialogue);
    written(&session, masked)
}

fn written(session: &Session, masked: bool) -> Vec<Call> {
    let module = PROTOCOL.module.expect("IMAP has a module");
    calls(module, session.transcript().entries(), &[], masked)
}

fn codes(calls: &[Call]) -> Vec<&str> {
    let lines = calls.iter().map(|call| call.line.as_ref().expect("each has a call"));
    lines.map(|line| line.code.as_str()).collect()
}

#[test]
fn arguments_are_sent_as_they_are() {
    let select = ("select", &["My Box"][..]);
    let (wire, end) = does(&[LOGIN], select, &[b"a2 BAD no\r\n"]);
    assert_eq!(wire, "a2 SELECT My Box\r\n");
    assert_eq!(end, error("SELECT command error: BAD [b'no']"));
    let login = ("login", &["my name", "a\"b\\c"][..]);
    let (wire, end) = does(&[], login, &[b"a1 NO [X] no\r\n"]);
    assert_eq!(wire, "a1 LOGIN my name \"a\\\"b\\\\c\"\r\n");
    assert_eq!(end, error("b'[X] no'"));
    let end = value(&[], ("login", &["\u{fc}", "p"]), &[]);
    let why =
        "'ascii' codec can't encode character '\\xfc' in position 0: ordinal not in range(128)";
    assert_eq!(end, Err(format!("UnicodeEncodeError: {why}")));
    let end = value(&[LOGIN], ("create", &["a\r\nb"]), &[]);
    assert!(end.is_err_and(|why| why.starts_with("Not sent: ")));
    let end = value(&[LOGIN], ("append", &["My Box", "", "", "x"]), &[]);
    assert!(end.is_err_and(|why| why.starts_with("Not sent: ")));
}

#[test]
fn responses_are_read_by_pythons_own_patterns() {
    let noop = |reply: &[u8]| value(&[], ("noop", &[]), &[reply]);
    assert_eq!(noop(b"* BYE autologout\r\n"), abort("command: NOOP => autologout"));
    let why = "command: NOOP => unexpected response: b'* list () nil INBOX'";
    assert_eq!(noop(b"* list () nil INBOX\r\na1 OK x\r\n"), abort(why));
    let why = "command: NOOP => socket error: unterminated line: b'* OK x\\n'";
    assert_eq!(noop(b"* OK x\na1 OK y\r\n"), abort(why));
    assert_eq!(noop(b"a1 OK\r\n"), abort("command: NOOP => unexpected response: b'a1 OK'"));
    assert_eq!(noop(b"a1 PREAUTH z\r\n"), shown("('PREAUTH', [b'z'])"));
    assert_eq!(value(&[], ("noop", &[]), &[]), abort("command: NOOP => socket error: EOF"));
    // Where no literal is meant, Python reads one all the same, and then waits.
    let end = noop(b"* OK hi {3}\r\na1 OK done\r\n");
    assert_eq!(end, Err("Python waits here for a reply that does not come.".into()));
    let list = b"* LIST (\\X) \"/\" {3}\r\na b\r\n* LIST () \"/\" c\r\na2 OK x\r\n";
    let end = value(&[LOGIN], ("list", &[]), &[list]);
    assert_eq!(end, shown("('OK', [(b'(\\\\X) \"/\" {3}', b'a b'), b'', b'() \"/\" c'])"));
}

#[test]
fn what_was_told_is_kept_until_it_is_asked_for() {
    let told: &[u8] = b"* 2 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\na3 OK x\r\n";
    let before = [LOGIN, SELECT, ("NOOP", told)];
    let end = value(&before, ("fetch", &["1", "UID"]), &[b"* 1 FETCH (UID 5)\r\na4 OK x\r\n"]);
    assert_eq!(end, shown("('OK', [b'2 (FLAGS (\\\\Seen))', b'1 (UID 5)'])"));
    let fetched: (&str, &[u8]) = ("FETCH 1 UID", b"a4 OK x\r\n");
    let expunge = value(&[&before[..], &[fetched]].concat(), ("expunge", &[]), &[b"a5 OK x\r\n"]);
    assert_eq!(expunge, shown("('OK', [b'1'])"));
    for (code, end) in [
        ("uidnext", "('uidnext', [b'9'])"),
        ("EXISTS", "('EXISTS', [b'3'])"),
        ("NO", "('NO', [None])"),
        ("OK", "('OK', [None])"),
    ] {
        assert_eq!(value(&[LOGIN, SELECT], ("response", &[code]), &[]), shown(end), "{code}");
    }
    let odd: &[u8] = b"* OK [CAPABILITY A] x\r\n* BAD [alert] x\r\n* X1 y\r\n* 5 Z\r\n* 6 Z \r\n\
                       a1 NO [X-Y a] b] c\r\n";
    for (code, end) in [
        ("CAPABILITY", "[b'A']"),
        ("X", "[b'']"),
        ("Z", "[b'5', b'6']"),
        ("OK", "[b'[CAPABILITY A] x']"),
        ("BAD", "[b'[alert] x']"),
        ("ALERT", "[None]"),
        ("X-Y", "[b'a] b']"),
    ] {
        let end = shown(&format!("('{code}', {end})"));
        assert_eq!(value(&[("NOOP", odd)], ("response", &[code]), &[]), end, "{code}");
    }
}

#[test]
fn a_mailbox_that_turns_out_to_be_read_only_stops_everything() {
    let reply: &[u8] = b"* 3 EXISTS\r\na2 OK [READ-ONLY] x\r\n";
    let readonly = |why: &str| Err(format!("imaplib.IMAP4.readonly: {why}"));
    assert_eq!(value(&[LOGIN], ("select", &[]), &[reply]), readonly("INBOX is not writable"));
    assert_eq!(value(&[LOGIN], ("select", &["", "True"]), &[reply]), shown("('OK', [b'3'])"));
    let selected = [LOGIN, ("SELECT a", reply)];
    let end = value(&selected, ("noop", &[]), &[]);
    assert_eq!(end, readonly("mailbox status changed to READ-ONLY"));
}

#[test]
fn python_checks_the_state_by_itself() {
    let illegal = |name: &str, state: &str, legal: &str| {
        error(&format!("command {name} illegal in state {state}, only allowed in states {legal}"))
    };
    let end = value(&[], ("select", &[]), &[]);
    assert_eq!(end, illegal("SELECT", "NONAUTH", "AUTH, SELECTED"));
    let closed: (&str, &[u8]) = ("CLOSE", b"a3 NO no\r\n");
    let end = value(&[LOGIN, SELECT, closed], ("fetch", &["1", "UID"]), &[]);
    assert_eq!(end, illegal("FETCH", "AUTH", "SELECTED"));
    let preauth = session(&PROTOCOL, b"* PREAUTH x\r\n", &[]);
    let (_, end) = method(&PROTOCOL, preauth, ("login", &["u", "p"]), &[]);
    assert_eq!(end, illegal("LOGIN", "AUTH", "NONAUTH"));
    let end = value(&[LOGIN, SELECT], ("uid", &["nonsense"]), &[]);
    assert_eq!(end, error("Unknown IMAP4 UID command: NONSENSE"));
    // xatom() lets a new command pass in the state in which it was first called, and in no other.
    let told: (&str, &[u8]) = ("CAPABILITY", b"* CAPABILITY IMAP4rev1 ID\r\na1 OK x\r\n");
    let id: (&str, &[u8]) = ("ID NIL", b"* ID NIL\r\na2 OK x\r\n");
    let login: (&str, &[u8]) = ("LOGIN u p", b"a3 OK in\r\n");
    assert_eq!(
        value(&[told, id, login], ("xatom", &["id", "NIL"]), &[]),
        illegal("ID", "AUTH", "NONAUTH")
    );
}

#[test]
fn what_a_server_can_do_is_asked_once() {
    let (wire, end) = does(&[], ("capabilities", &[]), &[CAN]);
    assert_eq!(wire, "a1 CAPABILITY\r\n");
    assert_eq!(end, shown("('IMAP4REV1', 'ENABLE', 'STARTTLS')"));
    let (wire, end) = does(&[("CAPABILITY", CAN)], ("capabilities", &[]), &[]);
    assert_eq!((wire.as_str(), end.is_ok()), ("", true));
    let end = value(&[], ("capabilities", &[]), &[b"* CAPABILITY IMAP4rev2\r\na1 OK x\r\n"]);
    assert_eq!(end, error("server not IMAP4 compliant"));
    let end = value(&[], ("capabilities", &[]), &[b"a1 OK x\r\n"]);
    assert_eq!(end, error("no CAPABILITY response from server"));
    let (wire, end) = does(&[], ("starttls", &[]), &[CAN, b"a2 NO x\r\n"]);
    assert_eq!(wire, "a1 CAPABILITY\r\na2 STARTTLS\r\n");
    assert_eq!(end, error("Couldn't establish TLS session"));
    let end = value(&[], ("enable", &["X"]), &[b"* CAPABILITY IMAP4\r\na1 OK x\r\n"]);
    assert_eq!(end, error("Server does not support ENABLE"));
}

#[test]
fn logins_take_turns() {
    let plain = ("authenticate", &["plain", "u", "p"][..]);
    let (wire, end) = does(&[], plain, &[b"+\r\n", b"+ ?YQ==\r\n", b"a1 OK x\r\n"]);
    assert_eq!(wire, "a1 AUTHENTICATE PLAIN\r\nAHUAcA==\r\nAHUAcA==\r\n");
    assert_eq!(end, shown("('OK', [b'x'])"));
    let end = value(&[], plain, &[b"+ YQ\r\n"]);
    assert_eq!(end, Err("binascii.Error: Incorrect padding".into()));
    let end = value(&[], ("authenticate", &["LOGIN", "u", "p"]), &[b"+\r\n", b"+\r\n", b"+\r\n"]);
    assert_eq!(end, Err("StopIteration".into()));
    // RFC 2195's own example.
    let challenge: &[u8] = b"+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n";
    let cram = ("login_cram_md5", &["tim", "tanstaaftanstaaf"][..]);
    let (wire, end) = does(&[], cram, &[challenge, b"a1 NO \xe4\r\n"]);
    assert!(wire.ends_with("\r\ndGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n"), "{wire}");
    assert_eq!(end, error("\u{fffd}"));
}

#[test]
fn a_message_waits_for_leave() {
    let append = ("append", &["a", "\\Seen", "", "b\rc\nd\r\n"][..]);
    let (wire, end) = does(&[LOGIN], append, &[b"a2 NO [TRYCREATE] x\r\n"]);
    assert_eq!(wire, "a2 APPEND a (\\Seen) {9}\r\n");
    assert_eq!(end, shown("('NO', [b'[TRYCREATE] x'])"));
    let (wire, end) = does(&[LOGIN], append, &[b"+ go\r\na2 OK x\r\n"]);
    assert_eq!(wire, "a2 APPEND a (\\Seen) {9}\r\nb\r\nc\r\nd\r\n\r\n");
    assert_eq!(end, shown("('OK', [b'x'])"));
    let end = value(&[LOGIN], append, &[b"+ go\r\n* BYE x\r\n"]);
    assert_eq!(end, abort("command: APPEND => x"));
    let end = value(&[LOGIN], ("getquotaroot", &["a"]), &[b"a2 NO x\r\n"]);
    assert_eq!(end, shown("('NO', [[b'x'], [b'x']])"));
}

#[test]
fn what_is_typed_becomes_methods() {
    let dialogue: Dialogue<'_> = &[
        ("LOGIN \"my name\" \"se\\\"cret\"", b"a1 OK in\r\n"),
        ("select INBOX", b"* 3 EXISTS\r\na2 OK x\r\n"),
        ("STORE 1 FLAGS (a b)", b"a3 OK x\r\n"),
        ("SEARCH CHARSET UTF-8 TEXT \"a b\" NOT (OR SEEN TEXT c)", b"* SEARCH 1\r\na4 OK x\r\n"),
        ("UID COPY 1:2,4 \"My Box\"", b"a5 OK x\r\n"),
        ("FETCH 1 (UID BODY[HEADER.FIELDS (TO)])", b"a6 OK x\r\n"),
        ("EXAMINE a", b"a7 NO x\r\n"),
        ("APPEND a {4}\nb\nc", b"+ go\r\na8 OK x\r\n"),
        ("LOGOUT", b"* BYE y\r\na9 OK x\r\n"),
    ];
    let calls = typed(dialogue, false);
    assert_eq!(
        codes(&calls),
        [
            "imap.login('\"my name\"', 'se\"cret')",
            "imap.select('INBOX')",
            "imap.store('1', 'FLAGS', '(a b)')",
            "imap.search('UTF-8', 'TEXT \"a b\" NOT (OR SEEN TEXT c)')",
            "imap.uid('COPY', '1:2,4', '\"My Box\"')",
            "imap.fetch('1', '(UID BODY[HEADER.FIELDS (TO)])')",
            "imap.select('a', readonly=True)",
            "imap.append('a', None, None, b'b\\r\\nc')",
            "imap.logout()"
        ]
    );
    let login = calls[0].line.as_ref().and_then(|line| line.result.clone().ok());
    assert_eq!(login.as_deref(), Some("('OK', [b'in'])"));
}

#[test]
fn secrets_are_masked_in_calls_too() {
    let plain: Dialogue<'_> = &[
        ("LOGIN u secret", b"a1 NO x\r\n"),
        ("AUTHENTICATE PLAIN", b"+\r\n"),
        ("AHUAcA==", b"a2 OK x\r\n"),
    ];
    let login = "imap.authenticate('PLAIN', lambda challenge: b'\\x00u\\x00p')";
    assert_eq!(codes(&typed(plain, false)), ["imap.login('u', 'secret')", login]);
    let masked = typed(plain, true);
    let login = "imap.authenticate('PLAIN', lambda challenge: b'********')";
    assert_eq!(codes(&masked), ["imap.login('u', '********')", login]);
    let result = masked[0].line.as_ref().map(|line| line.result.clone());
    assert_eq!(result, Some(error("b'x'")));
}

#[test]
fn what_python_would_not_send_goes_past_its_methods() {
    let (conn, now) = (Conn::MAIN, Tick::default());
    let mut session = session(&PROTOCOL, GREETING, &[]);
    let steps: [(&[u8], &[u8]); 3] = [
        (b"b1 SELECT a\r\n", b"b1 BAD no\r\n"),
        (b"b2 LOGIN u p\r\nb3 SELECT a\r\n", b"b2 OK x\r\nb3 OK y\r\n"),
        (b"b4 FETCH 1 UID\r\n", b"* 1 FETCH (UID 2)\r\nb4 OK z\r\n"),
    ];
    for (sent, came) in steps {
        session.raw(conn, sent, now).expect("the connection is open");
        session.arrive(OwnedInput::Bytes { conn, bytes: came.to_vec() }, now);
    }
    let calls = written(&session, false);
    assert_eq!(
        codes(&calls),
        [
            "(imap.send(b'b1 SELECT a\\r\\n'), [imap.readline() for _ in range(1)])[1]",
            "(imap.send(b'b2 LOGIN u p\\r\\nb3 SELECT a\\r\\n'), [imap.readline() for _ in range(2)], \
             setattr(imap, 'state', 'SELECTED'))[1]",
            "imap.fetch('1', 'UID')"
        ]
    );
    let last = calls[2].line.as_ref().map(|line| line.result.clone());
    assert_eq!(last, Some(shown("('OK', [b'1 (UID 2)'])")));
}

#[test]
fn a_manuals_script_is_played() {
    let module = PROTOCOL.module.expect("IMAP has a module");
    let script = "import imaplib\n\
                  M = imaplib.IMAP4('mail.example', timeout=5)\n\
                  M.login('u', 'p')\n\
                  M.select(readonly=True)\n\
                  typ, data = M.search(None, 'FROM', '\"LDJ\"')\n\
                  M.append('Sent', None, None, b'Subject: x\\n\\n')\n\
                  M.logout()\n";
    let plan = plan(script, &[module]).unwrap_or_else(|why| panic!("{why}"));
    let calls = plan.calls.iter().map(|call| module.call(call.action, &call.args, false));
    assert_eq!(
        calls.collect::<Vec<_>>(),
        [
            "imap.capabilities",
            "imap.login('u', 'p')",
            "imap.select('INBOX', readonly=True)",
            "imap.search(None, 'FROM', '\"LDJ\"')",
            "imap.append('Sent', None, None, b'Subject: x\\n\\n')",
            "imap.logout()"
        ]
    );
    assert_eq!(plan.problems, []);
    assert_eq!(plan.server, Some(("mail.example".into(), None)));
}
