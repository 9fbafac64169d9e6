//! A run that is made of goods with a history, through real processes: from one of its items back
//! to the flour, from the flour to the items, and into a file of events.

use serde_json::Value;

use crate::epcis::{WHEN, document, export, factory, write};
use crate::support::{fail, succeed, text, until};

const FLOUR: &str = "(01)46901230000155(10)FLOUR-7";
const MOULD: &str = "(01)46901230000162(21)MOULD";

#[test]
fn a_run_is_traced_to_what_it_was_made_of_and_back() {
    let (network, peer) = factory();
    let dir = text(&peer.dir).to_owned();
    let begun = [
        format!(
            r#"{{"type":"ObjectEvent",{WHEN},"action":"ADD","bizStep":"commissioning","quantityList":[{{"epcClass":"urn:epc:class:lgtin:690123.4000015.FLOUR-7","quantity":100,"uom":"KGM"}}]}}"#
        ),
        format!(
            r#"{{"type":"ObjectEvent",{WHEN},"action":"ADD","bizStep":"commissioning","epcList":["urn:epc:id:sgtin:690123.4000016.MOULD"]}}"#
        ),
    ];
    let file = write(&peer.dir, "begun.jsonld", &document(&begun));
    succeed(&["epcis", "import", &file, "--dir", &dir]);
    // More than one event has, so that it takes two.
    let serials = (0..1_200).map(|n| format!("(01)46901230000179(21)R{n}\n"));
    let list = write(&peer.dir, "serials.txt", &serials.collect::<String>());
    let commission = ["run", "commission", &list, "--dir", &dir];
    let of = |arguments: &[&'static str]| [&commission[..], arguments].concat();

    // What cannot be made of it is refused before anything is signed.
    for (arguments, says) in [
        (
            &["--of-batch", FLOUR, "101", "KGM"][..],
            "nothing was signed",
        ),
        (&["--of-batch", FLOUR, "1", "LTR"], "nothing was signed"),
        (&["--of-batch", FLOUR, "some", "KGM"], "some KGM"),
        (&["--of-batch", FLOUR, "0", "KGM"], "nothing goes in"),
        (&["--of-batch", "(01)1", "1", "KGM"], "(01)1"),
        (
            &["--of-item", "(01)46901230000162(21)GHOST"],
            "has no record of",
        ),
        (&["--of-item", MOULD, "--of-item", MOULD], "named twice"),
        (&["--of-item", MOULD, "--loss", "1", "KGM"], "unit KGM"),
        (&["--loss", "1", "KGM"], "nothing goes in"),
    ] {
        let said = fail(&of(arguments));
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
    let runs = succeed(&["run", "list", "--dir", &dir]);
    assert_eq!(runs.trim(), "this member has no run");

    let flour = ["--of-batch", FLOUR, "80.5", "KGM", "--loss", "2", "KGM"];
    let said = succeed(&of(&[&flour[..], &["--of-item", MOULD]].concat()));
    assert!(said.contains("of 1200 items"), "{said}");
    let run = said.split(' ').nth(2).unwrap().to_owned();
    let trace = |way: &str, of: &str| -> Value {
        let printed = succeed(&["trace", way, of, "--dir", &dir, "--json"]);
        serde_json::from_str(&printed).unwrap()
    };
    let codes = |trace: &Value| -> Vec<String> {
        let rows = trace["found"].as_array().unwrap().iter();
        let mut codes: Vec<String> = rows
            .map(|row| row["code"].as_str().unwrap_or("a run").to_owned())
            .collect();
        codes.sort();
        codes
    };
    let seventh = "(01)46901230000179(21)R77";
    let back = until("the run is final", || {
        let ran = crate::support::chopmark(&["trace", "back", seventh, "--dir", &dir, "--json"]);
        let trace = ran.status.success().then_some(ran.stdout)?;
        serde_json::from_slice::<Value>(&trace).ok()
    });
    assert_eq!(back["of"]["subject"], run);
    assert_eq!(codes(&back), [FLOUR, MOULD]);
    // An item that was used leads there through its run.
    let seen = format!(
        r#"{{"type":"ObjectEvent",{WHEN},"action":"OBSERVE","bizStep":"inspecting","epcList":["urn:epc:id:sgtin:690123.4000017.R5"]}}"#
    );
    let file = write(&peer.dir, "seen.jsonld", &document(&[seen]));
    succeed(&["epcis", "import", &file, "--dir", &dir]);
    let used = "(01)46901230000179(21)R5";
    let forward = until("the item is final", || {
        let forward = trace("forward", FLOUR);
        (forward["found"].as_array().unwrap().len() == 2).then_some(forward)
    });
    assert_eq!(codes(&forward), [used, "a run"]);
    assert_eq!(codes(&trace("back", used)), [FLOUR, MOULD, "a run"]);
    assert_eq!(forward["of"]["quantity"], "19.5 KGM");

    let rest = succeed(&["trace", "forward", FLOUR, "--skip", "1", "--dir", &dir]);
    assert!(rest.contains("1 found behind the first 1"), "{rest}");

    // What is made of an item that nobody used before draws it from its run.
    let next = write(&peer.dir, "next.txt", "(01)46901230000186(21)BOX\n");
    let unused = "(01)46901230000179(21)R6";
    succeed(&[
        "run",
        "commission",
        &next,
        "--of-item",
        unused,
        "--dir",
        &dir,
    ]);
    until("the box is final", || {
        let ran = crate::support::chopmark(&[
            "trace",
            "back",
            "(01)46901230000186(21)BOX",
            "--dir",
            &dir,
            "--json",
        ]);
        let trace = ran.status.success().then_some(ran.stdout)?;
        let trace = serde_json::from_slice::<Value>(&trace).ok()?;
        assert_eq!(codes(&trace), [FLOUR, MOULD, unused, "a run"]);
        Some(())
    });

    // The events of it are one transformation: what went in stands in the first.
    let written = export(&peer, &["--form", "urn"], 6).write();
    assert_eq!(written.matches(r#""transformationID""#).count(), 3);
    assert_eq!(written.matches(r#""inputQuantityList""#).count(), 1);
    assert_eq!(written.matches(".R1199\"").count(), 1);

    // What is looked up in is made of the evidence again.
    assert!(peer.stop().success());
    std::fs::remove_dir_all(network.members[0].join("runs")).unwrap();
    let _peer = network.start(0, None);
    until("the list is made again", || {
        let ran = crate::support::chopmark(&["trace", "back", seventh, "--dir", &dir]);
        ran.status.success().then_some(())
    });
}
