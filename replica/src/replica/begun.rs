//! Runs that begin: whoever keeps their lists is told of each, and need not look through all that
//! arrives.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chopmark_core::{MemberId, RecordRef, VerifiedBlock};
use tokio::sync::broadcast;

use super::Replica;

/// Told runs that a listener may be behind by; one that is further behind is told so.
const BEHIND: usize = 256;

/// A record that begins a run is here, admitted and on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunBegun {
    /// Whose device signed it.
    pub member: MemberId,
    /// The record.
    pub record: RecordRef,
}

/// What there is to tell, and to whom.
pub(super) struct Begun {
    /// Of the batch that is being written.
    noted: Mutex<Vec<RunBegun>>,
    listeners: broadcast::Sender<RunBegun>,
}

impl Begun {
    pub(super) fn new() -> Self {
        Self {
            noted: Mutex::default(),
            listeners: broadcast::Sender::new(BEHIND),
        }
    }

    /// Notes the runs of a block that is being written.
    pub(super) fn note(&self, block: &VerifiedBlock) {
        self.noted().extend(runs_of(block));
    }

    /// The batch is on disk, or nothing of it is.
    pub(super) fn settle(&self, is_written: bool) {
        for begun in self.noted().drain(..).filter(|_| is_written) {
            // Nobody listens on a device.
            let _ = self.listeners.send(begun);
        }
    }

    fn noted(&self) -> MutexGuard<'_, Vec<RunBegun>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Replica {
    /// Every run that begins here from now on.
    #[must_use]
    pub fn runs_begun(&self) -> broadcast::Receiver<RunBegun> {
        self.0.begun.listeners.subscribe()
    }

    /// The runs that begin in blocks which are in no checkpoint yet.
    #[must_use]
    pub fn open_runs(&self) -> Vec<RunBegun> {
        self.copy().held.open().flat_map(runs_of).collect()
    }
}

fn runs_of(block: &VerifiedBlock) -> impl Iterator<Item = RunBegun> {
    let records = (0_u16..).zip(block.records());
    let of_runs = records.filter(|(_, record)| record.body().runs().next().is_some());
    of_runs.map(|(index, _)| RunBegun {
        member: block.header().member(),
        record: RecordRef {
            block: block.id(),
            index,
        },
    })
}
