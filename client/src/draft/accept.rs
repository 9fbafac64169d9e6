//! The addressee of a hand-over takes it, in whole or in part, or does not.

use std::collections::BTreeSet;

use chopmark_core::{
    AudienceDraft, Body, Digest32, Kind, Refusal, SealNumber, SectionBody, SubjectId,
};
use chopmark_view::{Condition, Line, Param, Verdict};

use super::{Author, Draft, custody, inspect, parse_offer, precheck, record, told};
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{lines, sealed, words_of};

/// How goods are taken over.
pub(super) struct Taking<'a> {
    pub(super) offer: &'a str,
    pub(super) condition: Condition,
    /// What is not taken.
    pub(super) left: &'a [String],
    /// What stands on a seal that is broken.
    pub(super) seal: Option<&'a str>,
    pub(super) note: Option<&'a str>,
    /// Photos of what they are like.
    pub(super) evidence: &'a [String],
}

pub(super) fn accept(author: &Author<'_>, taking: &Taking<'_>) -> Result<Draft, Trouble> {
    let cited = parse_offer(taking.offer)?;
    let note = texts::optional(Field::Note, taking.note)?;
    // What a person typed and then chose another condition for is not said.
    let seal = match taking.condition {
        Condition::SealBroken => sealed::checked(taking.seal)?,
        Condition::Good | Condition::Shortage | Condition::Damage => None,
    };
    let offer = precheck::acceptable(author, &cited)?;
    let subject = *offer.subject();
    let stated = offer.contents().copied();
    if stated.is_some() && stated != author.view.contents_digest(&subject) {
        return Err(precheck::refused(
            author,
            &Refusal::ContentsChanged {
                subject,
                offer: Some(cited),
                latest: precheck::exists(author, &subject)?.newest_record(),
            },
        ));
    }
    let left = match taking.left {
        [] => Vec::new(),
        left => told::parse(left)?,
    };
    let taken = taken(author, &subject, &left);
    let body = Body::Accept {
        when: author.when,
        condition: words_of::core_condition(taking.condition),
        // What the giver stated no longer holds once something is left behind.
        contents: match left.is_empty() {
            true => stated,
            false => (!taken.is_empty()).then(|| Digest32::of_contents(&taken)),
        },
        left: left.clone(),
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::Accept, &[subject]);
    let said = SectionBody {
        measured: seal.iter().map(SealNumber::to_value).collect(),
        ..custody::section(author, &subject, None, note.clone())?
    };
    let readers = author.for_operations([*offer.from(), author.member]);
    record.sections.push((readers, said));

    let mut lines = vec![lines::SIGN_ACCEPT.line([
        ("subject", author.subject_text(&subject)?),
        ("from", author.member_text(offer.from())),
    ])];
    lines.extend(words_of::contents(taken.len()));
    lines.extend(left_behind(author, &left)?);
    lines.push(lines::SIGN_CONDITION.line([(
        "condition",
        Param::Key(words_of::condition_key(taking.condition).into()),
    )]));
    lines.extend(seal.iter().map(sealed::line));
    lines.extend(words_of::note(note));
    let mut records = vec![record];
    if !taking.evidence.is_empty() {
        let photos = photos(author, &subject, taking)?;
        lines.extend(photos.lines);
        records.extend(photos.records);
        for record in &mut records {
            // No photo without the acceptance that it is of.
            record.group = Some(0);
        }
    }
    let mut draft = Draft::new(records, lines).resting_on(author.view, &[subject]);
    draft.warnings = told::standing(author, &cited);
    draft.warnings.extend(told::inspections(author, &subject)?);
    draft.warnings.extend(told::pledged(author, &subject));
    if let Some(seal) = &seal {
        let differs = sealed::differs(author.look, &subject, seal)?;
        draft.warnings.extend(differs);
    }
    Ok(draft)
}

/// What is inside of what is taken over.
fn taken(author: &Author<'_>, subject: &SubjectId, left: &[SubjectId]) -> BTreeSet<SubjectId> {
    let mut taken = author.view.all_contents(subject);
    for content in left {
        taken.remove(content);
        for inside in author.view.all_contents(content) {
            taken.remove(&inside);
        }
    }
    taken
}

fn left_behind(author: &Author<'_>, left: &[SubjectId]) -> Result<Vec<Line>, Trouble> {
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let count = Param::Number(left.len() as u64);
    let mut said = vec![lines::SIGN_LEFT.line([("count", count)])];
    said.extend(told::each(author, left)?);
    Ok(said)
}

/// Evidence stands in attestations. What is taken in good order and yet photographed has a reason.
fn photos(author: &Author<'_>, subject: &SubjectId, taking: &Taking<'_>) -> Result<Draft, Trouble> {
    let verdict = match taking.condition {
        Condition::Good => Verdict::Conditional,
        Condition::Shortage | Condition::Damage | Condition::SealBroken => Verdict::Fail,
    };
    let seen = inspect::Seen {
        subject: &subject.to_string(),
        verdict,
        note: None,
        measured: &[],
        evidence: taking.evidence,
        public: false,
    };
    inspect::attest(author, &seen)
}

pub(super) fn decline(
    author: &Author<'_>,
    offer: &str,
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let cited = parse_offer(offer)?;
    let note = texts::optional(Field::Note, note)?;
    let offer = precheck::offered(author, &cited)?;
    let subject = *offer.subject();
    let audience = author.for_operations([*offer.from(), author.member]);
    let said = lines::SIGN_DECLINE.line([
        ("subject", author.subject_text(&subject)?),
        ("from", author.member_text(offer.from())),
    ]);
    let body = Body::Decline { when: author.when };
    refuse(author, (body, subject), audience, (said, note))
}

/// An addressee's no, to custody or to title.
pub(super) fn refuse(
    author: &Author<'_>,
    (body, subject): (Body, SubjectId),
    audience: AudienceDraft,
    (said, note): (Line, Option<String>),
) -> Result<Draft, Trouble> {
    let cites = author.view.cites_for(body.kind(), &[subject]);
    let mut record = record(body, vec![subject]).citing(cites);
    record.sections.push((
        audience,
        SectionBody {
            codes: told::codes(author, &[subject])?,
            note: note.clone(),
            ..SectionBody::default()
        },
    ));
    let mut lines = vec![said];
    lines.extend(words_of::note(note));
    Ok(Draft::new(vec![record], lines).resting_on(author.view, &[subject]))
}
