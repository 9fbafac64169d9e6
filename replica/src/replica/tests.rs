use chopmark_core::{
    AdmitError, BlockId, DeviceId, Item, NumberedItem, PartyKind, RecordDraft, Role, SealedSection,
    SignedBlock, StateView as _, TimeMs,
};

use super::*;
use crate::store::{Number, wall_clock_ms};
use crate::testnet::{Device, Testnet, attest, enrol, entry, observe, order_all, subject};

struct Fixture {
    net: Testnet,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            net: Testnet::new("one"),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn replica(&self, name: &str, kind: PartyKind) -> Replica {
        self.net.replica(&self.folder.path().join(name), kind)
    }

    fn reopen(&self, name: &str, kind: PartyKind) -> Replica {
        Replica::open(&self.folder.path().join(name), Lock::KeyFile, kind).unwrap()
    }
}

fn numbered(items: Vec<Item>) -> Vec<NumberedItem> {
    (1..)
        .zip(items)
        .map(|(number, item)| NumberedItem { number, item })
        .collect()
}

fn block(block: &SignedBlock) -> Item {
    Item::Block(Box::new(block.clone()))
}

fn sections(sections: &[SealedSection]) -> impl Iterator<Item = chopmark_core::Item> {
    sections
        .iter()
        .map(|section| chopmark_core::Item::Section(section.hash, section.bytes.clone()))
}

fn take(replica: &Replica, from: u8, items: Vec<Item>) -> TakenIn {
    let last = items.len() as u64;
    replica
        .take_in(Testnet::key(from).id(), numbered(items), last)
        .unwrap()
}

fn codes(taken: &TakenIn) -> Vec<&'static str> {
    taken.not_taken.iter().map(|refused| refused.code).collect()
}

/// Everything a replica would send to a stranger.
fn everything(replica: &Replica) -> Vec<NumberedItem> {
    replica
        .outgoing(Number::new(0), DeviceId::from_bytes([250; 32]))
        .unwrap()
        .items
}

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
    let back = first
        .outgoing(Number::new(0), phone.key.id())
        .unwrap()
        .items;
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
fn blocks_in_any_order_find_their_places() {
    let fixture = Fixture::new();
    let (admin, phone) = (
        fixture.net.device(21),
        Device {
            key: Testnet::key(41),
            member: fixture.net.members[0],
        },
    );
    let source = fixture.replica("source", PartyKind::Device);
    let enrolment = fixture.net.append(
        &source,
        &admin,
        &[enrol(admin.member, entry(41, Role::Courier))],
    );
    let blocks: Vec<_> = (0..4)
        .map(|n| {
            fixture
                .net
                .append(&source, &phone, &[observe(n, "x")])
                .block
        })
        .collect();
    let peer = fixture.replica("peer", PartyKind::Peer);
    // Backwards, and the enrolment last: all are kept aside, none is refused.
    let backwards: Vec<Item> = blocks.iter().rev().map(block).collect();
    let taken = take(&peer, 31, backwards);
    assert_eq!((taken.stored, codes(&taken)), (4, vec![]));
    assert_eq!((peer.status().open, peer.status().aside), (0, 4));
    drop(peer);
    let peer = fixture.reopen("peer", PartyKind::Peer);
    assert_eq!(peer.status().aside, 4, "kept over a restart");
    take(&peer, 31, vec![block(&enrolment.block)]);
    assert_eq!((peer.status().open, peer.status().aside), (5, 0));
    order_all(&peer);
    assert_eq!(peer.status().logged, 5);
    let expected = peer.status();
    drop(peer);
    assert_eq!(fixture.reopen("peer", PartyKind::Peer).status(), expected);
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

#[test]
fn forked_feed_is_refused_and_suspended() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let (one, two) = (
        fixture.replica("one", PartyKind::Device),
        fixture.replica("two", PartyKind::Device),
    );
    let branch = |replica: &Replica, note| {
        fixture
            .net
            .append(replica, &phone, &[observe(1, note)])
            .block
    };
    let (left, right) = (branch(&one, "left"), branch(&two, "right"));
    let peer = fixture.replica("peer", PartyKind::Peer);
    let other = fixture.replica("other", PartyKind::Peer);
    assert_eq!(
        codes(&take(&peer, 31, vec![block(&left)])),
        Vec::<&str>::new()
    );
    assert_eq!(codes(&take(&peer, 31, vec![block(&right)])), ["fork"]);
    // Another peer saw them the other way round; the order decides for both.
    assert_eq!(
        codes(&take(&other, 31, vec![block(&right)])),
        Vec::<&str>::new()
    );
    order_all(&peer);
    take(
        &other,
        11,
        everything(&peer)
            .into_iter()
            .map(|numbered| numbered.item)
            .collect(),
    );
    assert_eq!(other.status().state, peer.status().state);
    assert_eq!(other.status().height, peer.status().height);
    let device = phone.key.id();
    assert!(other.read_final(|ledger| ledger.state().device(&device).unwrap().forked().is_some()));
    // An old place, long final, is still known.
    assert_eq!(
        codes(&take(&peer, 31, vec![block(&right)])),
        Vec::<&str>::new(),
        "known by now"
    );
}

