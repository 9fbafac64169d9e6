//! The law of quantities (format, section 5): what goes into a transformation comes out of it, or
//! is declared as lost. Pure, because two ask: the ledger's rules where amounts stand in fields,
//! and the devices of the parties where they stand in sections.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::GoodsClass;
use crate::quantity::{Quantity, Sum, Unit};

/// One thing that goes in or comes out: an item, a run of items, or so much of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// What kind of goods it is.
    pub class: GoodsClass,
    /// How much, of a batch; none of items.
    pub quantity: Option<Quantity>,
    /// How many items: those of a run, else one.
    pub items: u32,
}

/// What is not conserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Imbalance {
    /// What goes in of a unit is not what comes out and is lost.
    #[error("what goes in of unit {unit} is not what comes out and is lost")]
    Unit {
        /// The unit.
        unit: Unit,
    },
    /// Goods of one class go in and come out in different measures, or not as many items.
    #[error("goods of class {class} change their measure or their number")]
    Class {
        /// The class.
        class: GoodsClass,
    },
    /// An amount that cannot be judged, because it is not known here.
    #[error("an amount of unit {unit} is not known")]
    Unknown {
        /// The unit.
        unit: Unit,
    },
}

/// Checks a whole transformation.
///
/// # Errors
/// The first thing that is not conserved; see [`Imbalance`].
pub fn check_conserved(
    inputs: &[Portion],
    outputs: &[Portion],
    losses: &[Quantity],
) -> Result<(), Imbalance> {
    check_classes(inputs, outputs)?;
    let stated = |portions: &[Portion]| -> Vec<Quantity> {
        portions.iter().filter_map(|p| p.quantity).collect()
    };
    check_amounts(
        &stated(inputs),
        &stated(outputs),
        losses,
        outputs.is_empty(),
    )
}

/// Goods that stay what they are keep their measure: a class on both sides stands there in one
/// unit; of items, which have none, as many come out as went in. Without this, kilograms would
/// become pieces of the same goods by a stroke of the pen.
pub(crate) fn check_classes(inputs: &[Portion], outputs: &[Portion]) -> Result<(), Imbalance> {
    if let (true, Some(item)) = (
        outputs.is_empty(),
        inputs.iter().find(|p| p.quantity.is_none()),
    ) {
        // An item that becomes nothing is decommissioned, not transformed.
        return Err(Imbalance::Class { class: item.class });
    }
    let by_class = |portions: &[Portion]| {
        let mut classes: BTreeMap<GoodsClass, (BTreeSet<Option<Unit>>, u64)> = BTreeMap::new();
        for portion in portions {
            let (units, count) = classes.entry(portion.class).or_default();
            units.insert(portion.quantity.map(|quantity| quantity.unit));
            *count = count.saturating_add(portion.items.into());
        }
        classes
    };
    let outputs = by_class(outputs);
    for (class, (units, count)) in by_class(inputs) {
        let Some((units_out, count_out)) = outputs.get(&class) else {
            continue;
        };
        let one_measure = units.len() == 1 && units == *units_out;
        let items = units.contains(&None);
        if !one_measure || (items && count != *count_out) {
            return Err(Imbalance::Class { class });
        }
    }
    Ok(())
}

/// Adds up each unit. A unit that stands on one side only is converted, and only into or from
/// goods of another class: [`check_classes`] has seen to that.
pub(crate) fn check_amounts(
    inputs: &[Quantity],
    outputs: &[Quantity],
    losses: &[Quantity],
    nothing_comes_out: bool,
) -> Result<(), Imbalance> {
    let (inputs, outputs, losses) = (sums(inputs)?, sums(outputs)?, sums(losses)?);
    for (unit, went_in) in &inputs {
        let lost = losses.get(unit).copied().unwrap_or_default();
        let conserved = match outputs.get(unit) {
            Some(came_out) => *went_in == came_out.plus(lost),
            None if nothing_comes_out => *went_in == lost,
            None => *went_in >= lost,
        };
        if !conserved {
            return Err(Imbalance::Unit { unit: *unit });
        }
    }
    check_losses(&inputs, &losses)
}

/// What never went in cannot be lost.
pub(crate) fn check_losses<T, L>(
    inputs: &BTreeMap<Unit, T>,
    losses: &BTreeMap<Unit, L>,
) -> Result<(), Imbalance> {
    match losses.keys().find(|unit| !inputs.contains_key(unit)) {
        Some(unit) => Err(Imbalance::Unit { unit: *unit }),
        None => Ok(()),
    }
}

