//! The rules of version 1, one by one.

use crate::wisp::*;

fn connect(id: u32, transport: Transport) -> Vec<u8> {
    Packet::Connect { id, transport, host: "a".to_owned(), port: 80 }.encode()
}

/// A server that has greeted, with one TCP stream.
fn with_stream() -> Server {
    let mut server = Server::wisp();
    assert_eq!(packet(&mut server).as_deref(), Some("Continue(0, 128)"));
    server.receive(&connect(1, Transport::Tcp));
    assert!(matches!(server.poll_event(), Some(Event::Connect { id: 1, port: 80, .. })));
    server
}

fn packet(server: &mut Server) -> Option<String> {
    server.poll_message().map(|message| format!("{:?}", Packet::decode(&message).unwrap()))
}

fn data(server: &mut Server, id: u32, bytes: &[u8]) {
    server.receive(&Packet::Data(id, bytes).encode());
}

#[test]
fn the_counter_is_set_to_what_was_used_up() {
    let mut server = with_stream();
    for _ in 0..100 {
        data(&mut server, 1, b"ab");
    }
    server.consumed(1, 127);
    assert_eq!(packet(&mut server), None, "63 packets and a half are used up");
    server.consumed(1, 1);
    assert_eq!(packet(&mut server).as_deref(), Some("Continue(1, 64)"));
    // The client may have had 28 packets on their way; with the 64 they are 128 in all.
    for _ in 0..28 + 64 {
        data(&mut server, 1, b"ab");
    }
    assert!(server.is_open(1));
    data(&mut server, 1, b"ab");
    assert!(!server.is_open(1));
    assert_eq!(packet(&mut server).as_deref(), Some("Close(1, THROTTLED (0x49))"));
    let last = std::iter::from_fn(|| server.poll_event()).last();
    let Some(Event::Broken { id: 1, why, left: 256 }) = last else { panic!("{last:?}") };
    assert_eq!(why, "DATA came without credit; 128 packets wait already.");
}

#[test]
fn empty_packets_cost_credit_and_give_it_back() {
    let mut server = with_stream();
    for _ in 0..64 {
        data(&mut server, 1, b"");
    }
    assert_eq!(server.poll_event(), None);
    assert_eq!(packet(&mut server).as_deref(), Some("Continue(1, 64)"));
}

#[test]
fn close_goes_after_the_bytes_and_is_not_answered() {
    let mut server = with_stream();
    assert_eq!(server.send(1, &[7; MAX_DATA + 1]), MAX_DATA + 1);
    server.close(1, CloseReason::VOLUNTARY, "");
    assert_eq!((server.is_open(1), server.room(1), server.send(1, b"x")), (false, 0, 0));
    // Bytes of the client that crossed it are nobody's.
    data(&mut server, 1, b"late");
    assert_eq!(server.poll_event(), None);
    assert_eq!(server.poll_message().unwrap().len(), 5 + MAX_DATA);
    assert_eq!(server.poll_message().unwrap(), [2, 1, 0, 0, 0, 7]);
    assert_eq!(packet(&mut server).as_deref(), Some("Close(1, VOLUNTARY (0x02))"));
    data(&mut server, 1, b"later");
    assert_eq!((server.poll_event(), packet(&mut server)), (None, None));
    // The client's CLOSE: what is queued for it is dropped, what it sent is not.
    server.receive(&connect(2, Transport::Tcp));
    server.send(2, b"unread");
    data(&mut server, 2, b"sent");
    server.receive(&Packet::Close(2, CloseReason::VOLUNTARY).encode());
    let events: Vec<_> = std::iter::from_fn(|| server.poll_event()).skip(1).collect();
    let closed = Event::Closed { id: 2, reason: CloseReason::VOLUNTARY, left: 4 };
    assert_eq!(events, [Event::Data(2, b"sent".to_vec()), closed]);
    assert_eq!(packet(&mut server), None);
    // The number may be used again.
    server.receive(&connect(2, Transport::Udp));
    assert!(matches!(server.poll_event(), Some(Event::Connect { id: 2, .. })));
}

