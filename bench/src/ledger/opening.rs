//! Opening sections: what a device does with what arrived, most of it for others; on one core, and
//! as the app's client does it, on every core.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chopmark_client::{SealedBlock, open_sections};
use chopmark_core::{
    AudienceDraft, DeviceKey, HpkeSecret, Kem, MemberId, NetworkId, Opener, Position, Reader,
    Readers, RecordDraft, SealedSection, SectionBody, Seq, SubjectId, TimeMs, UnsignedBlock,
    VerifiedBlock,
};

use super::trial::observe;
use crate::row::Row;

const SECTIONS: usize = 10_000;
/// One of so many is for this device.
const FOR_ME: usize = 10;
/// With codes, note and padding a section has 1 KiB.
const NOTE_BYTES: usize = 980;
/// Rounds of which the best counts: what else runs on the machine only adds.
const ROUNDS: usize = 5;
const NETWORK: NetworkId = NetworkId::from_bytes([1; 32]);

/// 1,000 sections for me among 10,000, in blocks as a case of goods makes them and in the worst
/// ones, where every section has a block, and so a decapsulation, of its own.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (kem, name) in [(Kem::XWing, "X-Wing"), (Kem::X25519, "X25519")] {
        for a_block in [10, 1] {
            let stage = Stage::new(kem, a_block)?;
            let ways: [(&str, &Way<'_>); 2] = [
                ("one core", &|| stage.one_by_one()),
                ("every core", &|| stage.as_the_client()),
            ];
            for (on, way) in ways {
                let best = best(way)?;
                rows.push(Row::new(
                    format!("open 1,000 sections among 10,000, {a_block} a block, {name}, {on}"),
                    best.as_secs_f64() * 1_000.0,
                    "ms",
                ));
            }
        }
    }
    Ok(rows)
}

/// Opens all, gives how many opened.
type Way<'a> = dyn Fn() -> usize + 'a;

fn best(way: &Way<'_>) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let opened = way();
        best = best.min(began.elapsed());
        ensure!(opened == SECTIONS / FOR_ME, "{opened} sections opened");
    }
    Ok(best)
}

struct Stage {
    opener: Opener,
    blocks: Vec<(VerifiedBlock, Vec<SealedSection>)>,
}

impl Stage {
    fn new(kem: Kem, a_block: usize) -> Result<Self> {
        let secrets = [1, 2].map(|n| HpkeSecret::derive(kem, &[n; 32]));
        let [me, other] = [1, 2].map(|n| MemberId::from_bytes([n; 32]));
        let reader = |secret: &HpkeSecret| Reader {
            epoch: 0,
            key: secret.public(),
        };
        let [mine, theirs] = &secrets;
        let readers: Readers = [(me, reader(mine)), (other, reader(theirs))]
            .into_iter()
            .collect();
        let key = DeviceKey::from_seed(&[3; 32]);
        let mut blocks: Vec<(VerifiedBlock, Vec<SealedSection>)> = Vec::new();
        for seq in 0..SECTIONS / a_block {
            let to = if seq % FOR_ME == 0 { me } else { other };
            let drafts = (0..a_block).map(|_| told(to)).collect::<Result<Vec<_>>>()?;
            let position = Position {
                network: NETWORK,
                member: other,
                device: key.id(),
                seq: Seq(u64::try_from(seq)?),
                prev: blocks.last().map(|(block, _)| block.id()),
                anchor: None,
                clock: TimeMs(1),
            };
            let mut seed = [4; 32];
            let counter = u64::try_from(seq)?.to_be_bytes();
            seed.get_mut(..8)
                .context("a seed is longer")?
                .copy_from_slice(&counter);
            let built = UnsignedBlock::build(position, &drafts, &readers, &seed)?.sign(&key)?;
            let pinned = built.block.id();
            blocks.push((built.block.verify_pinned(pinned)?, built.sections));
        }
        Ok(Self {
            opener: Opener::new(NETWORK).with_reader(me, 0, mine),
            blocks,
        })
    }

    fn one_by_one(&self) -> usize {
        let mut opened = 0;
        for (block, sections) in &self.blocks {
            let opener = self.opener.of(block);
            for (index, section) in (0_u16..).zip(sections) {
                opened += usize::from(opener.open(index, 0, &section.bytes).is_ok());
            }
        }
        opened
    }

    fn as_the_client(&self) -> usize {
        let sealed = self.blocks.iter().map(|(block, sections)| SealedBlock {
            block,
            sections: (0_u16..)
                .zip(sections)
                .map(|(index, section)| (index, 0, section.bytes.clone()))
                .collect(),
        });
        let opened = open_sections(&self.opener, &sealed.collect::<Vec<_>>());
        opened.iter().filter(|(_, body)| body.is_ok()).count()
    }
}

fn told(to: MemberId) -> Result<RecordDraft> {
    let body = SectionBody {
        codes: vec!["(01)09506000134352(21)A1B2C3D4E5F6G7H8".to_owned()],
        note: Some("x".repeat(NOTE_BYTES)),
        ..SectionBody::default()
    };
    let draft = observe(SubjectId::from_bytes([5; 32]))?;
    Ok(draft.telling(AudienceDraft::parties([to]), body))
}
