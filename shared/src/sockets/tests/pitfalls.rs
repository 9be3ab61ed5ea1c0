//! The known pitfalls of sockets, each by its number.

use core::time::Duration;

use super::Lab;
use crate::sockets::{Fault, Mode, Side, What};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn the_lectures_pair_packet_by_packet() {
    let mut lab = Lab::listening();
    assert_eq!(lab.server("c, addr = s.accept()"), "\u{2026}");
    lab.client("s = socket.socket()");
    let start = lab.0.len();
    assert_eq!(lab.client("s.connect(('server.lab', 12345))"), "");
    assert_eq!(lab.last(Side::Server), "", "accept() has gone on");
    assert_eq!(lab.server("addr"), "('192.0.2.2', 40000)");
    assert_eq!(lab.server("c.send(b'Thank you for connecting')"), "24");
    assert_eq!(lab.server("c.close()"), "");
    assert_eq!(lab.client("s.recv(1024)"), "b'Thank you for connecting'");
    assert_eq!(lab.client("s.recv(1024)"), "b''");
    assert_eq!(lab.client("s.recv(1024)"), "b''", "the end stays the end");
    assert_eq!(lab.client("s.close()"), "");
    assert_eq!(
        lab.packets(start),
        [
            "> SYN seq 0 win 65535",
            "< SYN, ACK seq 0 ack 1 win 65535",
            "> ACK seq 1 ack 1 win 65535",
            "< PSH, ACK seq 1 ack 1 win 65535, 24 octets",
            "> ACK seq 1 ack 25 win 65511",
            "< FIN, ACK seq 25 ack 1 win 65535",
            "> ACK seq 1 ack 26 win 65510",
            "> FIN, ACK seq 1 ack 26 win 65510",
            "< ACK seq 26 ack 2 win 65534",
        ]
    );
    assert_eq!(lab.states(Side::Server), ["LISTEN", "TIME-WAIT"], "who closes first waits");
    assert_eq!(lab.states(Side::Client), [""; 0]);
    lab.0.pass(MINUTE);
    assert_eq!(lab.states(Side::Server), ["LISTEN"]);
}

#[test]
fn soc_01_two_sends_are_one_recv() {
    let mut lab = Lab::connected();
    lab.client("s.send(b'aa')");
    lab.client("s.send(b'bb')");
    assert_eq!(lab.server("c.recv(99)"), "b'aabb'");
    lab.client("s.send(b'abcdef')");
    assert_eq!(lab.server("c.recv(4)"), "b'abcd'");
    assert!(lab.told(Side::Server).contains("2 more stay"), "{}", lab.told(Side::Server));
    assert_eq!(lab.server("c.recv(4)"), "b'ef'");
}

#[test]
fn soc_03_data_then_the_end() {
    let mut lab = Lab::connected();
    lab.server("c.send(b'Thank you for connecting')");
    lab.server("c.close()");
    assert_eq!(lab.client("s.recv(1024)"), "b'Thank you for connecting'");
    assert_eq!(lab.client("s.recv(1024)"), "b''");
}

#[test]
fn soc_04_half_close_leaves_the_other_direction_open() {
    let mut lab = Lab::connected();
    assert_eq!(lab.client("s.shutdown(socket.SHUT_WR)"), "");
    assert_eq!(lab.states(Side::Client), ["FIN-WAIT-2"]);
    assert_eq!(lab.states(Side::Server), ["LISTEN", "CLOSE-WAIT"]);
    assert_eq!(lab.server("c.recv(9)"), "b''");
    assert_eq!(lab.server("c.send(b'more')"), "4");
    lab.server("c.close()");
    assert_eq!(lab.client("s.recv(9)"), "b'more'");
    assert_eq!(lab.client("s.recv(9)"), "b''");
    assert_eq!(lab.client("s.send(b'x')"), "BrokenPipeError: [Errno 32] Broken pipe");
    assert_eq!(lab.states(Side::Client), ["TIME-WAIT"]);
}

#[test]
fn soc_05_the_second_send_after_the_peers_close_fails() {
    let mut lab = Lab::connected();
    lab.server("c.close()");
    assert_eq!(lab.client("s.send(b'one')"), "3");
    assert_eq!(lab.client("s.send(b'two')"), "BrokenPipeError: [Errno 32] Broken pipe");
    assert_eq!(lab.client("s.recv(9)"), "b''", "the FIN came first");
}