#[test]
fn streams_take_turns_and_a_full_queue_stops_its_own_socket_only() {
    let mut server = with_stream();
    server.receive(&connect(2, Transport::Tcp));
    assert_eq!(server.send(1, &[1; SEND_BUFFER + 9]), SEND_BUFFER);
    assert_eq!((server.room(1), server.room(2)), (0, SEND_BUFFER));
    server.send(2, b"small");
    let order: Vec<u8> = std::iter::from_fn(|| server.poll_message()).map(|m| m[1]).collect();
    assert_eq!(order, [1, 2, 1, 1, 1]);
    assert_eq!(server.room(1), SEND_BUFFER);
}

#[test]
fn udp_has_no_credit_and_keeps_datagrams_whole() {
    let mut server = with_stream();
    server.receive(&connect(2, Transport::Udp));
    server.poll_event();
    for _ in 0..300 {
        data(&mut server, 2, b"x");
        server.consumed(2, 1);
    }
    assert_eq!(packet(&mut server), None, "UDP gets no CONTINUE");
    while server.poll_event().is_some() {}
    // An empty datagram is one, too.
    data(&mut server, 2, b"");
    assert_eq!(server.poll_event(), Some(Event::Data(2, Vec::new())));
    assert!(server.send_datagram(2, &[5; MAX_DATAGRAM]));
    assert_eq!(server.poll_message().unwrap().len(), 5 + MAX_DATAGRAM);
    // What nobody takes is dropped, and the stream lives on.
    let sent = (0..10).filter(|_| server.send_datagram(2, &[5; MAX_DATAGRAM])).count();
    assert_eq!(sent, UDP_QUEUE / MAX_DATAGRAM);
    for _ in 0..10 {
        data(&mut server, 2, &[5; MAX_DATAGRAM]);
    }
    assert_eq!(std::iter::from_fn(|| server.poll_event()).count(), UDP_QUEUE / MAX_DATAGRAM);
    assert!(server.is_open(2));
}

#[test]
fn what_cannot_be_read_ends_its_stream_or_the_websocket() {
    // CONNECT of another kind, without a host, and for stream 0.
    for (message, id) in [
        (b"\x01\x09\x00\x00\x00\x09\x50\x00a".as_slice(), 9),
        (b"\x01\x09\x00\x00\x00\x01\x50\x00", 9),
        (b"\x01\x09\x00\x00\x00\x01", 9),
        (b"\x01\x00\x00\x00\x00\x01\x50\x00a", 0),
    ] {
        let mut server = with_stream();
        server.receive(message);
        assert_eq!(server.poll_event(), None);
        assert_eq!(packet(&mut server), Some(format!("Close({id}, INVALID (0x41))")));
        assert!(server.is_open(1) && server.over().is_none());
    }
    // A number that is in use, a packet of the server's, an unknown type.
    for message in [connect(1, Transport::Tcp), vec![3, 1, 0, 0, 0], vec![9, 1, 0, 0, 0]] {
        let mut server = with_stream();
        data(&mut server, 1, b"abc");
        server.poll_event();
        server.receive(&message);
        assert!(matches!(server.poll_event(), Some(Event::Broken { id: 1, left: 3, .. })));
        assert_eq!(packet(&mut server).as_deref(), Some("Close(1, INVALID (0x41))"));
    }
    // For a stream that is not there: it may have crossed CLOSE, or greet in version 2.
    for message in [vec![9, 5, 0, 0, 0], vec![3, 5, 0, 0, 0], vec![5, 0, 0, 0, 0, 2, 0]] {
        let mut server = with_stream();
        server.receive(&message);
        assert_eq!((server.poll_event(), packet(&mut server)), (None, None));
    }
    let mut server = with_stream();
    server.receive(&[2, 1, 0]);
    assert_eq!(server.over().unwrap().reason, CloseReason::INVALID);
    assert!(!server.takes_more());
}

