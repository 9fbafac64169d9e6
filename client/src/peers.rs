//! The peers that this device may sync with.

use chopmark_core::DeviceId;
use chopmark_replica::{Batch, Store, StoreError};

/// Device key of a peer → its addresses, the best one first.
const PEERS: &str = "peers";

/// A peer and where it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) key: DeviceId,
    pub(crate) addresses: Vec<String>,
}

pub(crate) fn all(store: &Store) -> Result<Vec<Known>, StoreError> {
    let rows = store.notes(PEERS)?.into_iter();
    let mut peers: Vec<Known> = rows
        .filter_map(|(key, addresses)| {
            let key = DeviceId::from_bytes(key.try_into().ok()?);
            Some(Known {
                key,
                addresses: serde_json::from_slice(&addresses).ok()?,
            })
        })
        .collect();
    peers.sort_by_key(|peer| peer.key);
    Ok(peers)
}

pub(crate) fn remember(batch: &mut Batch<'_>, peer: &Known) -> Result<(), StoreError> {
    // A list of strings always encodes.
    let addresses = serde_json::to_vec(&peer.addresses).unwrap_or_default();
    batch.put_note(PEERS, peer.key.as_bytes(), &addresses)
}
