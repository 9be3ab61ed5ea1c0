//! What is typed, and what goes out for it.

use super::*;
use crate::machine::{Input, Refused, Tick};
use crate::testing::{refused, sent, state};

#[test]
fn gop_14_a_selector_goes_back_octet_for_octet() {
    let menu = "0x\t/a b?%20\u{e9}\th\t70\r\n.\r\n";
    let steps = [
        OPENS,
        Step::Types("1"),
        server(menu.as_bytes()),
        ENDS,
        Step::Types("0/a b?%20\u{e9}"),
        Step::Opens(Conn(1)),
    ];
    let outputs = play(&client, &steps);
    assert_eq!(sent(&outputs, Conn::MAIN), b"\r\n");
    assert_eq!(sent(&outputs, Conn(1)), "/a b?%20\u{e9}\r\n".as_bytes());
    assert_eq!(offers(menu.as_bytes()), ["0/a b?%20\u{e9}"]);
    let urls = [
        ("gopher://h/0/a%20b%3F%2520%E9", &b"/a b?%20\xe9\r\n"[..]),
        ("gopher://h", b"\r\n"),
        ("GOPHER://H:70/00/a", b"0/a\r\n"),
        ("gopher://127.0.0.1:1/0x", b"x\r\n"),
        ("gopher://h/0x%09%09+", b"x\t+\r\n"),
    ];
    for (url, line) in urls {
        let outputs = play(&client, &[OPENS, Step::Types(url)]);
        assert_eq!(sent(&outputs, Conn::MAIN), line, "{url}");
    }
}

#[test]
fn gop_15_search_words_stand_behind_a_tab() {
    for (typed, line) in [
        ("7/find\tred AND blue", &b"/find\tred AND blue\r\n"[..]),
        ("7\tred", b"\tred\r\n"),
        ("gopher://h/7/find%09red%20AND%20blue", b"/find\tred AND blue\r\n"),
    ] {
        let outputs = play(&client, &[OPENS, Step::Types(typed)]);
        assert_eq!(sent(&outputs, Conn::MAIN), line, "{typed}");
    }
    assert_eq!(offers(b"7Search\t/find\th\t70\r\n.\r\n"), ["7/find\t"]);
    for typed in ["7/find", "7/find\t", "gopher://h/7/find", "gopher://h/7/find%09%09+"] {
        let why = refused(&client, &[OPENS], typed).to_string();
        assert!(why.contains("A search needs words"), "{why}");
    }
}

#[test]
fn gop_16_no_second_request_hides_in_a_selector() {
    for typed in [
        "0/x\r\nQUIT",
        "0/x\nQUIT",
        "0/x\0",
        "7/s\ta\r\nb",
        "0/x\ty",
        "0/x\t+\t1",
        "7/s\ta\tb",
        "gopher://h/0x%0d%0aQUIT",
        "gopher://h/0x%0aQUIT",
        "gopher://h/0x%00",
        "gopher://h/0x%09y",
    ] {
        let why = refused(&client, &[OPENS], typed);
        assert!(matches!(why, Refused::Malformed { .. }), "{typed:?}: {why}");
    }
    let why = refused(&client, &[OPENS], "gopher://h:25/0MAIL%20FROM").to_string();
    assert!(why.contains("on another server, h port 25"), "{why}");
    assert!(why.contains("belongs to SMTP") && why.contains("attack"), "{why}");
    let why = refused(&client, &[OPENS], "gopher://h:6379/0FLUSHALL").to_string();
    assert!(why.contains("belongs to Redis"), "{why}");
    let menu = ask("1", b"0x\tFLUSHALL\th\t6379\r\n.\r\n");
    assert!(span_notes(&menu, &terms::PORT).contains("belongs to Redis"));

    let redis = || {
        let config = ClientConfig { host: "h".into(), ..ClientConfig::practice(6379) };
        (super::super::PROTOCOL.client)(&config)
    };
    assert!(notes(&play(&redis, &[OPENS])).contains("Port 6379 belongs to Redis"));
}

#[test]
fn gop_22_the_client_does_not_end_its_side_before_the_reply() {
    let asked = play(&client, &[OPENS, Step::Types("1"), server(b"i\r\n.\r\n")]);
    let finish = Output::Finish { conn: Conn::MAIN };
    assert!(!asked.contains(&finish));
    let ended = play(&client, &[OPENS, Step::Types("1"), server(b"i\r\n.\r\n"), ENDS]);
    assert!(ended.contains(&finish));
}

