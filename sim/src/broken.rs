//! What must never happen.

use chopmark_core::{BlockId, HeaderHash, Height, RecordRef, SubjectId};
use thiserror::Error;

/// A promise that was broken.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Broken {
    /// Two honest nodes have different checkpoints at one height.
    #[error("{node} has checkpoint {found} at height {}, another has {first}", height.0)]
    Disagreement {
        /// Who.
        node: String,
        /// Where.
        height: Height,
        /// What it has.
        found: HeaderHash,
        /// What the first one had.
        first: HeaderHash,
    },
    /// Two honest nodes have different states at one height.
    #[error("{node} has another state at height {} than the others", height.0)]
    OtherState {
        /// Who.
        node: String,
        /// Where.
        height: Height,
    },
    /// An honest validator signed two things where it may sign one.
    #[error("{node} signed two ballots: {what}")]
    SignedTwice {
        /// Who.
        node: String,
        /// What it signed.
        what: String,
    },
    /// A right moved from someone who did not have it.
    #[error("record {record:?} was applied to {subject}: {what}")]
    Rights {
        /// The record.
        record: RecordRef,
        /// The subject.
        subject: SubjectId,
        /// What is wrong.
        what: &'static str,
    },
    /// Ordering gave up where nobody told it to.
    #[error("{node} stops ordering: {why}")]
    Stopped {
        /// Who.
        node: String,
        /// What it says.
        why: String,
    },
    /// Ordering asks to be polled again and again, and nothing comes of it.
    #[error("{node} is polled hundreds of times in a second, and has nothing to do")]
    Busy {
        /// Who.
        node: String,
    },
    /// A sync session between honest nodes ended with an error.
    #[error("the session between {one} and {other} broke: {why}")]
    Session {
        /// One end.
        one: String,
        /// The other.
        other: String,
        /// What it says.
        why: String,
    },
    /// A block was acknowledged and is gone.
    #[error("{node} acknowledged block {block} and has it no more")]
    Lost {
        /// Who.
        node: String,
        /// The block.
        block: BlockId,
    },
    /// The network healed, and yet something is not final.
    #[error("{} s after the network healed {what}", seconds)]
    NoProgress {
        /// How long it had.
        seconds: u64,
        /// What is missing.
        what: String,
    },
    /// What cannot be unless the simulator has a fault.
    #[error("the simulation itself is wrong: {0}")]
    Simulation(String),
}

impl Broken {
    /// Something that cannot be unless the simulator has a fault.
    pub(crate) fn simulation(what: impl ToString) -> Self {
        Self::Simulation(what.to_string())
    }
}
