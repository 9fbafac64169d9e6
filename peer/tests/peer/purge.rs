//! What is taken away after its time, and what holds without it.

use chopmark_core::{AudienceDraft, Code, Group, ReaderGroup, SectionBody};

use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, chopmark, fail, invite, succeed, text, until};

const PREFIX: &str = "9506000";

/// Too early it is refused with the day; later the history and every signature hold without the
/// bytes, on this peer, on another one and for who verifies the file.
#[tokio::test]
async fn a_history_holds_without_what_was_purged() {
    let network = Network::found(&FOUNDERS[..2]);
    let first = network.start(0, None);
    let second = network.start(1, Some(&first));
    network.register(PREFIX);
    let device = Device::join(&invite(&first, "qc", "Bench")).await.unwrap();
    device.sync().await.unwrap();
    let code = Code::gtin_serial("09506000134352", "KEPT1").unwrap();
    let note = SectionBody {
        note: Some("shelf 4".to_owned()),
        ..SectionBody::default()
    };
    let own = ReaderGroup::new(device.member, Group::Operations);
    let draft = device.commission(PREFIX, &code);
    let block = device.write(&[draft.telling(AudienceDraft::parties([own]), note)]);
    device.sync().await.unwrap();
    let both_agree = || {
        until("both peers have everything", || {
            (first.status()["state"] == second.status()["state"]).then_some(())
        });
    };
    both_agree();
    let (here, there) = (text(&first.dir), text(&second.dir));
    let file = network.place.path().join("history.cbor");
    let verified = |dir: &str| {
        let code = code.element_string();
        succeed(&["bundle", code, "--out", text(&file), "--dir", dir]);
        let said = succeed(&["verify", text(&file), "--code", code]);
        assert!(said.contains("Verified"), "{said}");
        assert!(said.contains("commissioned"), "{said}");
        said
    };
    let before = verified(here);
    assert!(before.contains("Gaiwan, celadon") && !before.contains("not here"));

    let record = format!("{block}/0");
    let purge = |dir: &str| {
        let output = chopmark(&["purge", "--record", &record, "--dir", dir]);
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let early = fail(&["purge", "--record", &record, "--dir", here]);
    assert!(
        early.contains("too early") && early.contains("kept until 20"),
        "{early}"
    );
    let some_day = "2999-01-01";
    let kept = succeed(&["purge", "--before", some_day, "--dry-run", "--dir", here]);
    assert!(
        kept.contains("would purge 0 sections") && kept.contains("may go after 20"),
        "{kept}"
    );

    // Both members agree that a moment is long enough.
    let policy = network.place.path().join("policy.toml");
    let shown = succeed(&["policy", "show", "--dir", here]);
    let shorter = shown.replace("retention = \"3653d\"", "retention = \"1ms\"");
    assert_ne!(shown, shorter);
    std::fs::write(&policy, shorter).unwrap();
    network.amend(&policy, &[&first, &second]);
    until("the shorter time is in force", || {
        let shown = succeed(&["policy", "show", "--dir", here]);
        let ordered = first.status()["pending"].as_u64() == Some(0);
        (ordered && shown.contains("retention = \"1ms\"")).then_some(())
    });
    let said = purge(here);
    assert!(said.contains("purged 2 sections"), "{said}");
    assert!(purge(here).contains("purged 0 sections"), "once is enough");
    let after = verified(here);
    assert!(
        after.contains("not here") && !after.contains("Gaiwan"),
        "{after}"
    );
    // The other member kept its copy of what the label opens until it takes it away too.
    assert!(verified(there).contains("Gaiwan, celadon"));
    purge(there);
    assert!(verified(there).contains("not here"));
    both_agree();
}
