//! The bench as the page has it: the simulation, what is selected, and what was not run.

mod lesson;

use core::time::Duration;

use shared::machine::Suggestion;
use shared::sockets::programs::Pair;
use shared::sockets::state::State;
use shared::sockets::{Bench, Fate, Outcome, Side, What};

use super::lesson::{OpenLesson, Stage};
use crate::text::t;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// So many packets wait for Step.
    Held(usize),
    Of(Side),
    Either,
    /// Both wait, and time will change it.
    Time,
    /// Somebody waits, and nothing that is under way will change it.
    Waiting,
    Over,
}

pub struct BenchState {
    pub bench: Bench,
    selected: Option<usize>,
    refusals: [Option<String>; 2],
    lesson: Option<OpenLesson>,
    /// What a lesson has put onto a desk, and how many times something was put there.
    pub drafts: [(u32, String); 2],
}

impl Default for BenchState {
    fn default() -> BenchState {
        BenchState {
            bench: Bench::new(1),
            selected: None,
            refusals: [None, None],
            lesson: None,
            drafts: Default::default(),
        }
    }
}

impl BenchState {
    /// Everything as it was at first, but for Run or Step.
    pub fn reset(&mut self) {
        let mode = self.bench.mode();
        self.renew();
        self.bench.set_mode(mode);
    }

    /// As at first, on the two hosts in the page. The lesson stays.
    pub fn renew(&mut self) {
        let lesson = self.lesson.take();
        let drafts = std::mem::take(&mut self.drafts);
        *self = BenchState { lesson, drafts, ..BenchState::default() };
        self.skip_for_lesson();
    }

    pub fn enter(&mut self, side: Side, text: &str) {
        self.selected = None;
        self.refusals[side as usize] = self.bench.enter(side, text).err();
    }

    pub fn run_script(&mut self, side: Side) {
        self.refusals[side as usize] = self.bench.run_lines(side).err();
    }

    pub fn load(&mut self, side: Side, pair: &Pair) {
        let text = if side == Side::Server { pair.server } else { pair.client };
        self.refusals[side as usize] = self.bench.load(side, text).err();
    }

    pub fn refusal(&self, side: Side) -> Option<&str> {
        self.refusals[side as usize].as_deref()
    }

    pub fn dismiss(&mut self, side: Side) {
        self.refusals[side as usize] = None;
    }

    pub fn suggestion(&self, side: Side) -> Option<Suggestion> {
        self.bench.suggestion(side)
    }

    pub fn pass(&mut self, time: Duration) {
        self.bench.pass(time);
    }

    pub fn selected(&self) -> Option<usize> {
        self.selected
    }

    pub fn select(&mut self, entry: Option<usize>) {
        self.selected = entry.filter(|number| self.bench.entry(*number).is_some());
    }

    /// The entry that is explained: the selected one, or the last that tells something.
    pub fn shown(&self) -> Option<usize> {
        self.selected.filter(|number| self.bench.entry(*number).is_some()).or_else(|| {
            let tells = |what: &What| matches!(what, What::Call { .. } | What::Packet { .. });
            self.bench.entries().rev().find(|(_, entry)| tells(&entry.what)).map(|(n, _)| n)
        })
    }

    /// The states that the connections and listening sockets of this side are in, each once.
    pub fn states(&self, side: Side) -> Vec<State> {
        let mut states: Vec<State> =
            self.bench.view(side).iter().filter_map(|view| view.state).collect();
        states.sort();
        states.dedup();
        states
    }

    pub fn turn(&self) -> Turn {
        let held = self.bench.in_flight().len();
        if held > 0 {
            return Turn::Held(held);
        }
        let can = |side| self.bench.suggestion(side).is_some();
        match (can(Side::Server), can(Side::Client)) {
            (true, true) => Turn::Either,
            (true, false) => Turn::Of(Side::Server),
            (false, true) => Turn::Of(Side::Client),
            (false, false) => {
                let blocked = Side::BOTH.into_iter().any(|side| self.bench.desk(side).is_blocked());
                match (blocked, self.bench.next_timer()) {
                    (true, Some(_)) => Turn::Time,
                    (true, None) => Turn::Waiting,
                    (false, _) => Turn::Over,
                }
            }
        }
    }

    /// Where everything stands, in a line of words.
    pub fn status(&self) -> String {
        let desk = |side: Side| {
            let states: Vec<&str> =
                self.states(side).into_iter().map(|state| state.name()).collect();
            let states =
                if states.is_empty() { t!("bench-no-tcp").into() } else { states.join(" + ") };
            let waits = match self.bench.desk(side).blocked_in() {
                Some(call) => format!(", {}", t!("bench-status-waits", call = call.name())),
                None => String::new(),
            };
            format!("{}: {states}{waits}", side_word(side))
        };
        let turn = match self.turn() {
            Turn::Held(n) => t!("bench-held", count = n),
            Turn::Of(side) => t!("bench-turn", side = side_word(side)),
            Turn::Either => t!("bench-either").into(),
            Turn::Time => t!("bench-let-time").into(),
            Turn::Waiting => t!("bench-waiting").into(),
            Turn::Over => t!("turn-over").into(),
        };
        format!(
            "Sockets \u{b7} {} \u{b7} {} \u{b7} {turn} \u{b7} {}",
            desk(Side::Server),
            desk(Side::Client),
            match self.bench.remote() {
                None => seconds(self.bench.now().0),
                Some(_) => t!("bench-real-status").into(),
            }
        )
    }

