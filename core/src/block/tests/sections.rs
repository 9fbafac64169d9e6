//! Who opens what, and what nobody opens.

use super::hostile::truly_signed;
use super::*;
use crate::{
    Audience, Group, Jurisdiction, ReaderGroup, RecordSize, SectionHash, SectionKey, SectionRef,
    SubjectId, limits, section,
};

fn opened(opener: &Opener, built: &BuiltBlock, section: u16) -> Result<String, OpenError> {
    let block = built.block.clone().verify().unwrap();
    let bytes = &built.sections[usize::from(section)].bytes;
    opener
        .of(&block)
        .open(0, section, bytes)
        .map(|body| body.note.unwrap())
}

#[test]
fn each_audience_opens_its_sections_and_no_other() {
    for kem in [Kem::X25519, Kem::XWing] {
        let built = build(kem, &[told()]);
        let reader =
            |n: u8| Opener::new(NETWORK).with_reader(member(n), u32::from(n), &reader_key(kem, n));
        let label = Opener::new(NETWORK).with_code(&code(), &member(1));
        let other = Code::gtin_serial("09506000134352", "A2").unwrap();
        let table = [
            (reader(1), [true, true, false]),
            (reader(2), [true, true, false]),
            (reader(3), [false, true, false]),
            (label, [false, false, true]),
            (
                Opener::new(NETWORK).with_code(&other, &member(1)),
                [false; 3],
            ),
            // The right key of the wrong epoch.
            (
                Opener::new(NETWORK).with_reader(member(1), 7, &reader_key(kem, 1)),
                [false; 3],
            ),
            (Opener::new(NETWORK), [false; 3]),
        ];
        for (who, (opener, opens)) in table.into_iter().enumerate() {
            let words = ["parties", "members", "label"];
            for (section, (word, opens)) in (0u16..).zip(words.into_iter().zip(opens)) {
                let expected = if opens {
                    Ok(word.to_owned())
                } else {
                    Err(OpenError::NotForYou)
                };
                assert_eq!(opened(&opener, &built, section), expected, "{who} {word}");
            }
        }
    }
}

#[test]
fn a_consumer_opens_with_the_label_alone() {
    let built = build(Kem::XWing, &[told()]);
    let block = built.block.verify().unwrap();
    let place = |section_index| SectionPlace {
        header: block.header(),
        record: &block.records()[0],
        record_index: 0,
        section_index,
    };
    let label = &built.sections[2].bytes;
    assert_eq!(open_label(place(2), &code(), label), Ok(note("label")));
    let other = Code::gtin_serial("09506000134352", "A2").unwrap();
    assert_eq!(
        open_label(place(2), &other, label),
        Err(OpenError::NotForYou)
    );
    assert_eq!(
        open_label(place(1), &code(), label),
        Err(OpenError::NotForYou)
    );
    assert_eq!(
        open_label(place(3), &code(), label),
        Err(OpenError::NoSuchSection)
    );
    let mut altered = label.clone();
    altered[0] ^= 1;
    assert!(matches!(
        open_label(place(2), &code(), &altered),
        Err(OpenError::OtherSection { .. })
    ));
}

#[test]
fn a_section_moved_to_another_place_does_not_open() {
    // The same words to the same audience at two places of one block.
    let draft = || observe().telling(AudienceDraft::Members, note("x"));
    let built = build(Kem::X25519, &[draft(), draft()]);
    assert_ne!(built.sections[0].bytes, built.sections[1].bytes);
    let block = built.block.verify().unwrap();
    let opener = Opener::new(NETWORK).with_reader(member(1), 1, &reader_key(Kem::X25519, 1));
    assert!(
        opener
            .of(&block)
            .open(0, 0, &built.sections[0].bytes)
            .is_ok()
    );
    let moved = SectionPlace {
        header: block.header(),
        record: &block.records()[0],
        record_index: 1,
        section_index: 0,
    };
    assert_eq!(
        opener.of(&block).open(1, 0, &built.sections[0].bytes),
        Err(OpenError::OtherSection {
            expected: built.sections[1].hash
        })
    );
    assert_eq!(
        open_label(moved, &code(), &built.sections[0].bytes),
        Err(OpenError::NotForYou)
    );
}

