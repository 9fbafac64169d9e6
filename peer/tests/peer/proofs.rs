//! Proofs and exported blocks through the real binary: made by a peer, checked without one.

use chopmark_core::Code;

use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, fail, invite, succeed, text, until};

const PREFIX: &str = "9506000";
const CODE: &str = "(01)09506000134352(21)P1";

#[tokio::test]
async fn a_code_is_proven_and_a_block_exported_for_whoever_has_no_peer() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let dir = text(&network.members[0]);
    succeed(&["prefix", "register", PREFIX, "--dir", dir]);
    let device = Device::join(&invite(&peer, "qc", "Bench")).await.unwrap();
    device.sync().await.unwrap();
    let code = Code::parse(CODE).unwrap();
    device.write(&[device.commission(PREFIX, &code)]);
    let block = device.write(&[device.observe(&code)]);
    device.sync().await.unwrap();

    let file = network.place.path().join("code.proof");
    let out = text(&file);
    let prove = |more: &[&str]| {
        let asked = ["prove", CODE, "--dir", dir, "--out", out];
        succeed(&[&asked[..], more].concat())
    };
    let verify = |more: &[&str]| {
        let asked = ["verify", out, "--code", CODE];
        succeed(&[&asked[..], more].concat())
    };
    let told = until("both records are final", || {
        prove(&[]);
        let told = verify(&[]);
        told.contains("records  2, all of them named here")
            .then_some(told)
    });
    let maker = format!("owner    {}", FOUNDERS[0].0);
    assert!(told.contains(&maker), "{told}");
    assert!(told.contains("pledged  no"), "{told}");
    assert!(
        told.contains(": Observe") && told.contains("left out"),
        "{told}"
    );

    // One record alone, or none: what is not shown is counted.
    let record = format!("{block}/0");
    prove(&["--record", &record]);
    let told = verify(&[]);
    assert!(
        told.contains(": Observe") && !told.contains(": Commission"),
        "{told}"
    );
    assert!(told.contains("1 more are named and not shown"), "{told}");
    prove(&["--brief"]);
    assert!(verify(&[]).contains("2 more are named and not shown"));

    // Without the genesis it takes a folder that has it.
    prove(&["--bare"]);
    let refused = fail_verify(out, &[]);
    assert!(
        refused.contains("without the network's genesis"),
        "{refused}"
    );
    let told = verify(&["--dir", dir]);
    let newest = told.rsplit("--newest ").next().unwrap().trim().to_owned();
    verify(&["--dir", dir, "--newest", &newest]);
    let (height, header) = newest.split_once('/').unwrap();
    let later = height.parse::<u64>().unwrap() + 1;
    let refused = fail_verify(
        out,
        &["--dir", dir, "--newest", &format!("{later}/{header}")],
    );
    assert!(refused.contains("is known already"), "{refused}");
    let other = format!("{height}/{}", "0".repeat(64));
    let refused = fail_verify(out, &["--dir", dir, "--newest", &other]);
    assert!(refused.contains("two checkpoints of height"), "{refused}");

    // A file that was changed, or is about something else, proves nothing.
    prove(&[]);
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert!(fail_verify(out, &[]).contains("FAILED"));
    prove(&[]);
    let other = fail_said(&["verify", out, "--code", "(01)09506000134352(21)P2"]);
    assert!(other.contains("about another code"), "{other}");

    // That a code was never recorded is proven too, and that nobody has its prefix.
    for (unknown, said) in [
        ("(01)09506000134352(21)NEVER", "nothing was ever recorded"),
        ("(01)04012345678901(21)X", "no member has a prefix"),
    ] {
        succeed(&["prove", unknown, "--dir", dir, "--out", out]);
        let told = succeed(&["verify", out, "--code", unknown]);
        assert!(told.contains(said), "{told}");
    }

    // A block for whoever has tools for SCITT.
    succeed(&["statement", &block.to_string(), "--dir", dir, "--out", out]);
    let told = succeed(&["verify", out]);
    assert!(
        told.contains(&block.to_string()) && told.contains("receipt"),
        "{told}"
    );
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert!(fail_said(&["verify", out]).contains("FAILED"));
    let missing = "0".repeat(64);
    let missing = fail(&["statement", &missing, "--dir", dir, "--out", out]);
    assert!(missing.contains("is not here"), "{missing}");
}

fn fail_verify(file: &str, more: &[&str]) -> String {
    fail_said(&[&["verify", file, "--code", CODE][..], more].concat())
}

/// What a command that failed said, wherever.
fn fail_said(arguments: &[&str]) -> String {
    let output = crate::support::chopmark(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// A serial that a factory never made: the run that the label could be of does not hold it.
#[test]
fn a_serial_that_its_run_does_not_hold_is_proven_not_to_exist() {
    let network = Network::found(&FOUNDERS[..1]);
    let _peer = network.start(0, None);
    let dir = text(&network.members[0]);
    succeed(&["prefix", "register", PREFIX, "--dir", dir]);
    let serials: Vec<String> = (0..500)
        .map(|n| format!("(01)09506000134352(21)R{n}\n"))
        .collect();
    let list = network.place.path().join("serials.txt");
    std::fs::write(&list, serials.concat()).unwrap();
    let said = succeed(&["run", "commission", text(&list), "--dir", dir]);
    let run = said.split(' ').nth(2).unwrap().to_owned();
    let file = network.place.path().join("ghost.proof");
    let out = text(&file);
    for ghost in ["R500", "R501", "X", "0"] {
        let code = format!("(01)09506000134352(21){ghost}");
        let asked = ["prove", &code, "--not-in", &run, "--dir", dir, "--out", out];
        until("the run is final", || {
            if !crate::support::chopmark(&asked).status.success() {
                return None;
            }
            let told = succeed(&["verify", out, "--code", &code]);
            told.contains(&format!("run {run} does not hold it"))
                .then_some(())
        });
    }
    // One that is in it is shown to be.
    let code = "(01)09506000134352(21)R7";
    succeed(&["prove", code, "--not-in", &run, "--dir", dir, "--out", out]);
    let told = succeed(&["verify", out, "--code", code]);
    assert!(told.contains(&format!("of run {run}")), "{told}");
    let unknown = "0".repeat(64);
    let asked = ["prove", "(01)09506000134352(21)X", "--not-in", &unknown];
    let refused = fail(&[&asked[..], &["--dir", dir, "--out", out]].concat());
    assert!(refused.contains("is not here"), "{refused}");
}
