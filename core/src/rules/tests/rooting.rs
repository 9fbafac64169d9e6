//! Members' root keys: rotated, guarded, recovered, and objected to.

use super::*;
use crate::{RECOVERY_DELAY_MS, RecoveryRequest, RootChange, RootKey, RosterAct, limits};

/// What the bank lost its keys for.
pub(super) fn request(net: &Net, n: u8) -> RecoveryRequest {
    let bank = net.id(BANK);
    let lost = net.ledger.state().member(&bank).unwrap().root().clone();
    let next = root_of(n + 1).public().next_digest();
    RecoveryRequest::new(&net.genesis.id(), bank, &lost, &root_of(n), next)
}

/// Two of three guard the bank: factory, carrier, retailer.
pub(super) fn guarded(net: &mut Net) {
    let draft = net.guardians(BANK, &[FACTORY, CARRIER, RETAILER], 2);
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
}

pub(super) fn recovering(net: &mut Net, by: usize, request: &RecoveryRequest) -> RecordRef {
    let block = net.admin(by, &[recover(request)]);
    net.applied(&block)
}

fn objection(net: &Net, key: &RootKey) -> crate::RecordDraft {
    let bank = net.id(BANK);
    let state = net.ledger.state().member(&bank).unwrap();
    let base = state.recovery().open().unwrap().base();
    object(&net.genesis.id(), &bank, base, key)
}

pub(super) fn root(net: &Net) -> crate::RootPublic {
    let bank = net.id(BANK);
    net.ledger.state().member(&bank).unwrap().root().clone()
}

pub(super) fn rotating_to_other_keys(net: &mut Net) -> Refusal {
    let next = root_of(90).public().next_digest();
    let change = RootChange::rotation(&net.genesis.id(), &net.id(BANK), &root_of(90), next);
    let block = net.admin(BANK, &[rotate(change)]);
    refused_alone(net, &block)
}

pub(super) fn rotating_for_another_member(net: &mut Net) -> Refusal {
    // The bank's next keys, signed for the factory: nobody else can use them.
    let next = root_of(90).public().next_digest();
    let change = RootChange::rotation(&net.genesis.id(), &net.id(FACTORY), &root_of(55), next);
    let block = net.admin(BANK, &[rotate(change)]);
    refused_alone(net, &block)
}

pub(super) fn a_stranger_recovers(net: &mut Net) -> Refusal {
    guarded(net);
    let block = net.admin(CUSTOMS, &[recover(&request(net, 90))]);
    refused_alone(net, &block)
}

pub(super) fn nobody_guards(net: &mut Net) -> Refusal {
    let block = net.admin(FACTORY, &[recover(&request(net, 90))]);
    refused_alone(net, &block)
}

pub(super) fn guardians_of_before(net: &mut Net) -> Refusal {
    let old = net.guardians(BANK, &[CUSTOMS], 1);
    guarded(net);
    let block = net.admin(BANK, &[old]);
    refused_alone(net, &block)
}

/// Two of the three want other keys for the bank.
pub(super) fn in_recovery(net: &mut Net) {
    for by in [FACTORY, CARRIER] {
        let request = request(net, 90);
        recovering(net, by, &request);
    }
}

/// The bank objects.
pub(super) fn object_with(net: &mut Net, key: &RootKey) {
    let draft = objection(net, key);
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
}

fn objected(net: &mut Net) {
    guarded(net);
    in_recovery(net);
    object_with(net, &root_of(5));
}

pub(super) fn guardians_in_a_recovery(net: &mut Net) -> Refusal {
    guarded(net);
    in_recovery(net);
    let draft = net.guardians(BANK, &[CUSTOMS], 1);
    let block = net.admin(BANK, &[draft]);
    refused_alone(net, &block)
}

/// A thief who has the next root keys too must not be faster than the guardians.
pub(super) fn rotating_in_a_recovery(net: &mut Net) -> Refusal {
    guarded(net);
    in_recovery(net);
    rotating(net)
}

pub(super) fn rotating_after_the_objection(net: &mut Net) -> Refusal {
    objected(net);
    rotating(net)
}

