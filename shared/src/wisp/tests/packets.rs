//! The bytes of each packet.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::wisp::*;

fn connect(id: u32, transport: Transport, host: &str, port: u16) -> Packet<'static> {
    Packet::Connect { id, transport, host: host.to_owned(), port }
}

/// The worked example of `docs/wisp.md`, and the tables there.
#[test]
fn the_examples_of_the_specification() {
    let spec = include_str!("../../../../docs/wisp.md");
    for (packet, hex) in [
        (Packet::Continue(0, 128), "03 00 00 00 00 80 00 00 00"),
        (connect(1, Transport::Tcp, "a.b", 80), "01 01 00 00 00 01 50 00 61 2e 62"),
        (Packet::Data(1, b"hi"), "02 01 00 00 00 68 69"),
        (Packet::Continue(1, 64), "03 01 00 00 00 40 00 00 00"),
        (Packet::Close(1, CloseReason::VOLUNTARY), "04 01 00 00 00 02"),
        (connect(0x0102_0304, Transport::Udp, "::1", 53), "01 04 03 02 01 02 35 00 3a 3a 31"),
    ] {
        let message = packet.encode();
        let got = message.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        assert_eq!(got, hex);
        assert_eq!(Packet::decode(&message), Ok(packet));
        assert!(spec.contains(hex), "docs/wisp.md lacks the example {hex}");
    }
    for reason in CloseReason::ALL {
        let row = format!("| 0x{:02x} | {} | {} |", reason.0, reason.name(), reason.sentence());
        assert!(spec.contains(&row), "docs/wisp.md lacks the row {row}");
    }
}

#[test]
fn errors_say_which_stream_and_what_was_expected() {
    let error = |bytes: &[u8]| Packet::decode(bytes).unwrap_err().to_string();
    assert_eq!(
        error(&[2, 1, 0, 0]),
        "a message of 4 bytes has no whole header; expected 5 bytes and more"
    );
    assert_eq!(
        error(&[1, 7, 0, 0, 0, 1, 80]),
        "packet of stream 7: CONNECT has 2 bytes after its header; expected at least 4"
    );
    assert_eq!(
        error(b"\x01\x07\x00\x00\x00\x09\x50\x00a"),
        "packet of stream 7: stream type 0x09 is unknown; expected 0x01 (TCP) or 0x02 (UDP)"
    );
    assert_eq!(
        error(b"\x01\x07\x00\x00\x00\x01\x50\x00\xff"),
        "packet of stream 7: the host name of CONNECT is not UTF-8"
    );
    assert_eq!(
        error(b"\x01\x07\x00\x00\x00\x01\x50\x00"),
        "packet of stream 7: the host name of CONNECT has 0 bytes; expected 1 to 255"
    );
    assert_eq!(
        error(b"\x01\x07\x00\x00\x00\x01\x00\x00a"),
        "packet of stream 7: CONNECT names port 0; expected 1 to 65535"
    );
    assert_eq!(
        error(&[3, 7, 0, 0, 0, 1, 0, 0]),
        "packet of stream 7: CONTINUE has 3 bytes after its header; expected at least 4"
    );
    assert_eq!(
        error(&[6, 7, 0, 0, 0]),
        "packet of stream 7: type 0x06 is unknown; expected 0x01 to 0x04 (Wisp version 1)"
    );
}

#[test]
fn what_follows_the_last_field_is_passed_over() {
    let decode = Packet::decode;
    assert_eq!(decode(&[4, 7, 0, 0, 0, 0x44, 1, 2]), Ok(Packet::Close(7, CloseReason::REFUSED)));
    assert_eq!(decode(&[4, 7, 0, 0, 0]), Ok(Packet::Close(7, CloseReason::UNKNOWN)));
    assert_eq!(decode(&[3, 7, 0, 0, 0, 9, 0, 0, 0, 1]), Ok(Packet::Continue(7, 9)));
    assert_eq!(decode(&[2, 7, 0, 0, 0]), Ok(Packet::Data(7, b"")));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        id in any::<u32>(), udp in any::<bool>(), port in 1u16..,
        host in "[a-z0-9.é-]{1,80}", bytes in vec(any::<u8>(), 0..300),
        packets in any::<u32>(), reason in any::<u8>(),
    ) {
        let transport = if udp { Transport::Udp } else { Transport::Tcp };
        for packet in [
            Packet::Connect { id, transport, host, port },
            Packet::Data(id, &bytes),
            Packet::Continue(id, packets),
            Packet::Close(id, CloseReason(reason)),
        ] {
            let message = packet.encode();
            prop_assert_eq!(Packet::decode(&message), Ok(packet));
        }
    }

    /// Neither end panics, whatever comes.
    #[test]
    fn any_bytes_are_a_packet_or_an_error(messages in vec(vec(any::<u8>(), 0..12), 0..30)) {
        let (mut server, mut raw, mut client) = (Server::wisp(), Server::wsproxy("a", 1), Client::new());
        for message in &messages {
            server.receive(message);
            raw.receive(message);
            let _ = client.receive(message);
        }
        while server.poll_event().is_some() || raw.poll_event().is_some() {}
        while let Some(message) = server.poll_message() {
            prop_assert!(Packet::decode(&message).is_ok());
        }
        while raw.poll_message().is_some() {}
    }
}
