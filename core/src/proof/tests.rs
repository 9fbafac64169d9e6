mod absence;
mod altered;
mod vectors;

use super::extract::{Around, Registered};
use super::thing::{Names, Thing};
use super::*;
use crate::testnet::*;
use crate::{Code, Kind, Party, RecordRef, StateView, SubjectId, limits};

/// An item in a case on a pallet that was handed over, and one record that was refused.
struct Story {
    net: Net,
    code: Code,
    item: SubjectId,
    case: SubjectId,
    pallet: SubjectId,
    refused: RecordRef,
}

fn story() -> Story {
    let mut net = Net::with_prefix();
    let code = code("A");
    let items = net.commission(&[code.clone(), crate::testnet::code("B")]);
    let item = items[0];
    let [case, pallet] = [1, 2].map(|number| net.commission(&[case(number)])[0]);
    // Both have a life before the item is in them.
    for _ in 0..3 {
        let seen = net.staff(FACTORY, &[observe(&[case, pallet])]);
        net.applied(&seen);
    }
    let packed = net.staff(FACTORY, &[pack(case, &items)]);
    net.applied(&packed);
    let stacked = net.staff(FACTORY, &[pack(pallet, &[case])]);
    net.applied(&stacked);
    let cite = net.last_custody(&pallet);
    let taken = net.staff(RETAILER, &[accept(item, cite)]);
    net.order(std::slice::from_ref(&taken));
    net.handed_over(FACTORY, CARRIER, pallet);
    let seen = net.staff(CARRIER, &[observe(&[item])]);
    net.applied(&seen);
    Story {
        refused: first(&taken),
        net,
        code,
        item,
        case,
        pallet,
    }
}

impl Story {
    fn proof(&self) -> SubjectProof {
        prove(&self.net, &self.code)
    }

    fn known(&self) -> Known<'_> {
        known(&self.net)
    }

    /// What is wrong with a proof.
    fn wrong(&self, proof: &SubjectProof) -> ProofError {
        proof.verify(&self.code, &self.known()).unwrap_err()
    }
}

fn everything() -> Asked<'static> {
    Asked {
        records: None,
        not_in: None,
    }
}

fn try_prove(
    net: &Net,
    code: &Code,
    asked: Asked<'_>,
) -> Result<SubjectProof, crate::HistoryError> {
    let as_of = net.checkpoints.last().unwrap().signed_header();
    SubjectProof::assemble(&net.ledger, (&net.genesis, as_of), net, code, asked)
}

fn prove(net: &Net, code: &Code) -> SubjectProof {
    try_prove(net, code, everything()).unwrap()
}

fn known(net: &Net) -> Known<'_> {
    Known {
        genesis: Some(&net.genesis),
        ..Known::network(net.genesis.id())
    }
}

fn verified(net: &Net, code: &Code) -> Proven {
    prove(net, code).verify(code, &known(net)).unwrap()
}

fn own(proof: &mut SubjectProof) -> &mut Thing {
    match &mut proof.extract.registered {
        Registered::Member { subject, .. } => subject,
        Registered::Nobody(_) => panic!("nobody has the prefix"),
    }
}

#[test]
fn a_proof_shows_the_item_what_it_is_in_and_every_record() {
    let story = story();
    let bytes = story.proof().to_bytes().unwrap();
    let proof = SubjectProof::from_bytes(&bytes).unwrap();
    assert_eq!(proof, story.proof());
    // All that a stranger needs is the network's id.
    let stranger = Known::network(story.net.genesis.id());
    let proven = proof.verify(&story.code, &stranger).unwrap();
    let state = &proven.state;
    assert_eq!(state.subject, Some(story.item));
    assert_eq!(state.maker.as_ref().unwrap().0, story.net.id(FACTORY));
    assert_eq!(state.holder(), Some(&Party::Member(story.net.id(CARRIER))));
    assert_eq!(state.owner(), Some(&Party::Member(story.net.id(FACTORY))));
    let around: Vec<_> = state.containers.iter().map(|thing| thing.id).collect();
    assert_eq!(around, [story.case, story.pallet]);
    let kinds: Vec<_> = proven.records.iter().map(|r| r.record.kind()).collect();
    assert_eq!(
        kinds,
        [
            // The item's own, then those of the containers since it was in them.
            Kind::Commission,
            Kind::Pack,
            Kind::Observe,
            Kind::Pack,
            Kind::Offer,
            Kind::Accept,
        ]
    );
    assert_eq!(state.own.as_ref().unwrap().unnamed, 0);
    assert_eq!(state.containers[0].unnamed, 4);
    assert_eq!((proven.cosigned, proven.validators), (1, 1));
    assert_eq!(proven.name_of(&story.net.id(CARRIER)), "Carrier");
    assert!(proven.records.iter().all(|r| r.at != story.refused));
}

#[test]
fn records_are_disclosed_one_by_one() {
    let story = story();
    let all = story.proof().verify(&story.code, &story.known()).unwrap();
    for count in [0, 1, 2] {
        let some = all.records.iter().take(count).map(|record| record.at);
        let wanted = some.collect();
        let asked = Asked {
            records: Some(&wanted),
            ..everything()
        };
        let proof = try_prove(&story.net, &story.code, asked).unwrap();
        let proven = proof.verify(&story.code, &story.known()).unwrap();
        let shown: std::collections::BTreeSet<_> = proven.records.iter().map(|r| r.at).collect();
        assert_eq!(shown, wanted);
        // What is not shown is counted and named all the same.
        assert_eq!(proven.state, all.state);
    }
}

