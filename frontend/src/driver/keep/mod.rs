//! Keeps the journal of this tab's sessions in the browser, and gives it back when the page is
//! opened again: by a reload, after a crash, or in a new tab once the old one is closed.
//!
//! Whatever the browser refuses, the page works on; only nothing comes back then.

mod store;
mod tabs;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::{Runner, class, clock};
use crate::state::{Kept, Lab, Restored, Route};
use crate::text::t;
use store::Store;

/// What is written goes in one piece that has gathered for so long.
const GATHER: i32 = 30;

/// By then the page has been drawn, if it can be.
const DRAWN: i32 = 50;

/// What the person is told of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Keeping {
    #[default]
    Looking,
    Kept,
    /// The browser gives no place for it at all.
    Refused(String),
    /// What happened until now is kept, and nothing after it.
    Stopped(String),
    /// Somebody wanted it.
    Forgotten,
}

#[derive(Default)]
pub(super) struct Keep {
    pub(super) keeping: Keeping,
    store: Option<Store>,
    tab: String,
    /// The number of the next piece.
    next: u32,
    waiting: Kept,
    gathering: bool,
}

/// What an earlier page left.
struct Found {
    store: Store,
    tab: String,
    pieces: Vec<Vec<u8>>,
    /// It was of another tab, which is closed.
    adopted: bool,
}

/// What the address says.
pub struct Wanted {
    /// Nothing: whichever session was the last.
    pub route: Option<Route>,
    /// It is no use to bring back what another tab left.
    pub begins_anew: bool,
    /// A sentence on what is wrong with it.
    pub wrong: Option<String>,
}

/// Looks for what was kept, and begins: there, or with the session that is wanted.
pub(super) fn begin(runner: &Runner, wanted: fn() -> Wanted) {
    let this = runner.clone();
    spawn_local(async move {
        match find(wanted).await {
            Ok(found) => take(&this, found, wanted),
            Err(why) => {
                let why = reason(&why);
                let left = class::take_left(&this);
                let restored = left.and_then(|left| this.0.lab.borrow_mut().restore(&left));
                go_on(&this, restored, wanted().route);
                trouble(
                    &this,
                    Keeping::Refused(why.clone()),
                    t!("kept-refused", why = why.as_str()),
                );
            }
        }
        if let Some(wrong) = wanted().wrong {
            this.act(|lab, _| lab.notice = Some(wrong));
        }
    });
    let this = runner.clone();
    clock::on_leave(move || write(&this));
}

/// Takes over what has happened in the lab since the last time.
pub(super) fn put(runner: &Runner) {
    // A try of somebody else's is shown for a while; what comes back after a reload is one's own.
    if runner.shows_a_try() {
        return;
    }
    let Some(news) = runner.0.lab.borrow_mut().take_journal() else { return };
    let mut keep = runner.0.keep.borrow_mut();
    if news.anew {
        keep.waiting = news;
        if keep.store.is_some() {
            keep.keeping = Keeping::Kept;
        }
    } else {
        keep.waiting.octets.extend_from_slice(&news.octets);
    }
    if keep.keeping != Keeping::Kept {
        keep.waiting = Kept::default();
        return;
    }
    if runner.see(Lab::journal_is_full) {
        let this = runner.clone();
        let why = format!("it has grown past {} MiB", shared::tape::LIMIT >> 20);
        clock::soon(0, move || stop(&this, &why.as_str().into()));
    }
    if !std::mem::replace(&mut keep.gathering, true) {
        let this = runner.clone();
        clock::soon(GATHER, move || {
            this.0.keep.borrow_mut().gathering = false;
            write(&this);
        });
    }
}

/// Forgets what this tab has kept, and what closed ones have.
pub(super) fn forget(runner: &Runner) {
    let mut keep = runner.0.keep.borrow_mut();
    let Some(store) = keep.store.clone() else { return };
    keep.keeping = Keeping::Forgotten;
    keep.waiting = Kept::default();
    let (own, this) = (keep.tab.clone(), runner.clone());
    spawn_local(async move {
        let done = store.forget(|tab| {
            let is_own = tab == own;
            async move { is_own || tabs::claim(&tab).await }
        });
        if let Err(why) = done.await {
            this.0.keep.borrow_mut().keeping = Keeping::Stopped(reason(&why));
        }
        this.draw();
    });
    drop(keep);
    runner.draw();
}

async fn find(wanted: fn() -> Wanted) -> Result<Found, JsValue> {
    let store = Store::open().await?;
    let (own, is_new) = tabs::own().await;
    store.sweep(|tab| async move { tabs::claim(&tab).await }).await?;
    if !is_new {
        let pieces = store.pieces(&own).await?;
        return Ok(Found { store, tab: own, pieces, adopted: false });
    }
    let Wanted { route, begins_anew, .. } = wanted();
    if tabs::can_tell() && !begins_anew {
        // A link to something else begins where it says, with nothing before it.
        let address = route.map(|route| route.fragment());
        for tab in store.tabs().await? {
            let fits = address.as_ref().is_none_or(|address| *address == tab.address);
            if fits && tabs::claim(&tab.name).await {
                tabs::become_tab(&tab.name);
                let pieces = store.pieces(&tab.name).await?;
                return Ok(Found { store, tab: tab.name, pieces, adopted: true });
            }
        }
    }
    tabs::become_tab(&own);
    Ok(Found { store, tab: own, pieces: Vec::new(), adopted: false })
}

