use chopmark_core::{Body, Refusal, SubjectId, limits};
use chopmark_view::Param;

use super::{Author, Draft, parse_subject, precheck, record};
use crate::trouble::Trouble;
use crate::{failure, lines};

pub(super) fn pack(
    author: &Author<'_>,
    container: &str,
    subjects: &[String],
) -> Result<Draft, Trouble> {
    let (container, items) = parse(container, subjects)?;
    precheck::container(author, &container)?;
    let around = author.view.containers(&container);
    for item in &items {
        let state = precheck::exists(author, item)?;
        if let Some(inside) = state.inside() {
            let refusal = Refusal::AlreadyPacked {
                subject: *item,
                inside: *inside,
            };
            return Err(precheck::refused(author, &refusal));
        }
        if !state.own_holder().is(&author.member) {
            let refusal = Refusal::NotHolder {
                subject: *item,
                holder: *state.own_holder(),
            };
            return Err(precheck::refused(author, &refusal));
        }
        if *item == container || around.contains(item) {
            return Err(precheck::refused(
                author,
                &Refusal::InsideItself { subject: *item },
            ));
        }
        precheck::not_on_offer(author, item)?;
        if around.len() + 1 + levels_inside(author, item) > limits::PACKING_DEPTH {
            return Err(precheck::refused(
                author,
                &Refusal::TooDeep { subject: *item },
            ));
        }
    }
    let line = lines::SIGN_PACK.line([
        ("count", Param::Number(items.len() as u64)),
        ("container", author.subject_text(&container)?),
    ]);
    finish(
        author,
        Body::Pack { when: author.when },
        (container, items),
        line,
    )
}

pub(super) fn unpack(
    author: &Author<'_>,
    container: &str,
    subjects: &[String],
) -> Result<Draft, Trouble> {
    let (container, items) = parse(container, subjects)?;
    precheck::container(author, &container)?;
    for item in &items {
        if precheck::exists(author, item)?.inside() != Some(&container) {
            return Err(precheck::refused(
                author,
                &Refusal::NotInside {
                    subject: *item,
                    container,
                },
            ));
        }
    }
    let line = lines::SIGN_UNPACK.line([
        ("count", Param::Number(items.len() as u64)),
        ("container", author.subject_text(&container)?),
    ]);
    finish(
        author,
        Body::Unpack { when: author.when },
        (container, items),
        line,
    )
}

fn parse(container: &str, subjects: &[String]) -> Result<(SubjectId, Vec<SubjectId>), Trouble> {
    let container = parse_subject(container)?;
    // Scanned twice is meant once.
    let items: std::collections::BTreeSet<SubjectId> = subjects
        .iter()
        .map(|subject| parse_subject(subject))
        .collect::<Result<_, _>>()?;
    if items.is_empty() {
        return Err(failure::NOTHING_CHOSEN.failure([]).into());
    }
    let most = limits::SUBJECTS - 1;
    if items.len() > most {
        return Err(failure::TOO_MANY
            .failure([("most", Param::Number(most as u64))])
            .into());
    }
    Ok((container, items.into_iter().collect()))
}

fn finish(
    author: &Author<'_>,
    body: Body,
    (container, items): (SubjectId, Vec<SubjectId>),
    line: chopmark_view::Line,
) -> Result<Draft, Trouble> {
    let subjects: Vec<SubjectId> = std::iter::once(container).chain(items).collect();
    let cites = author.view.cites_for(body.kind(), &subjects);
    let record = record(body, subjects.clone()).citing(cites);
    Ok(Draft::new(vec![record], vec![line]).resting_on(author.view, &subjects))
}

/// How many levels of packing are inside a subject.
fn levels_inside(author: &Author<'_>, subject: &SubjectId) -> usize {
    let mut levels = 0;
    let mut level = author.view.contents(subject);
    while !level.is_empty() && levels <= limits::PACKING_DEPTH {
        levels += 1;
        level = level
            .iter()
            .flat_map(|content| author.view.contents(content))
            .collect();
    }
    levels
}
