//! Records as events, into a document.

use std::collections::BTreeSet;

use anyhow::Context as _;
use chopmark_core::{Code, Opener, RecordRef, StateView as _, VerifiedBlock};
use chopmark_epcis::{CompanyPrefixes, Document, Event, Form, Time};
use chopmark_exchange::{Opened, Style, Unwritten, event};
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
            let replica = self.peer.replica();
            if replica.read(|_, pending| pending.refusal(&at).is_some()) {
                continue;
            }
            let mut opened = None;
            for (index, section) in (0_u16..).zip(record.sections()) {
                let Some(bytes) = replica.section(section.hash())? else {
                    continue;
                };
                if let Ok(body) = opener.open(at.index, index, &bytes)
                    && (body.event.is_some() || !body.codes.is_empty())
                {
                    opened = Some(body);
                    break;
                }
            }
            let Some(section) = opened else {
                self.closed += usize::from(!record.sections().is_empty());
                continue;
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
            let host = self.peer.host();
            let style = Style {
                form: self.form,
                host,
                known: &self.known,
            };
            match event(&told, &style) {
                Ok(event) => {
                    event.show_prefixes(&mut self.known);
                    self.events.push(event);
                }
                Err(Unwritten::NoCodes | Unwritten::NoEvent) => self.closed += 1,
                Err(why) => return Err(why).with_context(|| format!("record {at}")),
            }
        }
        Ok(())
    }
}