#[test]
fn each_request_gets_a_connection_of_its_own() {
    let steps = [
        OPENS,
        Step::Types("1"),
        server(b"i\r\n.\r\n"),
        ENDS,
        Step::Types("0/a"),
        Step::Opens(Conn(1)),
        Step::Server(Conn(1), b"a\r\n.\r\n"),
        Step::Ends(Conn(1)),
        Step::Types("9/b"),
        Step::Opens(Conn(2)),
        Step::Server(Conn(2), b"b"),
        Step::Ends(Conn(2)),
        Step::Types("."),
    ];
    let outputs = play(&client, &steps);
    let connects: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Connect { conn, host, port } => Some((conn.0, host.as_str(), *port)),
            _ => None,
        })
        .collect();
    assert_eq!(connects, [(1, "h", 70), (2, "h", 70)]);
    assert_eq!(sent(&outputs, Conn(2)), b"/b\r\n");
    assert_eq!(state(&outputs), Some("closed"));
    let over = after(&steps);
    assert_eq!((over.suggestion(), over.offers()), (None, Vec::new()));
}

#[test]
fn leaving_sends_nothing() {
    let outputs = play(&client, &[OPENS, Step::Types(".")]);
    assert_eq!(sent(&outputs, Conn::MAIN), b"");
    assert!(outputs.contains(&Output::Finish { conn: Conn::MAIN }));
    assert!(notes(&outputs).contains("no farewell") && is_clean(&outputs));
}

#[test]
fn a_command_in_the_wrong_state_is_explained() {
    let why = refused(&client, &[OPENS, Step::Types("1")], "0/x");
    assert!(matches!(why, Refused::Illegal(_)));
    assert!(why.to_string().contains("reading the reply"), "{why}");
    let why = refused(&client, &[OPENS, Step::Types("1")], ".");
    assert!(matches!(why, Refused::Illegal(_)), "{why}");
    let connecting = [OPENS, Step::Types("1"), ENDS, Step::Types("1")];
    assert!(matches!(refused(&client, &connecting, "1"), Refused::Illegal(_)));
    for (typed, part) in [
        ("", "begins with the type"),
        ("/readme.txt", "begins with the type"),
        ("\u{e9}", "begins with the type"),
        ("2cso", "CSO"),
        ("3no", "only says what went wrong"),
        ("8student", "Telnet"),
        ("Tx", "Telnet"),
        ("itext", "only a line to be read"),
        ("+x", "another copy"),
        ("gopher://other/1", "on another server, other port 70"),
        ("gopher://h:71/1", "on another server, h port 71"),
        ("gopher://h/0%4", "no gopher URL"),
    ] {
        let why = refused(&client, &[OPENS], typed).to_string();
        assert!(why.contains(part), "{typed:?}: {why}");
    }
    for long in [format!("0{}", "x".repeat(256)), format!("7/s\t{}", "x".repeat(1025))] {
        assert!(matches!(refused(&client, &[OPENS], &long), Refused::TooLong { .. }));
    }
    assert_eq!(
        sent(&play(&client, &[OPENS, Step::Types(&format!("0{}", "x".repeat(255)))]), Conn::MAIN)
            .len(),
        257
    );
}

#[test]
fn several_requests_do_not_go_together() {
    let mut client = after(&[OPENS]);
    let batch = client.handle(Input::Batch("1\n0/x"), Tick::default());
    assert!(matches!(batch, Err(Refused::Malformed { .. })));
    assert_eq!(client.handle(Input::Batch("1\n"), Tick::default()), Ok(()));
}

