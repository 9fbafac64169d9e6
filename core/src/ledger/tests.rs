mod cosigning;
mod executing;
mod foreseen;
mod hostile;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::testnet::*;
use crate::{
    BlockId, Checkpoint, DeviceId, Kind, Outcome, Pending, Proposal, RecordRef, Refusal, Role, Seq,
    TimeMs, heartbeat, propose,
};

/// For tests that only need some network.
static NET: std::sync::LazyLock<Net> = std::sync::LazyLock::new(Net::new);

/// A store as a replica has it: every block, by place.
struct Held<'a>(&'a Net);

impl HeldFeeds for Held<'_> {
    fn block_at(&self, device: &DeviceId, seq: Seq) -> Option<BlockId> {
        let mut blocks = self.0.blocks.values();
        blocks
            .find(|b| b.header().device() == *device && b.header().seq() == seq)
            .map(VerifiedBlock::id)
    }

    fn statement(&self, block: &BlockId) -> Option<Vec<u8>> {
        Some(self.0.blocks.get(block)?.statement().to_vec())
    }
}

/// An empty proposal.
fn empty(ledger: &Ledger, now: TimeMs) -> Proposal {
    heartbeat(ledger, now).into_proposal()
}

/// A busy lane: two items, a case, and records that race, wait, and break rules.
fn lane() -> (Net, Vec<Vec<VerifiedBlock>>) {
    let mut net = Net::new();
    let registrations = net.registrations(PREFIX, FACTORY);
    let (factory, carrier, retailer) = (net.id(FACTORY), net.id(CARRIER), net.id(RETAILER));
    let codes = [code("A"), code("B"), case(1)];
    let draft = commission(PREFIX, &codes[..2], &net.genesis, factory);
    let cases = commission(PREFIX, &codes[2..], &net.genesis, factory);
    let (items, box_) = (draft.subjects.clone(), cases.subjects[0]);
    let made = net.staff(FACTORY, &[draft, cases]);
    let packed = net.staff(FACTORY, &[pack(box_, &items)]);
    let offered = net.staff(FACTORY, &[offer(box_, carrier, at(&made, 1))]);
    let taken = net.staff(CARRIER, &[accept(box_, first(&offered))]);
    let twice = net.admin(CARRIER, &[accept(box_, first(&offered))]);
    let onward = net.staff(CARRIER, &[offer(box_, retailer, first(&taken))]);
    let arrived = net.staff(RETAILER, &[accept(box_, first(&onward))]);
    let opened = net.staff(RETAILER, &[unpack(box_, &items[..1])]);
    let seen = net.staff(CUSTOMS, &[observe(&items).citing(vec![first(&arrived)])]);
    let device = entry(&device_key(50), Role::Courier);
    let enrolled = net.admin(CARRIER, &[enrol(carrier, device)]);
    let checkpoints = vec![
        registrations,
        vec![made, taken, arrived],
        vec![seen, twice, enrolled],
        vec![packed, offered, onward],
        vec![opened],
    ];
    (net, checkpoints)
}

/// Orders the lane and gives its checkpoints.
fn ordered_lane() -> (Net, Vec<Checkpoint>) {
    let (mut net, batches) = lane();
    for batch in &batches {
        net.order(batch);
    }
    let checkpoints = net.checkpoints.clone();
    (net, checkpoints)
}

fn replay(net: &Net, checkpoints: &[Checkpoint]) -> Ledger {
    let mut ledger = Ledger::new(&net.genesis);
    for checkpoint in checkpoints {
        let verified = checkpoint.clone().verify(ledger.validators()).unwrap();
        ledger.apply(&verified, &net.blocks).unwrap();
    }
    ledger
}