#[test]
fn the_websocket_is_not_read_while_too_much_waits() {
    let mut server = with_stream();
    server.receive(&connect(2, Transport::Tcp));
    let packet = vec![1; MAX_MESSAGE - 5];
    let mut count = 0;
    while server.takes_more() {
        data(&mut server, 1 + count % 2, &packet);
        count += 1;
    }
    assert!((count as usize) * packet.len() < MAX_WAITING + MAX_MESSAGE);
    server.consumed(1, packet.len());
    server.consumed(2, packet.len());
    assert!(server.takes_more());
    // What an ended stream left counts until it is written.
    data(&mut server, 1, &packet);
    data(&mut server, 1, &packet);
    assert!(!server.takes_more());
    server.close(1, CloseReason::VOLUNTARY, "");
    let left = server.detach(1);
    assert!(left > MAX_WAITING / 3 && !server.takes_more());
    server.released(left);
    assert!(server.takes_more());
    // Nor while answers wait.
    let mut server = with_stream();
    let mut count = 0;
    while server.takes_more() {
        server.receive(&[1, 9, 0, 0, 0]);
        count += 1;
    }
    assert_eq!(count, MAX_WAITING_CONTROL);
    server.poll_message();
    assert!(server.takes_more());
}

#[test]
fn wsproxy_is_one_connection_without_packets() {
    let mut server = Server::wsproxy("b", 7);
    let Some(Event::Connect { id, host, port: 7, .. }) = server.poll_event() else { panic!() };
    assert_eq!(host, "b");
    server.receive(b"GET");
    server.receive(b"");
    assert_eq!(server.poll_event(), Some(Event::Data(id, b"GET".to_vec())));
    assert_eq!(server.poll_event(), None);
    server.consumed(id, 3);
    server.send(id, b"200");
    server.close(id, CloseReason::REFUSED, "Nobody there.");
    assert_eq!(server.over(), None, "there is something to say before");
    assert_eq!(server.poll_message().as_deref(), Some(b"200".as_slice()));
    assert_eq!(server.poll_message(), None);
    let over = Over { reason: CloseReason::REFUSED, text: "Nobody there.".to_owned() };
    assert_eq!(server.over(), Some(&over));
    // One connection is read only while its socket takes what came.
    let mut server = Server::wsproxy("b", 7);
    server.receive(&vec![0; MAX_WAITING_RAW]);
    assert!(!server.takes_more());
}

#[test]
fn a_client_waits_for_the_first_continue_and_for_credit() {
    let mut client = Client::new();
    assert_eq!(client.connect(Transport::Tcp, "a", 80), Err(NotReady));
    client.receive(&Packet::Continue(0, 2).encode()).unwrap();
    assert_eq!(client.poll_event(), Some(ClientEvent::Ready));
    let id = client.connect(Transport::Tcp, "a", 80).unwrap();
    assert_eq!(client.send(id, &[1; 3 * MAX_DATA]), 2 * MAX_DATA);
    assert_eq!(client.send(id, b"x"), 0);
    // Set, not added.
    client.receive(&Packet::Continue(id, 1).encode()).unwrap();
    client.receive(&Packet::Continue(id, 1).encode()).unwrap();
    assert_eq!(client.poll_event(), Some(ClientEvent::Writable(id)));
    assert_eq!(client.poll_event(), None);
    assert_eq!((client.send(id, b"x"), client.send(id, b"y")), (1, 0));
    let udp = client.connect(Transport::Udp, "a", 53).unwrap();
    assert!((0..9).all(|_| client.send(udp, b"x") == 1));
    client.receive(&Packet::Close(id, CloseReason::REFUSED).encode()).unwrap();
    client.receive(&Packet::Data(id, b"late").encode()).unwrap();
    assert_eq!(client.poll_event(), Some(ClientEvent::Closed(id, CloseReason::REFUSED)));
    assert_eq!(client.poll_event(), None);
    client.close(udp, CloseReason::VOLUNTARY);
    let last = std::iter::from_fn(|| client.poll_message()).last().unwrap();
    assert_eq!(last, [4, 2, 0, 0, 0, 2]);
}
