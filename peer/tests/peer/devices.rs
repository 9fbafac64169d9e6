//! Devices join a running peer, write, and are ended.

use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, Peer, invite, succeed, text, until};
use chopmark_core::{
    AudienceDraft, Code, Group, HpkeSecret, Invitation, Kem, NetworkId, Opener, ReaderGroup,
    RecordRef, SectionBody, StateView as _, TimeMs,
};
use chopmark_replica::{SyncError, Until};

const PREFIX: &str = "9506000";

fn item(number: u32) -> Code {
    Code::gtin_serial("09506000134352", &format!("SER{number:05}")).unwrap()
}

fn code_of(joined: Result<Device, SyncError>) -> String {
    joined.err().unwrap().code().to_owned()
}

/// A network of one member with its peer, its prefix and a warehouse device.
async fn warehouse() -> (Network, Peer, Device) {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    succeed(&["prefix", "register", PREFIX, "--dir", text(&peer.dir)]);
    let device = Device::join(&invite(&peer, "warehouse", "Desk"))
        .await
        .unwrap();
    device.sync().await.unwrap();
    assert!(device.is_enrolled());
    (network, peer, device)
}

#[tokio::test]
async fn an_invitation_lets_one_device_in_and_says_why_not_another() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let link = invite(&peer, "courier", "Van 3");
    let invitation = Invitation::parse(&link).unwrap();
    let (seed, hpke) = ([7; 32], HpkeSecret::derive(Kem::X25519, &[8; 32]));
    let first = Device::join_as(&invitation, &seed, &hpke).await.unwrap();
    first.sync().await.unwrap();
    assert!(first.is_enrolled());
    // Its answer was lost: the same device may ask again, and is enrolled once.
    let devices = |peer: &Peer| peer.status()["devices"].as_array().unwrap().len();
    let before = devices(&peer);
    Device::join_as(&invitation, &seed, &hpke).await.unwrap();
    assert_eq!(devices(&peer), before);
    assert_eq!(code_of(Device::join(&link).await), "invitation-used");

    let forged = |network: NetworkId, secret: [u8; 16]| {
        let addresses = invitation.addresses().to_vec();
        let link = Invitation::new(
            network,
            invitation.peer(),
            addresses,
            secret,
            TimeMs(u64::MAX),
        );
        link.unwrap().to_link()
    };
    let unknown = forged(invitation.network(), [9; 16]);
    assert_eq!(code_of(Device::join(&unknown).await), "invitation-unknown");
    let elsewhere = forged(NetworkId::from_bytes([1; 32]), *invitation.secret());
    assert_eq!(code_of(Device::join(&elsewhere).await), "wrong-network");
    // After a restart it is still used up.
    let peer = Peer::start(&peer.kill());
    let moved = Invitation::new(
        invitation.network(),
        invitation.peer(),
        vec![peer.quic.to_string()],
        *invitation.secret(),
        invitation.expires(),
    );
    assert_eq!(
        code_of(Device::join(&moved.unwrap().to_link()).await),
        "invitation-used"
    );
}

/// The shortest life that the command makes is an hour; the running peer, asked as the command
/// asks it, makes one that is over at once.
#[tokio::test]
async fn an_expired_invitation_lets_nobody_in_and_says_so() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let before = peer.status()["devices"].as_array().unwrap().len();
    let answer = peer.ask(&serde_json::json!({
        "ask": "invite", "role": 2, "name": "Van 3", "life_ms": 0, "enrolled_ms": 86_400_000,
    }));
    let link = answer["done"]["link"].as_str().unwrap();
    assert_eq!(code_of(Device::join(link).await), "invitation-expired");
    // It stays over, and the next one works.
    assert_eq!(code_of(Device::join(link).await), "invitation-expired");
    assert_eq!(peer.status()["devices"].as_array().unwrap().len(), before);
    let joined = Device::join(&invite(&peer, "courier", "Van 3")).await;
    joined.unwrap().sync().await.unwrap();
}

#[tokio::test]
async fn a_revoked_device_is_turned_away() {
    let (_network, peer, device) = warehouse().await;
    let id = device.key.id().to_string();
    let said = succeed(&["revoke", &id, "--dir", text(&peer.dir)]);
    assert!(said.contains("Desk"), "{said}");
    let refused = device.sync().await.unwrap_err();
    assert_eq!(refused.code(), "revoked", "{refused}");
    let again = crate::support::fail(&["revoke", &id, "--dir", text(&peer.dir)]);
    assert!(again.contains("already"), "{again}");
}

