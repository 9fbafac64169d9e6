//! A snapshot, and the log that comes behind it.

use super::*;
use chopmark_core::{
    Body, CatchUpError, Code, GoodsClass, Height, Made, Output, PassedError, Prefix, Proposal,
    Quantity, Reach, RecordRef, SnapshotOffer, TzMinutes, When,
};

/// A peer with a log, and one that took its state over.
fn taken_over(fixture: &Fixture) -> (Replica, Replica) {
    let one = fixture.replica("one", PartyKind::Peer);
    let two = fixture.replica("two", PartyKind::Peer);
    let device = fixture.net.device(31);
    for n in 0..4 {
        fixture.net.append(
            &one,
            &device,
            &[observe(n, "a note"), observe(n + 50, "two")],
        );
        order_all(&one);
        if n == 0 {
            // It was here before it went away.
            let items = everything(&one).into_iter().map(|item| item.item);
            take(&two, 11, items.collect());
        }
    }
    take_over(&one, &two).unwrap();
    (one, two)
}

/// Whoever took a state over judges and orders on it, before its log is filled.
#[test]
fn a_state_that_was_taken_over_is_one_to_vote_on() {
    let fixture = Fixture::new();
    let (one, two) = taken_over(&fixture);
    let next = fixture
        .net
        .append(&one, &fixture.net.device(31), &[observe(9, "next")]);
    let proposal = one.draft(TimeMs(wall_clock_ms()), WhenIdle::Wait);
    let proposal = proposal.unwrap().unwrap();
    assert_eq!(two.judge(&proposal, None).unwrap(), Judged::Missing);
    let taken = take(&two, 31, vec![block(&next.block)]);
    assert_eq!(taken.not_taken, [], "it builds on a block that is not here");
    assert_eq!(two.judge(&proposal, None).unwrap(), Judged::Follows);
    // The draft is of this list of blocks, and stands for no other one beside the same header.
    let mut bytes = proposal.to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    let false_list = Proposal::from_bytes(&bytes).unwrap();
    assert_eq!(two.judge(&false_list, None).unwrap(), Judged::Missing);
    order_all(&two);
    assert_eq!(two.status().height.0, one.status().height.0 + 1);
    assert_eq!(two.gap(), Some(2..=4));
}

pub(super) fn take_over(one: &Replica, two: &Replica) -> Result<(), ReplicaError> {
    take_over_altered(one, two, |offer| offer)
}

fn take_over_altered(
    one: &Replica,
    two: &Replica,
    alter: impl FnOnce(Vec<u8>) -> Vec<u8>,
) -> Result<(), ReplicaError> {
    let place = two.read_final(|ledger| (ledger.tip().height, ledger.log().size()));
    let handout = one.hand_out(place)?.expect("something newer");
    let offer = SnapshotOffer::from_bytes(&alter(handout.offer.clone()))?;
    let mut arriving = two.accept_snapshot(&offer)?;
    for part in &handout.parts {
        arriving.take_state(part)?;
    }
    for statement in one.statements(handout.log)? {
        arriving.take_statement(&statement)?;
    }
    two.take_over(Testnet::key(11).id(), offer, arriving)
}

/// The items of a checkpoint that was passed over.
fn passed(replica: &Replica, height: u64) -> Vec<NumberedItem> {
    numbered(replica.passed(Height(height)).unwrap().unwrap())
}

fn from() -> DeviceId {
    Testnet::key(11).id()
}

