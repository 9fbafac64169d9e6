//! Writing a block: sealing its sections, then signing it.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    BlockHeader, Position,
    signed::{Encapsulation, SignedBlock, sections_digest},
    statement::Statement,
};
use crate::{
    cbor::{CborError, Writer},
    ids::{MemberId, SectionHash},
    keys::{DeviceKey, MlDsa44Key, SealError, Seed, SeedStream, seal_to},
    limits,
    merkle::MerkleTree,
    policy::Jurisdiction,
    readers::{Group, ReaderGroup, Readers},
    record::{Audience, AudienceDraft, Kind, Record, RecordDraft, SectionRef},
    section::{AudienceSecret, Place, encapsulation_aad, encapsulation_info, public_secret, seal},
};

/// Why a block cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A record says something that no record may.
    #[error("record {index} cannot be written: {cause}")]
    Record {
        /// Which record, from 0.
        index: usize,
        /// What is wrong with it.
        cause: CborError,
    },
    /// No record, or more than a block holds.
    #[error("a block holds 1 to {} records, not {count}", limits::RECORDS)]
    RecordCount {
        /// How many there were.
        count: usize,
    },
    /// More than a block may have.
    #[error("{what} would take {found} bytes, {limit} are allowed")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it would be.
        found: usize,
        /// How large it may be.
        limit: usize,
    },
    /// A section is for a reader group whose key is not known.
    #[error("no encryption key is known for group {} of member {member}", .group.as_u8())]
    NoReader {
        /// The member.
        member: MemberId,
        /// Its group.
        group: Group,
    },
    /// A section is for a jurisdiction that no member with a key answers for.
    #[error("no member that can read answers for jurisdiction {name}")]
    NoRegulator {
        /// The jurisdiction.
        name: Jurisdiction,
    },
    /// A reader group's key is not usable.
    #[error("the encryption key of group {} of member {member} is not usable", .group.as_u8())]
    ReaderKey {
        /// The member.
        member: MemberId,
        /// Its group.
        group: Group,
    },
    /// More reader groups than a block may have.
    #[error("a block is for at most {} reader groups", limits::READER_GROUPS)]
    TooManyReaders,
    /// A person's name in a section that leaves the author's member.
    #[error("record {index} names a person to others than its own member")]
    Person {
        /// Which record, from 0.
        index: usize,
    },
    /// The key that signs is not the device's that the block names.
    #[error("the signing key belongs to another device")]
    WrongKey,
    /// The first block of a feed has no block before it, every other has one.
    #[error("the block's place in its feed contradicts itself")]
    Prev,
}

/// A section's ciphertext; travels beside the block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSection {
    /// Its hash, as a record names it.
    pub hash: SectionHash,
    /// The ciphertext.
    pub bytes: Vec<u8>,
}

/// A block that lacks its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsignedBlock {
    header: BlockHeader,
    kinds: BTreeSet<Kind>,
    records: Vec<Vec<u8>>,
    encapsulations: Vec<Encapsulation>,
    sections: Vec<SealedSection>,
}

/// A block just written, and the sections that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltBlock {
    /// The block.
    pub block: SignedBlock,
    /// Its sections, in the order of the records.
    pub sections: Vec<SealedSection>,
}

impl UnsignedBlock {
    /// Seals the sections and puts the block together.
    ///
    /// `readers` are all reader groups known at the anchor, the author's own among them. `seed` must be
    /// random and used once: with a seed used twice two blocks share keys.
    ///
    /// # Errors
    /// [`BuildError`] naming what cannot be written.
    pub fn build(
        position: Position,
        drafts: &[RecordDraft],
        readers: &Readers,
        seed: &Seed,
    ) -> Result<Self, BuildError> {
        if drafts.is_empty() || drafts.len() > limits::RECORDS {
            return Err(BuildError::RecordCount {
                count: drafts.len(),
            });
        }
        if (position.seq.0 == 0) != position.prev.is_none() {
            return Err(BuildError::Prev);
        }
        let mut sealer = Sealer::new(position, drafts, readers, seed)?;
        let mut records = Vec::new();
        for (index, draft) in drafts.iter().enumerate() {
            let refs = sealer.seal_all(index, draft)?;
            let record =
                Record::new(draft, refs).map_err(|cause| BuildError::Record { index, cause })?;
            records.push(record.to_bytes());
        }
        let encapsulations = sealer.encapsulate()?;
        let header = BlockHeader {
            position,
            // At most 512.
            record_count: u16::try_from(records.len()).unwrap_or(u16::MAX),
            records_root: MerkleTree::from_leaves(&records).root(),
            sections_digest: sections_digest(&encapsulations),
        };
        Ok(Self {
            header,
            kinds: drafts.iter().map(|draft| draft.body.kind()).collect(),
            records,
            encapsulations,
            sections: sealer.sections,
        })
    }

