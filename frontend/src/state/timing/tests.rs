use super::*;
use crate::state::testing::timed;

const REPLY: Option<Duration> = Some(Duration::from_millis(3));

fn of(protocol: &str, commands: &[&str]) -> Vec<Exchange> {
    let lab = timed(protocol, commands);
    exchanges(lab.entries().enumerate(), |n| lab.command_of(n))
}

#[test]
fn every_exchange_has_its_times() {
    for (protocol, commands) in [
        (
            "smtp",
            &["EHLO you.lab", "MAIL FROM:<a@b>", "RCPT TO:<you@practice.lab>", "DATA", "x"][..],
        ),
        ("pop3", &["USER student", "PASS lab-secret", "LIST", "RETR 1", "QUIT"]),
        // A preliminary reply is all of it here,
        ("nntp", &["CAPABILITIES", "GROUP misc.test", "HEAD", "QUIT"]),
        // and the first of two here.
        ("ftp", &["USER student", "PASS lab-secret", "PASV", "RETR readme.txt", "QUIT"]),
        ("imap", &["LOGIN student lab-secret", "SELECT INBOX", "NOOP", "LOGOUT"]),
        ("http", &["GET /readme.txt", "HEAD /hello.txt", "POST /echo\n\nx"]),
        ("telnet", &["student", "lab-secret", "pwd"]),
    ] {
        let exchanges = of(protocol, commands);
        assert_eq!(exchanges.len(), commands.len(), "{protocol}: {exchanges:?}");
        for (exchange, command) in exchanges.iter().zip(commands) {
            let what = format!("{protocol}, {command}: {exchange:?}");
            assert_eq!((exchange.first, exchange.whole), (REPLY, REPLY), "{what}");
            assert!(exchange.idle >= Duration::from_secs(2), "{what}");
        }
    }
}

#[test]
fn an_upload_takes_as_long_as_its_content() {
    let commands = ["USER student", "PASS lab-secret", "PASV", "STOR upload/x", "content"];
    let upload = of("ftp", &commands).pop().expect("STOR was sent");
    assert!(upload.label.starts_with("STOR"), "what is typed next is its content: {upload:?}");
    assert_eq!(upload.first, REPLY, "the server asks for the content at once");
    assert!(upload.whole > Some(Duration::from_secs(2)), "{upload:?}");
}

#[test]
fn commands_in_one_write_get_their_replies_in_order() {
    let batch = "MAIL FROM:<a@b>\nRCPT TO:<you@practice.lab>\nRSET";
    let exchanges = of("smtp", &["EHLO you.lab", batch]);
    let labels: Vec<&str> = exchanges.iter().map(|exchange| &*exchange.label).collect();
    assert_eq!(labels, ["EHLO you.lab", "MAIL FROM:<a@b>", "RCPT TO:<you@practice.lab>", "RSET"]);
    assert!(exchanges.iter().all(|exchange| exchange.whole == REPLY), "{exchanges:?}");
}

#[test]
fn what_nobody_answered_has_no_time() {
    let lab = timed("smtp", &["EHLO you.lab"]);
    let until_command = lab.entries().enumerate().take(5);
    let last = exchanges(until_command, |n| lab.command_of(n)).pop().expect("the command is there");
    assert_eq!((&*last.label, last.first, last.whole), ("EHLO you.lab", None, None));
}
