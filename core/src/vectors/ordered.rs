//! Checkpoints that a quorum of validators signed and that do not continue a ledger: validators
//! who lie, or who run other rules.

use super::{Given, Input, compare, variants};
use crate::cbor::{self, Writer};
use crate::checkpoint::Header;
use crate::testnet::*;
use crate::{
    ApplyError, BlockId, Checkpoint, Cosignature, Digest32, GenesisDraft, HeaderHash, Height,
    Ledger, MlDsa44Key, Proposal, SubjectId, Validator, ValidatorSet, VerifiedBlock, heartbeat,
    propose,
};

/// Whatever is in it, its validator signs it.
fn signed(net: &Net, header: Header, blocks: Vec<BlockId>) -> Checkpoint {
    let cosignature = Cosignature::sign(&net.peer, None, &cbor::to_bytes(&header));
    Checkpoint::new(header, vec![cosignature], blocks)
}

/// A checkpoint on the start, with the blocks that are at hand.
fn refused(net: &Net, checkpoint: &Checkpoint, blocks: &[VerifiedBlock]) -> Input<ApplyError> {
    let verified = checkpoint.clone().verify(net.ledger.validators());
    let known = blocks.iter().map(|block| (block.id(), block.clone()));
    let error = net
        .ledger
        .clone()
        .apply(&verified.unwrap(), &known.collect());
    Input::bytes(
        "next checkpoint",
        &checkpoint.to_bytes(),
        error.unwrap_err(),
    )
    .given("blocks", Given::blocks(blocks))
}

/// An empty checkpoint with another header.
fn empty(net: &Net, change: impl FnOnce(&mut Header)) -> Input<ApplyError> {
    let proposal = heartbeat(&net.ledger, net.now.plus(1)).into_proposal();
    let mut header = proposal.header().clone();
    change(&mut header);
    refused(net, &signed(net, header, Vec::new()), &[])
}

/// A checkpoint that orders a block which has no place here.
fn ordering(net: &Net, block: &VerifiedBlock) -> Input<ApplyError> {
    let proposal = heartbeat(&net.ledger, net.now.plus(1)).into_proposal();
    let header = Header {
        block_count: 1,
        ..proposal.header().clone()
    };
    let checkpoint = signed(net, header, vec![block.id()]);
    refused(net, &checkpoint, std::slice::from_ref(block))
}

fn seen() -> crate::RecordDraft {
    observe(&[SubjectId::from_bytes([7; 32])])
}

/// Signed by others than the ledger's, whom whoever verified it took for those.
fn by_others(net: &Net) -> Input<ApplyError> {
    let key = device_key(55);
    let set = ValidatorSet::new(vec![Validator::new(net.id(BANK), key.id())]).unwrap();
    let proposal = heartbeat(&net.ledger, net.now.plus(1)).into_proposal();
    let header = Header {
        validator_set: set.digest(),
        next_validator_set: set.digest(),
        ..proposal.header().clone()
    };
    let checkpoint = Proposal::new(header, Vec::new()).cosigned_alone(&key);
    let verified = checkpoint.clone().verify(&set).unwrap();
    let error = net.ledger.clone().apply(&verified, &net.blocks);
    Input::bytes(
        "next checkpoint",
        &checkpoint.to_bytes(),
        error.unwrap_err(),
    )
    .given("validators", Given::hex(set.to_bytes()))
}

/// The first of a minute, signed with half of the keys, where the validator has both.
fn without_post_quantum() -> Input<ApplyError> {
    let net = Net::alone("Both keys");
    let validator = Validator::new(net.id(FACTORY), net.peer.id());
    let both = validator.with_ml_dsa(MlDsa44Key::second_of(&net.peer).public());
    let set = ValidatorSet::new(vec![both]).unwrap();
    let (names, policy) = (
        ("Both keys", "id.example.org"),
        net.genesis.policy().clone(),
    );
    let founders = net.genesis.founders().to_vec();
    let draft = GenesisDraft::new(names, policy, founders, set.clone(), START).unwrap();
    let mut writer = Writer::new();
    writer.array(2);
    writer.bytes(&draft.body_bytes());
    writer.array(0);
    let genesis = crate::Genesis::from_pinned_bytes(&writer.into_bytes(), draft.id()).unwrap();
    let mut ledger = Ledger::new(&genesis);
    let proposal = heartbeat(&ledger, START.plus(60_000)).into_proposal();
    let checkpoint = proposal.cosigned_alone(&net.peer);
    let verified = checkpoint.clone().verify(&set).unwrap();
    let error = ledger.apply(&verified, &net.blocks).unwrap_err();
    Input::bytes("next checkpoint", &checkpoint.to_bytes(), error).in_network(&genesis)
}

#[test]
fn every_checkpoint_that_is_not_the_next_has_its_vector_file() {
    let mut net = Net::with_prefix();
    let mut foreign = Net::named("Another lane");
    let theirs = foreign.staff(FACTORY, &[seen()]);
    let stranger = Phone::new(device_key(70), net.id(CARRIER)).write(
        &net.genesis,
        &[seen()],
        &mut net.sections,
    );
    let [early, late] = [(); 2].map(|()| net.staff(CARRIER, &[seen()]));
    let ordered = net.blocks[&net.checkpoints[0].blocks()[0]].clone();
    let both = [early.clone(), late.clone()];
    let proposed = propose(&net.ledger, &both, net.now.plus(1)).unwrap();
    let proposed = proposed.into_proposal();
    let (header, blocks) = (proposed.header().clone(), proposed.blocks().to_vec());
    let lying = |change: &dyn Fn(&mut Header)| {
        let mut header = header.clone();
        change(&mut header);
        refused(&net, &signed(&net, header, blocks.clone()), &both)
    };
    let digest = Digest32::from_bytes([1; 32]);
    let mut inputs = vec![
        empty(&net, |header| header.network = foreign.genesis.id()),
        ordering(&net, &theirs).case("block"),
        empty(&net, |header| header.height = Height(5)),
        empty(&net, |header| header.prev = HeaderHash::from_bytes([1; 32])),
        by_others(&net),
        empty(&net, |header| header.next_validator_set = digest),
        without_post_quantum(),
        empty(&net, |header| header.time = net.ledger.tip().time),
        refused(
            &net,
            &signed(&net, header.clone(), blocks.clone()),
            &both[..1],
        ),
        ordering(&net, &ordered),
        ordering(&net, &stranger),
        ordering(&net, &late),
        lying(&|header| header.log_root = digest),
        lying(&|header| header.state_root = digest),
    ];
    // Two of two feeds have their order too.
    let other = net.staff(RETAILER, &[seen()]);
    let two = [early, other];
    let proposed = propose(&net.ledger, &two, net.now.plus(1)).unwrap();
    let proposed = proposed.into_proposal();
    let mut reversed = proposed.blocks().to_vec();
    reversed.reverse();
    let turned = signed(&net, proposed.header().clone(), reversed);
    inputs.push(refused(&net, &turned, &two));
    let all = variants!(ApplyError {
        WrongNetwork,
        Height,
        Prev,
        Validators,
        NextValidators,
        PostQuantum,
        Time,
        MissingBlock,
        OrderedBefore,
        Stranger,
        MissingPrev,
        Order,
        LogRoot,
        StateRoot,
    });
    compare("apply", &all, inputs);
}
