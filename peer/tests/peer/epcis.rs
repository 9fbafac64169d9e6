//! Events go in from a factory's files and out again, through real processes.

use std::path::Path;

use crate::support::{FOUNDERS, Network, Peer, chopmark, fail, succeed, text, until};
use chopmark_epcis::{Document, Kind, OnBadEvent};

const HEAD: &str = r#"{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",{"ex":"https://example.com/terms/"}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-03-02T10:00:00Z","epcisBody":{"eventList":["#;
const CASE: &str = "urn:epc:id:sscc:690123.40000000015";
pub(crate) const WHEN: &str =
    r#""eventTime":"2026-03-02T10:00:00.120+08:00","eventTimeZoneOffset":"+08:00""#;

pub(crate) fn document(events: &[String]) -> String {
    format!("{HEAD}{}]}}}}", events.join(","))
}

fn life() -> Vec<String> {
    let items = r#"["urn:epc:id:sgtin:690123.4000015.A1","urn:epc:id:sgtin:690123.4000015.A2"]"#;
    vec![
        format!(
            r#"{{"type":"ObjectEvent",{WHEN},"action":"ADD","bizStep":"commissioning","epcList":{items},"ilmd":{{"ex:lot":1.50}},"ex:line":["a",null]}}"#
        ),
        format!(r#"{{"type":"ObjectEvent",{WHEN},"action":"ADD","epcList":["{CASE}"]}}"#),
        format!(
            r#"{{"type":"AggregationEvent",{WHEN},"action":"ADD","bizStep":"packing","parentID":"{CASE}","childEPCs":{items}}}"#
        ),
    ]
}

fn bad() -> Vec<String> {
    let mut events = life();
    events.insert(
        1,
        format!(r#"{{"type":"ObjectEvent",{WHEN},"action":"ADD","bizStep":"shiping","epcList":["urn:epc:id:sgtin:690123.4000015.A3"]}}"#),
    );
    // Packed, and so ended by nobody.
    events.push(format!(
        r#"{{"type":"ObjectEvent",{WHEN},"action":"DELETE","epcList":["urn:epc:id:sgtin:690123.4000015.A1"]}}"#
    ));
    // No block takes its record: the import used to end here without naming it.
    events.push(format!(
        r#"{{"type":"AggregationEvent",{WHEN},"action":"ADD","parentID":"{CASE}","childEPCs":["{CASE}"]}}"#
    ));
    events
}

/// One member alone, with a prefix.
pub(crate) fn factory() -> (Network, Peer) {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let dir = text(&peer.dir);
    succeed(&["prefix", "register", "690123", "--dir", dir]);
    until("the prefix is registered", || {
        let status = peer.status();
        (status["prefixes"].as_array().map_or(0, Vec::len) == 1).then_some(())
    });
    (network, peer)
}

pub(crate) fn write(dir: &Path, name: &str, contents: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, contents).unwrap();
    text(&path).to_owned()
}

pub(crate) fn export(peer: &Peer, arguments: &[&str], count: usize) -> Document {
    let out = peer.dir.join("out.jsonld");
    let command = [
        "epcis",
        "export",
        "--dir",
        text(&peer.dir),
        "--out",
        text(&out),
    ];
    until("the events are final", || {
        succeed(&[&command[..], arguments].concat());
        let read = Document::read(&std::fs::read(&out).unwrap(), OnBadEvent::RefuseAll).unwrap();
        (read.document.events().len() == count).then_some(read.document)
    })
}

/// A packing line's file names things that began in a run: they are drawn from it, once.
#[test]
fn things_of_a_run_are_packed_by_a_file() {
    let (_network, peer) = factory();
    let dir = peer.dir.clone();
    let dir = text(&dir);
    let serials = (0..90).map(|n| format!("(01)46901230000155(21)R{n}\n"));
    let list = write(&peer.dir, "serials.txt", &serials.collect::<String>());
    succeed(&["run", "commission", &list, "--dir", dir]);
    let things = |from: usize, to: usize| {
        let epcs = (from..to).map(|n| format!(r#""urn:epc:id:sgtin:690123.4000015.R{n}""#));
        epcs.collect::<Vec<_>>().join(",")
    };
    let begun = format!(r#"{{"type":"ObjectEvent",{WHEN},"action":"ADD","epcList":["{CASE}"]}}"#);
    let packed = |things: &str| {
        format!(
            r#"{{"type":"AggregationEvent",{WHEN},"action":"ADD","bizStep":"packing","parentID":"{CASE}","childEPCs":[{things}]}}"#
        )
    };
    // A serial that is of no run is as unknown as it was.
    let forged = document(&[begun.clone(), packed(&things(80, 91))]);
    let forged = write(&peer.dir, "forged.jsonld", &forged);
    let said = fail(&["epcis", "import", &forged, "--dir", dir]);
    assert!(said.contains("event 2: the network's rules"), "{said}");
    assert!(!said.contains("could not be asked"), "{said}");

    let good = document(&[begun, packed(&things(0, 70))]);
    let file = write(&peer.dir, "packed.jsonld", &good);
    let said = succeed(&["epcis", "import", &file, "--dir", dir, "--dry-run"]);
    assert!(said.contains("2 of 2 events would be imported"), "{said}");
    // Drawn in two blocks, and said in one.
    let said = succeed(&["epcis", "import", &file, "--dir", dir]);
    assert!(
        said.contains("imported 2 of 2 events in 3 blocks"),
        "{said}"
    );
    let read = Document::read(good.as_bytes(), OnBadEvent::RefuseAll).unwrap();
    let out = export(&peer, &["--form", "urn", CASE], 2);
    assert_eq!(out.events(), read.document.events());
    let answer = export(&peer, &["--form", "urn", "--query-document", CASE], 2);
    assert_eq!(answer.kind(), Kind::QueryDocument);
    assert_eq!(answer.events(), out.events());
    let said = succeed(&["epcis", "import", &file, "--dir", dir]);
    assert!(said.contains("imported 0 of 2 events"), "{said}");
}

#[test]
fn a_document_goes_in_and_comes_out_as_it_was() {
    let (_network, peer) = factory();
    let dir = peer.dir.clone();
    let dir = text(&dir);
    let good = document(&life());
    let file = write(&peer.dir, "in.jsonld", &good);
    let said = succeed(&["epcis", "import", &file, "--dir", dir, "--dry-run"]);
    assert!(said.contains("3 of 3 events would be imported"), "{said}");
    let said = succeed(&["epcis", "import", &file, "--dir", dir]);
    assert!(said.contains("imported 3 of 3 events"), "{said}");

    let read = Document::read(good.as_bytes(), OnBadEvent::RefuseAll).unwrap();
    let urns = export(&peer, &["--form", "urn"], 3);
    assert_eq!(urns.events(), read.document.events());
    let links = export(&peer, &[], 3);
    let known = {
        let mut known = chopmark_epcis::CompanyPrefixes::default();
        known.learn("690123");
        known
    };
    assert_eq!(
        links.in_form(chopmark_epcis::Form::Urn, &known).events(),
        urns.events()
    );
    // The events of one thing alone.
    let one = export(&peer, &["urn:epc:id:sscc:690123.40000000015"], 2);
    assert_eq!(one.events().len(), 2);

    // Once more changes nothing, and what is missing is brought in.
    let said = succeed(&["epcis", "import", &file, "--dir", dir]);
    assert!(
        said.contains("3 of 3 events are recorded already and are not signed again"),
        "{said}"
    );
    assert!(
        said.contains("imported 0 of 3 events in 0 blocks"),
        "{said}"
    );
    let mut more = life();
    more.insert(
        0,
        format!(r#"{{"type":"ObjectEvent",{WHEN},"action":"OBSERVE","epcList":["urn:epc:id:sscc:690123.40000000015"]}}"#),
    );
    let longer = write(&peer.dir, "longer.jsonld", &document(&more));
    let said = succeed(&["epcis", "import", &longer, "--dir", dir, "--dry-run"]);
    assert!(
        said.contains("3 of 4 events are recorded already"),
        "{said}"
    );
    assert!(said.contains("1 of 4 events would be imported"), "{said}");
    // Others are against the rules all the same.
    let later = good.replace("10:00:00.120", "11:00:00.000");
    let later = write(&peer.dir, "later.jsonld", &later);
    let said = fail(&["epcis", "import", &later, "--dir", dir]);
    assert!(
        said.contains("event 1: the network's rules refuse it"),
        "{said}"
    );
    assert!(
        said.contains("3 of 3 events are bad; none was imported"),
        "{said}"
    );

    // What is imported stays when the peer does not run.
    assert!(peer.stop().success());
    let out = format!("{dir}/later.jsonld");
    let said = succeed(&["epcis", "export", "--dir", dir, "--out", &out]);
    assert!(said.contains("wrote 3 events"), "{said}");
}

#[test]
fn bad_events_are_named_and_nothing_is_imported_unless_asked() {
    let (_network, peer) = factory();
    let dir = text(&peer.dir);
    let file = write(&peer.dir, "in.jsonld", &document(&bad()));
    let said = fail(&["epcis", "import", &file, "--dir", dir]);
    assert!(
        said.contains("event 2: $.bizStep: CBV 2.0 has no word"),
        "{said}"
    );
    assert!(
        said.contains("event 5: the network's rules refuse it"),
        "{said}"
    );
    assert!(
        said.contains("event 6: (00)") && said.contains("among its own children"),
        "{said}"
    );
    assert!(
        said.contains("3 of 6 events are bad; none was imported"),
        "{said}"
    );
    let output = chopmark(&["epcis", "import", &file, "--dir", dir, "--skip-bad"]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("imported 3 of 6 events"), "{said}");
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("event 5: ")
    );
    export(&peer, &[], 3);
}

#[test]
fn a_declaration_corrects_what_was_imported_before_and_comes_out_again() {
    let (_network, peer) = factory();
    let dir = text(&peer.dir);
    let mut events = life();
    let file = write(&peer.dir, "in.jsonld", &document(&events));
    succeed(&["epcis", "import", &file, "--dir", dir]);
    export(&peer, &[], 3);
    // Before what says it right in the file, and about an event without an id of its own.
    let right = format!(
        r#"{{"type":"ObjectEvent",{WHEN},"eventID":"urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8","action":"OBSERVE","bizStep":"storing","epcList":["urn:epc:id:sscc:690123.40000000015"]}}"#
    );
    let declared = r#","errorDeclaration":{"declarationTime":"2026-03-04T10:00:00Z","reason":"incorrect_data","correctiveEventIDs":["urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8"]}}"#;
    let wrong = format!("{}{declared}", events[2].strip_suffix('}').unwrap());
    let file = write(
        &peer.dir,
        "later.jsonld",
        &document(&[wrong.clone(), right.clone()]),
    );
    let said = fail(&["epcis", "import", &file, "--dir", dir, "--for", "Nobody"]);
    assert!(
        said.contains("no member has the name or id `Nobody`"),
        "{said}"
    );
    let own = FOUNDERS[0].0;
    let said = succeed(&["epcis", "import", &file, "--dir", dir, "--for", own]);
    assert!(said.contains("imported 2 of 2 events"), "{said}");
    events.extend([right, wrong]);
    let read = Document::read(document(&events).as_bytes(), OnBadEvent::RefuseAll).unwrap();
    let urns = export(&peer, &["--form", "urn"], 5);
    assert_eq!(urns.events(), read.document.events());
    let unknown = document(&[r#"{"type":"ObjectEvent","#.to_owned()
        + WHEN
        + declared.trim_end_matches('}')
        + r#"},"action":"OBSERVE","epcList":["urn:epc:id:sgtin:690123.4000015.A1"]}"#]);
    let file = write(&peer.dir, "unknown.jsonld", &unknown);
    let said = fail(&["epcis", "import", &file, "--dir", dir]);
    assert!(
        said.contains("event 1: no record that this member wrote says the event ni:///sha-256;"),
        "{said}"
    );
}

#[test]
fn a_factorys_table_goes_in_by_its_mapping() {
    let (_network, peer) = factory();
    let dir = text(&peer.dir);
    let mapping = "time = \"%Y-%m-%d %H:%M\"\n[fixed]\ntype = \"ObjectEvent\"\naction = \"ADD\"\nbizStep = \"commissioning\"\neventTimeZoneOffset = \"+08:00\"\n[columns]\neventTime = \"时间\"\ngtin = \"GTIN\"\nserial = \"序列号\"\n";
    let mapping = write(&peer.dir, "map.toml", mapping);
    let mut rows = "时间,GTIN,序列号\n".to_owned();
    for n in 0..1200 {
        rows += &format!("2026-03-02 10:00,46901230000155,S{n}\n");
    }
    let file = write(
        &peer.dir,
        "table.csv",
        &(rows.clone() + "2026-03-02 25:00,46901230000155,X\n"),
    );
    let command = [
        "epcis",
        "import",
        &file,
        "--dir",
        dir,
        "--mapping",
        &mapping,
    ];
    let said = fail(&command);
    assert!(said.contains("line 1202: column \"时间\""), "{said}");
    assert!(
        said.contains("1 of 1201 events are bad; none was imported"),
        "{said}"
    );
    std::fs::write(&file, rows).unwrap();
    let said = succeed(&command);
    assert!(said.contains("imported 1200 of 1200 events"), "{said}");
    export(&peer, &[], 1200);
}

#[test]
fn files_that_are_none_are_refused() {
    let (_network, peer) = factory();
    let dir = text(&peer.dir);
    let refuse = |name: &str, contents: &str, expected: &str| {
        let file = write(&peer.dir, name, contents);
        let said = fail(&["epcis", "import", &file, "--dir", dir]);
        assert!(said.contains(expected), "{said}");
    };
    refuse("none.jsonld", "not JSON", "byte 0");
    refuse("deep.jsonld", &"[".repeat(100_000), "nested deeper");
    refuse(
        "twice.jsonld",
        r#"{"type":"a","type":"b"}"#,
        "is there twice",
    );
    let said = fail(&["epcis", "import", "/nowhere/at/all", "--dir", dir]);
    assert!(said.contains("cannot be read"), "{said}");
    let large = peer.dir.join("large.jsonld");
    let file = std::fs::File::create(&large).unwrap();
    file.set_len(101 * 1024 * 1024).unwrap();
    let said = fail(&["epcis", "import", text(&large), "--dir", dir]);
    assert!(said.contains("split it"), "{said}");
}