#[test]
fn a_case_goes_from_hand_to_hand_with_everything_in_it() {
    let (net, _) = ordered_lane();
    let state = net.ledger.state();
    let item = code("A").subject(&net.genesis.id(), &net.id(FACTORY));
    let other = code("B").subject(&net.genesis.id(), &net.id(FACTORY));
    let box_ = case(1).subject(&net.genesis.id(), &net.id(FACTORY));
    assert_eq!(state.holder_of(&item), Some(net.id(RETAILER).into()));
    assert_eq!(state.holder_of(&other), Some(net.id(RETAILER).into()));
    assert_eq!(state.containers(&item), []);
    assert_eq!(state.containers(&other), [box_]);
    assert_eq!(state.contents(&box_), [other]);
    assert_eq!(state.prefix_owner(&code("A")), Some(net.id(FACTORY)));
    // The newest record of each, and for an offer first what gave the item to its holder.
    let newest = |id| state.subject(id).unwrap().newest_record();
    let unpacked = newest(&item);
    assert_eq!(state.cites_for(Kind::Offer, &[item]), [unpacked]);
    assert_eq!(
        state.cites_for(Kind::Observe, &[item, other]),
        [unpacked, newest(&other)]
    );
    // Made, packed, seen, unpacked.
    assert_eq!(state.subject(&item).unwrap().count(), 4);
    let refused: Vec<_> = state
        .refusals()
        .map(|(_, refusal)| refusal.code())
        .collect();
    assert_eq!(refused, ["offer-used"]);
}

#[test]
fn records_that_come_before_what_they_build_on_wait_for_it() {
    let (mut net, batches) = lane();
    net.order(&batches[0]);
    net.order(&batches[1]);
    let (taken, arrived) = (first(&batches[1][1]), first(&batches[1][2]));
    let state = net.ledger.state();
    assert_eq!(state.waiting(&taken), Some(first(&batches[3][1])));
    assert_eq!(state.waiting(&arrived), Some(first(&batches[3][2])));
    net.order(&batches[2]);
    let applied = net.order(&batches[3]);
    let applied: Vec<RecordRef> = applied.outcomes.iter().map(|(at, _)| *at).collect();
    assert!(applied.contains(&taken) && applied.contains(&arrived));
    assert!(net.ledger.state().waiting(&arrived).is_none());
}

#[test]
fn a_snapshot_is_the_ledger() {
    let (mut net, batches) = lane();
    for batch in &batches[..3] {
        net.order(batch);
    }
    let bytes = net.ledger.snapshot_bytes();
    let mut copy = Ledger::from_snapshot(&net.genesis, &bytes).unwrap();
    assert_eq!(copy.state_digest(), net.ledger.state_digest());
    // And goes on like it: what waits is still waiting.
    for batch in &batches[3..] {
        net.order(batch);
        let checkpoint = net.checkpoints.last().unwrap().clone();
        let verified = checkpoint.verify(copy.validators()).unwrap();
        copy.apply(&verified, &net.blocks).unwrap();
    }
    assert_eq!(copy.snapshot_bytes(), net.ledger.snapshot_bytes());
    assert!(matches!(
        Ledger::from_snapshot(&net.genesis, &bytes[1..]),
        Err(SnapshotError::Damaged(_))
    ));
}

#[test]
fn a_fork_is_proven_ordered_as_refused_and_suspends() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let mut twin = Phone::new(device_key(22), net.id(CARRIER));
    let one = net.staff(CARRIER, &[observe(&[item])]);
    let drafts = [observe(&[item]), observe(&[item])];
    let other = twin.write(&net.genesis, &drafts, &mut net.sections);
    let error = net.ledger.admit(&other, &Held(&net)).unwrap_err();
    assert!(error.may_be_ordered());
    let AdmitError::Fork { proof } = error else {
        panic!("{error}");
    };
    assert_eq!(
        (proof.device(), proof.seq()),
        (net.staff_id(CARRIER), Seq(0))
    );
    assert_eq!(
        ForkProof::from_bytes(&proof.to_bytes()).as_ref(),
        Ok(&*proof)
    );
    let twice = ForkProof::new(one.statement().to_vec(), one.statement().to_vec());
    assert_eq!(twice, Err(ForkError::NoFork));

    net.order(&[one.clone(), other.clone()]);
    let outcomes = [&net.outcomes[&first(&one)], &net.outcomes[&first(&other)]];
    let applied = outcomes.iter().filter(|o| ***o == Outcome::Applied).count();
    assert_eq!(applied, 1, "the branch that is ordered first stands");
    let next = net.staff(CARRIER, &[observe(&[item])]);
    let device = net.staff_id(CARRIER);
    assert_eq!(
        net.ledger.admit(&next, &Held(&net)),
        // This test's store gives a block under its own id only.
        Err(AdmitError::Duplicate)
    );
    net.blocks.remove(&next.id());
    assert_eq!(
        net.ledger.admit(&next, &Held(&net)),
        Err(AdmitError::Suspended { device })
    );
    assert!(propose(&net.ledger, [&next], net.now).is_none());
}

