//! Runs, what is made of batches, and tracing, through the real binary.

use chopmark_core::{
    ActivationSecret, AudienceDraft, Body, Bundle, Code, GoodsClass, Group, Made, NetworkId,
    Output, OwnerSecret, Party, Prefix, Quantity, ReaderGroup, RecordDraft, SectionBody, SubjectId,
    TimeMs, TzMinutes, When,
};
use serde_json::Value;

use crate::epcis::{WHEN, document, write};
use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, chopmark, fail, invite, succeed, text, until};

const PREFIX: &str = "9506000";

fn registered(network: &Network) {
    let dir = text(&network.members[0]);
    succeed(&["prefix", "register", PREFIX, "--dir", dir]);
}

/// A run of serials begins in one record, and an item that nobody used is proven by the list.
#[test]
fn a_run_is_commissioned_and_its_unused_items_are_proven() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    registered(&network);
    let dir = text(&network.members[0]);
    let serials: Vec<String> = (0..500)
        .map(|n| format!("(01)09506000134352(21)R{n}\n"))
        .collect();
    let list = network.place.path().join("serials.txt");
    std::fs::write(&list, serials.concat()).unwrap();
    let said = succeed(&["run", "commission", text(&list), "--dir", dir]);
    assert!(said.contains("of 500 items"), "{said}");
    let run = said.split(' ').nth(2).unwrap().to_owned();

    let code = "(01)09506000134352(21)R77";
    let bundle = network.place.path().join("r77.bundle");
    until("the run is final", || {
        let output =
            crate::support::chopmark(&["bundle", code, "--dir", dir, "--out", text(&bundle)]);
        output.status.success().then_some(())
    });
    let told = succeed(&["verify", text(&bundle), "--code", code]);
    assert!(told.contains("one of a run of 500 items"), "{told}");
    assert!(told.contains("Verified"), "{told}");
    // Whoever keeps the newest checkpoint is shown no older one, and no other of its height.
    let newest = told.split("--newest ").nth(1).unwrap();
    let newest = newest.split_whitespace().next().unwrap();
    let verify = ["verify", text(&bundle), "--code", code, "--newest"];
    succeed(&[&verify[..], &[newest]].concat());
    let (height, header) = newest.split_once('/').unwrap();
    let later = height.parse::<u64>().unwrap() + 1;
    let other = format!("{height}/{}", "0".repeat(64));
    for known in [format!("{later}/{header}"), other] {
        let refused = crate::support::chopmark(&[&verify[..], &[&known]].concat());
        let said = String::from_utf8_lossy(&refused.stdout);
        assert!(
            !refused.status.success() && said.contains("FAILED  newest"),
            "{said}"
        );
    }
    let query = chopmark_core::CodeQuery::of(&Code::parse(code).unwrap());
    let hash = Code::parse(code).unwrap().hash();
    assert_eq!(peer.get(&format!("/history/{hash}"), &[]).0, 200);
    // A serial that was never made is no part of it.
    let ghost = Code::parse("(01)09506000134352(21)R500").unwrap().hash();
    assert_eq!(peer.get(&format!("/history/{ghost}"), &[]).0, 404);
    // The run stands for its items when one of them is traced.
    let trace = succeed(&["trace", "forward", code, "--dir", dir, "--json"]);
    let trace: Value = serde_json::from_str(&trace).unwrap();
    assert_eq!(trace["of"]["subject"], run);
    assert_eq!(trace["of"]["items"], 500);

    // What is looked up in is made of the evidence again.
    assert!(peer.stop().success());
    std::fs::remove_dir_all(network.members[0].join("runs")).unwrap();
    let peer = network.start(0, None);
    // As long as it is missing, nothing is shown not to be there.
    until("the list is made again", || {
        let (status, head, _) = peer.get(&format!("/history/{query}"), &[]);
        assert!(
            status == 200 || !head.contains("application/cbor"),
            "{head}"
        );
        (status == 200).then_some(())
    });

    std::fs::write(
        &list,
        "(01)09506000134352(21)A\nnonsense\n\n(00)395060005887318216\n",
    )
    .unwrap();
    let said = fail(&["run", "commission", text(&list), "--dir", dir]);
    assert!(
        said.contains("line 2:") && said.contains("line 4:"),
        "{said}"
    );
}

