//! Offers, what becomes of them, and the end of things.

use std::collections::BTreeSet;

use super::{Open, Things};
use crate::history::verify::Fact;
use crate::rules::Refusal;
use crate::state::{ClosedOffer, Right};
use crate::{Party, PickupCode, RecordRef, SubjectId};

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
        thing.promised = true;
        thing.offer = Some(Open {
            at: fact.at,
            from: by,
            to,
        });
        Ok(())
    }

    /// What was left comes out and stays with the giver.
    pub(super) fn accept(
        &mut self,
        fact: &Fact<'_>,
        (subject, left): (&SubjectId, &[SubjectId]),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let offer = self.answered(fact, (subject, Right::Custody), chain)?;
        for content in left {
            if chain.contains(content) && !self.upwards(*content).contains(subject) {
                return Err(Refusal::NotInside {
                    subject: *content,
                    container: *subject,
                });
            }
            // Without the offer there is nothing to tell who the giver was.
            let giver = offer.map_or(fact.header.member(), |offer| offer.from);
            self.take_out(content, (giver, fact.at), chain)?;
        }
        self.close(
            fact,
            (subject, Right::Custody),
            ClosedOffer::Accepted { by: fact.at },
        );
        let thing = self.things.entry(*subject).or_default();
        thing.holder = Some(fact.header.member().into());
        thing.last_custody = Some(fact.at);
        Ok(())
    }

    /// The giver shows the code whose hash its offer holds.
    pub(super) fn pick_up(
        &mut self,
        fact: &Fact<'_>,
        (subject, code): (&SubjectId, &PickupCode),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let hash = code.hash(&self.genesis.id(), subject);
        if chain.contains(subject) {
            let offer = self.open(fact, (subject, Right::Custody))?;
            if offer.from != fact.header.member() {
                return Err(Refusal::NotHolder {
                    subject: *subject,
                    holder: offer.from.into(),
                });
            }
            match offer.to {
                Party::Bearer(wanted) if wanted == hash => {}
                Party::Bearer(_) => return Err(Refusal::WrongPickupCode { offer: offer.at }),
                addressee => {
                    return Err(Refusal::NotAddressee {
                        offer: offer.at,
                        addressee,
                    });
                }
            }
        }
        self.close(
            fact,
            (subject, Right::Custody),
            ClosedOffer::Accepted { by: fact.at },
        );
        let thing = self.things.entry(*subject).or_default();
        thing.holder = Some(Party::Bearer(hash));
        thing.last_custody = Some(fact.at);
        Ok(())
    }

    pub(super) fn decline(
        &mut self,
        fact: &Fact<'_>,
        (subject, right): (&SubjectId, Right),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        self.answered(fact, (subject, right), chain)?;
        self.close(
            fact,
            (subject, right),
            ClosedOffer::Declined { by: fact.at },
        );
        Ok(())
    }

    /// The open offer that a record answers, which is for the author's member; none is known of
    /// things outside the chain.
    pub(super) fn answered(
        &mut self,
        fact: &Fact<'_>,
        (subject, right): (&SubjectId, Right),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<Option<Open>, Refusal> {
        if !chain.contains(subject) {
            return Ok(None);
        }
        let offer = self.open(fact, (subject, right))?;
        if offer.to.is(&fact.header.member()) {
            Ok(Some(offer))
        } else {
            Err(Refusal::NotAddressee {
                offer: offer.at,
                addressee: offer.to,
            })
        }
    }

    /// The open offer that a record cites first.
    fn open(
        &mut self,
        fact: &Fact<'_>,
        (subject, right): (&SubjectId, Right),
    ) -> Result<Open, Refusal> {
        let cited = fact.record.cites().first().copied();
        let thing = self.things.entry(*subject).or_default();
        let open = thing.offer_mut(right).filter(|open| cited == Some(open.at));
        open.ok_or_else(|| {
            let before = cited.and_then(|offer| {
                let closed = self.closed_offers.get(&offer)?;
                Some(why_closed(offer, *closed))
            });
            before.unwrap_or(Refusal::NoSuchOffer { subject: *subject })
        })
    }

    pub(super) fn close(
        &mut self,
        fact: &Fact<'_>,
        (subject, right): (&SubjectId, Right),
        closed: ClosedOffer,
    ) {
        let thing = self.things.entry(*subject).or_default();
        *thing.offer_mut(right) = None;
        if right == Right::Custody {
            thing.promised = false;
        }
        if let Some(offer) = fact.record.cites().first() {
            self.closed_offers.entry(*offer).or_insert(closed);
        }
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
                self.check_not_pledged(&subject, chain)?;
            }
            let thing = self.things.entry(*subject).or_default();
            thing.decommissioned = Some(fact.at);
            // If this stands, the offers had expired.
            thing.offer = None;
            thing.title_offer = None;
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