    /// Signs.
    ///
    /// # Errors
    /// [`BuildError::WrongKey`] if the block names another device, [`BuildError::TooLarge`] if it
    /// does not fit.
    pub fn sign(self, key: &DeviceKey) -> Result<BuiltBlock, BuildError> {
        self.sign_with(key, None)
    }

    /// Signs with the device's second, post-quantum key too.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_twice(self, key: &DeviceKey) -> Result<BuiltBlock, BuildError> {
        self.sign_with(key, Some(&MlDsa44Key::second_of(key)))
    }

    /// Which kinds of records it holds.
    pub(crate) const fn kinds(&self) -> &BTreeSet<Kind> {
        &self.kinds
    }

    pub(crate) fn sign_with(
        self,
        key: &DeviceKey,
        second: Option<&MlDsa44Key>,
    ) -> Result<BuiltBlock, BuildError> {
        if key.id() != self.header.device() {
            return Err(BuildError::WrongKey);
        }
        let statement = Statement::sign(self.header, key, second);
        let block = SignedBlock::assemble(statement, self.records, self.encapsulations);
        let (found, sealed) = (block.signed_bytes(), block.encapsulations_bytes());
        for (what, found, limit) in [
            ("the block", found, limits::BLOCK_BYTES),
            (
                "what is sealed to readers",
                sealed,
                limits::ENCAPSULATIONS_BYTES,
            ),
        ] {
            if found > limit {
                return Err(BuildError::TooLarge { what, found, limit });
            }
        }
        Ok(BuiltBlock {
            block,
            sections: self.sections,
        })
    }
}

/// Seals the sections of one block.
struct Sealer<'a> {
    position: Position,
    readers: &'a Readers,
    secrets: BTreeMap<Audience, AudienceSecret>,
    /// What each reader group is given.
    given: BTreeMap<ReaderGroup, BTreeSet<Audience>>,
    /// The highest epoch among the groups: what every section of the block is bound to.
    epoch: u32,
    seeds: SeedStream,
    sections: Vec<SealedSection>,
}

impl<'a> Sealer<'a> {
    fn new(
        position: Position,
        drafts: &[RecordDraft],
        readers: &'a Readers,
        seed: &Seed,
    ) -> Result<Self, BuildError> {
        let mut seeds = SeedStream::new(seed, b"block secrets v1");
        let audiences: BTreeSet<Audience> = drafts
            .iter()
            .flat_map(|draft| &draft.sections)
            .map(|(audience, _)| audience.audience())
            .filter(|audience| !matches!(audience, Audience::Label { .. } | Audience::Public))
            .collect();
        let mut given: BTreeMap<ReaderGroup, BTreeSet<Audience>> = BTreeMap::new();
        let mut epoch = 0;
        for audience in &audiences {
            let groups = readers.of_audience(audience);
            if let (Audience::Regulators(name), true) = (audience, groups.is_empty()) {
                return Err(BuildError::NoRegulator { name: name.clone() });
            }
            for of in groups {
                let (member, group) = (of.member, of.group);
                let reader = readers.get(&of);
                epoch = epoch.max(reader.ok_or(BuildError::NoReader { member, group })?.epoch);
                given.entry(of).or_default().insert(audience.clone());
            }
        }
        let secrets = audiences
            .into_iter()
            .map(|audience| (audience, Zeroizing::new(seeds.next_seed())))
            .collect();
        Ok(Self {
            position,
            readers,
            secrets,
            given,
            epoch,
            seeds,
            sections: Vec::new(),
        })
    }

