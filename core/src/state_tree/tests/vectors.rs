//! The vector files of paths that prove nothing.

use super::*;
use crate::vectors::{Given, Input, compare, variants};

/// A path that does not prove what is said of a subject.
fn of_subject(
    root: &Digest32,
    path: &[u8],
    subject: SubjectId,
    value: Option<&[u8]>,
) -> Input<StatePathError> {
    let read = StatePath::from_bytes(path);
    let proven = read.and_then(|path| path.verify(root, &StateEntry::Subject(subject), value));
    let input = Input::bytes("path of a subject", path, proven.unwrap_err())
        .given("root", Given::hex(root.as_bytes()))
        .given("subject", Given::hex(subject.as_bytes()));
    match value {
        Some(value) => input.given("value", Given::hex(value)),
        None => input,
    }
}

fn of_inbox(root: &Digest32, path: &InboxPath, member: &crate::MemberId) -> Input<StatePathError> {
    let error = path.verify(root, member).unwrap_err();
    Input::bytes("path of an inbox", &path.to_bytes(), error)
        .given("root", Given::hex(root.as_bytes()))
        .given("member", Given::hex(member.as_bytes()))
}

#[test]
fn every_refused_path_has_its_vector_file() {
    let tree = numbered(9);
    let root = Digest32::from_bytes(tree.root());
    let id = |number: u64| match subject(number) {
        StateEntry::Subject(id) => id,
        _ => panic!("a subject"),
    };
    let path = |number: u64| tree.path(&subject(number)).to_bytes();
    let value = |number: u64| number.to_be_bytes();
    // The paths of other subjects that are not there end elsewhere, or where this one would be.
    let elsewhere = (20..).map(path).find(|path| {
        let path = StatePath::from_bytes(path).unwrap();
        path.verify(&root, &subject(10), None) == Err(StatePathError::Elsewhere)
    });
    let there = path(7);
    let (net, offers, _) = with_offers();
    let (state, carrier) = (net.ledger.state(), net.id(CARRIER));
    let (state_root, whole) = (net.ledger.state_root(), net.ledger.prove_inbox(&carrier));
    let all = StateTree::of(leaves_of(state));
    let rest = offers[1..].iter().map(|at| (*at, state.offer(at).unwrap()));
    let inputs = [
        of_subject(&root, &there[..there.len() - 1], id(7), Some(&value(7))),
        of_subject(&root, &there, id(7), Some(&value(8))),
        of_subject(&root, &there, id(7), None),
        of_subject(&root, &path(10), id(10), Some(&value(10))),
        of_subject(&root, &elsewhere.unwrap(), id(10), None),
        of_inbox(&state_root, &all.inbox_path(&carrier, rest), &carrier).case("offer-left-out"),
        of_inbox(&state_root, &all.inbox_path(&carrier, []), &carrier).case("inbox"),
        of_inbox(&state_root, &all.part_of_inbox(&carrier, state), &carrier).case("inbox"),
        of_inbox(&state_root, &whole, &net.id(BANK)),
        of_inbox(&state_root, &whole.with_first_twice(), &carrier),
    ];
    let all = variants!(StatePathError {
        Malformed,
        Root,
        Present,
        Absent,
        Elsewhere,
        NotAnOffer,
        Order
    });
    compare("state-path", &all, inputs);
}
