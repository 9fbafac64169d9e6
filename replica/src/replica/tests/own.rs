//! What is signed here.

use super::*;

#[test]
fn own_blocks_survive_reopening_and_continue_their_feed() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let replica = fixture.replica("phone", PartyKind::Device);
    let one = fixture.net.append(&replica, &phone, &[observe(1, "first")]);
    let two = fixture
        .net
        .append(&replica, &phone, &[observe(1, "second")]);
    assert_eq!(two.block.header().prev(), Some(one.block.id()));
    drop(replica);

    let replica = fixture.reopen("phone", PartyKind::Device);
    let place = replica.next_place(phone.key.id());
    assert_eq!((place.seq.0, place.prev), (2, Some(two.block.id())));
    let outbox = replica.outbox().unwrap();
    assert_eq!(
        outbox
            .iter()
            .map(|entry| entry.block.id())
            .collect::<Vec<_>>(),
        [one.block.id(), two.block.id()]
    );
    assert!(
        outbox
            .iter()
            .all(|entry| entry.stage == OutboxStage::Unsent)
    );
    let section = &one.sections[0];
    assert_eq!(
        replica.section(section.hash).unwrap().unwrap(),
        section.bytes
    );
    assert_eq!(replica.records_of(subject(1)).unwrap().len(), 2);
}

#[test]
fn a_second_process_is_told_to_wait() {
    let fixture = Fixture::new();
    let replica = fixture.replica("phone", PartyKind::Device);
    let second = Replica::open(
        &fixture.folder.path().join("phone"),
        Lock::KeyFile,
        PartyKind::Device,
    );
    assert!(matches!(second, Err(ReplicaError::InUse { .. })));
    drop(replica);
    fixture.reopen("phone", PartyKind::Device);
}

#[test]
fn refuses_an_own_block_out_of_place() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let replica = fixture.replica("phone", PartyKind::Device);
    let stale = fixture.net.next_block(&replica, &phone, &[observe(1, "a")]);
    fixture.net.append(&replica, &phone, &[observe(1, "b")]);
    let refused = replica.append_own(stale.block, stale.sections).unwrap_err();
    assert!(
        matches!(refused, AppendError::NotAdmitted(AdmitError::Fork { .. })),
        "{refused}"
    );
    assert_eq!(replica.outbox().unwrap().len(), 1);
}

#[test]
fn what_a_peer_does_not_take_is_in_the_outbox_with_its_reason() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let device = fixture.replica("phone", PartyKind::Device);
    fixture.net.append(&device, &phone, &[observe(1, "x")]);
    let peer = Testnet::key(11).id();
    device
        .refused(Number::new(1), "fork", "two blocks for one place")
        .unwrap();
    device.acknowledged(peer, Number::new(2)).unwrap();
    fixture.net.append(&device, &phone, &[observe(1, "y")]);
    let stages: Vec<_> = device
        .outbox()
        .unwrap()
        .into_iter()
        .map(|entry| entry.stage)
        .collect();
    let refused = OutboxStage::NotTaken {
        code: "fork".to_owned(),
        detail: "two blocks for one place".to_owned(),
    };
    assert_eq!(stages, [refused, OutboxStage::Unsent]);
    device.acknowledged(peer, Number::new(9)).unwrap();
    assert_eq!(device.outbox().unwrap()[1].stage, OutboxStage::Sent);
}

