//! Who orders: the peers that take part in agreeing on checkpoints.

use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    hash::labelled,
    ids::{DeviceId, Digest32, MemberId},
    keys::MlDsa44Public,
    limits,
};

/// A peer that takes part in ordering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validator {
    member: MemberId,
    ed25519: DeviceId,
    ml_dsa_44: Option<MlDsa44Public>,
}

impl Validator {
    /// A validator that cosigns with its device key alone.
    #[must_use]
    pub const fn new(member: MemberId, key: DeviceId) -> Self {
        Self {
            member,
            ed25519: key,
            ml_dsa_44: None,
        }
    }

    /// The same with a post-quantum key beside it.
    #[must_use]
    pub fn with_ml_dsa(self, key: MlDsa44Public) -> Self {
        Self {
            ml_dsa_44: Some(key),
            ..self
        }
    }

    /// The key that it cosigns with beside the other, where headers must have both.
    #[must_use]
    pub const fn ml_dsa(&self) -> Option<&MlDsa44Public> {
        self.ml_dsa_44.as_ref()
    }

    /// Whose peer it is.
    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// The key it cosigns with.
    #[must_use]
    pub const fn key(&self) -> DeviceId {
        self.ed25519
    }
}

impl Wire for Validator {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.member.write(to);
        self.ed25519.write(to);
        to.option(self.ml_dsa_44.as_ref(), |to, key| key.write(to));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            member: MemberId::read(from)?,
            ed25519: DeviceId::read(from)?,
            ml_dsa_44: from.option(MlDsa44Public::read)?,
        })
    }
}

/// All validators of a time; never empty, each key once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorSet(Vec<Validator>);

impl ValidatorSet {
    /// A set; the order is kept.
    ///
    /// # Errors
    /// [`CborError::Value`] if it is empty, too large, or names a key or member twice.
    pub fn new(validators: Vec<Validator>) -> Result<Self, CborError> {
        let wrong = Err(CborError::Value { what: "validators" });
        if validators.is_empty() || validators.len() > limits::READER_GROUPS {
            return wrong;
        }
        let keys: std::collections::BTreeSet<_> = validators.iter().map(|v| v.ed25519).collect();
        let members: std::collections::BTreeSet<_> = validators.iter().map(|v| v.member).collect();
        if keys.len() != validators.len() || members.len() != validators.len() {
            return wrong;
        }
        Ok(Self(validators))
    }

    /// The validators.
    #[must_use]
    pub fn as_slice(&self) -> &[Validator] {
        &self.0
    }

    /// How many must cosign: more than two thirds.
    #[must_use]
    pub const fn quorum(&self) -> usize {
        // Cannot overflow: a set is small.
        self.0.len() * 2 / 3 + 1
    }

    /// The validator with this key.
    #[must_use]
    pub fn with_key(&self, key: &DeviceId) -> Option<&Validator> {
        self.0.iter().find(|v| v.ed25519 == *key)
    }

    /// Whether this key alone decides.
    #[must_use]
    pub fn is_only(&self, key: &DeviceId) -> bool {
        matches!(self.as_slice(), [only] if only.ed25519 == *key)
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads a set.
    ///
    /// # Errors
    /// [`CborError`] if the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        from_canonical(bytes)
    }

    /// The set's hash, as checkpoint headers carry it.
    #[must_use]
    pub fn digest(&self) -> Digest32 {
        Digest32::from_bytes(labelled("chopmark/validators/1", &[&to_bytes(self)]))
    }
}

impl Wire for ValidatorSet {
    fn write(&self, to: &mut Writer) {
        to.list(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::new(from.list("validators", limits::READER_GROUPS)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quorum_is_more_than_two_thirds() {
        let set = |n: u8| {
            let one =
                |i| Validator::new(MemberId::from_bytes([i; 32]), DeviceId::from_bytes([i; 32]));
            ValidatorSet::new((0..n).map(one).collect())
        };
        for (n, quorum) in [(1, 1), (2, 2), (3, 3), (4, 3), (7, 5), (10, 7)] {
            assert_eq!(set(n).unwrap().quorum(), quorum, "{n}");
        }
        assert!(set(0).is_err());
        let most = u8::try_from(limits::READER_GROUPS).unwrap();
        assert!(set(most).is_ok() && set(most + 1).is_err());
    }

    #[test]
    fn nobody_counts_twice() {
        let one = Validator::new(MemberId::from_bytes([1; 32]), DeviceId::from_bytes([1; 32]));
        assert!(ValidatorSet::new(vec![one.clone(), one]).is_err());
    }
}
