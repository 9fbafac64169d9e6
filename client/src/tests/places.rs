use std::collections::BTreeSet;

use chopmark_core::{Bundle, Code, Report, Role, SectionBody, Warning};
use chopmark_view::{Action, Deed, Findings, Home, Param, Prepare, Subject, Summary};

use super::trial::{FACTORY, Peer, Phone, Trial, phone_strength, until};
use crate::{ClientConfig, Ports};

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
        public: false,
        findings: Findings::Nothing,
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
    phone_at(trial, list, None).await
}

async fn phone_at(trial: &Trial, list: &str, peer: Option<&Peer>) -> (tempfile::TempDir, Phone) {
    let folder = tempfile::tempdir().unwrap();
    let ports = folder.path().join("ports.json");
    std::fs::write(&ports, list).unwrap();
    let config = ClientConfig {
        ports: Ports::File(ports),
        ..phone_strength()
    };
    let phone = trial.phone_with(FACTORY, Role::Qc, config, peer).await;
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

/// Positions stood where members read alone, so a buyer's browser had nothing to compare.
#[tokio::test(flavor = "multi_thread")]
async fn places_shown_on_the_label_are_compared_on_the_consumers_page() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let (_list, phone) = phone_at(&trial, PORTS, Some(&peer)).await;
    let item = phone.commission(1, false).await.remove(0);
    let shown = |place: &str| match stored(&item, place) {
        Action::Deed(deed) => Action::Deed(Deed {
            public: true,
            ..deed
        }),
        other => other,
    };
    let summary = prepare(&phone, shown("CNNSA")).await;
    assert!(
        summary
            .lines
            .iter()
            .any(|line| line.key == "sign-place-public")
    );
    phone.sign(shown("CNNSA")).await.unwrap();
    phone.sign(stored(&item, "NLRTM")).await.unwrap();
    let report = as_a_buyer_sees(&phone, &peer, &item).await;
    let told = |report: &Report| -> Vec<Option<String>> {
        let sections = report.journey.iter().map(|step| &step.sections);
        let bodies = sections.flatten().map(|section| &section.body);
        bodies
            .map(|body| body.place.clone())
            .filter(Option::is_some)
            .collect()
    };
    // The other one is for members.
    assert_eq!(told(&report), [Some("Nansha, China (CNNSA)".to_owned())]);
    assert_eq!(report.warnings, []);

    phone.sign(shown("NLRTM")).await.unwrap();
    let report = as_a_buyer_sees(&phone, &peer, &item).await;
    let warnings: Vec<&str> = report.warnings.iter().map(Warning::code).collect();
    assert_eq!(warnings, ["impossible-journey"]);
}

/// A recall stood where members read alone, so a buyer's page said nothing of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_recall_is_told_to_buyers_and_no_other_word_is() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let (_list, phone) = phone_at(&trial, PORTS, Some(&peer)).await;
    let item = phone.commission(1, false).await.remove(0);
    let deed = |activity: &str| match stored(&item, "Hall 3") {
        Action::Deed(deed) => Action::Deed(Deed {
            activity: activity.into(),
            note: Some("for members".into()),
            ..deed
        }),
        other => other,
    };
    let told = |summary: &Summary| {
        let mut lines = summary.lines.iter();
        lines.any(|line| line.key == "sign-recall-public")
    };
    assert!(told(&prepare(&phone, deed("recalled")).await));
    assert!(!told(&prepare(&phone, deed("stored")).await));
    phone.sign(deed("stored")).await.unwrap();
    phone.sign(deed("recalled")).await.unwrap();
    phone.sign(deed("recall-ended")).await.unwrap();
    let report = as_a_buyer_sees(&phone, &peer, &item).await;
    let steps = report.journey.iter().skip(1);
    let bodies = steps.flat_map(|step| step.sections.iter().map(|section| &section.body));
    let said = |disposition: &str| SectionBody {
        disposition: Some(disposition.into()),
        ..SectionBody::default()
    };
    let both = [&said("recalled"), &said("available")];
    assert_eq!(bodies.collect::<Vec<_>>(), both);
}

