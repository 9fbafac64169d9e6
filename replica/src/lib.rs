//! A copy of the ledger on disk and on the wire.

mod files;
mod lock;
mod media;
mod seal;
mod store;
mod vault;

pub use lock::{Lock, Strength, UnlockError};
pub use media::{MediaError, PHOTO_BYTES, PHOTO_PIXELS, Photo, clean_photo};
pub use seal::{NoRandomness, random_bytes};
pub use store::{
    Batch, EvidenceRow, EvidenceState, Instance, Item, ItemKind, NewBlock, Number, PeerRow,
    SectionPut, Since, Slot, Store, StoreError, Touch,
};
pub use vault::{EvidenceKey, EvidenceReader, Incoming, Sealed, Vault, VaultError};
