//! Who owns goods, who lends on them, who picks them up, what is bound to them.

use chopmark_core::Role;
use chopmark_view::{
    Action, Activities, Condition, EventStatus, Home, Line, MakePickupCode, Offered, Param, Party,
    Prepare, Subject, SubjectView, Summary, Term,
};

use super::handover::{offer, show};
use super::trial::{BANK, CARRIER, FACTORY, Peer, Phone, RETAILER, Trial, photo, until};

async fn subject(phone: &Phone, subject: &str) -> SubjectView {
    let subject = subject.to_owned();
    phone.ask(Subject { subject }).await.unwrap()
}

async fn summary(phone: &Phone, action: Action) -> Summary {
    phone.ask(Prepare { action }).await.unwrap()
}

async fn refused(phone: &Phone, action: Action) -> String {
    phone.refused(Prepare { action }).await
}

fn keys(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.key.as_str()).collect()
}

fn steps(view: &SubjectView) -> Vec<&str> {
    view.journey
        .iter()
        .map(|step| step.line.key.as_str())
        .collect()
}

/// The names of everything that a phone shows for a subject.
async fn fits(phone: &Phone, subject: &str) -> Vec<String> {
    let subjects = vec![subject.to_owned()];
    let view = phone.ask(Activities { subjects }).await.unwrap();
    let activities = view.areas.into_iter().flat_map(|area| area.activities);
    activities.map(|activity| activity.name).collect()
}

/// Brings what one phone signed to another, into a checkpoint.
async fn reaches(peer: &Peer, phone: &Phone, subject: &str, step: &str) {
    until(step, || async {
        peer.order();
        let subject = subject.to_owned();
        let view = phone.ask(Subject { subject }).await;
        view.is_ok_and(|view| {
            let found = view.journey.iter().find(|one| one.line.key == step);
            found.is_some_and(|one| matches!(one.status, EventStatus::Final { .. }))
        })
    })
    .await;
}

fn offer_title(subject: &str, to: chopmark_core::MemberId) -> Action {
    Action::OfferTitle {
        subject: subject.into(),
        to: to.to_string(),
        terms: Some("USD 1,200, 30 days".into()),
    }
}

