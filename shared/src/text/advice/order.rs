//! What would have been in order, found in the table.

use crate::machine::Suggestion;
use crate::table::{Illegal, Progress, State, Verb};

/// What to type instead of a command that does not belong here, or that nobody knows, the likeliest
/// first: the one that it is a misspelling of, or those that lead to where it is legal. `next` is
/// the suggestion for the state. The caller sees to it that an answer itself is legal.
pub fn remedies(
    illegal: &Illegal,
    typed: &str,
    progress: &Progress,
    next: Option<&Suggestion>,
) -> Vec<String> {
    let Some(wanted) = illegal.known else {
        return respelled(illegal, typed).into_iter().collect();
    };
    let table = progress.table();
    let here = progress.state();
    let begins = |verb: &Verb| {
        let success = verb.success()?;
        match (illegal.needs, success.to.filter(|to| *to != here)) {
            (Some(flag), _) => success.sets.contains(&flag).then_some(0),
            (None, Some(to)) => table.distance(to, wanted),
            (None, None) => None,
        }
    };
    let may = |verb: &&'static Verb| table.check(verb, here, progress.flags()).is_ok();
    let verbs = || table.verbs.iter().copied().filter(may);
    let mut ways: Vec<_> = verbs().filter_map(|verb| Some((begins(verb)?, verb))).collect();
    // Of ways that are equally short, first the one on which nothing has to be thought of.
    ways.sort_by_key(|(distance, verb)| (*distance, verb.syntax != verb.name));
    let next = next.filter(|next| ways.iter().any(|(_, verb)| is_of(&next.text, verb, here)));
    let next = next.map(|next| next.text.clone()).into_iter();
    next.chain(ways.into_iter().map(|(_, verb)| verb.template.into())).collect()
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
