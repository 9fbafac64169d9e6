use chopmark_core::Role;
use chopmark_view::{
    Action, Condition, Deed, Discard, EvidenceBegin, EvidenceFinish, Findings, Found, FrameShow,
    Labels, Lookup, NewItems, Prepare, SaveLabels, Sign, Subject, Verdict,
};
use serde_json::json;

use super::trial::{CARRIER, FACTORY, GTIN, HOST, Phone, Trial, photo};

fn prepare(action: Action) -> Prepare {
    Prepare { action }
}

fn items(gtin: &str, product: &str, count: u32) -> Prepare {
    let (gtin, product) = (gtin.into(), product.into());
    prepare(Action::Commission(NewItems {
        gtin,
        product,
        count,
        in_case: false,
        sealed: false,
        place: None,
    }))
}

async fn foreign(phone: &Phone, text: &str) -> String {
    match phone.ask(Lookup { text: text.into() }).await.unwrap() {
        Found::Foreign(failure) => failure.code,
        other => panic!("{other:?}"),
    }
}

fn labels(subjects: Vec<String>) -> Labels {
    Labels {
        subjects,
        under_seals: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_cannot_be_commissioned() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    assert_eq!(
        phone.refused(items(GTIN, "Tea", 0)).await,
        "count-out-of-range"
    );
    assert_eq!(
        phone.refused(items(GTIN, "Tea", 201)).await,
        "count-out-of-range"
    );
    assert_eq!(phone.refused(items(GTIN, "  ", 1)).await, "product-missing");
    assert_eq!(
        phone.refused(items(GTIN, &"x".repeat(300), 1)).await,
        "text-too-long"
    );
    assert_eq!(
        phone.refused(items("09506000134353", "Tea", 1)).await,
        "code-check-digit"
    );
    assert_eq!(
        phone.refused(items("0950600013435", "Tea", 1)).await,
        "code-check-digit"
    );
    assert_eq!(phone.refused(items("12", "Tea", 1)).await, "code-length");
    assert_eq!(
        phone.refused(items("4006381333931", "Tea", 1)).await,
        "not-your-prefix"
    );
    let courier = trial.phone(CARRIER, Role::Courier).await;
    assert_eq!(courier.refused(items(GTIN, "Tea", 1)).await, "no-prefix");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_cannot_be_moved() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let subjects = phone.commission(3, true).await;
    let loose = phone.commission(1, false).await.remove(0);
    let (item, case) = (&subjects[0], &subjects[3]);
    let offer = |subject: &str, to: String| {
        prepare(Action::Offer {
            subject: subject.into(),
            to,
            place: None,
        })
    };
    let carrier = trial.member(CARRIER).to_string();
    assert_eq!(
        phone.refused(offer(item, carrier.clone())).await,
        "inside-container"
    );
    assert_eq!(
        phone.refused(offer(&"0".repeat(64), carrier.clone())).await,
        "unknown-subject"
    );
    assert_eq!(
        phone.refused(offer("?", carrier.clone())).await,
        "unknown-subject"
    );
    assert_eq!(
        phone.refused(offer(case, "0".repeat(64))).await,
        "unknown-member"
    );
    assert_eq!(
        phone
            .refused(offer(case, trial.member(FACTORY).to_string()))
            .await,
        "self-addressee"
    );

    let pack = |container: &str, subjects: &[&str]| {
        let subjects = subjects
            .iter()
            .map(|subject| (*subject).to_owned())
            .collect();
        prepare(Action::Pack {
            container: container.into(),
            subjects,
        })
    };
    assert_eq!(phone.refused(pack(case, &[])).await, "nothing-chosen");
    assert_eq!(phone.refused(pack(case, &[item])).await, "already-packed");
    assert_eq!(phone.refused(pack(case, &[case])).await, "inside-itself");
    let unpack = Action::Unpack {
        container: case.clone(),
        subjects: vec![loose.clone()],
    };
    assert_eq!(phone.refused(prepare(unpack)).await, "not-inside");

    // Two drafts of one act: the second no longer holds once the first is signed.
    let first = phone.ask(offer(case, carrier.clone())).await.unwrap();
    let second = phone.ask(offer(case, carrier.clone())).await.unwrap();
    phone.ask(Sign { draft: first.draft }).await.unwrap();
    assert_eq!(
        phone
            .refused(Sign {
                draft: second.draft
            })
            .await,
        "draft-overtaken"
    );
    assert_eq!(
        phone.refused(offer(case, carrier)).await,
        "open-offer-exists"
    );
    assert_eq!(
        phone
            .refused(Sign {
                draft: "gone".into()
            })
            .await,
        "unknown-draft"
    );
    assert_eq!(
        phone
            .refused(Discard {
                draft: "gone".into()
            })
            .await,
        "unknown-draft"
    );

    let accept = |offer: &str| {
        prepare(Action::Accept {
            offer: offer.into(),
            condition: Condition::Good,
            seal: None,
            left: Vec::new(),
            evidence: Vec::new(),
            note: None,
        })
    };
    let view = phone
        .ask(Subject {
            subject: case.clone(),
        })
        .await
        .unwrap();
    assert_eq!(
        phone.refused(accept(&view.offer.unwrap())).await,
        "not-addressee"
    );
    assert_eq!(phone.refused(accept("nonsense")).await, "no-such-offer");
    assert_eq!(
        phone
            .refused(accept(&format!("{}/0", "0".repeat(64))))
            .await,
        "no-such-offer"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_cannot_be_attested_or_printed() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let item = phone.commission(1, false).await.remove(0);
    let attest = |note: String, evidence: Vec<String>| {
        let (subject, verdict) = (item.clone(), Verdict::Pass);
        prepare(Action::Attest {
            subject,
            verdict,
            note: Some(note),
            measured: vec![],
            evidence,
            public: true,
        })
    };
    assert_eq!(
        phone.refused(attest("x".repeat(2001), vec![])).await,
        "text-too-long"
    );
    assert_eq!(
        phone
            .refused(attest(String::new(), vec!["0".repeat(64)]))
            .await,
        "evidence-unknown"
    );
    assert_eq!(
        phone
            .refused(attest(String::new(), vec![String::new(); 33]))
            .await,
        "too-many"
    );
    let deed = Action::Deed(Deed {
        activity: "dancing".into(),
        subjects: vec![item.clone()],
        place: None,
        note: None,
        evidence: Vec::new(),
        public: false,
        findings: Findings::Nothing,
    });
    assert_eq!(phone.refused(prepare(deed)).await, "activity-unknown");
    assert_eq!(phone.refused(labels(Vec::new())).await, "nothing-chosen");
    assert_eq!(
        phone.refused(labels(vec!["0".repeat(64)])).await,
        "code-not-known"
    );
    // Where the screens run in a browser, it saves by itself.
    let subjects = vec!["0".repeat(64)];
    let save = SaveLabels {
        subjects,
        under_seals: false,
    };
    assert_eq!(phone.refused(save).await, "no-downloads");
    assert_eq!(
        phone.refused(FrameShow { record: "?".into() }).await,
        "unknown-record"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_is_wrong_with_evidence() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let begin = |media_type: &str, length: u64| EvidenceBegin {
        media_type: media_type.into(),
        length,
        caption: String::new(),
    };
    assert_eq!(phone.refused(begin("text/html", 5)).await, "evidence-type");
    assert_eq!(phone.refused(begin("image/png", 0)).await, "evidence-empty");
    assert_eq!(
        phone.refused(begin("video/mp4", u64::MAX)).await,
        "evidence-too-large"
    );
    assert_eq!(
        phone
            .attach("image/jpeg", b"not a picture")
            .await
            .unwrap_err()
            .code,
        "image-damaged"
    );

    let upload = phone.ask(begin("video/mp4", 10)).await.unwrap().upload;
    let chunk = async |bytes: &[u8]| {
        phone
            .client
            .evidence_chunk(&upload, bytes)
            .await
            .map_err(|failure| failure.code)
    };
    assert_eq!(
        chunk(&vec![0; 300_000]).await.unwrap_err(),
        "chunk-too-large"
    );
    assert_eq!(chunk(b"12345").await.unwrap().taken, 5);
    assert_eq!(
        phone
            .refused(EvidenceFinish {
                upload: upload.clone()
            })
            .await,
        "upload-incomplete"
    );
    assert_eq!(chunk(b"1234567").await.unwrap_err(), "upload-overlong");
    assert_eq!(chunk(b"1").await.unwrap_err(), "upload-unknown");
    for _ in 0..4 {
        phone.ask(begin("video/mp4", 10)).await.unwrap();
    }
    assert_eq!(phone.refused(begin("video/mp4", 10)).await, "uploads-full");

    let read = async |id: &str| {
        phone
            .client
            .evidence_read(id, 0)
            .await
            .map_err(|failure| failure.code)
    };
    assert_eq!(read("?").await.unwrap_err(), "evidence-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_evidence_file_is_absent() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let id = phone.attach("image/jpeg", &photo()).await.unwrap().id;
    std::fs::remove_file(phone.path().join("evidence").join(&id)).unwrap();
    assert_eq!(
        phone.client.evidence_read(&id, 0).await.unwrap_err().code,
        "evidence-absent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_foreign_codes_from_unknown_ones() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    assert_eq!(
        foreign(&phone, "https://example.com/01/09506000134352/21/1").await,
        "link-foreign"
    );
    assert_eq!(foreign(&phone, "0123456789ABCDEF").await, "serial-unknown");
    assert_eq!(
        foreign(&phone, "(01)09506000134353(21)1").await,
        "code-check-digit"
    );
    assert_eq!(foreign(&phone, "hello world").await, "code-foreign");
    assert_eq!(foreign(&phone, " ").await, "code-empty");
    let link = format!("https://{HOST}/01/{GTIN}/21/NEVERMADE");
    let Found::UnknownCode { issuer, .. } = phone.ask(Lookup { text: link }).await.unwrap() else {
        panic!()
    };
    assert_eq!(issuer.as_deref(), Some("Nansha Tea Works"));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_commands_and_arguments_that_do_not_fit() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    assert_eq!(
        phone.raw("dance", json!({})).await.unwrap_err().code,
        "unknown-command"
    );
    assert_eq!(
        phone
            .raw("subject", json!({"subject": 5}))
            .await
            .unwrap_err()
            .code,
        "bad-arguments"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn says_so_when_another_process_has_the_replica() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let unlock = || chopmark_view::Unlock {
        passphrase: super::trial::PASSPHRASE.into(),
    };
    let second = crate::Client::open(phone.path(), super::trial::phone_strength())
        .await
        .unwrap();
    let args = serde_json::to_value(unlock()).unwrap();
    assert_eq!(
        second.dispatch("unlock", args).await.unwrap_err().code,
        "store-busy"
    );
}
