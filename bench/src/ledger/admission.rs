//! Single-record blocks from bytes to state, beside bare signature checks.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use chopmark_core::{KeyRing, Ledger, Outcome, SignedBlock};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::trial::{Held, Trial, observe};
use crate::{child::thread_seconds, row::Row};

const BLOCKS: usize = 10_000;
const ITEMS: usize = 1_000;
const DEVICES: u8 = 10;
/// What a busy network puts into a checkpoint in a fifth of a second.
const BLOCKS_A_CHECKPOINT: usize = 500;
/// Rounds of which the best counts, of both and for each checkpoint: what else runs on the machine
/// only adds. Each round lies deeper in the stack: by where it happens to begin, a check takes a
/// tenth more or less.
const ROUNDS: usize = 12;

/// Blocks a second, beside bare `verify_strict` of as many signatures over as many bytes.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let stage = Stage::new()?;
    let signed = signed(BLOCKS_A_CHECKPOINT, stage.signed_bytes);
    let mut best = vec![[f64::INFINITY; 2]; stage.rounds.len()];
    for round in 0..ROUNDS {
        for (best, taken) in best.iter_mut().zip(deeper(round, &|| stage.run(&signed))?) {
            let both = best.iter_mut().zip(taken);
            both.for_each(|(best, taken)| *best = best.min(taken));
        }
    }
    let ours: f64 = best.iter().map(|[ours, _]| ours).sum();
    let theirs: f64 = best.iter().map(|[_, theirs]| theirs).sum();
    let count = f64::from(u32::try_from(BLOCKS)?);
    Ok(vec![
        Row::new(
            "read, verify, admit and apply a single-record block, one core",
            ours / count * 1e6,
            "µs",
        )
        .beside("bare verify_strict", theirs / count * 1e6),
    ])
}

/// Everything that is made before the clock runs.
struct Stage {
    ledger: Ledger,
    held: Held,
    validators: chopmark_core::ValidatorSet,
    /// Each checkpoint with the bytes of its blocks.
    rounds: Vec<(chopmark_core::Checkpoint, Vec<Vec<u8>>)>,
    signed_bytes: usize,
}

impl Stage {
    fn new() -> Result<Self> {
        let (mut trial, mut phones) = Trial::found(DEVICES)?;
        let mut ledger = trial.ledger()?;
        let validators = trial.genesis().validators().clone();
        let factory = phones.first_mut().context("no device")?;
        let items: Vec<usize> = (0..ITEMS).collect();
        let mut first = BTreeMap::new();
        for numbers in items.chunks(100) {
            let draft = trial.commission(numbers)?;
            let block = factory.write(trial.genesis(), &[draft])?.verify()?;
            first.insert(block.id(), block);
        }
        let mut held = Held::default();
        first.values().for_each(|block| held.keep(block));
        let blocks: Vec<_> = first.values().cloned().collect();
        let checkpoint = trial.order(&ledger, &blocks)?;
        ledger.apply(&checkpoint.verify(&validators)?, &first)?;

        let start = ledger.clone();
        let mut rounds = Vec::new();
        let mut signed_bytes = 0;
        for checkpoint in 0..BLOCKS / BLOCKS_A_CHECKPOINT {
            let mut blocks = BTreeMap::new();
            let mut bytes = Vec::new();
            for number in 0..BLOCKS_A_CHECKPOINT {
                let number = checkpoint * BLOCKS_A_CHECKPOINT + number;
                let draft = observe(trial.subject(number % ITEMS)?)?;
                let devices = phones.len();
                let phone = phones.get_mut(number % devices).context("no device")?;
                let block = phone.write(trial.genesis(), &[draft])?;
                bytes.push(block.to_bytes());
                let block = block.verify()?;
                signed_bytes = block.statement().len();
                blocks.insert(block.id(), block);
            }
            let ordered: Vec<_> = blocks.values().cloned().collect();
            let checkpoint = trial.order(&ledger, &ordered)?;
            ledger.apply(&checkpoint.clone().verify(&validators)?, &blocks)?;
            rounds.push((checkpoint, bytes));
        }
        Ok(Self {
            ledger: start,
            held,
            validators,
            rounds,
            signed_bytes,
        })
    }

    /// Takes every block in as a peer does, on this thread alone: what each checkpoint takes, and
    /// as many bare checks right behind it, since a machine's speed changes within a second.
    fn run(&self, signed: &[Signed]) -> Result<Vec<[f64; 2]>> {
        let mut ledger = self.ledger.clone();
        let mut held = self.held.clone();
        let mut taken = Vec::new();
        let mut applied = 0;
        for (checkpoint, blocks) in &self.rounds {
            let start = thread_seconds()?;
            let mut admitted = BTreeMap::new();
            let mut keys = KeyRing::default();
            for bytes in blocks {
                let block = SignedBlock::from_bytes(bytes)?.verify_with(&mut keys)?;
                ledger.admit(&block, &held)?;
                held.keep(&block);
                admitted.insert(block.id(), block);
            }
            let checkpoint = checkpoint.clone().verify(&self.validators)?;
            let outcomes = ledger.apply(&checkpoint, &admitted)?.outcomes;
            let good = |outcome: &&(_, Outcome)| outcome.1 == Outcome::Applied;
            applied += outcomes.iter().filter(good).count();
            drop(admitted);
            taken.push([thread_seconds()? - start, bare(signed)?]);
        }
        ensure!(applied == BLOCKS, "only {applied} of {BLOCKS} were applied");
        Ok(taken)
    }
}

/// Seconds that one strict signature check takes, of a block with one record.
pub(crate) fn strict_verification() -> Result<f64> {
    const BLOCK_BYTES: usize = 300;
    let count = f64::from(u32::try_from(BLOCKS)?);
    Ok(bare(&signed(BLOCKS, BLOCK_BYTES))? / count)
}

/// Runs something a few cache lines further down the stack.
#[inline(never)]
fn deeper<T>(frames: usize, run: &dyn Fn() -> T) -> T {
    let room = std::hint::black_box([0_u8; 336]);
    let result = match frames {
        0 => run(),
        frames => deeper(frames - 1, run),
    };
    std::hint::black_box(room);
    result
}

/// A key that is read already, what it signed, and its signature.
type Signed = (VerifyingKey, Vec<u8>, Signature);

/// So many signatures over so many bytes each.
fn signed(count: usize, bytes: usize) -> Vec<Signed> {
    let keys: Vec<SigningKey> = (1..=2 * DEVICES)
        .map(|number| SigningKey::from_bytes(&[number; 32]))
        .collect();
    let numbered = (0..count).zip(keys.iter().cycle());
    let signed = numbered.map(|(number, key)| {
        let mut message = number.to_le_bytes().to_vec();
        message.resize(bytes, 7);
        let signature = key.sign(&message);
        (key.verifying_key(), message, signature)
    });
    signed.collect()
}

/// Seconds that bare checks take.
fn bare(signed: &[Signed]) -> Result<f64> {
    let start = thread_seconds()?;
    for (key, message, signature) in signed {
        key.verify_strict(message, signature)
            .context("a signature does not hold")?;
    }
    Ok(thread_seconds()? - start)
}
