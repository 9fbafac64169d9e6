//! Offers, what becomes of them, and the end of things.

use std::collections::BTreeSet;

use super::Things;
use crate::history::verify::Fact;
use crate::rules::Refusal;
use crate::state::ClosedOffer;
use crate::{Party, RecordRef, SubjectId};

impl Things<'_> {
    pub(super) fn offer(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        to: Party,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let by = fact.header.member();
        let thing = self.things.entry(*subject).or_default();
        if chain.contains(subject) {
            let subject = *subject;
            if let Some(container) = thing.inside {
                return Err(Refusal::InsideContainer { subject, container });
            }
            if let Some(holder) = thing.holder.filter(|holder| !holder.is(&by)) {
                return Err(Refusal::NotHolder { subject, holder });
            }
            if let Some(latest) = thing.last_custody
                && fact.record.cites().first() != Some(&latest)
            {
                return Err(Refusal::StaleCustody { subject, latest });
            }
        }
        thing.offer = Some((fact.at, to));
        Ok(())
    }

    pub(super) fn accept(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        self.close_offer(fact, subject, chain, ClosedOffer::Accepted { by: fact.at })?;
        let thing = self.things.entry(*subject).or_default();
        thing.holder = Some(fact.header.member().into());
        thing.last_custody = Some(fact.at);
        Ok(())
    }

    pub(super) fn decline(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        self.close_offer(fact, subject, chain, ClosedOffer::Declined { by: fact.at })
    }

    /// Ends the open offer that a record cites first, by the member that it is for.
    fn close_offer(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
        closed: ClosedOffer,
    ) -> Result<(), Refusal> {
        let cited = fact.record.cites().first().copied();
        let thing = self.things.entry(*subject).or_default();
        if chain.contains(subject) {
            let open = thing.offer.filter(|(offer, _)| cited == Some(*offer));
            let Some((offer, addressee)) = open else {
                let before = cited.and_then(|offer| {
                    let closed = self.closed_offers.get(&offer)?;
                    Some(why_closed(offer, *closed))
                });
                return Err(before.unwrap_or(Refusal::NoSuchOffer { subject: *subject }));
            };
            if !addressee.is(&fact.header.member()) {
                return Err(Refusal::NotAddressee { offer, addressee });
            }
        }
        thing.offer = None;
        if let Some(offer) = cited {
            self.closed_offers.entry(offer).or_insert(closed);
        }
        Ok(())
    }

    pub(super) fn decommission(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let by = fact.header.member();
        for subject in fact.record.subjects() {
            if chain.contains(subject) {
                let subject = *subject;
                if let Some(holder) = self.holder_of(&subject).filter(|holder| !holder.is(&by)) {
                    return Err(Refusal::NotHolder { subject, holder });
                }
                if let Some(container) = self.things.get(&subject).and_then(|t| t.inside) {
                    return Err(Refusal::InsideContainer { subject, container });
                }
                let mut inside = chain.iter().filter_map(|s| Some((s, self.things.get(s)?)));
                if let Some((content, _)) = inside.find(|(_, t)| t.inside == Some(subject)) {
                    let content = *content;
                    return Err(Refusal::NotEmpty { subject, content });
                }
            }
            let thing = self.things.entry(*subject).or_default();
            thing.decommissioned = Some(fact.at);
            // If this stands, the offer had expired.
            thing.offer = None;
        }
        Ok(())
    }
}

/// How the ledger names that an offer was closed before.
fn why_closed(offer: RecordRef, closed: ClosedOffer) -> Refusal {
    match closed {
        ClosedOffer::Accepted { by } => Refusal::OfferUsed { offer, by },
        ClosedOffer::Declined { by } => Refusal::OfferDeclined { offer, by },
        ClosedOffer::Lapsed { at } => Refusal::OfferExpired { offer, at },
    }
}
