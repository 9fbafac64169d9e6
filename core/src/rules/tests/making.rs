//! Batches, and things that become other things.

use proptest::prelude::*;

use super::*;
use crate::{Amount, Body, RecordDraft, SubjectId};

fn refused(net: &mut Net, draft: RecordDraft) -> Refusal {
    let block = net.staff(FACTORY, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn a_batch_without_its_amount(net: &mut Net) -> Refusal {
    let mut draft = commission(PREFIX, &[flour("A")], &net.genesis, net.id(FACTORY));
    if let Body::Commission { quantity: of, .. } = &mut draft.body {
        *of = Some(quantity("1 KGM").veiled());
    }
    refused(net, draft)
}

pub(super) fn so_much_of_an_item(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let out = so_much(&bread("B"), "1 KGM");
    let draft = net.transformation(FACTORY, &[(item, "1 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn a_whole_batch(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let out = so_much(&bread("B"), "10 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn a_whole_run(net: &mut Net) -> Refusal {
    let run = net.run(&serials(3));
    let out = so_much(&bread("B"), "10 KGM");
    let draft = net.transformation(FACTORY, &[(run, "")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn another_unit(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let out = so_much(&flour("B"), "5 EA");
    let draft = net.transformation(FACTORY, &[(batch, "5 EA")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn growing_in_another_unit(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    net.batch(&bread("B"), "10 EA");
    let out = so_much(&bread("B"), "5 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn more_than_there_is(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let out = so_much(&flour("B"), "10.001 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "10.001 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn more_digits_than_amounts_have(net: &mut Net) -> Refusal {
    let large = net.batch(&flour("A"), "999999999999999999 KGM");
    let small = net.batch(&flour("B"), "0.1 KGM");
    let out = so_much(&flour("A"), "0.1 KGM");
    let draft = net.transformation(FACTORY, &[(small, "0.1 KGM")], &[out], &[]);
    let refusal = refused(net, draft);
    let known = net.ledger.state().subject(&large).unwrap();
    let most = Refusal::TooMuch {
        subject: large,
        there: known.makeup().quantity().unwrap().amount.unwrap(),
        latest: known.newest_record(),
    };
    assert_eq!(refusal, most);
    refusal
}

pub(super) fn more_than_goes_in(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let out = so_much(&flour("B"), "6 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn a_loss_that_nobody_declared(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[], &["4 KGM"]);
    refused(net, draft)
}

pub(super) fn kilograms_become_pieces(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let out = so_much(&flour("B"), "500 EA");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn one_item_becomes_two(net: &mut Net) -> Refusal {
    let item = net.item("A");
    let out = [one(&code("B")), one(&code("C"))];
    let draft = net.transformation(FACTORY, &[(item, "")], &out, &[]);
    refused(net, draft)
}

pub(super) fn using_what_another_holds(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    net.handed_over(FACTORY, CARRIER, batch);
    let out = so_much(&flour("B"), "5 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

/// Who stores or carries goods for somebody makes nothing of them.
pub(super) fn using_what_is_only_held(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    net.handed_over(FACTORY, CARRIER, batch);
    let draft = net.transformation(CARRIER, &[(batch, "5 KGM")], &[], &["5 KGM"]);
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

pub(super) fn making_under_a_foreign_prefix(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let mut out = so_much(&bread("B"), "5 KGM");
    out.prefix = crate::Prefix::parse("4000000").unwrap();
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

fn packed(net: &mut Net, code: &crate::Code) -> SubjectId {
    let batch = net.batch(code, "10 KGM");
    let case = net.commission(&[case(1)])[0];
    let block = net.staff(FACTORY, &[pack(case, &[batch])]);
    net.applied(&block);
    batch
}

pub(super) fn using_what_is_packed(net: &mut Net) -> Refusal {
    let batch = packed(net, &flour("A"));
    let out = so_much(&flour("B"), "5 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn growing_what_is_packed(net: &mut Net) -> Refusal {
    packed(net, &flour("A"));
    let other = net.batch(&flour("B"), "10 KGM");
    let out = so_much(&flour("A"), "5 KGM");
    let draft = net.transformation(FACTORY, &[(other, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn using_up_a_full_case(net: &mut Net) -> Refusal {
    let case = net.commission(&[case(1)])[0];
    let item = net.item("A");
    let block = net.staff(FACTORY, &[pack(case, &[item])]);
    net.applied(&block);
    let draft = net.transformation(FACTORY, &[(case, "")], &[one(&code("B"))], &[]);
    refused(net, draft)
}

pub(super) fn using_what_is_on_offer(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    net.offered(FACTORY, CARRIER, batch);
    let out = so_much(&flour("B"), "5 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn using_what_is_held(net: &mut Net) -> Refusal {
    let batch = net.batch(&flour("A"), "10 KGM");
    let block = net.staff(CUSTOMS, &[hold(&[batch])]);
    net.applied(&block);
    let out = so_much(&flour("B"), "5 KGM");
    let draft = net.transformation(FACTORY, &[(batch, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn making_an_item_twice(net: &mut Net) -> Refusal {
    let batch = net.batch(&bread("A"), "10 EA");
    net.item("A");
    let draft = net.transformation(FACTORY, &[(batch, "5 EA")], &[one(&code("A"))], &[]);
    refused(net, draft)
}

/// A batch number that two products share names two things: its code hash says so. But what a
/// record says of a class must not contradict what the ledger knows.
pub(super) fn growing_another_kind(net: &mut Net) -> Refusal {
    let from = net.batch(&flour("A"), "10 KGM");
    net.batch(&flour("B"), "10 KGM");
    let mut out = so_much(&flour("B"), "5 KGM");
    out.class = so_much(&bread("B"), "5 KGM").class;
    let draft = net.transformation(FACTORY, &[(from, "5 KGM")], &[out], &[]);
    refused(net, draft)
}

pub(super) fn using_an_item_twice(net: &mut Net) -> Refusal {
    let item = net.item("A");
    net.transformed(&[(item, "")], &[one(&case(1))], &[]);
    let draft = net.transformation(FACTORY, &[(item, "")], &[one(&case(2))], &[]);
    refused(net, draft)
}

#[test]
fn batches_are_split_joined_and_used() {
    let mut net = Net::with_prefix();
    let silo = net.batch(&flour("SILO"), "1000 KGM");
    let sacks = [
        so_much(&flour("A"), "250.5 KGM"),
        so_much(&flour("B"), "249 KGM"),
    ];
    net.transformed(&[(silo, "500 KGM")], &sacks, &["0.5 KGM"]);
    let [a, b] = [net.subject_of(&flour("A")), net.subject_of(&flour("B"))];
    assert_eq!(
        [silo, a, b].map(|s| net.left(&s)),
        ["500 KGM", "250.5 KGM", "249 KGM"]
    );
    // Joined again, into a batch that is there.
    net.transformed(
        &[(a, "250.5 KGM"), (b, "9 KGM")],
        &[so_much(&flour("SILO"), "259.5 KGM")],
        &[],
    );
    assert_eq!(
        [silo, a, b].map(|s| net.left(&s)),
        ["759.5 KGM", "0 KGM", "240 KGM"]
    );
    // Other goods, counted in pieces; a serial number; and a run.
    let knife = net.commission(&[case(1)])[0];
    let list = net.run_list(&serials(4));
    let out = [
        so_much(&bread("X"), "700 EA"),
        one(&code("LOAF")),
        output(&code("S"), crate::Made::Run(list.spec())),
    ];
    let made = net.transformed(&[(silo, "700 KGM"), (knife, "")], &out, &["2 KGM"]);
    let state = net.ledger.state();
    let loaf = net.subject_of(&code("LOAF"));
    assert_eq!(state.subject(&loaf).unwrap().commissioned_by(), made);
    assert_eq!(state.holder_of(&loaf), Some(net.id(FACTORY).into()));
    assert_eq!(
        state.subject(&knife).unwrap().decommissioned_by(),
        Some(made)
    );
    assert!(state.subject(&list.subject()).is_some());
    assert_eq!(net.left(&silo), "59.5 KGM");
    // What comes out goes its way like anything else.
    net.handed_over(FACTORY, CARRIER, loaf);
}

#[test]
fn a_transformation_that_fails_leaves_its_batches_alone() {
    let mut net = Net::with_prefix();
    let batch = net.batch(&flour("A"), "10 KGM");
    let lawful = net.transformation(
        FACTORY,
        &[(batch, "4 KGM")],
        &[so_much(&flour("B"), "4 KGM")],
        &[],
    );
    let unlawful = net.transformation(
        FACTORY,
        &[(batch, "7 KGM")],
        &[so_much(&flour("C"), "7 KGM")],
        &[],
    );
    let block = net.staff(FACTORY, &[lawful.grouped(1), unlawful.grouped(1)]);
    let refusal = refused_alone(&mut net, &block);
    let by = at(&block, 1);
    assert_eq!(refusal, Refusal::GroupFailed { by });
    assert_eq!(net.left(&batch), "10 KGM");
    assert!(
        net.ledger
            .state()
            .subject(&net.subject_of(&flour("B")))
            .is_none()
    );
}

/// One step of a random history: from which batches how much, into which, and what is said to be
/// lost. Half of them are lawful by chance or by care.
#[derive(Clone, Debug)]
struct Attempt {
    from: Vec<(u8, u16)>,
    to: Vec<u8>,
    lost: u16,
    honest: bool,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let from = proptest::collection::vec((0..4u8, 1..400u16), 1..3);
    let to = proptest::collection::vec(0..4u8, 0..3);
    (from, to, 0..50u16, any::<bool>()).prop_map(|(from, to, lost, honest)| Attempt {
        from,
        to,
        lost,
        honest,
    })
}

fn in_tenths(n: u64) -> String {
    format!("{} KGM", Amount::new(n, 1).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Over any history: what was commissioned is what is left and what was declared as lost.
    #[test]
    fn quantities_are_conserved(attempts in proptest::collection::vec(attempt(), 1..12)) {
        let mut net = Net::with_prefix();
        let codes = ["A", "B", "C", "D"].map(flour);
        let subjects = codes.clone().map(|code| net.subject_of(&code));
        for code in &codes {
            net.batch(code, "50 KGM");
        }
        let mut lost = Amount::ZERO;
        for Attempt { from, to, lost: waste, honest } in attempts {
            let mut used: BTreeSet<u8> = BTreeSet::new();
            let inputs: Vec<_> = from.iter().filter(|(n, _)| used.insert(*n)).collect();
            let outputs: Vec<u8> = to.iter().copied().filter(|n| used.insert(*n)).collect();
            let total: u64 = inputs.iter().map(|(_, n)| u64::from(*n)).sum();
            let mut waste = u64::from(waste).min(total);
            if outputs.is_empty() && honest {
                waste = total;
            }
            let mut rest = total - waste + u64::from(!honest);
            let mut made = Vec::new();
            for (n, out) in outputs.iter().enumerate() {
                let last = n + 1 == outputs.len();
                let share = if last { rest } else { rest / 2 };
                rest -= share;
                if share > 0 {
                    made.push(so_much(&codes[usize::from(*out)], &in_tenths(share)));
                }
            }
            let amounts: Vec<String> = inputs.iter().map(|(_, n)| in_tenths((*n).into())).collect();
            let inputs: Vec<Input<'_>> = inputs
                .iter()
                .zip(&amounts)
                .map(|((n, _), amount)| (subjects[usize::from(*n)], amount.as_str()))
                .collect();
            let loss = in_tenths(waste);
            let losses = [loss.as_str()];
            let losses = if waste > 0 { &losses[..] } else { &[] };
            let draft = net.transformation(FACTORY, &inputs, &made, losses);
            let block = net.staff(FACTORY, &[draft]);
            net.order(std::slice::from_ref(&block));
            if net.outcomes[&first(&block)] == Outcome::Applied {
                lost = lost.plus(Amount::new(waste, 1).unwrap()).unwrap();
            }
        }
        let left = subjects.iter().map(|subject| {
            let state = net.ledger.state().subject(subject).unwrap();
            state.makeup().quantity().unwrap().amount.unwrap()
        });
        let total = left.fold(lost, |sum, amount| sum.plus(amount).unwrap());
        prop_assert_eq!(total.to_string(), "200");
    }
}