#[test]
fn a_fork_of_a_final_place_is_named_too() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let (one, two) = (
        fixture.replica("one", PartyKind::Device),
        fixture.replica("two", PartyKind::Device),
    );
    let peer = fixture.replica("peer", PartyKind::Peer);
    for n in 0..3 {
        let built = fixture.net.append(&one, &phone, &[observe(n, "left")]);
        take(&peer, 31, vec![block(&built.block)]);
        order_all(&peer);
    }
    let fork = fixture
        .net
        .append(&two, &phone, &[observe(9, "right")])
        .block;
    assert_eq!(codes(&take(&peer, 31, vec![block(&fork)])), ["fork"]);
}

#[test]
fn refuses_other_networks_and_noise() {
    let fixture = Fixture::new();
    let elsewhere = Testnet::new("two");
    let phone = elsewhere.device(31);
    let foreign = elsewhere.replica(&fixture.folder.path().join("foreign"), PartyKind::Device);
    let built = elsewhere.append(&foreign, &phone, &[observe(1, "x")]);
    let peer = fixture.replica("peer", PartyKind::Peer);
    let noise = SealedSection {
        hash: chopmark_core::SectionHash::of(b"noise"),
        bytes: b"noise".to_vec(),
    };
    let lie = SealedSection {
        hash: noise.hash,
        bytes: b"other".to_vec(),
    };
    let items = std::iter::once(block(&built.block))
        .chain(sections(&[noise, lie]))
        .collect();
    let taken = take(&peer, 31, items);
    assert_eq!(codes(&taken), ["wrong-network", "malformed", "malformed"]);
    assert_eq!(peer.status().open, 0);
    assert!(everything(&peer).is_empty());
}

#[test]
fn a_handover_carries_what_the_giver_had_not_sent() {
    let fixture = Fixture::new();
    let (giver, taker) = (fixture.net.device(31), fixture.net.device(32));
    let (from, to) = (
        fixture.replica("from", PartyKind::Device),
        fixture.replica("to", PartyKind::Device),
    );
    let given: Vec<_> = (0..3)
        .map(|n| fixture.net.append(&from, &giver, &[observe(n, "x")]))
        .collect();
    let taken = to
        .take_handover(
            given.iter().map(|built| built.block.clone()).collect(),
            given
                .iter()
                .flat_map(|built| &built.sections)
                .map(|s| (s.hash, s.bytes.clone()))
                .collect(),
        )
        .unwrap();
    assert_eq!((taken.stored, taken.not_taken.len()), (6, 0));
    fixture.net.append(&to, &taker, &[observe(1, "taken")]);
    let peer = fixture.replica("peer", PartyKind::Peer);
    let outbox = everything(&to);
    assert_eq!(outbox.len(), 8, "either phone delivers both sides");
    assert_eq!(
        peer.take_in(taker.key.id(), outbox, 100).unwrap().not_taken,
        []
    );
    assert_eq!(peer.status().open, 4);
}

#[test]
fn evidence_is_wanted_until_it_is_here() {
    use crate::store::EvidenceState::{Here, Wanted};
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let device = fixture.replica("phone", PartyKind::Device);
    let sealed = device.vault().seal(b"a photo".as_slice()).unwrap();
    let built = fixture.net.append(
        &device,
        &phone,
        &[attest(1, vec![(sealed.id, sealed.length)])],
    );
    assert_eq!(device.store().evidence(sealed.id).unwrap().unwrap().0, Here);
    let peer = fixture.replica("peer", PartyKind::Peer);
    take(&peer, 31, vec![block(&built.block)]);
    let (state, row) = peer.store().evidence(sealed.id).unwrap().unwrap();
    assert_eq!((state, row.length), (Wanted, sealed.length));
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
