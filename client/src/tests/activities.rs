use chopmark_core::Role;
use chopmark_view::{
    Action, Activities, Deed, EventStatus, Findings, Form, Home, Param, Party, Prepare, Subject,
    SubjectView,
};

use super::handover::{offer, show};
use super::trial::{CARRIER, CUSTOMS, FACTORY, Phone, Trial, until};

fn deed(activity: &str, subjects: &[&str]) -> Action {
    Action::Deed(Deed {
        activity: activity.into(),
        subjects: subjects.iter().map(|id| (*id).to_owned()).collect(),
        place: Some("Gate 3, Nansha".into()),
        note: Some("seal 4711".into()),
        evidence: Vec::new(),
        public: false,
        findings: Findings::Nothing,
    })
}

async fn subject(phone: &Phone, subject: &str) -> SubjectView {
    let subject = subject.to_owned();
    phone.ask(Subject { subject }).await.unwrap()
}

/// The names of everything that a phone shows for subjects.
async fn shown(phone: &Phone, subjects: &[&str]) -> Vec<String> {
    let subjects = subjects.iter().map(|id| (*id).to_owned()).collect();
    let view = phone.ask(Activities { subjects }).await.unwrap();
    view.areas
        .into_iter()
        .flat_map(|area| area.activities)
        .map(|activity| activity.name)
        .collect()
}

