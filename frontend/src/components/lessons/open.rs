//! The lesson that is open: its steps, what each waits for, and hints.

use shared::faults;
use shared::lesson::{Act, Deed, Part, Step, Verdict};
use yew::prelude::*;

use super::prose::{block, blocks, inline};
use super::question::{notes, question};
use super::share::Share;
use super::{Host, fragment_of};
use crate::app::{focus, go_to};
use crate::driver::Runner;
use crate::state::{OpenLesson as Open, Place, Stage, place_name, with_lesson};
use crate::text::t;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct OpenProps {
    pub(super) host: Host,
    pub(super) runner: Runner,
    pub(super) version: u64,
    /// Hides the pane.
    pub(super) fold: Html,
}

#[component(OpenLesson)]
pub(super) fn open_lesson(props: &OpenProps) -> Html {
    let OpenProps { host, runner, fold, .. } = props;
    let far =
        host.see(|stage| stage.lesson().map(|open| (open.id.clone(), open.step(), open.is_done())));
    {
        let runner = runner.clone();
        use_effect_with(far.clone(), move |far| {
            if let Some((id, step, done)) = far {
                runner.keep_steps(id, *step, *done);
            }
            // The button that was pressed may have gone with the step before.
            if is_focus_lost() {
                focus("pane-lessons");
            }
        });
    }
    let reset = {
        let host = host.clone();
        Callback::from(move |_: MouseEvent| {
            host.act(|stage, now| stage.reset_lesson(now));
            // The steps of a lesson that goes elsewhere begin where it began.
            host.tell_address();
            focus("pane-lessons");
        })
    };
    host.see(|stage| {
        let Some(open) = stage.lesson() else { return Html::default() };
        let lesson = &open.lesson;
        let verdicts = stage.verdicts();
        let steps = lesson.steps.iter().enumerate();
        let steps = steps.map(|(n, step)| step_item(host, open, n, step, &verdicts));
        html! {
            <section class="lesson" aria-labelledby="lesson-title">
                <div class="pane-head">
                    <h2 id="lesson-title">{ &lesson.title }</h2>
                    { fold.clone() }
                    <button type="button" class="quiet" id="leave-lesson" onclick={leave(host)}>{ t!("lesson-leave") }</button>
                </div>
                <div class="lesson-state">
                    <p aria-live="polite" class="progress">{ progress(open) }</p>
                    if stage.is_modified() {
                        <span class="modified">{ t!("lesson-modified") }</span>
                    }
                    <button type="button" id="reset-lesson" onclick={reset} title={t!("lesson-reset-title")}>{ t!("lesson-reset") }</button>
                </div>
                if let Some(fault) = faults::ALL.iter().find(|fault| lesson.fault.as_deref() == Some(fault.id)) {
                    <p class="hint">{ t!("lesson-fault", fault = fault.title) }</p>
                }
                if runner.shelf(|shelf| shelf.not_kept) {
                    <p class="hint" id="not-kept">{ t!("lessons-not-kept") }</p>
                }
                <Share runner={runner.clone()} id={open.id.clone()} place={lesson.protocol.clone()} />
                { behind(host, stage, open) }
                if open.step() == 0 {
                    <div class="intro">{ blocks(&lesson.intro) }{ notes(&lesson.notes) }</div>
                }
                <ol class="steps">{ for steps }</ol>
                if open.is_done() {
                    { closing(runner, open) }
                }
            </section>
        }
    })
}

fn progress(open: &Open) -> String {
    let (steps, done) = (open.lesson.steps.len(), open.step());
    match open.lesson.steps.get(done) {
        Some(step) => {
            t!("lesson-step", step = done as u64 + 1, steps = steps as u64, title = &step.title)
        }
        None => t!("lesson-all-done", steps = steps as u64),
    }
}

/// Steps were done at an earlier visit, and this session knows nothing of them.
fn behind(host: &Host, stage: &dyn Stage, open: &Open) -> Html {
    if !stage.is_behind() {
        return Html::default();
    }
    let onclick = {
        let host = host.clone();
        Callback::from(move |_: MouseEvent| {
            host.act(|stage, now| stage.catch_up(now));
            focus("pane-lessons");
        })
    };
    html! {
        <div class="behind">
            <p>{ t!("lesson-behind", steps = open.step() as u64) }</p>
            <button type="button" id="catch-up" {onclick}>{ t!("lesson-catch-up") }</button>
        </div>
    }
}

fn step_item(host: &Host, open: &Open, n: usize, step: &Step, verdicts: &[Verdict]) -> Html {
    let now = open.step();
    let (class, word) = match n.cmp(&now) {
        core::cmp::Ordering::Less => ("done", t!("step-done")),
        core::cmp::Ordering::Equal => ("now", t!("step-now")),
        core::cmp::Ordering::Greater => ("later", t!("step-later")),
    };
    let title = html! {
        <>{ &step.title }<span class="mark">{ format!(" {word}") }</span></>
    };
    let protocol = &open.lesson.protocol;
    let parts = |can| parts_of(host, open, n, step, can);
    let body = match n.cmp(&now) {
        core::cmp::Ordering::Less => html! {
            <details>
                <summary><h3>{ title }</h3></summary>
                { parts(false) }
            </details>
        },
        core::cmp::Ordering::Equal => html! {
            <>
                <h3>{ title }</h3>
                { parts(true) }
                <h4>{ t!("step-expects") }</h4>
                <ul class="expect">{ for expectations(open, n, step, verdicts, protocol) }</ul>
                { hints(host, open, n, step) }
                { notes(&step.notes) }
            </>
        },
        core::cmp::Ordering::Greater => html! { <h3>{ title }</h3> },
    };
    html! {
        <li key={n} {class} aria-current={(n == now).then_some("step")}>{ body }</li>
    }
}

