use std::collections::BTreeSet;

use chopmark_core::{Body, Kind, MemberId, RecordRef, Refusal, SectionBody, SubjectId, Verdict};
use chopmark_view::{Condition, Line, Param};

use super::{Author, Draft, parse_subject, precheck, record};
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, learn, lines, words_of};

pub(super) fn offer(
    author: &Author<'_>,
    subject: &str,
    to: &str,
    place: Option<&str>,
) -> Result<Draft, Trouble> {
    let subject = parse_subject(subject)?;
    let to: MemberId = to
        .parse()
        .map_err(|_| failure::UNKNOWN_MEMBER.failure([]))?;
    let place = texts::optional(Field::Place, place)?;
    let state = precheck::exists(author, &subject)?;
    if let Some(container) = state.inside() {
        let refusal = Refusal::InsideContainer {
            subject,
            container: *container,
        };
        return Err(precheck::refused(author, &refusal));
    }
    precheck::held(author, &subject)?;
    precheck::may_move(author, &subject)?;
    precheck::not_on_offer(author, &subject)?;
    if author.view.member(&to).is_none() {
        return Err(failure::UNKNOWN_MEMBER.failure([]).into());
    }
    if to == author.member {
        return Err(failure::SELF_ADDRESSEE.failure([]).into());
    }
    let expires = author.not_before().plus(author.view.policy().offer_life_ms);
    let contents = author.view.all_contents(&subject);
    let body = Body::Offer {
        when: author.when,
        to: to.into(),
        expires,
        contents: author.view.contents_digest(&subject),
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::Offer, &[subject]);
    record.sections.push((
        author.for_operations([author.member, to]),
        section(author, &subject, place.clone(), None)?,
    ));

    let mut lines = vec![lines::SIGN_OFFER.line([
        ("subject", author.subject_text(&subject)?),
        ("to", author.member_text(&to)),
    ])];
    lines.extend(words_of::contents(contents.len()));
    lines.extend(words_of::place(place));
    lines.push(lines::SIGN_EXPIRES.line([("time", Param::Time(expires.0))]));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &[subject]);
    draft.warnings = inspections(author, &subject)?;
    // A first hand-over is the last moment at which the maker can still inspect.
    if state.owner().is(&author.member)
        && contents.is_empty()
        && learn::attested(author.store, author.view, &subject)?.is_none()
    {
        draft.warnings.push(lines::WARN_NOT_INSPECTED.line([]));
    }
    Ok(draft)
}

pub(super) fn accept(
    author: &Author<'_>,
    offer: &str,
    condition: Condition,
    note: Option<&str>,
) -> Result<Draft, Trouble> {
    let cited = words_of::parse_record(offer).ok_or_else(|| failure::NO_SUCH_OFFER.failure([]))?;
    let note = texts::optional(Field::Note, note)?;
    let offer = precheck::acceptable(author, &cited)?;
    let subject = *offer.subject();
    let stated = offer.contents().copied();
    if stated.is_some() && stated != author.view.contents_digest(&subject) {
        return Err(precheck::refused(
            author,
            &Refusal::ContentsChanged { subject },
        ));
    }
    let contents = author.view.all_contents(&subject);
    let body = Body::Accept {
        when: author.when,
        condition: words_of::core_condition(condition),
        contents: stated,
        left: Vec::new(),
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::Accept, &[subject]);
    record.sections.push((
        author.for_operations([*offer.from(), author.member]),
        section(author, &subject, None, note.clone())?,
    ));

    let mut lines = vec![lines::SIGN_ACCEPT.line([
        ("subject", author.subject_text(&subject)?),
        ("from", author.member_text(offer.from())),
    ])];
    lines.extend(words_of::contents(contents.len()));
    lines.push(lines::SIGN_CONDITION.line([(
        "condition",
        Param::Key(words_of::condition_key(condition).into()),
    )]));
    lines.extend(words_of::note(note));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &[subject]);
    draft.warnings = warnings(author, &cited);
    draft.warnings.extend(inspections(author, &subject)?);
    Ok(draft)
}

/// What the receiver should know: how firm the offer is.
fn warnings(author: &Author<'_>, offer: &RecordRef) -> Vec<Line> {
    /// An offer that ends within an hour may end before this phone is back on a network.
    const SOON_MS: u64 = 60 * 60 * 1000;
    let mut warnings = Vec::new();
    if author.firm.logged(&offer.block).is_none() {
        warnings.push(lines::WARN_OFFER_PENDING.line([]));
    }
    if let Some(expires) = author.view.offer(offer).map(|offer| offer.expires())
        && expires.0 < author.when.time.0.saturating_add(SOON_MS)
    {
        warnings.push(lines::WARN_OFFER_ENDS.line([("time", Param::Time(expires.0))]));
    }
    warnings
}

/// Failed inspections of what changes hands, one line for each member that found fault.
fn inspections(author: &Author<'_>, subject: &SubjectId) -> Result<Vec<Line>, Trouble> {
    /// Of a pallet only so many contents are looked through: bounds the work of one summary.
    const CONTENTS: usize = 256;
    let contents = author.view.all_contents(subject);
    let mut failed = BTreeSet::new();
    for subject in std::iter::once(subject).chain(contents.iter().take(CONTENTS)) {
        let attested = learn::attested(author.store, author.view, subject)?;
        failed.extend(
            attested
                .filter(|attested| attested.verdict == Verdict::Fail)
                .map(|attested| attested.by),
        );
    }
    let line = |member: &MemberId| {
        lines::WARN_FAILED_INSPECTION.line([("member", author.member_text(member))])
    };
    Ok(failed.iter().map(line).collect())
}

/// What both parties of a hand-over may read.
fn section(
    author: &Author<'_>,
    subject: &SubjectId,
    place: Option<String>,
    note: Option<String>,
) -> Result<SectionBody, Trouble> {
    let known = author.known(subject)?;
    Ok(SectionBody {
        codes: known
            .iter()
            .map(|known| known.code.element_string().to_owned())
            .collect(),
        product: known.and_then(|known| known.product),
        place,
        note,
        ..SectionBody::default()
    })
}