fn activity_of(view: &SubjectView) -> Option<&Param> {
    view.journey.last()?.line.params.get("activity")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_list_is_signed_about_once_and_by_name() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let tea = phone.commission(3, false).await;
    let ids: Vec<&str> = tea.iter().map(String::as_str).collect();
    // One of them was scanned twice.
    let list = [ids[0], ids[1], ids[2], ids[0]];
    let summary = phone
        .ask(Prepare {
            action: deed("stored", &list),
        })
        .await
        .unwrap();
    assert_eq!(summary.lines[0].key, "sign-activity-many");
    assert_eq!(
        summary.lines[0].params.get("count"),
        Some(&Param::Number(3))
    );
    let named = summary
        .lines
        .iter()
        .filter(|line| line.key == "sign-subject");
    assert_eq!(named.count(), 3);
    let signed = phone.sign(deed("stored", &list)).await.unwrap();
    assert_eq!(signed.records.len(), 1);
    for id in &tea {
        let view = subject(&phone, id).await;
        let step = view.journey.last().unwrap();
        assert_eq!(
            (step.place.as_deref(), step.note.as_deref()),
            (Some("Gate 3, Nansha"), Some("seal 4711"))
        );
        assert_eq!(
            activity_of(&view),
            Some(&Param::Key("activity-stored".into()))
        );
    }
    let did = &phone.ask(Home {}).await.unwrap().activity[0];
    assert_eq!(did.line.key, "did-activity-many");
    assert_eq!(did.line.params.get("count"), Some(&Param::Number(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_what_fits_role_holder_and_state() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Warehouse).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    let subjects = factory.commission(2, true).await;
    let (item, case) = (subjects[0].as_str(), subjects[2].as_str());

    let fits = shown(&factory, &[case]).await;
    for name in ["stored", "handed-over", "unpacked", "loaded", "labelled"] {
        assert!(fits.iter().any(|shown| shown == name), "{name} in {fits:?}");
    }
    // Full, so not to be taken out of use; no shop; no authority.
    for name in ["recycled", "sold", "held-papers", "cleared", "made"] {
        assert!(fits.iter().all(|shown| shown != name), "{name} in {fits:?}");
    }
    // Packed: it is handed over with its case, and nothing of several things at once.
    let fits = shown(&factory, &[item, case]).await;
    assert!(fits.iter().any(|shown| shown == "stored"));
    assert!(
        fits.iter()
            .all(|shown| shown != "handed-over" && shown != "packed")
    );

    // Offered: it stays where it is until the other side says yes or no.
    let offered = factory
        .sign(offer(case, trial.member(CARRIER)))
        .await
        .unwrap();
    let fits = shown(&factory, &[case]).await;
    assert!(
        fits.iter()
            .all(|shown| shown != "handed-over" && shown != "unpacked")
    );
    show(&factory, &courier, &offered.records[0]).await.unwrap();
    let fits = shown(&courier, &[case]).await;
    assert!(fits.iter().any(|shown| shown == "taken-over"));
    assert!(fits.iter().any(|shown| shown == "declined"));
    // What others have is not for this courier to load.
    assert!(fits.iter().all(|shown| shown != "loaded"));
    assert_eq!(
        courier
            .refused(Prepare {
                action: deed("loaded", &[case])
            })
            .await,
        "not-holder"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addressee_declines_and_the_giver_keeps_it() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    let item = factory.commission(1, false).await.remove(0);
    let offered = factory
        .sign(offer(&item, trial.member(CARRIER)))
        .await
        .unwrap();
    let received = show(&factory, &courier, &offered.records[0]).await.unwrap();
    let no = || Action::Decline {
        offer: received.handover.offer.clone(),
        note: Some("no room".into()),
    };
    // Nobody else can say no to it.
    assert_eq!(
        factory.refused(Prepare { action: no() }).await,
        "not-addressee"
    );
    courier.sign(no()).await.unwrap();
    assert!(courier.ask(Home {}).await.unwrap().incoming.is_empty());
    assert_eq!(
        courier.refused(Prepare { action: no() }).await,
        "offer-declined"
    );
    let view = subject(&courier, &item).await;
    let step = view.journey.last().unwrap();
    assert_eq!(
        (step.line.key.as_str(), step.note.as_deref()),
        ("step-declined", Some("no room"))
    );
    let maker = Party::Member {
        name: "Nansha Tea Works".to_owned(),
    };
    assert_eq!(view.card.holder, maker);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_use_has_nothing_more_recorded() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let subjects = phone.commission(1, true).await;
    let (item, case) = (subjects[0].as_str(), subjects[1].as_str());
    let end = |id| Prepare {
        action: deed("recycled", &[id]),
    };
    assert_eq!(phone.refused(end(item)).await, "inside-container");
    assert_eq!(phone.refused(end(case)).await, "not-empty");
    phone
        .sign(Action::Unpack {
            container: case.into(),
            subjects: vec![item.into()],
        })
        .await
        .unwrap();
    let summary = phone.ask(end(item)).await.unwrap();
    assert_eq!(summary.warnings[0].key, "warn-ends");
    phone.sign(deed("recycled", &[item])).await.unwrap();
    let view = subject(&phone, item).await;
    assert_eq!(view.journey.last().unwrap().line.key, "step-decommissioned");
    assert_eq!(
        activity_of(&view),
        Some(&Param::Key("activity-recycled".into()))
    );
    assert!(shown(&phone, &[item]).await.is_empty());
    assert_eq!(
        phone
            .refused(Prepare {
                action: deed("stored", &[item])
            })
            .await,
        "decommissioned"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_holds_and_alone_clears() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let officer = trial.phone_at(CUSTOMS, Role::CustomsOfficer, &peer).await;
    let item = factory.commission(1, false).await.remove(0);
    until("customs knows it", || async {
        let subject = item.clone();
        officer.ask(Subject { subject }).await.is_ok()
    })
    .await;
    assert_eq!(
        factory
            .refused(Prepare {
                action: deed("held-papers", &[&item])
            })
            .await,
        "not-an-authority"
    );
    let fits = shown(&officer, &[&item]).await;
    assert!(fits.iter().any(|shown| shown == "held-papers"));
    assert!(
        fits.iter()
            .all(|shown| shown != "cleared" && shown != "stored")
    );
    officer.sign(deed("held-papers", &[&item])).await.unwrap();

    let holds = officer.ask(Home {}).await.unwrap().holds;
    assert_eq!(
        (holds[0].why.as_str(), holds[0].mine, holds.len()),
        ("activity-held-papers", true, 1)
    );
    until("the factory sees the hold", || async {
        factory.ask(Home {}).await.unwrap().holds.len() == 1
    })
    .await;
    let hold = factory.ask(Home {}).await.unwrap().holds.remove(0);
    assert!(!hold.mine && hold.by == "Nansha Customs");
    let offered = Prepare {
        action: offer(&item, trial.member(CARRIER)),
    };
    assert_eq!(factory.refused(offered).await, "held");
    assert!(
        shown(&factory, &[&item])
            .await
            .iter()
            .all(|shown| shown != "handed-over")
    );

    officer.sign(deed("cleared", &[&item])).await.unwrap();
    assert!(officer.ask(Home {}).await.unwrap().holds.is_empty());
    assert_eq!(
        officer
            .refused(Prepare {
                action: deed("cleared", &[&item])
            })
            .await,
        "not-held"
    );
    until("it is free again", || async {
        shown(&factory, &[&item])
            .await
            .iter()
            .any(|shown| shown == "handed-over")
    })
    .await;
    peer.order();
    until("hold and clearing are final", || async {
        let view = subject(&officer, &item).await;
        let ends = &view.journey[view.journey.len() - 2..];
        ends.iter()
            .all(|step| matches!(step.status, EventStatus::Final { .. }))
    })
    .await;
    let view = subject(&officer, &item).await;
    let said: Vec<&Param> = view.journey[1..]
        .iter()
        .filter_map(|step| step.line.params.get("activity"))
        .collect();
    assert_eq!(
        said,
        [
            &Param::Key("activity-held-papers".into()),
            &Param::Key("activity-cleared".into())
        ]
    );
}

/// The screens lead each activity to its form.
#[tokio::test(flavor = "multi_thread")]
async fn each_activity_names_its_form() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let item = phone.commission(1, false).await.remove(0);
    let view = phone
        .ask(Activities {
            subjects: vec![item],
        })
        .await
        .unwrap();
    let forms: Vec<(&str, Form)> = view
        .areas
        .iter()
        .flat_map(|area| &area.activities)
        .map(|activity| (activity.name.as_str(), activity.form))
        .collect();
    for expected in [
        ("stored", Form::Note),
        ("destroyed", Form::End),
        ("inspected", Form::Inspect),
        ("packed", Form::Pack),
        ("handed-over", Form::Offer),
    ] {
        assert!(forms.contains(&expected), "{expected:?} in {forms:?}");
    }
}
