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
    readers::ReaderGroup,
    record::{Audience, Record, SectionRef},
    section::{self, AudienceSecret, Place, SectionBody, SectionKey},
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
    /// A grant of it by a member that neither wrote it nor was in its audience.
    #[error("member {by} may not open this section to others")]
    NotTheirs {
        /// Who granted.
        by: MemberId,
    },
    /// It names a person to others than the author's member. That is against the format, and the
    /// name is not shown.
    #[error("the section names a person of another member")]
    Person,
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

    /// Where keys and nonce of the section are bound to.
    fn place(&self) -> Place {
        Place {
            network: self.header.network(),
            device: self.header.device(),
            seq: self.header.seq(),
            record: self.record_index,
            section: self.section_index,
        }
    }

    fn open(
        &self,
        section: &SectionRef,
        epoch: u32,
        key: &SectionKey,
        ciphertext: &[u8],
    ) -> Result<SectionBody, OpenError> {
        let length = usize::try_from(section.length());
        if length != Ok(ciphertext.len()) || SectionHash::of(ciphertext) != section.hash() {
            return Err(OpenError::OtherSection {
                expected: section.hash(),
            });
        }
        let stated = (section.audience(), section.commitment());
        let opened = section::open(&self.place(), stated, epoch, key, ciphertext);
        let plaintext = opened.map_err(|e| match e {
            section::Failure::OtherKey => OpenError::NotForYou,
            section::Failure::Altered => OpenError::Damaged,
        })?;
        let body = SectionBody::from_plaintext(&plaintext)?;
        if body.person.is_some() && !section.audience().is_only(&self.header.member()) {
            return Err(OpenError::Person);
        }
        Ok(body)
    }
}

/// Opens a section for whoever holds a label: one for that label, or one for everyone.
///
/// # Errors
/// [`OpenError`]; `NotForYou` if the section is for another audience or another label.
pub fn open_label(
    place: SectionPlace<'_>,
    code: &Code,
    ciphertext: &[u8],
) -> Result<SectionBody, OpenError> {
    let section = place.section()?;
    let network = place.header.network();
    let secret = match section.audience() {
        Audience::Label { .. } => Zeroizing::new(code.label_key(&network)),
        Audience::Public => section::public_secret(&network),
        _ => return Err(OpenError::NotForYou),
    };
    let key = SectionKey::derive(&place.place(), &secret);
    place.open(section, 0, &key, ciphertext)
}

/// All the keys that one reader has.
#[derive(Debug, Clone)]
pub struct Opener {
    network: NetworkId,
    /// More than one for an epoch only while two of the member's admins disagree which it is.
    readers: BTreeMap<(ReaderGroup, u32), Vec<HpkeSecret>>,
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

    /// Adds a key of a reader group; a member stands for its general group.
    #[must_use]
    pub fn with_reader(
        mut self,
        group: impl Into<ReaderGroup>,
        epoch: u32,
        key: &HpkeSecret,
    ) -> Self {
        let keys = self.readers.entry((group.into(), epoch)).or_default();
        keys.push(key.clone());
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
    group: ReaderGroup,
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
        let place = self.place(record_index, section_index)?;
        let section = place.section()?;
        let mut failure = OpenError::NotForYou;
        for secret in self.secrets_for(place.record, section.audience()) {
            let opened = secret.ok_or(OpenError::Damaged).and_then(|secret| {
                let key = SectionKey::derive(&place.place(), &secret);
                place.open(section, self.epoch(section), &key, ciphertext)
            });
            failure = match opened {
                // The key is for this section: that it does not fit what the author committed to
                // is the author's doing.
                Err(OpenError::NotForYou | OpenError::Damaged) => OpenError::Damaged,
                opened => return opened,
            };
        }
        Err(failure)
    }

