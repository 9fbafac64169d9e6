//! What an operator gets wrong is named, with what to do.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::agreement::{all_agree, register, until_equal};
use crate::restore::{go_on_until_restored, is_restoring};
use crate::support::{FOUNDERS, Network, Peer, fail, text, until};

#[test]
fn a_damaged_configuration_names_its_line() {
    let network = Network::found(&FOUNDERS[..1]);
    let dir = &network.members[0];
    let table = [
        (
            "listen = \"127.0.0.1:0\"\nordre = \"solo\"\n",
            "line 2",
            "ordre",
        ),
        ("listen = \"somewhere\"\n", "line 1", "socket address"),
        (
            "listen = \"127.0.0.1:0\"\npages = \"/nowhere\"\ngateway = \"127.0.0.1:0\"\n",
            "index.html",
            "pages",
        ),
    ];
    for (config, place, part) in table {
        std::fs::write(dir.join("chopmark.toml"), config).unwrap();
        let said = fail(&["serve", "--dir", text(dir)]);
        assert!(said.contains(place) && said.contains(part), "{said}");
    }
    std::fs::remove_file(dir.join("chopmark.toml")).unwrap();
    let said = fail(&["serve", "--dir", text(dir)]);
    assert!(said.contains("is missing"), "{said}");
}

#[test]
fn a_damaged_genesis_or_key_is_named() {
    let network = Network::found(&FOUNDERS[..1]);
    let dir = &network.members[0];
    let genesis = dir.join("genesis.cbor");
    let good = std::fs::read(&genesis).unwrap();
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    std::fs::write(&genesis, &flipped).unwrap();
    let said = fail(&["serve", "--dir", text(dir)]);
    assert!(said.contains("genesis"), "{said}");
    std::fs::write(&genesis, &good).unwrap();
    std::fs::write(dir.join("peer.key"), "not a key").unwrap();
    let said = fail(&["serve", "--dir", text(dir)]);
    assert!(said.contains("peer.key"), "{said}");
}

/// A configuration and a ledger that differ about who orders could leave a network without an
/// orderer. It is said, and the peer serves its member's devices all the same.
#[test]
fn who_orders_by_its_configuration_alone_is_told() {
    let network = Network::found(&FOUNDERS[..2]);
    let table = [
        (0, "none", "is a validator of the network"),
        (1, "validator", "have not agreed that it does"),
    ];
    for (member, order, part) in table {
        let dir = &network.members[member];
        let config =
            format!("listen = \"127.0.0.1:0\"\ngateway = \"127.0.0.1:0\"\norder = \"{order}\"\n");
        std::fs::write(dir.join("chopmark.toml"), config).unwrap();
        let peer = Peer::start(dir);
        let log = std::fs::read_to_string(peer.dir.join("log.txt")).unwrap();
        assert!(log.contains(part), "{log}");
    }
}

/// Nobody enters a network under a name that passes for another's.
#[test]
fn a_name_that_would_mislead_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("member");
    for (name, why) in [
        ("Сustoms", "mixes letters"),
        ("Customs\u{200f}", "U+200F"),
        ("Customs\u{1b}[2J", "U+001B"),
    ] {
        let said = fail(&[
            "member",
            "new",
            "--dir",
            text(&dir),
            "--name",
            name,
            "--class",
            "bank",
        ]);
        assert!(said.contains(why), "{said}");
        assert!(!dir.exists(), "keys were made for {name:?}");
    }
}

/// Starts a peer that must stop by itself, and gives what it said.
fn stops(dir: &Path) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chopmark"))
        .args(["serve", "--dir", text(dir)])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ended = until("it stops by itself", || {
        child.try_wait().unwrap().map(|status| status.success())
    });
    let said = child.wait_with_output().unwrap().stderr;
    let said = String::from_utf8(said).unwrap();
    assert!(!ended && !said.contains("panicked"), "{said}");
    said
}

/// What becomes of a file's bytes.
type Damage = fn(&mut Vec<u8>);

/// Every way in which a disk, or a person, leaves a file.
const DAMAGES: [(&str, Damage); 5] = [
    ("its head", |file| file[..100].fill(0xa5)),
    ("its pages", |file| file[4_096..].fill(0xa5)),
    ("cut in half", |file| file.truncate(file.len() / 2)),
    ("cut to a page", |file| file.truncate(4_096)),
    ("empty", Vec::clear),
];

#[test]
fn a_validator_whose_ledger_is_damaged_does_not_vote_and_says_what_to_do() {
    let network = Network::found_by(&FOUNDERS, &[0, 1, 2, 3]);
    let mut peers = all_agree(&network);
    register(&peers[0], "9506000");
    register(&peers[3], "9506001");
    until_equal(&peers.iter().collect::<Vec<_>>(), 2);
    let last = peers.pop().unwrap();
    let dir = last.dir.clone();
    assert!(last.stop().success());
    let file = |name: &str| dir.join(name);
    let beside = [file("ledger.db-wal"), file("ledger.db-shm")];
    assert!(!beside[0].exists(), "the ledger is in one file");
    let whole = std::fs::read(file("ledger.db")).unwrap();
    let votes = std::fs::read(file("ballots.wal")).unwrap();
    for (what, damage) in DAMAGES {
        let mut damaged = whole.clone();
        damage(&mut damaged);
        std::fs::write(file("ledger.db"), damaged).unwrap();
        let said = stops(&dir);
        for part in [
            text(&dir),
            "is damaged",
            "Backup and restore",
            "ledger.db-wal",
        ] {
            assert!(said.contains(part), "{what}: {part}: {said}");
        }
        assert!(!said.contains("empty one"), "it would begin anew: {said}");
        assert_eq!(std::fs::read(file("ballots.wal")).unwrap(), votes, "{what}");
        for path in &beside {
            // Left only where SQLite got as far as making them.
            let _absent = std::fs::remove_file(path);
        }
    }
    // The others go on without it.
    register(&peers[0], "9506002");
    until_equal(&peers.iter().collect::<Vec<_>>(), 3);

    // It does what it was told: what it signed and how it voted it does not know any more.
    std::fs::remove_file(file("ledger.db")).unwrap();
    let back = Peer::start(&dir);
    assert!(is_restoring(&back));
    let said = fail(&["prefix", "register", "9506003", "--dir", text(&dir)]);
    assert!(said.contains("signs nothing"), "{said}");
    go_on_until_restored(&peers[0], &back);
    let before = back.status()["log_size"].as_u64().unwrap();
    register(&back, "9506003");
    let all = [&peers[0], &peers[1], &peers[2], &back];
    until_equal(&all, before + 1);
    // And is no second history.
    assert_eq!(peers[0].status()["refused"], 0);
}
