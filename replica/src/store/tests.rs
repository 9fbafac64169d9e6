mod life;
mod tiles;

use chopmark_core::{BlockId, DeviceId, EvidenceId, HeaderHash, Height, SectionHash, SubjectId};

use super::batch::SectionPut;
use super::read::Since;
use super::*;

fn create(folder: &Path) -> Store {
    Store::create(folder, Lock::KeyFile).unwrap()
}

fn reopen(folder: &Path) -> Store {
    Store::open(folder, Lock::KeyFile).unwrap()
}

fn block_id(n: u8) -> BlockId {
    BlockId::from_bytes([n; 32])
}

fn put_block(store: &Store, n: u8, bytes: &[u8], origin: Slot) -> Option<Number> {
    let mut batch = store.batch().unwrap();
    let block = NewBlock {
        id: block_id(n),
        place: (DeviceId::from_bytes([7; 32]), chopmark_core::Seq(n.into())),
        bytes,
        touches: &[(SubjectId::from_bytes([n % 2; 32]), 0)],
        sections: &[(SectionHash::from_bytes([n; 32]), 5)],
        evidence: &[(EvidenceId::from_bytes([n; 32]), 80)],
    };
    let number = batch.put_block(&block, origin).unwrap();
    batch.commit().unwrap();
    number
}

const ALL: Since = Since {
    number: Number::new(0),
    limit: 1000,
    bytes: 1 << 20,
};

/// A section that was purged stays away, whoever brings it again; nothing is damaged by it.
#[test]
fn a_purged_section_does_not_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    put_block(&store, 1, b"one", Slot::HERE);
    put_block(&store, 2, b"two", Slot::HERE);
    let [here, never] = [1, 2].map(|n| SectionHash::from_bytes([n; 32]));
    let mut batch = store.batch().unwrap();
    let stored = batch.put_section(here, b"words", Slot::HERE).unwrap();
    let SectionPut::Stored(number) = stored else {
        panic!("{stored:?}");
    };
    batch.commit().unwrap();
    assert_eq!(store.section(here).unwrap().unwrap(), b"words");

    let mut batch = store.batch().unwrap();
    assert_eq!(batch.purge_section(here).unwrap(), Purge::Done);
    assert_eq!(batch.purge_section(here).unwrap(), Purge::DoneBefore);
    assert_eq!(batch.purge_section(never).unwrap(), Purge::NotHere);
    for section in [here, never] {
        let again = batch.put_section(section, b"words", Slot::new(3)).unwrap();
        assert_eq!(again, SectionPut::Known);
    }
    batch.commit().unwrap();
    drop(store);

    let store = reopen(folder.path());
    for section in [here, never] {
        assert!(store.section(section).unwrap().is_none());
        assert!(store.is_purged(section).unwrap());
    }
    assert!(store.item(number).unwrap().is_none());
    let sent = store.items_since(ALL, Slot::new(9)).unwrap();
    assert!(sent.iter().all(|item| item.kind == ItemKind::Block));
    // Another block that names it does not make it wanted.
    put_block(&store, 1, b"one", Slot::HERE);
    assert!(store.expected_sections().unwrap().is_empty());
    let later = put_block(&store, 3, b"three", Slot::HERE).unwrap();
    assert!(later.get() > number.get());
}

#[test]
fn keeps_what_was_committed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let instance = store.instance();
    assert_eq!(
        put_block(&store, 1, b"one", Slot::HERE),
        Some(Number::new(1))
    );
    assert_eq!(put_block(&store, 1, b"one", Slot::HERE), None);
    let mut dropped = store.batch().unwrap();
    dropped.put_note("drafts", b"a", b"never").unwrap();
    drop(dropped);
    drop(store);

    let store = reopen(folder.path());
    assert_eq!(store.instance(), instance);
    assert_eq!(store.block(block_id(1)).unwrap().unwrap().bytes, b"one");
    assert!(store.block(block_id(2)).unwrap().is_none());
    assert_eq!(store.note("drafts", b"a").unwrap(), None);
    assert_eq!(store.own_open_blocks().unwrap().len(), 1);
    store.check().unwrap();
}

