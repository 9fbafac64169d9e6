use chopmark_core::Role;
use chopmark_view::{
    Action, Condition, EventStatus, FrameFeed, FrameProgress, FrameShow, FrameStep, Home, Party,
    Received, Subject,
};

use super::trial::{CARRIER, FACTORY, Phone, RETAILER, Trial, until};

/// Shows a record on one phone and scans every frame with another, last one first.
pub(super) async fn show(
    from: &Phone,
    to: &Phone,
    record: &str,
) -> Result<Received, chopmark_view::Failure> {
    let shown = from
        .ask(FrameShow {
            record: record.into(),
        })
        .await
        .unwrap();
    assert_eq!(shown.frames.len(), shown.texts.len());
    let mut progress = FrameProgress::Partial { have: 0, total: 0 };
    for text in shown.texts.into_iter().rev() {
        progress = to.ask(FrameFeed { text }).await?;
    }
    match progress {
        FrameProgress::Complete(received) => Ok(received),
        FrameProgress::Partial { have, total } => panic!("{have} of {total} frames"),
    }
}

pub(super) fn offer(subject: &str, to: chopmark_core::MemberId) -> Action {
    Action::Offer {
        subject: subject.into(),
        to: to.to_string(),
        place: Some("Gate 3".into()),
    }
}

