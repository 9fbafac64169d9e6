//! A copy of the ledger on disk and on the wire.
//!
//! - [`Replica`]: the door. It keeps the encrypted database and the ledger in memory together,
//!   takes in what is signed here, what arrives and what another phone shows, and answers questions.
//! - [`Store`]: the encrypted database underneath, also for what the layer above keeps.
//! - [`Vault`]: evidence, sealed and streamed; [`clean_photo`]: photos before they are sealed.
//! - [`Node`]: QUIC between devices and peers: answering, calling, keeping a connection, joining.
//!
//! What is acknowledged, here or to another device, is on disk first.
//!
//! ```
//! use chopmark_replica::{Lock, Store, Strength};
//!
//! let folder = tempfile::tempdir()?;
//! let lock = |passphrase| Lock::Passphrase { passphrase, strength: Strength::Phone };
//! let store = Store::create(folder.path(), lock("correct horse"))?;
//! let mut batch = store.batch()?;
//! batch.put_note("drafts", b"key", b"value")?;
//! batch.commit()?; // on disk now, encrypted
//! drop(store);
//!
//! assert!(Store::open(folder.path(), lock("wrong horse")).is_err());
//! let store = Store::open(folder.path(), lock("correct horse"))?;
//! assert_eq!(store.note("drafts", b"key")?.as_deref(), Some(&b"value"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod files;
mod lock;
mod media;
mod net;
mod replica;
mod runs;
mod seal;
mod store;
#[cfg(test)]
mod testnet;
mod vault;

// The ledger and its disk.
pub use replica::{
    AppendError, Judged, NotTaken, Ordered, OutboxEntry, OutboxStage, Place, Replica, ReplicaError,
    RunBegun, Status, TakenIn, Traced, WhenIdle,
};

// The encrypted database.
pub use lock::{Lock, Strength, UnlockError, unlock_wait_ms};
pub use seal::{NoRandomness, random_bytes};
pub use store::{
    Batch, EvidenceRow, EvidenceState, Instance, ItemKind, NewBlock, Note, Number, PeerRow, Purge,
    SectionPut, Since, Slot, Store, StoreError, StoredItem, Touch,
};

// Evidence.
pub use media::{MediaError, PHOTO_BYTES, PHOTO_PIXELS, Photo, clean_photo};
pub use vault::{EvidenceKey, EvidenceReader, Incoming, Sealed, Vault, VaultError};

// The lists of runs.
pub use runs::{RunListText, RunListTextError, Runs, RunsError, run_list_items};

// The wire.
#[cfg(feature = "fuzzing")]
pub use net::fuzzing;
pub use net::{
    ItemsHeard, JoinAnswer, JoinDesk, JoinRefusal, JoinRequest, Joined, JoinedError, Kept, Line,
    Link, Node, NodeError, OrderRefusals, Remote, SyncError, SyncReport, TlsError, Until, join,
};
