//! A session through a relay, with every connection that it asks for, as the page has it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use futures_util::future::select_all;
use shared::machine::{ClientConfig, Conn, OwnedInput, Tick};
use shared::protocols::Protocol;
use shared::session::{Effect, Session};
use shared::transcript::render;
use shared::tunnel::{Listen, Reset, StreamId};
use tokio::time::{Instant, timeout};

use crate::tunnel::{Refused, TunnelClient, TunnelListener, TunnelStream};

/// While the server has the word, it is waited for; then only for what is on its way.
const PATIENCE: Duration = Duration::from_secs(20);
const QUIET: Duration = Duration::from_millis(150);

pub struct Relayed {
    pub session: Session,
    /// Bulk octets that were delivered.
    pub delivered: Vec<u8>,
    pub tunnel: TunnelClient,
    lanes: BTreeMap<Conn, Lane>,
    began: Instant,
}

enum Lane {
    /// With what is to be written when the connection has come in, and whether that is all.
    Listens(TunnelListener, Vec<u8>, bool),
    Open(TunnelStream),
    /// The server has ended its side.
    Ended(TunnelStream),
}

type Arrival<'a> = Pin<Box<dyn Future<Output = (Conn, News)> + Send + 'a>>;

enum News {
    Connection(Result<TunnelStream, Reset>),
    Bytes(Result<Option<Vec<u8>>, Reset>),
}

impl Relayed {
    /// Connected, with the greeting read.
    pub async fn connect(
        protocol: &'static Protocol,
        relay: SocketAddr,
        config: &ClientConfig,
    ) -> Relayed {
        let mut relayed = Relayed {
            session: Session::new((protocol.client)(config)),
            delivered: Vec::new(),
            tunnel: TunnelClient::connect(relay).await,
            lanes: BTreeMap::new(),
            began: Instant::now(),
        };
        relayed.session.connect(&config.host, config.port, Tick::default());
        relayed.settle().await;
        relayed
    }

    pub async fn types(&mut self, text: &str) {
        let now = self.now();
        if let Err(refused) = self.session.command(text, now) {
            panic!("{text:?} was refused: {refused}\n{}", self.text());
        }
        self.settle().await;
    }

    pub fn state(&self) -> &'static str {
        self.session.client().state().id
    }

    /// The transcript as text.
    pub fn text(&self) -> String {
        render(self.session.transcript())
    }

    async fn settle(&mut self) {
        loop {
            while let Some(effect) = self.session.poll_effect() {
                self.carry(effect).await;
            }
            let ours = self.session.client().suggestion().is_some() || self.state() == "closed";
            let wait = if ours { QUIET } else { PATIENCE };
            let arrivals = self.lanes.iter_mut().filter_map(arrival).collect::<Vec<_>>();
            if arrivals.is_empty() {
                return;
            }
            let Ok(((conn, news), ..)) = timeout(wait, select_all(arrivals)).await else {
                assert!(ours, "the server says nothing:\n{}", self.text());
                return;
            };
            self.hear(conn, news).await;
        }
    }

    async fn carry(&mut self, effect: Effect) {
        match effect {
            Effect::Connect { conn, host, port } => match self.tunnel.open(&host, port).await {
                Ok(stream) => self.opened(conn, stream),
                Err(refused) => self.failed(conn, refused),
            },
            Effect::Listen { conn } => {
                let main = self.main().expect("there is a server to listen for");
                match self.tunnel.listen(Listen::for_peer_of(main)).await {
                    Ok(listener) => {
                        let addr = listener.info.advertised;
                        self.lanes.insert(conn, Lane::Listens(listener, Vec::new(), false));
                        self.arrive(OwnedInput::Listening { conn, addr });
                    }
                    Err(refused) => self.failed(conn, refused),
                }
            }
            Effect::Write { conn, bytes } => match self.lanes.get_mut(&conn) {
                Some(Lane::Listens(_, early, _)) => early.extend(bytes),
                // A server that has gone is told by what comes from it.
                Some(Lane::Open(stream) | Lane::Ended(stream)) => drop(stream.write(&bytes).await),
                None => {}
            },
            Effect::Finish { conn } => match self.lanes.get_mut(&conn) {
                Some(Lane::Listens(_, _, all)) => *all = true,
                Some(Lane::Open(stream) | Lane::Ended(stream)) => stream.finish(),
                None => {}
            },
            Effect::Abort { conn } => match self.lanes.remove(&conn) {
                Some(Lane::Listens(listener, ..)) => listener.close(),
                Some(Lane::Open(mut stream) | Lane::Ended(mut stream)) => stream.reset(),
                None => {}
            },
            Effect::Deliver { bytes, .. } => self.delivered.extend(bytes),
            Effect::StartTls { .. } | Effect::WakeAt(_) | Effect::Consumed { .. } => {}
        }
    }

    async fn hear(&mut self, conn: Conn, news: News) {
        match news {
            News::Connection(Ok(mut stream)) => {
                if let Some(Lane::Listens(_, early, all)) = self.lanes.remove(&conn) {
                    if !early.is_empty() {
                        drop(stream.write(&early).await);
                    }
                    if all {
                        stream.finish();
                    }
                }
                self.opened(conn, stream);
            }
            News::Connection(Err(reset)) => self.failed(conn, Refused::Relay(reset)),
            News::Bytes(Ok(Some(bytes))) => self.arrive(OwnedInput::Bytes { conn, bytes }),
            News::Bytes(Ok(None)) => {
                if let Some(Lane::Open(stream)) = self.lanes.remove(&conn) {
                    self.lanes.insert(conn, Lane::Ended(stream));
                }
                self.arrive(OwnedInput::End { conn });
            }
            News::Bytes(Err(reset)) => {
                self.lanes.remove(&conn);
                self.arrive(OwnedInput::Reset { conn, why: reset.to_string() });
            }
        }
    }

    fn opened(&mut self, conn: Conn, stream: TunnelStream) {
        let (local, peer) = (stream.info.local, stream.info.peer);
        self.lanes.insert(conn, Lane::Open(stream));
        self.arrive(OwnedInput::Opened { conn, local, peer });
    }

    fn failed(&mut self, conn: Conn, refused: Refused) {
        let why = match refused {
            Refused::Local(error) => error.to_string(),
            Refused::Relay(reset) => reset.to_string(),
            Refused::Over(why) => why,
        };
        self.lanes.remove(&conn);
        self.arrive(OwnedInput::Failed { conn, why });
    }

    fn main(&self) -> Option<StreamId> {
        match self.lanes.get(&Conn::MAIN)? {
            Lane::Open(stream) => Some(stream.id),
            _ => None,
        }
    }

    fn arrive(&mut self, input: OwnedInput) {
        let now = self.now();
        self.session.arrive(input, now);
    }

    fn now(&self) -> Tick {
        Tick(self.began.elapsed())
    }
}

/// What a lane may bring.
fn arrival<'a>((conn, lane): (&'a Conn, &'a mut Lane)) -> Option<Arrival<'a>> {
    let conn = *conn;
    match lane {
        Lane::Listens(listener, ..) => {
            Some(Box::pin(async move { (conn, News::Connection(listener.accept().await)) }))
        }
        Lane::Open(stream) => {
            Some(Box::pin(async move { (conn, News::Bytes(stream.read().await)) }))
        }
        Lane::Ended(_) => None,
    }
}
