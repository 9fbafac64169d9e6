//! What is counted, and what a sensor says.

use chopmark_core::{Kem, Quantities, Role};
use chopmark_view::{
    Action, Counted, Deed, Failure, Findings, JourneyStep, Line, Measured, Param, Prepare, Subject,
};

use super::making::batch;
use super::trial::{CARRIER, FACTORY, Phone, Trial, now_ms, until};

pub(super) fn counted(subject: &str, amount: &str, unit: &str) -> Counted {
    Counted {
        subject: subject.into(),
        amount: amount.into(),
        unit: unit.into(),
    }
}

pub(super) fn reading(what: &str, value: &str, unit: &str) -> Measured {
    Measured {
        name: what.into(),
        value: value.into(),
        unit: unit.into(),
    }
}

fn deed(activity: &str, subjects: &[&str], findings: Findings) -> Action {
    Action::Deed(Deed {
        activity: activity.into(),
        subjects: subjects.iter().map(|id| (*id).to_owned()).collect(),
        place: Some("Cold room 2".into()),
        note: None,
        evidence: Vec::new(),
        public: false,
        findings,
    })
}

pub(super) fn count(activity: &str, subjects: &[&str], batches: &[Counted]) -> Action {
    let batches = batches.to_vec();
    deed(activity, subjects, Findings::Counted { batches })
}

pub(super) fn read(subject: &str, values: &[Measured], at_ms: Option<u64>) -> Action {
    let values = values.to_vec();
    deed("sensor-read", &[subject], Findings::Read { values, at_ms })
}

async fn refused(phone: &Phone, action: Action) -> Failure {
    phone.ask(Prepare { action }).await.unwrap_err()
}

async fn newest(phone: &Phone, subject: &str) -> JourneyStep {
    let subject = subject.to_owned();
    let view = phone.ask(Subject { subject }).await.unwrap();
    view.journey.last().unwrap().clone()
}

fn param(line: &Line, name: &str) -> String {
    match line.params.get(name) {
        Some(Param::Text(text) | Param::Key(text)) => text.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

/// "Counted" took a remark and no amount.
#[tokio::test(flavor = "multi_thread")]
async fn a_count_says_how_much_of_each_batch() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let leaf = batch(&phone, "L1", "100").await;
    let dust = batch(&phone, "L2", "7.5").await;
    let item = phone.commission(1, false).await.remove(0);
    let all = [leaf.as_str(), &dust, &item];
    let right = [counted(&leaf, "100", "KGM"), counted(&dust, "7", "KGM")];

    let summary = phone
        .ask(Prepare {
            action: count("counted", &all, &right),
        })
        .await
        .unwrap();
    let lines = summary
        .lines
        .iter()
        .filter(|line| line.key == "sign-counted");
    assert_eq!(lines.count(), 2);
    // Only of what is not there by the records.
    let [differs] = summary.warnings.as_slice() else {
        panic!("{:?}", summary.warnings);
    };
    assert_eq!(differs.key, "warn-count-differs");
    assert_eq!(param(differs, "amount"), "7.5");

    phone.sign(count("counted", &all, &right)).await.unwrap();
    for (subject, amount) in [(&leaf, "100"), (&dust, "7")] {
        let step = newest(&phone, subject).await;
        let [value] = step.values.as_slice() else {
            panic!("{:?}", step.values);
        };
        assert_eq!(value.key, "step-counted");
        assert_eq!(param(value, "amount"), amount);
        assert_eq!(param(value, "unit"), "unit-kgm");
    }
    // Of an item nothing more is said.
    assert!(newest(&phone, &item).await.values.is_empty());
    phone.sign(count("counted", &[&item], &[])).await.unwrap();

    // A count changes nothing: what there is says the ledger.
    let subject = dust.clone();
    let left = phone.ask(Subject { subject }).await.unwrap().left.unwrap();
    assert_eq!(left.amount.as_deref(), Some("7.5"));
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_counts_without_an_amount_of_each_batch() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let leaf = batch(&phone, "L1", "100").await;
    let item = phone.commission(1, false).await.remove(0);
    for (batches, code) in [
        (vec![], "count-missing"),
        (vec![counted(&leaf, " ", "KGM")], "count-missing"),
        (vec![counted(&leaf, "many", "KGM")], "amount-unreadable"),
        (vec![counted(&leaf, "-3", "KGM")], "amount-unreadable"),
        (vec![counted(&leaf, "0", "KGM")], "amount-unreadable"),
        (vec![counted(&leaf, "3", "LTR")], "count-other-unit"),
        (
            vec![counted(&leaf, "3", "KGM"), counted(&item, "1", "H87")],
            "not-a-batch",
        ),
    ] {
        let action = count("counted", &[&leaf, &item], &batches);
        assert_eq!(refused(&phone, action).await.code, code, "{batches:?}");
    }
    // What is filled in at another form is not left out in silence.
    let other = Findings::Counted {
        batches: vec![counted(&leaf, "3", "KGM")],
    };
    let failure = refused(&phone, deed("stored", &[&leaf], other)).await;
    assert_eq!(failure.code, "internal");
}

/// Where the network keeps amounts away from who is no party, a count tells no other member.
#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_for_the_own_member_where_sections_have_amounts() {
    let trial = Trial::with(Kem::X25519, |policy, _| {
        policy.quantities = Quantities::Sections;
    });
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let other = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let leaf = batch(&phone, "L1", "100").await;
    let batches = [counted(&leaf, "100", "KGM")];
    phone
        .sign(count("counted", &[&leaf], &batches))
        .await
        .unwrap();
    assert_eq!(newest(&phone, &leaf).await.values.len(), 1);
    until("the count is at the other member", || async {
        let subject = leaf.clone();
        let view = other.ask(Subject { subject }).await;
        view.is_ok_and(|view| view.journey.last().unwrap().place.is_some())
    })
    .await;
    let step = newest(&other, &leaf).await;
    assert_eq!(step.place.as_deref(), Some("Cold room 2"));
    assert!(step.values.is_empty(), "{:?}", step.values);
}

