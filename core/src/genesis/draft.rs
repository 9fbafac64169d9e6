//! What founders agree on before they sign.

use std::collections::{BTreeMap, BTreeSet};

use super::{FounderSignature, GenesisError, network_id, signed_digest};
use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    ids::{MemberId, NetworkId, TimeMs},
    keys::RootKey,
    limits,
    member::{DeviceEntry, Inception, check_name, read_name},
    policy::Policy,
    validators::ValidatorSet,
};

/// A member that starts a network, with its first devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founder {
    pub(super) id: MemberId,
    pub(super) inception: Inception,
    pub(super) devices: Vec<DeviceEntry>,
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
    pub(super) name: String,
    pub(super) host: String,
    pub(super) policy: Policy,
    pub(super) founders: Vec<Founder>,
    pub(super) validators: ValidatorSet,
    pub(super) time: TimeMs,
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
            let mut readers = founder.inception.readers().values();
            if founder.devices.is_empty() || !readers.all(|key| key.kem() == self.policy.kem) {
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
        let classes = self.founders.iter();
        let classes: BTreeMap<_, _> = classes.map(|f| (f.id, f.inception.class())).collect();
        Ok(self.policy.check(&classes)?)
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

/// A host name or address, with or without port, and nothing that could leave that part of a link.
fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= limits::NAME_BYTES
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}
