//! Who has what, as the records of a bundle say it: commissioning, packing and hand-over.
//!
//! Strict for the things of the chain, that is the subject and the containers around it; of
//! others it only notes what is said, since their history is not all here.

use std::collections::{BTreeMap, BTreeSet};

use super::verify::{Fact, Findings};
use super::{CheckKind, Problem};
use crate::rules::Refusal;
use crate::state::ClosedOffer;
use crate::{Body, CodeHash, Genesis, MemberId, RecordRef, SubjectId, limits};

/// What is known of a thing.
#[derive(Clone, Debug, Default)]
struct Thing {
    holder: Option<MemberId>,
    last_custody: Option<RecordRef>,
    inside: Option<SubjectId>,
    offer: Option<(RecordRef, MemberId)>,
    decommissioned: Option<RecordRef>,
}

/// Everything that is known of things.
pub(super) struct Things<'a> {
    genesis: &'a Genesis,
    things: BTreeMap<SubjectId, Thing>,
    closed_offers: BTreeMap<RecordRef, ClosedOffer>,
}

impl<'a> Things<'a> {
    pub(super) fn new(genesis: &'a Genesis) -> Self {
        Self {
            genesis,
            things: BTreeMap::new(),
            closed_offers: BTreeMap::new(),
        }
    }

    /// Nothing is written about what was decommissioned.
    pub(super) fn check_open(
        &self,
        subjects: &[SubjectId],
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        for subject in subjects.iter().filter(|s| chain.contains(s)) {
            if let Some(by) = self.things.get(subject).and_then(|t| t.decommissioned) {
                return Err(Refusal::Decommissioned {
                    subject: *subject,
                    by,
                });
            }
        }
        Ok(())
    }

    /// Takes in one record. What it breaks beside the rules of custody goes to the findings.
    pub(super) fn take(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        findings.look(CheckKind::Custody);
        let subjects = fact.record.subjects();
        let Some(first) = subjects.first() else {
            return Ok(());
        };
        match fact.record.body() {
            Body::Commission { codes, .. } => self.commission(fact, codes, chain, findings),
            Body::Pack { .. } => self.pack(fact, first, chain, findings),
            Body::Unpack { .. } => self.unpack(fact, first, chain),
            Body::Offer { to, .. } => {
                let founders = self.genesis.founders();
                if !founders.iter().any(|founder| founder.id() == *to) {
                    findings.note(Problem::NotRecognisedMember {
                        record: fact.at,
                        member: *to,
                    });
                }
                self.offer(fact, first, *to, chain)
            }
            Body::Accept { .. } => self.accept(fact, first, chain),
            Body::Decline { .. } => self.decline(fact, first, chain),
            Body::Decommission { .. } => self.decommission(fact, chain),
            _ => Ok(()),
        }
    }

    fn commission(
        &mut self,
        fact: &Fact<'_>,
        codes: &[CodeHash],
        chain: &BTreeSet<SubjectId>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let maker = fact.header.member();
        for (subject, code) in fact.record.subjects().iter().zip(codes) {
            if code.subject(&self.genesis.id(), &maker) != *subject {
                findings.note(Problem::WrongSubject { record: fact.at });
                continue;
            }
            if let Some(by) = self.things.get(subject).and_then(|t| t.last_custody)
                && chain.contains(subject)
            {
                return Err(Refusal::AlreadyCommissioned {
                    subject: *subject,
                    by,
                });
            }
            let thing = self.things.entry(*subject).or_default();
            thing.holder = Some(maker);
            thing.last_custody = Some(fact.at);
        }
        Ok(())
    }

