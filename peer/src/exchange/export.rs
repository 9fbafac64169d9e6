//! Records as events, into a document. What cannot be written is named and left out: any member
//! can write a section that is no event, and none may keep others from their own data.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use chopmark_core::{
    BlockOpener, Body, Code, HistorySource as _, Opener, Record, RecordRef, SectionBody,
    StateView as _, SubjectId, VerifiedBlock,
};
use chopmark_epcis::{CompanyPrefixes, Document, Event, Form, Time};
use chopmark_exchange::{Once, Opened, Style, Unwritten, declaration, event, event_of_run};
use serde::{Deserialize, Serialize};

use super::{Export, ProgressStep, Told, tell};
use crate::clock;
use crate::folder::write_whole;
use crate::peer::{Codes, Peer};
use crate::policy_file::word;

/// Records that are named one by one; of more the number says enough.
const NAMED: usize = 100;
/// Items of a run in one event: an event of a million would be of no use to its reader.
const ITEMS_AN_EVENT: usize = 1000;

/// What became of an export.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Exported {
    /// How many events the document has.
    pub(crate) events: usize,
    /// Records that this member may not read, or that name no codes.
    pub(crate) closed: usize,
    /// Records that EPCIS has no event for, by the names of their kinds.
    #[serde(default)]
    pub(crate) without_event: BTreeMap<String, usize>,
    /// How many records say something that no event can be made of.
    #[serde(default)]
    pub(crate) unwritten: usize,
    /// The first of these: which, and why.
    #[serde(default)]
    pub(crate) named: Vec<(String, String)>,
}

