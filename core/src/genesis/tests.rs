mod vectors;

use proptest::prelude::*;

use super::*;
use crate::{
    CborError, Class, DeviceEntry, DeviceKey, HpkeSecret, Inception, Kem, Role, RootKey, Validator,
};

fn root(n: u8) -> RootKey {
    RootKey::from_seeds(&[n; 32], &[n + 100; 32])
}

fn founder(n: u8) -> Founder {
    let inception = Inception::new(
        &format!("Member {n}"),
        Class::Manufacturer,
        root(n).public(),
        root(n + 50).public().next_digest(),
        HpkeSecret::derive(Kem::XWing, &[n; 32]).public(),
    );
    let device = DeviceEntry::new(
        DeviceKey::from_seed(&[n; 32]).id(),
        HpkeSecret::derive(Kem::X25519, &[n; 32]).public(),
        Role::Peer,
        "peer",
        TimeMs(u64::MAX),
    );
    Founder::new(inception.unwrap(), vec![device.unwrap()])
}

fn validators(of: &Founder) -> ValidatorSet {
    ValidatorSet::new(vec![Validator::new(of.id(), of.devices()[0].key())]).unwrap()
}

fn draft() -> GenesisDraft {
    let founders = vec![founder(1), founder(2)];
    let set = validators(&founders[0]);
    let names = ("Trial", "id.example.org");
    GenesisDraft::new(names, Policy::standard(2), founders, set, TimeMs(7)).unwrap()
}

fn signature(draft: &GenesisDraft, n: u8) -> FounderSignature {
    draft.sign(founder(n).id(), &root(n))
}

#[test]
fn a_genesis_is_read_back() {
    let draft = draft();
    let body = draft.body_bytes();
    assert_eq!(GenesisDraft::from_body_bytes(&body).as_ref(), Ok(&draft));
    let signatures = vec![signature(&draft, 2), signature(&draft, 1)];
    let sent = FounderSignature::from_bytes(&signatures[0].to_bytes());
    assert_eq!(sent.as_ref(), Ok(&signatures[0]));
    let genesis = Genesis::combine(&body, signatures).unwrap();
    assert_eq!(genesis.id(), draft.id());
    assert_eq!(
        Genesis::from_bytes(genesis.to_bytes()).as_ref(),
        Ok(&genesis)
    );
    let pinned = Genesis::from_pinned_bytes(genesis.to_bytes(), draft.id());
    assert_eq!(pinned.as_ref(), Ok(&genesis));
    let other = NetworkId::from_bytes([0; 32]);
    assert_eq!(
        Genesis::from_pinned_bytes(genesis.to_bytes(), other),
        Err(GenesisError::WrongNetwork {
            expected: other,
            found: draft.id()
        })
    );
}

#[test]
fn every_founder_signs_and_nobody_else() {
    let draft = draft();
    let body = draft.body_bytes();
    let combine = |signatures| Genesis::combine(&body, signatures).map(|_| ());
    let id = |n| founder(n).id();
    assert_eq!(
        combine(vec![signature(&draft, 1)]),
        Err(GenesisError::MissingSignature { member: id(2) })
    );
    let stranger = vec![
        signature(&draft, 1),
        signature(&draft, 2),
        signature(&draft, 3),
    ];
    assert_eq!(
        combine(stranger),
        Err(GenesisError::StrangerSignature { member: id(3) })
    );
    let twice = vec![
        signature(&draft, 1),
        signature(&draft, 1),
        signature(&draft, 2),
    ];
    assert_eq!(
        combine(twice),
        Err(GenesisError::Contradiction { what: "signatures" })
    );
    let forged = vec![signature(&draft, 1), draft.sign(id(2), &root(1))];
    assert_eq!(
        combine(forged),
        Err(GenesisError::BadSignature { member: id(2) })
    );
}

#[test]
fn contradictions_are_named() {
    let make = |host: &str, founders: Vec<Founder>, set: ValidatorSet, kem: Kem| {
        let policy = Policy {
            kem,
            ..Policy::standard(2)
        };
        GenesisDraft::new(("Trial", host), policy, founders, set, TimeMs(7))
    };
    let set = || validators(&founder(1));
    let both = || vec![founder(1), founder(2)];
    let table = [
        (make("", both(), set(), Kem::XWing), "host"),
        (make("h/x", both(), set(), Kem::XWing), "host"),
        (make("h", vec![], set(), Kem::XWing), "founders"),
        (
            make("h", vec![founder(1), founder(1)], set(), Kem::XWing),
            "founders",
        ),
        (make("h", both(), set(), Kem::X25519), "founder"),
        (
            make("h", both(), validators(&founder(3)), Kem::XWing),
            "validators",
        ),
        (
            make(
                "h",
                vec![
                    founder(1),
                    Founder::new(founder(2).inception, founder(1).devices),
                ],
                set(),
                Kem::XWing,
            ),
            "devices",
        ),
    ];
    for (made, what) in table {
        assert_eq!(made, Err(GenesisError::Contradiction { what }));
    }
    assert!(matches!(
        GenesisDraft::new((" ", "h"), Policy::standard(2), both(), set(), TimeMs(7)),
        Err(GenesisError::Encoding(CborError::Value { what: "name" }))
    ));
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Genesis::from_bytes(&bytes);
        let _ = GenesisDraft::from_body_bytes(&bytes);
        let _ = FounderSignature::from_bytes(&bytes);
        let _ = Inception::from_bytes(&bytes);
    }
}