/// Another member's gateway has no list of the run: shown the item's proof, it gives the history.
#[test]
fn an_unused_item_of_a_run_is_proven_by_another_members_gateway_too() {
    let network = Network::found(&FOUNDERS[..2]);
    let maker = network.start(0, None);
    let other = network.start(1, Some(&maker));
    network.register(PREFIX);
    let list = network.place.path().join("serials.txt");
    let serials = (0..9).map(|n| format!("(01)09506000134352(21)R{n}\n"));
    std::fs::write(&list, serials.collect::<String>()).unwrap();
    let dir = text(&network.members[0]);
    let named = ["--product", "Tea", "--public-name"];
    let commission = ["run", "commission", text(&list), "--dir", dir];
    let commission = [&commission[..], &named].concat();
    // Until the other member's word for the prefix has come.
    until("the prefix is registered", || {
        chopmark(&commission).status.success().then_some(())
    });

    let code = Code::parse("(01)09506000134352(21)R7").unwrap();
    let path = format!("/history/{}", code.hash());
    let verified = |bytes: &[u8]| {
        let network: NetworkId = maker.status()["network"].as_str().unwrap().parse().unwrap();
        let bundle = Bundle::from_bytes(bytes).unwrap();
        let report = bundle.verify(&code, network).unwrap();
        assert!(report.holds());
        let sections = report.journey.iter().flat_map(|step| &step.sections);
        let names: Vec<_> = sections.filter_map(|of| of.body.product.clone()).collect();
        assert_eq!(names, ["Tea"], "whoever checks it reads what it is");
        (report, bundle.undrawn().unwrap())
    };
    let (report, shown) = until("the run is final", || {
        let (status, _, bytes) = maker.get(&path, &[]);
        (status == 200).then(|| verified(&bytes))
    });
    let with = |text: &str| format!("{path}?item={text}");
    assert_eq!(other.get(&path, &[]).0, 404);
    assert_eq!(other.get(&with("nonsense"), &[]).0, 404);
    let told = until("the other peer has the run", || {
        let (status, _, bytes) = other.get(&with(&shown.text()), &[]);
        (status == 200).then(|| verified(&bytes).0)
    });
    assert_eq!((told.began, told.run), (report.began, report.run));
    // It says nothing of another code.
    let ghost = Code::parse("(01)09506000134352(21)R9").unwrap().hash();
    let path = format!("/history/{ghost}?item={}", shown.text());
    assert_eq!(other.get(&path, &[]).0, 404);

    // A file at its peer names others: their maker is asked for them.
    let seen = |serial: &str| {
        format!(
            r#"{{"type":"ObjectEvent",{WHEN},"action":"OBSERVE","epcList":["urn:epc:id:sgtin:9506000.013435.{serial}"]}}"#
        )
    };
    let import = |name: &str, events: &[String]| {
        let file = write(network.place.path(), name, &document(events));
        let dir = text(&network.members[1]);
        chopmark(&["epcis", "import", &file, "--dir", dir])
    };
    let forged = import("forged.jsonld", &[seen("R3"), seen("R9")]);
    let said = String::from_utf8_lossy(&forged.stderr);
    assert!(!forged.status.success(), "{said}");
    assert!(said.contains("event 2"), "{said}");
    let good = import("good.jsonld", &[seen("R3"), seen("R4")]);
    let said = String::from_utf8_lossy(&good.stdout);
    assert!(
        said.contains("imported 2 of 2 events in 2 blocks"),
        "{said} {}",
        String::from_utf8_lossy(&good.stderr)
    );
}

