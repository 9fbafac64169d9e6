use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chopmark_core::{DeviceKey, HpkeSecret, Invitation, Kem, MemberId, PartyKind, Role, TimeMs};

use super::*;
use crate::lock::Lock;
use crate::replica::{OutboxStage, Replica};
use crate::store::EvidenceState;
use crate::testnet::{Testnet, attest, enrol, entry, observe, order_all};

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A peer that answers, orders nothing by itself, and stops when dropped.
struct Peer {
    node: Node,
    remote: Remote,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.served.abort();
    }
}

struct Fixture {
    net: Testnet,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            net: Testnet::new("one"),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn replica(&self, name: &str, kind: PartyKind) -> Replica {
        self.net.replica(&self.folder.path().join(name), kind)
    }

    fn peer(&self, name: &str, key: u8, desk: Option<Arc<dyn JoinDesk>>) -> Peer {
        answering(self.replica(name, PartyKind::Peer), LOOPBACK, key, desk)
    }

    fn caller(&self, name: &str, key: u8) -> Node {
        Node::caller(Testnet::key(key), self.replica(name, PartyKind::Device)).unwrap()
    }
}

fn answering(
    replica: Replica,
    listen: SocketAddr,
    key: u8,
    desk: Option<Arc<dyn JoinDesk>>,
) -> Peer {
    serving(
        Node::listen(listen, Testnet::key(key), replica, desk).unwrap(),
        key,
    )
}

fn serving(node: Node, key: u8) -> Peer {
    let address = node.address().unwrap();
    let remote = Remote {
        key: Testnet::key(key).id(),
        address: address.to_string(),
    };
    let serving = node.clone();
    Peer {
        node,
        remote,
        served: tokio::spawn(async move { serving.serve().await }),
    }
}

