//! What devices and peers say to each other.

use chopmark_core::{
    FrameCollector, Gathered, HandoverPayload, Invitation, NetworkId, PartyKind, Session,
    SessionConfig, TimeMs, fuzzing,
};

use super::{Fate, broken};
use crate::network;

/// A frame has one spelling.
pub(super) fn frame(bytes: &[u8]) -> Fate {
    let Ok(again) = fuzzing::frame(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(again, bytes, "a second spelling of a frame");
    Fate::Taken
}

/// A message of evidence, of joining or of late peers has one spelling, and begins no session.
pub(super) fn message(bytes: &[u8]) -> Fate {
    let Some(again) = chopmark_replica::fuzzing::message(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(again, bytes, "a second spelling of a message");
    Fate::Taken
}

/// Frames after each other, each behind its length in two bytes: what a session answers is
/// framed well itself, and once it has ended nothing more comes of it.
pub(super) fn session(bytes: &[u8]) -> Fate {
    let mut session = Session::new(config(network::genesis().id()), TimeMs(5));
    let mut rest = bytes;
    let mut fate = Fate::Refused;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (frame, after) = after.split_at(length);
        rest = after;
        match session.handle_frame(frame) {
            Ok(event) => {
                fate = Fate::Taken;
                if let chopmark_core::SessionEvent::Items { last, .. } = event {
                    session.acknowledge(last);
                }
            }
            Err(error) => {
                session.bye(error.code(), &error.to_string());
                rest = &[];
            }
        }
        while let Some(answer) = session.poll_frame() {
            if let Err(error) = fuzzing::frame(&answer) {
                broken(&format!("an answer that nobody reads: {error}"));
            }
        }
    }
    fate
}

fn config(network: NetworkId) -> SessionConfig {
    SessionConfig {
        network,
        instance: [1; 16],
        kind: PartyKind::Peer,
        since: None,
        height: 3,
        newest: 4,
        peers: Vec::new(),
    }
}

/// A payload has one spelling and survives being cut into codes and gathered out of order.
pub(super) fn handover(bytes: &[u8]) -> Fate {
    let Ok(payload) = HandoverPayload::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(
        payload.to_bytes(),
        bytes,
        "a second spelling of a hand-over"
    );
    let Ok(frames) = payload.frames() else {
        return Fate::Taken;
    };
    let mut collector = FrameCollector::new();
    let mut gathered = None;
    for frame in frames.iter().rev() {
        gathered = collector.push(frame).ok();
    }
    assert_eq!(gathered, Some(Gathered::Complete(bytes.to_vec())));
    Fate::Taken
}

/// Codes shown by a stranger, one a line: what comes out complete is what the digest names.
pub(super) fn handover_frames(bytes: &[u8]) -> Fate {
    let mut collector = FrameCollector::new();
    let mut fate = Fate::Refused;
    for line in String::from_utf8_lossy(bytes).lines() {
        match collector.push(line) {
            Ok(Gathered::Progress { have, total }) => {
                assert!(have < total, "{have} of {total} and not complete");
                fate = Fate::Taken;
            }
            Ok(Gathered::Complete(payload)) => {
                drop(HandoverPayload::from_bytes(&payload));
                fate = Fate::Taken;
            }
            Err(_) => {}
        }
    }
    fate
}

/// A link has one spelling.
pub(super) fn invitation(bytes: &[u8]) -> Fate {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Fate::Refused;
    };
    let Ok(invitation) = Invitation::parse(text) else {
        return Fate::Refused;
    };
    assert_eq!(invitation.to_link(), text.trim());
    Fate::Taken
}
