//! A member loses every device and comes back: the commands of `docs/recovery.md`, as they stand
//! there.

use std::path::{Path, PathBuf};

use chopmark_core::{AudienceDraft, BlockId, Code, Group, Opener, ReaderGroup, SectionBody};

use crate::support::device::Device;
use crate::support::page::Page;
use crate::support::{FOUNDERS, Network, Peer, fail, invite, succeed, text, until};

const PAGE: &str = include_str!("../../../docs/recovery.md");
/// The member that loses everything; the first one orders.
const LOSES: usize = 1;

/// A note that only the operations group of a device's own member opens.
fn paper(device: &Device, number: u32) -> BlockId {
    let code = Code::gtin_serial("09506000134352", &format!("SER{number:05}")).unwrap();
    let note = SectionBody {
        note: Some(format!("shelf {number}")),
        ..SectionBody::default()
    };
    let own = ReaderGroup::new(device.member, Group::Operations);
    let draft = device.observe(&code);
    device.write(&[draft.telling(AudienceDraft::parties([own]), note)])
}

fn opens(device: &Device, opener: &Opener, block: BlockId) -> Option<String> {
    let block = device.replica.block(block).unwrap()?;
    let section = &block.records()[0].sections()[0];
    let bytes = device.replica.section(section.hash()).unwrap()?;
    opener.of(&block).open(0, 0, &bytes).ok()?.note
}

fn devices_of(peer: &Peer) -> Vec<(String, String)> {
    let status = peer.status();
    let devices = status["devices"].as_array().unwrap().iter();
    let own = devices.filter(|device| device["state"] == "enrolled");
    let pair = |device: &serde_json::Value| {
        let text = |key: &str| device[key].as_str().unwrap().to_owned();
        (text("key"), text("name"))
    };
    own.map(pair).collect()
}

#[tokio::test]
async fn a_member_that_lost_every_device_comes_back() {
    let network = Network::found(&FOUNDERS[..2]);
    let first = network.start(0, None);
    let second = network.start(LOSES, Some(&first));
    let shares = network.place.path().join("shares");
    let new = network.place.path().join("new");
    let genesis = network.place.path().join("genesis.cbor");
    let mut page = Page::read(
        PAGE,
        &[
            ("DATA", &second.dir),
            ("SHARES", &shares),
            ("NEW", &new),
            ("GENESIS", &genesis),
        ],
    );
    let member = second.status()["member"].as_str().unwrap().to_owned();
    page.put("MEMBER", &member);

    // Papers of the first epoch, and of one that began when a device was ended: both are older
    // than the recovery key, or not, as may be.
    let device = Device::join(&invite(&second, "courier", "Van 1"))
        .await
        .unwrap();
    device.sync().await.unwrap();
    let old = paper(&device, 1);
    device.sync().await.unwrap();
    let gone = Device::join(&invite(&second, "courier", "Van 2"))
        .await
        .unwrap();
    gone.sync().await.unwrap();
    let revoked = gone.key.id().to_string();
    succeed(&["revoke", &revoked, "--dir", text(&second.dir)]);

    let said = page.run("member recovery split");
    assert!(
        said.contains("6 of 6 reader keys are sealed to it"),
        "{said}"
    );
    let said = page.run("member recovery check");
    assert!(said.contains("6 of 6 reader keys open here"), "{said}");
    // An epoch that begins later.
    let third = Device::join(&invite(&second, "courier", "Van 3"))
        .await
        .unwrap();
    third.sync().await.unwrap();
    let revoked = third.key.id().to_string();
    succeed(&["revoke", &revoked, "--dir", text(&second.dir)]);
    let said = succeed(&["member", "recovery", "check", "--dir", text(&second.dir)]);
    assert!(
        said.contains("8 of 8 reader keys are sealed to it"),
        "{said}"
    );
    device.sync().await.unwrap();
    until("the first peer has everything", || {
        (first.status()["state"] == second.status()["state"]).then_some(())
    });

    // Everything burns.
    let lost = devices_of(&second);
    std::fs::remove_dir_all(second.kill()).unwrap();
    drop(device);

    page.run("member recovery combine");
    let status = first.status();
    let config = format!(
        "listen = \"127.0.0.1:0\"\ngateway = \"127.0.0.1:0\"\norder = \"none\"\n[[peer]]\nmember = {}\nkey = {}\naddress = \"{}\"\n",
        status["member"], status["device"], first.quic
    );
    std::fs::write(new.join("chopmark.toml"), config).unwrap();
    page.next("serve");
    let back = Peer::start(&new);
    until("the new peer has caught up", || {
        (back.status()["state"] == first.status()["state"]).then_some(())
    });
    let said = page.run("member recovery check");
    assert!(said.contains("8 of 8 reader keys open here"), "{said}");

    let recovery = |name: &String| name.starts_with("Recovery ");
    let revoke = page.next("revoke");
    for (key, name) in lost.iter().filter(|(_, name)| !recovery(name)) {
        let words = revoke.iter().map(|other| match other.as_str() {
            "DEVICE" => key,
            other => other,
        });
        let said = succeed(&words.collect::<Vec<_>>());
        assert!(said.contains(name), "{said}");
    }
    let said = succeed(&["member", "recovery", "check", "--dir", text(&new)]);
    let all = said.lines().last().unwrap();
    let (open, of) = all.split_once(" of ").unwrap();
    assert!(of.starts_with(open), "every new epoch opens too: {said}");

    // The invitation of the page, as a link.
    page.next("invite");
    let phone = Device::join(&invite(&back, "courier", "Van"))
        .await
        .unwrap();
    phone.sync().await.unwrap();
    assert!(phone.is_enrolled());
    let opener = phone.opener(&phone.keys);
    assert_eq!(opens(&phone, &opener, old).as_deref(), Some("shelf 1"));
    let later = paper(&phone, 2);
    assert_eq!(opens(&phone, &opener, later).as_deref(), Some("shelf 2"));
    phone.sync().await.unwrap();

    let after = page.run("member recovery split");
    assert!(page.is_done(), "the page has more commands");
    let sealed = after
        .lines()
        .find(|line| line.ends_with("are sealed to it"));
    let (sealed, of) = sealed.unwrap().split_once(" of ").unwrap();
    assert!(
        of.starts_with(sealed),
        "every epoch is sealed to the new key: {after}"
    );
}

