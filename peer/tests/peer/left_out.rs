//! What an export leaves out, and how it says so.

use chopmark_core::{
    ActivationSecret, AudienceDraft, Body, Code, Group, NetworkId, OwnerSecret, ReaderGroup,
    RecordDraft, SectionBody, StateView as _, SubjectId, TimeMs, TzMinutes, When,
};
use chopmark_epcis::What;

use crate::epcis::{WHEN, document, export, factory, write};
use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, chopmark, fail, invite, succeed, text, until};

const PREFIX: &str = "9506000";

/// A record about things of a member, with what it says to every member.
fn said(
    device: &Device,
    body: Body,
    subjects: Vec<SubjectId>,
    section: SectionBody,
) -> RecordDraft {
    let cites = device
        .replica
        .read(|_, pending| pending.cites_for(body.kind(), &subjects));
    RecordDraft::new(body, subjects)
        .citing(cites)
        .telling(AudienceDraft::Members, section)
}

/// Any member can write what is no event. It used to end every export of every other member, and
/// every import with an error declaration.
#[tokio::test]
async fn what_is_no_event_is_named_and_the_rest_is_exported() {
    let network = Network::found(&FOUNDERS[..2]);
    let first = network.start(0, None);
    let second = network.start(1, Some(&first));
    network.register(PREFIX);
    let own = Device::join(&invite(&first, "qc", "Bench")).await.unwrap();
    let other = Device::join(&invite(&second, "courier", "Van"))
        .await
        .unwrap();
    own.sync().await.unwrap();
    let item = Code::gtin_serial("09506000134352", "OUT1").unwrap();
    let case = Code::parse("(00)195060002345678901").unwrap();
    let readers = || AudienceDraft::parties([ReaderGroup::new(own.member, Group::Operations)]);
    let codes = |codes: &[&str]| SectionBody {
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..SectionBody::default()
    };
    let begun = [&item, &case].map(|code| {
        let draft = own.commission(PREFIX, code);
        draft.telling(readers(), codes(&[code.element_string()]))
    });
    own.write(&begun);
    let subject = |code: &Code| code.subject(&own.replica.network(), &own.member);
    let (item, container) = (subject(&item), subject(&case));
    let when = When {
        time: TimeMs(1_790_000_000_000),
        tz: TzMinutes::default(),
    };
    let packing = Body::Pack { when };
    let half = codes(&[case.element_string()]);
    let packed = own.write(&[said(&own, packing, vec![container, item], half)]);
    let look = |device: &Device, section| {
        let step = "storing".to_owned();
        said(device, Body::Observe { when, step }, vec![item], section)
    };
    let broken = || SectionBody {
        event: Some("{".to_owned()),
        ..SectionBody::default()
    };
    // One of the member's own as well: an import looks through these.
    let ours = own.write(&[look(&own, broken())]);
    own.sync().await.unwrap();
    other.sync().await.unwrap();
    let theirs = other.write(&[look(&other, broken()), look(&other, codes(&["no code"]))]);
    other.sync().await.unwrap();
    until("both peers have everything", || {
        (first.status()["state"] == second.status()["state"]).then_some(())
    });

    let out = network.place.path().join("out.jsonld");
    let dir = text(&first.dir);
    let command = ["epcis", "export", "--dir", dir, "--out", text(&out)];
    let exported = chopmark(&command);
    let told = String::from_utf8(exported.stdout).unwrap();
    let named = String::from_utf8(exported.stderr).unwrap();
    assert_eq!(exported.status.code(), Some(3), "{told}{named}");
    assert!(told.contains("wrote 2 events"), "{told}");
    assert!(
        told.contains("4 records are not in it: what they say makes no event"),
        "{told}"
    );
    let json = "the event that it keeps is not JSON";
    for expected in [
        format!("record {ours}/0: {json}"),
        format!("record {theirs}/0: {json}"),
        format!("record {theirs}/1: the event that it keeps is none"),
        format!("record {packed}/0: its section names 1 codes for 2 things"),
    ] {
        assert!(named.contains(&expected), "{expected}\n{named}");
    }

    let seen = format!(
        r#"{{"type":"ObjectEvent",{WHEN},"action":"OBSERVE","bizStep":"storing","epcList":["urn:epc:id:sscc:9506000.1234567890"]"#
    );
    let declared = r#","errorDeclaration":{"declarationTime":"2026-03-04T10:00:00Z","reason":"did_not_occur"}"#;
    let events = [format!("{seen}}}"), format!("{seen}{declared}}}")];
    let file = write(&first.dir, "in.jsonld", &document(&events));
    let told = succeed(&["epcis", "import", &file, "--dir", dir]);
    assert!(told.contains("imported 2 of 2 events"), "{told}");
}

