//! Histories of batches, of what is made of them, and of items of a run.

use super::*;
use crate::{Made, RunItem, StateView, Undrawn, WithUndrawn};

fn bundle_of(net: &Net, code: &Code) -> Bundle {
    let as_of = net.checkpoints.last().unwrap().signed_header();
    Bundle::assemble(&net.ledger, &net.genesis, as_of, net, &code.hash().into()).unwrap()
}

fn report_of(net: &Net, code: &Code) -> Report {
    let bundle = bundle_of(net, code);
    let bytes = bundle.to_bytes().unwrap();
    assert_eq!(Bundle::from_bytes(&bytes).as_ref(), Ok(&bundle));
    bundle.verify(code, net.genesis.id()).unwrap()
}

fn kinds(report: &Report) -> Vec<Kind> {
    let problems: Vec<_> = report.problems().collect();
    assert!(problems.is_empty(), "{problems:?}");
    report.journey.iter().map(|step| step.kind).collect()
}

#[test]
fn a_batch_is_split_grows_and_is_used_up() {
    let mut net = Net::with_prefix();
    let silo = net.batch(&flour("SILO"), "100 KGM");
    let knife = net.commission(&[case(1)])[0];
    net.transformed(
        &[(silo, "60 KGM")],
        &[so_much(&flour("A"), "59 KGM")],
        &["1 KGM"],
    );
    let sack = net.subject_of(&flour("A"));
    net.transformed(&[(silo, "40 KGM")], &[so_much(&flour("A"), "40 KGM")], &[]);
    net.transformed(&[(sack, "99 KGM"), (knife, "")], &[one(&code("LOAF"))], &[]);
    net.handed_over(FACTORY, CARRIER, net.subject_of(&code("LOAF")));
    let made = Kind::Transform;
    assert_eq!(
        kinds(&report_of(&net, &flour("SILO"))),
        [Kind::Commission, made, made]
    );
    assert_eq!(kinds(&report_of(&net, &flour("A"))), [made, made, made]);
    let knife = report_of(&net, &case(1));
    assert_eq!(kinds(&knife), [Kind::Commission, made]);
    // It went in whole: nobody has it any more.
    assert_eq!(knife.began, Some(knife.journey[0].at));
    assert_eq!(knife.ended, Some(knife.journey[1].at));
    let loaf = report_of(&net, &code("LOAF"));
    assert_eq!((loaf.began, loaf.ended), (knife.ended, None));
    assert_eq!(kinds(&loaf), [made, Kind::Offer, Kind::Accept]);
    assert_eq!(loaf.holder, Some(net.id(CARRIER).into()));
}

/// What a validator let through although it breaks the law of quantities shows on the page.
#[test]
fn quantities_out_of_nothing_show() {
    let mut net = Net::with_prefix();
    let batch = net.batch(&flour("A"), "10 KGM");
    let draft = net.transformation(
        FACTORY,
        &[(batch, "8 KGM")],
        &[so_much(&flour("B"), "9 KGM")],
        &[],
    );
    let twice = net.transformation(FACTORY, &[(batch, "11 KGM")], &[one(&code("X"))], &[]);
    let blocks = [draft, twice].map(|draft| net.staff(FACTORY, &[draft]));
    for block in &blocks {
        net.refused(block);
    }
    let mut bundle = bundle_of(&net, &flour("A"));
    let size = bundle.as_of.header().log_size();
    for block in &blocks {
        let log_index = net.ledger.state().logged(&block.id()).unwrap().index;
        bundle.entries.push(Entry {
            log_index,
            statement: block.statement().to_vec(),
            log_path: net.log.path_at(log_index, size).unwrap(),
            records: vec![Shown {
                index: 0,
                record: block.record_bytes(0).unwrap().to_vec(),
                path: block.record_path(0).unwrap(),
                sections: Vec::new(),
            }],
        });
    }
    let report = bundle.verify(&flour("A"), net.genesis.id()).unwrap();
    let found = refusal_codes(&in_itself(&report));
    assert_eq!(found, ["not-conserved", "not-enough"]);
}

/// A run that was carried on a pallet, from which an item was drawn on the way.
fn run_story() -> (Net, Vec<Code>) {
    let mut net = Net::with_prefix();
    let codes = serials(20);
    let run = net.run(&codes);
    let pallet = net.commission(&[case(1)])[0];
    let block = net.staff(FACTORY, &[pack(pallet, &[run])]);
    net.applied(&block);
    net.handed_over(FACTORY, CARRIER, pallet);
    // Others of the run are drawn before, and are none of this item's business.
    let block = net.staff(CARRIER, &[net.drawing(&codes[5..9])]);
    net.applied(&block);
    let block = net.staff(CARRIER, &[net.drawing(&codes[..1])]);
    net.applied(&block);
    let item = net.subject_of(&codes[0]);
    let block = net.staff(CARRIER, &[unpack(pallet, &[item])]);
    net.applied(&block);
    net.handed_over(CARRIER, RETAILER, item);
    net.handed_over(CARRIER, RETAILER, pallet);
    (net, codes)
}

#[test]
fn a_drawn_item_has_the_history_of_its_run_before() {
    let (net, codes) = run_story();
    let report = report_of(&net, &codes[0]);
    assert_eq!(
        kinds(&report),
        [
            Kind::CommissionRun,
            Kind::Pack,
            Kind::Offer,
            Kind::Accept,
            Kind::Draw,
            Kind::Unpack,
            Kind::Offer,
            Kind::Accept
        ]
    );
    assert_eq!(report.subject, Some(net.subject_of(&codes[0])));
    assert_eq!(report.holder, Some(net.id(RETAILER).into()));
    let run = report.run.unwrap();
    assert!(run.drawn);
    assert_eq!(report.began, Some(report.journey[0].at));
    assert_eq!(run.count, 20);
    let through: Vec<_> = report
        .journey
        .iter()
        .map(|step| step.through.is_some())
        .collect();
    assert_eq!(
        through,
        [false, false, true, true, false, false, false, false]
    );
}