#[test]
fn a_log_that_is_half_filled_goes_on_after_a_kill() {
    let fixture = Fixture::new();
    let (one, two) = taken_over(&fixture);
    assert_eq!(two.status(), one.status());
    assert_eq!(two.gap(), Some(2..=4));
    let nothing = one.hand_out((one.status().height, 4)).unwrap();
    assert!(nothing.is_none(), "nothing newer");
    assert!(two.hand_out((Height(0), 0)).unwrap().is_none(), "a gap");
    two.take_passed(from(), passed(&one, 2)).unwrap();
    assert_eq!(two.gap(), Some(3..=4));
    drop(two);

    let two = fixture.reopen("two", PartyKind::Peer);
    assert_eq!(two.status(), one.status());
    assert!(*two.has_gap().borrow());
    assert_eq!(two.gap(), Some(3..=4));
    for height in [3, 4] {
        two.take_passed(from(), passed(&one, height)).unwrap();
    }
    assert_eq!(two.gap(), None);
    two.close_gap().unwrap();
    assert!(!*two.has_gap().borrow());
    for index in 0..4 {
        assert_eq!(two.logged(index).unwrap(), one.logged(index).unwrap());
    }
    assert!(two.store().expected_sections().unwrap().is_empty());
    assert!(two.hand_out((Height(0), 0)).unwrap().is_some());
    drop(two);
    let two = fixture.reopen("two", PartyKind::Peer);
    assert!(!*two.has_gap().borrow());
    assert_eq!(two.status(), one.status());
}

/// The ordinary sync of another peer brings the same blocks: they fill the gap too.
#[test]
fn blocks_that_come_by_the_ordinary_sync_fill_the_gap() {
    let fixture = Fixture::new();
    let (one, two) = taken_over(&fixture);
    let items = everything(&one).into_iter().map(|item| item.item);
    let taken = take(&two, 12, items.collect());
    assert_eq!(taken.not_taken, []);
    for index in 0..4 {
        assert_eq!(two.logged(index).unwrap(), one.logged(index).unwrap());
    }
    // The checkpoints come by themselves: their blocks are here.
    for height in 2..=4 {
        let checkpoint = passed(&one, height).pop().unwrap();
        two.take_passed(from(), vec![checkpoint]).unwrap();
    }
    two.close_gap().unwrap();
    assert!(two.hand_out((Height(0), 0)).unwrap().is_some());
}

#[test]
fn what_does_not_belong_into_the_gap_is_refused() {
    let fixture = Fixture::new();
    let (one, two) = taken_over(&fixture);
    let refused = |items: Vec<NumberedItem>| match two.take_passed(from(), items) {
        Err(ReplicaError::Passed(error)) => error,
        other => panic!("{other:?}"),
    };
    // Another network's, and another place's.
    let stranger = fixture.replica("stranger", PartyKind::Peer);
    let other = fixture
        .net
        .append(&stranger, &fixture.net.device(32), &[observe(1, "x")]);
    let error = refused(numbered(vec![block(&other.block)]));
    assert!(matches!(error, PassedError::NotLogged { .. }), "{error}");
    let mut early = passed(&one, 2);
    let checkpoint = early.pop().unwrap();
    let error = refused(vec![checkpoint]);
    assert!(matches!(error, PassedError::Missing { .. }), "{error}");
    assert_eq!(refused(passed(&one, 3)), PassedError::Link);
    let hash = chopmark_core::SectionHash::from_bytes([3; 32]);
    let section = Item::Section(hash, b"other bytes".to_vec());
    assert_eq!(
        refused(numbered(vec![section])),
        PassedError::Section { hash }
    );
    // Nothing of it was kept.
    assert_eq!(two.gap(), Some(2..=4));
    assert_eq!(two.logged(1).unwrap(), None);
}

/// Cosignatures are of the header alone: the list beside it is held against the log.
#[test]
fn a_snapshot_with_another_list_of_blocks_is_refused() {
    let fixture = Fixture::new();
    let one = fixture.replica("one", PartyKind::Peer);
    let two = fixture.replica("two", PartyKind::Peer);
    let appended = fixture
        .net
        .append(&one, &fixture.net.device(31), &[observe(1, "x")]);
    order_all(&one);
    let id = *appended.block.id().as_bytes();
    let alter = |mut offer: Vec<u8>| {
        let at = offer.windows(32).position(|bytes| bytes == id).unwrap();
        offer[at] ^= 1;
        offer
    };
    let error = take_over_altered(&one, &two, alter).unwrap_err();
    assert!(matches!(error, ReplicaError::CatchUp(CatchUpError::Blocks)));
    assert_eq!(two.status().height.0, 0);
    take_over(&one, &two).unwrap();
    assert_eq!(two.status().state, one.status().state);
}

