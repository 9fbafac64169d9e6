//! Opening sections.

use std::{cell::OnceCell, collections::BTreeMap};

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
    /// A key is for it, but author or carrier damaged it; or the author gave this reader another
    /// secret than it sealed the section with.
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
        let length = usize::try_from(section.length());
        if length != Ok(ciphertext.len()) || SectionHash::of(ciphertext) != section.hash() {
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

/// All the keys that one reader has.
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

    /// Opens the sections of one block.
    #[must_use]
    pub const fn of<'a>(&'a self, block: &'a VerifiedBlock) -> BlockOpener<'a> {
        BlockOpener {
            opener: self,
            block,
            secrets: OnceCell::new(),
        }
    }
}

/// Opens the sections of one block. What was sealed to the reader is opened once, when the first
/// section needs it.
pub struct BlockOpener<'a> {
    opener: &'a Opener,
    block: &'a VerifiedBlock,
    secrets: OnceCell<Vec<Given>>,
}

/// What the author gave to one reader group that there is a key for; `None` if it is damaged.
struct Given {
    group: MemberId,
    secrets: Option<BTreeMap<Audience, AudienceSecret>>,
}

impl BlockOpener<'_> {
    /// Opens a section.
    ///
    /// # Errors
    /// [`OpenError`]; `NotForYou` if no key is for it.
    pub fn open(
        &self,
        record_index: u16,
        section_index: u16,
        ciphertext: &[u8],
    ) -> Result<SectionBody, OpenError> {
        let place = SectionPlace {
            header: self.block.header(),
            record: self
                .block
                .records()
                .get(usize::from(record_index))
                .ok_or(OpenError::NoSuchSection)?,
            record_index,
            section_index,
        };
        let section = place.section()?;
        let mut failure = OpenError::NotForYou;
        for secret in self.secrets_for(place.record, section.audience()) {
            let epoch = audience_epoch(self.block, section.audience());
            let opened = secret
                .ok_or(OpenError::Damaged)
                .and_then(|secret| place.open(section, epoch, &secret, ciphertext));
            failure = match opened {
                // The key is for this section: that it does not fit what the author committed to
                // is the author's doing.
                Err(OpenError::NotForYou | OpenError::Damaged) => OpenError::Damaged,
                opened => return opened,
            };
        }
        Err(failure)
    }

    /// The secrets that should open an audience's sections; `None` for one that is damaged.
    fn secrets_for(&self, record: &Record, audience: &Audience) -> Vec<Option<AudienceSecret>> {
        if let Audience::Label { subject_index } = audience {
            let subject = record.subjects().get(usize::from(*subject_index));
            let code = subject.and_then(|subject| self.opener.codes.get(subject));
            let key = code.map(|code| Zeroizing::new(code.label_key(&self.opener.network)));
            return key.into_iter().map(Some).collect();
        }
        let given = self.secrets.get_or_init(|| self.unseal());
        given
            .iter()
            .filter(|given| audience.includes(&given.group))
            .map(|given| given.secrets.as_ref()?.get(audience).cloned())
            .collect()
    }

    /// Everything that the author sealed to a group of which the key is here.
    fn unseal(&self) -> Vec<Given> {
        let header = self.block.header();
        let info = section::encapsulation_info(&header.network(), &header.device(), header.seq());
        let mut all = Vec::new();
        for encapsulation in self.block.encapsulations() {
            let (group, epoch) = (encapsulation.group(), encapsulation.epoch());
            let Some(key) = self.opener.readers.get(&(group, epoch)) else {
                continue;
            };
            let aad = section::encapsulation_aad(&group, epoch);
            let plaintext = key
                .open(encapsulation.sealed(), &info, &aad)
                .map(Zeroizing::new);
            let secrets = plaintext.ok().and_then(|bytes| read_secrets(&bytes));
            all.push(Given { group, secrets });
        }
        all
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

/// The secrets that a reader group was given, by audience.
fn read_secrets(plaintext: &[u8]) -> Option<BTreeMap<Audience, AudienceSecret>> {
    let mut reader = Reader::new(plaintext);
    // One secret for each distinct audience of the block, at most one for each section.
    let most = limits::RECORDS * limits::SECTIONS_PER_RECORD;
    let mut secrets = BTreeMap::new();
    for _ in 0..reader.array("secrets", most).ok()? {
        reader.array_exactly(2).ok()?;
        let audience = Audience::read(&mut reader).ok()?;
        let secret = Zeroizing::new(reader.array_of_bytes().ok()?);
        secrets.insert(audience, secret);
    }
    reader.end().ok()?;
    Some(secrets)
}
