//! How plain replies are read.

use super::*;
use crate::machine::{Input, Tick};
use crate::testing::{received, state};

#[test]
fn gop_01_a_menu_ends_with_a_lone_dot() {
    let outputs = ask("1", b"0About\tstuff\th\t70\r\n.\r\n");
    assert_eq!(received(&outputs)[0].1, "1 item.");
    assert_eq!(state(&outputs), Some("ready"));
    assert!(notes(&outputs).is_empty(), "{}", notes(&outputs));
    assert_eq!(offers(b"0About\tstuff\th\t70\r\n.\r\n"), ["0stuff"]);
}

#[test]
fn gop_02_a_menu_may_lack_the_dot() {
    let outputs = ask("1", b"0About\tstuff\th\t70\r\n");
    assert_eq!(received(&outputs)[0].1, "1 item.");
    assert!(notes(&outputs).contains("No lone dot") && is_clean(&outputs));
}

#[test]
fn gop_03_a_last_line_without_an_end_is_kept() {
    let menu = b"0About\tstuff\th\t70";
    let outputs = ask("1", menu);
    assert_eq!(received(&outputs)[0].1, "1 item.");
    assert!(notes(&outputs).contains("Truncated: the last line has no end"));
    assert_eq!(offers(menu), ["0stuff"]);
}

/// [`play`] cuts the reads everywhere; here several lines, and more than one reply, come in one.
#[test]
fn gop_04_reads_may_hold_any_number_of_lines() {
    let menu = b"iHi\r\n0A\ta\th\t70\r\n1B\tb\th\t70\r\n.\r\n";
    let outputs = play(
        &client,
        &[
            OPENS,
            Step::Types("1"),
            server(menu),
            ENDS,
            Step::Types("0a"),
            Step::Opens(Conn(1)),
            Step::Server(Conn(1), b"one\r\ntwo\r\n.\r\n"),
            Step::Ends(Conn(1)),
        ],
    );
    let says: Vec<_> = received(&outputs).into_iter().map(|(_, says)| says).collect();
    assert_eq!(says, ["2 items and 1 line to be read.", "2 lines, 10 octets."]);
}

#[test]
fn gop_05_doubled_dots_are_undone() {
    let outputs = ask("0x", b"a\r\n..b\r\n...\r\n.\r\n");
    assert_eq!(content(&outputs), b"a\r\n.b\r\n..\r\n");
    assert_eq!(received(&outputs)[0].1, "3 lines, 11 octets.");
    assert!(notes(&outputs).is_empty());
}

#[test]
fn gop_06_a_single_dot_before_text_stays() {
    let outputs = ask("0x", b"a\r\n.b\r\nc\r\n");
    assert_eq!(content(&outputs), b"a\r\n.b\r\nc\r\n");
    assert!(notes(&outputs).contains("No lone dot") && is_clean(&outputs));
}

#[test]
fn gop_07_what_comes_behind_a_lone_dot_is_marked_and_kept() {
    let outputs = ask("0x", b"a\r\n.\r\nb\r\n");
    assert_eq!(spans(&outputs, &terms::AFTER_DOT), ["b"]);
    assert_eq!(content(&outputs), b"a\r\nb\r\n");
    assert!(notes(&outputs).contains("a lone dot inside, and 3 octets come behind it"));
    // As real servers send a file that begins with a lone dot, and no end.
    let dots = ask("0/dots.txt", b".\r\n..\r\n.dot\r\nend\r\n");
    assert_eq!(spans(&dots, &terms::AFTER_DOT), ["..", ".dot", "end"]);
    assert!(notes(&dots).contains("15 octets come behind it"), "{}", notes(&dots));
    let menu = ask("1", b".\r\n0A\ta\th\t70\r\n");
    assert_eq!(received(&menu)[0].1, "A menu without items.");
    assert_eq!(spans(&menu, &terms::AFTER_DOT), ["0A\ta\th\t70"]);
}

