//! UDP: RFC 768.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::collections::VecDeque;

use super::ports::{host_of, shown};
use super::stream::unreachable;
use super::{Inner, Kernel, name_failure};
use crate::sockets::Told;
use crate::sockets::errno::{self, Errno};
use crate::sockets::segment::{Body, Packet, octets};
use crate::sockets::system::{Address, Answer, Family, Fd, Flags, Reply, Target, Wait};

/// What fits into an IPv4 packet beside its header and UDP's.
const MAX_DATAGRAM: usize = 65_507;

#[derive(Default)]
pub(super) struct Datagram {
    pub(super) peer: Option<SocketAddr>,
    pub(super) queue: VecDeque<(Vec<u8>, SocketAddr)>,
    error: Option<&'static Errno>,
    pub(super) no_more_out: bool,
}

impl Kernel {
    pub(super) fn datagram(&mut self, fd: Fd) -> Option<&mut Datagram> {
        match &mut self.sockets.get_mut(&fd)?.inner {
            Inner::Datagram(datagram) => Some(datagram),
            _ => None,
        }
    }

    pub(super) fn connect_datagram(&mut self, fd: Fd, to: &Target) -> Reply {
        let family = self.sockets.get(&fd).map_or(Family::Inet, |socket| socket.family);
        let peer = match self.host.look_up(family, to) {
            Ok(peer) => self.reachable(peer),
            Err(failure) => return name_failure(failure, host_of(to)),
        };
        if !self.host.has_route(peer.ip()) {
            return unreachable(peer);
        }
        self.auto_bind(fd, self.host.source_for(peer.ip()));
        if let Some(datagram) = self.datagram(fd) {
            datagram.peer = Some(peer);
        }
        let told = Told::udp(
            format!("The socket\u{2019}s peer is {peer} from now on."),
            "Nothing is sent: UDP has no connections. send() goes there, recv() takes only what comes from there, and ICMP errors reach the program.",
        );
        Reply::Done(Answer::Nothing, told)
    }

    pub(super) fn send_datagram(
        &mut self,
        fd: Fd,
        data: &[u8],
        to: Option<&Target>,
        all: bool,
    ) -> Reply {
        let (family, broadcast) = match self.socket(fd) {
            Ok(socket) => (socket.family, socket.options.broadcast),
            Err(reply) => return reply,
        };
        if let Some(error) = self.datagram(fd).and_then(|datagram| datagram.error.take()) {
            return refused(error);
        }
        if self.datagram(fd).is_some_and(|datagram| datagram.no_more_out) {
            let why = "shutdown() has ended sending on this socket. Linux takes it so even where the call itself failed.";
            return Reply::failed(&errno::EPIPE, Told::udp("Nothing was sent.", why));
        }
        let known = self.datagram(fd).and_then(|datagram| datagram.peer);
        let peer = match to.map(|to| (to, self.host.look_up(family, to))) {
            Some((_, Ok(peer))) => self.reachable(peer),
            Some((to, Err(failure))) => return name_failure(failure, host_of(to)),
            None => match known {
                Some(peer) => peer,
                None => {
                    let told = Told::udp(
                        "Where to?",
                        "The socket is not connected: say the address with sendto(data, address), or connect() first.",
                    );
                    return Reply::failed(&errno::EDESTADDRREQ, told);
                }
            },
        };
        if data.len() > MAX_DATAGRAM {
            let why = format!(
                "A datagram of IPv4 holds at most {MAX_DATAGRAM} octets, and one is never cut by UDP. About 1200 pass every network in one piece."
            );
            return Reply::failed(&errno::EMSGSIZE, Told::udp("The datagram is too large.", why));
        }
        if matches!(peer.ip(), IpAddr::V4(ip) if ip.is_broadcast()) && !broadcast {
            let why = "A datagram to all hosts of a network must be meant: set SO_BROADCAST first.";
            return Reply::failed(
                &errno::EACCES,
                Told::udp("No broadcast without asking for it.", why),
            );
        }
        if !self.host.has_route(peer.ip()) {
            return unreachable(peer);
        }
        let any = match family {
            Family::Inet6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        };
        let mut from = self.auto_bind(fd, any);
        if from.ip().is_unspecified() {
            from.set_ip(self.host.source_for(peer.ip()));
        }
        self.out.push_back(Packet {
            from,
            to: peer,
            body: Body::Udp(data.to_vec()),
            told: Told::udp(
                format!("A datagram of {}.", octets(data.len())),
                "It goes by itself: no handshake before it, no ACK after it. It may be lost, come twice or be overtaken, and nobody is told.",
            ),
            base: (0, 0),
        });
        let told = Told::udp(
            format!("One datagram of {} goes to {peer}.", octets(data.len())),
            "The call says that it left, not that it arrived. One sendto() is one datagram, and one recvfrom() at the other end.",
        );
        let answer = if all { Answer::Nothing } else { Answer::Count(data.len()) };
        Reply::Done(answer, told)
    }

