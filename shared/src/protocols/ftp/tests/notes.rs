//! What is noted, pitfall by pitfall, and that what a note has for right is right.

use super::*;
use crate::testing::cases::{Case, From, case, check, fine};

const HERE: (u16, &str) = (959, "5.4");

fn greeted() -> From<'static> {
    (vec![Step::Opens(Conn::MAIN), GREETING], vec![])
}

fn unlocked() -> From<'static> {
    let scripted = [Step::Types("USER student"), server(b"331 p\r\n")];
    ([greeted().0, scripted.into()].concat(), vec![Step::Types("USER student")])
}

fn in_session() -> From<'static> {
    (ready(&[]), vec![Step::Types("USER student"), Step::Types("PASS lab-secret")])
}

fn with_data() -> From<'static> {
    (passive(&[]), [in_session().1, vec![Step::Types("PASV")]].concat())
}

/// RETR was confirmed and its data has come.
fn retr(file: &'static [u8], last: &'static [u8]) -> Vec<Step<'static>> {
    let go = server(b"150 go\r\n");
    vec![
        Step::Types("RETR hello.txt"),
        go,
        Step::Server(DATA, file),
        Step::Ends(DATA),
        server(last),
    ]
}

/// A listing has come.
fn listing(verb: &'static str, lines: &'static [u8]) -> Vec<Step<'static>> {
    let mut steps = vec![Step::Types(verb), server(b"150 go\r\n")];
    if !lines.is_empty() {
        steps.push(Step::Server(DATA, lines));
    }
    steps.extend([Step::Ends(DATA), server(b"226 ok\r\n")]);
    steps
}

/// A command and its reply.
fn asked(command: &'static str, reply: &'static [u8]) -> [Step<'static>; 2] {
    [Step::Types(command), server(reply)]
}

