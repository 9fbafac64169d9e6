//! What a network's founders agreed on.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    keys::Kem,
    member::Role,
    record::Kind,
};

/// A day, in milliseconds.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A network's rules that are data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How sections are sealed to reader groups.
    pub kem: Kem,
    /// How many members must write the same prefix registration before it holds.
    pub prefix_quorum: u64,
    /// How long a record may wait for one that it cites, in milliseconds of checkpoint time.
    pub grace_ms: u64,
    /// How long an offer may stand, in milliseconds.
    pub offer_life_ms: u64,
    /// Which role may write which kinds.
    pub permissions: BTreeMap<Role, BTreeSet<Kind>>,
}

impl Policy {
    /// What suits most networks of so many members: X-Wing, a majority for prefixes, 30 days for
    /// late syncs, offers of 14 days.
    #[must_use]
    pub fn standard(members: usize) -> Self {
        let majority = u64::try_from(members / 2 + 1).unwrap_or(u64::MAX);
        let handling = [
            Kind::Observe,
            Kind::Pack,
            Kind::Unpack,
            Kind::Offer,
            Kind::Accept,
            Kind::Decline,
            Kind::Decommission,
            Kind::Attest,
        ];
        let making = [Kind::Commission].into_iter().chain(handling);
        let administration = [Kind::Enrol, Kind::Revoke, Kind::RegisterPrefix];
        let seeing = [Kind::Observe, Kind::Attest];
        // The rules take these from authorities only.
        let supervision = [Kind::Hold, Kind::Clear];
        let supervising = seeing.into_iter().chain(supervision);
        let permissions = [
            (
                Role::Admin,
                making
                    .clone()
                    .chain(administration)
                    .chain(supervision)
                    .collect(),
            ),
            (Role::Peer, administration.into_iter().collect()),
            (Role::Courier, handling.into_iter().collect()),
            (Role::Qc, making.clone().collect()),
            (Role::Warehouse, making.collect()),
            (Role::Forwarder, handling.into_iter().collect()),
            (Role::CustomsOfficer, supervising.clone().collect()),
            (Role::BankOfficer, seeing.into_iter().collect()),
            (Role::Regulator, supervising.collect()),
            (Role::Shop, handling.into_iter().collect()),
        ]
        .into_iter()
        .collect();
        Self {
            kem: Kem::XWing,
            prefix_quorum: majority,
            grace_ms: 30 * DAY_MS,
            offer_life_ms: 14 * DAY_MS,
            permissions,
        }
    }

    /// Whether a role may write a kind.
    #[must_use]
    pub fn permits(&self, role: Role, kind: Kind) -> bool {
        self.permissions
            .get(&role)
            .is_some_and(|kinds| kinds.contains(&kind))
    }
}

impl Wire for Policy {
    fn write(&self, to: &mut Writer) {
        to.array(5);
        to.u64(self.kem.id().into());
        to.u64(self.prefix_quorum);
        to.u64(self.grace_ms);
        to.u64(self.offer_life_ms);
        to.array(self.permissions.len());
        for (role, kinds) in &self.permissions {
            to.array(2);
            role.write(to);
            to.array(kinds.len());
            for kind in kinds {
                kind.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(5)?;
        let kem = Kem::from_id(from.u64()?).ok_or(CborError::Value { what: "kem" })?;
        let prefix_quorum = from.u64()?;
        if prefix_quorum == 0 {
            return Err(CborError::Value {
                what: "prefix quorum",
            });
        }
        let grace_ms = from.u64()?;
        let offer_life_ms = from.u64()?;
        let mut permissions = BTreeMap::new();
        for _ in 0..from.array("permissions", Role::ALL.len())? {
            from.array_exactly(2)?;
            let role = Role::read(from)?;
            let kinds = from.list::<Kind>("permissions", Kind::ALL.len())?;
            permissions.insert(role, kinds.into_iter().collect());
        }
        Ok(Self {
            kem,
            prefix_quorum,
            grace_ms,
            offer_life_ms,
            permissions,
        })
    }
}
