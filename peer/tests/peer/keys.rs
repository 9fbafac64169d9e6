//! Root keys, members and validators: the commands of `docs/keys.md`, as they stand there.

use std::path::Path;

use crate::join::set_addresses;
use crate::support::page::Page;
use crate::support::{FOUNDERS, Network, Peer, fail, invite, succeed, text, until};

const PAGE: &str = include_str!("../../../docs/keys.md");

fn id(peer: &Peer) -> String {
    peer.status()["member"].as_str().unwrap().to_owned()
}

fn height(peer: &Peer) -> u64 {
    peer.status()["height"].as_u64().unwrap()
}

fn shown(peer: &Peer) -> String {
    succeed(&["validators", "show", "--dir", text(&peer.dir)])
}

/// Writes records until the network has come to a height.
fn go_on_to(first: &Peer, wanted: u64) {
    let mut digits = 950_600_000_u64;
    while height(first) < wanted {
        let before = height(first);
        digits += 1;
        let dir = text(&first.dir);
        succeed(&["prefix", "register", &digits.to_string(), "--dir", dir]);
        until("a checkpoint", || (height(first) > before).then_some(()));
    }
}

fn same_everywhere(peers: &[&Peer]) {
    let state = |peer: &Peer| peer.status()["state"].clone();
    until("all peers have the same state", || {
        let first = state(peers[0]);
        peers.iter().all(|peer| state(peer) == first).then_some(())
    });
}

