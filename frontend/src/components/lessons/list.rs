//! The lessons of a protocol, in three tiers.

use shared::lesson::{BENCH, Tier};
use yew::prelude::*;

use super::share::FromFile;
use super::{Host, fragment_of};
use crate::app::go_to;
use crate::driver::Runner;
use crate::state::{List, Listed, Place, Shelf, place_name, with_lesson};
use crate::text::t;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ListProps {
    pub(super) host: Host,
    pub(super) runner: Runner,
    pub(super) version: u64,
    /// Hides the pane.
    pub(super) fold: Html,
}

#[component(LessonList)]
pub(super) fn lesson_list(props: &ListProps) -> Html {
    let runner = &props.runner;
    let (protocol, fragment) = match &props.host {
        Host::Lab(runner) => runner.see(|lab| (lab.route.protocol.id, lab.route.fragment())),
        Host::Bench(_) => (BENCH, Place::BENCH.to_string()),
    };
    let again = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.list_lessons())
    };
    let head = html! {
        <div class="pane-head"><h2 id="lessons-title">{ t!("lessons-title") }</h2>{ props.fold.clone() }</div>
    };
    runner.shelf(|shelf| {
        let (tiers, course) = (shelf.of(protocol), shelf.course());
        let none = matches!(shelf.list, List::There(_)) && tiers.is_empty();
        html! {
            <section aria-labelledby="lessons-title">
                { head }
                if let List::Failed(why) = &shelf.list {
                    <p class="hint">{ t!("lessons-failed", why = why) }</p>
                    <button type="button" onclick={again}>{ t!("lessons-again") }</button>
                }
                if let Some(failed) = &shelf.failed {
                    <div class="notice" role="alert" id="lesson-failed">
                        <p>{ t!("lesson-failed", id = &failed.name) }</p>
                        <ul>{ for failed.why.iter().map(|why| html! { <li>{ why }</li> }) }</ul>
                    </div>
                }
                if !course.is_empty() {
                    { tier(Tier::Course, course, shelf, None) }
                }
                if none {
                    <p class="hint">{ t!("lessons-none", protocol = place_name(protocol)) }</p>
                }
                { for tiers.into_iter().map(|(which, lessons)| tier(which, lessons, shelf, Some(&fragment))) }
                <FromFile runner={runner.clone()} />
                if shelf.not_kept {
                    <p class="hint">{ t!("lessons-not-kept") }</p>
                }
            </section>
        }
    })
}

/// Beside this address, or each where it begins.
fn tier(tier: Tier, lessons: Vec<&Listed>, shelf: &Shelf, beside: Option<&str>) -> Html {
    let (name, what) = match tier {
        Tier::Course => (t!("tier-course"), t!("tier-course-about")),
        Tier::Tutorial => (t!("tier-tutorial"), t!("tier-tutorial-about")),
        Tier::Weird => (t!("tier-weird"), t!("tier-weird-about")),
        Tier::Useful => (t!("tier-useful"), t!("tier-useful-about")),
    };
    let number = |n: usize| if beside.is_none() { format!("{}. ", n + 1) } else { String::new() };
    let items = lessons.into_iter().enumerate().map(|(n, listed)| {
        let own = beside.map_or_else(|| fragment_of(&listed.protocol), String::from);
        let href = with_lesson(&own, &listed.id);
        let onclick = {
            let href = href.clone();
            Callback::from(move |event: MouseEvent| {
                event.prevent_default();
                go_to(&href);
            })
        };
        let mark = match (shelf.is_done(&listed.id), shelf.steps(&listed.id)) {
            (true, _) => t!("lesson-done").to_string(),
            (false, 0) => String::new(),
            (false, steps) => t!("lesson-begun", steps = steps as u64),
        };
        html! {
            <li key={listed.id.clone()}>
                <a {href} {onclick}>
                    <b>{ number(n) }{ &listed.title }</b>
                    if !mark.is_empty() {
                        <span class="mark">{ mark }</span>
                    }
                    // The titles of the course say it already, and the experiments stand below it.
                    if beside.is_some() {
                        <span class="about">{ &listed.about }</span>
                    }
                </a>
            </li>
        }
    });
    html! {
        <>
            <h3>{ name }<span class="hint">{ format!(" {what}") }</span></h3>
            <ul class="lesson-list">{ for items }</ul>
        </>
    }
}
