//! One tracked thing, as the ledger knows it.

use std::collections::BTreeMap;

use super::{Life, Parents, Right, codec::wire_fields, seldom::Seldom};
use crate::member::numbered;
use crate::{
    ActivationPublic, CodeKind, Digest32, GoodsClass, Makeup, MemberId, Party, RecordRef,
    SubjectId, hash,
};

numbered! {
    /// What a subject is to the rules.
    Nature: "nature" {
        /// Something that can be touched, or a place.
        Thing = 0,
        /// A document: associated with goods, it stands for them.
        Document = 1,
    }
}

impl Nature {
    /// The nature of what is commissioned under a class.
    pub(crate) fn of_class(class: &str) -> Self {
        match CodeKind::of_bare_class(class) {
            Some(CodeKind::Document) => Self::Document,
            _ => Self::Thing,
        }
    }
}

/// A pledge that was not released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pledge {
    pub(crate) to: MemberId,
    pub(crate) by: RecordRef,
}

wire_fields!(Pledge { to, by });

impl Pledge {
    /// The bank.
    pub fn to(&self) -> &MemberId {
        &self.to
    }

    /// The record that pledged it.
    pub fn by(&self) -> RecordRef {
        self.by
    }
}

/// What the records of one subject have come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectState {
    pub(crate) nature: Nature,
    pub(crate) owner: Party,
    pub(crate) holder: Party,
    pub(crate) inside: Option<SubjectId>,
    pub(crate) commissioned: RecordRef,
    pub(crate) last_custody: RecordRef,
    pub(crate) open_offer: Option<RecordRef>,
    pub(crate) last_title: RecordRef,
    pub(crate) activation: Option<ActivationPublic>,
    pub(crate) seldom: Seldom,
    pub(crate) newest: RecordRef,
    pub(crate) count: u64,
    pub(crate) running: Digest32,
    pub(crate) class: GoodsClass,
    pub(crate) makeup: Makeup,
}

wire_fields!(SubjectState {
    nature,
    owner,
    holder,
    inside,
    commissioned,
    last_custody,
    open_offer,
    last_title,
    activation,
    seldom,
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
            nature: Nature::of_class(&class.to_string()),
            owner: maker.into(),
            holder: maker.into(),
            inside: None,
            commissioned: by,
            last_custody: by,
            open_offer: None,
            last_title: by,
            activation: None,
            seldom: Seldom::default(),
            newest: by,
            count: 0,
            running: Digest32::from_bytes([0; 32]),
            class,
            makeup,
        }
    }

    /// What refusals name of it.
    pub(crate) fn life(&self, id: &SubjectId) -> Life {
        Life {
            subject: *id,
            began: self.commissioned,
            latest: self.newest,
        }
    }

    /// Counts one more applied record, so that a later proof cannot leave one out.
    pub(crate) fn count_record(&mut self, record: &RecordRef) {
        self.newest = *record;
        self.count = self.count.saturating_add(1);
        self.running = after_record(&self.running, record);
    }

    /// The offer of a right that was not answered; it may have expired.
    pub(crate) fn open_offer_of(&self, right: Right) -> Option<RecordRef> {
        match right {
            Right::Custody => self.open_offer,
            Right::Title => self.seldom.open_title_offer,
        }
    }

    pub(crate) fn open_offer_mut(&mut self, right: Right) -> &mut Option<RecordRef> {
        match right {
            Right::Custody => &mut self.open_offer,
            Right::Title => &mut self.seldom.open_title_offer,
        }
    }

    /// What it is to the rules.
    pub fn nature(&self) -> Nature {
        self.nature
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

    /// The container it is packed in, and the record that packed it.
    pub fn packed(&self) -> Option<(SubjectId, RecordRef)> {
        // What is packed has no custody of its own that a record could move.
        self.inside.map(|container| (container, self.last_custody))
    }

    /// The record that commissioned it.
    pub fn commissioned_by(&self) -> RecordRef {
        self.commissioned
    }

    /// The record that says where custody of it lies: its commissioning, an acceptance, a picking
    /// up, the unpacking that took it out of its container. An offer cites it first. While it is
    /// packed, the packing, and nothing that is packed is offered.
    pub fn last_custody(&self) -> RecordRef {
        self.last_custody
    }

    /// The newest offer that was neither accepted nor declined; it may have expired.
    pub fn open_offer(&self) -> Option<RecordRef> {
        self.open_offer
    }

    /// The record that last gave someone title: its commissioning, the taking of an offer of
    /// title, of it or of a container around it, its activation or a resale. The next title
    /// record cites it first.
    pub fn last_title(&self) -> RecordRef {
        self.last_title
    }

    /// The newest offer of title that was neither taken nor declined; it may have expired.
    pub fn open_title_offer(&self) -> Option<RecordRef> {
        self.seldom.open_title_offer
    }

    /// What it is associated with: documents that stand for it, assets and places.
    pub fn parents(&self) -> &Parents {
        &self.seldom.parents
    }

    /// The pledge on the subject itself. Its owner made it: title does not move while it lasts.
    pub fn pledge(&self) -> Option<&Pledge> {
        self.seldom.pledge.as_ref()
    }

    /// How many pledges there are on what is packed inside, at every level, and on the documents
    /// that stand for it.
    pub fn pledged_inside(&self) -> u64 {
        self.seldom.pledged_inside
    }

    /// What lies under its seal, public half.
    pub fn activation(&self) -> Option<&ActivationPublic> {
        self.activation.as_ref()
    }

    /// The record by which it got its first owner outside the members.
    pub fn activated_by(&self) -> Option<RecordRef> {
        self.seldom.activated
    }

    /// The record that decommissioned it: nothing more is written about it.
    pub fn decommissioned_by(&self) -> Option<RecordRef> {
        self.seldom.decommissioned
    }

    /// The authorities that hold it, and by which records.
    pub fn holds(&self) -> &BTreeMap<MemberId, RecordRef> {
        &self.seldom.holds
    }

    /// How many holds there are on what is packed inside, at every level, and on the documents
    /// that stand for it. None of these moves, so the number changes with holding and clearing
    /// alone.
    pub fn held_inside(&self) -> u64 {
        self.seldom.held_inside
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

/// The running hash once one more record was applied.
pub(crate) fn after_record(running: &Digest32, record: &RecordRef) -> Digest32 {
    Digest32::from_bytes(hash::labelled(
        "chopmark/running/1",
        &[
            running.as_bytes(),
            record.block.as_bytes(),
            &record.index.to_be_bytes(),
        ],
    ))
}
