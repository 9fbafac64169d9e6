//! The vector files of states that are not taken over, and of checkpoints that a snapshot passed
//! over and that are not taken.

use super::*;
use crate::vectors::{Given, Input, compare, variants};

/// A network of one member, so that its state is small, with two checkpoints.
fn small() -> Net {
    let mut net = Net::alone("Snapshots");
    for prefix in [PREFIX, "9506001"] {
        let block = net.admin(FACTORY, &[register(prefix, net.id(FACTORY))]);
        net.applied(&block);
    }
    net
}

/// What comes after an offer.
struct Sent<'a> {
    offer: &'a [u8],
    parts: &'a [Vec<u8>],
    statements: &'a [Vec<u8>],
}

/// What becomes of it at a replica that has come to nothing yet, or as far as its sender.
fn refused(
    sent: &Sent<'_>,
    net: &Net,
    genesis: &Genesis,
    has: &[Checkpoint],
) -> Input<CatchUpError> {
    let mut ledger = Ledger::new(genesis);
    for checkpoint in has {
        let verified = checkpoint.clone().verify(ledger.validators()).unwrap();
        ledger.apply(&verified, &net.blocks).unwrap();
    }
    let take = || {
        let offer = SnapshotOffer::from_bytes(sent.offer)?;
        let mut arriving = offer.accept(genesis, &ledger)?;
        for part in sent.parts {
            arriving.take_state(part)?;
        }
        for statement in sent.statements {
            arriving.take_statement(statement)?;
        }
        arriving.finish(genesis)?.check_blocks(offer.checkpoint())
    };
    let input = Input::bytes("snapshot offer", sent.offer, take().unwrap_err());
    let mut input = input.in_network(genesis);
    if !has.is_empty() {
        input = input.given("checkpoints", Given::ordered(net, 0));
    }
    for (name, parts) in [("state", sent.parts), ("statements", sent.statements)] {
        if !parts.is_empty() {
            input = input.given(name, Given::list(parts.iter().map(|it| Given::parts(it))));
        }
    }
    input
}

#[test]
fn every_refused_snapshot_of_others_has_its_vector_file() {
    let net = &small();
    let (state, log) = (net.state_parts(), net.statements(0));
    let good = net.offer_of_all();
    let bytes = good.to_bytes();
    let sent = |offer, parts, statements| {
        let sent = Sent {
            offer,
            parts,
            statements,
        };
        refused(&sent, net, &net.genesis, &[])
    };
    let changed = |change: &dyn Fn(&mut SnapshotOffer)| {
        let mut offer = good.clone();
        change(&mut offer);
        offer.to_bytes()
    };
    let alone = Sent {
        offer: &bytes,
        parts: &[],
        statements: &[],
    };
    let other = Net::alone("Another lane").genesis;
    let stray = changed(&|offer| offer.rosters = stray_chain());
    let unsigned = changed(&|offer| {
        let header = offer.checkpoint.header().clone();
        offer.checkpoint = Checkpoint::new(header, Vec::new(), offer.checkpoint.blocks().to_vec());
    });
    let listed = changed(&|offer| {
        let signed = offer.checkpoint.signed_header().clone();
        let all = signed.cosignatures().to_vec();
        let blocks = vec![BlockId::from_bytes([1; 32])];
        offer.checkpoint = Checkpoint::new(signed.header().clone(), all, blocks);
    });
    let earlier = Net::alone("Snapshots").state_parts();
    let more = [log.clone(), log[..1].to_vec()].concat();
    let inputs = [
        sent(&bytes[..bytes.len() - 1], &[], &[]),
        sent(&[0x84, 2], &[], &[]).case("version"),
        refused(&alone, net, &other, &[]),
        refused(&alone, net, &net.genesis, &net.checkpoints),
        sent(&stray, &[], &[]),
        sent(&unsigned, &[], &[]),
        sent(&bytes, &[Vec::new()], &[]),
        sent(&bytes, &[], &more),
        sent(&bytes, &[], &[b"not a statement".to_vec()]),
        sent(&bytes, &[], &log[1..]),
        sent(&listed, &state, &log),
        sent(&bytes, &[vec![0xff]], &log),
        sent(&bytes, &earlier, &log),
    ];
    let all = variants!(CatchUpError {
        Malformed,
        WrongNetwork,
        NotAhead,
        Rosters,
        Header,
        EmptyPart,
        TooLong,
        Statement,
        LogRoot,
        Blocks,
        State,
        StateRoot,
    });
    compare("catch-up", &all, inputs);
}

#[test]
fn every_refused_passed_checkpoint_has_its_vector_file() {
    let net = Net::with_prefix();
    let good = net.checkpoints[0].clone();
    let begin = HeaderHash::from_bytes(*net.genesis.id().as_bytes());
    let followed = Followed::founded(&net.genesis);
    let refused = |checkpoint: &Checkpoint, prev: HeaderHash, size: u64| {
        let checked = net
            .ledger
            .check_passed(checkpoint.clone(), (prev, size), &followed);
        Input::bytes(
            "passed checkpoint",
            &checkpoint.to_bytes(),
            checked.unwrap_err(),
        )
        .given("prev", Given::hex(prev.as_bytes()))
        .given("size", Given::Number(size))
    };
    assert!(
        net.ledger
            .check_passed(good.clone(), (begin, 0), &followed)
            .is_ok()
    );
    let (header, blocks) = (good.header().clone(), good.blocks().to_vec());
    let all = good.signed_header().cosignatures().to_vec();
    let mut others = blocks.clone();
    others[1] = BlockId::from_bytes([1; 32]);
    let inputs = [
        refused(
            &Checkpoint::new(header.clone(), Vec::new(), blocks),
            begin,
            0,
        ),
        refused(&good, HeaderHash::from_bytes([1; 32]), 0),
        refused(&good, begin, 1),
        refused(&Checkpoint::new(header, all, others), begin, 0).case("other"),
    ];
    let all = variants!(PassedError {
        Cosignatures,
        Link,
        Blocks,
        Block,
        NotLogged,
        Missing,
        Section
    });
    compare("passed", &all, inputs);
}
