use std::collections::BTreeSet;

use chopmark_core::{Kem, Quantities, Role};
use chopmark_view::{
    Action, AssetKind, Assets, Deed, EventStatus, Failure, Findings, Input, Loss, Make, Making,
    NewBatch, NewGoods, NewThing, Outbox, Param, Prepare, Recall, Stock, Subject, SubjectKind,
    SubjectView, Towards, Way,
};

use super::trial::{CARRIER, FACTORY, GTIN, Peer, Phone, Trial, photo, until};

/// Another product under the factory's prefix.
pub(super) const TEABAGS: &str = "09506000134369";

fn new_batch(batch: &str, amount: &str, unit: &str) -> NewBatch {
    NewBatch {
        gtin: GTIN.into(),
        batch: batch.into(),
        product: "Oolong".into(),
        amount: amount.into(),
        unit: unit.into(),
        place: None,
    }
}

pub(super) async fn batch(phone: &Phone, number: &str, amount: &str) -> String {
    let action = Action::Make(Make::Batch(new_batch(number, amount, "KGM")));
    phone.sign(action).await.unwrap().subjects.remove(0)
}

pub(super) fn making(way: Way, inputs: &[(&str, Option<&str>)], outputs: Vec<NewGoods>) -> Making {
    let input = |(subject, amount): &(&str, Option<&str>)| Input {
        subject: (*subject).to_owned(),
        amount: amount.map(str::to_owned),
    };
    Making {
        way,
        inputs: inputs.iter().map(input).collect(),
        outputs,
        losses: Vec::new(),
        place: Some("Hall 2".into()),
        note: None,
    }
}

fn out(number: &str, amount: &str) -> NewGoods {
    NewGoods::Batch(new_batch(number, amount, "KGM"))
}

fn lost(amount: &str) -> Vec<Loss> {
    vec![Loss {
        amount: amount.into(),
        unit: "KGM".into(),
    }]
}

async fn view(phone: &Phone, subject: &str) -> SubjectView {
    let subject = subject.to_owned();
    phone.ask(Subject { subject }).await.unwrap()
}

async fn left(phone: &Phone, subject: &str) -> Option<String> {
    view(phone, subject).await.left.and_then(|left| left.amount)
}

async fn refused(phone: &Phone, making: Making) -> Failure {
    let action = Action::Transform(making);
    phone.ask(Prepare { action }).await.unwrap_err()
}

fn text<'a>(failure: &'a Failure, name: &str) -> &'a str {
    match failure.params.get(name) {
        Some(Param::Text(text) | Param::Key(text)) => text,
        other => panic!("{name}: {other:?}"),
    }
}

