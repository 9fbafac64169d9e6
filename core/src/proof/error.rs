//! What can be wrong with a proof.

use thiserror::Error;

use crate::cbor::CborError;
use crate::checkpoint::CheckpointError;
use crate::roster_chain::RosterChainError;
use crate::state_tree::StatePathError;
use crate::{
    GenesisError, HeaderHash, Height, NetworkId, Prefix, RecordRef, StatementError, SubjectId,
    limits,
};

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Not a proof's one spelling.
    #[error("not a proof: {0}")]
    Malformed(#[from] CborError),
    /// Longer than any proof that a peer makes.
    #[error(
        "the proof has {bytes} bytes, at most {} are taken",
        limits::BUNDLE_BYTES
    )]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// It is about another code.
    #[error("the proof is about another code")]
    OtherCode,
    /// It leaves out the genesis, and whoever checks it does not have it either.
    #[error("the proof comes without the network's genesis: ask for one with it")]
    NoGenesis,
    /// Of another network.
    #[error("the proof is of network {found}")]
    WrongNetwork {
        /// The network it is of.
        found: NetworkId,
    },
    /// The genesis in it is none.
    #[error("the genesis in the proof cannot be read: {0}")]
    Genesis(GenesisError),
    /// How members and validators changed since the genesis does not hold.
    #[error("the chain of rosters does not hold: {0}")]
    Roster(RosterChainError),
    /// Its checkpoint is not the validators'.
    #[error("the checkpoint does not hold: {0}")]
    Checkpoint(CheckpointError),
    /// Older than what whoever checks it knows already.
    #[error("the proof is as of height {}, and height {} is known already", found.0, known.0)]
    Older {
        /// Its height.
        found: Height,
        /// The newest height that is known.
        known: Height,
    },
    /// A quorum of validators signed two checkpoints of one height.
    #[error("the validators signed two checkpoints of height {}: {known} and {found}", height.0)]
    TwoHeaders {
        /// The height.
        height: Height,
        /// The checkpoint that was known.
        known: HeaderHash,
        /// The checkpoint of the proof.
        found: HeaderHash,
    },
    /// Who has a prefix is not as the proof says.
    #[error("prefix {prefix} does not belong to whom the proof says: {source}")]
    Prefix {
        /// The prefix.
        prefix: Prefix,
        /// What the path proves instead.
        source: StatePathError,
    },
    /// The code does not begin with the prefix, or the proof leaves one of its prefixes out.
    #[error("the proof is about other prefixes than the code's")]
    OtherPrefix,
    /// A subject is not what the proof says.
    #[error("subject {subject} is not what the proof says: {source}")]
    State {
        /// The subject.
        subject: SubjectId,
        /// What the path proves instead.
        source: StatePathError,
    },
    /// A state that is no subject's.
    #[error("what the proof says of subject {subject} cannot be read: {source}")]
    Entry {
        /// The subject.
        subject: SubjectId,
        /// What is wrong with the bytes.
        source: CborError,
    },
    /// The run that is shown does not hold the code, or is no run.
    #[error("run {run} does not hold the code")]
    NotOfRun {
        /// The run.
        run: SubjectId,
    },
    /// Places of a run that are shown do not leave out the code.
    #[error("run {run} may hold the code")]
    MayBeOfRun {
        /// The run.
        run: SubjectId,
    },
    /// What is named are not all records of the subject, in their order: one was left out, put in
    /// or passed off as applied.
    #[error("the records of subject {subject} are not the ones that the ledger applied")]
    Records {
        /// The subject.
        subject: SubjectId,
    },
    /// Fewer records are named than a proof has room for, and not all of them.
    #[error("records of subject {subject} are counted and not named")]
    Unnamed {
        /// The subject.
        subject: SubjectId,
    },
    /// A container, or a document that stands for one, was left out or put in.
    #[error("what is around subject {subject} is not shown, or something else is")]
    Around {
        /// The innermost one that is shown.
        subject: SubjectId,
    },
    /// The records of a container since the subject was put into it are not all named.
    #[error("the records of container {container} begin after the packing")]
    BeginsLate {
        /// The container.
        container: SubjectId,
    },
    /// A block's statement that was not signed by its device.
    #[error("statement {place} of the proof: {source}")]
    Statement {
        /// Its place in the proof, from 0.
        place: usize,
        /// What is wrong with it.
        source: StatementError,
    },
    /// A record that is shown is not the one that its block holds.
    #[error("record {record}: altered; its block does not hold it")]
    Record {
        /// The record.
        record: RecordRef,
    },
    /// A record that is shown is none of the subject's, or is there twice.
    #[error("record {record} is not among the records that the proof is about")]
    Stranger {
        /// The record.
        record: RecordRef,
    },
}
