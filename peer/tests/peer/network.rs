//! Four members found a network and run it.

use crate::support::{FOUNDERS, Network, Peer, fail, succeed, text, until};
use serde_json::Value;

/// Waits until every peer is at one height with one state, and gives it.
fn agree(peers: &[&Peer], what: &str, good: impl Fn(&Value) -> bool) -> Value {
    until(what, || {
        let all: Vec<Value> = peers.iter().map(|peer| peer.status()).collect();
        let same = all.windows(2).all(|two| {
            ["height", "header", "state", "log_size"]
                .iter()
                .all(|name| two[0][name] == two[1][name])
        });
        (same && all.iter().all(&good)).then(|| all[0].clone())
    })
}

fn prefixes(status: &Value) -> usize {
    status["prefixes"].as_array().map_or(0, Vec::len)
}

#[test]
fn four_members_register_a_prefix_by_quorum_and_agree_on_the_state() {
    let network = Network::found(&FOUNDERS);
    let first = network.start(0, None);
    let mut others: Vec<Peer> = (1..4).map(|i| network.start(i, Some(&first))).collect();
    let all: Vec<&Peer> = std::iter::once(&first).chain(&others).collect();

    let register = |dir: &std::path::Path| {
        let member = FOUNDERS[0].0;
        succeed(&[
            "prefix",
            "register",
            "690123456",
            "--member",
            member,
            "--dir",
            text(dir),
        ])
    };
    register(&network.members[0]);
    register(&network.members[1]);
    let two = agree(&all, "two registrations are final", |s| {
        s["log_size"].as_u64() == Some(2)
    });
    assert_eq!(prefixes(&two), 0, "two of four members are no quorum");
    register(&network.members[2]);
    let three = agree(&all, "a third is final", |s| {
        s["log_size"].as_u64() == Some(3)
    });
    assert_eq!(prefixes(&three), 1);

    // Everything acknowledged is there after a kill, on the orderer and elsewhere.
    first.keep_port();
    let (first, second) = (first.kill(), others.remove(0).kill());
    let (first, second) = (Peer::start(&first), Peer::start(&second));
    register(&network.members[3]);
    let all = [&first, &second, &others[0], &others[1]];
    let after = agree(&all, "the fourth is final", |s| {
        s["log_size"].as_u64() == Some(4)
    });
    assert_eq!(prefixes(&after), 1);
    assert!(first.stop().success());
}

#[test]
fn a_peer_stops_when_told_and_status_works_without_it() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let dir = peer.dir.clone();
    let second = fail(&["serve", "--dir", text(&dir)]);
    assert!(second.contains("another process"), "{second}");
    let before = peer.status();
    assert!(peer.stop().success());
    let printed = succeed(&["status", "--json", "--dir", text(&dir)]);
    let after: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(before["network"], after["network"]);
    assert_eq!(after["running"], Value::Bool(false));
}

#[test]
fn refuses_a_foreign_founder_key_and_a_missing_signature() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    for (dir, name) in [("a", "Ah Kee"), ("b", "Bao Li")] {
        let dir = at(dir);
        succeed(&[
            "member",
            "new",
            "--name",
            name,
            "--class",
            "warehouse",
            "--dir",
            text(&dir),
        ]);
        let again = [
            "member",
            "new",
            "--name",
            name,
            "--class",
            "warehouse",
            "--dir",
            text(&dir),
        ];
        assert!(fail(&again).contains("never overwritten"));
    }
    let (draft, card) = (at("draft"), at("a/founder.cbor"));
    let new = [
        "network",
        "new",
        "--draft",
        text(&draft),
        "--name",
        "N",
        "--host",
        "localhost",
    ];
    succeed(&[&new[..], &["--founder", text(&card)]].concat());
    let foreign = at("b/root.key");
    let out = at("signature");
    let sign = [
        "network",
        "sign",
        "--draft",
        text(&draft),
        "--out",
        text(&out),
        "--root",
    ];
    let said = fail(&[&sign[..], &[text(&foreign)]].concat());
    assert!(said.contains("founder"), "{said}");
    let genesis = at("genesis.cbor");
    let combine = [
        "network",
        "combine",
        "--draft",
        text(&draft),
        "--out",
        text(&genesis),
    ];
    let said = fail(&[&combine[..], &["--signature", text(&card)]].concat());
    assert!(said.contains("signature"), "{said}");
    assert!(!genesis.exists());
}
