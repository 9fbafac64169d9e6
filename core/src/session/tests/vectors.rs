//! The vector files of what no session may say.

use super::*;
use crate::vectors::{Given, Input, compare, variants};

/// What a session of `NETWORK`, which sent no item, hears before it cannot go on.
fn refused(heard: &[Vec<u8>]) -> Input<SessionError> {
    let mut session = Session::new(config(1, None), NOW);
    let (last, before) = heard.split_last().unwrap();
    for frame in before {
        session.handle_frame(frame).unwrap();
    }
    let error = session.handle_frame(last).unwrap_err();
    let before = before.iter().map(|frame| Given::parts(frame));
    Input::bytes("sync frame", last, error)
        .given("network", Given::hex(NETWORK.as_bytes()))
        .given("before", Given::list(before))
}

/// A frame of sections, together longer than a third of the window.
fn many(from: u64) -> Vec<u8> {
    let section = |number: u64| NumberedItem {
        number,
        item: Item::Section(
            SectionHash::from_bytes([5; 32]),
            vec![0; limits::SECTION_BYTES],
        ),
    };
    let (last, numbers) = (from + 7, from + 1..=from + 7);
    let items = numbers.map(section).collect();
    cbor::to_bytes(&Frame::Items { from, last, items })
}

#[test]
fn every_refused_sync_frame_has_its_vector_file() {
    let frame = |frame: &Frame| cbor::to_bytes(frame);
    let hi = frame(&hello(NETWORK));
    let after_hello = |last: Frame| refused(&[hi.clone(), frame(&last)]);
    let other = NetworkId::from_bytes([1; 32]);
    let name = ItemName::Section(SectionHash::from_bytes([5; 32]));
    let named = Item::Named(name, crate::DeviceId::from_bytes([3; 32]));
    let named = NumberedItem {
        number: 1,
        item: named,
    };
    let bye = frame(&Frame::Bye {
        code: "busy".to_owned(),
        detail: String::new(),
    });
    let mut newer = hi.clone();
    // The version stands after the array's head and the frame's number.
    newer[2] = 2;
    let mut flood = vec![hi.clone()];
    flood.extend((0..).map(|n| many(7 * n)).take(6));
    let inputs = [
        refused(&[newer]).case("version"),
        refused(&[[&[0x98, 11], &hi[1..]].concat()]).case("spelling"),
        refused(&[vec![0x82, 9, 0]]),
        refused(&[vec![0; limits::FRAME_BYTES + 1]]),
        refused(&[frame(&Frame::Ack { last: 0 })]),
        refused(&[hi.clone(), hi.clone()]).case("twice"),
        refused(&[frame(&hello(other))]),
        after_hello(items(0, 5, &[3, 3])),
        after_hello(items(0, 2, &[3])).case("beyond"),
        after_hello(items(2, 5, &[3])).case("gap"),
        after_hello(Frame::Want { numbers: vec![1] }).case("never-sent"),
        after_hello(Frame::Again { items: vec![named] }),
        after_hello(Frame::Ack { last: 1 }),
        refused(&flood),
        refused(&[hi.clone(), bye, frame(&items(0, 1, &[1]))]),
    ];
    let all = variants!(SessionError {
        Malformed,
        TooLarge,
        Hello,
        WrongNetwork,
        Numbers,
        NameAgain,
        AckBeyond,
        Overrun,
        Ended,
    });
    compare("session", &all, inputs);
}
