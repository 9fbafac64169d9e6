//! Bundles of a gateway that shows, beside true records, what the ledger refused.

use super::*;
use crate::{Outcome, Refusal, Seq, VerifiedBlock};

/// The bundle of item `A` with these blocks shown whole.
fn shown_with(net: Net, blocks: &[VerifiedBlock]) -> Vec<&'static str> {
    let item = code("A").subject(&net.genesis.id(), &net.id(FACTORY));
    let story = Story {
        code: code("A"),
        item,
        case: item,
        net,
    };
    let honest = bundle(&story);
    assert_eq!(problems(&story, &honest), []);
    let all = blocks
        .iter()
        .fold(honest, |bundle, block| with_block(&story, &bundle, block));
    refusal_codes(&problems(&story, &all))
}

/// An offer stands, the giver packs the item all the same (refused), and the offer is accepted.
/// Shown together they would put the item into a container that it was never in.
#[test]
fn packing_what_is_on_offer_and_accepting_it_after_all_is_noticed() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let codes = [case(1)];
    let draft = commission(PREFIX, &codes, &net.genesis, net.id(FACTORY));
    let box_ = draft.subjects[0];
    let made = net.staff(FACTORY, &[draft]);
    net.applied(&made);
    let offer = net.offered(FACTORY, CARRIER, item);
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    assert_eq!(net.refused(&packed).code(), "open-offer-exists");
    let taken = net.staff(CARRIER, &[accept(item, offer)]);
    net.applied(&taken);
    assert_eq!(shown_with(net, &[made, packed]), ["no-such-offer"]);
}

#[test]
fn a_container_in_its_own_content_is_noticed() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let box_ = net.commission(&[case(1)])[0];
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    let around = net.staff(FACTORY, &[pack(item, &[box_])]);
    assert_eq!(net.refused(&around).code(), "inside-itself");
    assert_eq!(shown_with(net, &[around]), ["inside-itself"]);
}

#[test]
fn a_ninth_container_is_noticed() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let codes: Vec<Code> = (0..9).map(case).collect();
    let boxes = net.commission(&codes);
    let mut inside = item;
    for outer in &boxes[..8] {
        let packed = net.staff(FACTORY, &[pack(*outer, &[inside])]);
        net.applied(&packed);
        inside = *outer;
    }
    let ninth = net.staff(FACTORY, &[pack(boxes[8], &[inside])]);
    assert_eq!(net.refused(&ninth).code(), "too-deep");
    assert_eq!(shown_with(net, &[ninth]), ["too-deep"]);
}

/// A device is revoked with nothing of it taken; a second revocation (refused) names its later
/// block as the last good one. Only the first counts.
#[test]
fn a_second_revocation_gives_nothing_back() {
    // The order inside a checkpoint cannot be aimed at: more records make another block, until
    // the revocation is ordered first.
    let stage = |records: usize| {
        let mut net = Net::with_prefix();
        let item = net.item("A");
        let device = net.staff_id(CARRIER);
        let revoked = net.admin(CARRIER, &[revoke(device, None)]);
        let late = net.staff(CARRIER, &vec![observe(&[item]); records]);
        net.order(&[revoked.clone(), late.clone()]);
        (net, revoked, late)
    };
    let revoked_first = |net: &Net, late: &VerifiedBlock| {
        let outcome = &net.outcomes[&first(late)];
        matches!(outcome, Outcome::Refused(Refusal::DeviceRevoked { .. }))
    };
    let (mut net, revoked, late) = (1..50)
        .map(stage)
        .find(|(net, _, late)| revoked_first(net, late))
        .unwrap();
    let last = Some((Seq(0), late.id()));
    let again = net.admin(CARRIER, &[revoke(net.staff_id(CARRIER), last)]);
    assert_eq!(net.refused(&again).code(), "already-revoked");
    assert_eq!(
        shown_with(net, &[revoked, again, late]),
        ["revoked-device", "already-revoked"]
    );
}

/// The log proves a place, not who signed: an orderer that forged a block could put it there.
#[test]
fn a_signature_that_is_not_the_devices_is_named() {
    let story = story();
    let mut bundle = bundle(&story);
    let statement = &mut bundle.entries[0].statement;
    let device = crate::Statement::parse(statement)
        .unwrap()
        .header()
        .device();
    // The last byte is the signature's.
    *statement.last_mut().unwrap() ^= 1;
    let block = crate::BlockId::of(statement);
    let found = problems(&story, &bundle);
    assert!(
        found.contains(&Problem::BadSignature { block, device }),
        "{found:?}"
    );
}

#[test]
fn a_block_of_another_network_is_in_no_log() {
    let story = story();
    let mut bundle = bundle(&story);
    let mut elsewhere = Net::named("Another lane");
    let block = elsewhere.staff(RETAILER, &[observe(&[story.item])]);
    // Whatever the log says: a hostile orderer may have put the block there.
    let mut header = bundle.as_of.header().clone();
    let leaf = crate::merkle::leaf_hash(block.statement());
    let log_index = header.log_size;
    let leaves = story.net.log.leaf_hashes().iter().copied();
    let log = crate::merkle::MerkleTree::from_leaf_hashes(leaves.chain([leaf]));
    header.log_size += 1;
    header.log_root = crate::Digest32::from_bytes(log.root());
    let cosignature =
        crate::Cosignature::sign(&story.net.peer, None, &crate::cbor::to_bytes(&header));
    let checkpoint = crate::Checkpoint::new(header, vec![cosignature], Vec::new());
    bundle.as_of = checkpoint.signed_header().clone();
    for entry in &mut bundle.entries {
        entry.log_path = log.path(entry.log_index).unwrap();
    }
    assert_eq!(problems(&story, &bundle), []);
    bundle.entries.push(Entry {
        log_index,
        statement: block.statement().to_vec(),
        log_path: log.path(log_index).unwrap(),
        records: Vec::new(),
    });
    let block = block.id();
    assert_eq!(
        problems(&story, &bundle),
        [Problem::NotInLog { block, log_index }]
    );
}