#[test]
fn soc_06_closing_with_data_unread_resets() {
    let mut lab = Lab::connected();
    lab.client("s.send(b'unread')");
    let start = lab.0.len();
    lab.server("c.close()");
    assert_eq!(lab.packets(start), ["< RST, ACK seq 1 ack 7"]);
    let reset = "ConnectionResetError: [Errno 104] Connection reset by peer";
    assert_eq!(lab.client("s.recv(9)"), reset);
    assert_eq!(lab.client("s.recv(9)"), "b''");
    assert_eq!(lab.states(Side::Server), ["LISTEN"], "no TIME-WAIT");
}

#[test]
fn soc_07_data_before_a_reset_is_still_handed_over() {
    let mut lab = Lab::connected();
    lab.server("c.send(b'data')");
    lab.server("c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))");
    lab.server("c.close()");
    assert_eq!(lab.client("s.recv(9)"), "b'data'");
    let reset = "ConnectionResetError: [Errno 104] Connection reset by peer";
    assert_eq!(lab.client("s.recv(9)"), reset);
}

#[test]
fn soc_08_linger_of_zero_is_a_reset_without_time_wait() {
    let mut lab = Lab::connected();
    lab.server("c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))");
    assert_eq!(
        lab.server("c.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)"),
        "b'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00'"
    );
    lab.server("c.close()");
    assert_eq!(lab.states(Side::Server), ["LISTEN"]);
    let reset = "ConnectionResetError: [Errno 104] Connection reset by peer";
    assert_eq!(lab.client("s.recv(9)"), reset);
}

#[test]
fn soc_09_time_wait_keeps_the_port_unless_reuse_is_asked_for() {
    let in_use = "OSError: [Errno 98] Address already in use";
    for reuse in [false, true] {
        let mut lab = Lab::new();
        let serve = |lab: &mut Lab| {
            lab.server("import socket");
            lab.server("s = socket.socket()");
            if reuse {
                lab.server("s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)");
            }
            lab.server("s.bind(('server.lab', 12345))")
        };
        assert_eq!(serve(&mut lab), "");
        lab.server("s.listen(5)");
        lab.connect();
        lab.server("c.close()");
        lab.client("s.close()");
        lab.0.restart(Side::Server);
        assert_eq!(lab.states(Side::Server), ["TIME-WAIT"]);
        assert_eq!(serve(&mut lab), if reuse { "" } else { in_use });
        if !reuse {
            assert!(lab.told(Side::Server).contains("TIME-WAIT"));
            lab.0.pass(MINUTE);
            assert_eq!(lab.server("s.bind(('server.lab', 12345))"), "");
        }
    }
}

#[test]
fn soc_10_a_closed_port_a_dropped_address_and_a_bad_name() {
    let mut lab = Lab::new();
    lab.client("s = socket.socket()");
    let refused = "ConnectionRefusedError: [Errno 111] Connection refused";
    assert_eq!(lab.client("s.connect(('server.lab', 9))"), refused);
    assert_eq!(lab.client("s.connect_ex(('server.lab', 9))"), "111", "the socket can try again");
    assert_eq!(
        lab.client("s.connect(('nosuch.lab', 9))"),
        "gaierror: [Errno -2] Name or service not known"
    );
    assert_eq!(
        lab.client("s.connect(('198.51.100.1', 9))"),
        "OSError: [Errno 101] Network is unreachable"
    );
    assert_eq!(lab.client("s.connect(('filtered.lab', 9))"), "\u{2026}");
    let start = lab.0.len();
    lab.0.pass(Duration::from_secs(126));
    assert_eq!(lab.packets(start).len(), 6, "the SYN goes out again after 1, 3, 7, 15, 31, 63 s");
    assert_eq!(lab.last(Side::Client), "\u{2026}");
    lab.0.pass(Duration::from_secs(1));
    assert_eq!(lab.last(Side::Client), "TimeoutError: [Errno 110] Connection timed out");
    lab.client("s.settimeout(2.5)");
    assert_eq!(lab.client("s.connect(('filtered.lab', 9))"), "\u{2026}");
    lab.0.pass(Duration::from_millis(2499));
    assert_eq!(lab.last(Side::Client), "\u{2026}");
    assert!(lab.0.pass_to_next());
    assert_eq!(lab.last(Side::Client), "TimeoutError: timed out");
}

