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
        let from = fact.header.member();
        if chain.contains(subject) {
            self.check_loose(subject)?;
            self.check_holder(subject, &from)?;
            let cite = fact.record.cites().first().copied();
            if let Some((_, latest)) = self.custody_of(subject)
                && cite != Some(latest)
            {
                return Err(Refusal::StaleCustody {
                    subject: *subject,
                    latest,
                    cite,
                });
            }
        }
        let thing = self.things.entry(*subject).or_default();
        thing.promised = true;
        thing.offer = Some(Open {
            at: fact.at,
            from,
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
                return Err(self.not_inside(content, subject));
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
        thing.custody = Some((fact.header.member().into(), fact.at));
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
            let Open { at, from, to } = self.open(fact, (subject, Right::Custody))?;
            let (subject, offer) = (*subject, at);
            if from != fact.header.member() {
                // Of a container its beginning need not be shown; then the offer says who has it.
                let custody = self.things.get(&subject).and_then(|thing| thing.custody);
                return Err(Refusal::NotHolder {
                    subject,
                    holder: from.into(),
                    by: custody.map_or(offer, |(_, by)| by),
                });
            }
            match to {
                Party::Bearer(wanted) if wanted == hash => {}
                Party::Bearer(_) => return Err(Refusal::WrongPickupCode { subject, offer }),
                addressee => {
                    return Err(Refusal::NotAddressee {
                        subject,
                        offer,
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
        thing.custody = Some((Party::Bearer(hash), fact.at));
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
                subject: *subject,
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
                Some(Refusal::closed(*subject, offer, *closed))
            });
            before.unwrap_or(Refusal::NoSuchOffer {
                subject: *subject,
                cite: cited,
            })
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

    /// The record that ended a thing, or what it is packed in.
    pub(in crate::history) fn ended_by(&self, subject: SubjectId) -> Option<RecordRef> {
        let around = self.upwards(subject);
        let mut known = around.iter().filter_map(|thing| self.things.get(thing));
        known.find_map(|thing| thing.decommissioned)
    }

    pub(super) fn decommission(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let member = fact.header.member();
        for subject in fact.record.subjects() {
            if chain.contains(subject) {
                self.check_holder(subject, &member)?;
                self.check_loose(subject)?;
                let mut inside = chain
                    .iter()
                    .filter_map(|s| Some((*s, self.things.get(s)?.inside?)));
                if let Some((content, (_, by))) = inside.find(|(_, (around, _))| around == subject)
                {
                    return Err(Refusal::NotEmpty {
                        subject: *subject,
                        content,
                        by,
                    });
                }
                self.check_not_pledged(subject, chain)?;
            }
            let thing = self.things.entry(*subject).or_default();
            thing.decommissioned = Some(fact.at);
            // If this stands, the offers had expired.
            thing.offer = None;
            thing.title_offer = None;
        }
        Ok(())
    }

    /// Refuses when a thing lies in a container.
    pub(super) fn check_loose(&self, subject: &SubjectId) -> Result<(), Refusal> {
        match self.things.get(subject).and_then(|thing| thing.inside) {
            Some((container, by)) => Err(Refusal::InsideContainer {
                subject: *subject,
                container,
                by,
            }),
            None => Ok(()),
        }
    }
}
