//! Named activities that need nothing but a place and a remark: noting, taking out of use,
//! holding and clearing; and an addressee's no.

use std::collections::BTreeSet;

use chopmark_core::{AudienceDraft, Body, Kind, Refusal, SectionBody, SubjectId, limits, may_hold};
use chopmark_view::{Deed, Form, Line, Param};

use super::{Author, Draft, parse_subject, precheck, record};
use crate::activities::{self, Activity, By};
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines, words_of};

/// Subjects that the summary names one by one; of more it says how many.
pub(super) const NAMED: usize = 20;

pub(super) fn deed(author: &Author<'_>, deed: &Deed) -> Result<Draft, Trouble> {
    let activity = activities::named(&deed.activity).ok_or_else(|| {
        failure::ACTIVITY_UNKNOWN.failure([("activity", Param::Text(deed.activity.clone()))])
    })?;
    let subjects = parse(&deed.subjects)?;
    for subject in &subjects {
        check(author, activity, subject)?;
    }
    let place = texts::optional(Field::Place, deed.place.as_deref())?;
    let note = texts::optional(Field::Note, deed.note.as_deref())?;
    let (when, word) = (author.when, activity.word().to_owned());
    let body = match activity.form {
        Form::Note => Body::Observe { when, step: word },
        Form::End => Body::Decommission { when, step: word },
        Form::Hold => Body::Hold { when, reason: word },
        Form::Clear => Body::Clear { when },
        // The others have forms, and drafts, of their own.
        _ => return Err(Trouble::Internal("an activity with a form of its own")),
    };
    let cites = author.view.cites_for(body.kind(), &subjects);
    let mut record = record(body, subjects.clone()).citing(cites);
    record.sections.push((
        AudienceDraft::Members,
        SectionBody {
            codes: codes(author, &subjects)?,
            place: place.clone(),
            note: note.clone(),
            disposition: Some(activity.disposition().to_owned()),
            ..SectionBody::default()
        },
    ));
    let mut lines = said(author, activity, &subjects)?;
    lines.extend(words_of::place(place));
    lines.extend(words_of::note(note));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &subjects);
    if activity.form == Form::End {
        draft.warnings.push(lines::WARN_ENDS.line([]));
    }
    Ok(draft)
}

pub(super) fn decline(
    author: &Author<'_>,
    offer: &str,
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let cited = words_of::parse_record(offer).ok_or_else(|| failure::NO_SUCH_OFFER.failure([]))?;
    let note = texts::optional(Field::Note, note)?;
    let offer = precheck::offered(author, &cited)?;
    let subject = *offer.subject();
    let mut record = record(Body::Decline { when: author.when }, vec![subject]);
    record.cites = author.view.cites_for(Kind::Decline, &[subject]);
    record.sections.push((
        author.for_operations([*offer.from(), author.member]),
        SectionBody {
            codes: codes(author, &[subject])?,
            note: note.clone(),
            ..SectionBody::default()
        },
    ));
    let mut lines = vec![lines::SIGN_DECLINE.line([
        ("subject", author.subject_text(&subject)?),
        ("from", author.member_text(offer.from())),
    ])];
    lines.extend(words_of::note(note));
    Ok(Draft::new(vec![record], lines).resting_on(author.view, &[subject]))
}

fn parse(subjects: &[String]) -> Result<Vec<SubjectId>, Trouble> {
    // Scanned twice is meant once.
    let subjects: BTreeSet<SubjectId> = subjects
        .iter()
        .map(|subject| parse_subject(subject))
        .collect::<Result<_, _>>()?;
    if subjects.is_empty() {
        return Err(failure::NOTHING_CHOSEN.failure([]).into());
    }
    if subjects.len() > limits::SUBJECTS {
        let most = Param::Number(limits::SUBJECTS as u64);
        return Err(failure::TOO_MANY.failure([("most", most)]).into());
    }
    Ok(subjects.into_iter().collect())
}

fn check(author: &Author<'_>, activity: &Activity, subject: &SubjectId) -> Result<(), Trouble> {
    let state = precheck::exists(author, subject)?;
    if activity.by() == By::Holder {
        precheck::held(author, subject)?;
    }
    match activity.form {
        Form::End => precheck::may_end(author, subject),
        Form::Hold => {
            let class = author
                .view
                .member(&author.member)
                .map(|member| member.class());
            match state.holds().get(&author.member) {
                _ if !class.is_some_and(may_hold) => Err(precheck::refused(
                    author,
                    &Refusal::NotAnAuthority {
                        member: author.member,
                    },
                )),
                Some(by) => Err(precheck::refused(
                    author,
                    &Refusal::AlreadyHeld {
                        subject: *subject,
                        by: *by,
                    },
                )),
                None => Ok(()),
            }
        }
        Form::Clear if !state.holds().contains_key(&author.member) => {
            let subject = *subject;
            let refusal = match state.holds().first_key_value() {
                Some((_, by)) => Refusal::NotYourHold { subject, by: *by },
                None => Refusal::NotHeld { subject },
            };
            Err(precheck::refused(author, &refusal))
        }
        _ => Ok(()),
    }
}

/// One code for each subject, or none at all: so a section has them.
fn codes(author: &Author<'_>, subjects: &[SubjectId]) -> Result<Vec<String>, Trouble> {
    let mut codes = Vec::new();
    for subject in subjects {
        match author.known(subject)? {
            Some(known) => codes.push(known.code.element_string().to_owned()),
            None => return Ok(Vec::new()),
        }
    }
    Ok(codes)
}

fn said(
    author: &Author<'_>,
    activity: &Activity,
    subjects: &[SubjectId],
) -> Result<Vec<Line>, Trouble> {
    let activity = Param::Key(activity.key());
    if let [subject] = subjects {
        let subject = author.subject_text(subject)?;
        return Ok(vec![
            lines::SIGN_ACTIVITY.line([("subject", subject), ("activity", activity)]),
        ]);
    }
    let count = Param::Number(subjects.len() as u64);
    let mut said = vec![lines::SIGN_ACTIVITY_MANY.line([("count", count), ("activity", activity)])];
    for subject in subjects.iter().take(NAMED) {
        said.push(lines::SIGN_SUBJECT.line([("subject", author.subject_text(subject)?)]));
    }
    if subjects.len() > NAMED {
        let more = Param::Number((subjects.len() - NAMED) as u64);
        said.push(lines::SIGN_MORE.line([("count", more)]));
    }
    Ok(said)
}