fn received_from_the_server() -> Vec<Case<'static>> {
    let visitor =
        [Step::Types("PORT"), Step::Listens(DATA), server(b"200 ok\r\n"), Step::Opens(DATA)];
    vec![
        case(
            "FTP-01",
            in_session(),
            asked("HELP", b"214-a\r\n211-x\r\n220 no\r\n214 End\r\n"),
            "1 line inside this reply look like",
            (959, "4.2"),
            None,
        ),
        fine(
            "FTP-01 FTP-24",
            in_session(),
            asked("FEAT", b"211-Features:\r\n SIZE\r\n 220 no\r\n211 End\r\n"),
        ),
        case(
            "FTP-02",
            in_session(),
            asked("HELP", b"214-a\r\n214x b\r\n214 c\r\n"),
            "ftplib ends it here",
            (959, "4.2"),
            None,
        ),
        case(
            "FTP-02",
            in_session(),
            asked("HELP", b"214-a\r\nb\r\n214\r\n"),
            "Behind 214 a space is missing",
            (959, "4.2"),
            None,
        ),
        fine(
            "FTP-03 FTP-04",
            with_data(),
            [
                Step::Types("RETR f"),
                server(b"150 go\r\n226 done\r\n"),
                Step::Server(DATA, b"abc"),
                Step::Ends(DATA),
            ],
        ),
        case(
            "FTP-05",
            with_data(),
            retr(b"abc", b"426 broken\r\n"),
            "failed with 426, although 3 octets had come",
            (959, "3.3"),
            None,
        ),
        case(
            "FTP-06",
            in_session(),
            asked("PASV", b"227 ok (10,9,8,7,4,1)\r\n"),
            "says 10.9.8.7, but you are talking to 127.0.0.1",
            (959, "4.1.2"),
            Some("EPSV"),
        ),
        case(
            "FTP-06",
            in_session(),
            asked("PASV", b"227 ok (0,0,0,0,4,1)\r\n"),
            "says 0.0.0.0",
            (959, "4.1.2"),
            Some("EPSV"),
        ),
        case(
            "FTP-07",
            in_session(),
            asked("PASV", b"227 =127,0,0,1,4,1\r\n"),
            "without parentheses",
            (1123, "4.1.2.6"),
            None,
        ),
        case(
            "FTP-07",
            in_session(),
            asked("PASV", b"227 (10,9,8,256,4,1)\r\n"),
            "no address in this reply",
            (959, "4.1.2"),
            Some("EPSV"),
        ),
        fine("FTP-08", in_session(), asked("EPSV", b"229 (!!!6446!)\r\n")),
        case(
            "FTP-08",
            in_session(),
            asked("EPSV", b"229 (|1||6446|)\r\n"),
            "expected (|||port|)",
            (2428, "3"),
            Some("PASV"),
        ),
        fine("FTP-09", in_session(), asked("PWD", b"257 \"/a\"\"b/c\" is cwd\r\n")),
        case(
            "FTP-09",
            in_session(),
            asked("PWD", b"257 /a is cwd\r\n"),
            "no pathname in quotation marks",
            (959, "4.2.2"),
            None,
        ),
        fine(
            "FTP-10",
            with_data(),
            [
                Step::Types("RETR f"),
                server(b"150 go\r\n"),
                Step::Types("ABOR"),
                server(b"426 aborted\r\n226 ok\r\n"),
            ],
        ),
        case(
            "FTP-12",
            in_session(),
            asked("SIZE f", b"550 SIZE not allowed in ASCII mode\r\n"),
            "SIZE counts what a transfer would take",
            (3659, "4"),
            Some("TYPE I"),
        ),
        case(
            "FTP-14",
            with_data(),
            retr(b"a\r\nb\rc\nd", b"226 ok\r\n"),
            "1 line feed and 1 carriage return alone",
            (959, "3.1.1.1"),
            Some("TYPE I"),
        ),
        case(
            "FTP-14",
            with_data(),
            retr(b"\xc3\xbc\r\n", b"226 ok\r\n"),
            "2 octets above 127",
            (959, "3.1.1.1"),
            Some("TYPE I"),
        ),
        case(
            "FTP-14",
            with_data(),
            listing("NLST", b"a\nb\n"),
            "2 line feeds and 0 carriage returns alone",
            (959, "3.1.1.1"),
            None,
        ),
        case(
            "FTP-19",
            in_session(),
            asked("MLST f", b"250-Start\r\nType=file; a\r\n250 End\r\n"),
            "The line with the facts begins with one space",
            (3659, "7.2"),
            None,
        ),
        fine(
            "FTP-19",
            in_session(),
            asked("MLST f", b"250-Start\r\n Type=file; a b\r\n250 End\r\n"),
        ),
        case(
            "FTP-19",
            with_data(),
            listing("MLSD", b"Type=file; a\r\n y z\r\ntotal 9\r\n"),
            "1 line of this listing without the space",
            (3659, "7.2"),
            None,
        ),
        case(
            "FTP-20",
            with_data(),
            asked("NLST", b"550 No files found\r\n"),
            "says so with 550",
            (959, "4.1.3"),
            None,
        ),
        case(
            "FTP-20",
            with_data(),
            listing("NLST", b""),
            "the listing is empty",
            (959, "3.3"),
            None,
        ),
        case(
            "FTP-21",
            with_data(),
            asked("NLST", b"200 ok\r\n150 go\r\n"),
            "One reply too many",
            HERE,
            None,
        ),
        case(
            "FTP-22",
            in_session(),
            asked("PWD", b"421 timeout\r\n"),
            "PWD was not carried out",
            (959, "4.2.2"),
            None,
        ),
        case(
            "FTP-22",
            in_session(),
            [server(b"421 timeout\r\n")],
            "The server ends the service",
            (959, "4.2.2"),
            None,
        ),
        case(
            "FTP-23",
            with_data(),
            asked("RETR f", b"550 no\r\n"),
            "It is closed unused",
            (959, "3.2"),
            Some("PASV"),
        ),
        fine("FTP-25", in_session(), visitor),
    ]
}

