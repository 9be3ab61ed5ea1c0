//! Any order of sending, ending, travelling and hearing, against a model of what was promised.

use proptest::collection::vec;
use proptest::prelude::*;

use super::pair::*;
use crate::tunnel::*;

#[derive(Clone, Debug)]
enum Step {
    Send {
        page: bool,
        stream: usize,
        length: usize,
    },
    Finish {
        page: bool,
        stream: usize,
    },
    Reset {
        page: bool,
        stream: usize,
    },
    Emit {
        page: bool,
    },
    Arrive {
        page: bool,
    },
    /// One event, and everything told so far is consumed if `consume`.
    Hear {
        page: bool,
        consume: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let side = any::<bool>;
    let stream = || 0usize..3;
    prop_oneof![
        6 => (side(), stream(), 1usize..3000)
            .prop_map(|(page, stream, length)| Step::Send { page, stream, length }),
        1 => (side(), stream()).prop_map(|(page, stream)| Step::Finish { page, stream }),
        1 => (side(), stream()).prop_map(|(page, stream)| Step::Reset { page, stream }),
        8 => side().prop_map(|page| Step::Emit { page }),
        8 => side().prop_map(|page| Step::Arrive { page }),
        6 => (side(), any::<bool>()).prop_map(|(page, consume)| Step::Hear { page, consume }),
    ]
}

/// One direction of one stream: what was accepted, what was told, how it ended.
#[derive(Default, Clone)]
struct Flow {
    sent: u32,
    finished: bool,
    reset: bool,
    told: u32,
    owed: usize,
    fin_told: bool,
    reset_told: bool,
}

struct Play {
    pair: Pair,
    ids: Vec<StreamId>,
    /// By direction (0: from the relay, 1: from the page), then by stream.
    flows: [Vec<Flow>; 2],
}

impl Play {
    fn new() -> Play {
        let mut pair = Pair::new();
        // Small windows, so that credit runs out.
        let ids = (0..3)
            .map(|_| {
                let target = Target { window: 2000, ..Target::new("a", 1) };
                let id = pair.page.open(target).unwrap();
                pair.settle();
                pair.relay.poll_event();
                assert!(pair.relay.opened(id, OpenedInfo { window: 1500, ..info() }));
                pair.settle();
                pair.page.poll_event();
                id
            })
            .collect();
        Play { pair, ids, flows: [vec![Flow::default(); 3], vec![Flow::default(); 3]] }
    }

    fn send(&mut self, page: bool, stream: usize, length: usize) {
        let flow = &mut self.flows[usize::from(page)][stream];
        let bytes = (flow.sent..flow.sent + length as u32).map(|at| at as u8).collect::<Vec<_>>();
        let room = self.pair.end(page).room(self.ids[stream]);
        let accepted = self.pair.end(page).send(self.ids[stream], &bytes);
        assert_eq!(accepted, room.min(length));
        assert!(accepted == 0 || !(flow.finished || flow.reset));
        flow.sent += accepted as u32;
    }

    fn finish(&mut self, page: bool, stream: usize) {
        self.flows[usize::from(page)][stream].finished = true;
        self.pair.end(page).finish(self.ids[stream]);
    }

    fn reset(&mut self, page: bool, stream: usize) {
        self.flows[usize::from(page)][stream].reset = true;
        self.pair.end(page).reset(self.ids[stream], Reset::new(Reason::CANCELLED, Phase::Local));
    }

    fn hear(&mut self, page: bool, consume: bool) -> bool {
        let event = self.pair.end(page).poll_event();
        let index = |id| self.ids.iter().position(|known| *known == id).unwrap();
        let flows = &mut self.flows[usize::from(!page)];
        match &event {
            Some(Event::Data(id, bytes)) => {
                let flow = &mut flows[index(*id)];
                assert!(!flow.fin_told && !flow.reset_told, "bytes after the end");
                for byte in bytes {
                    assert_eq!(*byte, flow.told as u8, "bytes out of order");
                    flow.told += 1;
                }
                flow.owed += bytes.len();
                assert!(flow.owed <= 2000, "more than the window was told");
                assert!(flow.told <= flow.sent);
            }
            Some(Event::Fin(id)) => {
                let flow = &mut flows[index(*id)];
                assert!(flow.finished && !flow.fin_told && !flow.reset_told);
                assert_eq!(flow.told, flow.sent, "FIN before the bytes");
                flow.fin_told = true;
            }
            Some(Event::Reset(id, reset)) => {
                let flow = &mut flows[index(*id)];
                assert!(flow.reset && !flow.reset_told);
                assert_eq!(reset.reason, Reason::CANCELLED);
                flow.reset_told = true;
            }
            Some(Event::Writable(_)) | None => {}
            other => panic!("{other:?}"),
        }
        if consume {
            for (stream, id) in self.ids.iter().enumerate() {
                let owed = std::mem::take(&mut flows[stream].owed);
                self.pair.end(page).consumed(*id, owed);
            }
        }
        event.is_some()
    }

