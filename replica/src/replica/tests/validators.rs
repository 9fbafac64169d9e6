//! Checkpoints of validators that are not known when they come.

use chopmark_core::{
    Body, Height, RosterAct, RosterTerms, StateView as _, Validator, ValidatorSet,
};

use super::*;

/// Both members want the second one's peer to order, from so many checkpoints on.
fn hand_over(fixture: &Fixture, first: &Replica) -> Height {
    let net = &fixture.net;
    let set = ValidatorSet::new(vec![Validator::new(net.members[1], Testnet::key(12).id())]);
    let act = RosterAct::SetValidators(set.unwrap());
    let terms = first.read_final(|ledger| RosterTerms {
        replaces: ledger.state().roster().digest(),
        height: Height(ledger.state().next_height().0 + 3),
    });
    for n in [21, 22] {
        let admin = net.device(n);
        let signature = terms.sign(&net.genesis.id(), &act, &Testnet::root(n - 20));
        let body = Body::wish(terms, act.clone(), signature);
        net.append(first, &admin, &[RecordDraft::new(body, vec![])]);
    }
    terms.height
}

fn beat(replica: &Replica, key: u8) {
    let now = TimeMs(wall_clock_ms());
    let beat = replica.order(&Testnet::key(key), now, WhenIdle::Beat);
    assert!(beat.unwrap().is_some());
}

/// A history in which the second peer takes over from the first, as its items.
fn taken_over(fixture: &Fixture) -> (Replica, Vec<Item>) {
    let first = fixture.replica("first", PartyKind::Peer);
    let height = hand_over(fixture, &first);
    while first.status().height.0 + 1 < height.0 {
        beat(&first, 11);
    }
    for _ in 0..5 {
        beat(&first, 12);
    }
    let items = everything(&first).into_iter().map(|numbered| numbered.item);
    let items = items.collect();
    (first, items)
}

fn is_checkpoint(item: &Item) -> bool {
    matches!(item, Item::Checkpoint(_))
}

#[test]
fn a_peer_follows_a_change_of_validators() {
    let fixture = Fixture::new();
    let (first, items) = taken_over(&fixture);
    let second = fixture.replica("second", PartyKind::Peer);
    take(&second, 11, items);
    assert_eq!(second.status().state, first.status().state);
    // And again from disk, where nobody knew the new validators when the first were read.
    let status = second.status();
    drop(second);
    assert_eq!(fixture.reopen("second", PartyKind::Peer).status(), status);
}

/// The newest come first and the blocks last: whose checkpoints they are is known only then.
#[test]
fn checkpoints_wait_until_their_validators_are_known() {
    let fixture = Fixture::new();
    let (first, items) = taken_over(&fixture);
    let (checkpoints, blocks): (Vec<_>, Vec<_>) = items.into_iter().partition(is_checkpoint);
    let second = fixture.replica("second", PartyKind::Peer);
    let newest_first = checkpoints.into_iter().rev().collect();
    take(&second, 11, newest_first);
    assert_eq!(second.status().height.0, 0);
    // They wait in memory, so they are asked for again after a start.
    assert_eq!(second.peer(Testnet::key(11).id()).unwrap().since().get(), 0);
    take(&second, 11, blocks);
    assert_eq!(second.status().state, first.status().state);
}

/// The first peer goes on alone, beyond its time.
#[test]
fn what_old_validators_sign_is_refused_by_name() {
    let fixture = Fixture::new();
    let (first, items) = taken_over(&fixture);
    let other = fixture.replica("other", PartyKind::Peer);
    while other.status().height < first.status().height {
        beat(&other, 11);
    }
    let stale: Vec<_> = everything(&other);
    let second = fixture.replica("second", PartyKind::Peer);
    take(&second, 11, items);
    beat(&other, 11);
    let newest = everything(&other).split_off(stale.len());
    let taken = second
        .take_in(Testnet::key(31).id(), newest, 1_000)
        .unwrap();
    assert_eq!(taken.not_taken[0].code, "bad-signature");
    assert!(taken.not_taken[0].detail.contains("validator set"));
    assert_eq!(second.status().state, first.status().state);
}

/// More than there is room for, in no useful order, takes a bounded room and keeps no other out.
#[test]
fn a_flood_of_checkpoints_that_nobody_can_check_yet_ends() {
    let fixture = Fixture::new();
    let (first, _) = taken_over(&fixture);
    for _ in 0..600 {
        beat(&first, 12);
    }
    let items = everything(&first).into_iter().map(|numbered| numbered.item);
    let items: Vec<_> = items.collect();
    let checkpoints = items.iter().filter(|item| is_checkpoint(item)).cloned();
    let second = fixture.replica("second", PartyKind::Peer);
    take(&second, 31, checkpoints.rev().collect());
    take(&second, 11, items);
    assert_eq!(second.status().state, first.status().state);
}

#[test]
fn a_checkpoint_of_another_network_is_refused_by_name() {
    let fixture = Fixture::new();
    let other = Testnet::new("Another lane");
    let folder = tempfile::tempdir().unwrap();
    let foreign = other.replica(&folder.path().join("foreign"), PartyKind::Peer);
    // The same key orders both.
    beat(&foreign, 11);
    let second = fixture.replica("second", PartyKind::Peer);
    let taken = second
        .take_in(Testnet::key(31).id(), everything(&foreign), 1)
        .unwrap();
    assert_eq!(taken.not_taken[0].code, "wrong-network");
}
