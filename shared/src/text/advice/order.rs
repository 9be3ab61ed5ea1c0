//! What would have been in order, found in the table.

use crate::machine::Suggestion;
use crate::table::{Illegal, Progress, State, Verb};

/// What to type instead of a command that does not belong here, or that nobody knows: the one
/// that it is a misspelling of, or the first on the way to where it is legal. `next` is the
/// suggestion for the state. The caller sees to it that the answer itself is legal.
pub fn remedy(
    illegal: &Illegal,
    typed: &str,
    progress: &Progress,
    next: Option<&Suggestion>,
) -> Option<String> {
    let Some(wanted) = illegal.known else { return respelled(illegal, typed) };
    let table = progress.table();
    let here = progress.state();
    let begins = |verb: &Verb| {
        let missing = illegal.needs;
        let success = verb.success()?;
        match (missing, success.to.filter(|to| *to != here)) {
            (Some(flag), _) => success.sets.contains(&flag).then_some(0),
            (None, Some(to)) => table.distance(to, wanted),
            (None, None) => None,
        }
    };
    let may = |verb: &&'static Verb| table.check(verb, here, progress.flags()).is_ok();
    let next = next.filter(|next| {
        let mut verbs = table.verbs.iter().copied().filter(may);
        verbs.any(|verb| is_of(&next.text, verb, here) && begins(verb).is_some())
    });
    if let Some(next) = next {
        return Some(next.text.clone());
    }
    let ways =
        table.verbs.iter().copied().filter(may).filter_map(|verb| Some((begins(verb)?, verb)));
    // Of ways that are equally short, the one on which nothing has to be thought of.
    let best = ways.min_by_key(|(distance, verb)| (*distance, verb.syntax != verb.name))?;
    Some(best.1.template.into())
}

/// Whether a typed text is this verb's.
fn is_of(text: &str, verb: &Verb, here: &'static State) -> bool {
    if verb.name.starts_with('(') {
        return verb.legal == [here];
    }
    let start = text.get(..verb.name.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(verb.name))
        && !text[verb.name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The legal command that this one is nearest to: shortened, lengthened, or with one letter wrong.
fn respelled(illegal: &Illegal, typed: &str) -> Option<String> {
    let word = illegal.verb.to_ascii_uppercase();
    let near = |name: &&&str| {
        let prefix = word.starts_with(**name) || name.starts_with(&word);
        word.len().min(name.len()) >= 3
            && (prefix || differs_once(word.as_bytes(), name.as_bytes()))
    };
    let name = illegal.legal.iter().find(near)?;
    let at = typed.find(&illegal.verb)?;
    Some(format!("{name}{}", &typed[at + illegal.verb.len()..]))
}

/// One letter is another, missing or too many, or two neighbours have changed places.
fn differs_once(a: &[u8], b: &[u8]) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let start = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 if start == long.len() => false,
        0 => {
            long[start + 1..] == short[start + 1..]
                || (start + 1 < long.len()
                    && long[start] == short[start + 1]
                    && long[start + 1] == short[start]
                    && long[start + 2..] == short[start + 2..])
        }
        1 => long[start + 1..] == short[start..],
        _ => false,
    }
}
