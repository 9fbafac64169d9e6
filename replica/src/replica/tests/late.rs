//! A snapshot, and the log that comes behind it.

use super::*;
use chopmark_core::{CatchUpError, Height, PassedError, SnapshotOffer};

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

fn take_over(one: &Replica, two: &Replica) -> Result<(), ReplicaError> {
    let place = two.read_final(|ledger| (ledger.tip().height, ledger.log().size()));
    let handout = one.hand_out(place)?.expect("something newer");
    let offer = SnapshotOffer::from_bytes(&handout.offer)?;
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
