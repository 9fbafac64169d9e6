//! What goes into containers and out of them.

use super::*;

pub(super) fn packing_what_nobody_commissioned(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let ghost = code("GHOST").subject(&net.genesis.id(), &net.id(FACTORY));
    let block = net.staff(FACTORY, &[pack(case, &[ghost])]);
    refused_alone(net, &block)
}

pub(super) fn packing_what_is_on_offer(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    net.offered(FACTORY, CARRIER, item);
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    refused_alone(net, &block)
}

pub(super) fn packing_into_what_is_on_offer(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    net.offered(FACTORY, CARRIER, case);
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    refused_alone(net, &block)
}

pub(super) fn packing_twice(net: &mut Net) -> Refusal {
    let cases = net.commission(&[case(1), case(2)]);
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(cases[0], &[item])]);
    let by = net.applied(&block);
    // What is written about it since is not why.
    let block = net.staff(FACTORY, &[observe(&[item])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[pack(cases[1], &[item])]);
    let refusal = refused_alone(net, &block);
    let (subject, inside) = (item, cases[0]);
    let packed = Refusal::AlreadyPacked {
        subject,
        inside,
        by,
    };
    assert_eq!(refusal, packed);
    refusal
}

pub(super) fn unpacking_what_is_not_inside(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[unpack(case, &[item])]);
    let latest = Some(net.applied(&block));
    let block = net.staff(FACTORY, &[unpack(case, &[item])]);
    let refusal = refused_alone(net, &block);
    let taken_out = Refusal::NotInside {
        subject: item,
        container: case,
        latest,
    };
    assert_eq!(refusal, taken_out);
    refusal
}

pub(super) fn packing_a_container_into_its_content(net: &mut Net) -> Refusal {
    let cases = net.commission(&[case(1), case(2), case(3)]);
    let block = net.staff(FACTORY, &[pack(cases[0], &[cases[1]])]);
    let by = net.applied(&block);
    let block = net.staff(FACTORY, &[pack(cases[1], &[cases[2]])]);
    net.applied(&block);
    let block = net.staff(FACTORY, &[pack(cases[2], &[cases[0]])]);
    let refusal = refused_alone(net, &block);
    let ring = Refusal::InsideItself {
        subject: cases[0],
        container: cases[2],
        by,
    };
    assert_eq!(refusal, ring);
    refusal
}

pub(super) fn nine_levels(net: &mut Net) -> Refusal {
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

pub(super) fn packing_what_another_holds(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let by = net.last_custody(&item);
    net.handed_over(FACTORY, CARRIER, case);
    let block = net.staff(CARRIER, &[pack(case, &[item])]);
    let refusal = refused_alone(net, &block);
    let apart = Refusal::DifferentHolders {
        subject: item,
        holder: net.id(FACTORY).into(),
        by,
    };
    assert_eq!(refusal, apart);
    refusal
}

pub(super) fn offering_what_is_packed(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    let by = net.applied(&block);
    let draft = offer(item, net.id(CARRIER), net.last_custody(&item));
    let block = net.staff(FACTORY, &[draft]);
    let refusal = refused_alone(net, &block);
    let packed = Refusal::InsideContainer {
        subject: item,
        container: case,
        by,
    };
    assert_eq!(refusal, packed);
    refusal
}
