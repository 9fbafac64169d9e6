use chopmark_view::{Failure, Param};
use js_sys::{Promise, Uint8Array};
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlCanvasElement, HtmlVideoElement, ImageBitmap, ImageData};

use super::scanner::{context, fitted};
use crate::bridge::own;

/// More than any phone's camera has, and what a phone can still hold unpacked.
const MOST_MEGAPIXELS: u64 = 64;
/// The dimensions stand within the first part of every image; metadata may come before.
const HEADER_BYTES: f64 = 512.0 * 1024.0;
/// The longer side at which a code in an image file is looked for.
const READ_SIDE: u32 = 2_400;
/// JPEG quality of photos: no visible loss on labels and scratches.
const QUALITY: f64 = 0.88;

/// An image file whose dimensions are known and can be opened.
pub(crate) struct ImageFile {
    file: File,
}

/// Looks at an image's header only: a picture of 300 megapixels must not be unpacked just
/// to find that it is too large.
///
/// # Errors
///
/// `image-too-large` or `not-an-image`.
pub(crate) async fn open_image(file: File) -> Result<ImageFile, Failure> {
    let head = file
        .slice_with_f64_and_f64(0.0, HEADER_BYTES.min(file.size()))
        .map_err(|_| own("not-an-image"))?;
    check_size(&bytes_of(&head).await.ok_or_else(|| own("not-an-image"))?)?;
    Ok(ImageFile { file })
}

impl ImageFile {
    /// The image's pixels in a size that suits the reader of codes.
    ///
    /// # Errors
    ///
    /// `not-an-image` where the header promised more than the rest holds.
    pub(crate) async fn pixels(&self) -> Result<ImageData, Failure> {
        self.draw().await.ok_or_else(|| own("not-an-image"))
    }

    async fn draw(&self) -> Option<ImageData> {
        let window = web_sys::window()?;
        let bitmap: ImageBitmap =
            JsFuture::from(window.create_image_bitmap_with_blob(&self.file).ok()?)
                .await
                .ok()?
                .unchecked_into();
        let (width, height) = fitted(bitmap.width(), bitmap.height(), READ_SIDE)?;
        let canvas = canvas(width, height)?;
        let context = context(&canvas)?;
        context
            .draw_image_with_image_bitmap_and_dw_and_dh(
                &bitmap,
                0.0,
                0.0,
                f64::from(width),
                f64::from(height),
            )
            .ok()?;
        bitmap.close();
        context
            .get_image_data(0.0, 0.0, f64::from(width), f64::from(height))
            .ok()
    }
}

/// What a video shows now, in full, as a JPEG.
pub(crate) async fn photo_of(video: &HtmlVideoElement) -> Option<Blob> {
    let (width, height) = (video.video_width(), video.video_height());
    let canvas = canvas(width, height)?;
    context(&canvas)?
        .draw_image_with_html_video_element(video, 0.0, 0.0)
        .ok()?;
    let promise = Promise::new(&mut |resolve, reject| {
        let done = Closure::once_into_js(move |blob: wasm_bindgen::JsValue| {
            let _ = resolve.call1(&wasm_bindgen::JsValue::UNDEFINED, &blob);
        });
        let asked = canvas.to_blob_with_type_and_encoder_options(
            done.unchecked_ref(),
            "image/jpeg",
            &QUALITY.into(),
        );
        if let Err(error) = asked {
            let _ = reject.call1(&wasm_bindgen::JsValue::UNDEFINED, &error);
        }
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// The bytes of a blob.
pub(super) async fn bytes_of(blob: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

fn canvas(width: u32, height: u32) -> Option<HtmlCanvasElement> {
    let canvas: HtmlCanvasElement = web_sys::window()?
        .document()?
        .create_element("canvas")
        .ok()?
        .dyn_into()
        .ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    Some(canvas)
}

fn check_size(head: &[u8]) -> Result<(), Failure> {
    let Ok(size) = imagesize::blob_size(head) else {
        return Err(own("not-an-image"));
    };
    let (width, height) = (wide(size.width), wide(size.height));
    if width.saturating_mul(height) > MOST_MEGAPIXELS * 1_000_000 {
        let params = [
            ("width", width),
            ("height", height),
            ("most_megapixels", MOST_MEGAPIXELS),
        ];
        let params: BTreeMap<String, Param> = params
            .into_iter()
            .map(|(name, number)| (name.to_owned(), Param::Number(number)))
            .collect();
        return Err(Failure {
            code: "image-too-large".to_owned(),
            params,
        });
    }
    Ok(())
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of a PNG of this size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        head.extend(width.to_be_bytes());
        head.extend(height.to_be_bytes());
        head.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        head
    }

    #[test]
    fn refuses_an_image_of_300_megapixels_by_its_header() {
        let failure = check_size(&png(20_000, 15_000)).unwrap_err();
        assert_eq!(failure.code, "image-too-large");
        assert_eq!(failure.params["width"], Param::Number(20_000));
        assert_eq!(check_size(&png(4_000, 3_000)), Ok(()));
    }

    #[test]
    fn refuses_what_is_no_image() {
        for head in [&b""[..], b"%PDF-1.7 and more of it", b"\x89PNG"] {
            assert_eq!(check_size(head).unwrap_err().code, "not-an-image");
        }
    }
}
