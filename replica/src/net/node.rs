//! One end of the wire: answers, calls, and keeps connections alive.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chopmark_core::{DeviceId, DeviceKey, EvidenceId, KnownPeer};
use quinn::{
    Connection, ConnectionError, Endpoint, IdleTimeout, TransportConfig, TransportErrorCode, VarInt,
};
use tokio::sync::watch;

use super::SyncError;
use super::answer;
use super::endpoint;
use super::join::{JOIN_ALPN, JoinDesk, Quota};
use super::late::Lates;
use super::order::{Ballots, ORDER_ALPN, Refused};
use super::pairs::Pairs;
use super::road::RoadConfig;
use super::session::{Asked, CALLED_REVOKED};
use super::tls::{self, TlsError};
use crate::replica::{Replica, ReplicaError};

/// Devices that are enrolled.
pub(super) const SYNC_ALPN: &[u8] = b"chopmark/sync/1";
/// A connection on which nothing arrives for so long is lost: two signs of life and a little more,
/// so that one lost datagram does not end it, and a peer that lost its power is missed soon.
const IDLE_MS: u32 = 12_000;
/// Sent while idle, well inside the time-out, and inside the time after which home routers forget.
const KEEP_ALIVE_MS: u32 = 5_000;
const _: () = assert!(
    IDLE_MS > 2 * KEEP_ALIVE_MS,
    "one lost datagram would end a connection"
);
/// A call that is not answered by then is unreachable: a person waits for it.
const CONNECT_MS: u64 = 8_000;
/// Streams at a time: the session and a few files.
const STREAMS: u32 = 16;
/// Messages of a validator that may be on their way at a time.
const MESSAGES: u32 = 64;
/// What may be on the way for one stream, and for all of a connection.
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// A node could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The device key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address} ({source}): choose another port, or stop what uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Where another side is reached, and the key it must hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remote {
    /// Its device key.
    pub key: DeviceId,
    /// `HOST:PORT`.
    pub address: String,
}

/// One end of the wire. Cheap to clone; the last clone closes the endpoint.
#[derive(Clone)]
pub struct Node(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) endpoint: Endpoint,
    pub(super) key: DeviceKey,
    pub(super) replica: Replica,
    pub(super) desk: Option<Arc<dyn JoinDesk>>,
    /// Evidence that is being received, so that two streams never write one file.
    pub(super) receiving: watch::Sender<BTreeSet<EvidenceId>>,
    pub(super) quota: Quota,
    pub(super) pairs: Pairs,
    pub(super) asked: Asked,
    pub(super) ballots: Ballots,
    pub(super) refused: Refused,
    pub(super) lates: Lates,
    /// What this side keeps connections to.
    pub(super) kept: Mutex<BTreeSet<Remote>>,
}

impl Node {
    /// A node that answers on `listen` and can call: a peer. Without a `desk` nobody can join here.
    ///
    /// # Errors
    /// [`NodeError::Listen`] when the address is taken. Must be called inside a tokio runtime.
    pub fn listen(
        listen: SocketAddr,
        key: DeviceKey,
        replica: Replica,
        desk: Option<Arc<dyn JoinDesk>>,
    ) -> Result<Self, NodeError> {
        let crypto = tls::server(&key, &[SYNC_ALPN, JOIN_ALPN, ORDER_ALPN])?;
        let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
        config.transport_config(transport());
        let endpoint = endpoint::answering(listen, &key, config)?;
        Ok(Self::new(endpoint, key, replica, desk))
    }

    /// A node that only calls: a device.
    ///
    /// # Errors
    /// [`NodeError::Listen`] when no port can be had. Must be called inside a tokio runtime.
    pub fn caller(key: DeviceKey, replica: Replica) -> Result<Self, NodeError> {
        Ok(Self::new(any_port()?, key, replica, None))
    }

    fn new(
        endpoint: Endpoint,
        key: DeviceKey,
        replica: Replica,
        desk: Option<Arc<dyn JoinDesk>>,
    ) -> Self {
        Self(Arc::new(Inner {
            endpoint,
            key,
            replica,
            desk,
            receiving: watch::Sender::default(),
            quota: Quota::default(),
            pairs: Pairs::default(),
            asked: Asked::default(),
            ballots: Ballots::default(),
            refused: Refused::default(),
            lates: Lates::default(),
            kept: Mutex::default(),
        }))
    }

