//! What brings a member back that lost every device: one secret, split among people, that is both
//! the recovery key and the keys of two devices that were enrolled for this day.

mod share;

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    hash::{derive, labelled},
    ids::{DeviceId, MemberId, NetworkId},
    keys::{DeviceKey, HpkeSecret, Kem, Seed},
};

pub use share::{RecoveryShare, RecoveryShareError, RecoveryTags};

/// The secret that the shares make together (format, section 16). It is nowhere as a whole but
/// while it is split and while it is brought together again.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoverySecret(Seed);

/// Seeds of one of the two devices.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DeviceSeeds {
    /// Of the signing key.
    pub signing: Seed,
    /// Of the key that its mail is sealed to; the admin's is the member's recovery key.
    pub hpke: Seed,
}

impl DeviceSeeds {
    /// The signing key.
    #[must_use]
    pub fn signing_key(&self) -> DeviceKey {
        DeviceKey::from_seed(&self.signing)
    }

    /// The other key.
    #[must_use]
    pub fn hpke_key(&self, kem: Kem) -> HpkeSecret {
        HpkeSecret::derive(kem, &self.hpke)
    }
}

impl RecoverySecret {
    /// The secret of 32 bytes from a cryptographic random source, used for one split.
    #[must_use]
    pub const fn from_bytes(random: Seed) -> Self {
        Self(random)
    }

    /// The bytes, to be split.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Seed> {
        Zeroizing::new(self.0)
    }

    /// The admin device that signs for the member again.
    #[must_use]
    pub fn admin(&self, network: &NetworkId, member: &MemberId) -> DeviceSeeds {
        self.device(network, member, b"admin")
    }

    /// The peer device that fetches the ledger again.
    #[must_use]
    pub fn peer(&self, network: &NetworkId, member: &MemberId) -> DeviceSeeds {
        self.device(network, member, b"peer")
    }

    /// What every share of this secret says of it.
    #[must_use]
    pub fn tags(&self, network: &NetworkId, member: &MemberId) -> RecoveryTags {
        let admin = self.admin(network, member).signing_key().id();
        RecoveryTags::of(network, member, &admin)
    }

    fn device(&self, network: &NetworkId, member: &MemberId, role: &[u8]) -> DeviceSeeds {
        let seed = |purpose: &[u8]| {
            let info = [
                b"chopmark/recovery-device/1".as_slice(),
                network.as_bytes(),
                member.as_bytes(),
                purpose,
                role,
            ];
            derive(&[], &self.0, &info)
        };
        DeviceSeeds {
            signing: seed(b"signing "),
            hpke: seed(b"sealing "),
        }
    }
}

impl fmt::Debug for RecoverySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoverySecret")
    }
}

impl RecoveryTags {
    /// What shares say of the member, and of the split that made this admin device. Everybody can
    /// compute both from the ledger, and neither says anything about the secret.
    #[must_use]
    pub fn of(network: &NetworkId, member: &MemberId, admin: &DeviceId) -> Self {
        let (network, member) = (network.as_bytes(), member.as_bytes());
        let owner = labelled("chopmark/recovery-member/1", &[network, member]);
        let split = labelled(
            "chopmark/recovery-split/1",
            &[network, member, admin.as_bytes()],
        );
        Self {
            owner: first(owner),
            split: first(split),
        }
    }
}

/// The first four bytes: enough to tell one from another, not meant to withstand an attack.
fn first(digest: [u8; 32]) -> [u8; 4] {
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: NetworkId = NetworkId::from_bytes([1; 32]);
    const MEMBER: MemberId = MemberId::from_bytes([2; 32]);

    #[test]
    fn every_key_of_a_secret_is_another_one() {
        let secret = RecoverySecret::from_bytes([7; 32]);
        let other_member = MemberId::from_bytes([3; 32]);
        let devices = [
            secret.admin(&NETWORK, &MEMBER),
            secret.peer(&NETWORK, &MEMBER),
            secret.admin(&NETWORK, &other_member),
            secret.admin(&NetworkId::from_bytes([4; 32]), &MEMBER),
        ];
        let mut seeds: Vec<Seed> = devices.iter().flat_map(|d| [d.signing, d.hpke]).collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), 8);
        let again = RecoverySecret::from_bytes([7; 32]).admin(&NETWORK, &MEMBER);
        assert_eq!(again.signing, devices[0].signing);
    }

    #[test]
    fn tags_tell_members_and_splits_apart() {
        let first = RecoverySecret::from_bytes([7; 32]).tags(&NETWORK, &MEMBER);
        let second = RecoverySecret::from_bytes([8; 32]).tags(&NETWORK, &MEMBER);
        assert_eq!(first.owner, second.owner);
        assert_ne!(first.split, second.split);
        let theirs =
            RecoverySecret::from_bytes([7; 32]).tags(&NETWORK, &MemberId::from_bytes([3; 32]));
        assert_ne!(first.owner, theirs.owner);
    }

    #[test]
    fn a_secret_is_not_printed() {
        let shown = format!("{:?}", RecoverySecret::from_bytes([0x5a; 32]));
        assert!(!shown.contains("5a") && !shown.contains("90"), "{shown}");
    }
}
