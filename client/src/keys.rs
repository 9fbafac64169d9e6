//! The secrets of this device. They lie encrypted in the store and never leave this crate.

use chopmark_core::{
    DeviceKey, Group, HpkeSecret, Kem, MemberId, NetworkId, Opener, ReaderGroup, ReaderKey,
};
use chopmark_replica::{Batch, Store, StoreError};
use zeroize::Zeroizing;

use crate::trouble::{self, Trouble};

const SPACE: &str = "keys";
const DEVICE: &[u8] = b"device";
const HPKE: &[u8] = b"hpke";
/// Reader keys, by group, epoch and the head of the public key: two admins of a member may set one
/// epoch at the same time, and which of the two stands is known later.
const READERS: &str = "reader-keys";
/// How much of the public key tells two apart.
const HEAD: usize = 8;

/// What this device signs and opens with.
pub(crate) struct Keys {
    pub(crate) device: DeviceKey,
    /// What reader keys are sealed to.
    pub(crate) hpke: HpkeSecret,
    pub(crate) readers: Vec<ReaderKey>,
}

impl Keys {
    pub(crate) fn load(store: &Store) -> Result<Self, Trouble> {
        let damaged = || Trouble::Failure(trouble::damaged("keys".to_owned()));
        let seed = store
            .note(SPACE, DEVICE)?
            .map(Zeroizing::new)
            .ok_or_else(damaged)?;
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed.as_slice()).map_err(|_| damaged())?);
        let hpke = store.note(SPACE, HPKE)?.map(Zeroizing::new);
        let hpke = hpke.and_then(|bytes| secret(&bytes)).ok_or_else(damaged)?;
        let mut readers = Vec::new();
        for (place, bytes) in store.notes(READERS)? {
            readers.push(reader(&place, &Zeroizing::new(bytes)).ok_or_else(damaged)?);
        }
        Ok(Self {
            device: DeviceKey::from_seed(&seed),
            hpke,
            readers,
        })
    }

    /// Keeps everything.
    pub(crate) fn save(&self, batch: &mut Batch<'_>) -> Result<(), Trouble> {
        batch.put_note(SPACE, DEVICE, self.device.to_seed().as_slice())?;
        batch.put_note(SPACE, HPKE, &with_kem(&self.hpke))?;
        for reader in &self.readers {
            put_reader(batch, reader)?;
        }
        Ok(())
    }

    /// What opens the sections for this device's member.
    pub(crate) fn opener(&self, network: &NetworkId) -> Opener {
        self.readers
            .iter()
            .fold(Opener::new(*network), |opener, reader| {
                opener.with_reader(reader.of, reader.epoch, &reader.secret)
            })
    }
}

/// Keeps one more reader key.
pub(crate) fn put_reader(batch: &mut Batch<'_>, reader: &ReaderKey) -> Result<(), StoreError> {
    let mut place = reader.of.member.as_bytes().to_vec();
    place.push(reader.of.group.as_u8());
    place.extend(reader.epoch.to_be_bytes());
    place.extend(reader.secret.public().as_bytes().iter().take(HEAD));
    batch.put_note(READERS, &place, &with_kem(&reader.secret))
}

fn with_kem(key: &HpkeSecret) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(key.kem().id().to_be_bytes().to_vec());
    bytes.extend_from_slice(key.to_bytes().as_slice());
    bytes
}

fn reader(place: &[u8], bytes: &[u8]) -> Option<ReaderKey> {
    let (member, rest) = place.split_first_chunk::<32>()?;
    let (group, rest) = rest.split_first()?;
    let (epoch, _) = rest.split_first_chunk::<4>()?;
    Some(ReaderKey {
        of: ReaderGroup::new(MemberId::from_bytes(*member), Group::try_from(*group).ok()?),
        epoch: u32::from_be_bytes(*epoch),
        secret: secret(bytes)?,
    })
}

fn secret(bytes: &[u8]) -> Option<HpkeSecret> {
    let (kem, key) = bytes.split_first_chunk::<2>()?;
    let kem = [Kem::X25519, Kem::XWing]
        .into_iter()
        .find(|known| known.id() == u16::from_be_bytes(*kem))?;
    HpkeSecret::from_bytes(kem, key)
}
