//! A network's beginning: written by one founder, signed by all, and from then on the one thing
//! that everybody pins.

mod draft;

use std::collections::BTreeSet;

use thiserror::Error;

use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    hash::labelled,
    ids::{MemberId, NetworkId, TimeMs},
    keys::RootSignature,
    limits,
    policy::{Policy, PolicyFault},
    validators::ValidatorSet,
};

pub use draft::{Founder, GenesisDraft};

/// Why bytes are not the genesis of a network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GenesisError {
    /// Not readable.
    #[error("the genesis is not readable: {0}")]
    Encoding(#[from] CborError),
    /// No founder, or a founder, device or validator that appears twice or belongs to nobody.
    #[error("the genesis contradicts itself: {what}")]
    Contradiction {
        /// The part concerned.
        what: &'static str,
    },
    /// A policy that does not fit these founders.
    #[error("the policy does not fit the founders: {0}")]
    Policy(#[from] PolicyFault),
    /// A founder has not signed.
    #[error("founder {member} has not signed")]
    MissingSignature {
        /// The founder.
        member: MemberId,
    },
    /// A signature of someone who is no founder.
    #[error("{member} signed, but is not a founder")]
    StrangerSignature {
        /// Who signed.
        member: MemberId,
    },
    /// A founder's signature does not verify, one or both parts of it.
    #[error("the signature of founder {member} is wrong")]
    BadSignature {
        /// The founder.
        member: MemberId,
    },
    /// Another network than the one that was expected.
    #[error("this is network {found}, not {expected}")]
    WrongNetwork {
        /// The pinned id.
        expected: NetworkId,
        /// The id of these bytes.
        found: NetworkId,
    },
}

/// A founder's signature under a genesis body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FounderSignature {
    member: MemberId,
    signature: RootSignature,
}

impl FounderSignature {
    /// Who signed.
    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// The bytes that a founder sends back.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads them.
    ///
    /// # Errors
    /// [`GenesisError::Encoding`] if they are not a signature.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GenesisError> {
        Ok(from_canonical(bytes)?)
    }
}

impl Wire for FounderSignature {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.member.write(to);
        self.signature.write_into(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            member: MemberId::read(from)?,
            signature: RootSignature::read_from(from)?,
        })
    }
}

/// A network's signed beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    id: NetworkId,
    draft: GenesisDraft,
    bytes: Vec<u8>,
}

/// The outer structure, before anything is checked.
struct Envelope {
    body: Vec<u8>,
    signatures: Vec<FounderSignature>,
}

impl Wire for Envelope {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.bytes(&self.body);
        to.list(&self.signatures);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            body: from.bytes("genesis", limits::GENESIS_BYTES)?.to_vec(),
            signatures: from.list("signatures", limits::READER_GROUPS)?,
        })
    }
}

impl Genesis {
    /// Puts the body and every founder's signature together.
    ///
    /// # Errors
    /// [`GenesisError`] if a signature is missing, wrong or a stranger's.
    pub fn combine(
        body: &[u8],
        mut signatures: Vec<FounderSignature>,
    ) -> Result<Self, GenesisError> {
        signatures.sort_by_key(FounderSignature::member);
        let envelope = Envelope {
            body: body.to_vec(),
            signatures,
        };
        Self::from_bytes(&to_bytes(&envelope))
    }

    /// Reads a genesis and checks every founder's two signatures.
    ///
    /// # Errors
    /// [`GenesisError`] naming what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GenesisError> {
        let envelope = envelope(bytes)?;
        let draft = GenesisDraft::from_body_bytes(&envelope.body)?;
        check_signatures(&draft, &envelope)?;
        Ok(Self {
            id: network_id(&envelope.body),
            draft,
            bytes: bytes.to_vec(),
        })
    }

    /// Reads a genesis whose network id is known from elsewhere: the id is the hash of everything
    /// that counts, so the founders' signatures add nothing.
    ///
    /// # Errors
    /// [`GenesisError`] if it is not that network's.
    pub fn from_pinned_bytes(bytes: &[u8], pinned: NetworkId) -> Result<Self, GenesisError> {
        let envelope = envelope(bytes)?;
        let id = network_id(&envelope.body);
        if id != pinned {
            return Err(GenesisError::WrongNetwork {
                expected: pinned,
                found: id,
            });
        }
        let draft = GenesisDraft::from_body_bytes(&envelope.body)?;
        Ok(Self {
            id,
            draft,
            bytes: bytes.to_vec(),
        })
    }

    /// The network's id.
    #[must_use]
    pub const fn id(&self) -> NetworkId {
        self.id
    }

    /// The network's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.draft.name
    }

    /// What was signed.
    #[must_use]
    pub const fn draft(&self) -> &GenesisDraft {
        &self.draft
    }

    /// The host on labels.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.draft.host
    }

    /// The network's rules.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.draft.policy
    }

    /// The founders, sorted by id.
    #[must_use]
    pub fn founders(&self) -> &[Founder] {
        &self.draft.founders
    }

    /// Who orders at first.
    #[must_use]
    pub const fn validators(&self) -> &ValidatorSet {
        &self.draft.validators
    }

    /// When the network began, as its founders say.
    #[must_use]
    pub const fn time(&self) -> TimeMs {
        self.draft.time
    }

    /// The signed bytes.
    #[must_use]
    pub fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn envelope(bytes: &[u8]) -> Result<Envelope, GenesisError> {
    if bytes.len() > limits::GENESIS_BYTES {
        return Err(CborError::TooLong {
            what: "genesis",
            limit: limits::GENESIS_BYTES,
        }
        .into());
    }
    Ok(from_canonical(bytes)?)
}

fn check_signatures(draft: &GenesisDraft, envelope: &Envelope) -> Result<(), GenesisError> {
    let digest = signed_digest(&envelope.body);
    let mut missing: BTreeSet<MemberId> = draft.founders.iter().map(Founder::id).collect();
    for given in &envelope.signatures {
        let member = given.member;
        let founder = draft
            .founders
            .iter()
            .find(|founder| founder.id == member)
            .ok_or(GenesisError::StrangerSignature { member })?;
        if !missing.remove(&member) {
            return Err(GenesisError::Contradiction { what: "signatures" });
        }
        founder
            .inception
            .root()
            .verify(&digest, &given.signature)
            .map_err(|_| GenesisError::BadSignature { member })?;
    }
    match missing.pop_first() {
        Some(member) => Err(GenesisError::MissingSignature { member }),
        None => Ok(()),
    }
}

fn network_id(body: &[u8]) -> NetworkId {
    NetworkId::from_bytes(labelled("chopmark/genesis/1", &[body]))
}

fn signed_digest(body: &[u8]) -> [u8; 32] {
    labelled("chopmark/genesis-signature/1", &[body])
}

#[cfg(test)]
mod tests;
