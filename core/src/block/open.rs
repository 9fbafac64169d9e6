//! Opening sections.

use std::collections::BTreeMap;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{BlockHeader, VerifiedBlock};
use crate::{
    cbor::{CborError, Reader, Wire},
    code::Code,
    ids::{MemberId, NetworkId, SectionHash, SubjectId},
    keys::HpkeSecret,
    limits,
    record::{Audience, Record, SectionRef},
    section::{self, AudienceSecret, Place, SectionBody},
};

/// Why a section does not open.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The block has no such record, or the record no such section.
    #[error("there is no such section")]
    NoSuchSection,
    /// The ciphertext is not the one that the record names.
    #[error("this is not the section that the record names")]
    OtherSection {
        /// The hash in the record.
        expected: SectionHash,
    },
    /// None of the keys at hand is for this section.
    #[error("this section is not for you")]
    NotForYou,
    /// A key is for it, but author or carrier damaged it.
    #[error("the section is damaged")]
    Damaged,
    /// It opened, and what is inside is not readable.
    #[error("the section's contents are not readable: {0}")]
    Contents(#[from] CborError),
}

/// Which section of which record.
#[derive(Debug, Clone, Copy)]
pub struct SectionPlace<'a> {
    /// The header of the record's block.
    pub header: &'a BlockHeader,
    /// The record.
    pub record: &'a Record,
    /// The record's place in its block.
    pub record_index: u16,
    /// The section's place in the record.
    pub section_index: u16,
}

impl<'a> SectionPlace<'a> {
    fn section(&self) -> Result<&'a SectionRef, OpenError> {
        self.record
            .sections()
            .get(usize::from(self.section_index))
            .ok_or(OpenError::NoSuchSection)
    }

    fn open(
        &self,
        section: &SectionRef,
        epoch: u32,
        secret: &[u8; 32],
        ciphertext: &[u8],
    ) -> Result<SectionBody, OpenError> {
        if SectionHash::of(ciphertext) != section.hash() {
            return Err(OpenError::OtherSection {
                expected: section.hash(),
            });
        }
        let place = Place {
            network: self.header.network(),
            device: self.header.device(),
            seq: self.header.seq(),
            record: self.record_index,
            section: self.section_index,
        };
        let key = (section.audience(), section.commitment());
        let plaintext =
            section::open(&place, key, epoch, secret, ciphertext).map_err(|e| match e {
                section::Failure::OtherKey => OpenError::NotForYou,
                section::Failure::Altered => OpenError::Damaged,
            })?;
        Ok(SectionBody::from_plaintext(&plaintext)?)
    }
}

/// Opens a section for whoever holds a label.
///
/// # Errors
/// [`OpenError`]; `NotForYou` if the section is for another audience or another label.
pub fn open_label(
    place: SectionPlace<'_>,
    code: &Code,
    ciphertext: &[u8],
) -> Result<SectionBody, OpenError> {
    let section = place.section()?;
    if !matches!(section.audience(), Audience::Label { .. }) {
        return Err(OpenError::NotForYou);
    }
    let key = Zeroizing::new(code.label_key(&place.header.network()));
    place.open(section, 0, &key, ciphertext)
}

/// Opens sections with all the keys that one reader has.
#[derive(Debug, Clone)]
pub struct Opener {
    network: NetworkId,
    readers: BTreeMap<(MemberId, u32), HpkeSecret>,
    codes: BTreeMap<SubjectId, Code>,
}

impl Opener {
    /// Opens nothing yet.
    #[must_use]
    pub const fn new(network: NetworkId) -> Self {
        Self {
            network,
            readers: BTreeMap::new(),
            codes: BTreeMap::new(),
        }
    }

    /// Adds a member's reader key.
    #[must_use]
    pub fn with_reader(mut self, member: MemberId, epoch: u32, key: &HpkeSecret) -> Self {
        self.readers.insert((member, epoch), key.clone());
        self
    }

    /// Adds a label that was seen; `owner` is the member that has its prefix.
    #[must_use]
    pub fn with_code(mut self, code: &Code, owner: &MemberId) -> Self {
        self.add_code(code, owner);
        self
    }

    /// Adds a label that was seen.
    pub fn add_code(&mut self, code: &Code, owner: &MemberId) {
        let subject = code.subject(&self.network, owner);
        self.codes.insert(subject, code.clone());
    }

    /// Opens a section.
    ///
    /// # Errors
    /// [`OpenError`]; `NotForYou` if no key fits.
    pub fn open(
        &self,
        block: &VerifiedBlock,
        record_index: u16,
        section_index: u16,
        ciphertext: &[u8],
    ) -> Result<SectionBody, OpenError> {
        let place = SectionPlace {
            header: block.header(),
            record: block
                .records()
                .get(usize::from(record_index))
                .ok_or(OpenError::NoSuchSection)?,
            record_index,
            section_index,
        };
        let section = place.section()?;
        let (epoch, secret) = match section.audience() {
            Audience::Label { subject_index } => {
                let subject = place.record.subjects().get(usize::from(*subject_index));
                let code = subject.and_then(|subject| self.codes.get(subject));
                let key = code.ok_or(OpenError::NotForYou)?.label_key(&self.network);
                (0, Zeroizing::new(key))
            }
            audience => (
                audience_epoch(block, audience),
                self.audience_secret(block, audience)?,
            ),
        };
        place.open(section, epoch, &secret, ciphertext)
    }

    /// The secret of an audience, if one of its reader keys is here.
    fn audience_secret(
        &self,
        block: &VerifiedBlock,
        audience: &Audience,
    ) -> Result<AudienceSecret, OpenError> {
        let header = block.header();
        let info = section::encapsulation_info(&header.network(), &header.device(), header.seq());
        let mut failure = OpenError::NotForYou;
        for encapsulation in block.encapsulations() {
            let (group, epoch) = (encapsulation.group(), encapsulation.epoch());
            let Some(key) = self.readers.get(&(group, epoch)) else {
                continue;
            };
            if !audience.includes(&group) {
                continue;
            }
            let aad = section::encapsulation_aad(&group, epoch);
            let Ok(plaintext) = key
                .open(encapsulation.sealed(), &info, &aad)
                .map(Zeroizing::new)
            else {
                failure = OpenError::Damaged;
                continue;
            };
            if let Some(secret) = read_secret(&plaintext, audience) {
                return Ok(secret);
            }
            failure = OpenError::Damaged;
        }
        Err(failure)
    }
}

/// The epoch that an audience's sections are bound to: the highest among its reader groups.
fn audience_epoch(block: &VerifiedBlock, audience: &Audience) -> u32 {
    block
        .encapsulations()
        .iter()
        .filter(|encapsulation| audience.includes(&encapsulation.group()))
        .map(super::Encapsulation::epoch)
        .max()
        .unwrap_or(0)
}

/// One audience's secret out of those that a reader group was given.
fn read_secret(plaintext: &[u8], wanted: &Audience) -> Option<AudienceSecret> {
    let mut reader = Reader::new(plaintext);
    // One secret for each distinct audience of the block, at most one for each section.
    let most = limits::RECORDS * limits::SECTIONS_PER_RECORD;
    for _ in 0..reader.array("secrets", most).ok()? {
        reader.array_exactly(2).ok()?;
        let audience = Audience::read(&mut reader).ok()?;
        let secret = Zeroizing::new(reader.array_of_bytes().ok()?);
        if audience == *wanted {
            return Some(secret);
        }
    }
    None
}
