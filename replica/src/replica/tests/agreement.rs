//! How replicas come to the same state.

use chopmark_core::Checkpoint;

use super::*;

/// The whole way: phone, peer that orders, another peer; all end in the same state.
#[test]
fn replicas_agree_whatever_the_way() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let device = fixture.replica("phone", PartyKind::Device);
    let first = fixture.replica("first", PartyKind::Peer);
    let second = fixture.replica("second", PartyKind::Peer);
    for n in 0..20 {
        fixture.net.append(
            &device,
            &phone,
            &[observe(n, "note"), observe(n + 1, "note")],
        );
    }
    let outbox = everything(&device);
    assert_eq!(outbox.len(), 60, "20 blocks, 40 sections");
    let taken = first.take_in(phone.key.id(), outbox.clone(), 60).unwrap();
    assert_eq!((taken.stored, taken.not_taken.len()), (60, 0));
    assert_eq!(
        first.take_in(phone.key.id(), outbox, 60).unwrap(),
        TakenIn::default(),
        "nothing twice"
    );
    order_all(&first);
    assert_eq!(first.status().open, 0);
    let all = everything(&first);
    let last = all.last().unwrap().number;
    for replica in [&second, &device] {
        assert_eq!(
            replica
                .take_in(Testnet::key(11).id(), all.clone(), last)
                .unwrap()
                .not_taken,
            []
        );
        assert_eq!(replica.status().state, first.status().state);
        assert_eq!(replica.status().height, first.status().height);
        assert_eq!(replica.status().open, 0);
    }
    assert!(device.outbox().unwrap().is_empty(), "final is finished");
    // What came from the phone does not go back to it; everything else does.
    let back = everything_for(&first, phone.key.id());
    assert!(
        back.iter()
            .all(|numbered| matches!(numbered.item, Item::Checkpoint(_)))
    );

    // And the same again from disk, with and without a snapshot.
    let status = first.status();
    drop(first);
    let first = fixture.reopen("first", PartyKind::Peer);
    assert_eq!(first.status(), status);
    first.save().unwrap();
    drop(first);
    assert_eq!(fixture.reopen("first", PartyKind::Peer).status(), status);
}

#[test]
fn a_checkpoint_waits_for_its_blocks() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let first = fixture.replica("first", PartyKind::Peer);
    for n in 0..3 {
        fixture.net.append(&first, &phone, &[observe(n, "x")]);
        order_all(&first);
    }
    let (checkpoints, others): (Vec<_>, Vec<_>) = everything(&first)
        .into_iter()
        .map(|numbered| numbered.item)
        .partition(|item| matches!(item, Item::Checkpoint(_)));
    let second = fixture.replica("second", PartyKind::Peer);
    take(&second, 11, checkpoints.into_iter().rev().collect());
    assert_eq!(second.status().height.0, 0);
    drop(second);
    let second = fixture.reopen("second", PartyKind::Peer);
    take(&second, 11, others);
    assert_eq!(second.status().height.0, 3);
    assert_eq!(second.status().state, first.status().state);
}

/// What is final here is settled, whoever else brings it: a checkpoint of such a height is not
/// verified, and one whose cosignatures are bad neither counts against its sender nor changes
/// anything.
#[test]
fn a_checkpoint_of_a_final_height_is_known_before_it_is_verified() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let first = fixture.replica("first", PartyKind::Peer);
    let second = fixture.replica("second", PartyKind::Peer);
    fixture.net.append(&first, &phone, &[observe(1, "x")]);
    order_all(&first);
    let items: Vec<Item> = everything(&first).into_iter().map(|it| it.item).collect();
    let bad = items.iter().find_map(|item| match item {
        Item::Checkpoint(checkpoint) => {
            let mut bytes = checkpoint.to_bytes();
            let cosignature = checkpoint.signed_header().cosignatures()[0].to_bytes();
            let at = bytes
                .windows(cosignature.len())
                .position(|part| part == cosignature);
            bytes[at.unwrap() + cosignature.len() / 2] ^= 1;
            let altered = Checkpoint::from_bytes(&bytes).unwrap();
            Some(Item::Checkpoint(Box::new(altered)))
        }
        _ => None,
    });
    let bad = bad.unwrap();
    // While the height is open it is verified.
    assert_eq!(
        codes(&take(&second, 11, vec![bad.clone()])),
        ["bad-signature"]
    );
    take(&second, 11, items);
    let status = second.status();
    assert_eq!(status.height.0, 1);
    assert_eq!(take(&second, 12, vec![bad]), TakenIn::default());
    assert_eq!(second.status(), status);
}

/// A damaged block is forgotten, everyone is asked for everything again, and the gap closes.
#[test]
fn a_damaged_block_is_fetched_again() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let first = fixture.replica("first", PartyKind::Peer);
    let ids: Vec<BlockId> = (0..3)
        .map(|n| {
            fixture
                .net
                .append(&first, &phone, &[observe(n, "x")])
                .block
                .id()
        })
        .collect();
    order_all(&first);
    let all = everything(&first);
    let last = all.last().unwrap().number;
    let second = fixture.replica("second", PartyKind::Peer);
    second
        .take_in(Testnet::key(11).id(), all.clone(), last)
        .unwrap();
    let number = second.store().block(ids[1]).unwrap().unwrap().number;
    drop(second);
    let path = fixture.folder.path().join("second").join("ledger.db");
    let raw = rusqlite::Connection::open(path).unwrap();
    raw.execute(
        "UPDATE items SET sealed = randomblob(200) WHERE number = ?1",
        [i64::try_from(number.get()).unwrap()],
    )
    .unwrap();
    drop(raw);

    let second = fixture.reopen("second", PartyKind::Peer);
    // Passing it on meets the damage.
    assert_eq!(everything(&second).len(), all.len() - 1);
    assert_eq!(second.peer(Testnet::key(11).id()).unwrap().since().get(), 0);
    assert_eq!(second.status().height.0, 0, "replayed up to the gap");
    second
        .take_in(Testnet::key(11).id(), all.clone(), last)
        .unwrap();
    assert_eq!(second.status().state, first.status().state);
    assert_eq!(everything(&second).len(), all.len());
}

#[test]
fn heartbeats_move_time() {
    let fixture = Fixture::new();
    let peer = fixture.replica("peer", PartyKind::Peer);
    let now = TimeMs(wall_clock_ms());
    assert_eq!(
        peer.order(&Testnet::key(11), now, WhenIdle::Wait).unwrap(),
        None
    );
    let beat = peer
        .order(&Testnet::key(11), now, WhenIdle::Beat)
        .unwrap()
        .unwrap();
    assert_eq!((beat.height.0, beat.blocks), (1, 0));
    assert!(matches!(
        peer.order(&Testnet::key(12), now, WhenIdle::Beat),
        Err(ReplicaError::NotValidator(_))
    ));
}