#[test]
fn admission_names_what_is_wrong() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let held = net.staff(CARRIER, &[observe(&[item])]);
    let missing = net.staff(CARRIER, &[observe(&[item])]);
    let next = net.staff(CARRIER, &[observe(&[item])]);
    let admitted = |net: &Net, block| net.ledger.admit(block, &Held(net));
    assert_eq!(admitted(&net, &held), Err(AdmitError::Duplicate));
    net.blocks.remove(&next.id());
    assert_eq!(admitted(&net, &next), Ok(Admitted));
    net.blocks.remove(&missing.id());
    assert!(matches!(
        admitted(&net, &next),
        Err(AdmitError::MissingPrev { prev, .. }) if prev == Some(missing.id())
    ));

    let mut stranger = Phone::new(device_key(70), net.id(CARRIER));
    let block = stranger.write(&net.genesis, &[observe(&[item])], &mut net.sections);
    let device = stranger.key.id();
    assert_eq!(
        admitted(&net, &block),
        Err(AdmitError::UnknownDevice { device })
    );
    let mut turncoat = Phone::new(device_key(23), net.id(FACTORY));
    let block = turncoat.write(&net.genesis, &[observe(&[item])], &mut net.sections);
    assert!(matches!(
        admitted(&net, &block),
        Err(AdmitError::MemberMismatch { .. })
    ));

    // A device whose enrolment is not final is known through the pending view.
    let draft = enrol(net.id(CARRIER), entry(&device_key(70), Role::Courier));
    let enrolment = net.admin(CARRIER, &[draft]);
    let block = stranger.key.id();
    let mut stranger = Phone::new(device_key(70), net.id(CARRIER));
    let first_block = stranger.write(&net.genesis, &[observe(&[item])], &mut net.sections);
    let pending = Pending::over(&net.ledger, [&enrolment]);
    assert_eq!(admit(&pending, &first_block, &Held(&net)), Ok(Admitted));
    // It is ordered once the enrolment is.
    assert!(propose(&net.ledger, [&first_block], net.now).is_none());
    net.applied(&enrolment);
    net.applied(&first_block);

    let draft = revoke(block, Some((Seq(0), first_block.id())));
    let revocation = net.admin(CARRIER, &[draft]);
    net.applied(&revocation);
    let late = stranger.write(&net.genesis, &[observe(&[item])], &mut net.sections);
    assert!(matches!(
        admitted(&net, &late),
        Err(AdmitError::Revoked { .. })
    ));
}

#[test]
fn a_checkpoint_that_does_not_fit_changes_nothing() {
    let (net, checkpoints) = ordered_lane();
    let fresh = Ledger::new(&net.genesis);
    let digest = fresh.state_digest();
    let verified = |checkpoint: &Checkpoint| checkpoint.clone().verify(fresh.validators()).unwrap();
    let mut ledger = fresh.clone();
    let no_blocks = BTreeMap::new();
    let two = ledger.apply(&verified(&checkpoints[1]), &net.blocks);
    assert!(matches!(two, Err(ApplyError::Height { .. })));
    let missing = ledger.apply(&verified(&checkpoints[0]), &no_blocks);
    assert!(matches!(missing, Err(ApplyError::MissingBlock { .. })));
    assert_eq!(ledger.state_digest(), digest);

    ledger
        .apply(&verified(&checkpoints[0]), &net.blocks)
        .unwrap();
    // Another first checkpoint of the same validator: a split view.
    let mut other = fresh.clone();
    let beat = empty(&other, TimeMs(START.0 + 5)).cosigned_alone(&net.peer);
    other.apply(&verified(&beat), &no_blocks).unwrap();
    let beat = empty(&other, TimeMs(START.0 + 6)).cosigned_alone(&net.peer);
    let split = ledger.apply(&verified(&beat), &no_blocks);
    assert!(matches!(split, Err(ApplyError::Prev { .. })));
    // Time rises although the orderer's clock was set back.
    assert!(empty(&ledger, TimeMs(0)).header().time() > ledger.tip().time);
}

