//! Four members that agree: real processes, one of them killed, two of them killed, all of them
//! back.

use std::collections::BTreeSet;
use std::net::UdpSocket;

use serde_json::Value;

use crate::support::{FOUNDERS, Network, Peer, fail, succeed, text, until};

/// Ports that nobody has at this moment.
pub(crate) fn free_ports(count: usize) -> Vec<u16> {
    let sockets: Vec<_> = (0..count)
        .map(|_| UdpSocket::bind("127.0.0.1:0").unwrap())
        .collect();
    let port = |socket: &UdpSocket| socket.local_addr().unwrap().port();
    sockets.iter().map(port).collect()
}

/// Every member's peer orders, if the ledger says so, and calls every other.
pub(crate) fn all_agree(network: &Network) -> Vec<Peer> {
    let ports = free_ports(network.members.len());
    let cards: Vec<Value> = network
        .members
        .iter()
        .map(|dir| {
            let printed = succeed(&["status", "--json", "--dir", text(dir)]);
            serde_json::from_str(&printed).unwrap()
        })
        .collect();
    for (own, dir) in network.members.iter().enumerate() {
        let mut config = format!(
            "listen = \"127.0.0.1:{}\"\ngateway = \"127.0.0.1:0\"\norder = \"validator\"\n",
            ports[own]
        );
        for (other, card) in cards.iter().enumerate().filter(|(other, _)| *other != own) {
            config += &format!(
                "[[peer]]\nmember = {}\nkey = {}\naddress = \"127.0.0.1:{}\"\n",
                card["member"], card["device"], ports[other]
            );
        }
        std::fs::write(dir.join("chopmark.toml"), config).unwrap();
    }
    network.members.iter().map(|dir| Peer::start(dir)).collect()
}

pub(crate) fn register(peer: &Peer, prefix: &str) {
    succeed(&["prefix", "register", prefix, "--dir", text(&peer.dir)]);
}

/// Waits until each of these peers has ordered so many blocks and holds the same state.
pub(crate) fn until_equal(peers: &[&Peer], logged: u64) {
    until(&format!("{logged} blocks are final everywhere"), || {
        let all: Vec<Value> = peers.iter().map(|peer| peer.status()).collect();
        let enough = all
            .iter()
            .all(|one| one["log_size"].as_u64() >= Some(logged) && one["pending"] == 0);
        let states: BTreeSet<String> = all
            .iter()
            .map(|one| format!("{} {}", one["height"], one["state"]))
            .collect();
        (enough && states.len() == 1).then_some(())
    });
}

#[test]
fn four_members_agree_while_one_of_them_is_gone() {
    let network = Network::found_by(&FOUNDERS, &[0, 1, 2, 3]);
    let mut peers = all_agree(&network);
    // From the genesis on each of them cosigns by both of its keys.
    let roster = succeed(&["validators", "show", "--dir", text(&network.members[0])]);
    assert!(!roster.contains("without a post-quantum key"), "{roster}");
    register(&peers[0], "9506000");
    register(&peers[3], "9506001");
    until_equal(&peers.iter().collect::<Vec<_>>(), 2);

    // One of four may be gone.
    let gone = peers.pop().unwrap().kill();
    register(&peers[1], "9506002");
    until_equal(&peers.iter().collect::<Vec<_>>(), 3);

    // Two may not: nothing is final, and nothing is lost.
    let second = peers.pop().unwrap().kill();
    register(&peers[0], "9506003");
    until("the block is at the other one", || {
        (peers[1].status()["pending"] == 1).then_some(())
    });
    let waiting: Vec<_> = peers
        .iter()
        .map(|peer| peer.status()["log_size"].clone())
        .collect();
    assert_eq!(waiting, [3, 3]);

    // Who watches the service sees both.
    let (code, _, figures) = peers[0].get("/metrics", &[]);
    let figures = String::from_utf8_lossy(&figures);
    assert_eq!(code, 200);
    for line in [
        "chopmark_open_blocks 1",
        "chopmark_log_blocks 3",
        "{outcome=\"forged\"} 0",
    ] {
        assert!(figures.contains(line), "{line}: {figures}");
    }

    // Back again, they take up what they were in.
    peers.push(Peer::start(&second));
    peers.push(Peer::start(&gone));
    until_equal(&peers.iter().collect::<Vec<_>>(), 4);
}

