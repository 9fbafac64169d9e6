//! How much of each batch an event names.

use super::Unmapped;
use chopmark_core::{Code, CodeKind, Quantity, Unit};
use chopmark_epcis::{Quantity as Named, code};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The unit of a quantity without one (UN/ECE Recommendation 20: piece).
const PIECES: &str = "H87";

/// A thing, and how much of it if it is a batch.
pub(super) type Portion = (Code, Option<Quantity>);

/// How much of each batch begins, where an amount is said that the ledger can count with: others
/// stay in the event alone.
pub(super) fn amounts(list: Option<&Vec<Named>>) -> Result<BTreeMap<Code, Quantity>, Unmapped> {
    let mut portions = Vec::new();
    for named in list.into_iter().flatten() {
        // A class of goods that is no batch has no history.
        let Ok(code) = code(named.epc_class.written()) else {
            continue;
        };
        if named.quantity.is_some() {
            is_counted(&code)?;
        }
        portions.push((code, whole(named)));
    }
    let each = add_up(portions)?.into_iter();
    Ok(each
        .filter_map(|(code, quantity)| Some((code, quantity?)))
        .collect())
}

/// An amount that the ledger can count with.
pub(super) fn whole(named: &Named) -> Option<Quantity> {
    let amount: chopmark_core::Amount = named.quantity.as_ref()?.number().written().parse().ok()?;
    let unit: Unit = match &named.uom {
        Some(unit) => unit.written().parse().ok()?,
        None => PIECES.parse().ok()?,
    };
    (!amount.is_zero()).then(|| Quantity::new(amount, unit))
}

/// Items, units and assets are each one. With an amount an item would be a batch in the ledger.
pub(super) fn is_counted(code: &Code) -> Result<(), Unmapped> {
    match code.kind() {
        CodeKind::Batch => Ok(()),
        _ => Err(Unmapped::NotCounted { code: code.clone() }),
    }
}

/// Each thing once, in the order in which they were named, with all that was said of it: a record
/// names nothing twice.
pub(super) fn add_up(portions: Vec<Portion>) -> Result<Vec<Portion>, Unmapped> {
    let mut places: BTreeMap<Code, usize> = BTreeMap::new();
    let mut sums: Vec<Portion> = Vec::new();
    for (code, quantity) in portions {
        match places.entry(code) {
            Entry::Vacant(place) => {
                sums.push((place.key().clone(), quantity));
                place.insert(sums.len() - 1);
            }
            Entry::Occupied(place) => {
                if let Some((code, sum)) = sums.get_mut(*place.get()) {
                    *sum = together(*sum, quantity)
                        .ok_or_else(|| Unmapped::Amounts { code: code.clone() })?;
                }
            }
        }
    }
    Ok(sums)
}

/// Both, if that is an amount: of a part without one the sum is unknown.
fn together(one: Option<Quantity>, other: Option<Quantity>) -> Option<Option<Quantity>> {
    match (one, other) {
        (None, None) => Some(None),
        (Some(one), Some(other)) if one.unit == other.unit => {
            let amount = one.amount?.plus(other.amount?)?;
            Some(Some(Quantity::new(amount, one.unit)))
        }
        _ => None,
    }
}
