use chopmark_client::Client;
use chopmark_view::{Failure, UploadState};
use serde_json::Value;
use tauri::State;
use tauri::ipc::{InvokeBody, Request, Response};

/// The header that names the upload of a raw chunk.
const UPLOAD_HEADER: &str = "x-upload";

/// Every call of the screens but the two raw ones.
#[tauri::command]
pub(crate) async fn call(
    client: State<'_, Client>,
    command: String,
    args: Value,
) -> Result<Value, Failure> {
    client.dispatch(&command, args).await
}

/// One chunk of a file on its way into the vault: raw bytes, with the upload in a header.
#[tauri::command]
pub(crate) async fn evidence_chunk(
    client: State<'_, Client>,
    request: Request<'_>,
) -> Result<UploadState, Failure> {
    let upload = request
        .headers()
        .get(UPLOAD_HEADER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match request.body() {
        InvokeBody::Raw(bytes) => client.evidence_chunk(upload, bytes).await,
        // Android's webview hands raw bytes over as an array of numbers.
        InvokeBody::Json(numbers) => {
            let bytes: Vec<u8> = serde_json::from_value(numbers.clone()).unwrap_or_default();
            client.evidence_chunk(upload, &bytes).await
        }
    }
}

/// A piece of evidence for the screen, as raw bytes; empty at the end.
#[tauri::command]
pub(crate) async fn evidence_read(
    client: State<'_, Client>,
    id: String,
    offset: u64,
) -> Result<Response, Failure> {
    client.evidence_read(&id, offset).await.map(Response::new)
}