    /// The key of a section, for a grant.
    ///
    /// # Errors
    /// [`OpenError`]; `NotForYou` if no key is for it.
    pub fn key(&self, record_index: u16, section_index: u16) -> Result<SectionKey, OpenError> {
        let place = self.place(record_index, section_index)?;
        let section = place.section()?;
        let secrets = self.secrets_for(place.record, section.audience());
        let mut keys = secrets
            .iter()
            .flatten()
            .map(|secret| SectionKey::derive(&place.place(), secret));
        keys.find(|key| key.commitment() == *section.commitment())
            .ok_or(OpenError::NotForYou)
    }

    /// Opens a section with the key that a member granted.
    ///
    /// # Errors
    /// [`OpenError`]; `NotTheirs` if that member had no right to, `NotForYou` if the key is of
    /// another section, `Person` if it names one and this opener has no key of the author's member.
    pub fn open_granted(
        &self,
        (record_index, section_index): (u16, u16),
        (by, key): (MemberId, &SectionKey),
        ciphertext: &[u8],
    ) -> Result<SectionBody, OpenError> {
        let place = self.place(record_index, section_index)?;
        let section = place.section()?;
        if by != self.block.header().member() && !section.audience().names(&by) {
            return Err(OpenError::NotTheirs { by });
        }
        let body = place.open(section, self.epoch(section), key, ciphertext)?;
        // A name goes from group to group of its own member, and no further.
        let author = self.block.header().member();
        let mut own = self.opener.readers.keys();
        if body.person.is_some() && !own.any(|(of, _)| of.member == author) {
            return Err(OpenError::Person);
        }
        Ok(body)
    }

    fn place(&self, record_index: u16, section_index: u16) -> Result<SectionPlace<'_>, OpenError> {
        let record = self.block.records().get(usize::from(record_index));
        Ok(SectionPlace {
            header: self.block.header(),
            record: record.ok_or(OpenError::NoSuchSection)?,
            record_index,
            section_index,
        })
    }

    /// The epoch that a section is bound to.
    fn epoch(&self, section: &SectionRef) -> u32 {
        match section.audience() {
            Audience::Label { .. } | Audience::Public => 0,
            _ => {
                let all = self.block.encapsulations().iter();
                all.map(super::Encapsulation::epoch).max().unwrap_or(0)
            }
        }
    }

    /// The secrets that should open an audience's sections; `None` for one that is damaged.
    fn secrets_for(&self, record: &Record, audience: &Audience) -> Vec<Option<AudienceSecret>> {
        if let Audience::Label { subject_index } = audience {
            let subject = record.subjects().get(usize::from(*subject_index));
            let code = subject.and_then(|subject| self.opener.codes.get(subject));
            let key = code.map(|code| Zeroizing::new(code.label_key(&self.opener.network)));
            return key.into_iter().map(Some).collect();
        }
        if *audience == Audience::Public {
            return vec![Some(section::public_secret(&self.opener.network))];
        }
        let given = self.secrets.get_or_init(|| self.unseal());
        let of_group = |given: &Given| match &given.secrets {
            // Only the policy says which authorities answer for a jurisdiction.
            Some(secrets) if matches!(audience, Audience::Regulators(_)) => {
                secrets.get(audience).cloned().map(Some)
            }
            Some(secrets) => Some(secrets.get(audience).cloned()),
            None => Some(None),
        };
        given
            .iter()
            .filter(|given| audience.may_include(&given.group))
            .filter_map(of_group)
            .collect()
    }

    /// Everything that the author sealed to a group of which the key is here.
    fn unseal(&self) -> Vec<Given> {
        let header = self.block.header();
        let info = section::encapsulation_info(&header.network(), &header.device(), header.seq());
        let mut all = Vec::new();
        for encapsulation in self.block.encapsulations() {
            let (group, epoch) = (encapsulation.group(), encapsulation.epoch());
            let Some(keys) = self.opener.readers.get(&(group, epoch)) else {
                continue;
            };
            let aad = section::encapsulation_aad(&group, epoch);
            let plaintext = keys
                .iter()
                .find_map(|key| key.open(encapsulation.sealed(), &info, &aad).ok())
                .map(Zeroizing::new);
            let secrets = plaintext.and_then(|bytes| read_secrets(&bytes));
            all.push(Given { group, secrets });
        }
        all
    }
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
