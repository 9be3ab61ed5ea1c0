//! What a client is told about its session before it begins.

use shared::machine::ClientConfig;
use shared::world::World;

use super::{Began, Lab, Target};

impl Lab {
    pub(super) fn config(&self, began: Began, world: &World) -> ClientConfig {
        let protocol = self.route.protocol;
        let practice = ClientConfig {
            seed: began.seed,
            // A script that was pasted is played as Python would play it.
            as_python: began.as_python,
            ..ClientConfig::practice(protocol.port)
        };
        match &self.route.target {
            Target::Real { host, port } => ClientConfig {
                host: host.clone(),
                port: *port,
                user: "name".into(),
                password: "password".into(),
                ..practice
            },
            // What SMTP delivered is what a reader wants to see next.
            Target::Page | Target::Relay => {
                let reads_mail =
                    ["pop3", "imap"].contains(&protocol.id) && self.route.target == Target::Page;
                let delivered = self.delivered_to.clone().filter(|_| reads_mail);
                let user = delivered.unwrap_or_else(|| practice.user.clone());
                let password = world.accounts.password(&user).unwrap_or(&practice.password);
                ClientConfig { password: password.into(), user, ..practice }
            }
        }
    }
}
