//! A peer that was away while ten thousand checkpoints were made: how long until it is level with
//! another one again, over QUIC, and until its log is whole.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chopmark_core::{
    Body, DeviceKey, Founder, PartyKind, Position, Prefix, RecordDraft, StateView, TimeMs,
    UnsignedBlock,
};
use chopmark_replica::{Lock, Node, Remote, Replica, WhenIdle};

use super::idle::{admin_key, genesis, peer_keys};
use super::{LOOK, PATIENCE};
use crate::row::Row;

const MISSED: u32 = 10_000;
/// Of the ledger's time, as under load.
const BETWEEN_MS: u64 = 100;

/// Seconds until the state is there, and until all blocks are.
pub(super) async fn measure() -> Result<Vec<Row>> {
    let keys = peer_keys();
    let genesis = genesis(&keys, true)?;
    let folder = tempfile::tempdir()?;
    let create = |name: &str| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder)?;
        anyhow::Ok(Replica::create(
            &folder,
            Lock::KeyFile,
            &genesis,
            PartyKind::Peer,
        )?)
    };
    let (ahead, behind) = (create("ahead")?, create("behind")?);
    println!("  {MISSED} checkpoints, each with a block");
    go_on(&ahead, &keys)?;

    let [first, second, ..] = keys.as_slice() else {
        anyhow::bail!("there are not two peers");
    };
    let again = |key: &DeviceKey| DeviceKey::from_seed(&key.to_seed());
    let there = Node::listen(
        ([127, 0, 0, 1], 0).into(),
        again(first),
        ahead.clone(),
        None,
    )?;
    let address = there.address().context("it listens nowhere")?.to_string();
    let here = Node::caller(again(second), behind.clone())?;
    let answering = there.clone();
    let answering = tokio::spawn(async move { answering.serve().await });
    let start = Instant::now();
    let key = first.id();
    let kept = here.keep(Remote { key, address });
    wait("level", start, || {
        Ok(behind.status().height == ahead.status().height)
    })
    .await?;
    let level = start.elapsed();
    ensure!(
        behind.status().state == ahead.status().state,
        "it has another state"
    );
    // What was passed over comes from the lowest height on.
    let last = ahead.status().logged.saturating_sub(1);
    wait("whole", start, || Ok(behind.logged(last)?.is_some())).await?;
    let whole = start.elapsed();
    drop(kept);
    here.close().await;
    there.close().await;
    answering.abort();
    let name = |what| format!("a peer that missed {MISSED} checkpoints is {what}");
    Ok(vec![
        Row::new(name("level"), level.as_secs_f64(), "s"),
        Row::new(name("level, and its log whole"), whole.as_secs_f64(), "s"),
    ])
}

/// A block of one record in each checkpoint, cosigned by all.
fn go_on(replica: &Replica, keys: &[DeviceKey]) -> Result<()> {
    let author = admin_key(1);
    let genesis = replica.genesis();
    let mut founders = genesis.founders().iter();
    let own = |founder: &&Founder| founder.devices().iter().any(|d| d.key() == author.id());
    let member = founders.find(own).context("no founder's device")?.id();
    let validators = genesis.validators();
    let readers = replica.read_final(|ledger| ledger.state().readers());
    for number in 0..MISSED {
        let place = replica.next_place(author.id());
        let position = Position {
            network: replica.network(),
            member,
            device: author.id(),
            seq: place.seq,
            prev: place.prev,
            anchor: place.anchor,
            clock: TimeMs(0),
        };
        let prefix = Prefix::parse(&format!("9506{number:06}"))?;
        let body = Body::RegisterPrefix { prefix, member };
        let drafts = [RecordDraft::new(body, Vec::new())];
        // Nothing is sealed, so no key comes of the seed.
        let block = UnsignedBlock::build(position, &drafts, &readers, &[0; 32])?.sign(&author)?;
        replica.append_own(block.block, block.sections)?;
        let before = replica.read_final(|ledger| ledger.tip().time);
        let proposal = replica
            .draft(before.plus(BETWEEN_MS), WhenIdle::Wait)?
            .context("there is no work")?;
        let cosign = |key| proposal.cosign_among(validators, before, key);
        let cosignatures = keys.iter().map(cosign).collect();
        replica.finish(proposal, cosignatures)?;
    }
    Ok(())
}

async fn wait(what: &str, start: Instant, mut there: impl FnMut() -> Result<bool>) -> Result<()> {
    while !there()? {
        ensure!(start.elapsed() < PATIENCE, "the late peer is never {what}");
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}