#[test]
fn takes_only_sections_that_a_block_names() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let (named, stranger) = (
        SectionHash::from_bytes([1; 32]),
        SectionHash::from_bytes([9; 32]),
    );
    put_block(&store, 1, b"one", Slot::HERE);
    assert_eq!(store.expected_sections().unwrap(), [named]);
    let mut batch = store.batch().unwrap();
    assert!(matches!(
        batch.put_section(named, b"12345", Slot::HERE).unwrap(),
        SectionPut::Stored(_)
    ));
    assert_eq!(
        batch.put_section(named, b"12345", Slot::HERE).unwrap(),
        SectionPut::Known
    );
    assert_eq!(
        batch.put_section(stranger, b"noise", Slot::HERE).unwrap(),
        SectionPut::NotExpected
    );
    batch.commit().unwrap();
    assert_eq!(store.section(named).unwrap().unwrap(), b"12345");
    assert_eq!(store.expected_sections().unwrap(), []);
}

/// A block's sections are limited by the lengths that it states, so more than that is not taken;
/// and a smaller length that someone else states keeps the true one from nothing.
#[test]
fn takes_no_more_of_a_section_or_file_than_blocks_state() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let section = SectionHash::from_bytes([5; 32]);
    let file = EvidenceId::from_bytes([6; 32]);
    let put = |tag: u8, length: u64| {
        let mut batch = store.batch().unwrap();
        let block = NewBlock {
            id: BlockId::from_bytes([tag; 32]),
            place: (DeviceId::from_bytes([tag; 32]), chopmark_core::Seq(0)),
            bytes: &[tag],
            touches: &[],
            sections: &[(section, length)],
            evidence: &[(file, length)],
        };
        batch.put_block(&block, Slot::HERE).unwrap();
        batch.commit().unwrap();
    };
    let take = || {
        let mut batch = store.batch().unwrap();
        let taken = batch.put_section(section, b"12345", Slot::HERE).unwrap();
        batch.commit().unwrap();
        taken
    };
    put(1, 4);
    assert_eq!(take(), SectionPut::NotExpected);
    put(2, 5);
    put(3, 3);
    assert_eq!(store.evidence(file).unwrap().unwrap().1.length, 5);
    assert!(matches!(take(), SectionPut::Stored(_)));
}

#[test]
fn lists_by_arrival_without_what_came_from_the_asker() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let mut batch = store.batch().unwrap();
    let (a, b) = (
        batch.slot_of(DeviceId::from_bytes([1; 32])).unwrap(),
        batch.slot_of(DeviceId::from_bytes([2; 32])).unwrap(),
    );
    assert_eq!(batch.slot_of(DeviceId::from_bytes([1; 32])).unwrap(), a);
    batch.commit().unwrap();
    put_block(&store, 1, b"from a", a);
    put_block(&store, 2, b"from b", b);
    put_block(&store, 3, b"own", Slot::HERE);
    let bytes =
        |items: Vec<StoredItem>| items.into_iter().map(|item| item.bytes).collect::<Vec<_>>();
    assert_eq!(
        bytes(store.items_since(ALL, a).unwrap()),
        [b"from b".to_vec(), b"own".to_vec()]
    );
    assert_eq!(
        bytes(
            store
                .items_since(
                    Since {
                        number: Number::new(2),
                        ..ALL
                    },
                    a
                )
                .unwrap()
        ),
        [b"own".to_vec()]
    );
    assert_eq!(
        store
            .items_since(Since { bytes: 1, ..ALL }, Slot::HERE)
            .unwrap()
            .len(),
        1
    );
    assert_eq!(bytes(store.outbox_since(ALL).unwrap()), [b"own".to_vec()]);
    let mut batch = store.batch().unwrap();
    batch.mark_final(Number::new(3), 0).unwrap();
    batch.commit().unwrap();
    assert!(store.outbox_since(ALL).unwrap().is_empty());
    assert_eq!(store.log_index(block_id(3)).unwrap(), Some(0));
    assert_eq!(store.logged(0).unwrap().unwrap().bytes, b"own");
}

