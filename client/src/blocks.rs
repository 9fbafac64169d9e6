//! Blocks of the store.

use chopmark_core::{BlockId, RecordRef, SignedBlock, StateView, SubjectId, VerifiedBlock};
use chopmark_replica::{Number, Store, StoreError, Touch};

use crate::trouble::{self, Trouble};

/// A block by its id.
pub(crate) fn of(store: &Store, id: &BlockId) -> Result<Option<VerifiedBlock>, Trouble> {
    store.block(*id)?.map(|item| parse(&item.bytes)).transpose()
}

/// A block by its number of arrival.
pub(crate) fn numbered(store: &Store, number: Number) -> Result<Option<VerifiedBlock>, Trouble> {
    store
        .item(number)?
        .map(|item| parse(&item.bytes))
        .transpose()
}

/// A block from the store's bytes. Its signature was verified when it came, and its row is
/// sealed since: that it does not hold together now is damage.
pub(crate) fn parse(bytes: &[u8]) -> Result<VerifiedBlock, Trouble> {
    let damaged =
        |error: chopmark_core::BlockError| Trouble::Failure(trouble::damaged(error.to_string()));
    let block = SignedBlock::from_bytes(bytes).map_err(damaged)?;
    let id = block.id();
    block.verify_pinned(id).map_err(damaged)
}

/// The newest record of a subject that stands or may stand.
pub(crate) fn newest_record(
    store: &Store,
    view: &dyn StateView,
    subject: &SubjectId,
) -> Result<Option<RecordRef>, StoreError> {
    for touch in store.records_of(*subject)?.iter().rev() {
        let Some(record) = reference(store, touch)? else {
            continue;
        };
        // To cite what was refused would be refused too.
        if view.refusal(&record).is_none()
            && view.waiting(&record).is_none()
            && view.logged(&record.block).is_some()
        {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

fn reference(store: &Store, touch: &Touch) -> Result<Option<RecordRef>, StoreError> {
    let item = store.item(touch.number)?;
    let block = item
        .and_then(|item| SignedBlock::from_bytes(&item.bytes).ok())
        .map(|block| block.id());
    Ok(block.map(|block| RecordRef {
        block,
        index: touch.index,
    }))
}
