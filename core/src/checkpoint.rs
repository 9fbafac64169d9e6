//! Checkpoints: an ordered batch of blocks, the log root after it, and the cosignatures of a
//! quorum of validators (format, section 7).

mod error;
mod proposal;

pub use error::CheckpointError;
pub use proposal::{Proposal, ProposalTimeError};

use std::collections::BTreeSet;

use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::keys::{self, DeviceKey, MlDsa44Key};
use crate::{
    BlockId, DeviceId, Digest32, HeaderHash, Height, NetworkId, TimeMs, Validator, ValidatorSet,
    hash, limits,
};

/// No header is longer: eleven fields, eight of them at most 34 bytes.
const HEADER_BYTES: usize = 512;
/// How often a header has post-quantum cosignatures at least: later headers cover earlier ones,
/// and 2.4 KB a validator are too many for each.
const MINUTE_MS: u64 = 60_000;
/// The most validators: one a member.
const VALIDATORS: usize = limits::READER_GROUPS;

/// Checks that a quorum of the validators cosigned these header bytes.
fn check_cosignatures(
    validators: &ValidatorSet,
    header: &Header,
    header_bytes: &[u8],
    cosignatures: &[Cosignature],
) -> Result<(), CheckpointError> {
    // Whether the set is that of the header's height, and the next one what members agreed on, is
    // seen when the checkpoint is applied.
    if header.validator_set != validators.digest() {
        return Err(CheckpointError::WrongValidators);
    }
    let message = cosign_message(header_bytes);
    let mut signed = BTreeSet::new();
    for cosignature in cosignatures {
        let key = cosignature.key;
        let validator = validators
            .with_key(&key)
            .ok_or(CheckpointError::Stranger { key })?;
        if signed.last().is_some_and(|last| *last >= key) {
            return Err(CheckpointError::CosignatureOrder { key });
        }
        cosignature.check(Some(validator), &message)?;
        signed.insert(key);
    }
    let (have, need) = (signed.len(), validators.quorum());
    if have < need {
        return Err(CheckpointError::NoQuorum { have, need });
    }
    let have = complete(validators, cosignatures);
    if header.validator_set != header.next_validator_set && have < need {
        return Err(CheckpointError::NoPostQuantumQuorum { have, need });
    }
    Ok(())
}

/// How many validators signed with every key that the set names of them.
fn complete(validators: &ValidatorSet, cosignatures: &[Cosignature]) -> usize {
    let all = cosignatures.iter();
    all.filter(|cosignature| cosignature.is_whole(validators))
        .count()
}

fn cosign_message(header: &[u8]) -> [u8; 32] {
    hash::labelled("chopmark/cosign/1", &[header])
}

/// What validators agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub(crate) network: NetworkId,
    pub(crate) height: Height,
    pub(crate) prev: HeaderHash,
    pub(crate) time: TimeMs,
    pub(crate) validator_set: Digest32,
    pub(crate) next_validator_set: Digest32,
    pub(crate) block_count: u64,
    pub(crate) log_size: u64,
    pub(crate) log_root: Digest32,
    pub(crate) state_root: Digest32,
}

impl Header {
    /// The network.
    #[must_use]
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// Its height; the first is 1.
    #[must_use]
    pub fn height(&self) -> Height {
        self.height
    }

    /// The header before; the network id at height 1.
    #[must_use]
    pub fn prev(&self) -> HeaderHash {
        self.prev
    }

    /// When it was made, as the validators agree.
    #[must_use]
    pub fn time(&self) -> TimeMs {
        self.time
    }

    /// The digest of the set that made it.
    #[must_use]
    pub fn validator_set(&self) -> &Digest32 {
        &self.validator_set
    }

    /// The digest of the set that makes the next one.
    #[must_use]
    pub fn next_validator_set(&self) -> &Digest32 {
        &self.next_validator_set
    }

    /// How many blocks are in it.
    #[must_use]
    pub fn block_count(&self) -> u64 {
        self.block_count
    }

    /// How many blocks the log has after it.
    #[must_use]
    pub fn log_size(&self) -> u64 {
        self.log_size
    }

    /// The log's root after it.
    #[must_use]
    pub fn log_root(&self) -> &Digest32 {
        &self.log_root
    }

    /// Its hash.
    #[must_use]
    pub fn hash(&self) -> HeaderHash {
        Self::hash_of(&cbor::to_bytes(self))
    }