/// Events on their way into the document.
struct Gathered<'a> {
    peer: &'a Peer,
    opener: Opener,
    codes: Codes<'a>,
    /// The codes whose events are wanted; all without any.
    wanted: BTreeSet<Code>,
    form: Form,
    known: CompanyPrefixes,
    events: Vec<Event>,
    once: Once,
    came: Exported,
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
            codes: Codes::new(self)?,
            wanted: BTreeSet::new(),
            form: export.form.into(),
            known,
            events: Vec::new(),
            once: Once::default(),
            came: Exported::default(),
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
            ..gathered.came
        };
        let document = Document::new(&created, &BTreeMap::new(), events);
        let document = match export.answer {
            true => document.into_answer(),
            false => document,
        };
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
            wanted.extend(self.beginning(&code, subject));
            self.codes.know(vec![code.clone()]);
            self.wanted.insert(code);
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

    /// The record with which the life of a thing begins, and its place in the log. That of an item
    /// of a run is about the run, whether the item was used yet or not.
    fn beginning(&self, code: &Code, subject: SubjectId) -> Option<(u64, RecordRef)> {
        let replica = self.peer.replica();
        let of = |subject: SubjectId| {
            replica.read_final(|ledger| {
                let state = ledger.state();
                let at = state.subject(&subject)?.commissioned_by();
                Some((state.logged(&at.block)?.index, at))
            })
        };
        of(subject).or_else(|| of(replica.run_item(&code.hash())?.0))
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
            // Without one nothing but its kind is known, and that some have no event.
            let section = self.section(&opener, at, record)?;
            let told = Opened {
                at,
                record,
                author: block.header().member(),
                section: &section,
            };
            if !self.once.is_first(&told) {
                continue;
            }
            match record.body() {
                body if section.event.is_none() && body.runs().next().is_some() => {
                    self.take_runs(block, &told)?;
                }
                _ => {
                    let event = self.event(&told)?;
                    self.take(&told, event);
                }
            }
        }
        Ok(())
    }

    /// The runs that a record begins, each in as many events as its items take.
    fn take_runs(&mut self, block: &VerifiedBlock, told: &Opened<'_>) -> anyhow::Result<()> {
        let mut is_first = true;
        for (place, _) in told.record.body().runs() {
            if let Some(run) = told.record.subjects().get(place) {
                self.take_run(block, told, (run, is_first))?;
            }
            is_first = false;
        }
        Ok(())
    }

    /// The items of a run, which its maker's own list names.
    fn take_run(
        &mut self,
        block: &VerifiedBlock,
        told: &Opened<'_>,
        (run, is_first): (&SubjectId, bool),
    ) -> anyhow::Result<()> {
        let named = self.peer.run_items((block, told.at.index), run);
        let named = named.and_then(|named| {
            let whole = named.map(|(section, items)| {
                let items: anyhow::Result<Vec<Code>> = items.collect();
                items.map(|items| (section, items))
            });
            whole.transpose()
        });
        let (section, items) = match named {
            Ok(Some(named)) => named,
            Ok(None) => {
                self.came.closed += 1;
                return Ok(());
            }
            Err(why) => {
                self.leave_out(told.at, format!("the list of the run: {why:#}"));
                return Ok(());
            }
        };
        let told = Opened {
            section: &section,
            ..*told
        };
        // The event of a wanted item names others as well: it is the same in every export.
        let is_wanted = |code: &Code| self.wanted.is_empty() || self.wanted.contains(code);
        // What the run was made of is asked about too.
        let of_it = section
            .codes
            .iter()
            .filter_map(|code| Code::parse(code).ok());
        let of_wanted = of_it.into_iter().any(|code| is_wanted(&code));
        let chunks = items.chunks(ITEMS_AN_EVENT).enumerate();
        let chunks = chunks.map(|(nth, chunk)| (is_first && nth == 0, chunk));
        let wanted: Vec<(bool, &[Code])> = chunks
            .filter(|(first, chunk)| (*first && of_wanted) || chunk.iter().any(is_wanted))
            .collect();
        for (is_first, chunk) in wanted {
            let event = event_of_run(&told, (chunk, is_first), &self.style());
            self.take(&told, event);
        }
        Ok(())
    }

    /// Takes what a record became, or counts why it became nothing.
    fn take(&mut self, told: &Opened<'_>, event: Result<Event, Unwritten>) {
        match event {
            Ok(event) => {
                event.show_prefixes(&mut self.known);
                self.events.push(event);
            }
            // What is about members, devices and sections is no matter of EPCIS.
            Err(Unwritten::NoEvent) if told.record.subjects().is_empty() => {}
            Err(Unwritten::NoEvent) => {
                let kind = word(told.record.kind().name());
                *self.came.without_event.entry(kind).or_default() += 1;
            }
            Err(Unwritten::NoCodes) => self.came.closed += 1,
            Err(why) => self.leave_out(told.at, why.to_string()),
        }
    }

    fn leave_out(&mut self, at: RecordRef, why: String) {
        self.came.unwritten += 1;
        if self.came.named.len() < NAMED {
            self.came.named.push((at.to_string(), why));
        }
    }

    /// What this member can read of a record, or knows of it.
    fn section(
        &mut self,
        opener: &BlockOpener<'_>,
        at: RecordRef,
        record: &Record,
    ) -> anyhow::Result<SectionBody> {
        let told = match self.peer.told(opener, at, record)? {
            Some(section) => Some(section),
            None => self.codes.of_untold(record)?,
        };
        Ok(told.unwrap_or_default())
    }

    fn style(&self) -> Style<'_> {
        Style {
            form: self.form,
            host: self.peer.host(),
            known: &self.known,
        }
    }

    /// The event of a record, or why there is none. An error is the disk's.
    fn event(&mut self, told: &Opened<'_>) -> anyhow::Result<Result<Event, Unwritten>> {
        match (told.record.body(), &told.section.event) {
            (
                Body::Correct {
                    of, correctives, ..
                },
                None,
            ) => {
                let mut named = Vec::new();
                for at in std::iter::once(of).chain(correctives) {
                    match self.event_at(*at)? {
                        Ok(event) => named.push(event),
                        Err(why) => return Ok(Err(why)),
                    }
                }
                let (wrong, right) = named.split_first().context("a correction of nothing")?;
                Ok(declaration(told, wrong, right))
            }
            _ => Ok(event(told, &self.style())),
        }
    }

    /// The event of a record that a correction names.
    fn event_at(&mut self, at: RecordRef) -> anyhow::Result<Result<Event, Unwritten>> {
        let Some(block) = self.peer.replica().block(at.block)? else {
            return Ok(Err(Unwritten::NoCodes));
        };
        let record = block.located().find(|(place, _)| *place == at);
        let Some((_, record)) = record else {
            return Ok(Err(Unwritten::NoCodes));
        };
        let opener = self.opener.clone();
        let section = self.section(&opener.of(&block), at, record)?;
        let told = Opened {
            at,
            record,
            author: block.header().member(),
            section: &section,
        };
        Ok(match self.named(&told)? {
            Err(why @ (Unwritten::NoCodes | Unwritten::NoEvent)) => Err(why),
            Err(why) => Err(Unwritten::Named {
                at,
                why: Box::new(why),
            }),
            written => written,
        })
    }

    fn named(&mut self, told: &Opened<'_>) -> anyhow::Result<Result<Event, Unwritten>> {
        match told.record.body() {
            // A correction of a correction would go on for ever.
            Body::Correct { .. } => Ok(Err(Unwritten::NoEvent)),
            // The section names what a run was made of, and its list the items.
            body if told.section.event.is_none() && body.runs().next().is_some() => {
                Ok(Err(Unwritten::NoCodes))
            }
            _ => self.event(told),
        }
    }
}
