//! Named activities that need a place and a remark, and little else: noting, counting, reading a
//! sensor, sealing, taking out of use, holding and clearing.

mod findings;

use chopmark_core::{
    AudienceDraft, Body, Kind, Quantities, RecordDraft, Refusal, SectionBody, SubjectId, Verdict,
    When, limits, may_hold,
};
use chopmark_view::{Deed, Form, Line, Param};

use super::{Author, Draft, GROUP, inspect, precheck, record, told};
use crate::activities::{self, Activity, By};
use crate::evidence::Piece;
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines, words_of};

/// Label sections beside those for the own member, for all members, for everyone and for regulators.
const LABELS_A_RECORD: usize = limits::SECTIONS_PER_RECORD - 4;

pub(super) fn deed(author: &Author<'_>, deed: &Deed) -> Result<Draft, Trouble> {
    let activity = activities::named(&deed.activity).ok_or_else(|| {
        failure::ACTIVITY_UNKNOWN.failure([("activity", Param::Text(deed.activity.clone()))])
    })?;
    let subjects = told::parse(&deed.subjects)?;
    for subject in &subjects {
        check(author, activity, subject)?;
    }
    let place = texts::optional(Field::Place, deed.place.as_deref())?;
    let note = texts::optional(Field::Note, deed.note.as_deref())?;
    let told = findings::told(author, (activity, &deed.findings), &subjects)?;
    let when = When {
        time: told.at.unwrap_or(author.when.time),
        ..author.when
    };
    let word = activity.word().to_owned();
    let body = match activity.form {
        Form::Note | Form::Count | Form::Read | Form::Seal => Body::Observe { when, step: word },
        Form::End => Body::Decommission { when, step: word },
        Form::Hold => Body::Hold { when, reason: word },
        Form::Clear => Body::Clear { when },
        // The others have forms, and drafts, of their own.
        _ => return Err(Trouble::Internal("an activity with a form of its own")),
    };
    let cites = author.view.cites_for(body.kind(), &subjects);
    let mut record = record(body, subjects.clone()).citing(cites);
    let full = SectionBody {
        codes: told::codes(author, &subjects)?,
        place: place.clone(),
        note: note.clone(),
        disposition: Some(activity.disposition().to_owned()),
        measured: told.measured,
        quantities: told.quantities,
        ..SectionBody::default()
    };
    record.sections.extend(for_members(author, full));
    record.sections.extend(for_everyone(activity));
    let shown = match &place {
        Some(place) if deed.public => on_labels(author, &subjects, place)?,
        _ => Vec::new(),
    };
    let mut lines = said(author, activity, &subjects)?;
    lines.extend(told.lines);
    let photos = photos(author, activity, (&subjects, &deed.evidence), &mut lines)?;
    if activity.is_for_everyone() {
        lines.push(lines::SIGN_RECALL_PUBLIC.line([]));
    }
    lines.extend(words_of::place(place));
    if !shown.is_empty() {
        lines.push(lines::SIGN_PLACE_PUBLIC.line([]));
    }
    record.sections.extend(shown);
    lines.extend(words_of::note(note));
    // First: nothing more is said of what has ended.
    let mut records: Vec<RecordDraft> = photos.into_iter().collect();
    records.push(record);
    if records.len() > 1 {
        records.iter_mut().for_each(|one| one.group = Some(GROUP));
    }
    let mut draft = Draft::new(records, lines).resting_on(author.view, &subjects);
    draft.warnings.extend(told.warnings);
    if activity.form == Form::End {
        draft.warnings.push(lines::WARN_ENDS.line([]));
    }
    Ok(draft)
}

/// What all members read. Where the network keeps amounts away from who is no party, what was
/// counted is for the own member alone, first of all: an export reads one section.
fn for_members(author: &Author<'_>, full: SectionBody) -> Vec<(AudienceDraft, SectionBody)> {
    let veils = author.view.policy().quantities == Quantities::Sections;
    if !veils || full.quantities.is_empty() {
        return vec![(AudienceDraft::Members, full)];
    }
    let rest = SectionBody {
        quantities: Vec::new(),
        ..full.clone()
    };
    vec![
        (AudienceDraft::parties([author.member]), full),
        (AudienceDraft::Members, rest),
    ]
}

/// That a thing is called back, or no longer, for buyers: their browsers open nothing that is for
/// members. For everyone, since a recall names hundreds of things, and runs, which have no label.
fn for_everyone(activity: &Activity) -> Option<(AudienceDraft, SectionBody)> {
    let body = SectionBody {
        disposition: Some(activity.disposition().to_owned()),
        ..SectionBody::default()
    };
    activity
        .is_for_everyone()
        .then_some((AudienceDraft::Public, body))
}

/// The place, for whoever holds the label of one of the things: a buyer's browser compares where a
/// thing was seen, and sees no more than that.
fn on_labels(
    author: &Author<'_>,
    subjects: &[SubjectId],
    place: &str,
) -> Result<Vec<(AudienceDraft, SectionBody)>, Trouble> {
    if subjects.len() > LABELS_A_RECORD {
        let most = Param::Number(LABELS_A_RECORD as u64);
        return Err(failure::TOO_MANY.failure([("most", most)]).into());
    }
    let mut shown = Vec::new();
    for (subject_index, subject) in (0_u16..).zip(subjects) {
        let known = author.known(subject)?.ok_or_else(|| {
            failure::CODE_NOT_KNOWN
                .failure([("subject", Param::Text(words_of::short(subject.as_bytes())))])
        })?;
        let audience = AudienceDraft::Label {
            subject_index,
            code: known.code,
        };
        let body = SectionBody {
            place: Some(place.to_owned()),
            ..SectionBody::default()
        };
        shown.push((audience, body));
    }
    Ok(shown)
}

/// The attestation that goes along with photos of one subject: its fields say which files there
/// are, by which peers know what to fetch. What it attests is what the activity says.
fn photos(
    author: &Author<'_>,
    activity: &Activity,
    (subjects, evidence): (&[SubjectId], &[String]),
    lines: &mut Vec<Line>,
) -> Result<Option<RecordDraft>, Trouble> {
    let pieces = inspect::pieces(author, evidence)?;
    if pieces.is_empty() {
        return Ok(None);
    }
    let [subject] = subjects else {
        return Err(failure::PHOTOS_OF_MANY.failure([]).into());
    };
    let verdict = match activity.is_in_order() {
        true => Verdict::Pass,
        false => Verdict::Fail,
    };
    let body = Body::Attest {
        when: author.when,
        verdict,
        evidence: pieces
            .iter()
            .map(|piece| (piece.id, piece.sealed_length()))
            .collect(),
    };
    let mut record = record(body, vec![*subject]);
    record.cites = author.view.cites_for(Kind::Attest, &[*subject]);
    record.sections.push((
        AudienceDraft::Members,
        SectionBody {
            codes: told::codes(author, &[*subject])?,
            evidence: pieces.iter().map(Piece::link).collect(),
            ..SectionBody::default()
        },
    ));
    let key = words_of::verdict_key(words_of::view_verdict(verdict));
    lines.push(lines::SIGN_ATTEST.line([
        ("subject", author.subject_text(subject)?),
        ("verdict", Param::Key(key.into())),
    ]));
    lines.push(inspect::evidence_line(&pieces));
    Ok(Some(record))
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
                None => Refusal::NotHeld {
                    subject,
                    latest: Some(state.newest_record()),
                },
            };
            Err(precheck::refused(author, &refusal))
        }
        _ => Ok(()),
    }
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
    said.extend(told::each(author, subjects)?);
    Ok(said)
}
