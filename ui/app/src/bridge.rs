//! The only place that calls the client: through the window's own bridge, or over loopback
//! HTTP where the same screens run in a plain browser.

mod http;
mod window;

use chopmark_view::{Command, Failure, UploadState};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;

/// Sends a command and waits for its reply.
pub(crate) async fn call<C: Command>(command: &C) -> Result<C::Reply, Failure> {
    let body = to_json(command)?;
    let answer = match window::bridge() {
        Some(bridge) => window::call(&bridge, C::NAME, &body).await,
        None => http::call(C::NAME, &body).await,
    }?;
    from_json(&answer)
}

/// Sends the next bytes of a file on its way into the vault.
pub(crate) async fn upload(upload: &str, bytes: &[u8]) -> Result<UploadState, Failure> {
    let answer = match window::bridge() {
        Some(bridge) => window::upload(&bridge, upload, bytes).await,
        None => http::upload(upload, bytes).await,
    }?;
    from_json(&answer)
}

/// Reads a piece of evidence from `offset`; empty at the end.
pub(crate) async fn read_evidence(id: &str, offset: u64) -> Result<Vec<u8>, Failure> {
    match window::bridge() {
        Some(bridge) => window::read_evidence(&bridge, id, offset).await,
        None => http::read_evidence(id, offset).await,
    }
}

/// Whether the screens run in the app's window, whose web view saves nothing by a link.
pub(crate) fn in_window() -> bool {
    window::bridge().is_some()
}

/// The client's side did not answer at all.
fn silent(_: JsValue) -> Failure {
    own("app-silent")
}

/// The client's side answered what the screens cannot read.
fn strange() -> Failure {
    own("app-strange")
}

/// A failure of the screens' side; takes no arguments.
pub(crate) fn own(code: &str) -> Failure {
    Failure {
        code: code.to_owned(),
        params: BTreeMap::new(),
    }
}

fn to_json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|_| strange())
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| strange())
}
