//! Bundles of a gateway that shows, beside true records, what the ledger refused about title,
//! pledges, codes and consumers.

use super::*;
use crate::{Party, PickupCode, VerifiedBlock};

fn story_of(net: Net) -> Story {
    let item = code("A").subject(&net.genesis.id(), &net.id(FACTORY));
    Story {
        code: code("A"),
        item,
        case: item,
        net,
    }
}

/// The honest bundle of item `A` holds; with these blocks shown whole, this is found.
fn shown_with(net: Net, blocks: &[VerifiedBlock]) -> Vec<&'static str> {
    let story = story_of(net);
    let honest = bundle(&story);
    assert_eq!(problems(&story, &honest), []);
    let all = blocks
        .iter()
        .fold(honest, |bundle, block| with_block(&story, &bundle, block));
    refusal_codes(&problems(&story, &all))
}

/// A block that the ledger refuses.
fn refused(net: &mut Net, by: usize, draft: RecordDraft) -> VerifiedBlock {
    let block = net.admin(by, &[draft]);
    net.refused(&block);
    block
}

#[test]
fn title_taken_without_an_offer_is_noticed() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let offer = net.title_offered(FACTORY, RETAILER, item);
    let anothers = refused(&mut net, CARRIER, take_title(item, offer));
    let taken = net.admin(RETAILER, &[take_title(item, offer)]);
    net.applied(&taken);
    let twice = refused(&mut net, RETAILER, take_title(item, offer));
    let made = net.last_custody(&item);
    let without = refused(&mut net, CARRIER, take_title(item, made));
    let draft = offer_title(item, net.id(CARRIER), net.last_title(&item));
    let not_theirs = refused(&mut net, FACTORY, draft);
    let draft = offer_title(item, net.id(CARRIER), made);
    let stale = refused(&mut net, RETAILER, draft);
    assert_eq!(
        shown_with(net, &[anothers, twice, without, not_theirs, stale]),
        [
            "not-addressee",
            "offer-used",
            "no-such-offer",
            "not-owner",
            "stale-title"
        ]
    );
}

#[test]
fn an_ignored_pledge_is_noticed() {
    let mut net = Net::with_prefix();
    let (item, box_) = (net.item("A"), net.commission(&[case(1)])[0]);
    net.pledged(FACTORY, &[box_]);
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    let draft = offer_title(item, net.id(RETAILER), net.last_title(&item));
    let sold = refused(&mut net, FACTORY, draft);
    let draft = pledge(&[item], net.id(BANK));
    let again = refused(&mut net, FACTORY, draft);
    let emptied = refused(&mut net, FACTORY, unpack(box_, &[item]));
    let freed = refused(&mut net, FACTORY, release(&[box_]));
    let draft = pledge(&[item], net.id(CARRIER));
    let no_bank = refused(&mut net, FACTORY, draft);
    let report = {
        let story = story_of(net);
        let report = verify(&story, &bundle(&story));
        net = story.net;
        report
    };
    assert_eq!(report.pledged_to, Some(net.id(BANK)));
    let released = net.staff(BANK, &[release(&[box_])]);
    net.applied(&released);
    let twice = refused(&mut net, BANK, release(&[box_]));
    assert_eq!(
        shown_with(net, &[sold, again, emptied, freed, no_bank, twice]),
        [
            "pledged",
            "pledged",
            "pledged",
            "not-your-pledge",
            "not-a-bank",
            "not-pledged"
        ]
    );
}

#[test]
fn a_second_activation_is_noticed_and_a_forged_one_too() {
    let mut net = Net::with_prefix();
    let item = net.sealed_item("A", &secret(1));
    let forged = net.activation(item, &secret(2), &owner(9));
    let forged = refused(&mut net, RETAILER, forged);
    let draft = net.activation(item, &secret(1), &owner(1));
    let first_owner = net.admin(RETAILER, &[draft]);
    let by = net.applied(&first_owner);
    let draft = net.activation(item, &secret(1), &owner(2));
    let second = refused(&mut net, RETAILER, draft);
    let draft = net.resale(item, &owner(2), &owner(3));
    let stolen = refused(&mut net, RETAILER, draft);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert_eq!(report.activated, Some(by));
    assert_eq!(report.owner, Some(Party::Consumer(owner(1).public())));
    assert_eq!(
        shown_with(story.net, &[forged, second, stolen]),
        ["bad-activation", "already-activated", "bad-resale"]
    );
}

