//! Reading blocks that somebody altered on the way.

use proptest::prelude::*;

use super::*;

/// A block with one part exchanged, re-encoded.
pub(super) fn tampered(change: impl FnOnce(&mut Vec<Vec<u8>>, &mut Vec<u8>)) -> Vec<u8> {
    let block = build(Kem::X25519, &[told(), observe()])
        .block
        .verify()
        .unwrap();
    let mut records: Vec<Vec<u8>> = (0..2)
        .map(|index| block.record_bytes(index).unwrap().to_vec())
        .collect();
    let mut statement = block.statement().to_vec();
    change(&mut records, &mut statement);
    let mut to = Writer::new();
    to.array(3);
    to.bytes(&statement);
    to.array(records.len());
    for record in &records {
        to.bytes(record);
    }
    to.list(block.encapsulations());
    to.into_bytes()
}

#[test]
fn refuses_altered_records() {
    let dropped = tampered(|records, _| {
        records.pop();
    });
    assert_eq!(
        verify(&dropped),
        Err(BlockError::RecordCount {
            stated: 2,
            found: 1
        })
    );
    let swapped = tampered(|records, _| records.swap(0, 1));
    assert_eq!(verify(&swapped), Err(BlockError::RecordsRoot));
    let altered = tampered(|records, _| *records[1].last_mut().unwrap() ^= 1);
    assert_eq!(verify(&altered), Err(BlockError::RecordsRoot));
}

#[test]
fn refuses_altered_signature() {
    let bytes = tampered(|_, statement| *statement.last_mut().unwrap() ^= 1);
    assert_eq!(
        verify(&bytes),
        Err(BlockError::Statement(StatementError::Signature {
            device: key().id()
        }))
    );
}

#[test]
fn refuses_altered_encapsulations() {
    let block = build(Kem::X25519, &[told()]).block;
    let mut bytes = block.to_bytes();
    // The last byte is the last reader group's sealed secrets.
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(verify(&bytes), Err(BlockError::SectionsDigest));
}

#[test]
fn refuses_another_block_than_the_pinned_one() {
    let block = build(Kem::X25519, &[observe()]).block;
    let id = block.id();
    assert!(block.clone().verify_pinned(id).is_ok());
    let expected = BlockId::from_bytes([0; 32]);
    assert_eq!(
        block.verify_pinned(expected),
        Err(BlockError::OtherBlock {
            expected,
            found: id
        })
    );
}

#[test]
fn refuses_cut_and_lengthened_blocks() {
    let good = tampered(|_, _| {});
    assert!(verify(&good).is_ok());
    let more = [good.as_slice(), &[0]].concat();
    assert_eq!(
        verify(&more),
        Err(BlockError::Encoding(CborError::Trailing { count: 1 }))
    );
    assert!(matches!(
        verify(&good[..good.len() - 1]),
        Err(BlockError::Encoding(CborError::Malformed { .. }))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = verify(&bytes);
        let _ = Statement::parse(&bytes);
    }

    #[test]
    fn every_flipped_bit_is_noticed(at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = tampered(|_, _| {});
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(verify(&bytes).is_err(), "byte {} bit {}", at, bit);
    }
}
