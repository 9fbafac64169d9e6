//! Invitations: what each secret grants, and whether it was used. Kept in the peer's encrypted
//! store, so that one is used once also across restarts.

use std::sync::{Mutex, PoisonError};

use chopmark_core::{CborError, DeviceId, Role, TimeMs};
use chopmark_replica::{Replica, StoreError};
use serde::{Deserialize, Serialize};

const SPACE: &str = "invitations";
/// How long a used or expired invitation is remembered, so that whoever tries it learns why it
/// does not work: 30 days, the longest life of one.
const REMEMBERED_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// A one-time secret.
pub(crate) type Secret = [u8; 16];

/// What an invitation gives to whoever brings its secret first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    role: u8,
    name: String,
    expires: u64,
    until: u64,
    used_by: Option<String>,
}

impl Grant {
    /// A role and name until the enrolment ends; to be taken up before the invitation expires.
    pub(crate) fn new(role: Role, name: &str, expires: TimeMs, until: TimeMs) -> Self {
        Self {
            role: role.as_u8(),
            name: name.to_owned(),
            expires: expires.0,
            until: until.0,
            used_by: None,
        }
    }

    pub(crate) fn role(&self) -> Result<Role, CborError> {
        Role::try_from(self.role)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// When the device's enrolment ends.
    pub(crate) fn until(&self) -> TimeMs {
        TimeMs(self.until)
    }
}

/// Why an invitation does not let a device in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum InvitationRefused {
    /// No such invitation was made here, or long ago.
    #[error("this peer did not make that invitation; ask for a new one")]
    Unknown,
    /// Another device took it.
    #[error("the invitation was used by another device; ask for a new one")]
    Used,
    /// Its time is over.
    #[error("the invitation has expired; ask for a new one")]
    Expired,
    /// The store failed.
    #[error("the peer could not look the invitation up ({0}); try again later")]
    Store(#[from] StoreError),
}

impl InvitationRefused {
    /// The code of docs/format.md, 10.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "invitation-unknown",
            Self::Used => "invitation-used",
            Self::Expired => "invitation-expired",
            Self::Store(_) => "internal",
        }
    }
}

/// The invitations of one member.
pub(crate) struct Invitations {
    replica: Replica,
    /// Looking and taking are one step: two devices with one secret do not both get in.
    taking: Mutex<()>,
}

impl Invitations {
    pub(crate) fn new(replica: Replica) -> Self {
        Self {
            replica,
            taking: Mutex::default(),
        }
    }

    /// Remembers an invitation, and forgets those long over.
    pub(crate) fn add(
        &self,
        secret: &Secret,
        grant: &Grant,
        now: TimeMs,
    ) -> Result<(), StoreError> {
        let old = self.replica.store().notes(SPACE)?;
        let mut batch = self.replica.store().batch()?;
        for (key, value) in old {
            let over = decode(&value)
                .is_none_or(|grant| grant.expires.saturating_add(REMEMBERED_MS) < now.0);
            if over {
                batch.remove_note(SPACE, &key)?;
            }
        }
        batch.put_note(SPACE, secret, &encode(grant))?;
        batch.commit()
    }

    /// Takes an invitation up. The device that took it may ask again, because its answer may have
    /// been lost on the way.
    pub(crate) fn take(
        &self,
        secret: &Secret,
        device: DeviceId,
        now: TimeMs,
    ) -> Result<Grant, InvitationRefused> {
        let _one_at_a_time = self.taking.lock().unwrap_or_else(PoisonError::into_inner);
        let note = self
            .replica
            .store()
            .note(SPACE, secret)?
            .ok_or(InvitationRefused::Unknown)?;
        let mut grant = decode(&note).ok_or(InvitationRefused::Unknown)?;
        let device = device.to_string();
        match &grant.used_by {
            Some(other) if *other != device => return Err(InvitationRefused::Used),
            Some(_) => return Ok(grant),
            None if grant.expires <= now.0 => return Err(InvitationRefused::Expired),
            None => {}
        }
        grant.used_by = Some(device);
        let mut batch = self.replica.store().batch()?;
        batch.put_note(SPACE, secret, &encode(&grant))?;
        batch.commit()?;
        Ok(grant)
    }