/// To the keys that the bank committed to.
fn rotating(net: &mut Net) -> Refusal {
    let draft = net.rotation(BANK);
    let block = net.admin(BANK, &[draft]);
    refused_alone(net, &block)
}

/// Every rotation goes into everybody's proofs.
pub(super) fn rotating_without_end(net: &mut Net) -> Refusal {
    for _ in 0..limits::ROOT_CHANGES {
        net.rotated(BANK);
    }
    rotating(net)
}

pub(super) fn guarding_oneself(net: &mut Net) -> Refusal {
    let draft = net.guardians(BANK, &[FACTORY, BANK], 1);
    let block = net.admin(BANK, &[draft]);
    refused_alone(net, &block)
}

/// No guardian had asked for them before the rotation: the request is made anew.
pub(super) fn recovering_from_old_keys(net: &mut Net) -> Refusal {
    guarded(net);
    let old = request(net, 90);
    net.rotated(BANK);
    let block = net.admin(FACTORY, &[recover(&old)]);
    refused_alone(net, &block)
}

pub(super) fn objecting_to_nothing(net: &mut Net) -> Refusal {
    guarded(net);
    let base = request(net, 90).base();
    let draft = object(&net.genesis.id(), &net.id(BANK), base, &root_of(5));
    let block = net.admin(BANK, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn objecting_twice(net: &mut Net) -> Refusal {
    objected(net);
    let draft = objection(net, &root_of(5));
    let block = net.admin(BANK, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn objecting_with_other_keys(net: &mut Net) -> Refusal {
    guarded(net);
    in_recovery(net);
    let draft = objection(net, &root_of(90));
    let block = net.admin(BANK, &[draft]);
    refused_alone(net, &block)
}

#[test]
fn keys_rotate_at_once_and_once() {
    let mut net = Net::with_prefix();
    let old = root(&net);
    net.rotated(BANK);
    assert_ne!(root(&net), old);
    // The old ones sign nothing any more.
    let act = RosterAct::Expel(net.id(CUSTOMS));
    let draft = wish_by(&net, &root_of(5), (net.terms(4), &act));
    let block = net.admin(BANK, &[draft]);
    assert_eq!(net.refused(&block).code(), "bad-root-signature");
}

/// A wish that the old keys signed is gone with them: whoever follows the roster knows the new
/// ones alone.
#[test]
fn a_rotation_takes_the_wish_back() {
    let mut net = Net::with_prefix();
    let act = RosterAct::Expel(net.id(CUSTOMS));
    let draft = wish(&net, BANK, (net.terms(9), &act));
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
    assert_eq!(net.ledger.state().roster().wishes().len(), 1);
    net.rotated(BANK);
    assert!(net.ledger.state().roster().wishes().is_empty());
}

/// The keys that the chain leads to are the ledger's, however few of the records it needs.
fn chain_holds(net: &Net) {
    let chain = crate::roster_chain::assemble(&net.ledger, net).unwrap();
    assert!(chain.follow(&net.genesis).is_ok());
}

/// Also one that changes nothing: the members can always help.
#[test]
fn a_change_of_the_roster_lets_keys_rotate_again() {
    let mut net = Net::with_prefix();
    rotating_without_end(&mut net);
    let same = net.ledger.validators().clone();
    net.in_force(&RosterAct::SetValidators(same));
    rotating_without_end(&mut net);
    chain_holds(&net);
}

/// Whoever was expelled signs no roster any more, so its keys make nobody's proof longer.
#[test]
fn a_chain_has_no_keys_of_who_is_to_go() {
    let mut net = Net::with_prefix();
    let height = net.agreed(&RosterAct::Expel(net.id(BANK)));
    net.rotated(BANK);
    net.come_to(height);
    net.in_force(&net.application(40));
    assert!(net.ledger.state().roster().changes()[1].roots().is_empty());
    chain_holds(&net);
}

/// Keys that guardians give take the place of all rotations before them.
#[test]
fn guardians_recover_who_can_rotate_no_more() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    rotating_without_end(&mut net);
    let request = request(&net, 90);
    for by in [FACTORY, CARRIER] {
        recovering(&mut net, by, &request);
    }
    net.wait(RECOVERY_DELAY_MS);
    assert_eq!(root(&net), root_of(90).public());
    net.roots[BANK] = 90;
    for _ in 1..limits::ROOT_CHANGES {
        net.rotated(BANK);
    }
    assert_eq!(rotating(&mut net).code(), "too-many-rotations");
    net.in_force(&net.application(40));
    let roots = net.ledger.state().roster().changes()[0].roots();
    assert_eq!(roots.len(), limits::ROOT_CHANGES);
    chain_holds(&net);
}

#[test]
fn two_of_three_guardians_recover_after_fourteen_days() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    let (old, request) = (root(&net), request(&net, 90));
    recovering(&mut net, FACTORY, &request);
    net.wait(2 * RECOVERY_DELAY_MS);
    assert_eq!(root(&net), old, "one is not enough");
    recovering(&mut net, CARRIER, &request);
    // Everyone sees it from now on.
    let open = net.ledger.state().member(&net.id(BANK)).unwrap();
    let since = open.recovery().open().unwrap().since();
    net.wait(since.0 + RECOVERY_DELAY_MS - net.now.0 - 1);
    assert_eq!(root(&net), old);
    net.wait(1);
    assert_eq!(root(&net), root_of(90).public());
    let done = net.ledger.state().member(&net.id(BANK)).unwrap();
    assert!(done.recovery().open().is_none());
}

#[test]
fn an_objection_needs_all_guardians_and_a_quorum_of_members() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    let (old, request) = (root(&net), request(&net, 90));
    for by in [FACTORY, CARRIER] {
        recovering(&mut net, by, &request);
    }
    object_with(&mut net, &root_of(5));
    net.wait(RECOVERY_DELAY_MS);
    assert_eq!(root(&net), old, "two of three guardians");
    // A quorum of members, but not all guardians.
    recovering(&mut net, CUSTOMS, &request);
    assert_eq!(root(&net), old);
    recovering(&mut net, RETAILER, &request);
    assert_eq!(root(&net), root_of(90).public());
}

/// Who objected chooses other guardians once it is over, and may object again.
#[test]
fn what_was_objected_to_ends_after_another_fourteen_days() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    let (old, request) = (root(&net), request(&net, 90));
    for round in 0..2 {
        for by in [FACTORY, CARRIER] {
            recovering(&mut net, by, &request);
        }
        object_with(&mut net, &root_of(5));
        let state = |net: &Net| net.ledger.state().member(&net.id(BANK)).unwrap().clone();
        let ends = state(&net).recovery().open().unwrap().lapses_at();
        net.wait(ends.0 - net.now.0 - 1);
        assert!(state(&net).recovery().open().is_some(), "{round}");
        net.wait(1);
        assert_eq!(*state(&net).recovery(), crate::Recovery::default());
        assert_eq!(root(&net), old);
    }
    let draft = net.guardians(BANK, &[CARRIER, RETAILER], 2);
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
}

