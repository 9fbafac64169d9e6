//! The secrets of this device. They lie encrypted in the store and never leave this crate.

use chopmark_core::{DeviceKey, HpkeSecret, Kem, MemberId, NetworkId, Opener};
use chopmark_replica::{Batch, Store};
use zeroize::Zeroizing;

use crate::trouble::{self, Trouble};

const SPACE: &str = "keys";
const DEVICE: &[u8] = b"device";
const HPKE: &[u8] = b"hpke";
/// Reader keys, by member and epoch.
const READERS: &str = "reader-keys";

/// The private key of a reader group, which the joining peer handed over.
pub(crate) struct ReaderKey {
    pub(crate) group: MemberId,
    pub(crate) epoch: u32,
    pub(crate) key: HpkeSecret,
}

/// What this device signs and opens with.
pub(crate) struct Keys {
    pub(crate) device: DeviceKey,
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
        let mut readers = Vec::new();
        for (place, bytes) in store.notes(READERS)? {
            readers.push(reader(&place, &Zeroizing::new(bytes)).ok_or_else(damaged)?);
        }
        Ok(Self {
            device: DeviceKey::from_seed(&seed),
            readers,
        })
    }

    /// Keeps everything; `hpke` is what later reader keys will be sealed to.
    pub(crate) fn save(&self, batch: &mut Batch<'_>, hpke: &HpkeSecret) -> Result<(), Trouble> {
        batch.put_note(SPACE, DEVICE, self.device.to_seed().as_slice())?;
        batch.put_note(SPACE, HPKE, &with_kem(hpke))?;
        for reader in &self.readers {
            let mut place = reader.group.as_bytes().to_vec();
            place.extend(reader.epoch.to_be_bytes());
            batch.put_note(READERS, &place, &with_kem(&reader.key))?;
        }
        Ok(())
    }

    /// What opens the sections for this device's member.
    pub(crate) fn opener(&self, network: &NetworkId) -> Opener {
        self.readers
            .iter()
            .fold(Opener::new(*network), |opener, reader| {
                opener.with_reader(reader.group, reader.epoch, &reader.key)
            })
    }
}

fn with_kem(key: &HpkeSecret) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(key.kem().id().to_be_bytes().to_vec());
    bytes.extend_from_slice(key.to_bytes().as_slice());
    bytes
}

fn reader(place: &[u8], bytes: &[u8]) -> Option<ReaderKey> {
    let (group, epoch) = place.split_first_chunk::<32>()?;
    let (kem, key) = bytes.split_first_chunk::<2>()?;
    let kem = [Kem::X25519, Kem::XWing]
        .into_iter()
        .find(|known| known.id() == u16::from_be_bytes(*kem))?;
    Some(ReaderKey {
        group: MemberId::from_bytes(*group),
        epoch: u32::from_be_bytes(epoch.try_into().ok()?),
        key: HpkeSecret::from_bytes(kem, key)?,
    })
}
