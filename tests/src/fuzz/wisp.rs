//! The relay's end of a WebSocket that speaks Wisp, which gets any messages, and an owner that does this and that.
//!
//! Again and again: an octet for what is done, and for a message its length and its octets. Beside it stands a client
//! that gets everything the server says.

use shared::wisp::{Client, CloseReason, Event, Packet, Server, Transport};

use super::records::Octets;

/// The streams of an owner, and the octets that it was told of and has not used up.
type Held = std::collections::BTreeMap<u32, (Transport, usize)>;

pub fn wisp(octets: &[u8]) {
    let mut octets = Octets(octets);
    let raw = octets.octet() % 4 == 3;
    let mut server = if raw { Server::wsproxy("host", 80) } else { Server::wisp() };
    let (mut client, mut held, mut ended) = (Client::new(), Held::new(), 0);
    ended += hear(&mut server, &mut held);
    while !octets.is_empty() {
        let what = octets.octet();
        if what < 0x80 {
            // An owner reads the WebSocket only while the server takes more.
            if server.takes_more() {
                server.receive(octets.piece());
            }
        } else {
            let id = u32::from(octets.octet() % 4);
            let count = usize::from(octets.pair());
            match what % 8 {
                0 | 1 => match held.get(&id) {
                    Some((Transport::Tcp, _)) => {
                        let room = server.room(id);
                        assert_eq!(server.send(id, &vec![what; count.min(room)]), count.min(room));
                    }
                    Some((Transport::Udp, _)) => drop(server.send_datagram(id, &vec![what; count])),
                    None => assert_eq!(server.room(id), 0),
                },
                2 => {
                    if let Some((_, held)) = held.get_mut(&id) {
                        let used = count.min(*held);
                        *held -= used;
                        server.consumed(id, used);
                    }
                }
                3 => {
                    server.close(id, CloseReason::REFUSED, "It was refused.");
                    ended += server.detach(id);
                    held.remove(&id);
                }
                4 => server.released(std::mem::take(&mut ended)),
                _ => said(&mut server, &mut client, raw),
            }
        }
        ended += hear(&mut server, &mut held);
    }
    said(&mut server, &mut client, raw);
}

/// Everything that the server has to say is a packet, and a client understands it.
fn said(server: &mut Server, client: &mut Client, raw: bool) {
    while let Some(message) = server.poll_message() {
        if raw {
            assert!(!message.is_empty(), "an empty message says nothing");
            continue;
        }
        let packet = Packet::decode(&message).expect("a server sends packets");
        assert_eq!(packet.encode(), message);
        client.receive(&message).expect("a client takes every packet");
        while client.poll_event().is_some() {}
    }
}

/// Gives what is left of streams that ended.
fn hear(server: &mut Server, held: &mut Held) -> usize {
    let mut ended = 0;
    while let Some(event) = server.poll_event() {
        match event {
            Event::Connect { id, transport, .. } => {
                held.insert(id, (transport, 0));
            }
            Event::Data(id, bytes) => {
                let (_, held) = held.get_mut(&id).expect("a stream that was told of");
                *held += bytes.len();
            }
            Event::Closed { id, left, .. } | Event::Broken { id, left, .. } => {
                ended += left;
                held.remove(&id);
            }
        }
    }
    ended
}
