//! A store from its beginning over new versions and passphrases to its copies.

use super::*;

#[test]
fn refuses_a_second_create_and_a_missing_store() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Store::open(folder.path(), Lock::KeyFile),
        Err(StoreError::Missing { .. })
    ));
    drop(create(folder.path()));
    assert!(matches!(
        Store::create(folder.path(), Lock::KeyFile),
        Err(StoreError::Exists { .. })
    ));
}

#[test]
fn refuses_a_newer_schema() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    Connection::open(folder.path().join(FILE))
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    assert!(matches!(
        Store::open(folder.path(), Lock::KeyFile),
        Err(StoreError::NewerSchema {
            found: 99,
            known: 3
        })
    ));
}

#[test]
fn a_changed_passphrase_opens_the_same_rows() {
    let typed = |passphrase| Lock::Passphrase {
        passphrase,
        strength: Strength::Phone,
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path(), typed("first")).unwrap();
    put_block(&store, 1, b"one", Slot::HERE);
    store.change_passphrase("second", Strength::Phone).unwrap();
    drop(store);
    assert!(matches!(
        Store::open(folder.path(), typed("first")),
        Err(StoreError::Unlock(UnlockError::WrongPassphrase { .. }))
    ));
    let store = Store::open(folder.path(), typed("second")).unwrap();
    assert_eq!(store.block(block_id(1)).unwrap().unwrap().bytes, b"one");
}

/// Others go on from the numbers that the original gave them; of a copy these would leave out
/// what it got since.
#[test]
fn a_backup_holds_what_was_committed_and_becomes_another_instance() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    put_block(&store, 1, b"one", Slot::HERE);
    let copied = tempfile::tempdir().unwrap();
    store.back_up(&copied.path().join(FILE)).unwrap();
    put_block(&store, 2, b"two", Slot::HERE);
    std::fs::copy(
        folder.path().join("ledger.key"),
        copied.path().join("ledger.key"),
    )
    .unwrap();
    let copy = reopen(copied.path());
    let bytes = |store: &Store, n| store.block(block_id(n)).unwrap().map(|item| item.bytes);
    assert_eq!(bytes(&copy, 1).as_deref(), Some(&b"one"[..]));
    assert_eq!(bytes(&copy, 2), None);
    assert_eq!(copy.instance(), store.instance());
    copy.check().unwrap();
    drop(copy);
    Store::become_another(copied.path(), Lock::KeyFile).unwrap();
    let copy = reopen(copied.path());
    assert_ne!(copy.instance(), store.instance());
    assert_eq!(bytes(&copy, 1).as_deref(), Some(&b"one"[..]));
    // Nothing is written over.
    let again = store.back_up(&copied.path().join(FILE));
    assert!(matches!(again, Err(StoreError::Io { .. })), "{again:?}");
}

/// A store of a program from before the newest steps of the schema.
#[test]
fn an_older_schema_is_brought_up_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    put_block(&store, 1, b"one", Slot::HERE);
    drop(store);
    Connection::open(folder.path().join(FILE))
        .unwrap()
        .execute_batch("DROP TABLE lineage; DROP TABLE log_tiles; PRAGMA user_version = 1;")
        .unwrap();
    let store = reopen(folder.path());
    assert_eq!(store.block(block_id(1)).unwrap().unwrap().bytes, b"one");
    let version: i64 = store
        .read(|reader| reader.query_row("PRAGMA user_version", [], |row| row.get(0)))
        .unwrap();
    assert_eq!(version, 3);
    assert_eq!(store.leaf_count().unwrap(), 0);
    let mut lineage = Vec::new();
    let read = store.lineage_up_to(Height(9), |bytes| {
        lineage.push(bytes);
        Ok(())
    });
    read.unwrap();
    assert!(lineage.is_empty());
}
