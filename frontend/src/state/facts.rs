//! What the shown step changed of what both sides know.

use shared::machine::Fact;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    Same,
    New,
    /// It had this value before.
    Was(&'a str),
    /// It was known before, and is not any more.
    Gone,
}

/// The facts after a step, and behind them those that it took away. Without anything before, nothing
/// has changed.
pub fn changed<'a>(before: Option<&'a [Fact]>, after: &'a [Fact]) -> Vec<(&'a Fact, Change<'a>)> {
    let Some(before) = before else {
        return after.iter().map(|fact| (fact, Change::Same)).collect();
    };
    let now = after.iter().enumerate().map(|(at, fact)| {
        let change = match same_place(before, after, at) {
            None => Change::New,
            Some(old) if old.value == fact.value => Change::Same,
            Some(old) => Change::Was(&old.value),
        };
        (fact, change)
    });
    let gone = (0..before.len()).filter(|at| same_place(after, before, *at).is_none());
    now.chain(gone.map(|at| (&before[at], Change::Gone))).collect()
}

/// The fact of the same name; of several, such as cookies, the one at the same place among them.
fn same_place<'a>(there: &'a [Fact], here: &[Fact], at: usize) -> Option<&'a Fact> {
    let name = here[at].name;
    let place = here[..at].iter().filter(|fact| fact.name == name).count();
    there.iter().filter(|fact| fact.name == name).nth(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_new_changed_gone_or_the_same() {
        let before = [Fact::new("user", "a"), Fact::new("type", "A"), Fact::new("offset", "7")];
        let after = [Fact::new("type", "I"), Fact::new("user", "a"), Fact::new("group", "x")];
        let changes: Vec<_> = changed(Some(&before), &after)
            .into_iter()
            .map(|(fact, change)| (fact.name, change))
            .collect();
        assert_eq!(
            changes,
            [
                ("type", Change::Was("A")),
                ("user", Change::Same),
                ("group", Change::New),
                ("offset", Change::Gone)
            ]
        );
        assert!(changed(None, &after).iter().all(|(_, change)| *change == Change::Same));
    }

    #[test]
    fn facts_of_one_name_are_told_apart_by_their_place() {
        let before = [Fact::new("cookie", "a=1")];
        let after = [Fact::new("cookie", "a=1"), Fact::new("cookie", "b=2")];
        let there = changed(Some(&before), &after);
        assert_eq!((there[0].1, there[1].1), (Change::Same, Change::New));
        let back = changed(Some(&after), &before);
        assert_eq!((back.len(), back[1].0.value.as_str(), back[1].1), (2, "b=2", Change::Gone));
    }
}
