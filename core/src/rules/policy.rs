//! Amending the policy: it holds for what is judged after a quorum of members wrote the same.

use super::identity::check_admin_of;
use super::roster::{check_in_roster, classes};
use super::{Context, Refusal};
use crate::state::{Layer, Proposal, StateView};
use crate::{Digest32, Policy, PolicyFault};

pub(super) fn set(
    draft: &mut Layer<'_>,
    context: &Context,
    replaces: Digest32,
    policy: &Policy,
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
    };
    governance.propose(proposal, &classes)?;
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
