//! What must hold of a transformation before anyone signs it.

use std::collections::BTreeSet;

use chopmark_core::{
    Amount, GoodsClass, Imbalance, Portion, Quantity, Refusal, SubjectId, Unit, check_conserved,
};
use chopmark_view::Way;

use super::super::{Author, precheck};
use super::sides::{Outcome, Thing};
use crate::trouble::Trouble;
use crate::{failure, stock};

/// What the chosen way means, so that a slip shows before it is signed.
pub(super) fn fits(way: Way, from: &[Thing], to: &[Outcome]) -> Result<(), Trouble> {
    let classes: BTreeSet<GoodsClass> = from
        .iter()
        .chain(to.iter().map(|out| &out.thing))
        .map(|thing| thing.portion.class)
        .collect();
    let batches = from.iter().all(|thing| thing.portion.quantity.is_some());
    let problem = match way {
        Way::Split if from.len() != 1 || !batches || classes.len() != 1 => failure::NOT_A_SPLIT,
        Way::Merge if from.len() < 2 || !batches || to.len() != 1 || classes.len() != 1 => {
            failure::NOT_A_MERGER
        }
        _ => return Ok(()),
    };
    Err(problem.failure([]).into())
}

/// The law of quantities; what breaks it is named with the amount that is too much or missing.
pub(super) fn conserved(
    author: &Author<'_>,
    from: &[Thing],
    to: &[Outcome],
    losses: &[Quantity],
) -> Result<(), Trouble> {
    let inputs: Vec<Portion> = from.iter().map(|thing| thing.portion).collect();
    let outputs: Vec<Portion> = to.iter().map(|out| out.thing.portion).collect();
    let Err(imbalance) = check_conserved(&inputs, &outputs, losses) else {
        return Ok(());
    };
    let sum = |quantities: &mut dyn Iterator<Item = Quantity>, unit: Unit| {
        quantities
            .filter(|quantity| quantity.unit == unit)
            .filter_map(|quantity| quantity.amount)
            .try_fold(Amount::ZERO, Amount::plus)
    };
    let of =
        |portions: &[Portion], unit| sum(&mut portions.iter().filter_map(|one| one.quantity), unit);
    if let Imbalance::Unit { unit } = imbalance
        && let (Some(went_in), Some(came_out), Some(lost)) = (
            of(&inputs, unit),
            of(&outputs, unit),
            sum(&mut losses.iter().copied(), unit),
        )
        && let Some(accounted) = came_out.plus(lost)
    {
        let (message, amount) = match went_in.minus(accounted) {
            Some(over) => (failure::LEFT_OVER, Some(over)),
            None => (failure::FROM_NOTHING, accounted.minus(went_in)),
        };
        let [amount, unit, code] = stock::params(amount.unwrap_or_default(), unit);
        return Err(message.failure([amount, unit, code]).into());
    }
    let things = from.iter().chain(to.iter().map(|out| &out.thing));
    let subjects: Vec<SubjectId> = things.clone().map(|thing| thing.subject).collect();
    let told = things.map(|thing| (Some(thing.portion.class), thing.portion.quantity));
    let refusal = Refusal::unbalanced(imbalance, &subjects, told);
    Err(precheck::refused(author, &refusal))
}
