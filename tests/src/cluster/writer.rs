use std::path::Path;

use anyhow::Result;
use chopmark_core::{BlockId, Kind, RecordDraft};

use super::draft::Known;
use crate::{Author, Dice, Network, Role};

/// Things that each maker makes: few, so that devices are after the same ones.
const THINGS: usize = 12;
/// More is not signed while nothing becomes final: a phone in a dead spot fills no disk.
const OPEN: usize = 400;

/// A device that does what people do all day with what its member holds and owns, as far as it
/// knows.
pub(super) struct Writer {
    author: Author,
    number: usize,
    made: usize,
    signed: Vec<BlockId>,
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
        Ok(Self {
            author,
            number,
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

    /// Signs what there is to do, a block for each; how many.
    pub(super) fn write(&mut self, dice: &mut Dice) -> Result<usize> {
        if self.author.open_blocks() > OPEN {
            return Ok(0);
        }
        let drafts = self.drafts(dice)?;
        for draft in &drafts {
            let block = self.author.sign(std::slice::from_ref(draft))?;
            self.signed.push(block);
        }
        Ok(drafts.len())
    }

    fn drafts(&mut self, dice: &mut Dice) -> Result<Vec<RecordDraft>> {
        let (mine, device) = (self.author.member(), self.author.device());
        let replica = self.author.replica();
        let known = replica.read(|_, pending| Known::look(pending, mine, &device));
        if self.author.is_maker() && known.may(Kind::Commission) && self.made < THINGS {
            self.made += 1;
            let number = self.number * THINGS + self.made;
            return Ok(vec![self.author.commission(&[number])?]);
        }
        Ok(known.drafts(dice))
    }
}
