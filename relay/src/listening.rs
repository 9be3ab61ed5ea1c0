//! A socket that listens for a page: who may connect, how often, and until when.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use shared::tunnel::{
    Allow, BindAt, DEFAULT_WINDOW, IncomingInfo, Listen, ListeningInfo, MAX_BACKLOG, Mux, Phase,
    Reason, Reset, StreamId,
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Sleep, sleep};

use crate::account::PageAccount;
use crate::addresses::Entered;
use crate::dial::reset_of;
use crate::house::House;
use crate::policy::{Protocol, Reach};
use crate::sockets::{Wires, allowed, ends, place};
use crate::wire::Wire;

/// Connections taken, or turned away, before others are looked at.
const BURST: usize = 16;

pub(crate) struct Listening {
    listener: TcpListener,
    /// `None` is anyone.
    only: Option<IpAddr>,
    /// Connections until it closes; `None` is any number.
    left: Option<u16>,
    expiry: Pin<Box<Sleep>>,
    _of_page: Entered<u64>,
}

impl Listening {
    /// `page` is the session's number and the address under which it reaches this machine.
    pub(crate) fn bind(
        house: &House,
        page: (u64, IpAddr),
        ask: &Listen,
        wires: &Wires,
    ) -> Result<(Listening, ListeningInfo), Reset> {
        let at = place(ask.at, ask.port, wires)?;
        let (only, reach) = match ask.allow {
            Allow::Anyone => (None, Reach::Anyone),
            Allow::Address(ip) => (Some(ip.to_canonical()), Reach::One),
            Allow::PeerOf(id) => {
                let peer = ends(id, wires)?.1.ip().to_canonical();
                let same = ask.at == BindAt::LikeStream(id);
                (Some(peer), if same { Reach::Peer } else { Reach::One })
            }
        };
        let at = allowed(house, Protocol::Tcp, at, reach)?;
        let backlog = match ask.backlog {
            0 => MAX_BACKLOG,
            backlog => backlog.min(MAX_BACKLOG),
        };
        let listener = listen(at, ask.reuse, backlog).map_err(|error| failed(at, &error))?;
        let bound = listener.local_addr().map_err(|error| failed(at, &error))?;
        let lifetime = match ask.lifetime {
            Duration::ZERO => house.limits().listen,
            lifetime => lifetime.min(house.limits().listen),
        };
        let ip = if bound.ip().is_unspecified() { page.1 } else { bound.ip() };
        let info = ListeningInfo {
            bound,
            advertised: SocketAddr::new(ip, bound.port()),
            backlog,
            accepts: ask.accepts,
            lifetime,
        };
        let listening = Listening {
            listener,
            only,
            left: Some(ask.accepts).filter(|accepts| *accepts > 0),
            expiry: Box::pin(sleep(lifetime)),
            _of_page: house.meeting.page_listeners.enter(bound, page.0),
        };
        tracing::info!(%bound, ?only, "listening for a page");
        Ok((listening, info))
    }

    /// Tells whether anything moved, and whether the listener goes on.
    pub(crate) fn poll(
        &mut self,
        id: StreamId,
        mux: &mut Mux,
        wires: &mut Wires,
        page: &mut PageAccount,
        cx: &mut Context<'_>,
    ) -> (bool, bool) {
        if self.expiry.as_mut().poll(cx).is_ready() {
            mux.reset(id, Reset::new(Reason::EXPIRED, Phase::Local));
            return (true, false);
        }
        let mut moved = false;
        for _ in 0..BURST {
            // Without room, connections wait in the operating system's queue. The sockets are
            // counted, too: some still have bytes to take for a stream that is over.
            let most = mux.welcome().map_or(0, |welcome| welcome.max_streams.into());
            if !mux.has_room_at(id) || wires.len() >= most {
                break;
            }
            let Poll::Ready(accepted) = self.listener.poll_accept(cx) else { break };
            moved = true;
            match accepted.and_then(|(socket, peer)| self.admit(socket, peer)) {
                Ok(None) => {}
                Ok(Some((socket, local, peer))) => {
                    let window = DEFAULT_WINDOW;
                    let info = IncomingInfo { listener: id, local, peer, window };
                    if let Some(stream) = mux.incoming(info) {
                        let account = page.stream(format!("listener {local}"));
                        wires.insert(stream, Wire::accepted(socket, local, peer, account));
                    }
                    self.left = self.left.map(|left| left - 1);
                    if self.left == Some(0) {
                        mux.reset(id, Reset::new(Reason::SERVED, Phase::Local));
                        return (true, false);
                    }
                }
                // It was gone before it could be taken; the listener is not to blame.
                Err(error) if is_of_the_peer(&error) => {
                    tracing::debug!(%error, "a connection was lost before it was taken");
                }
                Err(error) => {
                    mux.reset(id, reset_of(&error, Phase::Bind));
                    return (true, false);
                }
            }
        }
        (moved, true)
    }

    /// The connection with its addresses, if it may come in; others see a reset.
    fn admit(
        &self,
        socket: TcpStream,
        peer: SocketAddr,
    ) -> io::Result<Option<(TcpStream, SocketAddr, SocketAddr)>> {
        let local = canonical(socket.local_addr()?);
        let peer = canonical(peer);
        if self.only.is_some_and(|only| only != peer.ip()) {
            tracing::info!(%peer, "turned away from a page's listener");
            socket.set_zero_linger()?;
            return Ok(None);
        }
        // The page decides what is sent together.
        socket.set_nodelay(true)?;
        Ok(Some((socket, local, peer)))
    }
}

fn listen(at: SocketAddr, reuse: bool, backlog: u16) -> io::Result<TcpListener> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(reuse)?;
    socket.bind(at)?;
    socket.listen(backlog.into())
}

fn failed(at: SocketAddr, error: &io::Error) -> Reset {
    let reset = reset_of(error, Phase::Bind);
    Reset { text: format!("{at}: {}", reset.text), ..reset }
}

fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, InvalidInput, NotConnected};
    // Some systems answer questions about a socket that is gone with `InvalidInput`.
    matches!(error.kind(), ConnectionAborted | ConnectionReset | NotConnected | InvalidInput)
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
