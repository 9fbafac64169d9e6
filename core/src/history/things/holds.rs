//! What authorities hold.

use std::collections::BTreeSet;

use super::Things;
use crate::history::verify::Fact;
use crate::rules::{Refusal, may_hold};
use crate::{MemberId, RecordRef, SubjectId};

impl Things<'_> {
    /// What is held outside the chain is no business of this history, and its clearing is not
    /// shown.
    pub(super) fn hold(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let member = fact.header.member();
        if !self.class_of(&member).is_some_and(may_hold) {
            return Err(Refusal::NotAnAuthority { member });
        }
        for subject in fact.record.subjects().iter().filter(|s| chain.contains(s)) {
            let thing = self.things.entry(*subject).or_default();
            if let Some(by) = thing.holds.get(&member) {
                return Err(Refusal::AlreadyHeld {
                    subject: *subject,
                    by: *by,
                });
            }
            thing.holds.insert(member, fact.at);
        }
        Ok(())
    }

    pub(super) fn clear(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        for subject in fact.record.subjects().iter().filter(|s| chain.contains(s)) {
            let thing = self.things.entry(*subject).or_default();
            if thing.holds.remove(&fact.header.member()).is_none() {
                let subject = *subject;
                return Err(match thing.holds.first_key_value() {
                    Some((_, by)) => Refusal::NotYourHold { subject, by: *by },
                    None => Refusal::NotHeld {
                        subject,
                        latest: thing.newest,
                    },
                });
            }
        }
        Ok(())
    }

    /// All things of the chain are in each other: if one of them moves, all do.
    pub(super) fn check_not_held(
        &self,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        match self.hold_among(chain.iter().copied()) {
            Some((on, _, by)) => Err(Refusal::Held {
                subject: *subject,
                on,
                by,
            }),
            None => Ok(()),
        }
    }

    /// Who holds the thing or a container around it.
    pub(in crate::history) fn held_by(&self, subject: SubjectId) -> Option<MemberId> {
        let (_, member, _) = self.hold_among(self.upwards(subject).into_iter())?;
        Some(member)
    }

    fn hold_among(
        &self,
        mut things: impl Iterator<Item = SubjectId>,
    ) -> Option<(SubjectId, MemberId, RecordRef)> {
        things.find_map(|subject| {
            let (member, by) = self.things.get(&subject)?.holds.first_key_value()?;
            Some((subject, *member, *by))
        })
    }
}
