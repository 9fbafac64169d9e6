use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::cbor::{CborError, from_canonical};

fn member(n: u8) -> MemberId {
    MemberId::from_bytes([n; 32])
}

fn members() -> BTreeMap<MemberId, Class> {
    [Class::Manufacturer, Class::Carrier, Class::Customs]
        .into_iter()
        .zip(1..)
        .map(|(class, n)| (member(n), class))
        .collect()
}

fn jurisdiction(name: &str) -> Jurisdiction {
    Jurisdiction::parse(name).unwrap()
}

/// A policy with something in every table.
fn full() -> Policy {
    let mut policy = Policy::standard(3);
    policy.quantities = Quantities::Sections;
    let customs = BTreeSet::from([member(3)]);
    policy.jurisdictions.insert(jurisdiction("cn-gd"), customs);
    policy
        .required
        .insert(Kind::Commission, jurisdiction("cn-gd"));
    policy
}

#[test]
fn a_policy_survives_its_bytes() {
    for policy in [Policy::standard(1), Policy::standard(64), full()] {
        let bytes = to_bytes(&policy);
        assert_eq!(from_canonical::<Policy>(&bytes), Ok(policy));
    }
    assert_ne!(full().digest(), Policy::standard(3).digest());
}

#[test]
fn rows_out_of_order_are_another_spelling() {
    let bytes = to_bytes(&Policy::standard(3));
    let row = |role: u8, kind: u8| [0x83, 0xf6, role, 0x81, kind];
    let mut policy = Policy::standard(3);
    policy.permissions = Permissions::default();
    policy.permissions.allow(None, Role::Admin, [Kind::Enrol]);
    policy.permissions.allow(None, Role::Peer, [Kind::Revoke]);
    let sorted = to_bytes(&policy);
    let rows = [row(0, 1), row(1, 2)].concat();
    let at = sorted
        .windows(rows.len())
        .position(|window| window == rows)
        .unwrap();
    let mut turned = sorted.clone();
    turned[at..at + rows.len()].copy_from_slice(&[row(1, 2), row(0, 1)].concat());
    assert_eq!(
        from_canonical::<Policy>(&turned),
        Err(CborError::NonCanonical)
    );
    assert!(from_canonical::<Policy>(&bytes).is_ok());
}

#[test]
fn what_no_policy_says_is_refused_by_name() {
    let with = |change: &dyn Fn(&mut Policy)| {
        let mut policy = full();
        change(&mut policy);
        from_canonical::<Policy>(&to_bytes(&policy)).unwrap_err()
    };
    let value = |what| CborError::Value { what };
    assert_eq!(with(&|p| p.prefix_quorum = 0), value("prefix quorum"));
    assert_eq!(with(&|p| p.policy_quorum = 0), value("policy quorum"));
    assert_eq!(
        with(&|p| p.jurisdictions.values_mut().for_each(BTreeSet::clear)),
        value("jurisdiction")
    );
    for name in ["", "CN", "cn gd", "粤", &"x".repeat(33)] {
        assert_eq!(Jurisdiction::parse(name), Err(value("jurisdiction")));
    }
}

#[test]
fn a_policy_that_cannot_work_is_named() {
    let fault = |change: &dyn Fn(&mut Policy)| {
        let mut policy = full();
        change(&mut policy);
        policy.check(&members()).unwrap_err()
    };
    assert_eq!(full().check(&members()), Ok(()));
    assert_eq!(
        fault(&|p| p.policy_quorum = 4),
        PolicyFault::Quorum {
            quorum: 4,
            members: 3
        }
    );
    assert_eq!(
        fault(&|p| p.prefix_quorum = 9),
        PolicyFault::Quorum {
            quorum: 9,
            members: 3
        }
    );
    // The manufacturer and the carrier still could; customs could not.
    let only_firms = |p: &mut Policy| {
        p.permissions = Permissions::default();
        for class in [Class::Manufacturer, Class::Carrier] {
            p.permissions
                .allow(Some(class), Role::Admin, Kind::ALL.iter().copied());
        }
    };
    assert_eq!(
        fault(&only_firms),
        PolicyFault::LocksOut {
            member: member(3),
            kind: Kind::Enrol
        }
    );
    assert_eq!(
        fault(&|p| p
            .jurisdictions
            .values_mut()
            .for_each(|m| *m = BTreeSet::from([member(9)]))),
        PolicyFault::UnknownMember { member: member(9) }
    );
    assert_eq!(
        fault(&|p| {
            p.required.insert(Kind::Hold, jurisdiction("hk"));
        }),
        PolicyFault::UnknownJurisdiction {
            kind: Kind::Hold,
            jurisdiction: jurisdiction("hk")
        }
    );
}

/// Who may write a kind, as `class role` pairs.
fn writers(kind: Kind) -> BTreeSet<(Class, Role)> {
    let policy = Policy::standard(3);
    let pairs = Class::ALL
        .iter()
        .flat_map(|class| Role::ALL.iter().map(|role| (*class, *role)));
    pairs
        .filter(|(class, role)| policy.permits(*class, *role, kind))
        .collect()
}

#[test]
fn every_kind_can_be_written_by_someone() {
    for kind in Kind::ALL {
        assert!(!writers(*kind).is_empty(), "{kind:?}");
    }
}

#[test]
fn only_admins_speak_for_a_member() {
    for kind in [
        Kind::Enrol,
        Kind::Revoke,
        Kind::RegisterPrefix,
        Kind::SetPolicy,
    ] {
        let admins = Class::ALL.iter().map(|class| (*class, Role::Admin));
        assert_eq!(writers(kind), admins.collect(), "{kind:?}");
    }
}

#[test]
fn a_manufacturers_quality_control_commissions_and_a_carriers_couriers_do_not() {
    let makers = writers(Kind::Commission);
    assert!(makers.contains(&(Class::Manufacturer, Role::Qc)));
    assert!(makers.contains(&(Class::Warehouse, Role::Warehouse)));
    for role in [Role::Courier, Role::Qc, Role::Warehouse, Role::Forwarder] {
        assert!(!makers.contains(&(Class::Carrier, role)), "{role:?}");
    }
    for officer in [Role::CustomsOfficer, Role::BankOfficer, Role::Regulator] {
        assert!(makers.iter().all(|(_, role)| *role != officer));
    }
}

#[test]
fn only_authorities_hold_and_clear() {
    let authorities = [
        Class::Customs,
        Class::Quarantine,
        Class::Tax,
        Class::Regulator,
    ];
    for kind in [Kind::Hold, Kind::Clear] {
        let classes: BTreeSet<Class> = writers(kind).into_iter().map(|(class, _)| class).collect();
        assert_eq!(classes, authorities.into_iter().collect());
    }
}

#[test]
fn officers_look_at_goods_and_move_none() {
    let policy = Policy::standard(3);
    for class in Class::ALL {
        for role in [Role::CustomsOfficer, Role::BankOfficer, Role::Regulator] {
            assert!(policy.permits(*class, role, Kind::Attest));
            for kind in [Kind::Offer, Kind::Accept, Kind::Pack, Kind::Decommission] {
                assert!(!policy.permits(*class, role, kind), "{class:?} {role:?}");
            }
        }
    }
}
