//! The states of a TCP connection and every way between them, as a table that the machine obeys.

use core::fmt;

use crate::explain::Rfc;

/// RFC 9293 section 3.3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

use State::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
    SynSent, TimeWait,
};

impl State {
    pub const ALL: [State; 11] = [
        Closed,
        Listen,
        SynSent,
        SynReceived,
        Established,
        FinWait1,
        FinWait2,
        CloseWait,
        Closing,
        LastAck,
        TimeWait,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Closed => "CLOSED",
            Listen => "LISTEN",
            SynSent => "SYN-SENT",
            SynReceived => "SYN-RECEIVED",
            Established => "ESTABLISHED",
            FinWait1 => "FIN-WAIT-1",
            FinWait2 => "FIN-WAIT-2",
            CloseWait => "CLOSE-WAIT",
            Closing => "CLOSING",
            LastAck => "LAST-ACK",
            TimeWait => "TIME-WAIT",
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            Closed => "There is no connection.",
            Listen => "Waits for anybody\u{2019}s SYN.",
            SynSent => "Has sent a SYN and waits for one back.",
            SynReceived => {
                "Has got a SYN and answered it; waits for the last ACK of the handshake."
            }
            Established => "The connection is open: data goes both ways.",
            FinWait1 => "Has said that it sends no more; waits for the ACK of that.",
            FinWait2 => {
                "Its FIN is acknowledged. It still reads, until the peer\u{2019}s FIN comes."
            }
            CloseWait => {
                "The peer sends no more. This side may still send; its close() is awaited."
            }
            Closing => {
                "Both said at once that they send no more; the ACK of this side\u{2019}s FIN is still to come."
            }
            LastAck => "Both have ended; waits for the ACK of its own FIN.",
            TimeWait => {
                "All is done. The pair of addresses is kept for twice the longest life of a segment, so that no old segment gets into a new connection."
            }
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What moves a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// `listen()`
    PassiveOpen,
    /// `connect()`
    ActiveOpen,
    SynArrives,
    SynAckArrives,
    AckOfSyn,
    FinArrives,
    AckOfFin,
    /// `close()` or `shutdown(SHUT_WR)`
    Close,
    RstArrives,
    /// The connection is dropped with a RST.
    Abort,
    /// Nobody has answered for too long.
    GivesUp,
    /// Twice the maximum segment lifetime has passed.
    TwoMsl,
}

impl Trigger {
    pub fn title(self) -> &'static str {
        match self {
            Trigger::PassiveOpen => "listen()",
            Trigger::ActiveOpen => "connect()",
            Trigger::SynArrives => "SYN arrives",
            Trigger::SynAckArrives => "SYN-ACK arrives",
            Trigger::AckOfSyn => "ACK of the SYN arrives",
            Trigger::FinArrives => "FIN arrives",
            Trigger::AckOfFin => "ACK of the FIN arrives",
            Trigger::Close => "close() or shutdown(SHUT_WR)",
            Trigger::RstArrives => "RST arrives",
            Trigger::Abort => "the connection is dropped",
            Trigger::GivesUp => "no answer for too long",
            Trigger::TwoMsl => "2 MSL have passed",
        }
    }
}

/// A way from some states to one.
#[derive(Debug, PartialEq)]
pub struct Edge {
    pub from: &'static [State],
    pub trigger: Trigger,
    pub to: State,
    /// What goes out with it.
    pub sends: &'static str,
    /// A section of RFC 9293.
    pub section: &'static str,
}

impl Edge {
    pub fn rfc(&self) -> Rfc {
        Rfc::new(9293, self.section)
    }
}

const fn edge(
    from: &'static [State],
    trigger: Trigger,
    to: State,
    sends: &'static str,
    section: &'static str,
) -> Edge {
    Edge { from, trigger, to, sends, section }
}

/// States that know the peer's sequence numbers.
const SYNCHRONIZED: &[State] =
    &[SynReceived, Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait];

const OPEN: &[State] =
    &[SynSent, SynReceived, Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait];

/// Figure 5 of RFC 9293 with the ways that its notes add: resets, aborts and timeouts.
pub static TABLE: &[Edge] = &[
    edge(&[Closed], Trigger::PassiveOpen, Listen, "", "3.10.1"),
    edge(&[Closed], Trigger::ActiveOpen, SynSent, "SYN", "3.10.1"),
    edge(&[Listen], Trigger::SynArrives, SynReceived, "SYN, ACK", "3.10.7.2"),
    edge(&[Listen], Trigger::Close, Closed, "", "3.10.4"),
    edge(&[SynSent], Trigger::SynAckArrives, Established, "ACK", "3.10.7.3"),
    edge(&[SynSent], Trigger::SynArrives, SynReceived, "SYN, ACK", "3.10.7.3"),
    edge(&[SynSent], Trigger::Close, Closed, "", "3.10.4"),
    edge(&[SynReceived], Trigger::AckOfSyn, Established, "", "3.10.7.4"),
    edge(&[SynReceived], Trigger::Close, FinWait1, "FIN", "3.10.4"),
    edge(&[SynReceived, Established], Trigger::FinArrives, CloseWait, "ACK", "3.10.7.4"),
    edge(&[Established], Trigger::Close, FinWait1, "FIN", "3.10.4"),
    edge(&[FinWait1], Trigger::AckOfFin, FinWait2, "", "3.10.7.4"),
    edge(&[FinWait1], Trigger::FinArrives, Closing, "ACK", "3.10.7.4"),
    edge(&[FinWait2], Trigger::FinArrives, TimeWait, "ACK", "3.10.7.4"),
    edge(&[CloseWait], Trigger::Close, LastAck, "FIN", "3.10.4"),
    edge(&[Closing], Trigger::AckOfFin, TimeWait, "", "3.10.7.4"),
    edge(&[LastAck], Trigger::AckOfFin, Closed, "", "3.10.7.4"),
    edge(&[TimeWait], Trigger::TwoMsl, Closed, "", "3.10.8"),
    edge(OPEN, Trigger::RstArrives, Closed, "", "3.5.3"),
    edge(SYNCHRONIZED, Trigger::Abort, Closed, "RST", "3.10.5"),
    edge(OPEN, Trigger::GivesUp, Closed, "", "3.10.8"),
];

/// The way that this takes from here, if there is one.
pub fn way(from: State, trigger: Trigger) -> Option<&'static Edge> {
    TABLE.iter().find(|edge| edge.trigger == trigger && edge.from.contains(&from))
}
