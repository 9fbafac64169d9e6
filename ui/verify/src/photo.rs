//! Photos for whoever holds the label: fetched as ciphertext, opened here, shown from memory.

use crate::answer::{Gateway, Silence};
use crate::ask::{Request, Sent};
use chopmark_core::{EvidenceCipher, EvidenceId, EvidenceLink, sealed_evidence_length};
use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, Url};

/// Photos up to this size are shown without being asked for; a phone's whole camera picture
/// would use up somebody's data plan.
pub(crate) const SHOWN_UNASKED_BYTES: u64 = 1_500_000;
/// A larger file is not opened in a browser.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// What a browser may be told that a blob is. Anything else, SVG for instance, could carry a
/// program or be taken for a page.
const PICTURES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Why a photo is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPhoto {
    /// No gateway gave it.
    Silent(Silence),
    /// No gateway that answered has it.
    NotThere,
    /// The bytes are not the ones that the record names, or do not open with its key.
    NotTheOne,
    /// It is not a picture, or too large to open here.
    NotShown,
}

/// Whether this kind of file can be shown as a picture here.
pub(crate) fn is_picture(link: &EvidenceLink) -> bool {
    PICTURES.contains(&link.media_type.as_str()) && link.length <= MOST_BYTES
}

/// Fetches and opens a photo; an address that this page alone can show.
pub(crate) async fn open(link: &EvidenceLink, from: &[Gateway]) -> Result<String, NoPhoto> {
    if !is_picture(link) {
        return Err(NoPhoto::NotShown);
    }
    let mut failure = NoPhoto::NotThere;
    for gateway in from {
        match fetch(link, gateway).await {
            Ok(picture) => return show(link, &picture).ok_or(NoPhoto::NotShown),
            Err(reason) => failure = reason,
        }
    }
    Err(failure)
}

async fn fetch(link: &EvidenceLink, gateway: &Gateway) -> Result<Vec<u8>, NoPhoto> {
    let expected = sealed_evidence_length(link.length);
    let most = usize::try_from(expected).map_err(|_| NoPhoto::NotShown)?;
    let url = format!("{}/evidence/{}", gateway.origin, link.id);
    match Request::send(&url, most).answer().await {
        Ok(Sent::Found(ciphertext)) => opened(link, &ciphertext).ok_or(NoPhoto::NotTheOne),
        Ok(Sent::NotFound(_) | Sent::Refused(_)) => Err(NoPhoto::NotThere),
        Err(silence) => Err(NoPhoto::Silent(silence)),
    }
}

fn opened(link: &EvidenceLink, ciphertext: &[u8]) -> Option<Vec<u8>> {
    let name = EvidenceId::from_bytes(*blake3::hash(ciphertext).as_bytes());
    let is_named = name == link.id;
    is_named
        .then(|| EvidenceCipher::new(&link.key).open_file(ciphertext).ok())
        .flatten()
}

fn show(link: &EvidenceLink, picture: &[u8]) -> Option<String> {
    let parts = Array::of1(&Uint8Array::from(picture));
    let options = BlobPropertyBag::new();
    options.set_type(&link.media_type);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}