    fn calm(&mut self, but: Option<usize>) {
        loop {
            self.pair.settle();
            let heard = self.hear_all(true, but) | self.hear_all(false, but);
            if !heard {
                return;
            }
        }
    }

    /// Everything there is, consumed, except on one stream.
    fn hear_all(&mut self, page: bool, but: Option<usize>) -> bool {
        let mut heard = false;
        while self.hear(page, false) {
            heard = true;
        }
        for (stream, id) in self.ids.iter().enumerate() {
            if but != Some(stream) {
                let owed = std::mem::take(&mut self.flows[usize::from(!page)][stream].owed);
                heard |= owed > 0;
                self.pair.end(page).consumed(*id, owed);
            }
        }
        heard
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any order of sending, ending, travelling and hearing.
    #[test]
    fn bytes_out_are_bytes_in(steps in vec(step(), 0..150)) {
        let mut play = Play::new();
        for step in steps {
            match step {
                Step::Send { page, stream, length } => play.send(page, stream, length),
                Step::Finish { page, stream } => play.finish(page, stream),
                Step::Reset { page, stream } => play.reset(page, stream),
                Step::Emit { page } => { play.pair.emit(page); }
                Step::Arrive { page } => { play.pair.arrive(page); }
                Step::Hear { page, consume } => { play.hear(page, consume); }
            }
        }
        play.calm(None);
        for stream in 0..3 {
            for page in [false, true] {
                let flow = &play.flows[usize::from(page)][stream];
                let back = &play.flows[usize::from(!page)][stream];
                // Only a reset by either side may keep bytes from arriving.
                if !flow.reset && !back.reset {
                    prop_assert_eq!(flow.told, flow.sent);
                    prop_assert_eq!(flow.finished, flow.fin_told);
                }
                // A reset in order lets the bytes through, if the other side still listened.
                if flow.reset && flow.reset_told {
                    prop_assert_eq!(flow.told, flow.sent);
                }
            }
        }
        // Ended both ways: forgotten at both ends, in one end only never.
        let ended = |stream: &usize| {
            let [relay, page] = [&play.flows[0][*stream], &play.flows[1][*stream]];
            relay.reset || page.reset || (relay.finished && page.finished)
        };
        let alive = 3 - (0..3).filter(ended).count();
        prop_assert_eq!(play.pair.page.streams(), alive);
        prop_assert_eq!(play.pair.relay.streams(), alive);
    }

    /// Whatever one stream does and whoever stops consuming it, the others move all they have.
    #[test]
    fn a_stall_stays_in_its_stream(
        stalled in 0usize..3, page in any::<bool>(), amounts in vec(1usize..20_000, 3)
    ) {
        let mut play = Play::new();
        let mut left = amounts;
        for _ in 0..100 {
            for (stream, left) in left.iter_mut().enumerate() {
                let before = play.flows[usize::from(page)][stream].sent;
                if *left > 0 {
                    play.send(page, stream, *left);
                }
                let after = play.flows[usize::from(page)][stream].sent;
                *left -= (after - before) as usize;
            }
            play.calm(Some(stalled));
        }
        for stream in (0..3).filter(|stream| *stream != stalled) {
            let flow = &play.flows[usize::from(page)][stream];
            prop_assert_eq!(left[stream], 0);
            prop_assert_eq!(flow.told, flow.sent);
        }
        prop_assert!(play.flows[usize::from(page)][stalled].sent <= 2000);
        // And when it goes on, it has lost nothing.
        play.calm(None);
        let flow = &play.flows[usize::from(page)][stalled];
        prop_assert_eq!(flow.told, flow.sent);
    }
}
