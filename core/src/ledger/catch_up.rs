//! Taking over the state of a ledger that is far ahead, without running what led there.
//!
//! Whoever hands it over is not believed: a chain of rosters leads from the genesis to the
//! validators of a header, a quorum of them cosigned it, the state comes to its state root, and the
//! statements of the blocks in between make this ledger's log into the header's. Statements, and
//! not only the frontier of the log: rules ask for block ids, and a block's id and its leaf are two
//! hashes of its statement. The blocks themselves come later, see [`Ledger::check_passed`].

use thiserror::Error;

use super::Ledger;
use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::checkpoint::{Checkpoint, CheckpointError, Header, VerifiedCheckpoint};
use crate::history::{HistoryError, HistorySource};
use crate::merkle::{Frontier, TreeHash, leaf_hash};
use crate::roster_chain::{self, Followed, RosterChain, RosterChainError};
use crate::state::{Logged, State, StateView, Tip};
use crate::state_tree::{StateTree, leaves_of};
use crate::{
    BlockError, BlockId, Genesis, HeaderHash, Height, NetworkId, SectionHash, SignedHeader,
    Statement, StatementError, limits,
};

/// Why a state is not taken over. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CatchUpError {
    /// Not an offer's bytes.
    #[error("the offer is not readable: {0}")]
    Malformed(#[from] CborError),
    /// Of another network.
    #[error("the snapshot is of network {found}")]
    WrongNetwork {
        /// The network it names.
        found: NetworkId,
    },
    /// Not newer than what is here.
    #[error("the snapshot is of height {}, {} is here", found.0, here.0)]
    NotAhead {
        /// Its height.
        found: Height,
        /// The newest one here.
        here: Height,
    },
    /// Its validators do not follow from the genesis.
    #[error("the snapshot's validators do not follow from the genesis: {0}")]
    Rosters(RosterChainError),
    /// Its header is not cosigned by a quorum of them.
    #[error("the snapshot's header does not hold: {0}")]
    Header(CheckpointError),
    /// A part with nothing in it: whoever sends such could go on for ever.
    #[error("a part of the snapshot is empty")]
    EmptyPart,
    /// More parts than any state has, or more statements than the header counts.
    #[error("the snapshot is longer than it can be")]
    TooLong,
    /// What should be a statement of the log is none.
    #[error("statement {index} of the snapshot's log is none: {source}")]
    Statement {
        /// Its place in the log.
        index: u64,
        /// What is wrong with it.
        source: StatementError,
    },
    /// With these statements the log here does not become the one that validators cosigned.
    #[error("the snapshot's statements do not make the log that its header names")]
    LogRoot,
    /// The newest checkpoint's list of blocks is not what its header's log ends with.
    #[error("the snapshot's checkpoint orders other blocks than the log ends with")]
    Blocks,
    /// The parts are no state.
    #[error("the snapshot's parts are no state: {0}")]
    State(CborError),
    /// They are a state, and not the one that validators cosigned.
    #[error("the snapshot's state is not the one that its header names")]
    StateRoot,
}

/// Why a checkpoint that was passed over is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PassedError {
    /// Not cosigned by those who ordered its height.
    #[error(transparent)]
    Cosignatures(#[from] CheckpointError),
    /// It does not continue the one before it.
    #[error("the checkpoint does not continue the one before it")]
    Link,
    /// It orders other blocks than the log has there.
    #[error("the checkpoint orders other blocks than the log has there")]
    Blocks,
    /// A block that is none.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A block that the log does not have.
    #[error("block {block} is not in the log")]
    NotLogged {
        /// The block.
        block: BlockId,
    },
    /// A checkpoint that came before one of its blocks.
    #[error("the checkpoint came before its block {block}")]
    Missing {
        /// The block.
        block: BlockId,
    },
    /// Bytes that are not the section they are sent as.
    #[error("the bytes sent as section {hash} are not it")]
    Section {
        /// The section's hash.
        hash: SectionHash,
    },
}

/// What a snapshot begins with: the checkpoint that it is of, and how its validators come from the
/// genesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotOffer {
    checkpoint: Checkpoint,
    rosters: RosterChain,
    since: u64,
}