/// A factory's list has the secrets under the seals; a buyer who opens one becomes the owner of an
/// item that had no record of its own, once.
#[test]
fn a_buyer_of_an_item_of_a_run_becomes_its_owner_by_the_gateway() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    registered(&network);
    let dir = text(&network.members[0]);
    let secret = |n: u8| ActivationSecret::from_bytes([n; 16]);
    let rows = (0..9).map(|n| format!("09506000134352,S{n},{}\r\n", secret(n).text()));
    let list = network.place.path().join("run.csv");
    std::fs::write(
        &list,
        format!("gtin,serial,activation\r\n{}", rows.collect::<String>()),
    )
    .unwrap();
    succeed(&["run", "commission", text(&list), "--dir", dir]);

    let code = Code::parse("(01)09506000134352(21)S4").unwrap();
    let hash = code.hash();
    let report = || {
        let (status, _, bytes) = peer.get(&format!("/history/{hash}"), &[]);
        let bundle = (status == 200).then(|| Bundle::from_bytes(&bytes).unwrap())?;
        let network: NetworkId = peer.status()["network"].as_str().unwrap().parse().unwrap();
        Some(bundle.verify(&code, network).unwrap())
    };
    let sealed = until("the run is final", &report);
    assert_eq!(sealed.activation, Some(secret(4).public()));
    let owner = OwnerSecret::from_seed(&[1; 32]);
    let maker = sealed.owner.unwrap();
    let subject = hash.subject(&sealed.network, maker.member().unwrap());
    let ask = |secret: &ActivationSecret| {
        let signature = secret.sign_activation(&sealed.network, &subject, &owner.public());
        let body = serde_json::json!({
            "code": hash.to_string(),
            "owner": owner.public().to_string(),
            "signature": data_encoding::HEXLOWER.encode(&signature),
        });
        let (status, _, body) = peer.post("/activate", &body.to_string());
        let answer: Value = serde_json::from_slice(&body).unwrap();
        (
            status,
            answer["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(ask(&secret(5)), (409, "bad-activation".to_owned()));
    assert_eq!(ask(&secret(4)), (200, String::new()));
    assert_eq!(ask(&secret(4)), (409, "already-activated".to_owned()));
    let owned = until("the activation is final", || {
        report().filter(|report| report.activated.is_some())
    });
    assert_eq!(owned.owner, Some(Party::Consumer(owner.public())));

    // The item has a record of its own now, and the run's list says which code it is.
    let trace = succeed(&["trace", "back", code.element_string(), "--dir", dir]);
    let lines: Vec<&str> = trace.lines().collect();
    assert!(
        lines[0].contains("  (01)09506000134352(21)S4  with"),
        "{trace}"
    );
    assert!(lines[1].contains("  run of 9 items  with"), "{trace}");
    let run = lines[1].split_whitespace().next().unwrap();
    let trace = succeed(&["trace", "forward", run, "--dir", dir]);
    assert!(
        trace.contains("  (01)09506000134352(21)S4  with"),
        "{trace}"
    );

    // Nobody asked this member to take things back.
    let to = Party::from(*maker.member().unwrap());
    let last = owned.last_title.unwrap();
    let signature = owner.sign_resale(&owned.network, &subject, &last, &to);
    let body = serde_json::json!({
        "code": hash.to_string(),
        "to": { "member": to.to_string() },
        "signature": data_encoding::HEXLOWER.encode(&signature),
    });
    assert_eq!(peer.post("/resell", &body.to_string()).0, 403);
    for rubbish in ["", "{}", "[]", "{\"code\":\"00\"}", &"x".repeat(2_000)] {
        let status = peer.post("/activate", rubbish).0;
        assert!(matches!(status, 400 | 413), "{rubbish}: {status}");
    }
}

fn when() -> When {
    When {
        time: TimeMs(1_790_000_000_000),
        tz: TzMinutes::default(),
    }
}

fn kilograms(amount: &str) -> Quantity {
    Quantity::new(amount.parse().unwrap(), "KGM".parse().unwrap())
}

/// A batch of so much, out of so much of another one.
fn split(device: &Device, from: SubjectId, to: &Code, amount: &str) -> RecordDraft {
    let body = Body::Transform {
        when: when(),
        step: "repackaging".to_owned(),
        inputs: vec![Some(kilograms(amount))],
        outputs: vec![Output {
            class: GoodsClass::parse(&to.class()).unwrap(),
            prefix: Prefix::parse(PREFIX).unwrap(),
            made: Made::Batch(to.hash(), kilograms(amount)),
        }],
        losses: Vec::new(),
    };
    let made = to.subject(&device.replica.network(), &device.member);
    RecordDraft::new(body, vec![from, made])
}

/// The peer that runs answers, and so does its folder when none runs.
#[tokio::test(flavor = "multi_thread")]
async fn batches_are_traced_both_ways() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    registered(&network);
    let device = Device::join(&invite(&peer, "qc", "Mill")).await.unwrap();
    device.sync().await.unwrap();
    let batch = |number: &str| Code::gtin_batch("09506000134352", number).unwrap();
    let (silo, sack, bag) = (batch("SILO"), batch("SACK"), batch("BAG"));
    let mut made = device.commission(PREFIX, &silo);
    made.sections.clear();
    if let Body::Commission { quantity, .. } = &mut made.body {
        *quantity = Some(kilograms("100"));
    }
    let subject = |code: &Code| code.subject(&device.replica.network(), &device.member);
    // What the member can open names the sack; nothing names the bag.
    let own = AudienceDraft::parties([ReaderGroup::new(device.member, Group::Operations)]);
    let named = SectionBody {
        codes: [&silo, &sack]
            .map(|code| code.element_string().to_owned())
            .into(),
        ..SectionBody::default()
    };
    device.write(&[
        made,
        split(&device, subject(&silo), &sack, "40.5").telling(own, named),
        split(&device, subject(&sack), &bag, "10"),
    ]);
    device.sync().await.unwrap();

    let dir = network.members[0].clone();
    let trace = |way: &str, code: &Code| -> Value {
        let printed = succeed(&[
            "trace",
            way,
            code.element_string(),
            "--dir",
            text(&dir),
            "--json",
        ]);
        serde_json::from_str(&printed).unwrap()
    };
    let found = |trace: &Value| -> Vec<(String, u64)> {
        let rows = trace["found"].as_array().unwrap().iter();
        rows.map(|row| {
            let subject = row["subject"].as_str().unwrap().to_owned();
            (subject, row["level"].as_u64().unwrap())
        })
        .collect()
    };
    let forward = vec![
        (subject(&sack).to_string(), 1),
        (subject(&bag).to_string(), 2),
    ];
    let back = vec![
        (subject(&sack).to_string(), 1),
        (subject(&silo).to_string(), 2),
    ];
    let check = || {
        let traced = trace("forward", &silo);
        assert_eq!(found(&traced), forward);
        assert_eq!(traced["of"]["quantity"], "59.5 KGM");
        assert_eq!(traced["found"][1]["quantity"], "10 KGM");
        assert_eq!(traced["found"][1]["holder"], FOUNDERS[0].0);
        assert_eq!(traced["cut_off"], false);
        let codes = [&traced["of"], &traced["found"][0], &traced["found"][1]];
        assert_eq!(
            codes.map(|row| row["code"].as_str()),
            [
                Some(silo.element_string()),
                Some(sack.element_string()),
                None
            ]
        );
        let traced = trace("back", &bag);
        assert_eq!(found(&traced), back);
        // By the transformation that used it up.
        assert_eq!(traced["found"][1]["code"], silo.element_string());
    };
    check();
    let plain = succeed(&["trace", "back", bag.element_string(), "--dir", text(&dir)]);
    assert!(
        plain.contains("2 found")
            && plain.contains(&format!("{}  59.5 KGM", silo.element_string())),
        "{plain}"
    );
    // A peer that was killed and starts from its snapshot and log knows the same.
    peer.kill();
    check();
    let unknown = fail(&[
        "trace",
        "back",
        "(01)09506000134352(10)X",
        "--dir",
        text(&dir),
    ]);
    assert!(unknown.contains("no record"), "{unknown}");
}
