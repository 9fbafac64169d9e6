//! What one record says about a subject, in words.

use std::collections::BTreeSet;

use chopmark_core::{
    Audience, Body, Makeup, Party, Record, RecordRef, SectionBody, StateView as _, SubjectId, When,
};
use chopmark_view::{Line, Param};

use super::corrected;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::words::Message;
use crate::{blocks, lines, sensed, stock, words_of};

/// What a record says about a subject; none for records that are not about subjects. `was_left`:
/// that it is about a container of the subject, which was taken over without the subject.
pub(super) fn words(
    look: &Look<'_>,
    record: &Record,
    (of, was_left): (&SubjectId, bool),
    disposition: Option<&str>,
) -> Result<Option<(Line, When)>, Trouble> {
    let activity = |word: &str| {
        let key = words_of::activity_key(record.kind(), word, disposition);
        [("activity", Param::Key(key))]
    };
    let subjects = record.subjects();
    let is_container = subjects.first() == Some(of);
    let contents = Param::Number(subjects.len().saturating_sub(1) as u64);
    let container = || -> Result<Param, Trouble> {
        let container = subjects
            .first()
            .map(|container| look.subject_text(container))
            .transpose()?;
        Ok(Param::Text(container.unwrap_or_default()))
    };
    // Seen from the parent its children, from a child its parent; the first stands for all.
    let other = || -> Result<[(&'static str, Param); 2], Trouble> {
        let (count, other) = match is_container {
            true => (contents.clone(), subjects.get(1)),
            false => (Param::Number(1), subjects.first()),
        };
        let other = other.map(|other| look.subject_text(other)).transpose()?;
        Ok([
            ("count", count),
            ("other", Param::Text(other.unwrap_or_default())),
        ])
    };
    Ok(Some(match record.body() {
        Body::Commission { when, .. } => (lines::STEP_COMMISSIONED.line([]), *when),
        Body::Observe { when, step } => (lines::STEP_OBSERVED.line(activity(step)), *when),
        Body::Pack { when } if is_container => {
            (lines::STEP_FILLED.line([("count", contents)]), *when)
        }
        Body::Pack { when } => (
            lines::STEP_PACKED.line([("container", container()?)]),
            *when,
        ),
        Body::Unpack { when } if is_container => {
            (lines::STEP_EMPTIED.line([("count", contents)]), *when)
        }
        Body::Unpack { when } => (
            lines::STEP_UNPACKED.line([("container", container()?)]),
            *when,
        ),
        Body::Offer {
            when,
            to: Party::Bearer(_),
            ..
        } => (lines::STEP_OFFERED_CODE.line([]), *when),
        Body::Offer { when, to, .. } => (
            lines::STEP_OFFERED.line([("to", Param::Text(words_of::party_text(look.view, to)))]),
            *when,
        ),
        Body::Accept { when, .. } if was_left => (lines::STEP_LEFT.line([]), *when),
        Body::Accept {
            when,
            condition,
            left,
            ..
        } => {
            let key = words_of::condition_key(words_of::view_condition(*condition));
            let condition = ("condition", Param::Key(key.into()));
            let line = match left.len() {
                0 => lines::STEP_ACCEPTED.line([condition]),
                left => lines::STEP_ACCEPTED_PART
                    .line([condition, ("left", Param::Number(left as u64))]),
            };
            (line, *when)
        }
        Body::Decline { when } => (lines::STEP_DECLINED.line([]), *when),
        Body::CommissionRun { when, .. } => (lines::STEP_COMMISSIONED.line([]), *when),
        Body::Transform { when, inputs, .. } => {
            let goes_in = subjects.iter().take(inputs.len()).any(|input| input == of);
            let line = if goes_in {
                lines::STEP_USED.line([])
            } else {
                lines::STEP_MADE.line([])
            };
            (line, *when)
        }
        Body::Correct { when, reason, .. } => (corrected::step(reason), *when),
        Body::Draw { when, .. } => (lines::STEP_DRAWN.line([]), *when),
        Body::Associate { when } => (lines::STEP_ASSOCIATED.line(other()?), *when),
        Body::Dissociate { when } => (lines::STEP_DISSOCIATED.line(other()?), *when),
        Body::OfferTitle { when, to, .. } => (
            lines::STEP_TITLE_OFFERED
                .line([("to", Param::Text(words_of::party_text(look.view, to)))]),
            *when,
        ),
        Body::TakeTitle { when, .. } => (lines::STEP_TITLE_TAKEN.line([]), *when),
        Body::DeclineTitle { when } => (lines::STEP_TITLE_DECLINED.line([]), *when),
        Body::PickUp { when, .. } => (lines::STEP_PICKED_UP.line([]), *when),
        Body::Activate { when, .. } => (lines::STEP_ACTIVATED.line([]), *when),
        Body::Resell { when, .. } => (lines::STEP_RESOLD.line([]), *when),
        Body::Report { when, .. } => (lines::STEP_REPORTED.line([]), *when),
        Body::Pledge { when, to } => (
            lines::STEP_PLEDGED.line([("to", Param::Text(look.member_name(to)))]),
            *when,
        ),
        Body::Release { when } => (lines::STEP_RELEASED.line([]), *when),
        Body::Decommission { when, step } => {
            (lines::STEP_DECOMMISSIONED.line(activity(step)), *when)
        }
        Body::Hold { when, reason } => (lines::STEP_HELD.line(activity(reason)), *when),
        Body::Clear { when } => (lines::STEP_CLEARED.line(activity("holding")), *when),
        Body::Unreadable { when, .. } => (lines::STEP_UNREADABLE.line([]), *when),
        Body::Open { when, reason, .. } => (opened(reason), *when),
        Body::Grant { when, .. } => (
            lines::STEP_GRANTED.line([("to", Param::Text(readers(look, record)))]),
            *when,
        ),
        Body::Attest { when, verdict, .. } => {
            let key = words_of::verdict_key(words_of::view_verdict(*verdict));
            (
                lines::STEP_ATTESTED.line([("verdict", Param::Key(key.into()))]),
                *when,
            )
        }
        Body::Enrol { .. }
        | Body::Revoke { .. }
        | Body::RegisterPrefix { .. }
        | Body::SetPolicy { .. }
        | Body::SetReader { .. }
        | Body::AdmitMember { .. }
        | Body::ExpelMember { .. }
        | Body::SetValidators { .. }
        | Body::RotateRoot { .. }
        | Body::SetGuardians { .. }
        | Body::Recover { .. }
        | Body::ObjectRecovery { .. } => return Ok(None),
    }))
}

/// What was measured and, of this subject, counted; and what is corrected.
pub(super) fn values(
    look: &Look<'_>,
    record: &Record,
    of: &SubjectId,
    said: &SectionBody,
) -> Result<Vec<Line>, Trouble> {
    let mut values: Vec<Line> = said.measured.iter().map(sensed::line).collect();
    if let Body::Observe { .. } = record.body() {
        // One for each batch that was counted, in the order of the subjects.
        let is_batch = |subject: &&SubjectId| {
            let state = look.view.subject(subject);
            state.is_some_and(|state| matches!(state.makeup(), Makeup::Batch(_)))
        };
        let batches = record.subjects().iter().filter(is_batch);
        let counted = batches.zip(&said.quantities).find(|(one, _)| *one == of);
        values.extend(counted.and_then(|(_, quantity)| {
            let said = stock::params(quantity.amount?, quantity.unit);
            Some(lines::STEP_COUNTED.line(said))
        }));
    }
    if let Body::Correct {
        of: wrong,
        correctives,
        ..
    } = record.body()
    {
        values.extend(earlier(look, wrong, (of, &lines::STEP_CORRECTS))?);
        for right in correctives {
            values.extend(earlier(look, right, (of, &lines::STEP_CORRECTIVE))?);
        }
    }
    Ok(values)
}

/// A record that a correction names: when it was, and what it says. What is not here says nothing.
fn earlier(
    look: &Look<'_>,
    at: &RecordRef,
    (of, message): (&SubjectId, &Message),
) -> Result<Vec<Line>, Trouble> {
    let Some(block) = blocks::of(look.store, &at.block)? else {
        return Ok(Vec::new());
    };
    let Some(record) = block.records().get(usize::from(at.index)) else {
        return Ok(Vec::new());
    };
    let read = look.read_sections(&block, at.index)?;
    let said = words(look, record, (of, false), read.disposition.as_deref())?;
    Ok(said
        .map(|(line, when)| {
            let time = Param::Time(when.time.0);
            vec![message.line([("time", time)]), line]
        })
        .unwrap_or_default())
}

fn opened(reason: &str) -> Line {
    match words_of::open_reason(reason) {
        Param::Key(key) => lines::STEP_OPENED.line([("reason", Param::Key(key))]),
        word => lines::STEP_OPENED_WORD.line([("reason", word)]),
    }
}

/// The members that a record's sections name.
fn readers(look: &Look<'_>, record: &Record) -> String {
    let mut members = BTreeSet::new();
    for section in record.sections() {
        if let Audience::Parties(groups) = section.audience() {
            members.extend(groups.iter().map(|group| group.member));
        }
    }
    let names: Vec<String> = members.iter().map(|id| look.member_name(id)).collect();
    names.join(", ")
}
