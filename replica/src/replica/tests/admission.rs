//! What comes from elsewhere.

use chopmark_core::{Body, Digest32, GoodsClass, Prefix, RecordRef, RunSpec, TzMinutes, When};

use super::*;

#[test]
fn blocks_in_any_order_find_their_places() {
    let fixture = Fixture::new();
    let (admin, phone) = (
        fixture.net.device(21),
        Device {
            key: Testnet::key(41),
            member: fixture.net.members[0],
        },
    );
    let source = fixture.replica("source", PartyKind::Device);
    let enrolment = fixture.net.append(
        &source,
        &admin,
        &[enrol(admin.member, entry(41, Role::Courier))],
    );
    let blocks: Vec<_> = (0..4)
        .map(|n| {
            fixture
                .net
                .append(&source, &phone, &[observe(n, "x")])
                .block
        })
        .collect();
    let peer = fixture.replica("peer", PartyKind::Peer);
    // Backwards, and the enrolment last: all are kept aside, none is refused.
    let backwards: Vec<Item> = blocks.iter().rev().map(block).collect();
    let taken = take(&peer, 31, backwards);
    assert_eq!((taken.stored, codes(&taken)), (4, vec![]));
    assert_eq!((peer.status().open, peer.status().aside), (0, 4));
    drop(peer);
    let peer = fixture.reopen("peer", PartyKind::Peer);
    assert_eq!(peer.status().aside, 4, "kept over a restart");
    take(&peer, 31, vec![block(&enrolment.block)]);
    assert_eq!((peer.status().open, peer.status().aside), (5, 0));
    order_all(&peer);
    assert_eq!(peer.status().logged, 5);
    let expected = peer.status();
    drop(peer);
    assert_eq!(fixture.reopen("peer", PartyKind::Peer).status(), expected);
}

#[test]
fn forked_feed_is_refused_and_suspended() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let (one, two) = (
        fixture.replica("one", PartyKind::Device),
        fixture.replica("two", PartyKind::Device),
    );
    let branch = |replica: &Replica, note| {
        fixture
            .net
            .append(replica, &phone, &[observe(1, note)])
            .block
    };
    let (left, right) = (branch(&one, "left"), branch(&two, "right"));
    let peer = fixture.replica("peer", PartyKind::Peer);
    let other = fixture.replica("other", PartyKind::Peer);
    assert_eq!(
        codes(&take(&peer, 31, vec![block(&left)])),
        Vec::<&str>::new()
    );
    assert_eq!(codes(&take(&peer, 31, vec![block(&right)])), ["fork"]);
    // Another peer saw them the other way round; the order decides for both.
    assert_eq!(
        codes(&take(&other, 31, vec![block(&right)])),
        Vec::<&str>::new()
    );
    order_all(&peer);
    take(
        &other,
        11,
        everything(&peer)
            .into_iter()
            .map(|numbered| numbered.item)
            .collect(),
    );
    assert_eq!(other.status().state, peer.status().state);
    assert_eq!(other.status().height, peer.status().height);
    let device = phone.key.id();
    assert!(other.read_final(|ledger| ledger.state().device(&device).unwrap().forked().is_some()));
    // An old place, long final, is still known.
    assert_eq!(
        codes(&take(&peer, 31, vec![block(&right)])),
        Vec::<&str>::new(),
        "known by now"
    );
}

#[test]
fn a_fork_of_a_final_place_is_named_too() {
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let (one, two) = (
        fixture.replica("one", PartyKind::Device),
        fixture.replica("two", PartyKind::Device),
    );
    let peer = fixture.replica("peer", PartyKind::Peer);
    for n in 0..3 {
        let built = fixture.net.append(&one, &phone, &[observe(n, "left")]);
        take(&peer, 31, vec![block(&built.block)]);
        order_all(&peer);
    }
    let fork = fixture
        .net
        .append(&two, &phone, &[observe(9, "right")])
        .block;
    assert_eq!(codes(&take(&peer, 31, vec![block(&fork)])), ["fork"]);
}

#[test]
fn refuses_other_networks_and_noise() {
    let fixture = Fixture::new();
    let elsewhere = Testnet::new("two");
    let phone = elsewhere.device(31);
    let foreign = elsewhere.replica(&fixture.folder.path().join("foreign"), PartyKind::Device);
    let built = elsewhere.append(&foreign, &phone, &[observe(1, "x")]);
    let peer = fixture.replica("peer", PartyKind::Peer);
    let noise = SealedSection {
        hash: chopmark_core::SectionHash::of(b"noise"),
        bytes: b"noise".to_vec(),
    };
    let lie = SealedSection {
        hash: noise.hash,
        bytes: b"other".to_vec(),
    };
    let items = std::iter::once(block(&built.block))
        .chain(sections(&[noise, lie]))
        .collect();
    let taken = take(&peer, 31, items);
    assert_eq!(codes(&taken), ["wrong-network", "malformed", "unnamed"]);
    assert_eq!(peer.status().open, 0);
    assert!(everything(&peer).is_empty());
}

