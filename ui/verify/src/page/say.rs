//! Findings as sentences.

use crate::answer::{Answer, Concern, Failure, Silence};
use crate::owner::NotDone;
use crate::verdict::{Judgement, Reason, Verdict};
use crate::visit::NoVisit;
use chopmark_core::{CodeError, RecordRef, Warning};
use chopmark_kit::{Mark, Messages, Tone, Value, text};
use std::rc::Rc;

/// How much of an id is read out: enough to find it in the raw data.
const SHORT_ID: usize = 12;

/// The one word of a verdict.
pub(super) fn word(messages: Messages, verdict: Verdict) -> Rc<str> {
    match verdict {
        Verdict::Verified => text!(VERIFY_KEYS, messages, "verify-word-verified"),
        Verdict::IssuerUnknown => text!(VERIFY_KEYS, messages, "verify-word-issuer-unknown"),
        Verdict::Warning => text!(VERIFY_KEYS, messages, "verify-word-warning"),
        Verdict::CouldNotCheck => text!(VERIFY_KEYS, messages, "verify-word-could-not-check"),
        Verdict::NoRecord => text!(VERIFY_KEYS, messages, "verify-word-no-record"),
    }
}

/// The look of a verdict: its colour and its icon.
pub(super) fn look(verdict: Verdict) -> (Tone, Mark) {
    match verdict {
        Verdict::Verified => (Tone::Good, Mark::Check),
        Verdict::IssuerUnknown => (Tone::Wait, Mark::Info),
        Verdict::Warning => (Tone::Bad, Mark::Warning),
        Verdict::CouldNotCheck => (Tone::Calm, Mark::Offline),
        Verdict::NoRecord => (Tone::Note, Mark::Search),
    }
}

/// The one sentence.
pub(super) fn sentence(messages: Messages, judgement: &Judgement) -> Rc<str> {
    let count = judgement.agreeing;
    match &judgement.reason {
        Reason::Confirmed { issuer } => {
            text!(
                VERIFY_KEYS,
                messages,
                "verify-why-confirmed",
                count = count,
                issuer = issuer
            )
        }
        Reason::IssuerUnknown => text!(VERIFY_KEYS, messages, "verify-why-issuer-unknown"),
        Reason::NetworkChanged { now, before } => text!(
            VERIFY_KEYS,
            messages,
            "verify-why-network-changed",
            now = short(now),
            before = short(before)
        ),
        Reason::Broken { at, .. } => text!(VERIFY_KEYS, messages, "verify-why-broken", at = at),
        Reason::TwoHistories {
            first,
            second,
            height,
        } => text!(
            VERIFY_KEYS,
            messages,
            "verify-why-two-histories",
            first = first,
            second = second,
            height = height.0
        ),
        Reason::OtherThanBefore { at, height } => text!(
            VERIFY_KEYS,
            messages,
            "verify-why-other-than-before",
            at = at,
            height = height.0
        ),
        Reason::Older { known } => {
            text!(VERIFY_KEYS, messages, "verify-why-older", height = known.0)
        }
        Reason::LeftOut {
            by,
            shown_by,
            record,
        } => text!(
            VERIFY_KEYS,
            messages,
            "verify-why-left-out",
            by = by,
            shownby = shown_by,
            record = short(&record.block)
        ),
        Reason::Denied { by, shown_by } => {
            text!(
                VERIFY_KEYS,
                messages,
                "verify-why-denied",
                by = by,
                shownby = shown_by
            )
        }
        Reason::Concern(Concern::Ended) => text!(VERIFY_KEYS, messages, "verify-why-ended"),
        Reason::Concern(Concern::Recalled { by }) => {
            text!(VERIFY_KEYS, messages, "verify-why-recalled", issuer = by)
        }
        Reason::Concern(Concern::Held) => text!(VERIFY_KEYS, messages, "verify-why-held"),
        Reason::Concern(Concern::Trace(Warning::SoldBefore { .. })) => {
            text!(VERIFY_KEYS, messages, "verify-why-sold-before")
        }
        Reason::Concern(Concern::Trace(Warning::ActivatedElsewhere { .. })) => {
            text!(VERIFY_KEYS, messages, "verify-why-activated-elsewhere")
        }
        Reason::Concern(Concern::Trace(_)) => {
            text!(VERIFY_KEYS, messages, "verify-why-impossible-journey")
        }
        Reason::Concern(Concern::InspectionFailed) => {
            text!(VERIFY_KEYS, messages, "verify-why-inspection-failed")
        }
        Reason::Concern(Concern::SealBroken) => {
            text!(VERIFY_KEYS, messages, "verify-why-seal-broken")
        }
        Reason::OnlyOne { at } => text!(VERIFY_KEYS, messages, "verify-why-only-one", at = at),
        Reason::OnlyOneDenies { at } => {
            text!(VERIFY_KEYS, messages, "verify-why-only-one-denies", at = at)
        }
        Reason::SilentMayKnow { silent } => text!(
            VERIFY_KEYS,
            messages,
            "verify-why-silent-may-know",
            count = count,
            silent = silent
        ),
        Reason::NobodyAnswered => text!(VERIFY_KEYS, messages, "verify-why-nobody"),
        Reason::Unknown => text!(VERIFY_KEYS, messages, "verify-why-unknown", count = count),
    }
}

