//! Checkpoints and votes that count for nothing, whatever ledger they are held against.

use super::{Given, Input, compare, variants};
use crate::cbor;
use crate::checkpoint::Header;
use crate::testnet::*;
use crate::{
    BlockId, Checkpoint, CheckpointError, Cosignature, Digest32, HeaderHash, Height, MemberId,
    MlDsa44Key, NetworkId, Proposal, TimeMs, Validator, ValidatorSet, heartbeat,
};

/// Validators with these keys, the first so many of them with a post-quantum key too.
fn set(keys: &[u8], both: usize) -> ValidatorSet {
    let validator = |(place, n): (usize, &u8)| {
        let key = device_key(*n);
        let validator = Validator::new(MemberId::from_bytes([*n; 32]), key.id());
        match place < both {
            true => validator.with_ml_dsa(MlDsa44Key::second_of(&key).public()),
            false => validator,
        }
    };
    ValidatorSet::new(keys.iter().enumerate().map(validator).collect()).unwrap()
}

fn header(set: &ValidatorSet, next: &ValidatorSet) -> Header {
    Header {
        network: NetworkId::from_bytes([9; 32]),
        height: Height(5),
        prev: HeaderHash::from_bytes([8; 32]),
        time: START,
        validator_set: set.digest(),
        next_validator_set: next.digest(),
        block_count: 0,
        log_size: 0,
        log_root: Digest32::from_bytes([7; 32]),
        state_root: Digest32::from_bytes([6; 32]),
    }
}

/// Signed by each of these keys, in their order.
fn signed(header: &Header, keys: &[u8]) -> Checkpoint {
    let bytes = cbor::to_bytes(header);
    let sign = |n: &u8| Cosignature::sign(&device_key(*n), None, &bytes);
    let mut all: Vec<_> = keys.iter().map(sign).collect();
    all.sort_by_key(Cosignature::key);
    Checkpoint::new(header.clone(), all, Vec::new())
}

/// Signed by one key, and by a post-quantum key.
fn signed_by_both(header: &Header, n: u8, ml_dsa: &MlDsa44Key) -> Checkpoint {
    let bytes = cbor::to_bytes(header);
    let cosignature = Cosignature::sign(&device_key(n), Some(ml_dsa), &bytes);
    Checkpoint::new(header.clone(), vec![cosignature], Vec::new())
}

fn refused(bytes: &[u8], set: &ValidatorSet) -> Input<CheckpointError> {
    let checkpoint = Checkpoint::from_bytes(bytes);
    let error = checkpoint.and_then(|checkpoint| checkpoint.verify(set));
    Input::bytes("checkpoint", bytes, error.unwrap_err())
        .given("validators", Given::hex(set.to_bytes()))
}

/// A cosignature that lacks a part, seen from the time of the checkpoint before.
fn without_part(set: &ValidatorSet, header: Header) -> Input<CheckpointError> {
    let proposal = Proposal::new(header, Vec::new());
    let before = TimeMs(START.0 - 60_000);
    let cosignature = proposal.cosign(&device_key(1));
    let error = proposal.check_cosignature(set, before, &cosignature);
    Input::bytes("cosignature", &cosignature.to_bytes(), error.unwrap_err())
        .given("validators", Given::hex(set.to_bytes()))
        .given("proposal", Given::hex(proposal.to_bytes()))
        .given("time_before", Given::Number(before.0))
}

#[test]
fn every_refused_checkpoint_has_its_vector_file() {
    let (four, one, both) = (set(&[1, 2, 3, 4], 0), set(&[1], 0), set(&[1], 1));
    let plain = header(&four, &four);
    let good = signed(&plain, &[1, 2, 3]).to_bytes();
    assert!(Checkpoint::from_bytes(&good).unwrap().verify(&four).is_ok());
    let mut forged = good.clone();
    // The list of blocks is the last byte, and says that it is empty; before it are a null and
    // the last cosignature.
    let place = forged.len() - 10;
    forged[place] ^= 1;
    let counted = Header {
        block_count: 1,
        ..plain.clone()
    };
    let (alone, changing) = (header(&both, &both), header(&both, &one));
    let second = MlDsa44Key::second_of(&device_key(1));
    let stray = MlDsa44Key::from_seed(&[9; 32]);
    let inputs = [
        refused(&good[..good.len() - 1], &four),
        refused(&[&[0x98, 3], &good[1..]].concat(), &four).case("spelling"),
        refused(&good, &set(&[1, 2, 3, 5], 0)),
        refused(&signed(&plain, &[1, 2, 3, 9]).to_bytes(), &four),
        refused(&forged, &four),
        refused(&signed(&plain, &[1, 2, 2]).to_bytes(), &four),
        refused(
            &signed_by_both(&header(&one, &one), 1, &second).to_bytes(),
            &one,
        ),
        refused(&signed_by_both(&alone, 1, &stray).to_bytes(), &both),
        refused(&signed(&changing, &[1]).to_bytes(), &both),
        refused(&signed(&plain, &[1, 2]).to_bytes(), &four),
        refused(&signed(&counted, &[1, 2, 3]).to_bytes(), &four),
        without_part(&both, alone),
    ];
    let all = variants!(CheckpointError {
        Malformed,
        WrongNetwork,
        WrongValidators,
        Stranger,
        BadCosignature,
        CosignatureOrder,
        PostQuantumStranger,
        BadPostQuantum,
        NoPostQuantumPart,
        NoPostQuantumQuorum,
        NoQuorum,
        BlockCount,
    });
    compare("checkpoint", &all, inputs);
}

#[test]
fn every_refused_time_of_a_proposal_has_its_vector_file() {
    let net = Net::with_prefix();
    let tip = net.ledger.tip();
    let asked = |time: TimeMs, now: TimeMs| {
        let mut header = heartbeat(&net.ledger, net.now.plus(1))
            .proposal()
            .header()
            .clone();
        header.time = time;
        let proposal = Proposal::new(header, Vec::<BlockId>::new());
        let error = proposal.check_time(tip, now).unwrap_err();
        Input::bytes("time of a proposal", &proposal.to_bytes(), error)
            .given("tip", Given::Number(tip.time.0))
            .given("now", Given::Number(now.0))
    };
    let refused = [
        asked(tip.time, tip.time.plus(5)),
        asked(tip.time.plus(60_000), tip.time.plus(5)),
        // The least step is lawful even by a clock that was set back; one more is not.
        asked(tip.time.plus(2), TimeMs(0)).case("clock"),
    ];
    let all = variants!(crate::ProposalTimeError { NotAfterTip, Ahead });
    compare("proposal-time", &all, refused);
}
