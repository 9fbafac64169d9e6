//! Reads what arrived since the last time: codes and products in sections that this member
//! may open, what opens evidence, and which subjects were attested.

use std::collections::BTreeMap;

use chopmark_core::{
    BlockId, Body, Code, HpkeSecret, MemberId, ReaderGroup, ReaderKey, Record, RecordRef, Role,
    SealedReaderKey, SectionBody, SectionHash, SectionKey, StateView, SubjectId, Verdict,
    VerifiedBlock,
};
use chopmark_replica::{ItemKind, Number, Store, StoreError};

use crate::ahead::{Opened, SealedBlock, SectionName, open_sections};
use crate::blocks;
use crate::evidence::{self, Piece};
use crate::keys;
use crate::known::{self, Known};
use crate::look::Look;
use crate::papers::{self, About, Says, SectionAt};
use crate::seen::{self, AllSeen};
use crate::trouble::Trouble;

/// How far arrivals were read.
const PROGRESS: &str = "learned";
/// The key of that space under which that stands. A new name when there is more to learn: then all
/// of it is read again.
const UPTO: &[u8] = b"upto-2";
/// The first arrival with a section for this device that none of its keys opens: those who sealed
/// it may have known a newer key before this device did.
const UNOPENED: &[u8] = b"unopened";
/// Subjects that someone attested → the newest verdict and who gave it.
const ATTESTED: &str = "attested";
/// Section hash → record that names it, while the section is not here.
const AWAITED: &str = "awaited";
/// Arrivals of one write: enough to share its fsync, few enough not to hold up a signature.
const ARRIVALS: u64 = 128;
/// Ciphertext that is opened ahead: what is beyond is opened when it is its turn, so that a phone
/// holds little beside the arrivals themselves.
const AHEAD_BYTES: usize = 4 * 1024 * 1024;

/// What one run of arrivals taught.
#[derive(Default)]
struct Lessons {
    /// What was opened ahead and not read yet.
    ahead: BTreeMap<SectionName, Opened>,
    codes: Vec<(SubjectId, Known)>,
    products: Vec<(String, String)>,
    pieces: Vec<Piece>,
    attested: Vec<(SubjectId, Attested)>,
    seen: AllSeen,
    about: Vec<About>,
    awaited: Vec<(SectionHash, [u8; 34])>,
    came: Vec<SectionHash>,
    keys: Vec<ReaderKey>,
    unopened: Option<u64>,
}

/// Something that arrived and may teach something.
enum Arrival {
    Block(Box<VerifiedBlock>),
    Section(Vec<u8>),
}

/// Whether more is to be read after this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    /// New reader keys came; what follows may need them.
    NewKeys,
    UpToDate,
}

/// Reads the next arrivals; `hpke` is what reader keys are sealed to.
pub(crate) fn learn(look: &Look<'_>, hpke: &HpkeSecret) -> Result<Progress, Trouble> {
    let store = look.store;
    let from = match store.note(PROGRESS, UPTO)? {
        Some(bytes) => u64::from_be_bytes(bytes.try_into().unwrap_or_default()),
        None => 0,
    };
    let newest = store.newest()?.get();
    let mut upto = newest.min(from.saturating_add(ARRIVALS));
    if upto <= from {
        return Ok(Progress::UpToDate);
    }
    let mut arrivals = Vec::new();
    for number in from.saturating_add(1)..=upto {
        // A damaged arrival teaches nothing; it is fetched again under a new number.
        let Ok(Some(item)) = store.item(Number::new(number)) else {
            continue;
        };
        match item.kind {
            ItemKind::Block => {
                let block = blocks::parse(&item.bytes).ok();
                arrivals.extend(block.map(|block| (number, Arrival::Block(Box::new(block)))));
            }
            ItemKind::Section => arrivals.push((number, Arrival::Section(item.bytes))),
            ItemKind::Checkpoint => {}
        }
    }
    let mut lessons = Lessons {
        ahead: open_ahead(look, &arrivals)?,
        ..Lessons::default()
    };
    for (number, arrival) in arrivals {
        match arrival {
            Arrival::Block(block) => {
                lessons.take_block(look, &block, number)?;
                lessons.take_keys(look, &block, hpke);
            }
            Arrival::Section(bytes) => lessons.take_section(look, &bytes, number)?,
        }
        if !lessons.keys.is_empty() {
            // What comes next may need them.
            upto = number;
            break;
        }
    }
    let new_keys = !lessons.keys.is_empty();
    lessons.write(store, upto)?;
    Ok(if new_keys {
        Progress::NewKeys
    } else if upto < newest {
        Progress::More
    } else {
        Progress::UpToDate
    })
}

