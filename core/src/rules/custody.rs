//! Custody goes from hand to hand: offered, and accepted in whole or in part or picked up with a
//! code.

use super::hold::check_not_held;
use super::offer::{self, Answered, Terms};
use super::packing::{check_loose, take_out};
use super::{Context, Refusal, check_holder, known};
use crate::state::{ClosedOffer, Layer, Right, StateView};
use crate::{Digest32, Party, PickupCode, Record, SubjectId};

pub(super) fn offer(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    terms: Terms,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let latest = known(draft, subject)?.last_custody();
    check_loose(draft, subject)?;
    check_holder(draft, context, subject)?;
    check_not_held(draft, subject)?;
    let cite = record.cites().first().copied();
    if cite != Some(latest) {
        return Err(Refusal::StaleCustody {
            subject: *subject,
            latest,
            cite,
        });
    }
    offer::open(draft, context, subject, terms)
}

/// `left` was not taken over: it comes out and stays with the giver. `contents` is what was.
pub(super) fn accept(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    (contents, left): (Option<Digest32>, &[SubjectId]),
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let answered = offer::to_author(draft, context, record, (subject, Right::Custody))?;
    check_not_held(draft, subject)?;
    let giver = Party::Member(answered.offer.from);
    for content in left {
        if !draft.containers(content).contains(subject) {
            return Err(Refusal::NotInside {
                subject: *content,
                container: *subject,
                latest: draft.subject(content).map(|known| known.last_custody),
            });
        }
        take_out(draft, content, (giver, context.at))?;
        // It does not stand among the record's subjects, and the record is part of its life.
        draft.subject_mut(content)?.count_record(&context.at);
    }
    offer::check_contents(draft, subject, (contents.as_ref(), None))?;
    give(draft, context, &answered, context.author.member.into())
}

/// The giver's device shows the code: whoever told it has the goods.
pub(super) fn pick_up(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    code: &PickupCode,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let answered = offer::cited(draft, record, (subject, Right::Custody))?;
    let (at, addressee) = (answered.at, answered.offer.to);
    if answered.offer.from != context.author.member {
        return Err(Refusal::NotHolder {
            subject: *subject,
            holder: answered.offer.from.into(),
            by: known(draft, subject)?.last_custody,
        });
    }
    let Party::Bearer(hash) = addressee else {
        return Err(Refusal::NotAddressee {
            subject: *subject,
            offer: at,
            addressee,
        });
    };
    offer::check_stands(context, &answered)?;
    if code.hash(&draft.network(), subject) != hash {
        return Err(Refusal::WrongPickupCode {
            subject: *subject,
            offer: at,
        });
    }
    check_not_held(draft, subject)?;
    give(draft, context, &answered, addressee)
}

fn give(
    draft: &mut Layer<'_>,
    context: &Context,
    answered: &Answered,
    to: Party,
) -> Result<(), Refusal> {
    offer::close(draft, answered, ClosedOffer::Accepted { by: context.at })?;
    let state = draft.subject_mut(&answered.offer.subject)?;
    state.holder = to;
    state.last_custody = context.at;
    Ok(())
}
