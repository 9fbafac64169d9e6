use chopmark_core::{Jurisdiction, Kem, Kind, Role};
use chopmark_view::{
    BadRow, ColumnsView, Home, ImportBad, ImportBegin, ImportChunk, ImportColumns, ImportKind,
    ImportRead, ImportSign, ImportStage, ImportStep, ImportStop, ImportView, Param, TableMapping,
};
use std::collections::BTreeSet;

use super::trial::{CUSTOMS, FACTORY, GTIN, Phone, Trial};

/// A factory's table of so many items.
fn table(items: std::ops::Range<u32>) -> String {
    let mut text = "Time,GTIN,Serial,Product\n".to_owned();
    for item in items {
        text += &format!("2026-07-01T08:00:00Z,{GTIN},S{item:06},Oolong\n");
    }
    text
}

/// An EPCIS document with these events.
pub(super) fn document(events: &[String]) -> String {
    format!(
        r#"{{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-07-02T10:00:00Z","epcisBody":{{"eventList":[{}]}}}}"#,
        events.join(",")
    )
}

pub(super) async fn bring(phone: &Phone, kind: ImportKind, text: &str) -> String {
    let length = text.len() as u64;
    let begun = phone.ask(ImportBegin { kind, length }).await.unwrap();
    for chunk in text.as_bytes().chunks(begun.chunk as usize) {
        let (import, bytes) = (begun.import.clone(), chunk.to_vec());
        phone.ask(ImportChunk { import, bytes }).await.unwrap();
    }
    begun.import
}

async fn columns(phone: &Phone, import: &str) -> ColumnsView {
    let import = import.to_owned();
    phone.ask(ImportColumns { import }).await.unwrap()
}

pub(super) async fn read(phone: &Phone, import: &str, mapping: Option<TableMapping>) -> ImportView {
    let import = import.to_owned();
    phone.ask(ImportRead { import, mapping }).await.unwrap()
}

/// What the screen does: one piece of work after the other while there is one.
pub(super) async fn work(phone: &Phone, import: &str, mut view: ImportView) -> ImportView {
    while view.stage.is_working() {
        let import = import.to_owned();
        view = phone.ask(ImportStep { import }).await.unwrap();
    }
    view
}

pub(super) async fn sign(phone: &Phone, import: &str, skip_bad: bool) -> ImportView {
    let import = import.to_owned();
    phone.ask(ImportSign { import, skip_bad }).await.unwrap()
}

