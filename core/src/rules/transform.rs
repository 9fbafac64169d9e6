//! Transformation: things become other things, batches are split and joined, and what goes in
//! comes out or is declared as lost.

use std::collections::BTreeMap;

use super::commission::{begin, check_prefix};
use super::hold::check_not_held;
use super::offer::{check_none_stands, end_lapsed};
use super::packing::{check_empty, check_loose};
use super::pledge::check_not_pledged;
use super::quantity::{add, amounts_stand_in_fields, check_stated, take};
use super::title::check_owner;
use super::{Context, Refusal, associate, check_holder};
use crate::conservation::{Imbalance, check_amounts, check_classes, check_losses};
use crate::lineage::Descent;
use crate::state::{Layer, Makeup, Right, StateView};
use crate::{Made, Output, Party, Portion, Quantity, SubjectId};

/// What a transformation says beside its subjects.
pub(super) struct Terms<'r> {
    pub(super) inputs: &'r [Option<Quantity>],
    pub(super) outputs: &'r [Output],
    pub(super) losses: &'r [Quantity],
}

pub(super) fn transform(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
    terms: &Terms<'_>,
) -> Result<(), Refusal> {
    // A record has as many subjects as inputs and outputs together.
    let (from, to) = subjects
        .split_at_checked(terms.inputs.len())
        .unwrap_or((subjects, &[]));
    let mut went_in = Vec::with_capacity(from.len());
    for (subject, quantity) in from.iter().zip(terms.inputs) {
        check_free(draft, context, subject)?;
        went_in.push(use_up(draft, context, subject, *quantity)?);
    }
    let mut came_out = Vec::with_capacity(to.len());
    for (subject, output) in to.iter().zip(terms.outputs) {
        make(draft, context, subject, output)?;
        came_out.push(output.portion());
    }
    if let Some(subject) = from.first() {
        for loss in terms.losses {
            check_stated(draft, subject, loss)?;
        }
    }
    check_law(draft, &went_in, &came_out, terms.losses).map_err(|imbalance| {
        let portions = went_in.iter().chain(&came_out);
        let told = portions.map(|portion| (Some(portion.class), portion.quantity));
        Refusal::unbalanced(imbalance, subjects, told)
    })?;
    draft.changes.descents.push(Descent {
        by: context.at,
        from: from.to_vec(),
        to: to.to_vec(),
    });
    Ok(())
}

/// Only who has custody and title of goods makes other goods of them; and nothing that is bound:
/// packed, on offer, held or pledged.
fn check_free(
    draft: &mut Layer<'_>,
    context: &Context,
    subject: &SubjectId,
) -> Result<(), Refusal> {
    check_holder(draft, context, subject)?;
    check_owner(draft, &Party::from(context.author.member), subject)?;
    check_loose(draft, subject)?;
    check_not_held(draft, subject)?;
    check_not_pledged(draft, subject)?;
    check_none_stands(draft, context.now, subject, Right::Custody)?;
    check_none_stands(draft, context.now, subject, Right::Title)
}

/// Takes a quantity out of a batch, or ends an item.
fn use_up(
    draft: &mut Layer<'_>,
    context: &Context,
    subject: &SubjectId,
    quantity: Option<Quantity>,
) -> Result<Portion, Refusal> {
    if let Some(quantity) = &quantity {
        take(draft, subject, quantity)?;
    } else {
        check_empty(draft, subject)?;
        end_lapsed(draft, subject, Right::Custody)?;
        end_lapsed(draft, subject, Right::Title)?;
        associate::end_all(draft, subject)?;
        let state = draft.subject_mut(subject)?;
        // Of a batch it must be said how much; of a run, its items are used one by one.
        if state.makeup != Makeup::One {
            return Err(Refusal::QuantityMissing {
                subject: *subject,
                by: state.commissioned,
            });
        }
        state.seldom.decommissioned = Some(context.at);
    }
    let class = draft.subject_mut(subject)?.class();
    Ok(Portion {
        class,
        quantity,
        items: 1,
    })
}

/// A new subject; or more of a batch of the author's own that is there already.
fn make(
    draft: &mut Layer<'_>,
    context: &Context,
    subject: &SubjectId,
    output: &Output,
) -> Result<(), Refusal> {
    let kind = (output.class, &output.prefix);
    let makeup = match &output.made {
        Made::Item(..) => Makeup::One,
        Made::Run(run) => Makeup::run(context.author.member, *run),
        Made::Batch(_, quantity) => {
            if let Some(before) = draft.subject(subject)
                && before.class() == output.class
            {
                check_prefix(draft, context, subject, kind)?;
                check_free(draft, context, subject)?;
                return add(draft, subject, quantity);
            }
            check_stated(draft, subject, quantity)?;
            Makeup::of(Some(*quantity))
        }
    };
    begin(draft, context, subject, kind, makeup)?;
    if let Made::Item(_, activation) = &output.made {
        draft.subject_mut(subject)?.activation = *activation;
    }
    Ok(())
}

/// Amounts in sections are judged by the devices that open them; classes and units always here.
fn check_law(
    state: &dyn StateView,
    inputs: &[Portion],
    outputs: &[Portion],
    losses: &[Quantity],
) -> Result<(), Imbalance> {
    check_classes(inputs, outputs)?;
    let stated = |portions: &[Portion]| -> Vec<Quantity> {
        portions.iter().filter_map(|p| p.quantity).collect()
    };
    let (went_in, came_out) = (stated(inputs), stated(outputs));
    if amounts_stand_in_fields(state) {
        check_amounts(&went_in, &came_out, losses, outputs.is_empty())
    } else {
        let units = |all: &[Quantity]| -> BTreeMap<_, _> {
            all.iter().map(|quantity| (quantity.unit, ())).collect()
        };
        check_losses(&units(&went_in), &units(losses))
    }
}
