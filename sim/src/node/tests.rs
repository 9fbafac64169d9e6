//! One validator alone, and what the others say to it.

use chopmark_core::{Proposal, heartbeat};

use super::*;
use crate::ballots::{Pen, Said};
use crate::founding::{Consortium, Size};

/// One validator of four that has a voice here, and the keys of the others in their order.
struct Stage {
    node: Node,
    proposer: Arc<DeviceKey>,
    others: Vec<Arc<DeviceKey>>,
}

/// The validator that proposes the second round, with this clock.
fn stage(clock: Clock) -> Stage {
    let size = Size {
        members: 4,
        validators: 4,
        phones: 0,
    };
    let consortium = Consortium::of(size).unwrap();
    let mut keys: Vec<_> = consortium
        .seats
        .iter()
        .map(|seat| Arc::clone(&seat.peer))
        .collect();
    keys.sort_by_key(|key| key.id());
    // In turn, by height and round: the second at height 1.
    let proposer = Arc::clone(&keys[1]);
    let key = keys.remove(2);
    let setup = Setup {
        index: 0,
        duty: Duty::Validator,
        conduct: Conduct::Honest,
        key,
        all: Rc::default(),
        clock,
    };
    let genesis = Rc::new(consortium.genesis.clone());
    let mut node = Node::new(setup, &genesis, &Checked::default());
    node.start(Duration::ZERO);
    Stage {
        node,
        proposer,
        others: keys,
    }
}

impl Stage {
    fn hears(&mut self, from: &DeviceKey, said: impl Fn(&Pen<'_>) -> Said) {
        let network = self.node.network();
        let message = said(&Pen { network, key: from }).write();
        let Some(Running {
            peer,
            order: Some(order),
        }) = &mut self.node.running
        else {
            panic!("it does not run");
        };
        order.message(peer, from.id(), &message).unwrap();
    }

    /// What it votes at this moment.
    fn votes(&mut self, ms: u64) -> Vec<(bool, Option<chopmark_core::ProposalHash>)> {
        let polled = self.node.poll(Duration::from_millis(ms));
        assert!(matches!(polled, Some(Polled::Wait(_))));
        let out = std::mem::take(&mut self.node.running.as_mut().unwrap().peer.out);
        let votes = out.iter().filter_map(|message| match Said::read(message) {
            Some(Said::Vote(vote)) => Some((vote.precommit, vote.value)),
            _ => None,
        });
        votes.collect()
    }

    fn content(&self) -> Proposal {
        let right = Clock::default().now(Duration::from_millis(200)).wall;
        heartbeat(self.node.peer().unwrap().ledger(), right).into_proposal()
    }
}

/// A validator whose clock was an hour behind refused a checkpoint for ever, though the others
/// were locked on it and the clock had long been put right: with a fourth one away, the network
/// stood still (seed 3854).
#[test]
fn a_clock_that_is_off_does_not_outvote_a_quorum() {
    let mut stage = stage(Clock::ahead(-3_600_000));
    let content = stage.content();
    let value = Some(content.hash());
    let proposer = Arc::clone(&stage.proposer);
    stage.hears(&proposer, |pen| pen.proposal((1, 0), None, &content));
    assert_eq!(stage.votes(300), [(false, None)]);
    for other in stage.others.clone() {
        stage.hears(&other, |pen| pen.vote((1, 0), false, value));
    }
    assert_eq!(stage.votes(400), [(true, value)]);
}

/// Less than a quorum proves nothing about clocks.
#[test]
fn a_header_of_the_future_gets_no_vote_for_the_word_of_a_few() {
    let mut stage = stage(Clock::ahead(-3_600_000));
    let content = stage.content();
    let value = Some(content.hash());
    let proposer = Arc::clone(&stage.proposer);
    stage.hears(&proposer, |pen| pen.proposal((1, 0), None, &content));
    assert_eq!(stage.votes(300), [(false, None)]);
    for other in stage.others.clone().iter().take(2) {
        stage.hears(other, |pen| pen.vote((1, 0), false, value));
    }
    assert!(stage.votes(400).iter().all(|(_, voted)| voted.is_none()));
}
