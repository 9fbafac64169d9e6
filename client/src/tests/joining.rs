use std::sync::{Arc, Mutex};

use chopmark_core::{
    Body, DeviceEntry, Invitation, KnownPeer, ReaderKey, RecordDraft, Role, SealedReaderKey,
    SignedBlock, TimeMs,
};
use chopmark_replica::{JoinAnswer, JoinDesk, JoinRefusal, JoinRequest, Replica, random_bytes};
use chopmark_view::{Found, Home, Join, Lock, Lookup, Products, Stage, Status, Unlock};

use super::trial::{CARRIER, FACTORY, PASSPHRASE, Phone, Trial, key, now_ms, until};

/// A peer's administration with one invitation.
struct Desk {
    trial: Trial,
    secret: [u8; 16],
    used: Mutex<bool>,
    enrolled: Mutex<Option<SignedBlock>>,
    others: Vec<KnownPeer>,
}

impl JoinDesk for Desk {
    fn enrol(&self, request: &JoinRequest) -> Result<JoinAnswer, JoinRefusal> {
        let refuse = |code| {
            Err(JoinRefusal {
                code,
                detail: String::new(),
            })
        };
        if request.secret != self.secret {
            return refuse("invitation-unknown");
        }
        if std::mem::replace(&mut *self.used.lock().unwrap(), true) {
            return refuse("invitation-used");
        }
        let until = TimeMs(now_ms() + 1_000_000_000);
        let device = DeviceEntry::new(
            request.device,
            request.hpke.clone(),
            Role::Qc,
            "QC 7",
            until,
        )
        .unwrap();
        let member = self.trial.member(FACTORY);
        let enrol = RecordDraft::new(Body::Enrol { member, device }, Vec::new());
        let block = self.trial.admin_block(&[enrol]);
        *self.enrolled.lock().unwrap() = Some(block.clone());
        let network = self.trial.genesis.id();
        let key = ReaderKey {
            of: member.into(),
            epoch: 0,
            secret: self.trial.reader_key(FACTORY),
        };
        let to = (&request.device, &request.hpke);
        let sealed = key
            .seal_for_device(&network, to, &random_bytes().unwrap())
            .unwrap();
        Ok(JoinAnswer {
            genesis: self.trial.genesis.to_bytes().to_vec(),
            enrolment: block.to_bytes(),
            reader_keys: vec![SealedReaderKey {
                of: member.into(),
                epoch: 0,
                public: key.secret.public(),
                sealed,
            }],
            peers: self.peers(),
        })
    }

    fn peers(&self) -> Vec<KnownPeer> {
        self.others.clone()
    }
}

fn invitation(trial: &Trial, peer: &super::trial::Peer, secret: [u8; 16]) -> String {
    let addresses = vec![peer.remote.address.clone()];
    let expires = TimeMs(now_ms() + 1_000_000);
    Invitation::new(
        trial.genesis.id(),
        peer.remote.key,
        addresses,
        secret,
        expires,
    )
    .unwrap()
    .to_link()
}

fn join(link: &str) -> Join {
    Join {
        link: link.into(),
        passphrase: PASSPHRASE.into(),
    }
}

