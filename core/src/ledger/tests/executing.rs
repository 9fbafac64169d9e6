//! Proposals: run before they are final, and what gets no vote.

use super::*;
use crate::{CheckpointError, Cosignature, Height, ProposalTimeError};

#[test]
fn executing_changes_nothing_and_committing_is_applying() {
    let (mut net, batches) = lane();
    net.order(&batches[0]);
    net.order(&batches[1]);
    let before = net.ledger.snapshot_bytes();
    let proposed = propose(&net.ledger, &batches[2], net.now.plus(1)).unwrap();
    let executed = net.ledger.execute(proposed.proposal(), &net.blocks);
    let executed = executed.unwrap();
    assert_eq!(net.ledger.snapshot_bytes(), before);
    assert_eq!(executed.outcomes(), proposed.outcomes());

    let mut applying = net.ledger.clone();
    let checkpoint = proposed.proposal().clone().cosigned_alone(&net.peer);
    let verified = checkpoint.verify(applying.validators()).unwrap();
    let applied = applying.apply(&verified, &net.blocks).unwrap();
    let mut committing = net.ledger.clone();
    let committed = committing.commit(executed).unwrap();
    assert_eq!(committed.outcomes, applied.outcomes);
    assert_eq!(committed.first_index, applied.first_index);
    assert_eq!(committing.snapshot_bytes(), applying.snapshot_bytes());
    assert_eq!(committing.tip().header_hash, verified.checkpoint().hash());
}

#[test]
fn what_was_executed_before_the_ledger_went_on_is_not_committed() {
    let net = Net::with_prefix();
    let mut ledger = net.ledger.clone();
    let next = ledger.tip().height.0 + 1;
    let [one, other] = [5, 6].map(|ms| heartbeat(&net.ledger, net.now.plus(ms)));
    ledger.commit(one.clone()).unwrap();
    let late = ApplyError::Height {
        found: Height(next),
        expected: Height(next + 1),
    };
    assert_eq!(ledger.commit(other).err(), Some(late));
    // The next one after another checkpoint than this ledger's newest.
    let mut split = net.ledger.clone();
    split
        .commit(heartbeat(&net.ledger, net.now.plus(7)))
        .unwrap();
    let stranger = heartbeat(&split, net.now.plus(8));
    let error = ledger.commit(stranger).err();
    assert!(matches!(error, Some(ApplyError::Prev { .. })), "{error:?}");
    assert_eq!(ledger.tip().header_hash, one.hash());
}

/// Else whoever passes a proposal on could put another list beside the header that is voted for,
/// and who lacks a block could not tell (seed 7807 of the simulator as it was then).
#[test]
fn a_list_of_blocks_is_part_of_what_is_voted_for() {
    let (net, batches) = lane();
    let proposed = propose(&net.ledger, &batches[0], net.now).unwrap();
    let proposal = proposed.proposal();
    let mut blocks = proposal.blocks().to_vec();
    let mut id = *blocks[0].as_bytes();
    id[20] ^= 1;
    blocks[0] = BlockId::from_bytes(id);
    let other = Proposal::new(proposal.header().clone(), blocks);
    assert_eq!(other.header().hash(), proposal.header().hash());
    assert_ne!(other.hash(), proposal.hash());
}

#[test]
fn a_state_that_the_rules_do_not_give_is_not_voted_for() {
    let (net, batches) = lane();
    let proposed = propose(&net.ledger, &batches[0], net.now).unwrap();
    let mut header = proposed.proposal().header().clone();
    assert_ne!(*header.state_root(), net.ledger.state_root());
    header.state_root = net.ledger.state_root();
    let lie = Proposal::new(header, proposed.proposal().blocks().to_vec());
    let error = net.ledger.execute(&lie, &net.blocks).err();
    assert_eq!(error, Some(ApplyError::StateRoot));
}

#[test]
fn a_proposal_has_one_spelling() {
    let (net, batches) = lane();
    let proposal = propose(&net.ledger, &batches[0], net.now).unwrap();
    let proposal = proposal.into_proposal();
    let bytes = proposal.to_bytes();
    assert_eq!(Proposal::from_bytes(&bytes).as_ref(), Ok(&proposal));
    for end in 0..bytes.len() {
        let cut = Proposal::from_bytes(&bytes[..end]);
        assert!(matches!(cut, Err(CheckpointError::Malformed(_))), "{end}");
    }
    let mut header = proposal.header().clone();
    header.block_count += 1;
    let listed = proposal.blocks().len();
    let longer = Proposal::new(header, proposal.blocks().to_vec());
    assert_eq!(
        Proposal::from_bytes(&longer.to_bytes()),
        Err(CheckpointError::BlockCount {
            header: listed as u64 + 1,
            listed
        })
    );
}

#[test]
fn a_vote_is_a_cosignature_of_this_header() {
    let net = Net::new();
    let (voted, other) = (empty(&net.ledger, START), empty(&net.ledger, START.plus(9)));
    let vote = voted.cosign(&net.peer);
    assert_eq!(vote.verify(voted.header()), Ok(()));
    let key = net.peer.id();
    assert_eq!(
        vote.verify(other.header()),
        Err(CheckpointError::BadCosignature { key })
    );
    let bytes = vote.to_bytes();
    assert_eq!(Cosignature::from_bytes(&bytes), Ok(vote.clone()));
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        let checked = Cosignature::from_bytes(&altered).and_then(|c| c.verify(voted.header()));
        assert!(checked.is_err(), "byte {place}");
    }
    // Votes come in any order; a checkpoint has them by key.
    let mut votes: Vec<_> = [1, 2, 3].map(|n| voted.cosign(&device_key(n))).into();
    votes.sort_by_key(|vote| std::cmp::Reverse(vote.key()));
    let checkpoint = voted.into_checkpoint(votes);
    let signed = checkpoint.signed_header().cosignatures();
    assert!(signed.is_sorted_by_key(Cosignature::key));
}

#[test]
fn a_time_too_far_ahead_gets_no_vote() {
    let net = Net::new();
    let tip = net.ledger.tip();
    let now = tip.time.plus(60_000);
    let latest = now.plus(crate::limits::PROPOSAL_AHEAD_MS);
    let asked = |time, now| empty(&net.ledger, time).check_time(tip, now);
    assert_eq!(asked(latest, now), Ok(()));
    let found = latest.plus(1);
    let ahead = ProposalTimeError::Ahead { found, latest };
    assert_eq!(asked(found, now), Err(ahead));
    // A voter whose clock was set back takes the least step, or nothing would go on.
    let (least, back) = (tip.time.plus(1), TimeMs(tip.time.0 - 3_600_000));
    assert_eq!(asked(least, back), Ok(()));
    assert!(asked(least.plus(1), back).is_err());
    let mut header = empty(&net.ledger, now).header().clone();
    header.time = tip.time;
    let (found, tip_time) = (tip.time, tip.time);
    let old = ProposalTimeError::NotAfterTip {
        found,
        tip: tip_time,
    };
    assert_eq!(
        Proposal::new(header, Vec::new()).check_time(tip, now),
        Err(old)
    );
}
