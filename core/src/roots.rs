//! What is said about a member's root keys, and what signs it: rotation, guardians, recovery,
//! objection.

use std::collections::BTreeSet;

use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    hash::labelled,
    ids::{Digest32, MemberId, NetworkId},
    keys::{RootKey, RootPublic, RootSignature},
};

/// New root keys, the digest of those that come after them, and the new keys' own signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootChange {
    pub(crate) root: RootPublic,
    pub(crate) next: Digest32,
    pub(crate) signature: RootSignature,
}

impl RootChange {
    /// A rotation of a member's root to these keys, which it had committed to.
    #[must_use]
    pub fn rotation(network: &NetworkId, member: &MemberId, key: &RootKey, next: Digest32) -> Self {
        let root = key.public();
        let message = rotation_message(network, member, &root, next);
        let signature = key.sign(message.as_bytes());
        Self {
            root,
            next,
            signature,
        }
    }

    /// The new root keys.
    #[must_use]
    pub const fn root(&self) -> &RootPublic {
        &self.root
    }

    /// The digest of the keys that come after them.
    #[must_use]
    pub const fn next(&self) -> Digest32 {
        self.next
    }

    pub(crate) fn write_fields(&self, to: &mut Writer) {
        self.root.write(to);
        self.next.write(to);
        self.signature.write_into(to);
    }

    pub(crate) fn read_fields(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            root: RootPublic::read(from)?,
            next: Digest32::read(from)?,
            signature: RootSignature::read_from(from)?,
        })
    }
}

/// What a member that lost its root keys hands to its guardians: new ones, signed by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryRequest {
    pub(crate) member: MemberId,
    /// The digest of the keys that are lost, or a recovery that failed could be completed later.
    pub(crate) replaces: Digest32,
    pub(crate) change: RootChange,
}

impl RecoveryRequest {
    /// A request for these keys in place of the lost ones.
    #[must_use]
    pub fn new(
        network: &NetworkId,
        member: MemberId,
        lost: &RootPublic,
        key: &RootKey,
        next: Digest32,
    ) -> Self {
        let (replaces, root) = (lost.next_digest(), key.public());
        let message = recovery_message(network, &member, (replaces, &root), next);
        let signature = key.sign(message.as_bytes());
        Self {
            member,
            replaces,
            change: RootChange {
                root,
                next,
                signature,
            },
        }
    }

    /// Who lost its keys.
    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// The digest of the keys that are lost.
    #[must_use]
    pub const fn replaces(&self) -> Digest32 {
        self.replaces
    }

    /// The keys that it asks for.
    #[must_use]
    pub const fn change(&self) -> &RootChange {
        &self.change
    }

    /// What a roster names once the keys hold.
    #[must_use]
    pub fn base(&self) -> Digest32 {
        root_base(&self.change.root, self.change.next)
    }

    /// The bytes that guardians are given.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads a request; its signature is not checked.
    ///
    /// # Errors
    /// [`CborError`] if the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        from_canonical(bytes)
    }
}

impl Wire for RecoveryRequest {
    fn write(&self, to: &mut Writer) {
        to.array(6);
        self.member.write(to);
        self.replaces.write(to);
        self.change.write_fields(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(6)?;
        Ok(Self {
            member: MemberId::read(from)?,
            replaces: Digest32::read(from)?,
            change: RootChange::read_fields(from)?,
        })
    }
}

/// Who gives a member new root keys should it lose them, as its root keys choose them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardianChoice {
    /// The guardians.
    pub members: BTreeSet<MemberId>,
    /// How many of them it takes.
    pub threshold: u64,
    /// How often they have been set with this: a signature for one time counts no second time.
    pub number: u64,
}

impl GuardianChoice {
    /// A member's root signature for the choice.
    #[must_use]
    pub fn sign(&self, network: &NetworkId, member: &MemberId, key: &RootKey) -> RootSignature {
        key.sign(self.message(network, member).as_bytes())
    }

    pub(crate) fn message(&self, network: &NetworkId, member: &MemberId) -> Digest32 {
        let numbers = [self.number.to_be_bytes(), self.threshold.to_be_bytes()].concat();
        let mut parts: Vec<&[u8]> = vec![network.as_bytes(), member.as_bytes(), &numbers];
        parts.extend(
            self.members
                .iter()
                .map(|guardian| guardian.as_bytes().as_slice()),
        );
        Digest32::from_bytes(labelled("chopmark/guardians/1", &parts))
    }

    /// What has to hold whatever the state.
    pub(crate) fn check(&self) -> Result<(), CborError> {
        let count = u64::try_from(self.members.len()).unwrap_or(u64::MAX);
        match (1..=count).contains(&self.threshold) {
            true => Ok(()),
            false => Err(CborError::Value { what: "threshold" }),
        }
    }
}

/// A member's objection to a recovery: its present root keys say no.
#[must_use]
pub fn sign_objection(
    network: &NetworkId,
    member: &MemberId,
    base: Digest32,
    key: &RootKey,
) -> RootSignature {
    key.sign(objection_message(network, member, base).as_bytes())
}

pub(crate) fn rotation_message(
    network: &NetworkId,
    member: &MemberId,
    root: &RootPublic,
    next: Digest32,
) -> Digest32 {
    signed(
        "chopmark/rotate-root/1",
        &[network.as_bytes(), member.as_bytes(), next.as_bytes()],
        root,
    )
}

pub(crate) fn recovery_message(
    network: &NetworkId,
    member: &MemberId,
    (replaces, root): (Digest32, &RootPublic),
    next: Digest32,
) -> Digest32 {
    let parts = [
        network.as_bytes(),
        member.as_bytes(),
        replaces.as_bytes(),
        next.as_bytes(),
    ];
    signed("chopmark/recover/1", &parts, root)
}

pub(crate) fn objection_message(
    network: &NetworkId,
    member: &MemberId,
    base: Digest32,
) -> Digest32 {
    let parts = [
        network.as_bytes().as_slice(),
        member.as_bytes(),
        base.as_bytes(),
    ];
    Digest32::from_bytes(labelled("chopmark/objection/1", &parts))
}

/// What stands for recovered root keys in a roster's digest.
pub(crate) fn root_base(root: &RootPublic, next: Digest32) -> Digest32 {
    signed("chopmark/root-base/1", &[next.as_bytes()], root)
}

fn signed(label: &str, parts: &[&[u8; 32]], root: &RootPublic) -> Digest32 {
    let root = to_bytes(root);
    let parts = parts.iter().map(|part| part.as_slice());
    let parts: Vec<&[u8]> = parts.chain([root.as_slice()]).collect();
    Digest32::from_bytes(labelled(label, &parts))
}
