//! The connections of a machine under test: what its host may tell it of each.

use shared::machine::Conn;

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Stage {
    /// The machine asked for a connection.
    Asked,
    /// The machine asked for a listening socket.
    AskedToListen,
    Listens,
    Open,
    /// The other side has said FIN.
    Ended,
    Gone,
}

#[derive(Default)]
pub(super) struct Conns(Vec<(Conn, Stage)>);

/// A machine has no reason for more; a fuzzer would open them without end.
const MOST: usize = 64;

impl Conns {
    pub(super) fn set(&mut self, conn: Conn, stage: Stage) {
        match self.0.iter_mut().find(|(known, _)| *known == conn) {
            Some((_, known)) => *known = stage,
            None => self.0.push((conn, stage)),
        }
    }

    pub(super) fn stage(&self, conn: Conn) -> Option<Stage> {
        self.0.iter().find(|(known, _)| *known == conn).map(|(_, stage)| *stage)
    }

    /// The `n`th one, counted round, if it is in one of these stages.
    pub(super) fn nth(&self, n: usize, in_stage: &[Stage]) -> Option<Conn> {
        let (conn, stage) = self.0.get(n % self.0.len().max(1))?;
        in_stage.contains(stage).then_some(*conn)
    }

    pub(super) fn all(&self) -> Vec<Conn> {
        self.0.iter().map(|(conn, _)| *conn).collect()
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }
}
