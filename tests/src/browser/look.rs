use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Browser, PATIENCE};

/// How a page is looked at.
#[derive(Clone, Debug)]
pub struct Look {
    /// Width of the screen in CSS pixels.
    pub width: u32,
    /// Height of the screen in CSS pixels.
    pub height: u32,
    /// Dark colours.
    pub dark: bool,
    /// As it is printed.
    pub paper: bool,
    /// The reader's language, `en` or `zh-CN`.
    pub language: String,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 360,
            height: 740,
            dark: false,
            paper: false,
            language: "en".to_owned(),
        }
    }
}

impl Browser {
    /// Sets size, colours and medium.
    pub async fn look(&self, look: &Look) -> Result<()> {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await?;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = if look.paper { "print" } else { "" };
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "media": media, "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        )
        .await
    }

    /// Lets pages run scripts, or not, as in a viewer inside another app.
    pub async fn scripts(&self, on: bool) -> Result<()> {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !on }),
        )
        .await
    }

    /// Lets nothing through to addresses of these forms; everything again if there are none.
    pub async fn block(&self, forms: &[&str]) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setBlockedURLs", json!({ "urls": forms }))
            .await
    }

    /// Cuts or restores the page's network.
    pub async fn offline(&self, offline: bool) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools(
            "Network.emulateNetworkConditions",
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        )
        .await
    }

    /// Chromium's own protocol, for what WebDriver does not have.
    async fn devtools(&self, command: &str, parameters: Value) -> Result<()> {
        let session = self.client.session_id().await?.context("no session")?;
        let answer = reqwest::Client::new()
            .post(format!(
                "{}/session/{session}/goog/cdp/execute",
                self.driver
            ))
            .json(&json!({ "cmd": command, "params": parameters }))
            .send()
            .await?;
        if !answer.status().is_success() {
            bail!("{command}: {}", answer.text().await?);
        }
        Ok(())
    }

    /// Saves what is seen as PNG.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, self.client.screenshot().await?)?;
        Ok(())
    }

    /// Waits until the page no longer changes: the same text twice, nothing busy.
    pub async fn still(&self) -> Result<()> {
        let until = tokio::time::Instant::now() + PATIENCE;
        let mut before = String::new();
        loop {
            let busy = self
                .run(
                    "return !!document.querySelector('.spin, [aria-busy=true]') || document.fonts.status !== 'loaded'",
                    vec![],
                )
                .await?;
            let text = self.text().await?;
            if busy == json!(false) && !text.is_empty() && text == before {
                return Ok(());
            }
            if tokio::time::Instant::now() > until {
                bail!("the page does not come to rest:\n{text}");
            }
            before = text;
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    /// Makes the screen as high as the page, so that no bar lies over what would be scrolled.
    pub async fn whole(&self, look: &Look) -> Result<()> {
        let height = self
            .run("return document.documentElement.scrollHeight", vec![])
            .await?;
        let height = height
            .as_u64()
            .and_then(|height| u32::try_from(height).ok())
            .unwrap_or(look.height)
            .clamp(look.height, 4_000);
        self.look(&Look {
            height,
            ..look.clone()
        })
        .await
    }

    /// Checks the page with axe-core; returns what it found, a line each.
    pub async fn axe(&self, source: &str) -> Result<Vec<String>> {
        // Installed through the devtools path: the pages forbid scripts that are not theirs.
        self.run(source, vec![]).await?;
        self.run(
            "window.axeFound = null;
             axe.run(document, { iframes: false, preload: false, rules: { 'target-size': { enabled: true } } })
               .then(r => { window.axeFound = r.violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')); })
               .catch(e => { window.axeFound = ['axe failed: ' + e]; });",
            vec![],
        )
        .await?;
        let until = tokio::time::Instant::now() + PATIENCE;
        let found = loop {
            let found = self.run("return window.axeFound", vec![]).await?;
            if !found.is_null() {
                break found;
            }
            if tokio::time::Instant::now() > until {
                bail!("axe gives no answer");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        Ok(serde_json::from_value(found)?)
    }
}
