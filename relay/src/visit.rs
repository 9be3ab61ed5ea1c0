//! One visit to a practice server: its machine, the connection it began with, and those that the
//! machine asks for on the way.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use shared::machine::{Conn, Input, Output, Server};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::addresses::Entered;
use crate::pipe::{Arrival, Pipe};
use crate::practice::Room;

/// A visitor who does nothing for so long has left: a little more than the longest that a protocol
/// asks a server to wait, the half hour of IMAP (RFC 3501, section 5.4).
const IDLE: Duration = Duration::from_secs(31 * 60);

/// Rounds before other visits get their turn.
const ROUNDS: usize = 32;

/// What is read at once, and what may wait to be written before no more is read or made.
const BUFFER: usize = 64 * 1024;

/// What the server says behind the end of another connection waits for so long, unless the visitor
/// has ended that connection too: FTP's 226 must not come together with the 150, or aria2 waits a
/// minute for it.
const LINGER: Duration = Duration::from_millis(50);

/// Sockets that a machine may wait at; FTP needs one.
const MAX_LISTENERS: usize = 4;

/// The first port that belongs to no well-known service (RFC 2577, section 3).
const FIRST_UNPRIVILEGED: u16 = 1024;

type News = Pin<Box<dyn Future<Output = watch::Receiver<u64>>>>;

type Dialling = Pin<Box<dyn Future<Output = io::Result<TcpStream>>>>;

pub(crate) struct Visit {
    server: Box<dyn Server>,
    room: Rc<Room>,
    local: SocketAddr,
    peer: SocketAddr,
    pipes: BTreeMap<Conn, Pipe>,
    listeners: BTreeMap<Conn, (TcpListener, Entered<()>)>,
    diallings: BTreeMap<Conn, Dialling>,
    segments: bool,
    scratch: Vec<u8>,
    /// When the machine wants to be woken.
    alarm: Option<Pin<Box<Sleep>>>,
    /// Ends when somebody has changed the world.
    news: News,
    /// Until when the main connection is held.
    linger: Option<Pin<Box<Sleep>>>,
    idle: Pin<Box<Sleep>>,
    moved: Instant,
}

impl Visit {
    /// `segments`: each unit that the machine puts out is written by itself.
    pub(crate) fn new(
        server: Box<dyn Server>,
        segments: bool,
        socket: TcpStream,
        peer: SocketAddr,
        room: Rc<Room>,
    ) -> io::Result<Visit> {
        let local = socket.local_addr()?;
        let moved = Instant::now();
        let news = wait_for_news(room.changed.subscribe());
        let mut visit = Visit {
            server,
            room,
            local,
            peer,
            pipes: BTreeMap::from([(Conn::MAIN, Pipe::new(socket, segments))]),
            listeners: BTreeMap::new(),
            diallings: BTreeMap::new(),
            segments,
            scratch: vec![0; BUFFER],
            alarm: None,
            news,
            linger: None,
            idle: Box::pin(sleep_until(moved + IDLE)),
            moved,
        };
        visit.tell(Input::Opened { conn: Conn::MAIN, local, peer });
        Ok(visit)
    }

    pub(crate) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
        // The machine frees what it holds, such as the lock of a mailbox.
        self.tell(Input::Reset { conn: Conn::MAIN, why: "the visit is over" });
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        for _ in 0..ROUNDS {
            let mut moved = self.poll_alarm(cx);
            self.poll_news(cx);
            moved |= self.poll_linger(cx);
            moved |= self.poll_listeners(cx);
            moved |= self.poll_diallings(cx);
            let conns = self.pipes.keys().copied().collect::<Vec<_>>();
            for conn in conns {
                moved |= self.poll_pipe(conn, cx);
            }
            // The other connections may finish what they carry; new ones make no sense.
            if self.pipes.is_empty() {
                return Poll::Ready(());
            }
            if moved {
                self.moved = Instant::now();
                continue;
            }
            return self.poll_idle(cx);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(alarm) = &mut self.alarm else { return false };
        if alarm.as_mut().poll(cx).is_pending() {
            return false;
        }
        self.alarm = None;
        self.tell(Input::Time);
        true
    }

