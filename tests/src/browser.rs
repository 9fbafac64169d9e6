use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::Places;

/// How long a page may take until it shows what a scenario waits for.
const PATIENCE: Duration = Duration::from_secs(40);

/// How a page is looked at.
#[derive(Clone, Debug)]
pub struct Look {
    /// Width of the screen in CSS pixels.
    pub width: u32,
    /// Height of the screen in CSS pixels.
    pub height: u32,
    /// Dark colours.
    pub dark: bool,
    /// The reader's language, `en` or `zh-CN`.
    pub language: String,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 360,
            height: 740,
            dark: false,
            language: "en".to_owned(),
        }
    }
}

/// A real browser, or the app's real window, driven through WebDriver.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    driver: String,
    // Both go away with the browser.
    _process: Child,
    _profile: TempDir,
}

impl Browser {
    /// Chromium, with a fake camera that plays `video` if one is given.
    pub async fn chromium(look: &Look, video: Option<&Path>) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        let (process, port) = start(command, "successfully on port ").await?;
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--use-fake-ui-for-media-stream".to_owned(),
            "--use-fake-device-for-media-stream".to_owned(),
            format!("--lang={}", look.language),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if let Some(video) = video {
            arguments.push(format!(
                "--use-file-for-fake-video-capture={}",
                video.display()
            ));
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": arguments,
                "prefs": { "intl.accept_languages": look.language },
            },
        });
        let driver = format!("http://127.0.0.1:{port}");
        let browser = Self::session(driver, process, profile, capabilities).await?;
        browser.look(look).await?;
        Ok(browser)
    }

    /// The app's window, through tauri-driver; needs a display.
    pub async fn window(places: &Places, data: &Path) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let tool = places
            .tool("tauri-driver")
            .context("tauri-driver is missing: `cargo xtask setup` installs it")?;
        let port = free_port()?;
        let native = free_port()?;
        let mut command = Command::new(tool);
        command
            .args(["--port", &port.to_string()])
            .args(["--native-port", &native.to_string()])
            .args(["--native-driver", "/usr/bin/WebKitWebDriver"])
            .env("CHOPMARK_DATA", data)
            .env("NO_AT_BRIDGE", "1")
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .kill_on_drop(true);
        let process = command.spawn().context("cannot start tauri-driver")?;
        let capabilities = json!({
            "tauri:options": { "application": places.program("chopmark-app")? },
        });
        let driver = format!("http://127.0.0.1:{port}");
        reachable(port).await?;
        reachable(native).await?;
        Self::session(driver, process, profile, capabilities).await
    }

    async fn session(
        driver: String,
        process: Child,
        profile: TempDir,
        capabilities: Value,
    ) -> Result<Self> {
        let Value::Object(capabilities) = capabilities else {
            bail!("capabilities are an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver)
            .await
            .context("the browser gives no session")?;
        Ok(Self {
            client,
            driver,
            _process: process,
            _profile: profile,
        })
    }

    /// Sets size and colours.
    pub async fn look(&self, look: &Look) -> Result<()> {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await?;
        let scheme = if look.dark { "dark" } else { "light" };
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": [
                { "name": "prefers-color-scheme", "value": scheme },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
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

    /// Cuts or restores the page's network.
    pub async fn offline(&self, offline: bool) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools(
            "Network.emulateNetworkConditions",
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        )
        .await
    }

    /// Opens a page.
    pub async fn open(&self, address: &str) -> Result<()> {
        self.client.goto(address).await?;
        Ok(())
    }

    /// The client underneath, for what has no word here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until an element is there.
    pub async fn wait(&self, css: &str) -> Result<fantoccini::elements::Element> {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => bail!(
                "no {css} on the page ({error}); it shows:\n{}",
                self.text().await?
            ),
        }
    }

    /// Waits until an element shows a text.
    pub async fn wait_text(&self, css: &str, text: &str) -> Result<()> {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let shown = self
                .run(
                    "const e = document.querySelector(arguments[0]); return e ? (e.innerText || e.textContent) : null",
                    vec![json!(css)],
                )
                .await?;
            if shown.as_str().is_some_and(|shown| shown.contains(text)) {
                return Ok(());
            }
            if tokio::time::Instant::now() > until {
                bail!(
                    "{css} does not show {text:?} but {shown}; the page:\n{}",
                    self.text().await?
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Clicks.
    pub async fn click(&self, css: &str) -> Result<()> {
        let element = self.wait(css).await?;
        if element.click().await.is_err() {
            // Something lies over it for a moment, a closing sheet for instance: the page's
            // own click does what the keyboard would do.
            self.run(
                "document.querySelector(arguments[0]).click()",
                vec![json!(css)],
            )
            .await?;
        }
        Ok(())
    }

    /// Clicks the first visible button, link or labelled control that shows a text.
    pub async fn press(&self, words: &str) -> Result<()> {
        let script = "const words = arguments[0];
            const shown = [...document.querySelectorAll('button, a, label')].find(e =>
                e.offsetParent !== null && !e.disabled
                && (e.innerText.includes(words) || (e.getAttribute('aria-label') || '').includes(words)));
            if (!shown) return false;
            shown.scrollIntoView({ block: 'center' });
            shown.click();
            return true";
        let until = tokio::time::Instant::now() + PATIENCE;
        while self.run(script, vec![json!(words)]).await? != json!(true) {
            if tokio::time::Instant::now() > until {
                bail!(
                    "nothing to press shows {words:?}; the page:\n{}",
                    self.text().await?
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Holds Space on the button that signs, as a person at a keyboard does.
    pub async fn hold_to_sign(&self) -> Result<()> {
        self.wait("button.sign:not([disabled])").await?;
        self.run("document.querySelector('button.sign').focus()", vec![])
            .await?;
        let hold = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: ' ' })
            .then(KeyAction::Pause {
                duration: Duration::from_millis(1500),
            })
            .then(KeyAction::Up { value: ' ' });
        self.client.perform_actions(hold).await?;
        Ok(())
    }

    /// Replaces the text of a field.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let element = self.wait(css).await?;
        element.clear().await?;
        element.send_keys(text).await?;
        Ok(())
    }

    /// Chooses a file in a file field.
    pub async fn choose_file(&self, css: &str, file: &Path) -> Result<()> {
        let element = self.wait(css).await?;
        element
            .send_keys(file.to_str().context("the path is not text")?)
            .await?;
        Ok(())
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Waits until a script in the page gives `true`.
    pub async fn wait_true(&self, script: &str) -> Result<()> {
        let until = tokio::time::Instant::now() + PATIENCE;
        while self.run(script, vec![]).await? != json!(true) {
            if tokio::time::Instant::now() > until {
                bail!("never true: {script}; the page:\n{}", self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// All text of the page.
    pub async fn text(&self) -> Result<String> {
        let text = self
            .run(
                "return document.body ? document.body.innerText : ''",
                vec![],
            )
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
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

    /// Saves the whole page as PNG, also what lies below the screen's edge.
    pub async fn picture(&self, look: &Look, path: &Path) -> Result<()> {
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
        .await?;
        self.screenshot(path).await
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

    /// Closes the browser.
    pub async fn close(self) -> Result<()> {
        self.client.clone().close().await?;
        Ok(())
    }
}

/// Starts a driver and reads the port that it chose from its first lines.
async fn start(mut command: Command, before_port: &str) -> Result<(Child, u16)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {:?}", command.as_std().get_program()))?;
    let output = child.stdout.take().context("the driver has no output")?;
    let mut lines = BufReader::new(output).lines();
    let port = timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await? {
            let digits = line
                .split_once(before_port)
                .map(|(_, rest)| rest.trim_end_matches('.'));
            if let Some(port) = digits.and_then(|digits| digits.parse().ok()) {
                return Ok(port);
            }
        }
        bail!("the driver ended")
    })
    .await
    .context("the driver does not answer")??;
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, port))
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}

async fn reachable(port: u16) -> Result<()> {
    let until = tokio::time::Instant::now() + PATIENCE;
    while tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .is_err()
    {
        if tokio::time::Instant::now() > until {
            bail!("nothing answers on port {port}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
