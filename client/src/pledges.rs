//! Pledges as the screens list them: to a bank, and of what an owner pledged.

use chopmark_core::{Body, Pledge, Record, StateView as _, SubjectId};
use chopmark_view::PledgeCard;

use crate::holdings::Holdings;
use crate::home::ROWS;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::{blocks, words_of};

/// Records looked through for the last place of a thing: bounds the work of one row.
const LOOKED_THROUGH: usize = 16;

/// Newest first.
pub(crate) fn cards(look: &Look<'_>, holdings: &Holdings) -> Result<Vec<PledgeCard>, Trouble> {
    let mut cards = Vec::new();
    for (subject, pledge) in holdings.pledges().take(ROWS) {
        cards.extend(card(look, subject, pledge)?);
    }
    Ok(cards)
}

/// None when the record is not here, or the subject is not.
pub(crate) fn card(
    look: &Look<'_>,
    subject: &SubjectId,
    pledge: &Pledge,
) -> Result<Option<PledgeCard>, Trouble> {
    let Some(state) = look.view.subject(subject) else {
        return Ok(None);
    };
    let Some(card) = look.card(subject)? else {
        return Ok(None);
    };
    let at = pledge.by();
    let block = blocks::of(look.store, &at.block)?;
    let body = block
        .as_ref()
        .and_then(|block| block.records().get(usize::from(at.index)))
        .map(Record::body);
    let Some(Body::Pledge { when, .. }) = body else {
        return Ok(None);
    };
    Ok(Some(PledgeCard {
        record: at.to_string(),
        subject: card,
        owner: words_of::party(look.view, state.owner()),
        bank: look.member_name(pledge.to()),
        ours: *pledge.to() == look.me.member,
        since_ms: when.time.0,
        place: last_place(look, subject)?,
        status: look.status(&at)?,
    }))
}

/// Where a thing was last, as far as this device may read: what it is packed in moves, so that
/// comes first.
fn last_place(look: &Look<'_>, subject: &SubjectId) -> Result<Option<String>, Trouble> {
    let containers = look.view.containers(subject);
    for id in containers.iter().rev().chain([subject]) {
        let place = look.newest_of(id, LOOKED_THROUGH, |body| body.place.clone())?;
        if place.is_some() {
            return Ok(place);
        }
    }
    Ok(None)
}
