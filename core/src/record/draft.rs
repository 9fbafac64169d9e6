//! What an author wants to say, before it is sealed and signed.

use std::collections::BTreeSet;

use super::{Audience, Body};
use crate::{
    code::Code,
    ids::{RecordRef, SubjectId},
    policy::Jurisdiction,
    readers::ReaderGroup,
    section::SectionBody,
};

/// A record to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDraft {
    /// Its fields.
    pub body: Body,
    /// What it is about; for packing, the container first.
    pub subjects: Vec<SubjectId>,
    /// The records it builds on; for custody, the custody record before it first.
    pub cites: Vec<RecordRef>,
    /// Records of one block with the same group stand or fall together.
    pub group: Option<u16>,
    /// What is said to some only.
    pub sections: Vec<(AudienceDraft, SectionBody)>,
}

impl RecordDraft {
    /// A record without cites, sections or group.
    #[must_use]
    pub const fn new(body: Body, subjects: Vec<SubjectId>) -> Self {
        Self {
            body,
            subjects,
            cites: Vec::new(),
            group: None,
            sections: Vec::new(),
        }
    }

    /// Builds on these records.
    #[must_use]
    pub fn citing(mut self, cites: Vec<RecordRef>) -> Self {
        self.cites = cites;
        self
    }

    /// Says this to an audience.
    #[must_use]
    pub fn telling(mut self, audience: AudienceDraft, body: SectionBody) -> Self {
        self.sections.push((audience, body));
        self
    }

    /// Stands or falls with the block's other records of the same group.
    #[must_use]
    pub const fn grouped(mut self, group: u16) -> Self {
        self.group = Some(group);
        self
    }
}

/// Who a section to be written is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudienceDraft {
    /// These reader groups. The author's own member only if it is among them.
    Parties(BTreeSet<ReaderGroup>),
    /// Every member.
    Members,
    /// Whoever holds the label of one of the subjects.
    Label {
        /// Which subject of the record.
        subject_index: u16,
        /// What stands on its label.
        code: Code,
    },
    /// The authorities of a jurisdiction.
    Regulators(Jurisdiction),
    /// Everyone.
    Public,
}

impl AudienceDraft {
    /// These reader groups; a member stands for all its devices.
    #[must_use]
    pub fn parties<G: Into<ReaderGroup>>(groups: impl IntoIterator<Item = G>) -> Self {
        Self::Parties(groups.into_iter().map(Into::into).collect())
    }

    pub(crate) fn audience(&self) -> Audience {
        match self {
            Self::Parties(groups) => Audience::Parties(groups.clone()),
            Self::Members => Audience::Members,
            Self::Label { subject_index, .. } => Audience::Label {
                subject_index: *subject_index,
            },
            Self::Regulators(name) => Audience::Regulators(name.clone()),
            Self::Public => Audience::Public,
        }
    }
}