#[test]
fn an_old_snapshot_is_refused() {
    let fixture = Fixture::new();
    let (one, two) = taken_over(&fixture);
    let handout = one.hand_out((Height(0), 0)).unwrap().unwrap();
    let offer = SnapshotOffer::from_bytes(&handout.offer).unwrap();
    let error = two.accept_snapshot(&offer).unwrap_err();
    let height = one.status().height;
    let not_ahead = CatchUpError::NotAhead {
        found: height,
        here: height,
    };
    assert_eq!(error, not_ahead);
}

/// The saved state is damaged while the log has a gap: what is here is replayed, and the rest comes
/// anew.
#[test]
fn a_lost_state_behind_a_gap_is_not_fatal() {
    let fixture = Fixture::new();
    let (one, two) = taken_over(&fixture);
    two.take_passed(from(), passed(&one, 2)).unwrap();
    let mut batch = two.store().batch().unwrap();
    batch.drop_snapshot().unwrap();
    batch.commit().unwrap();
    drop(two);
    let two = fixture.reopen("two", PartyKind::Peer);
    assert_eq!(two.status().height, Height(2), "as far as the log goes");
    assert!(!*two.has_gap().borrow());
    assert_eq!(two.peer(from()).unwrap().since(), Number::new(0));
    let items = everything(&one).into_iter().map(|item| item.item);
    take(&two, 11, items.collect());
    assert_eq!(two.status().state, one.status().state);
}

fn quantity(text: &str) -> Quantity {
    let (amount, unit) = text.split_once(' ').unwrap();
    Quantity::new(amount.parse().unwrap(), unit.parse().unwrap())
}

fn now() -> When {
    When {
        time: TimeMs(wall_clock_ms()),
        tz: TzMinutes::default(),
    }
}

fn about(subject: chopmark_core::SubjectId) -> RecordDraft {
    let step = "storing".to_owned();
    RecordDraft::new(Body::Observe { when: now(), step }, vec![subject])
}

/// The making of one batch out of another of the first member's.
fn making(net: &Testnet, from: &Code, to: &Code) -> RecordDraft {
    let (network, maker) = (net.genesis.id(), net.members[0]);
    let output = Output {
        class: GoodsClass::parse(&to.class()).unwrap(),
        prefix: Prefix::parse("9506000").unwrap(),
        made: Made::Batch(to.hash(), quantity("10 KGM")),
    };
    let subjects = [from, to].map(|code| code.subject(&network, &maker));
    let body = Body::Transform {
        when: now(),
        step: "assembling".to_owned(),
        inputs: vec![Some(quantity("10 KGM"))],
        outputs: vec![output],
        losses: Vec::new(),
    };
    RecordDraft::new(body, subjects.to_vec())
}

