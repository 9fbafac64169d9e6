//! Consumers: the first owner outside the members, and those who come after. They have no device;
//! a member's peer or shop carries what they signed.

use super::hold::check_not_held;
use super::offer;
use super::pledge::check_not_pledged;
use super::title::{check_cites_last, give};
use super::{Context, Refusal, known};
use crate::state::{Layer, Right, StateView, SubjectState};
use crate::{MemberId, OwnerKey, Party, Record, SubjectId};

/// Whoever opened the seal owns the thing; once. The signature is checked last: it costs most.
pub(super) fn activate(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    (owner, signature): (&OwnerKey, &[u8; 64]),
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let state = known(draft, subject)?;
    let (giver, began, subject) = (state.owner, state.commissioned, *subject);
    if let Some(by) = state.activated_by() {
        return Err(Refusal::AlreadyActivated { subject, by });
    }
    let Some(key) = state.activation else {
        return Err(Refusal::NoActivationKey { subject, by: began });
    };
    check_cites_last(draft, record, &subject)?;
    check_not_held(draft, &subject)?;
    check_not_pledged(draft, &subject)?;
    offer::check_none_stands(draft, context.now, &subject, Right::Title)?;
    key.verify_activation(&draft.network(), &subject, owner, signature)
        .map_err(|_| Refusal::BadActivation { subject, by: began })?;
    let owner = Party::Consumer(*owner);
    give(draft, context, &subject, (giver, owner))?;
    draft.subject_mut(&subject)?.seldom.activated = Some(context.at);
    // A shop that holds the thing hands it over with the same record: its device signed, and the
    // key under the seal did for the other side. From anyone else's hands it does not go.
    let shop = Party::Member(context.author.member);
    move_custody(draft, context, &subject, (shop, owner))
}

/// The owner's key signs a resale over the title record before, so that it is good once. A member
/// that takes a thing back, to repair or to recycle it, says so itself: nothing comes to a member
/// that it did not ask for.
pub(super) fn resell(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    (to, signature): (&Party, &[u8; 64]),
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let state = known(draft, subject)?;
    let (giver, by, subject) = (state.owner, state.last_title, *subject);
    let Party::Consumer(key) = giver else {
        let owner = giver;
        return Err(Refusal::NotAConsumers { subject, owner, by });
    };
    check_taker(to, &context.author.member, &subject)?;
    check_cites_last(draft, record, &subject)?;
    // Title alone may move while a thing is held, but what its owner has at hand would go along.
    if goes_along(known(draft, &subject)?, giver) {
        check_not_held(draft, &subject)?;
    }
    key.verify_resale(&draft.network(), &subject, &by, to, signature)
        .map_err(|_| Refusal::BadResale { subject, by })?;
    give(draft, context, &subject, (giver, *to))?;
    move_custody(draft, context, &subject, (giver, *to))
}

/// Whom a consumer's thing may come to by a record of this author.
pub(crate) fn check_taker(
    to: &Party,
    author: &MemberId,
    subject: &SubjectId,
) -> Result<(), Refusal> {
    if matches!(to, Party::Consumer(_)) || to.is(author) {
        Ok(())
    } else {
        Err(Refusal::NotTheTaker {
            subject: *subject,
            to: *to,
        })
    }
}

/// Custody goes along where the one who gives has it, alone and not promised to another. An offer
/// that expired still counts as a promise here: a history, which shows no checkpoint times, could
/// not tell otherwise who has the thing.
fn goes_along(state: &SubjectState, from: Party) -> bool {
    state.open_offer.is_none() && state.inside.is_none() && state.holder == from
}

fn move_custody(
    draft: &mut Layer<'_>,
    context: &Context,
    subject: &SubjectId,
    (from, to): (Party, Party),
) -> Result<(), Refusal> {
    let state = draft.subject_mut(subject)?;
    if goes_along(state, from) {
        state.holder = to;
        state.last_custody = context.at;
    }
    Ok(())
}
