//! The window's bridge: `window.__TAURI__.core.invoke`.

use chopmark_view::Failure;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{from_json, silent, strange};

/// The window's way to call commands, where there is a window.
pub(super) struct Bridge {
    invoke: Function,
}

pub(super) fn bridge() -> Option<Bridge> {
    let tauri = Reflect::get(web_sys::window()?.as_ref(), &"__TAURI__".into()).ok()?;
    let core = Reflect::get(&tauri, &"core".into()).ok()?;
    let invoke = Reflect::get(&core, &"invoke".into())
        .ok()?
        .dyn_into()
        .ok()?;
    Some(Bridge { invoke })
}

pub(super) async fn call(bridge: &Bridge, command: &str, body: &str) -> Result<String, Failure> {
    let arguments = object(&[
        ("command", command.into()),
        ("args", JSON::parse(body).map_err(silent)?),
    ])?;
    text_of(&invoke(bridge, "call", &[arguments.into()]).await?)
}

pub(super) async fn upload(bridge: &Bridge, upload: &str, bytes: &[u8]) -> Result<String, Failure> {
    let headers = object(&[("x-upload", upload.into())])?;
    let options = object(&[("headers", headers.into())])?;
    let bytes = Uint8Array::from(bytes);
    text_of(&invoke(bridge, "evidence_chunk", &[bytes.into(), options.into()]).await?)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the bridge's numbers; exact up to 2^53"
)]
pub(super) async fn read_evidence(
    bridge: &Bridge,
    id: &str,
    offset: u64,
) -> Result<Vec<u8>, Failure> {
    let arguments = object(&[
        ("id", id.into()),
        ("offset", JsValue::from_f64(offset as f64)),
    ])?;
    let bytes = invoke(bridge, "evidence_read", &[arguments.into()]).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

async fn invoke(bridge: &Bridge, command: &str, arguments: &[JsValue]) -> Result<JsValue, Failure> {
    let list = Array::of1(&command.into());
    for argument in arguments {
        list.push(argument);
    }
    let promise: Promise = bridge
        .invoke
        .apply(&JsValue::UNDEFINED, &list)
        .map_err(silent)?
        .dyn_into()
        .map_err(silent)?;
    match JsFuture::from(promise).await {
        Ok(answer) => Ok(answer),
        Err(refusal) => Err(
            match text_of(&refusal).and_then(|text| from_json::<Failure>(&text)) {
                Ok(failure) => failure,
                Err(_) => silent(refusal),
            },
        ),
    }
}

fn text_of(value: &JsValue) -> Result<String, Failure> {
    JSON::stringify(value)
        .ok()
        .and_then(|text| text.as_string())
        .ok_or_else(strange)
}

fn object(entries: &[(&str, JsValue)]) -> Result<Object, Failure> {
    let object = Object::new();
    for (name, value) in entries {
        Reflect::set(&object, &(*name).into(), value).map_err(silent)?;
    }
    Ok(object)
}
