//! Every refusal, reached: one scenario each.

mod amending;
mod associating;
mod closing;
mod consuming;
mod correcting;
mod drawing;
mod holding;
mod making;
mod owning;
mod pledging;
mod readers;
mod table;
mod taking;
mod vectors;

use std::collections::BTreeSet;

use super::Refusal;
use crate::testnet::*;
use crate::{Digest32, MemberId, Outcome, RecordRef, Role, Seq, StateView, TimeMs, VerifiedBlock};

type Scenario = fn(&mut Net) -> Refusal;

/// The code that a scenario must end with, and the scenario.
const SCENARIOS: &[(&str, Scenario)] = &[
    ("not-your-prefix", foreign_prefix),
    ("not-your-prefix", class_of_another_prefix),
    ("already-commissioned", second_commissioning),
    ("unknown-subject", packing_what_nobody_commissioned),
    ("unknown-member", offer_to_a_stranger),
    ("unknown-device", revoking_a_stranger),
    ("not-holder", offering_what_another_holds),
    ("not-permitted", customs_officer_commissions),
    ("not-addressee", accepting_for_someone_else),
    ("offer-used", second_acceptance),
    ("offer-expired", late_acceptance),
    ("offer-expired", acceptance_of_a_replaced_offer),
    ("no-such-offer", accepting_a_commissioning),
    ("open-offer-exists", second_offer),
    ("open-offer-exists", packing_what_is_on_offer),
    ("open-offer-exists", packing_into_what_is_on_offer),
    ("stale-custody", offer_that_cites_an_old_custody),
    ("already-packed", packing_twice),
    ("not-inside", unpacking_what_is_not_inside),
    ("inside-itself", packing_a_container_into_its_content),
    ("too-deep", nine_levels),
    ("different-holders", packing_what_another_holds),
    ("inside-container", offering_what_is_packed),
    ("contents-changed", offer_with_wrong_contents),
    ("contents-changed", acceptance_of_other_contents),
    ("cite-refused", building_on_a_refused_record),
    ("cite-never-came", waiting_longer_than_the_grace),
    ("cite-never-came", citing_a_record_that_its_block_has_not),
    ("forked-feed", two_blocks_for_one_place),
    ("device-revoked", deciding_after_the_revocation),
    ("enrolment-ended", writing_after_the_end_of_enrolment),
    ("not-admin", staff_enrols),
    ("prefix-taken", registering_a_taken_prefix),
    ("prefix-overlap", registering_below_a_prefix),
    ("already-enrolled", enrolling_twice),
    ("already-revoked", revoking_twice),
    ("group-failed", group_with_a_bad_record),
    ("offer-declined", closing::accepting_what_was_declined),
    ("offer-declined", closing::declining_twice),
    ("not-addressee", closing::declining_for_someone_else),
    ("offer-used", closing::declining_what_was_accepted),
    ("offer-expired", closing::late_declining),
    ("decommissioned", closing::offering_what_has_ended),
    ("decommissioned", closing::packing_what_has_ended),
    ("decommissioned", closing::filling_what_has_ended),
    ("decommissioned", closing::observing_what_has_ended),
    ("decommissioned", closing::commissioning_what_has_ended),
    ("not-holder", closing::ending_what_another_holds),
    ("inside-container", closing::ending_what_is_packed),
    ("not-empty", closing::ending_a_full_case),
    ("open-offer-exists", closing::ending_what_is_on_offer),
    ("held", holding::offering_around_what_is_held),
    ("held", holding::unpacking_what_is_held),
    ("held", holding::unpacking_out_of_what_is_held),
    ("held", holding::filling_what_is_held),
    ("held", holding::packing_around_what_is_held),
    ("held", holding::accepting_what_is_held),
    ("held", holding::ending_what_is_held),
    ("already-held", holding::holding_twice),
    ("not-held", holding::clearing_what_nobody_holds),
    ("not-your-hold", holding::clearing_what_another_holds),
    ("not-an-authority", holding::a_carrier_holds),
    ("held", holding::offering_goods_of_a_held_bill),
    ("not-owner", owning::selling_what_another_owns),
    ("not-owner", owning::pledging_what_another_owns),
    ("stale-title", owning::selling_on_an_old_title),
    ("open-offer-exists", owning::selling_twice),
    (
        "open-offer-exists",
        owning::taking_a_case_around_what_is_on_offer,
    ),
    ("no-such-offer", owning::taking_title_by_an_offer_of_custody),
    ("not-addressee", owning::taking_anothers_title),
    ("offer-used", owning::taking_title_twice),
    ("offer-declined", owning::taking_what_was_declined),
    ("offer-expired", owning::taking_title_late),
    ("contents-changed", owning::taking_a_case_that_was_emptied),
    ("pledged", pledging::selling_what_is_pledged),
    ("pledged", pledging::taking_what_was_pledged_since),
    ("pledged", pledging::ending_what_is_pledged),
    ("pledged", pledging::pledging_twice),
    ("pledged", pledging::pledging_the_case_around),
    ("pledged", pledging::pledging_the_content),
    ("pledged", pledging::pledging_the_goods_of_a_pledged_bill),
    ("pledged", pledging::pledging_the_bill_of_pledged_goods),
    ("pledged", pledging::packing_two_pledges_together),
    ("pledged", pledging::emptying_a_pledged_case),
    ("pledged", pledging::parting_goods_from_their_pledged_bill),
    ("held", pledging::pledging_what_is_held),
    ("open-offer-exists", pledging::pledging_what_is_on_sale),
    ("not-pledged", pledging::releasing_nothing),
    ("not-your-pledge", pledging::releasing_anothers_pledge),
    ("not-a-bank", pledging::pledging_to_a_carrier),
    ("not-holder", associating::joining_what_another_holds),
    (
        "not-holder",
        associating::parting_goods_from_a_bill_that_went_on,
    ),
    ("not-associated", associating::parting_strangers),
    ("already-associated", associating::joining_twice),
    ("document-of-document", associating::a_paper_about_a_paper),
    ("too-many-parents", associating::a_seventeenth_parent),
    ("not-inside", taking::leaving_what_is_not_inside),
    ("contents-changed", taking::counting_what_was_left),
    ("wrong-pickup-code", taking::picking_up_with_a_wrong_code),
    ("not-holder", taking::picking_up_from_someone_else),
    ("not-addressee", taking::picking_up_what_is_for_a_member),
    ("not-addressee", taking::accepting_what_is_for_a_code),
    ("offer-used", taking::picking_up_twice),
    ("no-activation-key", consuming::activating_what_has_no_seal),
    ("already-activated", consuming::activating_twice),
    ("bad-activation", consuming::activating_with_another_secret),
    ("stale-title", consuming::activating_what_was_sold_since),
    ("held", consuming::activating_what_is_held),
    ("pledged", consuming::activating_what_is_pledged),
    ("not-a-consumers", consuming::reselling_what_a_member_owns),
    ("bad-resale", consuming::reselling_with_another_key),
    ("stale-title", consuming::reselling_again),
    ("not-the-taker", consuming::giving_back_to_who_did_not_ask),
    ("not-owner", consuming::selling_what_a_consumer_owns),
    ("amount-misplaced", making::a_batch_without_its_amount),
    ("not-a-batch", making::so_much_of_an_item),
    ("quantity-missing", making::a_whole_batch),
    ("quantity-missing", making::a_whole_run),
    ("other-unit", making::another_unit),
    ("other-unit", making::growing_in_another_unit),
    ("not-enough", making::more_than_there_is),
    ("too-much", making::more_digits_than_amounts_have),
    ("not-conserved", making::more_than_goes_in),
    ("not-conserved", making::a_loss_that_nobody_declared),
    ("other-measure", making::kilograms_become_pieces),
    ("other-measure", making::one_item_becomes_two),
    ("not-owner", making::using_what_is_only_held),
    ("not-holder", making::using_what_another_holds),
    ("not-your-prefix", making::making_under_a_foreign_prefix),
    ("inside-container", making::using_what_is_packed),
    ("inside-container", making::growing_what_is_packed),
    ("not-empty", making::using_up_a_full_case),
    ("open-offer-exists", making::using_what_is_on_offer),
    ("held", making::using_what_is_held),
    ("already-commissioned", making::making_an_item_twice),
    ("already-commissioned", making::growing_another_kind),
    ("decommissioned", making::using_an_item_twice),
    ("not-your-record", correcting::a_record_of_another),
    ("cite-never-came", correcting::with_a_record_that_never_came),
    ("not-in-run", drawing::a_stranger),
    ("not-in-run", drawing::at_a_false_place),
    ("not-a-run", drawing::from_an_item),
    ("unknown-subject", drawing::from_nothing),
    ("already-commissioned", drawing::what_was_commissioned_apart),
    ("already-commissioned", drawing::commissioning_a_run_twice),
    ("open-offer-exists", drawing::from_what_is_on_offer),
    ("held", drawing::moving_what_its_run_was_held_for),
    ("policy-superseded", amending::of_a_policy_that_is_gone),
    (
        "policy-quorum",
        amending::asking_for_more_members_than_there_are,
    ),
    ("policy-locks-out", amending::locking_everybody_out),
    ("policy-locks-out", amending::locking_one_class_out),
    ("policy-member", amending::a_supervisor_who_is_no_member),
    ("policy-jurisdiction", amending::sections_for_nobody),
    ("policy-kem", amending::another_way_of_sealing),
    ("not-admin", amending::staff_proposes),
    ("not-an-authority", readers::a_carrier_opens_as_an_authority),
    (
        "not-an-authority",
        readers::a_carrier_cannot_read_as_an_authority,
    ),
    ("old-epoch", readers::sealing_to_a_replaced_key),
    (
        "old-epoch",
        readers::sealing_to_a_replaced_key_after_the_grace,
    ),
    ("wrong-epoch", readers::leaving_an_epoch_out),
    ("wrong-epoch", readers::setting_an_epoch_twice),
    ("wrong-epoch", readers::going_back_to_an_old_key),
    (
        "not-a-reader",
        readers::giving_a_key_to_another_members_device,
    ),
    (
        "not-a-reader",
        readers::giving_a_key_to_a_role_outside_the_group,
    ),
    ("not-a-reader", readers::giving_a_key_to_a_revoked_device),
    ("not-admin", readers::staff_sets_a_key),
    ("wrong-kem", readers::a_key_of_another_kind),
    ("no-regulator-section", readers::telling_regulators_nothing),
    (
        "no-regulator-section",
        readers::telling_regulators_without_sealing,
    ),
];

