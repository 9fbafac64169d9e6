//! Records that cite something which is not in the log yet.

use super::codec::wire_fields;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::{BlockId, DeviceId, RecordRef, Seq, TimeMs, limits};

/// Records that stand or fall together and wait for a cite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingUnit {
    pub(crate) since: TimeMs,
    pub(crate) missing: RecordRef,
    pub(crate) device: DeviceId,
    pub(crate) seq: Seq,
    pub(crate) block: BlockId,
    pub(crate) records: Vec<WaitingRecord>,
}

wire_fields!(WaitingUnit {
    since,
    missing,
    device,
    seq,
    block,
    records
});

impl WaitingUnit {
    /// Checkpoint time at which it began to wait.
    pub fn since(&self) -> TimeMs {
        self.since
    }

    /// The cite that it waits for.
    pub fn missing(&self) -> RecordRef {
        self.missing
    }

    /// The records that wait.
    pub fn records(&self) -> &[WaitingRecord] {
        &self.records
    }

    /// The names of the records that wait.
    pub(super) fn names(&self) -> impl Iterator<Item = RecordRef> {
        let block = self.block;
        self.records.iter().map(move |record| RecordRef {
            block,
            index: record.index,
        })
    }
}

/// One record, kept whole until its cite arrives: its block may be gone from memory by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRecord {
    /// Its place in its block.
    pub index: u16,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Wire for WaitingRecord {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.u64(self.index.into());
        to.bytes(&self.bytes);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            index: from.u16()?,
            bytes: from.bytes("waiting record", limits::BLOCK_BYTES)?.to_vec(),
        })
    }
}
