//! Where rooms are kept while a test runs, and relays that keep them there.

use relay::{Config, Relay, RoomSettings};
use tests::nats::NatsServer;

/// Where rooms are kept while a test runs.
pub(crate) enum Hub {
    Memory,
    Nats(NatsServer),
}

impl Hub {
    pub(crate) async fn nats() -> Option<Hub> {
        NatsServer::start().await.map(Hub::Nats)
    }

    pub(crate) async fn relay(&self) -> Relay {
        self.relay_with(|_| ()).await
    }

    pub(crate) async fn relay_with(&self, change: impl FnOnce(&mut Config)) -> Relay {
        let mut config = Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
        if let Hub::Nats(server) = self {
            config.limits.rooms.hub = Some(server.url().parse().unwrap());
        }
        change(&mut config);
        relay::start(config).await.unwrap()
    }

    pub(super) async fn relay_within(&self, rooms: RoomSettings) -> Relay {
        self.relay_with(|config| {
            let hub = config.limits.rooms.hub.take();
            config.limits.rooms = RoomSettings { hub, ..rooms };
        })
        .await
    }
}
