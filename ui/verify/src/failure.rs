//! What is wrong with a bundle, as a message and what it names.

use crate::answer::Failure;
use chopmark_core::{BundleError, Problem};

/// Why a bundle was not verified at all.
pub(crate) fn unreadable(error: &BundleError) -> Failure {
    match error {
        BundleError::WrongNetwork => named("wrong-network", &[]),
        BundleError::OtherCode => named("other-code", &[]),
        error => named("malformed", &[("detail", error)]),
    }
}

/// What did not hold when a bundle was verified.
pub(crate) fn failure(problem: &Problem) -> Failure {
    let code = problem.code();
    match problem {
        Problem::Checkpoint(error) => named(code, &[("detail", error)]),
        Problem::Roster(error) => named(code, &[("detail", error)]),
        Problem::AlteredStatement { log_index } | Problem::EntryOrder { log_index } => {
            named(code, &[("place", log_index)])
        }
        Problem::BadSignature { block, device }
        | Problem::StrangerSignature { block, device }
        | Problem::RevokedDevice { block, device } => {
            named(code, &[("block", block), ("device", device)])
        }
        Problem::NotInLog { block, log_index } => {
            named(code, &[("block", block), ("place", log_index)])
        }
        Problem::AlteredRecord { record }
        | Problem::NotPermitted { record, .. }
        | Problem::CustodyUnknown { record, .. }
        | Problem::AlteredSection { record, .. }
        | Problem::LeftOut { record, .. }
        | Problem::NotApplied { record }
        | Problem::NotRecognisedMember { record, .. } => named(code, &[("record", record)]),
        Problem::MissingRecord { cite, cited_by } => {
            named(code, &[("cite", cite), ("citedby", cited_by)])
        }
        Problem::PrefixNotRegistered { have, need } => {
            named(code, &[("have", have), ("need", need)])
        }
        Problem::NotCommissioned | Problem::State(_) | Problem::OtherState { .. } => {
            named(code, &[])
        }
        Problem::AgainstRules { record, refusal } => {
            named(code, &[("record", record), ("rule", &refusal.code())])
        }
        Problem::WrongSubject { record } => named("other", &[("detail", record)]),
        // Not its sentence: the ledger's sentence for every refusal would come along to the page.
        problem => named("other", &[("detail", &problem.code())]),
    }
}

fn named(code: &'static str, details: &[(&'static str, &dyn ToString)]) -> Failure {
    let details = details
        .iter()
        .map(|(name, detail)| (*name, detail.to_string()));
    Failure {
        code,
        details: details.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chopmark_core::{BlockId, DeviceId, ProofError, RecordRef, SubjectId};
    use chopmark_kit::{Language, Messages, VERIFY, VERIFY_KEYS, Value};

    #[test]
    fn every_problem_has_a_sentence_that_names_what_it_names() {
        let block = BlockId::from_bytes([1; 32]);
        let device = DeviceId::from_bytes([2; 32]);
        let record = RecordRef { block, index: 3 };
        let (log_index, section) = (4, 5);
        let subject = SubjectId::from_bytes([6; 32]);
        let problems = [
            Problem::AlteredStatement { log_index },
            Problem::BadSignature { block, device },
            Problem::NotInLog { block, log_index },
            Problem::EntryOrder { log_index },
            Problem::AlteredRecord { record },
            Problem::StrangerSignature { device, block },
            Problem::RevokedDevice { device, block },
            Problem::MissingRecord {
                cite: record,
                cited_by: record,
            },
            Problem::PrefixNotRegistered { have: 1, need: 2 },
            Problem::NotCommissioned,
            Problem::State(ProofError::OtherPrefix),
            Problem::LeftOut { record, subject },
            Problem::NotApplied { record },
            Problem::OtherState { subject },
            Problem::AlteredSection { record, section },
        ];
        let bundles = [BundleError::WrongNetwork, BundleError::OtherCode];
        let failures = problems
            .iter()
            .map(failure)
            .chain(bundles.iter().map(unreadable));
        for failure in failures {
            let key = format!("verify-problem-{}", failure.code);
            let (_, arguments) = VERIFY_KEYS
                .iter()
                .find(|(known, _)| *known == key)
                .unwrap_or_else(|| panic!("no sentence {key}"));
            let mut named: Vec<&str> = failure.details.iter().map(|(name, _)| *name).collect();
            named.sort_unstable();
            assert_eq!(*arguments, named, "{key}");
            let values: Vec<_> = failure
                .details
                .iter()
                .map(|(name, detail)| (*name, Value::Text(detail.clone())))
                .collect();
            for language in Language::ALL {
                let sentence = Messages::new(&VERIFY, language)
                    .find(&key, &values)
                    .unwrap();
                assert!(!sentence.contains("… …"), "{sentence}");
            }
        }
    }
}
