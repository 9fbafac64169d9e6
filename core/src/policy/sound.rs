//! Policies that no network may have: they could never be amended, or they ask for what nobody
//! can give.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{Jurisdiction, Policy};
use crate::{
    ids::MemberId,
    member::{Class, Role},
    record::Kind,
};

/// What every member's admins need, or nothing could be put right again.
const LIFELINES: [Kind; 3] = [Kind::Enrol, Kind::Revoke, Kind::SetPolicy];

/// Why a policy fits no network of these members.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// A quorum that there are not enough members for.
    #[error("a quorum of {quorum} among {members} members")]
    Quorum {
        /// What the policy asks for.
        quorum: u64,
        /// How many members there are.
        members: u64,
    },
    /// A member whose admins could not enrol, revoke or amend the policy.
    #[error("the admins of member {member} could not write records of kind {}", kind.as_u8())]
    LocksOut {
        /// The member.
        member: MemberId,
        /// The first kind that they would lack.
        kind: Kind,
    },
    /// A jurisdiction is supervised by someone who is no member.
    #[error("member {member} is not in the network and supervises nothing")]
    UnknownMember {
        /// Who that is.
        member: MemberId,
    },
    /// Regulators are to be given sections, and nobody says who they are.
    #[error("records of kind {} are for {jurisdiction}, where nobody supervises", kind.as_u8())]
    UnknownJurisdiction {
        /// The kind of record.
        kind: Kind,
        /// The jurisdiction.
        jurisdiction: Jurisdiction,
    },
}

impl Policy {
    /// Finds what makes this policy unfit for a network of these members.
    ///
    /// # Errors
    /// The first [`PolicyFault`].
    pub fn check(&self, members: &BTreeMap<MemberId, Class>) -> Result<(), PolicyFault> {
        let count = u64::try_from(members.len()).unwrap_or(u64::MAX);
        let quorum = self.prefix_quorum.max(self.policy_quorum);
        if quorum > count {
            return Err(PolicyFault::Quorum {
                quorum,
                members: count,
            });
        }
        for (member, class) in members {
            let lacking = |kind: &Kind| !self.permits(*class, Role::Admin, *kind);
            if let Some(kind) = LIFELINES.into_iter().find(lacking) {
                let member = *member;
                return Err(PolicyFault::LocksOut { member, kind });
            }
        }
        // A device without a second key could write none of them, and some have none. Who has one
        // signs these twice anyway.
        let asked = |kind: &&Kind| self.second_signature.contains(*kind);
        if let (Some(kind), Some(member)) = (LIFELINES.iter().find(asked), members.keys().next()) {
            let (member, kind) = (*member, *kind);
            return Err(PolicyFault::LocksOut { member, kind });
        }
        let mut supervisors = self.jurisdictions.values().flatten();
        if let Some(member) = supervisors.find(|member| !members.contains_key(member)) {
            return Err(PolicyFault::UnknownMember { member: *member });
        }
        for (kind, jurisdiction) in &self.required {
            if !self.jurisdictions.contains_key(jurisdiction) {
                return Err(PolicyFault::UnknownJurisdiction {
                    kind: *kind,
                    jurisdiction: jurisdiction.clone(),
                });
            }
        }
        Ok(())
    }
}
