//! Who a section is for, and how a record names it.

use std::collections::BTreeSet;

use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    ids::{MemberId, SectionHash},
    limits,
    policy::Jurisdiction,
    readers::{Group, ReaderGroup},
};

/// Who may open a section.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// These reader groups.
    Parties(BTreeSet<ReaderGroup>),
    /// The general group of every member known at the block's anchor.
    Members,
    /// Whoever holds the label of one of the record's subjects.
    Label {
        /// Which subject.
        subject_index: u16,
    },
    /// The supervision groups of the members that the policy names for a jurisdiction.
    Regulators(Jurisdiction),
    /// Whoever has the bytes: its key derives from public data, so that one code path serves all.
    Public,
}

impl Audience {
    /// Whether a reader group gets the secret of this audience. Of the supervision groups only
    /// the policy says which get that of a jurisdiction.
    #[must_use]
    pub fn may_include(&self, group: &ReaderGroup) -> bool {
        match self {
            Self::Parties(groups) => groups.contains(group),
            Self::Members => group.group == Group::General,
            Self::Regulators(_) => group.group == Group::Supervision,
            Self::Label { .. } | Self::Public => false,
        }
    }

    /// Whether a member is named as one that reads, so that it may open the section to others.
    /// Of *regulators* and *label* the record does not say who they are: whoever has the key is
    /// one of them, or was given it.
    #[must_use]
    pub fn names(&self, member: &MemberId) -> bool {
        match self {
            Self::Parties(groups) => groups.iter().any(|group| group.member == *member),
            Self::Members | Self::Label { .. } | Self::Regulators(_) | Self::Public => true,
        }
    }

    /// Whether nobody outside a member gets it.
    #[must_use]
    pub fn is_only(&self, member: &MemberId) -> bool {
        match self {
            Self::Parties(groups) => groups.iter().all(|group| group.member == *member),
            _ => false,
        }
    }
}

impl Wire for Audience {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Parties(groups) => {
                to.array(2);
                to.u64(0);
                to.array(groups.len());
                for group in groups {
                    group.write(to);
                }
            }
            Self::Members => {
                to.array(1);
                to.u64(1);
            }
            Self::Label { subject_index } => {
                to.array(2);
                to.u64(2);
                to.u64((*subject_index).into());
            }
            Self::Regulators(name) => {
                to.array(2);
                to.u64(3);
                name.write(to);
            }
            Self::Public => {
                to.array(1);
                to.u64(4);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let wrong = CborError::Value { what: "audience" };
        match (from.array("audience", 2)?, from.u64()?) {
            (2, 0) => {
                // Out of order or twice: the set's encoding differs, and that is refused.
                let groups = from.list::<ReaderGroup>("parties", limits::READER_GROUPS)?;
                if groups.is_empty() {
                    return Err(wrong);
                }
                Ok(Self::Parties(groups.into_iter().collect()))
            }
            (1, 1) => Ok(Self::Members),
            (2, 2) => Ok(Self::Label {
                subject_index: from.u16()?,
            }),
            (2, 3) => Ok(Self::Regulators(Jurisdiction::read(from)?)),
            (1, 4) => Ok(Self::Public),
            _ => Err(wrong),
        }
    }
}

/// A section as its record names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRef {
    audience: Audience,
    hash: SectionHash,
    length: u32,
    commitment: [u8; 16],
}

impl SectionRef {
    pub(crate) const fn new(
        audience: Audience,
        hash: SectionHash,
        length: u32,
        commitment: [u8; 16],
    ) -> Self {
        Self {
            audience,
            hash,
            length,
            commitment,
        }
    }

    /// Who may open it.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The hash of its ciphertext.
    #[must_use]
    pub const fn hash(&self) -> SectionHash {
        self.hash
    }

    /// The length of its ciphertext in bytes.
    #[must_use]
    pub const fn length(&self) -> u32 {
        self.length
    }

    /// What commits to its key.
    pub(crate) const fn commitment(&self) -> &[u8; 16] {
        &self.commitment
    }
}

impl Wire for SectionRef {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        self.audience.write(to);
        self.hash.write(to);
        to.u64(self.length.into());
        to.bytes(&self.commitment);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        let audience = Audience::read(from)?;
        let hash = SectionHash::read(from)?;
        let length = from.u32()?;
        if usize::try_from(length).map_or(true, |length| length > limits::SECTION_BYTES) {
            return Err(CborError::TooLong {
                what: "section",
                limit: limits::SECTION_BYTES,
            });
        }
        Ok(Self {
            audience,
            hash,
            length,
            commitment: from.array_of_bytes()?,
        })
    }
}
