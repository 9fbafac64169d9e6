use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{task::JoinHandle, time::sleep};

use super::writer::Writer;
use crate::{BANK, CARRIER, Dice, FACTORY, Network, RETAILER, Role};

/// Whose devices write: two of each, so that one does not know what the other does. One of each
/// at least may sell and pledge.
const WRITERS: [(usize, Role); 8] = [
    (FACTORY, Role::Admin),
    (FACTORY, Role::Warehouse),
    (CARRIER, Role::Admin),
    (CARRIER, Role::Courier),
    (RETAILER, Role::Admin),
    (RETAILER, Role::Admin),
    (BANK, Role::Admin),
    (BANK, Role::BankOfficer),
];
/// Between two blocks of a device, in milliseconds: some forty blocks a second in all, which a
/// machine with two cores carries in a build for tests.
const PACE: (u64, u64) = (70, 330);

/// Devices that write on and on, over kept connections to their members' peers.
pub(super) struct Load {
    told: Arc<Told>,
    tasks: Vec<JoinHandle<Result<Writer>>>,
}

#[derive(Debug, Default)]
struct Told {
    over: AtomicBool,
    signed: AtomicUsize,
    open: [AtomicUsize; WRITERS.len()],
}

impl Load {
    /// Joins all devices, but those of a member that is away, and lets them write.
    pub(super) async fn start(
        network: &Network,
        folder: &Path,
        seed: u64,
        away: Option<usize>,
    ) -> Result<Self> {
        let mut writers = Vec::new();
        let here = WRITERS.into_iter().filter(|(of, _)| Some(*of) != away);
        for (number, (member, role)) in here.enumerate() {
            let place = folder.join(number.to_string());
            let writer = Writer::join(network, (member, role), number, &place).await;
            writers.push(writer.with_context(|| format!("device {number}"))?);
        }
        let told = Arc::new(Told::default());
        let write = |(number, writer)| {
            let dice = Dice::new(seed.wrapping_add(1_000 + u64::try_from(number)?));
            Ok(tokio::spawn(write_on(
                writer,
                number,
                dice,
                Arc::clone(&told),
            )))
        };
        let tasks = writers.into_iter().enumerate().map(write);
        let tasks = tasks.collect::<Result<_>>()?;
        Ok(Self { told, tasks })
    }

    /// Blocks signed so far, and how many of them are not final as far as their devices know.
    pub(super) fn counts(&self) -> (usize, usize) {
        let open = self.told.open.iter();
        let open = open.map(|count| count.load(Ordering::Relaxed)).sum();
        (self.told.signed.load(Ordering::Relaxed), open)
    }

    /// Ends it: all devices hang up in the middle of what they do.
    pub(super) async fn stop(self) -> Result<Vec<Writer>> {
        self.told.over.store(true, Ordering::Relaxed);
        let mut writers = Vec::new();
        for task in self.tasks {
            writers.push(task.await??);
        }
        Ok(writers)
    }
}

async fn write_on(
    mut writer: Writer,
    number: usize,
    mut dice: Dice,
    told: Arc<Told>,
) -> Result<Writer> {
    let kept = writer.author().keep();
    while !told.over.load(Ordering::Relaxed) {
        let signed = writer.write(&mut dice)?;
        told.signed.fetch_add(signed, Ordering::Relaxed);
        if let Some(open) = told.open.get(number) {
            open.store(writer.author().open_blocks(), Ordering::Relaxed);
        }
        sleep(Duration::from_millis(dice.between(PACE.0, PACE.1))).await;
    }
    drop(kept);
    Ok(writer)
}
