//! A member says that a record of its own is wrong.

use chopmark_core::{
    Audience, Body, Kem, Kind, Permissions, ReaderGroup, Record, Role, VerifiedBlock,
};
use chopmark_view::{
    Action, Deed, EventStatus, Failure, Findings, JourneyStep, Line, Param, Prepare, Subject,
    SubjectView, Verdict, Wrong,
};

use super::handover::{accept, offer, show};
use super::trial::{CARRIER, FACTORY, Peer, Phone, RETAILER, Trial, until};
use crate::{blocks, words_of};

fn noted(activity: &str, subject: &str) -> Action {
    Action::Deed(Deed {
        activity: activity.into(),
        subjects: vec![subject.to_owned()],
        place: Some("Ramp 2".into()),
        note: None,
        evidence: Vec::new(),
        public: false,
        findings: Findings::Nothing,
    })
}

fn did_not_occur(record: &str) -> Action {
    Action::Correct {
        record: record.into(),
        wrong: Wrong::DidNotOccur,
    }
}

fn incorrect(record: &str, right: &[&str]) -> Action {
    let right = right.iter().map(|one| (*one).to_owned()).collect();
    Action::Correct {
        record: record.into(),
        wrong: Wrong::IncorrectData { right },
    }
}

/// Signs, and says where the first record is.
async fn signed(phone: &Phone, action: Action) -> String {
    phone.sign(action).await.unwrap().records.remove(0)
}

async fn refused(phone: &Phone, action: Action) -> Failure {
    phone.ask(Prepare { action }).await.unwrap_err()
}

async fn view(phone: &Phone, subject: &str) -> SubjectView {
    let subject = subject.to_owned();
    phone.ask(Subject { subject }).await.unwrap()
}

/// A record in the journey of a subject.
async fn step(phone: &Phone, subject: &str, record: &str) -> JourneyStep {
    let view = view(phone, subject).await;
    let mut steps = view.journey.into_iter();
    steps.find(|step| step.record == record).unwrap()
}

/// Waits until a phone knows a record about a subject.
async fn knows(phone: &Phone, subject: &str, record: &str) {
    until("the record is here", || async {
        let subject = subject.to_owned();
        let view = phone.ask(Subject { subject }).await;
        view.is_ok_and(|view| view.journey.iter().any(|step| step.record == record))
    })
    .await;
}

/// Waits until a record is final on a phone.
async fn settles(peer: &Peer, phone: &Phone, subject: &str, record: &str) {
    knows(phone, subject, record).await;
    until("the record is final", || async {
        peer.order();
        let step = step(phone, subject, record).await;
        matches!(step.status, EventStatus::Final { .. })
    })
    .await;
}

fn keys(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.key.as_str()).collect()
}

fn reason(line: &Line) -> &Param {
    &line.params["reason"]
}

/// A signed block of the peer, and the record in it.
fn at_the_peer(peer: &Peer, record: &str) -> (VerifiedBlock, usize) {
    let at = words_of::parse_record(record).unwrap();
    let block = blocks::of(peer.replica.store(), &at.block).unwrap();
    (block.unwrap(), usize::from(at.index))
}