#[test]
fn checkpoints_need_their_validators() {
    use crate::CheckpointError;
    let net = Net::new();
    let proposal = empty(&net.ledger, START);
    let set = net.ledger.validators();
    let right = proposal.clone().cosigned_alone(&net.peer);
    let bytes = right.to_bytes();
    assert_eq!(Checkpoint::from_bytes(&bytes).as_ref(), Ok(&right));
    assert!(right.verify(set).is_ok());
    let key = device_key(1).id();
    assert_eq!(
        proposal.cosigned_alone(&device_key(1)).verify(set),
        Err(CheckpointError::Stranger { key })
    );
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        let checked = Checkpoint::from_bytes(&altered).and_then(|c| c.verify(set));
        assert!(checked.is_err(), "byte {place}");
    }
}

#[test]
fn what_is_of_another_network_is_not_taken() {
    let net = Net::with_prefix();
    let mut foreign = Net::named("Another lane");
    let found = foreign.genesis.id();
    let block = foreign.admin(FACTORY, &[register(PREFIX, foreign.id(FACTORY))]);
    assert_eq!(
        net.ledger.admit(&block, &Held(&net)),
        Err(AdmitError::WrongNetwork { found })
    );
    // Both are ordered by the same peer, so only the network tells the checkpoints apart.
    let set = net.ledger.validators();
    let checkpoint = empty(&foreign.ledger, START).cosigned_alone(&foreign.peer);
    let checkpoint = checkpoint.verify(foreign.ledger.validators()).unwrap();
    assert_eq!(set, foreign.ledger.validators());
    assert_eq!(
        net.ledger.clone().apply(&checkpoint, &net.blocks).err(),
        Some(ApplyError::WrongNetwork { found })
    );
    assert_eq!(
        Ledger::from_snapshot(&net.genesis, &foreign.ledger.snapshot_bytes()).err(),
        Some(SnapshotError::WrongNetwork { found })
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Checkpoints fix the order: however the blocks arrived, in which batches and how often,
    /// whoever applies the same checkpoints has the same bytes.
    #[test]
    fn the_same_checkpoints_give_the_same_bytes(
        order in Just((0..16usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in proptest::collection::vec(1..4usize, 1..8),
    ) {
        let (mut net, batches) = lane();
        let all: Vec<VerifiedBlock> = batches.concat();
        let registrations = all[..3].to_vec();
        net.order(&registrations);
        // Blocks arrive in any order, some again and again; each checkpoint takes what it can.
        let mut arrived: Vec<VerifiedBlock> = Vec::new();
        let mut order = order.into_iter();
        for cut in cuts.into_iter().cycle() {
            let news: Vec<_> = order.by_ref().take(cut).collect();
            if news.is_empty() {
                break;
            }
            arrived.extend(news.iter().filter_map(|n| all.get(*n).cloned()));
            arrived.extend(news.first().and_then(|n| all.get(*n).cloned()));
            net.now = net.now.plus(1000);
            if let Some(proposal) = propose(&net.ledger, &arrived, net.now) {
                // Proposing from the same blocks in another order proposes the same.
                let again = propose(&net.ledger, arrived.iter().rev(), net.now);
                let proposal = proposal.into_proposal();
                prop_assert_eq!(again.as_ref().map(Executed::proposal), Some(&proposal));
                let checkpoint = proposal.cosigned_alone(&net.peer);
                net.checkpoints.push(checkpoint.clone());
                let verified = checkpoint.verify(net.genesis.validators()).unwrap();
                net.ledger.apply(&verified, &net.blocks).unwrap();
            }
        }
        let copy = replay(&net, &net.checkpoints);
        prop_assert_eq!(copy.snapshot_bytes(), net.ledger.snapshot_bytes());
        let loaded = Ledger::from_snapshot(&net.genesis, &copy.snapshot_bytes()).unwrap();
        prop_assert_eq!(loaded.state_digest(), net.ledger.state_digest());
        prop_assert_eq!(loaded.state_root(), net.ledger.state_root());
        let newest = net.checkpoints.last().map(|newest| *newest.header().state_root());
        prop_assert_eq!(newest, Some(loaded.state_root()));
    }

    /// What is pending becomes final unchanged when it is ordered as it arrived.
    #[test]
    fn pending_equals_final(split in 0..5usize) {
        let (mut net, batches) = lane();
        for batch in &batches[..split] {
            net.order(batch);
        }
        let rest: Vec<VerifiedBlock> = batches[split..].concat();
        let tip = net.ledger.clone();
        let pending = Pending::over(&tip, &rest);
        let outcomes: BTreeMap<_, _> =
            pending.outcomes().map(|(at, o)| (*at, o.clone())).collect();
        for block in &rest {
            net.order(std::slice::from_ref(block));
        }
        for (at, outcome) in &outcomes {
            prop_assert_eq!(Some(outcome), net.outcomes.get(at));
        }
        let last = net.ledger.state();
        for (id, subject) in pending.subjects() {
            prop_assert_eq!(Some(subject), last.subject(id));
            prop_assert_eq!(pending.holder_of(id), last.holder_of(id));
            prop_assert_eq!(pending.contents(id), last.contents(id));
        }
        for member in &net.members {
            prop_assert_eq!(pending.offers_to(member), last.offers_to(member));
        }
        for (id, device) in last.devices() {
            prop_assert_eq!(pending.device(id), Some(device));
            prop_assert_eq!(pending.feed(id), last.feed(id));
        }
    }

    #[test]
    fn decoders_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Checkpoint::from_bytes(&bytes);
        let _ = ForkProof::from_bytes(&bytes);
        let _ = Ledger::from_snapshot(&NET.genesis, &bytes);
    }
}

#[test]
fn an_overlay_can_be_put_aside_and_taken_up_again() {
    let (mut net, batches) = lane();
    net.order(&batches[0]);
    let pending = Pending::over(&net.ledger, &batches[1]);
    let made = first(&batches[1][0]);
    assert_eq!(pending.outcome(&made), Some(&Outcome::Applied));
    assert!(net.ledger.state().subjects().next().is_none());
    let aside = pending.detach();
    let again = aside.clone().attach(&net.ledger).unwrap();
    assert_eq!(again.outcome(&made), Some(&Outcome::Applied));
    net.order(&batches[1]);
    assert!(aside.clone().attach(&net.ledger).is_none());
    // For a trial it goes on as it was, on what the ledger has become.
    let mut late = aside.attach_anyway(&net.ledger);
    assert_eq!(late.tip().height, net.ledger.tip().height);
    assert_eq!(late.outcome(&made), Some(&Outcome::Applied));
    let packed = &batches[3][0];
    late.push(packed).unwrap();
    assert_eq!(late.outcome(&first(packed)), Some(&Outcome::Applied));
}

#[test]
fn the_loser_of_a_race_learns_who_won() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let one = net.staff(CARRIER, &[accept(item, offer)]);
    let other = net.admin(CARRIER, &[accept(item, offer)]);
    net.order(&[one.clone(), other.clone()]);
    let (winner, loser) = match net.outcomes[&first(&one)] {
        Outcome::Applied => (first(&one), first(&other)),
        _ => (first(&other), first(&one)),
    };
    assert_eq!(net.outcomes[&winner], Outcome::Applied);
    let used = Refusal::OfferUsed {
        subject: item,
        offer,
        by: winner,
    };
    assert_eq!(net.refusal(loser), used);
}
