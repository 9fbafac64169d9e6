//! Title: offered and taken, of a thing and of what is in it.

use std::collections::BTreeSet;

use super::{Open, Things};
use crate::history::verify::Fact;
use crate::rules::Refusal;
use crate::state::{ClosedOffer, Right};
use crate::{Party, RecordRef, SubjectId};

impl Things<'_> {
    pub(super) fn offer_title(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        to: Party,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let from = fact.header.member();
        if chain.contains(subject) {
            self.check_owner(subject, from.into())?;
            self.check_last_title(fact, subject)?;
            self.check_not_pledged(subject, chain)?;
        }
        if chain.contains(subject) {
            let at = fact.at;
            self.things.entry(*subject).or_default().title_offer = Some(Open { at, from, to });
        }
        Ok(())
    }

    pub(super) fn take_title(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let offer = self.answered(fact, (subject, Right::Title), chain)?;
        let giver = offer.map(|offer| Party::Member(offer.from));
        if let Some(giver) = giver {
            self.check_owner(subject, giver)?;
            self.check_not_pledged(subject, chain)?;
        }
        self.close(
            fact,
            (subject, Right::Title),
            ClosedOffer::Accepted { by: fact.at },
        );
        self.give_title(fact, subject, (giver, fact.header.member().into()), chain)
    }

    /// Title goes to a new owner, with what the giver owns inside.
    pub(super) fn give_title(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        (giver, to): (Option<Party>, Party),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let inside: Vec<SubjectId> = chain
            .iter()
            .filter(|id| self.upwards(**id).contains(subject))
            .filter(|id| giver.is_some() && self.owner_of(id) == giver)
            .copied()
            .collect();
        for id in inside.iter().chain([subject]) {
            if !chain.contains(id) {
                continue;
            }
            let thing = self.things.entry(*id).or_default();
            thing.title = Some((to, fact.at));
            // If this stands, an offer of it had expired.
            thing.title_offer = None;
        }
        self.check_reached_once(chain)
    }

    /// Refuses when someone else is known to own a thing.
    pub(super) fn check_owner(&self, subject: &SubjectId, party: Party) -> Result<(), Refusal> {
        match self.title_of(subject) {
            Some((owner, by)) if owner != party => Err(Refusal::NotOwner {
                subject: *subject,
                owner,
                by,
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn check_last_title(
        &self,
        fact: &Fact<'_>,
        subject: &SubjectId,
    ) -> Result<(), Refusal> {
        let cite = fact.record.cites().first().copied();
        match self.last_title(subject) {
            Some(latest) if cite != Some(latest) => Err(Refusal::StaleTitle {
                subject: *subject,
                latest,
                cite,
            }),
            _ => Ok(()),
        }
    }

    /// The newest record that moved title.
    pub(in crate::history) fn last_title(&self, subject: &SubjectId) -> Option<RecordRef> {
        self.title_of(subject).map(|(_, by)| by)
    }

    pub(in crate::history) fn owner_of(&self, subject: &SubjectId) -> Option<Party> {
        self.title_of(subject).map(|(owner, _)| owner)
    }

    fn title_of(&self, subject: &SubjectId) -> Option<(Party, RecordRef)> {
        self.things.get(subject)?.title
    }
}