/// What the reference says of codes, which has no numbers.
fn codes() -> Vec<Case<'static>> {
    let twice = [Step::Types("RETR f"), server(b"150 go\r\n150 again\r\n")];
    vec![
        case(
            "ALL-09",
            in_session(),
            asked("NOOP", b"257 \"x\"\r\n"),
            "257 is not among the replies to NOOP: 200",
            HERE,
            None,
        ),
        case(
            "ALL-09",
            in_session(),
            asked("NOOP", b"350 go on\r\n"),
            "which says \u{201c}go on\u{201d}",
            HERE,
            None,
        ),
        case(
            "ALL-09",
            in_session(),
            asked("MLST f", b"226 here\r\n"),
            "226 is not among the replies to MLST: 250, 550",
            (3659, "7"),
            None,
        ),
        case(
            "ALL-09",
            in_session(),
            asked("NOOP", b"999 what\r\n"),
            "999 is no code of FTP",
            (959, "4.2"),
            None,
        ),
        case(
            "ALL-09",
            with_data(),
            asked("RETR f", b"226 done\r\n"),
            "150 or 125 never said that it begins",
            HERE,
            None,
        ),
        case("ALL-09", with_data(), twice, "Only one reply of the class 1", HERE, None),
        case("ALL-09", in_session(), [server(b"200 hello\r\n")], "sent this unasked", HERE, None),
        case(
            "ALL-04",
            in_session(),
            asked("HELP", b"214-a\n b\n214 c\n"),
            "bare LF instead of CR LF. (3 lines)",
            (959, "4.2"),
            None,
        ),
        case(
            "ALL-04",
            in_session(),
            asked("PWD", b"257 \"/a\rb\" \"\r\n"),
            "1 carriage returns in this reply",
            (854, ""),
            None,
        ),
        case(
            "ALL-07",
            in_session(),
            asked("PWD", b"257 \"/\xe9\"\r\n"),
            "no UTF-8",
            (2640, "2.2"),
            None,
        ),
        case(
            "ALL-05",
            in_session(),
            [Step::Types("PWD"), server(b"257"), Step::Ends(Conn::MAIN)],
            "in the middle of a reply",
            (959, "4.2"),
            None,
        ),
        case(
            "ALL-09",
            in_session(),
            asked("SIZE f", b"213 many\r\n"),
            "a number of octets",
            (3659, "4"),
            None,
        ),
        case(
            "ALL-09",
            in_session(),
            asked("MDTM f", b"213 today\r\n"),
            "a time of 14 digits",
            (3659, "2.3"),
            None,
        ),
        case(
            "ALL-09",
            with_data(),
            asked("STOU", b"150 go\r\n"),
            "the name that the server has chosen",
            (1123, "4.1.2.9"),
            None,
        ),
        case(
            "ALL-09",
            in_session(),
            asked("FEAT", b"211-F\r\nSIZE\r\nUTF8\r\n211 End\r\n"),
            "2 lines inside the list",
            (2389, "3.2"),
            None,
        ),
    ]
}

