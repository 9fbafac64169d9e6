mod absence;
mod amending;
mod goods;
mod hostile;
mod left;
mod owners;
mod strangers;
mod vectors;
mod whole;

use std::collections::BTreeSet;

use super::bundle::{Entry, Shown};
use super::*;
use crate::testnet::*;
use crate::{
    AudienceDraft, Body, BundleError, Code, Kind, NetworkId, RecordDraft, RecordRef, Role,
    SectionBody, SubjectId, Verdict,
};

/// An item that is inspected, packed in a case that goes from hand to hand, and taken out at the
/// retailer's.
struct Story {
    net: Net,
    code: Code,
    item: SubjectId,
    case: SubjectId,
}

fn inspection(item: SubjectId, code: &Code, cite: RecordRef) -> RecordDraft {
    let body = Body::Attest {
        when: when(),
        verdict: Verdict::Pass,
        evidence: Vec::new(),
    };
    let label = AudienceDraft::Label {
        subject_index: 0,
        code: code.clone(),
    };
    let said = SectionBody {
        product: Some("Lamp".to_owned()),
        ..SectionBody::default()
    };
    RecordDraft::new(body, vec![item])
        .citing(vec![cite])
        .telling(label, said)
        .telling(AudienceDraft::Members, SectionBody::default())
}

fn story() -> Story {
    let mut net = Net::with_prefix();
    let code = code("A");
    let items = net.commission(&[code.clone(), crate::testnet::code("B")]);
    let case = net.commission(&[case(1)])[0];
    let (item, made) = (items[0], net.last_custody(&items[0]));
    let carrier = net.id(CARRIER);

    // The case has a history of its own before the item is in it.
    net.handed_over(FACTORY, CARRIER, case);
    net.handed_over(CARRIER, FACTORY, case);

    let inspected = net.staff(FACTORY, &[inspection(item, &code, made)]);
    let inspected = net.applied(&inspected);
    let packing = pack(case, &items).citing(vec![inspected, net.last_custody(&case)]);
    let packed = net.staff(FACTORY, &[packing]);
    let packed = net.applied(&packed);
    let cite = net.last_custody(&case);
    let offering = offer(case, carrier, cite).citing(vec![cite, packed]);

    // A courier's phone that was enrolled later, and revoked later still.
    let device = entry(&device_key(50), Role::Courier);
    let enrolled = net.admin(CARRIER, &[enrol(carrier, device)]);
    net.applied(&enrolled);
    net.staff[CARRIER] = Phone::new(device_key(50), carrier);

    // The acceptance reaches the log before the offer, and waits.
    let offered = net.staff(FACTORY, &[offering]);
    let taken = net.staff(CARRIER, &[accept(case, first(&offered))]);
    net.order(std::slice::from_ref(&taken));
    net.order(&[offered]);
    net.handed_over(CARRIER, RETAILER, case);
    let last = Some((crate::Seq(1), net.staff[CARRIER].prev.unwrap()));
    let revoked = net.admin(CARRIER, &[revoke(device_key(50).id(), last)]);
    net.applied(&revoked);
    let cite = net.last_custody(&case);
    let opened = net.staff(
        RETAILER,
        &[unpack(case, &[item]).citing(vec![cite, packed])],
    );
    let opened = net.applied(&opened);
    // What happens to the case afterwards is none of the item's business.
    net.handed_over(RETAILER, CUSTOMS_ADMIN, case);
    let seen = net.staff(RETAILER, &[observe(&[item]).citing(vec![opened])]);
    net.applied(&seen);
    Story {
        net,
        code,
        item,
        case,
    }
}

/// The case goes back to the factory at last.
const CUSTOMS_ADMIN: usize = FACTORY;

fn bundle(story: &Story) -> Bundle {
    let net = &story.net;
    let as_of = net.checkpoints.last().unwrap().signed_header();
    Bundle::assemble(
        &net.ledger,
        &net.genesis,
        as_of,
        net,
        &story.code.hash().into(),
    )
    .unwrap()
}

fn verify(story: &Story, bundle: &Bundle) -> Report {
    bundle.verify(&story.code, story.net.genesis.id()).unwrap()
}

fn problems(story: &Story, bundle: &Bundle) -> Vec<Problem> {
    in_itself(&verify(story, bundle))
}

/// What a history shows by itself. That it is not the whole one either is tested apart.
fn in_itself(report: &Report) -> Vec<Problem> {
    let checks = report.checks.iter();
    let others = checks.filter(|check| check.kind != CheckKind::Whole);
    others.flat_map(|check| check.problems.clone()).collect()
}