#[test]
fn a_validator_whose_log_is_damaged_does_not_vote_and_says_what_to_do() {
    let network = Network::found_by(&FOUNDERS, &[0, 1, 2, 3]);
    let mut peers = all_agree(&network);
    register(&peers[0], "9506000");
    until_equal(&peers.iter().collect::<Vec<_>>(), 1);
    let dir = peers.pop().unwrap().kill();
    let log = dir.join("ballots.wal");
    let whole = std::fs::read(&log).unwrap();
    // An emptied one was taken for a new one, and the votes in it were given a second time.
    for left in [7, 0] {
        std::fs::write(&log, &whole[..left]).unwrap();
        let said = fail(&["serve", "--dir", text(&dir)]);
        assert!(said.contains("ballots.wal is damaged"), "{left}: {said}");
        assert!(said.contains("move the file away"), "{left}: {said}");
        let size = std::fs::metadata(&log).unwrap().len();
        assert_eq!(size, u64::try_from(left).unwrap(), "it stays as it is");
    }
}

#[test]
fn a_network_has_one_validator_or_at_least_four() {
    let place = tempfile::tempdir().unwrap();
    let mut cards = Vec::new();
    for (name, class) in &FOUNDERS[..2] {
        let dir = place.path().join(name);
        succeed(&[
            "member",
            "new",
            "--name",
            name,
            "--class",
            class,
            "--dir",
            text(&dir),
        ]);
        cards.push(dir.join("founder.cbor"));
    }
    let draft = place.path().join("draft.cbor");
    let mut new = vec!["network", "new", "--name", "Trial", "--host", "localhost"];
    new.extend(["--draft", text(&draft)]);
    new.extend(["--validator", FOUNDERS[0].0, "--validator", FOUNDERS[1].0]);
    new.extend(cards.iter().flat_map(|card| ["--founder", text(card)]));
    let said = fail(&new);
    assert!(said.contains("at least four"), "{said}");
}

/// The one that ordered alone went on waiting after the four took over: its configuration said
/// "solo", nobody was told, and "bft" was refused before the checkpoint. With it three of four
/// were left, and with another one away nothing was final any more.
#[test]
fn four_take_over_from_the_one_among_them_that_ordered_alone() {
    let network = Network::found(&FOUNDERS);
    let mut peers = all_agree(&network);
    let cards: Vec<_> = network
        .members
        .iter()
        .map(|dir| {
            let card = dir.join("peer.card");
            let (out, dir) = (text(&card), text(dir));
            succeed(&["validators", "card", "--out", out, "--dir", dir]);
            card
        })
        .collect();
    let height = |peer: &Peer| peer.status()["height"].as_u64().unwrap();
    let at = (height(&peers[0]) + 8).to_string();
    for (n, peer) in peers.iter().enumerate().take(3) {
        let mut set = vec!["validators", "set"];
        set.extend(cards.iter().map(|card| text(card)));
        let root = peer.dir.join("root.key");
        set.extend(["--root", text(&root), "--dir", text(&peer.dir)]);
        if n == 0 {
            set.extend(["--height", &at]);
        }
        succeed(&set);
        until("everybody has it", || {
            let seen = |peer: &Peer| peer.status()["state"] == peers[0].status()["state"];
            peers.iter().all(seen).then_some(())
        });
    }
    let at: u64 = at.parse().unwrap();
    let mut prefix = 9_506_000;
    while height(&peers[0]) < at + 2 {
        let before = height(&peers[0]);
        prefix += 1;
        register(&peers[0], &prefix.to_string());
        until("a checkpoint", || {
            (height(&peers[0]) > before).then_some(())
        });
    }
    let log = std::fs::read_to_string(peers[0].dir.join("log.txt")).unwrap();
    assert!(log.contains("this peer orders alone"), "{log}");
    assert!(log.contains("this peer orders with others"), "{log}");

    // Any of the four may be gone now, also the one that was alone before.
    let first = peers.remove(0).kill();
    register(&peers[0], "9507000");
    let logged = |peer: &Peer| peer.status()["log_size"].as_u64().unwrap();
    let enough = logged(&peers[1]) + 1;
    until_equal(&peers.iter().collect::<Vec<_>>(), enough);
    // And another one, once that is back.
    peers.push(Peer::start(&first));
    peers.remove(1).kill();
    register(&peers[0], "9507001");
    until_equal(&peers.iter().collect::<Vec<_>>(), enough + 1);

    // One card alone is no replacement of one of them.
    let (card, root) = (text(&cards[0]), peers[0].dir.join("root.key"));
    let dir = text(&peers[0].dir);
    let one = [
        "validators",
        "set",
        card,
        "--root",
        text(&root),
        "--dir",
        dir,
    ];
    let said = fail(&one);
    assert!(said.contains("4 peers order now"), "{said}");
    assert!(said.contains("say --alone"), "{said}");
    let said = succeed(&[&one[..], &["--alone"]].concat());
    assert!(said.contains("one alone orders from then on"), "{said}");
}