#[test]
fn audiences_that_are_absent_cost_nothing() {
    let parties = observe().telling(AudienceDraft::parties([member(2)]), note("x"));
    let block = build(Kem::X25519, &[parties]).block.verify().unwrap();
    let groups: Vec<_> = block
        .encapsulations()
        .iter()
        .map(Encapsulation::group)
        .collect();
    assert_eq!(groups, [member(2).into()]);
    assert_eq!(
        block.records()[0].sections()[0].audience(),
        &Audience::Parties([member(2).into()].into())
    );
}

#[test]
fn names_sections_that_authors_damaged() {
    // Sealed to the right reader, with another block's secrets inside.
    let other = build(
        Kem::X25519,
        &[observe().telling(AudienceDraft::Members, note("x"))],
    );
    let groups = other.block.verify().unwrap().encapsulations().to_vec();
    let built = build(Kem::X25519, &[told()]);
    let block = built.block.verify().unwrap();
    let record = block.record_bytes(0).unwrap().to_vec();
    let mixed = truly_signed(vec![record], groups).verify().unwrap();
    let opener = Opener::new(NETWORK).with_reader(member(1), 1, &reader_key(Kem::X25519, 1));
    let parties = &built.sections[0].bytes;
    assert_eq!(
        opener.of(&mixed).open(0, 0, parties),
        Err(OpenError::Damaged)
    );

    // Sealed with the right key, and no map inside.
    let place = section::Place {
        network: NETWORK,
        device: key().id(),
        seq: Seq(0),
        record: 0,
        section: 0,
    };
    let audience = Audience::Label { subject_index: 0 };
    let secret = code().label_key(&NETWORK);
    let (bytes, commitment) = section::seal(&place, &audience, 0, &secret, b"words").unwrap();
    let hash = crate::SectionHash::of(&bytes);
    let length = u32::try_from(bytes.len()).unwrap();
    let section = crate::SectionRef::new(audience, hash, length, commitment);
    let record = crate::Record::new(&observe(), vec![section]).unwrap();
    let block = truly_signed(vec![record.to_bytes()], vec![])
        .verify()
        .unwrap();
    let opener = Opener::new(NETWORK).with_code(&code(), &member(1));
    assert!(matches!(
        opener.of(&block).open(0, 0, &bytes),
        Err(OpenError::Contents(_))
    ));
}

#[test]
fn a_grant_opens_one_section_and_only_from_who_had_it() {
    let built = build(Kem::X25519, &[told()]);
    let block = built.block.verify().unwrap();
    let reader = |n: u8| {
        let key = reader_key(Kem::X25519, n);
        Opener::new(NETWORK).with_reader(member(n), u32::from(n), &key)
    };
    let parties = &built.sections[0].bytes;
    let (had, stranger) = (reader(2), reader(3));
    let had = had.of(&block);
    let key = had.key(0, 0).unwrap();
    // It travels in a section of the grant.
    let carried = SectionBody {
        granted: Some(key.clone()),
        ..SectionBody::default()
    };
    let carried = SectionBody::from_plaintext(&carried.to_plaintext().unwrap()).unwrap();
    assert_eq!(carried.granted, Some(key.clone()));

    let stranger = stranger.of(&block);
    assert_eq!(stranger.open(0, 0, parties), Err(OpenError::NotForYou));
    assert_eq!(stranger.key(0, 0).err(), Some(OpenError::NotForYou));
    let granted = |section, by: u8, key: &SectionKey| {
        let bytes = &built.sections[usize::from(section)].bytes;
        stranger.open_granted((0, section), (member(by), key), bytes)
    };
    for by in [1, 2] {
        assert_eq!(granted(0, by, &key), Ok(note("parties")), "{by}");
    }
    // Not from someone who only got it.
    let by = member(3);
    assert_eq!(granted(0, 3, &key), Err(OpenError::NotTheirs { by }));
    // Nothing else opens with it, and nothing else opens this.
    assert_eq!(granted(1, 2, &key), Err(OpenError::NotForYou));
    let other = had.key(0, 1).unwrap();
    assert_eq!(granted(0, 2, &other), Err(OpenError::NotForYou));
    assert_eq!(granted(1, 2, &other), Ok(note("members")));
}