/// Who tapped "Damage found" by mistake could not say so.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_says_that_what_it_signed_did_not_happen() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let item = factory.commission(1, false).await.remove(0);
    let wrong = signed(&factory, noted("damage-found", &item)).await;
    let before = view(&factory, &item).await;
    let found = step(&factory, &item, &wrong).await;
    assert!(found.may_correct && found.corrected.is_none());

    let action = did_not_occur(&wrong);
    let summary = factory.ask(Prepare { action }).await.unwrap();
    assert_eq!(
        keys(&summary.lines),
        ["sign-correct-did-not-occur", "did-activity", "sign-as"]
    );
    assert_eq!(
        summary.lines[1].params["activity"],
        Param::Key("activity-damage-found".into())
    );
    assert_eq!(summary.warnings, []);
    let correction = signed(&factory, did_not_occur(&wrong)).await;

    // Before any checkpoint, and after one; for its author, and for who may read what is wrong.
    let corrected = step(&factory, &item, &wrong).await.corrected.unwrap();
    assert_eq!(corrected.by, correction);
    assert_eq!(corrected.status, EventStatus::Pending);
    for phone in [&factory, &courier] {
        settles(&peer, phone, &item, &correction).await;
        let step = step(phone, &item, &wrong).await;
        let corrected = step.corrected.unwrap();
        assert!(matches!(corrected.status, EventStatus::Final { .. }));
        assert_eq!(corrected.line.key, "step-was-corrected");
        assert_eq!(
            *reason(&corrected.line),
            Param::Key("correct-reason-did_not_occur".into())
        );
        // What was signed stays, and says what it said.
        assert_eq!(step.place.as_deref(), Some("Ramp 2"));
        assert!(matches!(step.status, EventStatus::Final { .. }));
    }
    let said = step(&courier, &item, &correction).await;
    assert_eq!(said.line.key, "step-corrected");
    assert_eq!(keys(&said.values), ["step-corrects", "step-observed"]);
    assert!(!said.may_correct);
    // No state changes.
    let after = view(&factory, &item).await;
    assert_eq!((after.card, after.owner), (before.card, before.owner));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_names_up_to_three_later_records_that_say_it_right() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let item = phone.commission(1, false).await.remove(0);
    let mut records = Vec::new();
    for activity in ["stored", "picked", "staged", "loaded", "moved"] {
        records.push(signed(&phone, noted(activity, &item)).await);
    }
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let (wrong, right) = (records[0], &records[1..]);
    let many = refused(&phone, incorrect(wrong, right)).await;
    assert_eq!(many.code, "too-many");
    let itself = refused(&phone, incorrect(wrong, &[wrong])).await;
    assert_eq!(itself.code, "corrects-itself");
    knows(&courier, &item, right[3]).await;
    let seen = signed(&courier, noted("seal-broken", &item)).await;
    knows(&phone, &item, &seen).await;
    let theirs = refused(&phone, incorrect(wrong, &[&seen])).await;
    assert_eq!(theirs.code, "not-your-record");

    // Chosen twice is meant once.
    let chosen = [right[0], right[2], right[0]];
    let action = incorrect(wrong, &chosen);
    let summary = phone.ask(Prepare { action }).await.unwrap();
    assert_eq!(
        keys(&summary.lines),
        [
            "sign-correct-incorrect-data",
            "did-activity",
            "sign-correct-right",
            "did-activity",
            "sign-correct-right",
            "did-activity",
            "sign-as"
        ]
    );
    let correction = signed(&phone, incorrect(wrong, &chosen)).await;
    settles(&peer, &phone, &item, &correction).await;
    let (block, index) = at_the_peer(&peer, &correction);
    let record = &block.records()[index];
    let at = |text: &str| words_of::parse_record(text).unwrap();
    assert_eq!(record.cites(), [at(wrong), at(right[0]), at(right[2])]);
    let Body::Correct {
        of,
        reason,
        correctives,
        ..
    } = record.body()
    else {
        panic!("{record:?}");
    };
    assert_eq!((*of, reason.as_str()), (at(wrong), "incorrect_data"));
    assert_eq!(correctives[..], record.cites()[1..]);
    let said = step(&phone, &item, &correction).await;
    assert_eq!(
        keys(&said.values),
        [
            "step-corrects",
            "step-observed",
            "step-corrective",
            "step-observed",
            "step-corrective",
            "step-observed"
        ]
    );

    // None is enough, too.
    signed(&phone, incorrect(right[1], &[])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_member_that_wrote_a_record_corrects_it() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let colleague = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let item = factory.commission(1, false).await.remove(0);
    let wrong = signed(&factory, noted("damage-found", &item)).await;
    for phone in [&courier, &colleague] {
        knows(phone, &item, &wrong).await;
    }
    assert!(!step(&courier, &item, &wrong).await.may_correct);
    let failure = refused(&courier, did_not_occur(&wrong)).await;
    assert_eq!(failure.code, "not-your-record");
    assert_eq!(failure.params["by"], Param::Text("Nansha Tea Works".into()));
    // Another device of the same member does.
    assert!(step(&colleague, &item, &wrong).await.may_correct);
    let correction = signed(&colleague, did_not_occur(&wrong)).await;
    settles(&peer, &factory, &item, &correction).await;
    assert!(step(&factory, &item, &wrong).await.corrected.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_not_corrected() {
    let trial = Trial::new();
    let factory = trial.phone(FACTORY, Role::Qc).await;
    let shop = trial.phone(RETAILER, Role::Shop).await;
    let courier = trial.phone(RETAILER, Role::Courier).await;
    let item = factory.commission(1, false).await.remove(0);
    let offered = signed(&factory, offer(&item, trial.member(RETAILER))).await;
    let mut acceptances = Vec::new();
    for phone in [&shop, &courier] {
        let received = show(&factory, phone, &offered).await.unwrap();
        acceptances.push(signed(phone, accept(&received.handover.offer)).await);
    }
    show(&courier, &shop, &acceptances[1]).await.unwrap();
    let late = step(&shop, &item, &acceptances[1]).await;
    assert!(matches!(late.status, EventStatus::Refused(_)), "{late:?}");
    assert!(!late.may_correct);
    let failure = refused(&shop, did_not_occur(&acceptances[1])).await;
    assert_eq!(failure.code, "record-refused");
    // The one that stands is corrected, and the goods stay where they are all the same.
    let action = did_not_occur(&acceptances[0]);
    let summary = shop.ask(Prepare { action }).await.unwrap();
    assert_eq!(keys(&summary.warnings), ["warn-correct"]);
    signed(&shop, did_not_occur(&acceptances[0])).await;
    assert!(view(&shop, &item).await.card.mine);
}

/// The rules take it: who noticed more, or chose the wrong reason, says it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_corrected_again_after_a_warning() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let item = phone.commission(1, false).await.remove(0);
    let wrong = signed(&phone, noted("stored", &item)).await;
    let first = signed(&phone, incorrect(&wrong, &[])).await;
    let found = step(&phone, &item, &wrong).await;
    assert_eq!(found.corrected.unwrap().by, first);
    assert!(found.may_correct);
    let action = did_not_occur(&wrong);
    let summary = phone.ask(Prepare { action }).await.unwrap();
    assert_eq!(keys(&summary.warnings), ["warn-corrected-before"]);
    let second = signed(&phone, did_not_occur(&wrong)).await;
    let corrected = step(&phone, &item, &wrong).await.corrected.unwrap();
    assert_eq!(corrected.by, second);
    assert_eq!(
        *reason(&corrected.line),
        Param::Key("correct-reason-did_not_occur".into())
    );
    // Of a correction itself none is made.
    let failure = refused(&phone, did_not_occur(&second)).await;
    assert_eq!(failure.code, "not-correctable");
    let nowhere = refused(&phone, did_not_occur("00/0")).await;
    assert_eq!(nowhere.code, "unknown-record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_correct_is_told_so() {
    let trial = Trial::with(Kem::X25519, |policy, _| {
        let mut fewer = Permissions::default();
        for (class, role, kinds) in policy.permissions.rows() {
            let may = |kind: &Kind| role != Role::Warehouse || *kind != Kind::Correct;
            fewer.allow(class, role, kinds.iter().copied().filter(may));
        }
        policy.permissions = fewer;
    });
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let colleague = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let item = phone.commission(1, false).await.remove(0);
    let wrong = signed(&phone, noted("stored", &item)).await;
    assert!(!step(&phone, &item, &wrong).await.may_correct);
    let failure = refused(&phone, did_not_occur(&wrong)).await;
    assert_eq!(failure.code, "not-permitted");
    assert_eq!(failure.params["role"], Param::Key("role-warehouse".into()));
    knows(&colleague, &item, &wrong).await;
    signed(&colleague, did_not_occur(&wrong)).await;
}

/// The correction of a hand-over between two told every member the codes on the goods.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_a_record_and_nobody_else_reads_its_correction() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let item = factory.commission(1, false).await.remove(0);
    let offered = signed(&factory, offer(&item, trial.member(CARRIER))).await;
    let found = signed(&factory, noted("seal-broken", &item)).await;
    let corrections = [
        signed(&factory, did_not_occur(&offered)).await,
        signed(&factory, did_not_occur(&found)).await,
    ];
    settles(&peer, &factory, &item, &corrections[1]).await;
    let audiences = |record: &Record| -> Vec<Audience> {
        let sections = record.sections().iter();
        sections.map(|section| section.audience().clone()).collect()
    };
    let parties = [FACTORY, CARRIER].map(|member| ReaderGroup::from(trial.member(member)));
    let parties = Audience::Parties(parties.into());
    for (wrong, correction, expected) in [
        (&offered, &corrections[0], parties),
        (&found, &corrections[1], Audience::Members),
    ] {
        for record in [wrong, correction] {
            let (block, index) = at_the_peer(&peer, record);
            assert_eq!(
                audiences(&block.records()[index]),
                std::slice::from_ref(&expected)
            );
        }
    }
}

/// Buyers' pages warn of the newest that was not corrected.
#[tokio::test(flavor = "multi_thread")]
async fn the_correction_of_a_recall_says_that_buyers_are_warned_by_it_no_longer() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let item = phone.commission(1, false).await.remove(0);
    let recalled = signed(&phone, noted("recalled", &item)).await;
    let action = did_not_occur(&recalled);
    let summary = phone.ask(Prepare { action }).await.unwrap();
    assert_eq!(
        keys(&summary.lines),
        [
            "sign-correct-did-not-occur",
            "did-activity",
            "sign-correct-recall",
            "sign-as"
        ]
    );
    signed(&phone, did_not_occur(&recalled)).await;
}

/// A slip of the finger warned every receiver for good.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_inspection_that_was_corrected_warns_no_receiver() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let item = factory.commission(1, false).await.remove(0);
    let attest = Action::Attest {
        subject: item.clone(),
        verdict: Verdict::Fail,
        note: None,
        measured: vec![],
        evidence: vec![],
        public: false,
    };
    let failed = signed(&factory, attest).await;
    let offered = signed(&factory, offer(&item, trial.member(CARRIER))).await;
    let warns = || async {
        let action = accept(&offered);
        let summary = courier.ask(Prepare { action }).await.unwrap();
        keys(&summary.warnings).contains(&"warn-failed-inspection")
    };
    knows(&courier, &item, &offered).await;
    until("the receiver is warned", warns).await;
    let correction = signed(&factory, did_not_occur(&failed)).await;
    knows(&courier, &item, &correction).await;
    assert!(!warns().await);
}
