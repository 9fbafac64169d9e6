//! Custody is offered to a member or to a pick-up code; what was offered to a code is handed out.

use chopmark_core::{
    Body, Kind, Party, PickupCode, PickupCodeError, PickupHash, Refusal, SectionBody, SubjectId,
};
use chopmark_view::{Failure, Line, Param};

use super::{Author, Draft, parse_member, parse_offer, parse_subject, precheck, record, told};
use crate::texts::{self, Field};
use crate::trouble::{self, Trouble};
use crate::{failure, learn, lines, words_of};

pub(super) fn offer(
    author: &Author<'_>,
    subject: &str,
    to: &str,
    place: Option<&str>,
) -> Result<Draft, Trouble> {
    let subject = parse_subject(subject)?;
    let to = parse_member(author, to)?;
    let said = lines::SIGN_OFFER.line([
        ("subject", author.subject_text(&subject)?),
        ("to", author.member_text(&to)),
    ]);
    offer_to(author, (&subject, to.into()), said, place)
}

/// For a receiver without a device: the record holds no more than the hash of a code.
pub(super) fn offer_to_code(
    author: &Author<'_>,
    subject: &str,
    hash: &str,
    place: Option<&str>,
) -> Result<Draft, Trouble> {
    let subject = parse_subject(subject)?;
    let to = Party::Bearer(parse_hash(hash)?);
    let said = lines::SIGN_OFFER_CODE.line([
        ("subject", author.subject_text(&subject)?),
        ("hash", Param::Text(words_of::party_text(author.view, &to))),
    ]);
    offer_to(author, (&subject, to), said, place)
}

fn offer_to(
    author: &Author<'_>,
    (subject, to): (&SubjectId, Party),
    said: Line,
    place: Option<&str>,
) -> Result<Draft, Trouble> {
    let subject = *subject;
    let place = texts::optional(Field::Place, place)?;
    let state = precheck::exists(author, &subject)?;
    precheck::loose(author, &subject)?;
    precheck::held(author, &subject)?;
    precheck::may_move(author, &subject)?;
    precheck::not_on_offer(author, &subject)?;
    let expires = author.not_before().plus(author.view.policy().offer_life_ms);
    let contents = author.view.all_contents(&subject);
    let body = Body::Offer {
        when: author.when,
        to,
        expires,
        contents: author.view.contents_digest(&subject),
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::Offer, &[subject]);
    let parties = to.member().copied().into_iter().chain([author.member]);
    record.sections.push((
        author.for_operations(parties),
        section(author, &subject, place.clone(), None)?,
    ));

    let mut lines = vec![said];
    lines.extend(words_of::contents(contents.len()));
    lines.extend(words_of::place(place));
    lines.push(lines::SIGN_EXPIRES.line([("time", Param::Time(expires.0))]));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &[subject]);
    draft.warnings = told::inspections(author, &subject)?;
    draft.warnings.extend(told::pledged(author, &subject));
    // A first hand-over is the last moment at which the maker can still inspect.
    if state.owner().is(&author.member)
        && contents.is_empty()
        && learn::attested(author.store, author.view, &subject)?.is_none()
    {
        draft.warnings.push(lines::WARN_NOT_INSPECTED.line([]));
    }
    Ok(draft)
}

/// Hands over to whoever told the code. A wrong one is refused here: nothing is signed, and the
/// offer stands as before.
pub(super) fn pick_up(
    author: &Author<'_>,
    offer: &str,
    code: &str,
    place: Option<&str>,
) -> Result<Draft, Trouble> {
    let cited = parse_offer(offer)?;
    let place = texts::optional(Field::Place, place)?;
    let code: PickupCode = code.parse().map_err(|error| not_a_code(&error))?;
    let offer = precheck::offered_to_code(author, &cited)?;
    let subject = *offer.subject();
    if *offer.to() != Party::Bearer(code.hash(&author.genesis.id(), &subject)) {
        return Err(precheck::refused(
            author,
            &Refusal::WrongPickupCode {
                subject,
                offer: cited,
            },
        ));
    }
    let body = Body::PickUp {
        when: author.when,
        code,
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::PickUp, &[subject]);
    record.sections.push((
        author.for_operations([author.member]),
        section(author, &subject, place.clone(), None)?,
    ));
    let mut lines = vec![lines::SIGN_PICK_UP.line([("subject", author.subject_text(&subject)?)])];
    lines.extend(words_of::contents(author.view.all_contents(&subject).len()));
    lines.extend(words_of::place(place));
    let mut draft = Draft::new(vec![record], lines).resting_on(author.view, &[subject]);
    draft.warnings = told::standing(author, &cited);
    draft.warnings.extend(told::pledged(author, &subject));
    Ok(draft)
}

/// Reads the hash that goes into an offer. The code itself must never stand there: it would be
/// in the ledger before the parcel is.
fn parse_hash(text: &str) -> Result<PickupHash, Failure> {
    let text = text.trim().to_ascii_lowercase();
    text.parse().map_err(|_| match text.parse::<PickupCode>() {
        Ok(_) => failure::PICKUP_CODE_ITSELF.failure([]),
        Err(_) => failure::PICKUP_HASH.failure([]),
    })
}

fn not_a_code(error: &PickupCodeError) -> Failure {
    match error {
        PickupCodeError::Character(character) => failure::PICKUP_CODE_CHARACTER
            .failure([("character", Param::Text(character.to_string()))]),
        PickupCodeError::Length { found } => {
            failure::PICKUP_CODE_LENGTH.failure([("found", Param::Number(*found as u64))])
        }
        other => trouble::internal(other.to_string()),
    }
}

/// What both parties of a hand-over may read.
pub(super) fn section(
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
