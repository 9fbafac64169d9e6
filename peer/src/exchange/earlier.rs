//! Which events of a file are there already, from an import that was cut short or from another.

use std::collections::BTreeSet;

use chopmark_core::{Opener, RecordRef};
use chopmark_epcis::Event;
use chopmark_exchange::{Author, Earlier, Suspects, Teller};

use super::{ProgressStep, Told, tell};
use crate::peer::{Codes, Peer};

/// Events that are looked for in one go: nobody else gets at the ledger meanwhile.
const AT_ONCE: usize = 1_000;

/// What was found so far.
struct Looking<'p> {
    opener: Opener,
    codes: Codes<'p>,
    earlier: Earlier,
    /// The records that were opened.
    learned: BTreeSet<RecordRef>,
}

impl Peer {
    /// The places of the events that this member recorded as a whole. What is there of others is
    /// left to the teller.
    pub(super) fn find_earlier(
        &self,
        events: &[Event],
        by: &mut Teller,
        told: &Told,
    ) -> anyhow::Result<BTreeSet<usize>> {
        let mut looking = Looking {
            opener: self.opener()?,
            codes: Codes::new(self)?,
            earlier: Earlier::default(),
            learned: BTreeSet::new(),
        };
        let mut there = by.parts.recorded_among(events);
        for (some, first) in events.chunks(AT_ONCE).zip((0..).step_by(AT_ONCE)) {
            tell(told, ProgressStep::Looking, first, events.len());
            let suspects = self.replica().read(|_, pending| {
                let author = Author { view: pending, by };
                Suspects::among(some, first, &author)
            });
            let records = self.records_about(&suspects)?;
            for of_block in records.chunk_by(|a, b| a.block == b.block) {
                self.learn_earlier(of_block, &suspects, &mut looking)?;
            }
            there.extend(looking.earlier.settle(suspects, &mut by.begun));
        }
        Ok(there)
    }

    /// The records about what may be there, block by block.
    fn records_about(&self, suspects: &Suspects) -> anyhow::Result<Vec<RecordRef>> {
        let mut records = BTreeSet::new();
        for subject in suspects.subjects() {
            let found = self.replica().records_of(*subject)?.into_iter();
            records.extend(found.map(|(at, _)| at));
        }
        Ok(records.into_iter().collect())
    }

    /// Learns what records of a block say, if they are of this member and may be what is looked
    /// for.
    fn learn_earlier(
        &self,
        records: &[RecordRef],
        suspects: &Suspects,
        looking: &mut Looking<'_>,
    ) -> anyhow::Result<()> {
        let Some(first) = records.first() else {
            return Ok(());
        };
        let block = self.replica().block(first.block)?;
        let Some(block) = block.filter(|block| block.header().member() == self.member()) else {
            return Ok(());
        };
        let opener = looking.opener.of(&block);
        for at in records {
            let record = block.records().get(usize::from(at.index));
            let Some(record) = record.filter(|record| suspects.may_be(record)) else {
                continue;
            };
            if !looking.learned.insert(*at) {
                continue;
            }
            if let Some(event) = self.said((*at, record), &opener, &mut looking.codes)? {
                looking.earlier.learn(&event, record);
            }
        }
        Ok(())
    }
}
