//! Who is let in.

use chopmark_core::{HpkePublic, ReaderKey, Sealed, SealedReaderKey};

use super::*;

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
                of: MemberId::from_bytes([3; 32]).into(),
                epoch: 0,
                public: HpkeSecret::derive(Kem::X25519, &[3; 32]).public(),
                sealed: Sealed {
                    enc: vec![1; 32],
                    sealed: vec![2; 48],
                },
            }],
            peers: self.peers(),
        })
    }

    fn peers(&self) -> Vec<KnownPeer> {
        vec![self.net.known_peer(12, "127.0.0.1:9")]
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
    assert_eq!(answer.peers, [fixture.net.known_peer(12, "127.0.0.1:9")]);
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

/// Whoever made the invitation chose the peer that answers.
#[test]
fn an_answer_is_taken_only_as_a_whole() {
    let fixture = Fixture::new();
    let (network, admin) = (fixture.net.genesis.id(), fixture.net.device(21));
    let device = Testnet::key(41).id();
    let hpke = |n| HpkeSecret::derive(Kem::X25519, &[n; 32]);
    let own = hpke(41);
    let key = |member, secret: u8, to: &HpkePublic| {
        let (of, epoch, secret) = (MemberId::into(member), 0, hpke(secret));
        let public = secret.public();
        let key = ReaderKey { of, epoch, secret };
        let sealed = key.seal_for_device(&network, (&device, to), &[5; 32]);
        SealedReaderKey {
            of,
            epoch,
            public,
            sealed: sealed.unwrap(),
        }
    };
    let replica = fixture.replica("peer", PartyKind::Peer);
    let enrolled = enrol(admin.member, entry(41, Role::Peer));
    let built = fixture.net.append(&replica, &admin, &[enrolled]);
    // The second one is of a firm that came later: what it brought is on the ledger.
    let later = MemberId::from_bytes([3; 32]);
    let good = JoinAnswer {
        genesis: fixture.net.genesis.to_bytes().to_vec(),
        enrolment: built.block.to_bytes(),
        reader_keys: vec![
            key(admin.member, 1, &own.public()),
            key(later, 9, &own.public()),
        ],
        peers: Vec::new(),
    };
    let read = JoinAnswer::from_bytes(&good.to_bytes()).unwrap();
    assert_eq!(read, good);
    let joined = read.open(&network, (&device, &own)).unwrap();
    assert_eq!((joined.member, joined.role), (admin.member, Role::Peer));
    assert_eq!(joined.readers.len(), 2);
    assert!(JoinAnswer::from_bytes(&built.block.to_bytes()).is_none());

    let refused = |change: &dyn Fn(&mut JoinAnswer)| {
        let mut answer = good.clone();
        change(&mut answer);
        answer.open(&network, (&device, &own)).unwrap_err()
    };
    let elsewhere = Testnet::new("two").genesis;
    let told = refused(&|answer| answer.genesis = elsewhere.to_bytes().to_vec());
    assert!(matches!(told, JoinedError::WrongNetwork { .. }), "{told}");
    let told = refused(&|answer| answer.genesis.clear());
    assert!(matches!(told, JoinedError::Genesis(_)), "{told}");
    let told = refused(&|answer| answer.enrolment.clear());
    assert!(matches!(told, JoinedError::Enrolment(_)), "{told}");
    let other = good.open(&network, (&Testnet::key(42).id(), &own));
    assert!(matches!(other, Err(JoinedError::OtherDevice)));
    for wrong in [
        key(admin.member, 9, &own.public()),
        key(admin.member, 1, &hpke(42).public()),
    ] {
        let told = refused(&|answer| answer.reader_keys[0] = wrong.clone());
        assert!(matches!(told, JoinedError::ReaderKey), "{told}");
    }
}
