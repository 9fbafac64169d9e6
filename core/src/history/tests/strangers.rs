//! What was signed by others, elsewhere, or by too few.

use super::*;

#[test]
fn a_strangers_signature_is_named() {
    let story = story();
    let mut bundle = bundle(&story);
    let mut stranger = Phone::new(device_key(70), story.net.id(CARRIER));
    let drafts = [observe(&[story.item])];
    let mut none = std::collections::BTreeMap::new();
    let block = stranger.write(&story.net.genesis, &drafts, &mut none);
    let entry = Entry {
        log_index: u64::MAX,
        statement: block.statement().to_vec(),
        log_path: Vec::new(),
        records: vec![Shown {
            index: 0,
            record: block.record_bytes(0).unwrap().to_vec(),
            path: block.record_path(0).unwrap(),
            sections: Vec::new(),
        }],
    };
    bundle.entries.push(entry);
    let found = problems(&story, &bundle);
    let (block, device) = (block.id(), stranger.key.id());
    assert!(found.contains(&Problem::StrangerSignature { device, block }));
    let log_index = u64::MAX;
    assert!(found.contains(&Problem::NotInLog { block, log_index }));
}

#[test]
fn a_bundle_with_a_record_of_another_place_is_noticed() {
    let story = story();
    let bundle = bundle(&story);
    let report = verify(&story, &bundle);
    let block_at = |at: &RecordRef| crate::BlockId::of(&bundle.entries[0].statement) == at.block;
    assert!(!report.journey.iter().any(|step| block_at(&step.at)));

    let mut swapped = bundle.clone();
    // The registrations say the same; the commissioning after them does not.
    let (one, other) = (
        swapped.entries[0].records.clone(),
        swapped.entries[3].records.clone(),
    );
    swapped.entries[0].records = other;
    swapped.entries[3].records = one;
    let found = problems(&story, &swapped);
    assert!(
        found
            .iter()
            .any(|p| matches!(p, Problem::AlteredRecord { .. }))
    );

    let mut unordered = bundle.clone();
    unordered.entries.swap(0, 1);
    let found = problems(&story, &unordered);
    assert!(
        found
            .iter()
            .any(|p| matches!(p, Problem::EntryOrder { .. }))
    );

    let mut doubled = bundle.clone();
    let again = doubled.entries[0].records[0].clone();
    doubled.entries[0].records.push(again);
    let found = problems(&story, &doubled);
    assert!(
        found
            .iter()
            .any(|p| matches!(p, Problem::EntryOrder { .. }))
    );
}

#[test]
fn a_prefix_needs_its_quorum() {
    let story = story();
    let mut bundle = bundle(&story);
    let is_registration = |entry: &Entry| {
        let record = crate::Record::from_bytes(&entry.records[0].record).unwrap();
        record.kind() == Kind::RegisterPrefix
    };
    let first = bundle.entries.iter().position(is_registration).unwrap();
    bundle.entries.remove(first);
    let (have, need) = (2, 3);
    assert_eq!(
        problems(&story, &bundle),
        [Problem::PrefixNotRegistered { have, need }]
    );
}

#[test]
fn an_altered_section_is_named() {
    let story = story();
    let mut bundle = bundle(&story);
    for entry in &mut bundle.entries {
        for shown in &mut entry.records {
            for (_, bytes) in &mut shown.sections {
                bytes[20] ^= 1;
            }
        }
    }
    let found = problems(&story, &bundle);
    assert!(matches!(
        found[..],
        [Problem::AlteredSection { section: 0, .. }]
    ));
}