#[test]
fn an_administrator_does_what_the_page_says() {
    let network = Network::found(&FOUNDERS);
    let first = network.start(0, None);
    let others: Vec<Peer> = (1..4).map(|i| network.start(i, Some(&first))).collect();
    let all: Vec<&Peer> = std::iter::once(&first).chain(&others).collect();
    let safe = network.place.path().join("safe");
    let newcomer = network.place.path().join("newcomer");
    let genesis = network.place.path().join("genesis.cbor");
    std::fs::create_dir(&safe).unwrap();
    // Every member takes its root keys away from its machine.
    for (peer, name) in all.iter().zip(["", "guard-", "other-", "third-"]) {
        for key in ["root.key", "next-root.key"] {
            std::fs::rename(peer.dir.join(key), safe.join(format!("{name}{key}"))).unwrap();
        }
    }
    let mut page = Page::read(
        PAGE,
        &[
            ("DATA", &first.dir),
            ("GUARD-DATA", &others[0].dir),
            ("OTHER-DATA", &others[1].dir),
            ("SAFE", &safe),
            ("ROOT", &safe.join("root.key")),
            ("NEWCOMER", &newcomer),
            ("GENESIS", &genesis),
        ],
    );
    for (name, peer) in ["GUARD", "OTHER", "THIRD"].into_iter().zip(&others) {
        page.put(name, &id(peer));
    }
    let said = page.run("validators show");
    assert!(said.contains("orders     Nansha Instruments"), "{said}");
    assert!(said.contains("no guardians"), "{said}");
    let said = page.run("guardians set");
    assert!(said.contains("at once"), "{said}");
    until("every administrator sees who guards", || {
        let seen = |peer: &&Peer| shown(peer).contains("guardians: 2 of ");
        all.iter().all(seen).then_some(())
    });
    // Whoever took the keys would rather have another one.
    let (old, dir) = (safe.join("root.key"), text(&first.dir));
    let thief = ["guardians", "set", FOUNDERS[3].0, "--threshold", "1"];
    let said = succeed(&[&thief[..], &["--root", text(&old), "--dir", dir]].concat());
    assert!(said.contains("after 14 days"), "{said}");
    until("every administrator sees that others are to guard", || {
        let seen = |peer: &&Peer| {
            let said = shown(peer);
            said.contains("guardians: 2 of ") && said.contains("guardians from ")
        };
        all.iter().all(seen).then_some(())
    });

    // 1. The next keys take over; the old ones sign nothing any more, and what they chose is gone.
    page.run("root rotate");
    page.put("ROOT", text(&safe.join("next-root.key")));
    until("the old keys' choice is gone", || {
        (!shown(&first).contains("guardians from ")).then_some(())
    });
    let said = fail(&["member", "object", "--root", text(&old), "--dir", dir]);
    assert!(said.contains("is not the root key that"), "{said}");

    // 2. Guardians, who hear of it as everyone does.
    let asked = page.run("root request");
    same_everywhere(&all);
    let said = page.run("member recover");
    assert!(said.contains(number_in(&asked)), "{said}");
    same_everywhere(&all);
    assert!(!shown(&others[2]).contains("being recovered"));
    page.run("member recover");
    until("every administrator sees it", || {
        let seen = |peer: &&Peer| shown(peer).contains("being recovered");
        all.iter().all(seen).then_some(())
    });
    // Also who does not look there: status, dashboard and metrics have it, and the log a warning.
    until("every peer tells it by itself", || {
        let told = |peer: &&Peer| {
            let status = peer.status();
            let coming = status["coming"][0].as_str();
            coming.is_some_and(|what| what.contains("are being recovered"))
        };
        all.iter().all(told).then_some(())
    });

    // 3. The present keys object, once.
    same_everywhere(&all);
    page.run("member object");
    let root = safe.join("next-root.key");
    let said = fail(&["member", "object", "--root", text(&root), "--dir", dir]);
    assert!(said.contains("objected before"), "{said}");

    // 4. Another member's second peer takes over the ordering, as three of four members agree. What
    // the first one says of four is a wish that nobody shares.
    let said = page.run("invite");
    let link = said.lines().find(|line| line.starts_with("chopmark://"));
    page.put("LINK", link.unwrap());
    let spare = network.place.path().join("spare");
    page.put("SPARE", text(&spare));
    page.run("join");
    set_addresses(&spare);
    page.next("serve");
    let taker = Peer::start(&spare);
    page.run("validators card");
    for (peer, name) in [
        (&first, "first"),
        (&others[0], "second"),
        (&others[2], "third"),
    ] {
        let card = safe.join(format!("{name}.card"));
        let dir = text(&peer.dir);
        succeed(&["validators", "card", "--out", text(&card), "--dir", dir]);
    }
    let at = height(&first) + 14;
    page.put("HEIGHT", &at.to_string());
    let said = page.run("validators set");
    assert!(said.contains("4 validators order from then on"), "{said}");
    same_everywhere(&all);
    let set = page.next("validators set");
    signed_by_three(&network, &all, &set);
    let agreed = until("the members agreed", || {
        let said = shown(&others[1]);
        said.contains("will order").then_some(said)
    });
    assert!(!agreed.contains("without a post-quantum key"), "{agreed}");
    let key = taker.status()["device"].as_str().unwrap().to_owned();
    may_order(&taker.kill());
    let _orders = Peer::start(&spare);
    go_on_to(&first, at);
    let said = shown(&first);
    let orders = format!("orders     {}  {key}", FOUNDERS[2].0);
    assert!(said.contains(&orders), "{said}");

    // 5. A fifth member joins.
    let new = [
        "member",
        "new",
        "--name",
        "Delta Freight",
        "--class",
        "forwarder",
    ];
    succeed(&[&new[..], &["--dir", text(&newcomer)]].concat());
    page.run("member apply");
    page.run("member init");
    let at = height(&first) + 12;
    page.put("HEIGHT", &at.to_string());
    let admit = page.next("member admit");
    signed_by_three(&network, &all, &admit);
    go_on_to(&first, at);
    let status = first.status();
    let config = format!(
        "listen = \"127.0.0.1:0\"\ngateway = \"127.0.0.1:0\"\norder = \"none\"\n[[peer]]\nmember = {}\nkey = {}\naddress = \"{}\"\n",
        status["member"], status["device"], first.quic
    );
    std::fs::write(newcomer.join("chopmark.toml"), config).unwrap();
    let fifth = Peer::start(&newcomer);
    let dir = text(&newcomer);
    same_everywhere(&[&first, &fifth]);
    // What it signs counts.
    let before = height(&first);
    succeed(&["prefix", "register", "95069999", "--dir", dir]);
    until("its record is ordered", || {
        (height(&first) > before).then_some(())
    });
    same_everywhere(&[&first, &fifth]);
    // Its keys are not in the genesis, and its second peer gets them all the same.
    let second = network.place.path().join("its-second");
    let link = invite(&fifth, "peer", "Spare");
    let said = succeed(&["join", &link, "--dir", text(&second)]);
    assert!(said.contains("up to checkpoint"), "{said}");
    let said = succeed(&["member", "recovery", "check", "--dir", text(&second)]);
    assert!(said.contains("1 of 4 reader keys open here"), "{said}");
    let status = succeed(&["status", "--dir", text(&second)]);
    assert!(status.contains("Delta Freight"), "{status}");

    // 6. And one goes.
    let at = height(&first) + 12;
    page.put("HEIGHT", &at.to_string());
    let expel = page.next("member expel");
    signed_by_three(&network, &all, &expel);
    go_on_to(&first, at);
    assert!(shown(&first).contains("expelled from checkpoint"));
    assert!(page.is_done());
}

