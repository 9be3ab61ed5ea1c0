//! The way that a session took through the states of its table.

use shared::machine::Conn;
use shared::table::State;
use shared::transcript::{Entry, Kind};

#[derive(Debug)]
pub struct Path {
    /// Each once, in the order in which it was first come to.
    pub states: Vec<&'static State>,
    /// Each once, in the order in which it was first taken.
    pub moves: Vec<(&'static State, &'static State)>,
}

impl Path {
    /// Of the last session that these entries tell of.
    pub fn of<'a>(start: &'static State, entries: impl Iterator<Item = &'a Entry>) -> Path {
        let mut path = Path { states: vec![start], moves: Vec::new() };
        let mut here = start;
        for entry in entries {
            match entry.kind {
                Kind::Connecting { .. } if entry.conn == Conn::MAIN => {
                    path = Path { states: vec![start], moves: Vec::new() };
                    here = start;
                }
                Kind::State(to) if to != here => {
                    if !path.has_taken(here, to) {
                        path.moves.push((here, to));
                    }
                    if !path.has_been(to) {
                        path.states.push(to);
                    }
                    here = to;
                }
                _ => {}
            }
        }
        path
    }

    pub fn has_been(&self, state: &State) -> bool {
        self.states.iter().any(|other| **other == *state)
    }

    pub fn has_taken(&self, from: &State, to: &State) -> bool {
        self.moves.iter().any(|way| (way.0, way.1) == (from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::timed;

    #[test]
    fn the_path_is_the_states_of_the_transcript() {
        let lab = timed("pop3", &["USER student", "PASS wrong", "USER student", "PASS lab-secret"]);
        let table = lab.route.protocol.table;
        let path = Path::of(table.start(), lab.entries());
        let ids: Vec<&str> = path.states.iter().map(|state| state.id).collect();
        assert_eq!(ids, ["greet", "authorization", "user-given", "transaction"]);
        let moves: Vec<_> = path.moves.iter().map(|(from, to)| (from.id, to.id)).collect();
        assert_eq!(
            moves,
            [
                ("greet", "authorization"),
                ("authorization", "user-given"),
                ("user-given", "authorization"),
                ("user-given", "transaction")
            ]
        );
        let edges = table.edges();
        for (from, to) in &path.moves {
            assert!(edges.iter().any(|edge| edge.from == *from && edge.to == *to));
        }
    }

    #[test]
    fn another_session_begins_another_path() {
        let lab = timed("pop3", &["QUIT"]);
        let twice = lab.entries().chain(lab.entries().take(2));
        let path = Path::of(lab.route.protocol.table.start(), twice);
        assert_eq!(path.states.len(), 1, "{path:?}");
    }
}
