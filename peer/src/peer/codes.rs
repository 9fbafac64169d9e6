//! The codes of subjects, as far as sections that this member can open name them: the ledger
//! itself has nothing but ids.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use chopmark_core::{
    Audience, Code, Opener, Record, RecordRef, SectionBody, StateView as _, SubjectId,
    VerifiedBlock,
};

use super::Peer;

/// Items of a list that are looked up in one go: nobody else gets at the ledger meanwhile.
const ITEMS_AT_ONCE: usize = 1_000;

/// Codes that were found, so that nothing is opened twice.
pub(crate) struct Codes<'p> {
    peer: &'p Peer,
    opener: Opener,
    found: BTreeMap<SubjectId, Code>,
    opened: BTreeSet<RecordRef>,
}

impl<'p> Codes<'p> {
    /// None is known yet.
    pub(crate) fn new(peer: &'p Peer) -> anyhow::Result<Self> {
        Ok(Self {
            opener: peer.opener()?,
            peer,
            found: BTreeMap::new(),
            opened: BTreeSet::new(),
        })
    }

    /// The code of a subject. Its commissioning names it, of an item of a run the run's list, and
    /// of what others made the records that told this member of it.
    pub(crate) fn of(&mut self, subject: &SubjectId) -> anyhow::Result<Option<&Code>> {
        if !self.found.contains_key(subject) {
            self.find(subject)?;
        }
        Ok(self.found.get(subject))
    }

    /// What a record is about that tells members nothing, as those that a gateway writes for
    /// consumers: its things by their codes, if all of these are known. Of a record with a section
    /// that this member cannot open nothing is said, since it says more.
    pub(crate) fn of_untold(&mut self, record: &Record) -> anyhow::Result<Option<SectionBody>> {
        let mut sections = record.sections().iter();
        if !sections.all(|section| matches!(section.audience(), Audience::Regulators(_))) {
            return Ok(None);
        }
        let mut codes = Vec::new();
        for subject in record.subjects() {
            let Some(code) = self.of(subject)? else {
                return Ok(None);
            };
            codes.push(code.element_string().to_owned());
        }
        Ok(Some(SectionBody {
            codes,
            ..SectionBody::default()
        }))
    }

    fn find(&mut self, subject: &SubjectId) -> anyhow::Result<()> {
        let replica = self.peer.replica();
        let begun = replica.read(|_, pending| {
            let state = pending.subject(subject)?;
            Some(state.commissioned_by())
        });
        let Some(begun) = begun else { return Ok(()) };
        self.open(begun)?;
        if self.found.contains_key(subject) {
            return Ok(());
        }
        for (at, _) in replica.records_of(*subject)? {
            self.open(at)?;
            if self.found.contains_key(subject) {
                break;
            }
        }
        Ok(())
    }

    /// Learns the codes that a record names, and with it those that the others of its block name:
    /// a key opens all of them.
    fn open(&mut self, at: RecordRef) -> anyhow::Result<()> {
        if !self.opened.insert(at) {
            return Ok(());
        }
        let Some(block) = self.peer.replica().block(at.block)? else {
            return Ok(());
        };
        let opener = self.opener.clone();
        let opener = opener.of(&block);
        let mut codes = Vec::new();
        for (place, record) in block.located() {
            let begins_runs = record.body().runs().next().is_some();
            // The lists of other runs are long, and nobody asked for them.
            if place != at && (begins_runs || !self.opened.insert(place)) {
                continue;
            }
            let section = self.peer.told(&opener, place, record)?;
            codes.extend(section.map(|section| section.codes).unwrap_or_default());
            if begins_runs && let Err(why) = self.open_lists(&block, at) {
                // What else there is to say does not wait for a list that is damaged.
                tracing::warn!(record = %at, why = format!("{why:#}"), "the list of a run cannot be read");
            }
        }
        let codes = codes.iter().filter_map(|code| Code::parse(code).ok());
        self.know(codes.collect());
        Ok(())
    }

    /// The items of a record's runs that have records of their own: of the others nobody asks.
    fn open_lists(&mut self, block: &VerifiedBlock, at: RecordRef) -> anyhow::Result<()> {
        let record = block.records().get(usize::from(at.index));
        let record = record.context("the record is not in its block")?;
        for (place, _) in record.body().runs() {
            if let Some(run) = record.subjects().get(place) {
                self.open_list((block, at.index), run)?;
            }
        }
        Ok(())
    }

    fn open_list(&mut self, at: (&VerifiedBlock, u16), run: &SubjectId) -> anyhow::Result<()> {
        let Some((_, mut items)) = self.peer.run_items(at, run)? else {
            return Ok(());
        };
        loop {
            let some: anyhow::Result<Vec<Code>> = items.by_ref().take(ITEMS_AT_ONCE).collect();
            let some = some?;
            if some.is_empty() {
                return Ok(());
            }
            self.know(some);
        }
    }

    /// Keeps the codes of what the ledger has. A section says what its author likes, but no other
    /// code gives the same id.
    pub(crate) fn know(&mut self, codes: Vec<Code>) {
        let network = self.peer.network();
        let known: Vec<(SubjectId, Code)> = self.peer.replica().read(|_, pending| {
            let each = codes.into_iter().filter_map(|code| {
                let subject = code.subject(&network, &pending.prefix_owner(&code)?);
                pending.subject(&subject).map(|_| (subject, code))
            });
            each.collect()
        });
        self.found.extend(known);
    }
}
