//! A command and its reply by the protocol's table: what may come, what came, and what it does.

use shared::explain::Outcome;
use shared::table::{Rule, Verb};
use shared::transcript::Side;
use yew::prelude::*;

use crate::driver::Runner;
use crate::state::Lab;
use crate::state::text::elapsed;
use crate::text::t;

/// For a command, the replies that it may get; for a reply, what it is among those.
pub(super) fn answer(runner: &Runner, lab: &Lab, n: usize) -> Html {
    let Some(entry) = lab.entry(n) else { return html! {} };
    let Some(verb) = lab.verb_of(n) else { return html! {} };
    let answered = lab.answered(n);
    let is_command = entry.side() == Side::Client;
    if answered.is_none() && !is_command {
        return html! {};
    }
    let code = answered.map(|answered| answered.code);
    let rule = answered.and_then(|answered| answered.rule);
    let other = match is_command {
        true => reply_to(lab, n).map(|line| (t!("answered-in"), line)),
        false => lab.command_of(n).map(|line| (t!("it-answers"), line)),
    };
    let took = lab.elapsed(n).map(|time| format!(" {}", t!("it-took", time = &elapsed(time))));
    let strange = code
        .filter(|code| rule.is_none() && *code != "+")
        .map(|code| t!("reply-strange", code = code, verb = verb.name));
    html! {
        <>
            <h3>{ t!("replies-to", verb = name(verb)) }</h3>
            <p>
                if let Some((words, line)) = other {
                    { words }{ " " }{ to_line(runner, line) }{ "." }
                }
                { took }
            </p>
            if let Some(strange) = strange {
                <p class="strange">{ strange }</p>
            }
            { replies(lab, verb, rule) }
        </>
    }
}

/// Every reply that the table has for a verb, with what it does; the one that came is marked in words.
fn replies(lab: &Lab, verb: &'static Verb, came: Option<&'static Rule>) -> Html {
    let table = lab.route.protocol.table;
    let is = |rule: &Rule| came.is_some_and(|came| std::ptr::eq(came, rule));
    let rules = verb.rules.iter().chain(table.generic.iter().filter(|rule| is(rule)));
    let rows =
        rules.filter(|rule| rule.code.chars().any(|c| !c.is_ascii_lowercase())).map(|rule| {
            let class = Outcome::of_code(rule.code.replace('x', "0").parse().unwrap_or(0));
            let word = class.map(Outcome::word);
            html! {
                <li class={classes!(is(rule).then_some("came"))}>
                    <code translate="no">{ rule.code }</code>{ " " }
                    if let Some(word) = word {
                        <span class="hint">{ format!("({word}) ") }</span>
                    }
                    { rule.says }{ does(rule) }
                    if is(rule) {
                        { " " }<b>{ "\u{2190} " }{ t!("this-one") }</b>
                    }
                </li>
            }
        });
    let generic = table.generic.iter().any(|rule| !is(rule));
    html! {
        <>
            <ul class="replies">{ for rows }</ul>
            if generic {
                <p class="hint">{ t!("replies-generic") }</p>
            }
        </>
    }
}

/// What a reply does, behind what it says.
fn does(rule: &Rule) -> String {
    let mut out = String::new();
    if let Some(to) = rule.to {
        out.push_str(&format!(" \u{2192} {}", to.title));
    }
    for flag in rule.sets {
        out.push_str(&format!("; {}", t!("rule-gives", flag = flag.title)));
    }
    for flag in rule.clears {
        out.push_str(&format!("; {}", t!("rule-takes", flag = flag.title)));
    }
    if rule.goes_on {
        out.push_str("; ");
        out.push_str(t!("rule-goes-on"));
    }
    out
}

fn reply_to(lab: &Lab, n: usize) -> Option<usize> {
    lab.exchange(n).into_iter().filter(|at| *at > n).find(|at| lab.answered(*at).is_some())
}

/// A line as a way to it.
fn to_line(runner: &Runner, n: usize) -> Html {
    let runner = runner.clone();
    let onclick = Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.select(Some(n), 0)));
    html! { <button type="button" class="quiet to-line" {onclick}>{ t!("line-number", line = n + 1) }</button> }
}

fn name(verb: &Verb) -> &'static str {
    verb.name.trim_start_matches('(').trim_end_matches(')')
}
