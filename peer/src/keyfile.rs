//! Key files: small JSON documents that only their owner may read.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chopmark_core::{DeviceKey, DeviceSeeds, Group, HpkeSecret, Kem, RootKey, Seed};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A device's signing key and the key its mail is sealed to.
pub(crate) struct DeviceKeys {
    /// Signs blocks and is the TLS identity.
    pub(crate) signing: DeviceKey,
    /// Opens what is sealed to the device.
    pub(crate) hpke: HpkeSecret,
}

/// Seeds of a key as they stand in its file.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(tag = "chopmark", deny_unknown_fields)]
pub(crate) enum KeyFile {
    /// A device's.
    #[serde(rename = "device key 1")]
    Device {
        /// Ed25519, in hexadecimal.
        ed25519: String,
        /// Input of the HPKE key derivation.
        hpke: String,
        /// The RFC 9180 number of the KEM.
        kem: u16,
    },
    /// A member's reader keys: input of the HPKE key derivation for each group.
    #[serde(rename = "reader key 1")]
    Reader {
        /// Of every device.
        general: String,
        /// Of those that handle goods.
        operations: String,
        /// Of those that handle money.
        finance: String,
        /// Of those that supervise others.
        supervision: String,
        /// The RFC 9180 number of the KEM.
        kem: u16,
    },
    /// A member's root key: kept offline.
    #[serde(rename = "root key 1")]
    Root {
        /// Ed25519 seed.
        ed25519: String,
        /// ML-DSA-65 seed.
        ml_dsa_65: String,
    },
}

/// Why a key file was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum KeyFileError {
    /// There is no such file.
    #[error("{0} is missing; `chopmark member new` writes it")]
    Missing(PathBuf),
    /// It exists, and nothing may overwrite a key.
    #[error("{0} exists already, and a key is never overwritten; choose another folder")]
    Exists(PathBuf),
    /// The system refused.
    #[error("{path} cannot be used ({cause}); check the folder's owner and free space")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Others may read it.
    #[error("{0} can be read by others; run `chmod 600` on it, and consider the key as seen")]
    OpenToOthers(PathBuf),
    /// It does not hold such a key.
    #[error("{0} does not hold a {1}; restore it from its copy")]
    Damaged(PathBuf, &'static str),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers ({0}); nothing was made")]
    NoRandomness(getrandom::Error),
}

/// 32 random bytes.
pub(crate) fn random_seed() -> Result<Seed, KeyFileError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(KeyFileError::NoRandomness)?;
    Ok(seed)
}

impl KeyFile {
    /// Fresh keys for a device.
    pub(crate) fn new_device(kem: Kem) -> Result<Self, KeyFileError> {
        Ok(Self::Device {
            ed25519: fresh()?,
            hpke: fresh()?,
            kem: kem.id(),
        })
    }

    /// A device whose seeds came from somewhere else.
    pub(crate) fn of_seeds(kem: Kem, seeds: &DeviceSeeds) -> Self {
        Self::Device {
            ed25519: data_encoding::HEXLOWER.encode(&seeds.signing),
            hpke: data_encoding::HEXLOWER.encode(&seeds.hpke),
            kem: kem.id(),
        }
    }

    /// Fresh reader keys.
    pub(crate) fn new_reader(kem: Kem) -> Result<Self, KeyFileError> {
        Ok(Self::Reader {
            general: fresh()?,
            operations: fresh()?,
            finance: fresh()?,
            supervision: fresh()?,
            kem: kem.id(),
        })
    }

    /// A fresh root key.
    pub(crate) fn new_root() -> Result<Self, KeyFileError> {
        Ok(Self::Root {
            ed25519: fresh()?,
            ml_dsa_65: fresh()?,
        })
    }

    /// Writes a file that must not exist yet, mode 0600, on disk when this returns.
    pub(crate) fn write_new(&self, path: &Path) -> Result<(), KeyFileError> {
        let json = serde_json::to_vec_pretty(self).map_err(|cause| KeyFileError::Io {
            path: path.to_owned(),
            cause: cause.into(),
        });
        let mut text = Zeroizing::new(json?);
        text.push(b'\n');
        write_secret(path, &text)
    }

