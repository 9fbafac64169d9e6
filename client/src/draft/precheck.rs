//! The rules that a person can be told about before signing. The ledger judges again.

use chopmark_core::{
    MemberState, Offer, Party, RecordDraft, RecordRef, Refusal, Right, SubjectId, SubjectState,
    foresee,
};

use super::Author;
use crate::blocks;
use crate::trouble::Trouble;

/// The network's policy lets this role of this member write these kinds.
pub(super) fn permitted(author: &Author<'_>, records: &[RecordDraft]) -> Result<(), Trouble> {
    let member = author.member;
    let Some(class) = author.view.member(&member).map(MemberState::class) else {
        return Err(refused(author, &Refusal::UnknownMember { member }));
    };
    for record in records {
        let (role, kind) = (author.role, record.body.kind());
        if !author.view.policy().permits(class, role, kind) {
            return Err(refused(
                author,
                &Refusal::NotPermitted {
                    class,
                    role,
                    kind,
                    by: author.view.policy_set_by(),
                },
            ));
        }
    }
    Ok(())
}

/// No rule of the ledger is against it, as far as this device knows. The other checks here stand
/// before it where a draft cannot be made otherwise, or where a person needs a plainer answer.
pub(super) fn foreseen(author: &Author<'_>, records: &[RecordDraft]) -> Result<(), Trouble> {
    let who = (author.device, author.role);
    foresee(author.view, who, author.member, records).map_err(|refusal| refused(author, &refusal))
}

/// The subject was commissioned and not decommissioned.
pub(super) fn exists<'a>(
    author: &'a Author<'_>,
    subject: &SubjectId,
) -> Result<&'a SubjectState, Trouble> {
    let subject = *subject;
    let state = author
        .view
        .subject(&subject)
        .ok_or_else(|| refused(author, &Refusal::UnknownSubject { subject }))?;
    match state.decommissioned_by() {
        Some(by) => Err(refused(author, &Refusal::Decommissioned { subject, by })),
        None => Ok(state),
    }
}

/// This member has custody.
pub(super) fn held(author: &Author<'_>, subject: &SubjectId) -> Result<(), Trouble> {
    exists(author, subject)?;
    match author.view.custody_of(subject) {
        Some((holder, by)) if !holder.is(&author.member) => Err(refused(
            author,
            &Refusal::NotHolder {
                subject: *subject,
                holder,
                by,
            },
        )),
        _ => Ok(()),
    }
}

/// No authority holds the subject, or what is around or inside it.
pub(super) fn may_move(author: &Author<'_>, subject: &SubjectId) -> Result<(), Trouble> {
    let subject = *subject;
    match author.view.hold_on(&subject) {
        Some((on, by)) => Err(refused(author, &Refusal::Held { subject, on, by })),
        None => Ok(()),
    }
}

/// No offer of the subject stands.
pub(super) fn not_on_offer(author: &Author<'_>, subject: &SubjectId) -> Result<(), Trouble> {
    let offer = author
        .view
        .subject(subject)
        .and_then(|state| state.open_offer());
    match offer.filter(|offer| stands(author, offer)) {
        Some(offer) => Err(refused(
            author,
            &Refusal::OpenOfferExists {
                subject: *subject,
                offer,
            },
        )),
        None => Ok(()),
    }
}

/// The subject lies in no container.
pub(super) fn loose(author: &Author<'_>, subject: &SubjectId) -> Result<(), Trouble> {
    match exists(author, subject)?.packed() {
        Some((container, by)) => Err(refused(
            author,
            &Refusal::InsideContainer {
                subject: *subject,
                container,
                by,
            },
        )),
        None => Ok(()),
    }
}

/// What is inside nothing, holds nothing, is on no offer and not held can be taken out of use.
pub(super) fn may_end(author: &Author<'_>, subject: &SubjectId) -> Result<(), Trouble> {
    loose(author, subject)?;
    if let Some(content) = author.view.contents(subject).first()
        && let Some((_, by)) = exists(author, content)?.packed()
    {
        return Err(refused(
            author,
            &Refusal::NotEmpty {
                subject: *subject,
                content: *content,
                by,
            },
        ));
    }
    may_move(author, subject)?;
    not_on_offer(author, subject)
}

