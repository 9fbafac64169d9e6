//! The store and the ledger together: what is on disk, what follows from it, and the one door
//! through which either changes.

mod advance;
mod append;
mod ask;
mod begun;
mod checked;
mod gap;
mod held;
mod intake;
mod late;
mod order;
mod others;
mod outgoing;
mod prepared;
mod resting;
mod room;
#[cfg(test)]
mod tests;
mod trace;
mod unverified;

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chopmark_core::{
    BlockError, CatchUpError, Checkpoint, CheckpointError, Descent, DetachedPending, DeviceId,
    Genesis, GenesisError, Header, Height, Ledger, Lineage, NetworkId, PartyKind, PassedError,
    Pending, PendingError, SignedBlock, VerifiedBlock, VerifiedCheckpoint,
};
use tokio::sync::watch;

use crate::lock::Lock;
use crate::runs::{Runs, RunsError};
use crate::store::{Instance, Number, Slot, Store, StoreError};
use crate::vault::{Vault, VaultError};
use held::Held;
use unverified::Waiting;

pub use advance::{Ordered, Status, WhenIdle};
pub use append::AppendError;
pub use ask::{OutboxEntry, OutboxStage, Place};
pub use begun::RunBegun;
pub use intake::{NotTaken, TakenIn};
pub(crate) use late::Handout;
pub use order::Judged;
pub(crate) use others::is_for_now;
pub(crate) use outgoing::Addressee;
pub use trace::Traced;

/// The facts that a replica keeps in its store.
const GENESIS: &str = "genesis";
const NETWORK: &str = "network";
/// Locked while a process has the replica open, so that two never write with two states in mind.
const IN_USE_FILE: &str = "in-use";
/// The folder of evidence beside the database.
const EVIDENCE_FOLDER: &str = "evidence";
/// The folder of run lists beside it.
const RUNS_FOLDER: &str = "runs";

