//! What a program gets that meets a store of another version.

use std::path::Path;

use crate::support::{FOUNDERS, Network, Peer, fail, text};

/// The schema's version, and what it was.
fn set_version(dir: &Path, version: i64) -> i64 {
    let store = rusqlite::Connection::open(dir.join("ledger.db")).unwrap();
    let before = version_of(&store);
    store.pragma_update(None, "user_version", version).unwrap();
    before
}

fn version_of(store: &rusqlite::Connection) -> i64 {
    let read = |row: &rusqlite::Row<'_>| row.get(0);
    store.query_row("PRAGMA user_version", [], read).unwrap()
}

#[test]
fn a_store_of_a_newer_version_is_left_alone_and_named() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let dir = peer.dir.clone();
    assert!(peer.stop().success());
    let known = set_version(&dir, 99);
    let dir_text = text(&dir);
    for command in [["serve", "--dir", dir_text], ["status", "--dir", dir_text]] {
        let said = fail(&command);
        assert!(said.contains("newer version (schema 99"), "{said}");
        assert!(said.contains("update the program"), "{said}");
    }
    // It is as the newer program left it, and goes on where it was.
    assert_eq!(set_version(&dir, known), 99);
    let peer = Peer::start(&dir);
    assert!(peer.status()["height"].as_u64().is_some());
}
