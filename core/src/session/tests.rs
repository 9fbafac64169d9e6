mod vectors;

use proptest::prelude::*;

use super::*;
use crate::testnet::*;
use crate::{SectionHash, VerifiedBlock};

const NOW: TimeMs = TimeMs(1_790_000_000_000);
const NETWORK: NetworkId = NetworkId::from_bytes([9; 32]);

fn config(instance: u8, since: Option<([u8; 16], u64)>) -> SessionConfig {
    SessionConfig {
        network: NETWORK,
        instance: [instance; 16],
        kind: PartyKind::Device,
        since,
        height: 7,
        newest: 0,
        peers: Vec::new(),
    }
}

/// Two ends that have exchanged their hellos.
fn connected(since: Option<([u8; 16], u64)>) -> (Session, Session) {
    let mut left = Session::new(config(1, None), NOW);
    let mut right = Session::new(config(2, since), NOW);
    let hello = right.poll_frame().unwrap();
    left.handle_frame(&hello).unwrap();
    let hello = left.poll_frame().unwrap();
    right.handle_frame(&hello).unwrap();
    (left, right)
}

fn section(number: u64, bytes: usize) -> NumberedItem {
    let bytes = vec![7; bytes];
    let item = Item::Section(SectionHash::of(&bytes), bytes);
    NumberedItem { number, item }
}

fn encoded(items: &[NumberedItem]) -> Vec<EncodedItem> {
    items.iter().map(EncodedItem::from).collect()
}

fn error_of(frames: &[Frame]) -> SessionError {
    let mut session = Session::new(config(1, None), NOW);
    for frame in frames {
        if let Err(error) = session.handle_frame(&cbor::to_bytes(frame)) {
            return error;
        }
    }
    panic!("no error");
}

fn hello(network: NetworkId) -> Frame {
    Frame::Hello(Hello {
        network,
        instance: [9; 16],
        kind: PartyKind::Peer,
        since_instance: None,
        since: 0,
        height: 0,
        clock: NOW,
        newest: 0,
        peers: Vec::new(),
    })
}

fn items(from: u64, last: u64, numbers: &[u64]) -> Frame {
    let items = numbers.iter().map(|n| section(*n, 10)).collect();
    Frame::Items { from, last, items }
}

#[test]
fn items_of_every_kind_arrive_and_are_acknowledged() {
    let (mut left, mut right) = connected(None);
    let mut net = Net::with_prefix();
    let subject = net.item("A");
    let block = net.staff(CARRIER, &[observe(&[subject])]);
    let sent = vec![
        NumberedItem {
            number: 3,
            item: Item::Block(Box::new(VerifiedBlock::as_signed(&block).clone())),
        },
        section(4, 100),
        NumberedItem {
            number: 9,
            item: Item::Checkpoint(Box::new(net.checkpoints[0].clone())),
        },
    ];
    left.queue_items(encoded(&sent), 12).unwrap();
    assert!(!left.is_settled());
    let frame = left.poll_frame().unwrap();
    assert_eq!(left.poll_frame(), None);
    let event = right.handle_frame(&frame).unwrap();
    assert_eq!(
        event,
        SessionEvent::Items {
            items: sent,
            last: 12
        }
    );

    right.refuse(4, "malformed", &"long ".repeat(1000));
    right.acknowledge(9);
    right.acknowledge(12);
    let refused = left.handle_frame(&right.poll_frame().unwrap()).unwrap();
    assert!(matches!(refused, SessionEvent::Refused { number: 4, .. }));
    let acked = left.handle_frame(&right.poll_frame().unwrap()).unwrap();
    assert_eq!(acked, SessionEvent::Acked(12));
    assert_eq!(right.poll_frame(), None);
    assert!(left.is_settled());
}

