//! Runs: many items that begin in one record, and the drawing of each when it is first used.

use super::commission::begin;
use super::counts::{Counted, more, pledges_with};
use super::offer::check_none_stands;
use super::{Context, Refusal, known};
use crate::lineage::Descent;
use crate::state::{Joined, Layer, Makeup, Packed, Right, Run, StateView};
use crate::{ActivationPublic, GoodsClass, Prefix, RecordRef, RunItem, RunSpec, SubjectId, TimeMs};

pub(super) fn commission(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
    (class, prefix): (GoodsClass, &Prefix),
    run: RunSpec,
) -> Result<(), Refusal> {
    let Some(subject) = subjects.first() else {
        return Ok(());
    };
    let makeup = Makeup::run(context.author.member, run);
    begin(draft, context, subject, (class, prefix), makeup)
}

/// Whoever knows an item's place in its run may draw it: it changes nothing about who has the
/// item, and what is drawn stays as it is.
pub(super) fn draw(
    draft: &mut Layer<'_>,
    context: &Context,
    subjects: &[SubjectId],
    items: &[RunItem],
) -> Result<(), Refusal> {
    let Some((run, subjects)) = subjects.split_first() else {
        return Ok(());
    };
    let drawn = draw_now(draft, context.now, (run, subjects), items)?;
    if !drawn.is_empty() {
        draft.changes.descents.push(Descent {
            by: context.at,
            from: vec![*run],
            to: drawn,
        });
    }
    Ok(())
}

/// Makes the leaves, and gives those that are new.
pub(crate) fn draw_now(
    draft: &mut Layer<'_>,
    now: TimeMs,
    (run, subjects): (&SubjectId, &[SubjectId]),
    items: &[RunItem],
) -> Result<Vec<SubjectId>, Refusal> {
    let (spec, began) = run_of(draft, run)?;
    // What is on offer keeps its contents, and the run is offered as its signers knew it.
    let around = draft.containers(run);
    let outermost = around.last().unwrap_or(run);
    check_none_stands(draft, now, outermost, Right::Custody)?;
    check_none_stands(draft, now, run, Right::Title)?;
    let mut drawn = Vec::new();
    for (subject, item) in subjects.iter().zip(items) {
        let stranger = Refusal::NotInRun {
            subject: *subject,
            run: *run,
            by: began,
        };
        if *subject != item.code.subject(&draft.network(), &spec.maker) || !spec.spec.holds(item) {
            return Err(stranger);
        }
        if make_leaf(draft, run, (subject, item))? == Leaf::Made {
            drawn.push(*subject);
        }
    }
    if let Makeup::Run(left) = &mut draft.subject_mut(run)?.makeup {
        left.drawn = left
            .drawn
            .saturating_add(u64::try_from(drawn.len()).unwrap_or(u64::MAX));
    }
    Ok(drawn)
}

/// A run, and the record that began it.
fn run_of(state: &dyn StateView, subject: &SubjectId) -> Result<(Run, RecordRef), Refusal> {
    let known = known(state, subject)?;
    let by = known.commissioned;
    match known.makeup() {
        Makeup::Run(run) => Ok((**run, by)),
        Makeup::One | Makeup::Batch(_) => Err(Refusal::NotARun {
            subject: *subject,
            by,
        }),
    }
}

#[derive(PartialEq, Eq)]
enum Leaf {
    Made,
    There,
}

/// Gives an item the state that its run has at this moment: who has it, what it lies in, what
/// holds it, and the count and running hash of the records that concerned it so far.
fn make_leaf(
    draft: &mut Layer<'_>,
    run: &SubjectId,
    (subject, item): (&SubjectId, &RunItem),
) -> Result<Leaf, Refusal> {
    let mut state = draft.subject_mut(run)?.clone();
    if let Some(before) = draft.subject(subject) {
        // Of two commissionings of one code, the first to reach the ledger by its own id stands.
        return if before.commissioned_by() == state.commissioned_by() {
            Ok(Leaf::There)
        } else {
            Err(Refusal::AlreadyCommissioned {
                subject: *subject,
                by: before.commissioned_by(),
            })
        };
    }
    state.makeup = Makeup::One;
    // An offer that stood was refused above; one that lapsed was of the run.
    state.open_offer = None;
    state.seldom.open_title_offer = None;
    let key = item.activation.as_ref();
    state.activation = key.map(|key| ActivationPublic::from_bytes(*key.as_bytes()));
    // Nothing is packed in the item, whatever lies in the run.
    state.seldom.held_inside = 0;
    state.seldom.pledged_inside = 0;
    let mut holds = state.seldom.holds.len();
    for parent in state.seldom.parents.iter() {
        draft
            .changes
            .joined
            .insert((*parent, *subject), Joined::Together);
    }
    if let Some(container) = state.inside() {
        draft
            .changes
            .packed
            .insert((*container, *subject), Packed::Inside);
    }
    draft.changes.subjects.insert(*subject, state);
    for document in draft.documents_of(subject) {
        let of_document = draft.subject(&document).map_or(0, |s| s.seldom.holds.len());
        holds = holds.saturating_add(of_document);
    }
    let holds = u64::try_from(holds).unwrap_or(u64::MAX);
    let pledges = pledges_with(draft, subject);
    let around = draft.containers(subject);
    more(draft, &around, (Counted::Holds, holds))?;
    more(draft, &around, (Counted::Pledges, pledges))?;
    Ok(Leaf::Made)
}
