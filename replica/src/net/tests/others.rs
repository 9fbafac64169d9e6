//! Several peers.

use super::*;
use crate::testnet::wide;

/// Tells of peers, and lets nobody in.
struct Teller(Mutex<Vec<KnownPeer>>);

impl JoinDesk for Teller {
    fn enrol(&self, _: &JoinRequest) -> Result<JoinAnswer, JoinRefusal> {
        Err(JoinRefusal {
            code: "invitation-unknown",
            detail: "nobody joins here".to_owned(),
        })
    }

    fn peers(&self) -> Vec<KnownPeer> {
        self.0.lock().unwrap().clone()
    }
}

fn teller(peers: Vec<KnownPeer>) -> Arc<Teller> {
    Arc::new(Teller(Mutex::new(peers)))
}

fn known(phone: &Node) -> Vec<(DeviceId, Vec<String>)> {
    let rows = phone.replica().known_peers().unwrap();
    rows.iter()
        .map(|row| (row.key, row.addresses().to_vec()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_learns_of_other_peers_from_its_own_members_peer_alone() {
    let fixture = Fixture::new();
    let net = &fixture.net;
    // Key 32 is a courier's, 77 nobody's, and 12 is the second member's peer, not the first's.
    let lie = |key| {
        let addresses = vec!["lie:1".to_owned()];
        KnownPeer::new(Testnet::key(key).id(), net.members[0], addresses).unwrap()
    };
    let desk = teller(vec![
        net.known_peer(12, "a:2"),
        net.known_peer(32, "b:1"),
        lie(77),
        lie(12),
    ]);
    let first = fixture.peer("first", 11, Some(desk.clone()));
    let phone = fixture.phone("phone", 31, &[&first.remote]);
    let home = (first.remote.key, vec![first.remote.address.clone()]);
    let other = |address: &str| (Testnet::key(12).id(), vec![address.to_owned()]);
    let sync = async |remote: &Remote| phone.sync_once(remote, Until::Exchanged).await.unwrap();
    sync(&first.remote).await;
    assert_eq!(known(&phone), [home.clone(), other("a:2")]);

    // Another member's peer is not asked.
    let second = fixture.peer(
        "second",
        12,
        Some(teller(vec![net.known_peer(11, "evil:1")])),
    );
    sync(&second.remote).await;
    assert_eq!(known(&phone), [home.clone(), other("a:2")]);

    // Nothing told is no news; a new list takes the place of the old one.
    *desk.0.lock().unwrap() = Vec::new();
    sync(&first.remote).await;
    assert_eq!(known(&phone), [home.clone(), other("a:2")]);
    *desk.0.lock().unwrap() = vec![net.known_peer(12, "a:3")];
    sync(&first.remote).await;
    assert_eq!(known(&phone), [home, other("a:3")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_turns_to_the_next_peer_when_one_is_unreachable() {
    let fixture = Fixture::new();
    let second = fixture.peer("second", 12, None);
    let gone = Remote {
        key: Testnet::key(11).id(),
        address: "no-such-name.invalid:4750".to_owned(),
    };
    let phone = fixture.phone("phone", 31, &[&gone, &second.remote]);
    let kept = phone.keep_any();
    let to = second.remote.key;
    let mut link = kept.link();
    link.wait_for(|link| matches!(link, Link::Live { to: at, exchanged: true, .. } if *at == to))
        .await
        .unwrap();
    let device = fixture.net.device(31);
    fixture
        .net
        .append(phone.replica(), &device, &[observe(1, "a note")]);
    until("the second peer has it", || {
        second.node.replica().status().open == 1
    })
    .await;
    let row = phone.replica().peer(gone.key).unwrap();
    assert_eq!(row.last_error.unwrap().0, "unreachable");
    // One sync finds it as well.
    let report = phone.sync_any(None, Until::Exchanged).await.unwrap();
    assert!(report.not_taken.is_empty());
}

/// Two peers that had each other in their configuration kept two sessions, and sent everything
/// twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_peers_that_call_each_other_have_one_session() {
    let fixture = Fixture::new();
    let first = fixture.peer("first", 11, None);
    let second = fixture.peer("second", 12, None);
    let kept = [
        first.node.keep(second.remote.clone()),
        second.node.keep(first.remote.clone()),
    ];
    for kept in &kept {
        let mut link = kept.link();
        link.wait_for(|link| {
            matches!(
                link,
                Link::Live {
                    exchanged: true,
                    ..
                }
            )
        })
        .await
        .unwrap();
    }
    let connections = |node: &Node| node.0.endpoint.open_connections();
    until("one connection is left", || {
        (connections(&first.node), connections(&second.node)) == (1, 1)
    })
    .await;
    for (peer, key, n) in [(&first, 31, 1), (&second, 32, 2)] {
        let device = fixture.net.device(key);
        fixture
            .net
            .append(peer.node.replica(), &device, &[observe(n, "a note")]);
    }
    until("each has what the other had", || {
        let open = |peer: &Peer| peer.node.replica().status().open;
        (open(&first), open(&second)) == (2, 2)
    })
    .await;
    let row = first.node.replica().peer(second.remote.key).unwrap();
    assert_eq!(row.last_error, None, "nothing failed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_is_only_called_fetches_evidence_from_its_callers() {
    let fixture = Fixture::new();
    let called = fixture.peer("called", 11, None);
    let calling = fixture.peer("calling", 12, None);
    let _kept = calling.node.keep(called.remote.clone());
    let phone = fixture.caller("phone", 32);
    let sealed = phone.replica().vault().seal(&[7; 200_000][..]).unwrap();
    let record = attest(1, vec![(sealed.id, sealed.length)]);
    fixture
        .net
        .append(phone.replica(), &fixture.net.device(32), &[record]);
    phone
        .sync_once(&calling.remote, Until::Exchanged)
        .await
        .unwrap();
    until("the called peer has the photo", || {
        called.node.replica().vault().length(sealed.id) == Some(sealed.length)
    })
    .await;
}

/// What the peer had no room to keep aside was refused and never sent again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_found_no_room_goes_again_in_the_same_sync() {
    let fixture = Fixture::new();
    let net = &fixture.net;
    let author = fixture.replica("author", PartyKind::Device);
    let device = net.device(31);
    let blocks: Vec<_> = (0..72)
        .map(|_| net.append(&author, &device, &[wide(), wide()]).block)
        .collect();
    let peer = fixture.peer("peer", 11, None);
    let later =
        (1..)
            .zip(blocks.iter().skip(2))
            .map(|(number, block)| chopmark_core::NumberedItem {
                number,
                item: chopmark_core::Item::Block(Box::new(block.clone())),
            });
    let taken = peer
        .node
        .replica()
        .take_in(Testnet::key(12).id(), later.collect(), 70)
        .unwrap();
    let room = taken.stored;
    assert!(
        taken
            .not_taken
            .iter()
            .all(|item| item.code == "missing-prev")
    );
    assert!(!taken.not_taken.is_empty(), "its room is full");

    // The carrier got the second block before the first.
    let carrier = fixture.caller("carrier", 32);
    let backwards = vec![blocks[1].clone(), blocks[0].clone()];
    carrier.replica().take_handover(backwards, vec![]).unwrap();
    let report = carrier
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!((report.not_taken, report.sent), (vec![], 2));
    assert_eq!(peer.node.replica().status().open, room + 2);
    assert!(carrier.replica().store().refusals().unwrap().is_empty());
}
