//! Devices that read no more without anybody having revoked them: new keys begin by themselves.

use chopmark_core::{Code, DeviceId, Group, HpkeSecret, Invitation, Kem, StateView as _};
use chopmark_replica::Until;
use serde_json::json;

use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, Peer, invite, succeed, text};

const PREFIX: &str = "9506000";

fn item(number: u32) -> Code {
    Code::gtin_serial("09506000134352", &format!("SER{number:05}")).unwrap()
}

/// A network of one member with its peer and a prefix.
fn founded() -> (Network, Peer) {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    succeed(&["prefix", "register", PREFIX, "--dir", text(&peer.dir)]);
    (network, peer)
}

/// Syncs until the newest key of the group is of this epoch, and gives the devices that were given
/// it.
async fn given_anew(by: &Device, group: Group, epoch: usize) -> Vec<DeviceId> {
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(120);
    loop {
        by.sync().await.unwrap();
        let given = by.replica.read_final(|ledger| {
            let mut groups = ledger.state().reader_groups();
            let found = groups.find(|(of, _)| of.member == by.member && of.group == group);
            let epochs = found.unwrap().1.epochs();
            let newest = epochs.last().unwrap();
            assert!(
                epochs.len() <= epoch + 1,
                "one epoch for each that is shut out"
            );
            (epochs.len() > epoch).then(|| newest.given().iter().copied().collect())
        });
        if let Some(given) = given {
            return given;
        }
        assert!(tokio::time::Instant::now() < end, "no new epoch began");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// A feed that forks says that somebody has a copy of the device's key, and of what it reads with.
#[tokio::test]
async fn a_copied_device_opens_nothing_that_is_written_after_its_fork() {
    let (_network, peer) = founded();
    let invitation = Invitation::parse(&invite(&peer, "warehouse", "Desk")).unwrap();
    let (seed, hpke) = ([7; 32], HpkeSecret::derive(Kem::X25519, &[8; 32]));
    let one = Device::join_as(&invitation, &seed, &hpke).await.unwrap();
    let copy = Device::join_as(&invitation, &seed, &hpke).await.unwrap();
    let stays = Device::join(&invite(&peer, "warehouse", "Bench"))
        .await
        .unwrap();
    for device in [&one, &copy, &stays] {
        device.sync().await.unwrap();
    }
    one.write(&[one.commission(PREFIX, &item(1))]);
    copy.write(&[copy.commission(PREFIX, &item(2))]);
    one.sync().await.unwrap();
    let told = copy.sync_until(Until::Exchanged).await;
    assert!(told.is_ok_and(|report| report.not_taken[0].1 == "fork"));

    let given = given_anew(&stays, Group::Operations, 1).await;
    assert!(given.contains(&stays.key.id()), "{given:?}");
    assert!(!given.contains(&one.key.id()), "{given:?}");
    for device in [&one, &copy] {
        let refused = device.sync().await.unwrap_err();
        assert_eq!(refused.code(), "revoked", "{refused}");
    }
}

/// The peer looks every ten seconds: whoever is shut out already costs no further epoch.
#[tokio::test]
async fn an_ended_enrolment_begins_new_epochs() {
    let (_network, peer) = founded();
    let stays = Device::join(&invite(&peer, "warehouse", "Bench"))
        .await
        .unwrap();
    // The running peer, asked as the command asks it: the command counts in days.
    for (epoch, enrolled_ms) in [(1, 5_000), (2, 25_000)] {
        let answer = peer.ask(&json!({
            "ask": "invite", "role": 4, "name": "Desk", "life_ms": 60_000,
            "enrolled_ms": enrolled_ms,
        }));
        let gone = Device::join(answer["done"]["link"].as_str().unwrap())
            .await
            .unwrap();
        let given = given_anew(&stays, Group::Operations, epoch).await;
        assert!(given.contains(&stays.key.id()), "{given:?}");
        assert!(!given.contains(&gone.key.id()), "{given:?}");
    }
}