/// Opens what is here of the sections that these blocks have for this device.
fn open_ahead(
    look: &Look<'_>,
    arrivals: &[(u64, Arrival)],
) -> Result<BTreeMap<SectionName, Opened>, Trouble> {
    let mut sealed: Vec<SealedBlock<'_>> = Vec::new();
    let mut bytes = 0_usize;
    for (_, arrival) in arrivals {
        let Arrival::Block(block) = arrival else {
            continue;
        };
        let mut sections = Vec::new();
        for (index, record) in (0_u16..).zip(block.records()) {
            for (place, section) in (0_u16..).zip(record.sections()) {
                if bytes > AHEAD_BYTES || !look.reads(section.audience()) {
                    continue;
                }
                if let Some(ciphertext) = look.store.section(section.hash())? {
                    bytes = bytes.saturating_add(ciphertext.len());
                    sections.push((index, place, ciphertext));
                }
            }
        }
        if !sections.is_empty() {
            sealed.push(SealedBlock { block, sections });
        }
    }
    Ok(open_sections(look.opener, &sealed).into_iter().collect())
}

/// The newest attestation of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attested {
    pub(crate) verdict: Verdict,
    pub(crate) by: MemberId,
    pub(crate) record: RecordRef,
}

impl Attested {
    fn to_note(self) -> Vec<u8> {
        let mut note = vec![self.verdict.as_u8()];
        note.extend(self.by.as_bytes());
        note.extend(self.record.block.as_bytes());
        note.extend(self.record.index.to_be_bytes());
        note
    }

    fn from_note(note: &[u8]) -> Option<Self> {
        let (verdict, rest) = note.split_first()?;
        let (by, rest) = rest.split_first_chunk()?;
        let (block, index) = rest.split_first_chunk()?;
        Some(Self {
            verdict: Verdict::try_from(*verdict).ok()?,
            by: MemberId::from_bytes(*by),
            record: RecordRef {
                block: BlockId::from_bytes(*block),
                index: u16::from_be_bytes(*index.first_chunk()?),
            },
        })
    }
}

/// What someone attested of a subject, if someone did and it counts: a checkpoint may have refused
/// it since it was read.
pub(crate) fn attested(
    store: &Store,
    view: &dyn StateView,
    subject: &SubjectId,
) -> Result<Option<Attested>, StoreError> {
    let note = store.note(ATTESTED, subject.as_bytes())?;
    let attested = note.as_deref().and_then(Attested::from_note);
    Ok(attested.filter(|attested| view.refusal(&attested.record).is_none()))
}

impl Lessons {
    /// Keys of the member's reader groups that one of its admins sealed to this device.
    fn take_keys(&mut self, look: &Look<'_>, block: &VerifiedBlock, hpke: &HpkeSecret) {
        let header = block.header();
        let author = look.view.device(&header.device());
        let own_admin = header.member() == look.me.member
            && author.is_some_and(|device| device.role() == Role::Admin);
        if !own_admin {
            return;
        }
        for record in block.records() {
            let Body::SetReader {
                group,
                epoch,
                key,
                devices,
                ..
            } = record.body()
            else {
                continue;
            };
            let mine = devices.iter().find(|(device, _)| *device == look.me.device);
            let opened = mine.and_then(|(device, sealed)| {
                let sealed = SealedReaderKey {
                    of: ReaderGroup::new(look.me.member, *group),
                    epoch: *epoch,
                    public: key.clone(),
                    sealed: sealed.clone(),
                };
                sealed.open(&look.genesis.id(), (device, hpke))
            });
            self.keys.extend(opened);
        }
    }

