//! Proofs that somebody changed, and what each is refused for.

use super::*;
use crate::checkpoint::CheckpointError;
use crate::state_tree::StatePathError;
use crate::{Cosignature, HeaderHash, Height, NetworkId, RosterAct};

#[test]
fn a_record_left_out_is_noticed() {
    let story = story();
    let whole = story.proof();
    for place in 0..own(&mut whole.clone()).records.named.len() {
        let mut proof = whole.clone();
        own(&mut proof).records.named.remove(place);
        let subject = story.item;
        assert_eq!(story.wrong(&proof), ProofError::Records { subject });
        // Nor does it help to say that it came before all others.
        let names = own(&mut proof).records.clone();
        own(&mut proof).records = Names {
            before: names.before + 1,
            ..names
        };
        assert_eq!(story.wrong(&proof), ProofError::Records { subject });
    }
    let mut proof = whole.clone();
    proof.extract.around[1].container.records.named.pop();
    let subject = story.pallet;
    assert_eq!(story.wrong(&proof), ProofError::Records { subject });
}

/// Whoever makes a proof says how many records it counts without naming them, and with the right
/// running hash over those the numbers fit.
#[test]
fn records_that_are_counted_and_not_named_are_noticed() {
    let story = story();
    let whole = story.proof();
    let subject = story.item;
    for first in 1..=own(&mut whole.clone()).records.named.len() {
        let mut proof = whole.clone();
        let records = &mut own(&mut proof).records;
        *records = records.clone().from(first);
        assert_eq!(story.wrong(&proof), ProofError::Unnamed { subject });
    }
}

/// The same of the run that speaks for an item.
#[test]
fn records_of_a_run_that_are_not_named_are_noticed() {
    let mut net = Net::with_prefix();
    let codes = serials(3);
    let run = net.run(&codes);
    let seen = net.staff(FACTORY, &[observe(&[run])]);
    net.applied(&seen);
    let mut proof = prove(&net, &codes[0]);
    let (_, thing, _) = proof.extract.run.as_mut().unwrap();
    thing.records = thing.records.clone().from(1);
    let wrong = proof.verify(&codes[0], &known(&net)).unwrap_err();
    assert_eq!(wrong, ProofError::Unnamed { subject: run });
}

#[test]
fn records_in_another_order_are_noticed() {
    let story = story();
    let mut proof = story.proof();
    own(&mut proof).records.named.swap(0, 1);
    let subject = story.item;
    assert_eq!(story.wrong(&proof), ProofError::Records { subject });
}

#[test]
fn a_refused_record_shown_as_applied_is_noticed() {
    let story = story();
    let whole = story.proof();
    let block = story.net.blocks[&story.refused.block].clone();
    let mut proof = whole.clone();
    proof.statements.push(block.signed_statement().clone());
    proof.shown.push(Disclosed {
        statement: u64::try_from(proof.statements.len() - 1).unwrap(),
        index: 0,
        record: block.record_bytes(0).unwrap().to_vec(),
        path: block.record_path(0).unwrap(),
    });
    let record = story.refused;
    assert_eq!(story.wrong(&proof), ProofError::Stranger { record });
    // Naming it among the others does not make it one of them.
    for place in 0..=own(&mut proof.clone()).records.named.len() {
        let mut proof = proof.clone();
        own(&mut proof).records.named.insert(place, record);
        let subject = story.item;
        assert_eq!(story.wrong(&proof), ProofError::Records { subject });
    }
}

#[test]
fn a_container_left_out_is_noticed() {
    let story = story();
    let whole = story.proof();
    for left in 0..2 {
        let mut proof = whole.clone();
        proof.extract.around.truncate(left);
        let subject = [story.item, story.case][left];
        assert_eq!(story.wrong(&proof), ProofError::Around { subject });
    }
    // The pallet alone is not what the item is in.
    let mut proof = whole.clone();
    proof.extract.around.remove(0);
    let error = story.wrong(&proof);
    assert!(matches!(error, ProofError::State { .. }), "{error}");
    // Nor is there a third one around the two.
    let mut proof = whole.clone();
    proof.extract.around.push(proof.extract.around[0].clone());
    let subject = story.item;
    assert_eq!(story.wrong(&proof), ProofError::Around { subject });
    // What happened to the pallet since the case is on it has to be named.
    let mut proof = whole.clone();
    let records = &mut proof.extract.around[1].container.records;
    *records = records.clone().from(1);
    let container = story.pallet;
    assert_eq!(story.wrong(&proof), ProofError::BeginsLate { container });
}

