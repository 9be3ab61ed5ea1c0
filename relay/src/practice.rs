//! The practice servers on real sockets: a listener for each protocol, one world for all.
//!
//! The machines and their world are not made to move between threads, and need not: they run on
//! one thread of their own, where every connection is a task and nothing is locked.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener as StdListener};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use shared::faults::{self, Fault};
use shared::machine::{ServerConfig, Tick};
use shared::protocols::{self, Protocol};
use shared::world::{self, World};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, sleep};

use crate::addresses::Addresses;
use crate::config::ChosenFault;
use crate::endpoints::Endpoint;
use crate::house::Stage;
use crate::metrics::Metrics;
use crate::visit::Visit;

/// Connections to the practice servers, of pages and of programs.
const VISITS: usize = 1024;

/// After a failed accept, most likely for want of file descriptors: time to close some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The servers' sockets, which already listen.
pub(crate) struct Practice {
    listeners: Vec<Listening>,
    pub(crate) endpoints: Vec<Endpoint>,
}

struct Listening {
    protocol: &'static Protocol,
    fault: Option<&'static Fault>,
    listener: StdListener,
}

/// What the practice servers and the sessions know of each other.
#[derive(Clone, Default)]
pub(crate) struct Meeting {
    /// Where practice servers wait for a data connection; the policy allows them while they do.
    pub(crate) data_ports: Arc<Addresses<()>>,
    /// The relay's own ends of connections that pages have, with the number of the session.
    pub(crate) page_sockets: Arc<Addresses<u64>>,
    /// Where pages listen, and where they have UDP sockets; likewise.
    pub(crate) page_listeners: Arc<Addresses<u64>>,
    pub(crate) page_udp: Arc<Addresses<u64>>,
}

/// Listens for every protocol, at the ports from `base` on, or at free ones if it is 0.
pub(crate) fn bind(
    ip: IpAddr,
    base: u16,
    faults: &[ChosenFault],
) -> Result<Practice, (SocketAddr, io::Error)> {
    let mut practice = Practice { listeners: Vec::new(), endpoints: Vec::new() };
    for (index, protocol) in protocols::ALL.iter().enumerate() {
        let port = if base == 0 { 0 } else { base.saturating_add(index as u16) };
        let wanted = SocketAddr::new(ip, port);
        let (listener, address) = listen(wanted).map_err(|error| (wanted, error))?;
        let chosen = faults.iter().find(|chosen| chosen.protocol.id == protocol.id);
        let fault = chosen.map(|chosen| chosen.fault);
        practice.listeners.push(Listening { protocol, fault, listener });
        practice.endpoints.push(Endpoint {
            protocol: protocol.id.to_owned(),
            standard_port: protocol.port,
            address: reachable(address),
            user: world::USER.to_owned(),
            password: world::PASSWORD.to_owned(),
            notes: protocol.function.to_owned(),
            lacks: protocol.lacks.iter().copied().map(str::to_owned).collect(),
            fault: fault.map(|fault| fault.id.to_owned()),
            samples: protocol
                .samples
                .iter()
                .map(|(name, value)| (String::from(*name), String::from(*value)))
                .collect(),
        });
    }
    Ok(practice)
}

impl Practice {
    /// Serves until the relay stops; `alive` is dropped when the thread has ended.
    pub(crate) fn serve(
        self,
        meeting: Meeting,
        mut stage: watch::Receiver<Stage>,
        metrics: Arc<Metrics>,
        alive: mpsc::Sender<Infallible>,
    ) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("practice".to_owned()).spawn(move || {
            let room = Rc::new(Room::new(meeting));
            LocalSet::new().block_on(&runtime, async {
                for Listening { protocol, fault, listener } in self.listeners {
                    match TcpListener::from_std(listener) {
                        Ok(listener) => {
                            let (room, metrics) = (Rc::clone(&room), Arc::clone(&metrics));
                            spawn_local(accept(protocol, fault, listener, room, metrics));
                        }
                        Err(error) => {
                            tracing::error!(%error, protocol = protocol.id, "not served");
                        }
                    }
                }
                // An error means that the relay's handle is gone, which is as good.
                let _ = stage.wait_for(|stage| *stage == Stage::Stopped).await;
            });
            drop(alive);
        })?;
        Ok(())
    }
}

/// What all visits share.
pub(crate) struct Room {
    pub(crate) world: RefCell<World>,
    pub(crate) meeting: Meeting,
    /// Tells every visit how often the world has changed.
    pub(crate) changed: watch::Sender<u64>,
    start: Instant,
    visits: Cell<u64>,
    permits: Arc<Semaphore>,
}

impl Room {
    pub(crate) fn new(meeting: Meeting) -> Room {
        let world = World::new(world::EPOCH);
        Room {
            changed: watch::Sender::new(world.changes()),
            world: RefCell::new(world),
            meeting,
            start: Instant::now(),
            visits: Cell::new(0),
            permits: Arc::new(Semaphore::new(VISITS)),
        }
    }

    pub(crate) fn now(&self) -> Tick {
        Tick(self.start.elapsed())
    }

    pub(crate) fn instant(&self, at: Tick) -> Instant {
        self.start + at.0
    }

    /// Wakes all visits if the world has changed since they looked at it.
    pub(crate) fn announce(&self) {
        let changes = self.world.borrow().changes();
        self.changed.send_if_modified(|seen| std::mem::replace(seen, changes) != changes);
    }

    /// The first visitor of every run meets the same server, and so does the second.
    fn next_seed(&self) -> u64 {
        self.visits.set(self.visits.get() + 1);
        self.visits.get()
    }
}

async fn accept(
    protocol: &'static Protocol,
    fault: Option<&'static Fault>,
    listener: TcpListener,
    room: Rc<Room>,
    metrics: Arc<Metrics>,
) {
    loop {
        let Ok(permit) = Arc::clone(&room.permits).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((socket, peer)) => {
                let config = ServerConfig::practice(room.next_seed());
                let server = faults::server(protocol, &config, fault);
                tracing::debug!(%peer, protocol = protocol.id, "practice begins");
                let visit = greet(socket).and_then(|socket| {
                    Visit::new(server, fault.is_some(), socket, peer, Rc::clone(&room))
                });
                match visit {
                    Ok(visit) => {
                        let counted = metrics.visit();
                        spawn_local(async move {
                            visit.run().await;
                            tracing::debug!(%peer, protocol = protocol.id, "practice ends");
                            drop((permit, counted));
                        });
                    }
                    Err(error) => tracing::debug!(%peer, %error, "gone before the greeting"),
                }
            }
            Err(error) => {
                tracing::warn!(%error, protocol = protocol.id, "cannot accept; trying again");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A server that listens everywhere is reached on this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => address,
    }
}

fn greet(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_nodelay(true)?;
    Ok(socket)
}

fn listen(wanted: SocketAddr) -> io::Result<(StdListener, SocketAddr)> {
    let listener = StdListener::bind(wanted)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
