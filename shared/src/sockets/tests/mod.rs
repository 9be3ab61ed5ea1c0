mod any_order;
mod datagrams;
mod named;
mod pitfalls;
mod prompt;
mod table;

use super::{Bench, Outcome, Side, What};

/// A bench to be played on: `S` and `C` run a statement at a desk and give what the prompt shows.
pub(super) struct Lab(pub(super) Bench);

impl Lab {
    pub(super) fn new() -> Lab {
        let mut lab = Lab(Bench::new(7));
        for side in Side::BOTH {
            lab.run(side, "import socket");
            lab.run(side, "import struct");
        }
        lab
    }

    /// A server that listens as `s`, a client that is connected as `s`, and its other end as `c`.
    pub(super) fn connected() -> Lab {
        let mut lab = Lab::listening();
        lab.connect();
        lab
    }

    pub(super) fn listening() -> Lab {
        let mut lab = Lab::new();
        lab.server("s = socket.socket()");
        lab.server("s.bind(('', 12345))");
        assert_eq!(lab.server("s.listen(5)"), "");
        lab
    }

    pub(super) fn connect(&mut self) {
        self.client("s = socket.socket()");
        assert_eq!(self.client("s.connect(('server.lab', 12345))"), "");
        assert_eq!(self.server("c, addr = s.accept()"), "");
    }

    pub(super) fn server(&mut self, code: &str) -> String {
        self.run(Side::Server, code)
    }

    pub(super) fn client(&mut self, code: &str) -> String {
        self.run(Side::Client, code)
    }

    /// What the statement came to by now; `…` while it waits.
    pub(super) fn run(&mut self, side: Side, code: &str) -> String {
        let entry = self.0.len();
        self.0.run(side, code).unwrap_or_else(|why| panic!("{code}: {why}"));
        self.outcome(entry)
    }

    pub(super) fn outcome(&self, entry: usize) -> String {
        let What::Call { report, .. } = &self.0.entry(entry).expect("recorded").what else {
            panic!("no call");
        };
        let shown = match &report.outcome {
            None => "\u{2026}".into(),
            Some(Outcome::Nothing) => String::new(),
            Some(Outcome::Value(value)) => value.clone(),
            Some(Outcome::Raised(exception)) => exception.to_string(),
            Some(Outcome::NotHere(why)) => format!("not here: {why}"),
        };
        format!("{}{shown}", report.printed)
    }

    /// The last call of this side, as it stands now.
    pub(super) fn last(&self, side: Side) -> String {
        let of_side = |what: &What| matches!(what, What::Call { side: s, .. } if *s == side);
        let last = self.0.entries().rev().find(|(_, entry)| of_side(&entry.what));
        self.outcome(last.expect("there is one").0)
    }

    /// Lines of all packets since an entry, with an arrow for who sent them.
    pub(super) fn packets(&self, since: usize) -> Vec<String> {
        let entries = self.0.entries().filter(|(number, _)| *number >= since);
        entries
            .filter_map(|(_, entry)| match &entry.what {
                What::Packet { from, packet, .. } => {
                    let arrow = if *from == Side::Client { ">" } else { "<" };
                    Some(format!("{arrow} {}", packet.line()))
                }
                _ => None,
            })
            .collect()
    }

    pub(super) fn states(&self, side: Side) -> Vec<&'static str> {
        let views = self.0.kernel(side).view();
        views.iter().filter_map(|view| view.state).map(|state| state.name()).collect()
    }

    /// Told of the last call of this side: what and why.
    pub(super) fn told(&self, side: Side) -> String {
        let calls = self.0.entries().rev().filter_map(|(_, entry)| match &entry.what {
            What::Call { side: s, report, .. } if *s == side => Some(report),
            _ => None,
        });
        let report = calls.into_iter().next().expect("there is a call");
        let all = report.told.iter().chain(&report.waits);
        all.map(|told| format!("{} {}\n", told.what, told.why)).collect()
    }
}
