//! What a phone writes: lawful as far as it knows, and it knows little.

use chopmark_core::{
    Body, Code, Condition, Genesis, Kind, RecordDraft, SubjectId, TimeMs, TzMinutes, When,
};

use super::{Phone, Seen};
use crate::broken::Broken;
use crate::chance::Chance;

/// Most of what a network does, and more often what can clash.
const WISHES: [Kind; 18] = [
    Kind::Commission,
    Kind::Commission,
    Kind::Offer,
    Kind::Offer,
    Kind::Offer,
    Kind::Accept,
    Kind::Accept,
    Kind::Accept,
    Kind::Decline,
    Kind::OfferTitle,
    Kind::OfferTitle,
    Kind::TakeTitle,
    Kind::TakeTitle,
    Kind::Pledge,
    Kind::Release,
    Kind::Pack,
    Kind::Unpack,
    Kind::Observe,
];

/// What a record does, for stories.
pub(super) fn word(draft: &RecordDraft) -> String {
    format!("{:?}", draft.body.kind()).to_lowercase()
}

impl Phone {
    pub(super) fn drafts(
        &mut self,
        genesis: &Genesis,
        now: TimeMs,
        chance: &mut Chance,
    ) -> Result<Vec<RecordDraft>, Broken> {
        let when = When {
            time: now,
            tz: TzMinutes::default(),
        };
        if self.is_admin && !self.registered {
            self.registered = true;
            let prefix = self.prefix.clone();
            let body = Body::RegisterPrefix {
                prefix,
                member: self.member,
            };
            return Ok(vec![RecordDraft::new(body, Vec::new())]);
        }
        let mut drafts = Vec::new();
        for _ in 0..chance.between(1, 3) {
            let wish = chance.pick(&WISHES).copied().unwrap_or(Kind::Commission);
            let draft = self.answer(wish, when, chance);
            let draft = draft.or_else(|| self.about_own(wish, when, chance));
            match draft {
                Some(draft) => drafts.push(draft),
                None => drafts.push(self.commission(genesis, when, chance)?),
            }
        }
        Ok(drafts)
    }

    /// Answers what others offered or pledged.
    fn answer(&self, wish: Kind, when: When, chance: &mut Chance) -> Option<RecordDraft> {
        match wish {
            Kind::Accept => {
                let (subject, offer) = *chance.pick(&self.known.offers)?;
                let condition = Condition::Good;
                let body = Body::Accept {
                    when,
                    condition,
                    contents: None,
                    left: Vec::new(),
                };
                Some(RecordDraft::new(body, vec![subject]).citing(vec![offer]))
            }
            Kind::Decline => {
                let (subject, offer) = *chance.pick(&self.known.offers)?;
                Some(RecordDraft::new(Body::Decline { when }, vec![subject]).citing(vec![offer]))
            }
            Kind::TakeTitle => {
                let (subject, offer) = *chance.pick(&self.known.sales)?;
                let contents = None;
                let body = Body::TakeTitle { when, contents };
                Some(RecordDraft::new(body, vec![subject]).citing(vec![offer]))
            }
            Kind::Release => {
                let subject = *chance.pick(&self.known.pledges)?;
                Some(RecordDraft::new(Body::Release { when }, vec![subject]))
            }
            _ => None,
        }
    }

    /// Does something with what it last saw in its member's hands. It mostly does not look
    /// whether that is still so: two phones of a member offer the same thing, and one is refused.
    fn about_own(&self, wish: Kind, when: When, chance: &mut Chance) -> Option<RecordDraft> {
        let careful = chance.permille(600);
        let fitting = |fits: fn(&Seen) -> bool| -> Vec<Seen> {
            let things = self.known.things.iter().copied();
            things.filter(|seen| !careful || fits(seen)).collect()
        };
        match wish {
            Kind::Offer => {
                let free = fitting(|seen| seen.held && !seen.on_offer && !seen.packed);
                let seen = *chance.pick(&free)?;
                let to = *chance.pick(&self.known.members)?;
                let life = chance.between(20_000, 400_000);
                let expires = when.time.plus(life);
                let body = Body::Offer {
                    when,
                    to: to.into(),
                    expires,
                    contents: None,
                };
                Some(RecordDraft::new(body, vec![seen.subject]).citing(vec![seen.last_custody]))
            }
            Kind::OfferTitle => {
                let free = fitting(|seen| seen.owned && !seen.on_sale && !seen.pledged);
                let seen = *chance.pick(&free)?;
                let to = *chance.pick(&self.known.members)?;
                let life = chance.between(20_000, 400_000);
                let body = Body::OfferTitle {
                    when,
                    to: to.into(),
                    expires: when.time.plus(life),
                    contents: None,
                };
                Some(RecordDraft::new(body, vec![seen.subject]).citing(vec![seen.last_title]))
            }
            Kind::Pledge => {
                let free = fitting(|seen| seen.owned && !seen.pledged);
                let seen = *chance.pick(&free)?;
                Some(RecordDraft::new(
                    Body::Pledge {
                        when,
                        to: self.bank,
                    },
                    vec![seen.subject],
                ))
            }
            Kind::Pack => {
                let free = fitting(|seen| seen.held && !seen.on_offer && !seen.packed);
                let container = *chance.pick(&free)?;
                let item = *chance.pick(&free)?;
                let named = vec![container.subject, item.subject];
                (container.subject != item.subject)
                    .then(|| RecordDraft::new(Body::Pack { when }, named))
            }
            Kind::Observe => {
                let seen = *chance.pick(&self.known.things)?;
                let step = "storing".to_owned();
                Some(RecordDraft::new(
                    Body::Observe { when, step },
                    vec![seen.subject],
                ))
            }
            _ => None,
        }
    }

    fn commission(
        &mut self,
        genesis: &Genesis,
        when: When,
        chance: &mut Chance,
    ) -> Result<RecordDraft, Broken> {
        let mut codes = Vec::new();
        for _ in 0..chance.between(1, 3) {
            // Now and then a serial that another phone of the member has used as well.
            let serial = match chance.permille(100) {
                true => format!("S{}", chance.below(20)),
                false => format!("P{}N{}", self.index, self.made),
            };
            self.made += 1;
            let code = Code::gtin_serial(&self.gtin, &serial).map_err(Broken::simulation)?;
            if codes.iter().all(|other: &Code| other.hash() != code.hash()) {
                codes.push(code);
            }
        }
        let body = Body::Commission {
            when,
            class: codes.first().map(Code::class).unwrap_or_default(),
            prefix: self.prefix.clone(),
            codes: codes.iter().map(Code::hash).collect(),
            quantity: None,
            activation: Vec::new(),
        };
        let subject = |code: &Code| -> SubjectId { code.subject(&genesis.id(), &self.member) };
        Ok(RecordDraft::new(body, codes.iter().map(subject).collect()))
    }
}
