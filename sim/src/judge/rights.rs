//! Who has what, by the records that were applied and nothing else.

use std::collections::BTreeMap;

use chopmark_core::{Body, MemberId, Record, RecordRef, SubjectId};

use crate::broken::Broken;

/// No thing is in itself, or packing is broken in another way: a bound ends the search.
const DEPTH: usize = 64;

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
    /// Of title.
    sales: BTreeMap<RecordRef, Offer>,
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
            (Body::OfferTitle { to, .. }, Some(subject)) => {
                let thing = self.things.get(&subject);
                if thing.is_none_or(|thing| thing.owner != by || thing.pledged_to.is_some()) {
                    return Err(broken(subject, "sold by who does not own it freely"));
                }
                if let Some(to) = to.member().copied() {
                    let from = by;
                    self.sales.insert(at, Offer { subject, from, to });
                }
            }
            (Body::TakeTitle { .. }, Some(subject)) => {
                let cited = record.cites().first();
                let sale = cited.and_then(|cite| self.sales.remove(cite));
                let sale = sale.filter(|sale| sale.subject == subject && sale.to == by);
                let free = |sale: &Offer| {
                    let thing = self.things.get(&subject);
                    thing
                        .is_some_and(|thing| thing.owner == sale.from && thing.pledged_to.is_none())
                };
                let Some(sale) = sale.filter(free) else {
                    return Err(broken(
                        subject,
                        "bought without a standing offer of its owner",
                    ));
                };
                self.sold(subject, &sale);
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

    /// Whoever sells a full case sells what is in it, as far as it is theirs.
    fn sold(&mut self, subject: SubjectId, sale: &Offer) {
        let moved = self.things.iter().filter(|(id, thing)| {
            thing.owner == sale.from && (**id == subject || self.is_in(id, subject))
        });
        let moved: Vec<_> = moved.map(|(id, _)| *id).collect();
        for id in moved {
            if let Some(thing) = self.things.get_mut(&id) {
                thing.owner = sale.to;
            }
        }
    }

    fn is_in(&self, subject: &SubjectId, container: SubjectId) -> bool {
        let inside = |subject: &SubjectId| self.things.get(subject)?.inside;
        std::iter::successors(inside(subject), inside)
            .take(DEPTH)
            .any(|around| around == container)
    }

    /// Who has what is around it.
    fn holder(&self, subject: SubjectId) -> Option<MemberId> {
        let mut at = self.things.get(&subject)?;
        for _ in 0..DEPTH {
            match at.inside {
                Some(container) => at = self.things.get(&container)?,
                None => break,
            }
        }
        Some(at.holder)
    }
}

#[cfg(test)]
mod tests {
    use chopmark_core::{
        BlockId, DeviceKey, NetworkId, Position, Readers, RecordDraft, Seq, TimeMs, UnsignedBlock,
        When,
    };

    use super::*;

    const THING: SubjectId = SubjectId::from_bytes([1; 32]);

    fn member(n: u8) -> MemberId {
        MemberId::from_bytes([n; 32])
    }

    fn at(n: u8) -> RecordRef {
        RecordRef {
            block: BlockId::from_bytes([n; 32]),
            index: 0,
        }
    }

    fn when() -> When {
        When {
            time: TimeMs(0),
            tz: chopmark_core::TzMinutes::default(),
        }
    }

    /// As a device writes it.
    fn written(draft: RecordDraft) -> Record {
        let key = DeviceKey::from_seed(&[1; 32]);
        let position = Position {
            network: NetworkId::from_bytes([1; 32]),
            member: member(1),
            device: key.id(),
            seq: Seq(0),
            prev: None,
            anchor: None,
            clock: TimeMs(0),
        };
        let block = UnsignedBlock::build(position, &[draft], &Readers::default(), &[0; 32]);
        let block = block.unwrap().sign(&key).unwrap().block.verify().unwrap();
        block.records()[0].clone()
    }

    fn sale(to: u8) -> Record {
        let body = Body::OfferTitle {
            when: when(),
            to: member(to).into(),
            expires: TimeMs(1),
            contents: None,
        };
        written(RecordDraft::new(body, vec![THING]))
    }

    fn purchase(offer: RecordRef) -> Record {
        let body = Body::TakeTitle {
            when: when(),
            contents: None,
        };
        written(RecordDraft::new(body, vec![THING]).citing(vec![offer]))
    }

    /// A ledger that applied both purchases would have two owners.
    #[test]
    fn a_thing_that_is_sold_twice_is_caught() {
        let mut rights = Rights::default();
        let thing = Thing {
            holder: member(1),
            owner: member(1),
            pledged_to: None,
            inside: None,
        };
        rights.things.insert(THING, thing);
        rights.take(at(1), member(1), &sale(2)).unwrap();
        rights.take(at(2), member(1), &sale(3)).unwrap();
        rights.take(at(3), member(2), &purchase(at(1))).unwrap();
        let broken = rights.take(at(4), member(3), &purchase(at(2)));
        assert!(matches!(broken, Err(Broken::Rights { .. })));
        let broken = rights.take(at(5), member(1), &sale(3));
        assert!(matches!(broken, Err(Broken::Rights { .. })));
    }
}