async fn held(phone: &Phone) -> u64 {
    phone.ask(Home {}).await.unwrap().counts.held
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_tried_as_a_whole_and_the_rest_of_a_bad_one_only_on_demand() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let mut text = table(0..3);
    // No cell of it is wrong, but a serial twice is against the rules; the last has a bad GTIN.
    text += &format!("2026-07-01T08:00:00Z,{GTIN},S000001,Oolong\n");
    text += "2026-07-01T08:00:00Z,09506000134353,S000009,Oolong\n";
    let import = bring(&phone, ImportKind::Table, &text).await;
    let asked = columns(&phone, &import).await;
    assert!(!asked.is_known);
    assert_eq!(asked.headings, ["Time", "GTIN", "Serial", "Product"]);
    // A table is most likely of where the device is.
    let here = jiff::Zoned::now().strftime("%:z").to_string();
    assert_eq!(asked.mapping.fixed["eventTimeZoneOffset"], here);
    let view = read(&phone, &import, Some(asked.mapping)).await;
    let view = work(&phone, &import, view).await;
    assert_eq!(view.stage, ImportStage::Tried);
    let bad: Vec<(u64, &str)> = view
        .bad
        .iter()
        .map(|row| (row.number, row.why.code.as_str()))
        .collect();
    assert_eq!(bad, [(5, "already-commissioned"), (6, "row-unreadable")]);
    assert_eq!((view.total, view.good), (5, 3));
    // Of how many it is said how many were tried: what is refused counts among them.
    assert_eq!((view.tried, view.to_try), (4, 4));
    // In words of the screens; the library's text stands behind them.
    let why = &view.bad[1].why.params;
    assert_eq!(why["why"], Param::Key("row-cell".to_owned()));
    assert!(
        matches!(&why["detail"], Param::Text(text) if text.contains("check digit")),
        "{why:?}"
    );

    let refused = phone
        .refused(ImportSign {
            import: import.clone(),
            skip_bad: false,
        })
        .await;
    assert_eq!(
        (refused.as_str(), held(&phone).await),
        ("import-has-bad", 0)
    );
    let view = sign(&phone, &import, true).await;
    let view = work(&phone, &import, view).await;
    assert_eq!(
        (view.stage, view.signed, view.blocks, view.bad_count),
        (ImportStage::Signed, 3, 1, 2)
    );
    assert_eq!(held(&phone).await, 3);

    // The next table with these columns asks nothing.
    let import = bring(&phone, ImportKind::Table, &table(10..12)).await;
    let asked = columns(&phone, &import).await;
    assert!(asked.is_known);
    let view = read(&phone, &import, Some(asked.mapping)).await;
    assert_eq!(work(&phone, &import, view).await.bad_count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_stops_between_two_blocks_and_says_what_was_signed() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let import = bring(&phone, ImportKind::Table, &table(0..600)).await;
    let asked = columns(&phone, &import).await;
    let view = read(&phone, &import, Some(asked.mapping)).await;
    let view = work(&phone, &import, view).await;
    assert_eq!((view.good, view.bad_count), (600, 0));
    sign(&phone, &import, false).await;
    let step = ImportStep {
        import: import.clone(),
    };
    let view = phone.ask(step).await.unwrap();
    assert_eq!((view.stage, view.blocks), (ImportStage::Signing, 1));
    let stop = ImportStop {
        import: import.clone(),
    };
    let view = phone.ask(stop).await.unwrap();
    assert_eq!(view.stage, ImportStage::Stopped);
    assert!(view.signed > 0 && view.signed < 600, "{view:?}");
    assert_eq!(held(&phone).await, view.signed);
    let view = work(&phone, &import, view).await;
    assert_eq!(view.blocks, 1, "nothing goes on by itself");

    // The same file again brings in what is missing; all of it used to be refused.
    let signed = view.signed;
    let again = || async {
        let import = bring(&phone, ImportKind::Table, &table(0..600)).await;
        let asked = columns(&phone, &import).await;
        let view = read(&phone, &import, Some(asked.mapping)).await;
        let view = work(&phone, &import, view).await;
        (import, view)
    };
    let (import, view) = again().await;
    assert_eq!((view.there, view.bad_count, view.total), (signed, 0, 600));
    assert_eq!(view.good, 600 - signed);
    let view = sign(&phone, &import, false).await;
    let view = work(&phone, &import, view).await;
    assert_eq!(
        (view.stage, view.signed),
        (ImportStage::Signed, 600 - signed)
    );
    assert_eq!(held(&phone).await, 600);
    // And once more nothing.
    let (import, view) = again().await;
    assert_eq!((view.there, view.good), (600, 0));
    let view = sign(&phone, &import, false).await;
    assert_eq!((view.stage, view.blocks), (ImportStage::Signed, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_events_is_said() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let import = bring(&phone, ImportKind::Epcis, "{}").await;
    let unreadable = ImportRead {
        import,
        mapping: None,
    };
    assert_eq!(phone.refused(unreadable).await, "import-unreadable");
    let gone = ImportStep {
        import: "00".into(),
    };
    assert_eq!(phone.refused(gone).await, "import-unknown");
    let huge = ImportBegin {
        kind: ImportKind::Table,
        length: 1 << 40,
    };
    assert_eq!(phone.refused(huge).await, "import-too-large");
}

/// An import told regulators nothing, so that a network whose policy asks for it refused the whole.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_tells_regulators_what_the_policy_asks_for() {
    let trial = Trial::with(Kem::X25519, |policy, members| {
        let name = Jurisdiction::parse("cn-gd").unwrap();
        let customs = BTreeSet::from([members[&CUSTOMS]]);
        policy.jurisdictions = [(name.clone(), customs)].into();
        policy.required = [(Kind::Commission, name)].into();
    });
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let import = bring(&phone, ImportKind::Table, &table(0..3)).await;
    let asked = columns(&phone, &import).await;
    let view = read(&phone, &import, Some(asked.mapping)).await;
    let view = work(&phone, &import, view).await;
    assert_eq!((view.good, view.bad), (3, Vec::new()));
    sign(&phone, &import, false).await;
    let step = ImportStep {
        import: import.clone(),
    };
    let view = phone.ask(step).await.unwrap();
    assert_eq!((view.stage, view.signed), (ImportStage::Signed, 3));
    assert_eq!(held(&phone).await, 3);
}

/// Every step sent and copied every bad row: a file of a million bad rows kept a phone busy with
/// nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn of_very_many_bad_rows_the_first_are_sent_and_the_others_when_asked_for() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let mut text = table(0..150);
    // Against the rules, and found after the rows that are no events.
    text += &table(0..150)
        .split_once('\n')
        .unwrap()
        .1
        .replace("Oolong", "Again");
    text += &"x\n".repeat(1_500);
    let import = bring(&phone, ImportKind::Table, &text).await;
    let asked = columns(&phone, &import).await;
    let view = read(&phone, &import, Some(asked.mapping)).await;
    assert_eq!((view.bad_count, view.total), (1_500, 1_800));
    let view = work(&phone, &import, view).await;
    assert_eq!((view.bad_count, view.good), (1_650, 150));
    let numbers = |rows: &[BadRow]| rows.iter().map(|row| row.number).collect::<Vec<u64>>();
    assert_eq!(numbers(&view.bad), (152..352).collect::<Vec<u64>>());
    // All others come when they are asked for.
    let mut all = view.bad;
    while let Some(last) = all.last() {
        let (import, after) = (import.clone(), last.number);
        let more = phone.ask(ImportBad { import, after }).await.unwrap();
        if more.is_empty() {
            break;
        }
        all.extend(more);
    }
    assert_eq!(numbers(&all), (152..1_802).collect::<Vec<u64>>());
}

/// A document names as few of its bad events as a table of its bad rows, and the numbers of the
/// good ones are right all the same.
#[tokio::test(flavor = "multi_thread")]
async fn of_very_many_bad_events_of_a_document_the_first_are_named() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let begun = |serial: &str| {
        format!(
            r#"{{"type":"ObjectEvent","eventTime":"2026-07-01T08:00:00Z","eventTimeZoneOffset":"+00:00","action":"ADD","epcList":["https://id.gs1.org/01/{GTIN}/21/{serial}"]}}"#
        )
    };
    let mut events = vec!["{}".to_owned(); 1_500];
    events.extend(["A", "A"].map(begun));
    let import = bring(&phone, ImportKind::Epcis, &document(&events)).await;
    let view = read(&phone, &import, None).await;
    assert_eq!((view.bad_count, view.total), (1_500, 1_502));
    let view = work(&phone, &import, view).await;
    assert_eq!((view.bad_count, view.good), (1_501, 1));
    let numbers: Vec<u64> = view.bad.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=200).collect::<Vec<u64>>());
}

