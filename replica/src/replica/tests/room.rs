//! Floods of blocks while nothing becomes final: they rest on disk, and memory stays bounded.

use super::super::room::{COMMON_BYTES, DEVICE_BYTES, OPEN_BYTES};
use super::late::take_over;
use super::*;
use crate::testnet::wide;

/// More of these than one device has in memory.
const FLOOD: usize = 20;

/// So many blocks of a device, signed on a replica of its own, which they flood as well.
fn flood(fixture: &Fixture, device: u8, blocks: usize) -> (Replica, Vec<Item>) {
    let author = fixture.replica(&format!("author {device}"), PartyKind::Device);
    let device = fixture.net.device(device);
    let drafts = [wide(), wide()];
    let built = (0..blocks).map(|_| fixture.net.append(&author, &device, &drafts));
    let items = built.map(|built| block(&built.block)).collect();
    (author, items)
}

fn id(item: &Item) -> BlockId {
    match item {
        Item::Block(block) => block.id(),
        other => panic!("{other:?}"),
    }
}

fn is_in_memory(replica: &Replica, item: &Item) -> bool {
    replica.copy().held.contains(&id(item))
}

fn assert_bounded(replica: &Replica) {
    let (all, of_one) = replica.copy().held.room.taken();
    assert!(
        all <= OPEN_BYTES && of_one <= DEVICE_BYTES,
        "{all} {of_one}"
    );
}

/// Takes a flood in as it comes, in batches; everything of it is acknowledged.
fn take_flood(replica: &Replica, from: u8, items: &[Item]) {
    for items in items.chunks(5) {
        let taken = take(replica, from, items.to_vec());
        assert_eq!((taken.stored, codes(&taken)), (items.len(), vec![]));
        assert_bounded(replica);
    }
}

/// Two of four validators that were off over night, or one hostile device, made every peer grow
/// until it was killed, and once more at each start.
#[test]
fn what_has_no_room_rests_on_disk_and_becomes_final_later() {
    let fixture = Fixture::new();
    let peer = fixture.replica("peer", PartyKind::Peer);
    let (author, items) = flood(&fixture, 31, FLOOD);
    assert_eq!(author.status().open, FLOOD);
    assert_bounded(&author);
    take_flood(&peer, 31, &items);
    assert_eq!((peer.status().open, peer.open_count()), (FLOOD, FLOOD));
    assert!(is_in_memory(&peer, &items[0]) && !is_in_memory(&peer, &items[FLOOD - 1]));

    // Another device of the same member, and one of another: their blocks come in, to memory.
    let mut others = Vec::new();
    for key in [21, 32] {
        let (_, item) = flood(&fixture, key, 1);
        take_flood(&peer, key, &item);
        assert!(is_in_memory(&peer, &item[0]));
        others.extend(item);
    }
    // What rests is known, goes on from its end, and forks as any other.
    assert_eq!(take(&peer, 11, items.clone()), TakenIn::default());
    let (last, device) = (&items[FLOOD - 1], fixture.net.device(31));
    assert!(peer.has(&chopmark_core::ItemName::Block(id(last))).unwrap());
    let place = peer.next_place(device.key.id());
    assert_eq!(place.prev, Some(id(last)));
    assert_eq!(author.next_place(device.key.id()).seq, place.seq);
    let copy = fixture.replica("copy", PartyKind::Device);
    take_flood(&copy, 31, &items[..FLOOD - 1]);
    let fork = fixture.net.append(&copy, &device, &[observe(1, "fork")]);
    assert_eq!(codes(&take(&peer, 31, vec![block(&fork.block)])), ["fork"]);

    // A start with all of it on disk.
    drop(peer);
    let peer = fixture.reopen("peer", PartyKind::Peer);
    assert_bounded(&peer);
    assert_eq!(peer.status().open, FLOOD + 2);
    assert!(others.iter().all(|item| is_in_memory(&peer, item)));

    // Finality goes on, in some checkpoints, and nothing that was acknowledged is missing.
    order_all(&peer);
    let status = peer.status();
    // The other branch of the fork stands in the log, too.
    assert_eq!((status.open, status.logged), (0, FLOOD as u64 + 3));
    assert!(status.height.0 > 1, "what rested came later");
    assert_eq!(peer.copy().held.room.taken(), (0, 0));
    for item in items.iter().chain(&others) {
        let logged = peer.read_final(|ledger| ledger.state().logged(&id(item)).is_some());
        assert!(logged);
    }
    drop(peer);
    assert_eq!(fixture.reopen("peer", PartyKind::Peer).status(), status);
}

#[test]
fn devices_of_one_member_that_flood_together_keep_no_other_member_out() {
    let fixture = Fixture::new();
    let peer = fixture.replica("peer", PartyKind::Peer);
    let (_, first) = flood(&fixture, 31, FLOOD);
    let (_, second) = flood(&fixture, 21, FLOOD);
    take_flood(&peer, 31, &first);
    take_flood(&peer, 21, &second);
    assert!(peer.copy().held.room.taken().0 <= COMMON_BYTES);
    let (_, other) = flood(&fixture, 32, 4);
    take_flood(&peer, 32, &other);
    assert!(other.iter().all(|item| is_in_memory(&peer, item)));
    // Each flood gets its turn.
    order_all(&peer);
    assert_eq!(peer.status().open, 0);
    assert_eq!(peer.status().logged, 2 * FLOOD as u64 + 4);
}

/// Validators that hold different halves of a flood in memory could never have agreed.
#[test]
fn what_rests_here_is_voted_on_and_applied() {
    let fixture = Fixture::new();
    let one = fixture.replica("one", PartyKind::Peer);
    let two = fixture.replica("two", PartyKind::Peer);
    let (_, first) = flood(&fixture, 31, FLOOD);
    let (_, second) = flood(&fixture, 21, FLOOD);
    take_flood(&one, 21, &second);
    take_flood(&two, 31, &first);
    take_flood(&two, 21, &second);
    let before = two.copy().held.room.taken();
    let proposal = one.draft(TimeMs(wall_clock_ms()), WhenIdle::Wait);
    let proposal = proposal.unwrap().unwrap();
    let rests = |id: &BlockId| !two.copy().held.contains(id);
    assert!(proposal.blocks().iter().any(rests));
    assert_eq!(two.judge(&proposal, None).unwrap(), Judged::Follows);
    assert_eq!(two.copy().held.room.taken(), before, "it stays for nothing");
    order_all(&one);
    let checkpoints = (1..=one.status().height.0).map(|height| {
        let checkpoint = one.checkpoint(Height(height)).unwrap().unwrap();
        Item::Checkpoint(Box::new(checkpoint))
    });
    take(&two, 11, checkpoints.collect());
    assert_eq!(two.status().state, one.status().state);
    assert_eq!(two.status().open, FLOOD);
    assert_bounded(&two);
}

#[test]
fn what_rests_and_is_in_a_state_that_is_taken_over_is_final() {
    let fixture = Fixture::new();
    let one = fixture.replica("one", PartyKind::Peer);
    let two = fixture.replica("two", PartyKind::Peer);
    let (_, items) = flood(&fixture, 31, FLOOD);
    take_flood(&one, 31, &items);
    take_flood(&two, 31, &items);
    order_all(&one);
    take_over(&one, &two).unwrap();
    assert_eq!((two.status().open, two.status().logged), (0, FLOOD as u64));
    drop(two);
    let two = fixture.reopen("two", PartyKind::Peer);
    assert_eq!(two.status().open, 0);
    assert!(two.logged(FLOOD as u64 - 1).unwrap().is_some());
}
