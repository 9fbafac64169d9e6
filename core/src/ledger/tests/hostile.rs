//! What a hostile device or orderer tries on the ledger itself.

use crate::merkle::leaf_hash;
use crate::state::StateView;
use crate::testnet::*;
use crate::{
    ApplyError, Checkpoint, Cosignature, Digest32, Outcome, Pending, PendingError, cbor, limits,
    propose,
};
use std::collections::BTreeMap;

use super::empty;

/// A checkpoint holds a bounded number of blocks. With places given by device id, whoever grinds a
/// low key and never stops writing would keep all others out.
#[test]
fn a_flood_of_one_device_does_not_hold_up_the_others() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let (low, high) = if net.staff_id(FACTORY) < net.staff_id(CARRIER) {
        (FACTORY, CARRIER)
    } else {
        (CARRIER, FACTORY)
    };
    let honest = net.staff(high, &[observe(&[item])]);
    let flood: Vec<_> = (0..limits::CHECKPOINT_BLOCKS)
        .map(|_| net.staff(low, &[observe(&[item])]))
        .collect();
    let arrived = std::iter::once(&honest).chain(&flood);
    let proposal = propose(&net.ledger, arrived, net.now).unwrap();
    let proposal = proposal.proposal();
    assert_eq!(proposal.blocks().len(), limits::CHECKPOINT_BLOCKS);
    assert!(proposal.blocks().contains(&honest.id()));
}

/// The same member with the same keys in two networks: a revocation names no network but in its
/// block. An orderer that is in both must not carry it over.
#[test]
fn a_block_of_another_network_is_not_ordered_here() {
    let net = Net::with_prefix();
    let mut foreign = Net::named("Another lane");
    let found = foreign.genesis.id();
    let draft = revoke(foreign.staff_id(CUSTOMS), None);
    let block = foreign.admin(CUSTOMS, &[draft]);
    assert!(propose(&net.ledger, [&block], net.now).is_none());
    assert_eq!(
        Pending::over(&net.ledger, []).push(&block),
        Err(PendingError::Stranger)
    );

    let mut header = empty(&net.ledger, net.now.plus(1)).header().clone();
    let leaf = leaf_hash(block.statement());
    header.block_count = 1;
    header.log_size += 1;
    header.log_root = Digest32::from_bytes(net.ledger.log().root_with([leaf]));
    let cosignature = Cosignature::sign(&net.peer, None, &cbor::to_bytes(&header));
    let checkpoint = Checkpoint::new(header, vec![cosignature], vec![block.id()]);
    let checkpoint = checkpoint.verify(net.ledger.validators()).unwrap();
    let blocks = BTreeMap::from([(block.id(), block)]);
    assert_eq!(
        net.ledger.clone().apply(&checkpoint, &blocks).err(),
        Some(ApplyError::WrongNetwork { found })
    );
}

/// Were everything that waits for a block looked at again whenever one of its records is decided,
/// a few megabytes of waiting records would stop every replica for minutes.
#[test]
fn a_decision_wakes_only_what_waits_for_it() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let one = net.staff(FACTORY, &[observe(&[item])]);
    let two = net.staff(RETAILER, &[observe(&[item])]);
    let seen = |cite| observe(&[item]).citing(vec![cite]);
    let both = net.staff(CARRIER, &[seen(first(&one)), seen(first(&two))]);
    let on_one = net.staff(CARRIER, &[seen(at(&both, 0))]);
    let on_two = net.staff(CARRIER, &[seen(at(&both, 1))]);
    net.order(&[both.clone(), on_one.clone(), on_two.clone()]);
    let waiters = |net: &Net, record| net.ledger.state().waiters_on(&(record..=record));
    assert_eq!(waiters(&net, at(&both, 0)), [first(&on_one)]);
    assert_eq!(waiters(&net, at(&both, 1)), [first(&on_two)]);

    let decided = net.order(std::slice::from_ref(&one)).outcomes;
    let expected = [first(&one), at(&both, 0), first(&on_one)];
    assert_eq!(decided, expected.map(|record| (record, Outcome::Applied)));
    assert_eq!(
        net.ledger.state().waiting(&at(&both, 1)),
        Some(first(&two)),
        "its neighbour is decided, it is not"
    );
    net.order(&[two]);
    assert_eq!(net.outcomes[&first(&on_two)], Outcome::Applied);
}

#[test]
fn a_group_waits_as_a_whole_whichever_of_its_records_is_asked_about() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let unsent = net.staff(FACTORY, &[observe(&[item])]);
    let cite = observe(&[item]).citing(vec![first(&unsent)]);
    let drafts = [
        observe(&[item]).grouped(1),
        observe(&[item]),
        cite.grouped(1),
    ];
    let block = net.staff(CARRIER, &drafts);
    let pending = Pending::over(&net.ledger, [&block]);
    let asked = |view: &dyn StateView| [0, 1, 2].map(|index| view.waiting(&at(&block, index)));
    let expected = [Some(first(&unsent)), None, Some(first(&unsent))];
    assert_eq!(asked(&pending), expected);
    net.order(std::slice::from_ref(&block));
    assert_eq!(asked(net.ledger.state()), expected);
    // What waits in the ledger and is decided in the overlay no longer waits there.
    let pending = Pending::over(&net.ledger, [&unsent]);
    assert_eq!(asked(&pending), [None, None, None]);
}
