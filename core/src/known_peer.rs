//! A peer as another one tells of it: whom it belongs to and where it is reached.

use crate::{
    cbor::{self, CborError, Reader, Wire, Writer},
    ids::{DeviceId, MemberId},
    invitation::check_addresses,
    limits,
};

/// A member's peer with its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPeer {
    key: DeviceId,
    member: MemberId,
    addresses: Vec<String>,
}

impl KnownPeer {
    /// A peer that is reached at these addresses (`HOST:PORT`), the best one first.
    ///
    /// # Errors
    /// [`CborError`] for no address, too many, or one that is not `HOST:PORT`.
    pub fn new(key: DeviceId, member: MemberId, addresses: Vec<String>) -> Result<Self, CborError> {
        check_addresses(&addresses)?;
        Ok(Self {
            key,
            member,
            addresses,
        })
    }

    /// Its device key: what its TLS identity must be.
    #[must_use]
    pub const fn key(&self) -> DeviceId {
        self.key
    }

    /// The member that it belongs to.
    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// Where it is, in the order to try.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Its bytes: `[key, member, addresses]`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Reads its bytes.
    ///
    /// # Errors
    /// [`CborError`]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::from_canonical(bytes)
    }
}

impl Wire for KnownPeer {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.key.write(to);
        self.member.write(to);
        to.array(self.addresses.len());
        for address in &self.addresses {
            to.text(address);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        let key = Wire::read(from)?;
        let member = Wire::read(from)?;
        let mut addresses = Vec::new();
        for _ in 0..from.array("addresses", limits::ADDRESSES)? {
            addresses.push(from.text("address", limits::NAME_BYTES)?.to_owned());
        }
        Self::new(key, member, addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_and_refuses_what_cannot_be_called() {
        let peer = |addresses: &[&str]| {
            let addresses = addresses.iter().map(|text| (*text).to_owned()).collect();
            let (key, member) = (DeviceId::from_bytes([1; 32]), MemberId::from_bytes([2; 32]));
            KnownPeer::new(key, member, addresses)
        };
        let good = peer(&["peer.example.org:4750", "[::1]:4750"]).unwrap();
        assert_eq!(KnownPeer::from_bytes(&good.to_bytes()), Ok(good));
        let wrong = CborError::Value { what: "addresses" };
        for addresses in [&[][..], &["peer.example.org"], &["a:1"; 9]] {
            assert_eq!(peer(addresses), Err(wrong.clone()), "{addresses:?}");
        }
    }
}