/// The whole way of a new key: revoked at the peer, learned by sync, used by another device.
#[tokio::test]
async fn a_revoked_device_opens_nothing_that_is_written_later() {
    let (_network, peer, gone) = warehouse().await;
    let stays = Device::join(&invite(&peer, "warehouse", "Bench"))
        .await
        .unwrap();
    let code = item(1);
    let told = |device: &Device| {
        let note = SectionBody {
            note: Some("shelf 4".to_owned()),
            ..SectionBody::default()
        };
        let operations = ReaderGroup::new(device.member, Group::Operations);
        let draft = device.commission(PREFIX, &code);
        draft
            .telling(AudienceDraft::Members, note.clone())
            .telling(AudienceDraft::parties([operations]), note)
    };
    stays.sync().await.unwrap();
    let before = stays.write(&[told(&stays)]);
    stays.sync().await.unwrap();
    gone.sync().await.unwrap();

    let id = gone.key.id().to_string();
    succeed(&["revoke", &id, "--dir", text(&peer.dir)]);
    stays.sync().await.unwrap();
    let network = stays.replica.network();
    let (epochs, revocation) = stays.replica.read_final(|ledger| {
        let state = ledger.state();
        let epochs = state
            .reader_groups()
            .filter(|(of, _)| of.member == stays.member);
        let epochs = epochs.map(|(of, group)| (of.group, group.newest().unwrap().epoch));
        let revoked = state
            .device(&gone.key.id())
            .unwrap()
            .revoked()
            .unwrap()
            .by();
        (epochs.collect::<Vec<_>>(), revoked)
    });
    // Only the groups that it read in begin anew.
    assert_eq!(
        epochs,
        [
            (Group::General, 1),
            (Group::Operations, 1),
            (Group::Finance, 0),
            (Group::Supervision, 0)
        ]
    );
    let revocation = stays.replica.block(revocation.block).unwrap().unwrap();
    assert!(gone.keys_in(&revocation).is_empty());
    let new = stays.keys_in(&revocation);
    assert_eq!(new.len(), 2);

    let after = stays.write(&[told(&stays)]);
    let opens = |opener: &Opener, block| {
        let block = stays.replica.block(block).unwrap().unwrap();
        let sections = block.records()[0].sections()[1..].iter();
        let opened = (1_u16..).zip(sections).map(|(index, section)| {
            let bytes = stays.replica.section(section.hash()).unwrap().unwrap();
            opener.of(&block).open(0, index, &bytes).is_ok()
        });
        opened.collect::<Vec<_>>()
    };
    let gone = gone.opener(&gone.keys);
    assert_eq!(opens(&gone, before), [true, true]);
    assert_eq!(opens(&gone, after), [false, false]);
    let stays_opener = stays.opener(stays.keys.iter().chain(&new));
    assert_eq!(opens(&stays_opener, before), [true, true]);
    assert_eq!(opens(&stays_opener, after), [true, true]);

    // Who joins later gets the keys of both epochs at the door.
    let joined = Device::join(&invite(&peer, "courier", "Van"))
        .await
        .unwrap();
    assert_eq!(joined.replica.network(), network);
    let joined = joined.opener(&joined.keys);
    assert_eq!(opens(&joined, before), [true, true]);
    assert_eq!(opens(&joined, after), [true, true]);
}