/// A factory's day: a batch is made, split, merged and processed, on paper that the ledger keeps.
async fn a_day_of_batches(trial: &Trial) {
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let leaf = batch(&phone, "L1", "100").await;
    let shown = view(&phone, &leaf).await;
    assert_eq!(shown.card.kind, SubjectKind::Batch);
    let hundred = Stock {
        amount: Some("100".into()),
        overdrawn: false,
        unit: "KGM".into(),
        key: "unit-kgm".into(),
    };
    assert_eq!(shown.left, Some(hundred));

    let mut split = making(
        Way::Split,
        &[(&leaf, Some("40.5"))],
        vec![out("L2", "20"), out("L3", "20")],
    );
    split.losses = lost("0.5");
    let signed = phone.sign(Action::Transform(split)).await.unwrap();
    let [two, three] = signed.subjects.try_into().unwrap();
    assert_eq!(left(&phone, &leaf).await.as_deref(), Some("59.5"));
    assert_eq!(left(&phone, &two).await.as_deref(), Some("20"));

    // Without an amount all that is left goes in; a batch that is there grows.
    let merge = making(
        Way::Merge,
        &[(&two, None), (&leaf, Some("9.5"))],
        vec![out("L3", "29.5")],
    );
    let signed = phone.sign(Action::Transform(merge)).await.unwrap();
    assert!(signed.subjects.is_empty(), "L3 was there before");
    assert_eq!(left(&phone, &two).await.as_deref(), Some("0"));
    assert_eq!(left(&phone, &three).await.as_deref(), Some("49.5"));

    // Into items, more than one record has label sections for.
    let mut process = making(
        Way::Process,
        &[(&three, Some("2"))],
        vec![NewGoods::Items {
            gtin: TEABAGS.into(),
            product: "Tea bags".into(),
            count: 30,
            sealed: false,
        }],
    );
    process.losses = lost("0.25");
    let signed = phone.sign(Action::Transform(process)).await.unwrap();
    assert_eq!(signed.subjects.len(), 30);
    let last = view(&phone, signed.subjects.last().unwrap()).await;
    assert_eq!(last.card.product.as_deref(), Some("Tea bags"));
    assert_eq!(left(&phone, &three).await.as_deref(), Some("47.5"));
    // What went in keeps its name.
    let three_shown = view(&phone, &three).await;
    assert_eq!(three_shown.card.product.as_deref(), Some("Oolong"));

    // The ledger agrees.
    all_final(&peer, &phone).await;
    for subject in [&leaf, &two, &three, signed.subjects.last().unwrap()] {
        let journey = view(&phone, subject).await.journey;
        let is_final = |status: &EventStatus| matches!(status, EventStatus::Final { .. });
        assert!(
            journey.iter().all(|step| is_final(&step.status)),
            "{journey:?}"
        );
    }
    assert_eq!(left(&phone, &leaf).await.as_deref(), Some("50"));

    // A recall does not look for what was used up, wherever the amounts stand.
    let (subject, towards) = (leaf, Towards::Descendants);
    let from = 0;
    let asked = Recall {
        subject,
        towards,
        from,
    };
    let recall = phone.ask(asked).await.unwrap();
    let ended = recall.found.iter().filter(|found| found.ended);
    let ended: Vec<_> = ended.map(|found| &found.card.subject).collect();
    assert_eq!(ended, [&two]);
    let held: u64 = recall.holders.iter().map(|held| held.count).sum();
    assert_eq!(held + ended.len() as u64, recall.total);
}

