use chopmark_view::{EvidenceBegin, EvidenceFinish, EvidenceView, Failure};
use web_sys::Blob;

use super::pieces;
use crate::bridge::{call, upload};

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
    let length = pieces::length(blob);
    let begin = EvidenceBegin {
        media_type: media_type.to_owned(),
        length,
        caption: caption.to_owned(),
    };
    let begun = call(&begin).await?;
    let mut start = 0.0;
    while let Some((bytes, end)) = pieces::next(blob, start, begun.chunk).await? {
        report(upload(&begun.upload, &bytes).await?.taken);
        start = end;
    }
    call(&EvidenceFinish {
        upload: begun.upload,
    })
    .await
}
