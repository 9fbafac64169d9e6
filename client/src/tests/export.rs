//! What the app records, as the EPCIS events that a peer of the same member exports.

use chopmark_core::{Body, Code, Group, Opener, ReaderGroup, Role};
use chopmark_epcis::{CompanyPrefixes, Form, Json, Members};
use chopmark_exchange::{Opened, Style, event};
use chopmark_view::{Action, Home, Subject};

use super::trial::{FACTORY, HOST, Peer, Phone, Trial, until};

async fn code(phone: &Phone, subject: &str) -> String {
    let subject = subject.to_owned();
    let view = phone.ask(Subject { subject }).await.unwrap();
    view.card.code.unwrap()
}

/// The aggregations of a container: of each section that the member's peer opens and that has
/// codes, as its export does.
fn aggregations(trial: &Trial, peer: &Peer, container: &str) -> Vec<Members> {
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
    for (at, _) in peer.replica.records_of(container.parse().unwrap()).unwrap() {
        let block = peer.replica.block(at.block).unwrap().unwrap();
        let record = &block.records()[usize::from(at.index)];
        if !matches!(record.body(), Body::Pack { .. } | Body::Unpack { .. }) {
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
        }
    }
    events
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
    until("everything is sent", || async {
        phone.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;

    let events = aggregations(&trial, &peer, case);
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
