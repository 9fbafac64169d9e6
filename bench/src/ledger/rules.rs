//! Verified records through the rules: no signature, no disk. Once with nothing else, once up to
//! the final state and its root.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use chopmark_core::{
    BlockId, Ledger, Outcome, Pending, RecordRef, SubjectId, ValidatorSet, VerifiedBlock,
    VerifiedCheckpoint,
};

use super::trial::{Trial, accept, attest, observe, offer};
use crate::{child::thread_seconds, row::Row};

const ITEMS: usize = 20_000;
const RECORDS_A_BLOCK: usize = 100;
const BLOCKS_A_CHECKPOINT: usize = 10;
/// Rounds of which the best counts: what else runs on the machine only adds.
const ROUNDS: usize = 5;

/// Items that are made, stored, inspected, handed over and taken: every record by itself.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let stage = Stage::new()?;
    let mut best = Seconds {
        rules: f64::INFINITY,
        whole: f64::INFINITY,
    };
    for _ in 0..ROUNDS {
        let taken = stage.run()?;
        best.rules = best.rules.min(taken.rules);
        best.whole = best.whole.min(taken.whole);
    }
    let records = f64::from(u32::try_from(5 * ITEMS)?);
    Ok(vec![
        Row::new(
            "run verified records in blocks of 100, rules only, one core",
            records / best.rules,
            "/s",
        ),
        Row::new(
            "the same executed, with the state root, and made final",
            records / best.whole,
            "/s",
        ),
    ])
}

struct Seconds {
    rules: f64,
    whole: f64,
}

type Blocks = BTreeMap<BlockId, VerifiedBlock>;

struct Stage {
    ledger: Ledger,
    rounds: Vec<(VerifiedCheckpoint, Blocks)>,
}

impl Stage {
    fn new() -> Result<Self> {
        let (mut trial, mut phones) = Trial::found(1)?;
        let mut ledger = trial.ledger()?;
        let [factory, carrier] = phones.as_mut_slice() else {
            anyhow::bail!("two devices were expected");
        };
        let validators: ValidatorSet = trial.genesis().validators().clone();
        let start = ledger.clone();
        let mut rounds = Vec::new();
        let numbers: Vec<usize> = (0..ITEMS).collect();
        for numbers in numbers.chunks(RECORDS_A_BLOCK * BLOCKS_A_CHECKPOINT) {
            let subjects = numbers.iter().map(|number| trial.subject(*number));
            let subjects: Vec<SubjectId> = subjects.collect::<Result<_>>()?;
            let mut offers = Vec::new();
            for pass in 0..5 {
                let mut blocks = Blocks::new();
                for (at, chunk) in subjects.chunks(RECORDS_A_BLOCK).enumerate() {
                    let drafts = chunk.iter().enumerate().map(|(place, subject)| {
                        let place = at * RECORDS_A_BLOCK + place;
                        match pass {
                            0 => {
                                let number = numbers.get(place).context("no number")?;
                                trial.commission(std::slice::from_ref(number))
                            }
                            1 => observe(*subject),
                            2 => attest(*subject),
                            3 => offer(*subject, carrier.member(), &ledger),
                            _ => accept(*subject, *offers.get(place).context("no offer")?),
                        }
                    });
                    let drafts = drafts.collect::<Result<Vec<_>>>()?;
                    let phone = if pass == 4 {
                        &mut *carrier
                    } else {
                        &mut *factory
                    };
                    let block = phone.write(trial.genesis(), &drafts)?.verify()?;
                    if pass == 3 {
                        let records = block.located();
                        offers.extend(records.map(|(at, _)| at).collect::<Vec<RecordRef>>());
                    }
                    blocks.insert(block.id(), block);
                }
                let ordered: Vec<_> = blocks.values().cloned().collect();
                let checkpoint = trial.order(&ledger, &ordered)?.verify(&validators)?;
                ledger.apply(&checkpoint, &blocks)?;
                rounds.push((checkpoint, blocks));
            }
        }
        Ok(Self {
            ledger: start,
            rounds,
        })
    }

    fn run(&self) -> Result<Seconds> {
        let mut ledger = self.ledger.clone();
        let mut applied = 0;
        let mut taken = Seconds {
            rules: 0.0,
            whole: 0.0,
        };
        for (checkpoint, blocks) in &self.rounds {
            let start = thread_seconds()?;
            let in_order = checkpoint.blocks().iter().filter_map(|id| blocks.get(id));
            let pending = Pending::over(&ledger, in_order);
            let run = thread_seconds()?;
            taken.rules += run - start;
            drop(pending);
            let start = thread_seconds()?;
            let outcomes = ledger.apply(checkpoint, blocks)?.outcomes;
            taken.whole += thread_seconds()? - start;
            let good = |outcome: &&(_, Outcome)| outcome.1 == Outcome::Applied;
            applied += outcomes.iter().filter(good).count();
        }
        ensure!(applied == 5 * ITEMS, "only {applied} records were applied");
        Ok(taken)
    }
}
