//! Snapshots of others, and what is wrong with those of liars.

mod vectors;

use super::*;
use crate::RosterAct;
use crate::testnet::*;

/// A ledger whose validators changed, and one that saw its first two checkpoints alone.
fn far_apart() -> (Net, Ledger) {
    let mut net = Net::with_prefix();
    net.item("A");
    let late = net.ledger.clone();
    let four = net.four_validators();
    net.in_force(&RosterAct::SetValidators(four));
    let item = net.item("B");
    net.handed_over(FACTORY, CARRIER, item);
    net.refused_offer(item);
    (net, late)
}

impl Net {
    /// An offer by somebody who does not have the thing any more.
    fn refused_offer(&mut self, item: crate::SubjectId) {
        let cite = self.last_custody(&item);
        let draft = offer(item, self.id(RETAILER), cite);
        let block = self.staff(FACTORY, &[draft]);
        self.refused(&block);
    }

    fn offer_of_all(&self) -> SnapshotOffer {
        let newest = self.checkpoints.last().unwrap().clone();
        SnapshotOffer::new(&self.ledger, newest, self, 7).unwrap()
    }

    fn state_parts(&self) -> Vec<Vec<u8>> {
        let (give, take) = std::sync::mpsc::channel();
        self.ledger
            .state_in_parts(move |part| give.send(part).unwrap());
        take.into_iter().collect()
    }

    /// The statements of the log from this place on.
    fn statements(&self, from: u64) -> Vec<Vec<u8>> {
        let ordered = self.checkpoints.iter().flat_map(Checkpoint::blocks);
        let statement = |id: &BlockId| self.blocks[id].statement().to_vec();
        let from = usize::try_from(from).unwrap();
        ordered.skip(from).map(statement).collect()
    }
}

/// What becomes of an offer, parts of a state, and statements.
fn arrive(
    (net, late): &(Net, Ledger),
    offer: &SnapshotOffer,
    parts: &[Vec<u8>],
    statements: &[Vec<u8>],
) -> Result<Arrived, CatchUpError> {
    let mut arriving = offer.accept(&net.genesis, late)?;
    for part in parts {
        arriving.take_state(part)?;
    }
    for statement in statements {
        arriving.take_statement(statement)?;
    }
    arriving.finish(&net.genesis)
}

#[test]
fn whoever_takes_a_snapshot_over_goes_on_as_if_it_had_run_everything() {
    let both = far_apart();
    let (mut net, mut late) = both;
    let offer = SnapshotOffer::from_bytes(&net.offer_of_all().to_bytes()).unwrap();
    assert_eq!(offer.since(), 7);
    let both = (net, late);
    let statements = both.0.statements(both.1.log().size());
    let arrived = arrive(&both, &offer, &both.0.state_parts(), &statements).unwrap();
    (net, late) = both;
    late.take_over(arrived).unwrap();
    assert_eq!(late.snapshot_bytes(), net.ledger.snapshot_bytes());
    // Blocks that build on what was passed over are ordered.
    let item = code("B").subject(&net.genesis.id(), &net.id(FACTORY));
    let onward = net.staff(CARRIER, &[offer_onward(&net, item)]);
    net.applied(&onward);
    let newest = net.checkpoints.last().unwrap().clone();
    let verified = newest.verify(late.validators()).unwrap();
    late.apply(&verified, &net.blocks).unwrap();
    assert_eq!(late.snapshot_bytes(), net.ledger.snapshot_bytes());
    let again = net.offer_of_all().accept(&net.genesis, &late);
    let height = net.ledger.tip().height;
    let not_ahead = CatchUpError::NotAhead {
        found: height,
        here: height,
    };
    assert_eq!(again.unwrap_err(), not_ahead);
}

fn offer_onward(net: &Net, item: crate::SubjectId) -> crate::RecordDraft {
    offer(item, net.id(RETAILER), net.last_custody(&item))
}

#[test]
fn a_ledger_that_came_as_far_by_itself_keeps_its_own_state() {
    let both = far_apart();
    let statements = both.0.statements(both.1.log().size());
    let parts = both.0.state_parts();
    let arrived = arrive(&both, &both.0.offer_of_all(), &parts, &statements).unwrap();
    let mut ledger = both.0.ledger.clone();
    let error = ledger.take_over(arrived).unwrap_err();
    assert!(matches!(error, CatchUpError::NotAhead { .. }));
}

