//! The policy that members agree on.

use std::{fs, time::Duration};

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep};

use super::Network;

/// How long members may take to hear what the others want.
const PATIENCE: Duration = Duration::from_secs(60);

impl Network {
    /// These members amend the policy by one line, and wait until it is in force at every peer.
    pub async fn amend_policy(&self, by: &[usize], line: &str) -> Result<()> {
        let first = by.first().copied().unwrap_or_default();
        let file = self.folder().join("policy.toml");
        // Lines of tables come last.
        let amended = format!("{line}\n{}", self.policy(first).await?);
        fs::write(&file, amended)?;
        for member in by {
            let mut propose = self.command()?;
            propose.args(["policy", "propose"]).arg(&file);
            propose.arg("--dir").arg(self.member(*member)?.folder());
            propose.run().await?;
        }
        let end = Instant::now() + PATIENCE;
        for peer in self.running() {
            while !self.policy(peer).await?.contains(line) {
                ensure!(Instant::now() < end, "peer {peer} does not have {line}");
                sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    async fn policy(&self, number: usize) -> Result<String> {
        let mut show = self.command()?;
        show.args(["policy", "show", "--dir"]);
        show.arg(self.member(number)?.folder()).run().await
    }
}
