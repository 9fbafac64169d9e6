mod vectors;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::testnet::*;
use crate::{Digest32, Ledger, RecordRef, StateView, SubjectId};

/// The root as the format says it, from all leaves at once and bit by bit.
fn naive(leaves: &[(Key, Hash)], depth: u16) -> Hash {
    match leaves {
        [] => EMPTY,
        [(key, value)] => labelled("chopmark/leaf/1", &[key, value]),
        _ => {
            let at = u8::try_from(depth).unwrap();
            let right = |(key, _): &&(Key, Hash)| key[usize::from(at / 8)] >> (7 - at % 8) & 1 == 1;
            let (ones, zeros): (Vec<_>, Vec<_>) = leaves.iter().partition(|leaf| right(leaf));
            if ones.is_empty() || zeros.is_empty() {
                return naive(leaves, depth + 1);
            }
            let (left, right) = (naive(&zeros, depth + 1), naive(&ones, depth + 1));
            labelled("chopmark/node/1", &[&[at], &left, &right])
        }
    }
}

fn naive_root(leaves: &BTreeMap<Key, Hash>) -> Hash {
    let leaves: Vec<_> = leaves.iter().map(|(key, value)| (*key, *value)).collect();
    naive(&leaves, 0)
}

/// Keys that part early, in the middle and in the last bits.
fn key_of(number: u8) -> Key {
    let mut key = [0x5a; 32];
    key[0] ^= (number & 3) << 5;
    key[12] ^= number >> 2 & 3;
    key[31] ^= number >> 4;
    key
}

proptest! {
    /// However leaves came and went, and in which batches, the root is that of what is left; and
    /// no place is lost on the way.
    #[test]
    fn the_root_follows_from_the_leaves_alone(
        batches in proptest::collection::vec(
            proptest::collection::btree_map(0..=u8::MAX, proptest::option::of(any::<u8>()), 0..40),
            0..12,
        ),
    ) {
        let mut leaves = BTreeMap::new();
        let mut tree = StateTree::default();
        let mut most = 0;
        for batch in batches {
            let changes: Vec<_> = batch
                .iter()
                .map(|(number, value)| (key_of(*number), value.map(|value| [value; 32])))
                .collect();
            for (key, value) in &changes {
                match value {
                    Some(value) => leaves.insert(*key, *value),
                    None => leaves.remove(key),
                };
            }
            let before = tree.root();
            let update = tree.update(changes);
            prop_assert_eq!(tree.root(), before);
            let root = update.root();
            tree.commit(update);
            prop_assert_eq!(root, naive_root(&leaves));
            prop_assert_eq!(tree.root(), root);
            prop_assert_eq!(StateTree::of(leaves.clone()).root(), root);
            prop_assert_eq!(tree.leaves.nodes.len() - tree.leaves.free.len(), leaves.len());
            let inners = tree.inners.nodes.len() - tree.inners.free.len();
            prop_assert_eq!(inners, leaves.len().saturating_sub(1));
            most = most.max(leaves.len());
        }
        // Old and new stand side by side for the length of an update.
        prop_assert!(tree.leaves.nodes.len() <= most + 40);
    }

    #[test]
    fn decoders_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = StatePath::from_bytes(&bytes);
        let _ = InboxPath::from_bytes(&bytes);
    }
}

fn subject(number: u64) -> StateEntry {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&number.to_be_bytes());
    StateEntry::Subject(SubjectId::from_bytes(id))
}

/// A tree of so many subjects, each with its number for bytes.
fn numbered(count: u64) -> StateTree {
    let leaf = |n: u64| (subject(n).key(), value_hash(&n.to_be_bytes()));
    StateTree::of((0..count).map(leaf))
}

#[test]
fn a_path_proves_what_is_there_and_what_is_not() {
    for count in 1..40 {
        let tree = numbered(count);
        let root = Digest32::from_bytes(tree.root());
        for number in 0..60u64 {
            let (entry, bytes) = (subject(number), number.to_be_bytes());
            let path = tree.path(&entry);
            assert_eq!(StatePath::from_bytes(&path.to_bytes()).as_ref(), Ok(&path));
            let (there, absent) = (
                path.verify(&root, &entry, Some(&bytes)),
                path.verify(&root, &entry, None),
            );
            let expected = match number < count {
                true => (Ok(()), Err(StatePathError::Present)),
                false => (Err(StatePathError::Absent), Ok(())),
            };
            assert_eq!((there, absent), expected, "{number} of {count}");
            let other = [0xff; 8];
            assert!(path.verify(&root, &entry, Some(&other)).is_err());
        }
    }
}

