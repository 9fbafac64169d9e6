//! Blocks as their authors write them, and as attackers do.

mod hostile;
mod reading;
mod section_vectors;
mod sections;
mod vectors;
mod writing;

use super::*;
use crate::{
    AudienceDraft, Body, Code, DeviceKey, HpkeSecret, Kem, Reader, Readers, RecordDraft,
    SectionBody, TzMinutes, When,
};

const NETWORK: NetworkId = NetworkId::from_bytes([9; 32]);

fn member(n: u8) -> MemberId {
    MemberId::from_bytes([n; 32])
}

fn key() -> DeviceKey {
    DeviceKey::from_seed(&[1; 32])
}

fn position() -> Position {
    Position {
        network: NETWORK,
        member: member(1),
        device: key().id(),
        seq: Seq(0),
        prev: None,
        anchor: Some((Height(4), HeaderHash::from_bytes([8; 32]))),
        clock: TimeMs(1_790_000_000_000),
    }
}

fn reader_key(kem: Kem, n: u8) -> HpkeSecret {
    HpkeSecret::derive(kem, &[n; 32])
}

fn readers(kem: Kem) -> Readers {
    (1..=3)
        .map(|n| {
            let key = reader_key(kem, n).public();
            (
                member(n),
                Reader {
                    epoch: u32::from(n),
                    key,
                },
            )
        })
        .collect()
}

fn code() -> Code {
    Code::gtin_serial("09506000134352", "A1").unwrap()
}

fn note(text: &str) -> SectionBody {
    SectionBody {
        note: Some(text.to_owned()),
        ..SectionBody::default()
    }
}

fn observe() -> RecordDraft {
    let body = Body::Observe {
        when: When {
            time: TimeMs(5),
            tz: TzMinutes::default(),
        },
        step: "storing".to_owned(),
    };
    RecordDraft::new(body, vec![code().subject(&NETWORK, &member(1))])
}

fn told() -> RecordDraft {
    observe()
        .telling(
            AudienceDraft::parties([member(1), member(2)]),
            note("parties"),
        )
        .telling(AudienceDraft::Members, note("members"))
        .telling(
            AudienceDraft::Label {
                subject_index: 0,
                code: code(),
            },
            note("label"),
        )
}

fn build(kem: Kem, drafts: &[RecordDraft]) -> BuiltBlock {
    UnsignedBlock::build(position(), drafts, &readers(kem), &[5; 32])
        .unwrap()
        .sign(&key())
        .unwrap()
}

/// A block with sections for every audience, for the tests of what carries blocks.
pub(crate) fn told_block() -> BuiltBlock {
    build(Kem::X25519, &[told()])
}

fn verify(bytes: &[u8]) -> Result<VerifiedBlock, BlockError> {
    SignedBlock::from_bytes(bytes)?.verify()
}