/// The question stands before the first thing to do.
fn parts_of(host: &Host, open: &Open, n: usize, step: &Step, can: bool) -> Html {
    let first = step.parts.iter().position(|part| matches!(part, Part::Act(_)));
    let (prose, rest) = step.parts.split_at(first.unwrap_or(step.parts.len()));
    let asked = step.question.as_ref().map(|asked| question(host, n, asked, open.answer(n)));
    html! {
        <>
            { for prose.iter().map(|part| part_of(host, part, can)) }
            { for asked }
            { for rest.iter().map(|part| part_of(host, part, can)) }
        </>
    }
}

/// Prose, or something to do. What is done already is only to be read.
fn part_of(host: &Host, part: &Part, can: bool) -> Html {
    let act = match part {
        Part::Prose(prose) => return block(prose),
        Part::Act(act) => act,
    };
    if let Act::Do(deed) = act {
        return deed_of(host, deed, can);
    }
    let (text, says) = match act {
        Act::Send(text) => (text.clone(), None),
        Act::Anyway(text) => (text.clone(), Some(t!("act-anyway"))),
        Act::Octets(text) => (text.clone(), Some(t!("as-octets"))),
        Act::At(side, text) => (
            text.clone(),
            Some(if side.word() == "client" { t!("act-client") } else { t!("act-server") }),
        ),
        Act::Do(_) => return Html::default(),
    };
    let onclick = {
        let (host, act) = (host.clone(), act.clone());
        Callback::from(move |_: MouseEvent| host.put(&act))
    };
    html! {
        <div class="act">
            <pre translate="no" tabindex="0"><code>{ text }</code></pre>
            if let Some(says) = says {
                <span class="hint">{ says }</span>
            }
            if can {
                <button type="button" {onclick}>{ t!("act-put") }</button>
            }
        </div>
    }
}

fn deed_of(host: &Host, deed: &Deed, can: bool) -> Html {
    let in_lab = matches!(host, Host::Lab(_));
    if let (Deed::Wait(time), true) = (deed, in_lab) {
        return html! { <p class="hint">{ t!("act-wait", seconds = time.as_secs()) }</p> };
    }
    let words = match deed {
        Deed::GoTo(id) => t!("act-go-to", protocol = place_name(id)),
        deed => capital(&deed.words()),
    };
    let onclick = {
        let (host, deed) = (host.clone(), deed.clone());
        Callback::from(move |_: MouseEvent| host.perform(&deed))
    };
    html! {
        <div class="act"><button type="button" disabled={!can} {onclick}>{ words }</button></div>
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn expectations(
    open: &Open,
    n: usize,
    step: &Step,
    verdicts: &[Verdict],
    protocol: &str,
) -> Vec<Html> {
    let item = |(at, expectation): (usize, &shared::lesson::Expectation)| {
        let met = open.is_met(n, at);
        let instead = match verdicts.get(at) {
            Some(Verdict::NotYet(instead)) if !met => Some(instead.clone()),
            _ => None,
        };
        html! {
            <li key={at} class={if met { "met" } else { "unmet" }}>
                <span class="sign" aria-hidden="true">{ if met { "\u{2713}" } else { "\u{25cb}" } }</span>
                <span>
                    { expectation.test.words(protocol) }
                    <span class="hidden">{ format!(", {}", if met { t!("expect-met") } else { t!("expect-unmet") }) }</span>
                    if let Some(instead) = instead {
                        <span class="hint">{ t!("expect-instead", instead = &instead) }</span>
                    }
                </span>
            </li>
        }
    };
    step.expect.iter().enumerate().map(item).collect()
}

fn hints(host: &Host, open: &Open, n: usize, step: &Step) -> Html {
    let shown = open.hints(n);
    let last = shown + 1 == step.hints.len();
    let items = step.hints.iter().take(shown).map(|hint| html! { <li>{ inline(hint) }</li> });
    let onclick = {
        let host = host.clone();
        Callback::from(move |_: MouseEvent| {
            host.act(|stage, _| {
                if let Some(open) = stage.lesson_mut() {
                    open.show_hint(n);
                }
            });
            if last {
                focus("hints");
            }
        })
    };
    html! {
        <div class="hints" id="hints" tabindex="-1">
            <ol aria-live="polite">{ for items }</ol>
            if shown < step.hints.len() {
                <button type="button" class="quiet" {onclick}>
                    { t!("hint", hint = shown as u64 + 1, hints = step.hints.len() as u64) }
                </button>
            }
        </div>
    }
}

fn closing(runner: &Runner, open: &Open) -> Html {
    let next = runner.shelf(|shelf| {
        let next = shelf.next(&open.id)?;
        Some((next.title.clone(), with_lesson(&fragment_of(&next.protocol), &next.id)))
    });
    html! {
        <div class="closing">
            if let Some((title, text)) = &open.lesson.closing {
                <h3>{ title }</h3>
                { blocks(text) }
            }
            if let Some((title, href)) = next {
                <p><a {href}>{ t!("lesson-next", title = &title) }</a></p>
            }
        </div>
    }
}

fn is_focus_lost() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let active = document.and_then(|document| document.active_element());
    active.is_none_or(|active| active.tag_name() == "BODY")
}

fn leave(host: &Host) -> Callback<MouseEvent> {
    let fragment = match host {
        Host::Lab(runner) => runner.see(|lab| lab.route.fragment()),
        Host::Bench(_) => Place::BENCH.into(),
    };
    Callback::from(move |_: MouseEvent| {
        go_to(&fragment);
        focus("pane-lessons");
    })
}
