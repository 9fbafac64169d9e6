//! The vector files of beginnings that are none, and of policies that no network may have.

use std::collections::BTreeSet;

use super::*;
use crate::testnet::root_of;
use crate::vectors::{Given, Input, compare, variants};
use crate::{Jurisdiction, Kind};

/// A founder with small keys.
fn small(n: u8) -> Founder {
    let reader = HpkeSecret::derive(Kem::X25519, &[n; 32]).public();
    let (root, next) = (root_of(n).public(), root_of(n).public().next_digest());
    let inception = Inception::new("Firm", Class::Manufacturer, root, next, reader.clone());
    let key = DeviceKey::from_seed(&[n; 32]).id();
    let device = DeviceEntry::new(key, reader, Role::Peer, "peer", TimeMs(u64::MAX));
    Founder::new(inception.unwrap(), vec![device.unwrap()])
}

/// What one founder would begin, if nothing were wrong with it.
fn sound() -> GenesisDraft {
    let mut policy = Policy::standard(1);
    policy.kem = Kem::X25519;
    let set = validators(&small(1));
    let names = ("Small", "id.example.org");
    GenesisDraft::new(names, policy, vec![small(1)], set, TimeMs(7)).unwrap()
}

/// A body that contradicts itself: nobody who keeps to the rules writes it.
fn body(change: impl FnOnce(&mut GenesisDraft)) -> Vec<u8> {
    let mut draft = sound();
    change(&mut draft);
    draft.body_bytes()
}

fn refused_body(change: impl FnOnce(&mut GenesisDraft)) -> Input<GenesisError> {
    let bytes = body(change);
    let error = GenesisDraft::from_body_bytes(&bytes).unwrap_err();
    Input::bytes("genesis body", &bytes, error)
}

fn envelope(body: &[u8], signatures: Vec<FounderSignature>) -> Vec<u8> {
    let body = body.to_vec();
    to_bytes(&Envelope { body, signatures })
}

#[test]
fn every_refused_genesis_has_its_vector_file() {
    let draft = sound();
    let bytes = draft.body_bytes();
    let by = |n: u8, key: u8| draft.sign(small(n).id(), &root_of(key));
    let refused = |signatures: Vec<FounderSignature>| {
        let bytes = envelope(&bytes, signatures);
        Input::bytes("genesis", &bytes, Genesis::from_bytes(&bytes).unwrap_err())
    };
    assert!(Genesis::from_bytes(&envelope(&bytes, vec![by(1, 1)])).is_ok());
    let pinned = NetworkId::from_bytes([1; 32]);
    let unsigned = envelope(&bytes, Vec::new());
    let other = Genesis::from_pinned_bytes(&unsigned, pinned).unwrap_err();
    // Of its seven fields the first says a version that nobody knows.
    let newer = envelope(&[0x87, 2], Vec::new());
    let newer_error = Genesis::from_bytes(&newer).unwrap_err();
    let inputs = [
        Input::bytes("genesis", &newer, newer_error).case("version"),
        refused_body(|draft| draft.name = " ".to_owned()),
        refused_body(|draft| draft.host = "id.example.org/x".to_owned()).case("host"),
        refused_body(|draft| draft.founders = Vec::new()).case("no-founder"),
        refused_body(|draft| draft.founders.push(small(1))).case("founder-twice"),
        refused_body(|draft| draft.policy.kem = Kem::XWing).case("kem"),
        refused_body(|draft| {
            let device = draft.founders[0].devices[0].clone();
            draft.founders[0].devices.push(device);
        })
        .case("device-twice"),
        refused_body(|draft| draft.validators = validators(&small(2))).case("validator"),
        refused(vec![by(1, 1), by(1, 1)]).case("signed-twice"),
        refused_body(|draft| draft.policy.policy_quorum = 2),
        refused(Vec::new()),
        refused(vec![by(2, 2)]),
        refused(vec![by(1, 2)]),
        Input::bytes("genesis", &unsigned, other).given("network", Given::hex(pinned.as_bytes())),
    ];
    let all = variants!(GenesisError {
        Encoding,
        Contradiction,
        Policy,
        MissingSignature,
        StrangerSignature,
        BadSignature,
        WrongNetwork,
    });
    compare("genesis", &all, inputs);
}

#[test]
fn every_refused_policy_has_its_vector_file() {
    let hk = || Jurisdiction::parse("hk").unwrap();
    let refused = |change: &dyn Fn(&mut Policy)| {
        let bytes = body(|draft| change(&mut draft.policy));
        let Err(GenesisError::Policy(fault)) = GenesisDraft::from_body_bytes(&bytes) else {
            panic!("a policy that fits")
        };
        Input::bytes("policy of a genesis body", &bytes, fault)
    };
    let inputs = [
        refused(&|policy| policy.prefix_quorum = 2),
        refused(&|policy| {
            policy.second_signature.insert(Kind::Enrol);
        }),
        refused(&|policy| {
            let nobody = BTreeSet::from([small(2).id()]);
            policy.jurisdictions.insert(hk(), nobody);
        }),
        refused(&|policy| {
            policy.required.insert(Kind::Attest, hk());
        }),
    ];
    let all = variants!(PolicyFault {
        Quorum,
        LocksOut,
        UnknownMember,
        UnknownJurisdiction
    });
    compare("policy", &all, inputs);
}
