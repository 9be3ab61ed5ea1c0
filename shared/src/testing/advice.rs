//! Tables of what a client should say: what happens, the note, its rule and its fix.

use super::cases::Practice;
use super::{Step, play};
use crate::machine::{Client, ClientConfig, Note, Output};
use crate::protocols::Protocol;
use crate::transcript::Kind;

/// The notes that the last step causes; the steps before it say nothing.
pub(crate) struct Case<'a> {
    /// The pitfall by its number, or a few words.
    pub(crate) id: &'a str,
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) told: &'a [Told<'a>],
}

/// A part of the text, the rule, and what to type instead.
pub(crate) type Told<'a> = (&'a str, (u16, &'a str), Option<&'a str>);

/// Plays each case in every way that its octets can be cut.
pub(crate) fn check(protocol: &'static Protocol, cases: &[Case<'_>]) {
    let make = || client(protocol);
    for Case { id, steps, told } in cases {
        let before = play(&make, &steps[..steps.len() - 1]);
        let early = notes(&before);
        let all = play(&make, steps);
        let found = &notes(&all)[early.len()..];
        assert!(early.is_empty(), "{id}: said too early: {early:?}");
        let shown: Vec<_> =
            found.iter().map(|note| (&note.text, &note.rule, note.fix.as_deref())).collect();
        assert_eq!(found.len(), told.len(), "{id}: {shown:#?}");
        for (note, (text, (number, section), fix)) in found.iter().zip(*told) {
            assert!(note.text.contains(text), "{id}: {text:?} is not in {shown:#?}");
            let rule = note.rule.map(|rule| (rule.number, rule.section));
            assert_eq!(rule, Some((*number, *section)), "{id}: {shown:#?}");
            assert!(protocol.rfcs.contains(number), "{id}: RFC {number} is not listed");
            assert_eq!(note.fix.as_deref(), *fix, "{id}: {shown:#?}");
        }
    }
}

/// Nothing is said of these.
pub(crate) fn check_silent(protocol: &'static Protocol, cases: &[(&str, Vec<Step<'_>>)]) {
    for (id, steps) in cases {
        let said = notes(&play(&|| client(protocol), steps));
        assert!(said.is_empty(), "{id}: {said:?}");
    }
}

/// Each pitfall from 1 to `last` is in one of the tables, or it is told why not.
pub(crate) fn check_walk(prefix: &str, last: usize, tables: &[&str], others: &[(usize, &str)]) {
    for n in 1..=last {
        let id = format!("\"{prefix}-{n:02}");
        let shown = tables.iter().any(|table| table.contains(&id));
        let told = others.iter().any(|(other, why)| *other == n && !why.is_empty());
        assert!(shown != told, "{prefix}-{n:02}: shown {shown}, told why not {told}");
    }
}

/// Sends octets without checks to the practice server, after what is typed before. Every fix that
/// is offered then must be taken in the same place of a fresh session: not refused by the lab, with
/// nothing to be said of it, and answered without a failure.
pub(crate) fn fixes_hold(protocol: &'static Protocol, cases: &[(&[&str], &[u8])]) {
    for (typed, raw) in cases {
        let begun = || {
            let mut practice = Practice::new(protocol);
            typed.iter().for_each(|text| practice.does(&Step::Types(text)));
            practice
        };
        let shown = String::from_utf8_lossy(raw);
        let mut wrong = begun();
        let before = wrong.notes().len();
        wrong.does(&Step::Raw(raw));
        let fixes: Vec<String> =
            wrong.notes()[before..].iter().filter_map(|note| note.fix.clone()).collect();
        assert!(!fixes.is_empty(), "{shown:?}: {:?}", wrong.notes());
        for fix in fixes {
            assert!(!fix.contains(crate::world::PASSWORD), "{shown:?}: {fix:?} tells a secret");
            let mut right = begun();
            let before = right.entries().len();
            right.does(&Step::Types(&fix));
            for entry in &right.entries()[before..] {
                match &entry.kind {
                    Kind::Note(note) => panic!("{shown:?}: {fix:?} gives {note:?}"),
                    Kind::Received(wire) => {
                        use crate::explain::Outcome::{Permanent, Transient};
                        let failed = matches!(wire.outcome, Some(Permanent | Transient));
                        assert!(!failed, "{shown:?}: {fix:?} gives {}", wire.says);
                    }
                    _ => {}
                }
            }
        }
    }
}

fn client(protocol: &'static Protocol) -> Box<dyn Client> {
    (protocol.client)(&ClientConfig::practice(protocol.port))
}

fn notes(outputs: &[Output]) -> Vec<Note> {
    let notes = outputs.iter().filter_map(|output| match output {
        Output::Note(note) => Some(note.clone()),
        _ => None,
    });
    notes.collect()
}