#[tokio::test]
async fn a_revocation_can_end_before_the_last_block() {
    let (_network, peer, device) = warehouse().await;
    for number in 0..3 {
        device.write(&[device.commission(PREFIX, &item(number))]);
    }
    device.sync().await.unwrap();
    let id = device.key.id().to_string();
    let missing = crate::support::fail(&["revoke", &id, "--last", "9", "--dir", text(&peer.dir)]);
    assert!(missing.contains("block 9"), "{missing}");
    let said = succeed(&["revoke", &id, "--last", "1", "--dir", text(&peer.dir)]);
    assert!(said.contains("up to number 1"), "{said}");
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill() {
    let (_network, peer, device) = warehouse().await;
    let before = peer.status()["log_size"].as_u64().unwrap();
    for number in 0..100 {
        device.write(&[device.commission(PREFIX, &item(number))]);
    }
    let report = device.sync_until(Until::Exchanged).await.unwrap();
    assert!(report.not_taken.is_empty(), "{:?}", report.not_taken);
    let peer = Peer::start(&peer.kill());
    let status = until("all of it is ordered", || {
        let status = peer.status();
        (status["pending"].as_u64() == Some(0)).then_some(status)
    });
    assert_eq!(status["log_size"].as_u64(), Some(before + 100));
    assert_eq!(status["subjects"].as_u64(), Some(100));
    assert_eq!(status["refused"].as_u64(), Some(0));
}

#[tokio::test]
async fn a_strangers_check_finds_every_change() {
    let (network, peer, device) = warehouse().await;
    let code = item(1);
    device.write(&[device.commission(PREFIX, &code)]);
    device.sync().await.unwrap();
    let file = network.place.path().join("history.cbor");
    let path = format!("/history/{}", code.hash());
    let (answer, head, bytes) = peer.get(&path, &[]);
    assert_eq!(answer, 200);
    let tag = head
        .lines()
        .find_map(|line| line.strip_prefix("etag: w/"))
        .unwrap();
    let known = format!("if-none-match: W/{tag}");
    assert_eq!(peer.get(&path, &[&known]).0, 304);
    let page = peer.get("/01/09506000134352/21/SER00001", &[]).2;
    assert!(String::from_utf8(page).unwrap().contains("Not checked"));

    std::fs::write(&file, &bytes).unwrap();
    let id = peer.status()["network"].as_str().unwrap().to_owned();
    let verify = [
        "verify",
        text(&file),
        "--code",
        code.element_string(),
        "--network",
        &id,
    ];
    let said = succeed(&verify);
    assert!(
        said.contains("Verified") && said.contains("Gaiwan, celadon"),
        "{said}"
    );
    assert!(said.contains("commissioned"), "{said}");

    // One flipped bit, anywhere: never a pass.
    for place in (0..bytes.len()).step_by(bytes.len() / 23) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x10;
        std::fs::write(&file, &flipped).unwrap();
        let said = crate::support::fail(&verify);
        assert!(said.contains("FAILED"), "byte {place}: {said}");
    }
    std::fs::write(&file, &bytes).unwrap();
    let other = [
        "verify",
        text(&file),
        "--code",
        "(01)09506000134352(21)SER00002",
    ];
    assert!(crate::support::fail(&other).contains("another code"));

    // The same history, from the folder and from the command.
    let dir = text(&peer.dir);
    succeed(&[
        "bundle",
        code.element_string(),
        "--out",
        text(&file),
        "--dir",
        dir,
    ]);
    succeed(&verify);
    let wrong = [
        "verify",
        text(&file),
        "--code",
        code.element_string(),
        "--network",
    ];
    let said = crate::support::fail(&[&wrong[..], &["ab".repeat(32).as_str()]].concat());
    assert!(said.contains("another network"), "{said}");
}

#[tokio::test]
async fn evidence_reaches_the_other_members_gateway() {
    let network = Network::found(&FOUNDERS[..2]);
    let first = network.start(0, None);
    let second = network.start(1, Some(&first));
    for dir in &network.members {
        let owner = FOUNDERS[0].0;
        succeed(&[
            "prefix",
            "register",
            PREFIX,
            "--member",
            owner,
            "--dir",
            text(dir),
        ]);
    }
    let device = Device::join(&invite(&first, "qc", "Inspection"))
        .await
        .unwrap();
    device.sync().await.unwrap();
    // Several chunks, and the last one not full.
    let photo: Vec<u8> = (0..300_000_u32).map(|i| i.to_le_bytes()[1]).collect();
    let sealed = device.replica.vault().seal(&photo[..]).unwrap();
    let code = item(1);
    let block = device.write(&[device.commission(PREFIX, &code)]);
    device.write(&[device.attest(&code, RecordRef { block, index: 0 }, &sealed)]);
    let report = device.sync().await.unwrap();
    assert_eq!((report.not_taken.len(), report.evidence_sent), (0, 1));
    // Two registrations, an enrolment, and what the device wrote.
    until("the second peer has all of it", || {
        let status = second.status();
        let all = status["log_size"].as_u64() == Some(5);
        (all && status["evidence_wanted"].as_u64() == Some(0)).then_some(())
    });
    let (answer, head, body) = second.get(&format!("/evidence/{}", sealed.id), &[]);
    assert_eq!(answer, 200);
    assert_eq!(body.len() as u64, sealed.length);
    assert!(
        head.contains("immutable") && head.contains("access-control-allow-origin: *"),
        "{head}"
    );
    let verified = second.get(
        &format!("/history/{}", code.hash()),
        &["accept-encoding: br"],
    );
    assert_eq!(verified.0, 200);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_peer_needs_little_memory() {
    let (_network, peer, device) = warehouse().await;
    for number in 0..20 {
        device.write(&[device.commission(PREFIX, &item(number))]);
    }
    device.sync().await.unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", peer.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 60 * 1024, "{kilobytes} kB");
}
