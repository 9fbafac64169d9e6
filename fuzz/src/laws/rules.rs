//! Records of anybody, in any order, put before the rules.

use std::collections::BTreeMap;

use chopmark_core::{
    BlockId, Ledger, Position, Readers, Record, RecordDraft, RecordRef, Seq, StateView, SubjectId,
    UnsignedBlock, propose,
};

use super::{Fate, broken};
use crate::trial::{self, Trial};

/// A month and a day: longer than any grace or life of an offer.
const LONG_MS: u64 = 32 * 24 * 60 * 60 * 1000;
/// A checkpoint a second otherwise.
const SHORT_MS: u64 = 1000;
/// Records an input: enough for a story, few enough to tell thousands.
const RECORDS: usize = 24;

/// Each record of the input is written by a device of the trial network, ordered and applied.
/// Whatever they say, there is a state or a refusal, and the state survives its bytes.
///
/// `[writer and time: 1 byte, length: 2 bytes, record]`, over and over. Subjects and cites that
/// nobody knows stand for those that exist, by their first byte: an input could not guess hashes.
pub(super) fn rules(bytes: &[u8]) -> Fate {
    let trial = trial::trial();
    let mut ledger = trial.ledger.clone();
    let mut feeds = trial.feeds.clone();
    let mut cites = trial.records.clone();
    let mut now = ledger.tip().time;
    let mut fate = Fate::Refused;
    let mut rest = bytes;
    for _ in 0..RECORDS {
        let Some((&[first, high, low], after)) = rest.split_first_chunk::<3>() else {
            break;
        };
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (record, after) = after.split_at(length);
        rest = after;
        let Ok(record) = Record::from_bytes(record) else {
            continue;
        };
        now = now.plus(if first >= 128 { LONG_MS } else { SHORT_MS });
        let writer = usize::from(first % 128) % trial.writers.len();
        let draft = known(&record, ledger.state(), &cites);
        let Some(block) = written(trial, writer, &mut feeds, &draft) else {
            continue;
        };
        let Some(proposal) = propose(&ledger, [&block], now) else {
            continue;
        };
        let checkpoint = proposal.into_proposal().cosigned_alone(&trial.orderer);
        let blocks = BTreeMap::from([(block.id(), block)]);
        let applied = checkpoint
            .verify(trial.genesis.validators())
            .map_err(|error| error.to_string())
            .and_then(|verified| ledger.apply(&verified, &blocks).map_err(|e| e.to_string()));
        match applied {
            Ok(applied) => cites.extend(applied.outcomes.iter().map(|(at, _)| *at)),
            Err(error) => broken(&format!("what was proposed is not applied: {error}")),
        }
        fate = Fate::Taken;
    }
    let bytes = ledger.snapshot_bytes();
    match Ledger::from_snapshot(&trial.genesis, &bytes) {
        Ok(again) => assert_eq!(again.snapshot_bytes(), bytes),
        Err(error) => broken(&format!("the state does not survive its bytes: {error}")),
    }
    fate
}

/// The record as a draft that names what exists.
fn known(record: &Record, state: &impl StateView, cites: &[RecordRef]) -> RecordDraft {
    let existing: Vec<SubjectId> = state.subjects().map(|(subject, _)| *subject).collect();
    let subject = |named: &SubjectId| {
        let place = named
            .as_bytes()
            .first()
            .map_or(0, |byte| usize::from(*byte));
        let other = existing.get(place % existing.len().max(1));
        match (state.subject(named), other) {
            (None, Some(other)) if record.kind() != chopmark_core::Kind::Commission => *other,
            _ => *named,
        }
    };
    let cite = |named: &RecordRef| {
        let place = named
            .block
            .as_bytes()
            .first()
            .map_or(0, |byte| usize::from(*byte));
        let back = cites.len().saturating_sub(1 + place % cites.len().max(1));
        match cites.get(back) {
            Some(other) if state.logged(&named.block).is_none() => *other,
            _ => *named,
        }
    };
    RecordDraft {
        body: record.body().clone(),
        subjects: record.subjects().iter().map(subject).collect(),
        cites: record.cites().iter().map(cite).collect(),
        group: record.group(),
        sections: Vec::new(),
    }
}

/// The next block of a device; none where the draft makes none.
fn written(
    trial: &Trial,
    writer: usize,
    feeds: &mut BTreeMap<usize, Vec<BlockId>>,
    draft: &RecordDraft,
) -> Option<chopmark_core::VerifiedBlock> {
    let (key, member) = trial.writers.get(writer)?;
    let feed = feeds.entry(writer).or_default();
    let position = Position {
        network: trial.genesis.id(),
        member: *member,
        device: key.id(),
        seq: Seq(u64::try_from(feed.len()).ok()?),
        prev: feed.last().copied(),
        anchor: None,
        clock: trial.genesis.time(),
    };
    let drafts = std::slice::from_ref(draft);
    let unsigned = UnsignedBlock::build(position, drafts, &Readers::default(), &[7; 32]).ok()?;
    let block = unsigned.sign(key).ok()?.block.verify().ok()?;
    feed.push(block.id());
    Some(block)
}
