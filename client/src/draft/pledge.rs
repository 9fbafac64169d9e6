//! An owner pledges to a bank; the bank gives the pledge up.

use chopmark_core::{Body, Party, SubjectId};
use chopmark_view::{Line, Param};

use super::{Author, Draft, parse_member, precheck, record, title, told};
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::words::Message;
use crate::{lines, words_of};

pub(super) fn pledge(
    author: &Author<'_>,
    subjects: &[String],
    to: &str,
    terms: Option<&str>,
) -> Result<Draft, Trouble> {
    let subjects = told::parse(subjects)?;
    let bank = parse_member(author, to)?;
    let terms = texts::optional(Field::Terms, terms)?;
    let mut warnings = Vec::new();
    for subject in &subjects {
        precheck::exists(author, subject)?;
        for warning in told::inspections(author, subject)? {
            // Of a hundred things that one member found fault with, it is said once.
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    let body = Body::Pledge {
        when: author.when,
        to: bank,
    };
    let cites = author.view.cites_for(body.kind(), &subjects);
    let mut record = record(body, subjects.clone()).citing(cites);
    title::tell(author, &mut record, (bank.into(), terms.clone()))?;
    let to = ("to", author.member_text(&bank));
    let mut lines = match subjects.as_slice() {
        [subject] => {
            let named = ("subject", author.subject_text(subject)?);
            let inside = author.view.all_contents(subject).len();
            let mut said = vec![lines::SIGN_PLEDGE.line([named, to])];
            said.extend(words_of::contents(inside));
            said
        }
        many => {
            let count = ("count", Param::Number(many.len() as u64));
            let mut said = vec![lines::SIGN_PLEDGE_MANY.line([count, to])];
            said.extend(told::each(author, many)?);
            said
        }
    };
    lines.extend(words_of::terms(terms));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &subjects);
    warnings.push(lines::WARN_PLEDGE.line([]));
    draft.warnings = warnings;
    Ok(draft)
}

pub(super) fn release(
    author: &Author<'_>,
    subjects: &[String],
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let subjects = told::parse(subjects)?;
    let note = texts::optional(Field::Note, note)?;
    for subject in &subjects {
        precheck::exists(author, subject)?;
    }
    let body = Body::Release { when: author.when };
    let cites = author.view.cites_for(body.kind(), &subjects);
    let mut record = record(body, subjects.clone()).citing(cites);
    let owner = owner(author, &subjects);
    title::tell(author, &mut record, (owner, note.clone()))?;
    let mut lines = many(
        author,
        &subjects,
        (&lines::SIGN_RELEASE, &lines::SIGN_RELEASE_MANY),
    )?;
    lines.extend(words_of::note(note));
    Ok(Draft::new(vec![record], lines).resting_on(author.view, &subjects))
}

/// The one owner of all of them; the bank itself when there are several, who shall not read what
/// is written to each other.
fn owner(author: &Author<'_>, subjects: &[SubjectId]) -> Party {
    let mut owners = subjects
        .iter()
        .filter_map(|subject| author.view.subject(subject))
        .map(|state| *state.owner());
    let first = owners.next();
    match first {
        Some(first) if owners.all(|owner| owner == first) => first,
        _ => author.member.into(),
    }
}

/// One sentence about one thing, or about so many with each of them below.
fn many(
    author: &Author<'_>,
    subjects: &[SubjectId],
    (one, several): (&Message, &Message),
) -> Result<Vec<Line>, Trouble> {
    if let [subject] = subjects {
        return Ok(vec![one.line([("subject", author.subject_text(subject)?)])]);
    }
    let mut said = vec![several.line([("count", Param::Number(subjects.len() as u64))])];
    said.extend(told::each(author, subjects)?);
    Ok(said)
}