fn sums(quantities: &[Quantity]) -> Result<BTreeMap<Unit, Sum>, Imbalance> {
    let mut sums: BTreeMap<Unit, Sum> = BTreeMap::new();
    for Quantity { amount, unit } in quantities {
        let amount = amount.ok_or(Imbalance::Unknown { unit: *unit })?;
        let sum = sums.entry(*unit).or_default();
        *sum = sum.plus(Sum::of(amount));
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOUR: &str = "(01)09506000134352";
    const BREAD: &str = "(01)09506000134369";

    fn portion(class: &str, quantity: &str) -> Portion {
        Portion {
            class: GoodsClass::parse(class).unwrap(),
            quantity: (!quantity.is_empty()).then(|| of(quantity)),
            items: 1,
        }
    }

    fn of(text: &str) -> Quantity {
        let (amount, unit) = text.split_once(' ').unwrap();
        Quantity {
            amount: amount.parse().ok(),
            unit: unit.parse().unwrap(),
        }
    }

    type Side<'a> = &'a [(&'a str, &'a str)];

    fn judge(inputs: Side<'_>, outputs: Side<'_>, losses: &[&str]) -> Result<(), Imbalance> {
        let side = |side: Side<'_>| -> Vec<Portion> {
            side.iter().map(|(class, q)| portion(class, q)).collect()
        };
        let losses: Vec<Quantity> = losses.iter().map(|text| of(text)).collect();
        check_conserved(&side(inputs), &side(outputs), &losses)
    }

    #[test]
    fn what_is_conserved() {
        let lawful: &[(Side<'_>, Side<'_>, &[&str])] = &[
            // Split, merge, and both with loss.
            (
                &[(FLOUR, "10 KGM")],
                &[(FLOUR, "4 KGM"), (FLOUR, "6 KGM")],
                &[],
            ),
            (
                &[(FLOUR, "4 KGM"), (FLOUR, "6 KGM")],
                &[(FLOUR, "10 KGM")],
                &[],
            ),
            (&[(FLOUR, "10 KGM")], &[(FLOUR, "9.75 KGM")], &["0.25 KGM"]),
            // Into other goods: of the same unit, of another, with what was spilt.
            (&[(FLOUR, "10 KGM")], &[(BREAD, "10 KGM")], &[]),
            (&[(FLOUR, "10 KGM")], &[(BREAD, "25 EA")], &["1 KGM"]),
            // Items into goods, goods into items, one item for another.
            (&[(FLOUR, "")], &[(BREAD, "3 EA")], &[]),
            (&[(FLOUR, "2 KGM")], &[(BREAD, ""), (BREAD, "")], &[]),
            (&[(FLOUR, "")], &[(FLOUR, "")], &[]),
            // Everything spilt.
            (&[(FLOUR, "2 KGM")], &[], &["2 KGM"]),
        ];
        for (inputs, outputs, losses) in lawful {
            assert_eq!(judge(inputs, outputs, losses), Ok(()), "{inputs:?}");
        }
    }

    #[test]
    fn a_run_counts_as_its_items() {
        let [one, other] = [portion(FLOUR, ""), portion(BREAD, "")];
        let run = |portion: Portion, items| Portion { items, ..portion };
        let judge = |from: &[Portion], to| check_conserved(from, &[to], &[]);
        assert_eq!(judge(&[one], run(other, 5_000)), Ok(()));
        assert_eq!(judge(&[one, one], run(one, 2)), Ok(()));
        let more = Err(Imbalance::Class { class: one.class });
        assert_eq!(judge(&[one], run(one, 5_000)), more);
    }

    #[test]
    fn what_is_not_conserved_is_named() {
        let unit = |code: &str| Imbalance::Unit {
            unit: code.parse().unwrap(),
        };
        let class = |class| Imbalance::Class {
            class: GoodsClass::parse(class).unwrap(),
        };
        let unlawful: &[(Side<'_>, Side<'_>, &[&str], Imbalance)] = &[
            (&[(FLOUR, "10 KGM")], &[(FLOUR, "11 KGM")], &[], unit("KGM")),
            (&[(FLOUR, "10 KGM")], &[(FLOUR, "9 KGM")], &[], unit("KGM")),
            (
                &[(FLOUR, "10 KGM")],
                &[(BREAD, "9 KGM")],
                &["2 KGM"],
                unit("KGM"),
            ),
            (
                &[(FLOUR, "1 KGM")],
                &[(BREAD, "9 EA")],
                &["2 KGM"],
                unit("KGM"),
            ),
            (
                &[(FLOUR, "1 KGM")],
                &[(BREAD, "9 EA")],
                &["1 EA"],
                unit("EA"),
            ),
            (&[(FLOUR, "2 KGM")], &[], &["1 KGM"], unit("KGM")),
            (&[(FLOUR, "2 KGM")], &[], &[], unit("KGM")),
            // The same goods in another measure.
            (&[(FLOUR, "10 KGM")], &[(FLOUR, "10 EA")], &[], class(FLOUR)),
            (&[(FLOUR, "10 KGM")], &[(FLOUR, "")], &[], class(FLOUR)),
            (
                &[(FLOUR, "1 KGM"), (FLOUR, "10 EA")],
                &[(FLOUR, "1 KGM"), (BREAD, "1 EA")],
                &["9 EA"],
                class(FLOUR),
            ),
            // One item becomes two of the same, or nothing.
            (
                &[(FLOUR, "")],
                &[(FLOUR, ""), (FLOUR, "")],
                &[],
                class(FLOUR),
            ),
            (&[(FLOUR, "")], &[], &[], class(FLOUR)),
            (
                &[(FLOUR, "- KGM")],
                &[(FLOUR, "- KGM")],
                &[],
                Imbalance::Unknown {
                    unit: "KGM".parse().unwrap(),
                },
            ),
        ];
        for (inputs, outputs, losses, expected) in unlawful {
            assert_eq!(judge(inputs, outputs, losses), Err(*expected), "{inputs:?}");
        }
    }
}
