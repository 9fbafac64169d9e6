//! Evidence on its way from the screens into the vault, and back.

use chopmark_core::EvidenceId;
use chopmark_view::{EvidenceBegin, EvidenceView, Upload, UploadState};

use super::{Desk, locked};
use crate::trouble::Trouble;
use crate::{evidence, failure};

impl Desk {
    pub(crate) fn evidence_begin(&self, begin: &EvidenceBegin) -> Result<Upload, Trouble> {
        let upload = locked(&self.uploads).begin(self.replica.vault(), begin)?;
        Ok(Upload {
            upload,
            chunk: u32::try_from(evidence::CHUNK_BYTES).unwrap_or(u32::MAX),
        })
    }

    pub(crate) fn evidence_chunk(
        &self,
        upload: &str,
        bytes: &[u8],
    ) -> Result<UploadState, Trouble> {
        Ok(UploadState {
            taken: locked(&self.uploads).feed(upload, bytes)?,
        })
    }

    pub(crate) fn evidence_finish(&self, upload: &str) -> Result<EvidenceView, Trouble> {
        let piece = locked(&self.uploads).finish(self.replica.vault(), upload)?;
        let mut batch = self.replica.store().batch()?;
        evidence::remember(&mut batch, &piece)?;
        batch.commit()?;
        Ok(piece.view(self.replica.vault()))
    }

    pub(crate) fn evidence_read(&self, id: &str, offset: u64) -> Result<Vec<u8>, Trouble> {
        let unknown = || failure::EVIDENCE_UNKNOWN.failure([]);
        let id: EvidenceId = id.parse().map_err(|_| unknown())?;
        let shown = locked(&self.shown).get(&id).cloned();
        let piece = match shown {
            Some(piece) => piece,
            None => evidence::find(self.replica.store(), &id)?.ok_or_else(unknown)?,
        };
        if self.replica.vault().length(id).is_none() {
            self.link.want(id);
        }
        locked(&self.reading).read(self.replica.vault(), &piece, offset)
    }
}
