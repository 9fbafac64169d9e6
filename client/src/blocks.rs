//! Blocks of the store.

use chopmark_core::{BlockId, SignedBlock, VerifiedBlock};
use chopmark_replica::{Number, Store};

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
