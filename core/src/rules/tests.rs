//! Every refusal, reached: one scenario each.

mod amending;
mod associating;
mod closing;
mod consuming;
mod correcting;
mod custody;
mod drawing;
mod foreseeing;
mod guarding;
mod holding;
mod identity;
mod making;
mod order;
mod owning;
mod packing;
mod pledging;
mod readers;
mod rooting;
mod rostering;
mod second;
mod table;
mod taking;
mod vectors;

use std::collections::BTreeSet;

use super::Refusal;
use crate::cbor;
use crate::testnet::*;
use crate::{Digest32, MemberId, Outcome, RecordRef, Role, Seq, StateView, TimeMs, VerifiedBlock};

type Scenario = fn(&mut Net) -> Refusal;

/// The code that a scenario must end with, and the scenario.
const SCENARIOS: &[(&str, Scenario)] = &[
    ("not-your-prefix", identity::foreign_prefix),
    ("not-your-prefix", identity::class_of_another_prefix),
    ("already-commissioned", identity::second_commissioning),
    ("unknown-subject", packing::packing_what_nobody_commissioned),
    ("unknown-member", custody::offer_to_a_stranger),
    ("unknown-device", identity::revoking_a_stranger),
    ("not-holder", custody::offering_what_another_holds),
    ("not-permitted", identity::customs_officer_commissions),
    ("not-addressee", custody::accepting_for_someone_else),
    ("offer-used", custody::second_acceptance),
    ("offer-expired", custody::late_acceptance),
    ("offer-expired", custody::acceptance_of_a_replaced_offer),
    ("no-such-offer", custody::accepting_a_commissioning),
    ("open-offer-exists", custody::second_offer),
    ("open-offer-exists", packing::packing_what_is_on_offer),
    ("open-offer-exists", packing::packing_into_what_is_on_offer),
    ("stale-custody", custody::offer_that_cites_an_old_custody),
    ("already-packed", packing::packing_twice),
    ("not-inside", packing::unpacking_what_is_not_inside),
    (
        "inside-itself",
        packing::packing_a_container_into_its_content,
    ),
    ("too-deep", packing::nine_levels),
    ("different-holders", packing::packing_what_another_holds),
    ("inside-container", packing::offering_what_is_packed),
    ("contents-changed", custody::offer_with_wrong_contents),
    ("contents-changed", custody::acceptance_of_other_contents),
    ("cite-refused", order::building_on_a_refused_record),
    ("cite-never-came", order::waiting_longer_than_the_grace),
    (
        "cite-never-came",
        order::citing_a_record_that_its_block_has_not,
    ),
    ("forked-feed", order::two_blocks_for_one_place),
    ("device-revoked", identity::deciding_after_the_revocation),
    (
        "enrolment-ended",
        identity::writing_after_the_end_of_enrolment,
    ),
    ("not-admin", identity::staff_enrols),
    ("prefix-taken", identity::registering_a_taken_prefix),
    ("prefix-overlap", identity::registering_below_a_prefix),
    ("already-enrolled", identity::enrolling_twice),
    ("already-revoked", identity::revoking_twice),
    ("group-failed", order::group_with_a_bad_record),
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
    ("held", consuming::reselling_what_is_held),
    ("held", consuming::giving_back_what_is_held),
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
    ("member-expelled", rostering::writing_after_an_expulsion),
    ("member-expelled", rostering::offering_to_who_was_expelled),
    ("member-expelled", rostering::expelling_twice),
    (
        "member-expelled",
        rostering::wishing_before_an_expulsion_holds,
    ),
    (
        "not-yet-member",
        rostering::writing_before_an_admission_holds,
    ),
    ("roster-superseded", rostering::of_a_roster_that_is_gone),
    ("wrong-height", amending::too_soon),
    ("wrong-height", amending::in_another_age),
    ("wrong-height", amending::before_what_was_agreed),
    ("wrong-height", rostering::at_once),
    ("wrong-height", rostering::in_a_year),
    ("wrong-height", rostering::before_another_change),
    ("already-member", rostering::admitting_a_founder),
    ("already-member", rostering::admitting_who_was_expelled),
    ("bad-root-signature", rostering::signed_by_another_root),
    ("bad-root-signature", rostering::signed_for_another_height),
    ("bad-root-signature", rostering::admitting_who_did_not_ask),
    ("not-a-peer", rostering::an_admin_device_orders),
    ("not-a-peer", rostering::anothers_peer_orders),
    ("not-a-peer", rostering::a_revoked_peer_orders),
    ("too-few-validators", rostering::two_order),
    ("too-few-validators", rostering::expelling_the_only_orderer),
    ("too-many-members", rostering::a_member_too_many),
    ("unknown-member", rostering::expelling_a_stranger),
    (
        "already-enrolled",
        rostering::admitting_with_anothers_device,
    ),
    ("wrong-kem", rostering::admitting_with_other_keys),
    ("policy-member", rostering::expelling_a_supervisor),
    ("policy-member", amending::expelling_who_will_supervise),
    ("policy-quorum", rostering::expelling_below_the_quorum),
    ("not-admin", rostering::staff_wishes),
    ("not-the-next-root", rooting::rotating_to_other_keys),
    ("bad-root-signature", rooting::rotating_for_another_member),
    ("not-a-guardian", rooting::a_stranger_recovers),
    ("not-a-guardian", rooting::nobody_guards),
    ("out-of-turn", rooting::guardians_of_before),
    ("recovery-open", rooting::guardians_in_a_recovery),
    ("recovery-open", rooting::rotating_in_a_recovery),
    ("recovery-open", rooting::rotating_after_the_objection),
    ("too-many-rotations", rooting::rotating_without_end),
    ("not-a-guardian", guarding::guardians_to_be_recover),
    ("out-of-turn", guarding::choosing_twice_at_once),
    ("own-guardian", rooting::guarding_oneself),
    ("stale-root", rooting::recovering_from_old_keys),
    ("no-recovery", rooting::objecting_to_nothing),
    ("already-objected", rooting::objecting_twice),
    ("bad-root-signature", rooting::objecting_with_other_keys),
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
    ("anchor-ahead", readers::knowing_a_checkpoint_to_come),
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
    ("no-second-signature", second::selling_with_one_signature),
    ("no-second-signature", second::selling_with_anothers_second),
    ("no-second-signature", second::selling_without_a_second_key),
    ("no-second-signature", second::enrolling_with_one_signature),
    ("no-second-signature", second::recovering_with_one_signature),
    (
        "policy-locks-out",
        second::asking_it_of_everyones_enrolments,
    ),
    ("no-regulator-section", readers::telling_regulators_nothing),
    (
        "no-regulator-section",
        readers::telling_regulators_without_sealing,
    ),
];

