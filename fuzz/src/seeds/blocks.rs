//! Blocks, statements, records and checkpoints out of the vector files of the refusals, which
//! hold records of every kind; a section with all that it can say; the network's rules.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use chopmark_core::{
    EvidenceId, EvidenceLink, Genesis, Measured, SectionBody, SignedBlock, VerifiedBlock, fuzzing,
};

use super::Seed;
use crate::{laws, network, trial};

pub(super) fn seeds() -> Result<Vec<Seed>> {
    let own = network::line("block").context("the vectors hold no block")?;
    let own = SignedBlock::from_bytes(&own)?.verify()?;
    let mut seeds = Vec::new();
    let mut blocks = vec![own];
    for file in trial::vector_files()? {
        let theirs = trial::blocks(&file)?;
        seeds.push(story(&theirs));
        blocks.extend(theirs);
    }
    let mut kinds = BTreeSet::new();
    for block in blocks {
        let mut new = false;
        for (at, record) in block.located() {
            // One record of a kind, with and without a second subject, is enough to begin from.
            if kinds.insert((record.kind(), record.subjects().len().min(2))) {
                new = true;
                let bytes = block.record_bytes(at.index).unwrap_or_default().to_vec();
                seeds.push(Seed {
                    target: "record",
                    bytes,
                });
            }
        }
        if new {
            let (bytes, statement) = (block.to_bytes(), block.statement().to_vec());
            seeds.push(Seed {
                target: "block",
                bytes,
            });
            seeds.push(Seed {
                target: "statement",
                bytes: statement,
            });
        }
    }
    let mut add = |target, bytes| seeds.push(Seed { target, bytes });
    for body in [SectionBody::default(), full()] {
        add("section", fuzzing::section_bytes(&body)?.to_vec());
    }
    let twice = laws::signed_twice().context("no statement with two signatures")?;
    add("statement-twice", twice);
    let genesis: &Genesis = network::genesis();
    add("genesis", genesis.to_bytes().to_vec());
    add("genesis", genesis.draft().body_bytes());
    add("policy", fuzzing::policy_bytes(genesis.policy()));
    Ok(seeds)
}

/// The records of a vector file as the target of the rules reads them.
fn story(blocks: &[VerifiedBlock]) -> Seed {
    let mut bytes = Vec::new();
    for block in blocks {
        let writer = trial::writer(block.header().device()).unwrap_or_default();
        for (at, _) in block.located() {
            let record = block.record_bytes(at.index).unwrap_or_default();
            bytes.push(writer);
            bytes.extend(
                u16::try_from(record.len())
                    .unwrap_or(u16::MAX)
                    .to_be_bytes(),
            );
            bytes.extend(record);
        }
    }
    Seed {
        target: "rules",
        bytes,
    }
}

fn full() -> SectionBody {
    SectionBody {
        codes: vec!["(00)106141412345678908".to_owned()],
        product: Some("Tea 茶".to_owned()),
        place: Some("Quay 4".to_owned()),
        note: Some("wet".to_owned()),
        evidence: vec![EvidenceLink {
            id: EvidenceId::from_bytes([1; 32]),
            key: [2; 32],
            media_type: "image/jpeg".to_owned(),
            length: 5,
            caption: "corner".to_owned(),
        }],
        measured: vec![Measured {
            name: "temperature".to_owned(),
            value: "4.5".to_owned(),
            unit: "°C".to_owned(),
        }],
        person: Some("Mei".to_owned()),
        step: Some("inspecting".to_owned()),
        disposition: Some("damaged".to_owned()),
        ..SectionBody::default()
    }
}