#[test]
fn the_journey_goes_through_the_case_while_the_item_was_in_it() {
    let story = story();
    let report = verify(&story, &bundle(&story));
    assert_eq!(
        report.problems().collect::<Vec<_>>(),
        Vec::<&Problem>::new()
    );
    assert!(report.holds());
    let journey: Vec<_> = report
        .journey
        .iter()
        .map(|step| (step.kind, step.through == Some(story.case)))
        .collect();
    assert_eq!(
        journey,
        [
            (Kind::Commission, false),
            (Kind::Attest, false),
            (Kind::Pack, false),
            (Kind::Offer, true),
            (Kind::Accept, true),
            (Kind::Offer, true),
            (Kind::Accept, true),
            (Kind::Unpack, false),
            (Kind::Observe, false),
        ]
    );
    assert_eq!(report.subject, Some(story.item));
    assert_eq!(report.holder, Some(story.net.id(RETAILER).into()));
    assert_eq!(report.orderers, ["Factory"]);
    assert_eq!(report.journey[4].member_name.as_deref(), Some("Carrier"));
    let opened = &report.journey[1].sections;
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0].body.product.as_deref(), Some("Lamp"));
    assert!(report.checks.iter().all(|check| check.looked_at > 0));

    let selected = select(&story.net.ledger, &story.net, &story.item).unwrap();
    let selected: Vec<_> = selected.iter().map(|located| located.at).collect();
    let shown: Vec<_> = report.journey.iter().map(|step| step.at).collect();
    assert_eq!(selected, shown);
}

#[test]
fn a_bundle_survives_its_bytes_and_answers_one_question() {
    let story = story();
    let bundle = bundle(&story);
    let bytes = bundle.to_bytes().unwrap();
    assert_eq!(Bundle::from_bytes(&bytes).as_ref(), Ok(&bundle));
    let network = story.net.genesis.id();
    assert_eq!(
        bundle.verify(&code("B"), network),
        Err(BundleError::OtherCode)
    );
    assert_eq!(
        bundle.verify(&story.code, NetworkId::from_bytes([1; 32])),
        Err(BundleError::WrongNetwork)
    );
    let too_large = vec![0; crate::limits::BUNDLE_BYTES + 1];
    assert!(matches!(
        Bundle::from_bytes(&too_large),
        Err(BundleError::TooLarge { .. })
    ));
    let nothing = Bundle::assemble(
        &story.net.ledger,
        &story.net.genesis,
        story.net.checkpoints.last().unwrap().signed_header(),
        &story.net,
        &code("NEVER").hash().into(),
    );
    assert_eq!(nothing, Err(HistoryError::NoRecord));
}

#[test]
fn no_altered_byte_goes_unnoticed() {
    let story = story();
    let bytes = bundle(&story).to_bytes().unwrap();
    for place in 0..bytes.len() {
        assert_noticed(&story, &bytes, place, 1 << (place % 8));
    }
}

/// Each bit of a smaller bundle: an item that was made, inspected, and nothing more.
#[test]
fn no_altered_bit_goes_unnoticed() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let cite = net.last_custody(&item);
    let inspected = net.staff(FACTORY, &[inspection(item, &code("A"), cite)]);
    net.applied(&inspected);
    let story = Story {
        code: code("A"),
        item,
        case: item,
        net,
    };
    let bytes = bundle(&story).to_bytes().unwrap();
    // The genesis comes first. Its hash is the network: one bit of each byte says enough there.
    let genesis = bundle(&story).genesis.len();
    for place in 0..bytes.len() {
        let bits = if place < genesis { 1 } else { 8 };
        for bit in 0..bits {
            assert_noticed(&story, &bytes, place, 1 << bit);
        }
    }
}

fn assert_noticed(story: &Story, bytes: &[u8], place: usize, flip: u8) {
    let mut altered = bytes.to_vec();
    altered[place] ^= flip;
    let verified = Bundle::from_bytes(&altered)
        .and_then(|bundle| bundle.verify(&story.code, story.net.genesis.id()));
    let passes = verified.is_ok_and(|report| report.holds());
    assert!(!passes, "byte {place} of {}, bits {flip:#x}", bytes.len());
}

/// Every record of a bundle, as places.
fn shown(bundle: &Bundle) -> Vec<(usize, usize)> {
    let entries = bundle.entries.iter().enumerate();
    entries
        .flat_map(|(e, entry)| (0..entry.records.len()).map(move |r| (e, r)))
        .collect()
}

fn without(bundle: &Bundle, (entry, record): (usize, usize)) -> (Bundle, Shown) {
    let mut cut = bundle.clone();
    let shown = cut.entries[entry].records.remove(record);
    if cut.entries[entry].records.is_empty() {
        cut.entries.remove(entry);
    }
    (cut, shown)
}

