//! The bench: two desks, the record of calls and packets between them, and what each means.

mod controls;
mod desk;
mod diagram;
mod explain;
mod record;

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use crate::driver::BenchWire;
use crate::state::{BenchState, Stage};
use crate::text::t;
use shared::sockets::Side;

use controls::Controls;
use desk::DeskPane;
use diagram::Diagram;
use explain::Explain;
use record::Record;

/// The bench that its parts share. On the two hosts it has no clock and no wire; on real sockets the driver has both.
#[derive(Clone)]
pub struct BenchHandle(Rc<Inner>);

struct Inner {
    state: RefCell<BenchState>,
    /// To the relay, while the sockets are real.
    wire: BenchWire,
    /// Asks for the page to be drawn.
    changed: Callback<()>,
}

impl PartialEq for BenchHandle {
    fn eq(&self, other: &BenchHandle) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl BenchHandle {
    pub fn new(changed: Callback<()>) -> BenchHandle {
        BenchHandle(Rc::new(Inner {
            state: RefCell::default(),
            wire: BenchWire::default(),
            changed,
        }))
    }

    pub fn see<R>(&self, look: impl FnOnce(&BenchState) -> R) -> R {
        look(&self.0.state.borrow())
    }

    pub fn act(&self, action: impl FnOnce(&mut BenchState)) {
        let mut state = self.0.state.borrow_mut();
        action(&mut state);
        state.follow_lesson();
        drop(state);
        self.0.wire.flush(self);
        self.0.changed.emit(());
    }

    /// Does what needs no drawing.
    pub fn quietly<R>(&self, action: impl FnOnce(&mut BenchState) -> R) -> R {
        action(&mut self.0.state.borrow_mut())
    }

    /// Stands the desks on real sockets, or back on the two hosts.
    pub fn stand(&self, real: bool) {
        if real {
            self.0.wire.connect(self);
        } else {
            self.0.wire.leave();
            self.act(BenchState::renew);
        }
    }

    pub fn is_real(&self) -> bool {
        self.see(|state| state.bench.remote().is_some())
    }

    /// A handler of clicks that does this.
    fn on_click(&self, action: impl Fn(&mut BenchState) + 'static) -> Callback<MouseEvent> {
        let bench = self.clone();
        Callback::from(move |_: MouseEvent| bench.act(&action))
    }
}

/// What every part of the bench gets: the bench, and a number that changes with it.
#[derive(Clone, PartialEq, Properties)]
pub struct BenchView {
    pub bench: BenchHandle,
    pub version: u64,
}

/// What a phone shows one at a time, as classes.
const PARTS: [&str; 4] = ["show-server", "show-client", "show-record", "show-explain"];

fn part_name(part: &str) -> &'static str {
    match part {
        "show-server" => t!("bench-server"),
        "show-client" => t!("bench-client"),
        "show-record" => t!("bench-packets"),
        _ => t!("act-explain"),
    }
}

#[component(BenchPage)]
pub fn bench_page(view: &BenchView) -> Html {
    let part = use_state(|| PARTS[0]);
    let parts = PARTS.map(|this| {
        let part = part.clone();
        let pressed = (*part == this).to_string();
        let onclick = Callback::from(move |_: MouseEvent| part.set(this));
        html! { <button type="button" aria-pressed={pressed} {onclick}>{ part_name(this) }</button> }
    });
    html! {
        <main class={classes!("bench", *part)}>
            <Controls ..view.clone() />
            <DeskPane bench={view.bench.clone()} version={view.version} side={Side::Server} />
            <DeskPane bench={view.bench.clone()} version={view.version} side={Side::Client} />
            <Record ..view.clone() />
            <aside id="pane-inspector" class="bench-inspect" aria-label={t!("inspector")} tabindex="-1">
                <Explain ..view.clone() />
                <Diagram ..view.clone() />
            </aside>
            <div class="on-phone bench-parts" role="group" aria-label={t!("bench-parts")}>{ for parts }</div>
        </main>
    }
}
