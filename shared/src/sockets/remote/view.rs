//! What can be seen of the relay's sockets from here.

use super::stream::Stage;
use super::{Inner, Remote};
use crate::sockets::kernel::SocketView;
use crate::sockets::state::State;
use crate::sockets::system::{Fd, System};

/// Octets of a buffer that are shown.
const HEAD: usize = 64;

impl Remote {
    /// These sockets, by their numbers. Which of TCP's states a real kernel is in is told only as far as the frames
    /// say it.
    pub fn view(&self, of: &[Fd]) -> Vec<SocketView> {
        of.iter().filter_map(|fd| self.socket_view(*fd)).collect()
    }

    /// The descriptors there are.
    pub fn descriptors(&self) -> Vec<Fd> {
        self.sockets.keys().copied().collect()
    }

    fn socket_view(&self, fd: Fd) -> Option<SocketView> {
        let socket = self.sockets.get(&fd)?;
        let (local, peer) = self.ends(fd);
        let shown = |address: Option<crate::sockets::Address>| match address {
            Some(crate::sockets::Address::Inet(address)) => Some(address.to_string()),
            _ => None,
        };
        let mut view = SocketView {
            fd: Some(fd),
            protocol: "TCP",
            local: shown(local).unwrap_or_else(|| "no address yet".into()),
            peer: shown(peer),
            state: None,
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
                let seen = stream.seen(HEAD);
                view.state = Some(match (seen.stage, seen.end, seen.shut_write) {
                    (Stage::Listening, ..) => State::Listen,
                    (Stage::Connecting, ..) => State::SynSent,
                    (Stage::Open, false, false) => State::Established,
                    (Stage::Open, true, false) => State::CloseWait,
                    (Stage::Open, false, true) => State::FinWait2,
                    (Stage::Open, true, true) => State::TimeWait,
                    _ => State::Closed,
                });
                view.queue = (seen.stage == Stage::Listening).then_some(seen.queue);
                (view.unread, view.unread_head) = (seen.unread_len, seen.unread);
                (view.written, view.end_read) = (seen.written, seen.end_read);
            }
            Inner::Datagrams(datagrams) => {
                view.protocol = "UDP";
                view.datagrams = Some(datagrams.unread.len());
                view.unread = datagrams.unread.iter().map(|(_, octets)| octets.len()).sum();
            }
        }
        Some(view)
    }
}
