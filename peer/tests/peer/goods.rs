//! Runs, what is made of batches, and tracing, through the real binary.

use chopmark_core::{
    Body, Code, GoodsClass, Made, Output, Prefix, Quantity, RecordDraft, SubjectId, TimeMs,
    TzMinutes, When,
};
use serde_json::Value;

use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, fail, invite, succeed, text, until};

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
    let hash = Code::parse(code).unwrap().hash();
    assert_eq!(peer.get(&format!("/history/{hash}"), &[]).0, 200);
    // A serial that was never made is no part of it.
    let ghost = Code::parse("(01)09506000134352(21)R500").unwrap().hash();
    assert_eq!(peer.get(&format!("/history/{ghost}"), &[]).0, 404);
    // The run stands for its items when one of them is traced.
    let trace = succeed(&["trace", "forward", code, "--dir", dir, "--json"]);
    let trace: Value = serde_json::from_str(&trace).unwrap();
    assert_eq!(trace["of"]["subject"], run);

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
    device.write(&[
        made,
        split(&device, subject(&silo), &sack, "40.5"),
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
        assert_eq!(found(&trace("back", &bag)), back);
    };
    check();
    let plain = succeed(&["trace", "back", bag.element_string(), "--dir", text(&dir)]);
    assert!(
        plain.contains("2 found") && plain.contains("59.5 KGM"),
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