/// The history that a gateway gives of what is final, checked as a browser does.
async fn as_a_buyer_sees(phone: &Phone, peer: &Peer, subject: &str) -> Report {
    until("everything is sent", || async {
        phone.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
    peer.order();
    let subject = subject.to_owned();
    let card = phone.ask(Subject { subject }).await.unwrap().card;
    let code = Code::parse(&card.code.unwrap()).unwrap();
    let replica = &peer.replica;
    let bundle = replica.read_final(|ledger| {
        let newest = replica.checkpoint(ledger.tip().height).unwrap().unwrap();
        let as_of = newest.signed_header();
        Bundle::assemble(
            ledger,
            replica.genesis(),
            as_of,
            replica,
            &code.hash().into(),
        )
        .unwrap()
    });
    bundle.verify(&code, replica.network()).unwrap()
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
    let missing = |summary: &Summary| {
        let mut keys = summary.warnings.iter().map(|line| line.key.as_str());
        keys.any(|key| key == "warn-no-ports")
    };
    assert!(missing(&summary));
    assert!(!missing(&prepare(&phone, stored(&item, "Depot")).await));
}

/// An installed app has no file: its list is in the program.
#[test]
fn a_list_in_the_program_is_read() {
    use crate::places::Places;
    let config = ClientConfig {
        ports: Ports::Text(PORTS),
        ..ClientConfig::default()
    };
    assert!(format!("{:?}", Places::load(&config.ports)).contains("Nansha"));
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

/// The page of a warehouse has what lies there, until it is seen elsewhere, leaves or goes into
/// something else.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_shows_what_was_seen_there_last() {
    use chopmark_view::{Make, NewThing};
    let trial = Trial::new();
    let (_list, phone) = phone(&trial, PORTS).await;
    let halls = ["(414)9506000134376", "(414)9506000134383"];
    let mut places = Vec::new();
    for gln in halls {
        let hall = NewThing {
            code: gln.into(),
            name: None,
            place: None,
        };
        let signed = phone.sign(Action::Make(Make::Thing(hall))).await.unwrap();
        places.extend(signed.subjects);
    }
    let made = phone.commission(2, true).await;
    let (case, items) = made.split_last().unwrap();
    let one = phone.commission(1, false).await.remove(0);
    let two = phone.commission(1, false).await.remove(0);
    // What was signed is read in the background, and what is read at once has no order.
    let comes = async |place: &String, expected: &[&String]| {
        let expected: BTreeSet<&String> = expected.iter().copied().collect();
        until("the place shows it", || async {
            let subject = place.clone();
            let view = phone.ask(Subject { subject }).await.unwrap();
            let here = view.seen_here.iter().map(|card| &card.subject);
            here.collect::<BTreeSet<_>>() == expected
        })
        .await;
    };
    for thing in [case, &one, &two] {
        phone.sign(stored(thing, halls[0])).await.unwrap();
    }
    comes(&places[0], &[case, &one, &two]).await;
    // What lies in something is where that is.
    phone.sign(stored(&items[0], halls[0])).await.unwrap();
    let pack = Action::Pack {
        container: case.clone(),
        subjects: vec![two.clone()],
    };
    phone.sign(pack).await.unwrap();
    comes(&places[0], &[case, &one]).await;
    // Elsewhere, and back again.
    phone.sign(stored(&one, halls[1])).await.unwrap();
    comes(&places[1], &[&one]).await;
    comes(&places[0], &[case]).await;
    phone.sign(stored(&one, halls[0])).await.unwrap();
    comes(&places[0], &[case, &one]).await;
    comes(&places[1], &[]).await;
    let Action::Deed(mut deed) = stored(&one, halls[0]) else {
        panic!("no deed");
    };
    deed.activity = "departed".into();
    phone.sign(Action::Deed(deed)).await.unwrap();
    comes(&places[0], &[case]).await;
}