/// What came of what follows from the log: it is known again once the log is filled, in the order
/// of effect, also of a record that had to wait.
#[test]
fn what_came_of_what_in_the_gap_is_known_once_it_is_filled() {
    let fixture = Fixture::new();
    let (net, admin) = (&fixture.net, fixture.net.device(21));
    let one = fixture.replica("one", PartyKind::Peer);
    let two = fixture.replica("two", PartyKind::Peer);
    let prefix = Prefix::parse("9506000").unwrap();
    for writer in [21, 22] {
        let body = Body::RegisterPrefix {
            prefix: prefix.clone(),
            member: net.members[0],
        };
        net.append(&one, &net.device(writer), &[RecordDraft::new(body, vec![])]);
    }
    order_all(&one);
    let [first, second, third] =
        ["A", "B", "C"].map(|batch| Code::gtin_batch("09506000555553", batch).unwrap());
    let subject = |code: &Code| code.subject(&net.genesis.id(), &net.members[0]);
    let commission = Body::Commission {
        when: now(),
        class: first.class(),
        prefix,
        codes: vec![first.hash()],
        quantity: Some(quantity("10 KGM")),
        activation: Vec::new(),
    };
    let commission = RecordDraft::new(commission, vec![subject(&first)]);
    net.append(&one, &admin, &[commission]);
    order_all(&one);
    // The second making is ordered first, and waits for a block that comes last.
    let awaited = net.next_block(&one, &net.device(31), &[about(subject(&first))]);
    let cite = RecordRef {
        block: awaited.block.id(),
        index: 0,
    };
    let waiting = making(net, &second, &third).citing(vec![cite]);
    net.append(&one, &admin, &[waiting]);
    order_all(&one);
    net.append(&one, &admin, &[making(net, &first, &second)]);
    order_all(&one);
    one.append_own(awaited.block, awaited.sections).unwrap();
    order_all(&one);

    take_over(&one, &two).unwrap();
    for height in 1..=one.status().height.0 {
        two.take_passed(from(), passed(&one, height)).unwrap();
    }
    two.close_gap().unwrap();
    for code in [&first, &second, &third] {
        for reach in [Reach::Descendants, Reach::Origins] {
            let known = one.trace(subject(code), reach, 0);
            assert_eq!(two.trace(subject(code), reach, 0), known);
        }
    }
    let traced = two.trace(subject(&first), Reach::Descendants, 0).unwrap();
    assert_eq!(traced.affected.len(), 3, "itself and two");
    drop(two);
    let two = fixture.reopen("two", PartyKind::Peer);
    let again = two.trace(subject(&first), Reach::Descendants, 0);
    assert_eq!(again, Some(traced));
}

/// The tree is on disk: a store from before it was, or one whose tree is damaged, makes it of the log.
#[test]
fn the_logs_tree_is_made_again_of_the_log() {
    let fixture = Fixture::new();
    let (one, two) = taken_over(&fixture);
    let paths = |replica: &Replica| {
        let path = |index| replica.store().log_path(index, 4).unwrap().unwrap();
        (0..4).map(path).collect::<Vec<_>>()
    };
    assert_eq!(paths(&two), paths(&one), "also where blocks are missing");
    let before = paths(&one);
    let mut batch = one.store().batch().unwrap();
    batch.drop_tiles().unwrap();
    batch.commit().unwrap();
    drop(one);
    let one = fixture.reopen("one", PartyKind::Peer);
    assert_eq!(paths(&one), before);
    // And while it runs: a checkpoint finds the damage, and the next one is made.
    let mut batch = one.store().batch().unwrap();
    batch.drop_tiles().unwrap();
    batch.commit().unwrap();
    let next = [observe(7, "next")];
    fixture.net.append(&one, &fixture.net.device(31), &next);
    let now = TimeMs(wall_clock_ms());
    let order = || one.order(&Testnet::key(11), now, WhenIdle::Wait);
    assert!(order().is_err());
    assert!(order().unwrap().is_some());
    assert_eq!(one.store().log_path(0, 4).unwrap().unwrap(), before[0]);

    // In the middle of a gap the state goes with it, and everything comes anew.
    let mut batch = two.store().batch().unwrap();
    batch.append_leaves(0, &[[0; 32]]).unwrap();
    batch.drop_tiles().unwrap();
    batch.drop_snapshot().unwrap();
    batch.commit().unwrap();
    drop(two);
    let two = fixture.reopen("two", PartyKind::Peer);
    let items = everything(&one).into_iter().map(|item| item.item);
    take(&two, 11, items.collect());
    assert_eq!(two.status().state, one.status().state);
    assert_eq!(paths(&two), before);
}
