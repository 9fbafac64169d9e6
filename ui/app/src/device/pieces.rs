//! Files in pieces: never more of one in memory than a call carries.

use chopmark_view::Failure;
use web_sys::Blob;

use super::picture::bytes_of;
use crate::bridge::own;

/// How long a file is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a file's length: whole and not negative"
)]
pub(crate) fn length(blob: &Blob) -> u64 {
    blob.size() as u64
}

/// The piece from `start` on and where it ends; none behind the end of the file.
///
/// # Errors
///
/// `image-damaged` where the browser cannot read the file any more.
pub(crate) async fn next(
    blob: &Blob,
    start: f64,
    most: u32,
) -> Result<Option<(Vec<u8>, f64)>, Failure> {
    if start >= blob.size() {
        return Ok(None);
    }
    let end = (start + f64::from(most.max(1))).min(blob.size());
    let piece = blob
        .slice_with_f64_and_f64(start, end)
        .map_err(|_| own("image-damaged"))?;
    let bytes = bytes_of(&piece).await.ok_or_else(|| own("image-damaged"))?;
    Ok(Some((bytes, end)))
}
