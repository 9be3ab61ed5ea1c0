//! What is looked up when somebody asks, and costs nothing before.

use std::fmt;
use std::fs;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;

use crate::addresses::Addresses;
use crate::practice::Meeting;

/// Listeners and UDP sockets of pages.
pub(super) struct Sockets {
    listeners: Arc<Addresses<u64>>,
    udp: Arc<Addresses<u64>>,
}

impl Sockets {
    pub(super) fn of(meeting: &Meeting) -> Sockets {
        Sockets {
            listeners: Arc::clone(&meeting.page_listeners),
            udp: Arc::clone(&meeting.page_udp),
        }
    }
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sockets")
    }
}

impl Collector for Sockets {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (listeners, udp) = (self.listeners.count(), self.udp.count());
        gauge(&mut encoder, "wirelab_listeners", "Sockets on which pages listen", listeners)?;
        gauge(&mut encoder, "wirelab_udp_sockets", "UDP sockets of pages", udp)
    }
}

/// Memory and files of the whole relay; only where the system has `/proc`.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if let Some(bytes) = resident() {
            let help = "Memory of the relay in the machine";
            gauge(&mut encoder, "process_resident_memory_bytes", help, bytes)?;
        }
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            gauge(&mut encoder, "process_open_fds", "File descriptors in use", files.count())?;
        }
        Ok(())
    }
}

/// `VmRSS:     5188 kB`
fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: usize) -> fmt::Result {
    let metric = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
    let encoder = encoder.encode_descriptor(name, help, None, metric.metric_type())?;
    metric.encode(encoder)
}
