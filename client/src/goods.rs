//! What goods are, for a phone that has not synced since they were made: the final blocks that
//! their state follows from.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{Body, DeviceId, Seq, StateView as _, SubjectId, VerifiedBlock};
use chopmark_replica::Number;

use crate::blocks;
use crate::look::Look;
use crate::trouble::Trouble;

/// More do not fit into the codes that a person holds still for.
const MOST_BLOCKS: usize = 100;

/// The final blocks that touch a subject, what is in it, and what either was in; with the blocks
/// between them in their feeds, without which they would find no place. Oldest first; none when
/// there are too many. Enrolments and prefixes are left out: they are older than most goods.
pub(crate) fn history(
    look: &Look<'_>,
    subject: SubjectId,
    carried: &[VerifiedBlock],
) -> Result<Option<Vec<VerifiedBlock>>, Trouble> {
    let Some(mut blocks) = touching(look, subject)? else {
        return Ok(None);
    };
    let mut feeds: BTreeMap<DeviceId, (Seq, Seq)> = BTreeMap::new();
    for block in blocks.values() {
        let seq = block.header().seq();
        let feed = feeds.entry(block.header().device()).or_insert((seq, seq));
        *feed = (feed.0.min(seq), feed.1.max(seq));
    }
    for block in carried {
        if let Some(feed) = feeds.get_mut(&block.header().device()) {
            feed.1 = feed.1.max(block.header().seq());
        }
    }
    let is_long = |(first, last): &(Seq, Seq)| last.0.saturating_sub(first.0) > MOST_BLOCKS as u64;
    if feeds.values().any(is_long) {
        return Ok(None);
    }
    for (device, (first, last)) in feeds {
        for seq in first.0..=last.0 {
            let Some(item) = look.store.fed(device, Seq(seq))? else {
                continue;
            };
            let block = blocks::parse(&item.bytes)?;
            if look.firm.logged(&block.id()).is_some() {
                blocks.insert(item.number, block);
            }
            if blocks.len() > MOST_BLOCKS {
                return Ok(None);
            }
        }
    }
    let here: BTreeSet<_> = carried.iter().map(VerifiedBlock::id).collect();
    blocks.retain(|_, block| !here.contains(&block.id()));
    Ok(Some(blocks.into_values().collect()))
}

fn touching(
    look: &Look<'_>,
    subject: SubjectId,
) -> Result<Option<BTreeMap<Number, VerifiedBlock>>, Trouble> {
    let mut blocks = BTreeMap::new();
    let mut open = vec![subject];
    open.extend(look.view.all_contents(&subject));
    let mut seen = BTreeSet::new();
    while let Some(subject) = open.pop() {
        if !seen.insert(subject) {
            continue;
        }
        for touch in look.store.records_of(subject)? {
            let Some(item) = look.store.item(touch.number)? else {
                continue;
            };
            let block = blocks::parse(&item.bytes)?;
            let record = block.records().get(usize::from(touch.index));
            // What was drawn needs its run, also if the drawing goes along by itself. The run has no
            // drawing among its records.
            let drawing = record.filter(|record| matches!(record.body(), Body::Draw { .. }));
            open.extend(drawing.and_then(|record| record.subjects().first()));
            if touch.log_index.is_none() {
                continue;
            }
            if let Some(record) = record
                && matches!(record.body(), Body::Pack { .. } | Body::Unpack { .. })
            {
                open.extend(record.subjects());
            }
            blocks.insert(touch.number, block);
            if blocks.len() > MOST_BLOCKS {
                return Ok(None);
            }
        }
    }
    Ok(Some(blocks))
}
