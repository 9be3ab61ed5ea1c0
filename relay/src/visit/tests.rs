//! A visit to a machine that does what it is told, one letter at a time.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::explain::Wire;
use shared::machine::{Conn, Input, Output, PIECE, Server, Tick};
use shared::protocols;
use shared::table::State;
use shared::world::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::Instant;

use super::{LINGER, Visit};
use crate::practice::{Meeting, Room};

const DATA: Conn = Conn(1);

/// Bytes that `B` sends over the data connection.
const BULK: usize = 10 * PIECE + 7;

#[derive(Clone, Default)]
struct Puppet {
    outputs: VecDeque<Output>,
    bulk: usize,
    /// Says something before and after bulk, as FTP does.
    speaks: bool,
    log: Arc<Mutex<Vec<String>>>,
}

impl Puppet {
    fn say(&mut self, conn: Conn, text: &str) {
        let wire = Wire { bytes: text.as_bytes().to_vec(), ..Wire::default() };
        self.outputs.push_back(Output::Sent { conn, wire });
    }

    fn obey(&mut self, line: &str, now: Tick, world: &mut World) {
        let conn = DATA;
        match line.split_at(1) {
            ("L", _) => self.outputs.push_back(Output::Listen { conn }),
            ("C", address) => {
                let address = address.parse::<SocketAddr>().unwrap();
                let (host, port) = (address.ip().to_string(), address.port());
                self.outputs.push_back(Output::Connect { conn, host, port });
            }
            ("B", _) => self.bulk = BULK,
            ("R", _) => {
                (self.bulk, self.speaks) = (BULK, true);
                self.say(Conn::MAIN, "150");
            }
            ("A", _) => self.outputs.push_back(Output::Abort { conn }),
            ("W", _) => {
                self.outputs.push_back(Output::WakeAt(now.after(Duration::from_millis(5))));
            }
            ("D", _) => assert!(world.mail_arrives("you", now)),
            ("Q", _) => self.outputs.push_back(Output::Finish { conn: Conn::MAIN }),
            _ => panic!("{line}"),
        }
    }
}

impl Server for Puppet {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        let told = match input {
            Input::Opened { conn: Conn::MAIN, .. } => "hello".to_owned(),
            Input::Opened { .. } => "opened".to_owned(),
            Input::Listening { addr, .. } => addr.to_string(),
            Input::Failed { why, .. } => why.to_owned(),
            Input::Bytes { conn: Conn::MAIN, bytes } => {
                return self.obey(std::str::from_utf8(bytes).unwrap(), now, world);
            }
            Input::Bytes { bytes, .. } => format!("{} bytes", bytes.len()),
            Input::Time => "awake".to_owned(),
            other => {
                self.log.lock().unwrap().push(format!("{other:?}"));
                return;
            }
        };
        self.say(Conn::MAIN, &told);
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn pull(&mut self, conn: Conn) -> Option<Vec<u8>> {
        let length = self.bulk.min(PIECE);
        if conn != DATA || length == 0 {
            return None;
        }
        self.bulk -= length;
        if self.bulk == 0 {
            self.outputs.push_back(Output::Finish { conn });
            if self.speaks {
                self.say(Conn::MAIN, "226");
            }
        }
        Some(vec![b'b'; length])
    }

    fn state(&self) -> &'static State {
        protocols::ALL[0].table.states[0]
    }
}

struct Visitor {
    socket: TcpStream,
    meeting: Meeting,
    log: Arc<Mutex<Vec<String>>>,
}

impl Visitor {
    async fn new() -> Visitor {
        let meeting = Meeting::default();
        Visitor::in_room(&Rc::new(Room::new(meeting.clone())), meeting).await
    }

    async fn in_room(room: &Rc<Room>, meeting: Meeting) -> Visitor {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (theirs, peer) = listener.accept().await.unwrap();
        theirs.set_nodelay(true).unwrap();
        let puppet = Puppet::default();
        let log = Arc::clone(&puppet.log);
        spawn_local(
            Visit::new(Box::new(puppet), false, theirs, peer, Rc::clone(room)).unwrap().run(),
        );
        let mut hello = [0; 5];
        socket.read_exact(&mut hello).await.unwrap();
        Visitor { socket, meeting, log }
    }

    async fn ask(&mut self, line: &str) -> String {
        self.socket.write_all(line.as_bytes()).await.unwrap();
        self.hear().await
    }