    /// The address it is bound to.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.0.endpoint.local_addr().ok()
    }

    /// Its replica.
    #[must_use]
    pub fn replica(&self) -> &Replica {
        &self.0.replica
    }

    /// This side's device key.
    pub(super) fn key(&self) -> DeviceId {
        self.0.key.id()
    }

    /// The peers that this side tells of.
    pub(super) fn told(&self) -> Vec<KnownPeer> {
        let desk = self.0.desk.as_deref();
        desk.map(JoinDesk::peers).unwrap_or_default()
    }

    /// Says goodbye to everyone and waits until it is said.
    pub async fn close(&self) {
        self.0.endpoint.close(VarInt::from_u32(0), b"stopping");
        self.0.endpoint.wait_idle().await;
    }

    /// Calls another side, unless it was shut out: it would be told who is there, and swallow what
    /// it is handed.
    pub(super) async fn call(&self, remote: &Remote, alpn: &[u8]) -> Result<Connection, SyncError> {
        let called = remote.key;
        let may_be_told = self.blocking(move |replica| Ok(answer::may_be_told(replica, called)));
        if alpn == SYNC_ALPN && !may_be_told.await? {
            return Err(CALLED_REVOKED);
        }
        call(&self.0.endpoint, &self.0.key, remote, alpn).await
    }

    /// Runs blocking work on the replica off the async runtime.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica) -> Result<T, ReplicaError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let replica = self.0.replica.clone();
        match tokio::task::spawn_blocking(move || work(&replica)).await {
            Ok(done) => Ok(done?),
            Err(stopped) => Err(SyncError::Lost {
                detail: stopped.to_string(),
            }),
        }
    }
}

/// TLS's alert `no_application_protocol` (RFC 7301, 3.2): the names of our protocols end with their
/// version.
const NO_SUCH_PROTOCOL: u8 = 120;

/// Calls `remote` from an endpoint.
pub(super) async fn call(
    endpoint: &Endpoint,
    key: &DeviceKey,
    remote: &Remote,
    alpn: &[u8],
) -> Result<Connection, SyncError> {
    let unreachable = |detail: String| SyncError::Unreachable {
        address: remote.address.clone(),
        detail,
    };
    let mut config = quinn::ClientConfig::new(Arc::new(tls::client(key, remote.key, alpn)?));
    config.transport_config(transport());
    let attempt = async {
        let mut last = "the name has no address".to_owned();
        let addresses = tokio::net::lookup_host(&remote.address)
            .await
            .map_err(|error| unreachable(error.to_string()))?;
        for address in addresses {
            let connecting = match endpoint.connect_with(config.clone(), address, tls::SERVER_NAME)
            {
                Ok(connecting) => connecting,
                Err(error) => {
                    last = error.to_string();
                    continue;
                }
            };
            match connecting.await {
                Ok(connection) => return Ok(connection),
                // The other side answered, and is not who it should be or does not speak with us.
                Err(ConnectionError::TransportError(error)) => {
                    return Err(SyncError::NotThePeer {
                        address: remote.address.clone(),
                        detail: error.to_string(),
                    });
                }
                Err(ConnectionError::ConnectionClosed(close))
                    if close.error_code == TransportErrorCode::crypto(NO_SUCH_PROTOCOL) =>
                {
                    return Err(SyncError::OtherVersion {
                        address: remote.address.clone(),
                    });
                }
                Err(ConnectionError::ConnectionClosed(close)) => {
                    return Err(SyncError::NotThePeer {
                        address: remote.address.clone(),
                        detail: close.to_string(),
                    });
                }
                Err(error) => last = error.to_string(),
            }
        }
        Err(unreachable(last))
    };
    match tokio::time::timeout(Duration::from_millis(CONNECT_MS), attempt).await {
        Ok(result) => result,
        Err(_) => Err(unreachable(format!(
            "no answer within {} s",
            CONNECT_MS / 1000
        ))),
    }
}

/// An endpoint for calling: both families where the system has both.
pub(super) fn any_port() -> Result<Endpoint, NodeError> {
    let both = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0);
    let old = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    Endpoint::client(both)
        .or_else(|_| Endpoint::client(old))
        .map_err(|source| NodeError::Listen {
            address: old,
            source,
        })
}

fn transport() -> Arc<TransportConfig> {
    let mut transport = TransportConfig::default();
    transport
        .congestion_controller_factory(Arc::new(RoadConfig::default()))
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE_MS))))
        .keep_alive_interval(Some(Duration::from_millis(u64::from(KEEP_ALIVE_MS))))
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(MESSAGES))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(u64::from(CONNECTION_WINDOW))
        .datagram_receive_buffer_size(None);
    Arc::new(transport)
}
