use std::path::Path;

use chopmark_core::{
    ActivationSecret, Body, Kind, Outcome, OwnerSecret, Party, PartyKind, Position, RecordDraft,
    RecordRef, Role, StateView as _, SubjectId, TimeMs, TzMinutes, UnsignedBlock, When,
};
use chopmark_replica::{Lock, Replica, Strength, random_bytes};
use chopmark_view::{
    Action, Discard, ForgetSecrets, LabelSheet, LabelView, Labels, NewGoods, NewItems, Prepare,
    SealState, Sign, Unlock, Way,
};
use tempfile::TempDir;

use super::making::{TEABAGS, batch, making};
use super::synced::{all_sent, online};
use super::trial::{FACTORY, GTIN, PASSPHRASE, Peer, Phone, Trial, key, now_ms, until};

fn items(count: u32, in_case: bool) -> Action {
    Action::Commission(NewItems {
        gtin: GTIN.into(),
        product: "Oolong".into(),
        count,
        in_case,
        sealed: true,
        place: None,
    })
}

async fn printed(phone: &Phone, subjects: &[String], under_seals: bool) -> LabelSheet {
    let subjects = subjects.to_vec();
    let labels = Labels {
        subjects,
        under_seals,
    };
    phone.ask(labels).await.unwrap()
}

/// The secret, typed off the label under the seal, and the lines that are left.
fn typed(label: &LabelView) -> (ActivationSecret, &[String]) {
    let (groups, rest) = label.under_seal.as_ref().unwrap().text.split_at(3);
    (groups.join(" ").parse().unwrap(), rest)
}

/// Has the factory's peer carry an activation, as the gateway does for a buyer.
fn activate(peer: &Peer, trial: &Trial, item: SubjectId, secret: &ActivationSecret) -> Outcome {
    let device = key(FACTORY, Role::Peer);
    let owner = OwnerSecret::from_seed(&[9; 32]).public();
    let when = When {
        time: TimeMs(now_ms()),
        tz: TzMinutes::default(),
    };
    let network = trial.genesis.id();
    let place = peer.replica.next_place(device.id());
    let position = Position {
        network,
        member: trial.member(FACTORY),
        device: device.id(),
        seq: place.seq,
        prev: place.prev,
        anchor: place.anchor,
        clock: when.time,
    };
    let built = peer.replica.read(|_, pending| {
        let body = Body::Activate {
            when,
            owner,
            signature: secret.sign_activation(&network, &item, &owner),
        };
        let cites = pending.cites_for(Kind::Activate, &[item]);
        let draft = RecordDraft::new(body, vec![item]).citing(cites);
        let seed = random_bytes().unwrap();
        let unsigned = UnsignedBlock::build(position, &[draft], &pending.readers(), &seed);
        unsigned.unwrap().sign(&device).unwrap()
    });
    let block = peer
        .replica
        .append_own(built.block, built.sections)
        .unwrap();
    let record = RecordRef { block, index: 0 };
    let outcome = peer
        .replica
        .read(|_, pending| pending.outcome(&record).cloned());
    outcome.unwrap()
}

/// A copy of a folder that is in use, as it would be found after a crash.
fn as_it_lies_on_disk(from: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut open = vec![(from.to_owned(), folder.path().to_owned())];
    while let Some((from, to)) = open.pop() {
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            match entry.file_type().unwrap().is_dir() {
                true => open.push((entry.path(), to)),
                false => drop(std::fs::copy(entry.path(), to).unwrap()),
            }
        }
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_under_a_seal_activates_its_item_and_no_other() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    online(&phone).await;
    let subjects = phone.sign(items(2, true)).await.unwrap().subjects;

    // Unasked nobody is shown what whoever looks on could activate with.
    let outside = printed(&phone, &subjects, false).await;
    assert!(
        outside
            .labels
            .iter()
            .all(|label| label.under_seal.is_none())
    );
    let seals: Vec<SealState> = outside.labels.iter().map(|label| label.seal).collect();
    assert_eq!(
        seals,
        [SealState::Here, SealState::Here, SealState::None],
        "a case has nothing under a seal"
    );

    let sheet = printed(&phone, &subjects, true).await;
    let label = &sheet.labels[0];
    let (secret, rest) = typed(label);
    let serial = label.link.rsplit('/').next().unwrap();
    assert_eq!(rest, [format!("(21){serial}")]);
    let drawn = sheet.sheets.concat();
    for group in secret.text().split('-') {
        assert!(drawn.contains(group), "{group} is on no sheet");
        assert!(!outside.sheets.concat().contains(group));
    }
    assert_ne!(typed(&sheet.labels[1]).0, secret);

    all_sent(&phone).await;
    peer.order();
    let ids: Vec<SubjectId> = subjects.iter().map(|id| id.parse().unwrap()).collect();
    let wrong = activate(&peer, &trial, ids[1], &secret);
    assert!(
        matches!(&wrong, Outcome::Refused(refusal) if refusal.code() == "bad-activation"),
        "{wrong:?}"
    );
    let accepted = activate(&peer, &trial, ids[0], &secret);
    assert!(matches!(accepted, Outcome::Applied), "{accepted:?}");
    peer.order();
    let owner = Party::Consumer(OwnerSecret::from_seed(&[9; 32]).public());
    let owners = peer.replica.read_final(|ledger| {
        let owner = |id| ledger.state().subject(id).map(|state| *state.owner());
        (owner(&ids[0]), owner(&ids[1]))
    });
    assert_eq!(owners.0, Some(owner));
    assert_ne!(owners.1, Some(owner));
}

