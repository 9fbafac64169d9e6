//! The lists of this member's runs: evidence in its own section, and the file that is looked up
//! in, made of it again wherever it is missing.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chopmark_core::{
    Body, Code, Digest32, EvidenceLink, Makeup, RecordRef, RunList, SignedBlock, StateView as _,
    SubjectId, sealed_evidence_length,
};
use chopmark_replica::{EvidenceKey, ItemKind, Number, RUN_LIST_MEDIA_TYPE};

use super::Peer;

/// Evidence has no bell: lists that are on their way are looked for again after this.
const AGAIN: Duration = Duration::from_secs(20);

/// Reads the text of a list.
fn read_list(text: impl Read) -> anyhow::Result<Vec<(chopmark_core::CodeHash, Option<Digest32>)>> {
    let lines = BufReader::new(text).lines();
    lines
        .map(|line| {
            let line = line?;
            // No key holds a comma, and a code may.
            let (code, key) = match line.rsplit_once(',') {
                Some((code, key)) if key.len() == 64 => (code, Some(key.parse()?)),
                _ => (line.as_str(), None),
            };
            Ok((Code::parse(code)?.hash(), key))
        })
        .collect()
}

/// Makes what is missing now, and of every run that this member's devices commission from now on.
pub(crate) async fn follow(peer: Peer) {
    let mut arrivals = peer.arrivals();
    let mut from = *arrivals.borrow_and_update();
    let mut missing = match peer.blocking(Peer::runs_without_list).await {
        Ok(missing) => missing,
        Err(_stopping) => return,
    };
    loop {
        let work = std::mem::take(&mut missing);
        let to = *arrivals.borrow_and_update();
        let done = peer
            .blocking(move |peer| peer.restore(work, from, to))
            .await;
        let Ok(left) = done else { return };
        (missing, from) = (left, to);
        let goes_on = if missing.is_empty() {
            arrivals.changed().await.is_ok()
        } else {
            let changed = tokio::time::timeout(AGAIN, arrivals.changed()).await;
            !matches!(changed, Ok(Err(_)))
        };
        if !goes_on {
            return;
        }
    }
}

impl Peer {
    /// The records of this member's runs whose list is not here.
    fn runs_without_list(&self) -> BTreeSet<RecordRef> {
        self.replica().read_final(|ledger| {
            let subjects = ledger.state().subjects();
            let of_us =
                |(id, state): (&SubjectId, &chopmark_core::SubjectState)| match state.makeup() {
                    Makeup::Run(run) if run.maker() == self.member() => {
                        (!self.replica().runs().has(id)).then(|| state.commissioned_by())
                    }
                    _ => None,
                };
            subjects.filter_map(of_us).collect()
        })
    }

    /// Tries these, and what arrived; gives those whose list is still on its way.
    fn restore(
        &self,
        mut records: BTreeSet<RecordRef>,
        from: Number,
        to: Number,
    ) -> BTreeSet<RecordRef> {
        for number in from.get().saturating_add(1)..=to.get() {
            records.extend(self.run_in(Number::new(number)));
        }
        records.retain(|record| match self.restore_one(record) {
            Ok(done) => !done,
            Err(why) => {
                tracing::error!(%record, why = format!("{why:#}"), "a run's list cannot be read");
                false
            }
        });
        records
    }

    /// The runs that an arriving block of this member begins.
    fn run_in(&self, number: Number) -> Vec<RecordRef> {
        let Ok(Some(item)) = self.replica().store().item(number) else {
            return Vec::new();
        };
        if item.kind != ItemKind::Block {
            return Vec::new();
        }
        let Some(block) = SignedBlock::from_bytes(&item.bytes)
            .ok()
            .and_then(|block| block.verify().ok())
            .filter(|block| block.header().member() == self.member())
        else {
            return Vec::new();
        };
        (0_u16..)
            .zip(block.records())
            .filter(|(_, record)| matches!(record.body(), Body::CommissionRun { .. }))
            .map(|(index, _)| RecordRef {
                block: block.id(),
                index,
            })
            .collect()
    }

    /// Makes the look-up file of one run. False while section or evidence are on their way.
    fn restore_one(&self, at: &RecordRef) -> anyhow::Result<bool> {
        let replica = self.replica();
        let Some(block) = replica.block(at.block)? else {
            return Ok(false);
        };
        let record = block
            .records()
            .get(usize::from(at.index))
            .context("the record is not in its block")?;
        let (Body::CommissionRun { run: spec, .. }, Some(run)) =
            (record.body(), record.subjects().first())
        else {
            return Ok(true);
        };
        if replica.runs().has(run) {
            return Ok(true);
        }
        let Some(link) = self.list_of(&block, at.index)? else {
            return Ok(false);
        };
        let key = EvidenceKey::from_bytes(link.key);
        let reader = match replica.vault().reader(link.id, &key) {
            Ok(reader) => reader,
            Err(chopmark_replica::VaultError::Unknown { .. }) => {
                replica.want_evidence(link.id, sealed_evidence_length(link.length))?;
                return Ok(false);
            }
            Err(why) => return Err(why.into()),
        };
        let list = RunList::new(&self.network(), &self.member(), read_list(reader)?)?;
        ensure!(list.spec() == *spec, "the list is not the run's");
        replica.runs().keep(&list)?;
        tracing::info!(%run, items = spec.count, "the list of a run is here");
        Ok(true)
    }

    /// Where a run's list is, as its section says.
    fn list_of(
        &self,
        block: &chopmark_core::VerifiedBlock,
        index: u16,
    ) -> anyhow::Result<Option<EvidenceLink>> {
        let opener = self.opener()?;
        let opener = opener.of(block);
        let record = block.records().get(usize::from(index));
        let sections = record.map_or(&[][..], |record| record.sections());
        for (place, section) in (0_u16..).zip(sections) {
            let Some(bytes) = self.replica().section(section.hash())? else {
                continue;
            };
            let link = opener.open(index, place, &bytes).ok().and_then(|body| {
                let mut links = body.evidence.into_iter();
                links.find(|link| link.media_type == RUN_LIST_MEDIA_TYPE)
            });
            if link.is_some() {
                return Ok(link);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use chopmark_replica::RunListText;

    use super::*;

    #[test]
    fn a_list_is_read_back_with_and_without_keys() {
        let code = |serial: &str| Code::gtin_serial("09506000134352", serial).unwrap();
        let items = [
            (code("A"), None),
            (code("B,C"), None),
            (code("D"), Some(Digest32::from_bytes([7; 32]))),
            (code("E,F"), Some(Digest32::from_bytes([8; 32]))),
        ];
        let read = read_list(RunListText::new(
            items.iter().map(|(code, key)| (code, *key)),
        ))
        .unwrap();
        let expected: Vec<_> = items
            .iter()
            .map(|(code, key)| (code.hash(), *key))
            .collect();
        assert_eq!(read, expected);
        assert!(read_list(&b"(01)09506000134352(21)A\nrubbish\n"[..]).is_err());
    }
}