    /// How the last statement ended.
    pub fn said(&self) -> Option<String> {
        let last = self.bench.entries().rev().find_map(|(_, entry)| match &entry.what {
            What::Call { side, report, code, .. } => Some((side, report, code)),
            _ => None,
        });
        let (side, report, code) = last?;
        let outcome = match &report.outcome {
            None => return Some(t!("bench-said-waits", side = side_word(*side), code = code)),
            Some(Outcome::Nothing) => return None,
            Some(Outcome::Value(value)) => value.clone(),
            Some(Outcome::Raised(exception)) => exception.to_string(),
            Some(Outcome::NotHere(why)) => why.clone(),
        };
        Some(format!("{}: {}", side_word(*side), shortened(&outcome, 120)))
    }
}

/// `0 s`, `1.5 s`
pub fn seconds(time: Duration) -> String {
    let micros = format!("{:06}", time.subsec_micros());
    match micros.trim_end_matches('0') {
        "" => format!("{} s", time.as_secs()),
        part => format!("{}.{part} s", time.as_secs()),
    }
}

pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
    }
}

/// The side, within a sentence.
pub fn side_word(side: Side) -> &'static str {
    match side {
        Side::Server => t!("side-server"),
        Side::Client => t!("side-client"),
    }
}

/// What became of a packet, in a word or two.
pub fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::InFlight => t!("fate-in-flight"),
        Fate::Delayed => t!("fate-held-back"),
        Fate::Delivered => t!("fate-arrived"),
        Fate::Lost => t!("fate-lost"),
    }
}

#[cfg(test)]
mod tests {
    use shared::sockets::{Mode, programs};

    use super::*;

    /// Enter at whichever desk has something to suggest, or where a packet waits.
    fn enter_alone(state: &mut BenchState) -> usize {
        for press in 0..60 {
            let side = match state.turn() {
                Turn::Over | Turn::Waiting | Turn::Time => return press,
                Turn::Of(side) => side,
                Turn::Either => Side::Server,
                Turn::Held(_) => {
                    let blocked = |side: &Side| state.bench.desk(*side).is_blocked();
                    match Side::BOTH.into_iter().find(blocked) {
                        Some(side) => side,
                        None => {
                            state.bench.step();
                            continue;
                        }
                    }
                }
            };
            let text = state.suggestion(side).map(|suggestion| suggestion.text).unwrap_or_default();
            state.enter(side, &text);
            assert_eq!(state.refusal(side), None);
        }
        panic!("no end: {}", state.status());
    }

    #[test]
    fn enter_alone_goes_through_the_example_in_both_modes() {
        for mode in [Mode::Run, Mode::Step] {
            let mut state = BenchState::default();
            state.bench.set_mode(mode);
            enter_alone(&mut state);
            assert_eq!(state.turn(), Turn::Over, "{}", state.status());
            assert!(state.status().contains("server: TIME-WAIT"), "{}", state.status());
            state.pass(Duration::from_secs(60));
            assert!(state.status().contains("server: no TCP \u{b7} client: no TCP"));
        }
    }

    #[test]
    fn every_pair_of_scripts_comes_to_an_end() {
        for pair in programs::ALL {
            let mut state = BenchState::default();
            for side in Side::BOTH {
                state.load(side, pair);
                assert_eq!(state.refusal(side), None, "{}", pair.id);
                let program = state.bench.desk(side).program.as_ref();
                assert!(program.is_some_and(|program| program.problems.is_empty()));
            }
            for side in Side::BOTH {
                state.run_script(side);
            }
            assert!(!matches!(state.turn(), Turn::Of(_) | Turn::Either), "{}", state.status());
        }
    }

    #[test]
    fn what_cannot_be_run_is_said_and_forgotten_at_the_next_enter() {
        let mut state = BenchState::default();
        state.enter(Side::Client, "if x: y");
        assert!(state.refusal(Side::Client).is_some_and(|why| why.contains("Line 1")));
        assert_eq!(state.refusal(Side::Server), None);
        state.enter(Side::Client, "import socket");
        assert_eq!(state.refusal(Side::Client), None);
        state.enter(Side::Client, "x = 1\ny = 2");
        assert!(state.bench.desk(Side::Client).program.is_some(), "several lines are a script");
        state.reset();
        assert!(state.bench.is_empty() && state.bench.desk(Side::Client).program.is_none());
    }

    #[test]
    fn times_are_short() {
        assert_eq!(seconds(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(seconds(Duration::from_secs(60)), "60 s");
        assert_eq!(shortened("abcdef", 3), "abc\u{2026}");
    }
}
