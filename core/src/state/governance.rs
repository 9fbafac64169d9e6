//! The policy in force, and how members amend it.

use std::collections::BTreeMap;

use super::codec::wire_fields;
use crate::rules::Refusal;
use crate::{Digest32, Height, MemberId, Policy, RecordRef, limits};

/// The policies that members agreed on, each with the height from which on it holds, and what they
/// want in place of the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Governance {
    /// Holds until the first of `next`.
    policy: Policy,
    /// Later ones, each with the first checkpoint that is judged by it.
    next: Vec<(Height, Policy)>,
    /// Every amendment since the genesis.
    amendments: Vec<Amendment>,
    /// At most one wish a member, or one admin could fill every replica's memory.
    wishes: BTreeMap<MemberId, Wish>,
}

wire_fields!(Governance {
    policy,
    next,
    amendments,
    wishes
});

/// A change of the policy that was agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    from: Height,
    carried: Vec<RecordRef>,
}

wire_fields!(Amendment { from, carried });

impl Amendment {
    /// The first checkpoint that is judged by the new policy.
    pub fn from(&self) -> Height {
        self.from
    }

    /// The records that carried it, the one that decided last.
    pub fn carried(&self) -> &[RecordRef] {
        &self.carried
    }
}

/// What a member wants in place of the newest policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    policy: Digest32,
    from: Height,
    by: RecordRef,
}

wire_fields!(Wish { policy, from, by });

impl Wish {
    /// The digest of the policy that the member wants.
    pub fn policy(&self) -> Digest32 {
        self.policy
    }

    /// The checkpoint from which on it should hold.
    pub fn from(&self) -> Height {
        self.from
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
    /// The policy that its author knew as the newest.
    pub(crate) replaces: Digest32,
    pub(crate) policy: &'a Policy,
    /// The checkpoint from which on it should hold.
    pub(crate) from: Height,
    /// The checkpoint that is made; of who knows no better, one before it.
    pub(crate) now: Height,
    /// The last height at which a change may begin that is ordered now, as far as that is known.
    pub(crate) latest: Height,
}

impl Governance {
    /// What the founders agreed on.
    pub(crate) fn founded(policy: Policy) -> Self {
        Self {
            policy,
            next: Vec::new(),
            amendments: Vec::new(),
            wishes: BTreeMap::new(),
        }
    }

    /// The policy that the checkpoint of a height is judged by, as far as members agreed; of one
    /// that was made before the newest amendment, that is not kept.
    pub fn policy(&self, height: Height) -> &Policy {
        let later = self.next.iter().rev().find(|(from, _)| *from <= height);
        later.map_or(&self.policy, |(_, policy)| policy)
    }

    /// The policy that holds in the end, when every amendment that was agreed on holds.
    pub fn newest(&self) -> &Policy {
        self.next.last().map_or(&self.policy, |(_, policy)| policy)
    }

    /// Every policy that a checkpoint of this height or a later one is judged by.
    pub(crate) fn from(&self, height: Height) -> impl Iterator<Item = &Policy> {
        let later = self.coming(height).map(|(_, policy)| policy);
        std::iter::once(self.policy(height)).chain(later)
    }

    /// What members agreed on that does not hold at this height yet.
    pub fn coming(&self, height: Height) -> impl Iterator<Item = &(Height, Policy)> {
        self.next.iter().filter(move |(from, _)| *from > height)
    }

    /// Every amendment since the genesis, oldest first.
    pub fn amendments(&self) -> &[Amendment] {
        &self.amendments
    }

    /// The record that put the policy of this height in force; none when the founders did.
    pub fn in_force_by(&self, height: Height) -> Option<RecordRef> {
        let mut held = self.amendments.iter().rev();
        let newest = held.find(|amendment| amendment.from <= height)?;
        newest.carried.last().copied()
    }

    /// What members want in place of the newest policy.
    pub fn wishes(&self) -> &BTreeMap<MemberId, Wish> {
        &self.wishes
    }

    /// A member's wish counts no longer.
    pub(crate) fn forget(&mut self, member: &MemberId) {
        self.wishes.remove(member);
    }

    /// Takes a proposal in, if it fits the members. It is agreed on once as many members want the
    /// same as the policy asks for that it replaces.
    pub(crate) fn propose(
        &mut self,
        proposal: &Proposal<'_>,
        fits: impl FnOnce(&Policy) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let replaced = self.newest().digest() == proposal.replaces;
        if *proposal.policy == *self.newest() {
            // Wanting what holds takes back another wish. Or it comes late, written while this
            // was a proposal still: then it changes nothing.
            if replaced {
                self.wishes.remove(&proposal.member);
            }
            return Ok(());
        }
        if !replaced {
            // Else a proposal that failed years ago could be completed in another world.
            let newest = self.amendments.last();
            let by = newest.and_then(|amendment| amendment.carried.last().copied());
            return Err(Refusal::PolicySuperseded { by });
        }
        self.check_height(proposal)?;
        if proposal.policy.kem != self.policy.kem {
            return Err(Refusal::PolicyKem {
                kem: proposal.policy.kem.id(),
            });
        }
        fits(proposal.policy)?;
        let wish = Wish {
            policy: proposal.policy.digest(),
            from: proposal.from,
            by: proposal.at,
        };
        self.wishes.insert(proposal.member, wish);
        let wanted = |w: &&Wish| (w.policy, w.from) == (wish.policy, wish.from);
        let same = self.wishes.values().filter(wanted);
        // The record that decides comes last.
        let earlier = same.map(Wish::by).filter(|by| *by != wish.by);
        let carried: Vec<RecordRef> = earlier.chain([wish.by]).collect();
        let count = u64::try_from(carried.len()).unwrap_or(u64::MAX);
        if count >= self.newest().policy_quorum {
            self.agree(proposal, carried);
        }
        Ok(())
    }

    /// A change holds from a checkpoint on that lies ahead, after every change that was agreed on.
    fn check_height(&self, proposal: &Proposal<'_>) -> Result<(), Refusal> {
        let newest = self.amendments.last();
        let after = newest.map_or(1, |amendment| amendment.from.0.saturating_add(1));
        let soonest = proposal.now.0.saturating_add(limits::CHANGE_LEAST_AHEAD);
        let earliest = Height(soonest.max(after));
        if (earliest..=proposal.latest).contains(&proposal.from) {
            return Ok(());
        }
        Err(Refusal::WrongHeight {
            height: proposal.from,
            earliest,
            latest: proposal.latest,
        })
    }

    fn agree(&mut self, proposal: &Proposal<'_>, carried: Vec<RecordRef>) {
        let from = proposal.from;
        self.next.push((from, proposal.policy.clone()));
        while let Some((height, _)) = self.next.first()
            && *height <= proposal.now
        {
            self.policy = self.next.remove(0).1;
        }
        self.amendments.push(Amendment { from, carried });
        self.wishes.clear();
    }
}
