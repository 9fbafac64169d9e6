//! What suits most networks.

use std::collections::{BTreeMap, BTreeSet};

use super::{Permissions, Policy, Quantities};
use crate::{
    keys::Kem,
    member::{Class, Role},
    record::Kind,
};

/// A day, in milliseconds.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What a member says about itself and the network; the rules take it from admins alone.
const ADMINISTRATION: &[Kind] = &[
    Kind::Enrol,
    Kind::Revoke,
    Kind::RegisterPrefix,
    Kind::SetPolicy,
    Kind::SetReader,
    Kind::AdmitMember,
    Kind::ExpelMember,
    Kind::SetValidators,
    Kind::RotateRoot,
    Kind::SetGuardians,
    Kind::Recover,
    Kind::ObjectRecovery,
];
/// Giving things their identity. The rules take it for codes under the own prefix alone.
const MAKING: &[Kind] = &[Kind::Commission, Kind::CommissionRun, Kind::Transform];
/// What happens to things that someone has at hand.
const HANDLING: &[Kind] = &[
    Kind::Observe,
    Kind::Pack,
    Kind::Unpack,
    Kind::Associate,
    Kind::Dissociate,
    Kind::Draw,
    Kind::Correct,
    Kind::Decommission,
    Kind::Attest,
    Kind::Grant,
];
/// Who has things.
const CUSTODY: &[Kind] = &[Kind::Offer, Kind::Accept, Kind::Decline, Kind::PickUp];
/// Who owns things: for those who sell and buy in the firm's name.
const TITLE: &[Kind] = &[Kind::OfferTitle, Kind::TakeTitle, Kind::DeclineTitle];
/// What the firm owes money on; the rules take it from owners alone.
const BORROWING: &[Kind] = &[Kind::Pledge];
/// What banks alone do.
const LENDING: &[Kind] = &[Kind::Release];
/// What consumers say and signed, carried by whom they meet.
const CONSUMERS: &[Kind] = &[Kind::Activate, Kind::Resell, Kind::Report];
/// What an item of a run needs before its first record.
const DRAWING: &[Kind] = &[Kind::Draw];
/// What whoever looks at things may say about them.
const WITNESSING: &[Kind] = &[
    Kind::Observe,
    Kind::Attest,
    Kind::Draw,
    Kind::Correct,
    Kind::Grant,
];
/// What authorities alone do.
const SUPERVISION: &[Kind] = &[Kind::Hold, Kind::Clear, Kind::Open, Kind::Unreadable];

/// A class, or any; a role in it; the groups of kinds that it may write.
type Row = (Option<Class>, Role, &'static [&'static [Kind]]);

/// Who may write what. A role may do what its name says in a member of any class; what only some
/// firms do has rows of their class.
const ROWS: &[Row] = &[
    // Admins register what the firm itself owns: vehicles, containers, places.
    (
        None,
        Role::Admin,
        &[
            ADMINISTRATION,
            MAKING,
            HANDLING,
            CUSTODY,
            TITLE,
            BORROWING,
            CONSUMERS,
        ],
    ),
    (None, Role::Courier, &[HANDLING, CUSTODY]),
    (None, Role::Qc, &[HANDLING, CUSTODY]),
    (None, Role::Warehouse, &[HANDLING, CUSTODY]),
    (None, Role::Forwarder, &[HANDLING, CUSTODY, TITLE]),
    (None, Role::CustomsOfficer, &[WITNESSING]),
    (None, Role::BankOfficer, &[WITNESSING]),
    (None, Role::Regulator, &[WITNESSING]),
    (None, Role::Shop, &[HANDLING, CUSTODY, TITLE, CONSUMERS]),
    // A gateway takes in what consumers sign in their browsers.
    (None, Role::Peer, &[CONSUMERS, DRAWING]),
    (Some(Class::Bank), Role::Admin, &[LENDING]),
    (Some(Class::Bank), Role::BankOfficer, &[TITLE, LENDING]),
    // Goods and batches are made where they are manufactured or taken apart; a carrier moves
    // what others made.
    (Some(Class::Manufacturer), Role::Qc, &[MAKING]),
    (Some(Class::Recycler), Role::Qc, &[MAKING]),
    // Pallets, parcels and consignments get their numbers where they are put together.
    (Some(Class::Manufacturer), Role::Warehouse, &[MAKING]),
    (Some(Class::Warehouse), Role::Warehouse, &[MAKING]),
    (Some(Class::Port), Role::Warehouse, &[MAKING]),
    (Some(Class::Forwarder), Role::Warehouse, &[MAKING]),
    (Some(Class::Forwarder), Role::Forwarder, &[MAKING]),
    (Some(Class::Retailer), Role::Warehouse, &[MAKING]),
    (Some(Class::Recycler), Role::Warehouse, &[MAKING]),
    // Whoever carries the title of an officer elsewhere holds nothing.
    (Some(Class::Customs), Role::Admin, &[SUPERVISION]),
    (Some(Class::Customs), Role::CustomsOfficer, &[SUPERVISION]),
    (Some(Class::Customs), Role::Regulator, &[SUPERVISION]),
    (Some(Class::Quarantine), Role::Admin, &[SUPERVISION]),
    (
        Some(Class::Quarantine),
        Role::CustomsOfficer,
        &[SUPERVISION],
    ),
    (Some(Class::Quarantine), Role::Regulator, &[SUPERVISION]),
    (Some(Class::Tax), Role::Admin, &[SUPERVISION]),
    (Some(Class::Tax), Role::CustomsOfficer, &[SUPERVISION]),
    (Some(Class::Tax), Role::Regulator, &[SUPERVISION]),
    (Some(Class::Regulator), Role::Admin, &[SUPERVISION]),
    (Some(Class::Regulator), Role::CustomsOfficer, &[SUPERVISION]),
    (Some(Class::Regulator), Role::Regulator, &[SUPERVISION]),
];

impl Policy {
    /// What suits most networks of so many members: X-Wing, a majority for prefixes and policies,
    /// 30 days for late syncs, offers of 14 days, amounts that the rules conserve, sections kept
    /// for the ten years that books are kept, and no regulators yet.
    #[must_use]
    pub fn standard(members: usize) -> Self {
        let majority = u64::try_from(members / 2 + 1).unwrap_or(u64::MAX);
        let mut permissions = Permissions::default();
        for (class, role, groups) in ROWS {
            permissions.allow(*class, *role, groups.iter().copied().flatten().copied());
        }
        Self {
            kem: Kem::XWing,
            prefix_quorum: majority,
            policy_quorum: majority,
            grace_ms: 30 * DAY_MS,
            offer_life_ms: 14 * DAY_MS,
            quantities: Quantities::Fields,
            retention_ms: 3653 * DAY_MS,
            permissions,
            jurisdictions: BTreeMap::new(),
            required: BTreeMap::new(),
            second_signature: BTreeSet::new(),
        }
    }
}
