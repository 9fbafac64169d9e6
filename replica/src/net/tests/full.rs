//! Peers that have no room left.

use super::*;

/// The page limit stands in for a full disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_full_peer_does_not_store_stays_in_the_outbox() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let sync = || phone.sync_once(&peer.remote, Until::Exchanged);
    // They have met: what follows is about the blocks.
    sync().await.unwrap();
    let long = "x".repeat(2_000);
    let drafts: Vec<_> = (0..100).map(|n| observe(n, &long)).collect();
    fixture
        .net
        .append(phone.replica(), &fixture.net.device(31), &drafts);
    let stages = || {
        let outbox = phone.replica().outbox().unwrap().into_iter();
        outbox.map(|entry| entry.stage).collect::<Vec<_>>()
    };
    peer.node.replica().store().limit_pages(Some(0));
    let refused = sync().await.unwrap_err();
    assert_eq!(refused.code(), "disk-full", "{refused}");
    assert_eq!(stages(), [OutboxStage::Unsent]);
    assert_eq!(peer.node.replica().status().open, 0);

    peer.node.replica().store().limit_pages(None);
    assert_eq!(sync().await.unwrap().not_taken, []);
    assert_eq!(stages(), [OutboxStage::Sent]);
    assert_eq!(peer.node.replica().status().open, 1);
}

/// What is written to `/dev/full` meets a full disk.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_that_a_full_peer_does_not_store_is_kept_and_sent_later() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let sealed = phone.replica().vault().seal(&[7; 100_000][..]).unwrap();
    let record = attest(1, vec![(sealed.id, sealed.length)]);
    fixture
        .net
        .append(phone.replica(), &fixture.net.device(31), &[record]);
    let folder = fixture.folder.path().join("peer/evidence");
    let part = folder.join(format!("{}.part", sealed.id));
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    let state = || {
        let row = phone.replica().store().evidence(sealed.id).unwrap();
        row.unwrap().0
    };
    let report = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!((report.sent, report.evidence_sent), (1, 0));
    assert_eq!(state(), EvidenceState::Here, "not taken as sent");
    let connection = phone.call(&peer.remote, node::SYNC_ALPN).await.unwrap();
    let refused = phone.put_evidence(&connection, sealed.id).await;
    assert_eq!(refused.unwrap_err().code(), "disk-full");
    connection.close(0_u32.into(), b"done");

    std::fs::remove_file(&part).unwrap();
    let report = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    assert_eq!(report.evidence_sent, 1);
    assert_eq!(state(), EvidenceState::Shared);
    peer.node.replica().vault().check(sealed.id).unwrap();
}