/// Whoever has the root keys sees the first guardian's word and rotates at once: the second one's
/// counts all the same, and the owner that it was still objects with its new keys.
#[test]
fn a_rotation_does_not_undo_what_guardians_asked_for() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    let asked = request(&net, 90);
    recovering(&mut net, FACTORY, &asked);
    net.rotated(BANK);
    recovering(&mut net, CARRIER, &asked);
    object_with(&mut net, &root_of(55));
    recovering(&mut net, RETAILER, &asked);
    recovering(&mut net, CUSTOMS, &asked);
    net.wait(RECOVERY_DELAY_MS);
    assert_eq!(root(&net), root_of(90).public());
}

/// Expelled by the three who guard nobody here.
fn expelled(net: &mut Net, member: usize) {
    let (terms, act) = (net.terms(5), RosterAct::Expel(net.id(member)));
    for by in [FACTORY, CUSTOMS, BANK] {
        let draft = wish(net, by, (terms, &act));
        let block = net.admin(by, &[draft]);
        net.applied(&block);
    }
}

/// Guardians that were expelled open nothing and carry nothing: those that the members threw out
/// would else still decide whose keys a member has.
#[test]
fn expelled_guardians_carry_no_recovery() {
    let mut net = Net::with_prefix();
    let draft = net.guardians(BANK, &[CARRIER, RETAILER], 2);
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
    let (old, asked) = (root(&net), request(&net, 90));
    for by in [CARRIER, RETAILER] {
        recovering(&mut net, by, &asked);
    }
    let bank = net.id(BANK);
    let open = |net: &Net| {
        let bank = net.ledger.state().member(&bank).unwrap();
        bank.recovery().open().is_some()
    };
    assert!(open(&net));
    expelled(&mut net, CARRIER);
    expelled(&mut net, RETAILER);
    net.wait(1);
    assert!(!open(&net), "it closes at once");
    net.wait(2 * RECOVERY_DELAY_MS);
    assert_eq!(root(&net), old);
    // The owner is free again to choose others.
    let draft = net.guardians(BANK, &[FACTORY], 1);
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
}

