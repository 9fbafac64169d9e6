//! Executing a proposal: what its blocks come to, before anybody votes for it.

use std::collections::{BTreeMap, BTreeSet};

use super::run::{Outcomes, end_waits, run_ordered};
use super::{ApplyError, Ledger, Outcome};
use crate::checkpoint::{Header, Proposal};
use crate::merkle::{TreeHash, leaf_hash};
use crate::order;
use crate::state::{Changes, Layer, StateView};
use crate::state_tree::{Update, changed_leaves};
use crate::{BlockId, Digest32, HeaderHash, Height, RecordRef, TimeMs, VerifiedBlock};

/// A proposal with what it comes to on the ledger that executed it. Nothing of it is final before
/// [`Ledger::commit`].
#[derive(Clone, Debug)]
pub struct Executed {
    proposal: Proposal,
    hash: HeaderHash,
    run: Run,
}

/// What blocks come to.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) changes: Changes,
    pub(super) outcomes: Outcomes,
    /// What the log gets.
    pub(super) leaves: Vec<TreeHash>,
    /// What becomes of the state tree.
    pub(super) tree: Update,
}

impl Executed {
    fn new(proposal: Proposal, run: Run) -> Self {
        let hash = proposal.header().hash();
        Self {
            proposal,
            hash,
            run,
        }
    }

    /// The proposal.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// The proposal alone, when somebody else will commit it.
    #[must_use]
    pub fn into_proposal(self) -> Proposal {
        self.proposal
    }

    /// The hash of its header.
    #[must_use]
    pub fn hash(&self) -> HeaderHash {
        self.hash
    }

    /// What would become of every record that it decides, in that order.
    #[must_use]
    pub fn outcomes(&self) -> &[(RecordRef, Outcome)] {
        &self.run.outcomes
    }

    pub(super) fn into_run(self) -> Run {
        self.run
    }
}

impl Ledger {
    /// Checks everything about a proposal but its time against a clock, and runs it. `blocks`
    /// holds at least the blocks that it orders. The ledger stays as it is: [`Ledger::commit`]
    /// makes the result final.
    ///
    /// # Errors
    /// Says why the proposal does not continue this ledger.
    pub fn execute(
        &self,
        proposal: &Proposal,
        blocks: &BTreeMap<BlockId, VerifiedBlock>,
    ) -> Result<Executed, ApplyError> {
        let ordered = self.check_fit(proposal, blocks)?;
        let run = self.run(ordered, proposal.header().time());
        if *proposal.header().state_root().as_bytes() != run.tree.root() {
            return Err(ApplyError::StateRoot);
        }
        Ok(Executed::new(proposal.clone(), run))
    }

    /// Whether a proposal continues this ledger, by its header alone.
    ///
    /// # Errors
    /// Says why not.
    pub fn check_next(&self, proposal: &Proposal) -> Result<(), ApplyError> {
        self.check_header(proposal.header())
    }

