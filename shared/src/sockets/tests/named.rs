//! Each pitfall is named where it happens, by its number.

use core::time::Duration;

use super::Lab;
use crate::sockets::Side::{self, Client, Server};

const DATAGRAM: &str = "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)";
const LINGER: &str = "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))";

/// What is done, a desk and a statement each; `listening`, `connected` or nothing before it; what
/// is told of the last call.
type Row = (&'static str, &'static str, &'static [(Side, &'static str)], &'static str);

const ROWS: &[Row] = &[
    (
        "SOC-01",
        "connected",
        &[(Client, "s.send(b'aa')"), (Client, "s.send(b'bb')"), (Server, "c.recv(99)")],
        "what it has sent in several",
    ),
    (
        "SOC-03",
        "connected",
        &[
            (Server, "c.send(b'x')"),
            (Server, "c.close()"),
            (Client, "s.recv(9)"),
            (Client, "s.recv(9)"),
        ],
        "The end: the peer sends no more",
    ),
    ("SOC-04", "connected", &[(Client, "s.shutdown(socket.SHUT_WR)")], "a half-closed connection"),
    (
        "SOC-05",
        "connected",
        &[(Server, "c.close()"), (Client, "s.send(b'one')"), (Client, "s.send(b'two')")],
        "what was sent after that was answered with a RST",
    ),
    (
        "SOC-06",
        "connected",
        &[(Client, "s.send(b'unread')"), (Server, "c.close()")],
        "dropped with a RST",
    ),
    (
        "SOC-06",
        "connected",
        &[(Client, "s.send(b'unread')"), (Server, "c.close()"), (Client, "s.recv(9)")],
        "closed with data unread",
    ),
    (
        "SOC-07",
        "connected",
        &[
            (Server, "c.send(b'data')"),
            (Server, LINGER),
            (Server, "c.close()"),
            (Client, "s.recv(9)"),
        ],
        "other systems may throw it away",
    ),
    (
        "SOC-08",
        "connected",
        &[(Server, LINGER), (Server, "c.close()")],
        "SO_LINGER is on with a time of 0",
    ),
    (
        "SOC-10",
        "",
        &[(Client, "s = socket.socket()"), (Client, "s.connect(('server.lab', 9))")],
        "Refused: a RST came back",
    ),
    (
        "SOC-10",
        "",
        &[(Client, "s = socket.socket()"), (Client, "s.connect(('nosuch.lab', 9))")],
        "The name is looked up before anything is sent",
    ),
    ("SOC-11", "connected", &[(Client, "s.sendall(b'x' * 10_000_000)")], "back pressure"),
    (
        "SOC-12",
        "",
        &[
            (Server, DATAGRAM),
            (Server, "s.bind(('', 12345))"),
            (Client, DATAGRAM),
            (Client, "s.sendto(b'hello world', ('server.lab', 12345))"),
            (Server, "s.recvfrom(5)"),
        ],
        "is lost: a datagram that does not fit is cut",
    ),
    (
        "SOC-13",
        "",
        &[
            (Server, DATAGRAM),
            (Server, "s.bind(('', 12345))"),
            (Client, DATAGRAM),
            (Client, "s.sendto(b'', ('server.lab', 12345))"),
            (Server, "s.recvfrom(5)"),
        ],
        "a datagram like any other and not an end",
    ),
    (
        "SOC-14",
        "",
        &[(Client, DATAGRAM), (Client, "s.sendto(b'x' * 65508, ('server.lab', 9))")],
        "The datagram is too large",
    ),
    (
        "SOC-15",
        "",
        &[(Client, DATAGRAM), (Client, "s.sendto(b'x', ('server.lab', 9))")],
        "not that it arrived",
    ),
    (
        "SOC-15",
        "",
        &[
            (Client, DATAGRAM),
            (Client, "s.connect(('server.lab', 9))"),
            (Client, "s.send(b'x')"),
            (Client, "s.recv(9)"),
        ],
        "ICMP",
    ),
    (
        "SOC-16",
        "listening",
        &[(Client, "s = socket.socket()"), (Client, "s.connect(('server.lab', 12345))")],
        "Whether the server\u{2019}s program has called accept() does not matter",
    ),
    ("SOC-17", "connected", &[(Client, "s.send('x')")], "text has to be encoded first"),
    (
        "SOC-17",
        "connected",
        &[(Client, "t = socket.socket()"), (Client, "t.connect(('server.lab', 70000))")],
        "16 bits",
    ),
    (
        "SOC-17",
        "connected",
        &[(Client, "t = socket.socket()"), (Client, "t.connect('server.lab', 12345)")],
        "An address is one argument",
    ),
    ("SOC-18", "connected", &[(Client, "s.recv(0)")], "is no end of the connection"),
    ("SOC-19", "connected", &[(Client, "s.send(b'X', socket.MSG_OOB)")], "loses the mark"),
    (
        "SOC-19",
        "connected",
        &[(Client, "s.send(b'abX', socket.MSG_OOB)"), (Server, "c.recv(9)")],
        "stops at the mark",
    ),
    (
        "SOC-22",
        "",
        &[(Server, "s = socket.socket(socket.AF_INET6)"), (Server, "s.bind(('', 12345))")],
        "IPv4",
    ),
    (
        "SOC-24",
        "connected",
        &[(Client, "s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)")],
        "Nagle",
    ),
];

/// Not what one call is told of.
const ELSEWHERE: &[(&str, &str)] = &[
    ("SOC-02", "every test of a protocol is read in all cuts"),
    ("SOC-09", "pitfalls.rs: a restart lies between"),
    ("SOC-20", "the tunnel and its reasons"),
    ("SOC-21", "the tunnel, which carries the end of each direction"),
    ("SOC-23", "the relay, whose policy has the names"),
];

#[test]
fn no_pitfall_is_forgotten() {
    for n in 1..=24 {
        let id = format!("SOC-{n:02}");
        let named = ROWS.iter().any(|(row, ..)| *row == id);
        let elsewhere = ELSEWHERE.iter().any(|(row, _)| *row == id);
        assert!(named != elsewhere, "{id}");
    }
}

#[test]
fn each_pitfall_is_named_where_it_happens() {
    let mut wrong = Vec::new();
    for (id, from, steps, says) in ROWS {
        let mut lab = match *from {
            "connected" => Lab::connected(),
            "listening" => Lab::listening(),
            _ => Lab::new(),
        };
        for (side, code) in *steps {
            lab.run(*side, code);
        }
        lab.0.pass(Duration::from_millis(1));
        let side = steps.last().expect("something is done").0;
        let told = lab.told(side);
        if !told.contains(says) {
            wrong.push(format!("{id}: {says:?} is not in\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
