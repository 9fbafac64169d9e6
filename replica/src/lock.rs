//! How the data key is kept: wrapped under a passphrase on devices, in a private file on peers.

use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::files;
use crate::seal::{DataKey, NoRandomness, bound, random_bytes};

/// The file that holds the wrapped key beside the database of a device.
const PASSPHRASE_FILE: &str = "ledger.lock";
/// The file that holds the key of a peer's database.
const KEY_FILE: &str = "ledger.key";
/// Wrong passphrases before the first delay: typing errors should not hurt.
const FREE_TRIES: u32 = 3;
/// The longest delay, 15 minutes: guessing stays hopeless, and the owner is never shut out. There
/// is no wipe, because unsent signed work lies behind this lock.
const LONGEST_DELAY_MS: u64 = 15 * 60 * 1000;

/// What opens a store.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Lock<'a> {
    /// Argon2id over a passphrase: devices.
    Passphrase {
        /// What the person typed.
        passphrase: &'a str,
        /// Used when a store is created; opening reads it from the lock file.
        strength: Strength,
    },
    /// A key file that only its owner may read: peers.
    KeyFile,
}

/// Cost of deriving a key from a passphrase (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strength {
    /// 64 MiB, three passes, four lanes.
    Desktop,
    /// 19 MiB, two passes, one lane: the floor, for phones with little memory.
    Phone,
}

impl Strength {
    /// Memory in KiB, passes, lanes.
    fn cost(self) -> (u32, u32, u32) {
        match self {
            Self::Desktop => (64 * 1024, 3, 4),
            Self::Phone => (19 * 1024, 2, 1),
        }
    }
}

/// Why a lock did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// The passphrase is not the one this store was locked with.
    #[error("the passphrase is wrong ({tries} wrong in a row); check capitals and keyboard layout")]
    WrongPassphrase {
        /// Wrong passphrases in a row, this one included.
        tries: u32,
    },
    /// Too many wrong passphrases; the next try is taken later.
    #[error("too many wrong passphrases: try again in {} s", wait_ms.div_ceil(1000))]
    TooSoon {
        /// Milliseconds until the next try.
        wait_ms: u64,
    },
    /// No lock or key file: the folder holds no store, or the file was removed.
    #[error("{} is missing: without it the replica cannot be opened; restore the file, or join again into an empty folder", path.display())]
    Missing {
        /// The file that should be there.
        path: PathBuf,
    },
    /// The lock or key file is not readable as one.
    #[error("{} is damaged: restore it from a copy, or join again into an empty folder", path.display())]
    Damaged {
        /// The damaged file.
        path: PathBuf,
    },
    /// The key file may be read by others than its owner.
    #[error("{} may be read by others: run chmod 600 on it, and make new keys if someone else had access", path.display())]
    OpenToOthers {
        /// The file with the wrong mode.
        path: PathBuf,
    },
    /// The key derivation could not run, mostly for want of memory.
    #[error("the key derivation failed: {0}")]
    Derivation(argon2::Error),
    /// The lock file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file in question.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No random bytes for a new key.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// `[1, memory KiB, passes, lanes, salt, sealed key, wrong tries, time of the last one]`
#[derive(Encode, Decode)]
#[cbor(array)]
struct LockFile {
    #[n(0)]
    version: u8,
    #[n(1)]
    memory: u32,
    #[n(2)]
    passes: u32,
    #[n(3)]
    lanes: u32,
    #[cbor(n(4), with = "minicbor::bytes")]
    salt: Vec<u8>,
    #[cbor(n(5), with = "minicbor::bytes")]
    wrapped: Vec<u8>,
    #[n(6)]
    wrong: u32,
    #[n(7)]
    last_wrong_ms: u64,
}

/// Makes a new data key and its lock in `folder`.
pub(crate) fn create(folder: &Path, lock: Lock<'_>) -> Result<DataKey, UnlockError> {
    let key = DataKey::generate()?;
    match lock {
        Lock::Passphrase {
            passphrase,
            strength,
        } => wrap(folder, &key, passphrase, strength)?,
        Lock::KeyFile => {
            let path = folder.join(KEY_FILE);
            files::replace(&path, key.as_bytes())
                .map_err(|source| UnlockError::Io { path, source })?;
        }
    }
    Ok(key)
}

