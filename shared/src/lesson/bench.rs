//! Expectations on the bench of sockets.

use super::check::Verdict;
use super::expect::Test;
use crate::sockets::{Bench, Entry, Outcome, Side, What};

pub(super) fn check(test: &Test, bench: &Bench, since: usize) -> Verdict {
    match test {
        Test::Tcp { side, state } => {
            let views = bench.view(*side);
            let states: Vec<_> = views.iter().filter_map(|view| view.state).collect();
            let met = state.map_or(states.is_empty(), |state| states.contains(&state));
            let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
            match (met, names.is_empty()) {
                (true, _) => Verdict::Met(None),
                (false, true) => Verdict::NotYet(format!("the {} has no TCP socket", side.word())),
                (false, false) => Verdict::NotYet(format!("there: {}", names.join(", "))),
            }
        }
        Test::Shows { side, text } => {
            calls(bench, since, *side, |shown, raised| !raised && shown.contains(text.as_str()))
        }
        Test::Raises { side, name } => {
            calls(bench, since, *side, |shown, raised| raised && shown.contains(name.as_str()))
        }
        Test::Waits { side, call } => match bench.desk(*side).blocked_in() {
            Some(waiting) if waiting.name().starts_with(call.as_str()) => Verdict::Met(None),
            Some(waiting) => Verdict::NotYet(format!("it waits in {}", waiting.name())),
            None => Verdict::NotYet(format!("the {} waits for nothing", side.word())),
        },
        _ => Verdict::NotYet("this is the bench of sockets".into()),
    }
}

/// Looks at what the calls of a desk have shown: printed lines and values, or an exception.
fn calls(bench: &Bench, since: usize, side: Side, is_it: impl Fn(&str, bool) -> bool) -> Verdict {
    let mut last = None;
    for (number, entry) in bench.entries().filter(|(number, _)| *number >= since) {
        for (shown, raised) in shown(entry, side) {
            if is_it(&shown, raised) {
                return Verdict::Met(Some(number - since));
            }
            last = Some(shown);
        }
    }
    Verdict::NotYet(match last {
        Some(shown) => format!("the last was {shown}"),
        None => format!("the {}\u{2019}s desk has shown nothing since the step began", side.word()),
    })
}

fn shown(entry: &Entry, side: Side) -> Vec<(String, bool)> {
    let What::Call { side: at, report, .. } = &entry.what else { return Vec::new() };
    if *at != side {
        return Vec::new();
    }
    let printed = (!report.printed.is_empty()).then(|| (report.printed.clone(), false));
    let outcome = match &report.outcome {
        Some(Outcome::Value(value)) => Some((value.clone(), false)),
        Some(Outcome::Raised(exception)) => Some((exception.to_string(), true)),
        _ => None,
    };
    printed.into_iter().chain(outcome).collect()
}