fn take(runner: &Runner, found: Found, wanted: fn() -> Wanted) {
    let left = class::take_left(runner);
    let is_try = left.is_some();
    let journal = left.unwrap_or_else(|| found.pieces.concat());
    // What breaks the page once would break it at each load.
    let dangerous = tabs::broke_at(&found.tab);
    if !journal.is_empty() {
        tabs::mark(&found.tab);
    }
    let restored = if dangerous { None } else { runner.0.lab.borrow_mut().restore(&journal) };
    let octets = restored.as_ref().map_or(0, |restored| restored.octets);
    let notice = match octets {
        _ if octets < journal.len() => {
            let what = if octets == 0 { t!("kept-unreadable") } else { t!("kept-in-part") };
            Some(what)
        }
        0 => None,
        _ => found.adopted.then(|| t!("kept-adopted")),
    };
    let mut keep = runner.0.keep.borrow_mut();
    keep.keeping = Keeping::Kept;
    keep.store = Some(found.store);
    keep.tab = found.tab;
    keep.next = found.pieces.len() as u32;
    if octets < journal.len() || is_try {
        // What cannot be read must not stand before what follows, nor what another dialogue was.
        keep.waiting = Kept { anew: true, octets: journal[..octets].to_vec() };
    }
    drop(keep);
    go_on(runner, restored, wanted().route.filter(|_| !is_try));
    if is_try {
        class::go_to_step(runner);
    } else {
        class::resume(runner);
    }
    if let Some(notice) = notice {
        runner.act(|lab, _| lab.notice = Some(notice.into()));
    }
    clock::soon(DRAWN, || {
        if !clock::has_element(".loading") {
            tabs::unmark();
        }
    });
}

/// Shows the page, with the session that came back if it is one that is wanted.
fn go_on(runner: &Runner, restored: Option<Restored>, wanted: Option<Route>) {
    runner.0.ready.set(true);
    if let Some(Restored { gone_by, .. }) = restored {
        runner.0.gone_by.set(gone_by.0);
        let here = runner.see(|lab| lab.route.clone());
        if wanted.as_ref().is_none_or(|wanted| *wanted == here) {
            return runner.pump();
        }
    }
    let route = wanted.unwrap_or_else(Route::landing);
    // The person is asked first.
    let practice = Route::practice(route.protocol);
    runner.connect(if runner.is_allowed(&route) { route } else { practice });
}

fn write(runner: &Runner) {
    let mut keep = runner.0.keep.borrow_mut();
    let keep = &mut *keep;
    let Some(store) = keep.store.as_ref().filter(|_| keep.keeping == Keeping::Kept) else { return };
    let waiting = std::mem::take(&mut keep.waiting);
    if waiting.anew {
        keep.next = 0;
    }
    if waiting.octets.is_empty() && !waiting.anew {
        return;
    }
    let this = runner.clone();
    let address = runner.see(|lab| lab.route.fragment());
    let place = (keep.tab.as_str(), keep.next);
    let written = store.write(place, &address, &waiting, move |why| stop(&this, &why));
    keep.next += 1;
    if let Err(why) = written {
        let this = runner.clone();
        clock::soon(0, move || stop(&this, &why));
    }
}

fn stop(runner: &Runner, why: &JsValue) {
    let why = reason(why);
    if runner.keeping() == Keeping::Kept {
        trouble(runner, Keeping::Stopped(why.clone()), t!("kept-stopped", why = why.as_str()));
    }
}

fn trouble(runner: &Runner, keeping: Keeping, says: String) {
    let mut keep = runner.0.keep.borrow_mut();
    keep.keeping = keeping;
    keep.waiting = Kept::default();
    drop(keep);
    runner.act(|lab, _| lab.notice = Some(says));
}

/// What the browser says, in its words.
fn reason(why: &JsValue) -> String {
    let text = |name: &str| js_sys::Reflect::get(why, &name.into()).ok()?.as_string();
    if text("name").as_deref() == Some("QuotaExceededError") {
        return "its storage is full".into();
    }
    let words = text("message").or_else(|| why.as_string()).unwrap_or_default();
    if words.is_empty() { text("name").unwrap_or_else(|| "no reason given".into()) } else { words }
}

impl Runner {
    /// What is kept, and what is not.
    pub fn keeping(&self) -> Keeping {
        self.0.keep.borrow().keeping.clone()
    }

    pub fn forget_kept(&self) {
        forget(self);
    }
}