#[test]
fn a_persons_name_stays_with_its_own_member() {
    let named = SectionBody {
        person: Some("Chan Tai Man".to_owned()),
        ..SectionBody::default()
    };
    let built = |audience: AudienceDraft| {
        let drafts = [observe(), observe().telling(audience, named.clone())];
        UnsignedBlock::build(position(), &drafts, &readers(Kem::X25519), &[5; 32]).map(|_| ())
    };
    // The author's member is the first.
    assert_eq!(built(AudienceDraft::parties([member(1)])), Ok(()));
    let label = AudienceDraft::Label {
        subject_index: 0,
        code: code(),
    };
    for others in [
        AudienceDraft::parties([member(2)]),
        AudienceDraft::parties([member(1), member(2)]),
        AudienceDraft::Members,
        AudienceDraft::Public,
        label,
    ] {
        assert_eq!(built(others), Err(BuildError::Person { index: 1 }));
    }

    // An author who writes it all the same is not believed.
    let place = section::Place {
        network: NETWORK,
        device: key().id(),
        seq: Seq(0),
        record: 0,
        section: 0,
    };
    let audience = Audience::Public;
    let secret = section::public_secret(&NETWORK);
    let plaintext = named.to_plaintext().unwrap();
    let (bytes, commitment) = section::seal(&place, &audience, 0, &secret, &plaintext).unwrap();
    let length = u32::try_from(bytes.len()).unwrap();
    let section = SectionRef::new(audience, SectionHash::of(&bytes), length, commitment);
    let record = crate::Record::new(&observe(), vec![section]).unwrap();
    let block = truly_signed(vec![record.to_bytes()], vec![]);
    let block = block.verify().unwrap();
    let opened = Opener::new(NETWORK).of(&block).open(0, 0, &bytes);
    assert_eq!(opened, Err(OpenError::Person));
}

/// A grant gives a key, and whoever has the key has the words: a reader of another member throws
/// the name away.
#[test]
fn a_grant_carries_no_persons_name_out_of_its_member() {
    let named = SectionBody {
        person: Some("Chan Tai Man".to_owned()),
        ..SectionBody::default()
    };
    let own = AudienceDraft::parties([member(1)]);
    let built = build(Kem::X25519, &[observe().telling(own, named.clone())]);
    let block = built.block.verify().unwrap();
    let reader = |of: ReaderGroup, n: u8| {
        let key = reader_key(Kem::X25519, n);
        Opener::new(NETWORK).with_reader(of, u32::from(n), &key)
    };
    let author = reader(member(1).into(), 1);
    let key = author.of(&block).key(0, 0).unwrap();
    let granted = |opener: Opener| {
        let bytes = &built.sections[0].bytes;
        opener
            .of(&block)
            .open_granted((0, 0), (member(1), &key), bytes)
    };
    let others = reader(member(3).into(), 3);
    assert_eq!(granted(others), Err(OpenError::Person));
    // Another group of the same member may read who it was.
    let finance = reader(ReaderGroup::new(member(1), Group::Finance), 4);
    assert_eq!(granted(finance), Ok(named));
}

/// Whoever fills blocks counts with what a draft says that it takes.
#[test]
fn a_draft_says_what_it_takes_of_its_block() {
    let grouped = RecordDraft {
        group: Some(7),
        ..told()
    };
    let long = observe().telling(AudienceDraft::Members, note(&"x".repeat(1_900)));
    for draft in [observe(), told(), grouped, long] {
        let built = build(Kem::X25519, std::slice::from_ref(&draft));
        let block = built.block.verify().unwrap();
        let size = RecordSize {
            record: block.record_bytes(0).unwrap().len(),
            sections: built.sections.iter().map(|sealed| sealed.bytes.len()).sum(),
        };
        assert_eq!(draft.size(), size);
    }
}

#[test]
fn a_jurisdiction_that_nobody_answers_for_is_named() {
    let told = || {
        let hk = AudienceDraft::Regulators(Jurisdiction::parse("hk").unwrap());
        [observe().telling(hk, note("x"))]
    };
    let name = Jurisdiction::parse("hk").unwrap();
    assert_eq!(
        UnsignedBlock::build(position(), &told(), &readers(Kem::X25519), &[5; 32]).err(),
        Some(BuildError::NoRegulator { name })
    );
}

