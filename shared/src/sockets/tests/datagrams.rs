//! The pitfalls of UDP, each by its number.

use super::Lab;
use crate::sockets::{Fault, Side};

#[test]
fn soc_12_what_does_not_fit_of_a_datagram_is_lost() {
    let mut lab = datagrams();
    lab.client("s.sendto(b'hello world', ('server.lab', 12345))");
    assert_eq!(lab.server("s.recvfrom(5)"), "(b'hello', ('192.0.2.2', 40000))");
    assert!(lab.told(Side::Server).contains("6 octets, is lost"), "{}", lab.told(Side::Server));
    assert_eq!(lab.server("s.recvfrom(5)"), "\u{2026}");
}

#[test]
fn soc_13_an_empty_datagram_is_no_end() {
    let mut lab = datagrams();
    assert_eq!(lab.client("s.sendto(b'', ('server.lab', 12345))"), "0");
    assert_eq!(lab.server("s.recvfrom(9)"), "(b'', ('192.0.2.2', 40000))");
    lab.client("s.sendto(b'x', ('server.lab', 12345))");
    assert_eq!(lab.server("s.recvfrom(9)"), "(b'x', ('192.0.2.2', 40000))");
}

#[test]
fn soc_14_the_largest_datagram() {
    let mut lab = datagrams();
    assert_eq!(lab.client("s.sendto(b'x' * 65507, ('server.lab', 12345))"), "65507");
    assert_eq!(lab.server("len(s.recv(70000))"), "65507");
    assert_eq!(
        lab.client("s.sendto(b'x' * 65508, ('server.lab', 12345))"),
        "OSError: [Errno 90] Message too long"
    );
}

#[test]
fn soc_15_a_closed_udp_port_is_told_to_connected_sockets_only() {
    let mut lab = Lab::new();
    lab.client("s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)");
    assert_eq!(lab.client("s.send(b'x')"), "OSError: [Errno 89] Destination address required");
    lab.client("s.setblocking(False)");
    lab.client("s.sendto(b'x', ('server.lab', 9))");
    let busy = "BlockingIOError: [Errno 11] Resource temporarily unavailable";
    assert_eq!(lab.client("s.recv(9)"), busy, "silence");
    lab.client("s.connect(('server.lab', 9))");
    assert_eq!(lab.client("s.send(b'x')"), "1");
    let refused = "ConnectionRefusedError: [Errno 111] Connection refused";
    assert_eq!(lab.client("s.recv(9)"), refused);
    assert_eq!(lab.client("s.recv(9)"), busy);
}

#[test]
fn udp_loses_doubles_and_reorders_on_request() {
    let mut lab = datagrams();
    lab.server("s.setblocking(False)");
    for (fault, text) in [
        (Some(Fault::Lose), "lost"),
        (Some(Fault::Duplicate), "twice"),
        (Some(Fault::Delay), "late"),
        (None, "early"),
    ] {
        lab.0.set_fault(fault);
        lab.client(&format!("s.sendto(b'{text}', ('server.lab', 12345))"));
    }
    for wanted in ["b'twice'", "b'twice'", "b'early'", "b'late'"] {
        assert_eq!(lab.server("s.recv(99)"), wanted);
    }
}

fn datagrams() -> Lab {
    let mut lab = Lab::new();
    lab.server("s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)");
    lab.server("s.bind(('', 12345))");
    lab.client("s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)");
    lab
}