#[test]
fn what_is_shown_is_signed_and_there_once() {
    let story = story();
    let whole = story.proof();
    let mut proof = whole.clone();
    proof.shown.push(proof.shown[0].clone());
    assert!(matches!(story.wrong(&proof), ProofError::Stranger { .. }));
    let mut proof = whole.clone();
    *proof.shown[0].record.last_mut().unwrap() ^= 1;
    assert!(matches!(story.wrong(&proof), ProofError::Record { .. }));
    let mut proof = whole.clone();
    proof.shown[0].record = proof.shown[1].record.clone();
    assert!(matches!(story.wrong(&proof), ProofError::Record { .. }));
    let mut proof = whole.clone();
    proof.shown[0].statement = 99;
    assert!(matches!(story.wrong(&proof), ProofError::Malformed(_)));
    // The last bytes of a statement are its signature.
    let signature = whole.statements[0].as_bytes().last_chunk::<64>().unwrap();
    let mut bytes = whole.to_bytes().unwrap();
    let place = bytes.windows(64).position(|window| window == signature);
    bytes[place.unwrap()] ^= 1;
    let error = story.wrong(&SubjectProof::from_bytes(&bytes).unwrap());
    let ProofError::Statement { place: 0, .. } = error else {
        panic!("{error}")
    };
}

#[test]
fn a_proof_of_the_first_version_is_refused_as_one() {
    let mut bytes = story().proof().to_bytes().unwrap();
    // After the head of the array.
    assert_eq!(std::mem::replace(&mut bytes[1], 1), 2);
    let version = crate::cbor::CborError::Version { found: 1 };
    let read = SubjectProof::from_bytes(&bytes);
    assert_eq!(read.unwrap_err(), ProofError::Malformed(version));
}

#[test]
fn a_byte_changed_anywhere_is_noticed() {
    let story = story();
    // Also the genesis that it brings, to somebody who has it.
    let bytes = story.proof().to_bytes().unwrap();
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1 << (place % 8);
        let read = SubjectProof::from_bytes(&altered);
        let verified = read.and_then(|proof| proof.verify(&story.code, &story.known()));
        assert!(verified.is_err(), "byte {place} of {}", bytes.len());
    }
    // Nor is a part of a proof one.
    for end in 0..bytes.len() {
        let read = SubjectProof::from_bytes(&bytes[..end]);
        assert!(matches!(read, Err(ProofError::Malformed(_))));
    }
}

#[test]
fn every_cosignature_has_to_be_a_validators_own() {
    let story = story();
    let with = |cosignatures: &dyn Fn(&mut Vec<crate::Cosignature>)| {
        let last = story.net.checkpoints.last().unwrap();
        let mut all = last.signed_header().cosignatures().to_vec();
        cosignatures(&mut all);
        let changed = crate::Checkpoint::new(last.header().clone(), all, Vec::new());
        story.wrong(&SubjectProof {
            as_of: changed.signed_header().clone(),
            ..story.proof()
        })
    };
    let few = CheckpointError::NoQuorum { have: 0, need: 1 };
    assert_eq!(with(&Vec::clear), ProofError::Checkpoint(few));
    let key = story.net.peer.id();
    let twice = CheckpointError::CosignatureOrder { key };
    let doubled = with(&|all| all.extend(all.clone()));
    assert_eq!(doubled, ProofError::Checkpoint(twice));
}

/// Three of four have to sign, with both keys where the header asks for that, and nobody else.
#[test]
fn a_proof_needs_a_quorum_of_the_validators_and_nobody_else() {
    let mut net = Net::with_prefix();
    let code = code("A");
    net.commission(std::slice::from_ref(&code));
    let four = net.four_validators();
    net.in_force(&RosterAct::SetValidators(four));
    net.wait(61_000);
    let last = net.checkpoints.last().unwrap();
    let whole = prove(&net, &code);
    let verify = |cosignatures: Vec<Cosignature>| {
        let changed = crate::Checkpoint::new(last.header().clone(), cosignatures, Vec::new());
        let as_of = changed.signed_header().clone();
        let proof = SubjectProof {
            as_of,
            ..whole.clone()
        };
        proof.verify(&code, &known(&net)).map(|_| ())
    };
    let refused = |all: Vec<Cosignature>| match verify(all).unwrap_err() {
        ProofError::Checkpoint(error) => error,
        other => panic!("{other}"),
    };
    let all = last.signed_header().cosignatures().to_vec();
    assert_eq!(all.len(), 4);
    for left in 0..4 {
        let mut three = all.clone();
        three.remove(left);
        assert_eq!(verify(three.clone()), Ok(()));
        three.remove(left % 3);
        let few = CheckpointError::NoQuorum { have: 2, need: 3 };
        assert_eq!(refused(three.clone()), few);
        // Two that sign twice are not four.
        let key = three[0].key();
        let doubled = vec![three[0].clone(), three[0].clone(), three[1].clone()];
        assert_eq!(refused(doubled), CheckpointError::CosignatureOrder { key });
        // A stranger is nobody's third.
        let proposal = crate::Proposal::new(last.header().clone(), Vec::new());
        let stranger = proposal.cosign(&device_key(1));
        let key = stranger.key();
        three.push(stranger);
        three.sort_by_key(|cosignature| cosignature.key());
        assert_eq!(refused(three), CheckpointError::Stranger { key });
    }
    // One with a part of another's in place of its own: an array's head, then the key, the
    // signature and the post-quantum part, each behind its length.
    const NULL: &[u8] = &[0xf6];
    let both: Vec<usize> = (0..4)
        .filter(|at| !all[*at].to_bytes().ends_with(NULL))
        .collect();
    assert_eq!(both.len(), 3, "the first validator of a trial has one key");
    let at = both[0];
    let (own, theirs) = (all[at].to_bytes(), all[both[1]].to_bytes());
    let key = all[at].key();
    let with = |signature: &[u8], post_quantum: &[u8]| {
        let bytes = [&own[..35], signature, post_quantum].concat();
        let mut all = all.clone();
        all[at] = Cosignature::from_bytes(&bytes).unwrap();
        all
    };
    let swapped = CheckpointError::BadPostQuantum { key };
    assert_eq!(refused(with(&own[35..101], &theirs[101..])), swapped);
    let swapped = CheckpointError::BadCosignature { key };
    assert_eq!(refused(with(&theirs[35..101], &own[101..])), swapped);
    // Without it the signature holds: a header does not say how long ago the one before it was.
    assert_eq!(verify(with(&own[35..101], NULL)), Ok(()));
}