async fn all_final(peer: &Peer, phone: &Phone) {
    until("everything is sent", || async {
        let outbox = phone.ask(Outbox {}).await.unwrap();
        let unsent = chopmark_view::OutboxState::Unsent;
        outbox.items.iter().all(|item| item.state != unsent)
    })
    .await;
    peer.order();
    until("everything is final", || async {
        phone.ask(Outbox {}).await.unwrap().items.is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_split_merged_and_processed_where_fields_have_amounts() {
    a_day_of_batches(&Trial::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_split_merged_and_processed_where_sections_have_amounts() {
    let trial = Trial::with(Kem::X25519, |policy, _| {
        policy.quantities = Quantities::Sections
    });
    a_day_of_batches(&trial).await;
}

/// Two people of one member take from a batch in two cellars. Neither can know, and the ledger,
/// which has no amounts here, cannot either: the devices say so as soon as both are heard.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_two_overdraw_in_sections_is_said_to_be_overdrawn() {
    let trial = Trial::with(Kem::X25519, |policy, _| {
        policy.quantities = Quantities::Sections
    });
    let peer = trial.peer(None).await;
    let one = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let other = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let leaf = batch(&one, "L1", "100").await;
    all_final(&peer, &one).await;
    until("the other has the batch", || async {
        let asked = Subject {
            subject: leaf.clone(),
        };
        let shown = other.ask(asked).await;
        shown.is_ok_and(|shown| shown.left.is_some_and(|left| left.amount.is_some()))
    })
    .await;
    // The other is where nobody has heard of the first.
    let apart = trial.peer(None).await;
    let other = other.reconnected(&apart).await;
    for (phone, number) in [(&one, "L2"), (&other, "L3")] {
        let taken = making(Way::Split, &[(&leaf, Some("60"))], vec![out(number, "60")]);
        phone.sign(Action::Transform(taken)).await.unwrap();
        assert_eq!(left(phone, &leaf).await.as_deref(), Some("40"));
    }
    let other = other.reconnected(&peer).await;
    until("each has heard of the other", || async {
        peer.order();
        let [here, there] = [view(&one, &leaf).await, view(&other, &leaf).await];
        let overdrawn = |shown: SubjectView| shown.left.is_some_and(|left| left.overdrawn);
        overdrawn(here) && overdrawn(there)
    })
    .await;
    assert_eq!(left(&one, &leaf).await, None);
    let more = making(Way::Split, &[(&leaf, Some("1"))], vec![out("L4", "1")]);
    assert_eq!(refused(&one, more).await.code, "not-so-much");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_recall_comes_in_parts_and_leaves_nothing_out() {
    let trial = Trial::with(Kem::X25519, |policy, _| {
        policy.quantities = Quantities::Sections
    });
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let leaf = batch(&phone, "L1", "90").await;
    for _ in 0..3 {
        let bags = NewGoods::Items {
            gtin: TEABAGS.to_owned(),
            product: "Tea bags".to_owned(),
            count: 200,
            sealed: false,
        };
        let process = making(Way::Process, &[(&leaf, Some("30"))], vec![bags]);
        phone.sign(Action::Transform(process)).await.unwrap();
    }
    all_final(&peer, &phone).await;
    let mut found = BTreeSet::new();
    for (from, here) in [(0, 500), (500, 100), (600, 0), (u64::MAX, 0)] {
        let asked = Recall {
            subject: leaf.clone(),
            towards: Towards::Descendants,
            from,
        };
        let part = phone.ask(asked).await.unwrap();
        assert_eq!((part.total, part.found.len()), (600, here), "from {from}");
        found.extend(part.found.into_iter().map(|one| one.card.subject));
    }
    assert_eq!(found.len(), 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_add_up_is_said_before_it_is_signed() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let leaf = batch(&phone, "L1", "10").await;
    let item = phone.commission(1, false).await.remove(0);

    let over = making(Way::Split, &[(&leaf, Some("10"))], vec![out("L2", "9.25")]);
    let failure = refused(&phone, over.clone()).await;
    assert_eq!(
        (
            failure.code.as_str(),
            text(&failure, "amount"),
            text(&failure, "unit")
        ),
        ("left-over", "0.75", "unit-kgm")
    );
    let mut nothing = over.clone();
    nothing.losses = lost("1");
    let failure = refused(&phone, nothing).await;
    assert_eq!(
        (failure.code.as_str(), text(&failure, "amount")),
        ("from-nothing", "0.25")
    );
    let failure = refused(
        &phone,
        making(Way::Split, &[(&leaf, Some("11"))], vec![out("L2", "11")]),
    )
    .await;
    assert_eq!(
        (failure.code.as_str(), text(&failure, "amount")),
        ("not-so-much", "10")
    );

    let code = |making| async { refused(&phone, making).await.code };
    let half = || vec![out("L2", "5")];
    for (making, expected) in [
        // Ten kilograms do not become ten pieces of the same tea.
        (
            making(
                Way::Process,
                &[(&leaf, None)],
                vec![NewGoods::Batch(new_batch("L2", "10", "H87"))],
            ),
            "other-measure",
        ),
        (
            making(Way::Split, &[(&leaf, Some("5")), (&item, None)], half()),
            "not-a-split",
        ),
        (
            making(Way::Merge, &[(&leaf, Some("5"))], half()),
            "not-a-merger",
        ),
        (
            making(Way::Process, &[(&item, Some("5"))], half()),
            "not-a-batch",
        ),
        (making(Way::Process, &[], half()), "nothing-chosen"),
        (
            making(Way::Process, &[(&leaf, Some("5kg"))], half()),
            "amount-unreadable",
        ),
        (
            making(Way::Repack, &[(&leaf, Some("5"))], vec![out("L1", "5")]),
            "made-of-itself",
        ),
        (
            making(
                Way::Split,
                &[(&leaf, Some("10"))],
                vec![out("L2", "5"), out("L2", "5")],
            ),
            "output-twice",
        ),
    ] {
        assert_eq!(code(making).await, expected);
    }

    // What is given away, in whichever way, is not used up.
    let to = trial.member(CARRIER).to_string();
    let offer = Action::Offer {
        subject: leaf.clone(),
        to,
        place: None,
    };
    phone.sign(offer).await.unwrap();
    let split = making(Way::Split, &[(&leaf, Some("5"))], half());
    assert_eq!(code(split).await, "open-offer-exists");
}

/// A painted number with a wrong check digit is in use all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_container_with_a_wrong_check_digit_is_a_warning() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let owner = chopmark_core::Body::RegisterPrefix {
        prefix: chopmark_core::Prefix::parse("CSQU").unwrap(),
        member: trial.member(FACTORY),
    };
    let block = trial.admin_block(&[chopmark_core::RecordDraft::new(owner, Vec::new())]);
    peer.replica.take_handover(vec![block], Vec::new()).unwrap();
    peer.order();
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let container = |code: &str| Prepare {
        action: Action::Make(Make::Thing(NewThing {
            code: code.into(),
            name: None,
            place: None,
        })),
    };
    until("the prefix is known", || async {
        phone.ask(container("CSQU3054383")).await.is_ok()
    })
    .await;
    let right = phone.ask(container("CSQU 305438-3")).await.unwrap();
    assert!(
        right
            .warnings
            .iter()
            .all(|line| line.key != "warn-check-digit")
    );
    let wrong = phone.ask(container("CSQU3054384")).await.unwrap();
    assert!(
        wrong
            .warnings
            .iter()
            .any(|line| line.key == "warn-check-digit")
    );
}

/// A container is sealed with a photo, maintained, and found again among what the member works
/// with.
#[tokio::test(flavor = "multi_thread")]
async fn assets_show_where_they_are_and_who_looked_after_them() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let thing = Make::Thing(NewThing {
        code: "(8004)9506000FORK3".into(),
        name: Some("Forklift 3".into()),
        place: Some("Hall 2".into()),
    });
    let lift = phone.sign(Action::Make(thing)).await.unwrap().subjects;
    let goods = phone.commission(1, false).await;
    let deed = |activity: &str, evidence: Vec<String>| {
        Action::Deed(Deed {
            activity: activity.into(),
            subjects: lift.clone(),
            place: Some("Yard".into()),
            note: None,
            evidence,
            public: false,
            findings: Findings::Nothing,
        })
    };
    phone.sign(deed("maintained", Vec::new())).await.unwrap();
    let seen = phone.attach("image/jpeg", &photo()).await.unwrap();
    let signed = phone.sign(deed("calibrated", vec![seen.id])).await;
    assert_eq!(signed.unwrap().records.len(), 2);

    let shown = phone.ask(Assets {}).await.unwrap();
    assert_eq!(
        (shown.count, shown.assets.len()),
        (1, 1),
        "goods are no assets"
    );
    let asset = &shown.assets[0];
    assert_eq!(asset.card.subject, lift[0]);
    assert_eq!(asset.kind, AssetKind::Equipment);
    assert_eq!(asset.place.as_deref(), Some("Yard"));
    assert!(asset.maintained_ms.is_some() && asset.calibrated_ms >= asset.maintained_ms);
    let journey = view(&phone, &lift[0]).await.journey;
    assert!(journey.iter().any(|step| step.evidence.len() == 1));

    let many = Action::Deed(Deed {
        activity: "stored".into(),
        subjects: [lift[0].clone(), goods[0].clone()].to_vec(),
        place: None,
        note: None,
        evidence: vec![phone.attach("image/jpeg", &photo()).await.unwrap().id],
        public: false,
        findings: Findings::Nothing,
    });
    let failure = phone.ask(Prepare { action: many }).await.unwrap_err();
    assert_eq!(failure.code, "photos-of-many");
}