    /// Others' doings do not count as this visitor's.
    fn poll_news(&mut self, cx: &mut Context<'_>) {
        while let Poll::Ready(receiver) = self.news.as_mut().poll(cx) {
            self.news = wait_for_news(receiver);
            self.tell(Input::Time);
        }
    }

    fn poll_linger(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(linger) = &mut self.linger else { return false };
        let ending = |(conn, pipe): (&Conn, &Pipe)| *conn != Conn::MAIN && pipe.is_finishing();
        if self.pipes.iter().any(ending) && linger.as_mut().poll(cx).is_pending() {
            return false;
        }
        self.linger = None;
        if let Some(main) = self.pipes.get_mut(&Conn::MAIN) {
            main.release();
        }
        true
    }

    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.idle.as_mut().poll(cx).is_ready() {
            let until = self.moved + IDLE;
            if Instant::now() >= until {
                return Poll::Ready(());
            }
            self.idle.as_mut().reset(until);
        }
        Poll::Pending
    }

    fn poll_listeners(&mut self, cx: &mut Context<'_>) -> bool {
        let accepted = self.listeners.iter().find_map(|(conn, (listener, _))| {
            match listener.poll_accept(cx) {
                Poll::Pending => None,
                Poll::Ready(accepted) => Some((*conn, accepted.map(|(socket, _)| socket))),
            }
        });
        let Some((conn, socket)) = accepted else { return false };
        // The first connection is the only one.
        self.listeners.remove(&conn);
        self.opened(conn, socket);
        true
    }

    fn poll_diallings(&mut self, cx: &mut Context<'_>) -> bool {
        let connected = self.diallings.iter_mut().find_map(|(conn, dialling)| {
            match dialling.as_mut().poll(cx) {
                Poll::Pending => None,
                Poll::Ready(socket) => Some((*conn, socket)),
            }
        });
        let Some((conn, socket)) = connected else { return false };
        self.diallings.remove(&conn);
        self.opened(conn, socket);
        true
    }

    fn opened(&mut self, conn: Conn, socket: io::Result<TcpStream>) {
        let opened = socket.and_then(|socket| {
            socket.set_nodelay(true)?;
            Ok((socket.local_addr()?, socket.peer_addr()?, socket))
        });
        match opened {
            Ok((local, peer, socket)) => {
                self.pipes.insert(conn, Pipe::new(socket, self.segments));
                self.tell(Input::Opened { conn, local, peer });
            }
            Err(error) => self.tell(Input::Failed { conn, why: &error.to_string() }),
        }
    }

    /// Writes, makes more to write, reads: in this order, so that what waits stays bounded.
    fn poll_pipe(&mut self, conn: Conn, cx: &mut Context<'_>) -> bool {
        let Some(pipe) = self.pipes.get_mut(&conn) else { return false };
        let mut moved = pipe.poll_write(cx);
        while let Some(pipe) = self.pipes.get_mut(&conn)
            && pipe.takes_more(BUFFER)
            && let Some(piece) = self.server.pull(conn)
        {
            pipe.push(&piece);
            self.drain();
            moved = true;
        }
        // What is pulled for may come with other outputs instead.
        moved |= self.drain();
        let Some(pipe) = self.pipes.get_mut(&conn) else { return moved };
        if pipe.takes_more(BUFFER) || pipe.is_finishing() {
            let mut scratch = std::mem::take(&mut self.scratch);
            let arrival = pipe.poll_read(&mut scratch, cx);
            moved |= arrival.is_some();
            match arrival {
                Some(Arrival::Bytes(count)) => {
                    self.tell(Input::Bytes { conn, bytes: &scratch[..count] });
                }
                Some(Arrival::End) => self.tell(Input::End { conn }),
                Some(Arrival::Broken(why)) => {
                    self.pipes.remove(&conn);
                    self.tell(Input::Reset { conn, why: &why });
                }
                None => {}
            }
            self.scratch = scratch;
        }
        if let Some(pipe) = self.pipes.get(&conn)
            && pipe.is_over()
        {
            let broken = pipe.is_broken();
            self.pipes.remove(&conn);
            if broken {
                self.tell(Input::Reset { conn, why: "the visitor takes no more bytes" });
            }
            moved = true;
        }
        moved
    }

    fn tell(&mut self, input: Input<'_>) {
        self.server.handle(input, self.room.now(), &mut self.room.world.borrow_mut());
        self.room.announce();
        self.drain();
    }

    /// Tells whether there was anything.
    fn drain(&mut self) -> bool {
        let mut moved = false;
        while let Some(output) = self.server.poll() {
            moved = true;
            match output {
                Output::Sent { conn, wire } => {
                    if let Some(pipe) = self.pipes.get_mut(&conn) {
                        pipe.push(&wire.bytes);
                    }
                }
                Output::Finish { conn } => self.finish(conn),
                Output::Abort { conn } => {
                    self.listeners.remove(&conn);
                    self.diallings.remove(&conn);
                    if let Some(pipe) = self.pipes.remove(&conn) {
                        pipe.abort();
                    }
                }
                Output::Listen { conn } => self.listen(conn),
                Output::Connect { conn, host, port } => self.connect(conn, &host, port),
                Output::StartTls { conn } => self.fail(conn, "the practice servers have no TLS"),
                Output::WakeAt(at) => {
                    self.alarm = Some(Box::pin(sleep_until(self.room.instant(at))));
                }
                Output::Received { .. }
                | Output::Growing { .. }
                | Output::Data { .. }
                | Output::State(_)
                | Output::Note(_) => {}
            }
        }
        moved
    }

    fn finish(&mut self, conn: Conn) {
        let Some(pipe) = self.pipes.get_mut(&conn) else { return };
        pipe.finish();
        if conn != Conn::MAIN
            && let Some(main) = self.pipes.get_mut(&Conn::MAIN)
        {
            main.hold();
            self.linger = Some(Box::pin(sleep_until(Instant::now() + LINGER)));
        }
    }

    /// Where the visitor came in, another port: so the address is one that he can reach.
    fn listen(&mut self, conn: Conn) {
        if self.listeners.len() >= MAX_LISTENERS {
            self.fail(conn, "too many sockets are waiting already");
            return;
        }
        let listener = std::net::TcpListener::bind((self.local.ip(), 0)).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok((TcpListener::from_std(listener)?, address))
        });
        match listener {
            Ok((listener, addr)) => {
                let entered = self.room.meeting.data_ports.enter(addr, ());
                self.listeners.insert(conn, (listener, entered));
                let mut world = self.room.world.borrow_mut();
                self.server.handle(Input::Listening { conn, addr }, self.room.now(), &mut world);
            }
            Err(error) => self.fail(conn, &error.to_string()),
        }
    }

    /// Only back to the visitor. And to a page only where it listens itself: what the relay opens
    /// for a page asks the policy, and a page that could send the practice server elsewhere would
    /// go around it.
    fn connect(&mut self, conn: Conn, host: &str, port: u16) {
        let ip = self.peer.ip().to_canonical();
        let wanted = host.parse::<std::net::IpAddr>().map(|ip| ip.to_canonical());
        let address = SocketAddr::new(ip, port);
        let meeting = &self.room.meeting;
        let page = meeting.page_sockets.whose(self.peer);
        if wanted != Ok(ip) || port < FIRST_UNPRIVILEGED {
            self.fail(conn, "data goes only to the host that asks for it, from port 1024 on");
        } else if page.is_some() && meeting.page_listeners.whose(address) != page {
            self.fail(conn, "a page is connected to only where it listens itself");
        } else {
            self.diallings.insert(conn, Box::pin(TcpStream::connect(address)));
        }
    }

    fn fail(&mut self, conn: Conn, why: &str) {
        let mut world = self.room.world.borrow_mut();
        self.server.handle(Input::Failed { conn, why }, self.room.now(), &mut world);
    }
}

fn wait_for_news(mut receiver: watch::Receiver<u64>) -> News {
    Box::pin(async move {
        if receiver.changed().await.is_err() {
            // The room is gone, and with it all that could be new.
            std::future::pending::<()>().await;
        }
        receiver
    })
}

#[cfg(test)]
mod tests;