/// Shares of two members, and what is wrong with each attempt.
#[test]
fn what_is_wrong_with_shares_is_named() {
    let network = Network::found(&FOUNDERS[..2]);
    let place = network.place.path();
    let split = |member: usize, out: &str| {
        let out = place.join(out);
        let dir = text(&network.members[member]).to_owned();
        succeed(&[
            "member",
            "recovery",
            "split",
            "--out",
            text(&out),
            "--dir",
            &dir,
        ]);
        (1..=3)
            .map(|n| out.join(format!("share-{n}.txt")))
            .collect::<Vec<PathBuf>>()
    };
    let (own, theirs, again) = (split(0, "own"), split(1, "theirs"), split(0, "again"));
    let genesis = place.join("genesis.cbor");
    let combine = |shares: &[&Path], dir: &str| {
        let dir = place.join(dir);
        let mut words = vec!["member", "recovery", "combine", "--genesis", text(&genesis)];
        words.extend(["--member", FOUNDERS[0].0, "--dir", text(&dir)]);
        words.extend(shares.iter().flat_map(|path| ["--share", text(path)]));
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        words
    };
    let said = |shares: &[&Path]| {
        let words = combine(shares, "new");
        let said = fail(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!place.join("new/admin.key").exists(), "{said}");
        said
    };
    let one = said(&[&own[0]]);
    assert!(one.contains("2 shares are needed, 1 are here"), "{one}");
    let twice = said(&[&own[0], &own[0]]);
    assert!(twice.contains("share 1 was given twice"), "{twice}");
    let foreign = said(&[&own[0], &theirs[2]]);
    let expected = format!("share 3 belongs to {}", FOUNDERS[1].0);
    assert!(foreign.contains(&expected), "{foreign}");
    let older = said(&[&again[0], &own[1]]);
    assert!(older.contains("do not fit together"), "{older}");

    let good = std::fs::read_to_string(&own[1]).unwrap();
    let line = good.lines().find(|line| line.starts_with("CMR1")).unwrap();
    let last = if line.ends_with('0') { '1' } else { '0' };
    let damaged = place.join("damaged.txt");
    let misread = format!("{}{last}", &line[..line.len() - 1]);
    std::fs::write(&damaged, good.replace(line, &misread)).unwrap();
    let damaged = said(&[&own[0], &damaged]);
    assert!(damaged.contains("was misread"), "{damaged}");
    let none = place.join("none.txt");
    std::fs::write(&none, "nothing").unwrap();
    let none = said(&[&none]);
    assert!(none.contains("holds no recovery share"), "{none}");

    let words = combine(&[&own[2], &own[0]], "new");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    succeed(&words);
    // A key is never overwritten.
    let over = fail(&words);
    assert!(over.contains("exists already"), "{over}");
}
