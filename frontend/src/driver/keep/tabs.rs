//! Which tab this is, and which others are still open.
//!
//! A tab's name is in its session storage, which outlives a reload and a crash. While a page is
//! there it holds a lock of that name, so that others see that the tab is open.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Storage;

use super::clock;

const NAME: &str = "wirelab.tab";
const BROKE: &str = "wirelab.restoring";

/// A page that is being left gives up its lock within this many tries, of 50 ms each.
const TRIES: usize = 10;

/// The name of this tab, and whether it has just been given.
pub(super) async fn own() -> (String, bool) {
    let known = storage().and_then(|storage| storage.get_item(NAME).ok().flatten());
    if let Some(name) = known {
        for _ in 0..TRIES {
            if claim(&name).await {
                return (name, false);
            }
            clock::wait(50).await;
        }
        // A tab was duplicated, and its name with it.
    }
    let name = format!("{}-{}", js_sys::Date::now() as u64, (js_sys::Math::random() * 1e9) as u32);
    claim(&name).await;
    (name, true)
}

/// From the next load on this tab has this name.
pub(super) fn become_tab(name: &str) {
    if let Some(storage) = storage() {
        // If it is refused, the next load is one of a new tab.
        drop(storage.set_item(NAME, name));
    }
}

/// Whether it can be told which tabs are open: not where a page came over plain HTTP from another machine.
pub(super) fn can_tell() -> bool {
    locks().is_some()
}

/// Takes the tab of this name for as long as this page is there. Tells whether no other page has it.
pub(super) async fn claim(name: &str) -> bool {
    let Some((locks, request)) = locks() else { return true };
    let options = Object::new();
    drop(Reflect::set(&options, &"ifAvailable".into(), &true.into()));
    let answer = Promise::new(&mut |resolve, reject| {
        let got = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let free = !lock.is_null();
            drop(resolve.call1(&JsValue::NULL, &free.into()));
            // The lock is held until this is resolved: never.
            if free { Promise::new(&mut |_, _| {}).into() } else { JsValue::UNDEFINED }
        });
        let lock = format!("wirelab.tab.{name}").into();
        if let Err(why) = request.call3(&locks, &lock, &options, &got) {
            drop(reject.call1(&JsValue::NULL, &why));
        }
    });
    JsFuture::from(answer).await.is_ok_and(|free| free.is_truthy())
}

/// Notes that this tab's sessions are about to be played again.
pub(super) fn mark(name: &str) {
    if let Some(storage) = storage() {
        drop(storage.set_item(BROKE, name));
    }
}

/// It went well.
pub(super) fn unmark() {
    if let Some(storage) = storage() {
        drop(storage.remove_item(BROKE));
    }
}

/// Whether the page did not outlive playing them again the last time.
pub(super) fn broke_at(name: &str) -> bool {
    storage().and_then(|storage| storage.get_item(BROKE).ok().flatten()).as_deref() == Some(name)
}

fn storage() -> Option<Storage> {
    clock::window().session_storage().ok().flatten()
}

fn locks() -> Option<(JsValue, Function)> {
    let locks = Reflect::get(&clock::window().navigator(), &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    Some((locks, request))
}
