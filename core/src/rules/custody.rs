//! Offer and acceptance: custody moves when each side has signed, once. Or the addressee
//! declines, and it stays where it is.

use super::hold::check_not_held;
use super::{Context, Refusal, check_holder, check_no_open_offer};
use crate::state::{ClosedOffer, Layer, Offer, StateView};
use crate::{Digest32, Party, Record, RecordRef, SubjectId, TimeMs};

/// What an offer says.
pub(super) struct Terms {
    pub(super) to: Party,
    pub(super) expires: TimeMs,
    pub(super) contents: Option<Digest32>,
}

pub(super) fn offer(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    terms: Terms,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let state = draft
        .subject(subject)
        .ok_or(Refusal::UnknownSubject { subject: *subject })?;
    if let Some(container) = state.inside() {
        return Err(Refusal::InsideContainer {
            subject: *subject,
            container: *container,
        });
    }
    let latest = state.last_custody();
    check_holder(draft, context, subject)?;
    check_not_held(draft, subject)?;
    if record.cites().first() != Some(&latest) {
        return Err(Refusal::StaleCustody {
            subject: *subject,
            latest,
        });
    }
    check_no_open_offer(draft, context, subject)?;
    if let Party::Member(member) = terms.to
        && draft.member(&member).is_none()
    {
        return Err(Refusal::UnknownMember { member });
    }
    check_contents(draft, subject, terms.contents.as_ref())?;

    let policy = draft.policy();
    // A clock that runs a year ahead must not block the subject for a year.
    let expires = terms.expires.min(context.now.plus(policy.offer_life_ms));
    let offer = Offer {
        subject: *subject,
        from: context.author.member,
        to: terms.to,
        expires,
        contents: terms.contents,
    };
    if !offer.stands_at(context.now, policy.grace_ms) {
        return Err(Refusal::OfferExpired {
            offer: context.at,
            at: expires,
        });
    }
    end_lapsed_offer(draft, subject)?;
    draft.changes.offers.insert(context.at, Some(offer));
    draft.subject_mut(subject)?.open_offer = Some(context.at);
    Ok(())
}

pub(super) fn accept(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
    contents: Option<Digest32>,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let (cited, offer) = offer_to_author(draft, context, record, subject)?;
    check_not_held(draft, subject)?;
    // Both sides stated what is inside: they must have meant the same.
    if let (Some(given), Some(taken)) = (&offer.contents, &contents)
        && given != taken
    {
        return Err(Refusal::ContentsChanged { subject: *subject });
    }
    check_contents(draft, subject, contents.as_ref())?;

    draft.changes.offers.insert(cited, None);
    draft
        .changes
        .closed_offers
        .insert(cited, ClosedOffer::Accepted { by: context.at });
    let state = draft.subject_mut(subject)?;
    state.holder = context.author.member.into();
    state.last_custody = context.at;
    state.open_offer = None;
    Ok(())
}

pub(super) fn decline(
    draft: &mut Layer<'_>,
    context: &Context,
    record: &Record,
) -> Result<(), Refusal> {
    let Some(subject) = record.subjects().first() else {
        return Ok(());
    };
    let (cited, _) = offer_to_author(draft, context, record, subject)?;
    draft.changes.offers.insert(cited, None);
    draft
        .changes
        .closed_offers
        .insert(cited, ClosedOffer::Declined { by: context.at });
    draft.subject_mut(subject)?.open_offer = None;
    Ok(())
}

/// The open offer that an acceptance or its opposite cites first: it stands, and it is for the
/// author's member.
fn offer_to_author(
    draft: &Layer<'_>,
    context: &Context,
    record: &Record,
    subject: &SubjectId,
) -> Result<(RecordRef, Offer), Refusal> {
    let (cited, offer) = offer_cited(draft, record, subject)?;
    if !offer.to.is(&context.author.member) {
        return Err(Refusal::NotAddressee {
            offer: cited,
            addressee: offer.to,
        });
    }
    if !offer.stands_at(context.now, draft.policy().grace_ms) {
        return Err(Refusal::OfferExpired {
            offer: cited,
            at: offer.expires,
        });
    }
    Ok((cited, offer))
}

/// The open offer that the record cites first.
fn offer_cited(
    draft: &Layer<'_>,
    record: &Record,
    subject: &SubjectId,
) -> Result<(RecordRef, Offer), Refusal> {
    let none = Refusal::NoSuchOffer { subject: *subject };
    let Some(cited) = record.cites().first() else {
        return Err(none);
    };
    match draft.closed_offer(cited) {
        Some(ClosedOffer::Accepted { by }) => return Err(Refusal::OfferUsed { offer: *cited, by }),
        Some(ClosedOffer::Declined { by }) => {
            return Err(Refusal::OfferDeclined { offer: *cited, by });
        }
        Some(ClosedOffer::Lapsed { at }) => {
            return Err(Refusal::OfferExpired { offer: *cited, at });
        }
        None => {}
    }
    match draft.offer(cited) {
        Some(offer) if offer.subject == *subject => Ok((*cited, offer.clone())),
        _ => Err(none),
    }
}

/// A stated digest must be that of what is inside now. While an offer stands, nothing can be
/// packed or unpacked, so both sides are measured against the same contents.
fn check_contents(
    draft: &Layer<'_>,
    subject: &SubjectId,
    stated: Option<&Digest32>,
) -> Result<(), Refusal> {
    match stated {
        Some(stated) if *stated != Digest32::of_contents(&draft.all_contents(subject)) => {
            Err(Refusal::ContentsChanged { subject: *subject })
        }
        _ => Ok(()),
    }
}

/// A newer offer, or the end of its subject, takes the place of an offer that expired.
pub(super) fn end_lapsed_offer(draft: &mut Layer<'_>, subject: &SubjectId) -> Result<(), Refusal> {
    let Some(lapsed) = draft.subject_mut(subject)?.open_offer.take() else {
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
