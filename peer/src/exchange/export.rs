//! Records as events, into a document.

use std::collections::BTreeSet;

use anyhow::Context as _;
use chopmark_core::{
    Body, Code, Kind, Opener, RecordRef, SectionBody, StateView as _, VerifiedBlock,
};
use chopmark_epcis::{CompanyPrefixes, Document, Event, Form, Time};
use chopmark_exchange::{Opened, Style, Unwritten, declaration, event};
use serde::{Deserialize, Serialize};

use super::{Export, ProgressStep, Told, tell};
use crate::clock;
use crate::folder::write_whole;
use crate::peer::Peer;

/// What became of an export.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exported {
    /// How many events the document has.
    pub(crate) events: usize,
    /// Records that this member may not read, or that name no codes.
    pub(crate) closed: usize,
}

/// Events on their way into the document.
struct Gathered<'a> {
    peer: &'a Peer,
    opener: Opener,
    form: Form,
    known: CompanyPrefixes,
    events: Vec<Event>,
    /// The newest event that came out as it was kept.
    last: Option<String>,
    closed: usize,
}

impl Peer {
    /// Exports what this member can read. The document is whole or not there.
    pub(crate) async fn export(&self, export: Export, told: Told) -> anyhow::Result<Exported> {
        self.blocking(move |peer| peer.export_now(&export, &told))
            .await?
    }

    fn export_now(&self, export: &Export, told: &Told) -> anyhow::Result<Exported> {
        let mut known = CompanyPrefixes::default();
        self.replica().read(|_, pending| {
            pending
                .prefixes()
                .for_each(|(prefix, _)| known.learn(prefix.as_str()));
        });
        let mut gathered = Gathered {
            peer: self,
            opener: self.opener()?,
            form: export.form.into(),
            known,
            events: Vec::new(),
            last: None,
            closed: 0,
        };
        tell(told, ProgressStep::Reading, 0, 0);
        if export.codes.is_empty() {
            let size = self.replica().read_final(|ledger| ledger.log().size());
            for index in 0..size {
                if let Some(block) = self.replica().logged(index)? {
                    gathered.take_all(&block, |_| true)?;
                }
            }
        } else {
            gathered.take_codes(&export.codes)?;
        }
        tell(told, ProgressStep::Writing, 0, 0);
        let created = Time::parse(&clock::readable(clock::now())).context("the clock")?;
        // Prefixes that later events showed help with earlier ones.
        let (form, known) = (gathered.form, &gathered.known);
        let events: Vec<Event> = gathered
            .events
            .iter()
            .map(|event| event.in_form(form, known))
            .collect();
        let exported = Exported {
            events: events.len(),
            closed: gathered.closed,
        };
        let document = Document::new(&created, &std::collections::BTreeMap::new(), events);
        write_whole(&export.out, document.write().as_bytes())?;
        Ok(exported)
    }
}

impl Gathered<'_> {
    /// The events of some codes, in the order of the ledger, each once.
    fn take_codes(&mut self, codes: &[String]) -> anyhow::Result<()> {
        let mut wanted: BTreeSet<(u64, RecordRef)> = BTreeSet::new();
        for text in codes {
            let code = match text.strip_prefix("urn:") {
                Some(_) => chopmark_epcis::code(text)?,
                None => Code::parse(text).with_context(|| text.clone())?,
            };
            let replica = self.peer.replica();
            let owner = replica.read(|_, pending| pending.prefix_owner(&code));
            let owner = owner.with_context(|| format!("no member has the prefix of {code}"))?;
            let subject = code.subject(&self.peer.network(), &owner);
            self.opener.add_code(&code, &owner);
            // Without a place in the log it is not final.
            let records = replica.records_of(subject)?.into_iter();
            wanted.extend(records.filter_map(|(at, index)| Some((index?, at))));
        }
        let mut blocks: Vec<(u64, BTreeSet<RecordRef>)> = Vec::new();
        for (index, at) in wanted {
            match blocks.last_mut() {
                Some((last, records)) if *last == index => {
                    records.insert(at);
                }
                _ => blocks.push((index, BTreeSet::from([at]))),
            }
        }
        for (index, records) in blocks {
            if let Some(block) = self.peer.replica().logged(index)? {
                self.take_all(&block, |at| records.contains(at))?;
            }
        }
        Ok(())
    }

    fn take_all(
        &mut self,
        block: &VerifiedBlock,
        is_wanted: impl Fn(&RecordRef) -> bool,
    ) -> anyhow::Result<()> {
        let opener = self.opener.clone();
        let opener = opener.of(block);
        for (at, record) in block.located().filter(|(at, _)| is_wanted(at)) {
            if self.peer.is_refused(at) {
                continue;
            }
            let section = match self.peer.told(&opener, at, record)? {
                Some(section) => section,
                // What it corrects says what the event is about.
                None if record.kind() == Kind::Correct => SectionBody::default(),
                None => {
                    self.closed += usize::from(!record.sections().is_empty());
                    continue;
                }
            };
            // Records of one event follow on each other, and each keeps the whole event.
            if section.event.is_some() {
                if self.last == section.event {
                    continue;
                }
                self.last.clone_from(&section.event);
            }
            let told = Opened {
                at,
                record,
                author: block.header().member(),
                section: &section,
            };
            match self.event(&told)? {
                Some(event) => {
                    event.show_prefixes(&mut self.known);
                    self.events.push(event);
                }
                None => self.closed += 1,
            }
        }
        Ok(())
    }

    /// The event of a record; none if it is one that EPCIS has no event for, or names no codes.
    fn event(&self, told: &Opened<'_>) -> anyhow::Result<Option<Event>> {
        let style = Style {
            form: self.form,
            host: self.peer.host(),
            known: &self.known,
        };
        let made = match (told.record.body(), &told.section.event) {
            (
                Body::Correct {
                    of, correctives, ..
                },
                None,
            ) => {
                let Some(wrong) = self.event_at(*of)? else {
                    return Ok(None);
                };
                let mut right = Vec::new();
                for at in correctives {
                    let Some(event) = self.event_at(*at)? else {
                        return Ok(None);
                    };
                    right.push(event);
                }
                declaration(told, &wrong, &right)
            }
            _ => event(told, &style),
        };
        match made {
            Ok(event) => Ok(Some(event)),
            Err(Unwritten::NoCodes | Unwritten::NoEvent) => Ok(None),
            Err(why) => Err(why).with_context(|| format!("record {}", told.at)),
        }
    }

    /// The event of a record that a correction names.
    fn event_at(&self, at: RecordRef) -> anyhow::Result<Option<Event>> {
        let Some(block) = self.peer.replica().block(at.block)? else {
            return Ok(None);
        };
        let Some((_, record)) = block.located().find(|(place, _)| *place == at) else {
            return Ok(None);
        };
        let Some(section) = self.peer.told(&self.opener.of(&block), at, record)? else {
            return Ok(None);
        };
        let told = Opened {
            at,
            record,
            author: block.header().member(),
            section: &section,
        };
        // A correction of a correction would go on for ever.
        match record.body() {
            Body::Correct { .. } => Ok(None),
            _ => self.event(&told),
        }
    }
}
