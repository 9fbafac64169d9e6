//! A copy of the ledger on disk and on the wire.

mod files;
mod lock;
mod media;
mod net;
mod replica;
mod seal;
mod store;
mod vault;

pub use lock::{Lock, Strength, UnlockError, unlock_wait_ms};
pub use media::{MediaError, PHOTO_BYTES, PHOTO_PIXELS, Photo, clean_photo};
pub use net::{
    JoinAnswer, JoinDesk, JoinRefusal, JoinRequest, Kept, Link, Node, NodeError, Remote,
    SealedReaderKey, SyncError, SyncReport, TlsError, Until, join,
};
pub use replica::{
    AppendError, NotTaken, Ordered, OutboxEntry, OutboxStage, Place, Replica, ReplicaError, Status,
    TakenIn, WhenIdle,
};
pub use seal::{NoRandomness, random_bytes};
pub use store::{
    Batch, EvidenceRow, EvidenceState, Instance, ItemKind, NewBlock, Number, PeerRow, SectionPut,
    Since, Slot, Store, StoreError, StoredItem, Touch,
};
pub use vault::{EvidenceKey, EvidenceReader, Incoming, Sealed, Vault, VaultError};
