//! Ordering, seen from the ledger: drafting a checkpoint, judging others' drafts, and making one
//! final.

use std::collections::BTreeMap;

use chopmark_core::{
    ApplyError, Cosignature, Executed, HeaderHash, Proposal, StateView as _, TimeMs, can_propose,
    heartbeat, propose,
};

use super::{Ordered, Replica, ReplicaError, WhenIdle};
use crate::store::Slot;

/// Drafts that were run and may still become final: one a round, and rounds are few.
const DRAFTS: usize = 4;

/// What a draft comes to here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It follows from what is here.
    Follows,
    /// A block that it orders is not here yet.
    Missing,
    /// It does not follow.
    Not(String),
}

/// Drafts by their header.
#[derive(Default)]
pub(super) struct Drafts(BTreeMap<HeaderHash, Executed>);

impl Drafts {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Only if all of it is the same: a header does not say which blocks it orders.
    pub(super) fn take(&mut self, proposal: &Proposal) -> Option<Executed> {
        let same = self.has(proposal);
        same.then(|| self.0.remove(&proposal.header().hash()))?
    }

    fn has(&self, proposal: &Proposal) -> bool {
        let draft = self.0.get(&proposal.header().hash());
        draft.is_some_and(|draft| draft.proposal() == proposal)
    }

    fn keep(&mut self, executed: Executed) {
        if self.0.len() >= DRAFTS {
            // Any of them: it is run again if it comes to that.
            self.0.pop_first();
        }
        self.0.insert(executed.hash(), executed);
    }
}

impl Replica {
    /// Whether something here could be ordered now.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let copy = self.copy();
        can_propose(
            &copy.ledger,
            copy.held.open().chain(copy.held.aside_blocks()),
        )
    }

    /// Drafts the next checkpoint from what has arrived; an empty one if `idle` says so.
    ///
    /// # Errors
    /// What the disk says.
    pub fn draft(&self, now: TimeMs, idle: WhenIdle) -> Result<Option<Proposal>, ReplicaError> {
        let mut copy = self.writable()?;
        let candidates = copy.held.open().chain(copy.held.aside_blocks());
        let executed = match (propose(&copy.ledger, candidates, now), idle) {
            (Some(executed), _) => executed,
            (None, WhenIdle::Beat) => heartbeat(&copy.ledger, now),
            (None, WhenIdle::Wait) => return Ok(None),
        };
        let proposal = executed.proposal().clone();
        copy.drafts.keep(executed);
        Ok(Some(proposal))
    }

    /// Runs another validator's draft beside the ledger. `now` is given where it is not decided
    /// yet, and a header from the future is no draft.
    ///
    /// # Errors
    /// What the disk says.
    pub fn judge(&self, proposal: &Proposal, now: Option<TimeMs>) -> Result<Judged, ReplicaError> {
        let mut copy = self.writable()?;
        if let Some(now) = now
            && let Err(error) = proposal.check_time(copy.ledger.tip(), now)
        {
            return Ok(Judged::Not(error.to_string()));
        }
        if copy.drafts.has(proposal) {
            return Ok(Judged::Follows);
        }
        // Before its blocks are loaded: those of a final checkpoint must not count as open again.
        if let Err(error) = copy.ledger.check_next(proposal) {
            return Ok(Judged::Not(error.to_string()));
        }
        // What is in the log already is refused when the draft is run.
        let state = copy.ledger.state();
        let open = proposal.blocks().iter().copied();
        let open: Vec<_> = open.filter(|id| state.logged(id).is_none()).collect();
        let gathered = copy.gather(&self.0.store, &open)?;
        let judged = match gathered.all {
            false => Judged::Missing,
            true => match copy.ledger.execute(proposal, copy.held.all()) {
                Ok(executed) => {
                    copy.drafts.keep(executed);
                    Judged::Follows
                }
                Err(ApplyError::MissingBlock { .. }) => Judged::Missing,
                Err(error) => Judged::Not(error.to_string()),
            },
        };
        // Whoever proposes may be hostile: what has no room here does not stay for it.
        copy.let_go(gathered);
        Ok(judged)
    }

    /// Makes a draft final with the cosignatures of a quorum; durable when this returns.
    ///
    /// # Errors
    /// [`ReplicaError::NotValidator`] for too few cosignatures, and what the disk says.
    pub fn finish(
        &self,
        proposal: Proposal,
        cosignatures: Vec<Cosignature>,
    ) -> Result<Ordered, ReplicaError> {
        let mut copy = self.writable()?;
        let ordered = Ordered {
            height: proposal.header().height(),
            blocks: proposal.blocks().len(),
        };
        // The sync brought the same checkpoint meanwhile.
        if ordered.height <= copy.ledger.tip().height {
            return Ok(ordered);
        }
        let checkpoint = proposal
            .into_checkpoint(cosignatures)
            .verify(copy.ledger.validators())
            .map_err(ReplicaError::NotValidator)?;
        self.change(&mut copy, |copy, batch| {
            // In place of whatever came under its header before.
            copy.put_checkpoint(batch, Box::new(checkpoint), Slot::HERE)?;
            copy.advance(&self.0.store, batch)
        })?;
        Ok(ordered)
    }
}
