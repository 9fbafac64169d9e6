//! Storing what was signed here.

use chopmark_core::{AdmitError, BlockError, BlockId, SealedSection, SignedBlock};

use super::prepared::Ready;
use super::{Replica, ReplicaError};
use crate::store::{Batch, Slot, StoreError};

/// Why a block that was signed here was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// It is not valid by itself.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// It does not continue this device's feed, or this device may not write.
    #[error(transparent)]
    NotAdmitted(#[from] AdmitError),
    /// It could not be stored.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl From<StoreError> for AppendError {
    fn from(error: StoreError) -> Self {
        Self::Replica(error.into())
    }
}

impl Replica {
    /// Stores a block that was signed here, with its sections. It is on disk when this returns, so
    /// only then may anyone be shown it.
    ///
    /// # Errors
    /// [`AppendError`]; nothing is stored then.
    pub fn append_own(
        &self,
        block: SignedBlock,
        sections: Vec<SealedSection>,
    ) -> Result<BlockId, AppendError> {
        self.append_own_keeping(block, sections, |_| Ok(()))
    }

    /// The same, and what the layer above must not lose while the block stands, such as the secrets
    /// of keys that it names: both are on disk when this returns, or neither is.
    ///
    /// # Errors
    /// [`AppendError`], also where `keep` fails; nothing is stored then.
    pub fn append_own_keeping(
        &self,
        block: SignedBlock,
        sections: Vec<SealedSection>,
        keep: impl FnOnce(&mut Batch<'_>) -> Result<(), StoreError>,
    ) -> Result<BlockId, AppendError> {
        let ready = Ready::new(block.verify()?);
        let id = ready.block.id();
        let mut copy = self.writable()?;
        copy.check_admission(&self.0.store, &ready.block)?;
        self.change(&mut copy, |copy, batch| {
            self.keep(copy, batch, ready, Slot::HERE)?;
            for section in sections {
                batch.put_section(section.hash, &section.bytes, Slot::HERE)?;
            }
            Ok(keep(batch)?)
        })?;
        Ok(id)
    }
}
