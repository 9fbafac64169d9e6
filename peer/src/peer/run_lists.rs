//! The lists of this member's runs: evidence in its own section, and the file that is looked up
//! in, made of it again wherever it is missing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chopmark_core::{
    Code, EvidenceLink, Makeup, MemberId, RUN_LIST_MEDIA_TYPE, RecordRef, RunList, RunSpec,
    SectionBody, StateView as _, SubjectId, VerifiedBlock, sealed_evidence_length,
};
use chopmark_replica::{EvidenceKey, run_list_items};
use tokio::sync::broadcast::error::RecvError;

use super::Peer;

/// Evidence has no bell: lists that are on their way are looked for again after this.
const AGAIN: Duration = Duration::from_secs(20);

/// Makes what is missing now, and of every run that this member's devices commission from now on.
pub(crate) async fn follow(peer: Peer) {
    let mut begun = peer.replica().runs_begun();
    let mut arrivals = peer.arrivals();
    let Ok(mut missing) = peer.blocking(Peer::runs_without_list).await else {
        return;
    };
    loop {
        let work = std::mem::take(&mut missing);
        let Ok(left) = peer.blocking(move |peer| peer.restore(work)).await else {
            return;
        };
        missing = left;
        peer.0.lists.are_here(missing.is_empty());
        arrivals.mark_unchanged();
        let waits = !missing.is_empty();
        tokio::select! {
            run = begun.recv() => match run {
                Ok(run) if run.member == peer.member() => {
                    peer.0.lists.are_here(false);
                    missing.insert(run.record);
                }
                Ok(_of_others) => {}
                Err(RecvError::Lagged(_)) => match peer.blocking(Peer::runs_without_list).await {
                    Ok(all) => missing.extend(all),
                    Err(_stopping) => return,
                },
                Err(RecvError::Closed) => return,
            },
            // A section that opens here may be what is missing.
            changed = arrivals.changed(), if waits => if changed.is_err() { return },
            () = tokio::time::sleep(AGAIN), if waits => {}
        }
    }
}

/// Whether the lists of all runs of this member are here. As long as nobody looked, they are not.
#[derive(Default)]
pub(super) struct Lists {
    here: AtomicBool,
}

impl Lists {
    fn are_here(&self, here: bool) {
        self.here.store(here, Ordering::Release);
    }
}

impl Peer {
    /// This member, as long as the list of a run of it is missing here.
    pub(super) fn without_lists(&self) -> Option<MemberId> {
        let here = self.0.lists.here.load(Ordering::Acquire);
        (!here).then(|| self.member())
    }

    /// The records of this member's runs whose list is not here.
    fn runs_without_list(&self) -> BTreeSet<RecordRef> {
        let known: BTreeSet<RecordRef> = self.replica().read_final(|ledger| {
            let subjects = ledger.state().subjects();
            let of_us =
                |(id, state): (&SubjectId, &chopmark_core::SubjectState)| match state.makeup() {
                    Makeup::Run(run) if run.maker() == self.member() => {
                        (!self.replica().runs().has(id)).then(|| state.commissioned_by())
                    }
                    _ => None,
                };
            subjects.filter_map(of_us).collect()
        });
        let open = self.replica().open_runs().into_iter();
        let of_us = open.filter(|run| run.member == self.member());
        let not_final: BTreeSet<RecordRef> = of_us.map(|run| run.record).collect();
        &known | &not_final
    }

    /// Tries these; gives those whose list is still on its way.
    fn restore(&self, mut records: BTreeSet<RecordRef>) -> BTreeSet<RecordRef> {
        records.retain(|record| match self.restore_one(record) {
            Ok(done) => !done,
            Err(why) => {
                tracing::error!(%record, why = format!("{why:#}"), "a run's list cannot be read");
                false
            }
        });
        records
    }