/// Polls a real condition until it holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_uploads_and_learns_what_became_final() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let device = fixture.net.device(31);
    for n in 0..50 {
        fixture
            .net
            .append(phone.replica(), &device, &[observe(n, "a note")]);
    }
    let report = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!(
        (report.sent, report.received, report.not_taken.len()),
        (100, 0, 0)
    );
    assert!(report.clock_ahead_ms.abs() < 60_000);
    assert_eq!(peer.node.replica().status().open, 50);
    assert!(
        phone
            .replica()
            .outbox()
            .unwrap()
            .iter()
            .all(|entry| entry.stage == OutboxStage::Sent)
    );

    order_all(peer.node.replica());
    let report = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!((report.sent, report.received), (0, 1));
    assert!(phone.replica().outbox().unwrap().is_empty());
    assert_eq!(
        phone.replica().status().state,
        peer.node.replica().status().state
    );
    // And once more there is nothing to do.
    let report = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!((report.sent, report.received), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waits_for_the_orderer_when_asked() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    fixture.net.append(
        phone.replica(),
        &fixture.net.device(31),
        &[observe(1, "a note")],
    );
    let ordering = peer.node.replica().clone();
    let orderer = tokio::spawn(async move {
        until("something to order", || ordering.status().open > 0).await;
        tokio::task::spawn_blocking(move || order_all(&ordering))
            .await
            .unwrap();
    });
    let report = phone
        .sync_once(&peer.remote, Until::Final { at_most_ms: 60_000 })
        .await
        .unwrap();
    orderer.await.unwrap();
    assert_eq!(report.received, 1);
    assert!(phone.replica().outbox().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn peers_spread_arrivals_live_and_find_each_other_again() {
    let fixture = Fixture::new();
    let first = fixture.peer("first", 11, None);
    let second = fixture.peer("second", 12, None);
    let kept = second.node.keep(first.remote.clone());
    let mut link = kept.link();
    link.wait_for(|link| *link == Link::Live { exchanged: true })
        .await
        .unwrap();

    // A phone of the second member uploads to its own peer; the first gets it by itself.
    let phone = fixture.caller("phone", 32);
    fixture.net.append(
        phone.replica(),
        &fixture.net.device(32),
        &[observe(1, "a note")],
    );
    phone
        .sync_once(&second.remote, Until::Exchanged)
        .await
        .unwrap();
    until("the block is at the first peer", || {
        first.node.replica().status().open == 1
    })
    .await;
    order_all(first.node.replica());
    until("the second peer is at height 1", || {
        second.node.replica().status().height.0 == 1
    })
    .await;

    // The first peer goes away and comes back at the same address with the same folder.
    let address = first.node.address().unwrap();
    first.node.close().await;
    link.wait_for(|link| matches!(link, Link::Waiting { .. }))
        .await
        .unwrap();
    fixture.net.append(
        phone.replica(),
        &fixture.net.device(32),
        &[observe(2, "meanwhile")],
    );
    phone
        .sync_once(&second.remote, Until::Exchanged)
        .await
        .unwrap();
    drop(first);
    let folder = fixture.folder.path().join("first");
    let mut reopened = None;
    until("the first replica is free", || {
        reopened = Replica::open(&folder, Lock::KeyFile, PartyKind::Peer).ok();
        reopened.is_some()
    })
    .await;
    let (reopened, mut node) = (reopened.unwrap(), None);
    until("the first address is free", || {
        node = Node::listen(address, Testnet::key(11), reopened.clone(), None).ok();
        node.is_some()
    })
    .await;
    let first = serving(node.unwrap(), 11);
    kept.now();
    until("the first peer has what it missed", || {
        first.node.replica().status().open == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_follows_its_block_from_phone_to_both_peers() {
    let fixture = Fixture::new();
    let first = fixture.peer("first", 11, None);
    let second = fixture.peer("second", 12, None);
    let _kept = second.node.keep(first.remote.clone());
    let phone = fixture.caller("phone", 31);
    let photo: Vec<u8> = (0..900_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let sealed = phone.replica().vault().seal(photo.as_slice()).unwrap();
    let record = attest(1, vec![(sealed.id, sealed.length)]);
    fixture
        .net
        .append(phone.replica(), &fixture.net.device(31), &[record]);
    let report = phone
        .sync_once(&first.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!(report.evidence_sent, 1);
    assert_eq!(
        phone
            .replica()
            .store()
            .evidence(sealed.id)
            .unwrap()
            .unwrap()
            .0,
        EvidenceState::Shared
    );
    first.node.replica().vault().check(sealed.id).unwrap();
    until("the second peer has the photo", || {
        second.node.replica().vault().length(sealed.id) == Some(sealed.length)
    })
    .await;
    // A second phone fetches it when someone looks.
    let other = fixture.caller("other", 32);
    other
        .sync_once(&first.remote, Until::Exchanged)
        .await
        .unwrap();
    other
        .fetch_evidence(&first.remote, sealed.id)
        .await
        .unwrap();
    let mut plain = Vec::new();
    std::io::Read::read_to_end(
        &mut other
            .replica()
            .vault()
            .reader(sealed.id, &sealed.key)
            .unwrap(),
        &mut plain,
    )
    .unwrap();
    assert_eq!(plain, photo);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_that_was_cut_goes_on_from_its_last_whole_chunk() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let sealed = phone
        .replica()
        .vault()
        .seal(vec![7; 1_000_000].as_slice())
        .unwrap();
    let record = attest(1, vec![(sealed.id, sealed.length)]);
    let built = fixture
        .net
        .append(phone.replica(), &fixture.net.device(31), &[record]);
    peer.node
        .replica()
        .take_handover(vec![built.block], vec![])
        .unwrap();
    // Cut in the middle: a part arrives, and the caller is gone.
    let connection = phone.call(&peer.remote, node::SYNC_ALPN).await.unwrap();
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    let (id, length) = (sealed.id, sealed.length);
    evidence::say(&mut send, &messages::Message::Put { id, length })
        .await
        .unwrap();
    assert_eq!(
        evidence::hear(&mut recv).await.unwrap(),
        messages::Message::Begin { offset: 0, length }
    );
    let mut ciphertext = Vec::new();
    let (mut file, _) = phone.replica().vault().ciphertext(id, 0).unwrap();
    std::io::Read::read_to_end(&mut file, &mut ciphertext).unwrap();
    evidence::say(
        &mut send,
        &messages::Message::Part(ciphertext[..200_000].to_vec()),
    )
    .await
    .unwrap();
    let part = fixture
        .folder
        .path()
        .join("peer/evidence")
        .join(format!("{id}.part"));
    until("the part is on disk", || {
        std::fs::metadata(&part).is_ok_and(|data| data.len() == 200_000)
    })
    .await;
    connection.close(0_u32.into(), b"cut");

    // The next one is told to go on from three whole chunks.
    let offset = 3 * chopmark_core::EVIDENCE_SEALED_CHUNK_BYTES as u64;
    let again = phone.call(&peer.remote, node::SYNC_ALPN).await.unwrap();
    let mut begun = None;
    while begun.is_none() {
        let (mut send, mut recv) = again.open_bi().await.unwrap();
        evidence::say(&mut send, &messages::Message::Put { id, length })
            .await
            .unwrap();
        begun = match evidence::hear(&mut recv).await.unwrap() {
            messages::Message::Begin { offset, .. } => Some(offset),
            // The peer has not noticed the cut yet.
            messages::Message::Bye { code, .. } => {
                assert_eq!(code, "busy");
                None
            }
            other => panic!("{other:?}"),
        };
    }
    assert_eq!(begun, Some(offset));
    again.close(0_u32.into(), b"enough");
    let report = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    until("the whole file is there", || {
        peer.node.replica().vault().length(id) == Some(length) || report.evidence_sent == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_that_was_cut_goes_on_and_doubles_nothing() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let device = fixture.net.device(31);
    for n in 0..200 {
        fixture
            .net
            .append(phone.replica(), &device, &[observe(n, &"x".repeat(1_500))]);
    }
    // Hang up as soon as something has arrived.
    let syncing = phone.clone();
    let remote = peer.remote.clone();
    let cut = tokio::spawn(async move { syncing.sync_once(&remote, Until::Closed).await });
    until("something arrived", || {
        peer.node.replica().status().open > 0
    })
    .await;
    cut.abort();
    let _ = cut.await;
    phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!(peer.node.replica().status().open, 200);
    assert_eq!(peer.node.replica().store().newest().unwrap().get(), 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_unknown_device() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let stranger = fixture.caller("stranger", 77);
    let refused = stranger
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "unknown-device", "{refused}");
    let (_, row) = stranger.replica().store().peers().unwrap().remove(0);
    assert_eq!(
        row.last_error.unwrap().0,
        "unknown-device",
        "noted for the outbox"
    );

    let connection = stranger.call(&peer.remote, node::SYNC_ALPN).await.unwrap();
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    let id = chopmark_core::EvidenceId::from_bytes([1; 32]);
    evidence::say(&mut send, &messages::Message::Get { id, offset: 0 })
        .await
        .unwrap();
    let answer = evidence::hear(&mut recv).await.unwrap();
    assert!(
        matches!(&answer, messages::Message::Bye { code, .. } if code == "unknown-device"),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_revoked_device() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let revoke = chopmark_core::Body::Revoke {
        device: Testnet::key(31).id(),
        last: None,
    };
    let revoke = chopmark_core::RecordDraft::new(revoke, vec![]);
    fixture
        .net
        .append(peer.node.replica(), &fixture.net.device(21), &[revoke]);
    let phone = fixture.caller("phone", 31);
    let refused = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "revoked", "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_wrong_network() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    // The same keys in another network: known as a device, and told at the hello.
    let elsewhere = Testnet::new("two");
    let replica = elsewhere.replica(&fixture.folder.path().join("elsewhere"), PartyKind::Device);
    let lost = Node::caller(Testnet::key(31), replica).unwrap();
    let refused = lost
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "wrong-network", "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_the_wrong_peer_and_the_absent_one() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let impostor = Remote {
        key: Testnet::key(12).id(),
        ..peer.remote.clone()
    };
    let refused = phone
        .sync_once(&impostor, Until::Exchanged)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "not-the-peer", "{refused}");

    let nowhere = Remote {
        key: Testnet::key(11).id(),
        address: "no-such-name.invalid:4750".to_owned(),
    };
    let refused = phone
        .sync_once(&nowhere, Until::Exchanged)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "unreachable", "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forked_block_is_refused_with_its_code() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let device = fixture.net.device(31);
    let (one, two) = (fixture.caller("one", 31), fixture.caller("two", 31));
    fixture
        .net
        .append(one.replica(), &device, &[observe(1, "left")]);
    fixture
        .net
        .append(two.replica(), &device, &[observe(1, "right")]);
    one.sync_once(&peer.remote, Until::Exchanged).await.unwrap();
    let report = two.sync_once(&peer.remote, Until::Exchanged).await.unwrap();
    let refused: Vec<_> = report
        .not_taken
        .iter()
        .map(|(number, code, _)| (number.get(), code.as_str()))
        .collect();
    assert_eq!(refused, [(1, "fork")]);
    let stage = &two.replica().outbox().unwrap()[0].stage;
    assert!(
        matches!(stage, OutboxStage::NotTaken { code, .. } if code == "fork"),
        "{stage:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_on_a_stream_ends_it_and_nothing_else() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let connection = phone.call(&peer.remote, node::SYNC_ALPN).await.unwrap();
    for noise in [
        &b"\xff\xff\xff\xff"[..],
        b"\x00\x00\x00\x02\x80\x00",
        b"\x00\x00\x00\x03\x82\x00\x18",
        b"\x00",
    ] {
        let (mut send, mut recv) = connection.open_bi().await.unwrap();
        send.write_all(noise).await.unwrap();
        let _ = send.finish();
        // A goodbye or nothing, and the end of the stream.
        let _ = recv.read_to_end(10_000).await;
    }
    connection.close(0_u32.into(), b"done");
    phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
}

/// Enrols whoever knows the secret, once.
struct Desk {
    replica: Replica,
    genesis: Vec<u8>,
    net: Testnet,
    used: Mutex<bool>,
}

impl JoinDesk for Desk {
    fn enrol(&self, request: &JoinRequest) -> Result<JoinAnswer, JoinRefusal> {
        if request.secret != [9; 16] {
            return Err(JoinRefusal {
                code: "invitation-unknown",
                detail: "not ours".to_owned(),
            });
        }
        if std::mem::replace(&mut *self.used.lock().unwrap(), true) {
            return Err(JoinRefusal {
                code: "invitation-used",
                detail: "used before".to_owned(),
            });
        }
        let admin = self.net.device(21);
        let built = self.net.append(
            &self.replica,
            &admin,
            &[enrol(admin.member, entry(41, Role::Courier))],
        );
        Ok(JoinAnswer {
            genesis: self.genesis.clone(),
            enrolment: built.block.to_bytes(),
            reader_keys: vec![SealedReaderKey {
                group: MemberId::from_bytes([3; 32]),
                epoch: 0,
                enc: vec![1; 32],
                sealed: vec![2; 48],
            }],
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invitation_works_once() {
    let fixture = Fixture::new();
    let replica = fixture.replica("peer", PartyKind::Peer);
    let genesis = fixture.net.genesis.to_bytes().to_vec();
    let desk = Desk {
        replica: replica.clone(),
        genesis: genesis.clone(),
        net: Testnet::new("one"),
        used: Mutex::new(false),
    };
    let peer = answering(replica, LOOPBACK, 11, Some(Arc::new(desk)));
    let invite = |network, secret| {
        let addresses = vec![peer.remote.address.clone()];
        Invitation::new(
            network,
            peer.remote.key,
            addresses,
            secret,
            TimeMs(u64::MAX),
        )
        .unwrap()
    };
    let (key, hpke) = (
        Testnet::key(41),
        HpkeSecret::derive(Kem::XWing, &[41; 32]).public(),
    );
    let network = fixture.net.genesis.id();
    let wrong = join(&invite(network, [8; 16]), &key, &hpke)
        .await
        .unwrap_err();
    assert_eq!(wrong.code(), "invitation-unknown");
    let elsewhere = join(
        &invite(Testnet::new("two").genesis.id(), [9; 16]),
        &key,
        &hpke,
    )
    .await
    .unwrap_err();
    assert_eq!(elsewhere.code(), "wrong-network");
    let answer = join(&invite(network, [9; 16]), &key, &hpke).await.unwrap();
    assert_eq!(
        (answer.genesis.as_slice(), answer.reader_keys.len()),
        (genesis.as_slice(), 1)
    );
    let again = join(
        &invite(network, [9; 16]),
        &DeviceKey::from_seed(&[42; 32]),
        &hpke,
    )
    .await
    .unwrap_err();
    assert_eq!(again.code(), "invitation-used");

    let phone = fixture.caller("phone", 41);
    fixture.net.append(
        peer.node.replica(),
        &fixture.net.device(31),
        &[observe(1, "x")],
    );
    let report = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!(report.received, 3, "its enrolment, a block and its section");

    // Ten tries a minute, whatever they hold.
    let mut last = None;
    for _ in 0..10 {
        last = Some(
            join(&invite(network, [7; 16]), &key, &hpke)
                .await
                .unwrap_err(),
        );
    }
    assert_eq!(last.unwrap().code(), "busy");
}
