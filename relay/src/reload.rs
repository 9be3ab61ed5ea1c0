//! The settings again while the relay runs: what can change, changes for whatever is opened next.

use std::fmt::Debug;
use std::sync::Arc;

use crate::config::{Config, RoomSettings};
use crate::house::Terms;
use crate::policy::{Rule, Table};
use crate::{Limits, Relay};

impl Relay {
    /// What is open stays open; what is opened from now on follows the new policy and limits. The
    /// log says what changed, and what would need a new start.
    pub fn reload(&self, before: &Config, config: &Config) {
        let Terms { policy, limits: now, access } = self.terms.borrow().clone();
        let policy = policy.replaced(config.policy, &config.parameters);
        // Of these the relay has as many as it started with.
        let Limits { connections, sessions, .. } = *now;
        let rooms = RoomSettings { hub: now.rooms.hub.clone(), ..config.limits.rooms.clone() };
        let limits = Limits { connections, sessions, rooms, ..config.limits.clone() };
        let mut changed = false;
        let (old, new) = (table(before), table(config));
        for rule in new.rules().iter().filter(|rule| !old.rules().contains(rule)) {
            changed = true;
            tracing::info!(policy = config.policy.name(), rule = rule.name, "new or changed rule");
        }
        let is_gone = |rule: &&Rule| new.rules().iter().all(|other| other.name != rule.name);
        for rule in old.rules().iter().filter(is_gone) {
            changed = true;
            tracing::info!(policy = before.policy.name(), rule = rule.name, "rule gone");
        }
        if old != new && !changed {
            changed = true;
            tracing::info!(
                policy = config.policy.name(),
                "rules in another order, or by another name"
            );
        }
        if *now != limits {
            changed = true;
            tracing::info!(before = ?now, now = ?limits, "limits changed");
        }
        let access = match crate::access(config) {
            Ok(access) => access,
            Err((file, error)) => {
                tracing::error!(file, %error, "the access token stays as it was");
                access
            }
        };
        let (policy, limits) = (Arc::new(policy), Arc::new(limits));
        self.terms.send_replace(Terms { policy, limits, access });
        let fixed = differences(before, config);
        if !fixed.is_empty() {
            tracing::warn!(settings = fixed.join(", "), "these need a new start of the relay");
        }
        tracing::info!(changed, "settings read again");
    }
}

fn table(config: &Config) -> Table {
    Table::new(config.policy, &config.parameters)
}

/// The settings that differ and cannot change while the relay runs.
fn differences(before: &Config, after: &Config) -> Vec<&'static str> {
    fn text(value: &dyn Debug) -> String {
        format!("{value:?}")
    }
    let of = |config: &Config| {
        [
            ("listen", text(&config.listen)),
            ("allow-host", text(&config.allowed_hosts)),
            ("practice-listen", text(&config.practice_listen)),
            ("practice-port-base", text(&config.practice_port_base)),
            ("fault", text(&config.faults)),
            ("endpoints", text(&config.endpoints_file)),
            ("limits.connections", text(&config.limits.connections)),
            ("limits.sessions", text(&config.limits.sessions)),
            ("rooms.hub", text(&config.limits.rooms.hub)),
        ]
    };
    let pairs = of(before).into_iter().zip(of(after));
    pairs.filter(|(old, new)| old != new).map(|((name, _), _)| name).collect()
}
