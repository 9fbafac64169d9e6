//! What a person is told about each kind of bad input: one test for each, through the commands
//! that the screens call. `docs/threats.md` lists them.

use std::sync::Arc;

use chopmark_core::{Body, Invitation, KnownPeer, PartyKind, RecordDraft, Role, TimeMs};
use chopmark_replica::{
    JoinAnswer, JoinDesk, JoinRefusal, JoinRequest, Lock as StoreLock, Replica, Strength,
};
use chopmark_view::{
    Action, Condition, Found, FrameFeed, Home, Join, Lock, Lookup, NewItems, Outbox, OutboxState,
    Prepare, Stage, Status, Subject, Unlock,
};

use super::trial::{
    CARRIER, FACTORY, GTIN, PASSPHRASE, Peer, Phone, Trial, key, now_ms, photo, until,
};

fn unlock(passphrase: &str) -> Unlock {
    Unlock {
        passphrase: passphrase.into(),
    }
}

fn commission(gtin: &str) -> Prepare {
    Prepare {
        action: Action::Commission(NewItems {
            gtin: gtin.into(),
            product: "Oolong".into(),
            count: 1,
            in_case: false,
            sealed: false,
            place: None,
        }),
    }
}

fn offer(trial: &Trial, subject: &str, to: u8) -> Prepare {
    Prepare {
        action: Action::Offer {
            subject: subject.into(),
            to: trial.member(to).to_string(),
            place: None,
        },
    }
}

fn accept(offer: &str) -> Prepare {
    Prepare {
        action: Action::Accept {
            offer: offer.into(),
            condition: Condition::Good,
            seal: None,
            left: Vec::new(),
            evidence: Vec::new(),
            note: None,
        },
    }
}

async fn join(trial: &Trial, peer: &Peer, address: &str) -> String {
    let addresses = vec![address.to_owned()];
    let expires = TimeMs(now_ms() + 1_000_000);
    let network = trial.genesis.id();
    let invitation = Invitation::new(network, peer.remote.key, addresses, [9; 16], expires);
    let phone = Phone::on(tempfile::tempdir().unwrap()).await;
    let refused = phone
        .refused(Join {
            link: invitation.unwrap().to_link(),
            passphrase: PASSPHRASE.into(),
        })
        .await;
    assert_eq!(phone.ask(Status {}).await.unwrap().stage, Stage::New);
    refused
}

