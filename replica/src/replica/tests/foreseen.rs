//! The overlay of many open blocks, kept over checkpoints that it foresaw.

use super::*;

/// More than make a new overlay cheap.
const OPEN: usize = 1_200;
/// Those that the orderer has.
const ORDERED: usize = 300;

/// What is pending, as far as it is shown.
fn shown(replica: &Replica) -> String {
    replica.read(|ledger, pending| {
        let outcomes: BTreeMap<_, _> = pending.outcomes().collect();
        let feeds: Vec<_> = pending.devices().map(|(id, _)| pending.feed(id)).collect();
        format!("{:?} {outcomes:?} {feeds:?}", ledger.tip())
    })
}

/// Each block was applied anew to the overlay at each checkpoint, a quarter of what a peer did
/// with tens of thousands of them open.
#[test]
fn an_overlay_of_many_blocks_is_kept_over_checkpoints_that_it_foresaw() {
    let fixture = Fixture::new();
    let author = fixture.replica("author", PartyKind::Device);
    let device = fixture.net.device(31);
    let append = |n| {
        fixture
            .net
            .append(&author, &device, &[observe(1, &format!("{n}"))])
    };
    let items: Vec<Item> = (0..OPEN).map(|n| block(&append(n).block)).collect();
    let orderer = fixture.replica("orderer", PartyKind::Peer);
    let peer = fixture.replica("peer", PartyKind::Peer);
    take(&peer, 31, items.clone());
    assert_eq!(peer.read(|_, pending| pending.outcomes().count()), OPEN);

    for (round, ordered) in items.chunks(ORDERED).enumerate() {
        take(&orderer, 31, ordered.to_vec());
        order_all(&orderer);
        let checkpoints = everything(&orderer).into_iter().map(|item| item.item);
        let checkpoints = checkpoints.filter(|item| matches!(item, Item::Checkpoint(_)));
        take(&peer, 11, checkpoints.collect());
        assert_eq!(peer.status().height, orderer.status().height);
        // The last ones are few enough.
        let foreseen = usize::from(round == 0);
        assert_eq!(peer.copy().foreseen, foreseen, "{round}");
        let kept = shown(&peer);
        {
            let mut copy = peer.copy();
            copy.pending = None;
            copy.foreseen = 0;
        }
        let left = peer.read(|_, pending| pending.outcomes().count());
        assert_eq!(left, OPEN - (round + 1) * ORDERED);
        assert_eq!(kept, shown(&peer), "{round}");
    }
}