    fn take_block(
        &mut self,
        look: &Look<'_>,
        block: &VerifiedBlock,
        number: u64,
    ) -> Result<(), Trouble> {
        let opener = look.opener.of(block);
        for (index, record) in (0_u16..).zip(block.records()) {
            let at = RecordRef {
                block: block.id(),
                index,
            };
            if let Body::Attest { verdict, .. } = record.body()
                && look.view.refusal(&at).is_none()
            {
                let attested = Attested {
                    verdict: *verdict,
                    by: block.header().member(),
                    record: at,
                };
                let subjects = record.subjects().iter();
                self.attested
                    .extend(subjects.map(|subject| (*subject, attested)));
            }
            if let Some((record, says)) = about(look, record) {
                self.about.push(About {
                    record,
                    by: at,
                    author: block.header().member(),
                    says,
                });
            }
            for (section_index, section) in (0_u16..).zip(record.sections()) {
                if !look.reads(section.audience()) {
                    continue;
                }
                let opened = match self.ahead.remove(&(block.id(), index, section_index)) {
                    Some(opened) => opened,
                    None => match look.store.section(section.hash())? {
                        Some(ciphertext) => opener.open(index, section_index, &ciphertext),
                        None => {
                            self.awaited.push((section.hash(), awaited(block, index)));
                            continue;
                        }
                    },
                };
                match opened {
                    Ok(body) => self.take_body(look, block, record, body)?,
                    Err(_) => self.unopened = self.unopened.or(Some(number)),
                }
            }
        }
        Ok(())
    }

    /// A section that came after its block.
    fn take_section(
        &mut self,
        look: &Look<'_>,
        ciphertext: &[u8],
        number: u64,
    ) -> Result<(), Trouble> {
        let hash = SectionHash::of(ciphertext);
        let of_this_run = self
            .awaited
            .iter()
            .find(|(awaited, _)| *awaited == hash)
            .map(|(_, at)| at.to_vec());
        let at = match of_this_run {
            Some(at) => Some(at),
            None => look.store.note(AWAITED, hash.as_bytes())?,
        };
        let Some((id, index)) = at.as_deref().and_then(|at| at.split_first_chunk::<32>()) else {
            return Ok(());
        };
        let index = u16::from_be_bytes(index.try_into().unwrap_or_default());
        self.came.push(hash);
        let Some(block) = blocks::of(look.store, &chopmark_core::BlockId::from_bytes(*id))? else {
            return Ok(());
        };
        let Some(record) = block.records().get(usize::from(index)) else {
            return Ok(());
        };
        let place = (0_u16..)
            .zip(record.sections())
            .find(|(_, section)| section.hash() == hash);
        if let Some((section_index, _)) = place {
            let opener = look.opener.of(&block);
            match opener.open(index, section_index, ciphertext) {
                Ok(body) => self.take_body(look, &block, record, body)?,
                Err(_) => {
                    self.unopened = self.unopened.or(Some(number));
                    // Still awaited: it is read again when a new key comes.
                    self.came.retain(|came| *came != hash);
                }
            }
        }
        Ok(())
    }

    fn take_body(
        &mut self,
        look: &Look<'_>,
        block: &VerifiedBlock,
        record: &Record,
        body: SectionBody,
    ) -> Result<(), Trouble> {
        if let (Body::Grant { section, .. }, Some(key)) = (record.body(), &body.granted) {
            self.take_granted(look, (*section).into(), (block.header().member(), key))?;
        }
        seen::take(look, (block, record), &body, &mut self.seen);
        self.pieces
            .extend(body.evidence.iter().map(Piece::from_link));
        // The product is that of what comes out: what goes in keeps its name.
        let inputs = match record.body() {
            Body::Transform { inputs, .. } => inputs.len(),
            _ => 0,
        };
        // One code for each subject, in order, or none at all; and each must be the subject's
        // own: a section can claim anything.
        for (at, (subject, text)) in record.subjects().iter().zip(&body.codes).enumerate() {
            let Ok(code) = Code::parse(text) else {
                continue;
            };
            if !is_code_of(look, &code, subject, &block.header().member()) {
                continue;
            }
            if let (Body::Commission { .. }, Some(gtin), Some(product)) =
                (record.body(), code.gtin(), &body.product)
                && block.header().member() == look.me.member
            {
                self.products.push((gtin.to_owned(), product.clone()));
            }
            self.codes.push((
                *subject,
                Known {
                    code,
                    product: body.product.clone().filter(|_| at >= inputs),
                },
            ));
        }
        Ok(())
    }