    fn read(path: &Path) -> Result<Self, KeyFileError> {
        let io = |cause: std::io::Error| match cause.kind() {
            std::io::ErrorKind::NotFound => KeyFileError::Missing(path.to_owned()),
            _ => KeyFileError::Io {
                path: path.to_owned(),
                cause,
            },
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map_err(io)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(KeyFileError::OpenToOthers(path.to_owned()));
            }
        }
        let text = Zeroizing::new(std::fs::read(path).map_err(io)?);
        serde_json::from_slice(&text)
            .map_err(|_| KeyFileError::Damaged(path.to_owned(), "key of Chopmark"))
    }

    /// The device keys in a file.
    pub(crate) fn device(path: &Path) -> Result<DeviceKeys, KeyFileError> {
        let damaged = || KeyFileError::Damaged(path.to_owned(), "device key");
        match &Self::read(path)? {
            Self::Device { ed25519, hpke, kem } => Ok(DeviceKeys {
                signing: DeviceKey::from_seed(&*seed(ed25519).ok_or_else(damaged)?),
                hpke: HpkeSecret::derive(
                    kem_of(*kem).ok_or_else(damaged)?,
                    &*seed(hpke).ok_or_else(damaged)?,
                ),
            }),
            _ => Err(damaged()),
        }
    }

    /// The reader keys in a file.
    pub(crate) fn reader(path: &Path) -> Result<BTreeMap<Group, HpkeSecret>, KeyFileError> {
        let damaged = || KeyFileError::Damaged(path.to_owned(), "reader key");
        match &Self::read(path)? {
            Self::Reader {
                general,
                operations,
                finance,
                supervision,
                kem,
            } => {
                let kem = kem_of(*kem).ok_or_else(damaged)?;
                let seeds = [
                    (Group::General, general),
                    (Group::Operations, operations),
                    (Group::Finance, finance),
                    (Group::Supervision, supervision),
                ];
                let keys = seeds.map(|(group, text)| {
                    let seed = seed(text).ok_or_else(damaged)?;
                    Ok((group, HpkeSecret::derive(kem, &seed)))
                });
                keys.into_iter().collect()
            }
            _ => Err(damaged()),
        }
    }

    /// The root key in a file.
    pub(crate) fn root(path: &Path) -> Result<RootKey, KeyFileError> {
        let damaged = || KeyFileError::Damaged(path.to_owned(), "root key");
        match &Self::read(path)? {
            Self::Root { ed25519, ml_dsa_65 } => Ok(RootKey::from_seeds(
                &*seed(ed25519).ok_or_else(damaged)?,
                &*seed(ml_dsa_65).ok_or_else(damaged)?,
            )),
            _ => Err(damaged()),
        }
    }
}

/// Writes a file that must not exist yet, mode 0600, on disk when this returns.
pub(crate) fn write_secret(path: &Path, text: &[u8]) -> Result<(), KeyFileError> {
    let io = |cause: std::io::Error| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => KeyFileError::Exists(path.to_owned()),
        _ => KeyFileError::Io {
            path: path.to_owned(),
            cause,
        },
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(io)?;
    file.write_all(text).map_err(io)?;
    file.sync_all().map_err(io)
}

fn fresh() -> Result<String, KeyFileError> {
    let seed = Zeroizing::new(random_seed()?);
    Ok(data_encoding::HEXLOWER.encode(seed.as_slice()))
}

fn seed(text: &str) -> Option<Zeroizing<Seed>> {
    let bytes = Zeroizing::new(
        data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .ok()?,
    );
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

fn kem_of(number: u16) -> Option<Kem> {
    [Kem::X25519, Kem::XWing]
        .into_iter()
        .find(|kem| kem.id() == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("peer.key");
        KeyFile::new_device(Kem::X25519)
            .unwrap()
            .write_new(&path)
            .unwrap();
        let id = KeyFile::device(&path).unwrap().signing.id();
        let again = KeyFile::new_device(Kem::X25519).unwrap().write_new(&path);
        assert!(matches!(again, Err(KeyFileError::Exists(_))));
        assert_eq!(KeyFile::device(&path).unwrap().signing.id(), id);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(
                KeyFile::device(&path),
                Err(KeyFileError::OpenToOthers(_))
            ));
        }
    }

    #[test]
    fn a_file_of_another_kind_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        KeyFile::new_root().unwrap().write_new(&path).unwrap();
        assert!(matches!(
            KeyFile::device(&path),
            Err(KeyFileError::Damaged(_, "device key"))
        ));
        assert!(matches!(
            KeyFile::device(&folder.path().join("none.key")),
            Err(KeyFileError::Missing(_))
        ));
    }
}
