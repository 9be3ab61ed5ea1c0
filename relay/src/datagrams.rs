//! A UDP socket of a page. The network is always read, so that what the page has no room for is
//! counted and not lost in silence; every destination asks the policy.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use shared::tunnel::{
    BindAt, DATAGRAM_COST, DEFAULT_WINDOW, Phase, Reason, Reset, StreamId, UdpBind, UdpInfo,
};
use tokio::io::{Interest, ReadBuf};
use tokio::net::UdpSocket;

use crate::addresses::Entered;
use crate::carrier::Carrier;
use crate::dial::{denied, reset_of};
use crate::house::House;
use crate::policy::{Protocol, Reach};
use crate::sockets::{Wires, allowed, ends, place};

/// Datagrams moved each way before others are looked at.
const BURST: usize = 16;

/// Senders that are remembered as having written first; the oldest is forgotten. A class.
const KNOWN: usize = 64;

/// Longest content of a datagram (RFC 768 and RFC 791: 65 535 less the headers).
const LONGEST: usize = 65_507;

pub(crate) struct Datagrams {
    socket: Arc<UdpSocket>,
    connected: Option<Connected>,
    /// From the page; at most its credit.
    pending: VecDeque<(SocketAddr, Vec<u8>)>,
    known: VecDeque<SocketAddr>,
    _of_page: Entered<u64>,
}

