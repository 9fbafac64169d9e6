//! Title, apart from custody: offered, taken, not taken.

use chopmark_core::{Body, Kind, Party, RecordDraft, Right, SectionBody, SubjectId};
use chopmark_view::Param;

use super::{
    Author, Draft, accept, custody, parse_member, parse_offer, parse_subject, precheck, record,
    told,
};
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{lines, words_of};

pub(super) fn offer(
    author: &Author<'_>,
    subject: &str,
    to: &str,
    terms: Option<&str>,
) -> Result<Draft, Trouble> {
    let subject = parse_subject(subject)?;
    let to = parse_member(author, to)?;
    let terms = texts::optional(Field::Terms, terms)?;
    precheck::exists(author, &subject)?;
    let expires = author.not_before().plus(author.view.policy().offer_life_ms);
    let body = Body::OfferTitle {
        when: author.when,
        to: to.into(),
        expires,
        contents: author.view.contents_digest(&subject),
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::OfferTitle, &[subject]);
    tell(author, &mut record, (to.into(), terms.clone()))?;
    let mut lines = vec![lines::SIGN_OFFER_TITLE.line([
        ("subject", author.subject_text(&subject)?),
        ("to", author.member_text(&to)),
    ])];
    lines.extend(words_of::contents(owned_inside(
        author,
        &subject,
        &author.member.into(),
    )));
    lines.extend(words_of::terms(terms));
    lines.push(lines::SIGN_EXPIRES.line([("time", Param::Time(expires.0))]));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &[subject]);
    draft.warnings = told::inspections(author, &subject)?;
    Ok(draft)
}

pub(super) fn take(author: &Author<'_>, offer: &str, note: Option<&str>) -> Result<Draft, Trouble> {
    let cited = parse_offer(offer)?;
    let note = texts::optional(Field::Note, note)?;
    let offer = precheck::offered_of(author, &cited, Right::Title)?;
    let (subject, from) = (*offer.subject(), *offer.from());
    let body = Body::TakeTitle {
        when: author.when,
        contents: author.view.contents_digest(&subject),
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::TakeTitle, &[subject]);
    tell(author, &mut record, (from.into(), note.clone()))?;
    let mut lines = vec![lines::SIGN_TAKE_TITLE.line([
        ("subject", author.subject_text(&subject)?),
        ("from", author.member_text(&from)),
    ])];
    lines.extend(words_of::contents(owned_inside(
        author,
        &subject,
        &from.into(),
    )));
    lines.extend(words_of::note(note));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &[subject]);
    draft.warnings = told::standing(author, &cited);
    draft.warnings.extend(told::inspections(author, &subject)?);
    // It is theirs, and someone else has it: the next step is a hand-over.
    if let Some(holder) = author.view.holder_of(&subject)
        && !holder.is(&author.member)
    {
        let holder = Param::Text(words_of::party_text(author.view, &holder));
        draft
            .warnings
            .push(lines::WARN_HELD_BY.line([("holder", holder)]));
    }
    Ok(draft)
}

pub(super) fn decline(
    author: &Author<'_>,
    offer: &str,
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let cited = parse_offer(offer)?;
    let note = texts::optional(Field::Note, note)?;
    let offer = precheck::offered_of(author, &cited, Right::Title)?;
    let (subject, from) = (*offer.subject(), *offer.from());
    let said = lines::SIGN_DECLINE_TITLE.line([
        ("subject", author.subject_text(&subject)?),
        ("from", author.member_text(&from)),
    ]);
    let audience = author.for_operations([from, author.member]);
    let body = Body::DeclineTitle { when: author.when };
    accept::refuse(author, (body, subject), audience, (said, note))
}

/// Money is told to those who handle it, on both sides; what the thing is, to those as well who
/// handle goods and take title in a shop.
pub(super) fn tell(
    author: &Author<'_>,
    record: &mut RecordDraft,
    (other, terms): (Party, Option<String>),
) -> Result<(), Trouble> {
    let parties = || other.member().copied().into_iter().chain([author.member]);
    let subjects = record.subjects.clone();
    let body = |note: Option<String>| -> Result<SectionBody, Trouble> {
        match subjects.as_slice() {
            [subject] => custody::section(author, subject, None, note),
            many => Ok(SectionBody {
                codes: told::codes(author, many)?,
                note,
                ..SectionBody::default()
            }),
        }
    };
    let (money, goods) = (
        author.for_finance(parties()),
        author.for_operations(parties()),
    );
    if money != goods {
        record.sections.push((goods, body(None)?));
    }
    // First: what regulators are told is what stands in the first section.
    record.sections.insert(0, (money, body(terms)?));
    Ok(())
}

/// What goes along: everything inside that the giver owns, too.
fn owned_inside(author: &Author<'_>, subject: &SubjectId, giver: &Party) -> usize {
    let owned = |id: &&SubjectId| {
        let state = author.view.subject(id);
        state.is_some_and(|state| state.owner() == giver)
    };
    author
        .view
        .all_contents(subject)
        .iter()
        .filter(owned)
        .count()
}
