use chopmark_replica::{
    MediaError, NoRandomness, ReplicaError, StoreError, UnlockError, VaultError,
};
use chopmark_view::{Failure, Param};

use crate::failure;

/// What can go wrong inside, before it is told to the screens.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Already in the words of the screens.
    Failure(Failure),
    /// The encrypted store.
    Store(StoreError),
    /// The evidence vault.
    Vault(VaultError),
    /// A defect of this program, or a machine that cannot go on.
    Internal(&'static str),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<VaultError> for Trouble {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<NoRandomness> for Trouble {
    fn from(_: NoRandomness) -> Self {
        Self::Internal("the system gives no random numbers")
    }
}

impl From<MediaError> for Trouble {
    fn from(error: MediaError) -> Self {
        Self::Failure(media(&error))
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failure(failure) => failure,
            Trouble::Store(error) => store(&error),
            Trouble::Vault(error) => vault(&error),
            Trouble::Internal(detail) => internal(detail.to_owned()),
        }
    }
}

/// A failure of the replica, for the person.
pub(crate) fn replica(error: &ReplicaError) -> Trouble {
    match error {
        ReplicaError::Store(error) => store(error).into(),
        ReplicaError::Vault(error) => vault(error).into(),
        ReplicaError::InUse { .. } => failure::STORE_BUSY.failure([]).into(),
        ReplicaError::Genesis(_) | ReplicaError::Block { .. } | ReplicaError::Checkpoint { .. } => {
            damaged(error.to_string()).into()
        }
        other => internal(other.to_string()).into(),
    }
}

/// A failure of the store, for the person.
pub(crate) fn store(error: &StoreError) -> Failure {
    tracing::warn!(%error, "store");
    match error {
        StoreError::Unlock(error) => unlock(error),
        StoreError::Exists { .. } => failure::ALREADY_JOINED.failure([]),
        StoreError::Missing { .. } => failure::NOT_JOINED.failure([]),
        StoreError::InUse { .. } => failure::STORE_BUSY.failure([]),
        StoreError::DamagedRow { .. } | StoreError::DamagedFile { .. } => {
            damaged(error.to_string())
        }
        StoreError::DiskFull => failure::DISK_FULL.failure([]),
        StoreError::NewerSchema { .. } => failure::STORE_NEWER.failure([]),
        _ => internal(error.to_string()),
    }
}

fn unlock(error: &UnlockError) -> Failure {
    match error {
        // The lock file keeps the wait; the next status shows it.
        UnlockError::WrongPassphrase { .. } => wrong_passphrase(0),
        UnlockError::TooSoon { wait_ms } => {
            failure::TRY_LATER.failure([("wait_s", Param::Number(wait_ms.div_ceil(1000)))])
        }
        UnlockError::Missing { .. } | UnlockError::Damaged { .. } => damaged(error.to_string()),
        _ => internal(error.to_string()),
    }
}

pub(crate) fn wrong_passphrase(wait_ms: u64) -> Failure {
    failure::WRONG_PASSPHRASE.failure([("wait_s", Param::Number(wait_ms.div_ceil(1000)))])
}

fn vault(error: &VaultError) -> Failure {
    tracing::warn!(%error, "vault");
    match error {
        VaultError::Unknown { .. } => failure::EVIDENCE_ABSENT.failure([]),
        VaultError::Damaged { .. } | VaultError::WrongHash { .. } => {
            failure::EVIDENCE_DAMAGED.failure([])
        }
        VaultError::TooLarge => too_large(chopmark_core::limits::EVIDENCE_BYTES),
        VaultError::DiskFull => failure::DISK_FULL.failure([]),
        _ => internal(error.to_string()),
    }
}

fn media(error: &MediaError) -> Failure {
    match error {
        MediaError::ImageTooLarge { width, height } => failure::IMAGE_TOO_LARGE.failure([
            ("width", Param::Number(*width)),
            ("height", Param::Number(*height)),
            (
                "most_megapixels",
                Param::Number(chopmark_replica::PHOTO_PIXELS / 1_000_000),
            ),
        ]),
        MediaError::TooManyBytes { .. } => too_large(chopmark_replica::PHOTO_BYTES as u64),
        _ => failure::IMAGE_DAMAGED.failure([]),
    }
}

pub(crate) fn too_large(most: u64) -> Failure {
    failure::EVIDENCE_TOO_LARGE.failure([("most", Param::Bytes(most))])
}

pub(crate) fn damaged(detail: String) -> Failure {
    failure::STORE_DAMAGED.failure([("detail", Param::Text(detail))])
}

pub(crate) fn internal(detail: String) -> Failure {
    tracing::error!(%detail, "internal");
    failure::INTERNAL.failure([("detail", Param::Text(detail))])
}
