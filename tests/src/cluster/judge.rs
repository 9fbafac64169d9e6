use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, bail, ensure};
use chopmark_core::{BlockId, Height, Ledger, Outcome as Ruling, VerifiedBlock};
use chopmark_replica::{OutboxStage, Replica, Until};
use chopmark_sim::Rights;

use super::{Fates, Load, Outcome, Records, await_level, log_tail, writer::Writer};
use crate::{Author, Network, Role};

/// All devices hang up and all peers lose their power: what peers acknowledged becomes final on
/// each of them without anybody's help, then what devices still have, and of it all nothing
/// belongs to two.
pub(super) async fn judge(
    network: &mut Network,
    load: Load,
    fates: Fates,
    (folder, tell): (&Path, &(dyn Fn(String) + Sync)),
) -> Result<Outcome> {
    let peers: Vec<usize> = network.running().collect();
    let writers = load.stop().await?;
    for peer in &peers {
        network.kill(*peer).await?;
    }
    let acknowledged = acknowledged(&writers)?;
    tell(format!(
        "all peers were killed; {} blocks were acknowledged",
        acknowledged.len()
    ));
    network.serve().await?;
    let mut checkers = Vec::new();
    for peer in &peers {
        let place = folder.join("checkers").join(peer.to_string());
        let checker = Author::join_member(network, *peer, Role::Qc, &place).await?;
        checkers.push((*peer, checker));
    }
    await_level(network).await?;
    for (peer, checker) in &checkers {
        checker.send(Until::Exchanged).await?;
        if let Some(lost) = acknowledged.iter().find(|id| !checker.is_final(**id)) {
            bail!(
                "block {lost} was acknowledged and is not final on peer {peer}, at height {}:\n{}",
                checker.replica().status().height.0,
                log_tail(network, *peer)?
            );
        }
    }
    tell("every acknowledged block is final on every peer".to_owned());
    for writer in &writers {
        let author = writer.author();
        author.send(Until::Final { at_most_ms: 60_000 }).await?;
        ensure!(author.open_blocks() == 0, "a device still has open blocks");
    }
    let height = await_level(network).await?;
    let all: Vec<BlockId> = writers.iter().flat_map(Writer::signed).copied().collect();
    let mut records = Records::new();
    for (peer, checker) in &checkers {
        checker.send(Until::Exchanged).await?;
        let missing = all.iter().filter(|id| !checker.is_final(**id)).count();
        ensure!(
            missing == 0,
            "{missing} signed blocks are not final on peer {peer}"
        );
        records = replay(checker.replica(), network, *peer).await?;
    }
    tell("everything signed is final, and nothing belongs to two".to_owned());
    Ok(Outcome {
        fates,
        height,
        signed: all.len(),
        acknowledged: acknowledged.len(),
        records,
    })
}

/// What some peer said it has, by the devices' books.
fn acknowledged(writers: &[Writer]) -> Result<Vec<BlockId>> {
    let mut acknowledged = Vec::new();
    for writer in writers {
        let mut unsent = Vec::new();
        for entry in writer.author().replica().outbox()? {
            match entry.stage {
                OutboxStage::Sent => {}
                OutboxStage::Unsent => unsent.push(entry.block.id()),
                OutboxStage::NotTaken { code, detail } => {
                    bail!("a peer does not take a block: {code}: {detail}");
                }
            }
        }
        let signed = writer.signed().iter();
        acknowledged.extend(signed.filter(|id| !unsent.contains(id)));
    }
    Ok(acknowledged)
}

/// Runs a peer's whole log again from the genesis, and watches who has what: no two owners or
/// holders, no second pledge.
async fn replay(replica: &Replica, network: &Network, peer: usize) -> Result<Records> {
    let mut ledger = Ledger::new(replica.genesis());
    let mut rights = Rights::default();
    let mut records = Records::new();
    let mut known: BTreeMap<BlockId, VerifiedBlock> = BTreeMap::new();
    let newest = replica.status().height;
    for height in (1..=newest.0).map(Height) {
        let checkpoint = replica.checkpoint(height)?.context("a height is missing")?;
        let checkpoint = checkpoint.verify(ledger.validators())?;
        for id in checkpoint.blocks() {
            let block = replica.block(*id)?.context("a block is missing")?;
            known.insert(*id, block);
        }
        let applied = ledger.apply(&checkpoint, &known)?;
        for (at, outcome) in applied.outcomes {
            // It may have waited since an earlier checkpoint.
            let block = known.get(&at.block).context("a record of no block")?;
            let record = block.records().get(usize::from(at.index));
            let record = record.context("no such record")?;
            let (applied, refused) = records.entry(record.body().kind()).or_default();
            match outcome {
                Ruling::Applied => {
                    *applied += 1;
                    rights.take(at, block.header().member(), record)?;
                }
                Ruling::Refused(_) => *refused += 1,
                // Decided later, as an outcome of its own.
                _ => {}
            }
        }
    }
    let status = network.status(peer).await?;
    let header = status.get("header").and_then(serde_json::Value::as_str);
    let found = ledger.tip().header_hash.to_string();
    ensure!(
        header == Some(found.as_str()),
        "peer {peer} ends with {header:?}, its log with {found}"
    );
    let state = status.get("state").and_then(serde_json::Value::as_str);
    let found = ledger.state_root().to_string();
    ensure!(
        state == Some(found.as_str()),
        "peer {peer} has state root {state:?}, its log makes {found}"
    );
    Ok(records)
}
