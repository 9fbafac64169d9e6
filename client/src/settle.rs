//! What became of this device's own blocks, and which refusals the person has not seen.

use chopmark_core::{BlockId, StateView as _, VerifiedBlock};
use chopmark_replica::{Store, StoreError};
use chopmark_view::{Counts, EventStatus};

use crate::blocks;
use crate::holdings::Holdings;
use crate::look::Look;
use crate::outbox;
use crate::trouble::Trouble;

/// How far this device's feed is decided for good.
const PROGRESS: &str = "settled";
const NEXT: &[u8] = b"next";
/// Own blocks with a refused record → when the person saw that, 0 before.
const REFUSED: &str = "refused-blocks";
/// A refusal stays in the outbox for a week after it was seen.
const KEPT_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// Goes through own blocks that are not decided for good, oldest first.
pub(crate) fn settle(look: &Look<'_>) -> Result<(), Trouble> {
    let settled = match look.store.note(PROGRESS, NEXT)? {
        Some(bytes) => u64::from_be_bytes(bytes.try_into().unwrap_or_default()),
        None => 0,
    };
    let (mut next, mut all_decided) = (settled, true);
    for block in undecided(look, settled)?.into_iter().rev() {
        let mut refused = false;
        for (record, _) in block.located() {
            match look.status(&record)? {
                EventStatus::Refused(_) => refused = true,
                EventStatus::Pending | EventStatus::Waiting => all_decided = false,
                EventStatus::Final { .. } => {}
            }
        }
        all_decided &= look.firm.logged(&block.id()).is_some();
        mark(look.store, &block.id(), refused)?;
        if all_decided {
            next = block.header().seq().0.saturating_add(1);
        }
    }
    if next > settled {
        let mut batch = look.store.batch()?;
        batch.put_note(PROGRESS, NEXT, &next.to_be_bytes())?;
        batch.commit()?;
    }
    Ok(())
}

/// Own blocks from the newest back to a place of the feed.
fn undecided(look: &Look<'_>, settled: u64) -> Result<Vec<VerifiedBlock>, Trouble> {
    let mut found = Vec::new();
    let mut at = look.view.feed(&look.me.device).map(|feed| feed.head);
    while let Some(id) = at {
        let Some(block) = blocks::of(look.store, &id)? else {
            break;
        };
        if block.header().seq().0 < settled {
            break;
        }
        at = block.header().prev();
        found.push(block);
    }
    Ok(found)
}

fn mark(store: &Store, block: &BlockId, refused: bool) -> Result<(), StoreError> {
    let noted = store.note(REFUSED, block.as_bytes())?.is_some();
    if refused == noted {
        return Ok(());
    }
    let mut batch = store.batch()?;
    match refused {
        true => batch.put_note(REFUSED, block.as_bytes(), &0_u64.to_be_bytes())?,
        false => batch.remove_note(REFUSED, block.as_bytes())?,
    }
    batch.commit()
}

/// Own blocks with a refused record, and when the person saw that.
pub(crate) fn refused(store: &Store) -> Result<Vec<(BlockId, u64)>, StoreError> {
    let rows = store.notes(REFUSED)?.into_iter();
    Ok(rows
        .filter_map(|(id, seen)| {
            Some((
                BlockId::from_bytes(id.try_into().ok()?),
                u64::from_be_bytes(seen.try_into().ok()?),
            ))
        })
        .collect())
}

/// The person looks at the outbox: what is new there is seen, what was seen long ago goes.
pub(crate) fn saw_refused(store: &Store, now_ms: u64) -> Result<(), StoreError> {
    let rows = refused(store)?;
    let is_old = |seen: u64| seen != 0 && seen.saturating_add(KEPT_MS) < now_ms;
    if rows.iter().all(|(_, seen)| *seen != 0 && !is_old(*seen)) {
        return Ok(());
    }
    let mut batch = store.batch()?;
    for (block, seen) in rows {
        if is_old(seen) {
            batch.remove_note(REFUSED, block.as_bytes())?;
        } else if seen == 0 {
            batch.put_note(REFUSED, block.as_bytes(), &now_ms.to_be_bytes())?;
        }
    }
    batch.commit()
}

/// Figures for badges.
pub(crate) fn counts(look: &Look<'_>, holdings: &Holdings) -> Result<Counts, Trouble> {
    let (unsent, pending) = outbox::sizes(look.store)?;
    let refused = refused(look.store)?
        .iter()
        .filter(|(_, seen)| *seen == 0)
        .count();
    Ok(Counts {
        unsent,
        pending,
        refused: refused as u64,
        held: holdings.count(),
    })
}
