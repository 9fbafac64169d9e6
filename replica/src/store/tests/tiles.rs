//! The log's tree on disk, beside one in memory.

use chopmark_core::merkle::{MerkleTree, TreeHash, leaf_hash};

use super::*;

fn leaves(count: u64) -> Vec<TreeHash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn append(store: &Store, size: u64, leaves: &[TreeHash]) {
    let mut batch = store.batch().unwrap();
    batch.append_leaves(size, leaves).unwrap();
    batch.commit().unwrap();
}

#[test]
fn paths_from_disk_are_those_of_a_tree_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    assert_eq!(store.leaf_count().unwrap(), 0);
    let all = leaves(66_000);
    let mut size = 0;
    // Within a row, over its end, many rows at once, and into a third tier.
    for end in [
        1, 2, 255, 256, 257, 512, 1_300, 65_535, 65_536, 65_537, 66_000,
    ] {
        append(&store, size as u64, &all[size..end]);
        size = end;
        assert_eq!(store.leaf_count().unwrap(), size as u64);
        let tree = MerkleTree::from_leaf_hashes(all[..size].iter().copied());
        for index in [0, size / 3, size / 2, size.saturating_sub(2), size - 1] {
            for at in [index + 1, (index + size).div_ceil(2), size] {
                let (index, at) = (index as u64, at as u64);
                let path = store.log_path(index, at).unwrap();
                assert_eq!(path, tree.path_at(index, at), "{index} of {at}");
            }
        }
        assert_eq!(store.log_path(size as u64, size as u64).unwrap(), None);
    }
    drop(store);
    let store = reopen(folder.path());
    let tree = MerkleTree::from_leaf_hashes(all.iter().copied());
    assert_eq!(store.log_path(7, 66_000).unwrap(), tree.path(7));
}

#[test]
fn what_stood_behind_a_log_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    let mut all = leaves(700);
    append(&store, 0, &all);
    all.truncate(300);
    all.extend(leaves(600).into_iter().rev());
    append(&store, 300, &all[300..]);
    let tree = MerkleTree::from_leaf_hashes(all.iter().copied());
    for index in [0, 299, 300, 600, 899] {
        assert_eq!(store.log_path(index, 900).unwrap(), tree.path(index));
    }
}

#[test]
fn a_damaged_row_of_the_tree_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = create(folder.path());
    append(&store, 0, &leaves(300));
    drop(store);
    let raw = Connection::open(folder.path().join(FILE)).unwrap();
    let moved = "UPDATE log_tiles SET sealed = (SELECT sealed FROM log_tiles WHERE tier = 1) \
                 WHERE tier = 0 AND place = 1";
    assert_eq!(raw.execute(moved, []).unwrap(), 1);
    raw.close().unwrap();
    let store = reopen(folder.path());
    let named = |error: StoreError| {
        assert!(
            matches!(&error, StoreError::DamagedRow { table: "log_tiles", row } if row == "0/1"),
            "{error}"
        );
    };
    named(store.log_path(299, 300).unwrap_err());
    named(store.leaf_count().unwrap_err());
    let mut batch = store.batch().unwrap();
    named(batch.append_leaves(300, &leaves(1)).unwrap_err());
    // What another row is missing is no leaf of this one's.
    named(batch.append_leaves(400, &leaves(1)).unwrap_err());
}