#[test]
fn a_handover_carries_what_the_giver_had_not_sent() {
    let fixture = Fixture::new();
    let (giver, taker) = (fixture.net.device(31), fixture.net.device(32));
    let (from, to) = (
        fixture.replica("from", PartyKind::Device),
        fixture.replica("to", PartyKind::Device),
    );
    let given: Vec<_> = (0..3)
        .map(|n| fixture.net.append(&from, &giver, &[observe(n, "x")]))
        .collect();
    let taken = to
        .take_handover(
            given.iter().map(|built| built.block.clone()).collect(),
            given
                .iter()
                .flat_map(|built| &built.sections)
                .map(|s| (s.hash, s.bytes.clone()))
                .collect(),
        )
        .unwrap();
    assert_eq!((taken.stored, taken.not_taken.len()), (6, 0));
    fixture.net.append(&to, &taker, &[observe(1, "taken")]);
    let peer = fixture.replica("peer", PartyKind::Peer);
    let outbox = everything(&to);
    assert_eq!(outbox.len(), 8, "either phone delivers both sides");
    assert_eq!(
        peer.take_in(taker.key.id(), outbox, 100).unwrap().not_taken,
        []
    );
    assert_eq!(peer.status().open, 4);
}

#[test]
fn evidence_is_wanted_until_it_is_here() {
    use crate::store::EvidenceState::{Here, Wanted};
    let fixture = Fixture::new();
    let phone = fixture.net.device(31);
    let device = fixture.replica("phone", PartyKind::Device);
    let sealed = device.vault().seal(b"a photo".as_slice()).unwrap();
    let built = fixture.net.append(
        &device,
        &phone,
        &[attest(1, vec![(sealed.id, sealed.length)])],
    );
    assert_eq!(device.store().evidence(sealed.id).unwrap().unwrap().0, Here);
    let peer = fixture.replica("peer", PartyKind::Peer);
    take(&peer, 31, vec![block(&built.block)]);
    let (state, row) = peer.store().evidence(sealed.id).unwrap().unwrap();
    assert_eq!((state, row.length), (Wanted, sealed.length));
}

/// Peers send each other what a third one brought to both.
#[test]
fn what_is_known_is_not_noted_each_time() {
    let fixture = Fixture::new();
    let source = fixture.replica("source", PartyKind::Device);
    let phone = fixture.net.device(31);
    let blocks = (0..3).map(|n| fixture.net.append(&source, &phone, &[observe(n, "x")]));
    let items: Vec<Item> = blocks
        .flat_map(|built| {
            let block = std::iter::once(block(&built.block));
            block.chain(sections(&built.sections)).collect::<Vec<_>>()
        })
        .collect();
    let peer = fixture.replica("peer", PartyKind::Peer);
    take(&peer, 11, items.clone());
    take(&peer, 12, items.clone());
    let other = Testnet::key(12).id();
    let noted = || peer.store().peer(other).unwrap().unwrap().since().get();
    assert_eq!(noted(), 6);
    let again = |last| peer.take_in(other, numbered(items.clone()), last).unwrap();
    assert_eq!((again(12), noted()), (TakenIn::default(), 6));
    // What is sent again after a break stays little.
    assert_eq!((again(3_000).stored, noted()), (0, 3_000));
}

#[test]
fn whoever_listens_is_told_of_runs_once_they_are_on_disk() {
    let fixture = Fixture::new();
    let admin = fixture.net.device(21);
    let peer = fixture.replica("peer", PartyKind::Peer);
    let mut told = peer.runs_begun();
    fixture.net.append(&peer, &admin, &[observe(1, "x")]);
    assert!(told.try_recv().is_err());
    let run = RunSpec {
        root: Digest32::from_bytes([1; 32]),
        count: 1_000,
    };
    let body = Body::CommissionRun {
        when: When {
            time: TimeMs(wall_clock_ms()),
            tz: TzMinutes::default(),
        },
        class: GoodsClass::parse("(01)09506000134352").unwrap(),
        prefix: Prefix::parse("9506000").unwrap(),
        run,
    };
    let run = RecordDraft::new(body, vec![run.subject(&peer.network(), &admin.member)]);
    let built = fixture.net.append(&peer, &admin, &[run]);
    let begun = RunBegun {
        member: admin.member,
        record: RecordRef {
            block: built.block.id(),
            index: 0,
        },
    };
    assert_eq!(told.try_recv(), Ok(begun));
    // Who begins to listen later asks for what is open.
    assert_eq!(peer.open_runs(), [begun]);
}
