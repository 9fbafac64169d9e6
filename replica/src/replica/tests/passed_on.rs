//! Checkpoints whose cosignatures are genuine, and whose list of blocks is not what was agreed on:
//! whoever passes one on may put another list beside its header.

use chopmark_core::{Checkpoint, Height};

use super::*;

/// The same header and cosignatures with other blocks, as many.
fn listing(checkpoint: &Checkpoint, blocks: Vec<BlockId>) -> Item {
    let mut bytes = checkpoint.to_bytes();
    // The list stands at the end, each id behind the two bytes of its length.
    for (id, place) in blocks.iter().rev().zip(1..) {
        let at = bytes.len() - place * 34 + 2;
        bytes[at..at + 32].copy_from_slice(id.as_bytes());
    }
    let other = Checkpoint::from_bytes(&bytes).unwrap();
    assert_eq!(other.blocks(), blocks);
    assert_eq!(other.hash(), checkpoint.hash());
    Item::Checkpoint(Box::new(other))
}

/// A peer that made one checkpoint of four blocks; the blocks, and the checkpoint.
fn ordered(fixture: &Fixture) -> (Replica, Vec<Item>, Checkpoint) {
    let first = fixture.replica("first", PartyKind::Peer);
    for n in 0..4 {
        let phone = fixture.net.device(31);
        fixture.net.append(&first, &phone, &[observe(n, "x")]);
    }
    order_all(&first);
    let items = everything(&first).into_iter().map(|numbered| numbered.item);
    let blocks = items.filter(|item| !matches!(item, Item::Checkpoint(_)));
    let blocks = blocks.collect();
    let checkpoint = first.checkpoint(Height(1)).unwrap().unwrap();
    assert_eq!(checkpoint.blocks().len(), 4);
    (first, blocks, checkpoint)
}

/// One list that names what nobody has, and one in another order.
fn false_ones(checkpoint: &Checkpoint) -> [Item; 2] {
    let nobodys = (0..4).map(|n| BlockId::from_bytes([n; 32])).collect();
    let mut swapped = checkpoint.blocks().to_vec();
    swapped.swap(1, 2);
    [nobodys, swapped].map(|blocks| listing(checkpoint, blocks))
}

fn assert_same(one: &Replica, two: &Replica, about: &str) {
    assert_eq!(one.status(), two.status(), "{about}");
    for index in 0..4 {
        let [one, two] = [one, two].map(|replica| replica.store().logged(index).unwrap());
        assert_eq!(one.unwrap().bytes, two.unwrap().bytes, "{about}, {index}");
    }
}

#[test]
fn a_false_list_keeps_the_true_checkpoint_out_in_no_order() {
    let fixture = Fixture::new();
    let (first, blocks, checkpoint) = ordered(&fixture);
    let truth = || vec![Item::Checkpoint(Box::new(checkpoint.clone()))];
    let lies = false_ones(&checkpoint);
    for (which, lie) in lies.iter().enumerate() {
        let lie = || vec![lie.clone()];
        // Who sends what, in turn.
        let turns = [
            [(31, lie()), (11, truth()), (11, blocks.clone())],
            [(31, lie()), (11, blocks.clone()), (11, truth())],
            [(11, blocks.clone()), (31, lie()), (11, truth())],
            [(11, truth()), (31, lie()), (11, blocks.clone())],
        ];
        for (turn, steps) in turns.into_iter().enumerate() {
            let name = format!("peer-{which}-{turn}");
            let second = fixture.replica(&name, PartyKind::Peer);
            for (from, items) in steps {
                take(&second, from, items);
            }
            assert_same(&first, &second, &name);
            drop(second);
            let second = fixture.reopen(&name, PartyKind::Peer);
            assert_same(&first, &second, &format!("{name}, from disk"));
        }
    }
}

/// The true one waits in memory while another one is on disk, so it is asked for again.
#[test]
fn a_true_checkpoint_behind_a_false_one_outlives_a_kill() {
    let fixture = Fixture::new();
    let (first, blocks, checkpoint) = ordered(&fixture);
    let truth = || vec![Item::Checkpoint(Box::new(checkpoint.clone()))];
    for (which, lie) in false_ones(&checkpoint).into_iter().enumerate() {
        let name = format!("peer-{which}");
        let second = fixture.replica(&name, PartyKind::Peer);
        take(&second, 31, vec![lie]);
        take(&second, 11, truth());
        assert_eq!(second.peer(Testnet::key(11).id()).unwrap().since().get(), 0);
        drop(second);
        let second = fixture.reopen(&name, PartyKind::Peer);
        take(&second, 11, blocks.clone());
        take(&second, 11, truth());
        assert_same(&first, &second, &name);
    }
}

/// A validator that ran the draft of a checkpoint makes final what it ran, not what a list says.
#[test]
fn a_draft_is_used_for_its_own_list_alone() {
    let fixture = Fixture::new();
    let first = fixture.replica("first", PartyKind::Peer);
    let second = fixture.replica("second", PartyKind::Peer);
    for n in 0..4 {
        let phone = fixture.net.device(31);
        fixture.net.append(&first, &phone, &[observe(n, "x")]);
    }
    let items = everything(&first).into_iter().map(|numbered| numbered.item);
    take(&second, 31, items.collect());
    let now = TimeMs(wall_clock_ms());
    let proposal = first.draft(now, WhenIdle::Wait).unwrap().unwrap();
    assert_eq!(second.judge(&proposal, None).unwrap(), Judged::Follows);
    let cosignature = first.read_final(|ledger| {
        let before = ledger.tip().time;
        proposal.cosign_among(ledger.validators(), before, &Testnet::key(11))
    });
    let checkpoint = proposal.clone().into_checkpoint(vec![cosignature.clone()]);
    let [_, swapped] = false_ones(&checkpoint);
    take(&second, 21, vec![swapped]);
    assert_eq!(second.status().height.0, 0);
    // It comes to the true one by itself.
    second
        .finish(proposal.clone(), vec![cosignature.clone()])
        .unwrap();
    first.finish(proposal, vec![cosignature]).unwrap();
    assert_same(&first, &second, "with a draft");
    drop(second);
    assert_same(&first, &fixture.reopen("second", PartyKind::Peer), "again");
}

/// Of a sender that lies again and again, a few are tried.
#[test]
fn many_lies_about_one_height_take_bounded_room_and_keep_nobody_out() {
    let fixture = Fixture::new();
    let (first, blocks, checkpoint) = ordered(&fixture);
    let second = fixture.replica("second", PartyKind::Peer);
    let lie = |n: u8| {
        let nobodys = (0..4).map(|m| BlockId::from_bytes([4 * n + m; 32]));
        listing(&checkpoint, nobodys.collect())
    };
    take(&second, 31, (0..50).map(lie).collect());
    take(&second, 21, (0..50).map(lie).collect());
    take(
        &second,
        11,
        vec![Item::Checkpoint(Box::new(checkpoint.clone()))],
    );
    take(&second, 11, blocks);
    assert_same(&first, &second, "many lies");
}
