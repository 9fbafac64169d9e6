//! What the app records, as the EPCIS events that a peer of the same member exports.

use chopmark_core::{Code, Group, Kem, Kind, Opener, Quantities, ReaderGroup, Role};
use chopmark_epcis::{CompanyPrefixes, Form, Json, Members};
use chopmark_exchange::{Opened, Style, event};
use chopmark_view::{Action, Home, Subject};

use super::findings::{count, counted, read, reading};
use super::making::batch;
use super::trial::{FACTORY, HOST, Peer, Phone, Trial, until};

async fn code(phone: &Phone, subject: &str) -> String {
    let subject = subject.to_owned();
    let view = phone.ask(Subject { subject }).await.unwrap();
    view.card.code.unwrap()
}

/// The events of a subject's records of some kinds: of the first section of each that the member's
/// peer opens and that has codes, as its export does.
fn events(trial: &Trial, peer: &Peer, subject: &str, kinds: &[Kind]) -> Vec<Members> {
    let opener = Group::ALL
        .iter()
        .fold(Opener::new(trial.genesis.id()), |opener, group| {
            let of = ReaderGroup::new(trial.member(FACTORY), *group);
            opener.with_reader(of, 0, &trial.reader_key(FACTORY))
        });
    let style = Style {
        form: Form::Link,
        host: HOST,
        known: &CompanyPrefixes::default(),
    };
    let mut events = Vec::new();
    for (at, _) in peer.replica.records_of(subject.parse().unwrap()).unwrap() {
        let block = peer.replica.block(at.block).unwrap().unwrap();
        let record = &block.records()[usize::from(at.index)];
        if !kinds.contains(&record.kind()) {
            continue;
        }
        let opener = opener.of(&block);
        for (index, section) in (0_u16..).zip(record.sections()) {
            let bytes = peer.replica.section(section.hash()).unwrap().unwrap();
            let Ok(section) = opener.open(at.index, index, &bytes) else {
                continue;
            };
            let told = Opened {
                at,
                record,
                author: block.header().member(),
                section: &section,
            };
            match event(&told, &style).unwrap().write() {
                Json::Object(members) => events.push(members),
                other => panic!("{other:?}"),
            }
            break;
        }
    }
    events
}

async fn sent(phone: &Phone) {
    until("everything is sent", || async {
        phone.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
}

/// A field of an event, as text.
fn json(members: &Members, field: &str) -> String {
    members.get(field).map(Json::to_string).unwrap_or_default()
}

/// A count said nothing but that somebody counted, and an event of it no quantity.
async fn a_count_is_exported_with_its_amounts(trial: &Trial) {
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let leaf = batch(&phone, "L1", "100").await;
    let dust = batch(&phone, "L2", "7.5").await;
    let item = phone.commission(1, false).await.remove(0);
    let all = [leaf.as_str(), &dust, &item];
    let batches = [counted(&leaf, "99.5", "KGM"), counted(&dust, "7.5", "KGM")];
    let deed = count("count-differs", &all, &batches);
    phone.sign(deed).await.unwrap();
    sent(&phone).await;
    let events = events(trial, &peer, &leaf, &[Kind::Observe]);
    let [event] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(json(event, "bizStep"), "\"stock_taking\"");
    assert_eq!(json(event, "disposition"), "\"mismatch_quantity\"");
    let list = json(event, "quantityList");
    for (subject, amount) in [(&leaf, "99.5"), (&dust, "7.5")] {
        let link = Code::parse(&code(&phone, subject).await)
            .unwrap()
            .digital_link(HOST);
        let one = format!(r#"{{"epcClass":"{link}","quantity":{amount},"uom":"KGM"}}"#);
        assert!(list.contains(&one), "{one} in {list}");
    }
    let items = json(event, "epcList");
    assert!(items.contains("/21/") && !items.contains("/10/"), "{items}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_exported_where_fields_have_amounts() {
    a_count_is_exported_with_its_amounts(&Trial::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_exported_where_sections_have_amounts() {
    let trial = Trial::with(Kem::X25519, |policy, _| {
        policy.quantities = Quantities::Sections;
    });
    a_count_is_exported_with_its_amounts(&trial).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sensor_said_is_exported_as_its_reports() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let item = phone.commission(1, false).await.remove(0);
    let values = [
        reading("Temperature", "-18.5", "CEL"),
        reading("Acceleration", "2", "K40"),
    ];
    // An hour before it is signed.
    let at = super::trial::now_ms() - 3_600_000;
    phone.sign(read(&item, &values, Some(at))).await.unwrap();
    sent(&phone).await;
    let events = events(&trial, &peer, &item, &[Kind::Observe]);
    let [event] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(json(event, "bizStep"), "\"sensor_reporting\"");
    let elements = json(event, "sensorElementList");
    for (kind, value, unit) in [
        ("Temperature", "-18.5", "CEL"),
        ("Acceleration", "2", "K40"),
    ] {
        let report = format!(r#"{{"type":"{kind}","uom":"{unit}","value":{value}}}"#);
        assert!(elements.contains(&report), "{report} in {elements}");
    }
    let time = json(event, "eventTime");
    let read: jiff::Timestamp = time.trim_matches('"').parse().unwrap();
    assert_eq!(u64::try_from(read.as_millisecond()).unwrap(), at);
}

/// What the app packed said no codes to anyone, so no export had it.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_packs_and_takes_out_becomes_aggregation_events() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let made = phone.commission(3, true).await;
    let (case, items) = made.split_last().unwrap();
    let out = Action::Unpack {
        container: case.clone(),
        subjects: items[..2].to_vec(),
    };
    phone.sign(out).await.unwrap();
    let back = Action::Pack {
        container: case.clone(),
        subjects: items[..1].to_vec(),
    };
    phone.sign(back).await.unwrap();
    sent(&phone).await;

    let events = events(&trial, &peer, case, &[Kind::Pack, Kind::Unpack]);
    let expected = [
        ("ADD", "packing", items),
        ("DELETE", "unpacking", &items[..2]),
        ("ADD", "packing", &items[..1]),
    ];
    assert_eq!(events.len(), expected.len(), "{events:?}");
    let link = |code: &str| Json::Text(Code::parse(code).unwrap().digital_link(HOST));
    let parent = link(&code(&phone, case).await);
    for (members, (action, step, children)) in events.iter().zip(expected) {
        let text = |text: &str| Some(Json::Text(text.into()));
        let said = |name: &str| members.get(name).cloned();
        assert_eq!(said("type"), text("AggregationEvent"));
        assert_eq!(said("action"), text(action));
        assert_eq!(said("bizStep"), text(step));
        assert_eq!(said("parentID"), Some(parent.clone()));
        let Some(Json::List(mut named)) = said("childEPCs") else {
            panic!("{members:?}");
        };
        let mut packed = Vec::new();
        for item in children {
            packed.push(link(&code(&phone, item).await));
        }
        // In the order of the record, which is not that in which they were made.
        for list in [&mut named, &mut packed] {
            list.sort_by_key(|one| format!("{one:?}"));
        }
        assert_eq!(named, packed);
    }
}
