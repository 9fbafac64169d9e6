//! Why a checkpoint is not accepted.

use thiserror::Error;

use crate::cbor::CborError;
use crate::{DeviceId, NetworkId};

/// Why a checkpoint is not accepted as one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Not a checkpoint's bytes.
    #[error("not a checkpoint: {0}")]
    Malformed(#[from] CborError),
    /// Of another network.
    #[error("the checkpoint is of network {found}")]
    WrongNetwork {
        /// The network it names.
        found: NetworkId,
    },
    /// Made by other validators than these.
    #[error("the checkpoint is of another validator set")]
    WrongValidators,
    /// A cosignature by a key that is no validator.
    #[error("cosigned by {key}, which is no validator")]
    Stranger {
        /// The key.
        key: DeviceId,
    },
    /// A cosignature that does not verify.
    #[error("the cosignature of {key} does not verify")]
    BadCosignature {
        /// The key.
        key: DeviceId,
    },
    /// Cosignatures are in the order of their keys, each key once.
    #[error("the cosignature of {key} is there twice or out of order")]
    CosignatureOrder {
        /// The key.
        key: DeviceId,
    },
    /// Nobody takes a post-quantum part on trust: the set names no key to check it with.
    #[error("the cosignature of {key} has a post-quantum part, and its validator no such key")]
    PostQuantumStranger {
        /// The validator's Ed25519 key.
        key: DeviceId,
    },
    /// A post-quantum part that does not verify.
    #[error("the post-quantum part of the cosignature of {key} does not verify")]
    BadPostQuantum {
        /// The validator's Ed25519 key.
        key: DeviceId,
    },
    /// A cosignature without a post-quantum part, of a header that must have it.
    #[error("the cosignature of {key} has no post-quantum part, which this header needs")]
    NoPostQuantumPart {
        /// The validator's Ed25519 key.
        key: DeviceId,
    },
    /// Validators change, and too few vouch for that with all their keys.
    #[error("{have} of at least {need} validators cosigned with all their keys")]
    NoPostQuantumQuorum {
        /// How many did.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// Too few validators cosigned.
    #[error("{have} of at least {need} validators cosigned")]
    NoQuorum {
        /// How many did.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// The list of blocks is not as long as the header says.
    #[error("the header counts {header} blocks, the list has {listed}")]
    BlockCount {
        /// As the header says.
        header: u64,
        /// As listed.
        listed: usize,
    },
}
