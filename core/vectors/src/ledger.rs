//! A network and a first block in it; and one in which everything happens that can.

mod history;
mod kinds;

use crate::line;
use anyhow::{Context, Result};
use chopmark_core::{
    AudienceDraft, Body, Class, Code, DeviceEntry, DeviceKey, Founder, Genesis, GenesisDraft,
    HpkeSecret, Inception, Kem, Policy, Position, Prefix, Reader, RecordDraft, Role, RootKey,
    SealedSection, SectionBody, Seq, SignedBlock, TimeMs, TzMinutes, UnsignedBlock, Validator,
    ValidatorSet, VerifiedBlock, When,
};

const LABEL: &str = "https://id.example.org/01/09506000134352/21/A1B2C3D4E5";
const NOW: TimeMs = TimeMs(1_795_000_000_000);

/// What the history is made of.
struct Made {
    genesis: Genesis,
    key: DeviceKey,
    block: VerifiedBlock,
    sections: Vec<SealedSection>,
    code: Code,
}

pub(crate) fn lines() -> Result<Vec<String>> {
    let key = DeviceKey::from_seed(&[21; 32]);
    let reader = HpkeSecret::derive(Kem::XWing, &[22; 32]).public();
    let genesis = network(&key, &reader)?;
    let mut lines = vec![
        line("genesis", genesis.to_bytes()),
        line("network", genesis.id().as_bytes()),
    ];
    let built = block(&genesis, &key, reader)?;
    let verified = SignedBlock::from_bytes(&built.block.to_bytes())?.verify()?;
    lines.push(line("block-id", verified.id().as_bytes()));
    lines.push(line("block", verified.to_bytes()));
    lines.extend(
        built
            .sections
            .iter()
            .map(|section| line("section", &section.bytes)),
    );
    let made = Made {
        genesis,
        key,
        block: verified,
        sections: built.sections,
        code: Code::parse(LABEL)?,
    };
    lines.extend(history::lines(&made)?);
    lines.extend(kinds::lines()?);
    Ok(lines)
}

fn network(key: &DeviceKey, reader: &chopmark_core::HpkePublic) -> Result<Genesis> {
    let root = RootKey::from_seeds(&[23; 32], &[24; 32]);
    let next = RootKey::from_seeds(&[25; 32], &[26; 32])
        .public()
        .next_digest();
    let inception = Inception::new(
        "Nansha Foods",
        Class::Manufacturer,
        root.public(),
        next,
        reader.clone(),
    )?;
    let device = DeviceEntry::new(
        key.id(),
        reader.clone(),
        Role::Admin,
        "office",
        NOW.plus(1_000_000),
    )?;
    let member = inception.id();
    let draft = GenesisDraft::new(
        ("Trial", "id.example.org"),
        Policy::standard(1),
        vec![Founder::new(inception, vec![device])],
        ValidatorSet::new(vec![Validator::new(member, key.id())])?,
        NOW,
    )?;
    Ok(Genesis::combine(
        &draft.body_bytes(),
        vec![draft.sign(member, &root)],
    )?)
}

fn block(
    genesis: &Genesis,
    key: &DeviceKey,
    reader: chopmark_core::HpkePublic,
) -> Result<chopmark_core::BuiltBlock> {
    let member = genesis.founders().first().context("no founder")?.id();
    let code = Code::parse(LABEL)?;
    let subject = code.subject(&genesis.id(), &member);
    let when = When {
        time: NOW,
        tz: TzMinutes::new(480).context("no such offset")?,
    };
    let body = Body::Commission {
        when,
        class: code.class(),
        prefix: Prefix::parse("9506000")?,
        codes: vec![code.hash()],
        quantity: None,
        activation: Vec::new(),
    };
    let register = Body::RegisterPrefix {
        prefix: Prefix::parse("9506000")?,
        member,
    };
    let commission = RecordDraft::new(body, vec![subject])
        .telling(AudienceDraft::Members, SectionBody::default())
        .telling(
            AudienceDraft::Label {
                subject_index: 0,
                code,
            },
            SectionBody::default(),
        );
    let drafts = [RecordDraft::new(register, Vec::new()), commission];
    let position = Position {
        network: genesis.id(),
        member,
        device: key.id(),
        seq: Seq(0),
        prev: None,
        anchor: None,
        clock: NOW,
    };
    let reader = Reader {
        epoch: 0,
        key: reader,
    };
    let readers = [(member, reader)].into_iter().collect();
    Ok(UnsignedBlock::build(position, &drafts, &readers, &[27; 32])?.sign(key)?)
}
