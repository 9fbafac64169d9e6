use chopmark_view::Failure;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

use crate::bridge::own;

/// A running camera; it stops when this is dropped.
pub(crate) struct Camera {
    stream: MediaStream,
}

impl Camera {
    /// Starts the camera that looks away from the person, where there are two.
    ///
    /// # Errors
    ///
    /// `camera-denied`, `camera-absent` or `camera-busy`.
    pub(crate) async fn open() -> Result<Self, Failure> {
        let window = web_sys::window().ok_or_else(|| own("camera-absent"))?;
        let devices = window
            .navigator()
            .media_devices()
            .map_err(|error| cause(&error))?;
        // Missing where the page was not served safely, whatever its type says.
        if devices.is_undefined() {
            return Err(own("camera-absent"));
        }
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&wanted().map_err(|error| cause(&error))?);
        let promise = devices
            .get_user_media_with_constraints(&constraints)
            .map_err(|error| cause(&error))?;
        let stream = JsFuture::from(promise)
            .await
            .map_err(|error| cause(&error))?;
        Ok(Self {
            stream: stream.unchecked_into(),
        })
    }

    /// Shows what the camera sees.
    pub(crate) fn show_in(&self, video: &HtmlVideoElement) {
        video.set_src_object(Some(&self.stream));
        // A refused start shows as a picture that never comes; the other ways to give a
        // code stand beside it.
        let _ = video.play();
    }

    /// Whether this camera has a light that can be switched.
    pub(crate) fn has_torch(&self) -> bool {
        let Some(track) = self.track() else {
            return false;
        };
        method(&track, "getCapabilities", &JsValue::UNDEFINED)
            .and_then(|can| Reflect::get(&can, &"torch".into()).ok())
            .is_some_and(|torch| torch.is_truthy())
    }

    /// Switches the light.
    pub(crate) fn set_torch(&self, on: bool) {
        let (Some(track), wish, wishes) = (self.track(), Object::new(), Object::new()) else {
            return;
        };
        let set = Reflect::set(&wish, &"torch".into(), &on.into())
            .and_then(|_| Reflect::set(&wishes, &"advanced".into(), &Array::of1(&wish)));
        if set.is_ok() {
            method(&track, "applyConstraints", &wishes);
        }
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

/// Wishes, not demands: any camera is better than none.
fn wanted() -> Result<JsValue, JsValue> {
    let wishes = Object::new();
    for (name, value) in [
        ("facingMode", JsValue::from("environment")),
        ("width", JsValue::from(1280)),
        ("height", JsValue::from(720)),
    ] {
        let ideal = Object::new();
        Reflect::set(&ideal, &"ideal".into(), &value)?;
        Reflect::set(&wishes, &name.into(), &ideal)?;
    }
    Ok(wishes.into())
}

fn cause(error: &JsValue) -> Failure {
    let name = Reflect::get(error, &"name".into())
        .ok()
        .and_then(|name| name.as_string())
        .unwrap_or_default();
    own(match name.as_str() {
        "NotAllowedError" | "SecurityError" => "camera-denied",
        "NotReadableError" | "AbortError" => "camera-busy",
        _ => "camera-absent",
    })
}

/// Calls a method that not every engine has.
fn method(target: &JsValue, name: &str, argument: &JsValue) -> Option<JsValue> {
    let function: js_sys::Function = Reflect::get(target, &name.into()).ok()?.dyn_into().ok()?;
    function.call1(target, argument).ok()
}