/// What is made of other goods has a key under its seal or none, as what begins by itself.
#[test]
fn what_is_made_of_goods_is_activated_by_the_key_under_its_seal() {
    let mut net = Net::with_prefix();
    let silo = net.batch(&flour("SILO"), "2 KGM");
    let made = [sealed(&code("A"), &secret(1)), one(&code("BARE"))];
    net.transformed(&[(silo, "2 KGM")], &made, &[]);
    let (item, bare) = (net.subject_of(&code("A")), net.subject_of(&code("BARE")));
    let none = net.activation(bare, &secret(1), &owner(1));
    refused(&mut net, RETAILER, none);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert!(report.holds());
    assert_eq!(report.activation, Some(secret(1).public()));
    let mut net = story.net;
    let forged = net.activation(item, &secret(2), &owner(9));
    let forged = refused(&mut net, RETAILER, forged);
    let draft = net.activation(item, &secret(1), &owner(1));
    let opened = net.admin(RETAILER, &[draft]);
    let by = net.applied(&opened);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert_eq!((report.activated, report.activation), (Some(by), None));
    assert_eq!(shown_with(story.net, &[forged]), ["bad-activation"]);
}

/// An item that a consumer bought at a shop and has at hand.
fn bought(net: &mut Net) -> SubjectId {
    let item = net.sealed_item("A", &secret(1));
    net.handed_over(FACTORY, RETAILER, item);
    let draft = net.activation(item, &secret(1), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    item
}

#[test]
fn a_resale_holds_and_moves_the_thing() {
    let mut net = Net::with_prefix();
    let item = bought(&mut net);
    let draft = net.resale(item, &owner(1), &owner(2));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert!(report.holds());
    let second = Some(Party::Consumer(owner(2).public()));
    assert_eq!((report.owner, report.holder), (second, second));
}

/// What the owner has at hand would go along with its title.
#[test]
fn a_resale_of_what_is_held_is_noticed() {
    let mut net = Net::with_prefix();
    let item = bought(&mut net);
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    let draft = net.resale(item, &owner(1), &owner(2));
    let resold = refused(&mut net, RETAILER, draft);
    assert_eq!(shown_with(net, &[resold]), ["held"]);
}

/// Whoever else has the thing keeps it, so its title may move; a history says so as well.
#[test]
fn a_resale_of_what_is_held_with_another_stands() {
    let mut net = Net::with_prefix();
    let item = net.sealed_item("A", &secret(1));
    let draft = net.activation(item, &secret(1), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let block = net.staff(CUSTOMS, &[hold(&[item])]);
    net.applied(&block);
    let draft = net.resale(item, &owner(1), &owner(2));
    let block = net.staff(RETAILER, &[draft]);
    net.applied(&block);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert!(report.holds());
    let second = Some(Party::Consumer(owner(2).public()));
    let factory = Some(story.net.id(FACTORY).into());
    assert_eq!((report.owner, report.holder), (second, factory));
}

#[test]
fn a_delivery_with_a_wrong_code_is_noticed() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    let told = PickupCode::from_random(&[1; 12]);
    let hash = told.hash(&net.genesis.id(), &item);
    let draft = offer_to(item, Party::Bearer(hash), net.last_custody(&item));
    let offered = net.staff(FACTORY, &[draft]);
    let offer = net.applied(&offered);
    let guess = pick_up(item, offer, &PickupCode::from_random(&[2; 12]));
    let guessed = refused(&mut net, FACTORY, guess);
    let claimed = refused(&mut net, CARRIER, pick_up(item, offer, &told));
    let block = net.staff(FACTORY, &[pick_up(item, offer, &told)]);
    net.applied(&block);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert_eq!(report.holder, Some(Party::Bearer(hash)));
    assert_eq!(
        shown_with(story.net, &[guessed, claimed]),
        ["wrong-pickup-code", "not-holder"]
    );
}

/// What was left out of an acceptance is out of the container from then on.
#[test]
fn what_was_left_goes_its_own_way() {
    let mut net = Net::with_prefix();
    let (item, box_) = (net.item("A"), net.commission(&[case(1)])[0]);
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    let offer = net.offered(FACTORY, CARRIER, box_);
    let taken = net.staff(CARRIER, &[accept_but(box_, offer, &[item])]);
    net.applied(&taken);
    net.handed_over(CARRIER, RETAILER, box_);
    net.handed_over(FACTORY, CARRIER, item);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert_eq!(
        report.problems().collect::<Vec<_>>(),
        Vec::<&Problem>::new()
    );
    assert_eq!(report.holder, Some(story.net.id(CARRIER).into()));
    let kinds: Vec<_> = report.journey.iter().map(|step| step.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Commission,
            Kind::Pack,
            Kind::Offer,
            Kind::Accept,
            Kind::Offer,
            Kind::Accept
        ]
    );
}