#[test]
fn a_session_goes_on_where_the_last_one_was_cut() {
    let after = |since| {
        let mut left = Session::new(config(1, None), NOW);
        let mut right = Session::new(config(2, since), NOW);
        match left.handle_frame(&right.poll_frame().unwrap()).unwrap() {
            SessionEvent::Hello { send_after, .. } => send_after,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(after(None), 0);
    assert_eq!(after(Some(([1; 16], 40))), 40);
    // The numbers of a store that was made anew start again.
    assert_eq!(after(Some(([5; 16], 40))), 0);

    let (mut left, mut right) = connected(Some(([1; 16], 40)));
    left.queue_items(encoded(&[section(39, 10), section(41, 10)]), 41)
        .unwrap();
    match right.handle_frame(&left.poll_frame().unwrap()).unwrap() {
        SessionEvent::Items { items, last } => {
            assert_eq!((items.len(), items[0].number, last), (1, 41, 41));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn news_that_there_is_nothing_moves_the_other_side_on() {
    let (mut left, mut right) = connected(None);
    left.queue_items(Vec::new(), 5).unwrap();
    let event = right.handle_frame(&left.poll_frame().unwrap()).unwrap();
    let items = Vec::new();
    assert_eq!(event, SessionEvent::Items { items, last: 5 });
    left.queue_items(Vec::new(), 5).unwrap();
    assert_eq!(left.poll_frame(), None);
}

#[test]
fn what_was_refused_goes_again_under_its_old_number() {
    let (mut left, mut right) = connected(None);
    let first = [section(1, 10), section(2, 11), section(3, 12)];
    left.queue_items(encoded(&first), 3).unwrap();
    right.handle_frame(&left.poll_frame().unwrap()).unwrap();
    right.refuse(1, "missing-prev", "not yet");
    right.acknowledge(3);
    left.queue_again(encoded(&first[..1])).unwrap();
    assert_eq!(left.poll_frame(), None, "the acknowledgement comes first");
    left.handle_frame(&right.poll_frame().unwrap()).unwrap();
    left.handle_frame(&right.poll_frame().unwrap()).unwrap();
    assert!(!left.is_settled());

    let again = left.poll_frame().unwrap();
    assert_eq!(
        right.handle_frame(&again).unwrap(),
        SessionEvent::Items {
            items: first[..1].to_vec(),
            last: 3
        }
    );
    right.acknowledge(3);
    left.handle_frame(&right.poll_frame().unwrap()).unwrap();
    assert!(left.is_settled());
    // New items go on where the old ones ended.
    left.queue_items(encoded(&[section(4, 10)]), 4).unwrap();
    right.handle_frame(&left.poll_frame().unwrap()).unwrap();

    let items = vec![section(5, 10)];
    let never_sent = cbor::to_bytes(&Frame::Again { items });
    assert_eq!(right.handle_frame(&never_sent), Err(SessionError::Numbers));
}

#[test]
fn what_is_only_named_is_sent_when_it_is_asked_for() {
    let (mut left, mut right) = connected(None);
    let whole = section(2, 20);
    let Item::Section(hash, ciphertext) = &whole.item else {
        panic!("a section")
    };
    let from = crate::DeviceId::from_bytes([3; 32]);
    let name = ItemName::Section(*hash);
    let items = vec![
        EncodedItem::from(&section(1, 10)),
        EncodedItem::named(2, name, from),
    ];
    left.queue_items(items, 3).unwrap();
    match right.handle_frame(&left.poll_frame().unwrap()).unwrap() {
        SessionEvent::Items { items, last } => {
            let item = Item::Named(name, from);
            assert_eq!(items[1], NumberedItem { number: 2, item });
            assert_eq!(last, 3);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(left.next_asked(), None);
    right.acknowledge(1);
    right.want(&[2]);
    let asked = left.handle_frame(&right.poll_frame().unwrap()).unwrap();
    assert_eq!(asked, SessionEvent::Wanted);
    assert_eq!(left.next_asked(), Some(2));
    assert_eq!(left.next_asked(), None);
    // It waits neither for an acknowledgement nor for what is queued.
    left.queue_items(encoded(&[section(4, 10)]), 4).unwrap();
    left.queue_wanted(EncodedItem::section(2, *hash, ciphertext))
        .unwrap();
    let event = right.handle_frame(&left.poll_frame().unwrap()).unwrap();
    assert_eq!(
        event,
        SessionEvent::Items {
            items: vec![whole],
            last: 3
        }
    );
    right.acknowledge(3);
    left.handle_frame(&right.poll_frame().unwrap()).unwrap();

    // Only what is on the way may be asked for, and not endlessly.
    let want = |numbers: &[u64]| {
        let numbers = numbers.to_vec();
        cbor::to_bytes(&Frame::Want { numbers })
    };
    let names = [5, 6].map(|number| EncodedItem::named(number, name, from));
    left.queue_items(names.to_vec(), 6).unwrap();
    while left.poll_frame().is_some() {}
    left.handle_frame(&want(&[5, 6])).unwrap();
    for wrong in [2, 3, 7] {
        let refused = left.handle_frame(&want(&[5, wrong]));
        assert_eq!(refused, Err(SessionError::Numbers));
    }
    let again = |items: &[NumberedItem]| {
        let items = items.to_vec();
        cbor::to_bytes(&Frame::Again { items })
    };
    right.received = 6;
    right.want(&[5]);
    let (five, item) = (section(5, 10), Item::Named(name, from));
    let named = NumberedItem { number: 5, item };
    for (items, error) in [
        (vec![named], SessionError::NameAgain),
        (vec![five.clone(), five.clone()], SessionError::Numbers),
    ] {
        assert_eq!(right.handle_frame(&again(&items)), Err(error));
    }
    right.want(&(0..200_000).collect::<Vec<_>>());
    right.want(&(200_000..300_000).collect::<Vec<_>>());
    let more = right.handle_frame(&cbor::to_bytes(&self::items(6, 7, &[7])));
    assert_eq!(more, Err(SessionError::Overrun), "it keeps what it names");
    let flood = want(&vec![6; 60_000]);
    let mut heard = (0..9).map(|_| left.handle_frame(&flood));
    assert!(heard.any(|heard| heard == Err(SessionError::Overrun)));
}

#[test]
fn items_are_written_as_they_are_read() {
    let mut net = Net::with_prefix();
    let subject = net.item("A");
    let block = net.staff(CARRIER, &[observe(&[subject])]);
    let block = VerifiedBlock::as_signed(&block).clone();
    let checkpoint = net.checkpoints[0].clone();
    let numbered = |item| NumberedItem { number: 70, item };
    let section = section(70, 300);
    let Item::Section(hash, ciphertext) = &section.item else {
        panic!("a section")
    };
    let from = crate::DeviceId::from_bytes([3; 32]);
    let name = ItemName::Block(block.id());
    let written = [
        EncodedItem::block(70, &block.to_bytes()),
        EncodedItem::section(70, *hash, ciphertext),
        EncodedItem::checkpoint(70, &checkpoint.to_bytes()),
        EncodedItem::named(70, name, from),
    ];
    let read = [
        numbered(Item::Block(Box::new(block))),
        section,
        numbered(Item::Checkpoint(Box::new(checkpoint))),
        numbered(Item::Named(name, from)),
    ];
    for (written, read) in written.iter().zip(&read) {
        assert_eq!(written, &EncodedItem::from(read));
        assert_eq!(&NumberedItem::from_bytes(&written.bytes).unwrap(), read);
    }
}

#[test]
fn a_hello_tells_of_the_other_peers() {
    let peer = KnownPeer::new(
        crate::DeviceId::from_bytes([1; 32]),
        crate::MemberId::from_bytes([2; 32]),
        vec!["peer.example.org:4750".to_owned()],
    );
    let peers = vec![peer.unwrap()];
    let telling = SessionConfig {
        peers: peers.clone(),
        ..config(1, None)
    };
    let mut left = Session::new(telling, NOW);
    let mut right = Session::new(config(2, None), NOW);
    match right.handle_frame(&left.poll_frame().unwrap()).unwrap() {
        SessionEvent::Hello { peers: told, .. } => assert_eq!(told, peers),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_on_the_way_is_bounded_on_both_ends() {
    let (mut left, mut right) = connected(None);
    let size = 200 * 1024;
    let mut number = 0;
    while left.wants_items() {
        number += 1;
        left.queue_items(encoded(&[section(number, size)]), number)
            .unwrap();
    }
    assert_eq!(left.queue_items(Vec::new(), number), Err(QueueFull));
    let mut on_the_way = 0;
    let mut last = 0;
    while let Some(frame) = left.poll_frame() {
        on_the_way += frame.len();
        assert!(frame.len() <= limits::FRAME_BYTES);
        match right.handle_frame(&frame).unwrap() {
            SessionEvent::Items { last: newest, .. } => last = newest,
            other => panic!("{other:?}"),
        }
    }
    assert!(on_the_way < WINDOW_BYTES + limits::FRAME_BYTES);
    assert!(left.outgoing.queued_bytes <= QUEUE_BYTES + size + 100);
    // A sender that does not wait is cut off.
    let from = right.received;
    let frame = cbor::to_bytes(&items(from, from + 1, &[from + 1]));
    assert_eq!(right.handle_frame(&frame), Err(SessionError::Overrun));
    // One that waits goes on after an acknowledgement.
    right.acknowledge(last);
    left.handle_frame(&right.poll_frame().unwrap()).unwrap();
    assert!(left.poll_frame().is_some() || left.is_settled());
}

#[test]
fn what_no_session_may_say_is_named() {
    let other = NetworkId::from_bytes([1; 32]);
    let hi = hello(NETWORK);
    let ack = Frame::Ack { last: 1 };
    let bye = Frame::Bye {
        code: "busy".to_owned(),
        detail: String::new(),
    };
    assert_eq!(error_of(std::slice::from_ref(&ack)), SessionError::Hello);
    assert_eq!(error_of(&[hi.clone(), hi.clone()]), SessionError::Hello);
    assert_eq!(
        error_of(&[hello(other)]),
        SessionError::WrongNetwork { found: other }
    );
    let (last, sent) = (1, 0);
    assert_eq!(
        error_of(&[hi.clone(), ack]),
        SessionError::AckBeyond { last, sent }
    );
    for wrong in [
        items(0, 0, &[]),
        items(0, 2, &[3]),
        items(0, 5, &[3, 3]),
        items(2, 5, &[3]),
        items(0, 5, &[0]),
    ] {
        assert_eq!(error_of(&[hi.clone(), wrong]), SessionError::Numbers);
    }
    assert_eq!(
        error_of(&[hi.clone(), bye, items(0, 1, &[1])]),
        SessionError::Ended
    );

    let mut session = Session::new(config(1, None), NOW);
    let long = vec![0; limits::FRAME_BYTES + 1];
    let bytes = long.len();
    assert_eq!(
        session.handle_frame(&long),
        Err(SessionError::TooLarge { bytes })
    );
    let mut newer = cbor::to_bytes(&hi);
    // The version stands after the array's head and the frame's number.
    newer[2] = 2;
    assert_eq!(session.handle_frame(&newer).unwrap_err().code(), "version");
    let goodbye = |session: &mut Session| {
        session.poll_frame();
        session.bye("version", "newer");
        session.poll_frame().unwrap()
    };
    let frame = goodbye(&mut session);
    assert!(session.has_ended() && session.poll_frame().is_none());
    let mut peer = Session::new(config(2, None), NOW);
    assert!(matches!(
        peer.handle_frame(&frame),
        Ok(SessionEvent::Bye { code, .. }) if code == "version"
    ));
}

proptest! {
    #[test]
    fn frames_of_any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (mut left, _) = connected(None);
        let _ = left.handle_frame(&bytes);
    }
}
