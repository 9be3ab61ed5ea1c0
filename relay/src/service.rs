//! What a WebSocket speaks, by its path: the tunnel, a room, Wisp, or wsproxy.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Bytes;
use shared::room;
use shared::tunnel::SUBPROTOCOL;
use shared::wisp::Server;

use crate::callers::Guest;
use crate::house::House;
use crate::line::Line;
use crate::{session, wisp};

const TUNNEL: &str = "/tunnel";
const ROOM: &str = "/room";
const WISP: &str = "/wisp/";

/// What Emscripten and others offer for plain bytes; a browser wants an answer to its offer.
const BINARY: &str = "binary";

#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Service {
    Tunnel,
    /// Served by `rooms`, for it has other limits.
    Room,
    Wisp,
    Wsproxy {
        host: String,
        port: u16,
    },
}

impl Service {
    /// `None` for a path that is no WebSocket's; an error for one that names no host and port.
    pub(crate) fn of(path: &str) -> Option<Result<Service, String>> {
        if path == TUNNEL {
            return Some(Ok(Service::Tunnel));
        }
        if path == ROOM {
            return Some(Ok(Service::Room));
        }
        match path.strip_prefix(WISP)? {
            "" => Some(Ok(Service::Wisp)),
            target => Some(wsproxy(target)),
        }
    }

    /// The subprotocol to pick. Wisp has none: version 2 would have, and its clients come again
    /// without when theirs is not picked.
    pub(crate) fn subprotocol(
        &self,
        offers: impl Fn(&str) -> bool,
    ) -> Result<Option<&'static str>, String> {
        match self {
            Service::Tunnel if offers(SUBPROTOCOL) => Ok(Some(SUBPROTOCOL)),
            Service::Tunnel => {
                Err(format!("The tunnel speaks the subprotocol {SUBPROTOCOL}; it was not offered."))
            }
            Service::Room if offers(room::SUBPROTOCOL) => Ok(Some(room::SUBPROTOCOL)),
            Service::Room => {
                let wanted = room::SUBPROTOCOL;
                Err(format!("A room speaks the subprotocol {wanted}; it was not offered."))
            }
            Service::Wisp => Ok(None),
            Service::Wsproxy { .. } => Ok(offers(BINARY).then_some(BINARY)),
        }
    }

    pub(crate) async fn run(
        self,
        socket: Line,
        read: Bytes,
        peer: SocketAddr,
        house: &Arc<House>,
        guest: Guest,
    ) {
        match self {
            Service::Tunnel => session::run(socket, read, peer, house, guest).await,
            Service::Room => {}
            Service::Wisp => wisp::run(socket, read, (peer, guest), house, Server::wisp()).await,
            Service::Wsproxy { host, port } => {
                let server = Server::wsproxy(&host, port);
                wisp::run(socket, read, (peer, guest), house, server).await;
            }
        }
    }
}

fn wsproxy(target: &str) -> Result<Service, String> {
    let split = target.rsplit_once(':').filter(|(host, _)| {
        !host.is_empty() && !host.contains('/') && (!host.contains(':') || host.ends_with(']'))
    });
    let parsed = split.and_then(|(host, port)| {
        let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let port = port.parse().ok().filter(|port| *port != 0)?;
        Some(Service::Wsproxy { host: inner.unwrap_or(host).to_owned(), port })
    });
    parsed.ok_or_else(|| {
        format!(
            "{target:?} is no host and port. Expected {WISP}example.org:80, {WISP}[::1]:80, or \
             {WISP} for Wisp."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::Service;

    #[test]
    fn paths() {
        let wsproxy = |host: &str, port| Some(Ok(Service::Wsproxy { host: host.to_owned(), port }));
        assert_eq!(Service::of("/tunnel"), Some(Ok(Service::Tunnel)));
        assert_eq!(Service::of("/room"), Some(Ok(Service::Room)));
        assert_eq!(Service::of("/wisp/"), Some(Ok(Service::Wisp)));
        assert_eq!(Service::of("/wisp/example.org:80"), wsproxy("example.org", 80));
        assert_eq!(Service::of("/wisp/[::1]:65535"), wsproxy("::1", 65535));
        for other in ["/", "/wisp", "/wispy/", "/tunnel/", "/wis", "/room/", "/rooms"] {
            assert_eq!(Service::of(other), None, "{other}");
        }
        for wrong in ["a", "a:", ":80", "a:0", "a:65536", "a:-1", "::1:80", "a/b:80", "a:80/"] {
            let service = Service::of(&format!("/wisp/{wrong}"));
            assert!(matches!(service, Some(Err(_))), "{wrong}: {service:?}");
        }
    }
}