#[test]
fn every_altered_byte_of_a_path_is_refused() {
    let tree = numbered(50);
    let root = Digest32::from_bytes(tree.root());
    for number in [7u64, 77] {
        let (entry, bytes) = (subject(number), number.to_be_bytes());
        let value = (number < 50).then_some(bytes.as_slice());
        let path = tree.path(&entry).to_bytes();
        for (place, flip) in (0..path.len()).flat_map(|at| [(at, 1), (at, 0x80)]) {
            let mut altered = path.clone();
            altered[place] ^= flip;
            let checked =
                StatePath::from_bytes(&altered).and_then(|path| path.verify(&root, &entry, value));
            assert!(checked.is_err(), "byte {place}");
        }
        for end in 0..path.len() {
            assert!(StatePath::from_bytes(&path[..end]).is_err());
        }
    }
}

#[test]
fn a_path_to_another_place_proves_no_absence() {
    let tree = numbered(50);
    let root = Digest32::from_bytes(tree.root());
    // The path of what is missing ends at a leaf; that leaf's own neighbours do not prove it.
    let elsewhere = (100..200).map(|other| tree.path(&subject(other)));
    let refused = elsewhere.map(|path| path.verify(&root, &subject(7), None));
    for refusal in refused {
        let (Err(StatePathError::Elsewhere) | Err(StatePathError::Present)) = refusal else {
            panic!("{refusal:?}");
        };
    }
}

/// A network in which the carrier has open offers, and one that it answered.
fn with_offers() -> (Net, Vec<RecordRef>, RecordRef) {
    let mut net = Net::with_prefix();
    let items: Vec<_> = ["A", "B", "C", "D", "E"]
        .map(|serial| net.item(serial))
        .into();
    let mut offers: Vec<_> = items
        .iter()
        .map(|item| net.offered(FACTORY, CARRIER, *item))
        .collect();
    let answered = offers.remove(2);
    let block = net.staff(CARRIER, &[accept(items[2], answered)]);
    net.applied(&block);
    offers.sort_unstable();
    (net, offers, answered)
}

#[test]
fn the_tree_of_a_ledger_is_that_of_its_state() {
    let (mut net, ..) = with_offers();
    let items = ["F", "G"].map(|serial| net.item(serial));
    let waiting = net.staff(FACTORY, &[observe(&items[..1])]);
    let cite = observe(&items[1..]).citing(vec![first(&waiting)]);
    let early = net.staff(CARRIER, &[cite]);
    for block in [early, waiting] {
        net.order(&[block]);
        let state = net.ledger.state();
        let leaves: BTreeMap<_, _> = leaves_of(state).into_iter().collect();
        assert_eq!(
            net.ledger.state_root(),
            Digest32::from_bytes(naive_root(&leaves))
        );
        let header = net.checkpoints.last().unwrap().header();
        assert_eq!(*header.state_root(), net.ledger.state_root());
        let again = Ledger::from_snapshot(&net.genesis, &net.ledger.snapshot_bytes());
        assert_eq!(again.unwrap().state_root(), net.ledger.state_root());
    }
}