/// The word that one gave before it was expelled does not add up with that of another.
#[test]
fn an_expelled_guardians_word_opens_nothing() {
    let mut net = Net::with_prefix();
    let draft = net.guardians(BANK, &[FACTORY, CARRIER, RETAILER], 2);
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
    let (old, asked) = (root(&net), request(&net, 90));
    recovering(&mut net, CARRIER, &asked);
    expelled(&mut net, CARRIER);
    recovering(&mut net, RETAILER, &asked);
    net.wait(2 * RECOVERY_DELAY_MS);
    assert_eq!(root(&net), old);
    recovering(&mut net, FACTORY, &asked);
    net.wait(RECOVERY_DELAY_MS);
    assert_eq!(root(&net), root_of(90).public());
}

/// Who is no member any more can agree to nothing, and must not hold up those who are.
#[test]
fn an_expelled_guardian_is_not_waited_for() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    let request = request(&net, 90);
    for by in [FACTORY, CARRIER] {
        recovering(&mut net, by, &request);
    }
    object_with(&mut net, &root_of(5));
    net.agreed(&RosterAct::Expel(net.id(RETAILER)));
    recovering(&mut net, CUSTOMS, &request);
    net.wait(RECOVERY_DELAY_MS);
    assert_eq!(root(&net), root_of(90).public());
}

/// The guardians change their minds: the time begins anew.
#[test]
fn other_keys_wait_anew() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    let (old, one, other) = (root(&net), request(&net, 90), request(&net, 95));
    for by in [FACTORY, CARRIER] {
        recovering(&mut net, by, &one);
    }
    net.wait(RECOVERY_DELAY_MS - 10_000);
    for by in [FACTORY, CARRIER] {
        recovering(&mut net, by, &other);
    }
    net.wait(RECOVERY_DELAY_MS - 10_000);
    assert_eq!(root(&net), old);
    net.wait(20_000);
    assert_eq!(root(&net), root_of(95).public());
}

/// Keys that guardians gave count for a roster once the others have signed one that names them.
#[test]
fn recovered_keys_are_vouched_for_by_the_next_roster() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    let request = request(&net, 90);
    for by in [FACTORY, CARRIER] {
        recovering(&mut net, by, &request);
    }
    net.wait(RECOVERY_DELAY_MS);
    let (terms, act) = (net.terms(9), net.application(40));
    let draft = wish_by(&net, &root_of(90), (terms, &act));
    let block = net.admin(BANK, &[draft]);
    net.applied(&block);
    for member in [FACTORY, CARRIER] {
        let draft = wish(&net, member, (terms, &act));
        let block = net.admin(member, &[draft]);
        net.applied(&block);
    }
    assert!(net.ledger.state().roster().changes().is_empty());
    let block = net.admin(RETAILER, &[wish(&net, RETAILER, (terms, &act))]);
    net.applied(&block);
    assert_eq!(net.ledger.state().roster().changes().len(), 1);
    while net.ledger.state().next_height() < terms.height {
        net.wait(1000);
    }
    let chain = crate::roster_chain::assemble(&net.ledger, &net).unwrap();
    assert!(chain.follow(&net.genesis).is_ok());
}
