//! The table of states is whole, and the machine takes no other ways.

use crate::sockets::state::{State, TABLE, Trigger, way};

#[test]
fn every_state_is_reached_and_left() {
    for state in State::ALL {
        assert!(TABLE.iter().any(|edge| edge.to == state), "{state} is never reached");
        assert!(TABLE.iter().any(|edge| edge.from.contains(&state)), "no way out of {state}");
        assert!(!state.text().is_empty());
    }
}

#[test]
fn no_state_has_two_ways_for_one_trigger() {
    for (at, edge) in TABLE.iter().enumerate() {
        for other in &TABLE[..at] {
            let both = edge.from.iter().any(|from| other.from.contains(from));
            assert!(edge.trigger != other.trigger || !both, "{edge:?} and {other:?}");
        }
    }
}

/// The lines of figure 5 of RFC 9293, and those that its notes leave to the text.
#[test]
fn the_table_is_that_of_the_rfc() {
    use State::{
        CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
        SynSent, TimeWait,
    };
    let figure = [
        (Closed, Trigger::PassiveOpen, Listen),
        (Closed, Trigger::ActiveOpen, SynSent),
        (Listen, Trigger::SynArrives, SynReceived),
        (Listen, Trigger::Close, Closed),
        (SynSent, Trigger::SynArrives, SynReceived),
        (SynSent, Trigger::SynAckArrives, Established),
        (SynSent, Trigger::Close, Closed),
        (SynReceived, Trigger::AckOfSyn, Established),
        (SynReceived, Trigger::Close, FinWait1),
        (Established, Trigger::Close, FinWait1),
        (Established, Trigger::FinArrives, CloseWait),
        (FinWait1, Trigger::AckOfFin, FinWait2),
        (FinWait1, Trigger::FinArrives, Closing),
        (FinWait2, Trigger::FinArrives, TimeWait),
        (CloseWait, Trigger::Close, LastAck),
        (Closing, Trigger::AckOfFin, TimeWait),
        (LastAck, Trigger::AckOfFin, Closed),
        (TimeWait, Trigger::TwoMsl, Closed),
    ];
    for (from, trigger, to) in figure {
        assert_eq!(way(from, trigger).map(|edge| edge.to), Some(to), "{from} {trigger:?}");
    }
    let listed: usize = TABLE
        .iter()
        .filter(|e| !matches!(e.trigger, Trigger::RstArrives | Trigger::Abort | Trigger::GivesUp))
        .map(|edge| edge.from.len())
        .sum();
    // One more: a FIN in SYN-RECEIVED, which section 3.10.7.4 has and the figure has not.
    assert_eq!(listed, figure.len() + 1);
}