/// The offer stands, is for this member, and what it is about may move.
pub(super) fn acceptable<'a>(
    author: &'a Author<'_>,
    record: &RecordRef,
) -> Result<&'a Offer, Trouble> {
    let offer = offered(author, record)?;
    may_move(author, offer.subject())?;
    Ok(offer)
}

/// The offer of custody stands and is for this member.
pub(super) fn offered<'a>(
    author: &'a Author<'_>,
    record: &RecordRef,
) -> Result<&'a Offer, Trouble> {
    offered_of(author, record, Right::Custody)
}

/// The offer of a right stands and is for this member.
pub(super) fn offered_of<'a>(
    author: &'a Author<'_>,
    record: &RecordRef,
    right: Right,
) -> Result<&'a Offer, Trouble> {
    let offer = unanswered(author, record, right)?;
    if !offer.to().is(&author.member) {
        return Err(not_addressee(author, record, offer));
    }
    in_time(author, record, offer)
}

/// This member's offer stands, for whoever tells a code.
pub(super) fn offered_to_code<'a>(
    author: &'a Author<'_>,
    record: &RecordRef,
) -> Result<&'a Offer, Trouble> {
    let offer = unanswered(author, record, Right::Custody)?;
    if *offer.from() != author.member {
        let refusal = Refusal::NotHolder {
            subject: *offer.subject(),
            holder: (*offer.from()).into(),
            by: exists(author, offer.subject())?.last_custody(),
        };
        return Err(refused(author, &refusal));
    }
    if !matches!(offer.to(), Party::Bearer(_)) {
        return Err(not_addressee(author, record, offer));
    }
    in_time(author, record, offer)
}

fn unanswered<'a>(
    author: &'a Author<'_>,
    record: &RecordRef,
    right: Right,
) -> Result<&'a Offer, Trouble> {
    // Of an offer that is over, the state keeps how it ended; what it was of, the record says.
    if let Some(closed) = author.view.closed_offer(record)
        && let Some(subject) = offered_subject(author, record)?
    {
        let refusal = Refusal::closed(subject, *record, closed);
        return Err(refused(author, &refusal));
    }
    let offer = author.view.offer(record);
    offer
        .filter(|offer| offer.right() == right)
        .ok_or_else(|| crate::failure::NO_SUCH_OFFER.failure([]).into())
}

fn offered_subject(author: &Author<'_>, record: &RecordRef) -> Result<Option<SubjectId>, Trouble> {
    let block = blocks::of(author.store, &record.block)?;
    let found = block.and_then(|block| {
        let record = block.records().get(usize::from(record.index))?;
        record.subjects().first().copied()
    });
    Ok(found)
}

fn not_addressee(author: &Author<'_>, record: &RecordRef, offer: &Offer) -> Trouble {
    let refusal = Refusal::NotAddressee {
        subject: *offer.subject(),
        offer: *record,
        addressee: *offer.to(),
    };
    refused(author, &refusal)
}

fn in_time<'a>(
    author: &Author<'_>,
    record: &RecordRef,
    offer: &'a Offer,
) -> Result<&'a Offer, Trouble> {
    match stands(author, record) {
        true => Ok(offer),
        false => Err(refused(
            author,
            &Refusal::OfferExpired {
                subject: *offer.subject(),
                offer: *record,
                at: offer.expires(),
            },
        )),
    }
}

/// Judged by checkpoint time, like the rules do: never by this device's clock.
fn stands(author: &Author<'_>, offer: &RecordRef) -> bool {
    let now = author.view.tip().time;
    author
        .view
        .offer(offer)
        .is_some_and(|offer| offer.stands_at(now))
}

pub(super) fn refused(author: &Author<'_>, refusal: &Refusal) -> Trouble {
    Trouble::Failure(crate::rulings::refusal(author.store, author.view, refusal))
}
