//! Listeners, UDP sockets and lookups of the native client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use shared::tunnel::{
    DatagramError, Event, Family, Listen, ListeningInfo, OpenError, OpenedInfo, PAGE_WINDOW, Phase,
    Query, Reason, Reset, ResolvedInfo, StreamId, UdpBind, UdpInfo,
};

use super::{Inbox, Refused, Shared, State, TunnelClient, TunnelStream};

/// A listener at the relay. Dropping it leaves it open until the session ends.
pub struct TunnelListener {
    shared: Arc<Shared>,
    pub id: StreamId,
    pub info: ListeningInfo,
}

/// A UDP socket at the relay.
pub struct TunnelUdp {
    shared: Arc<Shared>,
    pub id: StreamId,
    pub info: UdpInfo,
}

/// What a UDP socket of the page is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    Datagram(SocketAddr, Vec<u8>),
    Dropped(u32),
    Error(SocketAddr, Reset),
}

impl TunnelClient {
    pub async fn listen(&self, listen: Listen) -> Result<TunnelListener, Refused> {
        let (id, answer) = self.ask(|state| state.mux.listen(listen)).await?;
        let Event::Listening(_, info) = answer else { panic!("{answer:?}") };
        Ok(TunnelListener { shared: Arc::clone(&self.shared), id, info })
    }

    pub async fn udp_bind(&self, bind: UdpBind) -> Result<TunnelUdp, Refused> {
        let (id, answer) = self.ask(|state| state.mux.udp_bind(bind)).await?;
        let Event::UdpBound(_, info) = answer else { panic!("{answer:?}") };
        Ok(TunnelUdp { shared: Arc::clone(&self.shared), id, info })
    }

    pub async fn resolve(&self, host: &str) -> Result<ResolvedInfo, Refused> {
        let query = Query { host: host.to_owned(), family: Family::Any };
        let (_, answer) = self.ask(|state| state.mux.resolve(query)).await?;
        let Event::Resolved(_, info) = answer else { panic!("{answer:?}") };
        Ok(info)
    }

    /// The first thing that the relay says of a new socket.
    async fn ask(
        &self,
        ask: impl FnOnce(&mut State) -> Result<StreamId, OpenError>,
    ) -> Result<(StreamId, Event), Refused> {
        let id = {
            let mut state = self.shared.lock();
            let id = ask(&mut state).map_err(Refused::Local)?;
            state.streams.insert(id, Inbox::default());
            id
        };
        self.shared.outbound.notify_one();
        let answer = self.shared.wait(|state| {
            let inbox = state.streams.get_mut(&id)?;
            match inbox.news.pop_front() {
                Some(news) => Some(Ok(news)),
                None => inbox.reset.take().map(|reset| Err(Refused::Relay(reset))),
            }
        });
        Ok((id, answer.await.map_err(Refused::Over)??))
    }
}

impl TunnelListener {
    /// Takes the next connection; the error is how the listener ended.
    pub async fn accept(&self) -> Result<TunnelStream, Reset> {
        let (id, info) = self.next().await?;
        let taken = self.shared.lock().mux.accept(id, PAGE_WINDOW);
        assert!(taken, "the connection is gone already");
        self.shared.outbound.notify_one();
        Ok(TunnelStream { shared: Arc::clone(&self.shared), id, info })
    }

    /// Resets the next connection.
    pub async fn refuse(&self) -> Result<(), Reset> {
        let (id, _) = self.next().await?;
        let cancel = Reset::new(Reason::CANCELLED, Phase::Local);
        self.shared.lock().mux.abort(id, cancel);
        self.shared.outbound.notify_one();
        Ok(())
    }

    pub fn close(&self) {
        let cancel = Reset::new(Reason::CANCELLED, Phase::Local);
        self.shared.lock().mux.abort(self.id, cancel);
        self.shared.outbound.notify_one();
    }

    /// How many connections wait to be taken.
    pub fn waiting(&self) -> usize {
        self.shared.lock().streams.get(&self.id).map_or(0, |inbox| inbox.news.len())
    }

    /// Waits for a connection without taking it. It has no resolved addresses and no attempts.
    async fn next(&self) -> Result<(StreamId, OpenedInfo), Reset> {
        let id = self.id;
        let next = self.shared.wait(|state| {
            let inbox = state.streams.get_mut(&id)?;
            match inbox.news.pop_front() {
                Some(Event::Incoming(stream, info)) => Some(Ok((stream, info))),
                Some(other) => panic!("{other:?}"),
                None => inbox.reset.clone().map(Err),
            }
        });
        let (stream, info) = next.await.unwrap_or_else(|over| Err(gone(over)))?;
        let info = OpenedInfo {
            local: info.local,
            peer: info.peer,
            window: info.window,
            dns: Duration::ZERO,
            connect: Duration::ZERO,
            resolved: Vec::new(),
            attempts: Vec::new(),
        };
        Ok((stream, info))
    }
}

impl TunnelUdp {
    /// Waits until the multiplexer has room for it.
    pub async fn send(&self, to: SocketAddr, octets: &[u8]) -> Result<(), DatagramError> {
        let sent = self.shared.wait(|state| match state.mux.datagram(self.id, to, octets) {
            Err(DatagramError::NoRoom) => None,
            done => Some(done),
        });
        let sent = sent.await.unwrap_or(Err(DatagramError::NotOpen));
        self.shared.outbound.notify_one();
        sent
    }

    /// The next thing, which counts as consumed; the error is how the socket ended.
    pub async fn receive(&self) -> Result<Arrival, Reset> {
        let next = self.shared.wait(|state| {
            let inbox = state.streams.get_mut(&self.id)?;
            Some(Ok(match inbox.news.pop_front() {
                Some(Event::Datagram(id, from, octets)) => {
                    state.mux.datagram_consumed(id, octets.len());
                    Arrival::Datagram(from, octets)
                }
                Some(Event::Dropped(_, count)) => Arrival::Dropped(count),
                Some(Event::UdpError(_, with, error)) => Arrival::Error(with, error),
                Some(other) => panic!("{other:?}"),
                None => return inbox.reset.clone().map(Err),
            }))
        });
        let next = next.await.unwrap_or_else(|over| Err(gone(over)));
        self.shared.outbound.notify_one();
        next
    }

    /// After what was sent.
    pub fn close(&self) {
        let cancel = Reset::new(Reason::CANCELLED, Phase::Local);
        self.shared.lock().mux.reset(self.id, cancel);
        self.shared.outbound.notify_one();
    }
}

fn gone(over: String) -> Reset {
    Reset { text: over, ..Reset::new(Reason::GONE, Phase::Local) }
}
