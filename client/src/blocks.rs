//! Blocks of the store, verified again on their way out.

use chopmark_core::{
    BlockId, Checkpoint, Height, RecordRef, SignedBlock, StateView, SubjectId, VerifiedBlock,
};
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

/// A block from the store's bytes.
pub(crate) fn parse(bytes: &[u8]) -> Result<VerifiedBlock, Trouble> {
    // It was verified when it came; that it is not now is damage.
    let damaged =
        |error: chopmark_core::BlockError| Trouble::Failure(trouble::damaged(error.to_string()));
    SignedBlock::from_bytes(bytes)
        .map_err(damaged)?
        .verify()
        .map_err(damaged)
}

/// How long the log was at a checkpoint.
pub(crate) fn log_size(store: &Store, height: Height) -> Result<Option<u64>, Trouble> {
    let Some(item) = store.checkpoint(height)? else {
        return Ok(None);
    };
    let damaged = |_| Trouble::Failure(trouble::damaged(format!("checkpoint {height}")));
    Ok(Some(
        Checkpoint::from_bytes(&item.bytes)
            .map_err(damaged)?
            .header()
            .log_size(),
    ))
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
