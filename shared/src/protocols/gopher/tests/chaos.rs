//! Events in any order, on connections that exist and that do not: nothing panics, and no octet
//! is lost.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::machine::{Input, Tick};
use crate::testing::addr;

#[derive(Clone, Debug)]
enum Event {
    Opened(u16),
    Bytes(u16, Vec<u8>),
    End(u16),
    Reset(u16),
    Failed(u16),
    Types(&'static str),
    Raw(Vec<u8>),
    Time,
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let likely: &[&[u8]] = &[
        b".\r\n",
        b"..\r\n",
        b"\r\n",
        b"\n",
        b"\r\r\n",
        b"0A\ta\th\t70\r\n",
        b"1B\tb\tother\t70\t+\r\n",
        b"+C\tc\th\t70\r\n",
        b"3no\t\t\t1\r\n",
        b"iHi\r\n",
        b"7S\t/s\th\t",
        b"+5\r\n",
        b"+-1\r\n",
        b"--1\r\n",
        b"+-2\r\n+INFO: 0A\ta\th\t70\r\n",
        b"\0\xff\xe9",
    ];
    prop_oneof![
        4 => prop::sample::select(likely).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let typed: &[&str] = &[
        "1",
        "0a",
        "0a\t+",
        "1\t$",
        "7/s\tx",
        "9b",
        "h/x",
        "gopher://h/0a",
        "gopher://x/1",
        "3no",
        ".",
    ];
    prop_oneof![
        3 => (0..4u16).prop_map(Event::Opened),
        6 => (0..4u16, piece()).prop_map(|(conn, bytes)| Event::Bytes(conn, bytes)),
        2 => (0..4u16).prop_map(Event::End),
        1 => (0..4u16).prop_map(Event::Reset),
        1 => (1..4u16).prop_map(Event::Failed),
        4 => prop::sample::select(typed).prop_map(Event::Types),
        1 => piece().prop_map(Event::Raw),
        1 => Just(Event::Time),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_order_of_events_is_survived(events in prop::collection::vec(event(), 0..40)) {
        let mut client = client();
        let mut came: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
        let mut shown = came.clone();
        let mut now = Tick::default();
        let start = Event::Opened(0);
        let ends = (0..4).map(Event::End);
        for event in [start].into_iter().chain(events).chain(ends) {
            now = now.after(core::time::Duration::from_secs(1));
            let input = match &event {
                Event::Opened(n) => {
                    Input::Opened { conn: Conn(*n), local: addr(1), peer: addr(2) }
                }
                Event::Bytes(n, bytes) => {
                    came.entry(*n).or_default().extend(bytes);
                    Input::Bytes { conn: Conn(*n), bytes }
                }
                Event::End(n) => Input::End { conn: Conn(*n) },
                Event::Reset(n) => Input::Reset { conn: Conn(*n), why: "reset" },
                Event::Failed(n) => Input::Failed { conn: Conn(*n), why: "refused" },
                Event::Types(text) => Input::Command(text),
                Event::Raw(bytes) => Input::Raw { conn: Conn::MAIN, bytes },
                Event::Time => Input::Time,
            };
            let from_wire = !matches!(event, Event::Types(_) | Event::Raw(_));
            let done = client.handle(input, now);
            prop_assert!(done.is_ok() || !from_wire, "{event:?}: {done:?}");
            while let Some(output) = client.poll() {
                match output {
                    Output::Received { conn, wire } => {
                        prop_assert!(wire.tiles(), "{wire:?}");
                        shown.entry(conn.0).or_default().extend(wire.bytes);
                    }
                    Output::Data { conn, direction: Direction::Received, bytes } => {
                        shown.entry(conn.0).or_default().extend(bytes);
                    }
                    Output::Sent { wire, .. } => prop_assert!(wire.tiles(), "{wire:?}"),
                    _ => {}
                }
            }
        }
        came.retain(|_, bytes| !bytes.is_empty());
        shown.retain(|_, bytes| !bytes.is_empty());
        prop_assert_eq!(came, shown);
    }
}
