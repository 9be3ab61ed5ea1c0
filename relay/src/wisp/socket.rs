//! The socket of one Wisp stream: a TCP connection, or a connected UDP socket.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use shared::tunnel::{BindAt, Reset, StreamId, Target, UdpBind};
use shared::wisp::{Server, Transport};

use crate::carrier::Carrier;
use crate::datagrams::Datagrams;
use crate::dial::{destination, dial};
use crate::house::House;
use crate::sockets::Wires;
use crate::wire::{Progress, Wire};

type Resolving = Pin<Box<dyn Future<Output = Result<(Datagrams, SocketAddr), Reset>> + Send>>;

pub(super) enum Socket {
    Tcp(Wire),
    /// With the datagrams that came meanwhile.
    Resolving(Resolving, Vec<Vec<u8>>),
    Udp(Datagrams, SocketAddr),
}

impl Socket {
    pub(super) fn new(house: &Arc<House>, page: u64, to: Transport, target: Target) -> Socket {
        let house = Arc::clone(house);
        match to {
            Transport::Tcp => {
                let dialling = Box::pin(async move { dial(&house, page, &target).await });
                Socket::Tcp(Wire::dialling(dialling))
            }
            Transport::Udp => {
                let resolving = Box::pin(async move { udp(&house, page, &target).await });
                Socket::Resolving(resolving, Vec::new())
            }
        }
    }

    /// The client sent bytes.
    pub(super) fn push(&mut self, bytes: Vec<u8>) {
        match self {
            Socket::Tcp(wire) => wire.push(bytes),
            Socket::Resolving(_, pending) => pending.push(bytes),
            Socket::Udp(datagrams, peer) => datagrams.push(*peer, bytes),
        }
    }

    /// Does what can be done without waiting, within bounds.
    pub(super) fn poll(
        &mut self,
        id: StreamId,
        server: &mut Server,
        house: &House,
        scratch: &mut [u8],
        budget: &mut usize,
        cx: &mut Context<'_>,
    ) -> Progress {
        match self {
            Socket::Tcp(wire) => wire.poll(id, server, scratch, budget, cx),
            Socket::Resolving(resolving, pending) => match resolving.as_mut().poll(cx) {
                Poll::Pending => Progress::None,
                Poll::Ready(Ok((mut datagrams, peer))) => {
                    for octets in std::mem::take(pending) {
                        datagrams.push(peer, octets);
                    }
                    *self = Socket::Udp(datagrams, peer);
                    Progress::Some
                }
                Poll::Ready(Err(reset)) => {
                    server.reset(id, reset);
                    Progress::Over
                }
            },
            Socket::Udp(datagrams, _) => {
                let wrote = datagrams.poll_write(id, server, house, budget, cx);
                let read = datagrams.poll_read(id, server, scratch, budget, cx);
                if wrote || read { Progress::Some } else { Progress::None }
            }
        }
    }

    /// The stream is over: gives what still has to be written.
    pub(super) fn into_wire(
        self,
        id: StreamId,
        server: &mut Server,
        house: &House,
        cx: &mut Context<'_>,
    ) -> Option<Wire> {
        match self {
            Socket::Tcp(wire) => Some(wire),
            Socket::Resolving(..) => None,
            Socket::Udp(mut datagrams, _) => {
                // Its last words, which waited for their turn already.
                datagrams.poll_write(id, server, house, &mut usize::MAX.clone(), cx);
                None
            }
        }
    }

    /// Nothing went over it for so long.
    pub(super) fn has_rested(&mut self, idle: Duration) -> bool {
        match self {
            Socket::Tcp(wire) => wire.has_rested(idle),
            Socket::Resolving(..) | Socket::Udp(..) => false,
        }
    }

    /// The server shall see a reset, not an orderly end.
    pub(super) fn abort(self) {
        if let Socket::Tcp(wire) = self {
            wire.abort();
        }
    }
}

async fn udp(house: &House, page: u64, target: &Target) -> Result<(Datagrams, SocketAddr), Reset> {
    let peer = destination(house, target).await?;
    let at = match peer.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(ip) if ip.is_loopback() => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let ask = UdpBind { peer: Some(peer), ..UdpBind::new(BindAt::Address(at)) };
    let (datagrams, _) = Datagrams::bind(house, page, &ask, &Wires::new())?;
    Ok((datagrams, peer))
}
