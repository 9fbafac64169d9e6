//! Founding a network: the commands of `docs/operating.md`, as they stand there, for four members
//! that all order.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::agreement::{free_ports, until_equal};
use crate::support::page::Page;
use crate::support::{FOUNDERS, Peer, text, until};

const PAGE: &str = include_str!("../../../docs/operating.md");
/// What the page's commands call the members' own things.
const CARDS: [&str; 4] = ["CARD-1", "CARD-2", "CARD-3", "CARD-4"];
const NAMES: [&str; 4] = ["NAME-1", "NAME-2", "NAME-3", "NAME-4"];
const SIGNATURES: [&str; 4] = ["SIGNATURE-1", "SIGNATURE-2", "SIGNATURE-3", "SIGNATURE-4"];

#[test]
fn four_members_found_a_network_as_the_page_says() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let members: Vec<PathBuf> = NAMES.iter().map(|name| at(name)).collect();
    let (draft, genesis) = (at("draft.cbor"), at("genesis.cbor"));
    let names = [("DRAFT", draft.as_path()), ("GENESIS", &genesis)];
    let mut page = Page::part(PAGE, "Found a network", &names);

    // 1. Keys.
    let new = page.line("member new");
    for (dir, (name, class)) in members.iter().zip(FOUNDERS) {
        page.put("NAME", name);
        page.put("CLASS", class);
        page.put("DATA", text(dir));
        page.run_line(new);
    }

    // 2. A draft.
    page.put("TITLE", "Bay trial");
    page.put("HOST", "localhost");
    for ((dir, (name, _)), n) in members.iter().zip(FOUNDERS).zip(0..) {
        page.put(CARDS[n], text(&dir.join("founder.cbor")));
        page.put(NAMES[n], name);
    }
    let said = page.run("network new");
    assert_eq!(said.matches(", orders)").count(), 4, "{said}");

    // 3. Signatures.
    let (show, sign) = (page.line("network show"), page.line("network sign"));
    for (dir, name) in members.iter().zip(SIGNATURES) {
        let out = dir.with_extension("sig");
        page.put("DATA", text(dir));
        page.put("SIGNATURE", text(&out));
        page.put(name, text(&out));
        let said = page.run_line(show);
        assert!(said.contains("a draft: not signed yet"), "{said}");
        page.run_line(sign);
    }

    // 4. The genesis.
    let said = page.run("network combine");
    let id = said.trim().lines().next().unwrap().rsplit(' ').next();

    // 5. A peer.
    let init = page.line("member init");
    for dir in &members {
        page.put("DATA", text(dir));
        let said = page.run_line(init);
        assert!(said.contains(id.unwrap()), "{said}");
    }
    configure(&members);
    let serve = page.next("serve");
    assert_eq!(serve, ["serve", "--dir", text(&members[3])]);
    let peers: Vec<Peer> = members.iter().map(|dir| Peer::start(dir)).collect();
    let all: Vec<&Peer> = peers.iter().collect();

    // 6. Recovery shares.
    let split = page.line("member recovery split");
    for dir in &members {
        page.put("DATA", text(dir));
        page.put("SHARES", text(&dir.with_extension("shares")));
        page.run_line(split);
    }
    until_equal(&all, 4);

    // 7. Root keys leave the machine.
    for dir in &members {
        for key in ["root.key", "next-root.key"] {
            std::fs::rename(dir.join(key), dir.with_extension(key)).unwrap();
        }
    }

    // 8. A prefix, and all peers know it.
    page.put("DIGITS", "690123456");
    let register = page.line("prefix register");
    for dir in &members {
        page.put("DATA", text(dir));
        page.run_line(register);
    }
    until_equal(&all, 8);
    let status = page.line("status");
    for peer in &peers {
        page.put("DATA", text(&peer.dir));
        let said = page.run_line(status);
        assert!(said.contains("690123456"), "{said}");
        assert!(peer.status()["refused"] == 0, "{said}");
    }
    assert!(page.is_done());

    // And they are four validators: without one of them the others go on.
    let mut peers = peers;
    peers.pop().unwrap().kill();
    let height = |peer: &Peer| peer.status()["height"].as_u64();
    let before = height(&peers[0]);
    page.put("DATA", text(&members[0]));
    page.put("DIGITS", "690123457");
    page.run_line(register);
    until("three of them agree", || {
        (height(&peers[0]) > before).then_some(())
    });
}

/// What the page says about `chopmark.toml`, with ports of this machine.
fn configure(members: &[PathBuf]) {
    let (_, part) = PAGE.split_once("```toml\n").unwrap();
    let (part, _) = part.split_once("```").unwrap();
    let ports = free_ports(members.len());
    let cards: Vec<Value> = members.iter().map(|dir| identity(dir)).collect();
    for (own, dir) in members.iter().enumerate() {
        let file = dir.join("chopmark.toml");
        let mut config = std::fs::read_to_string(&file).unwrap();
        let mut set = |before: &str, after: &str| {
            assert!(config.contains(before), "{before}: {config}");
            config = config.replace(before, after);
        };
        set("0.0.0.0:4750", &format!("127.0.0.1:{}", ports[own]));
        set("0.0.0.0:8750", "127.0.0.1:0");
        set("127.0.0.1:8751", "127.0.0.1:0");
        set("order = \"none\"", "order = \"validator\"");
        for (other, card) in cards.iter().enumerate().filter(|(other, _)| *other != own) {
            let id = |name: &str| card[name].as_str().unwrap();
            config += &part
                .replace("MEMBER-ID", id("member"))
                .replace("PEER-ID", id("peer"))
                .replace("PEER-HOST:4750", &format!("127.0.0.1:{}", ports[other]));
        }
        std::fs::write(file, config).unwrap();
    }
}

/// What a member gives the others about itself.
fn identity(dir: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(dir.join("member.json")).unwrap()).unwrap()
}
