//! What a device writes: what people do with goods, and now and then what clashes, on purpose.

use std::collections::BTreeSet;

use chopmark_core::{
    Body, Class, Condition, DeviceId, Kind, MemberId, RecordDraft, RecordRef, Right, StateView,
    SubjectId,
};

use crate::{
    Dice,
    author::{now, when},
};

/// How long an offer stands, in milliseconds: longer than a run.
const OFFER_LIFE_MS: u64 = 24 * 3_600_000;
/// What comes to a person's mind, and how often. What is taken comes more often than what is
/// given, so that things move.
const WISHES: [Kind; 15] = [
    Kind::Accept,
    Kind::Accept,
    Kind::Accept,
    Kind::Offer,
    Kind::Offer,
    Kind::TakeTitle,
    Kind::TakeTitle,
    Kind::OfferTitle,
    Kind::OfferTitle,
    Kind::Pledge,
    Kind::Release,
    Kind::Release,
    Kind::Pack,
    Kind::Unpack,
    Kind::Observe,
];
/// So often somebody does not look whether a thing is free.
const RECKLESS: u64 = 4;
/// And so often somebody sells, pledges or gives away a thing twice.
const DOUBLE: u64 = 4;

/// What a device sees of a thing of its member's.
struct Seen {
    subject: SubjectId,
    custody: RecordRef,
    title: RecordRef,
    /// In its hands, and in nothing else.
    held: bool,
    owned: bool,
    on_offer: bool,
    on_sale: bool,
    pledged: bool,
}

/// What a device knows, with what is not final yet.
pub(super) struct Known {
    may: BTreeSet<Kind>,
    things: Vec<Seen>,
    offers: Vec<(SubjectId, RecordRef)>,
    sales: Vec<(SubjectId, RecordRef)>,
    /// To its member.
    pledges: Vec<SubjectId>,
    /// What it could unpack, with the container.
    packed: Vec<(SubjectId, SubjectId)>,
    others: Vec<MemberId>,
    banks: Vec<MemberId>,
}

impl Known {
    /// What there is for a device of a member.
    pub(super) fn look(state: &dyn StateView, mine: MemberId, device: &DeviceId) -> Self {
        let author = state.member(&mine).zip(state.device(device));
        let may = |kind: &Kind| {
            author.is_some_and(|(member, device)| {
                state.policy().permits(member.class(), device.role(), *kind)
            })
        };
        let wishes = WISHES.into_iter().chain([Kind::Commission]);
        let of_title = |(_, at): &(SubjectId, RecordRef)| {
            let offer = state.offer(at);
            offer.is_some_and(|offer| offer.right() == Right::Title)
        };
        let (sales, offers) = state.offers_to(&mine).into_iter().partition(of_title);
        let others = || state.members().filter(|(id, _)| **id != mine);
        let banks = others().filter(|(_, member)| member.class() == Class::Bank);
        let mut known = Self {
            may: wishes.filter(may).collect(),
            things: Vec::new(),
            offers,
            sales,
            pledges: Vec::new(),
            packed: Vec::new(),
            others: others().map(|(id, _)| *id).collect(),
            banks: banks.map(|(id, _)| *id).collect(),
        };
        for (id, subject) in state.subjects() {
            let seen = Seen {
                subject: *id,
                custody: subject.last_custody(),
                title: subject.last_title(),
                held: subject.own_holder().is(&mine) && subject.inside().is_none(),
                owned: subject.owner().is(&mine),
                on_offer: subject.open_offer().is_some(),
                on_sale: subject.open_title_offer().is_some(),
                pledged: subject.pledge().is_some(),
            };
            if subject.pledge().is_some_and(|pledge| *pledge.to() == mine) {
                known.pledges.push(*id);
            }
            if seen.held {
                let inside = state.contents(id).into_iter();
                known.packed.extend(inside.map(|item| (*id, item)));
            }
            if seen.held || seen.owned {
                known.things.push(seen);
            }
        }
        known
    }

    /// Whether it may do this.
    pub(super) fn may(&self, kind: Kind) -> bool {
        self.may.contains(&kind)
    }

