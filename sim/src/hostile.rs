//! What hostile validators do: an honest engine, and a tongue that says something else.

mod flood;

use std::collections::BTreeMap;

use chopmark_core::{Checkpoint, Proposal, ProposalHash, heartbeat};

use crate::ballots::{Pen, Said};
use crate::chance::Chance;
use crate::node::Node;

/// Old messages that are kept to be said again.
const KEPT: usize = 400;

/// How a validator behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
    Honest,
    /// Tells one half of the others one thing and the other half another, each signed.
    Equivocates,
    /// Says nothing, to some or to all, or says it to nobody but one.
    Withholds,
    /// Proposes checkpoints whose roots are wrong, votes for them, and passes the right ones on with
    /// wrong lists of blocks.
    Lies,
    /// Says again what was said before, by itself and by others.
    Replays,
    /// Lives in the past: decides again, and otherwise, what is final for long.
    Outdated,
    /// Sends what is malformed, oversized, old, far ahead, or of other keys, in great numbers.
    Floods,
}

impl Conduct {
    pub(crate) fn hostile(chance: &mut Chance) -> Self {
        const ALL: [Conduct; 6] = [
            Conduct::Equivocates,
            Conduct::Withholds,
            Conduct::Lies,
            Conduct::Replays,
            Conduct::Outdated,
            Conduct::Floods,
        ];
        chance.pick(&ALL).copied().unwrap_or(Self::Withholds)
    }
}

/// What a hostile validator remembers.
#[derive(Default)]
pub(crate) struct Mind {
    old: Vec<Vec<u8>>,
    /// The second proposal for each first.
    seconds: BTreeMap<ProposalHash, Option<Proposal>>,
}

impl Mind {
    /// It heard a message of another.
    pub(crate) fn hears(&mut self, message: &[u8], chance: &mut Chance) {
        if self.old.len() < KEPT {
            self.old.push(message.to_vec());
        } else if let Some(old) = {
            let at = chance.index(KEPT);
            self.old.get_mut(at)
        } {
            *old = message.to_vec();
        }
    }

    /// What it says to another instead of a message of its engine.
    pub(crate) fn says(
        &mut self,
        node: &Node,
        message: &[u8],
        to: usize,
        chance: &mut Chance,
    ) -> Vec<Vec<u8>> {
        let own = message.to_vec();
        match node.conduct {
            Conduct::Honest | Conduct::Outdated | Conduct::Floods => vec![own],
            Conduct::Withholds => match to % 3 == node.index % 3 || chance.permille(300) {
                true => vec![own],
                false => Vec::new(),
            },
            Conduct::Replays => {
                self.hears(message, chance);
                let mut all = vec![own];
                all.extend(chance.pick(&self.old).cloned());
                all
            }
            Conduct::Equivocates => match to % 2 {
                0 => vec![own],
                _ => self.other(node, message).unwrap_or_else(|| vec![own]),
            },
            Conduct::Lies => lie(node, message, chance).unwrap_or_else(|| vec![own]),
        }
    }

    /// The other thing that it signs in the place of a message.
    fn other(&mut self, node: &Node, message: &[u8]) -> Option<Vec<Vec<u8>>> {
        let pen = Pen {
            network: node.network(),
            key: &node.key,
        };
        Some(match Said::read(message)? {
            Said::Vote(vote) => {
                let value = match vote.value {
                    // Nothing, or the second proposal where there is one.
                    Some(value) => self
                        .seconds
                        .get(&value)
                        .and_then(Option::as_ref)
                        .map(Proposal::hash),
                    None => Some(ProposalHash::from_bytes([9; 32])),
                };
                vec![
                    pen.vote((vote.height, vote.round), vote.precommit, value)
                        .write(),
                ]
            }
            Said::Proposal(proposed, content) => {
                let first = Proposal::from_bytes(&content).ok()?;
                let ledger = node.peer()?.ledger();
                let second = heartbeat(ledger, first.header().time().plus(1)).into_proposal();
                let said = pen.proposal((proposed.height, proposed.round), proposed.polka, &second);
                self.seconds.insert(first.hash(), Some(second));
                vec![said.write()]
            }
            // A second decision needs a quorum.
            Said::Decided(_) => return None,
        })
    }

