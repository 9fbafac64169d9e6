//! The loopback bridge of tests and development: `POST /call/{command}`, with the token that
//! the page's address carries.

use chopmark_view::Failure;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, Response, UrlSearchParams};

use super::{from_json, silent, strange};

/// The client refused what was asked and says why in the body.
const REFUSED: u16 = 422;

pub(super) async fn call(command: &str, body: &str) -> Result<String, Failure> {
    text(post(&format!("/call/{command}"), &body.into(), None).await?).await
}

pub(super) async fn upload(upload: &str, bytes: &[u8]) -> Result<String, Failure> {
    let bytes = Uint8Array::from(bytes);
    text(post("/upload", &bytes.into(), Some(upload)).await?).await
}

pub(super) async fn read_evidence(id: &str, offset: u64) -> Result<Vec<u8>, Failure> {
    let response = post(
        &format!("/evidence/{id}?offset={offset}"),
        &JsValue::UNDEFINED,
        None,
    )
    .await?;
    let buffer = JsFuture::from(response.array_buffer().map_err(silent)?)
        .await
        .map_err(silent)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

async fn post(path: &str, body: &JsValue, upload: Option<&str>) -> Result<Response, Failure> {
    let window = web_sys::window().ok_or_else(strange)?;
    let address = window.location().search().map_err(silent)?;
    let token = UrlSearchParams::new_with_str(&address)
        .map_err(silent)?
        .get("token")
        .unwrap_or_default();

    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(body);
    let request = Request::new_with_str_and_init(path, &init).map_err(silent)?;
    request.headers().set("x-token", &token).map_err(silent)?;
    if let Some(upload) = upload {
        request.headers().set("x-upload", upload).map_err(silent)?;
    }
    let answer = JsFuture::from(window.fetch_with_request(&request))
        .await
        .map_err(silent)?;
    let response: Response = answer.dyn_into().map_err(silent)?;
    if response.ok() {
        return Ok(response);
    }
    if response.status() == REFUSED {
        let body = text(response).await?;
        return Err(from_json::<Failure>(&body)?);
    }
    Err(strange())
}

async fn text(response: Response) -> Result<String, Failure> {
    let text = JsFuture::from(response.text().map_err(silent)?)
        .await
        .map_err(silent)?;
    text.as_string().ok_or_else(strange)
}