/// What the page says about `chopmark.toml`.
pub(crate) fn may_order(dir: &Path) {
    let file = dir.join("chopmark.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    let told = config.replace("order = \"none\"", "order = \"validator\"");
    assert_ne!(told, config);
    std::fs::write(file, told).unwrap();
}

/// The number of the new keys, which guardians compare.
fn number_in(said: &str) -> &str {
    let (_, rest) = said.split_once("new root keys ").unwrap();
    rest.split_once(' ').unwrap().0
}

/// The command as the first member runs it, then as two others do, each with its own keys; they
/// need not say from when on.
fn signed_by_three(network: &Network, all: &[&Peer], words: &[String]) {
    let run = |words: &[String]| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        succeed(&words)
    };
    run(words);
    let height = words.iter().position(|word| word == "--height").unwrap();
    for (peer, name) in all[1..3].iter().zip(["guard-", "other-"]) {
        same_everywhere(all);
        let mut words = words.to_vec();
        words.drain(height..height + 2);
        let root = words.iter().position(|word| word == "--root").unwrap();
        let safe = network.place.path().join("safe");
        words[root + 1] = text(&safe.join(format!("{name}root.key"))).to_owned();
        let dir = words.iter().position(|word| word == "--dir").unwrap();
        words[dir + 1] = text(&peer.dir).to_owned();
        let said = run(&words);
        assert!(said.contains("wants it, from checkpoint"), "{said}");
    }
}

/// Named errors where something does not fit.
#[test]
fn what_cannot_be_is_said_before_or_by_name() {
    let network = Network::found(&FOUNDERS[..3]);
    let first = network.start(0, None);
    let dir = text(&first.dir);
    let root = first.dir.join("root.key");
    let signing = ["--root", text(&root), "--dir", dir];
    let refused = |words: &[&str]| fail(&[words, &signing[..]].concat());
    let said = refused(&["member", "expel", FOUNDERS[0].0]);
    assert!(said.contains("one, or four and more"), "{said}");
    let said = refused(&["member", "expel", "Nobody"]);
    assert!(said.contains("Nobody"), "{said}");
    let said = refused(&["member", "expel", FOUNDERS[1].0, "--height", "1"]);
    assert!(said.contains("too soon or too late"), "{said}");
    let said = refused(&["member", "admit", text(&root)]);
    assert!(said.contains("is not an application"), "{said}");
    let said = refused(&["validators", "set", text(&root)]);
    assert!(said.contains("is not a card"), "{said}");
    let next = first.dir.join("next-root.key");
    let other = Path::new(&network.members[1]).join("root.key");
    let wrong = ["member", "expel", FOUNDERS[1].0, "--root", text(&other)];
    let said = fail(&[&wrong[..], &["--dir", dir]].concat());
    assert!(said.contains("is not the root key"), "{said}");
    let out = first.dir.join("after.key");
    let rotate = ["root", "rotate", "--next", text(&root), "--new-next"];
    let said = fail(&[&rotate[..], &[text(&out), "--dir", dir]].concat());
    assert!(said.contains("had committed to"), "{said}");
    let said = fail(&["member", "object", "--root", text(&next), "--dir", dir]);
    assert!(said.contains("is not the root key"), "{said}");
    let said = fail(&["member", "object", "--root", text(&root), "--dir", dir]);
    assert!(said.contains("nobody is recovering"), "{said}");
}
