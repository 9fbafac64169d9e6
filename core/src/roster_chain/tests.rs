//! Chains of rosters, and what is wrong with others.

mod vectors;

use super::*;
use crate::checkpoint::Header;
use crate::state::StateView;
use crate::testnet::*;
use crate::{Bundle, Code, ValidatorSet, cbor};

/// Four order, a firm joins and its peer takes the place of one, and the bank goes.
fn changed() -> Net {
    let mut net = Net::with_prefix();
    let four = net.four_validators();
    net.in_force(&RosterAct::SetValidators(four.clone()));
    net.in_force(&net.application(40));
    let mut other = four.as_slice().to_vec();
    other[1] = net.with_peer(CARRIER, 75);
    net.rotated(FACTORY);
    let other = ValidatorSet::new(other).unwrap();
    net.in_force(&RosterAct::SetValidators(other));
    net.in_force(&RosterAct::Expel(net.id(BANK)));
    net
}

fn chain(net: &Net) -> RosterChain {
    assemble(&net.ledger, net).unwrap()
}

/// A chain that was changed, followed.
fn with(net: &Net, change: impl FnOnce(&mut Vec<Link>)) -> RosterChainError {
    let mut chain = chain(net);
    change(&mut chain.0);
    chain.follow(&net.genesis).unwrap_err()
}

#[test]
fn a_chain_leads_to_the_ledgers_members_and_validators() {
    let net = changed();
    let bytes = cbor::to_bytes(&chain(&net));
    let chain: RosterChain = cbor::from_canonical(&bytes).unwrap();
    let followed = chain.follow(&net.genesis).unwrap();
    let state = net.ledger.state();
    let staying: Vec<_> = followed.staying().map(Founder::id).collect();
    let members: Vec<_> = state.roster().members().copied().collect();
    assert_eq!(staying, members);
    for checkpoint in &net.checkpoints {
        let header = checkpoint.header();
        let set = followed.validators(header.height()).unwrap();
        assert_eq!(*header.validator_set(), set.digest());
        assert_eq!(checkpoint.signed_header().verify(set), Ok(()));
    }
}

/// Old validators, however many of their keys someone has, make no members and no validators.
#[test]
fn without_the_members_old_validators_change_nothing() {
    let net = changed();
    let height = chain(&net).0[0].terms.height;
    assert_eq!(
        with(&net, |links| {
            links[0].signatures.pop();
        }),
        RosterChainError::NoQuorum {
            have: 2,
            need: 3,
            height
        }
    );
    let member = chain(&net).0[0].signatures[0].0;
    let forged = with(&net, |links| {
        links[0].signatures[0].1 = links[0].signatures[1].1.clone();
    });
    assert_eq!(forged, RosterChainError::Signature { member, height });
    let twice = with(&net, |links| {
        let first = links[0].signatures[0].clone();
        links[0].signatures.push(first);
    });
    assert_eq!(twice, RosterChainError::Signature { member, height });
    let left_out = with(&net, |links| drop(links.remove(1)));
    assert!(matches!(left_out, RosterChainError::Order { .. }));
}

#[test]
fn without_the_old_validators_members_change_none() {
    let net = changed();
    let height = chain(&net).0[0].terms.height;
    let missing = RosterChainError::Header { height };
    assert_eq!(with(&net, |links| links[0].header = None), missing);
    // Another header, of the same validators.
    let early = net.checkpoints[0].signed_header().clone();
    assert_eq!(with(&net, |links| links[0].header = Some(early)), missing);
    let weak = with(&net, |links| {
        let header = links[2].header.as_ref().unwrap().header().clone();
        links[2].header = Some(cosigned_by(&net, header, 1));
    });
    assert!(matches!(weak, RosterChainError::Cosignatures { .. }));
}

/// A header with the signature of the factory's peer alone.
fn cosigned_by(net: &Net, header: Header, count: usize) -> SignedHeader {
    let bytes = cbor::to_bytes(&header);
    let cosignature = crate::Cosignature::sign(&net.peer, None, &bytes);
    let cosignatures = vec![cosignature; count];
    let checkpoint = crate::Checkpoint::new(header, cosignatures, Vec::new());
    checkpoint.signed_header().clone()
}

#[test]
fn root_keys_change_to_the_ones_that_were_committed_to() {
    let net = changed();
    let member = net.id(FACTORY);
    let forged = with(&net, |links| {
        let link = links.iter_mut().find(|link| !link.keys.is_empty());
        let NewKeys::Rotated(_, change) = &mut link.unwrap().keys[0] else {
            panic!("rotated");
        };
        // Keys of a thief, who signs for them.
        let network = net.genesis.id();
        let next = change.next;
        **change = RootChange::rotation(&network, &member, &root_of(90), next);
    });
    assert_eq!(forged, RosterChainError::Root { member });
}

/// A sample over the whole length: every byte would take minutes.
#[test]
fn a_bit_flipped_in_every_211th_byte_of_a_chain_is_noticed() {
    let net = changed();
    let bytes = cbor::to_bytes(&chain(&net));
    for place in (0..bytes.len()).step_by(211) {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        let read: Result<RosterChain, _> = cbor::from_canonical(&altered);
        let holds = read.is_ok_and(|chain| chain.follow(&net.genesis).is_ok());
        assert!(!holds, "byte {place}");
    }
}

/// A history that ends under other validators than the founders' verifies by its chain, and what
/// the device of a member that came later wrote counts.
#[test]
fn a_bundle_brings_its_chain() {
    let mut net = changed();
    let item: Code = code("A");
    net.commission(std::slice::from_ref(&item));
    let newcomer = applicant(40).id();
    let mut admin = Phone::new(device_key(50), newcomer);
    let subject = item.subject(&net.genesis.id(), &net.id(FACTORY));
    let block = admin.write(&net.genesis, &[observe(&[subject])], &mut net.sections);
    net.applied(&block);
    let as_of = net.checkpoints.last().unwrap().signed_header().clone();
    let bundle = Bundle::assemble(&net.ledger, &net.genesis, &as_of, &net, &item.hash().into());
    let bundle = Bundle::from_bytes(&bundle.unwrap().to_bytes().unwrap()).unwrap();
    let report = bundle.verify(&item, net.genesis.id()).unwrap();
    let problems = |report: &crate::Report| {
        let checks = report.checks.iter();
        checks.flat_map(|c| c.problems.clone()).collect::<Vec<_>>()
    };
    assert_eq!(problems(&report), []);
    assert_eq!(report.orderers.len(), 4);
    let mut names = report.journey.iter().map(|step| step.member_name.clone());
    assert_eq!(names.next_back(), Some(Some("New Firm".to_owned())));
    // Without it neither the header nor the newcomer's device is anyone's.
    let alone = bundle.without_roster().verify(&item, net.genesis.id());
    let found: Vec<_> = problems(&alone.unwrap());
    let codes: BTreeSet<_> = found.iter().map(crate::Problem::code).collect();
    assert!(codes.contains("checkpoint") && codes.contains("stranger-signature"));
}
