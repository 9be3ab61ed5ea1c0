//! What the owners of a small world want.

use crate::tunnel::MAX_DATA;

/// What an owner does with one stream, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// So many octets, in as many pieces as there is room for.
    Send(usize),
    Fin,
    /// After what was sent.
    Reset,
    /// At once.
    Abort,
    /// The relay does not connect.
    Refuse,
    /// A page that breaks the rules: more octets than any window has.
    Overrun,
}

pub(super) struct Plan {
    pub(super) name: &'static str,
    /// Credit granted by the page and by the relay to each stream.
    pub(super) windows: [u32; 2],
    /// For each stream what the page does and what the relay does.
    pub(super) streams: &'static [[&'static [Act]; 2]],
    /// How much of what was told is consumed at once.
    pub(super) sip: usize,
    /// Octets that may be on their way before a PONG; `None`: no PINGs are sent.
    pub(super) pace: Option<u64>,
    /// At least so many states there are.
    pub(super) least: usize,
}

use Act::*;

pub(super) const ONE: &[Plan] = &[
    Plan {
        name: "both ways through windows of one and two",
        windows: [2, 1],
        streams: &[[&[Send(3), Fin], &[Send(3), Fin]]],
        sip: 1,
        pace: None,
        least: 10_000,
    },
    Plan {
        name: "one way, octet by octet",
        windows: [3, 1],
        streams: &[[&[Fin], &[Send(2), Send(3), Fin]]],
        sip: 1,
        pace: None,
        least: 800,
    },
    Plan {
        name: "more than a frame",
        windows: [1, MAX_DATA as u32 + 2],
        streams: &[[&[Send(MAX_DATA + 1), Send(2), Fin], &[Send(1), Fin]]],
        sip: MAX_DATA,
        pace: None,
        least: 10_000,
    },
];

pub(super) const GIVEN_UP: &[Plan] = &[
    Plan {
        name: "the page resets after what it sent",
        windows: [2, 2],
        streams: &[[&[Send(3), Reset], &[Send(2), Fin]]],
        sip: 1,
        pace: None,
        least: 19_000,
    },
    Plan {
        name: "the page gives up at any time",
        windows: [1, 2],
        streams: &[[&[Abort], &[Send(3), Fin]]],
        sip: 1,
        pace: None,
        least: 500,
    },
    Plan {
        name: "both reset",
        windows: [2, 1],
        streams: &[[&[Send(2), Abort], &[Send(2), Reset]]],
        sip: 1,
        pace: None,
        least: 5_000,
    },
    Plan {
        name: "a reset after FIN",
        windows: [2, 2],
        streams: &[[&[Send(1), Fin, Abort], &[Send(3), Reset]]],
        sip: 2,
        pace: None,
        least: 5_000,
    },
    Plan {
        name: "refused",
        windows: [2, 2],
        streams: &[[&[Fin, Abort], &[Refuse]]],
        sip: 1,
        pace: None,
        least: 50,
    },
];

pub(super) const TWO: &[Plan] = &[
    Plan {
        name: "two streams",
        windows: [1, 1],
        streams: &[[&[], &[Send(1), Fin]], [&[Send(1), Fin], &[]]],
        sip: 1,
        pace: None,
        least: 3_000,
    },
    Plan {
        name: "one is reset beside another",
        windows: [1, 1],
        streams: &[[&[Abort], &[Send(1)]], [&[], &[Send(2)]]],
        sip: 1,
        pace: None,
        least: 7_000,
    },
];

/// One frame may be on its way until its PONG has come.
pub(super) const PACED: &[Plan] = &[
    Plan {
        name: "one way, with one frame on its way",
        windows: [2, 1],
        streams: &[[&[Fin], &[Send(3), Fin]]],
        sip: 1,
        pace: Some(1),
        least: 20_000,
    },
    Plan {
        name: "given up, with one frame on its way",
        windows: [1, 1],
        streams: &[[&[Abort], &[Send(2), Fin]]],
        sip: 1,
        pace: Some(1),
        least: 2_500,
    },
];

pub(super) const BROKEN: &[Plan] = &[Plan {
    name: "credit is overrun",
    windows: [2, 2],
    streams: &[[&[Send(1), Overrun, Fin], &[Send(2), Fin]]],
    sip: 1,
    pace: None,
    least: 14_000,
}];