    /// The root of the state after it.
    #[must_use]
    pub fn state_root(&self) -> &Digest32 {
        &self.state_root
    }

    /// Whether validators sign it with both of their keys: it names others for the next height,
    /// or it is the first of a minute, seen from the time of the checkpoint before.
    #[must_use]
    pub fn needs_both(&self, before: TimeMs) -> bool {
        let changes = self.validator_set != self.next_validator_set;
        changes || self.time.0.div_euclid(MINUTE_MS) > before.0.div_euclid(MINUTE_MS)
    }

    /// The hash of these header bytes.
    pub(crate) fn hash_of(bytes: &[u8]) -> HeaderHash {
        HeaderHash::from_bytes(hash::labelled("chopmark/header/1", &[bytes]))
    }
}

impl Wire for Header {
    fn write(&self, to: &mut Writer) {
        to.array(11);
        to.u64(1);
        self.network.write(to);
        self.height.write(to);
        self.prev.write(to);
        self.time.write(to);
        self.validator_set.write(to);
        self.next_validator_set.write(to);
        to.u64(self.block_count);
        to.u64(self.log_size);
        self.log_root.write(to);
        self.state_root.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(11)?;
        from.version()?;
        Ok(Self {
            network: Wire::read(from)?,
            height: Wire::read(from)?,
            prev: Wire::read(from)?,
            time: Wire::read(from)?,
            validator_set: Wire::read(from)?,
            next_validator_set: Wire::read(from)?,
            block_count: from.u64()?,
            log_size: from.u64()?,
            log_root: Wire::read(from)?,
            state_root: Wire::read(from)?,
        })
    }
}

/// One validator's signature of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    key: DeviceId,
    ed25519: [u8; 64],
    ml_dsa_44: Option<Vec<u8>>,
}

impl Cosignature {
    /// The validator's key.
    #[must_use]
    pub fn key(&self) -> DeviceId {
        self.key
    }

    pub(crate) fn sign(key: &DeviceKey, ml_dsa: Option<&MlDsa44Key>, header_bytes: &[u8]) -> Self {
        let message = cosign_message(header_bytes);
        Self {
            key: key.id(),
            ed25519: key.sign(&message),
            ml_dsa_44: ml_dsa.map(|key| key.sign(&message)),
        }
    }

    /// Checks that it is of this header, where it is by a device key alone. Whether that is a
    /// validator's is another question.
    ///
    /// # Errors
    /// `BadCosignature`, or `PostQuantumStranger` for a part that only
    /// [`verify_by`](Self::verify_by) can check.
    pub fn verify(&self, header: &Header) -> Result<(), CheckpointError> {
        self.check(None, &cosign_message(&cbor::to_bytes(header)))
    }

    /// Checks every part of it: that it is one of these validators', of this header.
    ///
    /// # Errors
    /// `Stranger`, `BadCosignature`, `BadPostQuantum`, or `PostQuantumStranger` for a part that
    /// the set names no key for.
    pub fn verify_by(
        &self,
        validators: &ValidatorSet,
        header: &Header,
    ) -> Result<(), CheckpointError> {
        let key = self.key;
        let validator = validators
            .with_key(&key)
            .ok_or(CheckpointError::Stranger { key })?;
        let message = cosign_message(&cbor::to_bytes(header));
        self.check(Some(validator), &message)
    }

    /// Whether it is by every key that the set names of its validator.
    fn is_whole(&self, validators: &ValidatorSet) -> bool {
        let validator = validators.with_key(&self.key);
        validator.is_some_and(|v| v.ml_dsa().is_none() || self.ml_dsa_44.is_some())
    }

    fn check(&self, by: Option<&Validator>, message: &[u8; 32]) -> Result<(), CheckpointError> {
        let key = self.key;
        keys::verify_ed25519(key.as_bytes(), message, &self.ed25519)
            .map_err(|_| CheckpointError::BadCosignature { key })?;
        match (by.and_then(Validator::ml_dsa), &self.ml_dsa_44) {
            (_, None) => Ok(()),
            (None, Some(_)) => Err(CheckpointError::PostQuantumStranger { key }),
            (Some(public), Some(signature)) => public
                .verify(message, signature)
                .map_err(|_| CheckpointError::BadPostQuantum { key }),
        }
    }

    /// Its bytes, as they stand in a checkpoint.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Reads one that came by itself; nothing about it is checked but its shape.
    ///
    /// # Errors
    /// `Malformed` for anything else than a cosignature's one spelling.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Ok(cbor::from_canonical(bytes)?)
    }
}

