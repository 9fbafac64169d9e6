//! A network's beginning: written by one founder, signed by all, and from then on the one thing
//! that everybody pins.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    hash::labelled,
    ids::{MemberId, NetworkId, TimeMs},
    keys::{RootKey, RootSignature},
    limits,
    member::{DeviceEntry, Inception, check_name, read_name},
    policy::Policy,
    validators::ValidatorSet,
};

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

/// A member that starts a network, with its first devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founder {
    id: MemberId,
    inception: Inception,
    devices: Vec<DeviceEntry>,
}

impl Founder {
    /// A founder; at least one device, which has to be an admin for others to be enrolled.
    #[must_use]
    pub fn new(inception: Inception, devices: Vec<DeviceEntry>) -> Self {
        Self {
            id: inception.id(),
            inception,
            devices,
        }
    }

    /// The member's id.
    #[must_use]
    pub const fn id(&self) -> MemberId {
        self.id
    }

    /// The member's beginning.
    #[must_use]
    pub const fn inception(&self) -> &Inception {
        &self.inception
    }

    /// Its first devices.
    #[must_use]
    pub fn devices(&self) -> &[DeviceEntry] {
        &self.devices
    }

    /// The founder as it stands in a genesis body: what a member hands to the network's maker.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads a founder.
    ///
    /// # Errors
    /// [`CborError`] if the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        from_canonical(bytes)
    }
}

impl Wire for Founder {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.bytes(&self.inception.to_bytes());
        to.list(&self.devices);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        let inception = Inception::from_bytes(from.bytes("inception", limits::BLOCK_BYTES)?)?;
        Ok(Self::new(
            inception,
            from.list("devices", limits::FOUNDER_DEVICES)?,
        ))
    }
}

/// A genesis that founders still have to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenesisDraft {
    name: String,
    host: String,
    policy: Policy,
    founders: Vec<Founder>,
    validators: ValidatorSet,
    time: TimeMs,
}

impl GenesisDraft {
    /// A draft: the network's name, the host on its labels, who founds it and who orders.
    /// Founders are sorted here.
    ///
    /// # Errors
    /// [`GenesisError::Contradiction`] or [`GenesisError::Encoding`] naming what cannot be.
    pub fn new(
        (name, host): (&str, &str),
        policy: Policy,
        mut founders: Vec<Founder>,
        validators: ValidatorSet,
        time: TimeMs,
    ) -> Result<Self, GenesisError> {
        check_name(name)?;
        founders.sort_by_key(Founder::id);
        let draft = Self {
            name: name.to_owned(),
            host: host.to_owned(),
            policy,
            founders,
            validators,
            time,
        };
        draft.check()?;
        Ok(draft)
    }

    /// Everything that has to hold beyond the encoding.
    fn check(&self) -> Result<(), GenesisError> {
        let wrong = |what| Err(GenesisError::Contradiction { what });
        if !is_host(&self.host) {
            return wrong("host");
        }
        if self.founders.is_empty() || self.founders.len() > limits::READER_GROUPS {
            return wrong("founders");
        }
        if !self.founders.windows(2).all(|pair| match pair {
            [a, b] => a.id < b.id,
            _ => true,
        }) {
            return wrong("founders");
        }
        let mut keys = BTreeSet::new();
        for founder in &self.founders {
            if founder.devices.is_empty() || founder.inception.reader().kem() != self.policy.kem {
                return wrong("founder");
            }
            for device in &founder.devices {
                if !keys.insert(device.key()) {
                    return wrong("devices");
                }
            }
        }
        for validator in self.validators.as_slice() {
            let theirs = self.founders.iter().any(|founder| {
                founder.id == validator.member()
                    && founder.devices.iter().any(|d| d.key() == validator.key())
            });
            if !theirs {
                return wrong("validators");
            }
        }
        Ok(())
    }

    /// The body that founders sign and whose hash is the network's id.
    #[must_use]
    pub fn body_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads a body, to show it to a founder before signing.
    ///
    /// # Errors
    /// [`GenesisError`] if it is not one.
    pub fn from_body_bytes(bytes: &[u8]) -> Result<Self, GenesisError> {
        if bytes.len() > limits::GENESIS_BYTES {
            return Err(CborError::TooLong {
                what: "genesis",
                limit: limits::GENESIS_BYTES,
            }
            .into());
        }
        let draft: Self = from_canonical(bytes)?;
        draft.check()?;
        Ok(draft)
    }

    /// The network's id, the same before and after signing.
    #[must_use]
    pub fn id(&self) -> NetworkId {
        network_id(&self.body_bytes())
    }

    /// The network's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The host name on labels.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What the founders agree on.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Who will order.
    #[must_use]
    pub const fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    /// The founders, sorted by id.
    #[must_use]
    pub fn founders(&self) -> &[Founder] {
        &self.founders
    }

    /// One founder's signature.
    #[must_use]
    pub fn sign(&self, member: MemberId, key: &RootKey) -> FounderSignature {
        FounderSignature {
            member,
            signature: key.sign(&signed_digest(&self.body_bytes())),
        }
    }
}

impl Wire for GenesisDraft {
    fn write(&self, to: &mut Writer) {
        to.array(7);
        to.u64(1);
        to.text(&self.name);
        to.text(&self.host);
        self.policy.write(to);
        to.list(&self.founders);
        self.validators.write(to);
        self.time.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(7)?;
        from.version()?;
        Ok(Self {
            name: read_name(from)?,
            host: from.text("host", limits::NAME_BYTES)?.to_owned(),
            policy: Policy::read(from)?,
            founders: from.list("founders", limits::READER_GROUPS)?,
            validators: ValidatorSet::read(from)?,
            time: TimeMs::read(from)?,
        })
    }
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

/// A host name or address, with or without port, and nothing that could leave that part of a link.
fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= limits::NAME_BYTES
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests;