#[test]
fn finds_the_records_of_a_subject() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    for n in 1..=3 {
        put_block(&store, n, b"x", Slot::HERE);
    }
    let mut batch = store.batch().unwrap();
    batch.mark_final(Number::new(3), 7).unwrap();
    batch.commit().unwrap();
    let touches = store.records_of(SubjectId::from_bytes([1; 32])).unwrap();
    assert_eq!(
        touches,
        [
            Touch {
                number: Number::new(1),
                index: 0,
                log_index: None
            },
            Touch {
                number: Number::new(3),
                index: 0,
                log_index: Some(7)
            },
        ]
    );
}

#[test]
fn what_is_known_of_a_peer_is_what_was_committed_last() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let [a, b] = [3, 4].map(|byte| DeviceId::from_bytes([byte; 32]));
    let noted = |key: DeviceId, last: u64| {
        let mut row = PeerRow::new(key);
        row.received(Number::new(last));
        row
    };
    assert_eq!(store.peer(a).unwrap(), None);
    let mut batch = store.batch().unwrap();
    let slot = batch.slot_of(a).unwrap();
    batch.put_peer(slot, &noted(a, 40)).unwrap();
    assert_eq!(store.peer(a).unwrap(), None, "it is not committed yet");
    batch.commit().unwrap();
    assert_eq!(store.peer_at(a).unwrap(), Some((slot, noted(a, 40))));
    let mut given_up = store.batch().unwrap();
    given_up.put_peer(slot, &noted(a, 50)).unwrap();
    drop(given_up);
    assert_eq!(store.peer(a).unwrap(), Some(noted(a, 40)));
    let mut batch = store.batch().unwrap();
    batch.put_peer(slot, &noted(b, 60)).unwrap();
    batch.commit().unwrap();
    assert_eq!(
        store.peer(a).unwrap(),
        None,
        "the other one has its slot now"
    );
    assert_eq!(store.peer_at(b).unwrap(), Some((slot, noted(b, 60))));
}

#[test]
fn another_instance_starts_a_peer_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let key = DeviceId::from_bytes([3; 32]);
    let mut row = PeerRow::new(key);
    row.met(Instance::from_bytes([1; 16]), 5);
    row.received(Number::new(40));
    row.acknowledged(Number::new(30));
    row.last_error = Some(("busy".to_owned(), "try later".to_owned()));
    let mut batch = store.batch().unwrap();
    let slot = batch.slot_of(key).unwrap();
    batch.put_peer(slot, &row).unwrap();
    batch.commit().unwrap();
    let (_, mut read) = store.peers().unwrap().remove(0);
    assert_eq!(read, row);
    read.met(Instance::from_bytes([1; 16]), 6);
    assert_eq!(
        (
            read.since().get(),
            read.acked().get(),
            read.last_error.clone()
        ),
        (40, 30, None)
    );
    read.met(Instance::from_bytes([2; 16]), 7);
    assert_eq!((read.since().get(), read.acked().get()), (0, 0));
}

#[test]
fn keeps_checkpoints_snapshots_notes_and_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let state: Vec<u8> = (0..2_500_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    put_block(&store, 4, b"x", Slot::HERE);
    let id = EvidenceId::from_bytes([4; 32]);
    let mut batch = store.batch().unwrap();
    batch
        .put_checkpoint(
            Height(1),
            HeaderHash::from_bytes([5; 32]),
            b"checkpoint",
            Slot::HERE,
        )
        .unwrap();
    batch
        .put_snapshot(state.chunks(1_000_000).map(Vec::from))
        .unwrap();
    batch
        .put_snapshot(state.chunks(1_000_000).map(Vec::from))
        .unwrap();
    batch.put_note("codes", b"k", b"v").unwrap();
    batch.put_note("codes", b"k", b"w").unwrap();
    batch.mark_evidence(id, EvidenceState::Here).unwrap();
    batch.note_refusal(Number::new(1), b"fork").unwrap();
    batch.commit().unwrap();
    assert_eq!(
        store.checkpoint(Height(1)).unwrap().unwrap().bytes,
        b"checkpoint"
    );
    assert_eq!(store.snapshot().unwrap().unwrap(), state);
    assert_eq!(
        store.notes("codes").unwrap(),
        [(b"k".to_vec(), b"w".to_vec())]
    );
    assert_eq!(store.evidence_in(EvidenceState::Wanted, 9).unwrap(), []);
    assert_eq!(
        store.evidence_in(EvidenceState::Here, 9).unwrap(),
        [EvidenceRow { id, length: 80 }]
    );
    assert_eq!(store.refusal(Number::new(1)).unwrap().unwrap(), b"fork");
}

