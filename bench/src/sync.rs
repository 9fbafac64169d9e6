//! Signed blocks from a device's outbox to a peer, acknowledged once they are on its disk.

use std::time::Instant;

use anyhow::{Result, ensure};
use chopmark_core::{AudienceDraft, SectionBody};
use chopmark_replica::Until;
use chopmark_tests::{Author, Places};

use crate::loopback::on_loopback;
use crate::row::Row;

const BLOCKS: usize = 1_000;

/// The time of one sync, connecting included.
pub(crate) fn measure(places: &Places) -> Result<Vec<Row>> {
    on_loopback(places, async |_, author| send(author).await)
}

async fn send(author: &Author) -> Result<Vec<Row>> {
    let start = Instant::now();
    for number in 0..BLOCKS {
        let note = SectionBody {
            note: Some(format!("Shelf {number}, dry, counted twice")),
            ..SectionBody::default()
        };
        let record = author.observe(0)?.telling(AudienceDraft::Members, note);
        author.sign(&[record])?;
    }
    let signing = start.elapsed().as_secs_f64();
    ensure!(author.open_blocks() >= BLOCKS, "the outbox is not full");
    let start = Instant::now();
    let report = author.send(Until::Exchanged).await?;
    let sending = start.elapsed().as_secs_f64();
    ensure!(
        report.sent >= 2 * BLOCKS,
        "only {} blocks and sections were acknowledged",
        report.sent
    );
    Ok(vec![
        Row::new(
            "1,000 blocks of one record with a note, outbox to peer",
            sending,
            "s",
        ),
        Row::new(
            "the same blocks: sealing, signing, storing one by one",
            signing,
            "s",
        ),
    ])
}
