//! The private key of a reader group, and how it reaches devices and the recovery key.

use zeroize::Zeroizing;

use super::ReaderGroup;
use crate::{
    ids::{DeviceId, MemberId, NetworkId},
    keys::{HpkePublic, HpkeSecret, SealError, Sealed, Seed, seal_to},
};

/// One private key of a reader group.
#[derive(Debug, Clone)]
pub struct ReaderKey {
    /// Whose it is.
    pub of: ReaderGroup,
    /// Which of the group's keys.
    pub epoch: u32,
    /// The key.
    pub secret: HpkeSecret,
}

/// A reader group's private key, sealed to a device or to the member's recovery key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedReaderKey {
    /// Whose it is.
    pub of: ReaderGroup,
    /// Which of the group's keys.
    pub epoch: u32,
    /// The public half.
    pub public: HpkePublic,
    /// The private half, sealed.
    pub sealed: Sealed,
}

impl ReaderKey {
    /// Seals the key to a device of the member. The seed must be random and used once.
    ///
    /// # Errors
    /// [`SealError`] if the device's key is not one.
    pub fn seal_for_device(
        &self,
        network: &NetworkId,
        (device, hpke): (&DeviceId, &HpkePublic),
        seed: &Seed,
    ) -> Result<Sealed, SealError> {
        self.seal(hpke, &device_info(network, device), seed)
    }

    /// Seals the key to the member's recovery key.
    ///
    /// # Errors
    /// [`SealError`] if the recovery key is not one.
    pub fn seal_for_recovery(
        &self,
        network: &NetworkId,
        recovery: &HpkePublic,
        seed: &Seed,
    ) -> Result<Sealed, SealError> {
        self.seal(recovery, &recovery_info(network, &self.of.member), seed)
    }

    fn seal(&self, to: &HpkePublic, info: &[u8], seed: &Seed) -> Result<Sealed, SealError> {
        let secret = self.secret.to_bytes();
        seal_to(
            to,
            info,
            &aad(&self.of, self.epoch),
            secret.as_slice(),
            seed,
        )
    }
}

impl SealedReaderKey {
    /// Opens what was sealed to a device; `None` unless it is the public key's other half: with
    /// another one everything sealed to the group would stay closed.
    #[must_use]
    pub fn open(
        &self,
        network: &NetworkId,
        (device, hpke): (&DeviceId, &HpkeSecret),
    ) -> Option<ReaderKey> {
        self.open_with(hpke, &device_info(network, device))
    }

    /// Opens what was sealed to the member's recovery key.
    #[must_use]
    pub fn recover(&self, network: &NetworkId, recovery: &HpkeSecret) -> Option<ReaderKey> {
        self.open_with(recovery, &recovery_info(network, &self.of.member))
    }

    fn open_with(&self, key: &HpkeSecret, info: &[u8]) -> Option<ReaderKey> {
        let opened = key.open(&self.sealed, info, &aad(&self.of, self.epoch));
        let bytes = Zeroizing::new(opened.ok()?);
        let secret = HpkeSecret::from_bytes(self.public.kem(), &bytes)?;
        (secret.public() == self.public).then_some(ReaderKey {
            of: self.of,
            epoch: self.epoch,
            secret,
        })
    }
}

fn device_info(network: &NetworkId, device: &DeviceId) -> Vec<u8> {
    let label = b"chopmark/reader-key/1".as_slice();
    [label, network.as_bytes(), device.as_bytes()].concat()
}

fn recovery_info(network: &NetworkId, member: &MemberId) -> Vec<u8> {
    let label = b"chopmark/recovery-key/1".as_slice();
    [label, network.as_bytes(), member.as_bytes()].concat()
}

/// Without the group and epoch an old key could be passed off as a new one.
fn aad(of: &ReaderGroup, epoch: u32) -> Vec<u8> {
    [
        of.member.as_bytes().as_slice(),
        &[of.group.as_u8()],
        &epoch.to_be_bytes(),
    ]
    .concat()
}
