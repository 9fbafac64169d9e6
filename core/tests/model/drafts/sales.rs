//! Who owns things, what is pledged, who supervises and who buys.

use super::*;

impl Story {
    /// A subject that the member owns, mostly.
    pub(super) fn owned_by(&mut self, of: MemberId) -> SubjectId {
        self.subject_that(|model, s| {
            let thing = model.world.things.get(&s);
            thing.is_some_and(|thing| thing.owner == of.into())
        })
    }

    pub(super) fn cite_of(
        &mut self,
        subject: SubjectId,
        pick: fn(&Thing) -> RecordRef,
    ) -> RecordRef {
        match self.model.world.things.get(&subject).map(pick) {
            Some(known) if !self.numbers.one_in(10) => known,
            _ => self.some_record(),
        }
    }

    pub(super) fn title(&mut self, of: MemberId) -> RecordDraft {
        let subject = self.owned_by(of);
        let cite = self.cite_of(subject, |thing| thing.last_title);
        let until = [TimeMs(0), self.now.plus(2000), FOREVER, FOREVER];
        let body = Body::OfferTitle {
            when: when(),
            to: self.some_member().into(),
            expires: *self.numbers.pick(&until).unwrap(),
            contents: self.contents(subject),
        };
        RecordDraft::new(body, vec![subject]).citing(vec![cite])
    }

    /// An offer of this kind that is open for the member, mostly.
    pub(super) fn some_offer(
        &mut self,
        title: bool,
        fits: impl Fn(&Offer) -> bool,
    ) -> (RecordRef, SubjectId) {
        let any = self.numbers.one_in(6);
        let offers = self.model.world.offers.iter();
        let offers: Vec<_> = offers
            .filter(|(_, o)| any || (o.title == title && o.fate == OfferFate::Open && fits(o)))
            .map(|(at, offer)| (*at, offer.subject))
            .collect();
        match self.numbers.pick(&offers) {
            Some(found) => *found,
            None => (self.some_record(), self.subject()),
        }
    }

    pub(super) fn title_answer(&mut self, of: MemberId) -> RecordDraft {
        let (cite, subject) = self.some_offer(true, |offer| offer.to == of.into());
        let body = if self.numbers.one_in(6) {
            Body::DeclineTitle { when: when() }
        } else {
            Body::TakeTitle {
                when: when(),
                contents: self.contents(subject),
            }
        };
        RecordDraft::new(body, vec![subject]).citing(vec![cite])
    }

    pub(super) fn declining(&mut self, of: MemberId) -> RecordDraft {
        let (cite, subject) = self.some_offer(false, |offer| offer.to == of.into());
        RecordDraft::new(Body::Decline { when: when() }, vec![subject]).citing(vec![cite])
    }

    pub(super) fn pledging(&mut self, of: MemberId) -> RecordDraft {
        let bank = [BANK, OTHER_BANK].iter().any(|n| member(*n) == of);
        if bank || self.numbers.one_in(8) {
            let subject = self.subject_that(|model, s| {
                let thing = model.world.things.get(&s);
                thing.is_some_and(|thing| thing.pledge.is_some())
            });
            return RecordDraft::new(Body::Release { when: when() }, vec![subject]);
        }
        let subject = self.owned_by(of);
        let to = match self.numbers.below(8) {
            0 => self.some_member(),
            1 | 2 => member(OTHER_BANK),
            _ => member(BANK),
        };
        RecordDraft::new(Body::Pledge { when: when(), to }, vec![subject])
    }

    pub(super) fn joining(&mut self, of: MemberId) -> RecordDraft {
        let held = move |model: &Model, s| model.world.holder(s) == Some(of.into());
        let parent = self.subject_that(|model, s| {
            held(model, s)
                && model
                    .world
                    .things
                    .get(&s)
                    .is_some_and(|thing| thing.document)
        });
        let child = self.subject_that(held);
        let mut named = vec![parent];
        named.extend([child].into_iter().filter(|child| *child != parent));
        if named.len() == 1 {
            named.extend(subjects().iter().find(|s| **s != parent));
        }
        let body = match self.numbers.one_in(3) {
            true => Body::Dissociate { when: when() },
            false => Body::Associate { when: when() },
        };
        RecordDraft::new(body, named)
    }

