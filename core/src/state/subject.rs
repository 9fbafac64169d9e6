//! One tracked thing, as the ledger knows it.

use std::collections::BTreeMap;

use super::codec::wire_fields;
use crate::{Digest32, GoodsClass, Makeup, MemberId, Party, RecordRef, SubjectId, hash};

/// What the records of one subject have come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectState {
    pub(crate) owner: Party,
    pub(crate) holder: Party,
    pub(crate) inside: Option<SubjectId>,
    pub(crate) commissioned: RecordRef,
    pub(crate) last_custody: RecordRef,
    pub(crate) open_offer: Option<RecordRef>,
    pub(crate) decommissioned: Option<RecordRef>,
    pub(crate) holds: BTreeMap<MemberId, RecordRef>,
    pub(crate) held_inside: u64,
    pub(crate) newest: RecordRef,
    pub(crate) count: u64,
    pub(crate) running: Digest32,
    pub(crate) class: GoodsClass,
    pub(crate) makeup: Makeup,
}

wire_fields!(SubjectState {
    owner,
    holder,
    inside,
    commissioned,
    last_custody,
    open_offer,
    decommissioned,
    holds,
    held_inside,
    newest,
    count,
    running,
    class,
    makeup
});

impl SubjectState {
    /// A subject that was just commissioned: its maker owns and holds it.
    pub(crate) fn commissioned(
        maker: MemberId,
        by: RecordRef,
        class: GoodsClass,
        makeup: Makeup,
    ) -> Self {
        Self {
            owner: maker.into(),
            holder: maker.into(),
            inside: None,
            commissioned: by,
            last_custody: by,
            open_offer: None,
            decommissioned: None,
            holds: BTreeMap::new(),
            held_inside: 0,
            newest: by,
            count: 0,
            running: Digest32::from_bytes([0; 32]),
            class,
            makeup,
        }
    }

    /// Counts one more applied record, so that a later proof cannot leave one out.
    pub(crate) fn count_record(&mut self, record: &RecordRef) {
        self.newest = *record;
        self.count = self.count.saturating_add(1);
        self.running = Digest32::from_bytes(hash::labelled(
            "chopmark/running/1",
            &[
                self.running.as_bytes(),
                record.block.as_bytes(),
                &record.index.to_be_bytes(),
            ],
        ));
    }

    /// Who has title.
    pub fn owner(&self) -> &Party {
        &self.owner
    }

    /// Who had custody when the subject was last outside every container.
    /// While it is packed, its container's holder has it: ask `StateView::holder_of`.
    pub fn own_holder(&self) -> &Party {
        &self.holder
    }

    /// The container it is packed in.
    pub fn inside(&self) -> Option<&SubjectId> {
        self.inside.as_ref()
    }

    /// The record that commissioned it.
    pub fn commissioned_by(&self) -> RecordRef {
        self.commissioned
    }

    /// The record that last gave someone this subject: its commissioning, an acceptance, or
    /// the unpacking that took it out of its container. An offer cites it first.
    pub fn last_custody(&self) -> RecordRef {
        self.last_custody
    }

    /// The newest offer that was neither accepted nor declined; it may have expired.
    pub fn open_offer(&self) -> Option<RecordRef> {
        self.open_offer
    }

    /// The record that decommissioned it: nothing more is written about it.
    pub fn decommissioned_by(&self) -> Option<RecordRef> {
        self.decommissioned
    }

    /// The authorities that hold it, and by which records.
    pub fn holds(&self) -> &BTreeMap<MemberId, RecordRef> {
        &self.holds
    }

    /// How many holds there are on what is packed inside, at every level. None of these moves,
    /// so the number changes with holding and clearing alone.
    pub fn held_inside(&self) -> u64 {
        self.held_inside
    }

    /// The newest applied record that names it. What is written about the subject next cites it,
    /// so that a history with a hole shows it.
    pub fn newest_record(&self) -> RecordRef {
        self.newest
    }

    /// How many applied records name it.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What kind of goods it is.
    pub fn class(&self) -> GoodsClass {
        self.class
    }

    /// Whether it is one thing, a batch, or a run.
    pub fn makeup(&self) -> &Makeup {
        &self.makeup
    }

    /// Running hash over those records.
    pub fn running(&self) -> &Digest32 {
        &self.running
    }
}