/// The code with which the peer turned a phone away, as the outbox shows it.
async fn turned_away(phone: &Phone) -> String {
    let shown = || async { phone.ask(Outbox {}).await.unwrap().peers };
    until("the outbox names the cause", || async {
        shown().await.iter().any(|peer| peer.last_error.is_some())
    })
    .await;
    let peers = shown().await;
    let mut causes = peers.into_iter().filter_map(|peer| peer.last_error);
    causes.next().unwrap().code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_passphrase_is_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    phone.ask(Lock {}).await.unwrap();
    for _ in 0..3 {
        assert_eq!(phone.refused(unlock("green tea")).await, "wrong-passphrase");
    }
    assert_eq!(phone.refused(unlock(PASSPHRASE)).await, "try-later");
    until("the wait is over", || async {
        let stage = phone.ask(Status {}).await.unwrap().stage;
        matches!(stage, Stage::Locked { wait_ms: 0, .. })
    })
    .await;
    phone.ask(unlock(PASSPHRASE)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    phone.ask(Lock {}).await.unwrap();
    let log = phone.path().join("ledger.db-wal");
    until("the database is closed", || async { !log.exists() }).await;
    let database = phone.path().join("ledger.db");
    let mut bytes = std::fs::read(&database).unwrap();
    for byte in bytes.iter_mut().take(8192).skip(200) {
        *byte ^= 0x5a;
    }
    std::fs::write(&database, bytes).unwrap();
    assert_eq!(phone.refused(unlock(PASSPHRASE)).await, "store-damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_evidence_file_is_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let id = phone.attach("image/jpeg", &photo()).await.unwrap().id;
    let file = phone.path().join("evidence").join(&id);
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() - 5]).unwrap();
    let refused = phone.client.evidence_read(&id, 0).await.unwrap_err();
    assert_eq!(refused.code, "evidence-damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_or_malformed_qr_code_is_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    for (text, code) in [
        ("https://example.com/01/09506000134352/21/1", "link-foreign"),
        ("https://example.com/menu", "link-foreign"),
        ("WIFI:S:guests;T:WPA;P:tea;;", "code-foreign"),
        ("(01)09506000134352", "code-product-only"),
        ("(01)09506000134352(21)1(21)2", "code-foreign"),
        ("(09)5", "code-identifier"),
        ("(01)09506000134352(21)1\u{1f600}", "code-character"),
    ] {
        match phone.ask(Lookup { text: text.into() }).await.unwrap() {
            Found::Foreign(failure) => assert_eq!(failure.code, code, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    let feed = |text: &str| FrameFeed { text: text.into() };
    assert_eq!(
        phone.refused(feed("https://example.org")).await,
        "not-a-frame"
    );
    assert_eq!(phone.refused(feed("CM1:***")).await, "frame-damaged");
}

/// A peer whose door answers everyone with one refusal; what it means at a real peer is tested
/// there.
struct Refuses(&'static str);

impl JoinDesk for Refuses {
    fn enrol(&self, _: &JoinRequest) -> Result<JoinAnswer, JoinRefusal> {
        Err(JoinRefusal {
            code: self.0,
            detail: String::new(),
        })
    }

    fn peers(&self) -> Vec<KnownPeer> {
        Vec::new()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_was_used_or_expired_is_named() {
    let trial = Trial::new();
    for code in [
        "invitation-used",
        "invitation-expired",
        "invitation-unknown",
    ] {
        let peer = trial.peer(Some(Arc::new(Refuses(code)))).await;
        assert_eq!(join(&trial, &peer, &peer.remote.address).await, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_nobody_enrolled_is_told() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    // The carrier has no such device in the genesis.
    let phone = trial.phone_at(CARRIER, Role::Warehouse, &peer).await;
    assert_eq!(turned_away(&phone).await, "unknown-device");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_is_told() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let device = key(FACTORY, Role::Qc).id();
    let revoke = RecordDraft::new(Body::Revoke { device, last: None }, Vec::new());
    let block = trial.admin_block(&[revoke]);
    let taken = peer.replica.take_handover(vec![block], Vec::new()).unwrap();
    assert!(taken.not_taken.is_empty(), "{taken:?}");
    let phone = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    assert_eq!(turned_away(&phone).await, "revoked");
}

/// A phone that had no peer learns of one.
async fn tell_address(phone: &Phone, peer: &Peer) {
    phone.ask(Lock {}).await.unwrap();
    let log = phone.path().join("ledger.db-wal");
    until("the database is closed", || async { !log.exists() }).await;
    let lock = StoreLock::Passphrase {
        passphrase: PASSPHRASE,
        strength: Strength::Phone,
    };
    let replica = Replica::open(phone.path(), lock, PartyKind::Device).unwrap();
    let mut batch = replica.store().batch().unwrap();
    let addresses = [peer.remote.address.clone()];
    batch.put_addresses(peer.remote.key, &addresses).unwrap();
    batch.commit().unwrap();
    drop(replica);
    phone.ask(unlock(PASSPHRASE)).await.unwrap();
}

/// One device's key on two phones: what the second one signs is not taken, and the outbox says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_fork_is_named() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let one = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    one.commission(1, false).await;
    until("the first phone's block is taken", || async {
        one.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
    let copy = trial.phone(FACTORY, Role::Qc).await;
    copy.commission(2, false).await;
    tell_address(&copy, &peer).await;
    let refusal = || async {
        let items = copy.ask(Outbox {}).await.unwrap().items;
        items.into_iter().find_map(|item| match item.state {
            OutboxState::Refused(why) => Some(why.code),
            _ => None,
        })
    };
    until("the outbox says so", || async { refusal().await.is_some() }).await;
    assert_eq!(refusal().await.as_deref(), Some("fork"));
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_over_without_an_offer_is_named() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let item = factory.commission(1, false).await.remove(0);
    let journey = factory
        .ask(Subject { subject: item })
        .await
        .unwrap()
        .journey;
    let commissioning = journey[0].record.clone();
    assert_eq!(
        factory.refused(accept(&commissioning)).await,
        "no-such-offer"
    );
    assert_eq!(factory.refused(accept("nonsense")).await, "no-such-offer");
}

#[tokio::test(flavor = "multi_thread")]
async fn handing_over_what_someone_else_holds_is_named() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let item = factory.commission(1, false).await.remove(0);
    until("the courier knows the item", || async {
        let subject = item.clone();
        courier.ask(Subject { subject }).await.is_ok()
    })
    .await;
    assert_eq!(
        courier.refused(offer(&trial, &item, FACTORY)).await,
        "not-holder"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_under_a_foreign_prefix_is_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    assert_eq!(
        phone.refused(commission("4006381333931")).await,
        "not-your-prefix"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_check_digit_is_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let wrong = "09506000134353";
    assert_ne!(wrong, GTIN);
    assert_eq!(phone.refused(commission(wrong)).await, "code-check-digit");
    let text = format!("(01){wrong}(21)1");
    let Found::Foreign(failure) = phone.ask(Lookup { text }).await.unwrap() else {
        panic!("found")
    };
    assert_eq!(failure.code, "code-check-digit");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_peer_is_named() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    assert_eq!(
        join(&trial, &peer, "no-such-name.invalid:4750").await,
        "peer-unreachable"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_300_megapixels_is_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    // The frame header of a real picture, with 15,000 rows of 20,000 pixels written into it.
    let mut bytes = photo();
    let frame = bytes.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x3a, 0x98, 0x4e, 0x20]);
    let refused = phone.attach("image/jpeg", &bytes).await.unwrap_err();
    assert_eq!(refused.code, "image-too-large");
}