#[test]
fn gop_08_binary_content_is_taken_as_it_is() {
    let octets = b"\x00.\r\n\xff..x";
    for request in ["9/x", "5/x", "g/x", "I/x", "s/x", "?/x"] {
        let outputs = ask(request, octets);
        let data = outputs.iter().filter_map(|output| match output {
            Output::Data { bytes, .. } => Some(bytes.as_slice()),
            _ => None,
        });
        assert_eq!(data.collect::<Vec<_>>().concat(), octets, "{request}");
        assert!(notes(&outputs).contains("8 octets. Nothing says how many"), "{}", notes(&outputs));
        assert!(is_clean(&outputs));
    }
}

#[test]
fn gop_09_lines_to_be_read_need_no_fields() {
    let menu =
        b"iHello\tfake\t(NULL)\t0\r\niHello\r\ni\r\niText\t\tnull.host\t1\r\niText\t\t\t0\r\n.\r\n";
    let outputs = ask("1", menu);
    assert_eq!(received(&outputs)[0].1, "5 lines to be read.");
    assert!(is_clean(&outputs) && offers(menu).is_empty());
    assert_eq!(spans(&outputs, &terms::DISPLAY), ["Hello", "Hello", "Text", "Text"]);
    assert_eq!(spans(&outputs, &terms::DUMMY), ["fake", "(NULL)", "0", "null.host", "1", "0"]);
}

#[test]
fn gop_10_further_fields_are_shown_and_passed_over() {
    let menu = b"1x\t/y\th\t70\t+\r\n1x\t/y\th\t70\t?\r\n1x\t/y\th\t70\textra\tmore\r\n.\r\n";
    let outputs = ask("1", menu);
    assert_eq!(spans(&outputs, &terms::PLUS_FIELD), ["+", "?"]);
    assert_eq!(spans(&outputs, &terms::EXTRA_FIELD), ["extra", "more"]);
    assert_eq!(spans(&outputs, &terms::PORT), ["70"; 3]);
    assert!(notes(&outputs).is_empty());
    assert_eq!(offers(menu), ["1/y"; 3]);
}

#[test]
fn gop_11_a_bad_port_spoils_only_its_line() {
    for (port, read) in
        [("70 ", true), ("+70", true), ("70\r", true), ("99999", false), ("", false), ("x", false)]
    {
        let menu = format!("1bad\t/b\th\t{port}\r\n1good\t/g\th\t70\r\n.\r\n");
        let outputs = ask("1", menu.as_bytes());
        let found = offers(menu.as_bytes());
        assert_eq!(found.last().map(String::as_str), Some("1/g"), "{port:?}");
        assert_eq!(found.len(), if read { 2 } else { 1 }, "{port:?}");
        assert!(!is_clean(&outputs), "{port:?}");
        assert!(port.ends_with('\r') || notes(&outputs).contains("wrong in the port"), "{port:?}");
    }
    let short = b"1no port\t/b\th\r\n1no host\t/b\r\n1good\t/g\th\t70\r\n.\r\n";
    assert!(notes(&ask("1", short)).contains("2 lines of this menu without a port"));
    assert_eq!(offers(short), ["1/g"]);
}

#[test]
fn gop_12_other_line_ends_are_read_and_named() {
    let lf = ask("1", b"0A\ta\th\t70\n1B\tb\th\t70\r\n.\n");
    assert_eq!(received(&lf)[0].1, "2 items.");
    assert!(notes(&lf).contains("A bare LF ends 2 lines"), "{}", notes(&lf));
    let cr = ask("1", b"0A\ta\th\t70\r\r\n.\r\n");
    assert_eq!(spans(&cr, &terms::STRAY_CR), ["\r"]);
    assert!(notes(&cr).contains("not the end of a line stands in 1 line."));
    let bare = ask("1", b"0A\rB\ta\th\t70\r\n.\r\n");
    assert!(notes(&bare).contains("not the end of a line stands in 1 line."));
    let text = ask("0a", b"x\ny\r\r\n.\r\n");
    assert_eq!(received(&text)[0].1, "2 lines, 6 octets.");
    assert_eq!(spans(&text, &terms::STRAY_CR), ["\r"]);
}

