use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use chopmark_replica::{Store, Strength, unlock_wait_ms};
use chopmark_view::{
    Activities, Assets, Command, Discard, Done, EvidenceBegin, EvidenceFinish, Failure,
    ForgetSecrets, Found, FrameFeed, FrameShow, Home, ImportBad, ImportBegin, ImportChunk,
    ImportColumns, ImportRead, ImportSign, ImportStep, ImportStop, Join, Joined, Labels, Lock,
    Lookup, MakePickupCode, Members, Outbox, Param, Prepare, Products, Recall, Recent, SaveLabels,
    SendNow, Sign, Stage, Status, StatusView, Subject, Unlock, UploadState, Watch, Watched,
};
use serde_json::Value;
use tokio::sync::{Mutex, RwLock};

use crate::desk::{Around, Desk};
use crate::join::NewKeys;
use crate::places::{Places, Ports};
use crate::stir::Stir;
use crate::trouble::{self, Trouble};
use crate::{failure, join, lookup, passphrase, print};

/// How a client runs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// What the passphrase's key derivation costs, for a new replica.
    pub strength: Strength,
    /// How far this machine's clock is from the real one, in milliseconds: 0 but in tests of
    /// wrong clocks.
    pub clock_offset_ms: i64,
    /// The system's folder for downloads, where `save-labels` writes; none where the screens
    /// run in a browser, which saves by itself.
    pub downloads: Option<PathBuf>,
    /// The world's ports: `lib/ports.json` of npm's `sea-ports`. With it a UN/LOCODE that
    /// somebody types is a port with its name and position.
    pub ports: Ports,
}

impl Default for ClientConfig {
    fn default() -> Self {
        let phone = cfg!(any(target_os = "android", target_os = "ios"));
        Self {
            strength: if phone {
                Strength::Phone
            } else {
                Strength::Desktop
            },
            clock_offset_ms: 0,
            downloads: None,
            ports: Ports::None,
        }
    }
}

/// The app without its window: one for each data folder. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    clock: Clock,
    strength: Strength,
    downloads: Option<PathBuf>,
    places: Arc<Places>,
    /// Everything, while it is unlocked.
    desk: RwLock<Option<Arc<Desk>>>,
    /// Held while joining or unlocking, with the keys of a join that did not end well.
    opening: Mutex<Option<NewKeys>>,
    stir: Stir,
}

/// This device's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    offset_ms: i64,
}

impl Clock {
    /// How far it is set from the machine's.
    pub(crate) fn offset_ms(self) -> i64 {
        self.offset_ms
    }

    /// Milliseconds since 1970, as this device claims.
    pub(crate) fn now_ms(self) -> u64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        u64::try_from(since.as_millis())
            .unwrap_or(u64::MAX)
            .saturating_add_signed(self.offset_ms)
    }
}

