//! What belongs together: a seal or sensor with its container, goods with the papers that stand
//! for them, things with their place.

use std::collections::BTreeMap;

use chopmark_core::{AudienceDraft, Body, GoodsClass, Nature, SectionBody, SubjectId};
use chopmark_view::Line;

use super::{Author, Draft, parse_subject, precheck, record, told};
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines, words_of};

/// Each bond is a parent with its children; one record for each parent.
type Bonds = BTreeMap<SubjectId, Vec<SubjectId>>;

pub(super) fn associate(
    author: &Author<'_>,
    subject: &str,
    others: &[String],
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let (subject, others) = parse(author, subject, others)?;
    let mut bonds = Bonds::new();
    for other in &others {
        let (parent, child) = match rank(author, other) > rank(author, &subject) {
            true => (*other, subject),
            false => (subject, *other),
        };
        bonds.entry(parent).or_default().push(child);
    }
    let body = Body::Associate { when: author.when };
    write(author, &bonds, &body, note)
}

pub(super) fn dissociate(
    author: &Author<'_>,
    subject: &str,
    others: &[String],
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let (subject, others) = parse(author, subject, others)?;
    let parents = precheck::exists(author, &subject)?.parents();
    let mut bonds = Bonds::new();
    for other in &others {
        let (parent, child) = match parents.by(other).is_some() {
            true => (*other, subject),
            false => (subject, *other),
        };
        bonds.entry(parent).or_default().push(child);
    }
    let body = Body::Dissociate { when: author.when };
    write(author, &bonds, &body, note)
}

fn parse(
    author: &Author<'_>,
    subject: &str,
    others: &[String],
) -> Result<(SubjectId, Vec<SubjectId>), Trouble> {
    let subject = parse_subject(subject)?;
    let others = told::parse(others)?;
    for one in others.iter().chain([&subject]) {
        precheck::exists(author, one)?;
    }
    if others.contains(&subject) {
        return Err(failure::BOUND_TO_ITSELF.failure([]).into());
    }
    Ok((subject, others))
}

/// What stands around what: goods are at a place and behind their papers, papers are at a place.
/// Of two things, the one that the person began with has the other on it.
fn rank(author: &Author<'_>, subject: &SubjectId) -> u8 {
    let place = GoodsClass::parse("(414)");
    match author.view.subject(subject) {
        Some(state) if Some(state.class()) == place => 2,
        Some(state) if state.nature() == Nature::Document => 1,
        _ => 0,
    }
}

fn write(
    author: &Author<'_>,
    bonds: &Bonds,
    body: &Body,
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let note = texts::optional(Field::Note, note)?;
    let (mut records, mut lines, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for (parent, children) in bonds {
        let subjects: Vec<SubjectId> = std::iter::once(parent).chain(children).copied().collect();
        lines.extend(said(author, body, (parent, children))?);
        let cites = author.view.cites_for(body.kind(), &subjects);
        let mut record = record(body.clone(), subjects.clone()).citing(cites);
        // All of them, or the person would have to find out which.
        record.group = (bonds.len() > 1).then_some(0);
        record.sections.push((
            AudienceDraft::Members,
            SectionBody {
                codes: told::codes(author, &subjects)?,
                note: note.clone(),
                ..SectionBody::default()
            },
        ));
        records.push(record);
        all.extend(subjects);
    }
    lines.extend(words_of::note(note));
    Ok(Draft::new(records, lines).resting_on(author.view, &all))
}

fn said(
    author: &Author<'_>,
    body: &Body,
    (parent, children): (&SubjectId, &[SubjectId]),
) -> Result<Vec<Line>, Trouble> {
    let message = match body {
        Body::Associate { .. } => lines::SIGN_ASSOCIATE,
        _ => lines::SIGN_DISSOCIATE,
    };
    if let [child] = children {
        return Ok(vec![message.line([
            ("subject", author.subject_text(child)?),
            ("parent", author.subject_text(parent)?),
        ])]);
    }
    let many = match body {
        Body::Associate { .. } => lines::SIGN_ASSOCIATE_MANY,
        _ => lines::SIGN_DISSOCIATE_MANY,
    };
    let count = chopmark_view::Param::Number(children.len() as u64);
    let mut said = vec![many.line([("count", count), ("parent", author.subject_text(parent)?)])];
    said.extend(told::each(author, children)?);
    Ok(said)
}
