use std::{
    collections::{BTreeMap, btree_map::Entry},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::Result;
use tokio::{net::UdpSocket, task::JoinSet};

use crate::road::{End, Lane, Road};

/// The largest datagram.
const DATAGRAM: usize = 65_536;

/// Stands before a peer and passes on the datagrams of those who call it here, and its answers.
#[derive(Debug)]
pub(crate) struct Relay {
    port: u16,
    road: Arc<Road>,
    // Every task of the relay ends with it.
    _tasks: JoinSet<()>,
}

impl Relay {
    /// Opens the road to a peer, which need not listen yet.
    pub(crate) async fn start(peer: SocketAddr) -> Result<Self> {
        let front = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
        let port = front.local_addr()?.port();
        let road = Arc::new(Road::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(forward(front, peer, Arc::clone(&road)));
        Ok(Self {
            port,
            road,
            _tasks: tasks,
        })
    }

    /// The road to the peer and back.
    pub(crate) fn road(&self) -> &Arc<Road> {
        &self.road
    }

    /// `HOST:PORT` for invitations.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

async fn forward(front: Arc<UdpSocket>, peer: SocketAddr, road: Arc<Road>) {
    let mut tasks = JoinSet::new();
    let mut callers: BTreeMap<SocketAddr, Lane> = BTreeMap::new();
    let seed = u64::from(front.local_addr().map_or(1, |own| own.port()));
    let mut buffer = vec![0_u8; DATAGRAM];
    while let Ok((length, from)) = front.recv_from(&mut buffer).await {
        let lane = match callers.entry(from) {
            Entry::Occupied(caller) => caller.into_mut(),
            Entry::Vacant(caller) => {
                // By the system's choice: a peer in a namespace is not reached from 127.0.0.1.
                let Ok(back) = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await else {
                    continue;
                };
                let back = Arc::new(back);
                let there = End::Address(Arc::clone(&back), peer);
                let here = End::Address(Arc::clone(&front), from);
                tasks.spawn(answer(
                    back,
                    here,
                    Arc::clone(&road),
                    u64::from(from.port()),
                ));
                caller.insert(Lane::open(&mut tasks, Arc::clone(&road), there, seed))
            }
        };
        if let Some(datagram) = buffer.get(..length) {
            lane.pass(datagram).await;
        }
    }
}

async fn answer(back: Arc<UdpSocket>, caller: End, road: Arc<Road>, seed: u64) {
    let mut tasks = JoinSet::new();
    let mut lane = Lane::open(&mut tasks, road, caller, seed);
    let mut buffer = vec![0_u8; DATAGRAM];
    while let Ok((length, _)) = back.recv_from(&mut buffer).await {
        if let Some(datagram) = buffer.get(..length) {
            lane.pass(datagram).await;
        }
    }
}

/// A UDP port that is free now.
pub(crate) fn free_udp_port() -> Result<u16> {
    crate::network::free_port(|port| std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
}
