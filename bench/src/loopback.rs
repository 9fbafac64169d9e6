//! A network of four on this machine, for what is measured between its processes.

use anyhow::Result;
use chopmark_replica::Until;
use chopmark_tests::{Author, Network, Places};
use tokio::runtime::Runtime;

use crate::row::Row;

/// Four validators and a device of one of them.
pub(crate) fn on_loopback(
    places: &Places,
    measure: impl AsyncFnOnce(&mut Network, &Author) -> Result<Vec<Row>>,
) -> Result<Vec<Row>> {
    Runtime::new()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let mut network = Network::found(places, &folder.path().join("network")).await?;
        network.serve().await?;
        network.register_prefix().await?;
        let author = Author::join(&network, &folder.path().join("device")).await?;
        author.sign(&[author.commission(&[0])?])?;
        author.send(Until::Final { at_most_ms: 30_000 }).await?;
        let rows = measure(&mut network, &author).await?;
        network.stop().await?;
        Ok(rows)
    })
}
