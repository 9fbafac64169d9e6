//! Blocks and checkpoints on their way.

use super::*;

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
