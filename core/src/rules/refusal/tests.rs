//! What the table of refusals must hold.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// These clash with no record that came before, and why. Every other refusal names one.
const CLASH_WITH_NO_RECORD: &[(&str, &str)] = &[
    ("unknown-subject", "nothing was written about it"),
    ("unknown-member", "nothing was written about it"),
    ("unknown-device", "nothing was written about it"),
    ("too-deep", "the limit is the format's"),
    (
        "not-admin",
        "the author's own role or member is what does not fit",
    ),
    (
        "not-an-authority",
        "a member's class stands in its inception",
    ),
    ("not-a-bank", "a member's class stands in its inception"),
    ("document-of-document", "two codes show what they are"),
    ("too-many-parents", "the limit is the format's"),
    (
        "not-the-taker",
        "the author is not who the record itself names",
    ),
    ("not-conserved", "the record's own amounts do not add up"),
    ("other-measure", "the record's own amounts do not match"),
    (
        "wrong-kem",
        "the KEM stands in the genesis and never changes",
    ),
    ("wrong-height", "heights are the checkpoints'"),
    ("anchor-ahead", "heights are the checkpoints'"),
    ("bad-root-signature", "the record's own signature is wrong"),
    ("too-few-validators", "what is wanted is at fault by itself"),
    ("too-many-members", "the limit is the format's"),
    ("own-guardian", "the record names its own author"),
    (
        "policy-quorum",
        "how many members there are is not one record's doing",
    ),
    ("policy-locks-out", "what is proposed is at fault by itself"),
    ("policy-member", "nobody made it a member"),
    (
        "policy-jurisdiction",
        "what is proposed is at fault by itself",
    ),
    (
        "policy-kem",
        "the KEM stands in the genesis and never changes",
    ),
];

/// These are about no subject, and what they are about instead.
const ABOUT_NO_SUBJECT: &[(&str, &str)] = &[
    ("unknown-member", "a member"),
    ("unknown-device", "a device"),
    ("not-permitted", "who writes"),
    ("cite-refused", "a record"),
    ("cite-never-came", "a record"),
    ("forked-feed", "a device"),
    ("device-revoked", "a device"),
    ("enrolment-ended", "a device"),
    ("not-admin", "a member and who writes"),
    ("prefix-taken", "a prefix"),
    ("prefix-overlap", "a prefix"),
    ("already-enrolled", "a device"),
    ("already-revoked", "a device"),
    ("group-failed", "a record"),
    ("not-an-authority", "a member"),
    ("not-a-bank", "a member"),
    ("not-your-record", "a record"),
    ("old-epoch", "a member's key"),
    ("anchor-ahead", "a block"),
    ("no-regulator-section", "a jurisdiction"),
    ("no-second-signature", "a device"),
    ("wrong-epoch", "a member's key"),
    ("not-a-reader", "a device"),
    ("wrong-kem", "a member's key"),
    ("member-expelled", "a member"),
    ("not-yet-member", "a member"),
    ("roster-superseded", "the roster"),
    ("wrong-height", "the roster or the policy"),
    ("already-member", "a member"),
    ("bad-root-signature", "a member"),
    ("not-a-peer", "a member and a device"),
    ("too-few-validators", "the roster"),
    ("too-many-members", "a member"),
    ("not-the-next-root", "a member"),
    ("not-a-guardian", "two members"),
    ("out-of-turn", "a member"),
    ("recovery-open", "a member"),
    ("own-guardian", "a member"),
    ("too-many-rotations", "a member"),
    ("stale-root", "a member"),
    ("no-recovery", "a member"),
    ("already-objected", "a member"),
    ("policy-superseded", "the policy"),
    ("policy-quorum", "the policy"),
    ("policy-locks-out", "the policy"),
    ("policy-member", "the policy"),
    ("policy-jurisdiction", "the policy"),
    ("policy-kem", "the policy"),
];

/// The codes that name nothing of these types.
fn without(wanted: &[&str]) -> BTreeSet<&'static str> {
    let is_wanted = |found: &&str| wanted.iter().any(|name| found.contains(name));
    let named = |types: &[&str]| types.iter().any(is_wanted);
    let lacking = Refusal::TYPES.iter().filter(|(_, types)| !named(types));
    lacking.map(|(code, _)| *code).collect()
}

fn listed(list: &[(&'static str, &str)]) -> BTreeSet<&'static str> {
    let codes: BTreeSet<_> = list.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes.len(), list.len());
    codes
}

#[test]
fn a_refusal_names_the_record_that_it_clashes_with() {
    // Of a fork, all records of a block clash with all of the other.
    let records = without(&["RecordRef", "BlockId"]);
    assert_eq!(records, listed(CLASH_WITH_NO_RECORD));
}

#[test]
fn a_refusal_names_its_subject() {
    assert_eq!(without(&["SubjectId"]), listed(ABOUT_NO_SUBJECT));
}

#[test]
fn codes_and_numbers_are_distinct() {
    let by_code: BTreeMap<_, _> = Refusal::TYPES.iter().copied().collect();
    assert_eq!(by_code.len(), Refusal::codes().len());
    let distinct: BTreeSet<_> = Refusal::NUMBERS.iter().collect();
    assert_eq!(distinct.len(), Refusal::codes().len());
}
