use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
};

use anyhow::Result;
use tokio::{net::UdpSocket, task::JoinHandle};

/// The road between phones and one peer: passes datagrams on until it is cut.
#[derive(Debug)]
pub(crate) struct Relay {
    port: u16,
    road: Arc<Road>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Road {
    cut: AtomicBool,
    target: AtomicU16,
}

impl Relay {
    /// Opens the road; it leads nowhere yet.
    pub(crate) async fn start() -> Result<Self> {
        let front = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
        let port = front.local_addr()?.port();
        let road = Arc::new(Road::default());
        let task = tokio::spawn(forward(front, Arc::clone(&road)));
        Ok(Self { port, road, task })
    }

    /// Names the peer's port.
    pub(crate) fn lead_to(&self, port: u16) {
        self.road.target.store(port, Ordering::Relaxed);
    }

    /// Drops everything, or passes it on again.
    pub(crate) fn cut(&self, cut: bool) {
        self.road.cut.store(cut, Ordering::Relaxed);
    }

    /// `HOST:PORT` for invitations.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(front: Arc<UdpSocket>, road: Arc<Road>) {
    let mut backs: BTreeMap<SocketAddr, Arc<UdpSocket>> = BTreeMap::new();
    let mut buffer = vec![0_u8; 65_536];
    while let Ok((length, from)) = front.recv_from(&mut buffer).await {
        let port = road.target.load(Ordering::Relaxed);
        if road.cut.load(Ordering::Relaxed) || port == 0 {
            continue;
        }
        let back = match backs.get(&from) {
            Some(back) => Arc::clone(back),
            None => {
                let Ok(back) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await else {
                    continue;
                };
                let back = Arc::new(back);
                backs.insert(from, Arc::clone(&back));
                tokio::spawn(answer(
                    Arc::clone(&back),
                    Arc::clone(&front),
                    from,
                    Arc::clone(&road),
                ));
                back
            }
        };
        if let Some(datagram) = buffer.get(..length) {
            // A lost datagram is what networks do; QUIC sends it again.
            let _ = back.send_to(datagram, (Ipv4Addr::LOCALHOST, port)).await;
        }
    }
}

async fn answer(back: Arc<UdpSocket>, front: Arc<UdpSocket>, to: SocketAddr, road: Arc<Road>) {
    let mut buffer = vec![0_u8; 65_536];
    while let Ok((length, _)) = back.recv_from(&mut buffer).await {
        if road.cut.load(Ordering::Relaxed) {
            continue;
        }
        if let Some(datagram) = buffer.get(..length) {
            let _ = front.send_to(datagram, to).await;
        }
    }
}

/// A UDP port that is free now.
pub(crate) fn free_udp_port() -> Result<u16> {
    Ok(std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