#[test]
fn a_server_bound_to_one_address_refuses_at_another() {
    let mut lab = Lab::new();
    lab.server("s = socket.socket()");
    lab.server("s.bind((socket.gethostname(), 12345))");
    lab.server("s.listen(5)");
    lab.server("t = socket.socket()");
    let refused = "ConnectionRefusedError: [Errno 111] Connection refused";
    assert_eq!(lab.server("t.connect(('localhost', 12345))"), refused);
    assert_eq!(lab.server("t.connect(('server.lab', 12345))"), "", "one desk can be both");
    assert_eq!(lab.client("u = socket.socket()"), "");
    assert_eq!(lab.client("u.connect((socket.gethostname(), 12345))"), refused);
    assert!(lab.told(Side::Client).contains("server.lab"), "{}", lab.told(Side::Client));
}

#[test]
fn soc_11_a_peer_that_does_not_read_stops_the_sender() {
    let mut lab = Lab::connected();
    assert_eq!(lab.client("s.sendall(b'x' * 10_000_000)"), "\u{2026}");
    let client = &lab.0.kernel(Side::Client).view()[0];
    assert_eq!((client.peer_window, client.unsent + client.in_flight), (Some(0), 16384));
    assert_eq!(lab.0.kernel(Side::Server).view()[1].unread, 65535);
    assert!(lab.told(Side::Client).contains("back pressure"), "{}", lab.told(Side::Client));
    lab.0.pass(MINUTE);
    assert_eq!(lab.last(Side::Client), "\u{2026}", "probes are answered, so nobody gives up");
    let read = lab.server("len(c.recv(70000))");
    assert_eq!(read, "65535");
    let after = &lab.0.kernel(Side::Client).view()[0];
    assert!(after.peer_window == Some(0) && after.written > 81_919, "it went on: {after:?}");
    lab.client_interrupt();
    lab.client("s.setblocking(False)");
    let busy = "BlockingIOError: [Errno 11] Resource temporarily unavailable";
    assert_eq!(lab.client("s.send(b'x')"), busy);
    lab.server("len(c.recv(2000))");
    assert_eq!(lab.client("s.send(b'x' * 5000)"), "2000", "send() takes what there is room for");
}

#[test]
fn soc_16_connections_wait_in_the_queue_with_their_data() {
    let mut lab = Lab::listening();
    for name in ["x", "y", "z"] {
        lab.client(&format!("{name} = socket.socket()"));
        assert_eq!(lab.client(&format!("{name}.connect(('server.lab', 12345))")), "");
        lab.client(&format!("{name}.send(b'{name}')"));
    }
    for name in ["x", "y", "z"] {
        lab.server("c, addr = s.accept()");
        assert_eq!(lab.server("c.recv(9)"), format!("b'{name}'"));
    }
    lab.server("s.listen(0)");
    lab.client("v = socket.socket()");
    assert_eq!(lab.client("v.connect(('server.lab', 12345))"), "");
    lab.client("w = socket.socket()");
    assert_eq!(lab.client("w.connect(('server.lab', 12345))"), "\u{2026}", "the queue is full");
    lab.server("c, addr = s.accept()");
    assert!(lab.0.pass_to_next(), "the SYN goes out again");
    assert_eq!(lab.last(Side::Client), "");
}

#[test]
fn soc_17_wrong_types_and_ports() {
    let mut lab = Lab::connected();
    let text = "TypeError: a bytes-like object is required, not 'str'";
    assert_eq!(lab.client("s.send('x')"), text);
    lab.client("t = socket.socket()");
    for port in ["70000", "-1"] {
        assert_eq!(
            lab.client(&format!("t.connect(('server.lab', {port}))")),
            "OverflowError: connect(): port must be 0-65535."
        );
    }
}

#[test]
fn soc_18_recv_of_zero_is_no_end() {
    let mut lab = Lab::connected();
    lab.server("c.send(b'x')");
    assert_eq!(lab.client("s.recv(0)"), "b''");
    assert_eq!(lab.client("s.recv(9)"), "b'x'");
}

#[test]
fn soc_19_the_urgent_octet_is_beside_the_stream() {
    let mut lab = Lab::connected();
    lab.client("s.send(b'ab')");
    assert_eq!(lab.client("s.send(b'X', socket.MSG_OOB)"), "1");
    lab.client("s.send(b'y')");
    assert_eq!(lab.server("c.recv(9)"), "b'ab'", "a read stops at the mark");
    assert_eq!(lab.server("c.recv(1, socket.MSG_OOB)"), "b'X'");
    assert_eq!(lab.server("c.recv(9)"), "b'y'");
    let gone = "OSError: [Errno 22] Invalid argument";
    assert_eq!(lab.server("c.recv(1, socket.MSG_OOB)"), gone);
    lab.server("c.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)");
    lab.client("s.send(b'ab')");
    lab.client("s.send(b'X', socket.MSG_OOB)");
    assert_eq!(lab.server("c.recv(9)"), "b'ab'");
    assert_eq!(lab.server("c.recv(9)"), "b'X'");
}