#[test]
fn a_proof_of_another_network_or_code_is_refused() {
    let (story, other) = (story(), Net::named("Another lane"));
    let proof = story.proof();
    let found = story.net.genesis.id();
    let wrong = ProofError::WrongNetwork { found };
    let stranger = Known::network(other.genesis.id());
    assert_eq!(proof.verify(&story.code, &stranger).unwrap_err(), wrong);
    assert_eq!(
        proof.verify(&story.code, &known(&other)).unwrap_err(),
        wrong
    );
    assert_eq!(
        proof.verify(&code("B"), &story.known()).unwrap_err(),
        ProofError::OtherCode
    );
    let bare = proof.clone().without_genesis();
    let nothing = Known::network(found);
    assert_eq!(
        bare.verify(&story.code, &nothing).unwrap_err(),
        ProofError::NoGenesis
    );
    // A checkpoint of validators that this network does not have.
    let mut other = other;
    other.wait(1000);
    let theirs = other.checkpoints.last().unwrap();
    let mut header = theirs.header().clone();
    header.network = found;
    header.validator_set = crate::Digest32::from_bytes([1; 32]);
    let cosigned = crate::Checkpoint::new(header, Vec::new(), Vec::new());
    let wrong = story.wrong(&SubjectProof {
        as_of: cosigned.signed_header().clone(),
        ..proof
    });
    let strangers = CheckpointError::WrongValidators;
    assert_eq!(wrong, ProofError::Checkpoint(strangers));
}

#[test]
fn nothing_older_than_what_is_known_is_taken() {
    let story = story();
    let proof = story.proof();
    let proven = proof.verify(&story.code, &story.known()).unwrap();
    let at = |height, hash| Known {
        newest: Some((Height(height), hash)),
        ..story.known()
    };
    let found = proven.header.height();
    let refused = |known: Known<'_>| proof.verify(&story.code, &known).unwrap_err();
    assert!(proof.verify(&story.code, &at(found.0, proven.hash)).is_ok());
    let known = Height(found.0 + 1);
    assert_eq!(
        refused(at(known.0, proven.hash)),
        ProofError::Older { found, known }
    );
    let known = HeaderHash::from_bytes([9; 32]);
    assert_eq!(
        refused(at(found.0, known)),
        ProofError::TwoHeaders {
            height: found,
            known,
            found: proven.hash
        }
    );
}

#[test]
fn a_state_of_another_height_is_refused() {
    let mut story = story();
    let mut old = story.proof();
    let seen = story.net.staff(CARRIER, &[observe(&[story.item])]);
    story.net.applied(&seen);
    let new = story.proof();
    old.as_of = new.as_of;
    let error = story.wrong(&old);
    let ProofError::Prefix { source, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(source, StatePathError::Root);
    let as_of = story.net.checkpoints[0].signed_header();
    let (net, genesis) = (&story.net, &story.net.genesis);
    let made = SubjectProof::assemble(
        &net.ledger,
        (genesis, as_of),
        net,
        &story.code,
        everything(),
    );
    let height = as_of.header().height();
    assert_eq!(
        made.unwrap_err(),
        crate::HistoryError::OtherCheckpoint { height }
    );
    let stranger = NetworkId::from_bytes([0; 32]);
    assert!(
        story
            .proof()
            .verify(&story.code, &Known::network(stranger))
            .is_err()
    );
}
