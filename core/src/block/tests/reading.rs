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

/// A statement with a second signature, which is changed after both were made.
pub(super) fn signed_twice(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    use coset::{TaggedCborSerializable as _, cbor::value::Value};
    let unsigned = UnsignedBlock::build(position(), &[observe()], &Readers::default(), &[5; 32]);
    let built = unsigned.unwrap().sign_twice(&key()).unwrap();
    let block = built.block.verify().unwrap();
    let mut cose = coset::CoseSign1::from_tagged_slice(block.statement()).unwrap();
    match &mut cose.unprotected.rest[..] {
        [(_, Value::Bytes(second))] => change(second),
        other => panic!("one entry: {other:?}"),
    }
    cose.to_tagged_vec().unwrap()
}

/// Both signatures are of the same bytes, and the first one says that there is a second: nobody
/// takes it away, puts another in its place, or signs in the name of a key.
#[test]
fn a_second_signature_holds_or_the_block_does_not() {
    use coset::TaggedCborSerializable as _;
    let device = key().id();
    let read = |bytes: &[u8]| Statement::parse(bytes).and_then(|it| it.verify().map(|()| it));
    let whole = signed_twice(|_| {});
    let good = read(&whole).unwrap();
    assert_eq!(
        good.second_key(),
        Some(&crate::MlDsa44Key::second_of(&key()).public())
    );
    let changed = signed_twice(|second| second[7] ^= 1);
    let refused = Err(StatementError::SecondSignature { device });
    assert_eq!(read(&changed), refused);
    let cut = signed_twice(|second| second.truncate(2_419));
    assert_eq!(read(&cut), refused);
    // Without the signature, without its key, and without both.
    let mut cose = coset::CoseSign1::from_tagged_slice(&whole).unwrap();
    cose.unprotected.rest.clear();
    assert!(read(&cose.clone().to_tagged_vec().unwrap()).is_err());
    cose.protected.original_data = None;
    cose.protected.header.rest.pop();
    let stripped = cose.to_tagged_vec().unwrap();
    assert_eq!(read(&stripped), Err(StatementError::Signature { device }));
}
