//! Post-quantum cosignatures: where a header must have them, and that none is taken on trust.

use super::*;
use crate::checkpoint::{CheckpointError, Cosignature};
use crate::{DeviceKey, MlDsa44Key, Proposal, RosterAct, ValidatorSet};

/// Four validators order, three of them with both keys.
fn four() -> (Net, ValidatorSet) {
    let mut net = Net::with_prefix();
    let four = net.four_validators();
    net.in_force(&RosterAct::SetValidators(four.clone()));
    // The first of them has Ed25519 alone, as the genesis has it.
    let with_both = four.as_slice().iter().filter(|v| v.ml_dsa().is_some());
    assert_eq!(with_both.count(), 3);
    (net, four)
}

/// Every validator's cosignature, as `sign` makes it.
fn signed(
    net: &Net,
    proposal: &Proposal,
    sign: impl Fn(&DeviceKey, &[u8]) -> Cosignature,
) -> Checkpoint {
    let bytes = cbor::to_bytes(proposal.header());
    let validators = net.ledger.validators().as_slice().iter();
    let cosignatures = validators.map(|v| sign(&net.peers[&v.key()], &bytes));
    proposal.clone().into_checkpoint(cosignatures.collect())
}

fn ed25519_alone(key: &DeviceKey, bytes: &[u8]) -> Cosignature {
    Cosignature::sign(key, None, bytes)
}

#[test]
fn the_first_header_of_a_minute_has_both() {
    let (mut net, set) = four();
    let minute = TimeMs((net.now.0 / 60_000 + 1) * 60_000);
    let proposal = heartbeat(&net.ledger, minute).into_proposal();
    let weak = signed(&net, &proposal, ed25519_alone);
    let weak = weak.verify(&set).unwrap();
    let refused = net.ledger.apply(&weak, &net.blocks).err();
    assert_eq!(refused, Some(ApplyError::PostQuantum { have: 1, need: 3 }));
    let strong = net.cosigned(proposal).verify(&set).unwrap();
    net.ledger.apply(&strong, &net.blocks).unwrap();
    // Later in that minute one is enough.
    let proposal = heartbeat(&net.ledger, minute.plus(59_000)).into_proposal();
    let weak = signed(&net, &proposal, ed25519_alone);
    assert_eq!(net.cosigned(proposal), weak);
    let weak = weak.verify(&set).unwrap();
    net.ledger.apply(&weak, &net.blocks).unwrap();
}

#[test]
fn a_header_that_changes_the_validators_has_both() {
    let (mut net, set) = four();
    let one = ValidatorSet::new(set.as_slice()[..1].to_vec()).unwrap();
    let height = net.agreed(&RosterAct::SetValidators(one));
    while net.ledger.state().next_height().0 + 1 < height.0 {
        net.wait(1);
    }
    let proposal = heartbeat(&net.ledger, net.now.plus(1)).into_proposal();
    let weak = signed(&net, &proposal, ed25519_alone);
    assert_eq!(
        weak.verify(&set),
        Err(CheckpointError::NoPostQuantumQuorum { have: 1, need: 3 })
    );
    net.wait(1);
}

#[test]
fn what_is_there_is_checked() {
    let (net, set) = four();
    let proposal = heartbeat(&net.ledger, net.now.plus(1)).into_proposal();
    // By another key than the set names.
    let false_key = |key: &DeviceKey, bytes: &[u8]| {
        let other = MlDsa44Key::from_seed(&[9; 32]);
        let with = *key.id().as_bytes() != *net.peer.id().as_bytes();
        Cosignature::sign(key, with.then_some(&other), bytes)
    };
    let bad = signed(&net, &proposal, false_key).verify(&set);
    assert!(matches!(bad, Err(CheckpointError::BadPostQuantum { .. })));
    // By a key where the set names none.
    let own_key = |key: &DeviceKey, bytes: &[u8]| {
        Cosignature::sign(key, Some(&MlDsa44Key::second_of(key)), bytes)
    };
    let key = net.peer.id();
    let bad = signed(&net, &proposal, own_key).verify(&set);
    assert_eq!(bad, Err(CheckpointError::PostQuantumStranger { key }));
}
