//! What is turned away.

use chopmark_core::StateView as _;

use super::*;

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
async fn a_revoked_device_hands_in_what_it_signed_before_and_gets_nothing() {
    let fixture = Fixture::new();
    let net = &fixture.net;
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let device = net.device(31);
    let sealed = phone.replica().vault().seal(&[7; 100_000][..]).unwrap();
    let inspected = attest(1, vec![(sealed.id, sealed.length)]);
    let drafts = [observe(0, "first"), inspected, observe(2, "too late")];
    let built: Vec<_> = drafts
        .into_iter()
        .map(|draft| net.append(phone.replica(), &device, &[draft]))
        .collect();
    let revoke = chopmark_core::Body::Revoke {
        device: device.key.id(),
        last: Some((chopmark_core::Seq(1), built[1].block.id())),
    };
    let revoke = chopmark_core::RecordDraft::new(revoke, vec![]);
    net.append(peer.node.replica(), &net.device(21), &[revoke]);
    order_all(peer.node.replica());

    let refused = phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "revoked", "{refused}");
    assert!(matches!(refused, SyncError::Refused { .. }), "{refused}");
    let stages: Vec<_> = phone.replica().outbox().unwrap();
    let stages: Vec<_> = stages.iter().map(|entry| &entry.stage).collect();
    assert!(
        matches!(
            stages[..],
            [
                OutboxStage::Sent,
                OutboxStage::Sent,
                OutboxStage::NotTaken { code, .. }
            ] if code == "revoked"
        ),
        "{stages:?}"
    );
    assert_eq!(phone.replica().status().open, 3, "nothing came");
    peer.node.replica().vault().check(sealed.id).unwrap();
    order_all(peer.node.replica());
    assert_eq!(peer.node.replica().status().logged, 3);

    let connection = phone.call(&peer.remote, node::SYNC_ALPN).await.unwrap();
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    let get = messages::Message::Get {
        id: sealed.id,
        offset: 0,
    };
    let is_turned_away = |answer: &messages::Message| matches!(answer, messages::Message::Bye { code, .. } if code == "revoked");
    evidence::say(&mut send, &get).await.unwrap();
    let answer = evidence::hear(&mut recv).await.unwrap();
    assert!(is_turned_away(&answer), "{answer:?}");
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    let item = messages::Message::Item(chopmark_core::CodeHash::from_bytes([1; 32]));
    evidence::say(&mut send, &item).await.unwrap();
    let answer = evidence::hear(&mut recv).await.unwrap();
    assert!(is_turned_away(&answer), "{answer:?}");
}

/// Whoever named it in a configuration told it everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_called_peer_that_was_revoked_is_told_nothing() {
    let fixture = Fixture::new();
    let net = &fixture.net;
    let (peer, called) = (
        fixture.peer("peer", 11, None),
        fixture.peer("called", 12, None),
    );
    let call = || peer.node.sync_once(&called.remote, Until::Exchanged);
    net.append(
        peer.node.replica(),
        &net.device(31),
        &[observe(1, "before")],
    );
    call().await.unwrap();
    let told = || called.node.replica().status().open;
    assert_eq!(told(), 1);

    let revoke = chopmark_core::Body::Revoke {
        device: called.remote.key,
        last: None,
    };
    let revoke = chopmark_core::RecordDraft::new(revoke, vec![]);
    net.append(peer.node.replica(), &net.device(22), &[revoke]);
    let refused = call().await.unwrap_err();
    assert_eq!(refused.code(), "peer-revoked", "{refused}");
    assert_eq!(told(), 1, "not even what revokes it");
}

/// Whoever has its key would answer that the phone is shut out, and be handed the files that the
/// network waits for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_peer_is_handed_no_files_and_asked_for_nothing() {
    let fixture = Fixture::new();
    let net = &fixture.net;
    let called = fixture.peer("called", 12, None);
    let phone = fixture.phone("phone", 31, &[&called.remote]);
    let revoke = |device| {
        let last = None;
        let body = chopmark_core::Body::Revoke { device, last };
        chopmark_core::RecordDraft::new(body, vec![])
    };
    let sealed = phone.replica().vault().seal(&[7; 100_000][..]).unwrap();
    let inspected = attest(1, vec![(sealed.id, sealed.length)]);
    net.append(phone.replica(), &net.device(31), &[inspected]);
    let shut_out = revoke(Testnet::key(31).id());
    net.append(called.node.replica(), &net.device(21), &[shut_out]);
    net.append(
        phone.replica(),
        &net.device(22),
        &[revoke(called.remote.key)],
    );
    let until = Until::Exchanged;
    let refused = phone.sync_once(&called.remote, until).await.unwrap_err();
    assert_eq!(refused.code(), "peer-revoked", "{refused}");
    let (state, _) = phone
        .replica()
        .store()
        .evidence(sealed.id)
        .unwrap()
        .unwrap();
    assert_eq!(state, EvidenceState::Here, "another peer is to have it");
    let code = chopmark_core::CodeHash::from_bytes([1; 32]);
    let asked = phone.items_from(net.members[1], [code].into()).await;
    assert_eq!(asked.unwrap_err().code(), "peer-revoked");
}

