//! The app's client, as a child of its own: joins and fills its replica, or opens it.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use chopmark_client::{Client, ClientConfig};
use chopmark_view::{Command, Failure, Home, Join, LinkState, Unlock, Watch};
use serde_json::to_value;
use tokio::{runtime::Runtime, time};

use crate::child::{megabytes, memory_kib};

/// Of every device here.
pub(crate) const PASSPHRASE: &str = "correct horse battery";

/// How long a new device may take to sync the whole ledger.
const PATIENCE: Duration = Duration::from_secs(600);
/// Nothing changes for so long: what arrived is read.
const QUIET: Duration = Duration::from_secs(3);
const REST: Duration = Duration::from_secs(10);

/// Joins, and syncs until it holds as many items.
pub(crate) fn join(folder: &Path, link: &str, held: u64) -> Result<()> {
    Runtime::new()?.block_on(async {
        let client = open_folder(folder).await?;
        let join = Join {
            link: link.to_owned(),
            passphrase: PASSPHRASE.to_owned(),
        };
        ask(&client, &join).await?;
        time::timeout(PATIENCE, synced(&client, held))
            .await
            .context("the client does not get all records")??;
        client.close().await;
        Ok(())
    })
}

async fn synced(client: &Client, held: u64) -> Result<()> {
    loop {
        let home = ask(client, &Home {}).await?;
        if home.counts.held == held && matches!(home.link, LinkState::Online { .. }) {
            break;
        }
        time::sleep(Duration::from_millis(200)).await;
    }
    let mut since = ask(client, &Watch { since: 0 }).await?.version;
    while let Ok(watched) = time::timeout(QUIET, ask(client, &Watch { since })).await {
        let version = watched?.version;
        if version == since {
            break;
        }
        since = version;
    }
    Ok(())
}

/// Opens, and prints the seconds until the first screen's data is there and the memory, in
/// megabytes, once nothing goes on.
pub(crate) fn open(folder: &Path, held: u64) -> Result<()> {
    Runtime::new()?.block_on(async {
        let start = Instant::now();
        let client = open_folder(folder).await?;
        let unlock = Unlock {
            passphrase: PASSPHRASE.to_owned(),
        };
        ask(&client, &unlock).await?;
        let home = ask(&client, &Home {}).await?;
        let seconds = start.elapsed().as_secs_f64();
        ensure!(
            home.counts.held == held,
            "{} items are held, not {held}",
            home.counts.held
        );
        time::sleep(REST).await;
        let memory = megabytes(memory_kib("self", "VmRSS")?);
        client.close().await;
        println!("{seconds} {memory}");
        Ok(())
    })
}

async fn open_folder(folder: &Path) -> Result<Client> {
    Client::open(folder, ClientConfig::default())
        .await
        .map_err(|failure| told("open", &failure))
}

async fn ask<C: Command>(client: &Client, command: &C) -> Result<C::Reply> {
    let answer = client
        .dispatch(C::NAME, to_value(command)?)
        .await
        .map_err(|failure| told(C::NAME, &failure))?;
    Ok(serde_json::from_value(answer)?)
}

fn told(name: &str, failure: &Failure) -> anyhow::Error {
    anyhow!("{name} failed: {failure:?}")
}
