use std::path::Path;

use anyhow::Result;
use chopmark_core::{
    BlockId, Body, Condition, MemberId, RecordDraft, RecordRef, StateView as _, SubjectId,
};

use crate::{
    Author, Dice, Network, Role,
    author::{now, when},
};

/// Things that each maker makes: few, so that devices are after the same ones.
const THINGS: usize = 12;
/// How long an offer stands, in milliseconds: longer than a run.
const OFFER_LIFE_MS: u64 = 24 * 3_600_000;
/// More is not signed while nothing becomes final: a phone in a dead spot fills no disk.
const OPEN: usize = 400;

/// A device that does what people do all day with what its member holds, as far as it knows.
pub(super) struct Writer {
    author: Author,
    number: usize,
    others: Vec<MemberId>,
    made: usize,
    signed: Vec<BlockId>,
}

/// What a device sees of a thing.
struct Seen {
    subject: SubjectId,
    custody: RecordRef,
    free: bool,
}

impl Writer {
    /// Joins a member.
    pub(super) async fn join(
        network: &Network,
        (member, role): (usize, Role),
        number: usize,
        folder: &Path,
    ) -> Result<Self> {
        let author = Author::join_member(network, member, role, folder).await?;
        author.send(chopmark_replica::Until::Exchanged).await?;
        let mine = author.member();
        let others = author.replica().read_final(|ledger| {
            let members = ledger.state().members().map(|(id, _)| *id);
            members.filter(|id| *id != mine).collect()
        });
        Ok(Self {
            author,
            number,
            others,
            made: 0,
            signed: Vec::new(),
        })
    }

    /// The device.
    pub(super) fn author(&self) -> &Author {
        &self.author
    }

    /// Every block that it signed, in order.
    pub(super) fn signed(&self) -> &[BlockId] {
        &self.signed
    }

    /// Signs one block, if there is anything to do.
    pub(super) fn write(&mut self, dice: &mut Dice) -> Result<bool> {
        if self.author.open_blocks() > OPEN {
            return Ok(false);
        }
        let Some(draft) = self.draft(dice)? else {
            return Ok(false);
        };
        self.signed.push(self.author.sign(&[draft])?);
        Ok(true)
    }

    fn draft(&mut self, dice: &mut Dice) -> Result<Option<RecordDraft>> {
        if self.author.is_maker() && self.made < THINGS {
            self.made += 1;
            let number = self.number * THINGS + self.made;
            return Ok(Some(self.author.commission(&[number])?));
        }
        let (held, offers) = self.look();
        let wish = dice.below(10);
        if wish < 4
            && let Some((subject, offer)) = dice.pick(&offers)
        {
            let body = Body::Accept {
                when: when(),
                condition: Condition::Good,
                contents: None,
                left: Vec::new(),
            };
            return Ok(Some(
                RecordDraft::new(body, vec![*subject]).citing(vec![*offer]),
            ));
        }
        let free: Vec<&Seen> = held.iter().filter(|seen| seen.free).collect();
        if wish < 8
            && let Some(seen) = dice.pick(&free)
            && let Some(to) = dice.pick(&self.others)
        {
            let body = Body::Offer {
                when: when(),
                to: (*to).into(),
                expires: now().plus(OFFER_LIFE_MS),
                contents: None,
            };
            let draft = RecordDraft::new(body, vec![seen.subject]);
            return Ok(Some(draft.citing(vec![seen.custody])));
        }
        let observe = |seen: &Seen| {
            let step = "storing".to_owned();
            RecordDraft::new(Body::Observe { when: when(), step }, vec![seen.subject])
        };
        Ok(dice.pick(&held).map(observe))
    }

    /// What its member holds, and what is offered to it, with what is not final yet.
    fn look(&self) -> (Vec<Seen>, Vec<(SubjectId, RecordRef)>) {
        let mine = self.author.member();
        self.author.replica().read(|_, pending| {
            let subjects = pending.subjects();
            let held = subjects.filter(|(_, subject)| subject.own_holder().is(&mine));
            let held = held.map(|(id, subject)| Seen {
                subject: *id,
                custody: subject.last_custody(),
                free: subject.open_offer().is_none(),
            });
            (held.collect(), pending.offers_to(&mine))
        })
    }
}
