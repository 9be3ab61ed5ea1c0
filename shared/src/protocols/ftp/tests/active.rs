//! Active mode: the client waits, the server connects.

use core::net::SocketAddr;
use core::time::Duration;

use super::*;
use crate::machine::{Direction, Tick};

/// Logged in, and the server knows where the client waits.
fn active(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps =
        ready(&[Step::Types("PORT"), Step::Listens(DATA), server(b"200 I will connect\r\n")]);
    steps.extend_from_slice(then);
    steps
}

fn count(outputs: &[Output], wanted: &Output) -> usize {
    outputs.iter().filter(|output| *output == wanted).count()
}

const DROPPED: Output = Output::Abort { conn: DATA };

#[test]
fn port_alone_waits_and_says_where() {
    let waiting = play(&client, &ready(&[Step::Types("PORT")]));
    assert_eq!(waiting.last(), Some(&Output::Listen { conn: DATA }));
    assert!(sent(&waiting, Conn::MAIN).ends_with(b"PASS lab-secret\r\n"), "nothing is sent yet");
    let outputs = play(&client, &active(&[]));
    assert!(sent(&outputs, Conn::MAIN).ends_with(b"\r\nPORT 127,0,0,1,196,237\r\n"));
    assert!(notes(&outputs).contains("A socket waits at 127.0.0.1:50413"));
    let wire = outputs.iter().rev().find_map(|output| match output {
        Output::Sent { wire, .. } => Some(wire),
        _ => None,
    });
    let wire = wire.expect("PORT was sent");
    assert_eq!(wire.says, "Open the data connection yourself: to 127.0.0.1, port 50413.");
    let port = wire.spans.iter().find(|span| span.term.id == "PASSIVE_PORT").expect("a port");
    assert_eq!(&wire.bytes[port.range()], b"196,237");
    assert_eq!(
        fact(&*after(&active(&[])), "data connection").as_deref(),
        Some("the server will connect")
    );

    let extended = play(&client, &ready(&[Step::Types("EPRT"), Step::Listens(DATA)]));
    assert!(sent(&extended, Conn::MAIN).ends_with(b"\r\nEPRT |1|127.0.0.1|50413|\r\n"));
}

#[test]
fn eprt_carries_ipv6_and_port_does_not() {
    let addr: SocketAddr = "[::1]:50413".parse().expect("an address");
    let told = |typed| {
        let mut client = after(&ready(&[Step::Types(typed)]));
        let listening = Input::Listening { conn: DATA, addr };
        client.handle(listening, Tick::default()).expect("never refused");
        drain(&mut client)
    };
    assert_eq!(sent(&told("EPRT"), Conn::MAIN), b"EPRT |2|::1|50413|\r\n");
    let outputs = told("PORT");
    assert_eq!(sent(&outputs, Conn::MAIN), b"");
    assert!(notes(&outputs).contains("Use EPRT"), "{}", notes(&outputs));
    assert_eq!(count(&outputs, &DROPPED), 1);
}

#[test]
fn nothing_comes_between_the_socket_and_port() {
    for text in ["PWD", "PORT", "QUIT", "PASV"] {
        let why = refused(&client, &ready(&[Step::Types("PORT")]), text).to_string();
        assert!(why.contains("Wait until PORT or EPRT has been sent"), "{why}");
    }
    assert_eq!(after(&ready(&[Step::Types("PORT")])).suggestion(), None);
}

#[test]
fn a_transfer_is_legal_when_the_server_has_agreed() {
    let asked = ready(&[Step::Types("PORT"), Step::Listens(DATA)]);
    assert!(matches!(refused(&client, &asked, "RETR f"), Refused::Illegal(_)));
    assert_eq!(
        after(&active(&[])).suggestion().map(|next| next.text).as_deref(),
        Some("LIST"),
        "the socket is as good as a connection"
    );
    let refusal = ready(&[Step::Types("PORT"), Step::Listens(DATA), server(b"500 no\r\n")]);
    assert_eq!(count(&play(&client, &refusal), &DROPPED), 1, "the socket is closed");
    assert!(matches!(refused(&client, &refusal, "RETR f"), Refused::Illegal(_)));
}