/// A case that is sold while the item is in it, and while it is not.
#[test]
fn the_title_of_a_case_takes_along_what_the_seller_owns_in_it() {
    let mut net = Net::with_prefix();
    let (item, box_) = (net.item("A"), net.commission(&[case(1)])[0]);
    net.sold(FACTORY, CARRIER, box_);
    net.sold(CARRIER, FACTORY, box_);
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    net.sold(FACTORY, RETAILER, box_);
    let opened = net.staff(FACTORY, &[unpack(box_, &[item])]);
    net.applied(&opened);
    net.sold(RETAILER, CARRIER, box_);
    let packed = net.staff(FACTORY, &[pack(box_, &[item])]);
    net.applied(&packed);
    net.sold(CARRIER, FACTORY, box_);
    net.sold(RETAILER, CARRIER, item);
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert_eq!(
        report.problems().collect::<Vec<_>>(),
        Vec::<&Problem>::new()
    );
    assert_eq!(report.owner, Some(story.net.id(CARRIER).into()));
}

#[test]
fn what_a_copied_label_leaves_behind_is_named() {
    let mut net = Net::with_prefix();
    let item = net.sealed_item("A", &secret(1));
    let made = net.last_custody(&item);
    // Activated by a gateway while the carrier has it.
    let had = net.handed_over(FACTORY, CARRIER, item);
    let draft = net.activation(item, &secret(1), &owner(1));
    let block = net.staff(RETAILER, &[draft]);
    let activated = net.applied(&block);
    let draft = net.resale(item, &owner(1), &owner(2));
    let block = net.staff(RETAILER, &[draft]);
    let again = net.applied(&block);
    let at_place = |longitude| {
        let told = SectionBody {
            position: crate::Coordinates::new(226_500_000, longitude, 10),
            ..SectionBody::default()
        };
        let label = AudienceDraft::Label {
            subject_index: 0,
            code: code("A"),
        };
        observe(&[item]).citing(vec![made]).telling(label, told)
    };
    let seen = [1_136_300_000, 23_500_000].map(|longitude| {
        let block = net.staff(FACTORY, &[at_place(longitude)]);
        net.applied(&block)
    });
    let story = story_of(net);
    let report = verify(&story, &bundle(&story));
    assert_eq!(
        report.problems().collect::<Vec<_>>(),
        Vec::<&Problem>::new()
    );
    let mut found = report.warnings.iter();
    match found.next() {
        Some(Warning::ImpossibleJourney {
            first,
            second,
            ms: 0,
            ..
        }) => {
            // Both devices claim the same time: the ids decide which comes first.
            let named: BTreeSet<_> = [*first, *second].into();
            assert_eq!(named, seen.into());
        }
        other => panic!("{other:?}"),
    }
    let elsewhere = Warning::ActivatedElsewhere {
        activated,
        was: had,
    };
    let sold = Warning::SoldBefore {
        activated,
        again: Some(again),
    };
    assert_eq!(found.collect::<Vec<_>>(), [&elsewhere, &sold]);
}