/// Whether `folder` has a key file.
pub(crate) fn has_key_file(folder: &Path) -> bool {
    folder.join(KEY_FILE).exists()
}

/// Opens the lock in `folder`. `now_ms` is the wall clock, for the delay after wrong tries.
pub(crate) fn open(folder: &Path, lock: Lock<'_>, now_ms: u64) -> Result<DataKey, UnlockError> {
    match lock {
        Lock::Passphrase { passphrase, .. } => unwrap_key(folder, passphrase, now_ms),
        Lock::KeyFile => {
            let path = folder.join(KEY_FILE);
            let bytes = Zeroizing::new(read(&path)?);
            if files::open_to_others(&path).map_err(|source| UnlockError::Io {
                path: path.clone(),
                source,
            })? {
                return Err(UnlockError::OpenToOthers { path });
            }
            let key = <&[u8; 32]>::try_from(bytes.as_slice())
                .map_err(|_| UnlockError::Damaged { path })?;
            Ok(DataKey::from_bytes(key))
        }
    }
}

/// Wraps `key` under a passphrase and writes the lock file; also how a passphrase is changed.
pub(crate) fn wrap(
    folder: &Path,
    key: &DataKey,
    passphrase: &str,
    strength: Strength,
) -> Result<(), UnlockError> {
    let (memory, passes, lanes) = strength.cost();
    let mut file = LockFile {
        version: 1,
        memory,
        passes,
        lanes,
        salt: random_bytes::<16>()?.to_vec(),
        wrapped: Vec::new(),
        wrong: 0,
        last_wrong_ms: 0,
    };
    file.wrapped = derive(&file, passphrase)?
        .row_keys()
        .seal(&place(&file), key.as_bytes())?;
    store(&folder.join(PASSPHRASE_FILE), &file)
}

fn unwrap_key(folder: &Path, passphrase: &str, now_ms: u64) -> Result<DataKey, UnlockError> {
    let path = folder.join(PASSPHRASE_FILE);
    let bytes = read(&path)?;
    let damaged = || UnlockError::Damaged { path: path.clone() };
    let mut file: LockFile = minicbor::decode(&bytes).map_err(|_| damaged())?;
    // A forged lock file must not make this process ask for a terabyte.
    if file.version != 1 || file.memory > 1024 * 1024 || file.passes > 16 || file.lanes > 16 {
        return Err(damaged());
    }
    // A clock set back counts as no time passed, and the delay starts over.
    let passed = now_ms.saturating_sub(file.last_wrong_ms);
    let wait_ms = delay_ms(file.wrong).saturating_sub(passed);
    if wait_ms > 0 {
        if now_ms < file.last_wrong_ms {
            file.last_wrong_ms = now_ms;
            store(&path, &file)?;
        }
        return Err(UnlockError::TooSoon { wait_ms });
    }
    let opened = derive(&file, passphrase)?
        .row_keys()
        .open(&place(&file), &file.wrapped);
    let Ok(plain) = opened.map(Zeroizing::new) else {
        file.wrong = file.wrong.saturating_add(1);
        file.last_wrong_ms = now_ms;
        store(&path, &file)?;
        return Err(UnlockError::WrongPassphrase { tries: file.wrong });
    };
    if file.wrong > 0 {
        file.wrong = 0;
        store(&path, &file)?;
    }
    let key = <&[u8; 32]>::try_from(plain.as_slice()).map_err(|_| damaged())?;
    Ok(DataKey::from_bytes(key))
}

/// Milliseconds until the lock in `folder` takes the next try; 0 when it takes one now, or when
/// there is no readable lock, which the try itself then says.
#[must_use]
pub fn unlock_wait_ms(folder: &Path) -> u64 {
    let lock = read(&folder.join(PASSPHRASE_FILE)).ok();
    let file: Option<LockFile> = lock.and_then(|bytes| minicbor::decode(&bytes).ok());
    file.map_or(0, |file| {
        let passed = crate::store::wall_clock_ms().saturating_sub(file.last_wrong_ms);
        delay_ms(file.wrong).saturating_sub(passed)
    })
}

