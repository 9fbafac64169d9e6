use chopmark_core::{Body, HpkeSecret, Kem, ReaderKey, RecordDraft, Role};
use chopmark_view::{
    Action, Condition, EventStatus, Home, LinkState, Lock, Outbox, OutboxState, SendNow, Subject,
    Unlock, Verdict, Watch,
};

use super::trial::{CARRIER, FACTORY, PASSPHRASE, Phone, Trial, key, phone_strength, photo, until};
use crate::ClientConfig;

pub(super) async fn online(phone: &Phone) {
    until("the phone is online", || async {
        matches!(
            phone.ask(Home {}).await.unwrap().link,
            LinkState::Online { .. }
        )
    })
    .await;
}

pub(super) async fn all_sent(phone: &Phone) {
    until("everything is sent", || async {
        phone.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
}

/// What the member's admin seals to a phone reaches it by sync, and opens what is sealed to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_reader_key_comes_by_sync() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let inspector = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let store = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let network = trial.genesis.id();
    let new = ReaderKey {
        of: trial.member(FACTORY).into(),
        epoch: 1,
        secret: HpkeSecret::derive(Kem::X25519, &[77; 32]),
    };
    let mut devices = Vec::new();
    for role in [Role::Qc, Role::Warehouse] {
        let to = (
            &key(FACTORY, role).id(),
            &trial.reader_key(FACTORY).public(),
        );
        let sealed = new.seal_for_device(&network, to, &[role.as_u8(); 32]);
        devices.push((*to.0, sealed.unwrap()));
    }
    devices.sort_by_key(|(device, _)| *device);
    let body = Body::SetReader {
        group: new.of.group,
        epoch: new.epoch,
        key: new.secret.public(),
        devices,
        recovery: None,
    };
    let block = trial.admin_block(&[RecordDraft::new(body, Vec::new())]);
    let taken = peer.replica.take_handover(vec![block], Vec::new()).unwrap();
    assert!(taken.not_taken.is_empty(), "{taken:?}");
    peer.order();

    let last = std::sync::Mutex::new(String::new());
    until("an item is sealed to the new key", || async {
        let item = store.commission(1, false).await.remove(0);
        all_sent(&store).await;
        let subject = item.parse().unwrap();
        let (at, _) = peer.replica.records_of(subject).unwrap().remove(0);
        let block = peer.replica.block(at.block).unwrap().unwrap();
        *last.lock().unwrap() = item;
        block
            .encapsulations()
            .iter()
            .all(|sealed| sealed.epoch() == 1)
    })
    .await;
    let item = last.into_inner().unwrap();
    until("the other phone reads its product", || async {
        let shown = inspector
            .ask(Subject {
                subject: item.clone(),
            })
            .await;
        shown.is_ok_and(|shown| shown.card.product.as_deref() == Some("Oolong"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_phones_signed_becomes_final_at_a_peer() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    online(&factory).await;
    online(&courier).await;
    let item = factory.commission(1, false).await.remove(0);
    let evidence = factory.attach("image/jpeg", &photo()).await.unwrap();
    let attest = Action::Attest {
        subject: item.clone(),
        verdict: Verdict::Conditional,
        note: Some("dented tin".into()),
        measured: vec![],
        evidence: vec![evidence.id.clone()],
        public: false,
    };
    factory.sign(attest).await.unwrap();
    let offer = Action::Offer {
        subject: item.clone(),
        to: trial.member(CARRIER).to_string(),
        place: None,
    };
    let offered = factory.sign(offer).await.unwrap().records.remove(0);
    all_sent(&factory).await;
    let sent = factory.ask(Outbox {}).await.unwrap();
    let states: Vec<&OutboxState> = sent.items.iter().map(|item| &item.state).collect();
    assert!(
        states.contains(&&OutboxState::Sent {
            peer: "Nansha Tea Works".into()
        }),
        "{states:?}"
    );

    // The offer reaches the other phone by itself, before any checkpoint.
    until("the offer arrives", || async {
        courier.ask(Home {}).await.unwrap().incoming.len() == 1
    })
    .await;
    let accept = Action::Accept {
        offer: offered,
        condition: Condition::Good,
        seal: None,
        left: Vec::new(),
        evidence: Vec::new(),
        note: Some("thanks".into()),
    };
    courier.sign(accept).await.unwrap();
    all_sent(&courier).await;
    peer.order();
    for phone in [&factory, &courier] {
        until("everything is final", || async {
            phone.ask(Outbox {}).await.unwrap().items.is_empty()
        })
        .await;
    }
    let view = courier
        .ask(Subject {
            subject: item.clone(),
        })
        .await
        .unwrap();
    assert!(
        view.journey
            .iter()
            .all(|step| step.status == EventStatus::Final { height: 2 }),
        "{:?}",
        view.journey
    );
    let newest = view.newest.unwrap();
    assert_eq!((newest.signed, newest.validators), (1, 1));
    assert!(view.card.mine);
    // A member reads the note, and gets the photo from the peer.
    let step = &view.journey[1];
    assert_eq!(step.note.as_deref(), Some("dented tin"));
    until("the photo comes", || async {
        courier
            .ask(Subject {
                subject: item.clone(),
            })
            .await
            .unwrap()
            .journey[1]
            .evidence[0]
            .here
    })
    .await;
    let bytes = courier.client.evidence_read(&evidence.id, 0).await.unwrap();
    assert_eq!(bytes.len() as u64, evidence.length);
    assert_eq!(peer.height(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_the_cause_when_no_peer_answers_and_sends_once_one_does() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    online(&phone).await;
    peer.node.close().await;
    phone.commission(2, false).await;
    until("the phone notices", || async {
        matches!(
            phone.ask(Home {}).await.unwrap().link,
            LinkState::Offline {
                last_heard_ms: Some(_)
            }
        )
    })
    .await;
    let outbox = phone.ask(Outbox {}).await.unwrap();
    let unsent = outbox
        .items
        .iter()
        .find(|item| item.state == OutboxState::Unsent)
        .unwrap();
    assert!(unsent.last_error.is_some() && outbox.peers[0].last_error.is_some());
    let report = phone.ask(SendNow {}).await.unwrap();
    assert_eq!((report.sent, report.unsent), (0, 1));
}

/// A device knew only the peer of its invitation, and waited for it.
#[tokio::test(flavor = "multi_thread")]
async fn sends_to_the_next_peer_when_the_first_is_unreachable() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone(FACTORY, Role::Qc).await;
    phone.commission(2, false).await;
    phone.ask(Lock {}).await.unwrap();
    let gone = chopmark_core::DeviceKey::from_seed(&[77; 32]).id();
    let replica = crate::join::open(phone.path(), PASSPHRASE).unwrap();
    assert!(
        replica.store().snapshot().unwrap().is_some(),
        "locking saves the state"
    );
    let mut batch = replica.store().batch().unwrap();
    for (key, address) in [
        (gone, "no-such-name.invalid:4750"),
        (peer.remote.key, &peer.remote.address),
    ] {
        batch.put_addresses(key, &[address.to_owned()]).unwrap();
    }
    batch.commit().unwrap();
    drop(replica);
    let passphrase = PASSPHRASE.to_owned();
    phone.ask(Unlock { passphrase }).await.unwrap();
    all_sent(&phone).await;
    online(&phone).await;
    let peers = phone.ask(Outbox {}).await.unwrap().peers;
    let failed: Vec<_> = peers
        .iter()
        .map(|peer| (peer.connected, peer.last_error.as_ref()))
        .map(|(connected, error)| (connected, error.map(|error| error.code.as_str())))
        .collect();
    assert_eq!(failed, [(false, Some("peer-unreachable")), (true, None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_off_by_a_year_is_a_warning_and_nothing_more() {
    const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    for (offset, warning) in [
        (YEAR_MS, "warn-clock-ahead"),
        (-YEAR_MS, "warn-clock-behind"),
    ] {
        let config = ClientConfig {
            clock_offset_ms: offset,
            ..phone_strength()
        };
        let member_role = if offset > 0 {
            Role::Qc
        } else {
            Role::Warehouse
        };
        let phone = trial
            .phone_with(FACTORY, member_role, config, Some(&peer))
            .await;
        until("the warning shows", || async {
            phone
                .ask(Home {})
                .await
                .unwrap()
                .warnings
                .iter()
                .any(|line| line.key == warning)
        })
        .await;
        let item = phone.commission(1, false).await.remove(0);
        let offer = Action::Offer {
            subject: item.clone(),
            to: trial.member(CARRIER).to_string(),
            place: None,
        };
        phone.sign(offer).await.unwrap();
        all_sent(&phone).await;
        peer.order();
        until("everything is final", || async {
            phone.ask(Outbox {}).await.unwrap().items.is_empty()
        })
        .await;
        let view = phone.ask(Subject { subject: item }).await.unwrap();
        assert!(
            view.journey
                .iter()
                .all(|step| matches!(step.status, EventStatus::Final { .. })),
            "{view:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_hear_of_changes() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let version = phone.ask(Watch { since: 0 }).await.unwrap().version;
    let (watched, _) = tokio::join!(
        phone.ask(Watch { since: version }),
        phone.commission(1, false)
    );
    assert_ne!(watched.unwrap().version, version);
}