    /// The next proposal with these blocks, which are in their order and fit.
    pub(crate) fn draft<'b>(
        &self,
        blocks: impl IntoIterator<Item = &'b VerifiedBlock>,
        now: TimeMs,
    ) -> Executed {
        let blocks = blocks.into_iter();
        let ordered: Vec<_> = blocks.map(|b| (leaf_hash(b.statement()), b)).collect();
        let ids = ordered.iter().map(|(_, block)| block.id()).collect();
        let tip = self.tip();
        // Strictly rising, also when the clock was set back.
        let time = now.max(tip.time.plus(1));
        let run = self.run(ordered, time);
        let count = u64::try_from(run.leaves.len()).unwrap_or(u64::MAX);
        let header = Header {
            network: self.state.network(),
            height: Height(tip.height.0.saturating_add(1)),
            prev: tip.header_hash,
            time,
            validator_set: self.validators().digest(),
            next_validator_set: self.next_validators().digest(),
            block_count: count,
            log_size: self.log.size().saturating_add(count),
            log_root: Digest32::from_bytes(self.log.root_with(run.leaves.iter().copied())),
            state_root: Digest32::from_bytes(run.tree.root()),
        };
        Executed::new(Proposal::new(header, ids), run)
    }

    /// Runs blocks on a layer over the state.
    fn run(&self, ordered: Vec<(TreeHash, &VerifiedBlock)>, now: TimeMs) -> Run {
        let mut layer = Layer::over(&self.state);
        let mut outcomes = Vec::new();
        let mut leaves = Vec::with_capacity(ordered.len());
        for (index, (leaf, block)) in (self.log.size()..).zip(ordered) {
            leaves.push(leaf);
            outcomes.extend(run_ordered(&mut layer, block, index, now));
        }
        outcomes.extend(end_waits(&mut layer, now));
        let changes = layer.changes;
        let tree = self.tree.update(changed_leaves(&self.state, &changes));
        Run {
            changes,
            outcomes,
            leaves,
            tree,
        }
    }

    /// Everything that can be wrong with a proposal before its blocks are run. Gives them in
    /// order, each with its leaf in the log.
    fn check_fit<'b>(
        &self,
        proposal: &Proposal,
        blocks: &'b BTreeMap<BlockId, VerifiedBlock>,
    ) -> Result<Vec<(TreeHash, &'b VerifiedBlock)>, ApplyError> {
        self.check_header(proposal.header())?;
        let mut earlier = BTreeSet::new();
        let mut ordered = Vec::with_capacity(proposal.blocks().len());
        for id in proposal.blocks() {
            let block = blocks
                .get(id)
                .ok_or(ApplyError::MissingBlock { block: *id })?;
            self.check_block(block, &earlier)?;
            if !earlier.insert(*id) {
                return Err(ApplyError::OrderedBefore { block: *id });
            }
            ordered.push((leaf_hash(block.statement()), block));
        }
        let expected = order::in_order(ordered.iter().map(|(_, b)| (b.id(), b.header().prev())));
        if expected != proposal.blocks() {
            return Err(ApplyError::Order);
        }
        let leaves = ordered.iter().map(|(leaf, _)| *leaf);
        let header = proposal.header();
        let size = self
            .log
            .size()
            .saturating_add(u64::try_from(ordered.len()).unwrap_or(u64::MAX));
        if header.log_size() != size || *header.log_root().as_bytes() != self.log.root_with(leaves)
        {
            return Err(ApplyError::LogRoot);
        }
        Ok(ordered)
    }

    pub(super) fn check_header(&self, header: &Header) -> Result<(), ApplyError> {
        let tip = self.tip();
        if header.network() != self.state.network() {
            return Err(ApplyError::WrongNetwork {
                found: header.network(),
            });
        }
        let expected = Height(tip.height.0.saturating_add(1));
        if header.height() != expected {
            return Err(ApplyError::Height {
                found: header.height(),
                expected,
            });
        }
        if header.prev() != tip.header_hash {
            return Err(ApplyError::Prev {
                found: header.prev(),
                expected: tip.header_hash,
            });
        }
        // Who verified it may have known another set, or an older one.
        if *header.validator_set() != self.validators().digest() {
            return Err(ApplyError::Validators);
        }
        if *header.next_validator_set() != self.next_validators().digest() {
            return Err(ApplyError::NextValidators);
        }
        if header.time() <= tip.time {
            return Err(ApplyError::Time);
        }
        Ok(())
    }

    fn check_block(
        &self,
        block: &VerifiedBlock,
        earlier: &BTreeSet<BlockId>,
    ) -> Result<(), ApplyError> {
        let header = block.header();
        let id = block.id();
        // One device key may be enrolled in two networks: an orderer must not be able to replay
        // here what it signed there.
        if header.network() != self.state.network() {
            return Err(ApplyError::WrongNetwork {
                found: header.network(),
            });
        }
        if self.state.logged(&id).is_some() {
            return Err(ApplyError::OrderedBefore { block: id });
        }
        let known = self.state.device(&header.device());
        if known.is_none_or(|device| *device.member() != header.member()) {
            return Err(ApplyError::Stranger {
                block: id,
                device: header.device(),
            });
        }
        let builds_on_log = header
            .prev()
            .is_none_or(|prev| earlier.contains(&prev) || self.state.logged(&prev).is_some());
        if builds_on_log {
            Ok(())
        } else {
            Err(ApplyError::MissingPrev { block: id })
        }
    }
}
