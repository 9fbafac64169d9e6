//! What ordering needs of the ledger, the network and the clocks.

use std::error::Error;
use std::time::Duration;

use chopmark_core::{Cosignature, DeviceId, Height, NetworkId, Proposal, TimeMs, ValidatorSet};
use thiserror::Error;

use crate::journal::JournalError;
use crate::message::MessageError;

/// The two clocks: one that only rises, for waiting, and the wall's, for headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Since any fixed moment.
    pub running: Duration,
    /// The time of day, as this machine has it.
    pub wall: TimeMs,
}

/// What a checkpoint comes to on this ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It follows, and its blocks are here.
    Valid,
    /// One of its blocks is not here yet: ask again once more has arrived.
    Missing,
    /// It does not follow, whatever arrives.
    Invalid(String),
}

/// A failure of the ledger's own disk or memory.
pub type HostError = Box<dyn Error + Send + Sync>;

/// The ledger and the network, as ordering uses them.
pub trait Host {
    /// The network.
    fn network(&self) -> NetworkId;

    /// The newest final checkpoint.
    fn height(&self) -> Height;

    /// The newest final checkpoint's time: whether a header needs post-quantum cosignatures hangs
    /// on it.
    fn time(&self) -> TimeMs;

    /// Who agrees on the next one.
    fn validators(&self) -> ValidatorSet;

    /// Whether blocks are here that could be ordered.
    fn has_work(&self) -> bool;

    /// A checkpoint of what is here; an empty one if `beat`, none if there is nothing otherwise.
    ///
    /// # Errors
    /// What the disk says.
    fn propose(&mut self, now: TimeMs, beat: bool) -> Result<Option<Proposal>, HostError>;

    /// Judges a checkpoint by running it beside the ledger. `now` is given where it is not
    /// decided yet: a header from the future is not voted for.
    ///
    /// # Errors
    /// What the disk says.
    fn check(&mut self, proposal: &Proposal, now: Option<TimeMs>) -> Result<Verdict, HostError>;

    /// Makes a checkpoint final; it is on disk when this returns.
    ///
    /// # Errors
    /// What the disk says.
    fn finish(
        &mut self,
        proposal: Proposal,
        cosignatures: Vec<Cosignature>,
    ) -> Result<(), HostError>;

    /// Sends a message to every other validator. It may be lost: what matters is repeated.
    fn send(&mut self, message: Vec<u8>);
}

/// Why ordering stops. All of these need a person.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OrderError {
    /// The write-ahead log.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The ledger.
    #[error("the ledger cannot go on: {0}")]
    Host(HostError),
    /// The engine contradicts itself or its log.
    #[error("the engine stopped at height {}: {detail}", height.0)]
    Engine {
        /// Where.
        height: Height,
        /// What it says.
        detail: String,
    },
    /// A quorum decided what this ledger refuses.
    #[error("a quorum decided checkpoint {}, which does not follow here ({detail}): compare this peer's state with another member's", height.0)]
    Diverged {
        /// Its height.
        height: Height,
        /// Why it does not follow.
        detail: String,
    },
    /// Two decisions for one height: more than a third of the validators are hostile.
    #[error("the validators decided twice at height {}: more than a third of them break the rules", height.0)]
    TwoDecisions {
        /// The height.
        height: Height,
    },
}

/// What became of messages, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken in.
    pub taken: u64,
    /// Not messages, or in another's name.
    pub malformed: u64,
    /// Longer than any message.
    pub oversized: u64,
    /// From keys that are no validators.
    pub strangers: u64,
    /// About heights that are final here.
    pub past: u64,
    /// About heights too far ahead, or more than is kept of one validator.
    pub future: u64,
    /// More than one validator has to say about a height, or from one that is not listened to for
    /// a while.
    pub flooding: u64,
    /// With signatures that do not verify.
    pub forged: u64,
    /// Validators caught saying two things.
    pub equivocations: u64,
}

/// A way of agreeing on checkpoints.
pub trait Ordering {
    /// Takes a message of another validator in. What is wrong with one is counted and told, and
    /// changes nothing.
    ///
    /// # Errors
    /// [`MessageError`].
    fn message(
        &mut self,
        host: &dyn Host,
        from: DeviceId,
        bytes: &[u8],
    ) -> Result<(), MessageError>;

    /// Does everything that is due, and says how long to wait unless something arrives before.
    ///
    /// # Errors
    /// [`OrderError`]: ordering must not go on in this process.
    fn poll(&mut self, host: &mut dyn Host, now: Now) -> Result<Duration, OrderError>;

    /// The round at the height that is being agreed on.
    fn round(&self) -> Option<u32>;

    /// What became of messages so far.
    fn counts(&self) -> Counts;
}