/// The store knows refused and waiting records too; an honest gateway must not pass them off as
/// applied.
#[test]
fn what_was_refused_or_waits_is_not_shown() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let taken = net.staff(CARRIER, &[accept(item, offer)]);
    net.applied(&taken);
    let twice = net.admin(CARRIER, &[accept(item, offer)]);
    assert_eq!(net.refused(&twice).code(), "offer-used");
    let unsent = net.staff(FACTORY, &[observe(&[item])]);
    let waits = net.staff(CARRIER, &[observe(&[item]).citing(vec![first(&unsent)])]);
    net.order(std::slice::from_ref(&waits));
    let hidden = [first(&twice), first(&waits), first(&unsent)];
    let given = net.records_of(&item);
    assert!(
        hidden.iter().all(|at| given.contains(at)),
        "the store has them"
    );
    let selected = select(&net.ledger, &net, &item).unwrap();
    assert!(selected.iter().all(|located| !hidden.contains(&located.at)));
    assert_eq!(shown_with(net, &[]), Vec::<&str>::new());
}

/// Groups take effect together, and what waited comes after the whole block: a history that is
/// checked in another order than the ledger's could be called forged, or be forged.
#[test]
fn a_history_is_in_the_order_in_which_the_ledger_decided() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let grouped = || observe(&[item]).grouped(1);
    let block = net.staff(FACTORY, &[grouped(), observe(&[item]), grouped()]);
    let waits = net.staff(CARRIER, &[observe(&[item]).citing(vec![first(&block)])]);
    net.order(&[waits]);
    let decided = net.order(&[block]).outcomes;
    let decided: Vec<RecordRef> = decided.iter().map(|(at, _)| *at).collect();
    assert_eq!(decided.len(), 4);
    let selected = select(&net.ledger, &net, &item).unwrap();
    let selected: Vec<RecordRef> = selected.iter().skip(1).map(|located| located.at).collect();
    assert_eq!(selected, decided);
}

/// What a declined offer or an ended item went through afterwards was refused by the ledger.
#[test]
fn what_was_declined_or_has_ended_goes_no_further() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let declined = net.staff(CARRIER, &[decline(item, offer)]);
    net.applied(&declined);
    let taken = net.staff(CARRIER, &[accept(item, offer)]);
    assert_eq!(net.refused(&taken).code(), "offer-declined");
    let ended = net.staff(FACTORY, &[decommission(&[item])]);
    net.applied(&ended);
    let seen = net.staff(CUSTOMS, &[observe(&[item])]);
    assert_eq!(net.refused(&seen).code(), "decommissioned");
    assert_eq!(
        shown_with(net, &[taken, seen]),
        ["offer-declined", "decommissioned"]
    );
}

/// A container that ends while the item is in it, or an item that ends inside one.
#[test]
fn what_is_full_or_packed_does_not_end() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let box_ = net.commission(&[case(1)])[0];
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    let full = net.staff(FACTORY, &[decommission(&[box_])]);
    assert_eq!(net.refused(&full).code(), "not-empty");
    let inside = net.staff(FACTORY, &[decommission(&[item])]);
    assert_eq!(net.refused(&inside).code(), "inside-container");
    assert_eq!(
        shown_with(net, &[full, inside]),
        ["not-empty", "inside-container"]
    );
}

/// A hold on the case around the item binds the item, and only who held it lets it go.
#[test]
fn what_is_held_does_not_move_in_a_history() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let box_ = net.commission(&[case(1)])[0];
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    let held = net.staff(CUSTOMS, &[hold(&[box_])]);
    net.applied(&held);
    let opened = net.staff(FACTORY, &[unpack(box_, &[item])]);
    assert_eq!(net.refused(&opened).code(), "held");
    let freed = net.admin(FACTORY, &[clear(&[box_])]);
    assert_eq!(net.refused(&freed).code(), "not-your-hold");
    let twice = net.staff(CUSTOMS, &[hold(&[box_])]);
    assert_eq!(net.refused(&twice).code(), "already-held");
    let usurped = net.admin(FACTORY, &[hold(&[item])]);
    assert_eq!(net.refused(&usurped).code(), "not-an-authority");
    let nothing = net.staff(CUSTOMS, &[clear(&[item])]);
    assert_eq!(net.refused(&nothing).code(), "not-held");
    assert_eq!(
        shown_with(net, &[opened, freed, twice, usurped, nothing]),
        [
            "held",
            "not-your-hold",
            "already-held",
            "not-an-authority",
            "not-held"
        ]
    );
}

#[test]
fn a_history_says_who_holds_the_item_back() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let box_ = net.commission(&[case(1)])[0];
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    let held = net.staff(CUSTOMS, &[hold(&[box_])]);
    net.applied(&held);
    let customs = net.id(CUSTOMS);
    let mut story = Story {
        code: code("A"),
        item,
        case: box_,
        net,
    };
    let report = verify(&story, &bundle(&story));
    assert!(report.holds());
    assert_eq!(report.held_by, Some(customs));
    let cleared = story.net.staff(CUSTOMS, &[clear(&[box_])]);
    story.net.applied(&cleared);
    let report = verify(&story, &bundle(&story));
    assert!(report.holds());
    assert_eq!(report.held_by, None);
}
