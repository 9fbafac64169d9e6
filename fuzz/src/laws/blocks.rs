//! Blocks and what stands in them.

use chopmark_core::{
    AudienceDraft, BlockError, Body, BuildError, ForkProof, Position, Readers, Record, RecordDraft,
    SectionPlace, Seq, SignedBlock, Statement, TimeMs, TzMinutes, UnsignedBlock, When, fuzzing,
    open_label, verify_transparent,
};

use super::{Fate, broken};
use crate::network;

/// A block has one spelling, whoever verifies it sees the same records, and knowing its id spares
/// the signature and nothing else.
pub(super) fn block(bytes: &[u8]) -> Fate {
    let Ok(block) = SignedBlock::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(block.to_bytes(), bytes, "a second spelling of a block");
    let pinned = block.clone().verify_pinned(block.id());
    let verified = block.verify();
    match (&verified, &pinned) {
        (Ok(verified), Ok(pinned)) => assert_eq!(verified, pinned),
        (Ok(_), Err(error)) => assert!(pinned.is_ok(), "refused once its id is known: {error}"),
        (Err(BlockError::Statement(_)), _) => {}
        (Err(error), pinned) => assert_eq!(pinned.as_ref().err(), Some(error)),
    }
    let Ok(block) = pinned else {
        return Fate::Refused;
    };
    assert_eq!(block.to_bytes(), bytes);
    for (at, record) in block.located() {
        let stored = block.record_bytes(at.index).unwrap_or_default();
        assert_eq!(record.to_bytes(), stored, "record {at}");
    }
    Fate::Taken
}

