use chopmark_core::{AudienceDraft, Body, SectionBody, SubjectId, limits};
use chopmark_view::Param;

use super::{Author, Draft, parse_subject, record, told};
use crate::trouble::Trouble;
use crate::{failure, lines};

pub(super) fn pack(
    author: &Author<'_>,
    container: &str,
    subjects: &[String],
) -> Result<Draft, Trouble> {
    let (container, items) = parse(container, subjects)?;
    // No record can say that, so the rules cannot be asked.
    if items.contains(&container) {
        return Err(failure::INSIDE_ITSELF.failure([]).into());
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
    // For its own member, as where things begin: an export needs the codes, and which serials lie
    // in which carton is nothing that the whole network is told.
    let own = SectionBody {
        codes: told::codes(author, &subjects)?,
        ..SectionBody::default()
    };
    let record = record(body, subjects.clone())
        .citing(cites)
        .telling(AudienceDraft::parties([author.member]), own);
    Ok(Draft::new(vec![record], vec![line]).resting_on(author.view, &subjects))
}
