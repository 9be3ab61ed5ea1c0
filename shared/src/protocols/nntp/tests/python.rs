//! `nntplib` against servers unlike the practice server. Python 3.11 was asked what it does.

use super::super::PROTOCOL;
use crate::testing::{method, session};

const KNOWS: &[u8] = b"101 c\r\nVERSION 2\r\nOVER\r\n.\r\n";

/// In a group.
fn does(name: &str, args: &[&str], replies: &[&[u8]]) -> (String, Result<String, String>) {
    let group = [("GROUP g", &b"211 2 7 8 g\r\n"[..])];
    method(&PROTOCOL, session(&PROTOCOL, b"200 x\r\n", &group), (name, args), replies)
}

fn value(name: &str, args: &[&str], reply: &[u8]) -> Result<String, String> {
    does(name, args, &[reply]).1
}

#[test]
fn an_old_server_gets_old_commands() {
    let old: &[u8] = b"500 what\r\n";
    let (wire, _) = does("newgroups", &["2024-01-01"], &[old, b"231 g\r\n.\r\n"]);
    assert_eq!(wire, "CAPABILITIES\r\nNEWGROUPS 240101 000000\r\n");
    let line = b"224 o\r\n7\ts\tf\td\t<i>\t\t1\t2\tx\r\n.\r\n";
    let (wire, end) = does("over", &["(7, None)"], &[old, line, b"503 no\r\n"]);
    assert_eq!(wire, "CAPABILITIES\r\nXOVER 7-\r\nLIST OVERVIEW.FMT\r\n");
    let fields = "'subject': 's', 'from': 'f', 'date': 'd', 'message-id': '<i>', 'references': '', \
                  ':bytes': '1', ':lines': '2'";
    assert_eq!(end, Ok(format!("('224 o', [(7, {{{fields}}})])")));
}

#[test]
fn the_overview_needs_its_format() {
    let lines =
        b"224 o\r\n7\ts\tf\td\t<i>\t\t1\t2\tXref: \xe4\r\n8\ts\tf\td\t<i>\t\t1\t2\t\r\n.\r\n";
    let over = |lines: &[u8], format: &str| {
        let format = format!("215 f\r\n{}\r\n.\r\n", format.replace(' ', "\r\n"));
        does("over", &["'<i>'"], &[KNOWS, lines, format.as_bytes()]).1
    };
    let fault = |why: &str| Err(format!("nntplib.NNTPDataError: {why}"));
    let usual = "Subject: From: Date: Message-ID: References: Bytes: Lines: Xref:full";
    let shown = over(lines, usual).expect("it has a value");
    assert!(shown.contains("'xref': '\\udce4'}), (8, {") && shown.ends_with("'xref': None})])"));
    assert_eq!(over(lines, "Subject:"), fault("LIST OVERVIEW.FMT response too short"));
    let other = usual.replace("Date", "Day");
    assert_eq!(over(lines, &other), fault("LIST OVERVIEW.FMT redefines default fields"));
    let bare = b"224 o\r\n7\ts\tf\td\t<i>\t\t1\t2\tx\r\n.\r\n";
    let why = "OVER/XOVER response doesn't include names of additional headers";
    assert_eq!(over(bare, usual), fault(why));
    let number = over(b"224 o\r\nx\r\n.\r\n", usual);
    assert_eq!(number, Err("ValueError: invalid literal for int() with base 10: 'x'".into()));
}

#[test]
fn a_list_of_groups_has_four_words_a_line() {
    for (line, why) in [
        ("a", "missing 3 required positional arguments: 'last', 'first', and 'flag'"),
        ("a 2", "missing 2 required positional arguments: 'first' and 'flag'"),
        ("a 2 1", "missing 1 required positional argument: 'flag'"),
        ("a 2 1 y z", "takes 5 positional arguments but 6 were given"),
        ("", "missing 4 required positional arguments: 'group', 'last', 'first', and 'flag'"),
    ] {
        let end = value("list", &[], format!("215 g\r\n{line}\r\n.\r\n").as_bytes());
        assert_eq!(end, Err(format!("TypeError: GroupInfo.__new__() {why}")), "{line}");
    }
}

#[test]
fn a_login_may_need_no_password_or_get_an_odd_answer() {
    let login = |replies: &[&[u8]]| does("login", &["u", "p"], replies);
    let (wire, end) = login(&[b"281 in\r\n", KNOWS]);
    assert_eq!((wire.as_str(), end), ("authinfo user u\r\nCAPABILITIES\r\n", Ok("None".into())));
    let (_, end) = login(&[b"381 pw\r\n", b"250 huh\r\n"]);
    assert_eq!(end, Err("nntplib.NNTPPermanentError: 250 huh".into()));
}

#[test]
fn odd_replies_raise_what_python_raises() {
    for (name, args, reply, end) in [
        ("post", &["x"][..], &b"440 no\r\n"[..], "nntplib.NNTPTemporaryError: 440 no"),
        ("post", &["x"], b"240 x\r\n", "nntplib.NNTPReplyError: 240 x"),
        ("head", &["<a>"], b"223 1 <a>\r\n", "nntplib.NNTPReplyError: 223 1 <a>"),
        ("slave", &[], b"999 x\r\n", "nntplib.NNTPProtocolError: 999 x"),
        ("stat", &["<a>"], b"223 x\r\n", "ValueError: invalid literal for int() with base 10: 'x'"),
        ("stat", &["<a>"], b"223 1\r\n", "IndexError: list index out of range"),
        ("date", &[], b"111 20240101000000 x\r\n", "nntplib.NNTPDataError: 111 20240101000000 x"),
        ("date", &[], b"111 20240230000000\r\n", "ValueError: day is out of range for month"),
        ("help", &[], b"100 h\r\nno end\r\n", "EOFError"),
    ] {
        let replies: &[&[u8]] = &[reply];
        assert_eq!(does(name, args, replies).1, Err(end.into()), "{name}");
    }
    let long = [b"222 1 <a>\r\n".as_slice(), &[b'x'; 2047], b"\r\n.\r\n"].concat();
    let end = value("body", &["<a>"], &long);
    assert_eq!(end, Err("nntplib.NNTPDataError: line too long".into()));
}

#[test]
fn lines_are_read_as_python_reads_them() {
    for (name, args, reply, shown) in [
        // A single dot that the server forgot to double stays.
        (
            "article",
            &["<a>"][..],
            &b"220 1 <a>\r\n.x\r\n..y\r\n\xe4 \xc3\xa4\r\n.\r\n"[..],
            "('220 1 <a>', ArticleInfo(number=1, message_id='<a>', lines=[b'.x', b'.y', b'\\xe4 \\xc3\\xa4']))",
        ),
        (
            "xhdr",
            &["a", "<b>"],
            b"221 h\r\n1 \xe4\r\n<a> b\r\n3\r\n.\r\n",
            "('221 h', [('1', '\\udce4'), '<a> b', ('3', '')])",
        ),
        ("group", &["G"], b"211 5\r\n", "('211 5', 5, 0, 0, 'G')"),
        (
            "descriptions",
            &["*"],
            b"215 x\r\n g  d e\r\nnone\r\ng\tlast\r\n.\r\n",
            "('215 x', {'g': 'last'})",
        ),
        (
            "date",
            &[],
            b"111 20240229010200\r\n",
            "('111 20240229010200', datetime.datetime(2024, 2, 29, 1, 2))",
        ),
    ] {
        assert_eq!(value(name, args, reply), Ok(shown.into()), "{name}");
    }
}