#[test]
fn every_refusal_is_reached_and_leaves_nothing_behind() {
    for (code, scenario) in SCENARIOS {
        let refusal = scenario(&mut Net::with_prefix());
        assert_eq!(refusal.code(), *code, "{refusal}");
    }
    let reached: BTreeSet<_> = SCENARIOS.iter().map(|(code, _)| *code).collect();
    assert_eq!(reached, Refusal::codes().iter().copied().collect());
}

/// A refused record leaves the state as it was, but for the refusal itself.
fn refused_alone(net: &mut Net, block: &VerifiedBlock) -> Refusal {
    let subjects: Vec<_> = block.records().iter().flat_map(|r| r.subjects()).collect();
    let state = |net: &Net| {
        let state = net.ledger.state();
        let known = subjects.iter().map(|s| state.subject(s).cloned());
        known.collect::<Vec<_>>()
    };
    let before = state(net);
    let refusal = net.refused(block);
    assert_eq!(state(net), before);
    refusal
}

fn foreign_prefix(net: &mut Net) -> Refusal {
    let draft = commission(PREFIX, &[code("A")], &net.genesis, net.id(CARRIER));
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

fn class_of_another_prefix(net: &mut Net) -> Refusal {
    let blocks = net.registrations("4000000", FACTORY);
    net.order(&blocks);
    let draft = commission("4000000", &[code("A")], &net.genesis, net.id(FACTORY));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

fn second_commissioning(net: &mut Net) -> Refusal {
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

fn packing_what_nobody_commissioned(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let ghost = code("GHOST").subject(&net.genesis.id(), &net.id(FACTORY));
    let block = net.staff(FACTORY, &[pack(case, &[ghost])]);
    refused_alone(net, &block)
}

fn offer_to_a_stranger(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, MemberId::from_bytes([7; 32]), net.last_custody(&item));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

fn revoking_a_stranger(net: &mut Net) -> Refusal {
    let block = net.admin(FACTORY, &[revoke(device_key(77).id(), None)]);
    refused_alone(net, &block)
}

fn offering_what_another_holds(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
    let block = net.staff(CARRIER, &[draft]);
    refused_alone(net, &block)
}

fn customs_officer_commissions(net: &mut Net) -> Refusal {
    let draft = commission(PREFIX, &[code("A")], &net.genesis, net.id(CUSTOMS));
    let block = net.staff(CUSTOMS, &[draft]);
    refused_alone(net, &block)
}

fn accepting_for_someone_else(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let block = net.staff(RETAILER, &[accept(item, offer)]);
    refused_alone(net, &block)
}

fn second_acceptance(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let winner = net.staff(CARRIER, &[accept(item, offer)]);
    let winner = net.applied(&winner);
    let block = net.admin(CARRIER, &[accept(item, offer)]);
    let refusal = refused_alone(net, &block);
    assert_eq!(refusal, Refusal::OfferUsed { offer, by: winner });
    refusal
}

fn late_acceptance(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    // Until the last moment of life and grace the offer stands.
    let policy = net.genesis.policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms);
    let block = net.staff(CARRIER, &[accept(item, offer)]);
    refused_alone(net, &block)
}

fn acceptance_of_a_replaced_offer(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let offer = net.offered(FACTORY, CARRIER, item);
    let policy = net.genesis.policy().clone();
    net.wait(policy.offer_life_ms + policy.grace_ms + 1);
    net.offered(FACTORY, RETAILER, item);
    let block = net.staff(CARRIER, &[accept(item, offer)]);
    refused_alone(net, &block)
}

fn accepting_a_commissioning(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.staff(CARRIER, &[accept(item, net.last_custody(&item))]);
    refused_alone(net, &block)
}

fn second_offer(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.offered(FACTORY, CARRIER, item);
    let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

fn packing_what_is_on_offer(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    net.offered(FACTORY, CARRIER, item);
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    refused_alone(net, &block)
}

fn packing_into_what_is_on_offer(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    net.offered(FACTORY, CARRIER, case);
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    refused_alone(net, &block)
}

fn offer_that_cites_an_old_custody(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let commissioned = net.last_custody(&item);
    net.handed_over(FACTORY, CARRIER, item);
    let latest = net.handed_over(CARRIER, FACTORY, item);
    let block = net.staff(FACTORY, &[offer(item, net.id(CARRIER), commissioned)]);
    let refusal = refused_alone(net, &block);
    let subject = item;
    assert_eq!(refusal, Refusal::StaleCustody { subject, latest });
    refusal
}

fn packing_twice(net: &mut Net) -> Refusal {
    let cases = net.commission(&[case(1), case(2)]);
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(cases[0], &[item])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[pack(cases[1], &[item])]);
    refused_alone(net, &block)
}

fn unpacking_what_is_not_inside(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[unpack(case, &[item])]);
    refused_alone(net, &block)
}

fn packing_a_container_into_its_content(net: &mut Net) -> Refusal {
    let cases = net.commission(&[case(1), case(2)]);
    let block = net.staff(FACTORY, &[pack(cases[0], &[cases[1]])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[pack(cases[1], &[cases[0]])]);
    refused_alone(net, &block)
}

fn nine_levels(net: &mut Net) -> Refusal {
    let codes: Vec<_> = (0..10).map(case).collect();
    let cases = net.commission(&codes);
    let chain = |range: std::ops::Range<usize>| {
        let packs = range.map(|n| pack(cases[n], &[cases[n + 1]]));
        packs.collect::<Vec<_>>()
    };
    // Two stacks of five, eight levels in all once one is in the other; the ninth is refused.
    let (upper, lower) = (chain(0..4), chain(5..9));
    let block = net.staff(FACTORY, &upper);
    net.applied(&block);
    let block = net.staff(FACTORY, &lower);
    net.applied(&block);
    let block = net.staff(FACTORY, &[pack(cases[3], &[cases[5]])]);
    net.applied(&block);
    let deepest = net.ledger.state().containers(&cases[9]);
    assert_eq!(deepest.len(), crate::limits::PACKING_DEPTH);
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(cases[9], &[item])]);
    refused_alone(net, &block)
}