#[test]
fn soc_22_ipv6_and_both_in_one() {
    let mut lab = Lab::new();
    lab.server("s = socket.socket(socket.AF_INET6)");
    assert_eq!(lab.server("s.bind(('', 12345))"), "");
    lab.server("s.listen()");
    lab.client("s = socket.socket(socket.AF_INET6)");
    assert_eq!(lab.client("s.connect(('server.lab', 12345))"), "");
    assert_eq!(lab.server("c, addr = s.accept()"), "");
    assert_eq!(lab.server("addr"), "('2001:db8::2', 40000, 0, 0)");
    lab.client("t = socket.socket()");
    assert_eq!(lab.client("t.connect(('server.lab', 12345))"), "");
    lab.server("c, addr = s.accept()");
    assert_eq!(lab.server("addr"), "('::ffff:192.0.2.2', 40001, 0, 0)");
}

#[test]
fn soc_24_nagle_holds_back_the_second_small_segment() {
    for nodelay in [false, true] {
        let mut lab = Lab::connected();
        if nodelay {
            lab.client("s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)");
        }
        lab.0.set_mode(Mode::Step);
        let start = lab.0.len();
        lab.client("s.send(b'aa')");
        lab.client("s.send(b'bb')");
        assert_eq!(lab.packets(start).len(), if nodelay { 2 } else { 1 });
        lab.0.set_mode(Mode::Run);
        assert_eq!(lab.server("c.recv(9)"), "b'aabb'", "visible in timing only");
    }
}

#[test]
fn a_lost_segment_is_sent_again_and_order_is_kept() {
    let mut lab = Lab::connected();
    lab.client("s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)");
    lab.0.set_fault(Some(Fault::Lose));
    lab.client("s.send(b'one ')");
    lab.client("s.send(b'two')");
    assert_eq!(lab.server("c.recv(9)"), "\u{2026}", "what came early waits for what is missing");
    assert!(lab.0.pass_to_next());
    assert_eq!(lab.last(Side::Server), "b'one two'");
}

#[test]
fn sockets_of_one_host_never_cross_the_wire() {
    let mut lab = Lab::new();
    let start = lab.0.len();
    lab.server("s = socket.socket(socket.AF_UNIX)");
    lab.server("s.bind('/run/lab.sock')");
    lab.server("s.listen()");
    lab.server("t = socket.socket(socket.AF_UNIX)");
    assert_eq!(lab.server("t.connect('/run/lab.sock')"), "");
    lab.server("c, addr = s.accept()");
    assert_eq!(lab.server("addr"), "''");
    lab.server("t.sendall(b'local')");
    assert_eq!(lab.server("c.recv(3)"), "b'loc'");
    lab.server("t.close()");
    assert_eq!(lab.server("c.recv(9)"), "b'al'");
    assert_eq!(lab.server("c.recv(9)"), "b''");
    lab.client("s = socket.socket(socket.AF_UNIX)");
    let absent = "FileNotFoundError: [Errno 2] No such file or directory";
    assert_eq!(lab.client("s.connect('/run/lab.sock')"), absent, "each host has its own files");
    assert_eq!(lab.packets(start), [""; 0]);
}

#[test]
fn everything_in_the_record_is_explained() {
    let mut lab = Lab::connected();
    lab.client("s.send(b'x')");
    lab.server("c.recv(9)");
    lab.server("c.close()");
    lab.client("s.close()");
    for (_, entry) in lab.0.entries() {
        let told = match &entry.what {
            What::Call { code, .. } if code.starts_with("import") => continue,
            What::Call { report, .. } => report.told.clone(),
            What::Packet { packet, .. } => vec![packet.told.clone()],
            _ => continue,
        };
        assert!(!told.is_empty(), "{entry:?}");
        for told in told {
            assert!(told.what.ends_with('.') || told.what.ends_with(':'), "{told:?}");
            assert!(!told.why.is_empty() && told.source.url().starts_with("https://"));
        }
    }
}

impl Lab {
    fn client_interrupt(&mut self) {
        self.0.interrupt(Side::Client);
        assert_eq!(self.last(Side::Client), "KeyboardInterrupt");
    }
}
