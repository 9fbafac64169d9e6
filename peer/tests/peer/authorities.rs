//! What is written for authorities, at the authority's own peer.

use chopmark_core::{AudienceDraft, Code, Group, Jurisdiction, ReaderGroup, SectionBody};

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
    for dir in &network.members[..2] {
        let register = ["prefix", "register", PREFIX, "--member", FOUNDERS[0].0];
        succeed(&[&register[..], &["--dir", text(dir)]].concat());
    }
    let file = network.place.path().join("policy.toml");
    let shown = succeed(&["policy", "show", "--dir", text(&first.dir)]);
    let answers = "[jurisdictions]\ncn-gd = [\"Gongbei Customs\"]";
    std::fs::write(&file, shown.replace("[jurisdictions]", answers)).unwrap();
    for peer in [&first, &second] {
        succeed(&["policy", "propose", text(&file), "--dir", text(&peer.dir)]);
    }
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
