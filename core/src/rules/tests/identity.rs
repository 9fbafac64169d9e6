//! Whose prefixes and devices they are.

use super::*;

pub(super) fn foreign_prefix(net: &mut Net) -> Refusal {
    let draft = commission(PREFIX, &[code("A")], &net.genesis, net.id(CARRIER));
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn class_of_another_prefix(net: &mut Net) -> Refusal {
    let blocks = net.registrations("4000000", FACTORY);
    net.order(&blocks);
    let draft = commission("4000000", &[code("A")], &net.genesis, net.id(FACTORY));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn second_commissioning(net: &mut Net) -> Refusal {
    net.item("A");
    let draft = commission(
        PREFIX,
        &[code("B"), code("A")],
        &net.genesis,
        net.id(FACTORY),
    );
    let subjects = draft.subjects.clone();
    let block = net.staff(FACTORY, &[draft]);
    let refusal = refused_alone(net, &block);
    assert!(net.ledger.state().subject(&subjects[0]).is_none());
    refusal
}

pub(super) fn revoking_a_stranger(net: &mut Net) -> Refusal {
    let block = net.admin(FACTORY, &[revoke(device_key(77).id(), None)]);
    refused_alone(net, &block)
}

pub(super) fn customs_officer_commissions(net: &mut Net) -> Refusal {
    let draft = commission(PREFIX, &[code("A")], &net.genesis, net.id(CUSTOMS));
    let block = net.staff(CUSTOMS, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn deciding_after_the_revocation(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let kept = net.staff(CARRIER, &[observe(&[item])]);
    net.applied(&kept);
    // In the log before the revocation, but decided after it, because it had to wait.
    let unsent = net.staff(FACTORY, &[observe(&[item])]);
    let draft = observe(&[item]).citing(vec![first(&unsent)]);
    let late = net.staff(CARRIER, &[draft]);
    net.order(std::slice::from_ref(&late));
    let last = Some((Seq(0), kept.id()));
    let block = net.admin(CARRIER, &[revoke(net.staff_id(CARRIER), last)]);
    let by = net.applied(&block);
    net.order(&[unsent]);
    let refusal = net.refusal(first(&late));
    let device = net.staff_id(CARRIER);
    assert_eq!(refusal, Refusal::DeviceRevoked { device, by });
    refusal
}

pub(super) fn writing_after_the_end_of_enrolment(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.now = TimeMs(FOREVER.0 + net.genesis.policy().grace_ms);
    let block = net.staff(CARRIER, &[observe(&[item])]);
    refused_alone(net, &block)
}

/// What all views promise: a prefix is listed once, also while a late countersignature is pending.
#[test]
fn a_late_countersignature_registers_nothing_twice() {
    let mut net = Net::with_prefix();
    let late = net.admin(CUSTOMS, &[register(PREFIX, net.id(FACTORY))]);
    let pending = crate::Pending::over(&net.ledger, [&late]);
    assert_eq!(pending.outcome(&first(&late)), Some(&Outcome::Applied));
    assert_eq!(pending.prefixes().count(), 1);
}

pub(super) fn staff_enrols(net: &mut Net) -> Refusal {
    // An admin, but of another member.
    let draft = enrol(net.id(CARRIER), entry(&device_key(50), Role::Courier));
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn registering_a_taken_prefix(net: &mut Net) -> Refusal {
    let block = net.admin(CARRIER, &[register(PREFIX, net.id(CARRIER))]);
    refused_alone(net, &block)
}

pub(super) fn registering_below_a_prefix(net: &mut Net) -> Refusal {
    let block = net.admin(CARRIER, &[register("95060001", net.id(CARRIER))]);
    refused_alone(net, &block)
}

pub(super) fn enrolling_twice(net: &mut Net) -> Refusal {
    let draft = enrol(net.id(CARRIER), entry(&device_key(50), Role::Courier));
    let block = net.admin(CARRIER, std::slice::from_ref(&draft));
    net.applied(&block);
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn revoking_twice(net: &mut Net) -> Refusal {
    let draft = revoke(net.staff_id(CARRIER), None);
    let block = net.admin(CARRIER, std::slice::from_ref(&draft));
    net.applied(&block);
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}