#[test]
fn every_false_offer_has_a_name() {
    let (net, late) = &far_apart();
    let good = net.offer_of_all();
    let refused = |change: &dyn Fn(&mut SnapshotOffer)| {
        let mut offer = good.clone();
        change(&mut offer);
        offer.accept(&net.genesis, late).unwrap_err()
    };
    let other = Net::named("Another lane");
    let error = good.accept(&other.genesis, &other.ledger).unwrap_err();
    let found = net.genesis.id();
    assert_eq!(error, CatchUpError::WrongNetwork { found });
    let old = refused(&|offer| offer.checkpoint = net.checkpoints[0].clone());
    assert!(matches!(old, CatchUpError::NotAhead { .. }));
    // Without the change of validators the header is that of strangers.
    let unknown = refused(&|offer| offer.rosters = RosterChain::default());
    let strangers = CatchUpError::Header(CheckpointError::WrongValidators);
    assert_eq!(unknown, strangers);
    let few = refused(&|offer| {
        let header = offer.checkpoint.header().clone();
        let all = offer.checkpoint.signed_header().cosignatures();
        let blocks = offer.checkpoint.blocks().to_vec();
        offer.checkpoint = Checkpoint::new(header, all[..2].to_vec(), blocks);
    });
    let quorum = CheckpointError::NoQuorum { have: 2, need: 3 };
    assert_eq!(few, CatchUpError::Header(quorum));
    // A change of the roster of which a byte is another.
    let mut bytes = good.to_bytes();
    let place = bytes.len() - 40;
    bytes[place] ^= 1;
    let read = SnapshotOffer::from_bytes(&bytes);
    let error = read.and_then(|offer| offer.accept(&net.genesis, late));
    assert!(matches!(
        error.unwrap_err(),
        CatchUpError::Rosters(_) | CatchUpError::Malformed(_) | CatchUpError::Header(_)
    ));
}

#[test]
fn parts_and_statements_that_were_not_cosigned_are_refused() {
    let both = far_apart();
    let (net, late) = &both;
    let offer = net.offer_of_all();
    let (parts, log) = (net.state_parts(), net.statements(late.log().size()));
    let refused = |parts: &[Vec<u8>], log: &[Vec<u8>]| arrive(&both, &offer, parts, log).err();
    assert_eq!(refused(&parts, &log), None);
    // Each byte of a state stands in some entry but the tip's, which the header says.
    for place in (80..parts[0].len()).step_by(97) {
        let mut altered = parts.clone();
        altered[0][place] ^= 1;
        let error = refused(&altered, &log);
        let named = matches!(
            error,
            Some(CatchUpError::State(_) | CatchUpError::StateRoot)
        );
        assert!(named, "byte {place}: {error:?}");
    }
    let earlier = {
        let net = Net::with_prefix();
        net.state_parts()
    };
    assert_eq!(refused(&earlier, &log), Some(CatchUpError::StateRoot));
    let doubled = [parts.clone(), parts.clone()].concat();
    assert!(matches!(
        refused(&doubled, &log),
        Some(CatchUpError::State(_))
    ));
    let with_empty = [parts.clone(), vec![Vec::new()]].concat();
    assert_eq!(refused(&with_empty, &log), Some(CatchUpError::EmptyPart));
    assert_eq!(refused(&parts, &log[1..]), Some(CatchUpError::LogRoot));
    let mut swapped = log.clone();
    swapped.swap(0, 1);
    assert_eq!(refused(&parts, &swapped), Some(CatchUpError::LogRoot));
    let more = [log.clone(), log[..1].to_vec()].concat();
    assert_eq!(refused(&parts, &more), Some(CatchUpError::TooLong));
    let mut none = log.clone();
    none[1] = vec![0; 90];
    let error = refused(&parts, &none);
    let index = late.log().size() + 1;
    assert!(matches!(error, Some(CatchUpError::Statement { index: at, .. }) if at == index));
}

#[test]
fn checkpoints_that_were_passed_over_are_checked_one_after_the_other() {
    let (net, late) = &far_apart();
    let offer = net.offer_of_all();
    let followed = offer.follow(&net.genesis).unwrap();
    let start = usize::try_from(late.tip().height.0).unwrap();
    let mut before = (late.tip().header_hash, late.log().size());
    for checkpoint in &net.checkpoints[start..] {
        let check = |checkpoint: &Checkpoint, before| {
            net.ledger
                .check_passed(checkpoint.clone(), before, &followed)
        };
        let (hash, size) = before;
        let strange = HeaderHash::from_bytes([9; 32]);
        assert_eq!(check(checkpoint, (strange, size)), Err(PassedError::Link));
        assert_eq!(
            check(checkpoint, (hash, size + 1)),
            Err(PassedError::Blocks)
        );
        let (header, mut blocks) = (checkpoint.header().clone(), checkpoint.blocks().to_vec());
        let all = checkpoint.signed_header().cosignatures().to_vec();
        let none = Checkpoint::new(header.clone(), Vec::new(), blocks.clone());
        let error = check(&none, before);
        assert!(matches!(error, Err(PassedError::Cosignatures(_))));
        if let Some(block) = blocks.first_mut() {
            *block = net.blocks.keys().find(|id| *id != block).copied().unwrap();
            let other = Checkpoint::new(header, all, blocks);
            assert_eq!(check(&other, before), Err(PassedError::Blocks));
        }
        let verified = check(checkpoint, before).unwrap();
        before = (checkpoint.hash(), verified.header().log_size());
    }
    assert_eq!(before.0, net.ledger.tip().header_hash);
}