fn sent_by_the_client() -> Vec<Case<'static>> {
    let image = || {
        let (mut scripted, mut practice) = in_session();
        scripted.extend([Step::Types("TYPE I"), server(b"200 ok\r\n")]);
        practice.push(Step::Types("TYPE I"));
        (scripted, practice)
    };
    let resumed = || {
        let rest = Step::Types("REST 5");
        (
            [image().0, vec![rest.clone(), server(b"350 ok\r\n")]].concat(),
            [image().1, vec![rest]].concat(),
        )
    };
    let renaming = || {
        let rnfr = Step::Types("RNFR hello.txt");
        (
            [in_session().0, vec![rnfr.clone(), server(b"350 ok\r\n")]].concat(),
            [in_session().1, vec![rnfr]].concat(),
        )
    };
    let sized = [
        Step::Types("SIZE hello.txt"),
        server(b"213 4\r\n"),
        Step::Types("TYPE I"),
        server(b"200 ok\r\n"),
    ];
    vec![
        case(
            "FTP-11",
            in_session(),
            [Step::Raw(b"\xff\xf4\xff\xf2ABOR\r\n")],
            "IAC IP, IAC DM",
            (959, "4.1.3"),
            Some("ABOR"),
        ),
        case(
            "FTP-12",
            with_data(),
            [&sized[..], &retr(b"a\nb", b"226 ok\r\n")].concat(),
            "SIZE said 4 octets, and 3 came",
            (3659, "4"),
            Some("SIZE hello.txt"),
        ),
        fine("FTP-13", with_data(), [&sized[2..], &retr(b"\r\n\0\xff\n", b"226 ok\r\n")].concat()),
        case(
            "FTP-15",
            resumed(),
            [Step::Types("NOOP")],
            "stands between REST 5",
            (959, "4.1.3"),
            Some("REST 5"),
        ),
        case(
            "FTP-16",
            in_session(),
            [Step::Raw(b"RNTO b\r\n")],
            "RNTO needs RNFR directly before it",
            HERE,
            Some("RNFR hello.txt"),
        ),
        case(
            "FTP-16",
            renaming(),
            [Step::Types("NOOP")],
            "between RNFR and RNTO",
            (959, "4.1.3"),
            Some("RNFR hello.txt"),
        ),
        case(
            "FTP-17",
            in_session(),
            [Step::Raw(b"CWD pub\r\nDELE x\r\n")],
            "DELE needs the reply to the command before it",
            HERE,
            None,
        ),
        case(
            "FTP-17",
            in_session(),
            [Step::Raw(b"CWD pub\rDELE x\r\n")],
            "how commands are smuggled in",
            (2640, "3.1"),
            Some("CWD pub"),
        ),
        case(
            "FTP-18",
            with_data(),
            [Step::Types("STOR   two.txt")],
            "begins with 2 spaces",
            (2640, "3.1"),
            Some("STOR two.txt"),
        ),
        case(
            "FTP-18",
            in_session(),
            [Step::Raw(b"CWD  pub\r\n")],
            "begins with 1 space:",
            (2640, "3.1"),
            Some("CWD pub"),
        ),
        case(
            "FTP-25",
            in_session(),
            [Step::Raw(b"PORT 10,9,8,7,200,1\r\n")],
            "bounce attack",
            (2577, "3"),
            Some("PORT"),
        ),
        case(
            "FTP-25",
            in_session(),
            [Step::Types("PORT 127,0,0,1,0,25")],
            "Ports below 1024",
            (2577, "3"),
            Some("PORT"),
        ),
        case(
            "ALL-04",
            in_session(),
            [Step::Raw(b"NOOP\n")],
            "ends with a bare LF",
            (1123, "4.1.2.10"),
            Some("NOOP"),
        ),
        case(
            "ALL-04",
            unlocked(),
            [Step::Raw(b"PASS lab-secret\n")],
            "ends with a bare LF",
            (1123, "4.1.2.10"),
            None,
        ),
        case(
            "ALL-06",
            in_session(),
            [Step::Raw(&[b'x'; 5000])],
            "The line has 5000 octets",
            (959, "4.2.1"),
            None,
        ),
        case("ALL-07", in_session(), [Step::Raw(b"CWD \xe9\r\n")], "no UTF-8", (2640, "2.2"), None),
        case(
            "ALL-07",
            in_session(),
            [Step::Raw(b"CWD \xff\r\n")],
            "an octet 255 alone",
            (854, ""),
            None,
        ),
        case(
            "ALL-10",
            greeted(),
            [Step::Raw(b"LIST\r\n")],
            "not legal in the state \u{201c}login\u{201d}",
            (959, "4.1.3"),
            Some("USER student"),
        ),
        case(
            "ALL-10",
            unlocked(),
            [Step::Raw(b"PWD\r\n")],
            "not legal in the state \u{201c}password wanted\u{201d}",
            (959, "4.1.3"),
            None,
        ),
        case(
            "ALL-10",
            in_session(),
            [Step::Raw(b"RETR hello.txt\r\n")],
            "RETR needs an open data connection",
            HERE,
            Some("PASV"),
        ),
        case(
            "ALL-10",
            in_session(),
            [Step::Raw(b"TYPE X\r\n")],
            "TYPE: its argument is missing or wrong.",
            (959, "3.1.1"),
            Some("TYPE I"),
        ),
        case(
            "ALL-10",
            in_session(),
            [Step::Raw(b"mkdir new\r\n")],
            "There is no command \"mkdir\"",
            (959, "5.3.1"),
            Some("MKD upload/new"),
        ),
        case(
            "ALL-10",
            in_session(),
            [Step::Raw(b"ls\r\n")],
            "There is no command \"ls\"",
            (959, "5.3.1"),
            Some("PASV"),
        ),
        case(
            "ALL-10",
            in_session(),
            [Step::Raw(b"XYZZY\r\n")],
            "There is no command \"XYZZY\"",
            (959, "5.3.1"),
            Some("PASV"),
        ),
        case(
            "ALL-10",
            in_session(),
            [Step::Raw(b"NO")],
            "This line has no end yet",
            (959, "5.3"),
            None,
        ),
        case(
            "ALL-11",
            (vec![Step::Opens(Conn::MAIN)], vec![]),
            [Step::Raw(b"USER student\r\n")],
            "not legal in the state \u{201c}waiting for the greeting\u{201d}",
            (959, "4.1.1"),
            None,
        ),
        fine(
            "ALL-10",
            in_session(),
            [Step::Raw(b"NO"), Step::Raw(b"OP\r\n"), server(b"200 ok\r\n")],
        ),
    ]
}

#[test]
fn each_thing_that_goes_wrong_has_its_note_and_what_is_said_to_be_right_is() {
    let all = [received_from_the_server(), codes(), sent_by_the_client()].concat();
    check(&super::super::PROTOCOL, &client, &all, ("FTP", 25));
}

/// Whoever takes the port of PORT before the server does is noticed.
#[test]
fn a_data_connection_from_somebody_else_is_noted() {
    let mut client =
        after(&ready(&[Step::Types("PORT"), Step::Listens(DATA), server(b"200 ok\r\n")]));
    let thief = ([192, 0, 2, 66], 4000).into();
    let opened = Input::Opened { conn: DATA, local: crate::testing::addr(1), peer: thief };
    client.handle(opened, Default::default()).expect("no command");
    let notes = notes(&drain(&mut client));
    assert!(notes.contains("comes from 192.0.2.66, but you are talking to 127.0.0.1"), "{notes}");
}
