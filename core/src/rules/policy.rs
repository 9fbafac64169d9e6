//! Amending the policy: it holds for what is judged after a quorum of members wrote the same.

use super::{Context, Refusal};
use crate::state::{Layer, Proposal, StateView};
use crate::{Digest32, Policy, PolicyFault, Role};

pub(super) fn set(
    draft: &mut Layer<'_>,
    context: &Context,
    replaces: Digest32,
    policy: &Policy,
) -> Result<(), Refusal> {
    let author = &context.author;
    // Whatever a policy says, nobody but admins speaks for a member.
    if author.role != Role::Admin {
        return Err(Refusal::NotAdmin {
            member: author.member,
        });
    }
    let members = draft.members();
    let classes = members.map(|(id, member)| (*id, member.class())).collect();
    let mut governance = draft.governance().clone();
    let proposal = Proposal {
        member: author.member,
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
