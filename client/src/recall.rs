//! The recall of a batch, an item or a run: what came of it, or what it came of, and who has it.

use std::collections::BTreeMap;

use chopmark_core::{Affected, Amount, Party, Reach};
use chopmark_replica::Traced;
use chopmark_view::{AffectedView, HolderCount, RecallView, Towards};

use crate::look::Look;
use crate::trouble::Trouble;
use crate::{failure, stock, words_of};

/// Rows of one answer: who needs more asks for the next ones.
const ROWS: usize = 500;
/// Batches whose sections are read for one answer: each costs all of its records.
const BATCHES_READ: usize = 2_000;

pub(crate) fn reach(towards: Towards) -> Reach {
    match towards {
        Towards::Descendants => Reach::Descendants,
        Towards::Origins => Reach::Origins,
    }
}

pub(crate) fn view(look: &Look<'_>, traced: &Traced, from: u64) -> Result<RecallView, Trouble> {
    let passed = usize::try_from(from).unwrap_or(usize::MAX);
    let unknown = || failure::UNKNOWN_SUBJECT.failure([]);
    let affected = with_amounts(look, &traced.affected)?;
    let (of, found) = affected.split_first().ok_or_else(unknown)?;
    let mut holders: BTreeMap<Party, u64> = BTreeMap::new();
    for affected in found.iter().filter(|affected| !is_gone(affected)) {
        let count = holders.entry(affected.holder).or_default();
        *count = count.saturating_add(1);
    }
    let mut holders: Vec<HolderCount> = holders
        .into_iter()
        .map(|(holder, count)| HolderCount {
            holder: words_of::party(look.view, &holder),
            mine: holder.is(&look.me.member),
            count,
        })
        .collect();
    // A stable sort: among equals the order of the parties' ids, the same each time.
    holders.sort_by_key(|held| std::cmp::Reverse(held.count));
    Ok(RecallView {
        of: row(look, of)?.ok_or_else(unknown)?,
        total: found.len() as u64,
        holders,
        found: found
            .iter()
            .skip(passed)
            .take(ROWS)
            .filter_map(|affected| row(look, affected).transpose())
            .collect::<Result<_, _>>()?,
        cut_off: traced.cut_off,
    })
}

/// The same with the amounts that stand in sections, as far as this device opens them, of the
/// nearest batches. What is behind them counts as held, which in a recall is the safe side.
fn with_amounts(look: &Look<'_>, affected: &[Affected]) -> Result<Vec<Affected>, Trouble> {
    let mut read = 0;
    let mut known = affected.to_vec();
    for one in &mut known {
        let Some(quantity) = one.quantity.as_mut().filter(|q| q.amount.is_none()) else {
            continue;
        };
        if read == BATCHES_READ {
            break;
        }
        read += 1;
        let left = stock::left(look, &one.subject)?;
        quantity.amount = left.and_then(stock::Left::amount);
    }
    Ok(known)
}

/// Whether there is nothing of it to hold: it was taken out of use, or every part of it went into
/// other things.
fn is_gone(affected: &Affected) -> bool {
    let left = affected.quantity.and_then(|quantity| quantity.amount);
    affected.ended.is_some() || left.is_some_and(Amount::is_zero)
}

fn row(look: &Look<'_>, affected: &Affected) -> Result<Option<AffectedView>, Trouble> {
    let card = look.card(&affected.subject)?;
    Ok(card.map(|card| AffectedView {
        card,
        level: affected.level,
        record: affected.by.to_string(),
        via: affected.via.to_string(),
        quantity: affected
            .quantity
            .filter(|quantity| quantity.amount.is_some())
            .map(|quantity| quantity.to_string()),
        ended: is_gone(affected),
    }))
}