    fn seal_all(
        &mut self,
        index: usize,
        draft: &RecordDraft,
    ) -> Result<Vec<SectionRef>, BuildError> {
        let mut refs = Vec::new();
        for (place, (audience, body)) in draft.sections.iter().enumerate() {
            if body.person.is_some() && !audience.audience().is_only(&self.position.member) {
                return Err(BuildError::Person { index });
            }
            let plaintext = body
                .to_plaintext()
                .map_err(|cause| BuildError::Record { index, cause })?;
            let place = Place {
                network: self.position.network,
                device: self.position.device,
                seq: self.position.seq,
                record: u16::try_from(index).unwrap_or(u16::MAX),
                section: u16::try_from(place).unwrap_or(u16::MAX),
            };
            let (secret, epoch) = self.secret(audience);
            let audience = audience.audience();
            let too_large = |found| BuildError::TooLarge {
                what: "a section",
                found,
                limit: limits::SECTION_BYTES,
            };
            let (bytes, commitment) = seal(&place, &audience, epoch, &secret, &plaintext)
                .ok_or_else(|| too_large(plaintext.len()))?;
            if bytes.len() > limits::SECTION_BYTES {
                return Err(too_large(bytes.len()));
            }
            let hash = SectionHash::of(&bytes);
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            refs.push(SectionRef::new(audience, hash, length, commitment));
            self.sections.push(SealedSection { hash, bytes });
        }
        let found: usize = self.sections.iter().map(|s| s.bytes.len()).sum();
        if found > limits::SECTIONS_BYTES {
            return Err(BuildError::TooLarge {
                what: "all sections",
                found,
                limit: limits::SECTIONS_BYTES,
            });
        }
        Ok(refs)
    }

    /// The secret of an audience, and the epoch that its sections are bound to.
    fn secret(&self, audience: &AudienceDraft) -> (AudienceSecret, u32) {
        let network = &self.position.network;
        match audience {
            AudienceDraft::Label { code, .. } => (Zeroizing::new(code.label_key(network)), 0),
            AudienceDraft::Public => (public_secret(network), 0),
            // Every other audience was given a secret before.
            audience => {
                let secret = self.secrets.get(&audience.audience()).cloned();
                (secret.unwrap_or_default(), self.epoch)
            }
        }
    }

    /// One encapsulation for each reader group, with the secrets of all its audiences.
    fn encapsulate(&mut self) -> Result<Vec<Encapsulation>, BuildError> {
        let position = self.position;
        let info = encapsulation_info(&position.network, &position.device, position.seq);
        let mut encapsulations = Vec::new();
        if self.given.len() > limits::READER_GROUPS {
            return Err(BuildError::TooManyReaders);
        }
        for (of, audiences) in &self.given {
            let (member, group) = (of.member, of.group);
            let reader = self.readers.get(of);
            let reader = reader.ok_or(BuildError::NoReader { member, group })?;
            let theirs = |(audience, _): &(&Audience, _)| audiences.contains(*audience);
            let theirs: Vec<_> = self.secrets.iter().filter(theirs).collect();
            let plaintext = Zeroizing::new(write_secrets(&theirs));
            let seed = Zeroizing::new(self.seeds.next_seed());
            let aad = encapsulation_aad(of, reader.epoch);
            let sealed = seal_to(&reader.key, &info, &aad, &plaintext, &seed)
                .map_err(|SealError::PublicKey| BuildError::ReaderKey { member, group })?;
            encapsulations.push(Encapsulation::new(*of, reader.epoch, sealed));
        }
        Ok(encapsulations)
    }
}

fn write_secrets(secrets: &[(&Audience, &AudienceSecret)]) -> Vec<u8> {
    use crate::cbor::Wire;
    let mut writer = Writer::new();
    writer.array(secrets.len());
    for (audience, secret) in secrets {
        writer.array(2);
        audience.write(&mut writer);
        writer.bytes(secret.as_slice());
    }
    writer.into_bytes()
}
