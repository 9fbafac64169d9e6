//! The decoders that have no public name, for the fuzz targets alone (feature `fuzzing`): what
//! is read and written by these stands inside blocks, frames and files.

use zeroize::Zeroizing;

use crate::{
    CborError, Checkpoint, Policy, Record, RecordDraft, SectionBody, SnapshotOffer, cbor, session,
};

/// A section's plaintext.
///
/// # Errors
/// [`CborError`] naming what is wrong with it.
pub fn section(plaintext: &[u8]) -> Result<SectionBody, CborError> {
    SectionBody::from_plaintext(plaintext)
}

/// The plaintext of what a section says, padded.
///
/// # Errors
/// [`CborError`] for what could not be read back.
pub fn section_bytes(body: &SectionBody) -> Result<Zeroizing<Vec<u8>>, CborError> {
    body.to_plaintext()
}

/// A frame of the sync session, read and written again.
///
/// # Errors
/// [`CborError`] naming what is wrong with it.
pub fn frame(bytes: &[u8]) -> Result<Vec<u8>, CborError> {
    session::frame_again(bytes)
}

/// A network's policy, read and written again.
///
/// # Errors
/// [`CborError`] naming what is wrong with it.
pub fn policy(bytes: &[u8]) -> Result<Vec<u8>, CborError> {
    cbor::from_canonical::<Policy>(bytes).map(|policy| cbor::to_bytes(&policy))
}

/// An offer of a snapshot of a network whose roster never changed.
#[must_use]
pub fn offer(checkpoint: Checkpoint) -> SnapshotOffer {
    SnapshotOffer::of_founders(checkpoint)
}

/// The record that a draft becomes, its sections left out.
///
/// # Errors
/// [`CborError`] for what no record may say.
pub fn record(draft: &RecordDraft) -> Result<Record, CborError> {
    Record::new(draft, Vec::new())
}

/// A policy's bytes, as they stand in a genesis.
#[must_use]
pub fn policy_bytes(policy: &Policy) -> Vec<u8> {
    cbor::to_bytes(policy)
}
