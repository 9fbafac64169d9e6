//! Overlays that foresaw a checkpoint.

use super::*;
use crate::PendingError;

/// What an overlay says, as far as anyone asks it.
fn said(pending: &Pending<'_>) -> String {
    let outcomes: BTreeMap<_, _> = pending.outcomes().collect();
    let subjects: BTreeMap<_, _> = pending.subjects().collect();
    let devices: BTreeMap<_, _> = pending.devices().collect();
    let feeds: Vec<_> = devices.keys().map(|id| pending.feed(id)).collect();
    format!(
        "{outcomes:?} {subjects:?} {devices:?} {feeds:?} {:?}",
        pending.tip()
    )
}

#[test]
fn an_overlay_that_foresaw_a_checkpoint_is_as_one_made_anew() {
    let (mut net, batches) = lane();
    let blocks: Vec<VerifiedBlock> = batches.concat();
    let mut kept = Pending::over(&net.ledger, &blocks).detach();
    for (at, block) in blocks.iter().enumerate() {
        let applied = net.order(std::slice::from_ref(block));
        // What waits was foreseen as decided, since what it waits for had arrived.
        let waits = |(_, outcome): &(_, Outcome)| matches!(outcome, Outcome::Waiting { .. });
        kept = match kept.follow(&net.ledger, &applied) {
            Some(kept) => kept,
            None if applied.outcomes.iter().any(waits) => {
                Pending::over(&net.ledger, &blocks[at + 1..]).detach()
            }
            None => panic!("{:?}", applied.outcomes),
        };
        let mut here = kept.clone().attach(&net.ledger).unwrap();
        let anew = Pending::over(&net.ledger, &blocks[at + 1..]);
        assert_eq!(said(&here), said(&anew), "after block {at}");
        assert_eq!(here.push(block), Err(PendingError::Duplicate));
    }
}

#[test]
fn an_overlay_that_foresaw_something_else_is_given_up() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let one = net.staff(CARRIER, &[accept(item, offer)]);
    let other = net.admin(CARRIER, &[accept(item, offer)]);
    let foresees = |ledger: &Ledger, arrived: &[&VerifiedBlock]| {
        Pending::over(ledger, arrived.iter().copied()).detach()
    };
    let right = foresees(&net.ledger, &[&other, &one]);
    let wrong = foresees(&net.ledger, &[&one, &other]);
    let without = foresees(&net.ledger, &[&one]);
    let applied = net.order(std::slice::from_ref(&other));
    assert!(wrong.clone().follow(&net.ledger, &applied).is_none());
    assert!(without.follow(&net.ledger, &applied).is_none());
    let right = right.follow(&net.ledger, &applied).unwrap();
    // Two checkpoints at once are not one.
    let applied = net.order(std::slice::from_ref(&one));
    assert!(wrong.follow(&net.ledger, &applied).is_none());
    let done = right.follow(&net.ledger, &applied).unwrap();
    assert_eq!(done.attach(&net.ledger).unwrap().outcomes().count(), 0);
}
