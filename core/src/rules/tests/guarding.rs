//! Who guards a member's root keys, and from when on.

use super::rooting::{guarded, in_recovery, object_with, recovering, request, root};
use super::*;
use crate::{Guardians, MemberState, RECOVERY_DELAY_MS};

fn bank(net: &Net) -> MemberState {
    net.ledger.state().member(&net.id(BANK)).unwrap().clone()
}

fn guardians(net: &Net) -> Guardians {
    bank(net).guardians().clone()
}

fn guard(net: &Net) -> Vec<MemberId> {
    guardians(net).members().iter().copied().collect()
}

/// Whoever has the bank's root keys wants these to guard it.
fn chosen(net: &mut Net, by: &[usize]) -> RecordRef {
    let draft = net.guardians(BANK, by, 1);
    let block = net.admin(BANK, &[draft]);
    net.applied(&block)
}

fn three(net: &Net) -> Vec<MemberId> {
    let mut three = [FACTORY, CARRIER, RETAILER].map(|n| net.id(n));
    three.sort();
    three.to_vec()
}

/// A friend of the thief's, whom the bank's stolen keys chose.
pub(super) fn guardians_to_be_recover(net: &mut Net) -> Refusal {
    guarded(net);
    chosen(net, &[CUSTOMS]);
    let block = net.admin(CUSTOMS, &[recover(&request(net, 90))]);
    refused_alone(net, &block)
}

/// Who signed before another choice was made signs again.
pub(super) fn choosing_twice_at_once(net: &mut Net) -> Refusal {
    guarded(net);
    let old = net.guardians(BANK, &[CARRIER], 1);
    let by = chosen(net, &[CUSTOMS]);
    let block = net.admin(BANK, &[old]);
    let refusal = refused_alone(net, &block);
    assert!(refusal.to_string().contains(&by.to_string()), "{refusal}");
    refusal
}

/// Whoever stole the root keys would else be rid of the guardians at once.
#[test]
fn guardians_recover_while_a_thiefs_choice_waits() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    chosen(&mut net, &[CUSTOMS]);
    let (holds, request) = (guardians(&net), request(&net, 90));
    let holds = holds.coming().unwrap().hold_from();
    net.wait(RECOVERY_DELAY_MS - 10_000);
    // The last one speaks in the very checkpoint that would have let the thief's friend in.
    recovering(&mut net, FACTORY, &request);
    net.wait(holds.0 - net.now.0 - 1000);
    recovering(&mut net, CARRIER, &request);
    assert_eq!(net.now, holds);
    assert_eq!(guard(&net), three(&net), "they decide to the end");
    net.wait(RECOVERY_DELAY_MS);
    assert_eq!(root(&net), root_of(90).public());
    assert_eq!(bank(&net).root_since(), net.now);
    assert_eq!(guardians(&net).coming(), None, "the thief's choice is gone");
    net.wait(2 * RECOVERY_DELAY_MS);
    assert_eq!(guard(&net), three(&net));
    // And is worth nothing a second time.
    assert_eq!(guardians(&net).next_number(), 3);
}

#[test]
fn other_guardians_have_the_say_after_fourteen_days() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    assert_eq!(guard(&net), three(&net), "the first ones at once");
    chosen(&mut net, &[CUSTOMS]);
    let old = request(&net, 95);
    recovering(&mut net, FACTORY, &old);
    net.wait(RECOVERY_DELAY_MS - 1000 - 1);
    assert_eq!(guard(&net), three(&net));
    net.wait(1);
    assert_eq!(guard(&net), [net.id(CUSTOMS)]);
    assert_eq!(guardians(&net).coming(), None);
    // What the ones before wanted is gone with them.
    assert!(bank(&net).recovery().wishes().is_empty());
    let block = net.admin(CARRIER, &[recover(&old)]);
    assert_eq!(net.refused(&block).code(), "not-a-guardian");
    let request = request(&net, 90);
    recovering(&mut net, CUSTOMS, &request);
    net.wait(RECOVERY_DELAY_MS);
    assert_eq!(root(&net), root_of(90).public());
}

#[test]
fn a_second_choice_takes_the_place_of_the_first_and_waits_anew() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    chosen(&mut net, &[CUSTOMS]);
    net.wait(RECOVERY_DELAY_MS - 10_000);
    chosen(&mut net, &[CARRIER, RETAILER]);
    let from = guardians(&net).coming().unwrap().hold_from();
    assert_eq!(from, net.now.plus(RECOVERY_DELAY_MS));
    net.wait(RECOVERY_DELAY_MS - 1);
    assert_eq!(guard(&net), three(&net));
    net.wait(1);
    assert_eq!(guard(&net).len(), 2);
    assert!(!guard(&net).contains(&net.id(CUSTOMS)));
}

/// Keys that are given up because somebody else has them choose nobody.
#[test]
fn a_rotation_ends_what_the_old_keys_chose() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    chosen(&mut net, &[CUSTOMS]);
    net.rotated(BANK);
    assert_eq!(bank(&net).root_since(), net.now);
    net.wait(2 * RECOVERY_DELAY_MS);
    assert_eq!(guard(&net), three(&net));
    assert_eq!(guardians(&net).next_number(), 3);
}

/// An owner who objects to what guardians conspire is rid of them as soon as that is over.
#[test]
fn a_choice_holds_once_the_recovery_before_it_has_lapsed() {
    let mut net = Net::with_prefix();
    guarded(&mut net);
    chosen(&mut net, &[CUSTOMS]);
    in_recovery(&mut net);
    object_with(&mut net, &root_of(5));
    let lapses = bank(&net).recovery().open().unwrap().lapses_at();
    net.wait(lapses.0 - net.now.0 - 1);
    assert_eq!(guard(&net), three(&net));
    net.wait(1);
    assert_eq!(guard(&net), [net.id(CUSTOMS)]);
    assert_eq!(*bank(&net).recovery(), crate::Recovery::default());
}
