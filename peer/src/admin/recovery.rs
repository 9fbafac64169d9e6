//! A fresh recovery key: only its public halves come here.

use anyhow::Context as _;
use chopmark_core::{
    DeviceEntry, DeviceId, DeviceSeeds, HpkePublic, Kem, MlDsa44Key, MlDsa44Public, Role, TimeMs,
};
use serde::{Deserialize, Serialize};

use crate::peer::Peer;

/// The two devices that a recovery secret makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fresh {
    /// Signs again.
    pub(crate) admin: Public,
    /// Fetches the ledger again.
    pub(crate) peer: Public,
    /// When their enrolment ends.
    pub(crate) until: u64,
}

/// What everybody may know of a device's keys.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Public {
    device: String,
    hpke: String,
    /// The key of its second signatures.
    second: String,
}

impl Public {
    /// The public halves of these seeds.
    pub(crate) fn of(seeds: &DeviceSeeds, kem: Kem) -> Self {
        let second = MlDsa44Key::second_of(&seeds.signing_key()).public();
        Self {
            device: seeds.signing_key().id().to_string(),
            second: data_encoding::HEXLOWER.encode(second.as_bytes()),
            hpke: data_encoding::HEXLOWER.encode(seeds.hpke_key(kem).public().as_bytes()),
        }
    }

    fn entry(
        &self,
        (role, name): (Role, &str),
        kem: Kem,
        until: TimeMs,
    ) -> anyhow::Result<DeviceEntry> {
        let device: DeviceId = self.device.parse().context("the device's key")?;
        let hpke = data_encoding::HEXLOWER.decode(self.hpke.as_bytes()).ok();
        let hpke = hpke.and_then(|bytes| HpkePublic::from_bytes(kem, &bytes));
        let hpke = hpke.context("the device's encryption key")?;
        let second = data_encoding::HEXLOWER.decode(self.second.as_bytes()).ok();
        let second = second.and_then(|bytes| MlDsa44Public::from_bytes(&bytes).ok());
        let second = second.context("the device's second key")?;
        Ok(DeviceEntry::new(device, hpke, role, name, until)?.with_second(second))
    }
}

/// Signs all of it.
pub(super) async fn set(peer: &Peer, fresh: Fresh) -> anyhow::Result<String> {
    let kem = peer.view(|view| view.policy().kem).await?;
    let until = TimeMs(fresh.until);
    let admin = fresh
        .admin
        .entry((Role::Admin, "Recovery administration"), kem, until)?;
    let fetching = fresh
        .peer
        .entry((Role::Peer, "Recovery peer"), kem, until)?;
    Ok(peer.set_recovery(admin, fetching).await?.to_string())
}
