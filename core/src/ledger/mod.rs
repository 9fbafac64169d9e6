//! The ledger of one network: the final state, the log, and the way both grow.

mod admission;
mod apply;
mod catch_up;
mod execute;
mod run;
mod snapshot;

pub use admission::{AdmitError, Admitted, ForkError, ForkProof, HeldFeeds, admit};
pub use apply::{Applied, ApplyError};
pub use catch_up::{Arrived, Arriving, CatchUpError, PassedError, SnapshotOffer};
pub use execute::Executed;
pub use run::Outcome;
pub use snapshot::SnapshotError;

pub(crate) use run::{Place, place, run_block};

use crate::merkle::Frontier;
use crate::state::{State, StateView, Tip};
use crate::state_tree::{InboxPath, StateEntry, StatePath, StateTree, entry_bytes, leaves_of};
use crate::{
    Digest32, Genesis, Height, MemberId, SubjectId, ValidatorSet, VerifiedBlock, cbor, hash,
};

/// Everything final of one network.
#[derive(Clone, Debug)]
pub struct Ledger {
    state: State,
    /// The tree over the state; it follows from it.
    tree: StateTree,
    log: Frontier,
}

impl Ledger {
    /// The ledger before its first checkpoint.
    #[must_use]
    pub fn new(genesis: &Genesis) -> Self {
        let state = State::at_genesis(genesis);
        Self {
            tree: StateTree::of(leaves_of(&state)),
            state,
            log: Frontier::default(),
        }
    }

    /// The newest checkpoint.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.state.tip()
    }

    /// The final state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The log: the tree over the statements of every ordered block, as far as the ledger needs it.
    #[must_use]
    pub fn log(&self) -> &Frontier {
        &self.log
    }

    /// Who orders the next checkpoint.
    #[must_use]
    pub fn validators(&self) -> &ValidatorSet {
        self.state.roster().validators(self.state.next_height())
    }

    /// Who orders the one after: the next header names them.
    #[must_use]
    pub fn next_validators(&self) -> &ValidatorSet {
        let after = Height(self.state.next_height().0.saturating_add(1));
        self.state.roster().validators(after)
    }

    /// `H("chopmark/state/1", state bytes)`: equal on every replica at the same height.
    #[must_use]
    pub fn state_digest(&self) -> Digest32 {
        let mut writer = cbor::Writer::new();
        self.state.write(&mut writer);
        Digest32::from_bytes(hash::labelled("chopmark/state/1", &[&writer.into_bytes()]))
    }

    /// The root of the state, as the newest checkpoint's header has it.
    #[must_use]
    pub fn state_root(&self) -> Digest32 {
        Digest32::from_bytes(self.tree.root())
    }

    /// The bytes of an entry of the state, or nothing, and the path that proves it.
    #[must_use]
    pub fn prove(&self, entry: &StateEntry) -> (Option<Vec<u8>>, StatePath) {
        (entry_bytes(&self.state, entry), self.tree.path(entry))
    }

    /// The bytes of a subject's state, or nothing, and the path that proves it.
    #[must_use]
    pub fn prove_subject(&self, subject: &SubjectId) -> (Option<Vec<u8>>, StatePath) {
        self.prove(&StateEntry::Subject(*subject))
    }

    /// All open offers to a member, with the path that proves that these are all.
    #[must_use]
    pub fn prove_inbox(&self, member: &MemberId) -> InboxPath {
        let offers = self.state.offers_to(member).into_iter();
        let offers = offers.filter_map(|(_, at)| Some((at, self.state.offer(&at)?)));
        self.tree.inbox_path(member, offers)
    }

    /// Whether a block may be kept here and passed on, seen from the final state and from what
    /// else is held. To admit blocks of devices whose enrolment is not final either, ask
    /// [`admit`] with a pending view.
    ///
    /// # Errors
    /// Says why not; see [`AdmitError`].
    pub fn admit(
        &self,
        block: &VerifiedBlock,
        held: &impl HeldFeeds,
    ) -> Result<Admitted, AdmitError> {
        admit(&self.state, block, held)
    }
}

#[cfg(test)]
mod tests;
