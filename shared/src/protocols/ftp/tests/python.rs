//! What `ftplib` makes of replies that the practice server does not give.

use super::super::PROTOCOL;
use crate::testing::{method, session};

fn played(name: &str, args: &[&str], replies: &[&[u8]]) -> (String, Result<String, String>) {
    let login: &[(&str, &[u8])] = &[("USER x", b"230 in\r\n")];
    method(&PROTOCOL, session(&PROTOCOL, b"220-Two\r\n220 lines\r\n", login), (name, args), replies)
}

fn ok(value: &str) -> Result<String, String> {
    Ok(value.into())
}

fn raised(exception: &str) -> Result<String, String> {
    Err(exception.into())
}

#[test]
fn login_says_as_much_as_the_server_asks_for() {
    let login = |args: &[&str], replies: &[&[u8]]| {
        method(&PROTOCOL, session(&PROTOCOL, b"220 x\r\n", &[]), ("login", args), replies)
    };
    let (sent, value) = login(&["", "", ""], &[b"331 p\r\n", b"332 a\r\n", b"230 in\r\n"]);
    assert_eq!(sent, "USER anonymous\r\nPASS anonymous@\r\nACCT \r\n");
    assert_eq!(value, ok("'230 in'"));
    let (sent, value) = login(&["sam", "-", ""], &[b"230 no password\r\n"]);
    assert_eq!((sent.as_str(), value), ("USER sam\r\n", ok("'230 no password'")));
    let (_, value) = login(&["sam", "x", "y"], &[b"331 p\r\n", b"332 a\r\n", b"332 again\r\n"]);
    assert_eq!(value, raised("ftplib.error_reply: 332 again"));
    assert_eq!(login(&["sam"], &[]).1, raised("EOFError"));
}

#[test]
fn cwd_falls_back_to_cwd_only_after_500() {
    let (sent, value) = played("cwd", &[".."], &[b"500 what\r\n", b"250 up\r\n"]);
    assert_eq!((sent.as_str(), value), ("CDUP\r\nCWD ..\r\n", ok("'250 up'")));
    let (sent, value) = played("cwd", &[".."], &[b"502 not here\r\n"]);
    assert_eq!((sent.as_str(), value), ("CDUP\r\n", raised("ftplib.error_perm: 502 not here")));
}

#[test]
fn paths_sizes_and_odd_replies_are_taken_as_python_takes_them() {
    for (name, args, reply, value) in [
        ("pwd", &[][..], "257 \"/a \"\"b\"\"\" is it\r\n", ok("'/a \"b\"'")),
        ("pwd", &[], "257 /a\r\n", ok("''")),
        ("pwd", &[], "250 \"/a\"\r\n", ok("''")),
        ("mkd", &["x"], "257 \"x\r\n", ok("'x'")),
        ("size", &["x"], "213  12 \r\n", ok("12")),
        ("size", &["x"], "250 12\r\n", ok("None")),
        (
            "size",
            &["x"],
            "213 12 octets\r\n",
            raised("ValueError: invalid literal for int() with base 10: '12 octets'"),
        ),
        ("delete", &["x"], "226 gone\r\n", raised("ftplib.error_reply: 226 gone")),
        ("delete", &["x"], "200 gone\r\n", ok("'200 gone'")),
        (
            "rename",
            &["x", "y"],
            "250 done already\r\n",
            raised("ftplib.error_reply: 250 done already"),
        ),
        ("sendcmd", &["NOOP"], "600 what\r\n", raised("ftplib.error_proto: 600 what")),
        ("voidcmd", &["NOOP"], "350 more\r\n", raised("ftplib.error_reply: 350 more")),
        ("sendcmd", &["FEAT"], "211-a\r\n b\r\n211 end\r\n", ok("'211-a\\n b\\n211 end'")),
        ("abort", &[], "500 no\r\n", raised("ftplib.error_proto: 500 no")),
        ("makepasv", &[], "227 at 10,1,2,3,4,5\r\n", ok("('127.0.0.1', 1029)")),
        ("makepasv", &[], "227 somewhere\r\n", raised("ftplib.error_proto: 227 somewhere")),
        ("makepasv", &[], "200 ok\r\n", raised("ftplib.error_reply: 200 ok")),
        ("retrlines", &["RETR x"], "421 bye\r\n", raised("ftplib.error_temp: 421 bye")),
        ("getwelcome", &[], "", ok("'220-Two\\n220 lines'")),
    ] {
        let replies: &[&[u8]] = if reply.is_empty() { &[] } else { &[reply.as_bytes()] };
        let (_, got) = played(name, args, replies);
        let peer = crate::testing::addr(2).ip().to_string();
        let value = value.map(|value| value.replace("127.0.0.1", &peer));
        assert_eq!(got, value, "{name} {args:?} {reply:?}");
    }
}

#[test]
fn no_line_end_leaves_inside_of_a_command() {
    let (sent, value) = played("sendcmd", &["NOOP\r\nQUIT"], &[]);
    let wanted = raised("ValueError: an illegal newline character should not be contained");
    assert_eq!((sent.as_str(), value), ("", wanted));
}