fn pledge(subjects: &[&str], to: chopmark_core::MemberId) -> Action {
    Action::Pledge {
        subjects: subjects.iter().map(|id| (*id).to_owned()).collect(),
        to: to.to_string(),
        terms: Some("Contract 77".into()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn title_goes_its_own_way() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Admin, &peer).await;
    let shop = trial.phone_at(RETAILER, Role::Shop, &peer).await;
    let items = factory.commission(2, false).await;
    let (tea, other) = (items[0].as_str(), items[1].as_str());

    let said = summary(&factory, offer_title(tea, trial.member(RETAILER))).await;
    assert_eq!(
        keys(&said.lines),
        ["sign-offer-title", "sign-terms", "sign-expires", "sign-as"]
    );
    factory
        .sign(offer_title(tea, trial.member(RETAILER)))
        .await
        .unwrap();
    assert_eq!(
        refused(&factory, offer_title(tea, trial.member(CARRIER))).await,
        "open-offer-exists"
    );
    reaches(&peer, &shop, tea, "step-title-offered").await;
    let home = shop.ask(Home {}).await.unwrap();
    let card = &home.title_incoming[0];
    assert_eq!((card.of, card.term), (Offered::Title, Term::Open));
    // It is no hand-over, and cannot be taken as one.
    assert!(home.incoming.is_empty());
    let accept = Action::Accept {
        offer: card.offer.clone(),
        condition: Condition::Good,
        seal: None,
        left: Vec::new(),
        note: None,
        evidence: Vec::new(),
    };
    assert_eq!(refused(&shop, accept).await, "no-such-offer");
    assert!(fits(&shop, tea).await.contains(&"title-taken".to_owned()));

    let take = Action::TakeTitle {
        offer: card.offer.clone(),
        note: None,
    };
    let said = summary(&shop, take.clone()).await;
    assert_eq!(said.lines[0].key, "sign-take-title");
    // The factory has it still.
    assert!(keys(&said.warnings).contains(&"warn-held-by"));
    shop.sign(take.clone()).await.unwrap();
    assert_eq!(refused(&shop, take).await, "offer-used");
    reaches(&peer, &factory, tea, "step-title-taken").await;
    let view = subject(&factory, tea).await;
    let causeway = Party::Member {
        name: "Causeway Stores".into(),
    };
    assert_eq!(view.owner, causeway);
    assert!(view.card.mine && view.title_offer.is_none());
    assert_eq!(
        refused(&factory, offer_title(tea, trial.member(CARRIER))).await,
        "not-owner"
    );

    // A no leaves it where it is.
    factory
        .sign(offer_title(other, trial.member(RETAILER)))
        .await
        .unwrap();
    reaches(&peer, &shop, other, "step-title-offered").await;
    let view = subject(&shop, other).await;
    assert!(view.title_offer_to_me);
    let decline = Action::DeclineTitle {
        offer: view.title_offer.unwrap().offer,
        note: Some("too dear".into()),
    };
    shop.sign(decline).await.unwrap();
    let view = subject(&shop, other).await;
    assert_eq!(steps(&view).last(), Some(&"step-title-declined"));
    assert_eq!(
        view.journey.last().unwrap().note.as_deref(),
        Some("too dear")
    );
    let did = &shop.ask(Home {}).await.unwrap().activity[0];
    assert_eq!(did.line.key, "did-decline-title");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_sees_what_is_pledged_to_it_and_releases_it() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Admin, &peer).await;
    let bank = trial.phone_at(BANK, Role::BankOfficer, &peer).await;
    let items = factory.commission(2, true).await;
    let (tea, case) = (items[0].as_str(), items[2].as_str());

    assert_eq!(
        refused(&factory, pledge(&[case], trial.member(CARRIER))).await,
        "not-a-bank"
    );
    let said = summary(&factory, pledge(&[case], trial.member(BANK))).await;
    assert_eq!(
        keys(&said.lines),
        ["sign-pledge", "sign-contents", "sign-terms", "sign-as"]
    );
    assert!(keys(&said.warnings).contains(&"warn-pledge"));
    factory
        .sign(pledge(&[case], trial.member(BANK)))
        .await
        .unwrap();
    let ours = &factory.ask(Home {}).await.unwrap().pledges[0];
    assert!(!ours.ours && ours.status == EventStatus::Pending);
    // What is in it is pledged with it, and neither sold nor pledged nor taken out.
    for action in [
        pledge(&[case], trial.member(BANK)),
        pledge(&[tea], trial.member(BANK)),
        offer_title(tea, trial.member(RETAILER)),
        Action::Unpack {
            container: case.into(),
            subjects: vec![tea.into()],
        },
    ] {
        assert_eq!(refused(&factory, action).await, "pledged");
    }
    // It travels, and whoever takes it is told.
    let said = summary(&factory, offer(case, trial.member(CARRIER))).await;
    assert!(keys(&said.warnings).contains(&"warn-pledged"));

    reaches(&peer, &bank, case, "step-pledged").await;
    let home = bank.ask(Home {}).await.unwrap();
    let held = &home.pledges[0];
    assert!(held.ours && matches!(held.status, EventStatus::Final { .. }));
    assert_eq!(held.subject.contents, 2);
    // The section may come after the block that names it.
    until("the contract is here", || async {
        let view = subject(&bank, case).await;
        view.journey.last().unwrap().note.as_deref() == Some("Contract 77")
    })
    .await;
    let home = bank.ask(Home {}).await.unwrap();
    let view = subject(&bank, case).await;
    assert_eq!(view.pledge.as_ref(), home.pledges.first());
    assert!(fits(&bank, case).await.contains(&"released".to_owned()));
    assert!(!fits(&factory, case).await.contains(&"pledged".to_owned()));

    let release = Action::Release {
        subjects: vec![case.into()],
        note: None,
    };
    assert_eq!(refused(&factory, release.clone()).await, "not-permitted");
    bank.sign(release.clone()).await.unwrap();
    assert_eq!(refused(&bank, release).await, "not-pledged");
    reaches(&peer, &factory, case, "step-released").await;
    assert!(factory.ask(Home {}).await.unwrap().pledges.is_empty());
    assert!(fits(&factory, case).await.contains(&"pledged".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_goes_to_whoever_tells_the_code() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let items = factory.commission(2, false).await;
    let parcel = items[0].clone();
    let make = |subject: &str| MakePickupCode {
        subject: subject.into(),
    };
    let made = factory.ask(make(&parcel)).await.unwrap();
    assert_eq!((made.code.len(), made.hash.len()), (14, 64));
    assert!(!format!("{made:?}").contains(&made.code));
    let to_code = |hash: &str| Action::OfferToCode {
        subject: parcel.clone(),
        hash: hash.into(),
        place: Some("Locker 4".into()),
    };
    // The code itself must not get into the ledger.
    assert_eq!(
        refused(&factory, to_code(&made.code)).await,
        "pickup-code-itself"
    );
    assert_eq!(refused(&factory, to_code("nothing")).await, "pickup-hash");
    let said = summary(&factory, to_code(&made.hash)).await;
    assert_eq!(said.lines[0].key, "sign-offer-code");
    assert!(!serde_json::to_string(&said).unwrap().contains(&made.code));
    let offered = factory.sign(to_code(&made.hash)).await.unwrap();
    let view = subject(&factory, &parcel).await;
    assert!(view.offer_to_code);
    let shown = fits(&factory, &parcel).await;
    assert!(!shown.contains(&"handed-over".to_owned()));

    let pick_up = |code: &str| Action::PickUp {
        offer: offered.records[0].clone(),
        code: code.into(),
        place: None,
    };
    for (code, why) in [
        ("1234", "pickup-code-length"),
        ("0123-4567-89AU", "pickup-code-character"),
        // The code of another parcel.
        (
            &factory.ask(make(&items[1])).await.unwrap().code,
            "wrong-pickup-code",
        ),
    ] {
        assert_eq!(refused(&factory, pick_up(code)).await, why);
    }
    // Nothing is lost, and people type as they like.
    let typed = made.code.to_lowercase().replace('-', " ");
    factory.sign(pick_up(&typed)).await.unwrap();
    let view = subject(&factory, &parcel).await;
    assert_eq!(
        (view.card.holder.clone(), view.card.mine),
        (Party::Bearer, false)
    );
    assert_eq!(steps(&view)[1..], ["step-offered-code", "step-picked-up"]);
    assert_eq!(refused(&factory, pick_up(&made.code)).await, "offer-used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courier_sees_how_deliveries_end() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    let parcel = factory.commission(1, false).await.remove(0);
    let offered = factory
        .sign(offer(&parcel, trial.member(CARRIER)))
        .await
        .unwrap();
    let received = show(&factory, &courier, &offered.records[0]).await.unwrap();
    courier
        .sign(accept_but(
            &received.handover.offer,
            Condition::Good,
            &[],
            &[],
        ))
        .await
        .unwrap();
    let made = courier
        .ask(MakePickupCode {
            subject: parcel.clone(),
        })
        .await
        .unwrap();
    courier
        .sign(Action::OfferToCode {
            subject: parcel.clone(),
            hash: made.hash,
            place: None,
        })
        .await
        .unwrap();
    let shown = fits(&courier, &parcel).await;
    for name in [
        "picked-up",
        "delivery-attempted",
        "delivery-refused",
        "left-at-point",
    ] {
        assert!(shown.iter().any(|one| one == name), "{name} in {shown:?}");
    }
}

fn accept_but(offer: &str, condition: Condition, left: &[&str], evidence: &[&str]) -> Action {
    Action::Accept {
        offer: offer.into(),
        condition,
        seal: None,
        left: left.iter().map(|id| (*id).to_owned()).collect(),
        note: None,
        evidence: evidence.iter().map(|id| (*id).to_owned()).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_stays_with_the_giver() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let shop = trial.phone(RETAILER, Role::Shop).await;
    let items = factory.commission(3, true).await;
    let (kept, missing, case) = (items[0].as_str(), items[1].as_str(), items[3].as_str());
    let stranger = factory.commission(1, false).await.remove(0);
    let offered = factory
        .sign(offer(case, trial.member(RETAILER)))
        .await
        .unwrap();
    let received = show(&factory, &shop, &offered.records[0]).await.unwrap();
    let at = received.handover.offer;
    let photo = shop.attach("image/jpeg", &photo()).await.unwrap().id;

    let nonsense = accept_but(&at, Condition::Shortage, &[case], &[]);
    assert_eq!(refused(&shop, nonsense).await, "not-inside");
    let unknown = accept_but(&at, Condition::Shortage, &[&stranger], &[]);
    assert_eq!(refused(&shop, unknown).await, "not-inside");
    let action = accept_but(&at, Condition::Shortage, &[missing, missing], &[&photo]);
    let said = summary(&shop, action.clone()).await;
    assert_eq!(
        keys(&said.lines)[..5],
        [
            "sign-accept",
            "sign-contents",
            "sign-left",
            "sign-subject",
            "sign-condition"
        ]
    );
    let count = said.lines[1].params.get("count");
    assert_eq!(count, Some(&Param::Number(2)));
    let signed = shop.sign(action).await.unwrap();
    // The photo stands in an attestation beside it.
    assert_eq!(signed.records.len(), 2);
    show(&shop, &factory, &signed.records[0]).await.unwrap();

    let view = subject(&shop, case).await;
    assert!(view.card.mine && view.card.contents == 2);
    assert!(steps(&view).contains(&"step-accepted-part"));
    assert_eq!(view.journey.last().unwrap().evidence.len(), 1);
    assert!(subject(&shop, kept).await.card.mine);
    let view = subject(&factory, missing).await;
    assert!(view.card.mine && view.card.inside.is_none());
    assert_eq!(steps(&view).last(), Some(&"step-left"));
    let did = shop.ask(Home {}).await.unwrap().activity;
    assert!(did.iter().any(|one| one.line.key == "did-accept-part"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_together_is_bound_and_parted() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let items = phone.commission(2, false).await;
    let (crate_, seal) = (items[0].as_str(), items[1].as_str());
    let bond = |others: &[&str]| Action::Associate {
        subject: crate_.into(),
        others: others.iter().map(|id| (*id).to_owned()).collect(),
        note: Some("seal 4711".into()),
    };
    assert_eq!(refused(&phone, bond(&[crate_])).await, "bound-to-itself");
    assert_eq!(refused(&phone, bond(&[])).await, "nothing-chosen");
    let said = summary(&phone, bond(&[seal])).await;
    assert_eq!(
        keys(&said.lines),
        ["sign-associate", "sign-note", "sign-as"]
    );
    phone.sign(bond(&[seal])).await.unwrap();
    assert_eq!(refused(&phone, bond(&[seal])).await, "already-associated");
    let of_ids = |cards: &[chopmark_view::SubjectCard]| -> Vec<String> {
        cards.iter().map(|card| card.subject.clone()).collect()
    };
    let view = subject(&phone, crate_).await;
    assert_eq!(
        (of_ids(&view.bound), view.bound_to.len()),
        (vec![seal.to_owned()], 0)
    );
    let view = subject(&phone, seal).await;
    assert_eq!(of_ids(&view.bound_to), [crate_.to_owned()]);
    assert_eq!(view.journey.last().unwrap().line.key, "step-associated");
    assert!(fits(&phone, seal).await.contains(&"unbound".to_owned()));

    // From either side.
    let part = Action::Dissociate {
        subject: seal.into(),
        others: vec![crate_.into()],
        note: None,
    };
    phone.sign(part.clone()).await.unwrap();
    assert!(subject(&phone, crate_).await.bound.is_empty());
    assert_eq!(refused(&phone, part).await, "not-associated");
}
