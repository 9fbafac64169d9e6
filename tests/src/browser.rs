use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Places;

mod driver;
mod look;

use driver::Driver;
pub use look::Look;

/// How long a page may take until it shows what a scenario waits for.
const PATIENCE: Duration = Duration::from_secs(40);

/// A real browser, or the app's real window, driven through WebDriver.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    driver: String,
    // Both go away with the browser, however the test ends.
    _process: Driver,
    profile: TempDir,
}

impl Browser {
    /// Chromium, with a fake camera that plays `video` if one is given.
    pub async fn chromium(look: &Look, video: Option<&Path>) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        let (process, port) = Driver::start_and_ask(&command, "successfully on port ").await?;
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
        let downloads = profile.path().join("downloads");
        std::fs::write(
            profile.path().join("user-dirs.dirs"),
            format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display()),
        )?;
        let port = free_port()?;
        let native = free_port()?;
        let mut command = Command::new(tool);
        command
            .args(["--port", &port.to_string()])
            .args(["--native-port", &native.to_string()])
            .args(["--native-driver", "/usr/bin/WebKitWebDriver"])
            .env("CHOPMARK_DATA", data)
            // WebKit's own moving picture stands for a camera.
            .env("CHOPMARK_MOCK_CAMERA", "1")
            // Names the folder for downloads, as a desktop does.
            .env("XDG_CONFIG_HOME", profile.path())
            .env("NO_AT_BRIDGE", "1")
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
        if let Some(ports) = places.ports() {
            command.env("CHOPMARK_PORTS", ports);
        }
        let process = Driver::start(&command)?;
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
        process: Driver,
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
            profile,
        })
    }

    /// Opens a page.
    pub async fn open(&self, address: &str) -> Result<()> {
        self.client.goto(address).await?;
        Ok(())
    }

    /// Where the window saves files.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.profile.path().join("downloads")
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

    /// Clicks the first visible button, link or labelled control that shows a text, once it can be
    /// pressed: one that is busy takes no press.
    pub async fn press(&self, words: &str) -> Result<()> {
        let script = "const words = arguments[0];
            const shown = [...document.querySelectorAll('button, a, label, summary')].find(e =>
                e.offsetParent !== null && !e.disabled && e.getAttribute('aria-busy') !== 'true'
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

    /// Closes the browser.
    pub async fn close(self) -> Result<()> {
        self.client.clone().close().await?;
        Ok(())
    }
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