#[test]
fn gop_13_an_error_menu_is_recognised_where_a_text_was_asked_for() {
    let error = b"3'/x' doesn't exist!\t\terror.host\t1\r\n.\r\n";
    for request in ["0/x", "1/x", "7/x\ty"] {
        let outputs = ask(request, error);
        assert_eq!(received(&outputs)[0].1, "Refused: '/x' doesn't exist!", "{request}");
        assert_eq!(spans(&outputs, &terms::ERROR), ["3"]);
        assert!(is_clean(&outputs));
        let badge = outputs.iter().find_map(|output| match output {
            Output::Received { wire, .. } => wire.outcome,
            _ => None,
        });
        assert_eq!(badge, Some(crate::explain::Outcome::Permanent));
    }
    assert!(notes(&ask("9/x", error)).contains("looks like an error"));
    // A text about errors is a text.
    assert_eq!(received(&ask("0/x", b"3 apples\r\n.\r\n"))[0].1, "1 line, 10 octets.");
    // As Gophernicus refuses: a text where a menu was asked for.
    let plain = ask("1/x", b"Error: File or directory not found! (null)\r\n");
    assert!(notes(&plain).contains("1 line of this menu without a type and fields"));
}

#[test]
fn gop_18_a_link_is_nothing_for_the_gopher_server() {
    let menu = b"hWeb\tURL:http://e.x/\th\t70\r\n.\r\n";
    let outputs = ask("1", menu);
    assert_eq!(spans(&outputs, &terms::LINK), ["URL:http://e.x/"]);
    assert!(offers(menu).is_empty());
    let opened = [OPENS, Step::Types("1"), server(menu), ENDS];
    let why = crate::testing::refused(&client, &opened, "hURL:http://e.x/").to_string();
    assert!(why.contains("is a link"), "{why}");
}

#[test]
fn gop_23_names_are_utf_8_or_else_latin_1() {
    let menu = b"0caf\xe9\t/\xe9\th\t70\r\n0caf\xc3\xa9\t/\xc3\xa9\th\t70\r\n.\r\n";
    let client = after(&[OPENS, Step::Types("1"), server(menu), ENDS]);
    let offers = client.offers();
    assert!(offers.iter().all(|offer| offer.why == "caf\u{e9} (text file)"), "{offers:?}");
    assert_eq!(offers[0].text, "gopher://h/0/%E9", "what is no UTF-8 cannot be typed");
    assert_eq!(offers[1].text, "0/\u{e9}");
    assert_eq!(content(&ask("1", menu)), menu[..menu.len() - 3]);
}

#[test]
fn gop_24_megabytes_without_a_line_end_neither_freeze_nor_fill_the_page() {
    let mut client = after(&[OPENS, Step::Types("1")]);
    let piece = vec![b'x'; 16 * 1024];
    let (mut received, mut data, mut aborted) = (0, 0, false);
    for _ in 0..640 {
        let input = Input::Bytes { conn: Conn::MAIN, bytes: &piece };
        client.handle(input, Tick::default()).expect("bytes are never refused");
        while let Some(output) = client.poll() {
            match output {
                Output::Received { wire, .. } => received += wire.bytes.len(),
                Output::Data { bytes, .. } => data += bytes.len(),
                Output::Abort { conn: Conn::MAIN } => aborted = true,
                _ => {}
            }
        }
    }
    assert_eq!((received, received + data, aborted), (1 << 20, 640 * 16 * 1024, true));
    assert_eq!(client.state().id, "ready");
    let mut long = vec![b'0'; 5000];
    long.extend_from_slice(b"\r\n0A\ta\th\t70\r\n.\r\n");
    assert_eq!(offers(&long), ["0a"]);
    let outputs = ask("1", b"0A\ta\th\t70\r\n.\r\n");
    assert!(notes(&outputs).is_empty());
    let steps = [OPENS, Step::Types("1"), server(&long), ENDS];
    let mut client = client_after_input(&steps);
    let mut text = String::new();
    while let Some(output) = client.poll() {
        if let Output::Note(note) = output {
            text.push_str(&note.text);
        }
    }
    assert!(text.contains("At octet 0 begins a line of more than 4096 octets"), "{text}");
}

