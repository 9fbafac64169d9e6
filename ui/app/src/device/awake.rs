use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Keeps the screen on until this is dropped. Where the browser cannot, or does not want to
/// while the battery is low, the screen dims as always.
pub(crate) struct Awake {
    asked: Promise,
}

impl Awake {
    /// Asks for it; none where the browser has no way to.
    pub(crate) fn hold() -> Option<Self> {
        let navigator = web_sys::window()?.navigator();
        let lock = Reflect::get(&navigator, &"wakeLock".into()).ok()?;
        let asked: Promise = call(&lock, "request", &"screen".into())?.dyn_into().ok()?;
        let answer = asked.clone();
        spawn_local(async move {
            // A browser that refuses has nothing to tell a person.
            let _ = JsFuture::from(answer).await;
        });
        Some(Self { asked })
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        let asked = self.asked.clone();
        spawn_local(async move {
            if let Ok(held) = JsFuture::from(asked).await {
                call(&held, "release", &JsValue::UNDEFINED);
            }
        });
    }
}

fn call(target: &JsValue, name: &str, argument: &JsValue) -> Option<JsValue> {
    let function: Function = Reflect::get(target, &name.into()).ok()?.dyn_into().ok()?;
    function.call1(target, argument).ok()
}