#[test]
fn a_record_left_out_is_noticed_and_named() {
    let story = story();
    let bundle = bundle(&story);
    let report = verify(&story, &bundle);
    let journey: Vec<RecordRef> = report.journey.iter().map(|step| step.at).collect();
    let mut unnoticed = BTreeSet::new();
    for place in shown(&bundle) {
        let at = RecordRef {
            block: crate::BlockId::of(&bundle.entries[place.0].statement),
            index: bundle.entries[place.0].records[place.1].index,
        };
        let (cut, _) = without(&bundle, place);
        let report = verify(&story, &cut);
        if report.holds() {
            unnoticed.insert(at);
        } else if journey.contains(&at) && Some(&at) != journey.first() {
            let named = |problem: &Problem| match problem {
                Problem::MissingRecord { cite, .. } => *cite == at,
                Problem::LeftOut { record, .. } => *record == at,
                _ => false,
            };
            assert!(report.problems().any(named), "{at}: {report:?}");
        }
    }
    // That a device was revoked later changes nothing about what it wrote before: whatever it
    // wrote after is in no state.
    let kinds: Vec<_> = unnoticed
        .iter()
        .map(|at| story.net.blocks[&at.block].records()[usize::from(at.index)].kind())
        .collect();
    assert_eq!(kinds, [Kind::Revoke]);
}

/// Puts a block's records into a bundle, with their true paths.
fn with_block(story: &Story, bundle: &Bundle, block: &crate::VerifiedBlock) -> Bundle {
    use crate::StateView;
    let mut more = bundle.clone();
    let index = story.net.ledger.state().logged(&block.id()).unwrap().index;
    more.entries.retain(|entry| entry.log_index != index);
    let indices = 0..u16::try_from(block.records().len()).unwrap();
    more.entries.push(Entry {
        log_index: index,
        statement: block.statement().to_vec(),
        log_path: story
            .net
            .log
            .path_at(index, bundle.as_of.header().log_size())
            .unwrap(),
        records: indices
            .map(|index| Shown {
                index,
                record: block.record_bytes(index).unwrap().to_vec(),
                path: block.record_path(index).unwrap(),
                sections: Vec::new(),
            })
            .collect(),
    });
    more.entries.sort_by_key(|entry| entry.log_index);
    more
}

/// A bundle of an item that was handed over once and then met `trouble`, shown whole.
fn troubled(
    trouble: impl Fn(&mut Net, SubjectId, RecordRef) -> crate::VerifiedBlock,
) -> Vec<Problem> {
    let mut net = Net::with_prefix();
    let code = code("A");
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let taken = net.staff(CARRIER, &[accept(item, offer)]);
    net.applied(&taken);
    let block = trouble(&mut net, item, offer);
    net.order(std::slice::from_ref(&block));
    let case = item;
    let story = Story {
        net,
        code,
        item,
        case,
    };
    let more = with_block(&story, &bundle(&story), &block);
    problems(&story, &more)
}

fn refusal_codes(problems: &[Problem]) -> Vec<&'static str> {
    problems
        .iter()
        .map(|problem| match problem {
            Problem::AgainstRules { refusal, .. } => refusal.code(),
            other => other.code(),
        })
        .collect()
}

#[test]
fn refused_records_passed_off_as_applied_are_noticed() {
    let second_acceptance = troubled(|net, item, offer| net.admin(CARRIER, &[accept(item, offer)]));
    assert_eq!(refusal_codes(&second_acceptance), ["offer-used"]);

    let offer_by_a_former_holder = troubled(|net, item, _| {
        let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
        net.staff(FACTORY, &[draft])
    });
    assert_eq!(refusal_codes(&offer_by_a_former_holder), ["not-holder"]);

    let stale = troubled(|net, item, first_offer| {
        let draft = offer(item, net.id(RETAILER), first_offer);
        net.staff(CARRIER, &[draft])
    });
    assert_eq!(refusal_codes(&stale), ["stale-custody"]);

    let second_commissioning = troubled(|net, _, _| {
        let draft = commission(PREFIX, &[code("A")], &net.genesis, net.id(FACTORY));
        net.staff(FACTORY, &[draft])
    });
    assert_eq!(
        refusal_codes(&second_commissioning),
        ["already-commissioned"]
    );

    let not_inside = troubled(|net, item, _| {
        let case = net.commission(&[case(3)])[0];
        net.staff(CARRIER, &[unpack(case, &[item])])
    });
    assert!(refusal_codes(&not_inside).contains(&"not-inside"));

    let packed_by_another = troubled(|net, item, _| {
        let case = net.commission(&[case(3)])[0];
        net.staff(FACTORY, &[pack(case, &[item])])
    });
    assert_eq!(
        refusal_codes(&packed_by_another),
        // The case's own commissioning is not in this bundle.
        ["custody-unknown", "different-holders"]
    );

    let declined_after_all =
        troubled(|net, item, offer| net.admin(CARRIER, &[decline(item, offer)]));
    assert_eq!(refusal_codes(&declined_after_all), ["offer-used"]);

    let ended_by_another = troubled(|net, item, _| net.staff(FACTORY, &[decommission(&[item])]));
    assert_eq!(refusal_codes(&ended_by_another), ["not-holder"]);

    let not_permitted = troubled(|net, item, _| {
        let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
        net.staff(CUSTOMS, &[draft])
    });
    assert_eq!(refusal_codes(&not_permitted), ["not-permitted"]);
}

proptest::proptest! {
    #[test]
    fn bundles_of_any_bytes_never_panic(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)
    ) {
        let _ = Bundle::from_bytes(&bytes);
    }
}