/// Someone with the file and no key changes a row, or swaps two: both are named, the rest reads on.
#[test]
fn damaged_row_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    put_block(&store, 1, b"one", Slot::HERE);
    put_block(&store, 2, b"two", Slot::HERE);
    put_block(&store, 3, b"three", Slot::HERE);
    drop(store);
    let raw = Connection::open(folder.path().join(FILE)).unwrap();
    raw.execute(
        "UPDATE items SET sealed = (SELECT sealed FROM items WHERE number = 2) WHERE number = 1",
        [],
    )
    .unwrap();
    raw.close().unwrap();

    let store = reopen(folder.path());
    let refused = store.block(block_id(1)).unwrap_err();
    assert!(
        matches!(&refused, StoreError::DamagedRow { table: "items", row } if row == "1"),
        "{refused}"
    );
    assert_eq!(store.block(block_id(2)).unwrap().unwrap().bytes, b"two");
    let mut batch = store.batch().unwrap();
    batch.forget_item(Number::new(1)).unwrap();
    batch.forget_item(Number::new(3)).unwrap();
    batch.commit().unwrap();
    assert!(store.block(block_id(1)).unwrap().is_none());
    assert_eq!(store.items_since(ALL, Slot::new(9)).unwrap().len(), 1);
    // Fetched again it gets a new number, also where the last one was forgotten.
    assert_eq!(
        put_block(&store, 3, b"three", Slot::HERE),
        Some(Number::new(4))
    );
    assert_eq!(
        put_block(&store, 1, b"one", Slot::HERE),
        Some(Number::new(5))
    );
}

#[test]
fn names_a_damaged_page() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    for n in 0..100 {
        put_block(&store, n, &[n; 3000], Slot::HERE);
    }
    drop(store);
    let path = folder.path().join(FILE);
    let pages = std::fs::metadata(&path).unwrap().len() / 4096;
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    for page in 20..pages {
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0xee; 4096]).unwrap();
    }
    drop(file);
    let store = reopen(folder.path());
    let refused = store
        .items_since(
            Since {
                bytes: usize::MAX,
                ..ALL
            },
            Slot::new(9),
        )
        .unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::DamagedFile { .. } | StoreError::DamagedRow { .. }
        ),
        "{refused}"
    );
    assert!(matches!(store.check(), Err(StoreError::DamagedFile { .. })));
}

#[test]
fn names_a_file_that_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    std::fs::write(folder.path().join(FILE), vec![7; 8192]).unwrap();
    let refused = Store::open(folder.path(), Lock::KeyFile).err().unwrap();
    assert!(
        matches!(refused, StoreError::DamagedFile { .. }),
        "{refused}"
    );
}

/// The page limit stands in for a full disk: SQLite reports both the same way.
#[test]
fn full_disk_is_named_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    put_block(&store, 1, b"one", Slot::HERE);
    store.limit_pages(Some(0));
    let mut batch = store.batch().unwrap();
    let refused = batch
        .put_note("drafts", b"big", &vec![1; 100_000])
        .unwrap_err();
    assert!(matches!(refused, StoreError::DiskFull), "{refused}");
    drop(batch);
    assert_eq!(store.block(block_id(1)).unwrap().unwrap().bytes, b"one");
    store.limit_pages(None);
    assert!(put_block(&store, 2, b"two", Slot::HERE).is_some());
}
