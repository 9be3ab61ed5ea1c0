//! What the parse rates are measured with: whole sessions of clients, fed in reads of 16 KiB.

use shared::machine::{Client, ClientConfig, Conn, Input, Tick};
use shared::protocols;

const NOW: Tick = Tick(core::time::Duration::ZERO);
const READ: usize = 16 * 1024;
const LINES: usize = 100_000;

/// Gives the octets that were parsed.
pub(crate) type Workload = fn() -> usize;

pub(crate) const WORKLOADS: [(&str, Workload); 4] = [
    ("POP3, a mail of 7 MB with dots", mail),
    ("NNTP, 100,000 lines of overview", overview),
    ("HTTP, 32 MB in chunks of 8 KiB", chunks),
    ("SMTP, 20,000 commands and replies", commands),
];

fn mail() -> usize {
    let mut run = Run::new("pop3");
    run.dialogue(&[
        ("", "+OK\r\n"),
        ("USER student", "+OK\r\n"),
        ("PASS lab-secret", "+OK\r\n"),
        ("RETR 1", "+OK\r\n"),
    ]);
    let mut block = String::from("Subject: many lines\r\n\r\n");
    for n in 0..LINES {
        let dot = if n % 10 == 0 { ".." } else { "" };
        block += &format!("{dot}line {n} of a mail with the usual sixty-odd characters in it\r\n");
    }
    run.feed(block.as_bytes());
    run.feed(b".\r\n");
    run.end()
}

fn overview() -> usize {
    let mut run = Run::new("nntp");
    run.dialogue(&[
        ("", "200 ready\r\n"),
        ("GROUP misc.test", "211 100000 1 100000 misc.test\r\n"),
        ("OVER 1-100000", "224 follows\r\n"),
    ]);
    let mut block = String::new();
    for n in 1..=LINES {
        block += &format!(
            "{n}\tRe: subject {n}\tsomebody@lab.test\tMon, 5 Jan 2026 09:00:00 +0000\t<{n}@lab.test>\t<0@lab.test>\t1234\t20\r\n"
        );
    }
    run.feed(block.as_bytes());
    run.feed(b".\r\n");
    run.end()
}

fn chunks() -> usize {
    let mut run = Run::new("http");
    run.dialogue(&[("GET /big", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]);
    let mut chunk = b"2000\r\n".to_vec();
    chunk.extend(core::iter::repeat_n(b'x', 0x2000));
    chunk.extend(b"\r\n");
    for _ in 0..4096 {
        run.feed(&chunk);
    }
    run.feed(b"0\r\n\r\n");
    run.end()
}

fn commands() -> usize {
    let mut run = Run::new("smtp");
    run.dialogue(&[("", "220 lab\r\n"), ("EHLO you.lab", "250-lab\r\n250 SIZE\r\n")]);
    for _ in 0..20_000 {
        run.dialogue(&[("NOOP", "250 2.0.0 OK\r\n")]);
    }
    run.end()
}

struct Run {
    client: Box<dyn Client>,
    octets: usize,
}

impl Run {
    fn new(id: &str) -> Run {
        let protocol = protocols::by_id(id).expect("a protocol of the registry");
        let client = (protocol.client)(&ClientConfig::practice(protocol.port));
        let mut run = Run { client, octets: 0 };
        let address = core::net::SocketAddr::from(([192, 0, 2, 1], protocol.port));
        run.input(Input::Opened { conn: Conn::MAIN, local: address, peer: address });
        run
    }

    /// What is typed, and what the server says to it.
    fn dialogue(&mut self, lines: &[(&str, &str)]) {
        for (typed, said) in lines {
            if !typed.is_empty() {
                self.input(Input::Command(typed));
            }
            self.feed(said.as_bytes());
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        for read in bytes.chunks(READ) {
            self.input(Input::Bytes { conn: Conn::MAIN, bytes: read });
        }
        self.octets += bytes.len();
    }

    fn input(&mut self, input: Input<'_>) {
        self.client.handle(input, NOW).expect("the dialogue is a legal one");
        while self.client.poll().is_some() {}
    }

    /// The octets, if the client has understood where the last reply ended.
    fn end(self) -> usize {
        assert!(self.client.suggestion().is_some(), "the client waits for more");
        self.octets
    }
}
