//! Gopher+, as far as servers send it.

use super::*;
use crate::testing::{received, sent};

#[test]
fn gop_19_the_first_line_says_how_the_rest_ends() {
    let counted = ask("0x\t+", b"+5\r\nhello");
    assert_eq!(sent(&counted, Conn::MAIN), b"x\t+\r\n");
    assert_eq!(received(&counted)[0], ("+5\r\n".into(), "5 octets follow.".into()));
    assert_eq!(content(&counted), b"hello");
    assert!(notes(&counted).is_empty(), "{}", notes(&counted));

    let dots = ask("0x\t+", b"+-1\r\na\r\n..b\r\n.\r\n");
    assert_eq!(content(&dots), b"a\r\n.b\r\n");
    let close = ask("0x\t+text/plain En_US", b"+-2\r\n..a\r\n.\r\nb");
    assert_eq!(sent(&close, Conn::MAIN), b"x\t+text/plain En_US\r\n");
    assert_eq!(content(&close), b"..a\r\n.\r\nb");
    assert!(is_clean(&close));

    let error = ask("0x\t+", b"--1\r\n1 <a@b> gone\r\n.\r\n");
    assert_eq!(spans(&error, &terms::PLUS_ERROR), ["--1"]);
    assert_eq!(spans(&error, &terms::PLUS_CODE), ["1"]);
    let badges: Vec<_> = error
        .iter()
        .filter_map(|output| match output {
            Output::Received { wire, .. } => wire.outcome,
            _ => None,
        })
        .collect();
    assert_eq!(badges, [crate::explain::Outcome::Permanent; 2]);

    let binary = ask("9x\t+", b"+4\r\n.\r\n\0");
    assert_eq!(content(&binary), b".\r\n\0");
    assert!(notes(&binary).is_empty(), "its length was announced: {}", notes(&binary));
    let menu = ask("1\t+", b"+22\r\n0A\ta\th\t70\r\n1\tb\th\t70\t+\r\n");
    assert!(received(&menu)[1].1.starts_with("2 items"));
    assert!(notes(&menu).contains("1 octets came beyond"), "{}", notes(&menu));
}

#[test]
fn gop_19_attributes_are_named() {
    let known = ask(
        "0x\t!",
        b"+-2\r\n+INFO: 0About\tx\th\t70\t+\r\n+ADMIN:\r\n Admin: A <a@b>\r\n+VIEWS:\r\n text/plain: <1k>\r\n",
    );
    assert_eq!(spans(&known, &terms::ATTRIBUTE), ["+INFO", "+ADMIN", "+VIEWS"]);
    assert!(is_clean(&known));
    let all = ask("1\t$+INFO", b"+-1\r\n+INFO: 0A\ta\th\t70\t+\r\n.\r\n");
    assert_eq!(spans(&all, &terms::ATTRIBUTE), ["+INFO"]);
    let search = ask("7/s\tred\t+", b"+-1\r\n0A\ta\th\t70\t+\r\n.\r\n");
    assert_eq!(sent(&search, Conn::MAIN), b"/s\tred\t+\r\n");
    assert_eq!(received(&search)[1].1, "1 item.");
}

#[test]
fn gop_20_less_than_announced_is_incomplete() {
    let outputs = ask("0x\t+", b"+5\r\nhel");
    assert!(notes(&outputs).contains("Truncated: 3 octets came of the 5"), "{}", notes(&outputs));
    let outputs = ask("9x\t+", b"+5\r\nhel");
    assert!(notes(&outputs).contains("Truncated: 3 octets came of the 5"));
    let outputs = ask("0x\t+", b"+18446744073709551615\r\nx");
    assert!(notes(&outputs).contains("Truncated: 1 octets came"));
    assert!(notes(&ask("0x\t+", b"+0\r\n")).is_empty());
}

#[test]
fn gop_21_a_plain_server_answers_plainly() {
    let menu = ask("1\t+", b"0A\ta\th\t70\r\n.\r\n");
    assert_eq!(received(&menu)[0].1, "1 item.");
    assert!(notes(&menu).contains("does not speak it") && is_clean(&menu));
    // Octets that only begin like the first line of Gopher+.
    for text in [
        &b"+ a list\r\n.\r\n"[..],
        b"-5x\r\n.\r\n",
        b"+5\n.\r\n",
        b"--------------------------\r\n.\r\n",
    ] {
        let outputs = ask("0x\t+", text);
        assert_eq!(content(&outputs), text[..text.len() - 3], "{text:?}");
    }
    for cut in [&b"+"[..], b"+5", b"+5\r"] {
        let outputs = ask("0x\t+", cut);
        assert_eq!(content(&outputs), cut);
        assert!(notes(&outputs).contains("No lone dot"), "{}", notes(&outputs));
    }
}
