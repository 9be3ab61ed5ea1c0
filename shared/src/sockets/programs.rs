//! Scripts to begin with: the lecture's pair, and some experiments.

/// The port of the lecture's example.
pub const PORT: u16 = 12345;

/// What its server sends.
pub const GREETING: &str = "Thank you for connecting";

/// Two scripts that belong together.
#[derive(Debug, PartialEq, Eq)]
pub struct Pair {
    pub id: &'static str,
    pub title: &'static str,
    /// What to look at.
    pub about: &'static str,
    pub server: &'static str,
    pub client: &'static str,
}

pub static ALL: &[&Pair] = &[&LECTURE, &TWO_SENDS, &HALF_CLOSE, &DATAGRAMS, &BACK_PRESSURE, &RESET];

pub static LECTURE: Pair = Pair {
    id: "lecture",
    title: "The lecture\u{2019}s example",
    about: "The server thanks and hangs up. The client reads until b''.",
    server: "\
import socket

s = socket.socket()
host = socket.gethostname()
port = 12345
s.bind((host, port))

s.listen(5)
while True:
    c, addr = s.accept()
    print('Got connection from', addr)
    c.send(b'Thank you for connecting')
    c.close()
",
    client: "\
import socket

s = socket.socket()
host = 'server.lab'  # on the server's own machine: socket.gethostname()
port = 12345

s.connect((host, port))
print(s.recv(1024))
print(s.recv(1024))
s.close()
",
};

pub static TWO_SENDS: Pair = Pair {
    id: "two-sends",
    title: "Two sends, one recv",
    about: "Run the client to its end first, then the server: one recv() gets both.",
    server: "\
import socket
s = socket.socket()
s.bind(('', 12345))
s.listen()
c, addr = s.accept()
c.recv(99)
c.recv(99)
c.close()
s.close()
",
    client: "\
import socket
s = socket.socket()
s.connect(('server.lab', 12345))
s.send(b'aa')
s.send(b'bb')
s.close()
",
};

pub static HALF_CLOSE: Pair = Pair {
    id: "half-close",
    title: "A half-closed connection",
    about: "The client says that it sends no more, and still reads the answer.",
    server: "\
import socket
s = socket.socket()
s.bind(('', 12345))
s.listen()
c, addr = s.accept()
c.recv(1024)
c.recv(1024)
c.send(b'sum: 6')
c.close()
s.close()
",
    client: "\
import socket
s = socket.socket()
s.connect(('server.lab', 12345))
s.sendall(b'1 2 3')
s.shutdown(socket.SHUT_WR)
s.recv(1024)
s.recv(1024)
s.close()
",
};

pub static DATAGRAMS: Pair = Pair {
    id: "datagrams",
    title: "UDP: datagrams",
    about: "Lose one, delay one, and see what a buffer of 5 does to the third.",
    server: "\
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 12345))
s.recvfrom(1024)
s.recvfrom(1024)
s.recvfrom(5)
s.close()
",
    client: "\
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'one', ('server.lab', 12345))
s.sendto(b'', ('server.lab', 12345))
s.sendto(b'hello world', ('server.lab', 12345))
s.close()
",
};

pub static BACK_PRESSURE: Pair = Pair {
    id: "back-pressure",
    title: "Back pressure",
    about: "The server does not read, so the client\u{2019}s sendall() waits: windows and buffers are full.",
    server: "\
import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.bind(('', 12345))
s.listen()
c, addr = s.accept()
c.recv(4096)
c.recv(4096)
c.recv(4096)
c.recv(4096)
c.recv(4096)
c.recv(4096)
c.recv(4096)
c.recv(4096)
c.close()
s.close()
",
    client: "\
import socket
s = socket.socket()
s.connect(('server.lab', 12345))
s.sendall(b'x' * 24000)
s.close()
",
};

pub static RESET: Pair = Pair {
    id: "reset",
    title: "A reset",
    about: "The server closes with 6 octets unread: the client\u{2019}s recv() fails.",
    server: "\
import socket
s = socket.socket()
s.bind(('', 12345))
s.listen()
c, addr = s.accept()
c.close()
s.close()
",
    client: "\
import socket
s = socket.socket()
s.connect(('server.lab', 12345))
s.send(b'unread')
s.recv(1024)
s.close()
",
};
