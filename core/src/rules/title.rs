//! Title, apart from custody: who owns a thing may sell it while it travels with others.

use super::offer::{self, Terms};
use super::pledge::{check_not_pledged, check_reached_once};
use super::{Context, Refusal, known};
use crate::state::{ClosedOffer, Layer, Right, StateView};
use crate::{Digest32, Party, Record, RecordRef, SubjectId};

pub(super) fn offer(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    terms: Terms,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    check_owner(draft, &context.author.member.into(), subject)?;
    check_cites_last(draft, record, subject)?;
    check_not_pledged(draft, subject)?;
    offer::open(draft, context, subject, terms)
}

pub(super) fn take(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    contents: Option<Digest32>,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let answered = offer::to_author(draft, context, record, (subject, Right::Title))?;
    // What the giver stated must still hold: containers are opened while their title is on offer.
    let offered = answered.offer.contents.as_ref();
    offer::check_contents(draft, subject, (offered, Some(answered.at)))?;
    offer::check_contents(draft, subject, (contents.as_ref(), None))?;
    check_not_pledged(draft, subject)?;
    let giver = Party::Member(answered.offer.from);
    offer::close(draft, &answered, ClosedOffer::Accepted { by: context.at })?;
    give(
        draft,
        context,
        subject,
        (giver, context.author.member.into()),
    )
}

/// Moves title of a subject, and of everything in it that the giver owns as well: whoever sells a
/// full case sells what is in it. What others own inside stays theirs.
pub(super) fn give(
    draft: &mut Layer<'_>,
    context: &Context,
    subject: &SubjectId,
    (giver, to): (Party, Party),
) -> Result<(), Refusal> {
    check_owner(draft, &giver, subject)?;
    let contents = draft.all_contents(subject);
    let of_giver = |id: &&SubjectId| draft.subject(id).is_some_and(|s| s.owner == giver);
    let moved: Vec<SubjectId> = std::iter::once(subject)
        .chain(&contents)
        .filter(of_giver)
        .copied()
        .collect();
    for id in &moved {
        // What is in a case may have been offered to someone else by itself.
        offer::check_none_stands(draft, context.now, id, Right::Title)?;
        offer::end_lapsed(draft, id, Right::Title)?;
        let state = draft.subject_mut(id)?;
        state.owner = to;
        state.last_title = context.at;
    }
    // The new owner may have pledged what is around it.
    for id in &moved {
        check_reached_once(draft, id)?;
    }
    Ok(())
}

/// Refuses when someone else has title.
pub(super) fn check_owner(
    state: &dyn StateView,
    party: &Party,
    subject: &SubjectId,
) -> Result<(), Refusal> {
    let known = known(state, subject)?;
    if known.owner() == party {
        Ok(())
    } else {
        Err(Refusal::NotOwner {
            subject: *subject,
            owner: known.owner,
            by: known.last_title,
        })
    }
}

/// The title record that a record follows, which it has to cite first. A record that was written
/// before a sale and came after it would otherwise sell what is another's by then.
pub(super) fn check_cites_last(
    state: &dyn StateView,
    record: &Record,
    subject: &SubjectId,
) -> Result<RecordRef, Refusal> {
    let latest = known(state, subject)?.last_title();
    let cite = record.cites().first().copied();
    if cite == Some(latest) {
        Ok(latest)
    } else {
        Err(Refusal::StaleTitle {
            subject: *subject,
            latest,
            cite,
        })
    }
}
