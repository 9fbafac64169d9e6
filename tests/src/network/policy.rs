//! The policy that members agree on.

use std::{fs, path::Path, time::Duration};

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep};

use super::Network;

/// How long members may take to hear what the others want.
const PATIENCE: Duration = Duration::from_secs(60);
/// Checkpoints until the amendment holds: each who signs may make one.
const AHEAD: u64 = 12;

impl Network {
    /// These members amend the policy by one line, and wait until it is in force at every peer.
    pub async fn amend_policy(&self, by: &[usize], line: &str) -> Result<()> {
        let first = by.first().copied().unwrap_or_default();
        let file = self.folder().join("policy.toml");
        // Lines of tables come last.
        let amended = format!("{line}\n{}", self.policy(first).await?);
        fs::write(&file, amended)?;
        let from = (self.height(first).await? + AHEAD).to_string();
        for member in by {
            self.propose(*member, &file, &["--height", &from]).await?;
        }
        let end = Instant::now() + PATIENCE;
        for peer in self.running() {
            while !self.policy(peer).await?.contains(line) {
                ensure!(Instant::now() < end, "peer {peer} does not have {line}");
                // Each time that one says it anew is a checkpoint more.
                self.propose(first, &file, &["--height", &from]).await?;
                sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    async fn propose(&self, member: usize, file: &Path, how: &[&str]) -> Result<()> {
        let mut propose = self.command()?;
        propose.args(["policy", "propose"]).arg(file);
        propose.args(how.iter().copied());
        propose.arg("--dir").arg(self.member(member)?.folder());
        propose.run().await.map(drop)
    }

    async fn policy(&self, number: usize) -> Result<String> {
        let mut show = self.command()?;
        show.args(["policy", "show", "--dir"]);
        show.arg(self.member(number)?.folder()).run().await
    }
}
