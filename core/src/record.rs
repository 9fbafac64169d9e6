//! Records: what a block says and does (format, section 5).

mod audience;
mod body;
mod draft;
mod fields;
mod goods;
mod kind;

use std::collections::BTreeSet;

use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical},
    ids::{MemberId, NetworkId, RecordRef, SubjectId},
    limits,
};

pub use audience::{Audience, SectionRef};
pub use body::{Body, SectionName};
pub use draft::{AudienceDraft, RecordDraft, RecordSize};
pub(crate) use goods::run_leaf;
pub use goods::{Made, Output, RunItem, RunSpec};
pub use kind::{Condition, Kind, Verdict, When};

/// What a record with a subject and a section takes.
const USUAL_BYTES: usize = 256;

/// One statement or action inside a block, well-formed by itself; whether the rules allow it is
/// another matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    body: Body,
    subjects: Vec<SubjectId>,
    cites: Vec<RecordRef>,
    sections: Vec<SectionRef>,
    group: Option<u16>,
}

impl Record {
    /// A record that says only this: about no subject, citing nothing, without sections. What a
    /// command signs offline is handed to the peer so.
    ///
    /// # Errors
    /// [`CborError`] naming what no record may say.
    pub fn bare(body: Body) -> Result<Self, CborError> {
        Self::new(&RecordDraft::new(body, Vec::new()), Vec::new())
    }

    pub(crate) fn new(draft: &RecordDraft, sections: Vec<SectionRef>) -> Result<Self, CborError> {
        let record = Self::unchecked(draft, sections);
        record.check()?;
        Ok(record)
    }

    fn unchecked(draft: &RecordDraft, sections: Vec<SectionRef>) -> Self {
        Self {
            body: draft.body.clone(),
            subjects: draft.subjects.clone(),
            cites: draft.cites.clone(),
            sections,
            group: draft.group,
        }
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// What it is about; for packing, the container first.
    #[must_use]
    pub fn subjects(&self) -> &[SubjectId] {
        &self.subjects
    }

    /// Those of [`subjects`](Self::subjects) whose histories it is a part of. That an item was drawn
    /// says nothing about its run, which would else have a million such records.
    #[must_use]
    pub fn concerned(&self) -> &[SubjectId] {
        match (&self.body, self.subjects.split_first()) {
            (Body::Draw { .. }, Some((_run, items))) => items,
            _ => &self.subjects,
        }
    }

    /// The records it builds on; for custody, the custody record before it first.
    #[must_use]
    pub fn cites(&self) -> &[RecordRef] {
        &self.cites
    }

    /// Its fields.
    #[must_use]
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// Its encrypted parts.
    #[must_use]
    pub fn sections(&self) -> &[SectionRef] {
        &self.sections
    }

    /// Records of one block with the same group stand or fall together.
    #[must_use]
    pub const fn group(&self) -> Option<u16> {
        self.group
    }

    /// The record's bytes, as the records root covers them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(USUAL_BYTES);
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Reads one record.
    ///
    /// # Errors
    /// [`CborError`] naming what is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        from_canonical(bytes)
    }

    /// Whether what it commissions are subjects of the member that writes it. Whose a drawn item
    /// is, its run knows, and the rules.
    pub(crate) fn makes_own_subjects(&self, network: &NetworkId, author: &MemberId) -> bool {
        let mut subjects = self.subjects.iter();
        match &self.body {
            Body::Commission { codes, .. } => codes
                .iter()
                .map(|code| code.subject(network, author))
                .eq(subjects.copied()),
            Body::CommissionRun { run, .. } => {
                subjects.next() == Some(&run.subject(network, author))
            }
            Body::Transform {
                inputs, outputs, ..
            } => outputs
                .iter()
                .map(|output| output.subject(network, author))
                .eq(subjects.skip(inputs.len()).copied()),
            _ => true,
        }
    }

    /// Everything that has to hold beyond the encoding, whatever the state.
    fn check(&self) -> Result<(), CborError> {
        let wrong = |what| Err(CborError::Value { what });
        check_said(&self.body, &self.subjects, &self.cites, self.group)?;
        if self.sections.len() > limits::SECTIONS_PER_RECORD {
            return wrong("sections");
        }
        for section in &self.sections {
            if let Audience::Label { subject_index } = section.audience()
                && usize::from(*subject_index) >= self.subjects.len()
            {
                return wrong("label audience");
            }
        }
        Ok(())
    }
}

/// The part of it that a record fulfils before its sections are sealed.
fn check_said(
    body: &Body,
    subjects: &[SubjectId],
    cites: &[RecordRef],
    group: Option<u16>,
) -> Result<(), CborError> {
    let wrong = |what| Err(CborError::Value { what });
    let (least, most) = body.kind().subject_counts();
    if !(least..=most).contains(&subjects.len()) {
        return wrong("number of subjects");
    }
    if body
        .named_subjects()
        .is_some_and(|named| named != subjects.len())
    {
        return wrong("number of codes");
    }
    if !body.cites_fit(cites) {
        return wrong("cites");
    }
    if !distinct(subjects) {
        return wrong("subjects");
    }
    if cites.len() > limits::CITES || !distinct(cites) {
        return wrong("cites");
    }
    if body.stands_alone() && group.is_some() {
        return wrong("group");
    }
    if let Some(section) = body.section()
        && cites.first() != Some(&section.record)
    {
        return wrong("cites");
    }
    body.check()
}

fn distinct<T: Ord>(values: &[T]) -> bool {
    values.iter().collect::<BTreeSet<_>>().len() == values.len()
}

impl Wire for Record {
    fn write(&self, to: &mut Writer) {
        to.array(6);
        self.body.kind().write(to);
        to.list(&self.subjects);
        to.list(&self.cites);
        self.body.write_fields(to);
        to.list(&self.sections);
        to.option(self.group.as_ref(), |to, group| to.u64((*group).into()));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(6)?;
        let kind = Kind::read(from)?;
        let record = Self {
            subjects: from.list("subjects", limits::SUBJECTS)?,
            cites: from.list("cites", limits::CITES)?,
            body: Body::read_fields(kind, from)?,
            sections: from.list("sections", limits::SECTIONS_PER_RECORD)?,
            group: from.option(Reader::u16)?,
        };
        record.check()?;
        Ok(record)
    }
}

#[cfg(test)]
pub(crate) mod tests;