#[test]
fn octets_without_checks_are_sent_and_their_reply_read_as_well_as_can_be() {
    let menu: &[u8] = b"9Binary\t/b\th\t70\r\n.\r\n";
    let steps = [
        OPENS,
        Step::Raw(b"\r\n"),
        server(menu),
        ENDS,
        Step::Raw(b"/b\r\n"),
        Step::Opens(Conn(1)),
        Step::Server(Conn(1), b"\0\x01"),
        Step::Ends(Conn(1)),
        Step::Raw(b"/s\tte"),
        Step::Raw(b"a\r\n"),
        Step::Opens(Conn(2)),
        Step::Server(Conn(2), menu),
        Step::Ends(Conn(2)),
        Step::Raw(b"half"),
        Step::Opens(Conn(3)),
        Step::Raw(b" a line\r\nand more"),
        Step::Server(Conn(3), b"x\r\n.\r\n"),
        Step::Ends(Conn(3)),
    ];
    let outputs = play(&client, &steps);
    for (conn, line) in
        [(0, &b"\r\n"[..]), (1, b"/b\r\n"), (2, b"/s\ttea\r\n"), (3, b"half a line\r\nand more")]
    {
        assert_eq!(sent(&outputs, Conn(conn)), line);
    }
    let says = crate::testing::received(&outputs).into_iter().map(|(_, says)| says);
    assert_eq!(says.collect::<Vec<_>>(), ["1 item.", "1 item.", "1 line, 3 octets."]);
    assert_eq!(state(&outputs), Some("ready"));
    let data =
        outputs.iter().any(|o| matches!(o, Output::Data { bytes, .. } if bytes == b"\0\x01"));
    assert!(data, "the menu said that /b is binary");
}

#[test]
fn a_server_of_another_protocol_is_noticed() {
    let outputs = play(&client, &[OPENS, server(b"220 mail.h ESMTP\r\n"), ENDS]);
    assert!(notes(&outputs).contains("speaks before it is asked"));
    assert!(notes(&outputs).contains("ended the connection before a request"));
    let client = after(&[OPENS, ENDS]);
    assert_eq!(client.suggestion().map(|s| s.text), Some("1".into()), "another connection follows");
}

#[test]
fn connections_that_fail_or_are_dropped() {
    let mut client = after(&[OPENS, Step::Types("1"), ENDS, Step::Types("0/x")]);
    let now = Tick::default();
    client.handle(Input::Failed { conn: Conn(1), why: "refused" }, now).expect("no command");
    let outputs: Vec<Output> = core::iter::from_fn(|| client.poll()).collect();
    assert!(notes(&outputs).contains("No connection for the request: refused"));
    assert_eq!(client.state().id, "ready");
    client.handle(Input::Reset { conn: Conn::MAIN, why: "dropped" }, now).expect("no command");
    assert_eq!(client.state().id, "closed");
    assert_eq!(client.handle(Input::Command("1"), now), Err(Refused::NotConnected));

    let mut reading =
        after(&[OPENS, Step::Types("1"), ENDS, Step::Types("9/x"), Step::Opens(Conn(1))]);
    reading.handle(Input::Reset { conn: Conn::MAIN, why: "dropped" }, now).expect("no command");
    let outputs: Vec<Output> = core::iter::from_fn(|| reading.poll()).collect();
    assert!(
        outputs.contains(&Output::Abort { conn: Conn(1) }),
        "what was under way is dropped too"
    );
    assert_eq!(reading.state().id, "closed");

    let mut never = super::client();
    never.handle(Input::Failed { conn: Conn::MAIN, why: "no route" }, now).expect("no command");
    assert_eq!(never.state().id, "closed");
    assert_eq!(never.handle(Input::Command("1"), now), Err(Refused::NotConnected));
}

#[test]
fn offers_are_the_items_that_can_be_fetched() {
    let menu = b"iHi\r\n1Folder\t/d\th\t70\r\n8Login\tme\th\t23\r\n2Phone\t\th\t105\r\n3No\t\t\t\r\n0 \t/t\th\t70\r\nxOdd\t/o\th\t70\r\ngG\topher://x\th\t70\r\n.\r\n";
    let client = after(&[OPENS, Step::Types("1"), server(menu), ENDS]);
    let offers: Vec<_> = client.offers().into_iter().map(|o| (o.text, o.why)).collect();
    let texts: Vec<_> = offers.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["1/d", "0/t", "x/o", "gopher://h/gopher://x"]);
    assert_eq!(offers[0].1, "Folder (menu)");
    assert_eq!(offers[1].1, "/t (text file)", "a name of spaces is no name");
    for (text, _) in offers {
        let steps = [OPENS, Step::Types(&text)];
        assert!(sent(&play(&super::client, &steps), Conn::MAIN).ends_with(b"\r\n"), "{text}");
    }
    let reading = after(&[
        OPENS,
        Step::Types("1"),
        server(menu),
        ENDS,
        Step::Types("1/d"),
        Step::Opens(Conn(1)),
    ]);
    assert!(reading.offers().is_empty(), "not while a reply is under way");
}
