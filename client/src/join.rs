//! Joining a network by invitation, and opening what was joined.

use std::path::Path;
use std::time::{Duration, Instant};

use chopmark_core::{
    DeviceKey, Genesis, HpkeSecret, Invitation, InvitationError, Kem, NetworkId, PartyKind,
    VerifiedBlock,
};
use chopmark_replica::{
    JoinAnswer, JoinedError, Lock, Replica, ReplicaError, Strength, random_bytes,
};
use chopmark_view::Failure;
use zeroize::Zeroizing;

use crate::keys::Keys;
use crate::look::Identity;
use crate::trouble::{self, Trouble};
use crate::{failure, outbox};

/// Holds the network's name beside the encrypted store, for the screen that asks for the
/// passphrase. It is on every label, so it is no secret.
const NAME_FILE: &str = "network-name";
/// Device keys are hybrid, whatever the network's policy: what is sealed to them today should
/// not open to a quantum computer later.
const DEVICE_KEM: Kem = Kem::XWing;

/// A replica that was just locked may still be answering its last call.
const STILL_CLOSING: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How the new replica is made.
pub(crate) struct How<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) passphrase: &'a str,
    pub(crate) strength: Strength,
}

/// The keys of a device that is about to join. They outlive a try whose answer was lost on the
/// way: the peer gives the same device the same answer again.
pub(crate) struct NewKeys {
    device: Zeroizing<[u8; 32]>,
    hpke: HpkeSecret,
}

impl NewKeys {
    pub(crate) fn generate() -> Result<Self, Failure> {
        let random = |error: chopmark_replica::NoRandomness| Failure::from(Trouble::from(error));
        Ok(Self {
            device: Zeroizing::new(random_bytes().map_err(random)?),
            hpke: HpkeSecret::derive(DEVICE_KEM, &random_bytes().map_err(random)?),
        })
    }
}

/// Joins: hands in new keys, checks what comes back, and makes the encrypted replica.
pub(crate) async fn join(link: &str, keys: &NewKeys, how: How<'_>) -> Result<Replica, Failure> {
    let invitation = Invitation::parse(link.trim()).map_err(|error| match error {
        InvitationError::NotAnInvitation => failure::NOT_AN_INVITATION.failure([]),
        _ => failure::INVITATION_DAMAGED.failure([]),
    })?;
    let key = DeviceKey::from_seed(&keys.device);
    let (device, hpke) = (key.id(), keys.hpke.clone());
    let asked = chopmark_replica::join(&invitation, &key, &hpke.public()).await;
    let answer =
        asked.map_err(|error| outbox::sync_failure(&error, &invitation.addresses().join(", ")))?;
    let made = accept(&invitation.network(), &answer, key, hpke)?;
    let (folder, passphrase, strength) = (
        how.folder.to_owned(),
        how.passphrase.to_owned(),
        how.strength,
    );
    tracing::info!(%device, network = %invitation.network(), "joined");
    let stored = tokio::task::spawn_blocking(move || {
        let lock = Lock::Passphrase {
            passphrase: &passphrase,
            strength,
        };
        store(&folder, lock, made, (&invitation, &answer)).inspect_err(|_| discard(&folder))
    });
    match stored.await {
        Ok(stored) => stored.map_err(Failure::from),
        Err(error) => Err(trouble::internal(error.to_string())),
    }
}

/// Opens the replica in a folder.
pub(crate) fn open(folder: &Path, passphrase: &str) -> Result<Replica, Trouble> {
    // Opening reads the strength from the lock file.
    let lock = Lock::Passphrase {
        passphrase,
        strength: Strength::Phone,
    };
    let deadline = Instant::now() + STILL_CLOSING;
    loop {
        match Replica::open(folder, lock, PartyKind::Device) {
            Err(ReplicaError::InUse { .. }) if Instant::now() < deadline => {
                std::thread::sleep(LOOK_AGAIN);
            }
            opened => return opened.map_err(|error| trouble::replica(&error)),
        }
    }
}

/// The network's name for the lock screen; empty when the file is gone.
pub(crate) fn network_name(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(NAME_FILE)).unwrap_or_default()
}

/// What a device has once it joined, before it is on disk.
struct Made {
    genesis: Genesis,
    enrolment: VerifiedBlock,
    me: Identity,
    keys: Keys,
}

/// Checks the peer's answer.
fn accept(
    network: &NetworkId,
    answer: &JoinAnswer,
    key: DeviceKey,
    hpke: HpkeSecret,
) -> Result<Made, Failure> {
    let device = key.id();
    let opened = answer.open(network, (&device, &hpke));
    let joined = opened.map_err(|error| match error {
        JoinedError::WrongNetwork { .. } => failure::WRONG_NETWORK.failure([]),
        _ => failure::PEER_CONFUSED
            .failure([("detail", chopmark_view::Param::Text(error.to_string()))]),
    })?;
    Ok(Made {
        genesis: joined.genesis,
        enrolment: joined.enrolment,
        me: Identity {
            member: joined.member,
            device,
            role: joined.role,
        },
        keys: Keys {
            device: key,
            hpke,
            readers: joined.readers,
        },
    })
}

fn store(
    folder: &Path,
    lock: Lock<'_>,
    made: Made,
    (invitation, answer): (&Invitation, &JoinAnswer),
) -> Result<Replica, Trouble> {
    let replica = Replica::create(folder, lock, &made.genesis, PartyKind::Device)
        .map_err(|error| trouble::replica(&error))?;
    let mut batch = replica.store().batch()?;
    made.keys.save(&mut batch)?;
    made.me.save(&mut batch)?;
    // Mentioned first, so called first.
    batch.put_addresses(invitation.peer(), invitation.addresses())?;
    batch.commit()?;
    replica
        .take_handover(vec![made.enrolment.as_signed().clone()], Vec::new())
        .map_err(|error| trouble::replica(&error))?;
    replica
        .learn_peers(made.me.member, invitation.peer(), &answer.peers)
        .map_err(|error| trouble::replica(&error))?;
    std::fs::write(folder.join(NAME_FILE), made.genesis.name())
        .map_err(|error| trouble::internal(error.to_string()))?;
    Ok(replica)
}

/// Takes a half-made replica away, so that the person can join again.
fn discard(folder: &Path) {
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.lock"] {
        // What is not there need not go.
        let _ = std::fs::remove_file(folder.join(file));
    }
}