/// "Sensor read" took a remark and no reading.
#[tokio::test(flavor = "multi_thread")]
async fn a_reading_says_what_was_measured_and_when() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let item = phone.commission(1, false).await.remove(0);
    let values = [
        reading("Temperature", "4.50", "CEL"),
        reading("RelativeHumidity", "61", "P1"),
    ];
    let at = now_ms() - 3_600_000;
    phone.sign(read(&item, &values, Some(at))).await.unwrap();
    let step = newest(&phone, &item).await;
    assert_eq!(step.time_ms, at);
    let said: Vec<(String, String, String)> = step
        .values
        .iter()
        .map(|line| {
            (
                param(line, "what"),
                param(line, "value"),
                param(line, "unit"),
            )
        })
        .collect();
    let words = |what: &str, value: &str, unit: &str| (what.into(), value.into(), unit.into());
    assert_eq!(
        said,
        [
            words("sensed-temperature", "4.5", "unit-cel"),
            words("sensed-relative-humidity", "61", "unit-p1"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_readings_that_say_nothing() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let item = phone.commission(1, false).await.remove(0);
    let good = reading("Temperature", "4", "CEL");
    for (values, at, code) in [
        (vec![], None, "reading-missing"),
        (
            vec![good.clone(), reading("Temperature", "cold", "CEL")],
            None,
            "reading-no-number",
        ),
        (
            vec![reading("Temperature", "-300", "CEL")],
            None,
            "reading-out-of-range",
        ),
        (
            vec![reading("Temperature", "4", "KGM")],
            None,
            "reading-unit",
        ),
        (vec![good.clone(); 65], None, "too-many"),
        (vec![good], Some(now_ms() + 3_600_000), "reading-ahead"),
    ] {
        let failure = refused(&phone, read(&item, &values, at)).await;
        assert_eq!(failure.code, code, "{values:?}");
    }
    let failure = refused(&phone, deed("sensor-read", &[&item], Findings::Nothing)).await;
    assert_eq!(failure.code, "reading-missing");
}