#[test]
fn gop_25_a_copy_has_the_type_of_the_item_above() {
    let menu =
        b"0A\tsel\th\t70\r\n+Mirror\tsel\th2\t70\r\n1M\tm\th\t70\r\n+Again\tm\th3\t7070\r\n.\r\n";
    assert_eq!(offers(menu), ["0sel", "gopher://h2/0sel", "1m", "gopher://h3:7070/1m"]);
    assert!(notes(&ask("1", menu)).contains("on other servers: h2 port 70 and h3 port 7070"));
}

#[test]
fn gop_26_an_empty_answer_is_named() {
    for request in ["1", "0/x", "9/x", "h/x"] {
        let outputs = ask(request, b"");
        assert!(notes(&outputs).contains("Empty answer"), "{request}");
        assert_eq!(state(&outputs), Some("ready"));
    }
}

#[test]
fn gop_27_a_reset_shows_what_came_and_doubts_it() {
    for (request, came) in
        [("1", &b"0A\ta\th\t70\r\n"[..]), ("0a", b"half a li"), ("9a", b"\0\x01")]
    {
        let mut client = after(&[OPENS, Step::Types(request), server(came)]);
        let why = "connection reset by peer";
        let reset = Input::Reset { conn: Conn::MAIN, why };
        client.handle(reset, Tick::default()).expect("a reset is never refused");
        let outputs: Vec<Output> = core::iter::from_fn(|| client.poll()).collect();
        if request != "9a" {
            assert_eq!(content(&outputs), came, "{request}");
        }
        let expected = format!("Truncated: the connection broke ({why}) after {}", came.len());
        assert!(notes(&outputs).contains(&expected), "{}", notes(&outputs));
        assert_eq!(client.state().id, "ready", "the next request gets a new connection");
    }
}

#[test]
fn a_server_that_does_not_close_is_not_waited_for() {
    let mut client = client_after_input(&[OPENS, Step::Types("0a"), server(b"x\r\n.\r\n")]);
    let before: Vec<Output> = core::iter::from_fn(|| client.poll()).collect();
    assert_eq!(received(&before)[0].1, "1 line, 3 octets.", "it is shown before the end");
    let alarm = before.iter().find_map(|output| match output {
        Output::WakeAt(at) => Some(*at),
        _ => None,
    });
    let alarm = alarm.expect("an alarm is set");
    client.handle(Input::Time, Tick::default()).expect("time is never refused");
    assert_eq!(client.poll(), Some(Output::WakeAt(alarm)), "an alarm may be early");
    client.handle(Input::Time, alarm).expect("time is never refused");
    let outputs: Vec<Output> = core::iter::from_fn(|| client.poll()).collect();
    assert!(outputs.contains(&Output::Abort { conn: Conn::MAIN }));
    assert!(notes(&outputs).contains("has not closed the connection"));
    assert_eq!(client.state().id, "ready");
    // Without a dot the end may still be far.
    let mut client = after(&[OPENS, Step::Types("0a"), server(b"x\r\n")]);
    client.handle(Input::Time, Tick::default()).expect("time is never refused");
    assert_eq!(client.state().id, "reading");
}

#[test]
fn long_texts_come_in_units_and_an_end_is_found_in_every_state() {
    let mut text = Vec::new();
    for n in 0..3000 {
        text.extend_from_slice(format!("line {n} of a long text\r\n").as_bytes());
    }
    let mut client = client_after_input(&[OPENS, Step::Types("0a"), server(&text), ENDS]);
    let outputs: Vec<Output> = core::iter::from_fn(|| client.poll()).collect();
    assert!(received(&outputs).len() > 3);
    assert_eq!(content(&outputs), text);
    for bytes in [&b"."[..], b".\r", b"..", b"a\r", b"0A\t", b"0A\ta\th\t7"] {
        for request in ["0x", "1x", "hx", "9x", "0x\t+", "7x\ty"] {
            let outputs = ask(request, bytes);
            assert_eq!(state(&outputs), Some("ready"), "{request} {bytes:?}");
            assert!(!notes(&outputs).is_empty() || request == "hx", "{request} {bytes:?}");
        }
    }
}

/// With its outputs still to be polled.
fn client_after_input(steps: &[Step<'_>]) -> Box<dyn Client> {
    let mut client = client();
    for step in steps {
        crate::testing::apply(&mut *client, step, &|bytes| vec![bytes.len()]);
    }
    client
}