pub(super) fn accept(offer: &str) -> Action {
    Action::Accept {
        offer: offer.into(),
        condition: Condition::Good,
        seal: None,
        left: Vec::new(),
        evidence: Vec::new(),
        note: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_changes_hands_twice_without_any_network() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    let shop = trial.phone(RETAILER, Role::Shop).await;
    let subjects = factory.commission(12, true).await;
    let case = subjects.last().unwrap();

    let offered = factory
        .sign(offer(case, trial.member(CARRIER)))
        .await
        .unwrap();
    let received = show(&factory, &courier, &offered.records[0]).await.unwrap();
    assert_eq!(received.step, FrameStep::Offer);
    let card = &received.handover;
    let to = Party::Member {
        name: "Pearl River Express".to_owned(),
    };
    assert_eq!((card.from.as_str(), &card.to), ("Nansha Tea Works", &to));
    // The offer's section tells the receiver what stands on the label.
    assert_eq!(
        (card.subject.product.as_deref(), card.subject.contents),
        (Some("Oolong"), 12)
    );
    assert_eq!(
        courier.ask(Home {}).await.unwrap().incoming,
        std::slice::from_ref(card)
    );
    assert_eq!(factory.ask(Home {}).await.unwrap().outgoing.len(), 1);

    let accepted = courier.sign(accept(&card.offer)).await.unwrap();
    let received = show(&courier, &factory, &accepted.records[0])
        .await
        .unwrap();
    assert_eq!(
        (received.step, received.handover.subject.mine),
        (FrameStep::Acceptance, false)
    );
    assert_eq!(factory.ask(Home {}).await.unwrap().counts.held, 0);
    assert_eq!(courier.ask(Home {}).await.unwrap().counts.held, 13);

    // The second hand-over carries everything of the first: the shop has seen none of it.
    let offered = courier
        .sign(offer(case, trial.member(RETAILER)))
        .await
        .unwrap();
    let received = show(&courier, &shop, &offered.records[0]).await.unwrap();
    let accepted = shop.sign(accept(&received.handover.offer)).await.unwrap();
    show(&shop, &courier, &accepted.records[0]).await.unwrap();
    let view = shop
        .ask(Subject {
            subject: subjects[0].clone(),
        })
        .await
        .unwrap();
    assert_eq!(
        (view.card.holder, view.card.mine),
        (
            Party::Member {
                name: "Causeway Stores".to_owned()
            },
            true
        )
    );
    let steps: Vec<&str> = view
        .journey
        .iter()
        .map(|step| step.line.key.as_str())
        .collect();
    assert_eq!(
        steps,
        [
            "step-commissioned",
            "step-packed",
            "step-offered",
            "step-accepted",
            "step-offered",
            "step-accepted"
        ]
    );
    assert!(view.journey[2].via.is_some() && view.journey[0].via.is_none());
    assert_eq!(view.journey[4].place.as_deref(), Some("Gate 3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_acceptance_of_an_offer_is_refused_with_its_reason() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let shop = trial.phone(RETAILER, Role::Shop).await;
    let courier = trial.phone(RETAILER, Role::Courier).await;
    let item = factory.commission(1, false).await.remove(0);
    let offered = factory
        .sign(offer(&item, trial.member(RETAILER)))
        .await
        .unwrap();
    let mut acceptances = Vec::new();
    for phone in [&shop, &courier] {
        let received = show(&factory, phone, &offered.records[0]).await.unwrap();
        acceptances.push(
            phone
                .sign(accept(&received.handover.offer))
                .await
                .unwrap()
                .records
                .remove(0),
        );
    }
    show(&shop, &factory, &acceptances[0]).await.unwrap();
    show(&courier, &factory, &acceptances[1]).await.unwrap();
    let view = factory.ask(Subject { subject: item }).await.unwrap();
    let refused = view
        .journey
        .iter()
        .find(|step| step.record == acceptances[1])
        .unwrap();
    let EventStatus::Refused(why) = &refused.status else {
        panic!("{:?}", refused.status)
    };
    assert_eq!(why.code, "offer-used");
    assert_eq!(
        why.params["by"],
        chopmark_view::Param::Text("Causeway Stores".into())
    );
}

async fn nothing_pending(phone: &Phone) {
    until("everything is final", || async {
        phone.ask(Home {}).await.unwrap().counts.pending == 0
    })
    .await;
}

/// A courier who had not synced since the goods were made could not take them over.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_carries_the_final_history_of_its_goods_when_it_is_short() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    let subjects = factory.commission(3, true).await;
    let case = subjects.last().unwrap();
    // Something between the making and the offer, which the feed needs.
    factory.commission(1, false).await;
    until("everything is sent", || async {
        factory.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
    peer.order();
    nothing_pending(&factory).await;

    let offered = factory.sign(offer(case, trial.member(CARRIER))).await;
    let received = show(&factory, &courier, &offered.unwrap().records[0]).await;
    let card = received.unwrap().handover;
    assert_eq!(card.subject.contents, 3);
    let accepted = courier.sign(accept(&card.offer)).await.unwrap();
    show(&courier, &factory, &accepted.records[0])
        .await
        .unwrap();
    assert_eq!(courier.ask(Home {}).await.unwrap().counts.held, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_who_lacks_a_long_history_is_told_to_connect_once() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    let item = factory.commission(1, false).await.remove(0);
    // Far more in the feed between the making and the offer than codes hold.
    for _ in 0..20 {
        factory.commission(200, false).await;
    }
    until("everything is sent", || async {
        factory.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
    peer.order();
    nothing_pending(&factory).await;
    let offered = factory.sign(offer(&item, trial.member(CARRIER))).await;
    let offer = offered.unwrap().records.remove(0);
    let behind = show(&factory, &courier, &offer).await.unwrap_err();
    assert_eq!(behind.code, "handover-behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn says_when_frames_are_not_for_this_phone_or_not_whole() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let shop = trial.phone(RETAILER, Role::Shop).await;
    let item = factory.commission(1, false).await.remove(0);
    let offered = factory
        .sign(offer(&item, trial.member(CARRIER)))
        .await
        .unwrap();
    let wrong = show(&factory, &shop, &offered.records[0])
        .await
        .unwrap_err();
    assert_eq!(wrong.code, "handover-not-for-us");

    let feed = |text: &str| shop.refused(FrameFeed { text: text.into() });
    assert_eq!(feed("https://example.org").await, "not-a-frame");
    assert_eq!(feed("CM1:***").await, "frame-damaged");
    let not_one = FrameShow {
        record: offered.records[0].replace("/0", "/9"),
    };
    assert_eq!(factory.refused(not_one).await, "not-a-handover");

    // A phone of another network.
    let stranger = Trial::new().phone(CARRIER, Role::Courier).await;
    let foreign = show(&factory, &stranger, &offered.records[0])
        .await
        .unwrap_err();
    assert_eq!(foreign.code, "wrong-network");
}

/// As networks are founded by default: keys that withstand quantum computers are forty times as
/// long, and two phones still hand over by showing codes; both sync afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn with_post_quantum_keys_a_case_changes_hands_by_codes_alone() {
    let trial = Trial::with(chopmark_core::Kem::XWing, |_, _| {});
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    let subjects = factory.commission(12, true).await;
    let case = subjects.last().unwrap();
    let to = trial.member(CARRIER);
    let offered = factory.sign(offer(case, to)).await.unwrap();
    let received = show(&factory, &courier, &offered.records[0]).await.unwrap();
    assert_eq!(received.step, FrameStep::Offer);
    // What was sealed to the receiver is open on its phone.
    let card = received.handover;
    assert_eq!(card.subject.product.as_deref(), Some("Oolong"));
    let accepted = courier.sign(accept(&card.offer)).await.unwrap();
    let back = show(&courier, &factory, &accepted.records[0]);
    assert_eq!(back.await.unwrap().step, FrameStep::Acceptance);
    assert_eq!(courier.ask(Home {}).await.unwrap().counts.held, 13);

    // Later, each where there is a network.
    let peer = trial.peer(None).await;
    let (factory, courier) = (
        factory.reconnected(&peer).await,
        courier.reconnected(&peer).await,
    );
    for phone in [&factory, &courier] {
        until("everything is sent", || async {
            phone.ask(Home {}).await.unwrap().counts.unsent == 0
        })
        .await;
    }
    peer.order();
    for phone in [&factory, &courier] {
        nothing_pending(phone).await;
        let subject = case.clone();
        let view = phone.ask(Subject { subject }).await.unwrap();
        let mut steps = view.journey.iter();
        assert!(steps.all(|step| matches!(step.status, EventStatus::Final { .. })));
        let holder = Party::Member {
            name: "Pearl River Express".to_owned(),
        };
        assert_eq!(view.card.holder, holder);
    }
}
