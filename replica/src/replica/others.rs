//! The other sides of sync: who they are, where they are, and what they did not take.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{DeviceId, EncodedItem, KnownPeer, MemberId, Role, Seq, StateView as _};

use super::outgoing::encoded;
use super::{Replica, ReplicaError, verified};
use crate::store::{Instance, ItemKind, Number, PeerRow, StoreError, wall_clock_ms};

/// Refusals for what the other side lacks and may have by the next time.
const FOR_NOW: [&str; 2] = ["missing-prev", "unknown-device"];

/// Whether an item that was refused with this code is worth sending again.
pub(crate) fn is_for_now(code: &str) -> bool {
    FOR_NOW.contains(&code)
}

impl Replica {
    /// Another side's row, or a new one.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn peer(&self, key: DeviceId) -> Result<PeerRow, StoreError> {
        Ok(self.0.store.peer(key)?.unwrap_or_else(|| PeerRow::new(key)))
    }

    /// The peers that may be called from here, in the order to try.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn known_peers(&self) -> Result<Vec<PeerRow>, StoreError> {
        let rows = self.0.store.peers()?.into_iter().map(|(_, row)| row);
        Ok(rows.filter(|row| !row.addresses().is_empty()).collect())
    }

    /// Takes in what the peer `from` told a device of the member `home` of the network's other
    /// peers. Only the word of the own member's peer counts, and only for keys that the ledger
    /// knows as peers: an address is worth nothing without its key, and a stranger's list could
    /// send this device round in circles.
    ///
    /// # Errors
    /// What the disk says.
    pub fn learn_peers(
        &self,
        home: MemberId,
        from: DeviceId,
        told: &[KnownPeer],
    ) -> Result<(), ReplicaError> {
        let rows = self.known_peers()?;
        let changes = self.read(|_, pending| {
            let member = |key: &DeviceId| pending.device(key).map(|device| *device.member());
            let mut changes: BTreeMap<DeviceId, &[String]> = BTreeMap::new();
            if member(&from) != Some(home) || told.is_empty() {
                return changes;
            }
            // Forgotten unless it is told again, which overwrites this.
            let gone = rows.iter().filter(|row| member(&row.key) != Some(home));
            changes.extend(gone.map(|row| (row.key, [].as_slice())));
            let is_peer = |peer: &&KnownPeer| {
                pending.device(&peer.key()).is_some_and(|device| {
                    device.role() == Role::Peer && *device.member() == peer.member()
                })
            };
            let named = told.iter().filter(is_peer);
            changes.extend(named.map(|peer| (peer.key(), peer.addresses())));
            changes
        });
        let now = |key: &DeviceId| {
            let row = rows.iter().find(|row| row.key == *key);
            row.map_or([].as_slice(), PeerRow::addresses)
        };
        if changes
            .iter()
            .all(|(key, addresses)| now(key) == *addresses)
        {
            return Ok(());
        }
        let mut batch = self.0.store.batch()?;
        for (key, addresses) in changes {
            batch.put_addresses(key, addresses)?;
        }
        Ok(batch.commit()?)
    }

    /// Changes what is known about another side.
    fn note_peer(
        &self,
        key: DeviceId,
        change: impl FnOnce(&mut PeerRow),
    ) -> Result<(), StoreError> {
        let mut batch = self.0.store.batch()?;
        let slot = batch.slot_of(key)?;
        // Read behind the batch's lock, so that no other change comes between.
        let mut row = self.peer(key)?;
        change(&mut row);
        batch.put_peer(slot, &row)?;
        batch.commit()
    }

    /// Notes that a side said hello as this copy. Another copy than before does not have what that
    /// one brought, so it gets a slot of its own: nothing that is here came from it.
    pub(crate) fn met(&self, key: DeviceId, instance: Instance) -> Result<(), StoreError> {
        let mut batch = self.0.store.batch()?;
        let slot = batch.slot_of(key)?;
        let mut row = self.peer(key)?;
        let is_another = row.instance().is_some_and(|before| before != instance);
        row.met(instance, wall_clock_ms());
        let slot = if is_another { batch.next_slot()? } else { slot };
        batch.put_peer(slot, &row)?;
        batch.commit()
    }

    /// Remembers what another side has: a device shows which of its blocks were sent, a peer
    /// does not.
    pub(crate) fn acknowledged(&self, key: DeviceId, last: Number) -> Result<(), StoreError> {
        self.note_peer(key, |row| row.acknowledged(last))
    }

    pub(crate) fn failed(&self, key: DeviceId, code: &str, detail: &str) -> Result<(), StoreError> {
        self.note_peer(key, |row| {
            row.last_error = Some((code.to_owned(), detail.to_owned()))
        })
    }

    /// Remembers that another side does not take an item of ours.
    pub(crate) fn refused(
        &self,
        number: Number,
        code: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let mut batch = self.0.store.batch()?;
        // Encoding into a vector cannot fail.
        batch.note_refusal(
            number,
            &minicbor::to_vec((code, detail)).unwrap_or_default(),
        )?;
        batch.commit()
    }

    /// Forgets refusals: the other side has taken the items now.
    pub(crate) fn taken_after_all(&self, numbers: &BTreeSet<u64>) -> Result<(), StoreError> {
        let mut batch = self.0.store.batch()?;
        for number in numbers {
            batch.forget_refusal(Number::new(*number))?;
        }
        batch.commit()
    }

    /// Numbers of the items that someone refused for what it lacked at the time.
    pub(crate) fn refused_for_now(&self) -> Result<BTreeSet<u64>, StoreError> {
        let refusals = self.0.store.refusals()?.into_iter();
        Ok(refusals
            .filter(|(_, reason)| {
                let reason: (String, String) = minicbor::decode(reason).unwrap_or_default();
                is_for_now(&reason.0)
            })
            .map(|(number, _)| number.get())
            .collect())
    }

    /// The blocks among these items, each after what it builds on.
    pub(crate) fn in_feed_order(&self, numbers: &BTreeSet<u64>) -> Result<Vec<u64>, ReplicaError> {
        let mut places: BTreeMap<(DeviceId, Seq), u64> = BTreeMap::new();
        for number in numbers {
            let item = self.0.store.item(Number::new(*number))?;
            if let Some(item) = item.filter(|item| item.kind == ItemKind::Block) {
                let block = verified(item.number, &item.bytes)?;
                places.insert((block.header().device(), block.header().seq()), *number);
            }
        }
        Ok(places.into_values().collect())
    }

    /// A block by its number, and the sections that it names, to send them again.
    pub(crate) fn with_sections(&self, number: u64) -> Result<Vec<EncodedItem>, ReplicaError> {
        let Some(item) = self.0.store.item(Number::new(number))? else {
            return Ok(Vec::new());
        };
        let block = verified(item.number, &item.bytes)?;
        let mut items = vec![encoded(&item)];
        for section in block.records().iter().flat_map(|record| record.sections()) {
            if let Some(item) = self.0.store.section_item(section.hash())? {
                items.push(encoded(&item));
            }
        }
        Ok(items)
    }
}
