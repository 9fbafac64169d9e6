//! TLS 1.3 whose certificates are device keys (raw public keys, RFC 7250).
//!
//! Whoever answers must hold the key that the caller expects. Whoever calls must hold the key that
//! it shows; what that key may do is decided after the handshake.

use std::sync::Arc;

use chopmark_core::{DeviceId, DeviceKey};
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer,
    UnixTime,
};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

/// What stands before the 32 key bytes in an Ed25519 SubjectPublicKeyInfo (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The name in the handshake. It stands for nothing: the key is the identity, and SNI is off.
pub(super) const SERVER_NAME: &str = "chopmark";

/// This device's key could not be made into a TLS configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The cryptography provider refused the key or the suites.
    #[error("TLS cannot use this device key: {0}")]
    Rustls(#[from] Error),
    /// The provider lacks the suite that QUIC starts with.
    #[error("TLS lacks the cipher suite that QUIC starts with: {0}")]
    Quic(#[from] quinn::crypto::rustls::NoInitialCipherSuite),
}

/// Configuration of the answering side, for the given ALPN names.
pub(super) fn server(key: &DeviceKey, alpn: &[&[u8]]) -> Result<QuicServerConfig, TlsError> {
    let provider = provider();
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(Verifier {
            expected: None,
            provider: Arc::clone(&provider),
        }))
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(certified(
            key, &provider,
        )?)));
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    // No tickets: a session starts with both keys proven, every time, and 0-RTT cannot happen.
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(QuicServerConfig::try_from(config)?)
}

/// Configuration of the calling side: only `expected` may answer.
pub(super) fn client(
    key: &DeviceKey,
    expected: DeviceId,
    alpn: &[u8],
) -> Result<QuicClientConfig, TlsError> {
    let provider = provider();
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier {
            expected: Some(expected),
            provider: Arc::clone(&provider),
        }))
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(certified(
            key, &provider,
        )?)));
    config.alpn_protocols = vec![alpn.to_vec()];
    config.enable_sni = false;
    config.enable_early_data = false;
    config.resumption = Resumption::disabled();
    Ok(QuicClientConfig::try_from(config)?)
}

/// The key that the other side of `connection` has proven to hold.
pub(super) fn remote_key(connection: &quinn::Connection) -> Option<DeviceId> {
    let identity = connection.peer_identity()?;
    let chain = identity.downcast_ref::<Vec<CertificateDer<'static>>>()?;
    device_of(chain.first()?)
}

/// X25519MLKEM768 first, plain X25519 for a side that lacks it; nothing else.
fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups = vec![
        aws_lc_rs::kx_group::X25519MLKEM768,
        aws_lc_rs::kx_group::X25519,
    ];
    Arc::new(provider)
}

fn certified(key: &DeviceKey, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, Error> {
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.pkcs8_der().to_vec()));
    let signing = provider.key_provider.load_private_key(der)?;
    let mut spki = SPKI_PREFIX.to_vec();
    spki.extend_from_slice(key.id().as_bytes());
    Ok(Arc::new(CertifiedKey::new(
        vec![CertificateDer::from(spki)],
        signing,
    )))
}

/// The device key inside a raw public key; anything but Ed25519 is no device.
fn device_of(spki: &CertificateDer<'_>) -> Option<DeviceId> {
    let key = spki.as_ref().strip_prefix(&SPKI_PREFIX)?;
    Some(DeviceId::from_bytes(key.try_into().ok()?))
}

#[derive(Debug)]
struct Verifier {
    /// The only key that may be shown, or any.
    expected: Option<DeviceId>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn check_key(&self, shown: &CertificateDer<'_>) -> Result<(), Error> {
        let shown =
            device_of(shown).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        match self.expected {
            Some(expected) if expected != shown => Err(Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure,
            )),
            _ => Ok(()),
        }
    }

    fn check_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature_with_raw_key(
            message,
            &SubjectPublicKeyInfoDer::from(shown.as_ref()),
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }
}

/// What rustls asks of the verifiers of both sides in the same words. A macro, because two traits
/// want methods of the same names.
macro_rules! both_sides {
    () => {
        fn verify_tls12_signature(
            &self,
            _message: &[u8],
            _shown: &CertificateDer<'_>,
            _signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            // TLS 1.2 is never offered, so its signatures never come.
            Err(Error::General("TLS 1.2 is not spoken here".to_owned()))
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            shown: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.check_signature(message, shown, signed)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ED25519]
        }

        fn requires_raw_public_keys(&self) -> bool {
            true
        }
    };
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check_key(shown)
            .map(|()| ServerCertVerified::assertion())
    }

    both_sides!();
}

impl ClientCertVerifier for Verifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check_key(shown)
            .map(|()| ClientCertVerified::assertion())
    }

    both_sides!();
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;

    const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

    fn answering(key: &DeviceKey) -> (quinn::Endpoint, SocketAddr) {
        let config = quinn::ServerConfig::with_crypto(Arc::new(server(key, &[b"a"]).unwrap()));
        let endpoint = quinn::Endpoint::server(config, LOOPBACK).unwrap();
        let address = endpoint.local_addr().unwrap();
        (endpoint, address)
    }

    fn calling(key: &DeviceKey, expected: DeviceId) -> quinn::Endpoint {
        let mut endpoint = quinn::Endpoint::client(LOOPBACK).unwrap();
        let config = client(key, expected, b"a").unwrap();
        endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(config)));
        endpoint
    }

    #[tokio::test]
    async fn both_sides_prove_their_device_keys() {
        let (one, other) = (
            DeviceKey::from_seed(&[1; 32]),
            DeviceKey::from_seed(&[2; 32]),
        );
        let (server, address) = answering(&one);
        let client = calling(&other, one.id());
        let (outgoing, incoming) = tokio::join!(
            async { client.connect(address, SERVER_NAME).unwrap().await.unwrap() },
            async { server.accept().await.unwrap().await.unwrap() },
        );
        assert_eq!(remote_key(&incoming), Some(other.id()));
        assert_eq!(remote_key(&outgoing), Some(one.id()));
    }

    #[test]
    fn prefers_the_key_exchange_that_outlasts_quantum_computers() {
        let groups: Vec<_> = provider()
            .kx_groups
            .iter()
            .map(|group| group.name())
            .collect();
        assert_eq!(
            groups,
            [
                rustls::NamedGroup::X25519MLKEM768,
                rustls::NamedGroup::X25519
            ]
        );
    }

    #[tokio::test]
    async fn refuses_another_key_than_the_expected_one() {
        let (one, other) = (
            DeviceKey::from_seed(&[1; 32]),
            DeviceKey::from_seed(&[2; 32]),
        );
        let (server, address) = answering(&one);
        let accept = tokio::spawn(async move { server.accept().await.unwrap().await.is_err() });
        let client = calling(&other, DeviceKey::from_seed(&[3; 32]).id());
        assert!(client.connect(address, SERVER_NAME).unwrap().await.is_err());
        assert!(accept.await.unwrap());
    }
}
