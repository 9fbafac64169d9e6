//! Invitations: what a new device needs to find a peer and be let in once (format, section 8).

use data_encoding::BASE64URL_NOPAD;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    ids::{DeviceId, NetworkId, TimeMs},
    limits,
};

const SCHEME: &str = "chopmark://join/";
/// Longer links are none of ours: 8 addresses and the rest stay below.
const LONGEST: usize = 4096;

/// Why a text is not an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvitationError {
    /// Another link, or no link.
    #[error("this is not a Chopmark invitation")]
    NotAnInvitation,
    /// Cut off or mistyped.
    #[error("the invitation is damaged; ask for a new one")]
    Damaged,
    /// The contents are not readable.
    #[error("the invitation is not readable: {0}")]
    Encoding(#[from] CborError),
}

/// An invitation to join a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    network: NetworkId,
    peer: DeviceId,
    addresses: Vec<String>,
    secret: Zeroizing<[u8; 16]>,
    expires: TimeMs,
}

impl Invitation {
    /// An invitation that `peer` will honour once, at one of its addresses (`HOST:PORT`).
    ///
    /// # Errors
    /// [`CborError`] for no address, too many, or one that is not `HOST:PORT`.
    pub fn new(
        network: NetworkId,
        peer: DeviceId,
        addresses: Vec<String>,
        secret: [u8; 16],
        expires: TimeMs,
    ) -> Result<Self, CborError> {
        check_addresses(&addresses)?;
        Ok(Self {
            network,
            peer,
            addresses,
            secret: Zeroizing::new(secret),
            expires,
        })
    }

    /// The network to join.
    #[must_use]
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// The peer that honours it: its TLS key.
    #[must_use]
    pub const fn peer(&self) -> DeviceId {
        self.peer
    }

    /// Where the peer is, in the order to try.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// The one-time secret.
    #[must_use]
    pub fn secret(&self) -> &[u8; 16] {
        &self.secret
    }

    /// Until when it can be used.
    #[must_use]
    pub const fn expires(&self) -> TimeMs {
        self.expires
    }

    /// The link, also the text of the QR code.
    #[must_use]
    pub fn to_link(&self) -> String {
        format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&to_bytes(self)))
    }

    /// Reads a link.
    ///
    /// # Errors
    /// [`InvitationError`]
    pub fn parse(text: &str) -> Result<Self, InvitationError> {
        let text = text.trim();
        let encoded = text
            .strip_prefix(SCHEME)
            .filter(|_| text.len() <= LONGEST)
            .ok_or(InvitationError::NotAnInvitation)?;
        let bytes = BASE64URL_NOPAD
            .decode(encoded.as_bytes())
            .map_err(|_| InvitationError::Damaged)?;
        Ok(from_canonical(&bytes)?)
    }
}

pub(crate) fn check_addresses(addresses: &[String]) -> Result<(), CborError> {
    let good = |address: &String| {
        address.len() <= limits::NAME_BYTES
            && address
                .rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    };
    if addresses.is_empty() || addresses.len() > limits::ADDRESSES || !addresses.iter().all(good) {
        return Err(CborError::Value { what: "addresses" });
    }
    Ok(())
}

impl Wire for Invitation {
    fn write(&self, to: &mut Writer) {
        to.array(6);
        to.u64(1);
        self.network.write(to);
        self.peer.write(to);
        to.array(self.addresses.len());
        for address in &self.addresses {
            to.text(address);
        }
        to.bytes(self.secret.as_slice());
        self.expires.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(6)?;
        from.version()?;
        let network = NetworkId::read(from)?;
        let peer = DeviceId::read(from)?;
        let mut addresses = Vec::new();
        for _ in 0..from.array("addresses", limits::ADDRESSES)? {
            addresses.push(from.text("address", limits::NAME_BYTES)?.to_owned());
        }
        let secret = from.array_of_bytes()?;
        Self::new(network, peer, addresses, secret, TimeMs::read(from)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn invitation() -> Invitation {
        Invitation::new(
            NetworkId::from_bytes([1; 32]),
            DeviceId::from_bytes([2; 32]),
            vec!["peer.example.org:4750".to_owned(), "[::1]:4750".to_owned()],
            [3; 16],
            TimeMs(1_800_000_000_000),
        )
        .unwrap()
    }

    #[test]
    fn a_link_is_read_back() {
        let link = invitation().to_link();
        assert_eq!(Invitation::parse(&format!(" {link}\n")), Ok(invitation()));
    }

    #[test]
    fn names_what_is_wrong() {
        use InvitationError as E;
        let link = invitation().to_link();
        // Four characters of base64 are three whole bytes.
        let whole = SCHEME.len() + (link.len() - SCHEME.len()) / 4 * 4;
        let cut = &link[..whole - 4];
        for text in ["", "hello", "https://example.org", "chopmark://other/AA"] {
            assert_eq!(Invitation::parse(text), Err(E::NotAnInvitation), "{text}");
        }
        assert_eq!(Invitation::parse("chopmark://join/$$"), Err(E::Damaged));
        assert!(matches!(Invitation::parse(cut), Err(E::Encoding(_))));
        let long = format!("{SCHEME}{}", "A".repeat(5000));
        assert_eq!(Invitation::parse(&long), Err(E::NotAnInvitation));
    }

    #[test]
    fn addresses_have_host_and_port() {
        for wrong in [
            vec![],
            vec!["host"],
            vec![":1"],
            vec!["host:99999"],
            vec!["h:1"; 9],
        ] {
            let addresses = wrong.iter().map(|&a| a.to_owned()).collect();
            let made = Invitation::new(
                NetworkId::from_bytes([1; 32]),
                DeviceId::from_bytes([2; 32]),
                addresses,
                [3; 16],
                TimeMs(0),
            );
            assert!(made.is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), text: String) {
            let _ = Invitation::parse(&format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&bytes)));
            let _ = Invitation::parse(&text);
        }
    }
}
