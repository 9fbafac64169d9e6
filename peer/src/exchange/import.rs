//! Events of a file, checked and signed by the member's admin device.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use chopmark_core::{
    BlockId, BuildError, Code, CodeHash, MemberId, Outcome, RecordRef, StateView as _, SubjectId,
    Undrawn,
};
use chopmark_epcis::{BadEvent, BadList, Document, Event, OnBadEvent};
use chopmark_exchange::{
    Author, Bad, BadRow, Cursor, Mapping, Parts, Recorded, Signer, Table, Teller, Trial, in_order,
    items_used, next_block,
};
use chopmark_replica::Node;
use serde::{Deserialize, Serialize};

use super::recorded::Wanted;
use super::undrawn::Unused;
use super::{Import, ProgressStep, Told, read, tell};
use crate::admin::find_member;
use crate::keyfile::random_seed;
use crate::peer::Peer;

/// Bytes of places and reasons in one answer, which escapes may double.
const BAD_BYTES: usize = 16 * 1024 * 1024;

/// What became of an import.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Imported {
    /// How many events the file has.
    pub(crate) events: usize,
    /// How many were signed, or would be.
    pub(crate) signed: usize,
    /// How many this member recorded before: they are not signed again.
    #[serde(default)]
    pub(crate) there: usize,
    /// In how many blocks.
    pub(crate) blocks: usize,
    /// The first of the bad ones: where, and why.
    pub(crate) bad: Vec<(String, String)>,
    /// How many more are bad.
    pub(crate) more_bad: usize,
}

/// What came of one step of signing.
struct Signed {
    next: Cursor,
    blocks: usize,
    /// An event that stood in the trial and does not now.
    refused: Option<(usize, String)>,
}

/// The events of a file, each with its place.
struct Found {
    events: Vec<Event>,
    places: Vec<String>,
    bad: BadList<(String, String)>,
}

impl Found {
    fn leave_out(&mut self, bad: &[Bad], unused: &Unused) {
        let out: BTreeSet<usize> = bad.iter().map(|bad| bad.index).collect();
        for bad in bad {
            let place = self.places.get(bad.index).cloned().unwrap_or_default();
            self.bad.add((place, unused.reason(&bad.why)));
        }
        self.keep_without(&out);
    }

    /// The bad ones, as many as an answer carries: what was signed must be told, too.
    fn named_bad(&self) -> Vec<(String, String)> {
        let mut bytes = 0_usize;
        let fits = |(place, why): &&(String, String)| {
            bytes = bytes.saturating_add(place.len()).saturating_add(why.len());
            bytes <= BAD_BYTES
        };
        self.bad.named().iter().take_while(fits).cloned().collect()
    }

    fn keep_without(&mut self, out: &BTreeSet<usize>) {
        let mut at = 0..;
        self.events
            .retain(|_| at.next().is_none_or(|index| !out.contains(&index)));
        let mut at = 0..;
        self.places
            .retain(|_| at.next().is_none_or(|index| !out.contains(&index)));
    }

    fn put_in_order(&mut self) {
        let events = std::mem::take(&mut self.events).into_iter();
        let placed = in_order(events.zip(std::mem::take(&mut self.places)).collect());
        (self.events, self.places) = placed.into_iter().unzip();
    }
}

impl Peer {
    /// Imports a file. It is on disk when this returns; of a file with bad events nothing is,
    /// unless the rest was asked for. Other makers are asked by way of the node, while it runs.
    pub(crate) async fn import(
        &self,
        import: Import,
        (node, told): (Option<Node>, Told),
    ) -> anyhow::Result<Imported> {
        self.settle_prefixes().await?;
        self.blocking(move |peer| peer.import_now(&import, (node.as_ref(), &told)))
            .await?
    }

    fn import_now(
        &self,
        import: &Import,
        (node, told): (Option<&Node>, &Told),
    ) -> anyhow::Result<Imported> {
        tell(told, ProgressStep::Reading, 0, 0);
        let mut found = find(import)?;
        found.put_in_order();
        let events = found.events.len() + found.bad.count();
        tell(told, ProgressStep::Looking, 0, found.events.len());
        let mut by = self.teller(import, &found.events)?;
        let there = self.find_earlier(&found.events, &mut by, told)?;
        found.keep_without(&there);
        let mut unused = self.undrawn_among(&found.events, (node, told))?;
        let bad = self.try_all(&found.events, (by.clone(), &unused.proven), told)?;
        found.leave_out(&bad, &unused);
        let refused = !found.bad.is_empty() && !import.skip_bad;
        let mut imported = Imported {
            events,
            signed: if refused { 0 } else { found.events.len() },
            there: there.len(),
            blocks: 0,
            bad: found.named_bad(),
            more_bad: 0,
        };
        imported.more_bad = found.bad.count().saturating_sub(imported.bad.len());
        if !refused && !import.dry_run {
            if !bad.is_empty() {
                let used = items_used(&found.events);
                let used: BTreeSet<CodeHash> = used.iter().map(Code::hash).collect();
                unused
                    .proven
                    .retain(|_, undrawn| used.contains(&undrawn.item().code));
            }
            imported.blocks = self.draw(&unused.proven)? + self.sign_events(&found, by, told)?;
        }
        Ok(imported)
    }