impl Client {
    /// Opens a data folder. Nothing is unlocked yet.
    ///
    /// # Errors
    ///
    /// `internal` when the folder cannot be made.
    pub async fn open(folder: &Path, config: ClientConfig) -> Result<Self, Failure> {
        tokio::fs::create_dir_all(folder)
            .await
            .map_err(|error| trouble::internal(error.to_string()))?;
        let inner = Inner {
            folder: folder.to_owned(),
            clock: Clock {
                offset_ms: config.clock_offset_ms,
            },
            strength: config.strength,
            downloads: config.downloads,
            places: Arc::new(Places::load(&config.ports)),
            desk: RwLock::new(None),
            opening: Mutex::new(None),
            stir: Stir::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Does what a command of the screens asks: `name` is [`Command::NAME`], `args` the
    /// command as JSON, and the answer its [`Command::Reply`].
    ///
    /// # Errors
    ///
    /// A [`Failure`] whose code is one of [`FAILURES`](crate::FAILURES).
    pub async fn dispatch(&self, name: &str, args: Value) -> Result<Value, Failure> {
        match name {
            Status::NAME => reply::<Status>(self.status().await),
            Join::NAME => reply::<Join>(self.join(parse(args)?).await),
            Unlock::NAME => reply::<Unlock>(self.unlock(parse(args)?).await),
            Lock::NAME => reply::<Lock>(self.lock().await),
            Watch::NAME => reply::<Watch>(self.watch(&parse(args)?).await),
            Lookup::NAME => self.lookup(parse(args)?).await,
            SendNow::NAME => {
                let desk = self.desk().await?;
                reply::<SendNow>(desk.send_now().await)
            }
            Home::NAME => self.ask::<Home>(args, |desk, _| desk.home()).await,
            Members::NAME => self.ask::<Members>(args, |desk, _| desk.members()).await,
            Products::NAME => self.ask::<Products>(args, |desk, _| desk.products()).await,
            Recent::NAME => {
                self.ask::<Recent>(args, |desk, recent| desk.recent(recent.limit))
                    .await
            }
            Subject::NAME => {
                self.ask::<Subject>(args, |desk, subject| desk.subject(&subject.subject))
                    .await
            }
            Recall::NAME => {
                self.ask::<Recall>(args, |desk, recall| desk.recall(&recall))
                    .await
            }
            Activities::NAME => {
                self.ask::<Activities>(args, |desk, about| desk.activities(&about.subjects))
                    .await
            }
            Assets::NAME => self.ask::<Assets>(args, |desk, _| desk.assets()).await,
            Outbox::NAME => self.ask::<Outbox>(args, |desk, _| desk.outbox()).await,
            Prepare::NAME => {
                self.ask::<Prepare>(args, |desk, prepare| desk.prepare(&prepare.action))
                    .await
            }
            Sign::NAME => {
                self.ask::<Sign>(args, |desk, sign| desk.sign(&sign.draft))
                    .await
            }
            Discard::NAME => {
                self.ask::<Discard>(args, |desk, discard| desk.discard(&discard.draft))
                    .await
            }
            MakePickupCode::NAME => {
                self.ask::<MakePickupCode>(args, |desk, make| desk.make_pickup_code(&make.subject))
                    .await
            }
            Labels::NAME => {
                self.ask::<Labels>(args, |desk, labels| desk.labels(&labels))
                    .await
            }
            SaveLabels::NAME => {
                let folder = self.inner.downloads.clone();
                self.ask::<SaveLabels>(args, move |desk, labels| {
                    let folder = folder.ok_or_else(|| failure::NO_DOWNLOADS.failure([]))?;
                    let labels = Labels {
                        subjects: labels.subjects,
                        under_seals: labels.under_seals,
                    };
                    print::save(&folder, &desk.labels(&labels)?.sheets)
                })
                .await
            }
            ForgetSecrets::NAME => {
                self.ask::<ForgetSecrets>(args, |desk, forget| {
                    desk.forget_secrets(&forget.subjects)
                })
                .await
            }
            FrameShow::NAME => {
                self.ask::<FrameShow>(args, |desk, show| desk.frame_show(&show.record))
                    .await
            }
            FrameFeed::NAME => {
                self.ask::<FrameFeed>(args, |desk, feed| desk.frame_feed(&feed.text))
                    .await
            }
            EvidenceBegin::NAME => {
                self.ask::<EvidenceBegin>(args, |desk, begin| desk.evidence_begin(&begin))
                    .await
            }
            EvidenceFinish::NAME => {
                self.ask::<EvidenceFinish>(args, |desk, finish| {
                    desk.evidence_finish(&finish.upload)
                })
                .await
            }
            ImportBegin::NAME => {
                self.ask::<ImportBegin>(args, |desk, begin| desk.import_begin(&begin))
                    .await
            }
            ImportChunk::NAME => {
                self.ask::<ImportChunk>(args, |desk, chunk| desk.import_chunk(&chunk))
                    .await
            }
            ImportColumns::NAME => {
                self.ask::<ImportColumns>(args, |desk, of| desk.import_columns(&of))
                    .await
            }
            ImportRead::NAME => {
                self.ask::<ImportRead>(args, |desk, read| desk.import_read(&read))
                    .await
            }
            ImportStep::NAME => {
                let step: ImportStep = parse(args)?;
                let desk = self.desk().await?;
                desk.import_ask(&step).await?;
                reply::<ImportStep>(blocking(move || desk.import_step(&step)).await)
            }
            ImportSign::NAME => {
                self.ask::<ImportSign>(args, |desk, sign| desk.import_sign(&sign))
                    .await
            }
            ImportBad::NAME => {
                self.ask::<ImportBad>(args, |desk, bad| desk.import_bad(&bad))
                    .await
            }
            ImportStop::NAME => {
                self.ask::<ImportStop>(args, |desk, stop| desk.import_stop(&stop))
                    .await
            }
            _ => Err(failure::UNKNOWN_COMMAND.failure([("command", Param::Text(name.to_owned()))])),
        }
    }

    /// The next bytes of an upload that `evidence-begin` started.
    ///
    /// # Errors
    ///
    /// `upload-unknown`, `upload-overlong`, `chunk-too-large`, or what the disk says.
    pub async fn evidence_chunk(&self, upload: &str, bytes: &[u8]) -> Result<UploadState, Failure> {
        let (desk, upload, bytes) = (self.desk().await?, upload.to_owned(), bytes.to_vec());
        blocking(move || desk.evidence_chunk(&upload, &bytes)).await
    }

    /// Plaintext of a piece of evidence from `offset` on, at most 1 MiB; empty at the end.
    ///
    /// # Errors
    ///
    /// `evidence-unknown`, `evidence-absent`, `evidence-damaged`.
    pub async fn evidence_read(&self, id: &str, offset: u64) -> Result<Vec<u8>, Failure> {
        let (desk, id) = (self.desk().await?, id.to_owned());
        blocking(move || desk.evidence_read(&id, offset)).await
    }

    /// Stops everything that runs behind this client. What was acknowledged is on disk
    /// without this, too.
    pub async fn close(&self) {
        if let Some(desk) = self.inner.desk.write().await.take() {
            desk.close().await;
        }
    }

    async fn status(&self) -> Result<StatusView, Failure> {
        let stage = if self.inner.desk.read().await.is_some() {
            Stage::Open
        } else if Store::exists(&self.inner.folder) {
            let network = join::network_name(&self.inner.folder);
            Stage::Locked {
                wait_ms: unlock_wait_ms(&self.inner.folder),
                network,
            }
        } else {
            Stage::New
        };
        Ok(StatusView {
            stage,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    async fn join(&self, join: Join) -> Result<Joined, Failure> {
        passphrase::check(&join.passphrase)?;
        let mut keys = self.inner.opening.lock().await;
        if Store::exists(&self.inner.folder) {
            return Err(failure::ALREADY_JOINED.failure([]));
        }
        let how = join::How {
            folder: &self.inner.folder,
            passphrase: &join.passphrase,
            strength: self.inner.strength,
        };
        let new = match keys.take() {
            Some(new) => keys.insert(new),
            None => keys.insert(NewKeys::generate()?),
        };
        let replica = join::join(&join.link, new, how).await?;
        *keys = None;
        let around = self.around();
        let desk = blocking(move || Desk::open(replica, around)).await?;
        desk.link().first_sync().await;
        let joined = desk.joined()?;
        *self.inner.desk.write().await = Some(desk);
        self.inner.stir.bump();
        Ok(joined)
    }

    fn around(&self) -> Around {
        Around {
            clock: self.inner.clock,
            stir: self.inner.stir.clone(),
            places: self.inner.places.clone(),
        }
    }

    async fn unlock(&self, unlock: Unlock) -> Result<Done, Failure> {
        let _one_at_a_time = self.inner.opening.lock().await;
        if self.inner.desk.read().await.is_some() {
            return Ok(Done {});
        }
        let (folder, around) = (self.inner.folder.clone(), self.around());
        let desk = blocking(move || {
            let replica = join::open(&folder, &unlock.passphrase)?;
            Desk::open(replica, around)
        })
        .await
        .map_err(
            |failure| match failure.code == failure::WRONG_PASSPHRASE.key() {
                true => trouble::wrong_passphrase(unlock_wait_ms(&self.inner.folder)),
                false => failure,
            },
        )?;
        *self.inner.desk.write().await = Some(desk);
        self.inner.stir.bump();
        Ok(Done {})
    }

    async fn lock(&self) -> Result<Done, Failure> {
        self.close().await;
        self.inner.stir.bump();
        Ok(Done {})
    }

    async fn watch(&self, watch: &Watch) -> Result<Watched, Failure> {
        Ok(Watched {
            version: self.inner.stir.wait(watch.since).await,
        })
    }

    async fn lookup(&self, lookup: Lookup) -> Result<Value, Failure> {
        let open = self.inner.desk.read().await.clone();
        match open {
            Some(desk) => reply::<Lookup>(look_up(desk, lookup.text).await),
            None if Store::exists(&self.inner.folder) => Err(failure::LOCKED.failure([])),
            None => reply::<Lookup>(lookup::before_joining(&lookup.text)),
        }
    }

    async fn desk(&self) -> Result<Arc<Desk>, Failure> {
        match &*self.inner.desk.read().await {
            Some(desk) => Ok(desk.clone()),
            None if Store::exists(&self.inner.folder) => Err(failure::LOCKED.failure([])),
            None => Err(failure::NOT_JOINED.failure([])),
        }
    }

    /// Answers a command from the open replica, off the async runtime.
    async fn ask<C>(
        &self,
        args: Value,
        answer: impl FnOnce(&Desk, C) -> Result<C::Reply, Trouble> + Send + 'static,
    ) -> Result<Value, Failure>
    where
        C: Command + Send + 'static,
        C::Reply: Send + 'static,
    {
        let command: C = parse(args)?;
        let desk = self.desk().await?;
        reply::<C>(blocking(move || answer(&desk, command)).await)
    }
}

/// What is known of a code here, or of an unused thing of a run once a peer has shown which.
async fn look_up(desk: Arc<Desk>, text: String) -> Result<Found, Failure> {
    let (here, wanted) = (desk.clone(), text.clone());
    let found = blocking(move || here.lookup(&wanted)).await?;
    if matches!(found, Found::UnknownCode { .. }) && desk.ask_about(&text).await? {
        return blocking(move || desk.lookup(&text)).await;
    }
    Ok(found)
}

/// Runs what blocks on disk or computes for long where it does not hold up others.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(Failure::from),
        Err(error) => Err(trouble::internal(error.to_string())),
    }
}

fn parse<C: Command>(args: Value) -> Result<C, Failure> {
    serde_json::from_value(args).map_err(|error| {
        failure::BAD_ARGUMENTS.failure([
            ("command", Param::Text(C::NAME.to_owned())),
            ("detail", Param::Text(error.to_string())),
        ])
    })
}

fn reply<C: Command>(result: Result<C::Reply, Failure>) -> Result<Value, Failure> {
    serde_json::to_value(result?).map_err(|error| trouble::internal(error.to_string()))
}