/// A fork says that somebody has a copy of the key: neither of the two reads on with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_device_hands_in_files_and_gets_nothing() {
    let fixture = Fixture::new();
    let net = &fixture.net;
    let peer = fixture.peer("peer", 11, None);
    let device = net.device(31);
    let (one, two) = (fixture.caller("one", 31), fixture.caller("two", 31));
    net.append(one.replica(), &device, &[observe(1, "left")]);
    net.append(two.replica(), &device, &[observe(1, "right")]);
    one.sync_once(&peer.remote, Until::Exchanged).await.unwrap();
    two.sync_once(&peer.remote, Until::Exchanged).await.unwrap();
    let seen = |copy: &Node| {
        let status = copy.replica().status();
        (status.height, status.open)
    };
    // Let in before the fork is known.
    let connection = two.call(&peer.remote, node::SYNC_ALPN).await.unwrap();
    let ask = async |asked: &messages::Message| {
        let (mut send, mut recv) = connection.open_bi().await.unwrap();
        evidence::say(&mut send, asked).await.unwrap();
        match evidence::hear(&mut recv).await.unwrap() {
            messages::Message::Bye { code, .. } => code,
            other => panic!("{other:?}"),
        }
    };
    let item = messages::Message::Item(chopmark_core::CodeHash::from_bytes([1; 32]));
    assert_eq!(ask(&item).await, "item-unknown");

    let before = [seen(&one), seen(&two)];
    order_all(peer.node.replica());
    let forked = peer.node.replica().read_final(|ledger| {
        let state = ledger.state();
        state.device(&device.key.id()).unwrap().forked().is_some()
    });
    assert!(forked, "both branches were ordered");

    // What was written since goes to neither of them.
    let staff = net.device(21);
    net.append(peer.node.replica(), &staff, &[observe(2, "later")]);
    for copy in [&one, &two] {
        let refused = copy
            .sync_once(&peer.remote, Until::Exchanged)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "revoked", "{refused}");
    }
    assert_eq!([seen(&one), seen(&two)], before, "nothing came");

    let get = messages::Message::Get {
        id: chopmark_core::EvidenceId::from_bytes([1; 32]),
        offset: 0,
    };
    let (height, logged) = (0, 0);
    for asked in [get, messages::Message::Behind { height, logged }, item] {
        assert_eq!(ask(&asked).await, "revoked");
    }
}

/// A device that was connected when it was revoked went on getting everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_revoked_while_connected_gets_nothing_more() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.caller("phone", 31);
    let kept = phone.keep(peer.remote.clone());
    let mut link = kept.link();
    link.wait_for(|link| matches!(link, Link::Live { .. }))
        .await
        .unwrap();
    let revoke = chopmark_core::Body::Revoke {
        device: Testnet::key(31).id(),
        last: None,
    };
    let revoke = chopmark_core::RecordDraft::new(revoke, vec![]);
    fixture
        .net
        .append(peer.node.replica(), &fixture.net.device(21), &[revoke]);
    link.wait_for(|link| matches!(link, Link::Waiting { code, .. } if code == "revoked"))
        .await
        .unwrap();
    assert_eq!(phone.replica().status().open, 0);
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

    // A program of another version.
    let refused = phone.call(&peer.remote, b"chopmark/sync/2").await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), "other-version", "{refused}");

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

/// What is too long and who is no validator never reached whoever counts what validators say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_and_oversized_messages_of_validators_are_counted() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 12, None);
    let mut ballots = peer.node.ballots().unwrap();
    let phone = fixture.caller("phone", 31);
    let connection = phone.call(&peer.remote, order::ORDER_ALPN).await.unwrap();
    connection.closed().await;
    let refused = peer.node.order_refusals();
    assert_eq!((refused.strangers, refused.oversized), (1, 0));

    let validator = fixture.caller("validator", 11);
    let connection = validator
        .call(&peer.remote, order::ORDER_ALPN)
        .await
        .unwrap();
    for size in [chopmark_core::limits::MESSAGE_BYTES + 1, 5] {
        let mut stream = connection.open_uni().await.unwrap();
        // The other side may stop it before its end.
        let _ = stream.write_all(&vec![7; size]).await;
        let _ = stream.finish();
    }
    let (from, message) = ballots.recv().await.unwrap();
    assert_eq!((from, message.len()), (Testnet::key(11).id(), 5));
    until("the long one is counted", || {
        peer.node.order_refusals().oversized == 1
    })
    .await;
}