    pub(super) fn receive_datagram(&mut self, fd: Fd, n: usize, flags: Flags, from: bool) -> Reply {
        let family = self.sockets.get(&fd).map_or(Family::Inet, |socket| socket.family);
        let Some(datagram) = self.datagram(fd) else { return super::bad_fd() };
        if let Some(error) = datagram.error.take() {
            return refused(error);
        }
        let Some((mut data, peer)) = datagram.queue.front().cloned() else {
            let why = "No datagram waits. There is no end to wait for either: UDP says nothing when a peer is gone.";
            return Reply::Waits(Wait::Data, Told::udp("Waits for a datagram.", why));
        };
        if !flags.peek {
            datagram.queue.pop_front();
        }
        let whole = data.len();
        data.truncate(n);
        let told = match whole - data.len() {
            0 if whole == 0 => Told::udp(
                "An empty datagram.",
                "It is a datagram like any other and not an end. It shows that somebody sent it, and from where.",
            ),
            0 => Told::udp(
                format!("One datagram of {}.", octets(whole)),
                "A datagram is read whole, by one call.",
            ),
            lost => Told::udp(
                format!("The first {} of a datagram of {whole}.", octets(data.len())),
                format!(
                    "The rest, {}, is lost: a datagram that does not fit is cut, and the next call gets the next datagram. Give recvfrom() room for the largest one.",
                    octets(lost)
                ),
            ),
        };
        let answer = if from {
            Answer::From(data, Some(Address::Inet(shown(family, peer))))
        } else {
            Answer::Octets(data)
        };
        Reply::Done(answer, told)
    }

    pub(super) fn datagram_arrives(&mut self, packet: &Packet, data: &[u8]) -> Option<Told> {
        let mut best = None;
        for (fd, socket) in &self.sockets {
            let (Inner::Datagram(datagram), Some(local)) = (&socket.inner, socket.local) else {
                continue;
            };
            let family = local.addr.is_ipv4() == packet.to.is_ipv4()
                || (!socket.options.v6_only && local.addr.ip().is_unspecified());
            let fits = local.addr.port() == packet.to.port()
                && family
                && (local.addr.ip() == packet.to.ip() || local.addr.ip().is_unspecified())
                && datagram.peer.is_none_or(|peer| peer == packet.from);
            if fits && (best.is_none() || datagram.peer.is_some()) {
                best = Some(*fd);
            }
        }
        let Some(fd) = best else {
            self.out.push_back(Packet {
                from: packet.to,
                to: packet.from,
                body: Body::Unreachable,
                told: Told::new(
                    "Nobody has this port: ICMP says so.",
                    "UDP itself has no answer to give. The message of ICMP names the datagram; only a connected socket of the sender hears of it.",
                    crate::sockets::Source::Rfc(crate::explain::Rfc::new(1122, "4.1.3.1")),
                ),
                base: (0, 0),
            });
            return Some(Told::udp(
                "Thrown away: no socket has this port.",
                "An ICMP message goes back.",
            ));
        };
        let limit = self.sockets.get(&fd).map_or(0, |socket| socket.options.receive_buffer);
        let datagram = self.datagram(fd)?;
        let queued: usize = datagram.queue.iter().map(|(data, _)| data.len() + 1).sum();
        if queued + data.len() > limit {
            return Some(Told::udp(
                "Thrown away: the receive buffer is full.",
                "Nobody is told. UDP has no window; who must not lose anything has to count by itself.",
            ));
        }
        datagram.queue.push_back((data.to_vec(), packet.from));
        None
    }

    pub(super) fn unreachable_arrives(&mut self, packet: &Packet) -> Option<Told> {
        let sender = self.sockets.values_mut().find_map(|socket| match &mut socket.inner {
            Inner::Datagram(datagram)
                if datagram.peer == Some(packet.from)
                    && socket.local.is_some_and(|l| l.addr.port() == packet.to.port()) =>
            {
                Some(datagram)
            }
            _ => None,
        });
        match sender {
            Some(datagram) => {
                datagram.error = Some(&errno::ECONNREFUSED);
                Some(Told::udp(
                    "The next call on the connected socket will fail.",
                    "The datagram was sent to the socket\u{2019}s own peer, so the error can be told to the program.",
                ))
            }
            None => Some(Told::udp(
                "No program hears of it.",
                "The socket is not connected: it may send to many, and an error that comes later could not be matched with a call.",
            )),
        }
    }

    pub(super) fn take_datagram_error(&mut self, fd: Fd) -> Option<&'static Errno> {
        self.datagram(fd)?.error.take()
    }
}

fn refused(error: &'static Errno) -> Reply {
    let why = "An earlier datagram of this connected socket met a port that nobody has: ICMP came back. The error is told at the next call, whatever it is.";
    Reply::failed(error, Told::udp("An earlier datagram was refused.", why))
}
