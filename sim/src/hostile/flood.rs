//! Messages in great numbers, wrong in every way that one can be.

use chopmark_core::limits::MESSAGE_BYTES;
use chopmark_core::{DeviceKey, ProposalHash};

use crate::ballots::{Pen, Said};
use crate::chance::Chance;
use crate::node::Node;

/// So many at a time.
const AT_ONCE: u64 = 150;

/// One burst.
pub(super) fn messages(node: &Node, old: &[Vec<u8>], chance: &mut Chance) -> Vec<Vec<u8>> {
    (0..AT_ONCE)
        .filter_map(|_| one(node, old, chance))
        .collect()
}

/// A message that no honest validator sends.
pub(crate) fn one(node: &Node, old: &[Vec<u8>], chance: &mut Chance) -> Option<Vec<u8>> {
    let pen = Pen {
        network: node.network(),
        key: &node.key,
    };
    let height = node.height().saturating_add(1);
    let some = |chance: &mut Chance| {
        chance
            .permille(500)
            .then(|| ProposalHash::from_bytes(chance.bytes()))
    };
    Some(match chance.below(9) {
        0 => chance.bytes().to_vec(),
        1 if chance.permille(50) => vec![0; MESSAGE_BYTES.saturating_add(1)],
        2 => {
            // One bit of something that was said.
            let mut bytes = chance.pick(old)?.clone();
            let at = chance.index(bytes.len());
            *bytes.get_mut(at)? ^= 1 << chance.below(8);
            bytes
        }
        3 => {
            let past = height.saturating_sub(chance.between(1, 20));
            pen.vote((past, 0), chance.permille(500), some(chance))
                .write()
        }
        4 => {
            let far = height.saturating_add(chance.between(1, u64::MAX / 2));
            pen.vote((far, 0), chance.permille(500), some(chance))
                .write()
        }
        5 => {
            // Properly signed, in a round that nobody is in.
            let round = [1, 9, 11, 1_000_000, u32::MAX - 1, u32::MAX];
            let round = *chance.pick(&round)?;
            pen.vote((height, round), chance.permille(500), some(chance))
                .write()
        }
        6 => {
            // In the name of a key that is no validator's, or no more.
            let stranger = DeviceKey::from_seed(&chance.bytes());
            let pen = Pen {
                network: node.network(),
                key: &stranger,
            };
            pen.vote((height, 0), false, some(chance)).write()
        }
        7 => {
            // A proposal out of turn, on a round that is not over.
            let content = chopmark_core::heartbeat(node.peer()?.ledger(), crate::clock::START)
                .into_proposal();
            let round = u32::try_from(chance.below(12)).ok()?;
            let polka = u32::try_from(chance.below(14)).ok();
            pen.proposal((height, round), polka, &content).write()
        }
        _ => truncated(&pen, height, chance),
    })
}

fn truncated(pen: &Pen<'_>, height: u64, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = Said::write(&pen.vote((height, 0), false, None));
    bytes.truncate(chance.index(bytes.len()));
    bytes
}
