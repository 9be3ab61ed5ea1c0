//! Regular expressions: the browser's own, so that the page need not bring any.

use js_sys::{Array, Error, Function, Reflect, RegExp};
use wasm_bindgen::{JsCast, JsValue};

use crate::text::t;

/// A regular expression, or the browser's own words about what is wrong with it.
pub(super) fn compile(pattern: &str, flags: &str) -> Result<RegExp, String> {
    // With these two, an expression would remember where it was.
    let flags: String = flags.chars().filter(|flag| !matches!(flag, 'g' | 'y')).collect();
    let arguments = Array::of2(&JsValue::from_str(pattern), &JsValue::from_str(&flags));
    let constructor = Reflect::get(&js_sys::global(), &JsValue::from_str("RegExp"));
    let made = constructor.and_then(|constructor| {
        Reflect::construct(constructor.unchecked_ref::<Function>(), &arguments)
    });
    match made {
        Ok(made) => Ok(made.unchecked_into()),
        Err(error) => Err(error
            .dyn_into::<Error>()
            .map_or_else(|_| t!("find-not-understood").into(), |error| error.message().into())),
    }
}
