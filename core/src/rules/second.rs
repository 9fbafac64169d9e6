//! Second signatures: by a device's post-quantum key, over the same block (format, section 7).
//!
//! Of the kinds that the policy names, from everyone. And of what says whose word counts, from
//! every device that has a second key: otherwise whoever can forge first signatures would enrol a
//! device of his own, have members agree that no second signature is needed, or speak as the
//! guardians of another's root keys. What else is said of root keys and the roster, root keys sign, twice.

use super::Refusal;
use crate::block::{BuildError, BuiltBlock, UnsignedBlock, VerifiedBlock};
use crate::state::{DeviceState, StateView};
use crate::{DeviceId, DeviceKey, Kind, Policy, Record, RecordRef};

/// What says whose word counts.
const GUARDED: [Kind; 6] = [
    Kind::Enrol,
    Kind::Revoke,
    Kind::RegisterPrefix,
    Kind::SetPolicy,
    Kind::SetReader,
    Kind::Recover,
];

/// Refuses what lacks the second signature, or has that of another key than the device's.
pub(crate) fn check_second(
    state: &dyn StateView,
    block: &VerifiedBlock,
    record: &Record,
) -> Result<(), Refusal> {
    let (device, kind) = (block.header().device(), record.kind());
    let Some(by) = asked_by(state, &device, kind) else {
        return Ok(());
    };
    let enrolled = state.device(&device).and_then(|known| known.second());
    match (block.second_key(), enrolled) {
        (Some(used), Some(enrolled)) if used == enrolled => Ok(()),
        _ => Err(Refusal::NoSecondSignature { device, kind, by }),
    }
}

/// Signs a block as the rules ask for it in this state: once, or twice.
///
/// # Errors
/// As [`UnsignedBlock::sign`].
pub fn sign_as_asked(
    block: UnsignedBlock,
    key: &DeviceKey,
    state: &dyn StateView,
) -> Result<BuiltBlock, BuildError> {
    let device = key.id();
    let asked = |kind: &Kind| asked_by(state, &device, *kind).is_some();
    match block.kinds().iter().any(asked) {
        true => block.sign_twice(key),
        false => block.sign(key),
    }
}

/// Whether a second signature is asked for, and by which record: the one that put the policy in
/// force, or that enrolled the device. Both may be the founders' doing.
fn asked_by(state: &dyn StateView, device: &DeviceId, kind: Kind) -> Option<Option<RecordRef>> {
    let known = state.device(device);
    let has_second = known.is_some_and(|known| known.second().is_some());
    let policy = state.policy();
    match asks_second(policy, has_second, kind) {
        false => None,
        true if policy.second_signature.contains(&kind) => Some(state.policy_set_by()),
        true => Some(known.and_then(DeviceState::enrolled_by)),
    }
}

/// The same of a policy, for whoever has no state.
pub(crate) fn asks_second(policy: &Policy, has_second: bool, kind: Kind) -> bool {
    policy.second_signature.contains(&kind) || (has_second && GUARDED.contains(&kind))
}