#[test]
fn every_refusal_is_reached_and_leaves_nothing_behind() {
    for (code, scenario) in SCENARIOS {
        let mut net = Net::with_prefix();
        let refusal = scenario(&mut net);
        assert_eq!(refusal.code(), *code, "{refusal}");
        names_what_is_there(&net, &refusal);
        let bytes = cbor::to_bytes(&refusal);
        assert_eq!(cbor::from_canonical(&bytes), Ok(refusal));
    }
    let reached: BTreeSet<_> = SCENARIOS.iter().map(|(code, _)| *code).collect();
    assert_eq!(reached, Refusal::codes().iter().copied().collect());
}

/// These may name a record without effect: what was refused or never came, and what falls with the
/// record, because it stands in the same group.
const NAMES_WITHOUT_EFFECT: &[&str] = &[
    "cite-refused",
    "cite-never-came",
    "group-failed",
    "not-a-reader",
];

/// What a refusal clashes with was decided before, and stands.
fn names_what_is_there(net: &Net, refusal: &Refusal) {
    let params = refusal.params().into_iter().zip(refusal.fields());
    let records =
        params.filter(|((_, value), (_, kind))| kind.contains("RecordRef") && !value.is_empty());
    for ((_, record), _) in records {
        let mut outcomes = net.outcomes.iter();
        let outcome = outcomes.find(|(at, _)| at.to_string() == record);
        let stands = outcome.is_some_and(|(_, outcome)| *outcome == Outcome::Applied);
        let may_not = NAMES_WITHOUT_EFFECT.contains(&refusal.code());
        assert!(stands || may_not, "{refusal}");
    }
}

/// Who holds what is packed is said by the record that gave away what it is packed in.
#[test]
fn of_what_is_packed_the_record_of_its_container_is_named() {
    let mut net = Net::with_prefix();
    let (case, item) = (net.commission(&[case(1)])[0], net.item("A"));
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let by = net.handed_over(FACTORY, CARRIER, case);
    let block = net.staff(FACTORY, &[decommission(&[item])]);
    let held = Refusal::NotHolder {
        subject: item,
        holder: net.id(CARRIER).into(),
        by,
    };
    assert_eq!(net.refused(&block), held);
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

/// One record of the block is applied although the others are refused.
fn refused_alone_but(net: &mut Net, block: &VerifiedBlock, applied: u16) -> Refusal {
    let refusal = net.refused(block);
    assert_eq!(net.outcomes[&at(block, applied)], Outcome::Applied);
    refusal
}