    async fn hear(&mut self) -> String {
        let mut answer = [0; 200];
        let count = self.socket.read(&mut answer).await.unwrap();
        String::from_utf8(answer[..count].to_vec()).unwrap()
    }
}

fn visit<F: Future<Output = ()>>(test: impl FnOnce() -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test());
}

#[test]
fn a_data_port_is_allowed_while_it_waits_and_carries_everything() {
    visit(async || {
        let mut visitor = Visitor::new().await;
        let address: SocketAddr = visitor.ask("L").await.parse().unwrap();
        assert!(visitor.meeting.data_ports.list().contains(&address));
        let mut data = TcpStream::connect(address).await.unwrap();
        assert_eq!(visitor.hear().await, "opened");
        assert!(!visitor.meeting.data_ports.list().contains(&address));
        data.write_all(b"up").await.unwrap();
        assert_eq!(visitor.hear().await, "2 bytes");
        visitor.socket.write_all(b"B").await.unwrap();
        let mut bulk = Vec::new();
        data.read_to_end(&mut bulk).await.unwrap();
        assert_eq!(bulk.len(), BULK);
        drop(data);
        assert_eq!(visitor.ask("W").await, "awake");
        assert_eq!(visitor.ask("Q").await, "", "FIN");
        visitor.socket.shutdown().await.unwrap();
        while !visitor.log.lock().unwrap().iter().any(|line| line.contains("is over")) {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn what_is_said_behind_the_content_waits_for_the_visitor_but_not_for_ever() {
    visit(async || {
        for closes in [true, false] {
            let mut visitor = Visitor::new().await;
            let address: SocketAddr = visitor.ask("L").await.parse().unwrap();
            let mut data = TcpStream::connect(address).await.unwrap();
            assert_eq!(visitor.hear().await, "opened");
            let began = Instant::now();
            assert_eq!(visitor.ask("R").await, "150", "and nothing else");
            let mut bulk = Vec::new();
            data.read_to_end(&mut bulk).await.unwrap();
            assert_eq!(bulk.len(), BULK);
            let kept = (!closes).then_some(data);
            assert_eq!(visitor.hear().await, "226");
            assert!(kept.is_none() || began.elapsed() >= LINGER);
        }
    });
}

#[test]
fn an_abort_closes_the_port_that_waits() {
    visit(async || {
        let mut visitor = Visitor::new().await;
        let address: SocketAddr = visitor.ask("L").await.parse().unwrap();
        visitor.socket.write_all(b"A").await.unwrap();
        assert_eq!(visitor.ask("W").await, "awake");
        assert!(visitor.meeting.data_ports.list().is_empty());
        assert!(TcpStream::connect(address).await.is_err());
    });
}

#[test]
fn data_goes_back_to_the_visitor_only() {
    visit(async || {
        let mut visitor = Visitor::new().await;
        let waiting = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = waiting.local_addr().unwrap();
        assert_eq!(visitor.ask(&format!("C{address}")).await, "opened");
        for elsewhere in ["127.0.0.2:5000", "192.0.2.1:5000", "127.0.0.1:25"] {
            let answer = visitor.ask(&format!("C{elsewhere}")).await;
            assert!(answer.starts_with("data goes only to"), "{elsewhere}: {answer}");
        }
        // A page behind the relay could otherwise reach ports that the policy forbids.
        let own = visitor.socket.local_addr().unwrap();
        let _of_page = visitor.meeting.page_sockets.enter(own, 7);
        let other = visitor.meeting.page_listeners.enter(address, 8);
        let answer = visitor.ask(&format!("C{address}")).await;
        assert!(answer.starts_with("a page is connected to only"), "{answer}");
        drop(other);
        let _listens = visitor.meeting.page_listeners.enter(address, 7);
        assert_eq!(visitor.ask(&format!("C{address}")).await, "opened");
    });
}

#[test]
fn who_waits_is_told_when_another_visitor_changes_the_world() {
    visit(async || {
        let room = Rc::new(Room::new(Meeting::default()));
        let mut first = Visitor::in_room(&room, Meeting::default()).await;
        let mut second = Visitor::in_room(&room, Meeting::default()).await;
        second.socket.write_all(b"D").await.unwrap();
        assert_eq!(first.hear().await, "awake");
        // Once, however long one waits.
        let more = tokio::time::timeout(Duration::from_millis(50), first.hear()).await;
        assert!(more.is_err(), "{more:?}");
    });
}
