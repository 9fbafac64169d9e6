//! A run of a million serials.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chopmark_core::{Outcome, RunList};

use super::trial::Trial;
use crate::row::Row;

const SERIALS: usize = 1_000_000;
const PROOFS: usize = 1_000;

/// From codes to a run in the state, and an item's proof.
pub(crate) fn measure() -> Result<Vec<Row>> {
    let (mut trial, mut phones) = Trial::found(1)?;
    let mut ledger = trial.ledger()?;
    let factory = phones.first_mut().context("no device")?;
    let network = trial.genesis().id();

    let start = Instant::now();
    let codes = (0..SERIALS).map(|number| Ok((trial.item(number)?.hash(), None)));
    let codes = codes.collect::<Result<Vec<_>>>()?;
    let list = RunList::new(&network, &factory.member(), codes)?;
    let draft = trial.commission_run(&list)?;
    let block = factory.write(trial.genesis(), &[draft])?.verify()?;
    let checkpoint = trial.order(&ledger, std::slice::from_ref(&block))?;
    let verified = checkpoint.verify(trial.genesis().validators())?;
    let applied = ledger.apply(&verified, &[(block.id(), block)].into())?;
    let commission = start.elapsed().as_secs_f64();
    ensure!(
        applied
            .outcomes
            .iter()
            .all(|(_, what)| *what == Outcome::Applied),
        "the run was not commissioned"
    );

    let asked = (0..PROOFS).map(|number| Ok(trial.item(number * (SERIALS / PROOFS))?.hash()));
    let asked = asked.collect::<Result<Vec<_>>>()?;
    let start = Instant::now();
    for code in &asked {
        let item = list.item(code).context("the run lacks an item")?;
        ensure!(list.spec().holds(&item), "an item's proof does not hold");
    }
    let prove = start.elapsed().as_secs_f64() / f64::from(u32::try_from(PROOFS)?);
    Ok(vec![
        Row::new("a run of a million serials: commission", commission, "s"),
        Row::new(
            "a run of a million serials: prove one, and check it",
            prove * 1e3,
            "ms",
        ),
    ])
}