/// What went in stands in a file of the day before: nothing leads to it but reading what was
/// written.
#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_transformation_are_joined_across_files() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Warehouse).await;
    let event = |kind: &str, rest: &str| {
        format!(
            r#"{{"type":"{kind}","eventTime":"2026-07-01T08:00:00Z","eventTimeZoneOffset":"+08:00",{rest}}}"#
        )
    };
    let part = |id: u32, rest: &str| {
        let id = format!(r#""transformationID":"urn:epc:id:gdti:9506000.00001.{id}""#);
        event("TransformationEvent", &format!("{id},{rest}"))
    };
    let dough = r#"["urn:epc:id:sgtin:9506000.013435.A1"]"#;
    let begun = event(
        "ObjectEvent",
        &format!(r#""action":"ADD","epcList":{dough}"#),
    );
    let goes_in = part(7, &format!(r#""inputEPCList":{dough}"#));
    let comes_out = |id, serial: u32| {
        part(
            id,
            &format!(r#""outputEPCList":["urn:epc:id:sgtin:9506000.013438.B{serial}"]"#),
        )
    };
    let import = async |events: &[String]| {
        let import = bring(&phone, ImportKind::Epcis, &document(events)).await;
        let view = read(&phone, &import, None).await;
        let view = work(&phone, &import, view).await;
        match view.bad_count {
            0 => {
                let view = sign(&phone, &import, false).await;
                work(&phone, &import, view).await
            }
            _ => view,
        }
    };
    let monday = import(&[begun, goes_in.clone()]).await;
    assert_eq!((monday.signed, held(&phone).await), (2, 1));
    let tuesday = import(&[comes_out(7, 1)]).await;
    // The dough is used up, and the loaf is there.
    assert_eq!((tuesday.signed, held(&phone).await), (1, 1));
    let again = import(&[goes_in, comes_out(7, 1)]).await;
    assert_eq!((again.there, again.signed), (2, 0));
    let alone = import(&[comes_out(8, 2)]).await;
    let why = &alone.bad[0].why.params;
    assert_eq!(why["why"], Param::Key("row-inputs-unknown".to_owned()));
    assert_eq!(held(&phone).await, 1);
}