/// The ledger has one record of a run and no serial; the member's own list names them. What draws
/// an item from it has no event, and is counted by its kind; who activated it is told by the code
/// that the list has.
#[test]
fn a_run_is_exported_with_its_items_and_a_drawing_is_counted() {
    let (_network, peer) = factory();
    let dir = text(&peer.dir);
    let secret = ActivationSecret::from_bytes([7; 16]);
    let rows = (0..1200).map(|n| match n {
        0 => format!("06901234000153,S0,{}\r\n", secret.text()),
        _ => format!(
            "06901234000153,S{n},{}\r\n",
            ActivationSecret::from_bytes(u128::to_be_bytes(n)).text()
        ),
    });
    let list = format!("gtin,serial,activation\r\n{}", rows.collect::<String>());
    let list = write(&peer.dir, "run.csv", &list);
    succeed(&["run", "commission", &list, "--dir", dir]);
    let document = export(&peer, &["--form", "urn"], 2);
    let counts = document.events().iter().map(|event| {
        let What::Object(object) = &event.what else {
            panic!("{event:?}");
        };
        let items = object.epcs.as_deref().unwrap_or_default();
        assert!(items[0].written().starts_with("urn:epc:id:sgtin:690123."));
        items.len()
    });
    assert_eq!(counts.collect::<Vec<_>>(), [1000, 200]);

    // The same list in a file that labels are printed of, for its owner alone.
    let runs = succeed(&["run", "list", "--dir", dir]);
    assert!(runs.contains("1200 items, 0 of them"), "{runs}");
    let run = runs.split_whitespace().next().unwrap();
    let out = peer.dir.join("codes.csv");
    let write = ["run", "list", run, "--out", text(&out), "--dir", dir];
    let said = succeed(&write);
    assert!(said.contains("wrote 1200 codes"), "{said}");
    let written = std::fs::read_to_string(&out).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines.len(), 1201);
    assert_eq!(lines[..2], ["code", "(01)06901234000153(21)S0"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&out.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let labels = peer.dir.join("labels.zpl");
    let print = ["labels", "--list", text(&out), "--format", "zpl"];
    let print = [&print[..], &["--out", text(&labels), "--dir", dir]].concat();
    succeed(&print);
    assert!(labels.metadata().unwrap().len() > 1200);
    // What is there is not written over, and no other run is guessed.
    assert!(fail(&write).contains("cannot write"));
    let other = "ab".repeat(32);
    let said = fail(&["run", "list", &other, "--out", text(&labels), "--dir", dir]);
    assert!(said.contains("is no run of this member"), "{said}");

    let code = Code::gtin_serial("06901234000153", "S0").unwrap();
    let status = peer.status();
    let network: NetworkId = status["network"].as_str().unwrap().parse().unwrap();
    let maker = status["member"].as_str().unwrap().parse().unwrap();
    let owner = OwnerSecret::from_seed(&[1; 32]);
    let signature =
        secret.sign_activation(&network, &code.subject(&network, &maker), &owner.public());
    let body = serde_json::json!({
        "code": code.hash().to_string(),
        "owner": owner.public().to_string(),
        "signature": data_encoding::HEXLOWER.encode(&signature),
    });
    let (answer, _, why) = peer.post("/activate", &body.to_string());
    assert_eq!(answer, 200, "{}", String::from_utf8_lossy(&why));
    let out = peer.dir.join("out.jsonld");
    let told = until("the activation is final", || {
        let told = succeed(&["epcis", "export", "--dir", dir, "--out", text(&out)]);
        told.contains("no event for").then_some(told)
    });
    assert!(
        told.contains("EPCIS has no event for their kinds (draw 1)"),
        "{told}"
    );
    // The gateway's activation names no code: the run's list does.
    assert!(!told.contains("cannot read them"), "{told}");
    let whole = export(&peer, &[], 3);
    let object = |event: &chopmark_epcis::Event| match &event.what {
        What::Object(object) => object.epcs.clone().unwrap_or_default(),
        what => panic!("{what:?}"),
    };
    let [first, rest, activation] = whole.events() else {
        panic!("{whole:?}");
    };
    let links: Vec<String> = object(activation)
        .iter()
        .map(|epc| epc.written().to_owned())
        .collect();
    assert_eq!(links, ["http://localhost/01/06901234000153/21/S0"]);
    // An item's life begins with its run, also that of an item which nobody used.
    let of_used = export(&peer, &["(01)06901234000153(21)S0"], 2);
    assert_eq!(of_used.events(), [first.clone(), activation.clone()]);
    let of_unused = export(&peer, &["(01)06901234000153(21)S1100"], 1);
    assert_eq!(of_unused.events(), std::slice::from_ref(rest));
}
