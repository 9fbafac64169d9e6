//! The other sides of sync: how far each direction came, and what went wrong last.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use chopmark_core::DeviceId;
use minicbor::{Decode, Encode};
use rusqlite::{OptionalExtension as _, params};

use super::read::unsigned;
use super::{Batch, Instance, Number, Store, StoreError, signed};
use crate::seal::bound;

/// A short local number for where an item came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u64);

impl Slot {
    /// Made here, or handed over here without a network: whatever came so is ours to send on.
    pub const HERE: Self = Self(0);

    /// The slot of a side that was never met: nothing came from it.
    pub(crate) const NOWHERE: Self = Self(u64::MAX);

    pub(super) const fn new(slot: u64) -> Self {
        Self(slot)
    }

    pub(super) const fn get(self) -> u64 {
        self.0
    }
}

/// What is known about the other side of a sync.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PeerRow {
    /// Its device key.
    #[n(0)]
    pub key: DeviceId,
    /// Which copy it was at the last hello.
    #[cbor(n(1), with = "minicbor::bytes")]
    instance: Option<[u8; 16]>,
    /// Its number up to which everything is on disk here.
    #[n(2)]
    since: u64,
    /// Our number up to which everything is on its disk, or was refused; peers do not note it.
    #[n(3)]
    acked: u64,
    /// When it last answered, by this machine's clock.
    #[n(4)]
    pub last_contact_ms: u64,
    /// The code and text of the last failure since then.
    #[n(5)]
    pub last_error: Option<(String, String)>,
    /// Where it is reached, the best address first; none when this replica may not call it.
    #[n(6)]
    addresses: Vec<String>,
}

impl PeerRow {
    /// A side that was never met.
    #[must_use]
    pub fn new(key: DeviceId) -> Self {
        Self {
            key,
            instance: None,
            since: 0,
            acked: 0,
            last_contact_ms: 0,
            last_error: None,
            addresses: Vec::new(),
        }
    }

    /// Where it is reached (`HOST:PORT`), the best address first; none when it is only known
    /// from its calls.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Which copy it was at the last hello.
    #[must_use]
    pub fn instance(&self) -> Option<Instance> {
        self.instance.map(Instance::from_bytes)
    }

    /// Its number up to which everything is on disk here.
    #[must_use]
    pub fn since(&self) -> Number {
        Number::new(self.since)
    }

    /// Our number up to which everything is on its disk, or was refused.
    #[must_use]
    pub fn acked(&self) -> Number {
        Number::new(self.acked)
    }

    /// It said hello as this copy; another copy than before starts both directions over.
    pub fn met(&mut self, instance: Instance, now_ms: u64) {
        if self.instance() != Some(instance) {
            self.instance = Some(*instance.as_bytes());
            self.since = 0;
            self.acked = 0;
        }
        self.last_contact_ms = now_ms;
        self.last_error = None;
    }

    /// Everything of it up to this number is on disk here.
    pub fn received(&mut self, last: Number) {
        self.since = self.since.max(last.get());
    }

    /// Everything of ours up to this number is on its disk.
    pub fn acknowledged(&mut self, last: Number) {
        self.acked = self.acked.max(last.get());
    }

    /// Asks it for everything again at the next sync; what is here already is not stored twice.
    pub fn start_over(&mut self) {
        self.since = 0;
    }
}

/// Rows that were read or written in this run: a session asks for its own at each frame.
pub(super) type Met = BTreeMap<DeviceId, (Slot, PeerRow)>;

/// Slot, name and sealed row.
type SealedRow = (i64, Vec<u8>, Vec<u8>);