#[test]
fn the_data_may_come_before_or_after_each_reply() {
    let data = [Step::Opens(DATA), Step::Server(DATA, b"abc"), Step::Ends(DATA)];
    let orders: [Vec<Step<'static>>; 4] = [
        [&[server(b"150 go\r\n")][..], &data, &[server(b"226 done\r\n")]].concat(),
        [&[server(b"150 go\r\n226 done\r\n")][..], &data].concat(),
        [&data[..], &[server(b"150 go\r\n226 done\r\n")]].concat(),
        [&data[..1], &[server(b"150 go\r\n226 done\r\n")], &data[1..]].concat(),
    ];
    for order in orders {
        let steps = active(&[&[Step::Types("RETR f")][..], &order].concat());
        let outputs = play(&client, &steps);
        assert_eq!(state(&outputs), Some("ready"), "{order:?}");
        assert!(notes(&outputs).contains("Complete: 3 octets came"), "{}", notes(&outputs));
        assert!(!notes(&outputs).contains("unasked"));
        assert!(matches!(refused(&client, &steps, "RETR f"), Refused::Illegal(_)), "used up");
    }
}

#[test]
fn a_server_that_connects_at_once_is_fine_too() {
    // pyftpdlib connects when it gets PORT.
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("PORT"),
            Step::Listens(DATA),
            Step::Opens(DATA),
            server(b"200 Active data connection established.\r\n"),
            Step::Types("LIST"),
            server(b"125 Data connection already open. Transfer starting.\r\n"),
            Step::Ends(DATA),
            server(b"226 Transfer complete.\r\n"),
        ]),
    );
    assert_eq!(state(&outputs), Some("ready"));
    assert!(notes(&outputs).contains("No files"));
}

#[test]
fn uploads_go_out_when_the_server_has_connected() {
    for order in [[Step::Opens(DATA), Step::Types("abc")], [Step::Types("abc"), Step::Opens(DATA)]]
    {
        let mut steps = active(&[Step::Types("STOR f"), server(b"150 go\r\n")]);
        steps.extend(order);
        steps.push(server(b"226 done\r\n"));
        let outputs = play(&client, &steps);
        let direction = Direction::Sent;
        let data = Output::Data { conn: DATA, direction, bytes: b"abc".to_vec() };
        assert_eq!(count(&outputs, &data), 1);
        assert!(notes(&outputs).contains("Complete: 3 octets went out"), "{}", notes(&outputs));
    }
}

#[test]
fn a_server_that_cannot_connect_says_425_and_that_is_explained() {
    let outputs = play(
        &client,
        &active(&[
            Step::Types("RETR f"),
            server(b"150 go\r\n425 Failed to establish connection.\r\n"),
        ]),
    );
    assert!(notes(&outputs).contains("could not connect to the lab. A firewall"));
    assert_eq!(count(&outputs, &DROPPED), 1);
    assert_eq!(state(&outputs), Some("ready"));
}

#[test]
fn a_socket_that_cannot_be_had_is_explained() {
    let mut refused = after(&ready(&[Step::Types("PORT")]));
    let failed = Input::Failed { conn: DATA, why: "this relay may not listen" };
    refused.handle(failed, Tick::default()).expect("never refused");
    let outputs = drain(&mut refused);
    assert!(notes(&outputs).contains("no socket to wait at: this relay may not listen"));
    assert_eq!(count(&outputs, &DROPPED), 0, "there is nothing to drop");
    assert_eq!(refused.suggestion().map(|next| next.text).as_deref(), Some("PASV"));
    assert!(refused.handle(Input::Command("PASV"), Tick::default()).is_ok());

    // Its time is over before a transfer, and during one.
    let failed = Input::Failed { conn: DATA, why: "the time is over" };
    let mut idle = after(&active(&[]));
    idle.handle(failed.clone(), Tick::default()).expect("never refused");
    assert!(notes(&drain(&mut idle)).contains("has not connected: the time is over"));
    assert!(idle.handle(Input::Command("RETR f"), Tick::default()).is_err());
    let mut busy = after(&active(&[Step::Types("RETR f"), server(b"150 go\r\n226 done\r\n")]));
    busy.handle(failed, Tick::default()).expect("never refused");
    let outputs = drain(&mut busy);
    assert!(notes(&outputs).contains("Incomplete"), "{}", notes(&outputs));
    assert_eq!(busy.state().id, "ready");
}