struct Connected {
    peer: SocketAddr,
    /// Ready when the peer's machine has answered that nobody is there (ICMP). That wakes no
    /// reader.
    trouble: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Datagrams {
    pub(crate) fn bind(
        house: &House,
        page: u64,
        ask: &UdpBind,
        wires: &Wires,
    ) -> Result<(Datagrams, UdpInfo), Reset> {
        let at = place(ask.at, ask.port, wires)?;
        let reach = match (ask.at, ask.peer) {
            (_, None) => Reach::Anyone,
            (BindAt::LikeStream(id), Some(peer)) if ends(id, wires)?.1.ip() == peer.ip() => {
                Reach::Peer
            }
            (_, Some(_)) => Reach::One,
        };
        let at = allowed(house, Protocol::Udp, at, reach)?;
        let may_send = |peer| house.policy().may_send(peer, false, &house.doors()).map_err(denied);
        let peer = ask.peer.map(may_send).transpose()?;
        let failed = |error: io::Error| {
            let reset = reset_of(&error, Phase::Bind);
            Reset { text: format!("{at}: {}", reset.text), ..reset }
        };
        let socket = bind(at, peer).map(Arc::new).map_err(failed)?;
        let local = socket.local_addr().map_err(failed)?;
        let connected = peer.map(|peer| Connected { peer, trouble: trouble(&socket) });
        let datagrams = Datagrams {
            socket,
            connected,
            pending: VecDeque::new(),
            known: VecDeque::new(),
            _of_page: house.meeting.page_udp.enter(local, page),
        };
        tracing::info!(%local, ?peer, "UDP for a page");
        Ok((datagrams, UdpInfo { local, window: DEFAULT_WINDOW }))
    }

    /// The page sent a datagram.
    pub(crate) fn push(&mut self, to: SocketAddr, octets: Vec<u8>) {
        self.pending.push_back((to, octets));
    }

    /// What is carried is taken from the budget; without one, datagrams of the page wait.
    pub(crate) fn poll_write(
        &mut self,
        id: StreamId,
        mux: &mut impl Carrier,
        house: &House,
        budget: &mut usize,
        cx: &mut Context<'_>,
    ) -> bool {
        let mut moved = false;
        while let Some((to, octets)) = self.pending.front()
            && *budget > 0
        {
            let sent = match self.destination(*to, house) {
                Err(reset) => Err(reset),
                Ok(to) => match self.poll_send(to, octets, cx) {
                    Poll::Pending => return moved,
                    Poll::Ready(Ok(_)) => Ok(()),
                    Poll::Ready(Err(error)) => Err(not_sent(&error, octets.len())),
                },
            };
            moved = true;
            *budget = budget.saturating_sub(octets.len() + DATAGRAM_COST);
            mux.datagram_consumed(id, octets.len());
            if let Err(reset) = sent {
                mux.udp_error(id, *to, reset);
            }
            self.pending.pop_front();
        }
        moved
    }

    pub(crate) fn poll_read(
        &mut self,
        id: StreamId,
        mux: &mut impl Carrier,
        scratch: &mut [u8],
        budget: &mut usize,
        cx: &mut Context<'_>,
    ) -> bool {
        let mut moved = self.poll_trouble(id, mux, cx);
        for _ in 0..BURST {
            let mut buffer = ReadBuf::new(scratch);
            match self.socket.poll_recv_from(cx, &mut buffer) {
                Poll::Pending => break,
                Poll::Ready(Ok(from)) => {
                    let from = SocketAddr::new(from.ip().to_canonical(), from.port());
                    self.remember(from);
                    let cost = buffer.filled().len() + DATAGRAM_COST;
                    *budget = budget.saturating_sub(cost);
                    mux.datagram(id, from, buffer.filled());
                }
                Poll::Ready(Err(error)) => self.tell(id, mux, &error),
            }
            moved = true;
        }
        moved
    }

    fn poll_trouble(&mut self, id: StreamId, mux: &mut impl Carrier, cx: &mut Context<'_>) -> bool {
        let Some(connected) = &mut self.connected else { return false };
        if connected.trouble.as_mut().poll(cx).is_pending() {
            return false;
        }
        // Says that the trouble is known, so that the next one is news.
        let _ = self
            .socket
            .try_io(Interest::ERROR, || Err::<(), _>(io::Error::from(io::ErrorKind::WouldBlock)));
        connected.trouble = trouble(&self.socket);
        if let Ok(Some(error)) = self.socket.take_error() {
            self.tell(id, mux, &error);
        }
        true
    }

    /// What an earlier datagram caused.
    fn tell(&self, id: StreamId, mux: &mut impl Carrier, error: &io::Error) {
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        let with = self.connected.as_ref().map_or(unknown, |connected| connected.peer);
        mux.udp_error(id, with, reset_of(error, Phase::Read));
    }

    fn destination(&self, to: SocketAddr, house: &House) -> Result<SocketAddr, Reset> {
        let to = SocketAddr::new(to.ip().to_canonical(), to.port());
        match &self.connected {
            Some(connected) if connected.peer == to => Ok(to),
            Some(Connected { peer, .. }) => {
                let text = format!("The socket is connected to {peer} and sends nowhere else.");
                Err(Reset { text, ..Reset::new(Reason::BAD_TARGET, Phase::Local) })
            }
            None => {
                let known = self.known.contains(&to);
                house.policy().may_send(to, known, &house.doors()).map_err(denied)
            }
        }
    }

    fn poll_send(
        &self,
        to: SocketAddr,
        octets: &[u8],
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match &self.connected {
            Some(_) => self.socket.poll_send(cx, octets),
            None => self.socket.poll_send_to(cx, octets, to),
        }
    }

    fn remember(&mut self, from: SocketAddr) {
        if self.known.back() != Some(&from) {
            self.known.retain(|known| *known != from);
            self.known.push_back(from);
            if self.known.len() > KNOWN {
                self.known.pop_front();
            }
        }
    }
}

fn trouble(socket: &Arc<UdpSocket>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let socket = Arc::clone(socket);
    Box::pin(async move {
        // An error is that the runtime ends, and with it everything.
        let _ = socket.ready(Interest::ERROR).await;
    })
}

fn bind(at: SocketAddr, connected: Option<SocketAddr>) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(at)?;
    if let Some(peer) = connected {
        socket.connect(peer)?;
    }
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

fn not_sent(error: &io::Error, length: usize) -> Reset {
    let reset = reset_of(error, Phase::Write);
    match length > LONGEST {
        true => Reset {
            reason: Reason::TOO_LONG,
            text: format!("{length} bytes; IP takes {LONGEST} ({error})"),
            ..reset
        },
        false => reset,
    }
}