impl Wire for Cosignature {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.key.write(to);
        to.bytes(&self.ed25519);
        to.option(self.ml_dsa_44.as_ref(), |to, bytes| to.bytes(bytes));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            key: Wire::read(from)?,
            ed25519: from.array_of_bytes()?,
            ml_dsa_44: from.option(|from| {
                from.bytes("cosignature", keys::ML_DSA_44_SIGNATURE)
                    .map(<[u8]>::to_vec)
            })?,
        })
    }
}

/// A header with its cosignatures: what a proof needs of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeader {
    header: Header,
    bytes: Vec<u8>,
    cosignatures: Vec<Cosignature>,
}

impl SignedHeader {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The header's hash.
    #[must_use]
    pub fn hash(&self) -> HeaderHash {
        Header::hash_of(&self.bytes)
    }

    /// Who cosigned.
    #[must_use]
    pub fn cosignatures(&self) -> &[Cosignature] {
        &self.cosignatures
    }

    /// Checks that a quorum of the validators cosigned it.
    ///
    /// # Errors
    /// Says which cosignature is wrong, or how many are missing.
    pub fn verify(&self, validators: &ValidatorSet) -> Result<(), CheckpointError> {
        check_cosignatures(validators, &self.header, &self.bytes, &self.cosignatures)
    }

    /// How many validators signed with every key that the set names of them.
    #[must_use]
    pub fn complete(&self, validators: &ValidatorSet) -> usize {
        complete(validators, &self.cosignatures)
    }

    /// The two fields, as they stand in a checkpoint and in a bundle.
    pub(crate) fn write_fields(&self, to: &mut Writer) {
        to.bytes(&self.bytes);
        to.list(&self.cosignatures);
    }

    pub(crate) fn read_fields(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let bytes = from.bytes("header", HEADER_BYTES)?.to_vec();
        Ok(Self {
            header: cbor::from_canonical(&bytes)?,
            bytes,
            cosignatures: from.list("cosignatures", VALIDATORS)?,
        })
    }
}

/// A checkpoint as it came, not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    signed: SignedHeader,
    blocks: Vec<BlockId>,
}

impl Checkpoint {
    pub(crate) fn new(
        header: Header,
        cosignatures: Vec<Cosignature>,
        blocks: Vec<BlockId>,
    ) -> Self {
        let bytes = cbor::to_bytes(&header);
        Self {
            signed: SignedHeader {
                header,
                bytes,
                cosignatures,
            },
            blocks,
        }
    }

    /// Reads a checkpoint; nothing about it is checked but its shape.
    ///
    /// # Errors
    /// `Malformed` for anything else than a checkpoint's one spelling.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Ok(cbor::from_canonical(bytes)?)
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.signed.header
    }

    /// The header's hash.
    #[must_use]
    pub fn hash(&self) -> HeaderHash {
        self.signed.hash()
    }

    /// The proposal that it was made of.
    #[must_use]
    pub fn to_proposal(&self) -> Proposal {
        Proposal::new(self.signed.header.clone(), self.blocks.clone())
    }

    /// The header with its cosignatures.
    #[must_use]
    pub fn signed_header(&self) -> &SignedHeader {
        &self.signed
    }

    /// The blocks, in the order in which they are applied.
    #[must_use]
    pub fn blocks(&self) -> &[BlockId] {
        &self.blocks
    }

    /// Checks the cosignatures and the count of blocks. Whether it fits the log is seen when it
    /// is applied.
    ///
    /// # Errors
    /// Names what is wrong; see [`CheckpointError`].
    pub fn verify(self, validators: &ValidatorSet) -> Result<VerifiedCheckpoint, CheckpointError> {
        self.signed.verify(validators)?;
        proposal::check_count(&self.signed.header, &self.blocks)?;
        Ok(VerifiedCheckpoint(self))
    }
}

impl Wire for Checkpoint {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.signed.write_fields(to);
        to.list(&self.blocks);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            signed: SignedHeader::read_fields(from)?,
            blocks: from.list("blocks", limits::CHECKPOINT_BLOCKS)?,
        })
    }
}

/// A checkpoint that a quorum of validators cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint(Checkpoint);

impl VerifiedCheckpoint {
    /// The checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.0
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.0.header()
    }

    /// The blocks, in the order in which they are applied.
    #[must_use]
    pub fn blocks(&self) -> &[BlockId] {
        self.0.blocks()
    }
}
