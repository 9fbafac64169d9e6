//! What is named to another peer instead of being sent.

use chopmark_core::ItemName;

use super::*;
use crate::store::Purge;

fn names(replica: &Replica, after: u64) -> Vec<NumberedItem> {
    let to = Addressee {
        key: Testnet::key(13).id(),
        names_after: Some(Number::new(after)),
    };
    let outgoing = replica.outgoing(Number::new(0), to).unwrap();
    assert_eq!(outgoing.up_to, replica.store().newest().unwrap());
    let read = |item: &EncodedItem| NumberedItem::from_bytes(item.as_bytes()).unwrap();
    outgoing.items.iter().map(read).collect()
}

#[test]
fn what_another_peer_brought_is_named_and_what_a_device_brought_goes_whole() {
    let fixture = Fixture::new();
    let author = fixture.replica("author", PartyKind::Peer);
    let phone = fixture.net.device(31);
    let long = "long ".repeat(400);
    let written = [(1, long.as_str()), (2, "short"), (3, &long)];
    let [one, two, three] =
        written.map(|(n, note)| fixture.net.append(&author, &phone, &[observe(n, note)]));
    let peer = fixture.replica("peer", PartyKind::Peer);
    for (from, built) in [(11, &one), (11, &two), (31, &three)] {
        let items = std::iter::once(block(&built.block)).chain(sections(&built.sections));
        let taken = take(&peer, from, items.collect());
        assert_eq!((taken.stored, codes(&taken)), (2, vec![]));
    }
    order_all(&peer);
    let first = Testnet::key(11).id();
    let section = one.sections[0].hash;
    let sent: Vec<Item> = names(&peer, 0).into_iter().map(|item| item.item).collect();
    // A block is short here.
    assert_eq!(sent[0], block(&one.block));
    assert_eq!(sent[1], Item::Named(ItemName::Section(section), first));
    assert_eq!(sent[2], block(&two.block));
    let whole = |item: &Item| matches!(item, Item::Section(..));
    assert!(whole(&sent[3]), "it is short");
    assert!(whole(&sent[5]), "a phone brought it");
    assert!(matches!(sent[6], Item::Checkpoint(_)));
    // What was here before the session began goes whole, to whomever.
    let whole = names(&peer, 2);
    assert_eq!(whole[0].item, block(&one.block));
    assert_eq!(whole, everything(&peer));

    // Asked for, it is what was named; purged, it is gone and passed on no more.
    let given = |number| peer.asked_for(number).unwrap();
    assert_eq!(given(2), Some(EncodedItem::from(&whole[1])));
    assert!(peer.has(&ItemName::Section(section)).unwrap());
    let mut batch = peer.store().batch().unwrap();
    assert_eq!(batch.purge_section(section).unwrap(), Purge::Done);
    batch.commit().unwrap();
    assert_eq!(given(2), None);
    assert!(peer.has(&ItemName::Section(section)).unwrap(), "taken");
    assert!(names(&peer, 0).iter().all(|item| item.number != 2));
    // From a file that was opened anew everything goes whole as well.
    drop(peer);
    let peer = fixture.reopen("peer", PartyKind::Peer);
    assert_eq!(names(&peer, 0)[0].item, block(&one.block));
    assert!(peer.has(&ItemName::Block(one.block.id())).unwrap());
}

#[test]
fn what_only_peers_brought_is_told_from_what_begins_here() {
    let fixture = Fixture::new();
    let author = fixture.replica("author", PartyKind::Peer);
    let phone = fixture.net.device(31);
    let [one, two] = [1, 2].map(|n| {
        block(
            &fixture
                .net
                .append(&author, &phone, &[observe(n, "x")])
                .block,
        )
    });
    let peer = fixture.replica("peer", PartyKind::Peer);
    let only_passed_on = |after| peer.is_only_passed_on(Number::new(after));
    assert_eq!(take(&peer, 11, vec![one]).stored, 1);
    assert!(!only_passed_on(0), "whose it is was not asked yet");
    names(&peer, 0);
    assert!(only_passed_on(0));
    assert_eq!(take(&peer, 31, vec![two]).stored, 1);
    names(&peer, 0);
    assert!(!only_passed_on(0) && !only_passed_on(1), "a phone's");
    assert!(only_passed_on(2), "there is nothing");
    order_all(&peer);
    assert!(!only_passed_on(2), "a checkpoint that was made here");
}

#[test]
fn a_name_by_itself_is_no_item() {
    let fixture = Fixture::new();
    let peer = fixture.replica("peer", PartyKind::Peer);
    let name = ItemName::Block(BlockId::from_bytes([1; 32]));
    assert!(!peer.has(&name).unwrap());
    let item = Item::Named(name, Testnet::key(11).id());
    let taken = take(&peer, 11, vec![item]);
    assert_eq!((taken.stored, codes(&taken)), (0, vec!["version"]));
}
