//! What a page has beside its streams: listeners, UDP sockets, and names being looked up.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use shared::tunnel::{
    BindAt, Family, Listen, MAX_ADDRESSES, Mux, Phase, Query, Reason, Reset, ResolvedInfo,
    StreamId, UdpBind,
};
use tokio::time::{Instant, timeout};

use crate::datagrams::Datagrams;
use crate::dial::{denied, no_host, not_found};
use crate::house::House;
use crate::listening::Listening;
use crate::policy::{Host, Lookup, Policy, Protocol, Reach};
use crate::wire::Wire;

/// The sockets of one session.
pub(crate) struct Sockets {
    house: Arc<House>,
    /// The session's number.
    pub(crate) page: u64,
    /// The address under which the page's machine reaches this one.
    pub(crate) own: IpAddr,
    listeners: BTreeMap<StreamId, Listening>,
    udp: BTreeMap<StreamId, Datagrams>,
    lookups: BTreeMap<StreamId, LookingUp>,
}

type LookingUp = Pin<Box<dyn Future<Output = Result<ResolvedInfo, Reset>> + Send>>;
pub(crate) type Wires = BTreeMap<StreamId, Wire>;

impl Sockets {
    pub(crate) fn new(house: &Arc<House>, own: IpAddr) -> Sockets {
        Sockets {
            house: Arc::clone(house),
            page: house.number_session(),
            own,
            listeners: BTreeMap::new(),
            udp: BTreeMap::new(),
            lookups: BTreeMap::new(),
        }
    }

    pub(crate) fn listen(&mut self, id: StreamId, ask: &Listen, mux: &mut Mux, wires: &Wires) {
        match Listening::bind(&self.house, (self.page, self.own), ask, wires) {
            Ok((listening, info)) => {
                if mux.listening(id, info) {
                    self.listeners.insert(id, listening);
                }
            }
            Err(reset) => refuse(mux, id, reset),
        }
    }

    pub(crate) fn udp_bind(&mut self, id: StreamId, ask: &UdpBind, mux: &mut Mux, wires: &Wires) {
        match Datagrams::bind(&self.house, self.page, ask, wires) {
            Ok((datagrams, info)) => {
                if mux.udp_bound(id, info) {
                    self.udp.insert(id, datagrams);
                }
            }
            Err(reset) => refuse(mux, id, reset),
        }
    }

    pub(crate) fn resolve(&mut self, id: StreamId, query: Query) {
        let house = Arc::clone(&self.house);
        self.lookups.insert(id, Box::pin(async move { look_up(&house, &query).await }));
    }

    /// A datagram of the page.
    pub(crate) fn datagram(&mut self, id: StreamId, to: SocketAddr, octets: Vec<u8>) {
        if let Some(datagrams) = self.udp.get_mut(&id) {
            datagrams.push(to, octets);
        }
    }

