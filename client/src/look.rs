//! One consistent look at everything: the ledger with what is pending on it, the store, and
//! what this device may open.

use std::collections::BTreeMap;

use chopmark_core::{
    Audience, Body, DeviceId, Genesis, Group, MemberId, Opener, Outcome, Pending, ReaderGroup,
    RecordRef, Role, SectionBody, State, StateView as _, SubjectId, Undrawn, VerifiedBlock,
};
use chopmark_replica::{Batch, Store, StoreError, Vault};
use chopmark_view::{EventStatus, NewestCheckpoint, SubjectCard, SubjectKind};

use crate::heights::{self, Heights};
use crate::known::{self, Known};
use crate::papers::{Read, SectionAt};
use crate::trouble::{self, Trouble};
use crate::{blocks, papers, rulings, scan, words_of};

/// Who this device is.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) member: MemberId,
    pub(crate) device: DeviceId,
    pub(crate) role: Role,
}

/// The only key of the note that keeps the identity.
const ME: &[u8] = b"me";

impl Identity {
    /// Kept at joining: the enrolment itself may take a sync to find its place in the ledger.
    pub(crate) fn save(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        let mut bytes = self.member.as_bytes().to_vec();
        bytes.extend(self.device.as_bytes());
        bytes.push(self.role.as_u8());
        batch.put_note("identity", ME, &bytes)
    }

    pub(crate) fn load(store: &Store) -> Result<Self, Trouble> {
        let bytes = store.note("identity", ME)?.unwrap_or_default();
        let parts = || {
            let (member, rest) = bytes.split_first_chunk::<32>()?;
            let (device, role) = rest.split_first_chunk::<32>()?;
            let role = Role::try_from(*role.first()?).ok()?;
            Some(Self {
                member: MemberId::from_bytes(*member),
                device: DeviceId::from_bytes(*device),
                role,
            })
        };
        parts().ok_or_else(|| trouble::damaged("identity".to_owned()).into())
    }
}

/// Everything at one moment. Nothing changes while it lasts.
pub(crate) struct Look<'a> {
    /// With what this device may use drawn, although nobody wrote about it yet.
    pub(crate) view: &'a Pending<'a>,
    /// With what was written alone.
    pub(crate) written: &'a Pending<'a>,
    /// Things of runs that this device has the proof of.
    pub(crate) undrawn: &'a BTreeMap<SubjectId, Undrawn>,
    /// The ledger as checkpoints have it.
    pub(crate) firm: &'a State,
    pub(crate) store: &'a Store,
    pub(crate) vault: &'a Vault,
    pub(crate) genesis: &'a Genesis,
    pub(crate) me: &'a Identity,
    /// What this device's member may open.
    pub(crate) opener: &'a Opener,
    pub(crate) heights: &'a Heights,
}

