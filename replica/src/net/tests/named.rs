//! Blocks and sections that peers name to each other.

use chopmark_core::{BlockId, EncodedItem, ItemName, Session, SessionConfig, SessionEvent};

use super::*;
use crate::testnet::Device;

/// A third peer, of the first member.
const THIRD: u8 = 13;

/// A peer that knows the third one.
fn knowing(fixture: &Fixture, name: &str, key: u8) -> Peer {
    let peer = fixture.peer(name, key, None);
    let admin = fixture.net.device(21);
    let third = enrol(admin.member, entry(THIRD, Role::Peer));
    fixture.net.append(peer.node.replica(), &admin, &[third]);
    order_all(peer.node.replica());
    peer
}

fn notes(fixture: &Fixture, phone: &Node, device: &Device, numbers: std::ops::Range<u8>) {
    // Some are short, and go whole in any case.
    let long = "long ".repeat(400);
    for n in numbers {
        let note = if n % 4 == 0 { "short" } else { &long };
        let records: Vec<_> = (0..n % 8).map(|n| observe(n, note)).collect();
        let records = [&records[..], &[observe(n, note)]].concat();
        fixture.net.append(phone.replica(), device, &records);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_named_and_comes_from_nobody_else_is_asked_for() {
    let fixture = Fixture::new();
    // In a row: nothing comes to the third but by the second.
    let first = knowing(&fixture, "first", 11);
    let second = fixture.peer("second", 12, None);
    let third = fixture.peer("third", THIRD, None);
    let kept = [
        second.node.keep(first.remote.clone()),
        third.node.keep(second.remote.clone()),
    ];
    let is_level = |peer: &Peer| peer.node.replica().status().height.0 == 1;
    until("all know the third", || {
        is_level(&second) && is_level(&third)
    })
    .await;

    let phone = fixture.caller("phone", 31);
    notes(&fixture, &phone, &fixture.net.device(31), 0..40);
    phone
        .sync_once(&first.remote, Until::Exchanged)
        .await
        .unwrap();
    // A block and its section each, whole.
    let everything = || first.node.replica().store().newest().unwrap();
    let all = everything();
    until("the third has them", || {
        third.node.replica().store().newest().unwrap() == all
    })
    .await;
    assert_eq!(third.node.replica().status().open, 40);

    // A phone at the other end, while the first one writes on: sections find their blocks.
    let other = fixture.caller("other", 32);
    notes(&fixture, &other, &fixture.net.device(32), 40..60);
    notes(&fixture, &phone, &fixture.net.device(31), 60..80);
    let (one, two) = tokio::join!(
        other.sync_once(&third.remote, Until::Exchanged),
        phone.sync_once(&first.remote, Until::Exchanged)
    );
    assert!(one.unwrap().not_taken.is_empty() && two.unwrap().not_taken.is_empty());
    for peer in [&first, &second, &third] {
        let replica = peer.node.replica();
        until("everything is everywhere", || {
            replica.status().open == 80 && replica.store().expected_sections().unwrap().is_empty()
        })
        .await;
    }
    drop(kept);
}

/// Who names a block, whatever it is asked, and gives nothing: what it is told at last.
async fn names_and_keeps(network: chopmark_core::NetworkId, accepting: quinn::Endpoint) -> String {
    let connection = accepting.accept().await.unwrap().await.unwrap();
    let (mut send, mut recv) = connection.accept_bi().await.unwrap();
    let config = SessionConfig {
        network,
        instance: [5; 16],
        kind: PartyKind::Peer,
        since: None,
        height: 0,
        newest: 0,
        peers: Vec::new(),
    };
    let now = TimeMs(crate::store::wall_clock_ms());
    let mut session = Session::new(config, now);
    loop {
        while let Some(frame) = session.poll_frame() {
            frames::write(&mut send, &frame).await.unwrap();
        }
        let frame = frames::read(&mut recv).await.unwrap().unwrap();
        match session.handle_frame(&frame).unwrap() {
            SessionEvent::Hello { .. } => {
                let name = ItemName::Block(BlockId::from_bytes([7; 32]));
                let item = EncodedItem::named(1, name, Testnet::key(12).id());
                session.queue_items(vec![item], 1).unwrap();
            }
            SessionEvent::Bye { detail, .. } => return detail,
            _ => {}
        }
    }
}

/// A minute of real time, slept through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_names_something_and_keeps_it_is_hung_up_on() {
    let fixture = Fixture::new();
    let (endpoint, remote) = bare_endpoint();
    let first = fixture.peer("first", 11, None);
    let _kept = first.node.keep(remote);
    let told = names_and_keeps(first.node.replica().network(), endpoint).await;
    assert!(told.contains("not sent for a minute"), "{told}");
}
