//! Under which origins others reach this relay, for the presenter to show.

use crate::gate::Gate;

/// None if the relay is only for its own machine. `came_by` is the origin of the presenter's own page,
/// which the gate has let in.
pub(super) fn origins(gate: &Gate, came_by: Option<&str>) -> Vec<String> {
    let own = || {
        let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
            tracing::warn!(%error, "the system does not tell the addresses of this machine");
            Vec::new()
        });
        interfaces.into_iter().map(|interface| interface.ip()).collect()
    };
    gate.origins(came_by, own)
}
