//! A member's data folder: which file is where.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chopmark_core::{Application, Founder, Genesis, GenesisError, MemberId};
use chopmark_replica::JoinAnswer;

/// The paths inside a data folder (docs/format.md, 14).
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

/// A member's second peer was asked for what only an admin device signs.
#[derive(Debug, thiserror::Error)]
#[error(
    "this is a second peer of its member: it has no admin key and signs nothing in the member's name; run this on the peer that has one (docs/operating.md, A second peer)"
)]
pub(crate) struct NoAdminKey;

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FolderError {
    /// There is no genesis.
    #[error("{0} holds no genesis.cbor; run `chopmark member init --genesis FILE` first")]
    NoGenesis(PathBuf),
    /// The genesis is damaged, or not one.
    #[error("{path} is not a genesis ({cause}); attach it again")]
    BadGenesis {
        /// The file.
        path: PathBuf,
        /// What was found.
        cause: GenesisError,
    },
    /// It does not say whose devices came back.
    #[error(
        "{0} does not hold a member's id; run `chopmark member recovery combine` again, into another folder"
    )]
    Returned(PathBuf),
    /// An application to another network, or a damaged one.
    #[error(
        "{0} is not an application to this network; run `chopmark member apply` with its genesis"
    )]
    Application(PathBuf),
    /// What the second peer was given at the door is damaged.
    #[error("{0} does not belong to the peer.key beside it; bring both back from the backup")]
    Joined(PathBuf),
    /// The system refused.
    #[error("{path} cannot be used ({cause}); check the folder's owner and free space")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

impl Folder {
    /// Names a folder; nothing is read yet.
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    pub(crate) fn genesis_path(&self) -> PathBuf {
        self.root.join("genesis.cbor")
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.root.join("chopmark.toml")
    }

    pub(crate) fn peer_key(&self) -> PathBuf {
        self.root.join("peer.key")
    }

    pub(crate) fn admin_key(&self) -> PathBuf {
        self.root.join("admin.key")
    }

    pub(crate) fn reader_key(&self) -> PathBuf {
        self.root.join("reader.key")
    }

    /// Offline keys: made here, meant to be carried away.
    pub(crate) fn root_key(&self) -> PathBuf {
        self.root.join("root.key")
    }

    /// The keys that follow the root keys when those are lost.
    pub(crate) fn next_root_key(&self) -> PathBuf {
        self.root.join("next-root.key")
    }

    /// What the network's maker needs of this member.
    pub(crate) fn card(&self) -> PathBuf {
        self.root.join("founder.cbor")
    }

    /// What a firm that joins later gave to the members.
    pub(crate) fn application(&self) -> PathBuf {
        self.root.join("application.cbor")
    }

    /// The ids of the card, for people who write configurations.
    pub(crate) fn identity(&self) -> PathBuf {
        self.root.join("member.json")
    }

    /// Whose devices came out of recovery shares into this folder.
    fn returned_path(&self) -> PathBuf {
        self.root.join("returned")
    }

    /// Says so.
    pub(crate) fn mark_returned(&self, member: &MemberId) -> Result<(), FolderError> {
        write_whole(&self.returned_path(), format!("{member}\n").as_bytes())
    }

    /// The member, if the folder's devices came out of recovery shares.
    pub(crate) fn returned(&self) -> Result<Option<MemberId>, FolderError> {
        let path = self.returned_path();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(none) if none.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(FolderError::Io { path, cause }),
        };
        let member = text.trim().parse();
        member.map(Some).map_err(|_| FolderError::Returned(path))
    }

    /// What a second peer was given at the door: its enrolment, and reader keys that are sealed to
    /// it. It stands in place of an admin key and `reader.key`.
    pub(crate) fn joined_path(&self) -> PathBuf {
        self.root.join("joined.cbor")
    }

    /// That, if this is a second peer's folder.
    pub(crate) fn joined(&self) -> Result<Option<JoinAnswer>, FolderError> {
        let path = self.joined_path();
        match std::fs::read(&path) {
            Ok(bytes) => match JoinAnswer::from_bytes(&bytes) {
                Some(answer) => Ok(Some(answer)),
                None => Err(FolderError::Joined(path)),
            },
            Err(none) if none.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(FolderError::Io { path, cause }),
        }
    }

    /// Whether it is, for commands that do something before they ask the peer.
    pub(crate) fn must_administer(&self) -> Result<(), NoAdminKey> {
        match self.joined_path().exists() {
            true => Err(NoAdminKey),
            false => Ok(()),
        }
    }

    /// Says that this folder is a copy whose original went on.
    fn restored_path(&self) -> PathBuf {
        self.root.join("restored")
    }

    /// Whether it is.
    pub(crate) fn is_restored(&self) -> bool {
        self.restored_path().exists()
    }

    /// Marks it so.
    pub(crate) fn mark_restored(&self) -> Result<(), FolderError> {
        let told = b"This folder is a copy of a peer's. Leave this file: the peer takes it away.\n";
        write_whole(&self.restored_path(), told)
    }

    /// Takes the mark away, and the votes of the original before it.
    pub(crate) fn end_restored(&self) -> Result<(), FolderError> {
        for path in [self.ballots(), self.restored_path()] {
            match std::fs::remove_file(&path) {
                Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                    return Err(FolderError::Io { path, cause });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What this peer signed as a validator at the present height.
    pub(crate) fn ballots(&self) -> PathBuf {
        self.root.join("ballots.wal")
    }

    /// The applicant, if the firm in this folder applied to a network.
    pub(crate) fn applied_to(&self, genesis: &Genesis) -> Result<Option<Founder>, FolderError> {
        let path = self.application();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(none) if none.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(FolderError::Io { path, cause }),
        };
        let application = Application::from_bytes(&bytes);
        let verified = application.ok().filter(|a| a.verify(&genesis.id()).is_ok());
        match verified {
            Some(application) => Ok(Some(application.applicant().clone())),
            None => Err(FolderError::Application(path)),
        }
    }

    /// Where the running peer listens for the other commands.
    pub(crate) fn control_socket(&self) -> PathBuf {
        self.root.join("control.sock")
    }

    /// The genesis in the folder, verified with both kinds of root signatures.
    pub(crate) fn genesis(&self) -> Result<Genesis, FolderError> {
        let path = self.genesis_path();
        let bytes = std::fs::read(&path).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => FolderError::NoGenesis(self.root.clone()),
            _ => FolderError::Io {
                path: path.clone(),
                cause,
            },
        })?;
        Genesis::from_bytes(&bytes).map_err(|cause| FolderError::BadGenesis { path, cause })
    }
}

/// Writes a file as a whole: after a crash it is the old one or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let io = |cause| FolderError::Io {
        path: path.to_owned(),
        cause,
    };
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let mut file = File::create(&beside).map_err(io)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(io)?;
    std::fs::rename(&beside, path).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_that_the_genesis_is_missing_or_damaged() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path());
        assert!(matches!(folder.genesis(), Err(FolderError::NoGenesis(_))));
        std::fs::write(folder.genesis_path(), b"not CBOR").unwrap();
        assert!(matches!(
            folder.genesis(),
            Err(FolderError::BadGenesis { .. })
        ));
    }

    #[test]
    fn says_that_what_a_second_peer_got_at_the_door_is_damaged() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path());
        assert!(folder.joined().unwrap().is_none());
        std::fs::write(folder.joined_path(), b"not CBOR").unwrap();
        assert!(matches!(folder.joined(), Err(FolderError::Joined(_))));
        assert!(folder.must_administer().is_err());
    }
}
