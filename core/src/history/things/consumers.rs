//! The first owner outside the members, and those who come after.

use std::collections::BTreeSet;

use super::{Seal, Things};
use crate::history::verify::Fact;
use crate::rules::{Refusal, check_taker};
use crate::{ActivationPublic, Class, MemberId, OwnerKey, Party, RecordRef, SubjectId};

impl Things<'_> {
    pub(super) fn activate(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        (owner, signature): (&OwnerKey, &[u8; 64]),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let thing = self.things.get(subject);
        let (seal, title) = thing.map_or((Seal::Unknown, None), |t| (t.seal, t.title));
        let giver = title.map(|(owner, _)| owner);
        if chain.contains(subject) {
            let subject = *subject;
            self.check_last_title(fact, &subject)?;
            self.check_not_pledged(&subject, chain)?;
            match seal {
                Seal::Unknown => {}
                Seal::Bare(by) => return Err(Refusal::NoActivationKey { subject, by }),
                Seal::Opened(by) => return Err(Refusal::AlreadyActivated { subject, by }),
                Seal::Sealed(key, by) => key
                    .verify_activation(&self.genesis.id(), &subject, owner, signature)
                    .map_err(|_| Refusal::BadActivation { subject, by })?,
            }
        }
        let owner = Party::Consumer(*owner);
        self.give_title(fact, subject, (giver, owner), chain)?;
        if chain.contains(subject) {
            self.things.entry(*subject).or_default().seal = Seal::Opened(fact.at);
        }
        self.move_custody(fact, subject, (fact.header.member().into(), owner));
        Ok(())
    }

    pub(super) fn resell(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        (to, signature): (&Party, &[u8; 64]),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let title = self.things.get(subject).and_then(|thing| thing.title);
        if chain.contains(subject) {
            let subject = *subject;
            match title {
                Some((Party::Consumer(key), by)) => {
                    check_taker(to, &fact.header.member(), &subject)?;
                    self.check_last_title(fact, &subject)?;
                    if self.goes_along(&subject, Party::Consumer(key)) {
                        self.check_not_held(&subject, chain)?;
                    }
                    key.verify_resale(&self.genesis.id(), &subject, &by, to, signature)
                        .map_err(|_| Refusal::BadResale { subject, by })?;
                }
                Some((owner, by)) => return Err(Refusal::NotAConsumers { subject, owner, by }),
                None => {}
            }
        }
        let giver = title.map(|(owner, _)| owner);
        self.give_title(fact, subject, (giver, *to), chain)?;
        if let Some(giver) = giver {
            self.move_custody(fact, subject, (giver, *to));
        }
        Ok(())
    }

    /// Custody goes along where the one who gives has it, alone and not promised to another.
    fn goes_along(&self, subject: &SubjectId, from: Party) -> bool {
        self.things.get(subject).is_some_and(|thing| {
            let holder = thing.custody.map(|(holder, _)| holder);
            thing.inside.is_none() && holder == Some(from) && !thing.promised
        })
    }

    fn move_custody(&mut self, fact: &Fact<'_>, subject: &SubjectId, (from, to): (Party, Party)) {
        if self.goes_along(subject, from) {
            let thing = self.things.entry(*subject).or_default();
            thing.custody = Some((to, fact.at));
        }
    }

    /// The key under a thing's seal, while nobody opened it.
    pub(in crate::history) fn activation_key(
        &self,
        subject: &SubjectId,
    ) -> Option<ActivationPublic> {
        match self.things.get(subject)?.seal {
            Seal::Sealed(key, _) => Some(key),
            _ => None,
        }
    }

    /// The record that opened a thing's seal.
    pub(in crate::history) fn activated_by(&self, subject: &SubjectId) -> Option<RecordRef> {
        match self.things.get(subject)?.seal {
            Seal::Opened(by) => Some(by),
            _ => None,
        }
    }

    /// What says that a thing is nowhere where it is sold: in a container, or with a member that
    /// neither writes this nor sells to consumers.
    pub(in crate::history) fn with_no_seller(
        &self,
        subject: &SubjectId,
        author: &MemberId,
    ) -> Option<RecordRef> {
        let around = self.upwards(*subject);
        let (holder, by) = self.things.get(around.last()?)?.custody?;
        let sells = match holder {
            Party::Member(holder) if holder != *author => matches!(
                self.class_of(&holder),
                Some(Class::Retailer | Class::DeliveryPoint)
            ),
            _ => true,
        };
        let packed = around.len() > 1;
        (packed || !sells).then_some(by)
    }
}
