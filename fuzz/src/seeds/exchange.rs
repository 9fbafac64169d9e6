//! What devices and peers send each other.

use anyhow::{Context, Result};
use chopmark_core::{
    Checkpoint, DeviceId, EncodedItem, HandoverPayload, HandoverStep, Invitation, Item, ItemName,
    KnownPeer, NumberedItem, PartyKind, SectionHash, Session, SessionConfig, SignedBlock, TimeMs,
};

use super::Seed;
use crate::network;

pub(super) fn seeds() -> Result<Vec<Seed>> {
    let mut seeds = frames()?;
    let block = SignedBlock::from_bytes(&network::line("block").context("no block")?)?;
    let payload = HandoverPayload {
        network: network::genesis().id(),
        step: HandoverStep::Offer,
        blocks: Vec::new(),
        sections: vec![(SectionHash::of(b"x"), b"x".to_vec())],
    };
    let whole = HandoverPayload {
        blocks: vec![block],
        ..payload.clone()
    };
    for payload in [payload, whole] {
        seeds.push(Seed {
            target: "handover-frames",
            bytes: payload.frames()?.join("\n").into_bytes(),
        });
        seeds.push(Seed {
            target: "handover",
            bytes: payload.to_bytes(),
        });
    }
    let invitation = Invitation::new(
        network::genesis().id(),
        DeviceId::from_bytes([2; 32]),
        vec!["peer.example.org:4750".to_owned(), "[::1]:4750".to_owned()],
        [3; 16],
        TimeMs(1_800_000_000_000),
    )?;
    seeds.push(Seed {
        target: "invitation",
        bytes: invitation.to_link().into_bytes(),
    });
    let messages = chopmark_replica::fuzzing::messages();
    seeds.extend(messages.into_iter().map(|bytes| Seed {
        target: "message",
        bytes,
    }));
    Ok(seeds)
}

/// A peer's side of a session: hello, items of every sort, a refusal, an acknowledgement, again,
/// goodbye.
fn frames() -> Result<Vec<Seed>> {
    let known = KnownPeer::new(
        DeviceId::from_bytes([2; 32]),
        network::member(),
        vec!["peer.example.org:4750".to_owned()],
    )?;
    let config = SessionConfig {
        network: network::genesis().id(),
        instance: [9; 16],
        kind: PartyKind::Peer,
        since: Some(([1; 16], 3)),
        height: 1,
        newest: 12,
        peers: vec![known],
    };
    let mut sender = Session::new(config, TimeMs(1_800_000_000_000));
    let mut frames: Vec<Vec<u8>> = sender.poll_frame().into_iter().collect();
    // It sends items once it knows what the other side has.
    let mut other = Session::new(
        SessionConfig {
            network: network::genesis().id(),
            instance: [1; 16],
            kind: PartyKind::Device,
            since: None,
            height: 0,
            newest: 0,
            peers: Vec::new(),
        },
        TimeMs(1_800_000_000_000),
    );
    sender.handle_frame(&other.poll_frame().context("no hello")?)?;
    let block = SignedBlock::from_bytes(&network::line("block").context("no block")?)?;
    let checkpoint = Checkpoint::from_bytes(&network::line("checkpoint").context("none")?)?;
    let items = [
        Item::Section(SectionHash::of(b"x"), b"x".to_vec()),
        Item::Checkpoint(Box::new(checkpoint)),
        Item::Block(Box::new(block)),
    ];
    let numbered: Vec<_> = (10..)
        .zip(items)
        .map(|(number, item)| EncodedItem::from(&NumberedItem { number, item }))
        .collect();
    let name = ItemName::Section(SectionHash::of(b"y"));
    let named = EncodedItem::named(13, name, DeviceId::from_bytes([7; 32]));
    sender.queue_again(numbered.get(..1).unwrap_or_default().to_vec())?;
    sender.queue_items(numbered, 12)?;
    sender.queue_items(vec![named], 13)?;
    sender.want(&[3, 4]);
    sender.refuse(4, "malformed", "not a block");
    while let Some(frame) = sender.poll_frame() {
        frames.push(frame);
    }
    // [2, 0]: nothing was sent here that more could be acknowledged of.
    frames.push(vec![0x82, 0x02, 0x00]);
    sender.bye("busy", "later");
    frames.extend(sender.poll_frame());
    let stream = frames.iter().flat_map(|frame| {
        let length = u16::try_from(frame.len()).unwrap_or(u16::MAX);
        length
            .to_be_bytes()
            .into_iter()
            .chain(frame.iter().copied())
    });
    let session = Seed {
        target: "session",
        bytes: stream.collect(),
    };
    let alone = frames.iter().map(|frame| Seed {
        target: "frame",
        bytes: frame.clone(),
    });
    Ok(alone.chain([session]).collect())
}