/// A hostile author names everyone as audience and gives one of them another secret: that reader
/// must learn that something is wrong, not that the section is someone else's.
#[test]
fn a_reader_who_was_given_another_secret_is_told() {
    let built = build(Kem::X25519, &[told()]);
    let block = built.block.verify().unwrap();
    // The same place in the same feed with another seed: other secrets for the same audiences.
    let other = UnsignedBlock::build(position(), &[told()], &readers(Kem::X25519), &[6; 32]);
    let other = other.unwrap().sign(&key()).unwrap().block.verify().unwrap();
    let mut groups = block.encapsulations().to_vec();
    groups[1] = other.encapsulations()[1].clone();
    let record = block.record_bytes(0).unwrap().to_vec();
    let mixed = truly_signed(vec![record], groups).verify().unwrap();
    let members = &built.sections[1].bytes;
    let reader = |n: u8| {
        let key = reader_key(Kem::X25519, n);
        Opener::new(NETWORK).with_reader(member(n), u32::from(n), &key)
    };
    let opened = |n: u8| reader(n).of(&mixed).open(0, 1, members);
    assert_eq!(opened(1), Ok(note("members")));
    assert_eq!(opened(2), Err(OpenError::Damaged));
}

/// The limit on all sections of a block counts the lengths that its records state: a longer
/// ciphertext than stated would slip past it.
#[test]
fn refuses_a_section_that_is_longer_than_its_record_says() {
    let built = build(Kem::X25519, &[told()]);
    let block = built.block.verify().unwrap();
    let stated = |length: u32| {
        let good = &block.records()[0].sections()[2];
        let label = Audience::Label { subject_index: 0 };
        let section = SectionRef::new(label, good.hash(), length, *good.commitment());
        let others = block.records()[0].sections()[..2].iter().cloned();
        let sections = others.chain([section]).collect();
        let record = crate::Record::new(&observe(), sections).unwrap();
        let groups = block.encapsulations().to_vec();
        truly_signed(vec![record.to_bytes()], groups)
            .verify()
            .unwrap()
    };
    let opener = Opener::new(NETWORK).with_code(&code(), &member(1));
    let label = &built.sections[2].bytes;
    let length = u32::try_from(label.len()).unwrap();
    let opened = |length| opener.of(&stated(length)).open(0, 2, label);
    assert_eq!(opened(length), Ok(note("label")));
    let expected = SectionHash::of(label);
    for other in [0, length - 1, length + 1] {
        assert_eq!(opened(other), Err(OpenError::OtherSection { expected }));
    }
}

/// As many members as a network can have, each with a post-quantum key: what is for all of them
/// fits a block beside a whole block of records.
#[test]
fn sections_for_the_members_of_the_largest_network_fit() {
    let most = u8::try_from(limits::READER_GROUPS).unwrap();
    let keys: Vec<_> = (1..=most).map(|n| reader_key(Kem::XWing, n)).collect();
    let all: Readers = (1_u8..)
        .zip(&keys)
        .map(|(n, key)| {
            let key = key.public();
            (member(n), Reader { epoch: 0, key })
        })
        .collect();
    let mut wide = observe();
    wide.subjects = (0..16).map(|n| SubjectId::from_bytes([n; 32])).collect();
    let mut drafts = vec![wide; 100];
    let two = AudienceDraft::parties([member(1), member(most)]);
    drafts[0] = observe()
        .telling(AudienceDraft::Members, note("members"))
        .telling(two, note("parties"));
    let built = UnsignedBlock::build(position(), &drafts, &all, &[5; 32]);
    let built = built.unwrap().sign(&key()).unwrap();
    let bytes = built.block.to_bytes();
    assert!(bytes.len() > limits::BLOCK_BYTES, "{}", bytes.len());
    let block = verify(&bytes).unwrap();
    assert_eq!(block.encapsulations().len(), limits::READER_GROUPS);
    for (n, key) in (1_u8..).zip(&keys) {
        let opener = Opener::new(NETWORK).with_reader(member(n), 0, key);
        let opened = opener.of(&block).open(0, 0, &built.sections[0].bytes);
        assert_eq!(opened, Ok(note("members")), "member {n}");
    }
}
