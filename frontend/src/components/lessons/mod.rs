//! Experiments beside the tool: the list of lessons, and the one that is open.

mod list;
mod open;
pub(super) mod prose;
mod question;
mod share;

use shared::lesson::{Act, BENCH, Deed, Lesson};
use shared::machine::Tick;
use shared::protocols;
use yew::prelude::*;

use super::BenchHandle;
use super::fault_picker::FaultPicker;
use crate::app::{View, agree, focus, go, go_to, use_width};
use crate::driver::Runner;
use crate::state::{Place, Stage, lesson_in, with_lesson};
use crate::text::t;
use list::LessonList;
use open::OpenLesson;
pub(crate) use prose::blocks;

#[derive(Clone, PartialEq, Properties)]
pub struct LessonsProps {
    pub view: View,
    pub bench: BenchHandle,
    pub place: Place,
    /// The page's fragment, which says which lesson is open.
    pub address: String,
    /// Whether they are shown.
    pub shown: UseStateHandle<bool>,
}

#[component(Lessons)]
pub fn lessons(props: &LessonsProps) -> Html {
    let runner = props.view.runner.clone();
    let host = match props.place {
        Place::Bench => Host::Bench(props.bench.clone()),
        Place::Lab(_) | Place::Stage(_) => Host::Lab(runner.clone()),
    };
    use_effect_with((), {
        let runner = runner.clone();
        move |()| runner.list_lessons()
    });
    use_lesson(&runner, &host, lesson_in(&props.address));
    let is_open = host.see(|stage| stage.lesson().is_some());
    let version = props.view.version;
    use_effect_with(is_open, {
        let shown = props.shown.clone();
        move |is_open| {
            if *is_open {
                shown.set(true);
            }
        }
    });
    // The list goes and comes with the room for it; a lesson that somebody is in stays.
    let lists = matches!(props.place, Place::Lab(_)) && !is_open;
    use_width(lists, {
        let shown = props.shown.clone();
        Callback::from(move |wide| shown.set(wide))
    });
    let hide = {
        let shown = props.shown.clone();
        Callback::from(move |_: MouseEvent| {
            shown.set(false);
            // On a phone the menu shows them.
            focus("menu");
            focus("show-lessons");
        })
    };
    let fold = html! {
        <button type="button" class="quiet" id="fold-lessons" onclick={hide}>{ t!("lessons-hide") }</button>
    };
    html! {
        <aside id="pane-lessons" hidden={!*props.shown} class={classes!("side", "lessons", is_open.then_some("has-lesson"))}
            aria-label={t!("lessons-title")} tabindex="-1">
            if is_open {
                <OpenLesson {host} {runner} {version} {fold} />
            } else {
                <LessonList {host} {runner} {version} {fold} />
            }
            if matches!(props.place, Place::Lab(_)) {
                <FaultPicker view={props.view.clone()} open={!is_open} />
            }
        </aside>
    }
}

/// Opens and leaves lessons as the address says.
#[hook]
fn use_lesson(runner: &Runner, host: &Host, wanted: Option<String>) {
    let listed = runner.shelf(|shelf| shelf.list.is_settled());
    let (runner, host) = (runner.clone(), host.clone());
    let is_bench = matches!(host, Host::Bench(_));
    let loaded = use_mut_ref(|| true);
    use_effect_with((wanted, listed, is_bench), move |(wanted, listed, _)| {
        let open = host.see(|stage| stage.lesson().map(|open| open.id.clone()));
        match wanted {
            Some(id) if *listed && beside(&runner, id, is_bench).is_some() => {
                let place = beside(&runner, id, is_bench).unwrap_or_default();
                go_to(&with_lesson(&place, id));
            }
            Some(id) if open.as_ref() != Some(id) && *listed => {
                // A session may have come back with the page.
                let was_open = runner.lesson_is_open(Some(id)) && *loaded.borrow();
                let (host, begun) = (host.clone(), id.clone());
                let begin = move |(lesson, done): (Lesson, usize)| {
                    host.act(|stage, now| {
                        if !was_open || !stage.resume_lesson(&begun, &lesson, done) {
                            stage.begin_lesson(&begun, lesson.clone(), done, now);
                        }
                    });
                    host.tell_address();
                    focus("pane-lessons");
                };
                runner.open_lesson(id, Callback::from(begin));
            }
            None if open.is_some() => {
                runner.lesson_is_open(None);
                host.act(|stage, _| stage.leave_lesson());
            }
            _ => {}
        }
        if *listed {
            loaded.replace(false);
        }
    });
}

/// The place for this lesson, if it is on the bench and this is the lab, or the other way round.
fn beside(runner: &Runner, id: &str, is_bench: bool) -> Option<String> {
    let place = runner.shelf(|shelf| shelf.place(id))?;
    ((place == BENCH) != is_bench).then(|| fragment_of(&place))
}

fn fragment_of(place: &str) -> String {
    if place == BENCH { Place::BENCH.into() } else { format!("#/{place}") }
}

/// Where the lesson happens.
#[derive(Clone, PartialEq)]
enum Host {
    Lab(Runner),
    Bench(BenchHandle),
}

impl Host {
    fn see<R>(&self, look: impl FnOnce(&dyn Stage) -> R) -> R {
        match self {
            Host::Lab(runner) => runner.see(|lab| look(lab)),
            Host::Bench(bench) => bench.see(|state| look(state)),
        }
    }

    fn act(&self, action: impl FnOnce(&mut dyn Stage, Tick)) {
        match self {
            Host::Lab(runner) => runner.act(|lab, now| action(lab, now)),
            Host::Bench(bench) => bench.act(|state| action(state, Tick::default())),
        }
    }

    /// A lesson may begin with another protocol than the address says, or with a fault.
    fn tell_address(&self) {
        if let Host::Lab(runner) = self {
            agree(&runner.see(|lab| lab.route.clone()));
        }
    }

    /// Puts a text where it can be sent, and the person there too.
    fn put(&self, act: &Act) {
        match (self, act) {
            (Host::Lab(runner), Act::Send(text) | Act::Anyway(text)) => {
                runner.act(|lab, _| lab.put(text, false));
                focus("command");
            }
            (Host::Lab(runner), Act::Octets(text)) => {
                runner.act(|lab, _| lab.put(text, true));
                focus("command");
            }
            (Host::Bench(bench), Act::At(side, text)) => {
                bench.act(|state| state.put(*side, text));
                focus(&format!("{}-call", side.word()));
            }
            _ => {}
        }
    }

    /// Does what a lesson has a button for.
    fn perform(&self, deed: &Deed) {
        match (self, deed) {
            (Host::Lab(runner), Deed::Reconnect) => runner.reconnect(),
            (Host::Lab(runner), Deed::Disconnect) => runner.disconnect(),
            (Host::Lab(runner), Deed::GoTo(id)) => {
                if let Some(protocol) = protocols::by_id(id) {
                    go(&runner.see(|lab| lab.practice_of(protocol)));
                }
            }
            _ => {
                let act = Act::Do(deed.clone());
                self.act(|stage, now| stage.play_act(&act, &mut { now }));
            }
        }
    }
}