/// Doubles with every wrong try after the free ones: 1 s, 2 s, 4 s, … up to 15 minutes.
fn delay_ms(wrong: u32) -> u64 {
    match wrong.checked_sub(FREE_TRIES) {
        None => 0,
        Some(over) => 1u64.checked_shl(over).map_or(LONGEST_DELAY_MS, |doubled| {
            doubled.saturating_mul(1000).min(LONGEST_DELAY_MS)
        }),
    }
}

fn derive(file: &LockFile, passphrase: &str) -> Result<DataKey, UnlockError> {
    let params = Params::new(file.memory, file.passes, file.lanes, Some(32))
        .map_err(UnlockError::Derivation)?;
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &file.salt, &mut *out)
        .map_err(UnlockError::Derivation)?;
    Ok(DataKey::from_bytes(&out))
}

fn place(file: &LockFile) -> Vec<u8> {
    bound(
        "ledger.lock",
        &[
            &file.memory.to_be_bytes(),
            &file.passes.to_be_bytes(),
            &file.lanes.to_be_bytes(),
            &file.salt,
        ],
    )
}

fn read(path: &Path) -> Result<Vec<u8>, UnlockError> {
    std::fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => UnlockError::Missing {
            path: path.to_owned(),
        },
        _ => UnlockError::Io {
            path: path.to_owned(),
            source,
        },
    })
}

fn store(path: &Path, file: &LockFile) -> Result<(), UnlockError> {
    // Encoding into a vector cannot fail.
    let bytes = minicbor::to_vec(file).unwrap_or_default();
    files::replace(path, &bytes).map_err(|source| UnlockError::Io {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: Strength = Strength::Phone;

    fn typed(passphrase: &str) -> Lock<'_> {
        Lock::Passphrase {
            passphrase,
            strength: PHONE,
        }
    }

    #[test]
    fn wrong_passphrase_waits_longer() {
        let folder = tempfile::tempdir().unwrap();
        let key = create(folder.path(), typed("right")).unwrap();
        let now = 1_000_000;
        for tries in 1..=3 {
            let refused = open(folder.path(), typed("wrong"), now);
            assert!(
                matches!(refused, Err(UnlockError::WrongPassphrase { tries: n }) if n == tries)
            );
        }
        // Even the right one waits now, so that guessing cannot skip the delay.
        assert!(matches!(
            open(folder.path(), typed("right"), now),
            Err(UnlockError::TooSoon { wait_ms: 1000 })
        ));
        let again = open(folder.path(), typed("right"), now + 1000).unwrap();
        assert_eq!(again.as_bytes(), key.as_bytes());
        // And the count starts over.
        assert!(matches!(
            open(folder.path(), typed("x"), now),
            Err(UnlockError::WrongPassphrase { tries: 1 })
        ));
    }

    #[test]
    fn clock_set_back_does_not_skip_the_delay() {
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), typed("right")).unwrap();
        for _ in 0..3 {
            assert!(open(folder.path(), typed("wrong"), 50_000).is_err());
        }
        assert!(matches!(
            open(folder.path(), typed("right"), 10),
            Err(UnlockError::TooSoon { .. })
        ));
        assert!(open(folder.path(), typed("right"), 1010).is_ok());
    }

    #[test]
    fn delay_grows_and_is_bounded() {
        assert_eq!(delay_ms(2), 0);
        assert_eq!(delay_ms(3), 1000);
        assert_eq!(delay_ms(5), 4000);
        assert_eq!(delay_ms(200), LONGEST_DELAY_MS);
    }

    #[cfg(unix)]
    #[test]
    fn refuses_key_file_open_to_others() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), Lock::KeyFile).unwrap();
        assert!(open(folder.path(), Lock::KeyFile, 0).is_ok());
        let path = folder.path().join(KEY_FILE);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            open(folder.path(), Lock::KeyFile, 0),
            Err(UnlockError::OpenToOthers { .. })
        ));
    }

    #[test]
    fn names_missing_and_damaged_lock() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            open(folder.path(), typed("x"), 0),
            Err(UnlockError::Missing { .. })
        ));
        std::fs::write(folder.path().join(PASSPHRASE_FILE), b"nonsense").unwrap();
        assert!(matches!(
            open(folder.path(), typed("x"), 0),
            Err(UnlockError::Damaged { .. })
        ));
    }
}
