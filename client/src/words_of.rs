//! How things of the ledger stand in sentences.

use chopmark_core::{
    BlockId, Class, Code, CodeKind, Kind, MemberId, Party, RecordRef, Role, StateView, SubjectId,
};
use chopmark_replica::{Store, StoreError};
use chopmark_view::{Condition, Failure, Line, OPEN_REASONS, Param, SubjectKind, Verdict};

use crate::{activities, failure, known, lines};

/// A subject: its code, or the start of its id where the code is not known here.
pub(crate) fn subject(store: &Store, subject: &SubjectId) -> Result<String, StoreError> {
    Ok(match known::find(store, subject)? {
        Some(known) => known.code.element_string().to_owned(),
        None => short(subject.as_bytes()),
    })
}

/// A subject in a sentence that a person signs or signed: its product, where that is known
/// here, and its code. The code is what is signed; the product is what a person knows it by.
pub(crate) fn named(store: &Store, subject: &SubjectId) -> Result<String, StoreError> {
    Ok(match known::find(store, subject)? {
        Some(known) => {
            let code = known.code.element_string();
            match known.product {
                Some(product) => format!("{product} · {code}"),
                None => code.to_owned(),
            }
        }
        None => short(subject.as_bytes()),
    })
}

/// A member's legal name.
pub(crate) fn member(view: &dyn StateView, member: &MemberId) -> String {
    match view.member(member) {
        Some(state) => state.name().to_owned(),
        None => short(member.as_bytes()),
    }
}

/// Who owns or holds something.
pub(crate) fn party(view: &dyn StateView, party: &Party) -> chopmark_view::Party {
    match party {
        Party::Member(id) => chopmark_view::Party::Member {
            name: member(view, id),
        },
        Party::Consumer(key) => chopmark_view::Party::Consumer {
            key: short(key.as_bytes()),
        },
        Party::Bearer(_) => chopmark_view::Party::Bearer,
    }
}

/// The same inside a sentence: a name, or the start of what the party is known by.
pub(crate) fn party_text(view: &dyn StateView, party: &Party) -> String {
    match party {
        Party::Member(id) => member(view, id),
        Party::Consumer(key) => short(key.as_bytes()),
        Party::Bearer(hash) => short(hash.as_bytes()),
    }
}

/// The start of an id: enough to tell two apart on a screen.
pub(crate) fn short(id: &[u8; 32]) -> String {
    let (head, _) = id.split_at(4);
    format!("{}…", data_encoding::HEXLOWER.encode(head))
}

/// Ids as the screens send them.
pub(crate) fn parse_subjects(texts: &[String]) -> Result<Vec<SubjectId>, Failure> {
    let subjects = texts.iter().map(|text| text.parse());
    let subjects: Result<_, _> = subjects.collect();
    subjects.map_err(|_| failure::UNKNOWN_SUBJECT.failure([]))
}

/// `BLOCK/INDEX` as the screens send it.
pub(crate) fn parse_record(text: &str) -> Option<RecordRef> {
    let (block, index) = text.split_once('/')?;
    let block: BlockId = block.parse().ok()?;
    Some(RecordRef {
        block,
        index: index.parse().ok()?,
    })
}

/// Why an authority opened a section: a word that the app offers, or another program's.
pub(crate) fn open_reason(word: &str) -> Param {
    if OPEN_REASONS.contains(&word) {
        Param::Key(format!("open-reason-{word}"))
    } else {
        Param::Text(word.to_owned())
    }
}

pub(crate) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Admin => "role-admin",
        Role::Peer => "role-peer",
        Role::Courier => "role-courier",
        Role::Qc => "role-qc",
        Role::Warehouse => "role-warehouse",
        Role::Forwarder => "role-forwarder",
        Role::CustomsOfficer => "role-customs-officer",
        Role::BankOfficer => "role-bank-officer",
        Role::Regulator => "role-regulator",
        Role::Shop => "role-shop",
    }
}

pub(crate) fn class_key(class: Class) -> &'static str {
    match class {
        Class::Manufacturer => "class-manufacturer",
        Class::Carrier => "class-carrier",
        Class::DeliveryPoint => "class-delivery-point",
        Class::Warehouse => "class-warehouse",
        Class::Port => "class-port",
        Class::Forwarder => "class-forwarder",
        Class::Customs => "class-customs",
        Class::Quarantine => "class-quarantine",
        Class::Tax => "class-tax",
        Class::Bank => "class-bank",
        Class::Insurer => "class-insurer",
        Class::Regulator => "class-regulator",
        Class::Retailer => "class-retailer",
        Class::Recycler => "class-recycler",
        Class::Auditor => "class-auditor",
    }
}

