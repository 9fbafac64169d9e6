//! What an operator gets wrong is named, with what to do.

use crate::support::{FOUNDERS, Network, Peer, fail, text};

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