    pub(super) fn supervising(&mut self) -> RecordDraft {
        let hold = self.numbers.one_in(2);
        let subject = self.subject_that(|model, s| {
            let thing = model.world.things.get(&s);
            thing.is_some_and(|thing| thing.holds.is_empty() == hold)
        });
        let body = match hold {
            true => Body::Hold {
                when: when(),
                reason: "papers".to_owned(),
            },
            false => Body::Clear { when: when() },
        };
        RecordDraft::new(body, vec![subject])
    }

    pub(super) fn ending(&mut self, of: MemberId) -> RecordDraft {
        let subject = self.subject_that(|model, s| model.world.holder(s) == Some(of.into()));
        let body = Body::Decommission {
            when: when(),
            step: "destroying".to_owned(),
        };
        RecordDraft::new(body, vec![subject])
    }

    pub(super) fn consumers(&mut self, by: MemberId) -> RecordDraft {
        let resale = self.numbers.one_in(3);
        let subject = self.subject_that(|model, s| {
            let thing = model.world.things.get(&s);
            thing.is_some_and(|t| t.key.is_some() && t.activated == resale)
        });
        let network = genesis().id();
        let owner = owner_secret(self.numbers.byte_below(SECRETS)).public();
        let guess = self.numbers.byte_below(SECRETS);
        let thing = self.model.world.things.get(&subject).cloned();
        let cite = self.cite_of(subject, |thing| thing.last_title);
        let body = if resale {
            let current = (0..SECRETS).map(owner_secret).find(|secret| {
                thing
                    .as_ref()
                    .is_some_and(|t| t.owner == Party::Consumer(secret.public()))
            });
            let signer = match current {
                Some(current) if !self.numbers.one_in(5) => current,
                _ => owner_secret(guess),
            };
            // Now and then back to a member, which as a rule is the one that writes it.
            let to = match self.numbers.byte_below(6) {
                0 => Party::Member(by),
                1 | 2 => Party::Member(self.some_member()),
                _ => Party::Consumer(owner),
            };
            Body::Resell {
                when: when(),
                to,
                signature: signer.sign_resale(&network, &subject, &cite, &to),
            }
        } else {
            let true_one = (0..SECRETS).map(secret_of).find(|secret| {
                thing
                    .as_ref()
                    .is_some_and(|t| t.key == Some(secret.public()))
            });
            let secret = match true_one {
                Some(secret) if !self.numbers.one_in(5) => secret,
                _ => secret_of(guess),
            };
            Body::Activate {
                when: when(),
                owner,
                signature: secret.sign_activation(&network, &subject, &owner),
            }
        };
        RecordDraft::new(body, vec![subject]).citing(vec![cite])
    }

    /// An offer to whoever shows a code, or the code.
    pub(super) fn delivery(&mut self, of: MemberId) -> RecordDraft {
        let network = genesis().id();
        if self.numbers.one_in(2) {
            let subject = self.subject_that(|model, s| {
                let thing = model.world.things.get(&s);
                thing.is_some_and(|t| t.holder == of.into() && t.inside.is_none())
            });
            let cite = self.cite_of(subject, |thing| thing.last_custody);
            let code = pickup_code(self.numbers.byte_below(2));
            let body = Body::Offer {
                when: when(),
                to: Party::Bearer(code.hash(&network, &subject)),
                expires: FOREVER,
                contents: None,
            };
            return RecordDraft::new(body, vec![subject]).citing(vec![cite]);
        }
        let (cite, subject) = self.some_offer(false, |offer| {
            offer.from == of && offer.to.member().is_none()
        });
        let body = Body::PickUp {
            when: when(),
            code: pickup_code(self.numbers.byte_below(2)),
        };
        RecordDraft::new(body, vec![subject]).citing(vec![cite])
    }
}
