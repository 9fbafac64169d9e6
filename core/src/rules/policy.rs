//! Amending the policy: agreed on by a quorum of members, in force from a height on that lies ahead.

use super::identity::check_admin_of;
use super::roster::{check_in_roster, classes, latest_change};
use super::{Context, Refusal};
use crate::state::{Layer, Proposal, StateView};
use crate::{Digest32, Height, Policy, PolicyFault};

pub(super) fn set(
    draft: &mut Layer<'_>,
    context: &Context,
    replaces: Digest32,
    (policy, from): (&Policy, Height),
) -> Result<(), Refusal> {
    let member = context.author.member;
    // Whatever a policy says, nobody but admins speaks for a member.
    check_admin_of(context, &member)?;
    check_in_roster(draft, &member)?;
    let classes = classes(draft);
    let mut governance = draft.governance().clone();
    let proposal = Proposal {
        member,
        at: context.at,
        replaces,
        policy,
        from,
        now: draft.next_height(),
        latest: latest_change(draft),
    };
    governance.propose(&proposal, |policy| Ok(policy.check(&classes)?))?;
    draft.changes.governance = Some(governance);
    Ok(())
}

impl From<PolicyFault> for Refusal {
    fn from(fault: PolicyFault) -> Self {
        match fault {
            PolicyFault::Quorum { quorum, members } => Self::PolicyQuorum { quorum, members },
            PolicyFault::LocksOut { member, kind } => Self::PolicyLocksOut { member, kind },
            PolicyFault::UnknownMember { member } => Self::PolicyMember { member },
            PolicyFault::UnknownJurisdiction { kind, jurisdiction } => {
                Self::PolicyJurisdiction { kind, jurisdiction }
            }
        }
    }
}