    /// What it says to everyone of its own accord.
    pub(crate) fn acts(&mut self, node: &Node, chance: &mut Chance) -> Vec<Vec<u8>> {
        match node.conduct {
            Conduct::Replays => {
                let again = (0..20).filter_map(|_| chance.pick(&self.old).cloned());
                again.collect()
            }
            Conduct::Outdated => outdated(node, chance).unwrap_or_default(),
            Conduct::Floods => flood::messages(node, &self.old, chance),
            _ => Vec::new(),
        }
    }
}

/// A proposal for a height that is final, another than was decided there, and votes for it.
fn outdated(node: &Node, chance: &mut Chance) -> Option<Vec<Vec<u8>>> {
    let pen = Pen {
        network: node.network(),
        key: &node.key,
    };
    let ledger = node.peer()?.ledger();
    let time = ledger.tip().time.plus(chance.between(1, 1000));
    let other = heartbeat(ledger, time).into_proposal();
    let newest = ledger.tip().height.0;
    let height = newest.saturating_sub(chance.below(5));
    let place = (height, u32::try_from(chance.below(4)).ok()?);
    let value = Some(other.hash());
    let said = [
        pen.proposal(place, None, &other),
        pen.vote(place, false, value),
        pen.vote(place, true, value),
    ];
    Some(said.iter().map(Said::write).collect())
}

/// A genuine header and its cosignatures beside another list of blocks: in another order for some of
/// the others, with a block that nobody has for the rest.
pub(crate) fn other_list(checkpoint: &Checkpoint, to: usize) -> Checkpoint {
    /// The list stands at the end, each id behind the two bytes of its length.
    const ENTRY: usize = 34;
    let mut bytes = checkpoint.to_bytes();
    let count = checkpoint.blocks().len();
    let first = bytes.len().saturating_sub(count.saturating_mul(ENTRY));
    match bytes.get_mut(first..) {
        Some(list) if count > 1 && to.is_multiple_of(2) => list.rotate_left(ENTRY),
        Some([.., last]) => *last ^= 1,
        _ => {}
    }
    let other = Checkpoint::from_bytes(&bytes).unwrap_or_else(|_| checkpoint.clone());
    let is_another = count == 0 || other.blocks() != checkpoint.blocks();
    debug_assert!(
        is_another && other.hash() == checkpoint.hash(),
        "the list no longer stands at the end"
    );
    other
}

/// A proposal whose header is wrong somewhere, and votes for it.
fn lie(node: &Node, message: &[u8], chance: &mut Chance) -> Option<Vec<Vec<u8>>> {
    let Said::Proposal(proposed, content) = Said::read(message)? else {
        return None;
    };
    let pen = Pen {
        network: node.network(),
        key: &node.key,
    };
    let wrong = wrong_header(&content, chance)?;
    let place = (proposed.height, proposed.round);
    let value = Some(wrong.hash());
    let said = [
        pen.proposal(place, proposed.polka, &wrong),
        pen.vote(place, false, value),
        pen.vote(place, true, value),
    ];
    Some(said.iter().map(Said::write).collect())
}

/// The proposal with a bit changed in one of the roots, at the end of its header.
fn wrong_header(content: &[u8], chance: &mut Chance) -> Option<Proposal> {
    let mut decoder = minicbor::Decoder::new(content);
    decoder.array().ok()?;
    let header = decoder.bytes().ok()?;
    // Two roots of 32 bytes, each behind its length.
    let from_end = [1, 35].get(chance.index(2)).copied()?;
    let end = decoder.position();
    let at = end.checked_sub(from_end).filter(|_| header.len() > 70)?;
    let mut bytes = content.to_vec();
    *bytes.get_mut(at)? ^= 1;
    Proposal::from_bytes(&bytes).ok()
}
