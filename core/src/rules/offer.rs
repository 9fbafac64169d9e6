//! Offers and what answers them, of custody and of title alike: a right moves when each side has
//! signed, once. Or the addressee declines, and it stays where it is.

use super::{Context, Refusal, check_standing, known};
use crate::state::{ClosedOffer, Layer, Offer, Right, StateView};
use crate::{Digest32, Party, Record, RecordRef, SubjectId, TimeMs};

/// What an offer says.
pub(super) struct Terms {
    pub(super) right: Right,
    pub(super) to: Party,
    pub(super) expires: TimeMs,
    pub(super) contents: Option<Digest32>,
}

/// A standing offer that a record answers.
pub(super) struct Answered {
    pub(super) at: RecordRef,
    pub(super) offer: Offer,
}

/// Opens an offer by the author's member, whose right it is to give.
pub(super) fn open(
    draft: &mut Layer<'_>,
    context: &Context,
    subject: &SubjectId,
    terms: Terms,
) -> Result<(), Refusal> {
    check_none_stands(draft, context.now, subject, terms.right)?;
    if let Party::Member(member) = terms.to {
        check_standing(draft, &member)?;
    }
    check_contents(draft, subject, (terms.contents.as_ref(), None))?;

    let policy = draft.policy();
    // A clock that runs a year ahead must not block the subject for a year.
    let expires = terms.expires.min(context.now.plus(policy.offer_life_ms));
    let offer = Offer {
        right: terms.right,
        subject: *subject,
        from: context.author.member,
        to: terms.to,
        expires,
        stands_until: expires.plus(policy.grace_ms),
        contents: terms.contents,
    };
    if !offer.stands_at(context.now) {
        return Err(Refusal::OfferExpired {
            subject: *subject,
            offer: context.at,
            at: expires,
        });
    }
    end_lapsed(draft, subject, terms.right)?;
    draft.changes.offers.insert(context.at, Some(offer));
    *draft.subject_mut(subject)?.open_offer_mut(terms.right) = Some(context.at);
    Ok(())
}

/// The open offer that an answer cites first: it stands, and it is for the author's member.
pub(super) fn to_author(
    draft: &Layer<'_>,
    context: &Context,
    record: &Record,
    (subject, right): (&SubjectId, Right),
) -> Result<Answered, Refusal> {
    let answered = cited(draft, record, (subject, right))?;
    if !answered.offer.to.is(&context.author.member) {
        return Err(Refusal::NotAddressee {
            subject: *subject,
            offer: answered.at,
            addressee: answered.offer.to,
        });
    }
    check_stands(context, &answered)?;
    Ok(answered)
}

/// The open offer that the record cites first.
pub(super) fn cited(
    draft: &Layer<'_>,
    record: &Record,
    (subject, right): (&SubjectId, Right),
) -> Result<Answered, Refusal> {
    let cite = record.cites().first().copied();
    let none = Refusal::NoSuchOffer {
        subject: *subject,
        cite,
    };
    let Some(at) = cite else {
        return Err(none);
    };
    if let Some(closed) = draft.closed_offer(&at) {
        return Err(Refusal::closed(*subject, at, closed));
    }
    match draft.offer(&at) {
        Some(offer) if offer.subject == *subject && offer.right == right => Ok(Answered {
            at,
            offer: offer.clone(),
        }),
        _ => Err(none),
    }
}

pub(super) fn check_stands(context: &Context, answered: &Answered) -> Result<(), Refusal> {
    if answered.offer.stands_at(context.now) {
        Ok(())
    } else {
        Err(Refusal::OfferExpired {
            subject: answered.offer.subject,
            offer: answered.at,
            at: answered.offer.expires,
        })
    }
}

/// Ends an offer that was answered.
pub(super) fn close(
    draft: &mut Layer<'_>,
    answered: &Answered,
    closed: ClosedOffer,
) -> Result<(), Refusal> {
    draft.changes.offers.insert(answered.at, None);
    draft.changes.closed_offers.insert(answered.at, closed);
    let Offer { subject, right, .. } = &answered.offer;
    *draft.subject_mut(subject)?.open_offer_mut(*right) = None;
    Ok(())
}

/// The addressee does not take what is offered.
pub(super) fn decline(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    right: Right,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let answered = to_author(draft, context, record, (subject, right))?;
    close(draft, &answered, ClosedOffer::Declined { by: context.at })
}

/// Refuses when the right is on an offer that still stands.
pub(super) fn check_none_stands(
    state: &dyn StateView,
    now: TimeMs,
    subject: &SubjectId,
    right: Right,
) -> Result<(), Refusal> {
    let subject_state = state.subject(subject);
    let Some(offer) = subject_state.and_then(|s| s.open_offer_of(right)) else {
        return Ok(());
    };
    match state.offer(&offer) {
        Some(open) if open.stands_at(now) => Err(Refusal::OpenOfferExists {
            subject: *subject,
            offer,
        }),
        _ => Ok(()),
    }
}

/// A stated digest must be that of what is inside now; with the offer that stated it, if another
/// record did. While an offer of custody stands, nothing
/// can be packed or unpacked, so both sides are measured against the same contents.
pub(super) fn check_contents(
    draft: &Layer<'_>,
    subject: &SubjectId,
    (stated, offer): (Option<&Digest32>, Option<RecordRef>),
) -> Result<(), Refusal> {
    match stated {
        Some(stated) if *stated != Digest32::of_contents(&draft.all_contents(subject)) => {
            Err(Refusal::ContentsChanged {
                subject: *subject,
                offer,
                latest: known(draft, subject)?.newest,
            })
        }
        _ => Ok(()),
    }
}

/// A newer record about the right, or the end of its subject, takes the place of an offer that
/// expired.
pub(super) fn end_lapsed(
    draft: &mut Layer<'_>,
    subject: &SubjectId,
    right: Right,
) -> Result<(), Refusal> {
    let Some(lapsed) = draft.subject_mut(subject)?.open_offer_mut(right).take() else {
        return Ok(());
    };
    if let Some(at) = draft.offer(&lapsed).map(Offer::expires) {
        draft.changes.offers.insert(lapsed, None);
        draft
            .changes
            .closed_offers
            .insert(lapsed, ClosedOffer::Lapsed { at });
    }
    Ok(())
}
