//! What the system says about a process and its children.

use std::fs;
use std::time::Duration;

/// What Linux counts ended children's time in, on every machine.
const TICK: Duration = Duration::from_millis(10);

/// In KiB. Pages that several processes share count once: websockify forks for each WebSocket.
pub(crate) fn resident(id: u32) -> u64 {
    family(id).into_iter().filter_map(proportional).sum()
}

fn proportional(id: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Of all threads that there are, and of children that have ended.
pub(crate) fn used(id: u32) -> Duration {
    let family = family(id);
    let threads = family
        .iter()
        .flat_map(|id| fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten());
    let nanos = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    let ended = family.iter().flat_map(|id| {
        let fields = fields(*id);
        [13, 14].map(|n| fields.get(n).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0))
    });
    Duration::from_nanos(nanos.sum()) + TICK * u32::try_from(ended.sum::<u64>()).unwrap_or(u32::MAX)
}

/// Of `/proc/ID/stat`, after the name, which may hold anything.
fn fields(id: u32) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let rest = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    rest.split(' ').map(str::to_owned).collect()
}

/// The process and all that come from it.
fn family(id: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parents: Vec<(u32, u32)> =
        ids.filter_map(|id| Some((id, fields(id).get(1)?.parse().ok()?))).collect();
    let mut family = vec![id];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| id));
        at += 1;
    }
    family
}
