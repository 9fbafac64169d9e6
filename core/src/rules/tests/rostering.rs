//! Who is a member, and whose peers order.

use super::*;
use crate::{
    Application, Founder, Height, HpkeSecret, Inception, Jurisdiction, Kem, RosterAct, Validator,
    ValidatorSet,
};

fn expel(net: &Net, member: usize) -> RosterAct {
    RosterAct::Expel(net.id(member))
}

fn order_by(validators: Vec<Validator>) -> RosterAct {
    RosterAct::SetValidators(ValidatorSet::new(validators).unwrap())
}

/// One member's wish, refused.
fn wished(net: &mut Net, act: &RosterAct) -> Refusal {
    let draft = wish(net, FACTORY, (net.terms(4), act));
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn writing_after_an_expulsion(net: &mut Net) -> Refusal {
    let act = expel(net, BANK);
    let height = net.agreed(&act);
    // Until that height it is a member like any other.
    let key = device_key(55);
    let block = net.admin(BANK, &[enrol(net.id(BANK), entry(&key, Role::Qc))]);
    net.applied(&block);
    assert_eq!(net.ledger.state().next_height(), height);
    assert!(!net.ledger.state().is_member(&net.id(BANK)));
    let block = net.admin(
        BANK,
        &[enrol(net.id(BANK), entry(&device_key(56), Role::Qc))],
    );
    // Nobody proposes it any more; a validator that did not know better may have.
    assert!(crate::propose(&net.ledger, [&block], net.now).is_none());
    net.order_anyway(&block);
    net.refusal(first(&block))
}

pub(super) fn offering_to_who_was_expelled(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.in_force(&expel(net, BANK));
    let cite = net.last_custody(&item);
    let block = net.staff(FACTORY, &[offer(item, net.id(BANK), cite)]);
    refused_alone(net, &block)
}

pub(super) fn expelling_twice(net: &mut Net) -> Refusal {
    let act = expel(net, BANK);
    net.agreed(&act);
    wished(net, &act)
}

pub(super) fn wishing_before_an_expulsion_holds(net: &mut Net) -> Refusal {
    net.agreed(&expel(net, BANK));
    let draft = wish(net, BANK, (net.terms(4), &expel(net, FACTORY)));
    let block = net.admin(BANK, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn writing_before_an_admission_holds(net: &mut Net) -> Refusal {
    let height = net.agreed(&net.application(40));
    let mut admin = Phone::new(device_key(50), applicant(40).id());
    let mut enrolling = |net: &mut Net, n: u8| {
        let entry = entry(&device_key(n), Role::Courier);
        let draft = enrol(applicant(40).id(), entry);
        admin.write(&net.genesis, &[draft], &mut net.sections)
    };
    let early = enrolling(net, 57);
    assert_eq!(net.ledger.state().next_height().0 + 1, height.0);
    net.order_anyway(&early);
    let refusal = net.refusal(first(&early));
    // A checkpoint later it is a member, and what it signs is taken.
    let block = enrolling(net, 58);
    net.applied(&block);
    refusal
}

pub(super) fn of_a_roster_that_is_gone(net: &mut Net) -> Refusal {
    let (old, act) = (net.terms(9), expel(net, CUSTOMS));
    let block = net.admin(BANK, &[wish(net, BANK, (old, &act))]);
    net.applied(&block);
    net.agreed(&net.application(40));
    // With the bank's these would be three.
    let late = net.admin(CARRIER, &[wish(net, CARRIER, (old, &act))]);
    let refusal = refused_alone(net, &late);
    let by = net.ledger.state().roster().changes()[0].carried().last();
    assert_eq!(refusal, Refusal::RosterSuperseded { by: by.copied() });
    refusal
}

pub(super) fn at_once(net: &mut Net) -> Refusal {
    let draft = wish(net, FACTORY, (net.terms(1), &expel(net, BANK)));
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn in_a_year(net: &mut Net) -> Refusal {
    let draft = wish(net, FACTORY, (net.terms(1_000_001), &expel(net, BANK)));
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn before_another_change(net: &mut Net) -> Refusal {
    let far = net.terms(40);
    for member in [FACTORY, CARRIER, RETAILER] {
        let draft = wish(net, member, (far, &net.application(40)));
        let block = net.admin(member, &[draft]);
        net.applied(&block);
    }
    let act = expel(net, BANK);
    wished(net, &act)
}

pub(super) fn admitting_a_founder(net: &mut Net) -> Refusal {
    let mut founders = net.genesis.founders().iter();
    let carrier = founders.find(|f| f.id() == net.id(CARRIER)).unwrap();
    let signed = Application::sign(carrier.clone(), &net.genesis.id(), &root_of(2));
    wished(net, &RosterAct::Admit(Box::new(signed)))
}

pub(super) fn admitting_who_was_expelled(net: &mut Net) -> Refusal {
    net.in_force(&net.application(40));
    net.in_force(&RosterAct::Expel(applicant(40).id()));
    let again = net.application(40);
    wished(net, &again)
}

pub(super) fn signed_by_another_root(net: &mut Net) -> Refusal {
    // The carrier's admin has the factory's signature, and not that of its own firm.
    let draft = wish(net, FACTORY, (net.terms(4), &expel(net, BANK)));
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn signed_for_another_height(net: &mut Net) -> Refusal {
    let act = expel(net, BANK);
    let mut draft = wish(net, FACTORY, (net.terms(4), &act));
    if let crate::Body::ExpelMember { terms, .. } = &mut draft.body {
        terms.height = Height(terms.height.0 + 1);
    }
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn admitting_who_did_not_ask(net: &mut Net) -> Refusal {
    let signed = Application::sign(applicant(40), &net.genesis.id(), &root_of(41));
    wished(net, &RosterAct::Admit(Box::new(signed)))
}

pub(super) fn an_admin_device_orders(net: &mut Net) -> Refusal {
    let admin = net.admins[FACTORY].key.id();
    let act = order_by(vec![Validator::new(net.id(FACTORY), admin)]);
    wished(net, &act)
}

pub(super) fn anothers_peer_orders(net: &mut Net) -> Refusal {
    let act = order_by(vec![Validator::new(net.id(CARRIER), net.peer.id())]);
    wished(net, &act)
}

pub(super) fn a_revoked_peer_orders(net: &mut Net) -> Refusal {
    let validator = net.with_peer(CARRIER, 71);
    let block = net.admin(CARRIER, &[revoke(validator.key(), None)]);
    net.applied(&block);
    wished(net, &order_by(vec![validator]))
}

pub(super) fn two_order(net: &mut Net) -> Refusal {
    let second = net.with_peer(CARRIER, 71);
    let first = Validator::new(net.id(FACTORY), net.peer.id());
    wished(net, &order_by(vec![first, second]))
}

pub(super) fn expelling_the_only_orderer(net: &mut Net) -> Refusal {
    let act = expel(net, FACTORY);
    wished(net, &act)
}

pub(super) fn a_member_too_many(net: &mut Net) -> Refusal {
    *net = Net::crowded();
    let act = net.application(30);
    wished(net, &act)
}

pub(super) fn expelling_a_stranger(net: &mut Net) -> Refusal {
    wished(net, &RosterAct::Expel(MemberId::from_bytes([5; 32])))
}

pub(super) fn admitting_with_anothers_device(net: &mut Net) -> Refusal {
    let inception = applicant(40).inception().clone();
    let devices = vec![entry(&net.admins[CARRIER].key, Role::Admin)];
    let applicant = Founder::new(inception, devices);
    let signed = Application::sign(applicant, &net.genesis.id(), &root_of(40));
    wished(net, &RosterAct::Admit(Box::new(signed)))
}

pub(super) fn admitting_with_other_keys(net: &mut Net) -> Refusal {
    let root = root_of(40).public();
    let reader = HpkeSecret::derive(Kem::XWing, &[40; 32]).public();
    let next = root.next_digest();
    let inception = Inception::new("New Firm", crate::Class::Carrier, root, next, reader);
    let devices = vec![entry(&device_key(50), Role::Admin)];
    let applicant = Founder::new(inception.unwrap(), devices);
    let signed = Application::sign(applicant, &net.genesis.id(), &root_of(40));
    wished(net, &RosterAct::Admit(Box::new(signed)))
}

pub(super) fn expelling_a_supervisor(net: &mut Net) -> Refusal {
    let customs = net.id(CUSTOMS);
    net.amended(|policy| {
        let name = Jurisdiction::parse("cn-gd").unwrap();
        policy.jurisdictions.insert(name, [customs].into());
    });
    let act = expel(net, CUSTOMS);
    wished(net, &act)
}

pub(super) fn expelling_below_the_quorum(net: &mut Net) -> Refusal {
    net.amended(|policy| policy.policy_quorum = 5);
    let act = expel(net, BANK);
    wished(net, &act)
}

pub(super) fn staff_wishes(net: &mut Net) -> Refusal {
    net.amended(|policy| {
        let kinds = [crate::Kind::ExpelMember];
        policy.permissions.allow(None, Role::Courier, kinds);
    });
    let draft = wish(net, CARRIER, (net.terms(4), &expel(net, BANK)));
    let block = net.staff(CARRIER, &[draft]);
    refused_alone(net, &block)
}

/// Nothing of the roster changes before a quorum wants the same, on the same terms.
#[test]
fn two_of_five_change_nothing() {
    let mut net = Net::with_prefix();
    let before = net.ledger.state().roster().digest();
    let (terms, act) = (net.terms(9), expel(&net, BANK));
    for member in [FACTORY, CARRIER] {
        let block = net.admin(member, &[wish(&net, member, (terms, &act))]);
        net.applied(&block);
    }
    // A third wants it one checkpoint later: that is not the same.
    let mut later = terms;
    later.height = Height(terms.height.0 + 1);
    let block = net.admin(RETAILER, &[wish(&net, RETAILER, (later, &act))]);
    net.applied(&block);
    let roster = net.ledger.state().roster();
    assert_eq!((roster.digest(), roster.changes().len()), (before, 0));
    // It changes its mind.
    let block = net.admin(RETAILER, &[wish(&net, RETAILER, (terms, &act))]);
    net.applied(&block);
    let roster = net.ledger.state().roster();
    assert_eq!(roster.changes().len(), 1);
    assert!(roster.wishes().is_empty());
    // A fourth is late with the same and does no harm.
    let block = net.admin(CUSTOMS, &[wish(&net, CUSTOMS, (terms, &act))]);
    net.applied(&block);
    assert_eq!(net.ledger.state().roster().changes().len(), 1);
}

/// A policy that one member alone may amend does not let it alone expel the others.
#[test]
fn a_small_policy_quorum_is_no_roster_quorum() {
    let mut net = Net::with_prefix();
    net.amended(|policy| policy.policy_quorum = 1);
    let (terms, act) = (net.terms(9), expel(&net, BANK));
    for member in [FACTORY, CARRIER, RETAILER] {
        assert!(net.ledger.state().roster().changes().is_empty());
        let block = net.admin(member, &[wish(&net, member, (terms, &act))]);
        net.applied(&block);
    }
    assert_eq!(net.ledger.state().roster().changes().len(), 1);
}

/// From its height on, and not before, four order instead of one; then its key is worth nothing.
#[test]
fn validators_take_over_at_their_height() {
    use crate::{CheckpointError, heartbeat};
    let mut net = Net::with_prefix();
    let old = net.ledger.validators().clone();
    let four = net.four_validators();
    let height = net.agreed(&RosterAct::SetValidators(four.clone()));
    while net.ledger.state().next_height() < height {
        assert_eq!(*net.ledger.validators(), old);
        net.wait(1000);
    }
    let last = net.checkpoints.last().unwrap().header().clone();
    assert_eq!(*last.validator_set(), old.digest());
    assert_eq!(*last.next_validator_set(), four.digest());
    assert_eq!(*net.ledger.validators(), four);
    // The old one alone is no quorum now.
    let alone = heartbeat(&net.ledger, net.now)
        .into_proposal()
        .cosigned_alone(&net.peer);
    let refused = alone.verify(&four);
    assert_eq!(refused, Err(CheckpointError::NoQuorum { have: 1, need: 3 }));
    net.wait(1000);

    // The carrier's key rotates: the one that is gone is a stranger.
    let mut rotated = four.as_slice().to_vec();
    rotated[1] = net.with_peer(CARRIER, 75);
    let rotated = ValidatorSet::new(rotated).unwrap();
    net.in_force(&RosterAct::SetValidators(rotated.clone()));
    let proposal = heartbeat(&net.ledger, net.now).into_proposal();
    let gone = &net.peers[&four.as_slice()[1].key()];
    let stale = proposal.clone().into_checkpoint(
        four.as_slice()
            .iter()
            .map(|v| proposal.cosign(&net.peers[&v.key()]))
            .collect(),
    );
    let key = gone.id();
    assert_eq!(
        stale.verify(&rotated),
        Err(CheckpointError::Stranger { key })
    );
    net.wait(1000);
}

/// A checkpoint that old validators sign beyond their height does not continue the ledger,
/// although it verifies with their set.
#[test]
fn old_validators_fork_nothing() {
    use crate::{ApplyError, heartbeat};
    let mut net = Net::with_prefix();
    let (before, old) = (net.ledger.clone(), net.ledger.validators().clone());
    let four = net.four_validators();
    let act = RosterAct::SetValidators(four);
    net.in_force(&act);
    // As they would have gone on, had nobody agreed on others.
    let mut fork = before;
    let mut refused = None;
    while refused.is_none() {
        let now = fork.tip().time.plus(1);
        let beat = heartbeat(&fork, now)
            .into_proposal()
            .cosigned_alone(&net.peer);
        let beat = beat.verify(&old).unwrap();
        fork.apply(&beat, &net.blocks).unwrap();
        if fork.tip().height.0 + 1 == net.ledger.state().next_height().0 {
            let now = net.now.plus(1);
            let mut beat = heartbeat(&fork, now).into_proposal();
            beat.continue_from(&net.ledger);
            let beat = beat.cosigned_alone(&net.peer).verify(&old).unwrap();
            refused = net.ledger.apply(&beat, &net.blocks).err();
        }
    }
    assert_eq!(refused, Some(ApplyError::Validators));
}

/// An expelled member's peer orders no longer, from the same height on.
#[test]
fn an_expulsion_takes_the_validator_along() {
    let mut net = Net::with_prefix();
    let mut five = net.four_validators().as_slice().to_vec();
    five.push(net.with_peer(BANK, 74));
    let five = ValidatorSet::new(five).unwrap();
    net.in_force(&RosterAct::SetValidators(five));
    net.in_force(&expel(&net, BANK));
    let left: Vec<_> = net.ledger.validators().as_slice().to_vec();
    assert_eq!(left.len(), 4);
    assert!(left.iter().all(|v| v.member() != net.id(BANK)));
    net.wait(1000);
    // With four there is no fifth to lose.
    let act = expel(&net, CUSTOMS);
    assert_eq!(wished(&mut net, &act).code(), "too-few-validators");
}

/// What is for all members is sealed to those who come once they have come, and to those who go
/// no longer.
#[test]
fn readers_are_the_members_of_the_moment() {
    let mut net = Net::with_prefix();
    let newcomer = applicant(40).id();
    let reads = |net: &Net, member: MemberId| {
        let readers = net.ledger.state().readers();
        readers.get(&member.into()).is_some()
    };
    net.agreed(&net.application(40));
    assert!(!reads(&net, newcomer));
    net.wait(1000);
    net.wait(1000);
    assert!(reads(&net, newcomer));
    net.in_force(&RosterAct::Expel(newcomer));
    assert!(!reads(&net, newcomer));
    assert!(reads(&net, net.id(BANK)));
}