impl SnapshotOffer {
    /// The offer of a ledger as it stands. `checkpoint` is its newest; `since` the number up to
    /// which every arrival at its sender is part of the log up to there.
    ///
    /// # Errors
    /// `MissingBlock` or `MissingHeader` where the source lacks a part of the chain of rosters.
    pub fn new(
        ledger: &Ledger,
        checkpoint: Checkpoint,
        source: &impl HistorySource,
        since: u64,
    ) -> Result<Self, HistoryError> {
        Ok(Self {
            checkpoint,
            rosters: roster_chain::assemble(ledger, source)?,
            since,
        })
    }

    #[cfg(feature = "fuzzing")]
    pub(crate) fn of_founders(checkpoint: Checkpoint) -> Self {
        Self {
            checkpoint,
            rosters: RosterChain::default(),
            since: 0,
        }
    }

    /// The checkpoint that it is of.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Its sender's number up to which every arrival there is part of the log up to the checkpoint.
    #[must_use]
    pub fn since(&self) -> u64 {
        self.since
    }

    /// Who ordered each height up to the checkpoint.
    ///
    /// # Errors
    /// Says which change of the roster does not hold.
    pub fn follow(&self, genesis: &Genesis) -> Result<Followed, RosterChainError> {
        self.rosters.follow(genesis)
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Reads an offer; nothing about it is checked but its shape.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CatchUpError> {
        Ok(cbor::from_canonical(bytes)?)
    }

    /// Checks the offer, and gets ready for what it announces, to be laid on `ledger`.
    ///
    /// # Errors
    /// `WrongNetwork`, `NotAhead`, `Rosters` or `Header`.
    pub fn accept(&self, genesis: &Genesis, ledger: &Ledger) -> Result<Arriving, CatchUpError> {
        let signed = self.checkpoint.signed_header();
        let header = signed.header();
        if header.network() != genesis.id() {
            return Err(CatchUpError::WrongNetwork {
                found: header.network(),
            });
        }
        let (found, here) = (header.height(), ledger.tip().height);
        if found <= here || header.log_size() < ledger.log().size() {
            return Err(CatchUpError::NotAhead { found, here });
        }
        let followed = self.follow(genesis).map_err(CatchUpError::Rosters)?;
        let validators = followed.validators(found).unwrap_or(genesis.validators());
        let whole = self.checkpoint.clone().verify(validators);
        whole.map_err(CatchUpError::Header)?;
        Ok(Arriving {
            header: signed.clone(),
            state: Vec::new(),
            logged: Vec::new(),
            log: ledger.log().clone(),
            leaves: Vec::new(),
        })
    }
}

impl Wire for SnapshotOffer {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        to.u64(1);
        self.checkpoint.write(to);
        self.rosters.write(to);
        to.u64(self.since);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        from.version()?;
        Ok(Self {
            checkpoint: Wire::read(from)?,
            rosters: Wire::read(from)?,
            since: from.u64()?,
        })
    }
}

/// A snapshot of which the parts are coming.
#[derive(Debug)]
pub struct Arriving {
    header: SignedHeader,
    state: Vec<u8>,
    logged: Vec<(BlockId, Logged)>,
    log: Frontier,
    leaves: Vec<TreeHash>,
}

/// A state that is the one that validators cosigned, with its log.
#[derive(Debug)]
pub struct Arrived {
    state: State,
    tree: StateTree,
    log: Frontier,
    leaves: Vec<TreeHash>,
}

impl Arriving {
    /// Takes the next part of the state's bytes.
    ///
    /// # Errors
    /// `EmptyPart` or `TooLong`.
    pub fn take_state(&mut self, part: &[u8]) -> Result<(), CatchUpError> {
        if part.is_empty() {
            return Err(CatchUpError::EmptyPart);
        }
        if self.state.len().saturating_add(part.len()) > limits::STATE_BYTES {
            return Err(CatchUpError::TooLong);
        }
        self.state.extend_from_slice(part);
        Ok(())
    }

    /// Takes the statement of the log's next block.
    ///
    /// # Errors
    /// `TooLong` or `Statement`.
    pub fn take_statement(&mut self, bytes: &[u8]) -> Result<(), CatchUpError> {
        let index = self.log.size();
        if index >= self.header.header().log_size() {
            return Err(CatchUpError::TooLong);
        }
        let parsed = Statement::parse(bytes);
        let statement = parsed.map_err(|source| CatchUpError::Statement { index, source })?;
        let logged = Logged {
            index,
            records: statement.header().record_count(),
            member: statement.header().member(),
        };
        self.logged.push((statement.id(), logged));
        let leaf = leaf_hash(bytes);
        self.log.push(leaf);
        self.leaves.push(leaf);
        Ok(())
    }

