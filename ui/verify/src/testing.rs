//! What tests of the logic work with: proofs by hand, and a network with real signatures.

pub(crate) mod world;

use crate::answer::{Answer, Answered, Gateway, Issuer, Proof};
use chopmark_core::{BlockId, HeaderHash, Height, RecordRef};
use std::collections::BTreeMap;

/// The first record of the block whose id is this byte over and over.
pub(crate) fn record(byte: u8) -> RecordRef {
    RecordRef {
        block: BlockId::from_bytes([byte; 32]),
        index: 0,
    }
}

/// A proof at the height `size` over a log of `size` blocks, with these records by log index.
pub(crate) fn proof(size: u8, records: &[(u64, u8)]) -> Proof {
    let mut by_index: BTreeMap<u64, Vec<RecordRef>> = BTreeMap::new();
    for (index, byte) in records {
        by_index.entry(*index).or_default().push(record(*byte));
    }
    Proof {
        height: Height(size.into()),
        header: HeaderHash::from_bytes([size; 32]),
        log_size: size.into(),
        records: by_index,
        issuer: Issuer::Recognised("Nansha Works".to_owned()),
        concern: None,
    }
}

/// What the gateway of this name answered.
pub(crate) fn answered(host: &str, answer: Answer) -> Answered {
    Answered {
        gateway: Gateway {
            origin: format!("https://{host}"),
            member: None,
        },
        answer,
    }
}
