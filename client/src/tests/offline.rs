use chopmark_core::Role;
use chopmark_view::{
    Action, EventStatus, Found, Home, Labels, Lookup, NewItems, Outbox, OutboxState, Param,
    Prepare, Products, Recent, Subject, SubjectKind, Verdict,
};

use super::trial::{FACTORY, GTIN, HOST, PREFIX, Trial, photo};

#[tokio::test(flavor = "multi_thread")]
async fn commissions_a_case_and_finds_it_again() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let items = NewItems {
        gtin: GTIN.into(),
        product: "Oolong".into(),
        count: 20,
        in_case: true,
        sealed: false,
        place: None,
    };
    let summary = phone
        .ask(Prepare {
            action: Action::Commission(items),
        })
        .await
        .unwrap();
    let keys: Vec<&str> = summary.lines.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "sign-commission",
            "sign-commission-case",
            "sign-pack",
            "sign-as"
        ]
    );
    let signed = phone
        .ask(chopmark_view::Sign {
            draft: summary.draft,
        })
        .await
        .unwrap();
    let (case, tea) = signed.subjects.split_last().unwrap();
    assert_eq!(tea.len(), 20);

    let labels = phone
        .ask(Labels {
            subjects: signed.subjects.clone(),
            under_seals: false,
        })
        .await
        .unwrap();
    assert_eq!((labels.labels.len(), labels.sheets.len()), (21, 2));
    let link = &labels.labels[0].link;
    assert!(
        link.starts_with(&format!("https://{HOST}/01/{GTIN}/21/")),
        "{link}"
    );
    assert_eq!(labels.labels[0].text[0], "Oolong");
    assert!(
        labels.labels[20].link.contains("/00/"),
        "{}",
        labels.labels[20].link
    );

    let Found::Subject(card) = phone.ask(Lookup { text: link.clone() }).await.unwrap() else {
        panic!("not found")
    };
    assert_eq!(
        (card.subject.as_str(), card.product.as_deref()),
        (tea[0].as_str(), Some("Oolong"))
    );
    assert!(card.mine && card.inside.is_some() && card.kind == SubjectKind::Item);
    // The serial alone, as a person types it.
    let serial = link.rsplit('/').next().unwrap().to_lowercase();
    assert_eq!(
        phone.ask(Lookup { text: serial }).await.unwrap(),
        Found::Subject(card)
    );

    let view = phone
        .ask(Subject {
            subject: tea[0].clone(),
        })
        .await
        .unwrap();
    assert_eq!(
        view.container.map(|container| container.subject).as_ref(),
        Some(case)
    );
    let view = phone
        .ask(Subject {
            subject: case.clone(),
        })
        .await
        .unwrap();
    assert_eq!(
        (view.card.kind, view.contents.len()),
        (SubjectKind::Unit, 20)
    );
    let steps: Vec<&str> = view
        .journey
        .iter()
        .map(|step| step.line.key.as_str())
        .collect();
    assert_eq!(steps, ["step-commissioned", "step-filled"]);
    assert!(
        view.journey
            .iter()
            .all(|step| step.status == EventStatus::Pending)
    );

    let products = phone.ask(Products {}).await.unwrap();
    assert_eq!(
        (
            products.prefixes[0].as_str(),
            products.products[0].name.as_str()
        ),
        (PREFIX, "Oolong")
    );
    assert_eq!(
        phone.ask(Recent { limit: 5 }).await.unwrap().subjects.len(),
        5
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_what_was_done_and_what_waits_for_a_network() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let subjects = phone.commission(12, false).await;
    let home = phone.ask(Home {}).await.unwrap();
    assert_eq!(
        (home.me.role.as_str(), home.me.member.as_str()),
        ("role-qc", "Nansha Tea Works")
    );
    assert_eq!((home.counts.held, home.to_inspect.len()), (12, 12));
    assert_eq!(home.activity[0].line.key, "did-commission");
    assert_eq!(home.activity[0].line.params["count"], Param::Number(12));

    let evidence = phone.attach("image/jpeg", &photo()).await.unwrap();
    phone
        .sign(Action::Attest {
            subject: subjects[0].clone(),
            verdict: Verdict::Pass,
            note: Some("leaves whole".into()),
            measured: vec![],
            evidence: vec![evidence.id.clone()],
            public: true,
        })
        .await
        .unwrap();
    super::trial::until("the attested item leaves the list", || async {
        phone.ask(Home {}).await.unwrap().to_inspect.len() == 11
    })
    .await;
    let view = phone
        .ask(Subject {
            subject: subjects[0].clone(),
        })
        .await
        .unwrap();
    let step = view.journey.last().unwrap();
    assert_eq!(
        (step.line.key.as_str(), step.note.as_deref()),
        ("step-attested", Some("leaves whole"))
    );
    assert_eq!(
        (step.evidence[0].id.as_str(), step.evidence[0].here),
        (evidence.id.as_str(), true)
    );

    let outbox = phone.ask(Outbox {}).await.unwrap();
    assert_eq!(outbox.items.len(), 2);
    assert!(
        outbox
            .items
            .iter()
            .all(|item| item.state == OutboxState::Unsent && item.bytes > 0)
    );
    assert_eq!(outbox.evidence_unsent, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cleans_photos_and_reads_them_back() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let photo = photo();
    let evidence = phone.attach("image/jpeg", &photo).await.unwrap();
    let bytes = phone.client.evidence_read(&evidence.id, 0).await.unwrap();
    assert_eq!(bytes.len() as u64, evidence.length);
    assert!(!bytes.windows(4).any(|window| window == b"home"));
    assert!(
        phone
            .client
            .evidence_read(&evidence.id, evidence.length)
            .await
            .unwrap()
            .is_empty()
    );
    let tail = phone.client.evidence_read(&evidence.id, 10).await.unwrap();
    assert_eq!(tail, bytes[10..]);

    // A video is sealed while it comes.
    let video: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let evidence = phone.attach("video/webm;codecs=vp8", &video).await.unwrap();
    assert_eq!(
        (evidence.media_type.as_str(), evidence.length),
        ("video/webm", 3_000_000)
    );
    let mut read = Vec::new();
    loop {
        let bytes = phone
            .client
            .evidence_read(&evidence.id, read.len() as u64)
            .await
            .unwrap();
        if bytes.is_empty() {
            break;
        }
        read.extend(bytes);
    }
    assert_eq!(read, video);
}