    fn pack(
        &mut self,
        fact: &Fact<'_>,
        container: &SubjectId,
        chain: &BTreeSet<SubjectId>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let by = fact.header.member();
        let around = self.upwards(*container);
        let concerned = fact.record.subjects().iter().any(|s| chain.contains(s));
        if concerned {
            match self.holder_of(container) {
                Some(holder) if holder == by => {}
                Some(holder) => {
                    return Err(Refusal::NotHolder {
                        subject: *container,
                        holder,
                    });
                }
                None => findings.note(Problem::CustodyUnknown {
                    container: *container,
                    record: fact.at,
                }),
            }
        }
        for item in fact.record.subjects().iter().skip(1) {
            if chain.contains(item) {
                let thing = self.things.entry(*item).or_default();
                if let Some(inside) = thing.inside {
                    return Err(Refusal::AlreadyPacked {
                        subject: *item,
                        inside,
                    });
                }
                if let Some(holder) = thing.holder.filter(|holder| *holder != by) {
                    return Err(Refusal::DifferentHolders {
                        subject: *item,
                        holder,
                    });
                }
                if around.contains(item) {
                    return Err(Refusal::InsideItself { subject: *item });
                }
                // The item is packed nowhere, so it is the outermost of the chain.
                let levels = chain.len().saturating_sub(1).saturating_add(around.len());
                if levels > limits::PACKING_DEPTH {
                    return Err(Refusal::TooDeep { subject: *item });
                }
            }
            let thing = self.things.entry(*item).or_default();
            thing.inside = Some(*container);
            thing.offer = None;
        }
        self.end_offer(container);
        Ok(())
    }

    /// Nothing goes into or out of what is on offer: if this stands, the offer had expired, and
    /// nobody accepts it any more.
    fn end_offer(&mut self, container: &SubjectId) {
        if let Some(outermost) = self.upwards(*container).last()
            && let Some(thing) = self.things.get_mut(outermost)
        {
            thing.offer = None;
        }
    }

    fn unpack(
        &mut self,
        fact: &Fact<'_>,
        container: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let by = fact.header.member();
        if chain.contains(container)
            && let Some(holder) = self.holder_of(container).filter(|holder| *holder != by)
        {
            return Err(Refusal::NotHolder {
                subject: *container,
                holder,
            });
        }
        for item in fact.record.subjects().iter().skip(1) {
            let thing = self.things.entry(*item).or_default();
            if chain.contains(item) && thing.inside != Some(*container) {
                return Err(Refusal::NotInside {
                    subject: *item,
                    container: *container,
                });
            }
            thing.inside = None;
            thing.holder = Some(by);
            thing.last_custody = Some(fact.at);
        }
        self.end_offer(container);
        Ok(())
    }

    fn offer(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        to: MemberId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let by = fact.header.member();
        let thing = self.things.entry(*subject).or_default();
        if chain.contains(subject) {
            let subject = *subject;
            if let Some(container) = thing.inside {
                return Err(Refusal::InsideContainer { subject, container });
            }
            if let Some(holder) = thing.holder.filter(|holder| *holder != by) {
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

    fn accept(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        self.close_offer(fact, subject, chain, ClosedOffer::Accepted { by: fact.at })?;
        let thing = self.things.entry(*subject).or_default();
        thing.holder = Some(fact.header.member());
        thing.last_custody = Some(fact.at);
        Ok(())
    }

    fn decline(
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
            if addressee != fact.header.member() {
                return Err(Refusal::NotAddressee { offer, addressee });
            }
        }
        thing.offer = None;
        if let Some(offer) = cited {
            self.closed_offers.entry(offer).or_insert(closed);
        }
        Ok(())
    }

    fn decommission(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let by = fact.header.member();
        for subject in fact.record.subjects() {
            if chain.contains(subject) {
                let subject = *subject;
                if let Some(holder) = self.holder_of(&subject).filter(|holder| *holder != by) {
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

    pub(super) fn holder_of(&self, subject: &SubjectId) -> Option<MemberId> {
        let outermost = *self.upwards(*subject).last()?;
        self.things.get(&outermost)?.holder
    }

    /// A thing and the containers around it, outermost last. Bounded: these records may be
    /// anyone's.
    pub(super) fn upwards(&self, subject: SubjectId) -> Vec<SubjectId> {
        let mut around = vec![subject];
        let mut at = subject;
        while let Some(container) = self.things.get(&at).and_then(|thing| thing.inside)
            && around.len() <= limits::PACKING_DEPTH
        {
            around.push(container);
            at = container;
        }
        around
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
