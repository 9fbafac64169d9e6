//! Watches everything, and says when a promise is broken. It knows none of the ledger's rules:
//! what rights came to is read off the log alone.

mod rights;

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    BlockId, DeviceId, Digest32, HeaderHash, Height, Outcome, ProposalHash, VerifiedBlock,
};

use crate::ballots::{Place, Said};
use crate::broken::Broken;
use crate::node::Node;
use crate::peer::News;
pub use rights::Rights;

/// The judge's notes.
#[derive(Default)]
pub(crate) struct Judge {
    heights: BTreeMap<Height, (HeaderHash, Digest32)>,
    rights: Rights,
    signed: BTreeMap<(DeviceId, Place), Option<ProposalHash>>,
    /// What honest phones were told is safe, and by which node.
    acknowledged: BTreeSet<(usize, BlockId)>,
    pub(crate) finals: BTreeSet<BlockId>,
    pub(crate) records: (usize, usize),
}

impl Judge {
    /// A checkpoint became final on an honest node.
    pub(crate) fn finished(&mut self, node: &Node, news: &News) -> Result<(), Broken> {
        let (height, found) = (news.height, news.header);
        if let Some((first, state)) = self.heights.get(&height) {
            if *first != found {
                let node = node.name();
                return Err(Broken::Disagreement {
                    node,
                    height,
                    found,
                    first: *first,
                });
            }
            if *state != news.state {
                return Err(Broken::OtherState {
                    node: node.name(),
                    height,
                });
            }
            return Ok(());
        }
        self.heights.insert(height, (found, news.state));
        self.finals.extend(&news.blocks);
        let peer = node
            .peer()
            .ok_or_else(|| Broken::simulation("news of a dead node"))?;
        for (at, outcome) in &news.applied.outcomes {
            let applied = *outcome == Outcome::Applied;
            match outcome {
                Outcome::Applied => self.records.0 += 1,
                Outcome::Refused(_) => self.records.1 += 1,
                _ => {}
            }
            let block: Option<&VerifiedBlock> = peer.block(&at.block);
            let record =
                block.and_then(|block| Some((block, block.records().get(usize::from(at.index))?)));
            if let Some((block, record)) = record.filter(|_| applied) {
                self.rights.take(*at, block.header().member(), record)?;
            }
        }
        Ok(())
    }

    /// A node sends a message to other validators.
    pub(crate) fn sends(&mut self, node: &Node, message: &[u8]) -> Result<(), Broken> {
        let said = Said::read(message).and_then(|said| said.signs());
        let Some((by, place, value)) = said.filter(|(by, ..)| *by == node.key.id()) else {
            return Ok(());
        };
        let first = self.signed.entry((by, place)).or_insert(value);
        if *first == value {
            return Ok(());
        }
        let what = format!("{place:?} for {first:?} and for {value:?}");
        Err(Broken::SignedTwice {
            node: node.name(),
            what,
        })
    }

    /// An honest node told an honest phone that it has a block.
    pub(crate) fn acknowledged(&mut self, node: usize, block: BlockId) {
        self.acknowledged.insert((node, block));
    }

    /// What was acknowledged is there, on a node that has just started.
    pub(crate) fn started(&self, node: &Node) -> Result<(), Broken> {
        let Some(peer) = node.peer() else {
            return Ok(());
        };
        let range = (node.index, BlockId::from_bytes([0; 32]))
            ..=(node.index, BlockId::from_bytes([255; 32]));
        match self
            .acknowledged
            .range(range)
            .find(|(_, block)| !peer.has(block))
        {
            None => Ok(()),
            Some((_, block)) => Err(Broken::Lost {
                node: node.name(),
                block: *block,
            }),
        }
    }

    /// The newest height that any honest node has.
    pub(crate) fn newest(&self) -> Height {
        self.heights
            .keys()
            .next_back()
            .copied()
            .unwrap_or(Height(0))
    }

    /// Blocks that were acknowledged and are in no checkpoint.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = &BlockId> {
        let open = |(_, block): &&(usize, BlockId)| !self.finals.contains(block);
        self.acknowledged
            .iter()
            .filter(open)
            .map(|(_, block)| block)
    }
}
