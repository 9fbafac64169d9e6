//! Proofs that something is not so.

use super::*;
use crate::state_tree::StatePathError;

#[test]
fn that_a_code_is_not_known_can_be_proven() {
    let story = story();
    let proven = verified(&story.net, &code("Nobody's"));
    assert!(!proven.state.is_known());
    assert!(proven.state.maker.is_some());
    assert_eq!(proven.state.holder(), None);
    assert!(!proven.state.is_free_of_pledges());
    // What is there cannot be hidden so.
    let mut hidden = story.proof();
    own(&mut hidden).entry = None;
    own(&mut hidden).records = Names::default();
    let (subject, source) = (story.item, StatePathError::Present);
    assert_eq!(story.wrong(&hidden), ProofError::State { subject, source });
}

#[test]
fn that_nobody_has_a_codes_prefix_can_be_proven() {
    let story = story();
    let foreign = Code::parse("(01)04012345678901(21)X").unwrap();
    let proof = prove(&story.net, &foreign);
    let proven = proof.verify(&foreign, &story.known()).unwrap();
    assert_eq!(proven.state, CodeState::default());
    // Each prefix that it could have is shown.
    let Registered::Nobody(paths) = &proof.extract.registered else {
        panic!("somebody has it")
    };
    assert_eq!(paths.len(), 9);
    for left in [0, 8] {
        let fewer = paths[..left].to_vec();
        let mut less = proof.clone();
        less.extract.registered = Registered::Nobody(fewer);
        assert_eq!(
            less.verify(&foreign, &story.known()).unwrap_err(),
            ProofError::OtherPrefix
        );
    }
    // A prefix that somebody has cannot be shown not to be there.
    let mut hidden = story.proof();
    let paths = (4..=12).map(|length| {
        let prefix = crate::Prefix::parse(&story.code.digits()[..length]).unwrap();
        let entry = crate::StateEntry::Prefix(prefix);
        story.net.ledger.prove(&entry).1
    });
    hidden.extract.registered = Registered::Nobody(paths.collect());
    let error = story.wrong(&hidden);
    let ProofError::Prefix { prefix, source } = error else {
        panic!("{error}")
    };
    assert_eq!((prefix.as_str(), source), (PREFIX, StatePathError::Present));
}

#[test]
fn that_a_run_does_not_hold_a_code_can_be_proven() {
    let mut net = Net::with_prefix();
    let codes = serials(6);
    let run = net.run(&codes[..4]);
    let other = net.run(&codes[4..5]);
    let asked = Asked {
        not_in: Some(run),
        ..everything()
    };
    for n in 0..20 {
        let code = code(&format!("FAKE{n}"));
        let proof = try_prove(&net, &code, asked).unwrap();
        let proven = proof.verify(&code, &known(&net)).unwrap();
        assert_eq!(proven.state.not_in, Some(run));
        assert!(!proven.state.is_known());
        // The neighbours of one code are not those of another, as a rule.
        let Some((_, _, super::super::extract::Place::Between(gap))) = &proof.extract.run else {
            panic!("no place")
        };
        let mut one_sided = proof.clone();
        if gap.before.is_some() && gap.after.is_some() {
            let half = NotInRun {
                after: None,
                ..gap.clone()
            };
            let place = super::super::extract::Place::Between(half);
            one_sided.extract.run.as_mut().unwrap().2 = place;
            assert_eq!(
                one_sided.verify(&code, &known(&net)).unwrap_err(),
                ProofError::MayBeOfRun { run }
            );
        }
    }
    // What is of another run is said to be of that.
    let proven = try_prove(&net, &codes[4], asked).unwrap();
    let proven = proven.verify(&codes[4], &known(&net)).unwrap();
    assert_eq!(proven.state.run.map(|(run, _)| run.id), Some(other));
    // A list may be here before its run is final, and nothing can be shown of it until then.
    let early = net.run_list(&codes[5..]);
    let run_of_list = early.subject();
    net.runs.push(early);
    let asked_early = Asked {
        not_in: Some(run_of_list),
        ..asked
    };
    let refused = try_prove(&net, &code("FAKE0"), asked_early).unwrap_err();
    assert_eq!(
        refused,
        crate::HistoryError::RunNotFinal { run: run_of_list }
    );
    // Whoever does not have the list says so.
    net.runs.clear();
    let missing = try_prove(&net, &codes[5], asked).unwrap_err();
    assert_eq!(missing, crate::HistoryError::NoRunList { run });
}

#[test]
fn an_item_is_not_passed_off_as_one_of_a_run_that_does_not_hold_it() {
    let mut net = Net::with_prefix();
    let codes = serials(4);
    let run = net.run(&codes);
    let mut proof = prove(&net, &codes[0]);
    let other = prove(&net, &codes[1]);
    proof.extract.run = other.extract.run;
    assert_eq!(
        proof.verify(&codes[0], &known(&net)).unwrap_err(),
        ProofError::NotOfRun { run }
    );
    // Nor is a case a run.
    let case = net.commission(&[case(1)])[0];
    let mut proof = prove(&net, &codes[0]);
    let (entry, path) = net.ledger.prove_subject(&case);
    let place = proof.extract.run.take().unwrap().2;
    let records = Names::all(vec![net.last_custody(&case)]);
    let thing = Thing {
        entry,
        path,
        records,
    };
    proof.extract.run = Some((case, thing, place));
    assert_eq!(
        proof.verify(&codes[0], &known(&net)).unwrap_err(),
        ProofError::NotOfRun { run: case }
    );
}

#[test]
fn that_nothing_is_pledged_held_or_activated_can_be_proven() {
    let mut story = story();
    let free = verified(&story.net, &story.code).state;
    assert!(free.is_free_of_pledges());
    assert_eq!((free.holds().count(), free.activated_by()), (0, None));
    // A pledge on the pallet reaches what its owner has in it.
    let by = story.net.pledged(FACTORY, &[story.pallet]);
    let pledged = verified(&story.net, &story.code).state;
    assert!(!pledged.is_free_of_pledges());
    let found: Vec<_> = pledged.pledges().map(|(on, p)| (on, p.by())).collect();
    assert_eq!(found, [(story.pallet, by)]);
    let held = story.net.staff(CUSTOMS, &[hold(&[story.pallet])]);
    let held = story.net.applied(&held);
    let state = verified(&story.net, &story.code).state;
    let holds: Vec<_> = state.holds().collect();
    assert_eq!(holds, [(story.pallet, story.net.id(CUSTOMS), held)]);
}

#[test]
fn a_pledge_on_the_bill_of_a_container_is_shown() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let case = net.commission(&[case(1)])[0];
    let bill = net.bill(1);
    let joined = net.staff(FACTORY, &[associate(bill, &[case])]);
    net.applied(&joined);
    let packed = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&packed);
    assert!(verified(&net, &code("A")).state.is_free_of_pledges());
    net.pledged(FACTORY, &[bill]);
    let proof = prove(&net, &code("A"));
    let state = proof.verify(&code("A"), &known(&net)).unwrap().state;
    let on: Vec<_> = state.pledges().map(|(on, _)| on).collect();
    assert_eq!(on, [bill]);
    // The bill cannot be left out.
    let mut less = proof;
    less.extract.around[0] = Around {
        parents: Vec::new(),
        ..less.extract.around[0].clone()
    };
    assert_eq!(
        less.verify(&code("A"), &known(&net)).unwrap_err(),
        ProofError::Around { subject: case }
    );
}
