//! The ledger's refusals in the words of the screens.

use chopmark_core::{MemberId, Party, RecordRef, Refusal, StateView, SubjectId};
use chopmark_replica::Store;
use chopmark_view::{Failure, Param};

use crate::blocks;
use crate::failure::{self, FAILURES};
use crate::words_of;

/// Why a record was, or would be, refused.
pub(crate) fn refusal(store: &Store, view: &dyn StateView, refusal: &Refusal) -> Failure {
    let member = |member: &MemberId| Param::Text(words_of::member(view, member));
    let party = |party: &Party| Param::Text(words_of::party_text(view, party));
    let subject = |subject: &SubjectId| {
        // A damaged note costs the code's text, not the refusal.
        let text = words_of::subject(store, subject);
        Param::Text(text.unwrap_or_else(|_| words_of::short(subject.as_bytes())))
    };
    match refusal {
        Refusal::NotHolder { holder, .. } | Refusal::DifferentHolders { holder, .. } => {
            failure::NOT_HOLDER.failure([("holder", party(holder))])
        }
        Refusal::NotOwner { owner, .. } => failure::NOT_OWNER.failure([("owner", party(owner))]),
        Refusal::NotAConsumers { owner, .. } => {
            failure::NOT_A_CONSUMERS.failure([("owner", party(owner))])
        }
        Refusal::Pledged { by, .. } => {
            failure::PLEDGED.failure([("by", Param::Text(author(store, view, by)))])
        }
        Refusal::NotPermitted { class, role, .. } => failure::NOT_PERMITTED.failure([
            ("role", Param::Key(words_of::role_key(*role).into())),
            ("class", Param::Key(words_of::class_key(*class).into())),
        ]),
        Refusal::NotAddressee { addressee, .. } => {
            failure::NOT_ADDRESSEE.failure([("addressee", party(addressee))])
        }
        Refusal::OfferUsed { by, .. } => {
            failure::OFFER_USED.failure([("by", Param::Text(author(store, view, by)))])
        }
        Refusal::OfferDeclined { by, .. } => {
            failure::OFFER_DECLINED.failure([("by", Param::Text(author(store, view, by)))])
        }
        Refusal::Decommissioned { by, .. } => {
            failure::DECOMMISSIONED.failure([("by", Param::Text(author(store, view, by)))])
        }
        Refusal::Held { by, .. } => {
            failure::HELD.failure([("by", Param::Text(author(store, view, by)))])
        }
        Refusal::NotYourHold { by, .. } => {
            failure::NOT_YOUR_HOLD.failure([("by", Param::Text(author(store, view, by)))])
        }
        Refusal::NotEmpty { content, .. } => {
            failure::NOT_EMPTY.failure([("content", subject(content))])
        }
        Refusal::AlreadyPacked { inside, .. } => {
            failure::ALREADY_PACKED.failure([("inside", subject(inside))])
        }
        Refusal::InsideContainer { container, .. } => {
            failure::INSIDE_CONTAINER.failure([("inside", subject(container))])
        }
        Refusal::OtherUnit { unit, .. } => {
            failure::OTHER_UNIT.failure([("unit", Param::Text(unit.to_string()))])
        }
        Refusal::NotEnough { there, .. } => {
            failure::NOT_ENOUGH.failure([("there", Param::Text(there.to_string()))])
        }
        Refusal::NotConserved { unit } => {
            failure::NOT_CONSERVED.failure([("unit", Param::Text(unit.to_string()))])
        }
        Refusal::NotYourRecord { by, .. } => failure::NOT_YOUR_RECORD.failure([("by", member(by))]),
        Refusal::PrefixTaken { by, .. } => failure::PREFIX_TAKEN.failure([("by", member(by))]),
        Refusal::EnrolmentEnded { until } => {
            failure::ENROLMENT_ENDED.failure([("until", Param::Time(until.0))])
        }
        other => plain(other.code()),
    }
}

/// The member that wrote a record.
fn author(store: &Store, view: &dyn StateView, record: &RecordRef) -> String {
    match blocks::of(store, &record.block) {
        Ok(Some(block)) => words_of::member(view, &block.header().member()),
        _ => words_of::short(record.block.as_bytes()),
    }
}

/// A failure without parameters, by its code.
pub(crate) fn plain(code: &str) -> Failure {
    match FAILURES
        .iter()
        .find(|message| message.key() == code && message.params().is_empty())
    {
        Some(message) => message.failure([]),
        None => failure::AGAINST_RULES.failure([("rule", Param::Text(code.to_owned()))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every refusal of the core has a sentence of its own.
    #[test]
    fn knows_every_refusal() {
        for code in Refusal::codes() {
            assert!(
                FAILURES.iter().any(|message| message.key() == *code),
                "{code}"
            );
        }
    }
}