/// What came out of a container when it was accepted counts a record that does not name it.
#[test]
fn contents_that_were_left_behind_have_the_acceptance_among_their_records() {
    let mut net = Net::with_prefix();
    let items = net.commission(&[code("A"), code("B")]);
    let case = net.commission(&[case(1)])[0];
    let packed = net.staff(FACTORY, &[pack(case, &items)]);
    net.applied(&packed);
    let offer = net.offered(FACTORY, CARRIER, case);
    let taken = net.staff(CARRIER, &[accept_but(case, offer, &items[..1])]);
    let taken = net.applied(&taken);
    let proven = verified(&net, &code("A"));
    let records = &proven.state.own.as_ref().unwrap().records;
    assert_eq!(records.last(), Some(&taken));
    assert!(proven.state.containers.is_empty());
    let Kind::Accept = proven.records.last().unwrap().record.kind() else {
        panic!("the acceptance is the newest record")
    };
}

#[test]
fn a_record_that_waited_stands_where_it_took_effect() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let cite = net.last_custody(&item);
    let offering = net.staff(FACTORY, &[offer(item, net.id(CARRIER), cite)]);
    let seen = net.staff(FACTORY, &[observe(&[item])]);
    let taken = net.staff(CARRIER, &[accept(item, first(&offering))]);
    net.order(std::slice::from_ref(&taken));
    net.order(&[offering, seen]);
    let kinds: Vec<_> = verified(&net, &code("A"))
        .records
        .iter()
        .map(|record| record.record.kind())
        .collect();
    assert_eq!(
        kinds,
        [Kind::Commission, Kind::Offer, Kind::Accept, Kind::Observe]
    );
}

#[test]
fn an_item_of_a_run_has_the_records_of_its_run_until_it_is_drawn() {
    let mut net = Net::with_prefix();
    let codes = serials(5);
    let run = net.run(&codes);
    let seen = net.staff(FACTORY, &[observe(&[run])]);
    net.applied(&seen);
    // Of an item without a record, its run speaks.
    let proven = verified(&net, &codes[0]);
    let (thing, item) = proven.state.run.as_ref().unwrap();
    assert_eq!((thing.id, item.code), (run, codes[0].hash()));
    assert_eq!(thing.records.len(), 2);
    // Another one's drawing is none of the run's records, nor of its other items.
    for drawn in [&codes[1], &codes[0]] {
        let drawing = net.staff(FACTORY, &[net.drawing(std::slice::from_ref(drawn))]);
        net.applied(&drawing);
        let proven = verified(&net, drawn);
        assert!(proven.state.run.is_none());
        assert_eq!(proven.state.own.unwrap().records.len(), 3);
    }
    let seen = net.staff(FACTORY, &[observe(&[run])]);
    net.applied(&seen);
    assert_eq!(
        verified(&net, &codes[0]).state.own.unwrap().records.len(),
        3
    );
    assert_eq!(verified(&net, &codes[2]).records.len(), 3);
}

#[test]
fn a_long_life_is_counted_where_it_is_not_named() {
    let names: Vec<_> = (0..10u16)
        .map(|index| RecordRef {
            block: crate::BlockId::from_bytes([7; 32]),
            index,
        })
        .collect();
    let all = Names::all(names.clone());
    let late = all.clone().from(8);
    assert_eq!((late.before, late.named.as_slice()), (8, &names[8..]));
    assert_eq!(late.from(2), all.clone().from(10));
    assert_eq!(all.clone().newest(), all);
    let longer = Names::all(vec![names[0]; super::thing::NAMES + 3]);
    assert_eq!(longer.newest().before, 3);
}

/// Whoever would make everybody's proofs too large by rotating its root keys cannot, and not even
/// all members of the largest network together.
#[test]
fn as_many_rotations_as_can_be_fit_a_proof() {
    let mut net = Net::crowded();
    let network = net.genesis.id();
    // Bystanders commit to the keys that they have: rotations in name alone.
    let key = |member: usize| root_of(u8::try_from(96 + member).unwrap());
    let rotations = |net: &mut Net, member: usize| {
        let (key, id) = (key(member), net.id(member));
        let next = key.public().next_digest();
        let change = crate::RootChange::rotation(&network, &id, &key, next);
        let all = vec![rotate(change); limits::ROOT_CHANGES];
        net.admin(member, &all)
    };
    let mut blocks: Vec<_> = (5..net.members.len())
        .map(|member| rotations(&mut net, member))
        .collect();
    net.order(&blocks);
    for member in FACTORY..=BANK {
        for _ in 0..limits::ROOT_CHANGES {
            net.rotated(member);
        }
    }
    let same = crate::RosterAct::SetValidators(net.ledger.validators().clone());
    let (terms, half) = (net.terms(2), net.members.len() / 2);
    blocks = (5..=5 + half)
        .map(|member| {
            let draft = wish_by(&net, &key(member), (terms, &same));
            net.admin(member, &[draft])
        })
        .collect();
    net.order(&blocks);
    net.come_to(terms.height);
    net.wait(1000);
    let changes = net.ledger.state().roster().changes();
    let most = limits::READER_GROUPS * limits::ROOT_CHANGES;
    assert_eq!(changes[0].roots().len(), most);
    let code = code("A");
    let bytes = prove(&net, &code).to_bytes().unwrap();
    // As many validators as members, with their post-quantum keys and signatures, are 0.8 MB more.
    assert!(
        bytes.len() + 900_000 < limits::BUNDLE_BYTES,
        "{}",
        bytes.len()
    );
    let proof = SubjectProof::from_bytes(&bytes).unwrap();
    proof.verify(&code, &known(&net)).unwrap();
}
