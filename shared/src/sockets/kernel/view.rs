//! What can be seen of a kernel from outside.

use super::{Inner, Kernel};
use crate::machine::Tick;
use crate::sockets::state::State;
use crate::sockets::system::{Address, Fd};

/// A socket, or a connection that has outlived its socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketView {
    /// `None`: no program has it any more.
    pub fd: Option<Fd>,
    /// `TCP`, `UDP`, `UNIX`
    pub protocol: &'static str,
    pub local: String,
    pub peer: Option<String>,
    /// TCP only.
    pub state: Option<State>,
    /// Connections that wait for `accept()`.
    pub queue: Option<usize>,
    /// Waits to be read: octets, and the first of them.
    pub unread: usize,
    pub unread_head: Vec<u8>,
    /// Datagrams that wait, where it is no stream.
    pub datagrams: Option<usize>,
    /// Sent and not acknowledged.
    pub in_flight: usize,
    /// Waits to be sent.
    pub unsent: usize,
    /// What the peer has said that it has room for.
    pub peer_window: Option<u32>,
    /// Octets that the program has sent, and whether it has read the peer's end.
    pub written: u64,
    pub end_read: bool,
}

/// Something that will happen by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    pub at: Tick,
    pub what: &'static str,
}

/// Octets of a buffer that are shown.
const HEAD: usize = 64;

impl Kernel {
    pub fn next_timer(&self) -> Option<Timer> {
        self.connections
            .values()
            .filter_map(|c| Some(Timer { at: c.tcb.deadline()?, what: c.tcb.timer_title() }))
            .min_by_key(|timer| timer.at)
    }

    /// Sockets by their numbers, then what goes on without one.
    pub fn view(&self) -> Vec<SocketView> {
        let mut views: Vec<SocketView> =
            self.sockets.keys().filter_map(|fd| self.socket_view(*fd)).collect();
        let owned: Vec<u32> = self
            .sockets
            .values()
            .filter_map(|socket| match &socket.inner {
                Inner::Stream(stream) => stream.connection,
                _ => None,
            })
            .collect();
        let loose = self.connections.iter().filter(|(id, _)| !owned.contains(id));
        views.extend(loose.map(|(id, _)| self.connection_view(*id)));
        views
    }

    /// The state that a socket is in: TCP's, also when it listens.
    pub fn state(&self, fd: Fd) -> Option<State> {
        let socket = self.sockets.get(&fd)?;
        match &socket.inner {
            Inner::Stream(stream) if stream.listener.is_some() => Some(State::Listen),
            Inner::Stream(stream) => {
                let connection = stream.connection.and_then(|id| self.connections.get(&id));
                Some(connection.map_or(State::Closed, |connection| connection.tcb.state()))
            }
            _ => None,
        }
    }

    pub fn socket_view(&self, fd: Fd) -> Option<SocketView> {
        let socket = self.sockets.get(&fd)?;
        let written = |address: Address| match address {
            Address::Inet(addr) => addr.to_string(),
            Address::Path(path) if path.is_empty() => "without a name".into(),
            Address::Path(path) => path,
        };
        let mut view = SocketView {
            fd: Some(fd),
            protocol: "TCP",
            local: self.own_address(fd).map(written).unwrap_or_default(),
            peer: self.peer_address(fd).map(written),
            state: self.state(fd),
            queue: None,
            unread: 0,
            unread_head: Vec::new(),
            datagrams: None,
            in_flight: 0,
            unsent: 0,
            peer_window: None,
            written: 0,
            end_read: false,
        };
        match &socket.inner {
            Inner::Stream(stream) => {
                view.queue = stream.listener.as_ref().map(|listener| listener.queue.len());
                if let Some(id) = stream.connection {
                    let connection = self.connection_view(id);
                    let state = view.state;
                    view = SocketView { fd: Some(fd), state, local: view.local, ..connection };
                }
            }
            Inner::Datagram(datagram) => {
                view.protocol = "UDP";
                view.datagrams = Some(datagram.queue.len());
                view.unread = datagram.queue.iter().map(|(data, _)| data.len()).sum();
                if let Some((data, _)) = datagram.queue.front() {
                    view.unread_head = data.iter().take(HEAD).copied().collect();
                }
            }
            Inner::Unix(end) => {
                view.protocol = "UNIX";
                view.unread = self.end_unread(*end);
            }
        }
        Some(view)
    }

    fn connection_view(&self, id: u32) -> SocketView {
        let connection = &self.connections[&id];
        let tcb = &connection.tcb;
        SocketView {
            fd: None,
            protocol: "TCP",
            local: connection.local.to_string(),
            peer: Some(connection.peer.to_string()),
            state: Some(tcb.state()),
            queue: None,
            unread: tcb.unread(),
            unread_head: tcb.unread_octets().take(HEAD).collect(),
            datagrams: None,
            in_flight: tcb.in_flight(),
            unsent: tcb.unsent(),
            peer_window: tcb.may_send().then(|| tcb.peer_window()),
            written: tcb.written,
            end_read: tcb.end_read,
        }
    }
}
