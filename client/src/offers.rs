//! Offers of custody and of title as the screens list them.

use chopmark_core::{Body, Offer, RecordRef, Right, StateView as _};
use chopmark_view::{HandoverCard, Offered, Term};

use crate::holdings::Holdings;
use crate::home::ROWS;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::{blocks, words_of};

/// An offer whose grace is over stays on the list for a month: long enough to be offered again.
const LAPSED_SHOWN_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Offers of a right to this member that can still be answered.
pub(crate) fn incoming(look: &Look<'_>, right: Right) -> Result<Vec<HandoverCard>, Trouble> {
    let offers = look.view.offers_to(&look.me.member).into_iter();
    let of_right = |offer: &RecordRef| {
        let offer = look.view.offer(offer);
        offer.is_some_and(|offer| offer.right() == right && term(look, offer) != Term::Over)
    };
    cards(look, offers.map(|(_, offer)| offer).filter(of_right))
}

/// This member's offers that can still be answered.
pub(crate) fn outgoing(
    look: &Look<'_>,
    offers: impl Iterator<Item = RecordRef>,
) -> Result<Vec<HandoverCard>, Trouble> {
    let stands = |offer: &RecordRef| {
        let offer = look.view.offer(offer);
        offer.is_some_and(|offer| term(look, offer) != Term::Over)
    };
    cards(look, offers.filter(stands))
}

/// Offers of both rights, to and by this member, that nobody can answer any more.
pub(crate) fn lapsed(look: &Look<'_>, holdings: &Holdings) -> Result<Vec<HandoverCard>, Trouble> {
    let now = look.view.tip().time;
    let is_shown = |offer: &RecordRef| {
        look.view.offer(offer).is_some_and(|offer| {
            let shown_until = offer.stands_until().plus(LAPSED_SHOWN_MS);
            term(look, offer) == Term::Over && now <= shown_until
        })
    };
    let to_us = look.view.offers_to(&look.me.member).into_iter();
    let ours = holdings.offered().chain(holdings.title_offered());
    let all = to_us.map(|(_, offer)| offer).chain(ours);
    cards(look, all.filter(is_shown))
}

/// How an offer's time stands: by the newest checkpoint, as the rules judge it, and never by this
/// device's clock.
fn term(look: &Look<'_>, offer: &Offer) -> Term {
    let now = look.view.tip().time;
    match offer.stands_at(now) {
        true if now <= offer.expires() => Term::Open,
        true => Term::Grace {
            until_ms: offer.stands_until().0,
        },
        false => Term::Over,
    }
}

fn cards(
    look: &Look<'_>,
    offers: impl Iterator<Item = RecordRef>,
) -> Result<Vec<HandoverCard>, Trouble> {
    let mut cards: Vec<HandoverCard> = offers
        .filter_map(|offer| card(look, &offer).transpose())
        .collect::<Result<_, _>>()?;
    cards.sort_by(|a, b| (b.offered_ms, &b.offer).cmp(&(a.offered_ms, &a.offer)));
    cards.truncate(ROWS);
    Ok(cards)
}

/// The card of an offer, open or closed; none when the record is not one.
pub(crate) fn card(look: &Look<'_>, at: &RecordRef) -> Result<Option<HandoverCard>, Trouble> {
    let Some(block) = blocks::of(look.store, &at.block)? else {
        return Ok(None);
    };
    let Some(record) = block.records().get(usize::from(at.index)) else {
        return Ok(None);
    };
    let (of, when, to, expires) = match record.body() {
        Body::Offer {
            when, to, expires, ..
        } => (Offered::Custody, when, to, expires),
        Body::OfferTitle {
            when, to, expires, ..
        } => (Offered::Title, when, to, expires),
        _ => return Ok(None),
    };
    let Some(subject) = record.subjects().first() else {
        return Ok(None);
    };
    let Some(subject) = look.card(subject)? else {
        return Ok(None);
    };
    let open = look.view.offer(at);
    let from = block.header().member();
    Ok(Some(HandoverCard {
        offer: at.to_string(),
        of,
        subject,
        from: look.member_name(&from),
        ours: from == look.me.member,
        to: words_of::party(look.view, to),
        offered_ms: when.time.0,
        expires_ms: open.map_or(*expires, Offer::expires).0,
        term: open.map_or(Term::Over, |offer| term(look, offer)),
        status: look.status(at)?,
    }))
}
