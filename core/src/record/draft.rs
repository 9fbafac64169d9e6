//! What an author wants to say, before it is sealed and signed.

use std::collections::BTreeSet;

use super::{Audience, Body, Record, SectionRef, check_said};
use crate::state::StateView;
use crate::{
    cbor::CborError,
    code::Code,
    ids::{RecordRef, SectionHash, SubjectId},
    policy::{Jurisdiction, Policy},
    readers::ReaderGroup,
    run_list::RUN_LIST_MEDIA_TYPE,
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

    /// Adds the section that a policy asks for of this kind: for the regulators of a jurisdiction,
    /// what the author tells first. The rules refuse the record without it, so every writer calls
    /// this before it builds a block.
    ///
    /// Left out is what reaches beyond the record: a person's name, the key that a grant hands
    /// over, and the list of a run, which is its member's alone.
    #[must_use]
    pub fn telling_regulators(self, view: &dyn StateView) -> Self {
        let policies = view.governance().from(view.next_height());
        policies.fold(self, Self::telling_regulators_of)
    }

    /// The same for one policy.
    pub(crate) fn telling_regulators_of(self, policy: &Policy) -> Self {
        let kind = self.body.kind();
        let Some(name) = policy.required_for(kind) else {
            return self;
        };
        let audience = AudienceDraft::Regulators(name.clone());
        if self.sections.iter().any(|(told, _)| *told == audience) {
            return self;
        }
        let told = self.sections.first().map(|(_, body)| body.clone());
        let mut body = told.unwrap_or_default();
        body.person = None;
        body.granted = None;
        body.evidence
            .retain(|link| link.media_type != RUN_LIST_MEDIA_TYPE);
        self.telling(audience, body)
    }

    /// Whether a block can have it, whatever the state: all that writing asks of it beside its
    /// sections.
    ///
    /// # Errors
    /// [`CborError`] naming what no record may say.
    pub fn check(&self) -> Result<(), CborError> {
        check_said(&self.body, &self.subjects, &self.cites, self.group)
    }

    /// What it takes of a block, to the byte.
    #[must_use]
    pub fn size(&self) -> RecordSize {
        let mut sections = 0_usize;
        let mut refs = Vec::new();
        for (audience, body) in &self.sections {
            let length = body.sealed_length();
            sections = sections.saturating_add(length);
            // Hash and commitment are as long whatever they are.
            let hash = SectionHash::from_bytes([0; 32]);
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            refs.push(SectionRef::new(audience.audience(), hash, length, [0; 16]));
        }
        RecordSize {
            record: Record::unchecked(self, refs).to_bytes().len(),
            sections,
        }
    }

    /// Stands or falls with the block's other records of the same group.
    #[must_use]
    pub const fn grouped(mut self, group: u16) -> Self {
        self.group = Some(group);
        self
    }
}

/// What a record takes of its block, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordSize {
    /// The record: counted against [`limits::BLOCK_BYTES`](crate::limits::BLOCK_BYTES).
    pub record: usize,
    /// Its sections, sealed: counted against
    /// [`limits::SECTIONS_BYTES`](crate::limits::SECTIONS_BYTES).
    pub sections: usize,
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
