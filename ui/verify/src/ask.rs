//! Asks gateways. The only module that uses the network.

use crate::answer::Silence;
use js_sys::{Promise, Uint8Array};
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response, Window};

/// How long a person looks at "asking" before the page says what it has: two slow round trips
/// and the largest lawful bundle at 9 Mbit/s fit.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a gateway sent.
pub(crate) enum Sent {
    /// What was asked for.
    Found(Vec<u8>),
    /// That it has no such thing, and what it says beside that.
    NotFound(Vec<u8>),
    /// That it does not do what was asked, and why.
    Refused(Vec<u8>),
}

/// A request that is under way. The browser sends it before anyone waits for the answer, so that
/// several are under way at once.
pub(crate) struct Request {
    response: Promise,
    abort: Option<AbortController>,
    timer: Option<i32>,
    most_bytes: usize,
}

impl Request {
    /// Sends a GET. An answer of more than `most_bytes` is not read.
    pub(crate) fn send(url: &str, most_bytes: usize) -> Self {
        Self::begin(url, &RequestInit::new(), most_bytes)
    }

    /// Sends a POST with this text. It goes as plain text, which a browser sends to other members'
    /// hosts without asking them first.
    pub(crate) fn post(url: &str, text: &str, most_bytes: usize) -> Self {
        let options = RequestInit::new();
        options.set_method("POST");
        options.set_body(&JsValue::from_str(text));
        Self::begin(url, &options, most_bytes)
    }

    fn begin(url: &str, options: &RequestInit, most_bytes: usize) -> Self {
        let abort = AbortController::new().ok();
        if let Some(abort) = &abort {
            options.set_signal(Some(&abort.signal()));
        }
        let window = web_sys::window();
        let timer = match (&window, &abort) {
            (Some(window), Some(abort)) => set_timer(window, abort.clone()),
            _ => None,
        };
        let response = match &window {
            Some(window) => window.fetch_with_str_and_init(url, options),
            None => Promise::reject(&JsValue::NULL),
        };
        Self {
            response,
            abort,
            timer,
            most_bytes,
        }
    }

    /// Waits for the whole answer.
    pub(crate) async fn answer(self) -> Result<Sent, Silence> {
        let answer = self.read().await;
        if let (Some(window), Some(timer)) = (web_sys::window(), self.timer) {
            window.clear_timeout_with_handle(timer);
        }
        let aborted = self.abort.is_some_and(|abort| abort.signal().aborted());
        match answer {
            Err(Silence::Unreachable) if aborted => Err(Silence::TimedOut),
            answer => answer,
        }
    }

    async fn read(&self) -> Result<Sent, Silence> {
        let response: Response = JsFuture::from(self.response.clone())
            .await
            .ok()
            .and_then(|response| response.dyn_into().ok())
            .ok_or(Silence::Unreachable)?;
        let announced = response.headers().get("content-length").ok().flatten();
        let too_large = |length: usize| length > self.most_bytes;
        if announced
            .and_then(|length| length.parse().ok())
            .is_some_and(too_large)
        {
            return Err(Silence::TooLarge);
        }
        match response.status() {
            200 | 400 | 403 | 404 | 409 => {}
            429 | 503 => return Err(Silence::Busy),
            status => return Err(Silence::Status(status)),
        }
        let body = response.array_buffer().map_err(|_| Silence::Unreachable)?;
        let body = JsFuture::from(body)
            .await
            .map_err(|_| Silence::Unreachable)?;
        let bytes = Uint8Array::new(&body).to_vec();
        match response.status() {
            _ if too_large(bytes.len()) => Err(Silence::TooLarge),
            404 => Ok(Sent::NotFound(bytes)),
            400 | 403 | 409 => Ok(Sent::Refused(bytes)),
            _ => Ok(Sent::Found(bytes)),
        }
    }
}

fn set_timer(window: &Window, abort: AbortController) -> Option<i32> {
    let give_up = Closure::once_into_js(move || abort.abort());
    let after = i32::try_from(PATIENCE.as_millis()).ok()?;
    window
        .set_timeout_with_callback_and_timeout_and_arguments_0(give_up.unchecked_ref(), after)
        .ok()
}
