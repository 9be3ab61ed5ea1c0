//! Where reads ended: TCP is a stream, and its reads need not end where a unit of the protocol does.

use crate::machine::{Conn, Tick};

/// One read: the octets of its connection up to `end` that none before it had brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    pub end: u64,
    pub at: Tick,
}

/// Reads of one connection are remembered up to this many: bulk content of gigabytes comes in
/// millions of them, and nobody looks at those.
pub const READS_LIMIT: usize = 256 * 1024;

#[derive(Clone, Debug, Default)]
pub(super) struct Reads(Vec<(Conn, Vec<Read>)>);

impl Reads {
    pub(super) fn add(&mut self, conn: Conn, octets: usize, at: Tick) {
        let found = self.0.iter().rposition(|(c, _)| *c == conn);
        let lane = found.unwrap_or_else(|| {
            self.0.push((conn, Vec::new()));
            self.0.len() - 1
        });
        let reads = &mut self.0[lane].1;
        if octets > 0 && reads.len() < READS_LIMIT {
            let end = reads.last().map_or(0, |read| read.end) + octets as u64;
            reads.push(Read { end, at });
        }
    }

    /// A copy that can be continued, but has only the last read of each connection.
    pub(super) fn bare(&self) -> Reads {
        let last = |reads: &Vec<Read>| reads.last().copied().into_iter().collect();
        Reads(self.0.iter().map(|(conn, reads)| (*conn, last(reads))).collect())
    }

    pub(super) fn of(&self, conn: Conn) -> &[Read] {
        self.0.iter().rfind(|(c, _)| *c == conn).map_or(&[], |(_, reads)| reads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_has_its_own_reads_and_there_is_a_limit() {
        let mut reads = Reads::default();
        reads.add(Conn(0), 12, Tick::default());
        reads.add(Conn(1), 7, Tick::default());
        reads.add(Conn(0), 0, Tick::default());
        reads.add(Conn(0), 1, Tick::default());
        let ends = |conn: u16| reads.of(Conn(conn)).iter().map(|read| read.end).collect::<Vec<_>>();
        assert_eq!((ends(0), ends(1), ends(2)), (vec![12, 13], vec![7], vec![]));
        for _ in 0..=READS_LIMIT {
            reads.add(Conn(1), 1, Tick::default());
        }
        assert_eq!(reads.of(Conn(1)).len(), READS_LIMIT);
        assert_eq!(reads.bare().of(Conn(0)), &reads.of(Conn(0))[1..]);
    }
}