/// A statement has one spelling; two that differ at one place of a feed are a proof of a fork,
/// and one against itself is none.
pub(super) fn statement(bytes: &[u8]) -> Fate {
    if let Ok(proof) = ForkProof::from_bytes(bytes) {
        assert_eq!(
            proof.to_bytes(),
            bytes,
            "a second spelling of a proof of a fork"
        );
        return Fate::Taken;
    }
    let Ok(statement) = Statement::parse(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(
        statement.as_bytes(),
        bytes,
        "a second spelling of a statement"
    );
    let itself = ForkProof::new(bytes.to_vec(), bytes.to_vec());
    assert!(itself.is_err(), "a statement is no fork of itself");
    Fate::Taken
}

/// The same of a statement with a second signature; of all that the fuzzer makes of the one that
/// this network's device signed, only that one holds.
pub(super) fn statement_twice(bytes: &[u8]) -> Fate {
    let fate = statement(bytes);
    if let Ok(statement) = Statement::parse(bytes)
        && statement.second_key().is_some()
        && statement.verify().is_ok()
    {
        assert_eq!(Some(bytes), signed_twice().as_deref(), "altered, and holds");
    }
    fate
}

/// A statement that the network's device signed with both of its keys.
pub(crate) fn signed_twice() -> Option<Vec<u8>> {
    let subject = network::code().subject(&network::genesis().id(), &network::member());
    let drafts = [observation(vec![subject])];
    let block = UnsignedBlock::build(position(), &drafts, &Readers::default(), &[7; 32]);
    let built = block.and_then(|block| block.sign_twice(network::key()));
    let signed = built.ok()?.block.verify().ok()?;
    Some(signed.statement().to_vec())
}

/// A transparent statement shows the statement that its device signed, and a receipt says what its
/// key signed: the one peer of this network signed only that one block is its log.
pub(super) fn transparent(bytes: &[u8]) -> Fate {
    let Ok((statement, receipts)) = verify_transparent(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(statement.verify(), Ok(()));
    assert_eq!(Statement::parse(statement.as_bytes()), Ok(statement));
    assert_ne!(receipts, [], "transparent without a receipt");
    let own = receipts.iter().filter(|it| it.key == network::key().id());
    for receipt in own {
        assert_eq!((receipt.log_index, receipt.log_size), (0, 1));
        assert_eq!(receipt.member, network::member());
    }
    Fate::Taken
}

/// What can be read can be written: a record comes back equal out of a block that is built,
/// signed, sent and verified.
pub(super) fn record(bytes: &[u8]) -> Fate {
    let Ok(record) = Record::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(record.to_bytes(), bytes, "a second spelling of a record");
    let draft = RecordDraft {
        body: record.body().clone(),
        subjects: record.subjects().to_vec(),
        cites: record.cites().to_vec(),
        group: record.group(),
        // Sections are made again, under keys of their own; a law of theirs looks at them.
        sections: Vec::new(),
    };
    let sent = match build(draft) {
        Ok(bytes) => bytes,
        Err(error) => {
            assert!(!record.sections().is_empty(), "cannot be written: {error}");
            return Fate::Taken;
        }
    };
    match SignedBlock::from_bytes(&sent).and_then(SignedBlock::verify) {
        Ok(block) => {
            let again = block.records().first();
            assert_eq!(again.map(Record::body), Some(record.body()));
            assert_eq!(again.map(Record::subjects), Some(record.subjects()));
            assert_eq!(again.map(Record::cites), Some(record.cites()));
        }
        // Whose subjects these are depends on the author, and here it is always the same one.
        Err(BlockError::Subjects { .. }) => {}
        Err(error) => broken(&format!("what was written is not read: {error}")),
    }
    Fate::Taken
}

/// What a section says is read back as it was said, in the clear and through encryption.
pub(super) fn section(bytes: &[u8]) -> Fate {
    let Ok(body) = fuzzing::section(bytes) else {
        return Fate::Refused;
    };
    let Ok(again) = fuzzing::section_bytes(&body) else {
        broken(&format!("was read and cannot be written: {body:?}"));
    };
    assert_eq!(fuzzing::section(&again).as_ref(), Ok(&body));
    let said = again
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    assert_eq!(again.get(..said), bytes.get(..said), "a second spelling");

    let code = network::code();
    let audience = AudienceDraft::Label {
        subject_index: 0,
        code: code.clone(),
    };
    let subject = code.subject(&network::genesis().id(), &network::member());
    let draft = observation(vec![subject]).telling(audience, body.clone());
    let built = UnsignedBlock::build(position(), &[draft], &Readers::default(), &[7; 32])
        .and_then(|block| block.sign(network::key()));
    // People are named to their own member, and a label is for whoever holds it.
    assert_eq!(
        matches!(built, Err(BuildError::Person { .. })),
        body.person.is_some()
    );
    let Ok(built) = built else {
        // Larger than a section may be, once it is padded and sealed.
        let too_large = again.len() > 200 * 1024;
        assert!(
            too_large || body.person.is_some(),
            "cannot be sealed: {body:?}"
        );
        return Fate::Taken;
    };
    let Ok(block) = built.block.verify() else {
        broken("what was built does not verify");
    };
    if let (Some(record), [sealed]) = (block.records().first(), built.sections.as_slice()) {
        let place = SectionPlace {
            header: block.header(),
            record,
            record_index: 0,
            section_index: 0,
        };
        assert_eq!(open_label(place, &code, &sealed.bytes), Ok(body));
    }
    Fate::Taken
}

fn observation(subjects: Vec<chopmark_core::SubjectId>) -> RecordDraft {
    let when = When {
        time: TimeMs(5),
        tz: TzMinutes::default(),
    };
    let step = "storing".to_owned();
    RecordDraft::new(Body::Observe { when, step }, subjects)
}

fn position() -> Position {
    Position {
        network: network::genesis().id(),
        member: network::member(),
        device: network::key().id(),
        seq: Seq(0),
        prev: None,
        anchor: None,
        clock: TimeMs(5),
    }
}

fn build(draft: RecordDraft) -> Result<Vec<u8>, chopmark_core::BuildError> {
    let unsigned = UnsignedBlock::build(position(), &[draft], &Readers::default(), &[7; 32])?;
    Ok(unsigned.sign(network::key())?.block.to_bytes())
}
