//! Files on their way.

use super::*;

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
