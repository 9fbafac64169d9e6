//! A transformation as its record: what goes in, what comes out, what is lost.

use super::amounts::{Portion, add_up, is_counted, whole};
use super::{
    Author, Unmapped, batch, commission, decommission, on_labels, own_prefix, subject, telling,
    tracked,
};
use chopmark_core::{
    Amount, Body, Code, CodeKind, GoodsClass, Made, Output, Quantities, RecordDraft, SectionBody,
    Unit, When, limits,
};
use chopmark_epcis::{Quantity, Transformation, Uri};
use std::collections::{BTreeMap, BTreeSet};

/// What goes in, and what comes out.
type Sides = (Vec<Portion>, Vec<Portion>);

/// The records of a transformation: one, if there is something with a history on both sides. Goods
/// of a class without a batch have none, so what is made of such goods alone begins, and what
/// becomes such goods alone ends.
pub(super) fn transform(
    (event, own): (&Transformation, &Transformation),
    (when, step): (When, &str),
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<Vec<RecordDraft>, Unmapped> {
    let from = side(event.input_epcs.as_ref(), event.input_quantities.as_ref())?;
    let to = side(event.output_epcs.as_ref(), event.output_quantities.as_ref())?;
    if from.len() + to.len() > limits::SUBJECTS {
        return Err(Unmapped::NoRecord {
            what: "a transformation of more than 1,024 things",
        });
    }
    let inputs: BTreeSet<&Code> = from.iter().map(|(code, _)| code).collect();
    if let Some((code, _)) = to.iter().find(|(code, _)| inputs.contains(code)) {
        return Err(Unmapped::BothSides { code: code.clone() });
    }
    match (from.is_empty(), to.is_empty()) {
        (true, true) => Err(Unmapped::NothingTracked),
        (true, false) => begin(to, when, author, told),
        (false, true) => end(from, (when, step), author, told),
        (false, false) => {
            // What the other events of a split one make has its name from them.
            let named = made(own)?;
            let draft = draft((from, to), (when, step), author, told)?;
            Ok(vec![named_on_labels(draft, &named, author, told)?])
        }
    }
}

/// What comes out by an event itself.
pub(super) fn made(event: &Transformation) -> Result<Vec<Code>, Unmapped> {
    tracked(event.output_epcs.as_ref(), event.output_quantities.as_ref())
}

/// The product's name for whoever holds the label of one of these, as far as the record has them.
pub(super) fn named_on_labels(
    draft: RecordDraft,
    codes: &[Code],
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<RecordDraft, Unmapped> {
    let mut begun = Vec::new();
    for code in codes {
        let id = subject(code, author)?;
        let at = draft.subjects.iter().position(|subject| *subject == id);
        begun.extend(at.map(|at| (at, code)));
    }
    Ok(on_labels(draft, begun.into_iter(), author, told))
}

fn begin(
    to: Vec<Portion>,
    when: When,
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<Vec<RecordDraft>, Unmapped> {
    let amounts = to.iter().cloned();
    let amounts = amounts.filter_map(|(code, quantity)| Some((code, quantity?)));
    let amounts = amounts.collect();
    let things = to.into_iter().map(|(code, _)| code).collect();
    commission((things, &amounts), when, author, told)
}

/// All of the batches is lost; items, which have no amount, end by themselves.
fn end(
    from: Vec<Portion>,
    (when, step): (When, &str),
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<Vec<RecordDraft>, Unmapped> {
    let (batches, items): (Vec<Portion>, Vec<Portion>) = from
        .into_iter()
        .partition(|(_, quantity)| quantity.is_some());
    let mut drafts = Vec::new();
    if !items.is_empty() {
        let items = items.into_iter().map(|(code, _)| code).collect();
        drafts.extend(decommission(items, (when, step), author, told)?);
    }
    if !batches.is_empty() {
        drafts.push(draft((batches, Vec::new()), (when, step), author, told)?);
    }
    Ok(drafts)
}

/// EPCIS has no field for losses: what goes in of a unit and does not come out of the same unit is
/// one.
fn draft(
    (from, to): Sides,
    (when, step): (When, &str),
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<RecordDraft, Unmapped> {
    let in_fields = author.view.policy().quantities == Quantities::Fields;
    let stated = |whole: chopmark_core::Quantity| if in_fields { whole } else { whole.veiled() };
    let mut subjects = Vec::new();
    for (code, _) in &from {
        subjects.push(subject(code, author)?);
    }
    let mut outputs = Vec::new();
    for (code, quantity) in &to {
        subjects.push(subject(code, author)?);
        outputs.push(output(code, quantity.map(stated), author)?);
    }
    let losses = losses(&from, &to);
    if !in_fields {
        check_sums(&from, &to, &losses)?;
    }
    let body = Body::Transform {
        when,
        step: step.to_owned(),
        inputs: from
            .iter()
            .map(|(_, quantity)| quantity.map(stated))
            .collect(),
        outputs,
        losses: losses.iter().copied().map(stated).collect(),
    };
    let cites = author.view.cites_for(body.kind(), &subjects);
    let draft = RecordDraft::new(body, subjects).citing(cites);
    let codes = from.iter().chain(&to).map(|(code, _)| code);
    let named = from.iter().chain(&to).filter_map(|(_, quantity)| *quantity);
    let hidden = named.chain(losses).filter(|_| !in_fields).collect();
    Ok(telling(draft, (codes, hidden), author, told))
}

/// Where amounts stand in sections, nobody else adds them up before they are signed.
fn check_sums(
    from: &[Portion],
    to: &[Portion],
    losses: &[chopmark_core::Quantity],
) -> Result<(), Unmapped> {
    let portions = |side: &[Portion]| -> Option<Vec<chopmark_core::Portion>> {
        let each = side.iter().map(|(code, quantity)| {
            let class = GoodsClass::parse(&code.class())?;
            let quantity = *quantity;
            Some(chopmark_core::Portion {
                class,
                quantity,
                items: 1,
            })
        });
        each.collect()
    };
    match (portions(from), portions(to)) {
        (Some(from), Some(to)) => {
            chopmark_core::check_conserved(&from, &to, losses).map_err(Unmapped::NotConserved)
        }
        // What is no goods is refused by name elsewhere.
        _ => Ok(()),
    }
}

fn side(
    epcs: Option<&Vec<Uri>>,
    quantities: Option<&Vec<Quantity>>,
) -> Result<Vec<Portion>, Unmapped> {
    let items = tracked(epcs, None)?.into_iter().map(|code| (code, None));
    let mut portions: Vec<Portion> = items.collect();
    for quantity in quantities.into_iter().flatten() {
        let Some(batch) = batch(quantity)? else {
            continue;
        };
        is_counted(&batch)?;
        let whole = whole(quantity).ok_or(Unmapped::NoRecord {
            what: "an amount that is missing, zero, or longer than the ledger counts",
        })?;
        portions.push((batch, Some(whole)));
    }
    add_up(portions)
}

fn output(
    code: &Code,
    quantity: Option<chopmark_core::Quantity>,
    author: &Author<'_>,
) -> Result<Output, Unmapped> {
    let prefix = own_prefix(code, author)?;
    let class = GoodsClass::parse(&code.class()).ok_or(Unmapped::NothingTracked)?;
    let made = match quantity {
        Some(quantity) => Made::Batch(code.hash(), quantity),
        None if code.kind() == CodeKind::Batch => {
            return Err(Unmapped::NoRecord {
                what: "a batch among the outputs without its amount",
            });
        }
        None => Made::Item(code.hash(), None),
    };
    Ok(Output {
        class,
        prefix: prefix.clone(),
        made,
    })
}

/// Of each unit on both sides, what does not come out again; of all units, if nothing does.
fn losses(from: &[Portion], to: &[Portion]) -> Vec<chopmark_core::Quantity> {
    let sums = |side: &[Portion]| {
        let mut sums: BTreeMap<Unit, Amount> = BTreeMap::new();
        for quantity in side.iter().filter_map(|(_, quantity)| *quantity) {
            let sum = sums.entry(quantity.unit).or_default();
            // Beyond what an amount holds the rules refuse the whole.
            *sum = sum
                .plus(quantity.amount.unwrap_or_default())
                .unwrap_or(*sum);
        }
        sums
    };
    let came_out = sums(to);
    let lost = sums(from).into_iter().filter_map(|(unit, went_in)| {
        let lost = match came_out.get(&unit) {
            Some(came_out) => went_in.minus(*came_out)?,
            None if to.is_empty() => went_in,
            None => return None,
        };
        (!lost.is_zero()).then(|| chopmark_core::Quantity::new(lost, unit))
    });
    lost.collect()
}
