//! The policy in force, and how members amend it.

use std::collections::BTreeMap;

use super::codec::wire_fields;
use crate::rules::Refusal;
use crate::{Class, Digest32, MemberId, Policy, RecordRef};

/// The policy in force and what members want in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Governance {
    policy: Policy,
    /// For every amendment since the genesis, the records that carried it.
    amendments: Vec<Vec<RecordRef>>,
    /// At most one wish a member, or one admin could fill every replica's memory.
    wishes: BTreeMap<MemberId, Wish>,
}

wire_fields!(Governance {
    policy,
    amendments,
    wishes
});

/// What a member wants in place of the policy in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    policy: Digest32,
    by: RecordRef,
}

wire_fields!(Wish { policy, by });

impl Wish {
    /// The digest of the policy that the member wants.
    pub fn policy(&self) -> Digest32 {
        self.policy
    }

    /// The record that holds it.
    pub fn by(&self) -> RecordRef {
        self.by
    }
}

/// A member's admin says which policy should hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposal<'a> {
    pub(crate) member: MemberId,
    pub(crate) at: RecordRef,
    /// The policy that its author knew as the one in force.
    pub(crate) replaces: Digest32,
    pub(crate) policy: &'a Policy,
}

impl Governance {
    /// What the founders agreed on.
    pub(crate) fn founded(policy: Policy) -> Self {
        Self {
            policy,
            amendments: Vec::new(),
            wishes: BTreeMap::new(),
        }
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// For every amendment since the genesis, in order, the records that carried it.
    pub fn amendments(&self) -> &[Vec<RecordRef>] {
        &self.amendments
    }

    /// The record that put the policy in force; none when the founders did.
    pub fn in_force_by(&self) -> Option<RecordRef> {
        self.amendments.last()?.last().copied()
    }

    /// What members want in place of the policy in force.
    pub fn wishes(&self) -> &BTreeMap<MemberId, Wish> {
        &self.wishes
    }

    /// A member's wish counts no longer.
    pub(crate) fn forget(&mut self, member: &MemberId) {
        self.wishes.remove(member);
    }

    /// Takes a proposal in, and puts it in force once the present policy's quorum of members
    /// wants the same.
    pub(crate) fn propose(
        &mut self,
        proposal: Proposal<'_>,
        members: &BTreeMap<MemberId, Class>,
    ) -> Result<(), Refusal> {
        let replaced = self.policy.digest() == proposal.replaces;
        if *proposal.policy == self.policy {
            // Wanting what holds takes back another wish. Or it comes late, written while this
            // was a proposal still: then it changes nothing.
            if replaced {
                self.wishes.remove(&proposal.member);
            }
            return Ok(());
        }
        if !replaced {
            // Else a proposal that failed years ago could be completed in another world.
            return Err(Refusal::PolicySuperseded {
                by: self.in_force_by(),
            });
        }
        if proposal.policy.kem != self.policy.kem {
            return Err(Refusal::PolicyKem {
                kem: proposal.policy.kem.id(),
            });
        }
        proposal.policy.check(members)?;
        let wish = Wish {
            policy: proposal.policy.digest(),
            by: proposal.at,
        };
        self.wishes.insert(proposal.member, wish);
        let same = self.wishes.values().filter(|w| w.policy == wish.policy);
        // The record that decides comes last.
        let earlier = same.map(Wish::by).filter(|by| *by != wish.by);
        let carried: Vec<RecordRef> = earlier.chain([wish.by]).collect();
        let count = u64::try_from(carried.len()).unwrap_or(u64::MAX);
        if count >= self.policy.policy_quorum {
            self.policy = proposal.policy.clone();
            self.amendments.push(carried);
            self.wishes.clear();
        }
        Ok(())
    }
}
