//! Who reads for a member: groups of its devices, each with keys of its own (format, section 2).

mod key;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cbor::{CborError, Reader as Bytes, Wire, Writer},
    ids::MemberId,
    keys::HpkePublic,
    member::{Role, numbered},
    policy::Jurisdiction,
    record::Audience,
};

pub use key::{ReaderKey, SealedReaderKey};

numbered! {
    /// Which of a member's devices read something.
    Group: "reader group" {
        /// Every device.
        General = 0,
        /// Those that handle goods.
        Operations = 1,
        /// Those that handle money.
        Finance = 2,
        /// Those of authorities that look into others' papers.
        Supervision = 3,
    }
}

impl Group {
    /// Whether devices of a role belong to it. A fixed table and not policy: were it policy, a
    /// vote of other members could open a member's papers to more of its devices.
    #[must_use]
    pub const fn includes(self, role: Role) -> bool {
        match self {
            Self::General => true,
            Self::Operations => matches!(
                role,
                Role::Admin
                    | Role::Courier
                    | Role::Qc
                    | Role::Warehouse
                    | Role::Forwarder
                    | Role::CustomsOfficer
                    | Role::Shop
            ),
            Self::Finance => matches!(role, Role::Admin | Role::BankOfficer),
            Self::Supervision => {
                matches!(role, Role::Admin | Role::CustomsOfficer | Role::Regulator)
            }
        }
    }

    /// The groups that devices of a role belong to.
    pub fn of_role(role: Role) -> impl Iterator<Item = Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(move |group| group.includes(role))
    }
}

/// A group of one member's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReaderGroup {
    /// Whose devices.
    pub member: MemberId,
    /// Which of them.
    pub group: Group,
}

impl ReaderGroup {
    /// A member's group.
    #[must_use]
    pub const fn new(member: MemberId, group: Group) -> Self {
        Self { member, group }
    }
}

impl From<MemberId> for ReaderGroup {
    fn from(member: MemberId) -> Self {
        Self::new(member, Group::General)
    }
}

impl Wire for ReaderGroup {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        self.member.write(to);
        self.group.write(to);
    }

    fn read(from: &mut Bytes<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            member: MemberId::read(from)?,
            group: Group::read(from)?,
        })
    }
}

/// What a reader group's sections are sealed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Which of the group's keys, counted from 0.
    pub epoch: u32,
    /// The key.
    pub key: HpkePublic,
}

/// Every reader group that a block can be sealed for, with its newest key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readers {
    keys: BTreeMap<ReaderGroup, Reader>,
    jurisdictions: BTreeMap<Jurisdiction, BTreeSet<MemberId>>,
}

impl Readers {
    /// Which members answer for which jurisdiction, as the policy says.
    #[must_use]
    pub fn with_jurisdictions(
        mut self,
        jurisdictions: BTreeMap<Jurisdiction, BTreeSet<MemberId>>,
    ) -> Self {
        self.jurisdictions = jurisdictions;
        self
    }

    /// A group's newest key.
    #[must_use]
    pub fn get(&self, group: &ReaderGroup) -> Option<&Reader> {
        self.keys.get(group)
    }

    /// The groups that an audience's secret is sealed to. Of parties also those without a key.
    pub(crate) fn of_audience(&self, audience: &Audience) -> BTreeSet<ReaderGroup> {
        let known = |group: ReaderGroup| self.keys.contains_key(&group).then_some(group);
        match audience {
            Audience::Parties(groups) => groups.clone(),
            Audience::Members => {
                let general = self.keys.keys().filter(|of| of.group == Group::General);
                general.copied().collect()
            }
            Audience::Regulators(name) => {
                let members = self.jurisdictions.get(name).into_iter().flatten();
                let groups = members.map(|member| ReaderGroup::new(*member, Group::Supervision));
                groups.filter_map(known).collect()
            }
            Audience::Label { .. } | Audience::Public => BTreeSet::new(),
        }
    }
}

impl<G: Into<ReaderGroup>> FromIterator<(G, Reader)> for Readers {
    fn from_iter<I: IntoIterator<Item = (G, Reader)>>(readers: I) -> Self {
        let keys = readers.into_iter().map(|(group, key)| (group.into(), key));
        Self {
            keys: keys.collect(),
            jurisdictions: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_read_what_the_format_says() {
        let table: &[(Role, &[u8])] = &[
            (Role::Admin, &[0, 1, 2, 3]),
            (Role::Peer, &[0]),
            (Role::Courier, &[0, 1]),
            (Role::Qc, &[0, 1]),
            (Role::Warehouse, &[0, 1]),
            (Role::Forwarder, &[0, 1]),
            (Role::CustomsOfficer, &[0, 1, 3]),
            (Role::BankOfficer, &[0, 2]),
            (Role::Regulator, &[0, 3]),
            (Role::Shop, &[0, 1]),
        ];
        assert_eq!(table.len(), Role::ALL.len());
        for (role, groups) in table {
            let found: Vec<_> = Group::of_role(*role).map(Group::as_u8).collect();
            assert_eq!(found, *groups, "{role:?}");
        }
    }
}
