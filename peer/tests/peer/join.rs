//! A member's second peer: let in by an invitation, serving, and ordering in place of the first.

use std::path::Path;

use chopmark_core::{Code, Invitation, NetworkId, TimeMs};
use serde_json::json;

use crate::agreement::free_ports;
use crate::keys::may_order;
use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, Peer, fail, invite, succeed, text, until};

const PREFIX: &str = "9506000";

/// What an operator writes into the configuration that `chopmark join` made.
pub(crate) fn set_addresses(dir: &Path) {
    let file = dir.join("chopmark.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    let config = config
        .replace("\"0.0.0.0:4750\"", "\"127.0.0.1:0\"")
        .replace("\"0.0.0.0:8750\"", "\"127.0.0.1:0\"")
        .replace("\"127.0.0.1:8751\"", "\"127.0.0.1:0\"");
    std::fs::write(file, config).unwrap();
}

fn height(peer: &Peer) -> u64 {
    peer.status()["height"].as_u64().unwrap()
}

fn same(peers: [&Peer; 2]) {
    until("both have the same state", || {
        let [one, two] = peers.map(|peer| peer.status()["state"].clone());
        (one == two).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_peer_serves_and_orders_in_place_of_the_first() {
    let network = Network::found(&FOUNDERS[..1]);
    let first = network.start(0, None);
    let dir = text(&first.dir);
    succeed(&["prefix", "register", PREFIX, "--dir", dir]);
    let mut phone = Device::join(&invite(&first, "warehouse", "Desk"))
        .await
        .unwrap();
    let code = Code::gtin_serial("09506000134352", "SER1").unwrap();
    phone.sync().await.unwrap();
    phone.write(&[phone.commission(PREFIX, &code)]);
    phone.sync().await.unwrap();

    let place = network.place.path().join("second");
    let new = text(&place);
    let said = succeed(&["join", &invite(&first, "peer", "Spare"), "--dir", new]);
    assert!(
        said.contains("another peer of Nansha Instruments"),
        "{said}"
    );
    assert!(said.contains("the ledger is here up to"), "{said}");
    set_addresses(&place);
    may_order(&place);
    let file = place.join("chopmark.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    assert!(config.contains(&first.quic.to_string()), "{config}");
    std::fs::write(&file, config + "gateway_url = \"http://localhost\"\n").unwrap();
    let second = Peer::start(&place);
    same([&first, &second]);

    // It serves the history, and whoever does not trust it can check that.
    let (status, _, page) = second.get("/01/09506000134352/21/SER1", &[]);
    let page = String::from_utf8(page).unwrap();
    assert!(status == 200 && !page.contains("no record"), "{page}");
    let bundle = place.join("history.cbor");
    let label = "(01)09506000134352(21)SER1";
    succeed(&["bundle", label, "--out", text(&bundle), "--dir", new]);
    let id = first.status()["network"].as_str().unwrap().to_owned();
    let verify = ["verify", text(&bundle), "--code", label];
    succeed(&[&verify[..], &["--network", &id]].concat());

    // It has no lists of runs, so it shows of nothing of its member's that it is not there.
    let never = chopmark_core::Code::gtin_serial("09506000134352", "NEVER").unwrap();
    let never = chopmark_core::CodeQuery::of(&never);
    let (status, head, _) = second.get(&format!("/history/{never}"), &[]);
    assert!(
        status == 404 && !head.contains("application/cbor"),
        "{head}"
    );
    until("the first one shows it", || {
        let (_, head, _) = first.get(&format!("/history/{never}"), &[]);
        head.contains("application/cbor").then_some(())
    });

    // The first one is no second member's word for consumers.
    let (_, _, told) = second.get("/network.json", &[]);
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["gateways"], json!([]));

    // It reads as a peer does, with keys that began before it joined and after.
    let check = || succeed(&["member", "recovery", "check", "--dir", new]);
    assert!(check().contains("1 of 4 reader keys open here"));
    let gone = Device::join(&invite(&first, "warehouse", "Bench"))
        .await
        .unwrap();
    succeed(&["revoke", &gone.key.id().to_string(), "--dir", dir]);
    until("it has the new key of all devices", || {
        let said = check();
        said.contains("2 of 6 reader keys open here").then_some(())
    });
    signs_nothing(&place, &network);

    // The members agree that it orders, and then the first one is lost.
    let card = place.join("peer.card");
    succeed(&["validators", "card", "--out", text(&card), "--dir", new]);
    let root = first.dir.join("root.key");
    let at = height(&first) + 4;
    let (root, number) = (text(&root), at.to_string());
    let set = ["validators", "set", text(&card), "--root", root];
    succeed(&[&set[..], &["--height", &number, "--dir", dir]].concat());
    let mut prefix = 9_506_001;
    while height(&first) < at {
        let before = height(&first);
        prefix += 1;
        succeed(&["prefix", "register", &prefix.to_string(), "--dir", dir]);
        until("a checkpoint", || (height(&first) > before).then_some(()));
    }
    until("it orders", || {
        (second.status()["validator"] == true).then_some(())
    });
    first.kill();
    phone.calls(&second);
    phone.write(&[phone.observe(&code)]);
    let before = height(&second);
    phone.sync().await.unwrap();
    assert!(height(&second) > before, "it made a checkpoint of it");

    // And a copy of it is as good.
    let copy = network.place.path().join("copy");
    succeed(&["backup", "--out", text(&copy), "--dir", new]);
    let status = succeed(&["status", "--json", "--dir", text(&copy)]);
    assert!(
        status.contains(second.status()["device"].as_str().unwrap()),
        "{status}"
    );
}

/// What needs an admin key is refused by name, before anything is made.
fn signs_nothing(second: &Path, network: &Network) {
    let new = text(second);
    let out = network.place.path().join("made");
    let root = network.members[0].join("next-root.key");
    let list = network.place.path().join("list.csv");
    for words in [
        &["invite", "--role", "courier", "--name", "Van"][..],
        &["prefix", "register", "9506999"],
        &["member", "recovery", "split", "--out", text(&out)],
        &[
            "root",
            "rotate",
            "--next",
            text(&root),
            "--new-next",
            text(&out),
        ],
        &[
            "run",
            "commission",
            text(&list),
            "--make",
            "09506000134352",
            "3",
        ],
    ] {
        let said = fail(&[words, &["--dir", new]].concat());
        assert!(said.contains("has no admin key"), "{words:?}: {said}");
    }
    assert!(!out.exists() && !list.exists(), "nothing was made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lets_no_second_peer_in_is_named_and_the_next_try_works() {
    let network = Network::found(&FOUNDERS[..1]);
    let first = network.start(0, None);
    let place = network.place.path().join("second");
    let refused = |link: &str| fail(&["join", link, "--dir", text(&place)]);

    let said = refused("https://example.org");
    assert!(said.contains("not a Chopmark invitation"), "{said}");
    let link = invite(&first, "peer", "Spare");
    let said = fail(&["join", &link, "--dir", text(&first.dir)]);
    assert!(said.contains("is not empty"), "{said}");

    // The same invitation, with another address and then for another network.
    let good = Invitation::parse(&link).unwrap();
    let like = |network, addresses| {
        let (peer, secret) = (good.peer(), *good.secret());
        let made = Invitation::new(network, peer, addresses, secret, TimeMs(u64::MAX));
        made.unwrap().to_link()
    };
    let nowhere = vec![format!("127.0.0.1:{}", free_ports(1)[0])];
    let said = refused(&like(good.network(), nowhere));
    assert!(said.contains("cannot be reached"), "{said}");
    assert!(said.contains("run the command again"), "{said}");
    let elsewhere = NetworkId::from_bytes([7; 32]);
    let said = refused(&like(elsewhere, good.addresses().to_vec()));
    assert!(said.contains("wrong-network"), "{said}");

    let expired = first.ask(&json!({
        "ask": "invite", "role": 1, "name": "Spare", "life_ms": 0, "enrolled_ms": 86_400_000,
    }));
    let said = refused(expired["done"]["link"].as_str().unwrap());
    assert!(said.contains("has expired; ask for a new one"), "{said}");
    let courier = invite(&first, "courier", "Van");
    let said = refused(&courier);
    assert!(said.contains("of role Courier"), "{said}");
    assert!(said.contains("chopmark revoke"), "{said}");
    // The key that is a courier's now is no peer's any more.
    let said = refused(&courier);
    assert!(said.contains("was used by another device"), "{said}");

    let said = succeed(&["join", &link, "--dir", text(&place)]);
    assert!(said.contains("another peer of"), "{said}");
    let said = refused(&link);
    assert!(said.contains("has joined already"), "{said}");

    // Its answer was lost: all that is there is the key.
    let again = network.place.path().join("again");
    std::fs::create_dir(&again).unwrap();
    std::fs::copy(place.join("peer.key"), again.join("peer.key")).unwrap();
    succeed(&["join", &link, "--dir", text(&again)]);
}
