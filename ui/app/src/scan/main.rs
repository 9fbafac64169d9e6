//! The reader of QR codes and Data Matrix as a web worker of its own.
//!
//! The page sends `[width, height, effort, RGBA buffer]` and gets a list of texts back,
//! empty where the picture holds no code. Before the first picture the worker sends
//! `"ready"`: what comes earlier would be lost while its module is still compiling.

mod decode;

use decode::{Effort, decode};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

fn main() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let answering = scope.clone();
    let onmessage = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let texts = read(&event.data()).unwrap_or_default();
        let answer: Array = texts.iter().map(|text| JsValue::from_str(text)).collect();
        // The page may be gone; then nobody waits.
        let _ = answering.post_message(&answer);
    });
    scope.set_onmessage(Some(onmessage.as_ref().unchecked_ref()));
    onmessage.forget();
    let _ = scope.post_message(&JsValue::from_str("ready"));
}

fn read(message: &JsValue) -> Option<Vec<String>> {
    let parts: &Array = message.dyn_ref()?;
    let width = whole(&parts.get(0))?;
    let height = whole(&parts.get(1))?;
    let effort = if parts.get(2).is_truthy() {
        Effort::Thorough
    } else {
        Effort::Quick
    };
    let rgba = Uint8Array::new(&parts.get(3)).to_vec();
    decode(&rgba, width, height, effort)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float saturates; the picture's length is compared with it"
)]
fn whole(value: &JsValue) -> Option<u32> {
    value.as_f64().map(|number| number as u32)
}