    /// Compares what came with what validators cosigned.
    ///
    /// # Errors
    /// `LogRoot`, `State` or `StateRoot`.
    pub fn finish(self, genesis: &Genesis) -> Result<Arrived, CatchUpError> {
        let header = self.header.header();
        if self.log.size() != header.log_size() || self.log.root() != *header.log_root().as_bytes()
        {
            return Err(CatchUpError::LogRoot);
        }
        let mut reader = Reader::new(&self.state);
        let read = State::read(genesis, &mut reader);
        let mut state = read.map_err(CatchUpError::State)?;
        reader.end().map_err(CatchUpError::State)?;
        let tree = StateTree::of(leaves_of(&state));
        if tree.root() != *header.state_root().as_bytes() {
            return Err(CatchUpError::StateRoot);
        }
        // In no leaf: the header says it.
        state.set_tip(Tip {
            height: header.height(),
            header_hash: self.header.hash(),
            time: header.time(),
        });
        state.logged.extend(self.logged);
        Ok(Arrived {
            state,
            tree,
            log: self.log,
            leaves: self.leaves,
        })
    }
}

impl Arrived {
    /// What the log has more than before, for whoever keeps its leaves.
    #[must_use]
    pub fn leaves(&self) -> &[TreeHash] {
        &self.leaves
    }

    /// Holds the list of the newest checkpoint against the log's end: cosignatures are of its
    /// header alone.
    ///
    /// # Errors
    /// `Blocks`.
    pub fn check_blocks(&self, checkpoint: &Checkpoint) -> Result<(), CatchUpError> {
        let blocks = checkpoint.blocks();
        let count = u64::try_from(blocks.len()).unwrap_or(u64::MAX);
        let first = self.log.size().checked_sub(count);
        let first = first.ok_or(CatchUpError::Blocks)?;
        let mut places = (first..).zip(blocks);
        let stands = |(index, id): (u64, &BlockId)| {
            let logged = self.state.logged.get(id);
            logged.is_some_and(|logged| logged.index == index)
        };
        places.all(stands).then_some(()).ok_or(CatchUpError::Blocks)
    }
}

impl Ledger {
    /// The bytes of the state, given away in parts of about a megabyte.
    pub fn state_in_parts(&self, taker: impl FnMut(Vec<u8>) + 'static) {
        let mut writer = Writer::in_parts(taker);
        self.state.write(&mut writer);
        writer.end_parts();
    }

    /// Goes over to a state that arrived.
    ///
    /// # Errors
    /// `NotAhead` when this ledger has come as far by itself meanwhile; it is then unchanged.
    pub fn take_over(&mut self, arrived: Arrived) -> Result<(), CatchUpError> {
        let (found, here) = (arrived.state.tip().height, self.tip().height);
        if found <= here {
            return Err(CatchUpError::NotAhead { found, here });
        }
        let before = std::mem::take(&mut self.state.logged);
        let newer = std::mem::replace(&mut self.state, arrived.state);
        drop(newer);
        let since = std::mem::replace(&mut self.state.logged, before);
        self.state.logged.extend(since);
        self.tree = arrived.tree;
        self.log = arrived.log;
        Ok(())
    }

    /// Checks a checkpoint that a snapshot passed over: cosigned by those who ordered its height,
    /// a continuation of the one before (its hash, and the size of the log after it), and of
    /// exactly the blocks that the log has there.
    ///
    /// # Errors
    /// See [`PassedError`].
    pub fn check_passed(
        &self,
        checkpoint: Checkpoint,
        (prev, size): (HeaderHash, u64),
        followed: &Followed,
    ) -> Result<VerifiedCheckpoint, PassedError> {
        let header: &Header = checkpoint.header();
        let validators = followed.validators(header.height());
        let validators = validators.ok_or(PassedError::Link)?;
        if header.prev() != prev || header.network() != self.state.network() {
            return Err(PassedError::Link);
        }
        let places = (size..).zip(checkpoint.blocks());
        let logged = |(index, id): (u64, &BlockId)| {
            let logged = self.state.logged(id);
            logged.is_some_and(|logged| logged.index == index)
        };
        let end = size.checked_add(header.block_count());
        if Some(header.log_size()) != end || !places.into_iter().all(logged) {
            return Err(PassedError::Blocks);
        }
        Ok(checkpoint.verify(validators)?)
    }
}

#[cfg(test)]
mod tests;
