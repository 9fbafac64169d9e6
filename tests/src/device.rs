use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use chopmark_view::{
    Action, Command as Call, EvidenceBegin, EvidenceFinish, EvidenceView, Failure, Join, Prepare,
    Sign, Signed, Stage, Status, Unlock,
};
use tokio::process::Command;

use crate::{Places, Running};

/// The passphrase of every device in the scenarios.
const PASSPHRASE: &str = "correct horse battery";

/// A phone or desktop: the app's client as a process of its own, driven as its screens do.
#[derive(Debug)]
pub struct Device {
    running: Running,
    base: String,
    token: String,
    folder: PathBuf,
    http: reqwest::Client,
}

impl Device {
    /// Starts the app on a data folder, new or used.
    pub async fn start(places: &Places, folder: &Path) -> Result<Self> {
        let mut command = Command::new(places.program("chopmark-bridge")?);
        command
            .arg("--data")
            .arg(folder)
            .arg("--ui")
            .arg(places.pages("app")?)
            .args(["--port", "0"]);
        if let Some(ports) = places.ports() {
            command.arg("--ports").arg(ports);
        }
        let running = Running::start(command, &folder.with_extension("log")).await?;
        let address = running.ready().to_owned();
        let (base, token) = address
            .split_once("/?token=")
            .with_context(|| format!("unexpected ready line {address:?}"))?;
        Ok(Self {
            base: base.to_owned(),
            token: token.to_owned(),
            folder: folder.to_path_buf(),
            http: reqwest::Client::new(),
            running,
        })
    }

    /// Starts the app, joins by an invitation.
    pub async fn join(places: &Places, folder: &Path, link: &str) -> Result<Self> {
        let device = Self::start(places, folder).await?;
        device
            .call(&Join {
                link: link.to_owned(),
                passphrase: PASSPHRASE.to_owned(),
            })
            .await?;
        Ok(device)
    }

    /// Starts the app on a folder that has joined, and unlocks it.
    pub async fn reopen(places: &Places, folder: &Path) -> Result<Self> {
        let device = Self::start(places, folder).await?;
        if !matches!(device.call(&Status {}).await?.stage, Stage::Open) {
            device
                .call(&Unlock {
                    passphrase: PASSPHRASE.to_owned(),
                })
                .await?;
        }
        Ok(device)
    }

    /// The address of its screens, with the token.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/?token={}", self.base, self.token)
    }

    /// The passphrase that [`Device::join`] chose.
    #[must_use]
    pub fn passphrase(&self) -> &'static str {
        PASSPHRASE
    }

    /// Its data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process behind it.
    #[must_use]
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Calls a command; a failure is an answer too.
    pub async fn try_call<C: Call>(
        &self,
        command: &C,
    ) -> Result<std::result::Result<C::Reply, Failure>> {
        let answer = self
            .http
            .post(format!("{}/call/{}", self.base, C::NAME))
            .header("x-token", &self.token)
            .json(command)
            .send()
            .await
            .with_context(|| format!("calling {}", C::NAME))?;
        read(answer).await
    }

    /// Calls a command that must succeed.
    pub async fn call<C: Call>(&self, command: &C) -> Result<C::Reply> {
        self.try_call(command)
            .await?
            .map_err(|failure| anyhow!("{} failed: {failure:?}", C::NAME))
    }

    /// Prepares and signs.
    pub async fn sign(&self, action: Action) -> Result<Signed> {
        let summary = self.call(&Prepare { action }).await?;
        if summary.lines.is_empty() {
            bail!("the summary of what is signed is empty");
        }
        self.call(&Sign {
            draft: summary.draft,
        })
        .await
    }

    /// Brings a file into the vault in chunks, as the screens do.
    pub async fn attach(
        &self,
        media_type: &str,
        caption: &str,
        bytes: &[u8],
    ) -> Result<EvidenceView> {
        let upload = self
            .call(&EvidenceBegin {
                media_type: media_type.to_owned(),
                length: u64::try_from(bytes.len())?,
                caption: caption.to_owned(),
            })
            .await?;
        for part in bytes.chunks(usize::try_from(upload.chunk)?) {
            let answer = self
                .http
                .post(format!("{}/upload", self.base))
                .header("x-token", &self.token)
                .header("x-upload", &upload.upload)
                .body(part.to_vec())
                .send()
                .await?;
            read::<serde_json::Value>(answer)
                .await?
                .map_err(|failure| anyhow!("upload failed: {failure:?}"))?;
        }
        self.call(&EvidenceFinish {
            upload: upload.upload,
        })
        .await
    }

    /// Kills the app as a power cut would; [`Device::reopen`] starts it again.
    pub async fn crash(&mut self) -> Result<()> {
        self.running.kill().await
    }
}

async fn read<T: serde::de::DeserializeOwned>(
    answer: reqwest::Response,
) -> Result<std::result::Result<T, Failure>> {
    let status = answer.status();
    let text = answer.text().await?;
    if status.is_success() {
        Ok(Ok(
            serde_json::from_str(&text).with_context(|| format!("unexpected answer {text}"))?
        ))
    } else {
        let failure = serde_json::from_str(&text)
            .with_context(|| format!("unexpected failure, {status}: {text}"))?;
        Ok(Err(failure))
    }
}
