//! Registering a GS1 company prefix: it holds once enough members wrote the same.

use super::{Context, Refusal, check_standing};
use crate::state::{Layer, Registration, StateView};
use crate::{MemberId, Prefix};

pub(super) fn register(
    draft: &mut Layer<'_>,
    context: &Context,
    prefix: &Prefix,
    member: &MemberId,
) -> Result<(), Refusal> {
    check_standing(draft, member)?;
    let registered = draft.registration(prefix).copied();
    match registered {
        // A late countersignature of what holds already.
        Some(held) if held.owner == *member => {}
        Some(held) => {
            return Err(Refusal::PrefixTaken {
                prefix: prefix.clone(),
                owner: held.owner,
                by: held.by,
            });
        }
        None => check_overlap(draft, prefix)?,
    }
    let mut claim = draft.claim(prefix, member).cloned().unwrap_or_default();
    claim
        .writers
        .entry(context.author.member)
        .or_insert(context.at);
    // The prefix's own member counts among the writers; who was expelled since does not.
    let roster = draft.roster();
    let writers = claim.writers.keys().filter(|of| roster.names(of)).count();
    let writers = u64::try_from(writers).unwrap_or(u64::MAX);
    if registered.is_none() && writers >= draft.policy().prefix_quorum {
        let held = Registration {
            owner: *member,
            by: context.at,
        };
        draft.changes.prefixes.insert(prefix.clone(), held);
    }
    draft
        .changes
        .claims
        .insert((prefix.clone(), *member), claim);
    Ok(())
}

/// With two prefixes of which one begins with the other, a code would have two owners.
fn check_overlap(draft: &Layer<'_>, prefix: &Prefix) -> Result<(), Refusal> {
    let mut all = draft.registrations();
    match all.find(|(other, _)| other.overlaps(prefix)) {
        Some((with, held)) => Err(Refusal::PrefixOverlap {
            prefix: prefix.clone(),
            with: with.clone(),
            owner: held.owner,
            by: held.by,
        }),
        None => Ok(()),
    }
}
