//! Who has what, by the records that were applied and nothing else.

use std::collections::BTreeMap;

use chopmark_core::{Body, MemberId, Record, RecordRef, SubjectId};

use crate::broken::Broken;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offer {
    subject: SubjectId,
    from: MemberId,
    to: MemberId,
}

#[derive(Clone, Copy, Debug)]
struct Thing {
    holder: MemberId,
    owner: MemberId,
    pledged_to: Option<MemberId>,
    inside: Option<SubjectId>,
}

/// The rights in every thing, for whoever reads a log: of real peers, too.
#[derive(Default)]
pub struct Rights {
    things: BTreeMap<SubjectId, Thing>,
    offers: BTreeMap<RecordRef, Offer>,
}

impl Rights {
    /// A record was applied, as the next one in the log's order.
    ///
    /// # Errors
    /// [`Broken::Rights`] when it moved what its author's side did not have.
    pub fn take(&mut self, at: RecordRef, by: MemberId, record: &Record) -> Result<(), Broken> {
        let subjects = record.subjects();
        let first = subjects.first().copied();
        let broken = |subject: SubjectId, what| Broken::Rights {
            record: at,
            subject,
            what,
        };
        match (record.body(), first) {
            (Body::Commission { .. }, _) => {
                for subject in subjects {
                    let new = Thing {
                        holder: by,
                        owner: by,
                        pledged_to: None,
                        inside: None,
                    };
                    if self.things.insert(*subject, new).is_some() {
                        return Err(broken(*subject, "it was commissioned twice"));
                    }
                }
            }
            (Body::Offer { to, .. }, Some(subject)) => {
                if self.holder(subject) != Some(by) {
                    return Err(broken(subject, "offered by who does not hold it"));
                }
                if let Some(to) = to.member().copied() {
                    self.offers.insert(
                        at,
                        Offer {
                            subject,
                            from: by,
                            to,
                        },
                    );
                }
            }
            (Body::Accept { .. }, Some(subject)) => {
                // Each offer is taken out: a second acceptance finds none.
                let offer = record
                    .cites()
                    .first()
                    .and_then(|cite| self.offers.remove(cite));
                let from = offer.filter(|offer| offer.subject == subject && offer.to == by);
                let from = from.map(|offer| offer.from);
                if from.is_none() || self.holder(subject) != from {
                    return Err(broken(
                        subject,
                        "accepted without a standing offer of its holder",
                    ));
                }
                if let Some(thing) = self.things.get_mut(&subject) {
                    thing.holder = by;
                }
            }
            (Body::Pledge { to, .. }, _) => {
                for subject in subjects {
                    let thing = self.things.get_mut(subject);
                    let thing = thing.ok_or_else(|| broken(*subject, "pledged, and not there"))?;
                    if thing.owner != by {
                        return Err(broken(*subject, "pledged by who does not own it"));
                    }
                    if thing.pledged_to.replace(*to).is_some() {
                        return Err(broken(*subject, "pledged twice"));
                    }
                }
            }
            (Body::Release { .. }, _) => {
                for subject in subjects {
                    let pledged = self
                        .things
                        .get_mut(subject)
                        .and_then(|thing| thing.pledged_to.take());
                    if pledged != Some(by) {
                        return Err(broken(*subject, "released by who has no pledge"));
                    }
                }
            }
            (Body::Pack { .. }, Some(container)) => {
                for item in subjects.iter().skip(1) {
                    let thing = self.things.get_mut(item);
                    let thing = thing.ok_or_else(|| broken(*item, "packed, and not there"))?;
                    if thing.inside.replace(container).is_some() {
                        return Err(broken(*item, "packed twice"));
                    }
                }
            }
            (Body::Unpack { .. }, Some(container)) => {
                let holder = self.holder(container);
                for item in subjects.iter().skip(1) {
                    if let (Some(thing), Some(holder)) = (self.things.get_mut(item), holder) {
                        (thing.inside, thing.holder) = (None, holder);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Who has what is around it.
    fn holder(&self, subject: SubjectId) -> Option<MemberId> {
        let mut at = self.things.get(&subject)?;
        // No thing is in itself, or packing is broken in another way: a bound ends it.
        for _ in 0..64 {
            match at.inside {
                Some(container) => at = self.things.get(&container)?,
                None => break,
            }
        }
        Some(at.holder)
    }
}
