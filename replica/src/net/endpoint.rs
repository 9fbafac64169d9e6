//! The socket: one that is known again after a restart.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use chopmark_core::DeviceKey;
use quinn::crypto::{CryptoError, HmacKey};
use quinn::{Endpoint, EndpointConfig, ServerConfig};
use quinn_proto::HashedConnectionIdGenerator;
use socket2::SockRef;

use super::node::NodeError;

/// What BLAKE3 derives the keys below with.
const RESETS: &str = "chopmark 1 stateless resets";
const NAMES: &str = "chopmark 1 connection names";
/// What may wait for this process in its socket, in bytes: all that several peers have on their way
/// to it, while a busy machine lets others run. What finds no room there is lost, and a burst of
/// that passes for a road that is full.
const ROOM: usize = 4 * 1024 * 1024;

/// Binds a socket that answers. Whoever still talks to an earlier life of the same device, which
/// lost its power and said no goodbye, is told so at once (RFC 9000, 10.3): validators would else
/// talk to nobody until the connection times out, and a second one could not be missed meanwhile.
pub(super) fn answering(
    listen: SocketAddr,
    key: &DeviceKey,
    config: ServerConfig,
) -> Result<Endpoint, NodeError> {
    let failed = |source| NodeError::Listen {
        address: listen,
        source,
    };
    let runtime = quinn::default_runtime()
        .ok_or_else(|| failed(std::io::Error::other("there is no tokio runtime")))?;
    let socket = UdpSocket::bind(listen).map_err(failed)?;
    // Where the system allows less, it gives as much as it allows, or as it has given already.
    if let Err(error) = SockRef::from(&socket).set_recv_buffer_size(ROOM) {
        tracing::debug!(%error, "a socket has no more room for what arrives");
    }
    Endpoint::new(lasting(key), Some(config), socket, runtime).map_err(failed)
}

/// Both keys follow from the device's: the same in every life, and nobody else's.
fn lasting(key: &DeviceKey) -> EndpointConfig {
    let seed = key.to_seed();
    let mut config = EndpointConfig::new(Arc::new(Resets(blake3::derive_key(RESETS, &*seed))));
    let [a, b, c, d, e, f, g, h, ..] = blake3::derive_key(NAMES, &*seed);
    let names = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(names)));
    config
}

/// Makes the token that proves a reset: whoever has a connection was told it when it began.
struct Resets([u8; 32]);

impl HmacKey for Resets {
    fn sign(&self, data: &[u8], signature: &mut [u8]) {
        let token = blake3::keyed_hash(&self.0, data);
        for (to, from) in signature.iter_mut().zip(token.as_bytes()) {
            *to = *from;
        }
    }

    fn signature_len(&self) -> usize {
        blake3::OUT_LEN
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        // Compares in constant time.
        let token = blake3::keyed_hash(&self.0, data);
        if token == *signature {
            return Ok(());
        }
        Err(CryptoError)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use quinn::{ConnectionError, VarInt};
    use tokio::runtime::Runtime;

    use super::*;
    use crate::net::tls;

    const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

    fn answers(key: &DeviceKey, at: SocketAddr) -> Endpoint {
        let config = ServerConfig::with_crypto(Arc::new(tls::server(key, &[b"a"]).unwrap()));
        answering(at, key, config).unwrap()
    }

    /// Validators went on talking to a validator's earlier life until the connection timed out:
    /// twelve seconds in which a second one that was killed stopped the network.
    #[tokio::test]
    async fn who_talks_to_an_earlier_life_is_told_at_once() {
        let one = DeviceKey::from_seed(&[1; 32]);
        let other = DeviceKey::from_seed(&[2; 32]);
        // A runtime of its own, which can end as a process does: no task of it says goodbye.
        let life = Runtime::new().unwrap();
        let inside = life.enter();
        let first = answers(&one, NOWHERE);
        drop(inside);
        let address = first.local_addr().unwrap();
        life.spawn(async move {
            let connection = first.accept().await.unwrap().await.unwrap();
            connection.closed().await
        });

        let caller = Endpoint::client(NOWHERE).unwrap();
        let mut config =
            quinn::ClientConfig::new(Arc::new(tls::client(&other, one.id(), b"a").unwrap()));
        let mut transport = quinn::TransportConfig::default();
        transport.max_idle_timeout(Some(VarInt::from_u32(20_000).into()));
        config.transport_config(Arc::new(transport));
        let calling = caller.connect_with(config, address, tls::SERVER_NAME);
        let connection = calling.unwrap().await.unwrap();
        let (mut send, _recv) = connection.open_bi().await.unwrap();
        send.write_all(b"hello").await.unwrap();

        life.shutdown_background();
        let _second = loop {
            // The system lets go of the socket when its last task is gone.
            let config = ServerConfig::with_crypto(Arc::new(tls::server(&one, &[b"a"]).unwrap()));
            match answering(address, &one, config) {
                Ok(endpoint) => break endpoint,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        send.write_all(b"are you still there?").await.unwrap();
        assert_eq!(connection.closed().await, ConnectionError::Reset);
    }
}
