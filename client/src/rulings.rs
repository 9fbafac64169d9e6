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
    let author = |record: &RecordRef| Param::Text(author(store, view, record));
    let since = |record: &RecordRef| Param::Time(clock(store, view, record));
    match refusal {
        Refusal::NotHolder { holder, by, .. } => {
            failure::NOT_HOLDER.failure([("holder", party(holder)), ("since", since(by))])
        }
        Refusal::DifferentHolders {
            subject: other,
            holder,
            ..
        } => failure::DIFFERENT_HOLDERS
            .failure([("subject", subject(other)), ("holder", party(holder))]),
        Refusal::NotOwner { owner, by, .. } => {
            failure::NOT_OWNER.failure([("owner", party(owner)), ("since", since(by))])
        }
        Refusal::NotAConsumers { owner, .. } => {
            failure::NOT_A_CONSUMERS.failure([("owner", party(owner))])
        }
        Refusal::Pledged { on, by, .. } => {
            failure::PLEDGED.failure([("by", author(by)), ("on", subject(on))])
        }
        Refusal::NotYourPledge { bank, .. } => {
            failure::NOT_YOUR_PLEDGE.failure([("bank", member(bank))])
        }
        Refusal::NotPermitted { class, role, .. } => failure::NOT_PERMITTED.failure([
            ("role", Param::Key(words_of::role_key(*role).into())),
            ("class", Param::Key(words_of::class_key(*class).into())),
        ]),
        Refusal::NotAddressee { addressee, .. } => {
            failure::NOT_ADDRESSEE.failure([("addressee", party(addressee))])
        }
        Refusal::OfferUsed { by, .. } => failure::OFFER_USED.failure([("by", author(by))]),
        Refusal::OfferDeclined { by, .. } => failure::OFFER_DECLINED.failure([("by", author(by))]),
        Refusal::Decommissioned { by, .. } => failure::DECOMMISSIONED.failure([("by", author(by))]),
        Refusal::Held { on, by, .. } => {
            failure::HELD.failure([("by", author(by)), ("on", subject(on))])
        }
        Refusal::NotYourHold { by, .. } => failure::NOT_YOUR_HOLD.failure([("by", author(by))]),
        Refusal::NotEmpty { content, .. } => {
            failure::NOT_EMPTY.failure([("content", subject(content))])
        }
        Refusal::AlreadyPacked {
            subject: item,
            inside,
            ..
        } => failure::ALREADY_PACKED
            .failure([("subject", subject(item)), ("inside", subject(inside))]),
        Refusal::InsideContainer {
            subject: item,
            container,
            ..
        } => failure::INSIDE_CONTAINER
            .failure([("subject", subject(item)), ("inside", subject(container))]),
        Refusal::NotInside {
            subject: item,
            container,
            ..
        } => failure::NOT_INSIDE.failure([
            ("subject", subject(item)),
            ("container", subject(container)),
        ]),
        Refusal::OtherUnit { unit, .. } => {
            failure::OTHER_UNIT.failure([("unit", Param::Text(unit.to_string()))])
        }
        Refusal::NotEnough {
            subject: batch,
            there,
            ..
        } => {
            let there = Param::Text(there.to_string());
            failure::NOT_ENOUGH.failure([("subject", subject(batch)), ("there", there)])
        }
        Refusal::NotConserved { unit, .. } => {
            failure::NOT_CONSERVED.failure([("unit", Param::Text(unit.to_string()))])
        }
        Refusal::NotYourRecord { author, .. } => {
            failure::NOT_YOUR_RECORD.failure([("by", member(author))])
        }
        Refusal::PrefixTaken { owner, .. } => {
            failure::PREFIX_TAKEN.failure([("by", member(owner))])
        }
        Refusal::PrefixOverlap { owner, .. } => {
            failure::PREFIX_OVERLAP.failure([("owner", member(owner))])
        }
        Refusal::AlreadyEnrolled { member: of, .. } => {
            failure::ALREADY_ENROLLED.failure([("member", member(of))])
        }
        Refusal::MemberExpelled { member: of, .. } => {
            failure::MEMBER_EXPELLED.failure([("member", member(of))])
        }
        Refusal::NotYetMember { member: of, .. } => {
            failure::NOT_YET_MEMBER.failure([("member", member(of))])
        }
        Refusal::AlreadyMember { member: of, .. } => {
            failure::ALREADY_MEMBER.failure([("member", member(of))])
        }
        Refusal::EnrolmentEnded { until, .. } => {
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

/// When a record was written, says its author. A block that cannot be read here was written by the
/// newest checkpoint at the latest.
fn clock(store: &Store, view: &dyn StateView, record: &RecordRef) -> u64 {
    match blocks::of(store, &record.block) {
        Ok(Some(block)) => block.header().clock().0,
        _ => view.tip().time.0,
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