#[test]
fn an_item_that_nobody_used_has_the_history_of_its_run() {
    let (mut net, codes) = run_story();
    let report = report_of(&net, &codes[12]);
    assert_eq!(
        kinds(&report),
        [
            Kind::CommissionRun,
            Kind::Pack,
            Kind::Offer,
            Kind::Accept,
            // Another item leaves the pallet.
            Kind::Unpack,
            Kind::Offer,
            Kind::Accept
        ]
    );
    assert!(!report.run.unwrap().drawn);
    assert_eq!(report.holder, Some(net.id(RETAILER).into()));
    // Whose list is not here, of that nothing is known.
    net.runs.clear();
    let as_of = net.checkpoints.last().unwrap().signed_header();
    let unknown = Bundle::assemble(
        &net.ledger,
        &net.genesis,
        as_of,
        &net,
        &codes[12].hash().into(),
    );
    assert_eq!(unknown, Err(HistoryError::NoRecord));
}

/// Another member has no list of the run, but the state has its root.
#[test]
fn whoever_is_shown_an_items_proof_gives_the_same_history() {
    let (mut net, codes) = run_story();
    let makers = bundle_of(&net, &codes[12]);
    let shown = Undrawn::from_text(&makers.undrawn().unwrap().text()).unwrap();
    assert_eq!(Some(&shown), makers.undrawn().as_ref());
    net.runs.clear();
    assert!(shown.holds(net.ledger.state(), &codes[12].hash()));
    let as_of = net.checkpoints.last().unwrap().signed_header();
    let source = WithUndrawn::new(&net, &shown);
    let code = codes[12].hash();
    let again = Bundle::assemble(&net.ledger, &net.genesis, as_of, &source, &code.into());
    assert_eq!(again, Ok(makers));
    // Nothing is said of other codes, of other proofs, or before the run is final.
    let other = self::code("FAKE").hash();
    assert!(!shown.holds(net.ledger.state(), &other));
    let told = Bundle::assemble(&net.ledger, &net.genesis, as_of, &source, &other.into());
    assert_eq!(told, Err(HistoryError::NoRecord));
    assert!(!shown.holds(Net::with_prefix().ledger.state(), &code));
    let mut bundle = bundle_of(&run_story().0, &codes[12]);
    bundle.undrawn.as_mut().unwrap().1.path.pop();
    assert!(!bundle.undrawn().unwrap().holds(net.ledger.state(), &code));
    for text in ["", "????", &"A".repeat(4_000)] {
        assert_eq!(Undrawn::from_text(text), None);
    }
}

/// A gateway that shows a run's history for a copied or invented serial.
#[test]
fn refuses_a_code_that_its_run_does_not_hold() {
    let (net, codes) = run_story();
    let fake = code("FAKE");
    let honest = bundle_of(&net, &codes[12]);
    let forge = |change: &dyn Fn(&mut RunItem)| {
        let mut forged = honest.clone();
        forged.code_hash = fake.hash();
        change(&mut forged.undrawn.as_mut().unwrap().1);
        in_itself(&forged.verify(&fake, net.genesis.id()).unwrap())
    };
    assert_eq!(forge(&|_| {}), [Problem::NotCommissioned]);
    assert_eq!(
        forge(&|item| item.code = fake.hash()),
        [Problem::NotCommissioned]
    );
    assert_eq!(
        forge(&|item| {
            item.code = fake.hash();
            item.path.clear();
        }),
        [Problem::NotCommissioned]
    );
}

#[test]
fn a_run_that_a_transformation_made_is_proven_too() {
    let mut net = Net::with_prefix();
    let batch = net.batch(&flour("A"), "10 KGM");
    let codes = serials(6);
    let list = net.run_list(&codes);
    let out = output(&codes[0], Made::Run(list.spec()));
    net.runs.push(list);
    net.transformed(&[(batch, "9 KGM")], &[out], &["1 KGM"]);
    let undrawn = report_of(&net, &codes[3]);
    assert_eq!(kinds(&undrawn), [Kind::Transform]);
    assert_eq!(undrawn.began, Some(undrawn.journey[0].at));
    let block = net.staff(FACTORY, &[net.drawing(&codes[3..4])]);
    net.applied(&block);
    assert_eq!(
        kinds(&report_of(&net, &codes[3])),
        [Kind::Transform, Kind::Draw]
    );
}

#[test]
fn what_was_corrected_stays_and_is_marked() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let block = net.staff(FACTORY, &[observe(&[item])]);
    let wrong = net.applied(&block);
    let block = net.staff(FACTORY, &[observe(&[item])]);
    let right = net.applied(&block);
    let block = net.staff(FACTORY, &[correct(item, wrong, &[right])]);
    let by = net.applied(&block);
    let report = report_of(&net, &code("A"));
    assert_eq!(
        kinds(&report),
        [
            Kind::Commission,
            Kind::Observe,
            Kind::Observe,
            Kind::Correct
        ]
    );
    let marked: Vec<_> = report
        .journey
        .iter()
        .map(|step| step.corrected_by)
        .collect();
    assert_eq!(marked, [None, Some(by), None, None]);
}
