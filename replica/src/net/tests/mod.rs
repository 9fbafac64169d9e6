mod files;
mod full;
mod items;
mod joining;
mod late;
mod named;
mod others;
mod refusals;
mod slow;
mod spreading;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chopmark_core::{
    DeviceId, DeviceKey, HpkeSecret, Invitation, Kem, KnownPeer, MemberId, PartyKind, Role, TimeMs,
};

use super::*;
use crate::lock::Lock;
use crate::replica::{OutboxStage, Replica};
use crate::store::EvidenceState;
use crate::testnet::{Testnet, attest, enrol, entry, observe, order_all};

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Answers with the key of the second member's peer; what it says is the test's.
fn bare_endpoint() -> (quinn::Endpoint, Remote) {
    let key = Testnet::key(12);
    let crypto = tls::server(&key, &[node::SYNC_ALPN]).unwrap();
    let config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    let endpoint = quinn::Endpoint::server(config, LOOPBACK).unwrap();
    let remote = Remote {
        key: key.id(),
        address: endpoint.local_addr().unwrap().to_string(),
    };
    (endpoint, remote)
}

/// A peer that answers, orders nothing by itself, and stops when dropped.
struct Peer {
    node: Node,
    remote: Remote,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.served.abort();
    }
}

struct Fixture {
    net: Testnet,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            net: Testnet::new("one"),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn replica(&self, name: &str, kind: PartyKind) -> Replica {
        self.net.replica(&self.folder.path().join(name), kind)
    }

    fn peer(&self, name: &str, key: u8, desk: Option<Arc<dyn JoinDesk>>) -> Peer {
        answering(self.replica(name, PartyKind::Peer), LOOPBACK, key, desk)
    }

    /// A phone that may call these.
    fn phone(&self, name: &str, key: u8, peers: &[&Remote]) -> Node {
        let phone = self.caller(name, key);
        let mut batch = phone.replica().store().batch().unwrap();
        for peer in peers {
            let address = [peer.address.clone()];
            batch.put_addresses(peer.key, &address).unwrap();
        }
        batch.commit().unwrap();
        phone
    }

    fn caller(&self, name: &str, key: u8) -> Node {
        Node::caller(Testnet::key(key), self.replica(name, PartyKind::Device)).unwrap()
    }
}

fn answering(
    replica: Replica,
    listen: SocketAddr,
    key: u8,
    desk: Option<Arc<dyn JoinDesk>>,
) -> Peer {
    serving(
        Node::listen(listen, Testnet::key(key), replica, desk).unwrap(),
        key,
    )
}

fn serving(node: Node, key: u8) -> Peer {
    let address = node.address().unwrap();
    let remote = Remote {
        key: Testnet::key(key).id(),
        address: address.to_string(),
    };
    let serving = node.clone();
    Peer {
        node,
        remote,
        served: tokio::spawn(async move { serving.serve().await }),
    }
}

/// Polls a real condition until it holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