impl Look<'_> {
    /// Whether a section may be for this device to read as it arrives. Not one for regulators:
    /// that is shown only after a record says that somebody looks.
    pub(crate) fn reads(&self, audience: &Audience) -> bool {
        if matches!(audience, Audience::Regulators(_)) {
            return false;
        }
        let groups = Group::of_role(self.me.role);
        groups
            .map(|group| ReaderGroup::new(self.me.member, group))
            .any(|of| audience.may_include(&of))
    }

    /// Where a record stands.
    pub(crate) fn status(&self, record: &RecordRef) -> Result<EventStatus, Trouble> {
        let refused =
            |refusal| EventStatus::Refused(rulings::refusal(self.store, self.view, refusal));
        if let Some(place) = self.firm.logged(&record.block) {
            return Ok(
                match (self.firm.refusal(record), self.firm.waiting(record)) {
                    (Some(refusal), _) => refused(refusal),
                    (None, Some(_)) => EventStatus::Waiting,
                    (None, None) => EventStatus::Final {
                        height: self.height_of(place.index)?,
                    },
                },
            );
        }
        Ok(match self.view.outcome(record) {
            Some(Outcome::Refused(refusal)) => refused(refusal),
            Some(Outcome::Waiting { .. }) => EventStatus::Waiting,
            _ => EventStatus::Pending,
        })
    }

    /// By how many validators the newest checkpoint here was signed. Counted from what is on disk,
    /// which is checked again: it costs a page less than a millisecond.
    pub(crate) fn newest(&self) -> Result<Option<NewestCheckpoint>, Trouble> {
        let height = self.firm.tip().height;
        let Some(checkpoint) = heights::checkpoint(self.store, height)? else {
            return Ok(None);
        };
        let (header, signed) = (checkpoint.header(), checkpoint.signed_header());
        let mut sets = self.firm.roster().validator_sets();
        let set = sets.find(|set| set.digest() == *header.validator_set());
        // Those who signed it may have handed over to others by it: nothing is said then, until
        // these sign the next.
        Ok(set.filter(|set| signed.verify(set).is_ok()).map(|set| {
            let count = |of: usize| u64::try_from(of).unwrap_or(u64::MAX);
            NewestCheckpoint {
                signed: count(signed.cosignatures().len()),
                validators: count(set.as_slice().len()),
                time_ms: header.time().0,
            }
        }))
    }

    fn height_of(&self, log_index: u64) -> Result<u64, Trouble> {
        let tip = self.firm.tip().height;
        Ok(self.heights.of(self.store, tip, log_index)?.0)
    }

    pub(crate) fn known(&self, subject: &SubjectId) -> Result<Option<Known>, Trouble> {
        Ok(known::find(self.store, subject)?)
    }

    pub(crate) fn member_name(&self, member: &MemberId) -> String {
        words_of::member(self.view, member)
    }

    pub(crate) fn device_name(&self, device: &DeviceId) -> String {
        match self.view.device(device) {
            Some(state) => state.name().to_owned(),
            None => words_of::short(device.as_bytes()),
        }
    }

    pub(crate) fn subject_text(&self, subject: &SubjectId) -> Result<String, Trouble> {
        Ok(words_of::subject(self.store, subject)?)
    }

    /// A subject in one row; none when nothing was commissioned under this id.
    pub(crate) fn card(&self, subject: &SubjectId) -> Result<Option<SubjectCard>, Trouble> {
        let Some(state) = self.view.subject(subject) else {
            return Ok(None);
        };
        let known = self.known(subject)?;
        let holder = self.view.holder_of(subject).unwrap_or(*state.own_holder());
        let kind = match &known {
            Some(known) => words_of::kind(&known.code),
            None => self.kind_by_class(&state.commissioned_by())?,
        };
        let warning = known.as_ref().and_then(|known| known.code.warning());
        Ok(Some(SubjectCard {
            subject: subject.to_string(),
            code: known
                .as_ref()
                .map(|known| known.code.element_string().to_owned()),
            kind,
            product: known.and_then(|known| known.product),
            holder: words_of::party(self.view, &holder),
            mine: holder.is(&self.me.member),
            contents: self.view.contents(subject).len() as u64,
            inside: state
                .inside()
                .map(|container| self.subject_text(container))
                .transpose()?,
            warning: warning.and_then(scan::code_warning),
        }))
    }

    /// What a commissioning's class says, where the code is not known here. A GTIN's class
    /// does not tell items from batches; items are what is met nearly always.
    fn kind_by_class(&self, commissioned: &RecordRef) -> Result<SubjectKind, Trouble> {
        let block = blocks::of(self.store, &commissioned.block)?;
        let record = block
            .as_ref()
            .and_then(|block| block.records().get(usize::from(commissioned.index)));
        Ok(match record.map(chopmark_core::Record::body) {
            Some(Body::Commission { class, .. }) if class == "(00)" => SubjectKind::Unit,
            Some(Body::Commission { class, .. }) if class == "(414)" => SubjectKind::Place,
            _ => SubjectKind::Item,
        })
    }

    /// Everything that this device may read of a record, put together.
    pub(crate) fn read_sections(
        &self,
        block: &VerifiedBlock,
        index: u16,
    ) -> Result<SectionBody, Trouble> {
        let mut all = SectionBody::default();
        for (_, read) in self.read_each(block, index)? {
            if let Read::Body(body) | Read::Opened(body) | Read::Granted(_, body) = read {
                merge(&mut all, &body);
            }
        }
        Ok(all)
    }

    /// What the newest record of a subject says of something, of the last `most` that stand.
    pub(crate) fn newest_of<T>(
        &self,
        subject: &SubjectId,
        most: usize,
        what: impl Fn(&SectionBody) -> Option<T>,
    ) -> Result<Option<T>, Trouble> {
        let records = self.store.records_of(*subject)?;
        for touch in records.into_iter().rev().take(most) {
            let Some(block) = blocks::numbered(self.store, touch.number)? else {
                continue;
            };
            let at = RecordRef {
                block: block.id(),
                index: touch.index,
            };
            if matches!(self.status(&at)?, EventStatus::Refused(_)) {
                continue;
            }
            if let Some(found) = what(&self.read_sections(&block, touch.index)?) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// What this device gets of each section of a record.
    pub(crate) fn read_each(
        &self,
        block: &VerifiedBlock,
        index: u16,
    ) -> Result<Vec<(SectionAt, Read)>, Trouble> {
        let Some(record) = block.records().get(usize::from(index)) else {
            return Ok(Vec::new());
        };
        let mut opener = self.opener.clone();
        for subject in record.subjects() {
            // Who owns it now is another matter: the subject is under its prefix's member.
            if let Some(known) = self.known(subject)?
                && let Some(maker) = self.view.prefix_owner(&known.code)
            {
                opener = opener.with_code(&known.code, &maker);
            }
        }
        let opener = opener.of(block);
        let block_id = block.id();
        let sections = (0_u16..).take(record.sections().len());
        let each = sections.map(|section| {
            let at = SectionAt {
                record: RecordRef {
                    block: block_id,
                    index,
                },
                index: section,
            };
            Ok((at, papers::read(self, block, &opener, at)?))
        });
        each.collect()
    }
}

/// Adds what the one section says that the others did not.
pub(crate) fn merge(all: &mut SectionBody, more: &SectionBody) {
    let more = more.clone();
    if all.codes.is_empty() {
        all.codes = more.codes;
    }
    all.product = all.product.take().or(more.product);
    all.place = all.place.take().or(more.place);
    all.note = all.note.take().or(more.note);
    all.disposition = all.disposition.take().or(more.disposition);
    all.position = all.position.take().or(more.position);
    for link in more.evidence {
        if all.evidence.iter().all(|known| known.id != link.id) {
            all.evidence.push(link);
        }
    }
    if all.measured.is_empty() {
        all.measured = more.measured;
    }
    if all.quantities.is_empty() {
        all.quantities = more.quantities;
    }
}
