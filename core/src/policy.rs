//! What the members of a network agreed on: rules that are data, in the genesis first and amended
//! by a quorum of members later.

mod bytes;
mod jurisdiction;
mod permissions;
mod sound;
mod standard;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cbor::to_bytes,
    hash::labelled,
    ids::{Digest32, MemberId},
    keys::Kem,
    member::{Class, Role, numbered},
    record::Kind,
};

pub use jurisdiction::Jurisdiction;
pub use permissions::Permissions;
pub use sound::PolicyFault;

/// A network's rules that are data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How sections are sealed to reader groups.
    pub kem: Kem,
    /// How many members must write the same prefix registration before it holds.
    pub prefix_quorum: u64,
    /// How many members must write the same policy before it holds.
    pub policy_quorum: u64,
    /// How long a record may wait for one that it cites, in milliseconds of checkpoint time.
    pub grace_ms: u64,
    /// How long an offer may stand, in milliseconds.
    pub offer_life_ms: u64,
    /// Where amounts stand.
    pub quantities: Quantities,
    /// How long a member keeps the bytes of sections that it is party to, in milliseconds from
    /// the checkpoint that ordered them.
    pub retention_ms: u64,
    /// Who may write which kinds.
    pub permissions: Permissions,
    /// The members that supervise in each jurisdiction.
    pub jurisdictions: BTreeMap<Jurisdiction, BTreeSet<MemberId>>,
    /// The kinds of records that carry a section for the regulators of a jurisdiction.
    pub required: BTreeMap<Kind, Jurisdiction>,
    /// The kinds of records that a device signs a second time, with its post-quantum key.
    pub second_signature: BTreeSet<Kind>,
}

numbered! {
    /// Where the amounts of batches stand.
    Quantities: "quantities" {
        /// In fields: every member's peer sees them, and the rules conserve them.
        Fields = 0,
        /// In sections: only the parties see them, and their devices check them.
        Sections = 1,
    }
}

impl Policy {
    /// Whether a role of a member of this class may write a kind.
    #[must_use]
    pub fn permits(&self, class: Class, role: Role, kind: Kind) -> bool {
        self.permissions.permits(class, role, kind)
    }

    /// The jurisdiction whose regulators must be given a section of every record of this kind.
    #[must_use]
    pub fn required_for(&self, kind: Kind) -> Option<&Jurisdiction> {
        self.required.get(&kind)
    }

    /// What names exactly this policy: a proposal says which one it would replace.
    #[must_use]
    pub fn digest(&self) -> Digest32 {
        Digest32::from_bytes(labelled("chopmark/policy/1", &[&to_bytes(self)]))
    }
}

#[cfg(test)]
mod tests;
