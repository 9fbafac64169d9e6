//! Bundles that show that nothing is recorded.

use super::*;
use crate::CodeQuery;

fn nothing(net: &Net, code: &Code) -> Result<Bundle, HistoryError> {
    let as_of = net.checkpoints.last().unwrap().signed_header();
    let query = CodeQuery::of(code);
    Bundle::absence(&net.ledger, &net.genesis, as_of, net, &query)
}

/// An item of nobody's, under a prefix that nobody has.
fn strangers() -> Code {
    Code::gtin_serial("04012345000009", "X1").unwrap()
}

fn shows(net: &Net, code: &Code, bytes: &[u8]) -> bool {
    let verified =
        Bundle::from_bytes(bytes).and_then(|bundle| bundle.verify(code, net.genesis.id()));
    verified.is_ok_and(|report| report.holds() && report.is_absence())
}

#[test]
fn that_there_is_no_record_is_shown_under_a_prefix_and_under_none() {
    let net = story().net;
    for code in [code("NEVER"), strangers()] {
        let bytes = nothing(&net, &code).unwrap().to_bytes().unwrap();
        assert!(shows(&net, &code, &bytes), "{code}");
        // It answers one question.
        assert!(!shows(&net, &self::code("OTHER"), &bytes));
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1 << (place % 8);
            assert!(!shows(&net, &code, &altered), "byte {place} for {code}");
        }
    }
    let by_hash = CodeQuery::from(code("NEVER").hash());
    let as_of = net.checkpoints.last().unwrap().signed_header();
    let unnamed = Bundle::absence(&net.ledger, &net.genesis, as_of, &net, &by_hash);
    assert_eq!(unnamed, Err(HistoryError::NoRecord));
}

/// What is there cannot be denied: the state says that it is, and its records are not shown.
#[test]
fn of_what_is_recorded_nothing_shows_that_it_is_not() {
    let story = story();
    let denied = nothing(&story.net, &story.code).unwrap();
    let report = denied.verify(&story.code, story.net.genesis.id()).unwrap();
    let left_out = |problem: &Problem| matches!(problem, Problem::LeftOut { .. });
    assert!(report.is_absence());
    assert!(report.problems().any(left_out), "{:?}", report.checks);
    // Nor by the state of a code that is not: it is of another prefix or subject.
    for (of, why) in [(code("NEVER"), "subject"), (strangers(), "prefix")] {
        let mut forged = nothing(&story.net, &of).unwrap();
        forged.code_hash = story.code.hash();
        let report = forged.verify(&story.code, story.net.genesis.id()).unwrap();
        assert!(!report.holds(), "the absence of another {why}");
    }
    // A history without its records denies it as well.
    let mut emptied = bundle(&story);
    emptied.entries.clear();
    let report = emptied.verify(&story.code, story.net.genesis.id()).unwrap();
    assert!(report.problems().any(left_out));
}
