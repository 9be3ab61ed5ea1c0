//! What a socket needs of whatever carries its bytes to the other end of the WebSocket: the
//! tunnel's multiplexer, or Wisp's.

use std::net::SocketAddr;

use shared::tunnel::{Mux, OpenedInfo, Reason, Reset, StreamId};
use shared::wisp::{CloseReason, Server};

pub(crate) trait Carrier {
    /// The socket is connected. False if nobody waits for it any more.
    fn opened(&mut self, id: StreamId, info: OpenedInfo) -> bool;
    /// Both directions end, after the bytes that were sent.
    fn reset(&mut self, id: StreamId, reset: Reset);
    /// The server sends no more.
    fn finish(&mut self, id: StreamId);
    /// The socket took so many bytes.
    fn consumed(&mut self, id: StreamId, bytes: usize);
    /// How many bytes `send` would accept.
    fn room(&self, id: StreamId) -> usize;
    fn send(&mut self, id: StreamId, bytes: &[u8]) -> usize;

    /// A UDP socket took a datagram with so many octets.
    fn datagram_consumed(&mut self, id: StreamId, octets: usize);
    /// A datagram came; dropped if there is no room.
    fn datagram(&mut self, id: StreamId, from: SocketAddr, octets: &[u8]);
    /// What happened to a datagram for this address.
    fn udp_error(&mut self, id: StreamId, with: SocketAddr, error: Reset);
}

impl Carrier for Mux {
    fn opened(&mut self, id: StreamId, info: OpenedInfo) -> bool {
        Mux::opened(self, id, info)
    }

    fn reset(&mut self, id: StreamId, reset: Reset) {
        Mux::reset(self, id, reset);
    }

    fn finish(&mut self, id: StreamId) {
        Mux::finish(self, id);
    }

    fn consumed(&mut self, id: StreamId, bytes: usize) {
        Mux::consumed(self, id, bytes);
    }

    fn room(&self, id: StreamId) -> usize {
        Mux::room(self, id)
    }

    fn send(&mut self, id: StreamId, bytes: &[u8]) -> usize {
        Mux::send(self, id, bytes)
    }

    fn datagram_consumed(&mut self, id: StreamId, octets: usize) {
        Mux::datagram_consumed(self, id, octets);
    }

    fn datagram(&mut self, id: StreamId, from: SocketAddr, octets: &[u8]) {
        // An error is that there is no room; the multiplexer counts it.
        let _ = Mux::datagram(self, id, from, octets);
    }

    fn udp_error(&mut self, id: StreamId, with: SocketAddr, error: Reset) {
        Mux::udp_error(self, id, with, error);
    }
}

impl Carrier for Server {
    fn opened(&mut self, id: StreamId, _: OpenedInfo) -> bool {
        self.is_open(id.0)
    }

    fn reset(&mut self, id: StreamId, reset: Reset) {
        self.close(id.0, close_reason(reset.reason), &reset.text);
    }

    /// Wisp has no half-close.
    fn finish(&mut self, id: StreamId) {
        self.close(id.0, CloseReason::VOLUNTARY, "");
    }

    fn consumed(&mut self, id: StreamId, bytes: usize) {
        Server::consumed(self, id.0, bytes);
    }

    fn room(&self, id: StreamId) -> usize {
        Server::room(self, id.0)
    }

    fn send(&mut self, id: StreamId, bytes: &[u8]) -> usize {
        Server::send(self, id.0, bytes)
    }

    fn datagram_consumed(&mut self, id: StreamId, octets: usize) {
        Server::consumed(self, id.0, octets);
    }

    fn datagram(&mut self, id: StreamId, _: SocketAddr, octets: &[u8]) {
        self.send_datagram(id.0, octets);
    }

    /// All that Wisp can tell is the end; a datagram that was too long is only one that was lost.
    fn udp_error(&mut self, id: StreamId, _: SocketAddr, error: Reset) {
        if error.reason != Reason::TOO_LONG {
            self.reset(id, error);
        }
    }
}

/// The byte that Wisp has for it.
fn close_reason(reason: Reason) -> CloseReason {
    match reason {
        Reason::NOT_ALLOWED => CloseReason::BLOCKED,
        Reason::BAD_TARGET => CloseReason::INVALID,
        Reason::NAME_NOT_FOUND | Reason::UNREACHABLE => CloseReason::UNREACHABLE,
        Reason::CONNECT_TIMEOUT => CloseReason::CONNECT_TIMEOUT,
        Reason::REFUSED => CloseReason::REFUSED,
        Reason::PEER_TIMEOUT => CloseReason::DATA_TIMEOUT,
        Reason::TOO_MANY_STREAMS => CloseReason::THROTTLED,
        _ => CloseReason::NETWORK_ERROR,
    }
}