    /// What it does: nothing, one thing, or one thing and another that clashes with it. Each is
    /// for a block of its own.
    pub(super) fn drafts(&self, dice: &mut Dice) -> Vec<RecordDraft> {
        let wishes: Vec<Kind> = WISHES.into_iter().filter(|kind| self.may(*kind)).collect();
        let wish = dice.pick(&wishes).copied().unwrap_or(Kind::Observe);
        let draft = self.draft(wish, dice);
        let Some(draft) = draft.or_else(|| self.draft(Kind::Observe, dice)) else {
            return Vec::new();
        };
        let rival = match dice.one_in(DOUBLE) {
            true => self.rival(&draft, dice),
            false => None,
        };
        [draft].into_iter().chain(rival).collect()
    }

    fn draft(&self, wish: Kind, dice: &mut Dice) -> Option<RecordDraft> {
        let careful = !dice.one_in(RECKLESS);
        let fitting = |has: fn(&Seen) -> bool, is_free: fn(&Seen) -> bool| -> Vec<&Seen> {
            let things = self.things.iter();
            let things = things.filter(|seen| has(seen) && (!careful || is_free(seen)));
            things.collect()
        };
        let held = || fitting(|seen| seen.held, |seen| !seen.on_offer);
        let owned = || fitting(|seen| seen.owned, |seen| !seen.on_sale && !seen.pledged);
        let answer = |(subject, offer): &(SubjectId, RecordRef), body| {
            RecordDraft::new(body, vec![*subject]).citing(vec![*offer])
        };
        let (when, contents) = (when(), None);
        Some(match wish {
            Kind::Accept => {
                let (condition, left) = (Condition::Good, Vec::new());
                let body = Body::Accept {
                    when,
                    condition,
                    contents,
                    left,
                };
                answer(dice.pick(&self.offers)?, body)
            }
            Kind::TakeTitle => answer(dice.pick(&self.sales)?, Body::TakeTitle { when, contents }),
            Kind::Release => {
                let subject = *dice.pick(&self.pledges)?;
                RecordDraft::new(Body::Release { when }, vec![subject])
            }
            Kind::Offer => {
                let held = held();
                let seen = dice.pick(&held)?;
                let given = (seen.subject, seen.custody);
                answer(&given, offer(*dice.pick(&self.others)?))
            }
            Kind::OfferTitle => {
                let owned = owned();
                let seen = dice.pick(&owned)?;
                let given = (seen.subject, seen.title);
                answer(&given, sale(*dice.pick(&self.others)?))
            }
            Kind::Pledge => {
                let owned = owned();
                let seen = dice.pick(&owned)?;
                let to = *dice.pick(&self.banks)?;
                RecordDraft::new(Body::Pledge { when, to }, vec![seen.subject])
            }
            Kind::Pack => {
                let held = held();
                let (container, item) = (dice.pick(&held)?.subject, dice.pick(&held)?.subject);
                (container != item)
                    .then(|| RecordDraft::new(Body::Pack { when }, vec![container, item]))?
            }
            Kind::Unpack => {
                let (container, item) = *dice.pick(&self.packed)?;
                RecordDraft::new(Body::Unpack { when }, vec![container, item])
            }
            _ => {
                let seen = dice.pick(&self.things)?;
                let step = "storing".to_owned();
                RecordDraft::new(Body::Observe { when, step }, vec![seen.subject])
            }
        })
    }

    /// The same thing given, sold or pledged a second time: at most one of the two counts.
    fn rival(&self, draft: &RecordDraft, dice: &mut Dice) -> Option<RecordDraft> {
        let body = match &draft.body {
            Body::Offer { .. } => offer(*dice.pick(&self.others)?),
            Body::OfferTitle { .. } => sale(*dice.pick(&self.others)?),
            Body::Pledge { when, .. } => Body::Pledge {
                when: *when,
                to: *dice.pick(&self.banks)?,
            },
            _ => return None,
        };
        Some(RecordDraft {
            body,
            ..draft.clone()
        })
    }
}

fn offer(to: MemberId) -> Body {
    Body::Offer {
        when: when(),
        to: to.into(),
        expires: now().plus(OFFER_LIFE_MS),
        contents: None,
    }
}

fn sale(to: MemberId) -> Body {
    Body::OfferTitle {
        when: when(),
        to: to.into(),
        expires: now().plus(OFFER_LIFE_MS),
        contents: None,
    }
}