/// What exactly is wrong, for those who want to know: ids and all.
pub(super) fn detail(messages: Messages, judgement: &Judgement) -> Option<String> {
    match &judgement.reason {
        Reason::Broken { failure, .. } => Some(problem(messages, failure)),
        Reason::Concern(Concern::Trace(trace)) => {
            let (first, second) = records(trace)?;
            let text = text!(
                VERIFY_KEYS,
                messages,
                "verify-trace-records",
                first = short(&first.block),
                second = second.map_or_else(String::new, |second| short(&second.block))
            );
            Some(text.to_string())
        }
        _ => None,
    }
}

/// The records that show a trace.
fn records(trace: &Warning) -> Option<(RecordRef, Option<RecordRef>)> {
    match trace {
        Warning::ImpossibleJourney { first, second, .. } => Some((*first, Some(*second))),
        Warning::SoldBefore { activated, again } => Some((*activated, *again)),
        Warning::ActivatedElsewhere { activated, was } => Some((*activated, Some(*was))),
        _ => None,
    }
}

/// Why there is nothing to check.
pub(super) fn nothing(messages: Messages, nothing: &NoVisit) -> Rc<str> {
    match nothing {
        NoVisit::NotACode(error) => text!(
            VERIFY_KEYS,
            messages,
            "verify-why-not-a-code",
            problem = &*code_problem(messages, error)
        ),
        NoVisit::NoCode => text!(VERIFY_KEYS, messages, "verify-typed"),
        NoVisit::NoNetwork => text!(VERIFY_KEYS, messages, "verify-why-no-network"),
    }
}

/// What is wrong with a code.
pub(super) fn code_problem(messages: Messages, error: &CodeError) -> Rc<str> {
    match error {
        CodeError::Empty => text!(VERIFY_KEYS, messages, "verify-code-empty"),
        CodeError::CheckDigit { expected, found } => text!(
            VERIFY_KEYS,
            messages,
            "verify-code-check-digit",
            found = found.to_string(),
            expected = expected.to_string()
        ),
        CodeError::Length { identifier, found } => text!(
            VERIFY_KEYS,
            messages,
            "verify-code-length",
            identifier = *identifier,
            found = *found
        ),
        CodeError::ProductOnly { .. } => text!(VERIFY_KEYS, messages, "verify-code-product-only"),
        _ => text!(VERIFY_KEYS, messages, "verify-code-other"),
    }
}

