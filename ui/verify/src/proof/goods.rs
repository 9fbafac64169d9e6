//! What begins otherwise than by its own commissioning, what is used up, and what is called back.

use super::{issuer, proof, verify};
use crate::answer::{Answer, Concern, Issuer};
use crate::testing::answered;
use crate::testing::world::goods::serials;
use crate::testing::world::{FACTORY, SHOP, World};
use crate::verdict::{self, Pin, Reason, Verdict};
use chopmark_core::{Bundle, Code, Report};

const MAKER: &str = "Nansha Precision Works";

fn report(world: &World, code: &Code) -> Report {
    verify(&world.bundle(code), code, world.genesis.id()).unwrap()
}

fn concern(world: &World, code: &Code) -> Option<Concern> {
    proof(&report(world, code), None).concern
}

/// What the page says when these bundles come from two members.
fn judged(world: &World, code: &Code, bundles: [&[u8]; 2]) -> verdict::Judgement {
    let network = world.genesis.id();
    let answers: Vec<_> = ["a", "b"]
        .into_iter()
        .zip(bundles)
        .map(|(host, bundle)| {
            let report = verify(bundle, code, network).unwrap();
            answered(host, Answer::Proof(Box::new(proof(&report, None))))
        })
        .collect();
    let pin = Pin {
        claimed: network,
        first_seen: network,
        newest: None,
    };
    verdict::judge(pin, &answers)
}

/// Items of a run, and what a transformation made, were called recorded, of an unknown issuer.
#[test]
fn whoever_began_a_code_under_its_prefix_made_it_however_it_began() {
    let mut world = World::founded();
    let codes = serials(4);
    world.run(&codes);
    world.draw(&codes[1]);
    world.transform(&codes[1], &world.item.clone());
    for code in [&codes[0], &codes[1], &world.item] {
        let found = issuer(&report(&world, code));
        assert_eq!(found, Issuer::Recognised(MAKER.to_owned()));
    }
    for code in [&codes[0], &world.item] {
        let bundle = world.bundle(code);
        let judged = judged(&world, code, [&bundle, &bundle]);
        assert_eq!(judged.verdict, Verdict::Verified);
        let issuer = MAKER.to_owned();
        assert_eq!(judged.reason, Reason::Confirmed { issuer });
    }
    // It went into the other.
    assert_eq!(concern(&world, &codes[1]), Some(Concern::Ended));
}

/// Another member's 404 for an item that never left its run was a warning.
#[test]
fn two_members_agree_on_an_item_that_only_its_maker_can_name() {
    let mut world = World::founded();
    let codes = serials(4);
    world.run(&codes);
    let code = &codes[2];
    let makers = world.bundle(code);
    let shown = Bundle::from_bytes(&makers).unwrap().undrawn().unwrap();
    let others = world.bundle_elsewhere(code, &shown);
    assert_eq!(
        judged(&world, code, [&others, &makers]).verdict,
        Verdict::Verified
    );
}

#[test]
fn what_was_used_up_is_no_more_verified_than_what_was_destroyed() {
    let mut world = World::founded();
    let (item, other) = (world.item.clone(), serials(1).remove(0));
    world.made(&item);
    assert_eq!(concern(&world, &item), None);
    world.transform(&item, &other);
    assert_eq!(concern(&world, &item), Some(Concern::Ended));
    assert_eq!(concern(&world, &other), None);
}

#[test]
fn a_recall_counts_from_the_maker_alone_and_until_it_is_taken_back() {
    let mut world = World::founded();
    let item = world.item.clone();
    world.made(&item);
    // Anyone may write that.
    world.says(SHOP, &item, "recalled");
    assert_eq!(concern(&world, &item), None);
    let by = MAKER.to_owned();
    let recalled = Some(Concern::Recalled { by });
    world.says(FACTORY, &item, "recalled");
    assert_eq!(concern(&world, &item), recalled);
    world.says(SHOP, &item, "active");
    assert_eq!(concern(&world, &item), recalled);
    world.says(FACTORY, &item, "active");
    assert_eq!(concern(&world, &item), None);
    let again = world.says(FACTORY, &item, "recalled");
    assert_eq!(concern(&world, &item), recalled);
    world.correct(&item, again);
    assert_eq!(concern(&world, &item), None);
    let bundle = world.bundle(&item);
    assert_eq!(
        judged(&world, &item, [&bundle, &bundle]).verdict,
        Verdict::Verified
    );
}