    /// What a section says that a member opened to this one. One that is not here yet is read when
    /// somebody looks.
    fn take_granted(
        &mut self,
        look: &Look<'_>,
        at: SectionAt,
        (by, key): (MemberId, &SectionKey),
    ) -> Result<(), Trouble> {
        let Some(block) = blocks::of(look.store, &at.record.block)? else {
            return Ok(());
        };
        let record = block.records().get(usize::from(at.record.index));
        let section = record.and_then(|record| record.sections().get(usize::from(at.index)));
        let (Some(record), Some(section)) = (record, section) else {
            return Ok(());
        };
        // A grant of a grant gives nothing that the first one does not.
        if matches!(record.body(), Body::Grant { .. }) {
            return Ok(());
        }
        let Some(ciphertext) = look.store.section(section.hash())? else {
            return Ok(());
        };
        let place = (at.record.index, at.index);
        let opener = look.opener.of(&block);
        match opener.open_granted(place, (by, key), &ciphertext) {
            Ok(body) => self.take_body(look, &block, record, body),
            // Not the section's key, or not theirs to give: whoever looks sees the same.
            Err(_) => Ok(()),
        }
    }

    fn write(self, store: &Store, upto: u64) -> Result<(), StoreError> {
        let mut batch = store.batch()?;
        for (subject, known) in &self.codes {
            known::remember(store, &mut batch, subject, known)?;
        }
        for (gtin, name) in &self.products {
            known::remember_product(&mut batch, gtin, name)?;
        }
        for piece in &self.pieces {
            evidence::remember(&mut batch, piece)?;
        }
        for (subject, attested) in &self.attested {
            batch.put_note(ATTESTED, subject.as_bytes(), &attested.to_note())?;
        }
        seen::remember(store, &mut batch, &self.seen)?;
        papers::remember(store, &mut batch, &self.about)?;
        for (hash, at) in &self.awaited {
            batch.put_note(AWAITED, hash.as_bytes(), at)?;
        }
        for hash in &self.came {
            batch.remove_note(AWAITED, hash.as_bytes())?;
        }
        for key in &self.keys {
            keys::put_reader(&mut batch, key)?;
        }
        let before = store.note(PROGRESS, UNOPENED)?;
        let before = before.map(|bytes| u64::from_be_bytes(bytes.try_into().unwrap_or_default()));
        let unopened = before.or(self.unopened);
        let next = match unopened {
            // With a new key everything from there on is read again.
            Some(first) if !self.keys.is_empty() => {
                batch.remove_note(PROGRESS, UNOPENED)?;
                first.saturating_sub(1).min(upto)
            }
            Some(first) => {
                batch.put_note(PROGRESS, UNOPENED, &first.to_be_bytes())?;
                upto
            }
            None => upto,
        };
        batch.put_note(PROGRESS, UPTO, &next.to_be_bytes())?;
        batch.commit()
    }
}

/// Of which record a section is opened or granted, and to whom.
fn about(look: &Look<'_>, record: &Record) -> Option<(RecordRef, Says)> {
    let mut audiences = record.sections().iter().map(|section| section.audience());
    Some(match record.body() {
        Body::Open { section, .. } => (section.record, Says::Opens),
        Body::Grant { section, .. } if audiences.any(|audience| look.reads(audience)) => {
            (section.record, Says::GrantsMe)
        }
        Body::Grant { section, .. } => (section.record, Says::GrantsOthers),
        _ => return None,
    })
}

fn awaited(block: &VerifiedBlock, index: u16) -> [u8; 34] {
    let mut at = [0; 34];
    let (id, place) = at.split_at_mut(32);
    id.copy_from_slice(block.id().as_bytes());
    place.copy_from_slice(&index.to_be_bytes());
    at
}

/// Whether a code makes this subject id, under the subject's owner or, before its
/// commissioning is known, under the author.
fn is_code_of(
    look: &Look<'_>,
    code: &Code,
    subject: &SubjectId,
    author: &chopmark_core::MemberId,
) -> bool {
    use chopmark_core::StateView as _;
    let owner = look.view.prefix_owner(code).unwrap_or(*author);
    code.subject(&look.genesis.id(), &owner) == *subject
}
