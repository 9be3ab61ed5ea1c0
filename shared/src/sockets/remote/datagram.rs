//! UDP through the relay.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::collections::VecDeque;

use super::{Inner, Remote, errno_of, not_asked, waits_for_relay};
use crate::sockets::Told;
use crate::sockets::errno;
use crate::sockets::system::{Address, Answer, Call, Family, Fd, Flags, Reply, Target, Wait};
use crate::tunnel::{BindAt, DatagramError, Event, Phase, Reason, Reset, StreamId, UdpBind};

#[derive(Default)]
pub(super) struct Datagrams {
    pub(super) id: Option<StreamId>,
    asked: bool,
    pub(super) local: Option<SocketAddr>,
    /// Of `connect()`.
    pub(super) peer: Option<SocketAddr>,
    pub(super) unread: VecDeque<(SocketAddr, Vec<u8>)>,
    /// So many the relay had to drop, since there was no room for them.
    pub(super) dropped: u64,
    why: Option<String>,
}

impl Datagrams {
    pub(super) fn reset(&mut self, id: StreamId, why: &str) -> bool {
        let mine = self.id == Some(id);
        if mine {
            (self.id, self.asked, self.local) = (None, false, None);
            self.why = Some(why.into());
        }
        mine
    }
}

impl Remote {
    pub(super) fn datagram_event(&mut self, event: Event) {
        match event {
            Event::UdpBound(id, info) => {
                if let Some((_, datagrams)) = self.datagrams_of(id) {
                    datagrams.local = Some(info.local);
                }
            }
            Event::Datagram(id, from, octets) => match self.datagrams_of(id) {
                Some((_, datagrams)) => datagrams.unread.push_back((from, octets)),
                None => self.mux.datagram_consumed(id, octets.len()),
            },
            Event::Dropped(id, count) => {
                if let Some((_, datagrams)) = self.datagrams_of(id) {
                    datagrams.dropped += u64::from(count);
                }
            }
            Event::UdpError(id, address, reset) => {
                let errno = errno_of(&reset);
                if let Some((error, datagrams)) = self.datagrams_of(id) {
                    // Linux tells a socket only of the peer that it is connected to.
                    if datagrams.peer == Some(address) || errno != &errno::ECONNREFUSED {
                        datagrams.why = Some(reset.to_string());
                        *error = Some(errno);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn datagram_call(&mut self, fd: Fd, call: &mut Call) -> Reply {
        match call {
            Call::Bind { to, .. } => {
                let to = to.clone();
                self.bind_datagrams(fd, Some(&to))
            }
            Call::Connect { to, .. } => {
                let to = to.clone();
                self.connect_datagrams(fd, &to)
            }
            Call::SendTo { data, to, .. } => {
                let (data, to) = (data.clone(), to.clone());
                self.send_to(fd, &data, Some(&to))
            }
            Call::Send { data, .. } => {
                let data = data.clone();
                self.send_to(fd, &data, None)
            }
            Call::Receive { n, flags, from, .. } => self.receive_from(fd, *n, *flags, *from),
            Call::Listen { .. } | Call::Accept { .. } => Reply::failed(
                &errno::EOPNOTSUPP,
                Told::udp(
                    "UDP has no connections to wait for.",
                    "recvfrom() gets datagrams from anybody.",
                ),
            ),
            Call::Shutdown { .. } => Reply::failed(
                &errno::ENOTCONN,
                Told::udp("There is nothing to end.", "UDP has no FIN."),
            ),
            Call::Close { .. } => {
                if let Some(id) = self.datagrams_mut(fd).and_then(|datagrams| datagrams.id) {
                    self.mux.reset(id, Reset::new(Reason::CANCELLED, Phase::Local));
                }
                self.sockets.remove(&fd);
                Reply::Done(
                    Answer::Nothing,
                    Told::udp("The socket is closed.", "The other side is not told."),
                )
            }
            _ => super::bad_fd(),
        }
    }

    /// Without an address: at a free port, as the first `sendto()` does it.
    fn bind_datagrams(&mut self, fd: Fd, to: Option<&Target>) -> Reply {
        let Some(socket) = self.sockets.get_mut(&fd) else { return super::bad_fd() };
        let (family, error) = (socket.family, socket.error);
        let Inner::Datagrams(datagrams) = &socket.inner else { return super::bad_fd() };
        if let Some(local) = datagrams.local {
            let told = Told::udp(
                format!("The socket has the address {local}."),
                "Whoever sends a datagram there reaches it.",
            );
            return Reply::Done(Answer::Nothing, told);
        }
        if datagrams.asked && datagrams.id.is_some() {
            return waits_for_relay("for a UDP socket");
        }
        if let (Some(errno), Some(why)) = (error, datagrams.why.clone()) {
            if let Some(socket) = self.sockets.get_mut(&fd) {
                socket.error = None;
            }
            return Reply::failed(errno, Told::posix("The relay could not bind.", why, "bind"));
        }
        let address = match to.map(|to| self.address(family, to)) {
            Some(Err(reply)) => return reply,
            Some(Ok(address)) => address,
            None => SocketAddr::new(unspecified(family), 0),
        };
        let ip = match address.ip() {
            ip if !ip.is_unspecified() => ip,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let bind = UdpBind { port: address.port(), ..UdpBind::new(BindAt::Address(ip)) };
        match self.mux.udp_bind(bind) {
            Err(why) => not_asked(&why),
            Ok(id) => {
                if let Some(datagrams) = self.datagrams_mut(fd) {
                    (datagrams.id, datagrams.asked) = (Some(id), true);
                }
                waits_for_relay("for a UDP socket")
            }
        }
    }

    fn connect_datagrams(&mut self, fd: Fd, to: &Target) -> Reply {
        let Some(family) = self.sockets.get(&fd).map(|socket| socket.family) else {
            return super::bad_fd();
        };
        let peer = match self.address(family, to) {
            Ok(peer) => peer,
            Err(reply) => return reply,
        };
        match self.bind_datagrams(fd, None) {
            Reply::Done(..) => {}
            waits => return waits,
        }
        if let Some(datagrams) = self.datagrams_mut(fd) {
            datagrams.peer = Some(peer);
        }
        let told = Told::udp(
            format!("send() and recv() now mean {peer} and nobody else."),
            "Nothing is sent: connect() of UDP only notes the peer.",
        );
        Reply::Done(Answer::Nothing, told)
    }

    fn send_to(&mut self, fd: Fd, data: &[u8], to: Option<&Target>) -> Reply {
        let Some(family) = self.sockets.get(&fd).map(|socket| socket.family) else {
            return super::bad_fd();
        };
        if let Some(failed) = self.pending_error(fd, "send") {
            return failed;
        }
        let connected = self.datagrams_mut(fd).and_then(|datagrams| datagrams.peer);
        let peer = match (to.map(|to| self.address(family, to)), connected) {
            (Some(Ok(peer)), _) | (None, Some(peer)) => peer,
            (Some(Err(reply)), _) => return reply,
            (None, None) => {
                let told = Told::udp(
                    "Nobody is named.",
                    "Give the address with sendto(), or call connect() first.",
                );
                return Reply::failed(&errno::EDESTADDRREQ, told);
            }
        };
        match self.bind_datagrams(fd, None) {
            Reply::Done(..) => {}
            waits => return waits,
        }
        let Some(id) = self.datagrams_mut(fd).and_then(|datagrams| datagrams.id) else {
            return super::bad_fd();
        };
        match self.mux.datagram(id, peer, data) {
            Ok(()) => {
                let told = Told::udp(
                    format!("One datagram of {} octets leaves for {peer}.", data.len()),
                    "Whether it arrives nobody says.",
                );
                Reply::Done(Answer::Count(data.len()), told)
            }
            Err(DatagramError::NoRoom) => {
                Reply::Waits(Wait::Room, Told::udp("Too many datagrams wait to be sent.", ""))
            }
            Err(why @ DatagramError::TooLong { .. }) => Reply::failed(
                &errno::EMSGSIZE,
                Told::udp(why.to_string(), "A datagram is sent whole or not at all."),
            ),
            Err(why) => Reply::failed(&errno::EBADF, Told::udp(why.to_string(), "")),
        }
    }

    fn receive_from(&mut self, fd: Fd, n: usize, flags: Flags, from: bool) -> Reply {
        if let Some(failed) = self.pending_error(fd, "recv") {
            return failed;
        }
        match self.bind_datagrams(fd, None) {
            Reply::Done(..) => {}
            waits => return waits,
        }
        let Some(datagrams) = self.datagrams_mut(fd) else { return super::bad_fd() };
        let id = datagrams.id;
        let (peer, mut used) = (datagrams.peer, Vec::new());
        let next = loop {
            match datagrams.unread.pop_front() {
                // A connected socket does not hear the others.
                Some((source, octets)) if peer.is_some_and(|peer| peer != source) => {
                    used.push(octets.len());
                }
                next => break next,
            }
        };
        let Some((source, octets)) = next else {
            for octets in used {
                id.into_iter().for_each(|id| self.mux.datagram_consumed(id, octets));
            }
            let told =
                Told::udp("No datagram has come.", "recvfrom() waits for one, from anybody.");
            return Reply::Waits(Wait::Data, told);
        };
        let length = octets.len();
        let given: Vec<u8> = octets.iter().take(n).copied().collect();
        if flags.peek {
            datagrams.unread.push_front((source, octets));
        } else {
            used.push(length);
        }
        for octets in used {
            id.into_iter().for_each(|id| self.mux.datagram_consumed(id, octets));
        }
        let told = if given.len() < length {
            Told::udp(
                format!(
                    "A datagram of {length} octets from {source}; {} of them fit.",
                    given.len()
                ),
                "The rest is lost: what one call does not take of a datagram no later call can get.",
            )
        } else {
            Told::udp(
                format!("A datagram of {length} octets from {source}."),
                "One sendto() is one recvfrom().",
            )
        };
        let answer = match from {
            true => Answer::From(given, Some(Address::Inet(source))),
            false => Answer::Octets(given),
        };
        Reply::Done(answer, told)
    }

    /// What the network said of an earlier datagram.
    fn pending_error(&mut self, fd: Fd, function: &'static str) -> Option<Reply> {
        let socket = self.sockets.get_mut(&fd)?;
        let Inner::Datagrams(datagrams) = &mut socket.inner else { return None };
        if datagrams.local.is_none() {
            return None;
        }
        let errno = socket.error.take()?;
        let why = datagrams.why.take().unwrap_or_default();
        Some(Reply::failed(errno, Told::posix("An earlier datagram was not taken.", why, function)))
    }

    fn datagrams_mut(&mut self, fd: Fd) -> Option<&mut Datagrams> {
        match &mut self.sockets.get_mut(&fd)?.inner {
            Inner::Datagrams(datagrams) => Some(datagrams),
            Inner::Stream(_) => None,
        }
    }

    fn datagrams_of(
        &mut self,
        id: StreamId,
    ) -> Option<(&mut Option<&'static errno::Errno>, &mut Datagrams)> {
        self.sockets.values_mut().find_map(|socket| match &mut socket.inner {
            Inner::Datagrams(datagrams) if datagrams.id == Some(id) => {
                Some((&mut socket.error, datagrams))
            }
            _ => None,
        })
    }
}

fn unspecified(family: Family) -> IpAddr {
    match family {
        Family::Inet6 => Ipv6Addr::UNSPECIFIED.into(),
        _ => Ipv4Addr::UNSPECIFIED.into(),
    }
}