async fn new_phone() -> Phone {
    Phone::on(tempfile::tempdir().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn joins_once_by_invitation_then_locks_and_unlocks() {
    let trial = Trial::new();
    let other = KnownPeer::new(
        key(CARRIER, Role::Peer).id(),
        trial.member(CARRIER),
        vec!["127.0.0.1:9".to_owned()],
    )
    .unwrap();
    let desk = Arc::new(Desk {
        trial: Trial {
            genesis: trial.genesis.clone(),
            ..Trial::new()
        },
        secret: [9; 16],
        used: Mutex::default(),
        enrolled: Mutex::default(),
        others: vec![other.clone()],
    });
    let peer = trial.peer(Some(desk.clone())).await;
    let link = invitation(&trial, &peer, [9; 16]);
    let phone = new_phone().await;
    assert_eq!(phone.ask(Status {}).await.unwrap().stage, Stage::New);
    assert_eq!(
        phone.ask(Lookup { text: link.clone() }).await.unwrap(),
        Found::Invitation
    );
    assert_eq!(phone.refused(Home {}).await, "not-joined");
    assert_eq!(
        phone
            .refused(join(&invitation(&trial, &peer, [8; 16])))
            .await,
        "invitation-unknown"
    );

    let joined = phone.ask(join(&link)).await.unwrap();
    assert_eq!(
        (joined.member.as_str(), joined.role.as_str()),
        ("Nansha Tea Works", "role-qc")
    );
    assert_eq!(phone.ask(Status {}).await.unwrap().stage, Stage::Open);
    assert_eq!(phone.refused(join(&link)).await, "already-joined");
    assert_eq!(
        new_phone().await.refused(join(&link)).await,
        "invitation-used"
    );

    // The enrolment is in the ledger: what the new phone signs is taken.
    let enrolment = desk.enrolled.lock().unwrap().clone().unwrap();
    hold(&peer.replica, enrolment);
    let knows_prefix = || async { !phone.ask(Products {}).await.unwrap().prefixes.is_empty() };
    until("the ledger is here", knows_prefix).await;
    phone.commission(1, false).await;
    until("it is sent", || async {
        phone.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;

    phone.ask(Lock {}).await.unwrap();
    // It was told of the other member's peer, for when its own does not answer.
    let known = crate::join::open(phone.path(), PASSPHRASE)
        .unwrap()
        .known_peers();
    let known: Vec<_> = known.unwrap().iter().map(|row| row.key).collect();
    assert_eq!(known, [peer.remote.key, other.key()]);
    assert_eq!(phone.refused(Home {}).await, "locked");
    assert_eq!(phone.refused(Lookup { text: "x".into() }).await, "locked");
    let Stage::Locked { wait_ms, network } = phone.ask(Status {}).await.unwrap().stage else {
        panic!("not locked")
    };
    assert_eq!((wait_ms, network.as_str()), (0, "Tea trial"));
    let wrong = Unlock {
        passphrase: "another one".into(),
    };
    for _ in 0..3 {
        assert_eq!(phone.refused(wrong.clone()).await, "wrong-passphrase");
    }
    assert_eq!(
        phone
            .refused(Unlock {
                passphrase: PASSPHRASE.into()
            })
            .await,
        "try-later"
    );
    let waits = || async {
        let stage = phone.ask(Status {}).await.unwrap().stage;
        matches!(stage, Stage::Locked { wait_ms: 0, .. })
    };
    until("the wait is over", waits).await;
    phone
        .ask(Unlock {
            passphrase: PASSPHRASE.into(),
        })
        .await
        .unwrap();
    assert_eq!(phone.ask(Home {}).await.unwrap().counts.held, 1);
}

fn hold(replica: &Replica, block: SignedBlock) {
    let taken = replica.take_handover(vec![block], Vec::new()).unwrap();
    assert!(taken.not_taken.is_empty(), "{taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_is_wrong_with_an_invitation() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = new_phone().await;
    assert_eq!(
        phone.refused(join("https://example.org")).await,
        "not-an-invitation"
    );
    assert_eq!(
        phone.refused(join("chopmark://join/AAAA")).await,
        "invitation-damaged"
    );
    let short = Join {
        link: String::new(),
        passphrase: "short".into(),
    };
    assert_eq!(phone.refused(short).await, "passphrase-short");
    let gone = Invitation::new(
        trial.genesis.id(),
        peer.remote.key,
        vec!["127.0.0.1:9".into()],
        [1; 16],
        TimeMs(now_ms() + 1000),
    );
    assert_eq!(
        phone.refused(join(&gone.unwrap().to_link())).await,
        "peer-unreachable"
    );
    // Someone else answers at that address.
    let stranger = chopmark_core::DeviceKey::from_seed(&[77; 32]).id();
    let other = Invitation::new(
        trial.genesis.id(),
        stranger,
        vec![peer.remote.address.clone()],
        [1; 16],
        TimeMs(now_ms()),
    );
    assert_eq!(
        phone.refused(join(&other.unwrap().to_link())).await,
        "peer-stranger"
    );
    assert_eq!(phone.ask(Status {}).await.unwrap().stage, Stage::New);
}
