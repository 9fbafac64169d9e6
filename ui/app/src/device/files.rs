use chopmark_view::{EvidenceBegin, EvidenceFinish, EvidenceView, Failure};
use web_sys::Blob;

use super::picture::bytes_of;
use crate::bridge::{call, own, upload};

/// Brings a file into the vault, piece by piece: never the whole of it in memory. Reports
/// how many bytes are there after each piece.
///
/// # Errors
///
/// What the client says; `image-damaged` where the browser cannot read the file any more.
pub(crate) async fn store(
    blob: &Blob,
    media_type: &str,
    caption: &str,
    report: impl Fn(u64),
) -> Result<EvidenceView, Failure> {
    let length = whole(blob.size());
    let begin = EvidenceBegin {
        media_type: media_type.to_owned(),
        length,
        caption: caption.to_owned(),
    };
    let begun = call(&begin).await?;
    let chunk = f64::from(begun.chunk.max(1));
    let mut start = 0.0;
    while start < blob.size() {
        let end = (start + chunk).min(blob.size());
        let piece = blob
            .slice_with_f64_and_f64(start, end)
            .map_err(|_| own("image-damaged"))?;
        let bytes = bytes_of(&piece).await.ok_or_else(|| own("image-damaged"))?;
        report(upload(&begun.upload, &bytes).await?.taken);
        start = end;
    }
    call(&EvidenceFinish {
        upload: begun.upload,
    })
    .await
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a file's length: whole and not negative"
)]
fn whole(length: f64) -> u64 {
    length as u64
}