    /// In whose name, to whom, and on knowledge of which records.
    fn teller(&self, import: &Import, events: &[Event]) -> anyhow::Result<Teller> {
        let parties: Vec<MemberId> = self.replica().read(|_, pending| {
            let named = import.parties.iter();
            let each = |wanted: &String| Ok(find_member(pending, wanted)?.0);
            named.map(each).collect::<anyhow::Result<_>>()
        })?;
        let mut wanted = Wanted {
            named: Recorded::wanted_by(events),
            parts: Parts::of(events),
        };
        self.find_recorded(&mut wanted)?;
        Ok(Teller::new(self.member())
            .telling(parties)
            .knowing(wanted.named)
            .joining(wanted.parts))
    }

    /// What the rules would say to all of it, in order. Block by block, since nobody else gets at
    /// the replica meanwhile: a validator would neither vote nor sync while a large file is tried.
    fn try_all(
        &self,
        events: &[Event],
        (by, undrawn): (Teller, &BTreeMap<SubjectId, Undrawn>),
        told: &Told,
    ) -> anyhow::Result<Vec<Bad>> {
        let mut trial = Trial::new(by);
        let mut bad = Vec::new();
        let mut kept = self.draw_for_trial(undrawn);
        while trial.tried() < events.len() {
            tell(told, ProgressStep::Checking, trial.tried(), events.len());
            let (key, position) = (self.admin_key()?, self.next_position()?);
            let before = kept.take();
            let (found, after) = self.replica().read(|ledger, pending| {
                let mut scratch = match before {
                    Some(kept) => kept.attach_anyway(ledger),
                    None => pending.clone(),
                };
                let found = trial.step(events, key, position, &mut scratch)?;
                Ok::<_, BuildError>((found, scratch.detach()))
            })?;
            kept = Some(after);
            bad.extend(found);
        }
        Ok(bad)
    }

    /// Signs block after block; gives how many.
    fn sign_events(&self, found: &Found, mut by: Teller, told: &Told) -> anyhow::Result<usize> {
        let (mut from, mut blocks) = (Cursor::default(), 0);
        let events = &found.events;
        let place = |index: usize| found.places.get(index).map_or("", String::as_str);
        while from.event < events.len() {
            tell(told, ProgressStep::Signing, from.event, events.len());
            let made = self.sign_next(events, from, &mut by)?;
            if let Some((index, why)) = made.refused {
                bail!(
                    "{}: the ledger changed while it was checked, and now refuses it: {why}; everything before it stands",
                    place(index)
                );
            }
            blocks += made.blocks;
            from = made.next;
        }
        Ok(blocks)
    }

    fn sign_next(&self, events: &[Event], from: Cursor, by: &mut Teller) -> anyhow::Result<Signed> {
        let _one_at_a_time = self.signing()?;
        let (key, position) = (self.admin_key()?, self.next_position()?);
        let seed = random_seed()?;
        let made = self.replica().read(|_, pending| {
            let readers = pending.readers();
            let signer = Signer {
                key,
                readers: &readers,
            };
            let author = Author { view: pending, by };
            next_block((events, from), &author, signer, position, &seed)
        })?;
        by.recorded.learn_made(events, &made);
        let unmapped = made.unmapped.first();
        let mut signed = Signed {
            next: made.next,
            blocks: 0,
            refused: unmapped.map(|(index, why)| (*index, why.to_string())),
        };
        if let (Some(built), None) = (made.block, &signed.refused) {
            let block = self.replica().append_own(built.block, built.sections)?;
            signed.blocks = 1;
            signed.refused = self.refused(block, &made.events);
        }
        Ok(signed)
    }

    /// The first event of a block that the rules refuse after all.
    fn refused(&self, block: BlockId, events: &[usize]) -> Option<(usize, String)> {
        self.replica().read(|_, pending| {
            let records = (0_u16..).zip(events);
            records
                .filter_map(|(index, event)| {
                    let record = RecordRef { block, index };
                    match pending.outcome(&record) {
                        Some(Outcome::Refused(refusal)) => Some((*event, refusal.to_string())),
                        _ => None,
                    }
                })
                .next()
        })
    }
}

fn find(import: &Import) -> anyhow::Result<Found> {
    let bytes = read(&import.file)?;
    match &import.mapping {
        Some(mapping) => {
            let text = std::fs::read_to_string(mapping)
                .with_context(|| format!("{} cannot be read", mapping.display()))?;
            let mapping = Mapping::parse(&text).with_context(|| mapping.display().to_string())?;
            let table = Table::read(&bytes, &mapping)?;
            let (lines, events) = table.events.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
            let bad = |row: &BadRow| (format!("line {}", row.line), row.why.to_string());
            Ok(Found {
                events,
                places: lines.iter().map(|line| format!("line {line}")).collect(),
                bad: table.bad.map(bad),
            })
        }
        None => {
            let read = Document::read(&bytes, OnBadEvent::TakeTheRest)?;
            let bad = |bad: &BadEvent| (event_place(bad.index), bad.fault.to_string());
            let context = read.document.context().cloned();
            let events = read.document.into_events().into_iter();
            Ok(Found {
                events: events.map(|event| event.alone(context.as_ref())).collect(),
                places: read.places.into_iter().map(event_place).collect(),
                bad: read.left_out.map(bad),
            })
        }
    }
}

/// An event's place as people count, and as the app shows it.
fn event_place(index: usize) -> String {
    format!("event {}", index.saturating_add(1))
}
