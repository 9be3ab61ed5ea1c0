//! A clicker's presses, from the stage's window to the page that presents. Both are the presenter's, in one browser.

use shared::room::Code;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, KeyboardEvent, MessageEvent};
use yew::Callback;

use super::clock;

/// What the keys of a clicker mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Page Down.
    Forward,
    /// Page Up.
    Back,
    /// B.
    Blank,
}

impl Press {
    pub fn of(key: &str) -> Option<Press> {
        match key {
            "PageDown" => Some(Press::Forward),
            "PageUp" => Some(Press::Back),
            "b" | "B" => Some(Press::Blank),
            _ => None,
        }
    }
}

/// Dropping it ends the listening.
pub(super) struct Listening {
    channel: BroadcastChannel,
    _heard: Closure<dyn Fn(MessageEvent)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// Hears what is pressed in the stage's windows of this browser. `None` where the browser has no such channel.
pub(super) fn listen(code: Code, pressed: Callback<Press>) -> Option<Listening> {
    let channel = BroadcastChannel::new(&name(code)).ok()?;
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(press) = event.data().as_string().and_then(|key| Press::of(&key)) {
            pressed.emit(press);
        }
    });
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    Some(Listening { channel, _heard: heard })
}

/// Passes on what is pressed in this window, wherever its focus is, for as long as it is there.
pub fn pass_on(code: Code) {
    let (Ok(channel), Some(document)) =
        (BroadcastChannel::new(&name(code)), clock::window().document())
    else {
        return;
    };
    let pressed = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let chord = event.ctrl_key() || event.meta_key() || event.alt_key();
        if chord || Press::of(&event.key()).is_none() {
            return;
        }
        event.prevent_default();
        // It fails only for a channel that is closed, and this one never is.
        drop(channel.post_message(&event.key().into()));
    });
    // It fails only for what is no function.
    drop(document.add_event_listener_with_callback("keydown", pressed.as_ref().unchecked_ref()));
    pressed.forget();
}

fn name(code: Code) -> String {
    format!("wirelab-stage-{code}")
}
