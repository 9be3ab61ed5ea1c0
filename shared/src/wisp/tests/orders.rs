//! Client and server against each other, in any order of sending, travelling and using up.

use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::wisp::*;

const STREAMS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    /// The client sends packets of one byte, as many as it may; this many at most.
    Up(usize, usize),
    /// The server's socket brings bytes.
    Down(usize, usize),
    ArriveUp,
    ArriveDown,
    /// The server's socket takes so many bytes.
    Take(usize, usize),
    /// The server's socket ends.
    End(usize),
    /// The client closes.
    Leave(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let stream = || 0..STREAMS;
    prop_oneof![
        8 => (stream(), 1usize..200).prop_map(|(stream, count)| Step::Up(stream, count)),
        6 => (stream(), 1usize..50_000).prop_map(|(stream, count)| Step::Down(stream, count)),
        20 => Just(Step::ArriveUp),
        20 => Just(Step::ArriveDown),
        8 => (stream(), 1usize..200).prop_map(|(stream, count)| Step::Take(stream, count)),
        1 => stream().prop_map(Step::End),
        1 => stream().prop_map(Step::Leave),
    ]
}

#[derive(Default, Clone)]
struct Flow {
    sent: usize,
    arrived: usize,
    taken: usize,
    down: usize,
    down_arrived: usize,
    ended: bool,
    left: bool,
    close_told: bool,
}

struct Play {
    client: Client,
    server: Server,
    up: VecDeque<Vec<u8>>,
    down: VecDeque<Vec<u8>>,
    flows: Vec<Flow>,
}

impl Play {
    fn new() -> Play {
        let (client, server) = (Client::new(), Server::wisp());
        let (up, down) = (VecDeque::new(), VecDeque::new());
        let mut play = Play { client, server, up, down, flows: vec![Flow::default(); STREAMS] };
        play.arrive_down();
        for stream in 0..STREAMS {
            assert_eq!(play.client.connect(Transport::Tcp, "a", 1), Ok(id(stream)));
        }
        play
    }

    fn up(&mut self, stream: usize, count: usize) {
        let flow = &mut self.flows[stream];
        for _ in 0..count {
            flow.sent += self.client.send(id(stream), &[flow.sent as u8]);
        }
    }

    fn down(&mut self, stream: usize, count: usize) {
        let flow = &mut self.flows[stream];
        let bytes: Vec<u8> = (flow.down..flow.down + count).map(|at| at as u8).collect();
        let sent = self.server.send(id(stream), &bytes);
        assert!(sent == 0 || !(flow.ended || flow.left && !self.server.is_open(id(stream))));
        flow.down += sent;
    }

    /// One message. True if there was one.
    fn arrive_up(&mut self) -> bool {
        self.up.extend(std::iter::from_fn(|| self.client.poll_message()));
        let Some(message) = self.up.pop_front() else { return false };
        self.server.receive(&message);
        while let Some(event) = self.server.poll_event() {
            match event {
                Event::Connect { .. } => {}
                Event::Data(id, bytes) => {
                    let flow = &mut self.flows[id as usize - 1];
                    for byte in bytes {
                        assert_eq!(byte, flow.arrived as u8);
                        flow.arrived += 1;
                    }
                    assert!(flow.arrived - flow.taken <= CREDIT as usize);
                }
                Event::Closed { id, left, .. } => {
                    let flow = &mut self.flows[id as usize - 1];
                    // Where the server has ended it before, what still came was for nobody.
                    if !flow.ended {
                        assert_eq!(flow.arrived, flow.sent, "CLOSE before the bytes");
                        assert_eq!(left, flow.arrived - flow.taken);
                    }
                    self.server.released(left);
                }
                Event::Broken { why, .. } => panic!("the client kept the rules: {why}"),
            }
        }
        true
    }

    fn arrive_down(&mut self) -> bool {
        self.down.extend(self.server.poll_message());
        let Some(message) = self.down.pop_front() else { return false };
        self.client.receive(&message).unwrap();
        while let Some(event) = self.client.poll_event() {
            match event {
                ClientEvent::Data(id, bytes) => {
                    let flow = &mut self.flows[id as usize - 1];
                    for byte in bytes {
                        assert_eq!(byte, flow.down_arrived as u8);
                        flow.down_arrived += 1;
                    }
                }
                ClientEvent::Closed(id, _) => {
                    let flow = &mut self.flows[id as usize - 1];
                    assert_eq!(flow.down_arrived, flow.down, "CLOSE before the bytes");
                    flow.close_told = true;
                }
                ClientEvent::Ready | ClientEvent::Writable(_) => {}
            }
        }
        true
    }

    fn take(&mut self, stream: usize, count: usize) -> bool {
        let flow = &mut self.flows[stream];
        let count = count.min(flow.arrived - flow.taken);
        if count == 0 || !self.server.is_open(id(stream)) {
            return false;
        }
        flow.taken += count;
        self.server.consumed(id(stream), count);
        true
    }

    fn end(&mut self, stream: usize) {
        if self.server.is_open(id(stream)) {
            self.flows[stream].ended = true;
            self.server.close(id(stream), CloseReason::VOLUNTARY, "");
            let left = self.server.detach(id(stream));
            self.server.released(left);
        }
    }

    fn leave(&mut self, stream: usize) {
        self.flows[stream].left |= !self.flows[stream].close_told;
        self.client.close(id(stream), CloseReason::VOLUNTARY);
    }
}

fn id(stream: usize) -> u32 {
    stream as u32 + 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is on its way when a CONTINUE comes: who keeps the rules never overruns, is never
    /// stuck, and loses nothing.
    #[test]
    fn a_client_that_keeps_the_rules_is_served(steps in vec(step(), 0..400)) {
        let mut play = Play::new();
        for step in steps {
            match step {
                Step::Up(stream, count) => play.up(stream, count),
                Step::Down(stream, count) => play.down(stream, count),
                Step::ArriveUp => { play.arrive_up(); }
                Step::ArriveDown => { play.arrive_down(); }
                Step::Take(stream, count) => { play.take(stream, count); }
                Step::End(stream) => play.end(stream),
                Step::Leave(stream) => play.leave(stream),
            }
        }
        // Every stream that is open still moves a thousand packets.
        let goals: Vec<usize> = play.flows.iter().map(|flow| flow.sent + 1000).collect();
        loop {
            let mut moved = false;
            for (stream, goal) in goals.iter().enumerate() {
                let before = play.flows[stream].sent;
                play.up(stream, goal - before);
                moved |= play.flows[stream].sent > before;
                moved |= play.take(stream, 1);
            }
            while play.arrive_up() | play.arrive_down() {
                moved = true;
            }
            if !moved {
                break;
            }
        }
        for (flow, goal) in play.flows.iter().zip(goals) {
            if !flow.ended && !flow.left {
                prop_assert_eq!((flow.sent, flow.arrived, flow.taken), (goal, goal, goal));
                prop_assert_eq!(flow.down_arrived, flow.down);
            }
            prop_assert!(!flow.ended || flow.left || flow.close_told);
        }
        prop_assert!(play.server.takes_more());
    }
}
