//! The numbers of seals.

use chopmark_core::Role;
use chopmark_view::{
    Action, Activities, Condition, Deed, Findings, Form, Home, JourneyStep, Line, Param, Prepare,
    Subject,
};

use super::handover::offer;
use super::synced::{all_sent, online};
use super::trial::{CARRIER, CUSTOMS, FACTORY, Phone, Trial, photo, until};

fn sealed(activity: &str, subjects: &[&str], number: &str) -> Deed {
    Deed {
        activity: activity.into(),
        subjects: subjects.iter().map(|id| (*id).to_owned()).collect(),
        place: None,
        note: None,
        evidence: Vec::new(),
        public: false,
        findings: Findings::Sealed {
            number: number.into(),
        },
    }
}

fn number(line: &Line) -> &str {
    assert!(
        matches!(line.key.as_str(), "sign-seal-number" | "warn-seal-differs"),
        "{line:?}"
    );
    match line.params.get("number") {
        Some(Param::Text(number)) => number,
        other => panic!("{other:?}"),
    }
}

/// The numbers in what is to be signed, and the other one that it warns of.
async fn said(phone: &Phone, action: Action) -> (Vec<String>, Vec<String>) {
    let summary = phone.ask(Prepare { action }).await.unwrap();
    let of = |lines: &[Line], key: &str| -> Vec<String> {
        let lines = lines.iter().filter(|line| line.key == key);
        lines.map(|line| number(line).to_owned()).collect()
    };
    (
        of(&summary.lines, "sign-seal-number"),
        of(&summary.warnings, "warn-seal-differs"),
    )
}

async fn journey(phone: &Phone, subject: &str) -> Vec<JourneyStep> {
    let subject = subject.to_owned();
    let view = phone.ask(Subject { subject }).await;
    view.map(|view| view.journey).unwrap_or_default()
}

/// The number that a phone shows of the newest step.
async fn newest(phone: &Phone, subject: &str) -> Option<String> {
    let journey = journey(phone, subject).await;
    let line = journey.last()?.values.first()?;
    Some(number(line).to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_seal_is_read_by_other_members_and_compared() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let customs = trial.phone_at(CUSTOMS, Role::CustomsOfficer, &peer).await;
    online(&factory).await;
    let case = factory.commission(2, true).await.pop().unwrap();

    // With a photo of the seal, as every activity of one thing.
    let seal = factory.attach("image/jpeg", &photo()).await.unwrap();
    let closed = Action::Deed(Deed {
        evidence: vec![seal.id.clone()],
        ..sealed("closed", &[&case], " ML-CN 0471903 ")
    });
    let none: Vec<String> = Vec::new();
    assert_eq!(
        said(&factory, closed.clone()).await,
        (vec!["ML-CN 0471903".to_owned()], none.clone())
    );
    factory.sign(closed).await.unwrap();
    let offered = factory.sign(offer(&case, trial.member(CARRIER))).await;
    let offered = offered.unwrap().records.remove(0);
    all_sent(&factory).await;
    // Who is no party of the hand-over reads it too.
    until("customs reads the number", || async {
        let journey = journey(&customs, &case).await;
        let values: Vec<&Line> = journey.iter().flat_map(|step| &step.values).collect();
        values.len() == 1
            && number(values[0]) == "ML-CN 0471903"
            && journey.iter().any(|step| step.evidence.len() == 1)
    })
    .await;

    until("the offer arrives", || async {
        courier.ask(Home {}).await.unwrap().incoming.len() == 1
    })
    .await;
    let taken = |condition, seal: &str| Action::Accept {
        offer: offered.clone(),
        condition,
        seal: Some(seal.to_owned()),
        left: Vec::new(),
        evidence: Vec::new(),
        note: None,
    };
    // Another number than it was closed with: the courier is told before anything is signed.
    let other = taken(Condition::SealBroken, "ML-CN 0471904");
    assert_eq!(
        said(&courier, other.clone()).await,
        (
            vec!["ML-CN 0471904".to_owned()],
            vec!["ML-CN 0471903".to_owned()]
        )
    );
    let same = taken(Condition::SealBroken, "ML-CN 0471903");
    assert_eq!(said(&courier, same).await.1, none);
    let good = taken(Condition::Good, "ML-CN 0471904");
    assert_eq!(said(&courier, good).await, (none.clone(), none.clone()));
    courier.sign(other).await.unwrap();
    all_sent(&courier).await;
    until("the giver reads which seal was broken", || async {
        newest(&factory, &case).await.as_deref() == Some("ML-CN 0471904")
    })
    .await;
    // What was found is of giver and receiver alone.
    until("customs sees the hand-over", || async {
        let journey = journey(&customs, &case).await;
        let last = journey.last().map(|step| step.line.key.clone());
        last.is_some_and(|key| key == "step-accepted") && journey.last().unwrap().values.is_empty()
    })
    .await;

    let broken = Action::Deed(sealed("seal-broken", &[&case], "7"));
    assert_eq!(said(&customs, broken).await.1, ["ML-CN 0471903"]);
    let applied = Action::Deed(sealed("seal-applied", &[&case], "РЖД Э8"));
    assert_eq!(
        said(&courier, applied.clone()).await,
        (vec!["РЖД Э8".to_owned()], none)
    );
    courier.sign(applied).await.unwrap();
    assert_eq!(newest(&courier, &case).await.as_deref(), Some("РЖД Э8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_on_no_seal_is_named_and_not_signed() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let subjects = phone.commission(2, true).await;
    let case = subjects.last().unwrap().as_str();
    let view = Activities {
        subjects: vec![case.to_owned()],
    };
    let view = phone.ask(view).await.unwrap();
    let shown = view.areas.iter().flat_map(|area| &area.activities);
    let forms: Vec<&str> = shown
        .filter(|activity| activity.form == Form::Seal)
        .map(|activity| activity.name.as_str())
        .collect();
    assert_eq!(forms, ["closed", "seal-applied", "seal-broken"]);

    for (number, code) in [
        ("A<1>", "seal-unreadable"),
        ("A,1", "seal-unreadable"),
        ("1234567890123456789012345678901234567", "seal-unreadable"),
        ("A\u{202e}1", "text-unseen"),
        ("ABС1", "text-mixed"),
    ] {
        let action = Action::Deed(sealed("seal-applied", &[case], number));
        assert_eq!(phone.refused(Prepare { action }).await, code, "{number}");
    }
    let items = [subjects[0].as_str(), &subjects[1]];
    let many = |number: &str| Action::Deed(sealed("closed", &items, number));
    let action = many("A1");
    assert_eq!(phone.refused(Prepare { action }).await, "seal-of-many");
    // Without a number a list is closed as before, and one thing is, too.
    phone.sign(many("  ")).await.unwrap();
    let blank = Action::Deed(sealed("closed", &[case], ""));
    assert_eq!(said(&phone, blank).await.0, Vec::<String>::new());
    // An activity that asks for none takes none.
    let action = Action::Deed(sealed("stored", &[case], "A1"));
    assert_eq!(phone.refused(Prepare { action }).await, "internal");
}