#[test]
fn a_server_that_confirms_and_never_connects_is_not_waited_for_for_ever() {
    for reply in [&b"150 go\r\n226 done\r\n"[..], b"226 done\r\n"] {
        let mut client = after(&active(&[Step::Types("LIST"), server(reply)]));
        let time = |seconds| Tick(Duration::from_secs(seconds));
        client.handle(Input::Time, time(9)).expect("never refused");
        assert_eq!(drain(&mut client), []);
        client.handle(Input::Time, time(10)).expect("never refused");
        let outputs = drain(&mut client);
        assert!(notes(&outputs).contains("No data has come"), "{}", notes(&outputs));
        assert_eq!(count(&outputs, &DROPPED), 1);
        assert_eq!(client.state().id, "ready");
        assert!(client.handle(Input::Command("PWD"), time(11)).is_ok());
    }
    let waits = play(&client, &active(&[Step::Types("LIST"), server(b"150 go\r\n226 done\r\n")]));
    assert_eq!(waits.last(), Some(&Output::WakeAt(Tick(Duration::from_secs(10)))));
}

#[test]
fn abor_and_quit_close_the_socket() {
    let abor = active(&[
        Step::Types("RETR f"),
        server(b"150 go\r\n"),
        Step::Types("ABOR"),
        server(b"426 broken\r\n226 ok\r\n"),
    ]);
    let quit = active(&[Step::Types("QUIT"), server(b"221 bye\r\n")]);
    let passive = active(&[Step::Types("PASV")]);
    let gone = active(&[Step::Ends(Conn::MAIN)]);
    for steps in [abor, quit, passive, gone] {
        assert_eq!(count(&play(&client, &steps), &DROPPED), 1, "{steps:?}");
    }
}

#[test]
fn an_address_that_is_typed_is_sent_as_it_is_and_the_data_is_not_waited_for() {
    for typed in ["PORT 192,0,2,9,200,1", "EPRT |1|192.0.2.9|51201|"] {
        let steps = ready(&[Step::Types(typed), server(b"200 ok\r\n")]);
        let outputs = play(&client, &steps);
        let line = format!("\r\n{typed}\r\n").into_bytes();
        assert!(sent(&outputs, Conn::MAIN).ends_with(&line));
        assert!(notes(&outputs).contains("asked to connect to 192.0.2.9:51201, where this lab"));
        assert!(!outputs.iter().any(|output| matches!(output, Output::Listen { .. })));
        assert_eq!(
            fact(&*after(&steps), "data connection").as_deref(),
            Some("not here: at 192.0.2.9:51201")
        );
        let done = [Step::Types("RETR f"), server(b"150 go\r\n226 done\r\n")];
        let outputs = play(&client, &[&steps[..], &done].concat());
        assert!(notes(&outputs).contains("between it and 192.0.2.9:51201"), "{}", notes(&outputs));
        assert_eq!(state(&outputs), Some("ready"));
        let nobody = [Step::Types("RETR f"), server(b"150 go\r\n425 no\r\n")];
        let outputs = play(&client, &[&steps[..], &nobody].concat());
        assert!(notes(&outputs).contains("found nobody at 192.0.2.9:51201"));
    }
    // Refused, as it is by every server that minds RFC 2577.
    let refusal = ready(&[Step::Types("PORT 192,0,2,9,200,1"), server(b"504 not you\r\n")]);
    assert!(matches!(refused(&client, &refusal, "RETR f"), Refused::Illegal(_)));
    assert_eq!(fact(&*after(&refusal), "data connection").as_deref(), Some("none"));
}

#[test]
fn a_server_without_passive_mode_is_waited_for() {
    let no = b"502 no\r\n";
    let steps = ready(&[Step::Types("PASV"), server(no), Step::Types("EPSV"), server(no)]);
    let next = after(&steps).suggestion().map(|next| next.text);
    assert_eq!(next.as_deref(), Some("PORT"));
    let more = [Step::Types("PORT"), Step::Listens(DATA), server(no)];
    let next = after(&[&steps[..], &more].concat()).suggestion().map(|next| next.text);
    assert_eq!(next.as_deref(), Some("QUIT"));
}
