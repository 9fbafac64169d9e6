use chopmark_core::Role;
use chopmark_view::{Action, Deed, Param, Prepare, Subject, Summary};

use super::trial::{FACTORY, Phone, Trial, phone_strength};
use crate::ClientConfig;

/// Two ports in the form of npm's `sea-ports`.
const PORTS: &str = r#"{
    "CNNSA": {"name": "Nansha", "country": "China", "coordinates": [113.6, 22.6], "unlocs": ["CNNSA"]},
    "NLRTM": {"name": "Rotterdam", "country": "Netherlands", "coordinates": [4.5, 51.9], "unlocs": ["NLRTM"]}
}"#;

fn stored(subject: &str, place: &str) -> Action {
    Action::Deed(Deed {
        activity: "stored".into(),
        subjects: vec![subject.to_owned()],
        place: Some(place.to_owned()),
        note: None,
        evidence: Vec::new(),
    })
}

/// What the summary says under a key.
fn said(summary: &Summary, key: &str) -> Option<String> {
    let line = summary.lines.iter().find(|line| line.key == key)?;
    match line.params.values().next()? {
        Param::Text(text) => Some(text.clone()),
        other => panic!("{other:?}"),
    }
}

async fn prepare(phone: &Phone, action: Action) -> Summary {
    phone.ask(Prepare { action }).await.unwrap()
}

async fn warnings(phone: &Phone, subject: &str) -> Vec<String> {
    let subject = subject.to_owned();
    let view = phone.ask(Subject { subject }).await.unwrap();
    view.warnings.into_iter().map(|line| line.key).collect()
}

async fn phone(trial: &Trial, list: &str) -> (tempfile::TempDir, Phone) {
    let folder = tempfile::tempdir().unwrap();
    let ports = folder.path().join("ports.json");
    std::fs::write(&ports, list).unwrap();
    let config = ClientConfig {
        ports: Some(ports),
        ..phone_strength()
    };
    let phone = trial.phone_with(FACTORY, Role::Qc, config, None).await;
    (folder, phone)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_by_its_code_gets_name_and_position_and_two_at_once_are_a_warning() {
    let trial = Trial::new();
    let (_list, phone) = phone(&trial, PORTS).await;
    let item = phone.commission(1, false).await.remove(0);
    let summary = prepare(&phone, stored(&item, "CN NSA")).await;
    assert_eq!(
        said(&summary, "sign-port").as_deref(),
        Some("Nansha, China (CNNSA)")
    );
    assert_eq!(
        said(&summary, "sign-position").as_deref(),
        Some("22.6, 113.6")
    );
    phone.sign(stored(&item, "CN NSA")).await.unwrap();
    let view = phone
        .ask(Subject {
            subject: item.clone(),
        })
        .await
        .unwrap();
    let last = view.journey.last().unwrap();
    assert_eq!(last.place.as_deref(), Some("Nansha, China (CNNSA)"));
    // The far shore of the delta is near enough.
    phone
        .sign(stored(&item, "geo:22.4,113.9;u=30"))
        .await
        .unwrap();
    assert_eq!(warnings(&phone, &item).await, [""; 0]);
    phone.sign(stored(&item, "NLRTM")).await.unwrap();
    assert_eq!(warnings(&phone, &item).await, ["warn-impossible-journey"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_would_mislead_is_not_taken_from_the_list() {
    let list = PORTS
        .replace("Nansha", "Nan\u{202e}sha")
        .replace("Rotterdam", &"Rotterdam ".repeat(40));
    let trial = Trial::new();
    let (_list, phone) = phone(&trial, &list).await;
    let item = phone.commission(1, false).await.remove(0);
    for code in ["CNNSA", "NLRTM"] {
        let summary = prepare(&phone, stored(&item, code)).await;
        assert_eq!(said(&summary, "sign-place").as_deref(), Some(code));
        assert_eq!(said(&summary, "sign-port"), None, "{code}");
        assert!(said(&summary, "sign-position").is_some(), "{code}");
        phone.sign(stored(&item, code)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_and_codes_of_no_port_stay_what_was_typed() {
    let trial = Trial::new();
    let (_list, phone) = phone(&trial, PORTS).await;
    let item = phone.commission(1, false).await.remove(0);
    for place in ["Gate 3", "cnnsa", "DEPOT", "geo:95,0", "(414)9506000134376"] {
        let summary = prepare(&phone, stored(&item, place)).await;
        assert_eq!(said(&summary, "sign-place").as_deref(), Some(place));
        assert_eq!(said(&summary, "sign-port"), None, "{place}");
        assert_eq!(said(&summary, "sign-position"), None, "{place}");
    }
}

/// The list is an aid: a broken one keeps nobody from signing.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_readable_list_a_port_is_a_word() {
    let trial = Trial::new();
    let (_list, phone) = phone(&trial, "[").await;
    let item = phone.commission(1, false).await.remove(0);
    let summary = prepare(&phone, stored(&item, "CNNSA")).await;
    assert_eq!(said(&summary, "sign-place").as_deref(), Some("CNNSA"));
    assert_eq!(said(&summary, "sign-position"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_of_the_ledger_gives_its_position_on() {
    use chopmark_view::{Make, NewThing};
    let trial = Trial::new();
    let (_list, phone) = phone(&trial, PORTS).await;
    let item = phone.commission(1, false).await.remove(0);
    let gln = "(414)9506000134376";
    let hall = NewThing {
        code: gln.into(),
        name: Some("Hall 2".into()),
        place: Some("CNNSA".into()),
    };
    phone.sign(Action::Make(Make::Thing(hall))).await.unwrap();
    let summary = prepare(&phone, stored(&item, "9506000134376")).await;
    assert_eq!(said(&summary, "sign-port"), None);
    let summary = prepare(&phone, stored(&item, gln)).await;
    assert_eq!(
        said(&summary, "sign-position").as_deref(),
        Some("22.6, 113.6")
    );
}