    /// How many can still be taken up.
    pub(crate) fn open(&self, now: TimeMs) -> Result<usize, StoreError> {
        let notes = self.replica.store().notes(SPACE)?;
        let open = |value: &[u8]| {
            decode(value).is_some_and(|grant| grant.used_by.is_none() && grant.expires > now.0)
        };
        Ok(notes.iter().filter(|(_, value)| open(value)).count())
    }
}

fn encode(grant: &Grant) -> Vec<u8> {
    // A struct of plain fields always becomes JSON.
    serde_json::to_vec(grant).unwrap_or_default()
}

fn decode(note: &[u8]) -> Option<Grant> {
    serde_json::from_slice(note).ok()
}

#[cfg(test)]
mod tests {
    use chopmark_core::{
        Class, Founder, Genesis, GenesisDraft, HpkeSecret, Inception, Kem, PartyKind, Policy,
        RootKey, Validator, ValidatorSet,
    };
    use chopmark_core::{DeviceEntry, DeviceKey};
    use chopmark_replica::{Lock, Store};

    use super::*;

    const NOW: TimeMs = TimeMs(1_800_000_000_000);

    fn genesis() -> Genesis {
        let root = RootKey::from_seeds(&[1; 32], &[2; 32]);
        let hpke = HpkeSecret::derive(Kem::X25519, &[3; 32]).public();
        let next = root.public().next_digest();
        let inception =
            Inception::new("A", Class::Port, root.public(), next, hpke.clone()).unwrap();
        let key = DeviceKey::from_seed(&[4; 32]).id();
        let peer = DeviceEntry::new(key, hpke, Role::Peer, "Peer", NOW.plus(1)).unwrap();
        let founder = Founder::new(inception, vec![peer]);
        let validators = ValidatorSet::new(vec![Validator::new(founder.id(), key)]).unwrap();
        let policy = Policy {
            kem: Kem::X25519,
            ..Policy::standard(1)
        };
        let member = founder.id();
        let draft =
            GenesisDraft::new(("N", "localhost"), policy, vec![founder], validators, NOW).unwrap();
        Genesis::combine(&draft.body_bytes(), vec![draft.sign(member, &root)]).unwrap()
    }

    fn invitations(folder: &std::path::Path) -> Invitations {
        let replica = if Store::exists(folder) {
            Replica::open(folder, Lock::KeyFile, PartyKind::Peer)
        } else {
            Replica::create(folder, Lock::KeyFile, &genesis(), PartyKind::Peer)
        };
        Invitations::new(replica.unwrap())
    }

    fn grant() -> Grant {
        Grant::new(Role::Courier, "Van 3", NOW.plus(1_000), NOW.plus(9_000))
    }

    #[test]
    fn an_invitation_is_used_once_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (DeviceId::from_bytes([1; 32]), DeviceId::from_bytes([2; 32]));
        let first = invitations(folder.path());
        first.add(&[7; 16], &grant(), NOW).unwrap();
        assert_eq!(first.open(NOW).unwrap(), 1);
        assert_eq!(first.take(&[7; 16], one, NOW).unwrap().name(), "Van 3");
        drop(first);
        let again = invitations(folder.path());
        assert!(matches!(
            again.take(&[7; 16], other, NOW),
            Err(InvitationRefused::Used)
        ));
        // Its answer was lost: the same device gets it again, later too.
        assert!(again.take(&[7; 16], one, NOW.plus(5_000)).is_ok());
        assert_eq!(again.open(NOW).unwrap(), 0);
    }

    #[test]
    fn unknown_and_expired_invitations_are_told_apart_and_forgotten_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let invitations = invitations(folder.path());
        let device = DeviceId::from_bytes([1; 32]);
        invitations.add(&[7; 16], &grant(), NOW).unwrap();
        let unknown = invitations.take(&[8; 16], device, NOW).unwrap_err();
        let expired = invitations
            .take(&[7; 16], device, NOW.plus(1_000))
            .unwrap_err();
        assert_eq!(
            (unknown.code(), expired.code()),
            ("invitation-unknown", "invitation-expired")
        );
        let much_later = NOW.plus(REMEMBERED_MS + 2_000);
        invitations.add(&[9; 16], &grant(), much_later).unwrap();
        let forgotten = invitations.take(&[7; 16], device, much_later).unwrap_err();
        assert!(matches!(forgotten, InvitationRefused::Unknown));
    }
}
