use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::Network;

/// Checkpoints between the first signature and the change, in one try after the other: the members
/// sign meanwhile, and nobody knows how busy the machine is.
const AHEAD: [u64; 3] = [20, 60, 180];
/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(200);

impl Network {
    /// A firm that made its keys applies, and these members admit it. Answers once it is a
    /// member; its peer can be started then.
    pub async fn admit(&mut self, newcomer: usize, by: &[usize]) -> Result<()> {
        let folder = self.member(newcomer)?.folder().to_path_buf();
        let genesis = self.folder().join("genesis.cbor");
        let application = folder.join("application.cbor");
        let mut apply = self.command()?;
        apply.args(["member", "apply", "--genesis"]).arg(&genesis);
        apply.arg("--root").arg(folder.join("root.key"));
        apply.arg("--out").arg(&application);
        apply.arg("--dir").arg(&folder).run().await?;
        let mut init = self.command()?;
        init.args(["member", "init", "--genesis"]).arg(&genesis);
        init.arg("--dir").arg(&folder).run().await?;
        let words = vec!["member".into(), "admit".into(), application];
        let members = by_now(&self.roster(by).await?, "member") + 1;
        self.agree(by, &words, ("member", members, &[])).await
    }

    /// These members' peers order from now on, and no others; these members sign it. Answers
    /// once it holds.
    pub async fn order_by(&self, validators: &[usize], by: &[usize]) -> Result<()> {
        let mut words: Vec<PathBuf> = vec!["validators".into(), "set".into()];
        let mut names = Vec::new();
        for number in validators {
            let folder = self.member(*number)?.folder();
            let out = folder.join("peer.card");
            let mut card = self.command()?;
            card.args(["validators", "card", "--out"]).arg(&out);
            card.arg("--dir").arg(folder).run().await?;
            words.push(out);
            names.push(self.member(*number)?.name());
        }
        let wanted = ("orders", names.len(), names.as_slice());
        self.agree(by, &words, wanted).await
    }

    /// Members sign the same for the same checkpoint, and wait until the roster has so many lines
    /// of a kind, and these names in them; anew when the checkpoint came before they all had signed.
    async fn agree(
        &self,
        by: &[usize],
        words: &[PathBuf],
        (kind, count, names): (&str, usize, &[&str]),
    ) -> Result<()> {
        let mut why = String::new();
        for ahead in AHEAD {
            let first = *by.first().context("nobody signs")?;
            let height = self.height(first).await? + ahead;
            match self.sign_all(by, words, height).await {
                // Too late is said before it is signed.
                Err(error) => why = format!("{error:#}"),
                Ok(()) => {
                    self.await_height(first, height).await?;
                    why = self.roster(by).await?;
                    let lines = || why.lines().filter(|line| line.starts_with(kind));
                    let named = |name: &&str| lines().any(|line| line.contains(*name));
                    if by_now(&why, kind) == count && names.iter().all(named) {
                        return Ok(());
                    }
                }
            }
        }
        bail!("the members do not come to agree: {why}")
    }

    async fn sign_all(&self, by: &[usize], words: &[PathBuf], height: u64) -> Result<()> {
        for number in by {
            let folder = self.member(*number)?.folder();
            let mut sign = self.command()?;
            for word in words {
                sign.arg(word);
            }
            sign.arg("--root").arg(folder.join("root.key"));
            sign.args(["--height", &height.to_string()]);
            sign.arg("--dir").arg(folder).run().await?;
        }
        Ok(())
    }

    async fn await_height(&self, number: usize, height: u64) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while self.height(number).await? < height {
            if Instant::now() > end {
                bail!(
                    "checkpoint {height} does not come: {}",
                    self.status(number).await?
                );
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Who is a member and who orders, as the first of these says: its words for people.
    async fn roster(&self, by: &[usize]) -> Result<String> {
        let first = *by.first().context("nobody signs")?;
        let mut show = self.command()?;
        show.args(["validators", "show", "--dir"]);
        show.arg(self.member(first)?.folder()).run().await
    }

    /// The newest checkpoint of a peer.
    pub async fn height(&self, number: usize) -> Result<u64> {
        let status = self.status(number).await?;
        let height = status.get("height").and_then(Value::as_u64);
        height.with_context(|| format!("no height in {status}"))
    }
}

/// How many lines of a kind tell what holds now.
fn by_now(roster: &str, kind: &str) -> usize {
    let lines = roster.lines().filter(|line| line.starts_with(kind));
    lines
        .filter(|line| !line.contains("not yet a member"))
        .count()
}
