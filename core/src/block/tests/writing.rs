//! Writing blocks, and what cannot be written.

use super::*;
use crate::{SubjectId, limits};

#[test]
fn a_block_is_read_back_and_verified() {
    let built = build(Kem::XWing, &[told(), observe()]);
    let bytes = built.block.to_bytes();
    let block = SignedBlock::from_bytes(&bytes).unwrap();
    assert_eq!(block, built.block);
    let block = block.verify().unwrap();
    assert_eq!(block.to_bytes(), bytes);
    assert_eq!(block.records().len(), 2);
    assert_eq!(block.header().position, position());
    for index in 0..2u16 {
        let leaf = crate::merkle::leaf_hash(block.record_bytes(index).unwrap());
        let path = block.record_path(index).unwrap();
        assert_eq!(
            crate::merkle::root_from_path(&leaf, index.into(), 2, &path).as_ref(),
            Some(block.header().records_root())
        );
    }
}

#[test]
fn a_statement_stands_alone() {
    let built = build(Kem::X25519, &[told()]);
    let block = built.block.verify().unwrap();
    let statement = Statement::parse(block.statement()).unwrap();
    assert_eq!(statement.verify(), Ok(()));
    assert_eq!(statement.header(), block.header());
    assert_eq!(statement.id(), block.id());
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let built = build(Kem::XWing, &[told()]);
    assert_eq!(built, build(Kem::XWing, &[told()]));
    let other = UnsignedBlock::build(position(), &[told()], &readers(Kem::XWing), &[6; 32]);
    assert_ne!(
        built.sections[0],
        other.unwrap().sign(&key()).unwrap().sections[0]
    );
}

#[test]
fn what_cannot_be_written_is_named() {
    let try_build = |position: Position, drafts: &[RecordDraft]| {
        UnsignedBlock::build(position, drafts, &readers(Kem::X25519), &[5; 32]).map(|_| ())
    };
    assert_eq!(
        try_build(position(), &[]),
        Err(BuildError::RecordCount { count: 0 })
    );
    assert_eq!(
        try_build(position(), &vec![observe(); 513]),
        Err(BuildError::RecordCount { count: 513 })
    );
    let later = Position {
        seq: Seq(1),
        ..position()
    };
    assert_eq!(try_build(later, &[observe()]), Err(BuildError::Prev));
    let stranger = observe().telling(AudienceDraft::parties([member(7)]), note("x"));
    assert_eq!(
        try_build(position(), &[stranger]),
        Err(BuildError::NoReader {
            member: member(7),
            group: crate::Group::General
        })
    );
    let long = observe().telling(AudienceDraft::Members, note(&"x".repeat(2001)));
    assert!(matches!(
        try_build(position(), &[observe(), long]),
        Err(BuildError::Record { index: 1, .. })
    ));
    let unsigned =
        UnsignedBlock::build(position(), &[observe()], &Readers::default(), &[5; 32]).unwrap();
    assert_eq!(
        unsigned.sign(&DeviceKey::from_seed(&[2; 32])),
        Err(BuildError::WrongKey)
    );
    let key = crate::HpkePublic::from_bytes(Kem::X25519, &[0; 32]).unwrap();
    let zero = [(member(2), Reader { epoch: 0, key })]
        .into_iter()
        .collect();
    let draft = observe().telling(AudienceDraft::Members, note("x"));
    assert_eq!(
        UnsignedBlock::build(position(), &[draft], &zero, &[5; 32]),
        Err(BuildError::ReaderKey {
            member: member(2),
            group: crate::Group::General
        })
    );
}

#[test]
fn blocks_and_sections_over_a_limit_are_not_written() {
    // 200 records of 16 subjects each: 100 KiB.
    let mut wide = observe();
    wide.subjects = (0..16).map(|n| SubjectId::from_bytes([n; 32])).collect();
    let unsigned = UnsignedBlock::build(
        position(),
        &vec![wide; 200],
        &readers(Kem::X25519),
        &[5; 32],
    );
    assert!(matches!(
        unsigned.unwrap().sign(&key()),
        Err(BuildError::TooLarge {
            what: "the block",
            limit: limits::BLOCK_BYTES,
            ..
        })
    ));

    let mut large = SectionBody {
        codes: vec!["c".repeat(256); 1024],
        ..SectionBody::default()
    };
    let draft = observe().telling(AudienceDraft::Members, large.clone());
    assert!(matches!(
        UnsignedBlock::build(position(), &[draft], &readers(Kem::X25519), &[5; 32]),
        Err(BuildError::TooLarge {
            what: "a section",
            ..
        })
    ));
    large.codes = vec!["c".repeat(256); 900];
    let draft = observe().telling(AudienceDraft::Members, large);
    assert!(matches!(
        UnsignedBlock::build(position(), &vec![draft; 5], &readers(Kem::X25519), &[5; 32]),
        Err(BuildError::TooLarge {
            what: "all sections",
            ..
        })
    ));
}

#[test]
fn a_block_is_for_so_many_reader_groups() {
    let key = reader_key(Kem::X25519, 1).public();
    let readers = |n: u8| -> Readers {
        (0..n)
            .map(|n| {
                (
                    member(n),
                    Reader {
                        epoch: 0,
                        key: key.clone(),
                    },
                )
            })
            .collect()
    };
    let draft = [observe().telling(AudienceDraft::Members, note("x"))];
    let most = u8::try_from(limits::READER_GROUPS).unwrap();
    assert!(UnsignedBlock::build(position(), &draft, &readers(most), &[5; 32]).is_ok());
    assert_eq!(
        UnsignedBlock::build(position(), &draft, &readers(most + 1), &[5; 32]),
        Err(BuildError::TooManyReaders)
    );
}