/// The page limit stands in for a full disk. Memory must not stay ahead of it.
#[test]
fn a_full_disk_loses_nothing_and_is_recovered_from() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let replica = fixture.replica("phone", PartyKind::Device);
    fixture.net.append(&replica, &phone, &[observe(1, "x")]);
    let before = replica.next_place(phone.key.id());
    replica.store().limit_pages(Some(1));
    let long = "y".repeat(2_000);
    let drafts: Vec<RecordDraft> = (0..40).map(|n| observe(n, &long)).collect();
    let built = fixture.net.next_block(&replica, &phone, &drafts);
    let refused = replica
        .append_own(built.block.clone(), built.sections.clone())
        .unwrap_err();
    assert!(
        matches!(
            refused,
            AppendError::Replica(ReplicaError::Store(StoreError::DiskFull))
        ),
        "{refused}"
    );
    replica.store().limit_pages(None);
    // The next change reads memory anew, so the same place is free again.
    replica.append_own(built.block, built.sections).unwrap();
    assert_eq!(
        replica.next_place(phone.key.id()).prev.is_some(),
        before.prev.is_some()
    );
    assert_eq!(replica.outbox().unwrap().len(), 2);
}

/// A key that a block names is of no use without its secret, and a secret without its key is only a
/// risk. Power that is lost takes both or neither.
#[test]
fn what_is_kept_with_an_own_block_is_there_with_it_or_neither_is() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let replica = fixture.replica("phone", PartyKind::Device);
    let built = fixture.net.next_block(&replica, &phone, &[observe(1, "x")]);
    let note = |replica: &Replica| replica.store().note("secrets", b"one").unwrap();
    let refused =
        replica.append_own_keeping(built.block.clone(), built.sections.clone(), |batch| {
            batch.put_note("secrets", b"one", b"secret")?;
            Err(StoreError::DiskFull)
        });
    assert!(
        matches!(
            refused,
            Err(AppendError::Replica(ReplicaError::Store(
                StoreError::DiskFull
            )))
        ),
        "{refused:?}"
    );
    assert!(note(&replica).is_none() && replica.outbox().unwrap().is_empty());

    // Longer than the disk has room for: the block fails, and what was to be kept with it too.
    replica.store().limit_pages(Some(1));
    let long = "y".repeat(2_000);
    let drafts: Vec<RecordDraft> = (0..40).map(|n| observe(n, &long)).collect();
    let large = fixture.net.next_block(&replica, &phone, &drafts);
    let full = replica.append_own_keeping(large.block, large.sections, |batch| {
        batch.put_note("secrets", b"one", b"secret")
    });
    assert!(full.is_err());
    replica.store().limit_pages(None);
    assert!(note(&replica).is_none() && replica.outbox().unwrap().is_empty());

    replica
        .append_own_keeping(built.block, built.sections, |batch| {
            batch.put_note("secrets", b"one", b"secret")
        })
        .unwrap();
    // Nothing is closed in order: what is not on disk now is lost.
    drop(replica);
    let replica = fixture.reopen("phone", PartyKind::Device);
    assert_eq!(note(&replica).as_deref(), Some(b"secret".as_slice()));
    assert_eq!(replica.outbox().unwrap().len(), 1);
}

/// A peer that was restored from a backup lacks what it sent after that, its own blocks first; from
/// whom should it get them, if not from those that it sent them to.
#[test]
fn another_copy_of_a_side_is_given_what_the_one_before_brought() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let author = fixture.replica("author", PartyKind::Peer);
    let made = fixture.net.append(&author, &phone, &[observe(1, "made")]);
    let peer = fixture.replica("peer", PartyKind::Peer);
    let side = Testnet::key(11).id();
    peer.met(side, crate::Instance::from_bytes([1; 16]))
        .unwrap();
    take(&peer, 11, vec![block(&made.block)]);
    let given = || everything_for(&peer, side).len();
    assert_eq!(given(), 0);
    peer.met(side, crate::Instance::from_bytes([1; 16]))
        .unwrap();
    assert_eq!(given(), 0);
    peer.met(side, crate::Instance::from_bytes([2; 16]))
        .unwrap();
    assert_eq!(given(), 1);
    // What this copy brings is not given back to it.
    let next = fixture.net.append(&author, &phone, &[observe(1, "next")]);
    take(&peer, 11, vec![block(&next.block)]);
    assert_eq!(given(), 1);
}
