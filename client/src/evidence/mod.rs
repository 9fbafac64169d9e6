//! Photos, videos and files: on their way into the vault, and back to the screen.

mod read;
mod upload;

use chopmark_core::{EvidenceId, EvidenceLink, sealed_evidence_length};
use chopmark_replica::{Batch, Store, StoreError, Vault};
use chopmark_view::EvidenceView;
use serde::{Deserialize, Serialize};

pub(crate) use read::Open;
pub(crate) use upload::{CHUNK_BYTES, Uploads};

/// Evidence id → what opens it.
const PIECES: &str = "evidence";
/// The most that one read gives the screen.
pub(crate) const READ_BYTES: usize = 1024 * 1024;

/// A piece of evidence that this device can open.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) id: EvidenceId,
    pub(crate) key: [u8; 32],
    pub(crate) media_type: String,
    /// Bytes of the plaintext.
    pub(crate) length: u64,
    pub(crate) caption: String,
}

#[derive(Serialize, Deserialize)]
struct Row {
    key: [u8; 32],
    media_type: String,
    length: u64,
    caption: String,
}

impl Piece {
    pub(crate) fn from_link(link: &EvidenceLink) -> Self {
        Self {
            id: link.id,
            key: link.key,
            media_type: link.media_type.clone(),
            length: link.length,
            caption: link.caption.clone(),
        }
    }

    /// As it stands in a section.
    pub(crate) fn link(&self) -> EvidenceLink {
        EvidenceLink {
            id: self.id,
            key: self.key,
            media_type: self.media_type.clone(),
            length: self.length,
            caption: self.caption.clone(),
        }
    }

    /// Bytes of the ciphertext, as records name it.
    pub(crate) fn sealed_length(&self) -> u64 {
        sealed_evidence_length(self.length)
    }

    pub(crate) fn view(&self, vault: &Vault) -> EvidenceView {
        EvidenceView {
            id: self.id.to_string(),
            media_type: self.media_type.clone(),
            length: self.length,
            caption: self.caption.clone(),
            here: vault.length(self.id).is_some(),
        }
    }
}

/// What opens a piece of evidence, if this device knows it.
pub(crate) fn find(store: &Store, id: &EvidenceId) -> Result<Option<Piece>, StoreError> {
    let value = store.note(PIECES, id.as_bytes())?;
    Ok(value.and_then(|value| {
        let row: Row = serde_json::from_slice(&value).ok()?;
        Some(Piece {
            id: *id,
            key: row.key,
            media_type: row.media_type,
            length: row.length,
            caption: row.caption,
        })
    }))
}

/// Remembers what opens a piece of evidence.
pub(crate) fn remember(batch: &mut Batch<'_>, piece: &Piece) -> Result<(), StoreError> {
    let row = Row {
        key: piece.key,
        media_type: piece.media_type.clone(),
        length: piece.length,
        caption: piece.caption.clone(),
    };
    // Strings, numbers and bytes always encode.
    let value = serde_json::to_vec(&row).unwrap_or_default();
    batch.put_note(PIECES, piece.id.as_bytes(), &value)
}