    /// The page closed one of them, if it is one.
    pub(crate) fn close(&mut self, id: StreamId, mux: &mut Mux, cx: &mut Context<'_>) {
        self.listeners.remove(&id);
        self.lookups.remove(&id);
        // What the page sent before it closed the socket is sent.
        if let Some(mut datagrams) = self.udp.remove(&id) {
            datagrams.poll_write(id, mux, &self.house, &mut { usize::MAX }, cx);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.listeners.len() + self.udp.len() + self.lookups.len()
    }

    /// The session is over.
    pub(crate) fn close_all(&mut self) {
        self.listeners.clear();
        self.udp.clear();
        self.lookups.clear();
    }

    /// Does what can be done without waiting, within bounds, and takes what datagrams have carried
    /// from the budget. Tells whether anything moved.
    pub(crate) fn poll(
        &mut self,
        mux: &mut Mux,
        wires: &mut Wires,
        scratch: &mut [u8],
        budget: &mut usize,
        cx: &mut Context<'_>,
    ) -> bool {
        let mut moved = false;
        self.listeners.retain(|&id, listening| {
            let (this, goes_on) = listening.poll(id, mux, wires, cx);
            moved |= this;
            goes_on
        });
        for (&id, datagrams) in &mut self.udp {
            moved |= datagrams.poll_write(id, mux, &self.house, budget, cx);
            moved |= datagrams.poll_read(id, mux, scratch, budget, cx);
        }
        self.lookups.retain(|&id, lookup| {
            let Poll::Ready(found) = lookup.as_mut().poll(cx) else { return true };
            match found {
                Ok(info) => mux.resolved(id, info),
                Err(reset) => refuse(mux, id, reset),
            }
            moved = true;
            false
        });
        moved
    }
}

/// Where a page wants a socket bound, and the stream whose address that is.
pub(crate) fn place(at: BindAt, port: u16, wires: &Wires) -> Result<SocketAddr, Reset> {
    let ip = match at {
        BindAt::Address(ip) => ip,
        BindAt::LikeStream(id) => ends(id, wires)?.0.ip(),
    };
    Ok(SocketAddr::new(ip, port))
}

/// Both addresses of a stream.
pub(crate) fn ends(id: StreamId, wires: &Wires) -> Result<(SocketAddr, SocketAddr), Reset> {
    wires.get(&id).and_then(Wire::ends).ok_or_else(|| {
        let text = format!("A socket was to be bound like {id}, which has no connection.");
        Reset { text, ..Reset::new(Reason::BAD_BIND, Phase::Local) }
    })
}

/// The address, if it may be bound.
pub(crate) fn allowed(
    house: &House,
    protocol: Protocol,
    at: SocketAddr,
    reach: Reach,
) -> Result<SocketAddr, Reset> {
    house.policy().may_bind(protocol, at, reach).map_err(denied)
}

fn refuse(mux: &mut Mux, id: StreamId, reset: Reset) {
    tracing::info!(%id, %reset, "refused");
    mux.reset(id, reset);
}

/// The addresses that the page may know of; the first refusal if there are none.
fn known(
    house: &House,
    policy: &Policy,
    name: &str,
    found: &[IpAddr],
) -> Result<Vec<IpAddr>, Reset> {
    let doors = house.doors();
    let (known, refused): (Vec<_>, Vec<_>) =
        found.iter().map(|ip| policy.may_know(name, *ip, &doors)).partition(Result::is_ok);
    match refused.into_iter().find_map(Result::err) {
        Some(refusal) if known.is_empty() => Err(denied(refusal)),
        _ => Ok(known.into_iter().flatten().collect()),
    }
}

async fn look_up(house: &House, query: &Query) -> Result<ResolvedInfo, Reset> {
    let Query { host, family } = query;
    let start = Instant::now();
    let policy = house.policy();
    let mut addresses = match policy.look_up(Host::read(host).map_err(no_host)?).map_err(denied)? {
        Lookup::Known(addresses) => addresses.into_iter().collect::<Vec<_>>(),
        Lookup::Resolve(name) => {
            match timeout(house.limits().connect, house.resolver.look_up(&name)).await {
                Ok(Ok(found)) => known(house, &policy, &name, &found)?,
                Ok(Err(error)) => return Err(not_found(host, &error)),
                Err(_) => return Err(Reset::new(Reason::CONNECT_TIMEOUT, Phase::Resolve)),
            }
        }
    };
    addresses.retain(|address| match family {
        Family::Any => true,
        Family::V4 => address.is_ipv4(),
        Family::V6 => address.is_ipv6(),
    });
    let mut seen = Vec::new();
    addresses.retain(|address| !seen.contains(address) && (seen.push(*address), true).1);
    addresses.truncate(MAX_ADDRESSES);
    if addresses.is_empty() {
        let text = format!("{host} has no address of the family that was asked for.");
        return Err(Reset { text, ..Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve) });
    }
    Ok(ResolvedInfo { took: start.elapsed(), addresses })
}