/// What is made of other goods is sold like what begins by itself.
#[tokio::test(flavor = "multi_thread")]
async fn items_that_are_made_of_a_batch_have_codes_under_their_seals() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    online(&phone).await;
    let leaf = batch(&phone, "L1", "3").await;
    let tins = NewGoods::Items {
        gtin: TEABAGS.into(),
        product: "Oolong in a tin".into(),
        count: 20,
        sealed: true,
    };
    let action = Action::Transform(making(Way::Process, &[(&leaf, None)], vec![tins]));
    let asked = phone.ask(Prepare { action }).await.unwrap();
    let keys = asked.lines.iter().map(|line| line.key.as_str());
    assert!(keys.into_iter().any(|key| key == "sign-commission-sealed"));
    let draft = asked.draft;
    let subjects = phone.ask(Sign { draft }).await.unwrap().subjects;
    let sheet = printed(&phone, &subjects, true).await;
    assert_eq!(sheet.labels.len(), 20);
    let (secret, _) = typed(&sheet.labels[7]);
    all_sent(&phone).await;
    peer.order();
    let ids: Vec<SubjectId> = subjects.iter().map(|id| id.parse().unwrap()).collect();
    let wrong = activate(&peer, &trial, ids[8], &secret);
    assert!(
        matches!(&wrong, Outcome::Refused(refusal) if refusal.code() == "bad-activation"),
        "{wrong:?}"
    );
    let accepted = activate(&peer, &trial, ids[7], &secret);
    assert!(matches!(accepted, Outcome::Applied), "{accepted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_kept_from_the_signature_on_until_they_are_forgotten() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let given_up = phone
        .ask(Prepare {
            action: items(3, false),
        })
        .await
        .unwrap();
    let keys: Vec<&str> = given_up
        .lines
        .iter()
        .map(|line| line.key.as_str())
        .collect();
    assert_eq!(
        keys,
        ["sign-commission", "sign-commission-sealed", "sign-as"]
    );
    phone
        .ask(Discard {
            draft: given_up.draft,
        })
        .await
        .unwrap();
    let draft = Prepare {
        action: items(200, true),
    };
    let draft = phone.ask(draft).await.unwrap().draft;
    let subjects = phone.ask(Sign { draft }).await.unwrap().subjects;
    let before = printed(&phone, &subjects, true).await;

    // Power is lost: only what is on the disk at this moment is there afterwards.
    let folder = as_it_lies_on_disk(phone.path());
    let lock = Lock::Passphrase {
        passphrase: PASSPHRASE,
        strength: Strength::Phone,
    };
    let replica = Replica::open(folder.path(), lock, PartyKind::Device).unwrap();
    let kept = replica.store().notes("seal-secrets").unwrap();
    assert_eq!(
        kept.len(),
        200,
        "none is left of the draft that was given up"
    );
    drop(replica);

    let phone = Phone::on(folder).await;
    let passphrase = PASSPHRASE.into();
    phone.ask(Unlock { passphrase }).await.unwrap();
    let again = printed(&phone, &subjects, true).await;
    assert_eq!(again, before);
    assert_eq!(
        again
            .labels
            .iter()
            .filter(|label| label.under_seal.is_some())
            .count(),
        200
    );

    let some = ForgetSecrets {
        subjects: subjects[..2].to_vec(),
    };
    assert_eq!(phone.ask(some.clone()).await.unwrap().count, 2);
    assert_eq!(phone.ask(some).await.unwrap().count, 0);
    let left = printed(&phone, &subjects[1..3], true).await;
    assert_eq!(left.labels[0].seal, SealState::Elsewhere);
    assert!(left.labels[0].under_seal.is_none());
    assert_eq!(left.labels[1].seal, SealState::Here);
    let nonsense = ForgetSecrets {
        subjects: vec!["?".into()],
    };
    assert_eq!(phone.refused(nonsense).await, "unknown-subject");
}

/// A colleague's phone knows the item and that it has a seal, and not what lies under it.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_stays_on_the_device_that_made_it() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let store = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let inspector = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    online(&store).await;
    let subjects = store.sign(items(1, false)).await.unwrap().subjects;
    all_sent(&store).await;
    until("the other phone knows the item", || async {
        let labels = Labels {
            subjects: subjects.clone(),
            under_seals: true,
        };
        let sheet = inspector.ask(labels).await;
        sheet.is_ok_and(|sheet| {
            let label = &sheet.labels[0];
            label.seal == SealState::Elsewhere && label.under_seal.is_none()
        })
    })
    .await;
}