fn packing_what_another_holds(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    net.handed_over(FACTORY, CARRIER, case);
    let block = net.staff(CARRIER, &[pack(case, &[item])]);
    refused_alone(net, &block)
}

fn offering_what_is_packed(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let draft = offer(item, net.id(CARRIER), net.last_custody(&item));
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

fn offer_with_wrong_contents(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let wrong = Some(Digest32::from_bytes([1; 32]));
    let cite = net.last_custody(&case);
    let draft = offer_of(case, net.id(CARRIER), cite, FOREVER, wrong);
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

fn acceptance_of_other_contents(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let contents = net.ledger.state().contents_digest(&case);
    let cite = net.last_custody(&case);
    let draft = offer_of(case, net.id(CARRIER), cite, FOREVER, contents);
    let block = net.staff(FACTORY, &[draft]);
    let offer = net.applied(&block);
    let other = Some(Digest32::from_bytes([1; 32]));
    let block = net.staff(CARRIER, &[accept_of(case, offer, other)]);
    refused_alone(net, &block)
}

fn building_on_a_refused_record(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, net.id(RETAILER), net.last_custody(&item));
    let block = net.staff(CARRIER, &[draft]);
    net.refused(&block);
    let block = net.staff(RETAILER, &[accept(item, first(&block))]);
    refused_alone(net, &block)
}

fn waiting_longer_than_the_grace(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let draft = offer(item, net.id(CARRIER), net.last_custody(&item));
    let unsent = net.staff(FACTORY, &[draft]);
    let waiting = net.staff(CARRIER, &[accept(item, first(&unsent))]);
    let dependent = net.staff(CARRIER, &[observe(&[item]).citing(vec![first(&waiting)])]);
    net.order(std::slice::from_ref(&waiting));
    net.order(std::slice::from_ref(&dependent));
    let missing = first(&unsent);
    assert_eq!(net.outcomes[&first(&waiting)], Outcome::Waiting { missing });
    // The second checkpoint came a second later.
    net.wait(net.genesis.policy().grace_ms - 1000);
    assert_eq!(net.ledger.state().waiting(&first(&waiting)), Some(missing));
    net.wait(1);
    // What waited for the one that waited is refused because of it.
    let cite = first(&waiting);
    assert_eq!(
        net.refusal(first(&dependent)),
        Refusal::CiteRefused { cite }
    );
    net.refusal(first(&waiting))
}

fn citing_a_record_that_its_block_has_not(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let block = net.last_custody(&item).block;
    let nowhere = RecordRef { block, index: 7 };
    let block = net.staff(CARRIER, &[observe(&[item]).citing(vec![nowhere])]);
    refused_alone(net, &block)
}

fn two_blocks_for_one_place(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let mut twin = Phone::new(device_key(22), net.id(CARRIER));
    let one = net.staff(CARRIER, &[observe(&[item])]);
    let other = twin.write(
        &net.genesis,
        &[observe(&[item]), observe(&[item])],
        &mut net.sections,
    );
    net.applied(&one);
    let refusal = net.refused(&other);
    let device = net.ledger.state().device(&net.staff_id(CARRIER)).unwrap();
    assert_eq!(device.forked().unwrap().refused(), &other.id());
    refusal
}

fn deciding_after_the_revocation(net: &mut Net) -> Refusal {
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
    assert_eq!(refusal, Refusal::DeviceRevoked { by });
    refusal
}

fn writing_after_the_end_of_enrolment(net: &mut Net) -> Refusal {
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

fn staff_enrols(net: &mut Net) -> Refusal {
    // An admin, but of another member.
    let draft = enrol(net.id(CARRIER), entry(&device_key(50), Role::Courier));
    let block = net.admin(FACTORY, &[draft]);
    refused_alone(net, &block)
}

fn registering_a_taken_prefix(net: &mut Net) -> Refusal {
    let block = net.admin(CARRIER, &[register(PREFIX, net.id(CARRIER))]);
    refused_alone(net, &block)
}

fn registering_below_a_prefix(net: &mut Net) -> Refusal {
    let block = net.admin(CARRIER, &[register("95060001", net.id(CARRIER))]);
    refused_alone(net, &block)
}

fn enrolling_twice(net: &mut Net) -> Refusal {
    let draft = enrol(net.id(CARRIER), entry(&device_key(50), Role::Courier));
    let block = net.admin(CARRIER, std::slice::from_ref(&draft));
    net.applied(&block);
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

fn revoking_twice(net: &mut Net) -> Refusal {
    let draft = revoke(net.staff_id(CARRIER), None);
    let block = net.admin(CARRIER, std::slice::from_ref(&draft));
    net.applied(&block);
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

fn group_with_a_bad_record(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let codes = [code("B")];
    let good = commission(PREFIX, &codes, &net.genesis, net.id(FACTORY)).grouped(1);
    let bad = commission(PREFIX, &[code("A")], &net.genesis, net.id(FACTORY)).grouped(1);
    let alone = observe(&[item]);
    let block = net.staff(FACTORY, &[good, alone, bad]);
    let refusal = refused_alone_but(net, &block, 1);
    assert_eq!(net.refusal(at(&block, 2)).code(), "already-commissioned");
    assert_eq!(refusal, Refusal::GroupFailed { index: 2 });
    refusal
}

/// One record of the block is applied although the others are refused.
fn refused_alone_but(net: &mut Net, block: &VerifiedBlock, applied: u16) -> Refusal {
    let refusal = net.refused(block);
    assert_eq!(net.outcomes[&at(block, applied)], Outcome::Applied);
    refusal
}
