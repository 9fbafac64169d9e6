//! Which of this member's records say which events, where no index leads to them.

use std::collections::BTreeSet;

use chopmark_core::{
    Audience, BlockOpener, Body, Opener, Record, RecordRef, SectionBody, StateView as _,
    VerifiedBlock,
};
use chopmark_epcis::{CompanyPrefixes, Event, Form};
use chopmark_exchange::{Opened, Parts, Recorded, Style, event};

use crate::peer::{Codes, Peer};

/// What the events of a file have to know of earlier ones.
pub(super) struct Wanted {
    /// The records that error declarations name.
    pub(super) named: Recorded,
    /// What was told before of transformations that are split over several events.
    pub(super) parts: Parts,
}

impl Wanted {
    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.parts.is_empty()
    }
}

impl Peer {
    /// Looks through all that this member wrote, and keeps what is wanted. Event ids and ids of
    /// transformations have no index: corrections and split transformations are rare, and an index
    /// would cost every event.
    pub(super) fn find_recorded(&self, wanted: &mut Wanted) -> anyhow::Result<()> {
        if wanted.is_empty() {
            return Ok(());
        }
        let opener = self.opener()?;
        let mut codes = Codes::new(self)?;
        let size = self.replica().read_final(|ledger| ledger.log().size());
        let mut seen = BTreeSet::new();
        for index in 0..size {
            if let Some(block) = self.replica().logged(index)? {
                seen.insert(block.id());
                self.keep_wanted(&block, (&opener, &mut codes), wanted)?;
            }
        }
        for entry in self.replica().outbox()? {
            // It may have become final while the log was read.
            if seen.insert(entry.block.id()) {
                self.keep_wanted(&entry.block, (&opener, &mut codes), wanted)?;
            }
        }
        Ok(())
    }

    fn keep_wanted(
        &self,
        block: &VerifiedBlock,
        (opener, codes): (&Opener, &mut Codes<'_>),
        wanted: &mut Wanted,
    ) -> anyhow::Result<()> {
        if block.header().member() != self.member() {
            return Ok(());
        }
        let opener = opener.of(block);
        for located in block.located() {
            if let Body::Correct { of, .. } = located.1.body()
                && !self.is_refused(located.0)
            {
                wanted.parts.withdraw(of);
            }
            // What is no event has no id, so no declaration is about it. An export names it.
            if let Some(event) = self.said(located, &opener, codes)? {
                let (at, record) = located;
                wanted.named.learn(&event, at, record.subjects());
                wanted.parts.learn(&event, (at, record.kind()));
            }
        }
        Ok(())
    }

    /// The event that a record of this member says; none if it was refused, or says none.
    pub(super) fn said(
        &self,
        (at, record): (RecordRef, &Record),
        opener: &BlockOpener<'_>,
        codes: &mut Codes<'_>,
    ) -> anyhow::Result<Option<Event>> {
        if self.is_refused(at) {
            return Ok(None);
        }
        let told = match self.told(opener, at, record)? {
            Some(section) => Some(section),
            None => codes.of_untold(record)?,
        };
        let Some(section) = told else { return Ok(None) };
        let told = Opened {
            at,
            record,
            author: self.member(),
            section: &section,
        };
        let known = CompanyPrefixes::default();
        // Names of events do not depend on the form.
        let style = Style {
            form: Form::Link,
            host: self.host(),
            known: &known,
        };
        Ok(event(&told, &style).ok())
    }

    /// Whether a record was ordered, and is against the rules.
    pub(super) fn is_refused(&self, at: RecordRef) -> bool {
        self.replica()
            .read(|_, pending| pending.refusal(&at).is_some())
    }

    /// What the first section says that this member can open and that makes an event.
    pub(crate) fn told(
        &self,
        opener: &BlockOpener<'_>,
        at: RecordRef,
        record: &Record,
    ) -> anyhow::Result<Option<SectionBody>> {
        for (index, section) in (0_u16..).zip(record.sections()) {
            // What is for authorities opens with a record that says who looks and why, and an
            // export writes none. Its author has all of it in the other sections.
            if matches!(section.audience(), Audience::Regulators(_)) {
                continue;
            }
            let Some(bytes) = self.replica().section(section.hash())? else {
                continue;
            };
            if let Ok(body) = opener.open(at.index, index, &bytes)
                && (body.event.is_some() || !body.codes.is_empty())
            {
                return Ok(Some(body));
            }
        }
        Ok(None)
    }
}