#[test]
fn every_kind_of_entry_is_proven() {
    let (mut net, offers, answered) = with_offers();
    let item = net.item("H");
    let refused = net.staff(
        CARRIER,
        &[offer(item, net.id(BANK), net.last_custody(&item))],
    );
    net.refused(&refused);
    let missing = net.staff(FACTORY, &[observe(&[item])]);
    let waits = net.staff(CARRIER, &[observe(&[item]).citing(vec![first(&missing)])]);
    net.order(std::slice::from_ref(&waits));
    let prefix = crate::Prefix::parse(PREFIX).unwrap();
    let (device, member) = (net.staff_id(CARRIER), net.id(CARRIER));
    let there = [
        StateEntry::Governance,
        StateEntry::Roster,
        StateEntry::Member(member),
        StateEntry::Device(device),
        StateEntry::Readers(member.into()),
        StateEntry::Prefix(prefix.clone()),
        StateEntry::Claim(prefix, net.id(FACTORY)),
        StateEntry::Feed(device),
        StateEntry::Subject(item),
        StateEntry::OfferTo(member, offers[0]),
        StateEntry::ClosedOffer(answered),
        StateEntry::Waiting(first(&waits)),
        StateEntry::Refusal(first(&refused)),
    ];
    let root = net.ledger.state_root();
    for entry in there {
        let (bytes, path) = net.ledger.prove(&entry);
        assert!(bytes.is_some(), "{entry:?}");
        assert_eq!(
            path.verify(&root, &entry, bytes.as_deref()),
            Ok(()),
            "{entry:?}"
        );
    }
    for entry in [
        StateEntry::OfferByCode(offers[0]),
        StateEntry::ClosedOffer(offers[0]),
        StateEntry::OfferTo(net.id(BANK), offers[0]),
        StateEntry::Refusal(first(&waits)),
        StateEntry::Feed(crate::DeviceId::from_bytes([3; 32])),
    ] {
        let (bytes, path) = net.ledger.prove(&entry);
        assert_eq!(bytes, None, "{entry:?}");
        assert_eq!(path.verify(&root, &entry, None), Ok(()), "{entry:?}");
    }
}

#[test]
fn an_inbox_is_shown_whole() {
    let (net, offers, _) = with_offers();
    let root = net.ledger.state_root();
    for member in &net.members {
        let path = net.ledger.prove_inbox(member);
        assert_eq!(InboxPath::from_bytes(&path.to_bytes()).as_ref(), Ok(&path));
        let shown = path.verify(&root, member).unwrap();
        let mut records: Vec<_> = shown.iter().map(|(record, _)| *record).collect();
        records.sort_unstable();
        let all = if *member == net.id(CARRIER) {
            offers.as_slice()
        } else {
            &[]
        };
        assert_eq!(records, all);
        for (record, offer) in &shown {
            assert_eq!(net.ledger.state().offer(record), Some(offer));
        }
        let bytes = path.to_bytes();
        for (place, flip) in (0..bytes.len()).flat_map(|at| [(at, 1), (at, 0x80)]) {
            let mut altered = bytes.clone();
            altered[place] ^= flip;
            let checked = InboxPath::from_bytes(&altered).and_then(|p| p.verify(&root, member));
            assert!(checked.is_err(), "byte {place}");
        }
    }
}

/// The attack: a peer hides an offer from its addressee.
#[test]
fn no_offer_can_be_left_out_of_an_inbox() {
    let (net, offers, _) = with_offers();
    let (root, carrier) = (net.ledger.state_root(), net.id(CARRIER));
    let state = net.ledger.state();
    let tree = StateTree::of(leaves_of(state));
    for left_out in &offers {
        let rest = offers.iter().filter(|record| *record != left_out);
        let rest = rest.map(|record| (*record, state.offer(record).unwrap()));
        let path = tree.inbox_path(&carrier, rest);
        assert_eq!(path.verify(&root, &carrier), Err(StatePathError::Root));
    }
    // Nor all of them: a search for the first ends at an offer.
    let none = tree.inbox_path(&carrier, []);
    assert_eq!(none.verify(&root, &carrier), Err(StatePathError::Present));
    // Nor is another's inbox this one's.
    let other = net.ledger.prove_inbox(&net.id(BANK));
    assert!(other.verify(&root, &carrier).is_err());
    let own = net.ledger.prove_inbox(&carrier);
    assert_eq!(
        own.verify(&root, &net.id(BANK)),
        Err(StatePathError::NotAnOffer)
    );
    // Nor is a part of it all of it, with the rest beside the way.
    let whole = net.ledger.prove_inbox(&carrier);
    let cut = tree.part_of_inbox(&carrier, state);
    assert_eq!(cut.verify(&root, &carrier), Err(StatePathError::Elsewhere));
    // Nor an offer there twice.
    assert_eq!(
        whole.with_first_twice().verify(&root, &carrier),
        Err(StatePathError::Order)
    );
}