    /// Makes the look-up files of the runs that one record begins. False while section or evidence
    /// are on their way.
    fn restore_one(&self, at: &RecordRef) -> anyhow::Result<bool> {
        let replica = self.replica();
        let Some(block) = replica.block(at.block)? else {
            return Ok(false);
        };
        let missing = runs_of(&block, at.index)?;
        let missing = missing.filter(|(_, run, _)| !replica.runs().has(run));
        let missing: Vec<(usize, SubjectId, RunSpec)> = missing.collect();
        if missing.is_empty() {
            return Ok(true);
        }
        let Some((links, _)) = self.lists_of(&block, at.index)? else {
            return Ok(false);
        };
        let mut all_here = true;
        for (nth, run, spec) in missing {
            let link = links.get(nth).context("the record names no list of it")?;
            all_here &= self.restore_list(link, run, spec)?;
        }
        Ok(all_here)
    }

    fn restore_list(
        &self,
        link: &EvidenceLink,
        run: SubjectId,
        spec: RunSpec,
    ) -> anyhow::Result<bool> {
        let replica = self.replica();
        let key = EvidenceKey::from_bytes(link.key);
        let reader = match replica.vault().reader(link.id, &key) {
            Ok(reader) => reader,
            Err(chopmark_replica::VaultError::Unknown { .. }) => {
                replica.want_evidence(link.id, sealed_evidence_length(link.length))?;
                return Ok(false);
            }
            Err(why) => return Err(why.into()),
        };
        let items = run_list_items(reader)
            .map(|item| item.map(|(code, key)| (code.hash(), key)))
            .collect::<Result<Vec<_>, _>>()?;
        let list = RunList::new(&self.network(), &self.member(), items)?;
        ensure!(list.spec() == spec, "the list is not the run's");
        replica.runs().keep(&list)?;
        tracing::info!(%run, items = spec.count, "the list of a run is here");
        Ok(true)
    }

    /// What this member says of a run of its own, and the items as its list names them, one by one.
    /// None of another member's run, whose section may name any file, and none while the list is
    /// not here.
    pub(crate) fn run_items(
        &self,
        (block, index): (&VerifiedBlock, u16),
        run: &SubjectId,
    ) -> anyhow::Result<Option<(SectionBody, impl Iterator<Item = anyhow::Result<Code>>)>> {
        if block.header().member() != self.member() {
            return Ok(None);
        }
        let nth = runs_of(block, index)?.find(|(_, begun, _)| begun == run);
        let (nth, ..) = nth.context("the record begins no such run")?;
        let Some((links, section)) = self.lists_of(block, index)? else {
            return Ok(None);
        };
        let Some(link) = links.get(nth) else {
            return Ok(None);
        };
        let key = EvidenceKey::from_bytes(link.key);
        match self.replica().vault().reader(link.id, &key) {
            Ok(reader) => {
                let items = run_list_items(reader).map(|item| Ok(item?.0));
                Ok(Some((section, items)))
            }
            Err(chopmark_replica::VaultError::Unknown { .. }) => Ok(None),
            Err(why) => Err(why.into()),
        }
    }

    /// Where the lists of a record's runs are, in the order of the runs, and the section that says
    /// so.
    fn lists_of(
        &self,
        block: &VerifiedBlock,
        index: u16,
    ) -> anyhow::Result<Option<(Vec<EvidenceLink>, SectionBody)>> {
        let opener = self.opener()?;
        let opener = opener.of(block);
        let record = block.records().get(usize::from(index));
        let sections = record.map_or(&[][..], |record| record.sections());
        for (place, section) in (0_u16..).zip(sections) {
            let Some(bytes) = self.replica().section(section.hash())? else {
                continue;
            };
            let Ok(body) = opener.open(index, place, &bytes) else {
                continue;
            };
            let links = body.evidence.iter();
            let links: Vec<EvidenceLink> = links
                .filter(|link| link.media_type == RUN_LIST_MEDIA_TYPE)
                .cloned()
                .collect();
            if !links.is_empty() {
                return Ok(Some((links, body)));
            }
        }
        Ok(None)
    }
}

/// The runs that a record begins, numbered, with their subjects.
fn runs_of(
    block: &VerifiedBlock,
    index: u16,
) -> anyhow::Result<impl Iterator<Item = (usize, SubjectId, RunSpec)>> {
    let record = block.records().get(usize::from(index));
    let record = record.context("the record is not in its block")?;
    let begun = record.body().runs().filter_map(|(place, run)| {
        let subject = record.subjects().get(place)?;
        Some((*subject, *run))
    });
    Ok((0..).zip(begun).map(|(nth, (run, spec))| (nth, run, spec)))
}
