//! What a person counted or read off a seal, or a sensor said.

use std::collections::BTreeMap;

use chopmark_core::{Makeup, Measured, Quantity, SubjectId, TimeMs, limits};
use chopmark_view::{Counted, Findings, Form, Line, Param};

use super::super::{Author, make, parse_subject, precheck};
use crate::activities::Activity;
use crate::trouble::Trouble;
use crate::{failure, lines, sealed, sensed, stock};

/// What goes into the record, and what the summary says of it.
#[derive(Default)]
pub(super) struct Told {
    /// One for each batch, in the order of the subjects.
    pub(super) quantities: Vec<Quantity>,
    pub(super) measured: Vec<Measured>,
    /// When it was, if not now.
    pub(super) at: Option<TimeMs>,
    pub(super) lines: Vec<Line>,
    pub(super) warnings: Vec<Line>,
}

/// What the form of an activity asks for beside place and remark.
pub(super) fn told(
    author: &Author<'_>,
    (activity, findings): (&Activity, &Findings),
    subjects: &[SubjectId],
) -> Result<Told, Trouble> {
    match (activity.form, findings) {
        (Form::Count, Findings::Counted { batches }) => counted(author, subjects, batches),
        (Form::Count, Findings::Nothing) => counted(author, subjects, &[]),
        (Form::Read, Findings::Read { values, at_ms }) => read(author, values, *at_ms),
        (Form::Read, Findings::Nothing) => read(author, &[], None),
        (Form::Seal, Findings::Sealed { number }) => sealed(author, activity, number, subjects),
        (_, Findings::Nothing) => Ok(Told::default()),
        // What a person filled in is not left out of what is signed.
        _ => Err(Trouble::Internal("findings of another form")),
    }
}

/// Of every batch how much there is, in its own unit. Of an item there is nothing to say but that
/// it is there.
fn counted(
    author: &Author<'_>,
    subjects: &[SubjectId],
    batches: &[Counted],
) -> Result<Told, Trouble> {
    let mut typed = BTreeMap::new();
    for one in batches {
        typed.insert(parse_subject(&one.subject)?, one);
    }
    let mut told = Told::default();
    for subject in subjects {
        let state = precheck::exists(author, subject)?;
        let Makeup::Batch(batch) = state.makeup() else {
            continue;
        };
        let name = author.subject_text(subject)?;
        let one = typed
            .remove(subject)
            .filter(|one| !one.amount.trim().is_empty());
        let one = one.ok_or_else(|| failure::COUNT_MISSING.failure([("subject", name.clone())]))?;
        let quantity = make::quantity(&one.amount, &one.unit)?;
        if quantity.unit != batch.unit() {
            return Err(failure::COUNT_OTHER_UNIT
                .failure([
                    ("subject", name),
                    ("unit", Param::Key(stock::unit_key(batch.unit()).to_owned())),
                    ("code", Param::Text(batch.unit().to_string())),
                ])
                .into());
        }
        let Some(amount) = quantity.amount else {
            return Err(Trouble::Internal("a count without an amount"));
        };
        let said = (amount, quantity.unit);
        told.lines.push(stock::line(
            lines::SIGN_COUNTED,
            said,
            ("subject", name.clone()),
        ));
        let left = stock::left(author.look, subject)?.and_then(stock::Left::amount);
        if let Some(left) = left.filter(|left| *left != amount) {
            let left = (left, quantity.unit);
            told.warnings.push(stock::line(
                lines::WARN_COUNT_DIFFERS,
                left,
                ("subject", name),
            ));
        }
        told.quantities.push(quantity);
    }
    match typed.is_empty() {
        true => Ok(told),
        false => Err(failure::NOT_A_BATCH.failure([]).into()),
    }
}

/// The number of a seal is that of one container: a list of them has as many seals.
fn sealed(
    author: &Author<'_>,
    activity: &Activity,
    number: &str,
    subjects: &[SubjectId],
) -> Result<Told, Trouble> {
    let Some(number) = sealed::checked(Some(number))? else {
        return Ok(Told::default());
    };
    let [subject] = subjects else {
        return Err(failure::SEAL_OF_MANY.failure([]).into());
    };
    let differs = match activity.is_in_order() {
        true => None,
        false => sealed::differs(author.look, subject, &number)?,
    };
    Ok(Told {
        measured: vec![number.to_value()],
        lines: vec![sealed::line(&number)],
        warnings: differs.into_iter().collect(),
        ..Told::default()
    })
}

fn read(
    author: &Author<'_>,
    values: &[chopmark_view::Measured],
    at_ms: Option<u64>,
) -> Result<Told, Trouble> {
    if values.is_empty() {
        return Err(failure::READING_MISSING.failure([]).into());
    }
    if values.len() > limits::MEASURED_VALUES {
        let most = Param::Number(limits::MEASURED_VALUES as u64);
        return Err(failure::TOO_MANY.failure([("most", most)]).into());
    }
    let at = at_ms.map(TimeMs);
    if at.is_some_and(|at| at > author.when.time) {
        return Err(failure::READING_AHEAD.failure([]).into());
    }
    let measured: Vec<Measured> = values
        .iter()
        .map(sensed::checked)
        .collect::<Result<_, _>>()?;
    let mut lines: Vec<Line> = measured.iter().map(sensed::line).collect();
    lines.extend(at.map(|at| lines::SIGN_READ_AT.line([("time", Param::Time(at.0))])));
    Ok(Told {
        measured,
        at,
        lines,
        ..Told::default()
    })
}
