use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chopmark_core::{Checkpoint, Height};
use chopmark_replica::Store;

use crate::trouble::{self, Trouble};

/// Which checkpoint holds which place of the log. What was read once is kept: a checkpoint
/// never changes, and a search meets the same few again and again.
#[derive(Default)]
pub(crate) struct Heights(Mutex<BTreeMap<Height, u64>>);

impl Heights {
    /// The checkpoint that holds a place of the log: the first whose log is longer. Heights
    /// up to `tip` are searched by halves, so 100,000 of them cost 17 look-ups.
    pub(crate) fn of(&self, store: &Store, tip: Height, log_index: u64) -> Result<Height, Trouble> {
        let (mut low, mut high) = (1, tip.0);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.log_size(store, Height(middle))? {
                Some(size) if size > log_index => high = middle,
                _ => low = middle + 1,
            }
        }
        Ok(Height(low))
    }

    /// How long the log was at a checkpoint.
    fn log_size(&self, store: &Store, height: Height) -> Result<Option<u64>, Trouble> {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(size) = sizes.get(&height) {
            return Ok(Some(*size));
        }
        let Some(checkpoint) = checkpoint(store, height)? else {
            return Ok(None);
        };
        let size = checkpoint.header().log_size();
        sizes.insert(height, size);
        Ok(Some(size))
    }
}

/// A checkpoint that was applied here, and so verified before.
pub(crate) fn checkpoint(store: &Store, height: Height) -> Result<Option<Checkpoint>, Trouble> {
    let Some(item) = store.checkpoint(height)? else {
        return Ok(None);
    };
    let damaged = |_| Trouble::Failure(trouble::damaged(format!("checkpoint {height}")));
    Checkpoint::from_bytes(&item.bytes)
        .map(Some)
        .map_err(damaged)
}
