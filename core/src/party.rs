//! Who can own or hold a thing: a member, a consumer, or whoever showed a pick-up code.

use std::fmt;

use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::ids::{MemberId, OwnerKey, PickupHash};

/// An owner or a holder. Devices are never parties: who loses a phone loses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// An organisation of the network.
    Member(MemberId),
    /// A person outside the network, known by a key alone.
    Consumer(OwnerKey),
    /// Whoever showed the one-time code with this hash, known by nothing else.
    Bearer(PickupHash),
}

impl Party {
    /// The member that it is, if it is one.
    #[must_use]
    pub const fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Member(member) => Some(member),
            Self::Consumer(_) | Self::Bearer(_) => None,
        }
    }

    /// Its kind, as in its bytes, and its id: what signatures are made over.
    pub(crate) const fn parts(&self) -> (u8, &[u8; 32]) {
        match self {
            Self::Member(member) => (0, member.as_bytes()),
            Self::Consumer(key) => (1, key.as_bytes()),
            Self::Bearer(hash) => (2, hash.as_bytes()),
        }
    }

    /// Whether it is this member.
    #[must_use]
    pub fn is(&self, member: &MemberId) -> bool {
        self.member() == Some(member)
    }
}

impl From<MemberId> for Party {
    fn from(member: MemberId) -> Self {
        Self::Member(member)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(member) => member.fmt(f),
            Self::Consumer(key) => write!(f, "consumer {key}"),
            Self::Bearer(hash) => write!(f, "bearer {hash}"),
        }
    }
}

impl Wire for Party {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        match self {
            Self::Member(member) => {
                to.u64(0);
                member.write(to);
            }
            Self::Consumer(key) => {
                to.u64(1);
                key.write(to);
            }
            Self::Bearer(hash) => {
                to.u64(2);
                hash.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        match from.u64()? {
            0 => Ok(Self::Member(Wire::read(from)?)),
            1 => Ok(Self::Consumer(Wire::read(from)?)),
            2 => Ok(Self::Bearer(Wire::read(from)?)),
            _ => Err(CborError::Value { what: "party" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::{from_canonical, to_bytes};

    #[test]
    fn the_same_bytes_in_another_role_are_another_party() {
        let bytes = [7; 32];
        let parties = [
            Party::Member(MemberId::from_bytes(bytes)),
            Party::Consumer(OwnerKey::from_bytes(bytes)),
            Party::Bearer(PickupHash::from_bytes(bytes)),
        ];
        for (n, party) in parties.iter().enumerate() {
            let written = to_bytes(party);
            assert_eq!(written[..2], [0x82, u8::try_from(n).unwrap()]);
            assert_eq!(from_canonical(&written), Ok(*party));
            assert_eq!(party.is(&MemberId::from_bytes(bytes)), n == 0);
        }
        let mut unknown = to_bytes(&parties[0]);
        unknown[1] = 3;
        assert_eq!(
            from_canonical::<Party>(&unknown),
            Err(CborError::Value { what: "party" })
        );
    }
}
