//! What is written for authorities, at the authority's own peer.

use chopmark_core::{
    ActivationSecret, AudienceDraft, Code, Group, Jurisdiction, NetworkId, OwnerSecret,
    ReaderGroup, SectionBody,
};

use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, invite, succeed, text, until};

const PREFIX: &str = "9506000";

/// An export writes no record that says who looked and why, so it does not look.
#[tokio::test]
async fn an_authoritys_export_opens_nothing_unseen() {
    let network = Network::found(&FOUNDERS[..3]);
    let first = network.start(0, None);
    let second = network.start(1, Some(&first));
    let customs = network.start(2, Some(&first));
    network.register(PREFIX);
    let file = network.place.path().join("policy.toml");
    let shown = succeed(&["policy", "show", "--dir", text(&first.dir)]);
    let answers = "[jurisdictions]\ncn-gd = [\"Gongbei Customs\"]";
    std::fs::write(&file, shown.replace("[jurisdictions]", answers)).unwrap();
    network.amend(&file, &[&first, &second]);
    let device = Device::join(&invite(&first, "qc", "Bench")).await.unwrap();
    let name = Jurisdiction::parse("cn-gd").unwrap();
    let answered = || {
        let policy = device.replica.read_final(|ledger| {
            use chopmark_core::StateView as _;
            ledger.state().policy().jurisdictions.contains_key(&name)
        });
        policy.then_some(())
    };
    while answered().is_none() {
        device.sync().await.unwrap();
    }

    let code = Code::gtin_serial("09506000134352", "SEEN1").unwrap();
    let told = SectionBody {
        codes: vec![code.element_string().to_owned()],
        ..SectionBody::default()
    };
    let own = ReaderGroup::new(device.member, Group::Operations);
    let draft = device.commission(PREFIX, &code);
    let draft = draft
        .telling(AudienceDraft::parties([own]), told.clone())
        .telling(AudienceDraft::Regulators(name.clone()), told);
    device.write(&[draft]);
    device.sync().await.unwrap();
    until("everybody has it", || {
        (first.status()["state"] == customs.status()["state"]).then_some(())
    });
    let exported = |dir: &str| {
        let out = network.place.path().join("out.jsonld");
        succeed(&["epcis", "export", "--dir", dir, "--out", text(&out)])
    };
    let own = exported(text(&first.dir));
    assert!(own.contains("wrote 1 events"), "{own}");
    let theirs = exported(text(&customs.dir));
    assert!(theirs.contains("wrote 0 events"), "{theirs}");
}

/// Where a policy has kinds that regulators must be told of, an import and an activation were
/// refused, and the beginning of a run was signed and then refused.
#[test]
fn import_run_and_gateway_tell_regulators_what_the_policy_asks_for() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let dir = text(&peer.dir);
    succeed(&["prefix", "register", PREFIX, "--dir", dir]);
    let file = network.place.path().join("policy.toml");
    let shown = succeed(&["policy", "show", "--dir", dir]);
    let answers = format!("[jurisdictions]\ncn-gd = [\"{}\"]", FOUNDERS[0].0);
    let required = "[required]\ncommission = \"cn-gd\"\ncommission-run = \"cn-gd\"\ndraw = \"cn-gd\"\nactivate = \"cn-gd\"";
    let asking = shown
        .replace("[jurisdictions]", &answers)
        .replace("[required]", required);
    std::fs::write(&file, asking).unwrap();
    network.amend(&file, &[&peer]);
    until("the policy is amended", || {
        let shown = succeed(&["policy", "show", "--dir", dir]);
        let amended = shown.contains("commission-run = \"cn-gd\"");
        (amended && peer.status()["pending"] == 0).then_some(())
    });

    let events = network.place.path().join("in.jsonld");
    let event = r#"{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],"type":"ObjectEvent","eventTime":"2026-03-02T10:00:00Z","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:epc:id:sgtin:9506000.013435.A1"]}"#;
    std::fs::write(&events, event).unwrap();
    let said = succeed(&["epcis", "import", text(&events), "--dir", dir]);
    assert!(said.contains("imported 1 of 1 events"), "{said}");

    let secret = ActivationSecret::from_bytes([4; 16]);
    let list = network.place.path().join("run.csv");
    let rows = format!(
        "gtin,serial,activation\r\n09506000134352,S4,{}\r\n",
        secret.text()
    );
    std::fs::write(&list, rows).unwrap();
    succeed(&["run", "commission", text(&list), "--dir", dir]);

    let hash = Code::parse("(01)09506000134352(21)S4").unwrap().hash();
    let history = format!("/history/{hash}");
    until("the run is final", || {
        (peer.get(&history, &[]).0 == 200).then_some(())
    });
    let status = peer.status();
    let id: NetworkId = status["network"].as_str().unwrap().parse().unwrap();
    let member = status["member"].as_str().unwrap().parse().unwrap();
    let owner = OwnerSecret::from_seed(&[1; 32]).public();
    let signature = secret.sign_activation(&id, &hash.subject(&id, &member), &owner);
    let body = serde_json::json!({
        "code": hash.to_string(),
        "owner": owner.to_string(),
        "signature": data_encoding::HEXLOWER.encode(&signature),
    });
    let (answered, _, said) = peer.post("/activate", &body.to_string());
    assert_eq!(answered, 200, "{}", String::from_utf8_lossy(&said));
}
