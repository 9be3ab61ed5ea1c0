//! The only live region of the lab: one sentence for each complete reply, and no more than can be followed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::prelude::*;

use crate::app::View;
use crate::state::{Announce, Announcer, announced_line};
use crate::text::t;

/// Between two sentences; what comes faster is counted in one.
const PAUSE: i32 = 400;

/// Lines that the log of all lines keeps.
const LINES: usize = 12;

#[component(Announcements)]
pub(super) fn announcements(view: &View) -> Html {
    let announcer = use_memo((), |()| RefCell::new(Announcer::default()));
    let speaking = use_memo((), |()| Rc::new(Cell::new(false)));
    // Counted, so that the same sentence twice is two announcements.
    let said = use_state(|| (0u64, String::new()));
    let update = use_force_update();
    let (is_speaking, runner) = ((*speaking).clone(), view.runner.clone());
    runner.see(|lab| announcer.borrow_mut().look(lab));
    {
        let (announcer, said) = (announcer.clone(), said.clone());
        use_effect(move || {
            if is_speaking.get() {
                return;
            }
            let Some(words) = announcer.borrow_mut().take() else { return };
            said.set((said.0 + 1, words));
            is_speaking.set(true);
            runner.later(PAUSE, move || {
                is_speaking.set(false);
                if announcer.borrow().is_pending() {
                    update.force_update();
                }
            });
        });
    }
    let (count, words) = &*said;
    html! {
        <>
            <p role="status" class="said"><span key={*count}>{ words }</span></p>
            if view.runner.settings().announce == Announce::Lines {
                { every_line(view) }
            }
        </>
    }
}

/// What is new in it is read out.
fn every_line(view: &View) -> Html {
    view.runner.see(|lab| {
        let len = lab.shown_len();
        let lines = (len.saturating_sub(LINES)..len).filter_map(|n| {
            let line = announced_line(lab.entry(n)?)?;
            Some(html! { <p key={n}>{ line }</p> })
        });
        html! { <div class="hidden" role="log" aria-label={t!("every-line")}>{ for lines }</div> }
    })
}