/// Why a replica could not be opened or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplicaError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of evidence.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A list of a run.
    #[error(transparent)]
    Runs(#[from] RunsError),
    /// Another process has it open.
    #[error("{} is open in another process: close that one first", folder.display())]
    InUse {
        /// The replica's folder.
        folder: PathBuf,
    },
    /// The stored genesis is not one: the store was made by something else.
    #[error("the stored genesis is not valid ({0}): start with an empty folder and join again")]
    Genesis(#[from] GenesisError),
    /// This device's key alone does not make the next checkpoint: others order, or others too.
    #[error("this key does not order this network by itself ({0}): set order = \"none\"")]
    NotValidator(CheckpointError),
    /// Another peer's snapshot is not taken over.
    #[error("another peer's snapshot is not taken: {0}")]
    CatchUp(#[from] CatchUpError),
    /// What another peer sent to fill the log is not of it.
    #[error("what another peer sent to fill the log is not taken: {0}")]
    Passed(#[from] PassedError),
    /// A stored block does not verify, although its row opened: written by a defect.
    #[error("stored item {} is not a valid block ({source}): it is fetched again at the next sync", number.get())]
    Block {
        /// Its number of arrival.
        number: Number,
        /// What is wrong with it.
        source: BlockError,
    },
    /// A stored checkpoint does not verify, although its row opened: written by a defect.
    #[error("stored item {} is not a valid checkpoint ({source}): it is fetched again at the next sync", number.get())]
    Checkpoint {
        /// Its number of arrival.
        number: Number,
        /// What is wrong with it.
        source: CheckpointError,
    },
}

/// One replica: a handle that is cheap to clone. Its methods block on disk and on each other:
/// call them off the async runtime.
#[derive(Clone)]
pub struct Replica(Arc<Inner>);

struct Inner {
    store: Store,
    vault: Vault,
    runs: Runs,
    genesis: Genesis,
    kind: PartyKind,
    copy: Mutex<Copy>,
    /// Signatures that other sessions have checked.
    checked: checked::Checked,
    /// Runs that begin.
    begun: begun::Begun,
    /// Which slots are peers', as far as was asked: a slot is never another one's.
    origins: Mutex<BTreeMap<Slot, Option<DeviceId>>>,
    /// The newest number of arrival, for those who pass arrivals on or show them.
    arrivals: watch::Sender<Number>,
    /// Whether the log has a gap, for those who can fill it.
    has_gap: watch::Sender<bool>,
    /// Held for the lock on it.
    _in_use: File,
}

/// What is in memory. It follows from the store, and is rebuilt from it after a failed write.
struct Copy {
    ledger: Ledger,
    /// What came of what, up to the newest checkpoint.
    lineage: Lineage,
    /// The overlay of everything held, made anew when the ledger has moved: at once, or with many
    /// blocks open after a few checkpoints that it foresaw.
    pending: Option<DetachedPending>,
    /// Checkpoints since the overlay was made.
    foreseen: usize,
    held: Held,
    /// Checkpoints that are stored and wait for one before them or for a block.
    checkpoints: BTreeMap<Height, Stored>,
    /// Checkpoints that are not stored, since nobody knows yet whose they should be.
    unverified: Waiting,
    /// Checkpoints that were run here and are not final.
    drafts: order::Drafts,
    /// Blocks that a snapshot passed over and that are not here yet.
    gap: Option<gap::Gap>,
    /// Records applied since the last snapshot.
    unsaved_records: usize,
    /// A write failed after memory had changed: memory is ahead of the disk, and is read anew
    /// before anything else is written.
    stale: bool,
}

/// A checkpoint that is on disk.
enum Stored {
    /// It verified when it came.
    Verified(Box<VerifiedCheckpoint>),
    /// Read back at a start: it is checked again when its validators are known.
    Read(Number, Box<Checkpoint>),
}

impl Stored {
    fn checkpoint(&self) -> &Checkpoint {
        match self {
            Self::Verified(checkpoint) => checkpoint.checkpoint(),
            Self::Read(_, checkpoint) => checkpoint,
        }
    }

    fn header(&self) -> &Header {
        self.checkpoint().header()
    }
}

impl Replica {
    /// Makes a replica of a network in `folder`.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one already, and what the disk says.
    pub fn create(
        folder: &Path,
        lock: Lock<'_>,
        genesis: &Genesis,
        kind: PartyKind,
    ) -> Result<Self, ReplicaError> {
        let in_use = claim(folder)?;
        let store = Store::create(folder, lock)?;
        let mut batch = store.batch()?;
        batch.put_fact(GENESIS, genesis.to_bytes())?;
        batch.put_fact(NETWORK, genesis.id().as_bytes())?;
        batch.commit()?;
        Self::start(store, genesis.clone(), kind, in_use)
    }

    /// Opens the replica in `folder`: the newest snapshot, and what came after it replayed.
    ///
    /// # Errors
    /// [`ReplicaError`], each with what to do.
    pub fn open(folder: &Path, lock: Lock<'_>, kind: PartyKind) -> Result<Self, ReplicaError> {
        if !Store::exists(folder) {
            return Err(StoreError::Missing {
                path: folder.to_owned(),
            }
            .into());
        }
        let in_use = claim(folder)?;
        let store = Store::open(folder, lock)?;
        let missing = |fact: &str| StoreError::DamagedRow {
            table: "meta",
            row: fact.to_owned(),
        };
        let bytes = store.fact(GENESIS)?.ok_or_else(|| missing(GENESIS))?;
        let network = store
            .fact(NETWORK)?
            .and_then(|id| id.try_into().ok())
            .ok_or_else(|| missing(NETWORK))?;
        // Its signatures were checked before `create`, and the rows were sealed since.
        let genesis = Genesis::from_pinned_bytes(&bytes, NetworkId::from_bytes(network))?;
        Self::start(store, genesis, kind, in_use)
    }

    fn start(
        mut store: Store,
        genesis: Genesis,
        kind: PartyKind,
        in_use: File,
    ) -> Result<Self, ReplicaError> {
        if kind == PartyKind::Peer {
            store.pass_on();
        }
        let vault = Vault::open(&store.folder().join(EVIDENCE_FOLDER))?;
        let copy = Copy::load(&store, &genesis)?;
        let newest = store.newest()?;
        let has_gap = copy.gap.is_some();
        let runs = Runs::in_folder(&store.folder().join(RUNS_FOLDER));
        Ok(Self(Arc::new(Inner {
            store,
            vault,
            runs,
            genesis,
            kind,
            copy: Mutex::new(copy),
            checked: checked::Checked::default(),
            begun: begun::Begun::new(),
            origins: Mutex::default(),
            arrivals: watch::Sender::new(newest),
            has_gap: watch::Sender::new(has_gap),
            _in_use: in_use,
        })))
    }

    /// The database, for what this handle does not offer: notes, peers, evidence states.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The evidence beside it.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The lists of this member's runs.
    #[must_use]
    pub fn runs(&self) -> &Runs {
        &self.0.runs
    }

    /// The network's beginning.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.0.genesis
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> NetworkId {
        self.0.genesis.id()
    }

    /// Which copy this is.
    #[must_use]
    pub fn instance(&self) -> Instance {
        self.0.store.instance()
    }

    /// Whether a device's or a peer's.
    #[must_use]
    pub fn kind(&self) -> PartyKind {
        self.0.kind
    }

    /// The newest number of arrival, and every newer one.
    #[must_use]
    pub fn arrivals(&self) -> watch::Receiver<Number> {
        self.0.arrivals.subscribe()
    }

    /// Asks the final state.
    pub fn read_final<T>(&self, ask: impl FnOnce(&Ledger) -> T) -> T {
        ask(&self.copy().ledger)
    }

    /// Asks the final state and the pending overlay on it. Inside `ask` the store may be read and
    /// written, and this replica itself must not be called: its memory is locked.
    pub fn read<T>(&self, ask: impl FnOnce(&Ledger, &Pending<'_>) -> T) -> T {
        self.copy()
            .with_pending(|ledger, pending, _| ask(ledger, pending))
    }

    /// The copy in memory, read anew from the disk if a write failed before.
    fn writable(&self) -> Result<MutexGuard<'_, Copy>, ReplicaError> {
        let mut copy = self.copy();
        if copy.stale {
            *copy = Copy::load(&self.0.store, &self.0.genesis)?;
        }
        Ok(copy)
    }

    fn copy(&self) -> MutexGuard<'_, Copy> {
        // Changes are staged and committed in an order that a panic between them leaves readable.
        self.0.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Copy {
    /// What the store says. A damaged row is forgotten and fetched again; the rest is used.
    fn load(store: &Store, genesis: &Genesis) -> Result<Self, ReplicaError> {
        loop {
            match Self::try_load(store, genesis) {
                Err(error) => forget_damaged(store, error)?,
                loaded => return loaded,
            }
        }
    }

    /// Snapshot, checkpoints after it, and what is in no checkpoint.
    fn try_load(store: &Store, genesis: &Genesis) -> Result<Self, ReplicaError> {
        // A snapshot only saves time: a damaged one is dropped, and everything replayed.
        let snapshot = store.snapshot().unwrap_or_else(|error| {
            tracing::warn!(%error, "the stored state is damaged; replaying the log");
            None
        });
        let ledger = snapshot
            .and_then(|bytes| Ledger::from_snapshot(genesis, &bytes).ok())
            .unwrap_or_else(|| Ledger::new(genesis));
        let lineage = lineage(store, ledger.tip().height)?;
        let mut copy = Self {
            ledger,
            lineage,
            pending: None,
            foreseen: 0,
            held: Held::default(),
            checkpoints: BTreeMap::new(),
            drafts: order::Drafts::default(),
            unverified: Waiting::default(),
            gap: gap::Gap::load(store, genesis)?,
            unsaved_records: 0,
            stale: false,
        };
        copy.replay(store)?;
        copy.drop_hopeless_gap(store)?;
        copy.complete_tree(store)?;
        copy.load_open(store)?;
        for item in store.aside_blocks()? {
            let block = verified(item.number, &item.bytes)?;
            copy.held.insert_aside(item.number, block, item.bytes.len());
        }
        Ok(copy)
    }

    /// Runs `ask` with the pending overlay, which is made anew if the ledger has moved.
    fn with_pending<T>(&mut self, ask: impl FnOnce(&Ledger, &mut Pending<'_>, &Held) -> T) -> T {
        let mut pending = self
            .pending
            .take()
            .and_then(|detached| detached.attach(&self.ledger))
            .unwrap_or_else(|| overlay(&self.ledger, &self.held));
        let answer = ask(&self.ledger, &mut pending, &self.held);
        self.pending = Some(pending.detach());
        answer
    }
}

/// What came of what, up to the checkpoint that a replay goes on from.
fn lineage(store: &Store, height: Height) -> Result<Lineage, ReplicaError> {
    let mut lineage = Lineage::default();
    store.lineage_up_to(height, |bytes| {
        let damaged = |_| StoreError::DamagedRow {
            table: "lineage",
            row: "its bytes".to_owned(),
        };
        lineage.extend(&Descent::all_from_bytes(&bytes).map_err(damaged)?);
        Ok(())
    })?;
    Ok(lineage)
}

/// Everything open on top of the ledger. A block that arrived before the one it builds on, or
/// before its device's enrolment, finds its place in a later round.
fn overlay<'a>(ledger: &'a Ledger, held: &Held) -> Pending<'a> {
    let mut pending = Pending::over(ledger, []);
    let mut left: Vec<&VerifiedBlock> = held.open().collect();
    loop {
        let before = left.len();
        left.retain(|block| {
            matches!(
                pending.push(block),
                Err(PendingError::MissingPrev | PendingError::Stranger)
            )
        });
        if left.is_empty() || left.len() == before {
            return pending;
        }
    }
}

/// A block from this store. Its signature was checked before it was sealed into its row, so its
/// own id is enough now.
fn verified(number: Number, bytes: &[u8]) -> Result<VerifiedBlock, ReplicaError> {
    SignedBlock::from_bytes(bytes)
        .and_then(|block| {
            let id = block.id();
            block.verify_pinned(id)
        })
        .map_err(|source| ReplicaError::Block { number, source })
}

/// Forgets the item that a damage names, and asks everyone for everything again: what is here is
/// not stored twice. Any other error is handed back.
fn forget_damaged(store: &Store, error: ReplicaError) -> Result<(), ReplicaError> {
    if let ReplicaError::Store(StoreError::DamagedRow {
        table: "log_tiles", ..
    }) = &error
    {
        tracing::error!(%error, "the log's tree is damaged, and is made again of the log");
        return Ok(gap::forget_tree(store)?);
    }
    let number = match &error {
        ReplicaError::Store(StoreError::DamagedRow {
            table: "items",
            row,
        }) => row.parse().ok().map(Number::new),
        ReplicaError::Block { number, .. } | ReplicaError::Checkpoint { number, .. } => {
            Some(*number)
        }
        _ => None,
    };
    let Some(number) = number else {
        return Err(error);
    };
    tracing::error!(%error, "a stored item is damaged");
    let mut batch = store.batch()?;
    batch.forget_item(number)?;
    for (slot, mut row) in store.peers()? {
        row.start_over();
        batch.put_peer(slot, &row)?;
    }
    Ok(batch.commit()?)
}

fn claim(folder: &Path) -> Result<File, ReplicaError> {
    let io = |path: &Path, source| StoreError::Io {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
    let path = folder.join(IN_USE_FILE);
    let mut options = std::fs::OpenOptions::new();
    let file = crate::files::private_file(&path, options.write(true).create(true).truncate(false))
        .map_err(|source| io(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ReplicaError::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(io(&path, source).into()),
    }
}