/// What is wrong with a bundle.
pub(super) fn problem(messages: Messages, failure: &Failure) -> String {
    let values: Vec<(&str, Value)> = failure
        .details
        .iter()
        .map(|(name, detail)| (*name, Value::Text(shortened(detail))))
        .collect();
    messages
        .find(&format!("verify-problem-{}", failure.code), &values)
        .unwrap_or_else(|| failure.code.to_owned())
}

/// What a gateway answered.
pub(super) fn answer(messages: Messages, answer: &Answer) -> Rc<str> {
    match answer {
        Answer::Proof(proof) => {
            text!(
                VERIFY_KEYS,
                messages,
                "verify-answer-proof",
                height = proof.height.0
            )
        }
        Answer::Broken(failure) => text!(
            VERIFY_KEYS,
            messages,
            "verify-answer-broken",
            problem = problem(messages, failure)
        ),
        Answer::NoRecord { .. } => text!(VERIFY_KEYS, messages, "verify-answer-no-record"),
        Answer::Silent(why) => text!(
            VERIFY_KEYS,
            messages,
            "verify-answer-silent",
            reason = &*silence(messages, *why)
        ),
    }
}

/// Why a gateway's silence says nothing.
pub(super) fn silence(messages: Messages, silence: Silence) -> Rc<str> {
    match silence {
        Silence::Unreachable => text!(VERIFY_KEYS, messages, "verify-silent-unreachable"),
        Silence::TimedOut => text!(VERIFY_KEYS, messages, "verify-silent-timed-out"),
        Silence::Busy => text!(VERIFY_KEYS, messages, "verify-silent-busy"),
        Silence::Status(_) => text!(VERIFY_KEYS, messages, "verify-silent-status"),
        Silence::TooLarge => text!(VERIFY_KEYS, messages, "verify-silent-too-large"),
    }
}

/// The beginning of an id.
pub(super) fn short(id: &impl ToString) -> String {
    id.to_string().chars().take(SHORT_ID).collect()
}

/// Ids inside details are as long as a screen is wide: their beginnings are enough to find them.
fn shortened(detail: &str) -> String {
    let is_id = detail.len() >= 64 && detail.bytes().take(64).all(|byte| byte.is_ascii_hexdigit());
    if is_id {
        short(&detail)
    } else {
        detail.to_owned()
    }
}

/// Why nothing came of what an owner tried.
pub(super) fn not_done(messages: Messages, why: &NotDone) -> Rc<str> {
    match why {
        NotDone::Secret(_) => text!(VERIFY_KEYS, messages, "verify-owner-mistyped"),
        NotDone::OtherItem => text!(VERIFY_KEYS, messages, "verify-owner-other-item"),
        NotDone::OwnerCode => text!(VERIFY_KEYS, messages, "verify-owner-no-code"),
        NotDone::NothingKept => text!(VERIFY_KEYS, messages, "verify-owner-nothing-kept"),
        NotDone::Silent => text!(VERIFY_KEYS, messages, "verify-owner-silent"),
        NotDone::Refused(code) => match code.as_str() {
            "already-activated" => text!(VERIFY_KEYS, messages, "verify-owner-activated"),
            "stale-title" => text!(VERIFY_KEYS, messages, "verify-owner-stale"),
            "held" => text!(VERIFY_KEYS, messages, "verify-owner-held"),
            code => text!(VERIFY_KEYS, messages, "verify-owner-refused", code = code),
        },
    }
}

/// How long ago something was, as people say it.
pub(super) fn age(messages: Messages, ms: u64) -> Rc<str> {
    let minutes = ms / 60_000;
    let (hours, days) = (minutes / 60, minutes / (24 * 60));
    match (days, hours, minutes) {
        (0, 0, 0) => text!(VERIFY_KEYS, messages, "verify-age-now"),
        (0, 0, _) => text!(VERIFY_KEYS, messages, "verify-age-minutes", count = minutes),
        (0, _, _) => text!(VERIFY_KEYS, messages, "verify-age-hours", count = hours),
        (_, _, _) => text!(VERIFY_KEYS, messages, "verify-age-days", count = days),
    }
}
