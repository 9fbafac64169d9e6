//! The vector files of chains that do not hold: in a network of one member, so that one signature
//! of root keys, which is long, is a quorum.

use super::*;
use crate::SnapshotOffer;
use crate::checkpoint::Checkpoint;
use crate::vectors::{Input, compare, variants};

/// A change that replaces the first roster.
fn link(net: &Net, act: RosterAct, signers: &[u8]) -> Link {
    let terms = RosterTerms {
        replaces: Followed::founded(&net.genesis).digest().unwrap(),
        height: Height(5),
    };
    let sign = |n: &u8| {
        let signature = terms.sign(&net.genesis.id(), &act, &root_of(*n));
        (net.id(FACTORY), signature)
    };
    Link {
        keys: Vec::new(),
        signatures: signers.iter().map(sign).collect(),
        header: None,
        terms,
        act,
    }
}

/// Another validator, and a header of the first one that names it, not cosigned.
fn other_validators(net: &Net) -> (ValidatorSet, Header) {
    let key = device_key(55).id();
    let set = ValidatorSet::new(vec![crate::Validator::new(net.id(FACTORY), key)]).unwrap();
    let header = Header {
        network: net.genesis.id(),
        height: Height(4),
        prev: crate::HeaderHash::from_bytes([1; 32]),
        time: START,
        validator_set: net.genesis.validators().digest(),
        next_validator_set: set.digest(),
        block_count: 0,
        log_size: 0,
        log_root: Digest32::from_bytes([0; 32]),
        state_root: Digest32::from_bytes([0; 32]),
    };
    (set, header)
}

/// A chain of one link, as an offer of a snapshot brings it.
fn refused(net: &Net, link: Link) -> Input<RosterChainError> {
    let chain = RosterChain(vec![link]);
    let error = chain.follow(&net.genesis).unwrap_err();
    let (_, header) = other_validators(net);
    let mut offer = crate::cbor::Writer::new();
    offer.array(4);
    offer.u64(1);
    Checkpoint::new(header, Vec::new(), Vec::new()).write(&mut offer);
    chain.write(&mut offer);
    offer.u64(0);
    let offer = offer.into_bytes();
    assert!(SnapshotOffer::from_bytes(&offer).is_ok());
    Input::bytes("rosters of an offer", &offer, error).in_network(&net.genesis)
}

#[test]
fn every_refused_chain_of_rosters_has_its_vector_file() {
    let net = &Net::alone("Rosters");
    let (network, member): (NetworkId, _) = (net.genesis.id(), net.id(FACTORY));
    let nobody = || RosterAct::Expel(MemberId::from_bytes([2; 32]));
    let (set, header) = other_validators(net);
    let others = || RosterAct::SetValidators(set.clone());
    let mut stray = link(net, nobody(), &[]);
    stray.terms.replaces = Digest32::from_bytes([1; 32]);
    let mut stolen = link(net, nobody(), &[]);
    let next = root_of(91).public().next_digest();
    let change = RootChange::rotation(&network, &member, &root_of(90), next);
    stolen.keys.push(NewKeys::Rotated(member, Box::new(change)));
    let mut weak = link(net, others(), &[1]);
    let unsigned = Checkpoint::new(header, Vec::new(), Vec::new());
    weak.header = Some(unsigned.signed_header().clone());
    let inputs = [
        refused(net, stray),
        refused(net, stolen),
        refused(net, link(net, nobody(), &[1])),
        refused(net, link(net, nobody(), &[2])),
        refused(net, link(net, nobody(), &[])),
        refused(net, link(net, others(), &[1])),
        refused(net, weak),
    ];
    let all = variants!(RosterChainError {
        Order,
        Root,
        Act,
        Signature,
        NoQuorum,
        Header,
        Cosignatures
    });
    compare("roster-chain", &all, inputs);
}
