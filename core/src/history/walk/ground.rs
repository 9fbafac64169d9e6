//! What records stand on: who wrote them, whether the policy let them, and whose a prefix is.

use std::collections::BTreeSet;

use super::super::verify::Fact;
use super::super::{CheckKind, Problem};
use super::Walk;
use super::device::Device;
use crate::rules::Refusal;
use crate::state::{Proposal, Revocation};
use crate::{BlockId, Body, Digest32, Height, MemberId, Policy, Prefix, RecordRef, Role, Seq};

impl Walk<'_> {
    /// The author's role, if its device was enrolled, not revoked, and may write this.
    pub(super) fn author(&mut self, fact: &Fact<'_>) -> Option<Role> {
        self.findings.look(CheckKind::Enrolment);
        let device = fact.header.device();
        let block = fact.at.block;
        let known = self
            .devices
            .get(&device)
            .filter(|known| known.member == fact.header.member());
        let Some(known) = known else {
            self.findings
                .note(Problem::StrangerSignature { device, block });
            return None;
        };
        let cut_off = |r: &Revocation| !r.allows(fact.header.seq(), &block);
        if known.revoked.as_ref().is_some_and(cut_off) {
            self.findings.note(Problem::RevokedDevice { device, block });
            return None;
        }
        let (role, kind) = (known.role, fact.record.kind());
        // A device's member stands in the chain of rosters, or its enrolment would not have been
        // taken.
        let class = self.member(&fact.header.member())?.class();
        let permits = |policy: &Policy| policy.permits(class, role, kind);
        let asks_no_more = |policy| permits(policy) && known.signed_as_asked(policy, fact);
        let signed_as_asked = self.policies().any(asks_no_more);
        let permitted = self.policies().any(permits);
        if !permitted {
            self.findings.note(Problem::NotPermitted {
                record: fact.at,
                class,
                role,
                kind,
            });
            return None;
        }
        if !signed_as_asked {
            let by = None;
            self.findings.note(Problem::AgainstRules {
                record: fact.at,
                refusal: Refusal::NoSecondSignature { device, kind, by },
            });
            return None;
        }
        Some(role)
    }

    /// A registration holds once there were enough of them for the policy of that moment.
    pub(super) fn register(&mut self, fact: &Fact<'_>, prefix: &Prefix, member: MemberId) {
        self.findings.look(CheckKind::Prefix);
        let claim = self.claims.entry((prefix.clone(), member)).or_default();
        claim.insert(fact.header.member());
        if self.claimed(prefix, member) >= self.prefix_quorum() {
            self.prefixes.entry(prefix.clone()).or_insert(member);
        }
    }

    pub(super) fn claimed(&self, prefix: &Prefix, member: MemberId) -> u64 {
        let claim = self.claims.get(&(prefix.clone(), member));
        let writers = claim.map_or(0, BTreeSet::len);
        u64::try_from(writers).unwrap_or(u64::MAX)
    }

    /// The policies that a record may have been judged by: a bundle does not say at which height
    /// it took effect. Only one is left as soon as some record knew a checkpoint of the newest.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.governance.from(self.least)
    }

    pub(super) fn prefix_quorum(&self) -> u64 {
        let quorums = self.policies().map(|policy| policy.prefix_quorum);
        quorums.min().unwrap_or(u64::MAX)
    }

    /// What comes after an amendment holds is judged by it.
    pub(super) fn amend(
        &mut self,
        fact: &Fact<'_>,
        role: Role,
        replaces: Digest32,
        (policy, from): (&Policy, Height),
    ) -> Result<(), Refusal> {
        let member = fact.header.member();
        check_admin_of(fact, role, &member)?;
        let members = u64::try_from(self.roster.members().count()).unwrap_or(u64::MAX);
        let proposal = Proposal {
            member,
            at: fact.at,
            replaces,
            policy,
            from,
            // Not known better of what waited; and so no policy is forgotten that may count still.
            now: Height(0),
            latest: Height(u64::MAX),
        };
        // Who was a member then is not known here: of all that ever were, there are enough.
        self.governance.propose(&proposal, |policy| {
            let quorum = policy.prefix_quorum.max(policy.policy_quorum);
            match quorum > members {
                true => Err(Refusal::PolicyQuorum { quorum, members }),
                false => Ok(()),
            }
        })
    }

    /// Enrolment and revocation, by an admin of the device's own member.
    pub(super) fn identity(&mut self, fact: &Fact<'_>, role: Role) -> Result<(), Refusal> {
        match fact.record.body() {
            Body::Enrol { member, device } => {
                check_admin_of(fact, role, member)?;
                let known = Device::enrolled(*member, device);
                self.devices.entry(device.key()).or_insert(known);
            }
            Body::Revoke { device, last } => {
                if let Some(known) = self.devices.get_mut(device) {
                    check_admin_of(fact, role, &known.member)?;
                    // A second one must not give back what the first took away.
                    if let Some(before) = &known.revoked {
                        return Err(Refusal::AlreadyRevoked {
                            device: *device,
                            by: before.by(),
                        });
                    }
                    known.revoked = Some(revocation(fact.at, *last));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A member speaks for its own devices only, and through its admins only.
fn check_admin_of(fact: &Fact<'_>, role: Role, member: &MemberId) -> Result<(), Refusal> {
    if role == Role::Admin && fact.header.member() == *member {
        Ok(())
    } else {
        Err(Refusal::NotAdmin {
            member: *member,
            device: fact.header.device(),
            role,
        })
    }
}

fn revocation(by: RecordRef, last: Option<(Seq, BlockId)>) -> Revocation {
    Revocation {
        by,
        last_seq: last.map(|(seq, _)| seq),
        last_block: last.map(|(_, block)| block),
    }
}