impl Store {
    /// Every side met so far.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn peers(&self) -> Result<Vec<(Slot, PeerRow)>, StoreError> {
        const QUERY: &str = "SELECT slot, name, sealed FROM peers ORDER BY slot";
        let rows: Vec<SealedRow> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })?;
        rows.into_iter().map(|row| self.open_peer(row)).collect()
    }

    /// What is known about one side.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] naming the row, or what the disk says.
    pub fn peer(&self, key: DeviceId) -> Result<Option<PeerRow>, StoreError> {
        Ok(self.peer_at(key)?.map(|(_, row)| row))
    }

    /// The same, and its slot.
    pub(crate) fn peer_at(&self, key: DeviceId) -> Result<Option<(Slot, PeerRow)>, StoreError> {
        let mut met = self.met();
        if let Some(known) = met.get(&key) {
            return Ok(Some(known.clone()));
        }
        // Behind this lock: what is committed meanwhile is noted after it.
        let found = self.read_peer(key)?;
        if let Some(found) = &found {
            met.insert(key, found.clone());
        }
        Ok(found)
    }

    fn met(&self) -> MutexGuard<'_, Met> {
        // Each change leaves it with rows that are on disk.
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes rows that are on disk now.
    pub(super) fn note_met(&self, rows: Vec<(Slot, PeerRow)>) {
        let mut met = self.met();
        for (slot, row) in rows {
            // Who had the slot before has left it.
            met.retain(|_, (taken, _)| *taken != slot);
            met.insert(row.key, (slot, row));
        }
    }

    fn read_peer(&self, key: DeviceId) -> Result<Option<(Slot, PeerRow)>, StoreError> {
        const QUERY: &str = "SELECT slot, name, sealed FROM peers WHERE name = ?1";
        let name = self.rows.name("peer", key.as_bytes());
        let row: Option<SealedRow> = self.read(|connection| {
            connection
                .prepare_cached(QUERY)?
                .query_row([name.as_slice()], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
        })?;
        row.map(|row| self.open_peer(row)).transpose()
    }

    fn open_peer(&self, (slot, name, sealed): SealedRow) -> Result<(Slot, PeerRow), StoreError> {
        let slot = unsigned(slot).get();
        let plain = self.unseal("peers", &[&slot.to_be_bytes(), &name], &sealed, || {
            slot.to_string()
        })?;
        let row = minicbor::decode(&plain).map_err(|_| StoreError::DamagedRow {
            table: "peers",
            row: slot.to_string(),
        })?;
        Ok((Slot(slot), row))
    }
}

impl Batch<'_> {
    /// The slot of a side, given at its first meeting.
    ///
    /// # Errors
    /// What the disk says.
    pub fn slot_of(&mut self, key: DeviceId) -> Result<Slot, StoreError> {
        const QUERY: &str = "SELECT slot FROM peers WHERE name = ?1";
        let name = self.store().rows.name("peer", key.as_bytes());
        if let Some(slot) = self.first::<i64>(QUERY, params![name.as_slice()])? {
            return Ok(Slot(unsigned(slot).get()));
        }
        let slot = self.next_slot()?;
        self.put_peer(slot, &PeerRow::new(key))?;
        Ok(slot)
    }

    /// A slot that nobody ever had. A side that is written into it leaves the one before.
    ///
    /// # Errors
    /// What the disk says.
    pub fn next_slot(&mut self) -> Result<Slot, StoreError> {
        const NEXT: &str = "SELECT coalesce(max(slot), 0) + 1 FROM peers";
        let next = self.first::<i64>(NEXT, [])?;
        Ok(Slot(next.map_or(1, |slot| unsigned(slot).get())))
    }

    /// Writes where a side is reached. Sides are called in the order of their first mention.
    ///
    /// # Errors
    /// What the disk says, or [`StoreError::DamagedRow`] naming its row.
    pub fn put_addresses(&mut self, key: DeviceId, addresses: &[String]) -> Result<(), StoreError> {
        let slot = self.slot_of(key)?;
        // Behind this batch's lock nobody else writes it.
        let mut row = self.store().peer(key)?.unwrap_or_else(|| PeerRow::new(key));
        row.addresses = addresses.to_vec();
        self.put_peer(slot, &row)
    }

    /// Writes what is known about a side.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_peer(&mut self, slot: Slot, row: &PeerRow) -> Result<(), StoreError> {
        const INSERT: &str =
            "INSERT OR REPLACE INTO peers (slot, name, sealed) VALUES (?1, ?2, ?3)";
        let name = self.store().rows.name("peer", row.key.as_bytes());
        // Encoding into a vector cannot fail.
        let plain = minicbor::to_vec(row).unwrap_or_default();
        let sealed = self
            .store()
            .rows
            .seal(&bound("peers", &[&slot.get().to_be_bytes(), &name]), &plain)?;
        self.run(INSERT, params![signed(slot.get()), name.as_slice(), sealed])?;
        self.met.push((slot, row.clone()));
        Ok(())
    }
}
