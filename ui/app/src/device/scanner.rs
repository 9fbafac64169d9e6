use chopmark_view::Failure;
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, ImageData, MessageEvent, Worker,
};

use crate::bridge::own;

/// The reader's program, built beside the app's.
const WORKER: &str = "./chopmark-scan.js";
/// The longer side of a camera frame that is looked at. A label's code fills a fifth of it
/// with four pixels a module; more only costs time.
const FRAME_SIDE: u32 = 1_280;

/// The reader of codes in its worker, which ends when this is dropped.
pub(crate) struct Scanner {
    worker: Worker,
    ready: Promise,
    waiting: Rc<RefCell<Option<Function>>>,
    busy: Cell<bool>,
    _onmessage: Closure<dyn Fn(MessageEvent)>,
    _onerror: Closure<dyn Fn()>,
}

impl Scanner {
    /// Starts the worker.
    ///
    /// # Errors
    ///
    /// `scanner-broken`.
    pub(crate) fn start() -> Result<Self, Failure> {
        let worker = Worker::new(WORKER).map_err(broken)?;
        let waiting: Rc<RefCell<Option<Function>>> = Rc::default();
        let failing: Rc<RefCell<Option<Function>>> = Rc::default();
        // The first message is "ready"; `waiting` is set before any can come.
        let ready = Promise::new(&mut |resolve, reject| {
            *waiting.borrow_mut() = Some(resolve);
            *failing.borrow_mut() = Some(reject);
        });
        let onmessage = {
            let waiting = waiting.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let resolve = waiting.borrow_mut().take();
                if let Some(resolve) = resolve {
                    let _ = resolve.call1(&JsValue::UNDEFINED, &event.data());
                }
            })
        };
        let onerror = {
            let waiting = waiting.clone();
            Closure::<dyn Fn()>::new(move || {
                if let Some(reject) = failing.borrow_mut().take() {
                    let _ = reject.call0(&JsValue::UNDEFINED);
                }
                // A picture that broke the reader held no code that it could read.
                if let Some(resolve) = waiting.borrow_mut().take() {
                    let _ = resolve.call1(&JsValue::UNDEFINED, &Array::new());
                }
            })
        };
        worker.set_onmessage(Some(onmessage.as_ref().unchecked_ref()));
        worker.set_onerror(Some(onerror.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            ready,
            waiting,
            busy: Cell::new(false),
            _onmessage: onmessage,
            _onerror: onerror,
        })
    }

    /// Texts of the codes in a camera frame.
    ///
    /// # Errors
    ///
    /// `scanner-broken`.
    pub(crate) async fn read_frame(&self, pixels: &ImageData) -> Result<Vec<String>, Failure> {
        self.read(pixels, false).await
    }

    /// Texts of the codes in a single image, looked at longer.
    ///
    /// # Errors
    ///
    /// `scanner-broken`.
    pub(crate) async fn read_image(&self, pixels: &ImageData) -> Result<Vec<String>, Failure> {
        self.read(pixels, true).await
    }

    async fn read(&self, pixels: &ImageData, thorough: bool) -> Result<Vec<String>, Failure> {
        // One picture at a time: another one's answer would be taken for this one's.
        while self.busy.replace(true) {
            gloo_timers::future::TimeoutFuture::new(20).await;
        }
        let texts = self.exchange(pixels, thorough).await;
        self.busy.set(false);
        texts
    }

    async fn exchange(&self, pixels: &ImageData, thorough: bool) -> Result<Vec<String>, Failure> {
        JsFuture::from(self.ready.clone()).await.map_err(broken)?;
        // The buffer moves instead of being copied.
        let data = Reflect::get(pixels, &"data".into()).map_err(broken)?;
        let buffer = Reflect::get(&data, &"buffer".into()).map_err(broken)?;
        let message = Array::of4(
            &pixels.width().into(),
            &pixels.height().into(),
            &thorough.into(),
            &buffer,
        );
        let answer = Promise::new(&mut |resolve, _| *self.waiting.borrow_mut() = Some(resolve));
        self.worker
            .post_message_with_transfer(&message, &Array::of1(&buffer))
            .map_err(broken)?;
        let texts = JsFuture::from(answer).await.map_err(broken)?;
        Ok(Array::from(&texts)
            .iter()
            .filter_map(|text| text.as_string())
            .collect())
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// What a video shows now, in a size that suits the reader; none before its first frame.
pub(crate) fn pixels_of_video(
    video: &HtmlVideoElement,
    canvas: &HtmlCanvasElement,
) -> Option<ImageData> {
    let (width, height) = fitted(video.video_width(), video.video_height(), FRAME_SIDE)?;
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = context(canvas)?;
    context
        .draw_image_with_html_video_element_and_dw_and_dh(
            video,
            0.0,
            0.0,
            f64::from(width),
            f64::from(height),
        )
        .ok()?;
    context
        .get_image_data(0.0, 0.0, f64::from(width), f64::from(height))
        .ok()
}

/// The drawing context of a canvas that is read often.
pub(super) fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let options = js_sys::Object::new();
    Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
    canvas
        .get_context_with_context_options("2d", &options)
        .ok()??
        .dyn_into()
        .ok()
}

/// A size of the same shape with no side longer than `side`; none for an empty picture.
pub(super) fn fitted(width: u32, height: u32, side: u32) -> Option<(u32, u32)> {
    let longest = width.max(height);
    if width == 0 || height == 0 {
        return None;
    }
    if longest <= side {
        return Some((width, height));
    }
    let scale = |length: u32| {
        let scaled = u64::from(length) * u64::from(side) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    Some((scale(width), scale(height)))
}

fn broken<T>(_: T) -> Failure {
    own("scanner-broken")
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn pictures_keep_their_shape() {
        assert_eq!(fitted(640, 480, 1_280), Some((640, 480)));
        assert_eq!(fitted(2_560, 1_440, 1_280), Some((1_280, 720)));
        assert_eq!(fitted(10, 100_000, 1_000), Some((1, 1_000)));
        assert_eq!(fitted(0, 480, 1_280), None);
    }
}