pub(crate) fn condition_key(condition: Condition) -> &'static str {
    match condition {
        Condition::Good => "condition-good",
        Condition::Shortage => "condition-shortage",
        Condition::Damage => "condition-damage",
        Condition::SealBroken => "condition-seal-broken",
    }
}

pub(crate) fn core_condition(condition: Condition) -> chopmark_core::Condition {
    match condition {
        Condition::Good => chopmark_core::Condition::Good,
        Condition::Shortage => chopmark_core::Condition::Shortage,
        Condition::Damage => chopmark_core::Condition::Damage,
        Condition::SealBroken => chopmark_core::Condition::SealBroken,
    }
}

pub(crate) fn view_condition(condition: chopmark_core::Condition) -> Condition {
    match condition {
        chopmark_core::Condition::Good => Condition::Good,
        chopmark_core::Condition::Shortage => Condition::Shortage,
        chopmark_core::Condition::Damage => Condition::Damage,
        chopmark_core::Condition::SealBroken => Condition::SealBroken,
    }
}

pub(crate) fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "verdict-pass",
        Verdict::Fail => "verdict-fail",
        Verdict::Conditional => "verdict-conditional",
    }
}

pub(crate) fn core_verdict(verdict: Verdict) -> chopmark_core::Verdict {
    match verdict {
        Verdict::Pass => chopmark_core::Verdict::Pass,
        Verdict::Fail => chopmark_core::Verdict::Fail,
        Verdict::Conditional => chopmark_core::Verdict::Conditional,
    }
}

pub(crate) fn view_verdict(verdict: chopmark_core::Verdict) -> Verdict {
    match verdict {
        chopmark_core::Verdict::Pass => Verdict::Pass,
        chopmark_core::Verdict::Fail => Verdict::Fail,
        chopmark_core::Verdict::Conditional => Verdict::Conditional,
    }
}

/// What happened, by what a record says of it: the name of the activity or, where that is not
/// known, at least the business step.
pub(crate) fn activity_key(kind: Kind, word: &str, disposition: Option<&str>) -> String {
    if let Some(activity) = activities::recorded(kind, word, disposition) {
        return activity.key();
    }
    let step = format!("business-step-{word}");
    match lines::keys().any(|key| key == step) {
        true => step,
        false => "business-step-other".to_owned(),
    }
}

/// What a code stands for.
pub(crate) fn kind(code: &Code) -> SubjectKind {
    match code.kind() {
        CodeKind::Serial | CodeKind::Asset | CodeKind::Component | CodeKind::Document => {
            SubjectKind::Item
        }
        CodeKind::Batch => SubjectKind::Batch,
        CodeKind::LogisticUnit
        | CodeKind::ReturnableAsset
        | CodeKind::Shipment
        | CodeKind::Consignment
        | CodeKind::Container => SubjectKind::Unit,
        CodeKind::Location => SubjectKind::Place,
    }
}

pub(crate) fn place(place: Option<String>) -> Option<Line> {
    place.map(|place| lines::SIGN_PLACE.line([("place", Param::Text(place))]))
}

pub(crate) fn note(note: Option<String>) -> Option<Line> {
    note.map(|note| lines::SIGN_NOTE.line([("note", Param::Text(note))]))
}

pub(crate) fn terms(terms: Option<String>) -> Option<Line> {
    terms.map(|terms| lines::SIGN_TERMS.line([("terms", Param::Text(terms))]))
}

pub(crate) fn contents(count: usize) -> Option<Line> {
    (count > 0).then(|| lines::SIGN_CONTENTS.line([("count", Param::Number(count as u64))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;

    #[test]
    fn every_key_has_a_message() {
        let wanted = Role::ALL
            .iter()
            .map(|role| role_key(*role))
            .chain(Class::ALL.iter().map(|class| class_key(*class)));
        for key in wanted {
            assert!(keys().any(|known| known == key), "{key}");
        }
    }

    /// What another system wrote in words of the standard is said as far as it is understood.
    #[test]
    fn says_what_it_understands_of_an_activity() {
        let said = |word, disposition| activity_key(Kind::Observe, word, disposition);
        assert_eq!(said("storing", Some("available")), "activity-stored");
        assert_eq!(said("storing", Some("stolen")), "business-step-storing");
        assert_eq!(said("killing", None), "business-step-killing");
        assert_eq!(said("dancing", None), "business-step-other");
        assert_eq!(
            activity_key(Kind::Hold, "papers", None),
            "activity-held-papers"
        );
    }

    #[test]
    fn reads_records_as_it_writes_them() {
        let record = RecordRef {
            block: BlockId::from_bytes([7; 32]),
            index: 3,
        };
        assert_eq!(parse_record(&record.to_string()), Some(record));
        assert_eq!(parse_record("07/3"), None);
        assert_eq!(parse_record(""), None);
    }
}
