//! What owners pledged to banks.

use std::collections::BTreeSet;

use super::{Pledged, Things};
use crate::history::verify::Fact;
use crate::rules::Refusal;
use crate::{Class, MemberId, Party, RecordRef, SubjectId};

impl Things<'_> {
    /// Pledges of what is not in the chain are noted, too: the subject may be packed into it.
    pub(super) fn pledge(
        &mut self,
        fact: &Fact<'_>,
        to: MemberId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        match self.class_of(&to) {
            Some(Class::Bank) => {}
            Some(_) => return Err(Refusal::NotABank { member: to }),
            None => return Err(Refusal::UnknownMember { member: to }),
        }
        for subject in fact.record.subjects() {
            if chain.contains(subject) {
                self.check_owner(subject, fact.header.member().into())?;
                self.check_not_pledged(subject, chain)?;
            }
            let thing = self.things.entry(*subject).or_default();
            thing.pledge = Some(Pledged {
                by: fact.at,
                owner: fact.header.member(),
                to,
            });
            // If this stands, an offer of it had expired.
            thing.title_offer = None;
        }
        Ok(())
    }

    pub(super) fn release(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        for subject in fact.record.subjects() {
            let thing = self.things.entry(*subject).or_default();
            if chain.contains(subject) {
                let subject = *subject;
                match thing.pledge {
                    None => {
                        let latest = thing.newest;
                        return Err(Refusal::NotPledged { subject, latest });
                    }
                    Some(Pledged { to: bank, by, .. }) if bank != fact.header.member() => {
                        return Err(Refusal::NotYourPledge { subject, bank, by });
                    }
                    Some(_) => {}
                }
            }
            thing.pledge = None;
        }
        Ok(())
    }

    /// Refuses when the owner of a thing pledged it, or a thing of the chain around or inside it.
    pub(super) fn check_not_pledged(
        &self,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let owner = self.owner_of(subject);
        let around = self.upwards(*subject);
        let inside = chain
            .iter()
            .filter(|id| self.upwards(**id).contains(subject))
            .copied();
        let mut reached = around.into_iter().chain(inside);
        match reached.find_map(|id| self.pledged_by_owner(&id, owner)) {
            Some((on, by)) => Err(pledged(subject, on, by)),
            None => Ok(()),
        }
    }

    /// Refuses when two pledges of its owner reach a thing of the chain.
    pub(super) fn check_reached_once(&self, chain: &BTreeSet<SubjectId>) -> Result<(), Refusal> {
        for subject in chain {
            let owner = self.owner_of(subject);
            let around = self.upwards(*subject);
            let mut pledges = around
                .iter()
                .filter_map(|id| self.pledged_by_owner(id, owner));
            if let Some((_, first)) = pledges.next()
                && let Some((on, by)) = pledges.find(|(_, by)| *by != first)
            {
                return Err(pledged(subject, on, by));
            }
        }
        Ok(())
    }

    /// Refuses when a pledge on a container reaches what would come out of it.
    pub(super) fn check_may_come_out(
        &self,
        item: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let inside = |id: &&SubjectId| self.upwards(**id).contains(item);
        let owners: BTreeSet<Party> = chain
            .iter()
            .filter(inside)
            .filter_map(|id| self.owner_of(id))
            .collect();
        for container in self.upwards(*item).iter().skip(1) {
            for owner in &owners {
                if let Some((on, by)) = self.pledged_by_owner(container, Some(*owner)) {
                    return Err(pledged(item, on, by));
                }
            }
        }
        Ok(())
    }

    /// The bank that a thing is pledged to, by itself or with what it is in.
    pub(in crate::history) fn pledged_to(&self, subject: &SubjectId) -> Option<MemberId> {
        let owner = self.owner_of(subject);
        let around = self.upwards(*subject);
        let pledged = around
            .iter()
            .find(|id| self.pledged_by_owner(id, owner).is_some())?;
        Some(self.things.get(pledged)?.pledge?.to)
    }

    /// A thing and the record that pledged it, if this owner did.
    fn pledged_by_owner(
        &self,
        subject: &SubjectId,
        owner: Option<Party>,
    ) -> Option<(SubjectId, RecordRef)> {
        let pledge = self.things.get(subject)?.pledge?;
        let by_owner = owner?.is(&pledge.owner);
        by_owner.then_some((*subject, pledge.by))
    }
}

fn pledged(subject: &SubjectId, on: SubjectId, by: RecordRef) -> Refusal {
    let subject = *subject;
    Refusal::Pledged { subject, on, by }
}
